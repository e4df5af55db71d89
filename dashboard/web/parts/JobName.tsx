// A job as it is called everywhere: its number, its file, which copy it is. Opens the details.
import type { Job } from '../../../protocols/contract/job.ts'
import { useSpeech } from '../words/speech.tsx'

export function JobName({ job, onOpen }: { job: Job; onOpen?: (job: string) => void }) {
  const { words } = useSpeech()
  const text = (
    <>
      <span className="ticket figures">{words.job.ticket(job.ticket)}</span>
      <span className="job-file">{job.program.name}</span>
      {job.copies > 1 ? <span className="quiet small job-copy">{words.job.copy(job.copy, job.copies)}</span> : null}
    </>
  )
  if (onOpen === undefined) return <span className="job-name">{text}</span>
  return (
    <button
      type="button"
      className="job-name as-link"
      title={job.program.name}
      aria-label={words.job.detailsOf(`${words.job.ticket(job.ticket)} ${job.program.name}`)}
      onClick={() => onOpen(job.id)}
    >
      {text}
    </button>
  )
}
