// Composition root of the page: clothes, language, and the person who looks.
import './styles/mantine.css'
import './styles/tokens.css'
import './styles/page.css'
import './styles/controls.css'
import './styles/header.css'
import './styles/job.css'
import './styles/door.css'
import './styles/wall.css'
import './styles/school.css'
import './styles/submit.css'
import './styles/toolpath.css'
import './styles/paper.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { Broken } from './parts/Broken.tsx'
import { theme } from './theme.ts'
import { SpeechProvider } from './words/speech.tsx'

const place = document.getElementById('page')
if (place === null) throw new Error('index.html has no #page')

createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <SpeechProvider>
        <Broken>
          <Notifications position="bottom-right" limit={4} />
          <App />
        </Broken>
      </SpeechProvider>
    </MantineProvider>
  </StrictMode>,
)
