// «Ждёт меня»: everything in this school that stands still until a person comes, most pressing first, a kind at a time where it is much.
import { useState } from 'react'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { Inbox } from '../teach/Inbox.tsx'
import { SentFiles, useSentFiles } from '../teach/SentFiles.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type AtMachine, WaitItem } from './WaitItems.tsx'
import { type Wait, waitsOf } from './waits.ts'

const kinds = ['trouble', 'clear', 'start', 'check', 'collect'] as const
type Kind = (typeof kinds)[number]

const kindOf: Record<Wait['kind'], Kind> = {
  call: 'trouble',
  machine: 'trouble',
  clear: 'clear',
  start: 'start',
  check: 'check',
  collect: 'collect',
}

export function Waiting({ picture, sure, openJob }: { picture: SitePicture; sure: boolean; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const [chosen, choose] = useState<Kind | 'all'>('all')
  const waits = waitsOf(picture, sure)
  const sent = useSentFiles(picture.site, sure)
  const shown = chosen === 'all' ? waits : waits.filter(({ kind }) => kindOf[kind] === chosen)
  const atMachines = shown.filter(isAtMachine)
  const checks = shown.flatMap(wait => (wait.kind === 'check' ? [wait.jobs] : []))
  const collects = shown.flatMap(wait => (wait.kind === 'collect' ? [wait.jobs] : []))
  return (
    <section className="part-waiting" aria-labelledby="waiting">
      <div className="section-head">
        <h2 id="waiting">{words.school.waiting}</h2>
        {waits.length === 0 ? null : <span className="count">{waits.length}</span>}
      </div>
      {waits.length === 0 ? null : <Kinds waits={waits} chosen={chosen} onChoose={choose} />}
      {shown.length > 0 || (waits.length === 0 && sent.files.length > 0) ? null : (
        <p className="panel panel-body quiet">{waits.length === 0 ? words.school.nothingWaits : words.teach.nothingOf}</p>
      )}
      {atMachines.length === 0 ? null : (
        <ul className="plain stack" style={{ gap: 10 }}>
          {atMachines.map(wait => (
            <WaitItem key={wait.key} wait={wait} picture={picture} openJob={openJob} />
          ))}
        </ul>
      )}
      {sent.files.length === 0 ? null : <SentFiles {...sent} />}
      <Inbox picture={picture} checks={checks} collects={collects} openJob={openJob} />
    </section>
  )
}

type KindsProps = { waits: readonly Wait[]; chosen: Kind | 'all'; onChoose: (kind: Kind | 'all') => void }

/** Filters with their counts. Native radios: arrows go from one to the next. */
function Kinds({ waits, chosen, onChoose }: KindsProps) {
  const { words } = useSpeech()
  const count = (kind: Kind) => waits.filter(wait => kindOf[wait.kind] === kind).length
  return (
    <div className="chips" role="radiogroup" aria-label={words.teach.filter}>
      {(['all', ...kinds] as const).map(kind => {
        const n = kind === 'all' ? waits.length : count(kind)
        // Of machines in trouble and of parts on beds there is mostly nothing to say.
        if (n === 0 && kind !== chosen) return null
        return (
          <label key={kind} className="chip">
            <input
              type="radio"
              name="waiting-kind"
              checked={kind === chosen}
              aria-label={words.teach.kindCount(words.teach.kinds[kind], n)}
              onChange={() => onChoose(kind)}
            />
            <span>
              {words.teach.kinds[kind]} <span className="figures chip-count">{n}</span>
            </span>
          </label>
        )
      })}
    </div>
  )
}

function isAtMachine(wait: Wait): wait is AtMachine {
  return wait.kind !== 'check' && wait.kind !== 'collect'
}
