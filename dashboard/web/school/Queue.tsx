// The school's one queue over all its machines: put in order by dragging, by buttons or by keys, with a way back; and what went back to its author.
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { Ask } from '../../../protocols/contract/command.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { MachineKind } from '../../../protocols/contract/machine.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { JobName } from '../parts/JobName.tsx'
import { useTouch } from '../parts/touch.ts'
import { useReader } from '../rights.tsx'
import { useGroupNames } from '../teach/groups.ts'
import { useSpeech } from '../words/speech.tsx'
import { QueueRow } from './QueueRow.tsx'
import { RowMenu } from './RowMenu.tsx'
import { beforeOf, useReorder } from './reorder.ts'
import { followersOf, kindsOf, queueOf } from './waits.ts'

/** Rows drawn at first: a queue of a thousand must not slow the page. */
const shownAtFirst = 30

type Props = { picture: SitePicture; sure: boolean; openJob: (job: string) => void }

export function Queue({ picture, sure, openJob }: Props) {
  const { words } = useSpeech()
  const { me } = useReader()
  const touch = useTouch()
  const [all, setAll] = useState(false)
  const [kind, setKind] = useState<MachineKind>()
  const [group, setGroup] = useState('')
  const jobs = Object.values(picture.jobs)
  const queued = queueOf(jobs)
  const passing = queued.filter(
    job => (kind === undefined || kindsOf(job, picture).has(kind)) && (group === '' || job.author.group === group),
  )
  const shown = all ? passing : passing.slice(0, shownAtFirst)
  const returned = jobs.filter(job => job.state === 'returned' || (job.state === 'submitted' && me.author.role === 'pupil'))
  const followers = followersOf(jobs)
  const order = useOrder(picture.site, shown, queued)
  const { reorder } = order
  const { carried } = reorder
  const others = shown.filter(({ id }) => id !== carried?.id)
  const placeOf = (job: Job) => {
    if (carried === undefined) return undefined
    if (job.id === carried.id) return 'carried'
    if (others[carried.to]?.id === job.id) return 'before'
    return carried.to >= others.length && others.at(-1)?.id === job.id ? 'after' : undefined
  }
  return (
    <section className="part-queue" aria-labelledby="queue">
      <div className="section-head">
        <h2 id="queue">{words.school.queue}</h2>
        {queued.length === 0 ? null : <span className="count">{queued.length}</span>}
      </div>
      <Filters picture={picture} queued={queued} kind={kind} onKind={setKind} group={group} onGroup={setGroup} />
      {passing.length === queued.length ? null : (
        <p className="small quiet queue-filtered">{words.teach.queue.filtered(passing.length, queued.length)}</p>
      )}
      <div className={order.said === undefined ? 'sr-only' : 'queue-said'}>
        <span role="status">{order.said ?? order.whispered}</span>
        {order.undo === undefined ? null : (
          <Button variant="default" onClick={order.undo}>
            {words.teach.queue.undo}
          </Button>
        )}
      </div>
      <div className="panel">
        {queued.length + returned.length === 0 ? (
          <p className="panel-body quiet">{touch ? words.school.emptyQueueTouch : words.school.emptyQueue}</p>
        ) : null}
        <ol className="plain queue" data-rows>
          {shown.map((job, index) => (
            <QueueRow
              key={job.id}
              job={job}
              followers={followers.get(job.id) ?? []}
              picture={picture}
              sure={sure}
              openJob={openJob}
              up={index === 0 ? undefined : () => order.put(job.id, index - 1)}
              down={index === shown.length - 1 ? undefined : () => order.put(job.id, index + 1)}
              moving={order.moving}
              move={where => order.put(job.id, where === 'first' ? 0 : 'last')}
              reorder={reorder}
              place={placeOf(job)}
            />
          ))}
          {returned.map(job => (
            <ReturnedRow key={job.id} job={job} picture={picture} openJob={openJob} />
          ))}
        </ol>
        {shown.length < passing.length ? (
          <button type="button" className="as-link show-all" onClick={() => setAll(true)}>
            {words.school.showAll(passing.length)}
          </button>
        ) : null}
      </div>
    </section>
  )
}

