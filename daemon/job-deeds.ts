// What people do to jobs in the queue, as pure decisions: an ask and the queue in, events or a denial out.
import type { Ask } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent, jobEvent, stepJob } from './drafts.ts'
import { reorder, take } from './queue.ts'
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
  switch (ask.kind) {
    case 'job.approve':
      return one(
        stepJob(job, 'approve', at, { order: reorder(context.jobs, job.id, undefined).get(job.id) ?? job.order, queuedAt: at }, by),
      )
    case 'job.return':
      return one(stepJob(job, 'return', at, { comment: ask.comment, held: false }, by))
    case 'job.deny':
      return one(stepJob(job, 'deny', at, { endedAt: at, ...(ask.comment === undefined ? {} : { comment: ask.comment }) }, by))
    case 'job.cancel':
      return one(stepJob(job, 'cancel', at, { endedAt: at }, by))
    case 'job.hold':
      return one(stepJob(job, 'hold', at, { held: true }, by))
    case 'job.release':
      return one(stepJob(job, 'release', at, { held: false }, by))
    case 'job.collect':
      return one(stepJob(job, 'collect', at, { collectedAt: at }, by))
    case 'job.move':
      return move(job, ask.before, context.jobs, by, at)
    case 'job.assign':
      return assign(job, ask.machine, context, by, at)
  }
}

function move(
  job: Job,
  before: string | undefined,
  jobs: readonly Job[],
  by: Author,
  at: number,
): { events: EventDraft[] } | { denial: Denial } {
  const taken = take(job, 'move')
  if ('denial' in taken) return taken
  if (before !== undefined && !jobs.some(one => one.id === before && one.state === 'queued')) return { denial: deny('unknown-job') }
  if (before === job.id) return { events: [] }
  const orders = reorder(jobs, job.id, before)
  return {
    events: jobs.flatMap(one => {
      const order = orders.get(one.id)
      return order === undefined || order === one.order ? [] : [jobEvent({ ...one, order }, 'moved', at, by)]
    }),
  }
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
