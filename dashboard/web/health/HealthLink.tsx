// The way to the page of conditions, for those who look after machines.
import { Link, useRoute } from 'wouter'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

export function HealthLink() {
  const { words } = useSpeech()
  const { me } = useReader()
  const [here] = useRoute('/health')
  if (me.author.role !== 'technician' && me.author.role !== 'administrator') return null
  return (
    <Link className="health-link tone-quiet" href="/health" aria-label={words.health.title} aria-current={here ? 'page' : undefined}>
      <Glyph shape="service" />
      <span className="health-word">{words.health.title}</span>
    </Link>
  )
}
