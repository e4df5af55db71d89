// What the queue's forecast is asked: the school as it stands now, its rules, its hours and its past.
import type { Job } from '../../protocols/contract/job.ts'
import { type QueueMachine, suits } from '../queue.ts'
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
}

/** The machines that may take the job, now or later. */
export function possibleFor(job: Job, { machines, permitted = () => true }: ForecastInput): ForecastMachine[] {
  return machines.filter(machine => suits(job, machine.id) && permitted(job, machine.id))
}

/** What is away, broken or in service takes nothing until a person says otherwise; when that is, nobody knows. */
export function takesJobs(machine: ForecastMachine): boolean {
  return !machine.inService && !machine.reported && !machine.readOnly && machine.state !== 'offline' && machine.state !== 'down'
}
