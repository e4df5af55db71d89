// The hours group of the school's file: how it is written, and the calendars it makes.
import { z } from 'zod'
import { createCalendar, type HoursException, homeZone, type Span, type Week, weekdays } from '../../protocols/contract/calendar.ts'
import type { OpenHours } from '../../protocols/contract/hours.ts'
import { type Hours, noHours } from './hours.ts'

const spansText = 'hours such as 08:00-17:30, or several: 08:00-12:00, 13:00-17:30; leave the day out when it is closed'
const dateText = 'a date such as 2026-11-04'

const spansSchema = z
  .string()
  .refine(text => readSpans(text) !== undefined)
  .optional()
  .describe(spansText)
const dateSchema = z
  .string()
  .refine(text => /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text))
  .describe(dateText)
const weekSchema = z.strictObject(
  Object.fromEntries(weekdays.map(day => [day, spansSchema])) as Record<(typeof weekdays)[number], z.ZodOptional<z.ZodString>>,
)

/** Days and hours in the school's own time. YAML reads an unquoted date as text, so both spellings work. */
export const hoursSchema = z
  .strictObject({
    timeZone: z.string().refine(isZone).default(homeZone).describe('a time zone such as Europe/Moscow'),
    open: weekSchema.describe('a group of days with the hours the workshop is open, e.g. mon: 08:00-17:30'),
    supervised: weekSchema.optional().describe('a group of days with the hours somebody answers for lasers and mills'),
    lessons: weekSchema.optional().describe('a group of days with the hours of lessons'),
    exceptions: z
      .array(
        z
          .strictObject({
            from: dateSchema,
            to: dateSchema.optional().describe(`${dateText}, not before the first`),
            why: z.string().max(200).optional().describe('why, for whoever reads this file'),
            open: spansSchema,
            supervised: spansSchema,
          })
          .refine(({ from, to }) => to === undefined || to >= from, { path: ['to'] }),
      )
      .max(400)
      .default([])
      .describe('a list of days that are not like the week: closed, or with hours of their own'),
  })
  .describe('a group with timeZone, open, supervised, lessons and exceptions')

export type HoursFile = z.infer<typeof hoursSchema>

/** The calendars of the file's group; a school without one is always open. Supervised where the file does not say otherwise: whenever open. */
export function hoursOf(file: HoursFile | undefined): Hours {
  if (file === undefined) return noHours
  const { timeZone } = file
  const exceptions = (which: 'open' | 'supervised'): HoursException[] =>
    file.exceptions.map(({ from, to = from, open = '', supervised = open }) => ({
      from,
      to,
      spans: readSpans(which === 'open' ? open : supervised) ?? [],
    }))
  const open = weekOf(file.open)
  const supervised = file.supervised === undefined ? open : weekOf(file.supervised)
  return {
    timeZone,
    open: createCalendar(timeZone, open, exceptions('open')),
    supervised: createCalendar(timeZone, supervised, exceptions('supervised')),
    // No lessons on a day that is not like the others: when they are then, nobody has told us.
    ...(file.lessons && {
      lessons: createCalendar(
        timeZone,
        weekOf(file.lessons),
        exceptions('open').map(one => ({ ...one, spans: [] })),
      ),
    }),
  }
}

/** What the city is told of them, so that it knows when nobody is there. */
export function toldHours(file: HoursFile | undefined): OpenHours | undefined {
  if (file === undefined) return undefined
  const exceptions = file.exceptions.map(({ from, to = from, open = '' }) => ({ from, to, spans: readSpans(open) ?? [] }))
  return { timeZone: file.timeZone, week: weekOf(file.open), exceptions }
}

function weekOf(file: Partial<Record<(typeof weekdays)[number], string | undefined>>): Week {
  return Object.fromEntries(weekdays.flatMap(day => (file[day] === undefined ? [] : [[day, readSpans(file[day]) ?? []]])))
}

/** `08:00-12:00, 13:00-17:30` → minutes; undefined where it is not hours, not ascending, or overlaps. Empty: closed. */
export function readSpans(text: string): Span[] | undefined {
  if (text.trim() === '') return []
  const spans: Span[] = []
  let last = 0
  for (const part of text.split(',')) {
    const read = /^\s*(\d{1,2}):(\d\d)\s*[-–—]\s*(\d{1,2}):(\d\d)\s*$/.exec(part)
    if (read === null) return undefined
    const [h1 = 99, m1 = 0, h2 = 99, m2 = 0] = read.slice(1).map(Number)
    const [from, to] = [h1 * 60 + m1, h2 * 60 + m2]
    if (m1 > 59 || m2 > 59 || to > 1440 || from >= to || from < last) return undefined
    spans.push([from, to])
    last = to
  }
  return spans
}

function isDate(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return true
  } catch {
    return false
  }
}
