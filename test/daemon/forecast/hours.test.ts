// Opening hours: what the table says, in the school's own time, over weekends, holidays and changes of the clocks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstStart } from '../../../daemon/forecast/hours.ts'
import { hoursOf, hoursSchema, readSpans } from '../../../daemon/forecast/hours-file.ts'
import { always, createCalendar, type Week } from '../../../protocols/contract/calendar.ts'

const at = (text: string): number => Date.parse(text)
const workdays: Week = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri'].map(day => [day, readSpans('08:00-12:00, 13:00-17:00') ?? []]),
)
const moscow = createCalendar('Europe/Moscow', workdays, [{ from: '2026-11-04', to: '2026-11-04', spans: [] }])

describe('the next window', () => {
  // 2026-10-12 is a Monday; Moscow is UTC+3 the whole year.
  it.for([
    ['inside the morning', '2026-10-12T06:00:00Z', '2026-10-12T05:00:00Z', '2026-10-12T09:00:00Z'],
    ['at the first instant', '2026-10-12T05:00:00Z', '2026-10-12T05:00:00Z', '2026-10-12T09:00:00Z'],
    ['at the instant of closing', '2026-10-12T09:00:00Z', '2026-10-12T10:00:00Z', '2026-10-12T14:00:00Z'],
    ['at night', '2026-10-12T20:00:00Z', '2026-10-13T05:00:00Z', '2026-10-13T09:00:00Z'],
    ['on Friday evening', '2026-10-16T15:00:00Z', '2026-10-19T05:00:00Z', '2026-10-19T09:00:00Z'],
    ['before a holiday', '2026-11-03T15:00:00Z', '2026-11-05T05:00:00Z', '2026-11-05T09:00:00Z'],
  ] as const)('%s', ([, now, from, to]) => {
    expect(moscow.next(at(now))).toEqual({ from: at(from), to: at(to) })
  })

  it('is one where spans touch at midnight', () => {
    const shift = createCalendar('Europe/Moscow', { mon: [[1320, 1440]], tue: [[0, 120]] }, [])
    expect(shift.next(at('2026-10-12T19:30:00Z'))).toEqual({ from: at('2026-10-12T19:00:00Z'), to: at('2026-10-12T23:00:00Z') })
    expect(shift.longestSeconds).toBe(4 * 3600)
  })

  it('is none in a school that never opens', () => {
    const never = createCalendar('Europe/Moscow', {}, [])
    expect([never.next(0), never.add(0, 1), never.between(0, 1e12), never.longestSeconds]).toEqual([undefined, undefined, 0, 0])
  })

  it('never ends in a school that is open round the clock', () => {
    const round = createCalendar(
      'Asia/Yekaterinburg',
      Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map(day => [day, [[0, 1440]]])),
      [],
    )
    const window = round.next(at('2026-10-12T06:00:00Z'))
    expect(window !== undefined && window.to - at('2026-10-12T06:00:00Z')).toBeGreaterThan(30 * 86_400_000)
    expect(round.longestSeconds).toBe(Number.POSITIVE_INFINITY)
  })

  // Berlin: 2026-03-29 the clocks go forward at 2:00, 2026-10-25 back at 3:00. Both Sundays.
  it.for([
    ['a day of 23 hours', '2026-03-28T23:00:00Z', 23],
    ['a day of 25 hours', '2026-10-24T22:00:00Z', 25],
  ] as const)('knows %s', ([, from, hours]) => {
    const sunday = createCalendar('Europe/Berlin', { sun: [[0, 1440]] }, [])
    const window = sunday.next(at(from))
    expect(window).toEqual({ from: at(from), to: at(from) + hours * 3_600_000 })
  })
})

it.for([
  // In both zones the clocks go from 2:00 to 3:00 that Sunday: 2:30 is 3:30.
  ['Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-29T02:00:00Z'],
  ['America/New_York', '2026-03-08T07:30:00Z', '2026-03-08T08:00:00Z'],
] as const)('a time that does not exist in %s is that of the jump’s other side', ([zone, from, to]) => {
  const sunday = createCalendar(zone, { sun: [[150, 240]] }, [])
  expect(sunday.next(at(from) - 3_600_000)).toEqual({ from: at(from), to: at(to) })
})

