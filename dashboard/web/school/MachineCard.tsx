// One machine among the school's: grey and short while all is well.
import { memo } from 'react'
import { Link } from 'wouter'
import type { Job } from '../../../protocols/contract/job.ts'
import type { Telemetry } from '../../../protocols/contract/machine.ts'
import type { MachinePicture, Link as SiteLink } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { isSure, lookOf } from '../looks.ts'
import { JobName } from '../parts/JobName.tsx'
import { JobProgress } from '../parts/Progress.tsx'
import { StateLine } from '../parts/State.tsx'
import { useSpeech } from '../words/speech.tsx'

type Props = { site: string; link: SiteLink; machine: MachinePicture; telemetry: Telemetry | undefined; job: Job | undefined }

export const MachineCard = memo(function MachineCard({ site, link, machine, telemetry, job }: Props) {
  const { words, forms, say } = useSpeech()
  // Sixty cards a second are half of what a page of them costs; their ages are told in minutes.
  const now = useNow(5)
  const look = lookOf(machine, link, now, words, forms, say)
  const { declaration, state } = machine
  const sure = isSure(link, now)
  const moving =
    sure && (state.state === 'running' || state.state === 'preparing' || state.state === 'paused' || state.state === 'attention')
  // Only what lasts is worth its age: for how long a free machine has been free interests nobody.
  const aged = sure && !moving && state.state !== 'ready'
  return (
    <li className={`machine-card panel tone-${look.tone}`}>
      <div className="machine-card-head">
        <h3 className="clamp-2">
          <Link href={`/sites/${site}/machines/${declaration.id}`} className="stretched">
            {declaration.name}
          </Link>
        </h3>
        <p className="small quiet clamp-1">
          {words.kind[declaration.kind]}
          {declaration.modelName === declaration.name ? '' : ` · ${declaration.modelName}`}
        </p>
      </div>
      <StateLine look={look} since={aged ? words.machine.since(forms.age(state.since, now)) : undefined} />
      {job === undefined ? null : <JobName job={job} />}
      {moving && telemetry?.progress !== undefined ? (
        <JobProgress
          progress={telemetry.progress}
          at={telemetry.at}
          label={words.progress.of(forms.percent(telemetry.progress.fraction))}
        />
      ) : null}
      {sure && telemetry?.heaters !== undefined && state.state !== 'offline' ? <Heaters heaters={telemetry.heaters} /> : null}
      {machine.readOnly ? <p className="small quiet">{words.state.readOnly}</p> : null}
    </li>
  )
})

function Heaters({ heaters }: { heaters: NonNullable<Telemetry['heaters']> }) {
  const { words, forms } = useSpeech()
  return (
    <p className="small quiet figures heaters">
      {Object.entries(heaters).map(([name, heater]) => (
        <span key={name}>
          {words.machine.heater[name] ?? name} {forms.number(heater.actual)}
          {heater.target === undefined || heater.target === 0 ? '' : ` / ${forms.number(heater.target)}`} °C
        </span>
      ))}
    </p>
  )
}
