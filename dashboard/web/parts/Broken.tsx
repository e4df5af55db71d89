// When our own code fails: one sentence and a button, instead of a white page.
import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useSpeech } from '../words/speech.tsx'

export class Broken extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Sorry /> : this.props.children
  }
}

function Sorry() {
  const { words } = useSpeech()
  return (
    <main className="page stack" style={{ maxWidth: 560 }} role="alert">
      <h1>{words.broken.title}</h1>
      <p>{words.broken.text}</p>
      <div>
        <Button onClick={() => location.reload()}>{words.broken.reload}</Button>
      </div>
    </main>
  )
}
