// The school's one queue over all its machines: order by buttons, a machine for each, and why each waits.
import { ActionIcon, Menu } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { Icon } from '../parts/Icon.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { forecastOf } from './forecast.ts'
import { queueOf, whyWaits } from './waits.ts'

/** Rows drawn at first: a queue of a thousand must not slow the page. */
const shownAtFirst = 30

type Props = { picture: SitePicture; sure: boolean; openJob: (job: string) => void }

export function Queue({ picture, sure, openJob }: Props) {
  const { words } = useSpeech()
  const { me } = useReader()
  const [all, setAll] = useState(false)
  const jobs = Object.values(picture.jobs)
  const queued = queueOf(jobs)
  const returned = jobs.filter(job => job.state === 'returned' || (job.state === 'submitted' && me.author.role === 'pupil'))
  const shown = all ? queued : queued.slice(0, shownAtFirst)
  return (
    <section className="part-queue" aria-labelledby="queue">
      <div className="section-head">
        <h2 id="queue">{words.school.queue}</h2>
        {queued.length === 0 ? null : <span className="count">{queued.length}</span>}
      </div>
      <div className="panel">
        {queued.length + returned.length === 0 ? <p className="panel-body quiet">{words.school.emptyQueue}</p> : null}
        <ol className="plain queue">
          {shown.map((job, index) => (
            <QueueRow
              key={job.id}
              job={job}
              picture={picture}
              sure={sure}
              openJob={openJob}
              above={queued[index - 1]}
              below={queued[index + 1]}
              afterBelow={queued[index + 2]}
            />
          ))}
          {returned.map(job => (
            <ReturnedRow key={job.id} job={job} picture={picture} openJob={openJob} />
          ))}
        </ol>
        {shown.length < queued.length ? (
          <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
            {words.school.showAll(queued.length)}
          </button>
        ) : null}
      </div>
    </section>
  )
}

type RowProps = Props & { job: Job; above: Job | undefined; below: Job | undefined; afterBelow: Job | undefined }

function QueueRow({ job, picture, sure, openJob, above, below, afterBelow }: RowProps) {
  const { words, forms, say } = useSpeech()
  const { offer } = useReader()
  const { ask, asking } = useAsking(picture.site)
  const forecast = forecastOf(job, picture, sure)
  const ticket = words.job.ticket(job.ticket)
  const up = above === undefined ? undefined : ({ kind: 'job.move', job: job.id, before: above.id } as const)
  // Below the next one is before the one after it, or last.
  const down = below === undefined ? undefined : { kind: 'job.move' as const, job: job.id, ...(afterBelow && { before: afterBelow.id }) }
  return (
    <li className={job.held ? 'queue-row held' : 'queue-row'}>
      <div className="queue-what">
        <JobName job={job} onOpen={openJob} />
        <p className="small quiet meta">
          <span>{job.author.name}</span>
          {job.estimatedSeconds === undefined ? null : <span>{forms.duration(job.estimatedSeconds)}</span>}
          {job.wanted === undefined ? null : <span>{words.job.onlyOn(picture.machines[job.wanted]?.declaration.name ?? job.wanted)}</span>}
          {/* Only the day is counted from now: no row need tick for it. */}
          {forecast?.end === undefined ? null : (
            <span className="figures">{words.job.readyBy(forms.range(...forecast.end, Date.now()))}</span>
          )}
          <span className="second">{forecast?.why === undefined ? whyWaits(job, picture, sure, words) : say(forecast.why.text)}</span>
        </p>
      </div>
      <div className="queue-deeds">
        {offer('job.move') === 'yes' ? (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.job.moveUp(ticket)}
              disabled={up === undefined}
              loading={up !== undefined && asking(up)}
              onClick={() => up && ask(up)}
            >
              <Icon name="up" />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={words.job.moveDown(ticket)}
              disabled={down === undefined}
              loading={down !== undefined && asking(down)}
              onClick={() => down && ask(down)}
            >
              <Icon name="down" />
            </ActionIcon>
          </>
        ) : null}
        <RowMenu job={job} picture={picture} openJob={openJob} />
      </div>
    </li>
  )
}

function RowMenu({ job, picture, openJob }: { job: Job; picture: SitePicture; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask } = useAsking(picture.site)
  const [cancelling, setCancelling] = useState(false)
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={words.job.more(words.job.ticket(job.ticket))}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => openJob(job.id)}>{words.job.details}</Menu.Item>
          {offer('job.hold') === 'yes' ? (
            <Menu.Item onClick={() => ask({ kind: job.held ? 'job.release' : 'job.hold', job: job.id })}>
              {job.held ? words.job.release : words.job.hold}
            </Menu.Item>
          ) : null}
          {offer('job.cancel', { job }) === 'yes' ? <Menu.Item onClick={() => setCancelling(true)}>{words.job.cancel}</Menu.Item> : null}
          {job.state === 'queued' && offer('job.assign') === 'yes' ? <MachineItems job={job} picture={picture} /> : null}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={cancelling}
        title={words.job.cancelTitle(job.program.name)}
        deed={words.job.cancel}
        onKeep={() => setCancelling(false)}
        onConfirm={async () => {
          setCancelling(false)
          await ask({ kind: 'job.cancel', job: job.id })
        }}
      >
        <p>{words.job.cancelText}</p>
      </Confirm>
    </>
  )
}

/** Which machine: any that fits, or one of them. */
function MachineItems({ job, picture }: { job: Job; picture: SitePicture }) {
  const { words } = useSpeech()
  const { ask } = useAsking(picture.site)
  const ids = new Set([...job.suitable, ...(job.wanted === undefined ? [] : [job.wanted])])
  const choose = (machine: string | undefined) => ask({ kind: 'job.assign', job: job.id, ...(machine !== undefined && { machine }) })
  const item = (machine: string | undefined, name: string) => (
    <Menu.RadioItem key={machine ?? ''} value={machine ?? ''} checked={job.wanted === machine} onChange={() => choose(machine)}>
      {name}
    </Menu.RadioItem>
  )
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{words.job.chooseMachine}</Menu.Label>
      {item(undefined, words.job.anyMachine)}
      {[...ids].map(id => item(id, picture.machines[id]?.declaration.name ?? id))}
    </>
  )
}

function ReturnedRow({ job, picture, openJob }: { job: Job; picture: SitePicture; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  return (
    <li className="queue-row">
      <div className="queue-what">
        <JobName job={job} onOpen={openJob} />
        <p className="small quiet meta">
          <span>{job.author.name}</span>
          <span className="second">{job.state === 'returned' ? words.job.state.returned : words.job.state.submitted}</span>
          {job.comment === undefined ? null : <span>{job.comment}</span>}
        </p>
      </div>
      {offer('job.cancel', { job }) === 'yes' ? (
        <div className="queue-deeds">
          <RowMenu job={job} picture={picture} openJob={openJob} />
        </div>
      ) : null}
    </li>
  )
}