/** Moving within the shown rows, what was said of it, and the way back. */
function useOrder(site: string, shown: readonly Job[], whole: readonly Job[]) {
  const { words } = useSpeech()
  const { queue } = words.teach
  const { ask } = useAsking(site)
  const [moving, setMoving] = useState(false)
  /** Of the last move: what is shown, and how it was before. */
  const [last, setLast] = useState<{ said: string; undo?: Ask; ticket: string }>()
  const [whispered, whisper] = useState('')
  const [ids, all] = [shown.map(({ id }) => id), whole.map(({ id }) => id)]
  const ticketOf = (id: string) => words.job.ticket(whole.find(job => job.id === id)?.ticket ?? 0)

  const put = async (id: string, to: number | 'last') => {
    const job = whole.find(each => each.id === id)
    if (job === undefined) return
    const before = to === 'last' ? undefined : beforeOf(id, to, ids, all)
    const behind = all[all.indexOf(id) + 1]
    // One that nobody had placed goes back to where the fair order has it; a placed one before its old neighbour.
    const undo: Ask =
      job.pinned === true
        ? { kind: 'job.move', job: id, ...(behind !== undefined && { before: behind }) }
        : { kind: 'job.move', job: id, release: true }
    setMoving(true)
    const asked = await ask({ kind: 'job.move', job: id, ...(before !== undefined && { before }) })
    setMoving(false)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    const ticket = words.job.ticket(job.ticket)
    setLast({ said: queue.put(ticket, (to === 'last' ? ids.length - 1 : to) + 1, ids.length), undo, ticket })
  }
  const reorder = useReorder({
    ids,
    put: (id, to) => void put(id, to),
    said: what => {
      setLast(undefined)
      if (what.kind === 'kept') whisper(queue.kept(ticketOf(what.id)))
      else if (what.kind === 'taken') whisper(queue.taken(ticketOf(what.id), what.to + 1, ids.length))
      else whisper(queue.over(what.to + 1, ids.length))
    },
  })
  const undo = async () => {
    if (last?.undo === undefined) return
    const asked = await ask(last.undo)
    if (asked.outcome === 'replied' && asked.reply.outcome === 'done') setLast({ said: queue.undone(last.ticket), ticket: last.ticket })
  }
  return { put, reorder, moving, whispered, said: last?.said, undo: last?.undo === undefined ? undefined : undo }
}

type FilterProps = {
  picture: SitePicture
  queued: readonly Job[]
  kind: MachineKind | undefined
  onKind: (kind: MachineKind | undefined) => void
  group: string
  onGroup: (group: string) => void
}

/** Only where there is something to tell apart. */
function Filters({ picture, queued, kind, onKind, group, onGroup }: FilterProps) {
  const { words } = useSpeech()
  const { queue } = words.teach
  const names = useGroupNames(picture.site, queued)
  const count = (of: MachineKind) => queued.filter(job => kindsOf(job, picture).has(of)).length
  const kinds = (['printer', 'laser', 'mill'] as const).filter(of => of === kind || count(of) > 0)
  const groups = [...new Set(queued.flatMap(({ author }) => author.group ?? []))].filter(id => names.has(id))
  if (queued.length < 2 || (kinds.length < 2 && groups.length < 2)) return null
  const chip = (of: MachineKind | undefined, label: string, n: number) => (
    <label key={of ?? ''} className="chip">
      <input
        type="radio"
        name="queue-kind"
        checked={kind === of}
        aria-label={words.teach.kindCount(label, n)}
        onChange={() => onKind(of)}
      />
      <span>
        {label} <span className="figures chip-count">{n}</span>
      </span>
    </label>
  )
  return (
    <div className="queue-filters">
      {kinds.length < 2 ? null : (
        <div className="chips" role="radiogroup" aria-label={queue.kinds}>
          {chip(undefined, queue.every, queued.length)}
          {kinds.map(of => chip(of, queue.kind[of], count(of)))}
        </div>
      )}
      {groups.length < 2 ? null : (
        <NativeSelect
          aria-label={queue.group}
          value={group}
          data={[{ value: '', label: queue.everyGroup }, ...groups.map(id => ({ value: id, label: names.get(id) ?? id }))]}
          onChange={event => onGroup(event.currentTarget.value)}
        />
      )}
    </div>
  )
}

/** It went back: the row says whose turn it is. */
function ReturnedRow({ job, picture, openJob }: { job: Job; picture: SitePicture; openJob: (job: string) => void }) {
  const { words } = useSpeech()
  const { me, offer } = useReader()
  const { back } = words.teach
  const turn = job.author.id === me.author.id ? back.turnYours : back.turn(job.author.name)
  return (
    <li className="queue-row">
      <div className="queue-what">
        <JobName job={job} onOpen={openJob} />
        <p className="small quiet meta">
          <span className="second">{job.state === 'returned' ? words.job.state.returned : words.job.state.submitted}</span>
          {job.state === 'returned' ? <span>{turn}</span> : <span>{job.author.name}</span>}
          {job.returned === undefined || job.state !== 'returned' ? null : <span>{`«${job.returned.comment}»`}</span>}
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
