// Times, sizes and numbers as people say them, in the reader's language.
import type { Language } from '../../../protocols/contract/words.ts'
import type { Words } from './ru.ts'

export type Forms = {
  /** How long: 45 с · 3 мин · 1 ч 20 мин · 2 дн 3 ч. */
  duration(seconds: number): string
  /** Age between two instants in ms, never negative. */
  age(fromMs: number, nowMs: number): string
  /** Clock time of an instant near now: 14:05 · завтра в 9:10. */
  clock(atMs: number, nowMs: number): string
  /** From one instant to another: сегодня 14:10–14:40 · сегодня 17:50 – завтра 9:20. */
  range(fromMs: number, toMs: number, nowMs: number): string
  /** Day and clock time of an instant in the past. */
  moment(atMs: number, nowMs: number): string
  bytes(size: number): string
  /** 0…1 as a whole percentage, never 100 % before the end. */
  percent(fraction: number): string
  number(value: number, digits?: number): string
  /** What weighs something is never told as nothing: <1 г. */
  grams(value: number, digits?: number): string
  /** Order of two names as their readers look for them: «Принтер 2» before «Принтер 10». */
  byName(a: string, b: string): number
}

const dayMs = 86_400_000

export function formsFor(language: Language, words: Words): Forms {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB'
  const clockFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const dayFormat = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' })
  const dateFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  const numberFormats = [0, 1, 2, 3].map(
    digits => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  // Made once: localeCompare makes one for each two names, and sixty machines are in order ten times a second.
  const collator = new Intl.Collator(locale, { numeric: true })
  const number = (value: number, digits = 0) => (numberFormats[digits] ?? new Intl.NumberFormat(locale)).format(value)

  const duration = (seconds: number) => {
    const whole = Math.max(0, Math.round(seconds))
    if (whole < 60) return words.time.seconds(whole)
    // An hour ahead is told in minutes, not in seconds: nobody plans by them.
    const minutes = Math.round(whole / 60)
    if (minutes < 60) return words.time.minutes(minutes)
    const hours = Math.floor(minutes / 60)
    if (hours < 24) return words.time.hours(hours, minutes % 60)
    return words.time.days(Math.floor(hours / 24), hours % 24)
  }

  return {
    duration,
    age: (fromMs, nowMs) => duration((nowMs - fromMs) / 1000),
    clock: (atMs, nowMs) => {
      const days = daysBetween(nowMs, atMs)
      if (days === 0) return clockFormat.format(atMs)
      if (days === 1) return words.time.tomorrow(clockFormat.format(atMs))
      return dateFormat.format(atMs)
    },
    range: (fromMs, toMs, nowMs) => {
      const day = (at: number) => {
        const days = daysBetween(nowMs, at)
        return days === 0 ? words.time.onToday : days === 1 ? words.time.onTomorrow : dayFormat.format(at)
      }
      const [from, to] = [clockFormat.format(fromMs), clockFormat.format(toMs)]
      if (daysBetween(fromMs, toMs) !== 0) return `${day(fromMs)} ${from} – ${day(toMs)} ${to}`
      return from === to ? `${day(fromMs)} ${from}` : `${day(fromMs)} ${from}–${to}`
    },
    moment: (atMs, nowMs) => {
      const days = daysBetween(atMs, nowMs)
      if (days === 0) return words.time.today(clockFormat.format(atMs))
      if (days === 1) return words.time.yesterday(clockFormat.format(atMs))
      return dateFormat.format(atMs)
    },
    bytes: size => {
      const { unit } = words
      if (size < 1000) return `${size} ${unit.b}`
      if (size < 1e6) return `${number(size / 1e3, size < 1e4 ? 1 : 0)} ${unit.kb}`
      if (size < 1e9) return `${number(size / 1e6, 1)} ${unit.mb}`
      return `${number(size / 1e9, 1)} ${unit.gb}`
    },
    percent: fraction => {
      const whole = fraction >= 1 ? 100 : Math.min(99, Math.floor(Math.max(0, fraction) * 100))
      return language === 'ru' ? `${whole}\u00a0%` : `${whole}%`
    },
    number,
    grams: (value, digits = 0) => {
      const least = 10 ** -digits
      return `${value > 0 && value < least / 2 ? `<${number(least, digits)}` : number(value, digits)} ${words.unit.g}`
    },
    byName: collator.compare,
  }
}

/** Whole calendar days from one instant to another in local time. */
function daysBetween(fromMs: number, toMs: number): number {
  const from = new Date(fromMs)
  const to = new Date(toMs)
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return Math.round((midnight(to) - midnight(from)) / dayMs)
}
