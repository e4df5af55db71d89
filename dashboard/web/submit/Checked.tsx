// A checked program: its picture, what it is, what was noticed, and the wishes beside it.
import type { Finding, Program } from '../../../protocols/contract/program.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import type { Shape, Tone } from '../looks.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { LazyToolpath } from '../preview/LazyToolpath.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { findingsFor } from './fitting.ts'
import { type Wish, Wishes } from './Wishes.tsx'

type Props = { program: Program; picture: SitePicture; wish: Wish; onWish: (wish: Wish) => void }

export function Checked({ program, picture, wish, onWish }: Props) {
  const { words } = useSpeech()
  const findings = findingsFor(program, wish.machine)
  return (
    <div className="checked">
      <div className="stack">
        <LazyToolpath sha256={program.sha256} height={300} />
        <Facts program={program} />
      </div>
      <div className="stack" style={{ gap: 18 }}>
        <section aria-label={words.submit.findings}>
          <h3 className="label">{words.submit.findings}</h3>
          <FindingList findings={findings} />
        </section>
        <Wishes picture={picture} program={program} wish={wish} onWish={onWish} />
      </div>
    </div>
  )
}

export function FindingList({ findings }: { findings: readonly Finding[] }) {
  const { words } = useSpeech()
  if (findings.length === 0) return <p className="second">{words.submit.clean}</p>
  return (
    <ul className="plain stack" style={{ gap: 8 }}>
      {findings.map(finding => (
        <FindingItem key={`${finding.code} ${finding.line ?? ''}`} finding={finding} />
      ))}
    </ul>
  )
}

const marks: Record<Finding['severity'], { tone: Tone; shape: Shape }> = {
  stop: { tone: 'fault', shape: 'fault' },
  ask: { tone: 'attention', shape: 'attention' },
  note: { tone: 'quiet', shape: 'free' },
}

function FindingItem({ finding }: { finding: Finding }) {
  const { words, say } = useSpeech()
  const { me } = useReader()
  const { tone, shape } = marks[finding.severity]
  const technical = me.author.role === 'technician' || me.author.role === 'administrator' ? finding.technical : undefined
  const where = [
    finding.line === undefined ? undefined : words.job.line(finding.line),
    finding.count === undefined || finding.count < 2 ? undefined : words.submit.times(finding.count),
  ].filter(part => part !== undefined)
  return (
    <li className={`finding tone-${tone}`}>
      <Glyph shape={shape} />
      <div>
        <p>
          <span className="state-word">{words.submit.severity[finding.severity]}</span>
          {`\u2002${say(finding.text)}`}
          {where.length === 0 ? null : <span className="quiet small">{`\u2002(${where.join(', ')})`}</span>}
        </p>
        {technical === undefined ? null : <p className="small quiet">{say(technical)}</p>}
      </div>
    </li>
  )
}

function Facts({ program }: { program: Program }) {
  const { words, forms } = useSpeech()
  const { bounds, filament } = program
  const sides = bounds === undefined ? [] : [bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y, bounds.max.z - bounds.min.z]
  // A sheet has no height worth telling.
  const extent = sides.filter((side, axis) => axis < 2 || side > 0).map(side => forms.number(Math.max(0, side), 1))
  const grams = filament?.grams === undefined ? undefined : forms.grams(filament.grams, 1)
  const metres = filament?.mm === undefined ? undefined : `${forms.number(filament.mm / 1000, 2)} ${words.unit.m}`
  const stuff = [filament?.material, grams, metres].filter(part => part !== undefined).join(' · ')
  const facts: [string, string | undefined][] = [
    [words.submit.kind, words.kind[program.kind]],
    [words.submit.extent, extent.length === 0 ? undefined : `${extent.join(' × ')} ${words.unit.mm}`],
    [words.submit.layers, program.layers === undefined || program.layers === 0 ? undefined : forms.number(program.layers)],
    [words.submit.filament, stuff === '' ? undefined : stuff],
    [words.submit.slicer, program.slicer],
    [words.submit.slicerTime, program.slicerSeconds === undefined ? undefined : forms.duration(program.slicerSeconds)],
    [words.submit.lines, forms.number(program.lines)],
  ]
  return (
    <dl className="facts small">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
