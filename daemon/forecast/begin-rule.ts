// When a job may begin, by the school's hours: nobody is to come back to a machine that nobody watched.
import type { Job } from '../../protocols/contract/job.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { QueueMachine } from '../queue.ts'
import { deny } from '../words.ts'
import type { Hours } from './hours.ts'

export type BeginRule = (job: Job, machine: QueueMachine, byPerson: boolean) => Denial | undefined

export type BeginRuleOptions = {
  readonly hours: Hours
  readonly runPastClosing: boolean
  /** The raw forecast. */
  readonly seconds: (job: Job, machine: string) => number | undefined
  readonly nowMs: () => number
}

/**
 * Lasers and mills begin in supervised hours only, whoever says so. A printer begins by itself in opening hours only, and where it may not run on alone,
 * only if the forecast ends before closing; a person who stands at it may start it whenever. Denials: outside-hours, unsupervised, closing-soon.
 */
export function createBeginRule({ hours, runPastClosing, seconds, nowMs }: BeginRuleOptions): BeginRule {
  return (job, machine, byPerson) => {
    const now = nowMs()
    if (machine.kind !== 'printer') {
      const window = hours.supervised.next(now)
      return window !== undefined && window.from <= now ? undefined : deny('unsupervised', { machine: machine.name })
    }
    if (byPerson) return undefined
    const window = hours.open.next(now)
    if (window === undefined || window.from > now) return deny('outside-hours')
    const forecast = seconds(job, machine.id) ?? job.estimatedSeconds ?? 0
    return runPastClosing || now + forecast * 1000 <= window.to ? undefined : deny('closing-soon')
  }
}
