// What people do to jobs in the queue, as pure decisions: an ask and the queue in, events or a denial out.
import type { Ask } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import { endedStates } from '../protocols/contract/job-states.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent, jobEvent, stepJob } from './drafts.ts'
import { inQueue, reorder, take } from './queue.ts'
import type { EventDraft } from './store.ts'
import { deny } from './words.ts'

/** Asks that change nothing but the queue. A cancel of a job that is on a machine is the machine's business. */
export type QueueAsk = Extract<
  Ask,
  {
    kind: 'job.approve' | 'job.return' | 'job.deny' | 'job.cancel' | 'job.hold' | 'job.release' | 'job.move' | 'job.assign' | 'job.collect'
  }
>

export type QueueContext = {
  readonly jobs: readonly Job[]
  /** Order numbers for jobs that join the queue, by id. */
  readonly join: (jobs: readonly Job[]) => ReadonlyMap<string, number>
  readonly machineName: (machine: string) => string
  /** Seconds on a machine, or on the best of those that can. */
  readonly estimate: (job: Job) => number | undefined
}

/** The events of the deed, numbered later by the store. */
export function queueDeed(
  ask: QueueAsk,
  job: Job,
  context: QueueContext,
  by: Author,
  at: number,
): { events: EventDraft[] } | { denial: Denial } {
  const follows = job.plate !== undefined && !mayWhileFollowing(ask, job) ? deny('follows-plate', { ticket: job.ticket }) : undefined
  if (follows) return { denial: follows }
  switch (ask.kind) {
    case 'job.approve': {
      // A part of a plate is made with it, whenever its own check is done; only what is made alone needs a place.
      const order = context.join([job]).get(job.id) ?? reorder(context.jobs, job.id, undefined).get(job.id) ?? job.order
      return one(stepJob(settledJob(job), 'approve', at, { order, queuedAt: at }, by))
    }
    case 'job.return': {
      const { comment, mark } = ask
      const returned = { comment, ...(mark === undefined ? {} : { mark }), by, at }
      return one(stepJob(outOfQueue(job), 'return', at, { returned, held: false }, by))
    }
    case 'job.deny': {
      const why = ask.comment === undefined ? {} : { returned: { comment: ask.comment, by, at } }
      return one(stepJob(outOfQueue(settledJob(job)), 'deny', at, { endedAt: at, ...why }, by))
    }
    case 'job.cancel':
      return one(stepJob(job, 'cancel', at, { endedAt: at }, by))
    case 'job.hold':
      return one(stepJob(job, 'hold', at, { held: true }, by))
    case 'job.release':
      return one(stepJob(job, 'release', at, { held: false }, by))
    case 'job.collect':
      return one(stepJob(job, 'collect', at, { collectedAt: at }, by))
    case 'job.move':
      return ask.release === true ? release(job, by, at) : move(job, ask.before, context.jobs, by, at)
    case 'job.assign':
      return assign(job, ask.machine, context, by, at)
  }
}

/** What the author may take back, and a teacher may refuse, also where the part is to be made on a plate: it has not begun. */
function mayWhileFollowing(ask: QueueAsk, { state }: Job): boolean {
  if (endedStates.includes(state)) return true
  if (state !== 'submitted' && state !== 'queued') return false
  return ['job.approve', 'job.return', 'job.deny', 'job.cancel'].includes(ask.kind)
}

/** Approved: what it was sent back for is mended, and read no more. */
function settledJob({ returned: _, ...job }: Job): Job {
  return job
}

/** Nothing of its place in the queue outlasts its leaving it, and no plate waits for it. */
function outOfQueue({ pinned: _pinned, plate: _plate, ...job }: Job): Job {
  return job
}

/** Put there by a person: it stays, and the others are ordered around it. Its own number changes, and others' only where none was left between. */
function move(
  job: Job,
  before: string | undefined,
  jobs: readonly Job[],
  by: Author,
  at: number,
): { events: EventDraft[] } | { denial: Denial } {
  const taken = take(job, 'move')
  if ('denial' in taken) return taken
  if (before !== undefined && !jobs.some(one => one.id === before && inQueue(one))) return { denial: deny('unknown-job') }
  const orders = before === job.id ? new Map<string, number>() : reorder(jobs, job.id, before)
  return {
    events: jobs.flatMap(one => {
      const order = orders.get(one.id) ?? one.order
      if (one.id === job.id) return order === one.order && one.pinned ? [] : [jobEvent({ ...one, order, pinned: true }, 'moved', at, by)]
      return order === one.order ? [] : [jobEvent({ ...one, order }, 'ordered', at)]
    }),
  }
}

/** The fair order takes it back from where a person put it. */
function release(job: Job, by: Author, at: number): { events: EventDraft[] } | { denial: Denial } {
  const taken = take(job, 'move')
  if ('denial' in taken) return taken
  if (job.pinned === undefined) return { events: [] }
  const { pinned: _, ...free } = job
  return { events: [jobEvent(free, 'unpinned', at, by)] }
}

function assign(
  job: Job,
  machine: string | undefined,
  { machineName, estimate }: QueueContext,
  by: Author,
  at: number,
): { events: EventDraft[] } | { denial: Denial } {
  if (machine !== undefined && !job.suitable.includes(machine)) {
    return { denial: deny('machine-unsuitable', { machine: machineName(machine), ticket: job.ticket }) }
  }
  const { wanted: _, ...free } = job
  const assigned: Job = machine === undefined ? free : { ...free, wanted: machine }
  const seconds = estimate(assigned)
  return one(stepJob(assigned, 'assign', at, seconds === undefined ? {} : { estimatedSeconds: seconds }, by))
}

function one(stepped: ReturnType<typeof stepJob>): { events: EventDraft[] } | { denial: Denial } {
  return 'denial' in stepped ? stepped : { events: [stepped.event] }
}

/** A person has taken the part off: the bed is free and the job that lay there has its verdict. */
export function clearDeed(ask: Extract<Ask, { kind: 'machine.clear' }>, job: Job | undefined, by: Author, at: number): EventDraft[] {
  const { machine, quality, cause } = ask
  const detail = { quality, ...(cause === undefined ? {} : { cause }), ...(job ? { job: job.id } : {}) }
  const action = actionEvent('machine.clear', at, by, machine, detail)
  if (job === undefined) return [action]
  const verdict = { quality, by, at, ...(cause === undefined ? {} : { cause }) }
  const judged = stepJob(job, 'judge', at, { verdict }, by)
  return 'event' in judged ? [judged.event, action] : [action]
}
