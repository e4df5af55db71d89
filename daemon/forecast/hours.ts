// The hours of a school, open and supervised, and when work may begin by them. Pure.
import { always, type Calendar, homeZone } from '../../protocols/contract/calendar.ts'

/** The hours of a school. `lessons` end a lesson's window; absent where the school told none. */
export type Hours = {
  readonly timeZone: string
  readonly open: Calendar
  /** Somebody who answers for lasers and mills is there. */
  readonly supervised: Calendar
  readonly lessons?: Calendar
}

/** Hours of a school that told none. */
export const noHours: Hours = { timeZone: homeZone, open: always, supervised: always }

/**
 * The first instant from `atMs` on at which work of `seconds` may begin; undefined when no window is ever long enough.
 * With `mayRunOn` only its beginning must lie inside.
 */
export function firstStart(calendar: Calendar, atMs: number, seconds: number, mayRunOn: boolean): number | undefined {
  let from = atMs
  for (let tries = 0; tries < windowsTriedMax; tries++) {
    const window = calendar.next(from)
    if (window === undefined) return undefined
    const begin = Math.max(from, window.from)
    if (mayRunOn || begin + seconds * 1000 <= window.to) return begin
    from = window.to
  }
  return undefined
}

/** Two weeks of mornings and afternoons: what fits nowhere in them fits nowhere. */
const windowsTriedMax = 28
