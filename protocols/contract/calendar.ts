// A calendar: a weekly table with exceptions in a time zone of its own, asked when it is open and how long. Pure.

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** Minutes from local midnight, `from` < `to` ≤ 1440; ascending, apart. */
export type Span = readonly [from: number, to: number]
export type Week = Readonly<Partial<Record<Weekday, readonly Span[]>>>

/** Local dates, YYYY-MM-DD, both included. What stands here replaces the week's spans of those days. */
export type HoursException = { readonly from: string; readonly to: string; readonly spans: readonly Span[] }

/** An open stretch, ms since the epoch: open at `from`, no more at `to`. */
export type Window = { readonly from: number; readonly to: number }

export interface Calendar {
  /** The window that holds the instant, else the next one; undefined when there is none for a year. Windows that touch are one. */
  next(atMs: number): Window | undefined
  /** The instant at which so many open seconds have passed since `atMs`; undefined when they never do. */
  add(atMs: number, seconds: number): number | undefined
  /** Open seconds between two instants; 0 where the second is not later. */
  between(fromMs: number, toMs: number): number
  /** The longest window of an ordinary week, seconds; infinite where the school never closes. */
  readonly longestSeconds: number
}

/** The time zone of a school that told none: its day begins with its city's, not at three in the night. */
export const homeZone = 'Europe/Moscow'

const dayMs = 86_400_000
const minuteMs = 60_000
const weekMs = 7 * dayMs
/** A school that does not open for so long has closed for good. */
const weeksMax = 60
/** Windows that touch are joined up to this: beyond it a program may as well be endless. */
const joinedMaxMs = 60 * dayMs

/** A school without hours in its file: always open. */
export const always: Calendar = {
  next: atMs => ({ from: Math.min(atMs, 0), to: Number.POSITIVE_INFINITY }),
  add: (atMs, seconds) => atMs + seconds * 1000,
  between: (fromMs, toMs) => Math.max(0, toMs - fromMs) / 1000,
  longestSeconds: Number.POSITIVE_INFINITY,
}

/** `timeZone`: an IANA name, e.g. Europe/Moscow. Throws RangeError for a zone this system does not know. */
export function createCalendar(timeZone: string, week: Week, exceptions: readonly HoursException[]): Calendar {
  const zone = zoneOf(timeZone)
  const chunks = new Map<number, readonly Window[]>()

  /** Windows that begin within the n-th week since the epoch (UTC), in order. */
  const chunk = (index: number): readonly Window[] => {
    const known = chunks.get(index)
    if (known) return known
    const begin = index * weekMs
    const made: Window[] = []
    // A day more on either side: local midnights lie up to 14 h away from those of UTC.
    for (let day = -1; day <= 7; day++) {
      const date = new Date(begin + day * dayMs)
      for (const [from, to] of spansOf(date, week, exceptions)) {
        const window = { from: zone.instant(date, from), to: zone.instant(date, to) }
        // A span that a change of the clocks swallowed whole is no window.
        if (window.from >= begin && window.from < begin + weekMs && window.to > window.from) made.push(window)
      }
    }
    chunks.set(index, made)
    return made
  }

  /** Windows from the first that ends after `atMs`, in order, touching ones apart. */
  function* windowsAfter(atMs: number): Generator<Window> {
    const first = Math.floor(atMs / weekMs) - 1
    for (let index = first; index <= first + weeksMax; index++) for (const window of chunk(index)) if (window.to > atMs) yield window
  }

  const next = (atMs: number): Window | undefined => {
    let joined: Window | undefined
    for (const window of windowsAfter(atMs)) {
      if (joined === undefined) joined = window
      else if (window.from <= joined.to && joined.to - joined.from < joinedMaxMs)
        joined = { from: joined.from, to: Math.max(joined.to, window.to) }
      else break
    }
    return joined
  }

  return {
    next,
    add: (atMs, seconds) => {
      let leftMs = seconds * 1000
      for (const { from, to } of windowsAfter(atMs)) {
        const begin = Math.max(from, atMs)
        if (to - begin >= leftMs) return begin + leftMs
        leftMs -= to - begin
      }
      return undefined
    },
    between: (fromMs, toMs) => {
      let openMs = 0
      for (const { from, to } of windowsAfter(fromMs)) {
        if (from >= toMs) break
        openMs += Math.min(to, toMs) - Math.max(from, fromMs)
      }
      return openMs / 1000
    },
    longestSeconds: longestOf(week),
  }
}

function spansOf(date: Date, week: Week, exceptions: readonly HoursException[]): readonly Span[] {
  const name = date.toISOString().slice(0, 10)
  const exception = exceptions.find(({ from, to }) => from <= name && name <= to)
  if (exception) return exception.spans
  const weekday = weekdays[(date.getUTCDay() + 6) % 7]
  return (weekday && week[weekday]) ?? []
}

/** Spans up to midnight go on with those from midnight of the day after. */
function longestOf(week: Week): number {
  const minuteOfWeek = weekdays.flatMap((day, index) =>
    (week[day] ?? []).map(([from, to]) => [index * 1440 + from, index * 1440 + to] as const),
  )
  const twice = [...minuteOfWeek, ...minuteOfWeek.map(([from, to]) => [from + 10_080, to + 10_080] as const)]
  let longest = 0
  let begin = 0
  let end = Number.NEGATIVE_INFINITY
  for (const [from, to] of twice) {
    if (from !== end) begin = from
    end = to
    longest = Math.max(longest, end - begin)
  }
  return longest >= 10_080 ? Number.POSITIVE_INFINITY : longest * 60
}

export type Zone = {
  /** `date`: a local date as UTC midnight; minutes from its midnight. */
  instant(date: Date, minutes: number): number
}

/** Local clock time to instants. Where the clocks jump forward, a time that does not exist is the instant of the jump's other side. */
export function zoneOf(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offset = (ms: number): number => {
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000
  }
  return {
    instant: (date, minutes) => {
      const local = Math.floor(date.getTime() / dayMs) * dayMs + minutes * minuteMs
      const guess = local - offset(local)
      const instant = local - offset(guess)
      // Where neither offset leads back, the time does not exist; east of Greenwich the first is too early, west of it the second.
      return instant === guess || instant + offset(instant) === local ? instant : Math.max(guess, instant)
    },
  }
}
