// A machine's state in one line: shape, word, and since when; the same wherever a machine is shown.
import type { Look } from '../looks.ts'
import { Glyph } from './Glyph.tsx'

export function StateLine({ look, since }: { look: Look; since?: string | undefined }) {
  return (
    <span className={`state-line tone-${look.tone}`}>
      <Glyph shape={look.shape} />
      <span>
        <span className="state-word">{look.label}</span>
        {look.detail === undefined ? null : <span className="second">{`\u2002${look.detail}`}</span>}
        {since === undefined ? null : <span className="quiet">{`\u2002${since}`}</span>}
      </span>
    </span>
  )
}
