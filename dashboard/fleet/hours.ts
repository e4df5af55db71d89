// The opening hours a school told, kept beside its picture: a calendar to judge by, and the days to come for the screens. Pure.
import type { Calendar } from '../../protocols/contract/calendar.ts'
import { calendarOf, type OpenHours, openTimes } from '../../protocols/contract/hours.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'

export type SiteHours = { told: OpenHours; calendar: Calendar }

const dayMs = 24 * 3_600_000
/** What screens shade: yesterday's rest and more than a week ahead. */
const shown = { before: dayMs, after: 9 * dayMs }
/** Told anew when so little of it is left. */
const leastAheadMs = 7 * dayMs

/** The hours after a birth. A calendar is dear to make and births are many: the same words keep it. */
export function foldHours(before: SiteHours | undefined, told: OpenHours | undefined): SiteHours | undefined {
  if (told === undefined) return undefined
  if (before !== undefined && JSON.stringify(before.told) === JSON.stringify(told)) return before
  const calendar = calendarOf(told)
  return calendar && { told, calendar }
}

export function withHours(picture: SitePicture, hours: SiteHours | undefined, nowMs: number): SitePicture {
  return hours === undefined ? picture : { ...picture, hours: openTimes(hours.calendar, nowMs - shown.before, nowMs + shown.after) }
}

/** The site with days enough ahead; the same one while it has them. */
export function keepHours<Fold extends { picture: SitePicture; hours?: SiteHours }>(fold: Fold, nowMs: number): Fold {
  const { hours, picture } = fold
  if (hours === undefined) return fold
  const known = picture.hours?.at(-1)?.[1] ?? 0
  if (known - nowMs >= leastAheadMs) return fold
  const next = withHours(picture, hours, nowMs)
  // A school on holiday has nothing ahead, and nothing new to tell.
  return JSON.stringify(next.hours) === JSON.stringify(picture.hours) ? fold : { ...fold, picture: next }
}