describe('working seconds', () => {
  it.for([
    ['within the window', '2026-10-12T05:00:00Z', 3600, '2026-10-12T06:00:00Z'],
    ['over the lunch break', '2026-10-12T08:30:00Z', 3600, '2026-10-12T10:30:00Z'],
    ['over a weekend', '2026-10-16T13:30:00Z', 3600, '2026-10-19T05:30:00Z'],
    ['exactly to the end', '2026-10-12T13:00:00Z', 3600, '2026-10-12T14:00:00Z'],
    ['none, while closed', '2026-10-12T20:00:00Z', 0, '2026-10-13T05:00:00Z'],
  ] as const)('pass %s', ([, from, seconds, to]) => {
    expect(moscow.add(at(from), seconds)).toBe(at(to))
  })

  it('are counted back as they were added, whatever the hours', () => {
    const base = at('2026-10-12T00:00:00Z')
    fc.assert(
      fc.property(fc.nat(200 * 86_400), fc.nat(40 * 3600), (offset, seconds) => {
        const from = base + offset * 1000
        const to = moscow.add(from, seconds)
        if (to === undefined) throw new Error('never')
        expect(moscow.between(from, to)).toBeCloseTo(seconds, 6)
        expect(to).toBeGreaterThanOrEqual(from)
      }),
    )
  })
})

describe('the first start', () => {
  it.for([
    ['fits before lunch', '2026-10-12T05:00:00Z', 3600, false, '2026-10-12T05:00:00Z'],
    ['does not fit before lunch', '2026-10-12T08:30:00Z', 3600, false, '2026-10-12T10:00:00Z'],
    ['may run on', '2026-10-12T13:59:00Z', 36_000, true, '2026-10-12T13:59:00Z'],
    ['may run on, but nobody is there', '2026-10-12T14:00:00Z', 60, true, '2026-10-13T05:00:00Z'],
    ['fits nowhere', '2026-10-12T05:00:00Z', 5 * 3600, false, undefined],
  ] as const)('of work that %s', ([, now, seconds, mayRunOn, expected]) => {
    expect(firstStart(moscow, at(now), seconds, mayRunOn)).toBe(expected === undefined ? undefined : at(expected))
  })

  it('is now in a school without hours', () => {
    expect(firstStart(always, 123, 1e9, false)).toBe(123)
  })
})

describe('the file', () => {
  it.for<[string, unknown]>([
    ['08:00-17:30', [[480, 1050]]],
    [
      '8:00 – 12:00, 13:00—24:00',
      [
        [480, 720],
        [780, 1440],
      ],
    ],
    ['', []],
    ['17:30-08:00', undefined],
    ['08:00-12:00, 11:00-13:00', undefined],
    ['08:00-25:00', undefined],
    ['08:60-09:00', undefined],
    ['whenever', undefined],
  ])('reads %j', ([text, spans]) => {
    expect(readSpans(text)).toEqual(spans)
  })

  it('makes the calendars: supervised when open unless told otherwise, exceptions closed unless told otherwise', () => {
    const hours = hoursOf(
      hoursSchema.parse({
        open: { mon: '08:00-18:00' },
        supervised: { mon: '14:00-16:00' },
        exceptions: [
          { from: '2026-10-12', to: '2026-10-18' },
          { from: '2026-10-19', open: '10:00-12:00' },
        ],
      }),
    )
    expect(hours.open.next(at('2026-10-11T00:00:00Z'))).toEqual({ from: at('2026-10-19T07:00:00Z'), to: at('2026-10-19T09:00:00Z') })
    expect(hours.supervised.next(at('2026-10-20T00:00:00Z'))).toEqual({ from: at('2026-10-26T11:00:00Z'), to: at('2026-10-26T13:00:00Z') })
    expect(hoursOf(undefined).open).toBe(always)
  })
})
