// All that is known of one job: its course, the end and the evidence for it, what went wrong and what helps.
import { Drawer } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { Drawn } from '../parts/Drawn.tsx'
import { useFocusBack } from '../parts/focus-back.ts'
import { JobProgress } from '../parts/Progress.tsx'
import { dayText } from '../people/day.ts'
import { LazyToolpath } from '../preview/LazyToolpath.tsx'
import { useReader } from '../rights.tsx'
import { useTicketPath } from '../submit/Sent.tsx'
import { useSpeech } from '../words/speech.tsx'
import { endWord } from './Finished.tsx'
import { forecastOf } from './forecast.ts'
import { whyWaits } from './waits.ts'

const CheckJob = lazy(async () => ({ default: (await import('../teach/CheckJob.tsx')).CheckJob }))

type Props = { picture: SitePicture; sure: boolean; job: Job | undefined; onClose: () => void }

export function JobDetails({ picture, sure, job, onClose }: Props) {
  const { words } = useSpeech()
  useFocusBack()
  return (
    <Drawer
      opened={job !== undefined}
      onClose={onClose}
      position="right"
      size="min(520px, 100%)"
      title={job === undefined ? '' : `${words.job.ticket(job.ticket)} · ${job.program.name}`}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      {job === undefined ? null : (
        <Drawn key={job.id}>
          <Details picture={picture} sure={sure} job={job} />
        </Drawn>
      )}
    </Drawer>
  )
}

function Details({ picture, sure, job }: { picture: SitePicture; sure: boolean; job: Job }) {
  const { words, forms, say, language } = useSpeech()
  const now = useNow()
  const { me } = useReader()
  const staff = me.author.role !== 'pupil'
  const { end } = job
  const ticket = useTicketPath(picture.site, job.id)
  const machine = job.machine ?? job.wanted
  const telemetry = job.machine === undefined ? undefined : picture.telemetry[job.machine]
  const progress = telemetry?.progress?.job === job.id ? telemetry.progress : undefined
  const forecast = forecastOf(job, picture, sure)
  const why = forecast?.why === undefined ? whyWaits(job, picture, sure, words) : undefined
  const range = (of: readonly [number, number] | undefined) => of && forms.range(...of, now)
  const moment = (at: number | undefined) => (at === undefined ? undefined : forms.moment(at, now))
  const facts: [string, string | undefined][] = [
    [words.job.machine, machine === undefined ? undefined : (picture.machines[machine]?.declaration.name ?? machine)],
    [words.job.estimate, job.estimatedSeconds === undefined ? undefined : forms.duration(job.estimatedSeconds)],
    [words.job.willStart, range(forecast?.start)],
    [words.job.willEnd, range(forecast?.end)],
    [words.job.ahead, forecast === undefined || forecast.ahead === 0 ? undefined : words.job.jobs(forecast.ahead)],
    [words.job.sentBy, `${job.author.name}, ${words.role[job.author.role]}`],
    [words.job.sentAt, moment(job.submittedAt)],
    [words.job.startedAt, moment(job.startedAt)],
    [words.job.endedAt, moment(job.endedAt)],
    [words.job.duration, end === undefined ? undefined : forms.duration(end.seconds)],
    [words.job.comment, job.comment],
    [words.people.material, job.wishes?.material],
    [words.people.colour, job.wishes?.colour],
    [words.people.deadline, job.wishes?.deadline === undefined ? undefined : dayText(job.wishes.deadline, language)],
    [words.job.file, `${words.job.lines(job.program.lines, forms.number(job.program.lines))}, ${forms.bytes(job.program.size)}`],
  ]
  return (
    <div className="stack">
      <Course job={job} />
      {job.returned === undefined ? null : <Returned job={job} returned={job.returned} />}
      <p>
        <strong>{job.held ? words.job.state.held : endWord(job, words)}</strong>
        {why === undefined ? '' : ` — ${why}`}
      </p>
      {forecast?.why === undefined ? null : (
        <p>
          {say(forecast.why.text)} <span className="second">{say(forecast.why.unblock)}</span>
        </p>
      )}
      {progress === undefined || telemetry === undefined ? null : (
        <JobProgress progress={progress} at={telemetry.at} label={words.progress.of(forms.percent(progress.fraction))} />
      )}
      {end?.fault === undefined ? null : (
        <div className="note tone-fault stack" style={{ gap: 4 }}>
          <p>
            <strong>{say(end.fault.text)}</strong>
            {end.fault.line === undefined ? '' : ` (${words.job.line(end.fault.line)})`}
          </p>
          {end.fault.help === undefined ? null : <p>{say(end.fault.help)}</p>}
          {end.fault.detail === undefined ? null : (
            <p className="small quiet">
              {words.job.raw}: <code>{end.fault.detail}</code>
            </p>
          )}
        </div>
      )}
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {ticket === undefined ? null : (
        <p>
          <a href={`${ticket}?lang=${language}`} target="_blank" rel="noreferrer">
            {words.people.ticketLink}
          </a>
        </p>
      )}
      {end === undefined ? null : (
        <section className="stack" style={{ gap: 4 }}>
          <h3 className="small">{words.job.evidence}</h3>
          <p>{words.job.evidenceOf[end.outcome]}</p>
          <p className="small quiet">
            {words.job.raw}: <code>{end.evidence}</code>
          </p>
          <p className="small quiet figures">
            {words.job.counters(words.job.lines(end.lines, forms.number(end.lines)), words.job.resends(end.resends))}
          </p>
        </section>
      )}
      {job.state === 'submitted' && staff ? (
        <Suspense fallback={null}>
          <CheckJob picture={picture} job={job} />
        </Suspense>
      ) : null}
      <LazyToolpath sha256={job.program.sha256} done={progress?.fraction} height={260} mark={job.returned?.mark} />
    </div>
  )
}

