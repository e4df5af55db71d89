// What to put where in each slicer: lines to copy and the steps, one tab a slicer.
import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { CopyLine } from '../parts/CopyLine.tsx'
import { useSpeech } from '../words/speech.tsx'

const slicers = { prusa: 'PrusaSlicer', orca: 'OrcaSlicer', cura: 'Cura' } as const
type Slicer = keyof typeof slicers

/** `secret` is there only right after the key was made. */
export function HowTo({ path, secret }: { path: string; secret?: string }) {
  const { words } = useSpeech()
  const [slicer, setSlicer] = useState<Slicer>('prusa')
  const { origin, hostname, port, protocol } = window.location
  const lines =
    slicer === 'cura'
      ? [
          { label: words.keys.host, value: hostname },
          { label: words.keys.port, value: port || (protocol === 'https:' ? '443' : '80') },
          { label: words.keys.path, value: path },
        ]
      : [{ label: words.keys.address, value: `${origin}${path}` }]
  return (
    <Tabs value={slicer} onChange={value => isSlicer(value) && setSlicer(value)} keepMounted={false}>
      <Tabs.List>
        {Object.entries(slicers).map(([key, name]) => (
          <Tabs.Tab key={key} value={key}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={slicer} pt="md">
        <div className="stack">
          <div className="keys-lines">
            {lines.map(line => (
              <CopyLine key={line.label} {...line} />
            ))}
            {secret === undefined ? null : <CopyLine label={words.keys.key} value={secret} />}
          </div>
          <ol className="keys-steps">
            {words.keys.steps[slicer].map(step => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <ul className="keys-notes small second">
            {words.keys.notes[slicer].map(note => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      </Tabs.Panel>
    </Tabs>
  )
}

function isSlicer(value: string | null): value is Slicer {
  return value !== null && Object.hasOwn(slicers, value)
}
