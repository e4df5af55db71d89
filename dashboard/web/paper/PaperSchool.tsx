// A school on paper, for a day without power or network: its queue with room for a pen, what lies on the shelf, and its machines.
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { toHandOver } from '../../../protocols/contract/shelf.ts'
import { useNow } from '../live/use.tsx'
import { lookOf } from '../looks.ts'
import { queueOf } from '../school/waits.ts'
import { useSpeech } from '../words/speech.tsx'

export function PaperSchool({ picture }: { picture: SitePicture }) {
  const { words, forms, say } = useSpeech()
  const now = useNow()
  const { paper } = words
  const jobs = Object.values(picture.jobs)
  const busy = jobs.filter(({ state }) => state === 'starting' || state === 'running' || state === 'paused')
  const queue = [...busy, ...queueOf(jobs)]
  const shelf = toHandOver(jobs).sort((a, b) => a.ticket - b.ticket)
  const machines = Object.values(picture.machines).sort((a, b) => forms.byName(a.declaration.name, b.declaration.name))
  const nameOf = (id: string | undefined) => (id === undefined ? words.job.anyMachine : (picture.machines[id]?.declaration.name ?? id))
  const part = ({ copy, copies }: Job) => (copies > 1 ? ` ${words.job.copy(copy, copies)}` : '')
  return (
    <div className="paper">
      <p className="paper-when">
        {picture.link.link === 'unknown' ? words.link.never : paper.asOf(forms.moment(picture.link.heardAt, now))}
      </p>
      <h2>{paper.queue}</h2>
      {queue.length === 0 ? (
        <p>{paper.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{paper.place}</th>
              <th scope="col">{paper.ticket}</th>
              <th scope="col">{paper.who}</th>
              <th scope="col">{paper.file}</th>
              <th scope="col">{paper.machine}</th>
              <th scope="col">{paper.takes}</th>
              <th scope="col">{paper.mark}</th>
            </tr>
          </thead>
          <tbody>
            {queue.map((job, at) => (
              <tr key={job.id}>
                <td className="paper-short">{at < busy.length ? paper.working : at - busy.length + 1}</td>
                <td className="paper-short">{words.job.ticket(job.ticket) + part(job)}</td>
                <td>{job.author.name}</td>
                <td>
                  {job.program.name}
                  {job.held ? ` (${paper.held})` : ''}
                </td>
                <td>{nameOf(job.machine ?? job.wanted)}</td>
                <td className="paper-short">{job.estimatedSeconds === undefined ? '' : forms.duration(job.estimatedSeconds)}</td>
                <td className="paper-pen" />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>{paper.shelf}</h2>
      {shelf.length === 0 ? (
        <p>{paper.shelfEmpty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{paper.ticket}</th>
              <th scope="col">{paper.who}</th>
              <th scope="col">{paper.file}</th>
              <th scope="col">{paper.handed}</th>
            </tr>
          </thead>
          <tbody>
            {shelf.map(job => (
              <tr key={job.id}>
                <td className="paper-short">{words.job.ticket(job.ticket) + part(job)}</td>
                <td>{job.author.name}</td>
                <td>{job.program.name}</td>
                <td className="paper-pen" />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>{words.school.machines}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{paper.machine}</th>
            <th scope="col">{paper.state}</th>
            <th scope="col">{paper.mark}</th>
          </tr>
        </thead>
        <tbody>
          {machines.map(machine => (
            <tr key={machine.declaration.id}>
              <td>{machine.declaration.name}</td>
              <td>{lookOf(machine, picture.link, now, words, forms, say).label}</td>
              <td className="paper-pen" />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="paper-when">{paper.later}</p>
    </div>
  )
}
