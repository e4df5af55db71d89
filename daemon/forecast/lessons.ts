// What a lesson keeps from whom: its machines from others while it lasts, and from work that would reach into it. Pure.

import type { Calendar } from '../../protocols/contract/calendar.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import { firstStart } from './hours.ts'

export type InWay = { readonly code: 'kept-for-lesson' | 'lesson-soon'; readonly lesson: Lesson }

/** May this job run on the lesson's machines while it lasts? The class's own, and those of staff: a plate for the class is a teacher's. */
export function belongsTo(lesson: Lesson, { author }: Job): boolean {
  return author.role !== 'pupil' || (lesson.group !== undefined && lesson.group === author.group)
}

/** The lesson that stands in the way of work of `seconds` that would begin at `at`; with 0 seconds only one that lasts then. */
export function lessonInWay(lessons: readonly Lesson[], job: Job, machine: string, at: number, seconds: number): InWay | undefined {
  const end = at + seconds * 1000
  let soonest: Lesson | undefined
  for (const lesson of lessons) {
    if (lesson.cancelledAt !== undefined || lesson.until <= at || !lesson.machines.includes(machine) || belongsTo(lesson, job)) continue
    if (lesson.from <= at) return { code: 'kept-for-lesson', lesson }
    if (lesson.from < end && (soonest === undefined || lesson.from < soonest.from)) soonest = lesson
  }
  return soonest && { code: 'lesson-soon', lesson: soonest }
}

export type StartQuestion = {
  readonly calendar: Calendar
  readonly lessons: readonly Lesson[]
  readonly job: Job
  readonly machine: string
  readonly seconds: number
  /** Only its beginning must lie in opening hours. */
  readonly mayRunOn: boolean
  /** Started by a person, who may let it run into a lesson. */
  readonly byHand: boolean
}

/** A machine with more lessons one after the other than this is kept for good. */
const lessonsPassedMax = 60

/** The first instant from `atMs` on at which the work may begin by hours and lessons; undefined when there is none in sight. */
export function firstFreeStart(question: StartQuestion, atMs: number): number | undefined {
  const { calendar, lessons, job, machine, seconds, mayRunOn, byHand } = question
  let from = atMs
  for (let tries = 0; tries < lessonsPassedMax; tries++) {
    const begin = firstStart(calendar, from, seconds, mayRunOn)
    if (begin === undefined) return undefined
    const kept = lessonInWay(lessons, job, machine, begin, byHand ? 0 : seconds)
    if (kept === undefined) return begin
    from = kept.lesson.until
  }
  return undefined
}
