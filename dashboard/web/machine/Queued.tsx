// What this machine may take next, in the queue's order.

import { JobName } from '../parts/JobName.tsx'
import { queueOf, takes } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'
import type { Seen } from './seen.ts'

const shownMax = 6

export function Queued({ seen }: { seen: Seen }) {
  const { words, forms } = useSpeech()
  const jobs = queueOf(Object.values(seen.jobs)).filter(job => takes(seen.machine, job))
  if (jobs.length === 0) return null
  return (
    <section className="panel part-machine-queue" aria-labelledby="machine-queue">
      <div className="panel-head">
        <h2 id="machine-queue">{words.machine.queue}</h2>
        <span className="count">{jobs.length}</span>
      </div>
      <ol className="plain queue">
        {jobs.slice(0, shownMax).map(job => (
          <li key={job.id} className="queue-row">
            <div className="queue-what">
              <JobName job={job} />
              <p className="small quiet">
                {job.author.name}
                {job.estimatedSeconds === undefined ? '' : ` · ${forms.duration(job.estimatedSeconds)}`}
                {job.held ? ` · ${words.job.state.held}` : ''}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
