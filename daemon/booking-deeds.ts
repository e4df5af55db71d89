// What people do to lessons and quotas, as pure decisions: an ask and the books in, events or a denial out.
import type { Ask } from '../protocols/contract/command.ts'
import { type Group, takesPupils } from '../protocols/contract/group.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Lesson, Quota } from '../protocols/contract/lesson.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { momentWords } from './forecast/reasons.ts'
import type { EventDraft } from './store.ts'
import type { Done } from './submissions.ts'
import { deny } from './words.ts'

export type BookingAsk = Extract<Ask, { kind: 'lesson.book' | 'lesson.cancel' | 'quota.set' }>

export type BookingContext = {
  readonly site: string
  readonly timeZone: string
  readonly lessons: readonly Lesson[]
  readonly quotas: readonly Quota[]
  readonly group: (id: string) => Group | undefined
  /** Undefined for a machine the school does not have. */
  readonly machineName: (id: string) => string | undefined
}

const lessonMaxMs = 12 * 3_600_000
const aheadMaxMs = 366 * 24 * 3_600_000
/** A lesson that begins now was booked a moment ago, by a clock that is not ours. */
const lateMs = 15 * 60_000
/** Five lessons a day for a school year; more is a mistake of somebody's script. */
const lessonsMax = 1_500
const quotasMax = 200

/** Denials: lesson-times, lesson-past, lesson-too-far, lesson-overlap, lessons-too-many, unknown-machine, unknown-group, group-over, unknown-lesson, unknown-quota, quotas-too-many. */
export function bookingDeed(ask: BookingAsk, context: BookingContext, by: Author, at: number): Done | { denial: Denial } {
  switch (ask.kind) {
    case 'lesson.book':
      return book(ask, context, by, at)
    case 'lesson.cancel': {
      const lesson = context.lessons.find(({ id }) => id === ask.lesson)
      if (lesson === undefined) return { denial: deny('unknown-lesson') }
      if (lesson.cancelledAt !== undefined || lesson.until <= at) return done([])
      return done([{ kind: 'lesson', at, change: 'cancelled', lesson: { ...lesson, cancelledAt: at }, by }])
    }
    case 'quota.set':
      return setQuota(ask, context, by, at)
  }
}

function book(
  ask: Extract<BookingAsk, { kind: 'lesson.book' }>,
  context: BookingContext,
  by: Author,
  at: number,
): Done | { denial: Denial } {
  const { lesson: id, title, from, until } = ask
  const machines = [...new Set(ask.machines)]
  const known = context.lessons.find(one => one.id === id)
  if (until <= from || until - from > lessonMaxMs) return { denial: deny('lesson-times') }
  // A lesson that runs may be given a new end; its beginning is over.
  if (until <= at || (from < at - lateMs && from !== known?.from)) return { denial: deny('lesson-past') }
  if (until - at > aheadMaxMs) return { denial: deny('lesson-too-far') }
  if (machines.some(machine => context.machineName(machine) === undefined)) return { denial: deny('unknown-machine') }
  const group = groupOf(ask.group, context, at)
  if ('denial' in group) return group
  const coming = context.lessons.filter(one => one.cancelledAt === undefined && one.until > at && one.id !== id)
  if (coming.length >= lessonsMax) return { denial: deny('lessons-too-many') }
  for (const other of coming) {
    const machine = other.machines.find(one => machines.includes(one))
    if (machine === undefined || other.until <= from || other.from >= until) continue
    const moment = momentWords(other.from, at, context.timeZone)
    return { denial: deny('lesson-overlap', { machine: context.machineName(machine) ?? machine, name: other.title, moment }) }
  }
  const lesson: Lesson = { id, site: context.site, title, ...group, machines, from, until, by: known?.by ?? by }
  const change = known === undefined ? 'booked' : 'changed'
  return JSON.stringify(known) === JSON.stringify(lesson) ? done([]) : done([{ kind: 'lesson', at, change, lesson, by }])
}

function setQuota(
  ask: Extract<BookingAsk, { kind: 'quota.set' }>,
  context: BookingContext,
  by: Author,
  at: number,
): Done | { denial: Denial } {
  const known = context.quotas.find(({ id }) => id === ask.quota)
  const { quota: id, of, per, jobs, hours, grams } = ask
  const limits = {
    ...(jobs === undefined ? {} : { jobs }),
    ...(hours === undefined ? {} : { hours }),
    ...(grams === undefined ? {} : { grams }),
  }
  if (Object.keys(limits).length === 0) {
    if (known === undefined) return { denial: deny('unknown-quota') }
    if (known.droppedAt !== undefined) return done([])
    return done([{ kind: 'quota', at, change: 'dropped', quota: { ...known, droppedAt: at }, by }])
  }
  const group = groupOf(ask.group, context, at)
  if ('denial' in group) return group
  const others = context.quotas.filter(one => one.droppedAt === undefined && one.id !== id)
  if (others.length >= quotasMax) return { denial: deny('quotas-too-many') }
  const quota: Quota = { id, site: context.site, of, ...group, per, ...limits, by, at }
  return done([{ kind: 'quota', at, change: 'set', quota, by }])
}

function groupOf(id: string | undefined, context: BookingContext, at: number): { group?: string } | { denial: Denial } {
  if (id === undefined) return {}
  const group = context.group(id)
  if (group === undefined) return { denial: deny('unknown-group') }
  return takesPupils(group, at) ? { group: id } : { denial: deny('group-over', { name: group.name }) }
}

function done(events: EventDraft[]): Done {
  return { events, reply: {} }
}
