// When a job may begin, by the school's hours and lessons: nobody is to come back to a machine that nobody watched, or find it taken.
import type { Job } from '../../protocols/contract/job.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { QueueMachine } from '../queue.ts'
import { deny } from '../words.ts'
import type { Hours } from './hours.ts'
import { lessonInWay } from './lessons.ts'
import { momentWords } from './reasons.ts'

export type BeginRule = (job: Job, machine: QueueMachine, byPerson: boolean) => Denial | undefined

export type BeginRuleOptions = {
  readonly hours: Hours
  readonly runPastClosing: boolean
  /** The raw forecast. */
  readonly seconds: (job: Job, machine: string) => number | undefined
  readonly lessons?: () => readonly Lesson[]
  readonly nowMs: () => number
}

/**
 * Lasers and mills begin in supervised hours only, whoever says so. A printer begins by itself in opening hours only, and where it may not run on alone,
 * only if the forecast ends before closing; a person who stands at it may start it whenever.
 * During a lesson its machines begin only jobs of that class and of staff, whoever says so; what would run into a lesson of others does not begin
 * by itself. Denials: outside-hours, unsupervised, closing-soon, kept-for-lesson, lesson-soon.
 */
export function createBeginRule({ hours, runPastClosing, seconds, lessons = () => [], nowMs }: BeginRuleOptions): BeginRule {
  return (job, machine, byPerson) => {
    const now = nowMs()
    const takes = seconds(job, machine.id) ?? job.estimatedSeconds ?? 0
    const kept = lessonInWay(lessons(), job, machine.id, now, byPerson ? 0 : takes)
    if (kept !== undefined) {
      const { code, lesson } = kept
      const at = code === 'kept-for-lesson' ? lesson.until : lesson.from
      return deny(code, { machine: machine.name, name: lesson.title, moment: momentWords(at, now, hours.timeZone) })
    }
    if (machine.kind !== 'printer') {
      const window = hours.supervised.next(now)
      return window !== undefined && window.from <= now ? undefined : deny('unsupervised', { machine: machine.name })
    }
    if (byPerson) return undefined
    const window = hours.open.next(now)
    if (window === undefined || window.from > now) return deny('outside-hours')
    return runPastClosing || now + takes * 1000 <= window.to ? undefined : deny('closing-soon')
  }
}
