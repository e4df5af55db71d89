// When a school is open, as data: told to the city with the birth, so that everybody who judges by the clock judges by the same one.
import { z } from 'zod'
import { type Calendar, createCalendar, type HoursException, type Week, weekdays } from './calendar.ts'

/** Minutes from local midnight. */
const spanSchema = z.tuple([z.int().min(0).max(1440), z.int().min(0).max(1440)]).readonly()
const spansSchema = z.array(spanSchema).max(24).readonly()
const dateSchema = z.string().regex(/^\d{4}-\d\d-\d\d$/)

export const openHoursSchema = z.object({
  /** An IANA name, e.g. Europe/Moscow. */
  timeZone: z.string().min(1).max(64),
  /** Days that are absent are closed. */
  week: z.partialRecord(z.enum(weekdays), spansSchema),
  /** Local dates, both included; what stands here replaces the week's spans of those days. */
  exceptions: z.array(z.object({ from: dateSchema, to: dateSchema, spans: spansSchema })).max(400),
})
export type OpenHours = z.infer<typeof openHoursSchema>

/** An open stretch of a school, instants: [from, until]. */
export type OpenTime = [number, number]

/** The calendar of the told hours; undefined where the zone is not known here. */
export function calendarOf({ timeZone, week, exceptions }: OpenHours): Calendar | undefined {
  try {
    return createCalendar(timeZone, week satisfies Week, exceptions satisfies HoursException[])
  } catch (error) {
    // A school with newer tables of time zones than ours.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

export function isOpenAt(calendar: Calendar, atMs: number): boolean {
  const window = calendar.next(atMs)
  return window !== undefined && window.from <= atMs
}

/** The open stretches between two instants, cut at both. */
export function openTimes(calendar: Calendar, fromMs: number, untilMs: number): OpenTime[] {
  const times: OpenTime[] = []
  for (let at = fromMs; at < untilMs; ) {
    const window = calendar.next(at)
    if (window === undefined || window.from >= untilMs) break
    times.push([Math.max(window.from, fromMs), Math.min(window.to, untilMs)])
    at = window.to
  }
  return times
}
