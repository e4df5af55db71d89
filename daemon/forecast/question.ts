// What the queue's forecast is asked: the school as it stands now, its rules, its hours and its past.
import type { Job } from '../../protocols/contract/job.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import { byFairness, type Standing } from '../fair-order.ts'
import { byOrder, inQueue, type QueueMachine, suits } from '../queue.ts'
import type { Past } from './history.ts'
import type { Hours } from './hours.ts'

/** A machine as the forecast looks at it. */
export type ForecastMachine = QueueMachine & {
  /** Since when it is in its state. */
  readonly since: number
  /** Of the job on it, as corrected by what it really takes (drivers/progress.ts). */
  readonly remainingSeconds?: number
  /** Share of the running job's time that has passed, 0…1. */
  readonly done?: number
}

export type ForecastRules = {
  readonly autoStartPrinters: boolean
  /** A printer may go on alone after closing; lasers and mills never may. */
  readonly runPastClosing: boolean
}

export type ForecastInput = {
  readonly nowMs: number
  readonly machines: readonly ForecastMachine[]
  /** All that have not ended, in any order. */
  readonly jobs: readonly Job[]
  /** The raw forecast of a job on a machine, where there is one. */
  readonly seconds: (job: Job, machine: string) => number | undefined
  readonly past: Past
  readonly hours: Hours
  readonly rules: ForecastRules
  /** May this author's job run on this machine? Everybody may where nothing is said. */
  readonly permitted?: (job: Job, machine: string) => boolean
  /** Not over, not cancelled; none where absent. */
  readonly lessons?: readonly Lesson[]
  /** What stands for each queued job, and whom it passed (fair-order.ts); a queue without it stands by its numbers alone. */
  readonly fair?: FairView
}

export type FairView = {
  /** Of queued jobs, and of those that would join the queue when they are approved. */
  readonly standings: ReadonlyMap<string, Standing>
  readonly passes: ReadonlyMap<string, readonly string[]>
}

/** The machines that may take the job, now or later. */
export function possibleFor(job: Job, { machines, permitted = () => true }: ForecastInput): ForecastMachine[] {
  return machines.filter(machine => suits(job, machine.id) && permitted(job, machine.id))
}

/** What is away, broken or in service takes nothing until a person says otherwise; when that is, nobody knows. */
export function takesJobs(machine: ForecastMachine): boolean {
  return !machine.inService && !machine.reported && !machine.readOnly && machine.state !== 'offline' && machine.state !== 'down'
}

/** The waiting jobs in the order in which machines take them; what is not approved yet is put where it would join. */
export function inTurn({ jobs, fair }: Pick<ForecastInput, 'jobs' | 'fair'>): Job[] {
  const queue = jobs.filter(inQueue).sort(byOrder)
  const submitted = jobs
    .filter(job => job.state === 'submitted' && job.plate === undefined)
    .sort((a, b) => a.submittedAt - b.submittedAt || (a.id < b.id ? -1 : 1))
  if (fair === undefined) return [...queue, ...submitted]
  // Each before the first that a person has not put there and that has less to say for itself.
  for (const job of submitted) {
    const at = queue.findIndex(one => one.pinned !== true && byFairness(job, one, fair.standings) < 0)
    queue.splice(at === -1 ? queue.length : at, 0, job)
  }
  return queue
}
