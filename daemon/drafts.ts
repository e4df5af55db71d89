// Makes the events of a school: what happened to a job, a machine, by whom.
import type { Author, Job } from '../protocols/contract/job.ts'
import type { Denial, Fault } from '../protocols/contract/words.ts'
import { type Step, take } from './queue.ts'
import type { EventDraft } from './store.ts'

/** The name of what happened, as it stands in the journal. */
const changes: Readonly<Record<Step, string>> = {
  approve: 'approved',
  return: 'returned',
  mend: 'mended',
  deny: 'denied',
  cancel: 'cancelled',
  hold: 'held',
  release: 'released',
  move: 'moved',
  assign: 'assigned',
  start: 'starting',
  begin: 'started',
  requeue: 'requeued',
  pause: 'paused',
  resume: 'resumed',
  complete: 'completed',
  fail: 'failed',
  interrupt: 'interrupted',
  judge: 'cleared',
  collect: 'collected',
}

/** The job after a step, with whatever else changes, and the event that says so; a denial where the step is not open. */
export function stepJob(
  job: Job,
  step: Step,
  at: number,
  more: Partial<Job> = {},
  by?: Author,
): { job: Job; event: EventDraft } | { denial: Denial } {
  const taken = take(job, step)
  if ('denial' in taken) return taken
  const after: Job = { ...job, ...more, state: taken.state }
  return { job: after, event: jobEvent(after, changes[step], at, by) }
}

export function jobEvent(job: Job, change: string, at: number, by?: Author): EventDraft {
  return { kind: 'job', at, change, job, ...(by ? { by } : {}) }
}

export function actionEvent(action: string, at: number, by: Author, machine?: string, detail?: Record<string, unknown>): EventDraft {
  return { kind: 'action', at, action, by, ...(machine === undefined ? {} : { machine }), ...(detail ? { detail } : {}) }
}

export function faultEvent(machine: string, change: 'raised' | 'cleared', fault: Fault, at: number): EventDraft {
  return { kind: 'fault', at, machine, change, fault }
}

/** The job freed of the machine it was to run on. */
export function withoutMachine(job: Job): Job {
  const { machine: _, ...rest } = job
  return rest
}
