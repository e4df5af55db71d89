// An address that leads nowhere.
import { Link } from 'wouter'
import { useTitle } from '../parts/title.ts'
import { useSpeech } from '../words/speech.tsx'

export function Missing({ text }: { text?: string }) {
  const { words } = useSpeech()
  useTitle(words.missing.title)
  return (
    <main id="content" className="page stack">
      <h1>{words.missing.title}</h1>
      <p>{text ?? words.missing.text}</p>
      <p>
        <Link href="/">{words.missing.home}</Link>
      </p>
    </main>
  )
}