/** Why it was sent back the last time, and whose turn it is. */
function Returned({ job, returned }: { job: Job; returned: NonNullable<Job['returned']> }) {
  const { words, forms } = useSpeech()
  const { me } = useReader()
  const now = useNow()
  const { back } = words.teach
  return (
    <div className="note stack" style={{ gap: 4 }}>
      <p>
        <strong>{returned.comment}</strong>
      </p>
      <p className="small second meta">
        <span>{back.who(returned.by.name)}</span>
        <span>{forms.moment(returned.at, now)}</span>
        {returned.mark === undefined ? null : (
          <span className="figures">
            {back.placeSet(forms.number(returned.mark.x, 1), forms.number(returned.mark.y, 1))}
            {returned.mark.layer === undefined ? '' : `, ${back.placeLayer(returned.mark.layer + 1)}`}
          </span>
        )}
        {job.state === 'returned' ? <span>{job.author.id === me.author.id ? back.turnYours : back.turn(job.author.name)}</span> : null}
        {job.state === 'submitted' ? <span>{words.teach.again}</span> : null}
      </p>
    </div>
  )
}

/** Four steps from the check to the hand-over. */
function Course({ job }: { job: Job }) {
  const { words } = useSpeech()
  const { steps } = words.job
  const at = stepOf(job)
  const names = [steps.check, steps.queue, steps.work, steps.collect]
  return (
    <ol className="course plain" aria-label={words.job.states}>
      {names.map((name, index) => (
        <li key={name} className={index < at ? 'past' : index === at ? 'present' : ''} aria-current={index === at ? 'step' : undefined}>
          {name}
        </li>
      ))}
    </ol>
  )
}

function stepOf(job: Job): number {
  switch (job.state) {
    case 'submitted':
    case 'returned':
    case 'denied':
      return 0
    case 'queued':
      return 1
    case 'starting':
    case 'running':
    case 'paused':
    case 'failed':
    case 'cancelled':
    case 'interrupted':
      return 2
    case 'completed':
      return 3
    case 'collected':
      return 4
  }
}
