// What ended in the last day: how it ended, how the part came out.
import { useState } from 'react'
import { causeSentence } from '../../../protocols/contract/floor.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import type { Tone } from '../looks.ts'
import { JobName } from '../parts/JobName.tsx'
import type { Words } from '../words/ru.ts'
import { useSpeech } from '../words/speech.tsx'

const shownAtFirst = 8
const ended: readonly Job['state'][] = ['completed', 'failed', 'cancelled', 'interrupted', 'denied', 'collected']

export function Finished({ picture, openJob }: { picture: SitePicture; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const [all, setAll] = useState(false)
  const jobs = Object.values(picture.jobs)
    .filter(job => ended.includes(job.state))
    .sort((a, b) => (b.endedAt ?? b.submittedAt) - (a.endedAt ?? a.submittedAt))
  const shown = all ? jobs : jobs.slice(0, shownAtFirst)
  return (
    <section className="part-finished" aria-labelledby="finished">
      <div className="section-head">
        <h2 id="finished">{words.school.finished}</h2>
        {jobs.length === 0 ? null : <span className="count">{jobs.length}</span>}
      </div>
      <div className="panel">
        {jobs.length === 0 ? <p className="panel-body quiet">{words.school.emptyFinished}</p> : null}
        <ul className="plain queue">
          {shown.map(job => (
            <FinishedRow key={job.id} job={job} picture={picture} openJob={openJob} />
          ))}
        </ul>
        {shown.length < jobs.length ? (
          <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
            {words.school.showAll(jobs.length)}
          </button>
        ) : null}
      </div>
    </section>
  )
}

function FinishedRow({ job, picture, openJob }: { job: Job; picture: SitePicture; openJob: (job: string) => void }) {
  const { words, forms, say } = useSpeech()
  const now = useNow()
  const machine = job.machine === undefined ? undefined : (picture.machines[job.machine]?.declaration.name ?? job.machine)
  return (
    <li className={`queue-row tone-${toneOfEnd(job)}`}>
      <div className="queue-what">
        <JobName job={job} onOpen={openJob} />
        <p className="small quiet meta">
          <span className="state-word">{endWord(job, words)}</span>
          {machine === undefined ? null : <span>{machine}</span>}
          {job.endedAt === undefined ? null : <span>{forms.moment(job.endedAt, now)}</span>}
          {job.verdict?.cause === undefined ? null : <span>{say(causeSentence(job.verdict.cause))}</span>}
        </p>
      </div>
    </li>
  )
}

/** How a job ended, and where a person judged it, what came of it. */
export function endWord(job: Job, words: Words): string {
  const state = words.job.state[job.state]
  if (job.verdict === undefined) return state
  const verdict = { ok: words.clear.ok, partial: words.clear.partial, failed: words.clear.failed }[job.verdict.quality]
  return `${state}, ${verdict.toLowerCase()}`
}

/** Colour only for what nobody ordered. */
function toneOfEnd(job: Job): Tone {
  return job.state === 'failed' || job.state === 'interrupted' ? 'fault' : 'quiet'
}
