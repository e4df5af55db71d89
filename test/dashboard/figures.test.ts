// The health figures: each by its definition, what is left out, the same bytes twice, from the events to the page's numbers, and who may see them.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import { type Fact, factOf, readDay, writeDay } from '../../dashboard/health/facts.ts'
import { addSums, figuresOf, noSums, openSeconds, retriesOf, sumsOf } from '../../dashboard/health/figures.ts'
import { type Ledger, startLedger } from '../../dashboard/health/ledger.ts'
import { createMemorySeries } from '../../dashboard/trends/memory.ts'
import type { SeriesShelf } from '../../dashboard/workplace.ts'
import { bandOf, type Figure, type Figures } from '../../protocols/contract/figures.ts'
import type { OpenTime } from '../../protocols/contract/hours.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { endedJob } from '../health/pictures.ts'
import { machineMessage, Person } from './house.ts'
import { openScreen } from './screen-house.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Monday; the school is open from 8 to 18. */
const monday = Date.UTC(2026, 8, 7)
const week: OpenTime[] = Array.from({ length: 7 }, (_, at) => [monday + at * day + 8 * hour, monday + at * day + 18 * hour])
const until = monday + 7 * day

let keys = 0
function fact(startHour: number, more: Partial<Fact> & { minutes?: number } = {}): Fact {
  const { minutes = 60, ...rest } = more
  const startedAt = monday + startHour * hour
  keys += 1
  return {
    startedAt,
    endedAt: startedAt + minutes * minute,
    seconds: minutes * 60,
    outcome: 'completed',
    fault: false,
    key: `k${keys}`,
    ...rest,
  }
}
const ok = (at: Fact, waitedMinutes = 10): Fact => ({ ...at, verdict: 'ok', clearedAt: at.endedAt + waitedMinutes * minute })

function figures(
  facts: Fact[],
  presence: { at: number; presence: { seen: number; fit: number } }[] = [],
  open: OpenTime[] | undefined = week,
): Figures {
  const sorted = facts.toSorted((a, b) => a.endedAt - b.endedAt)
  return figuresOf(sumsOf({ facts: sorted, presence, retries: retriesOf(facts) }, open, monday, until))
}
const known = (value: number, cases: number): Figure => ({ state: 'known', value, cases })

describe('a figure', () => {
  it('availability: fit hours of the opening hours in which it was seen; what nobody saw is left out and told', () => {
    const presence = [0, 1, 2, 3].map(at => ({ at: monday + at * day, presence: { seen: 8 * 3600, fit: 6 * 3600 } }))
    const { availability, unseen } = figures([], presence)
    expect(availability).toEqual(known(0.75, 32))
    // Of its first day nobody knows more than the eight hours.
    expect(unseen).toBeCloseTo(1 - 32 / 68, 3)
  })

  it('load: job time within opening hours over opening hours; night work is running time and no load', () => {
    const { load, runningHours } = figures([fact(8, { minutes: 600 }), fact(20, { minutes: 240 })])
    expect(load).toEqual(known(0.1429, 70))
    expect(runningHours).toBe(14)
  })

  it('load: opening hours before the machine was known are not held against it', () => {
    expect(figures([fact(6 * 24 + 8, { minutes: 300 })]).load).toEqual(known(0.5, 10))
  })

  it('load: of the day it was first seen only what was seen counts, and too little of that is said to be too little', () => {
    const seen = (hours: number) => ({ seen: hours * 3600, fit: hours * 3600 })
    const last = monday + 6 * day
    expect(figures([], [{ at: last, presence: seen(1) }]).load).toEqual({ state: 'few', cases: 1 })
    const { load, unseen } = figures(
      [],
      [
        { at: last - day, presence: seen(1) },
        { at: last, presence: seen(4) },
      ],
    )
    expect(load).toEqual(known(0, 11))
    expect(unseen).toBeCloseTo(6 / 11, 3)
  })

  it('load: a job that has not ended is load for as long as it is known to run', () => {
    const running = { from: monday + 6 * day + 8 * hour, until: monday + 6 * day + 13 * hour }
    const { load, jobs } = figuresOf(sumsOf({ facts: [], presence: [], running, retries: new Set() }, week, monday, until))
    expect(load).toEqual(known(0.5, 10))
    expect(jobs).toBe(0)
  })

  it.for<[string, Fact[], Figure]>([
    ['too little running', [fact(8, { fault: true })], { state: 'few', cases: 1 }],
    ['no failure', [fact(8, { minutes: 1500 })], { state: 'over', value: 25 }],
    ['two failures', [fact(8, { minutes: 1500 }), fact(40, { fault: true }), fact(42, { fault: true, minutes: 240 })], known(15, 2)],
  ])('mean time between failures: %s', ([, facts, figure]) => expect(figures(facts).mtbf).toEqual(figure))

  it('mean time to repair: from the failure to the next job that came out well, once for a row of failures', () => {
    const facts = [
      fact(8, { fault: true, outcome: 'failed' }),
      fact(10, { fault: true, outcome: 'failed' }),
      ok(fact(29), 0),
      fact(60, { fault: true, outcome: 'failed' }),
      { ...fact(62), verdict: 'partial' as const },
      ok(fact(70), 0),
      fact(90, { fault: true, outcome: 'failed' }),
    ]
    expect(figures(facts).mttr).toEqual(known(((30 - 9 + (71 - 61)) / 2) * 3600, 2))
  })

  it('first pass: good at the first try over all whose outcome is known; cancelled and unjudged ones are left out', () => {
    const facts = [
      ...[8, 9, 10].map(at => ok(fact(at))),
      { ...fact(11), key: 'again', verdict: 'failed' as const },
      ok({ ...fact(13), key: 'again' }),
      fact(15, { outcome: 'interrupted' }),
      fact(16, { outcome: 'cancelled' }),
      fact(17),
    ]
    const { firstPass, unjudged } = figures(facts)
    expect(firstPass).toEqual(known(0.5, 6))
    expect(unjudged).toBeCloseTo(1 / 7, 3)
  })

  it('waiting: opening hours only, the middle one and nine of ten', () => {
    const facts = [...Array.from({ length: 9 }, (_, at) => ok(fact(8 + at / 10), 10)), ok(fact(16.5), 16 * 60)]
    const { wait, waitMost } = figures(facts)
    expect(wait).toEqual(known(600, 10))
    // From half past five to six, and from eight to half past nine the day after: two hours.
    expect(waitMost).toEqual(known(600 + 0.1 * (2 * 3600 - 600), 10))
  })

  it('forecast: how far the time was off, and how often it fell into the range it was given', () => {
    const facts = Array.from({ length: 10 }, (_, at) =>
      fact(8 + at, { minutes: 60, forecastSeconds: at === 9 ? 1_800 : 3_000, inside: at < 8 }),
    )
    const { forecast, forecastMost, inside } = figures(facts)
    expect(forecast).toEqual(known(0.2, 10))
    expect(forecastMost).toEqual(known(0.28, 10))
    expect(inside).toEqual(known(0.8, 10))
  })

  it('stands on too little: it says so, and no zero is made up', () => {
    const none = figures([])
    for (const name of ['availability', 'load', 'mtbf', 'mttr', 'firstPass', 'wait', 'forecast', 'inside'] as const) {
      expect(none[name]).toEqual({ state: 'few', cases: 0 })
    }
    expect(none.unjudged).toBeUndefined()
    expect(JSON.stringify(none)).not.toContain('null')
  })

  it('of a school that told no hours is said to lack them', () => {
    const { availability, load, wait, jobs } = figuresOf(
      sumsOf({ facts: [ok(fact(8))], presence: [], retries: new Set() }, undefined, monday, until),
    )
    expect([availability, load, wait].map(({ state }) => state)).toEqual(['no-hours', 'no-hours', 'no-hours'])
    expect(jobs).toBe(1)
  })

  it('of a school is pooled, not a mean of means', () => {
    const sums = noSums()
    for (const facts of [[fact(8, { minutes: 600 })], [fact(8, { minutes: 60 }), fact(10, { minutes: 60 })]]) {
      addSums(sums, sumsOf({ facts, presence: [], retries: new Set() }, week, monday, until))
    }
    expect(figuresOf(sums).load).toEqual(known(0.0857, 140))
  })

  it.for<[Parameters<typeof bandOf>[0], number, string]>([
    ['availability', 0.96, 'normal'],
    ['availability', 0.9, 'warn'],
    ['availability', 0.8, 'alarm'],
    ['load', 0.1, 'warn'],
    ['load', 0.5, 'normal'],
    ['load', 0.9, 'warn'],
    ['mtbf', 14, 'alarm'],
    ['mtbf', 41, 'normal'],
    ['mttr', 3 * 86_400, 'warn'],
    ['firstPass', 0.58, 'alarm'],
    ['wait', 1_801, 'warn'],
    ['forecastMost', 0.26, 'warn'],
    ['forecast', 9, 'normal'],
  ])('%s of %d is %s', ([name, value, band]) => expect(bandOf(name, known(value, 99))).toBe(band))
})

describe('open seconds', () => {
  it.for<[number, number, number]>([
    [0, 24, 10],
    [9, 10, 1],
    [17, 33, 2],
    [18, 32, 0],
    [-50, 7 * 24 + 50, 70],
    [10, 9, 0],
  ])('from hour %d to hour %d are %d h', ([from, to, hours]) => {
    expect(openSeconds(week, monday + from * hour, monday + to * hour)).toBe(hours * 3600)
  })
})

describe('the ledger', () => {
  const job = (id: string, startedAt: number, more: Partial<Job> = {}): Job =>
    endedJob(id, {
      machine: 'ender',
      state: 'completed',
      startedAt,
      endedAt: startedAt + hour,
      estimatedSeconds: 3_000,
      end: { outcome: 'completed', evidence: 'e', lines: 1, bytes: 1, seconds: 3_600, resends: 0 },
      verdict: { quality: 'ok', by: { id: 't', name: 'Т', role: 'teacher' }, at: startedAt + hour + 5 * minute },
      ...more,
    })
  const told = (number: number, of: Job): Event => ({ kind: 'job', number, at: of.endedAt ?? 0, change: 'cleared', job: of })
  type House = { now: number; journal: Event[]; shelf: SeriesShelf; fleet: Fleet; open: () => Ledger }
  const house = (): House => {
    const self: House = {
      now: until,
      journal: [],
      shelf: createMemorySeries(),
      fleet: new Fleet({ sites: [{ id: 'alpha', name: 'А' }], clock: () => self.now }),
      open: () =>
        startLedger({
          fleet: self.fleet,
          shelf: self.shelf,
          recorder: { presence: () => new Map() },
          journal: (_site, before = Number.POSITIVE_INFINITY, limit) =>
            self.journal
              .filter(({ number }) => number < before)
              .reverse()
              .slice(0, limit),
          clock: () => self.now,
          log: pino({ level: 'silent' }),
        }),
    }
    const open = [[480, 1080] as const]
    self.fleet.apply('alpha', {
      name: 'status',
      payload: {
        status: 'online',
        site: 'alpha',
        name: 'А',
        session: 's-000001',
        version: '1',
        clock: self.now,
        machines: ['ender'],
        lastEvent: 0,
        hours: { timeZone: 'UTC', week: { mon: open, tue: open, wed: open, thu: open, fri: open, sat: open, sun: open }, exceptions: [] },
      },
    })
    self.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender') })
    return self
  }
  const events = (count: number) => Array.from({ length: count }, (_, at) => told(at + 1, job(`job-${at + 100}`, monday + (8 + at) * hour)))

  it('counts each job once, whatever is told of it and how often', () => {
    const at = house()
    const ledger = at.open()
    const [first] = events(1)
    if (first?.kind !== 'job') throw new Error('no job')
    const { verdict: _verdict, ...unjudged } = first.job
    at.fleet.apply('alpha', { name: 'events', events: [told(1, unjudged), first, first, ...events(6).slice(1)] })
    const figures = ledger.site('alpha', 7)
    expect(figures?.figures).toMatchObject({ jobs: 6, runningHours: 6, firstPass: { state: 'known', value: 1, cases: 6 } })
    expect(figures?.machines?.[0]?.figures).toEqual(figures?.figures)
    ledger.close()
  })

  it('gives the same bytes from the events as they come, from its shelf, and from the journal alone', async () => {
    const live = house()
    const first = live.open()
    live.fleet.apply('alpha', { name: 'events', events: events(40) })
    const bytes = JSON.stringify(first.site('alpha', 30))
    first.close()
    const again = live.open()
    expect(JSON.stringify(again.site('alpha', 30))).toBe(bytes)
    again.close()
    const late = house()
    late.journal = events(40)
    const fromJournal = late.open()
    await expect
      .poll(() => {
        late.now += 10 * minute
        const { at: _at, ...rest } = { at: 0, ...fromJournal.site('alpha', 30) }
        return rest.figures?.jobs
      })
      .toBe(40)
    late.now = live.now
    fromJournal.close()
    const reread = late.open()
    expect(JSON.stringify(reread.site('alpha', 30))).toBe(bytes)
    reread.close()
  })

  it('knows the job that runs now, and of a silent school only until it was last heard', () => {
    const at = house()
    const { endedAt: _endedAt, end: _end, verdict: _verdict, ...begun } = job('job-long1', monday + 6 * day + 13 * hour)
    const running: Job = { ...begun, state: 'running' }
    at.fleet.apply('alpha', {
      name: 'events',
      events: [{ kind: 'job', number: 1, at: at.now, change: 'started', job: running }],
    })
    at.fleet.apply('alpha', {
      name: 'machine',
      machine: 'ender',
      payload: machineMessage('ender', { state: 'running', since: at.now, job: running.id }),
    })
    const now = at.open()
    expect(now.site('alpha', 7)?.figures.load).toEqual(known(1, 5))
    now.close()
    at.fleet.apply('alpha', { name: 'gone' })
    at.now = until + 13 * hour
    const later = at.open()
    expect(later.site('alpha', 7)?.figures.load).toEqual(known(0.5, 10))
    later.close()
  })

  it('is reckoned once for everybody who asks', () => {
    const at = house()
    const ledger = at.open()
    at.fleet.apply('alpha', { name: 'events', events: events(3) })
    expect(ledger.city(30, ['alpha'])).toBe(ledger.city(30, ['alpha']))
    expect(ledger.site('alpha', 30)).toBe(ledger.site('alpha', 30))
    ledger.close()
  })

  it('takes the range told at the start of a job, and only such a one', () => {
    const of = job('job-00001', monday + 8 * hour)
    const within = [monday + 8.5 * hour, monday + 9.5 * hour] as [number, number]
    expect(factOf(of, within, undefined)?.inside).toBe(true)
    expect(factOf(of, [within[1], within[1] + 1], undefined)?.inside).toBe(false)
    expect(factOf(of, undefined, undefined)?.inside).toBeUndefined()
    expect(factOf(of, undefined, factOf(of, within, undefined))?.inside).toBe(true)
  })

  it('keeps no name, no file and no pseudonym of anybody', () => {
    const of = factOf(job('job-00001', monday), undefined, undefined)
    const body = writeDay(new Map(of ? [['job-00001', of]] : []))
    expect(body).not.toMatch(/Стриж|Подставка|"p"/)
    expect(readDay(body).get('job-00001')).toEqual(of)
    for (const other of ['', '{}', '[1]', '[["a"]]', 'null']) expect(readDay(other).size).toBe(0)
  })
})

describe('figures over the web', () => {
  it.for([
    ['petya', '/api/v1/figures', 403],
    ['petya', '/api/v1/sites/alpha/figures', 403],
    ['anna', '/api/v1/figures?days=7', 200],
    ['anna', '/api/v1/sites/alpha/figures?days=90', 200],
    ['anna', '/api/v1/sites/beta/figures', 403],
    ['tech', '/api/v1/figures', 200],
    ['tech', '/api/v1/figures?days=8', 400],
    ['tech', '/api/v1/sites/nowhere/figures', 404],
  ] as const)('%s asks for %s and gets %d', async ([login, asked, status]) => {
    await using screen = await openScreen()
    const person = await Person.signIn(screen.url, login)
    expect((await person.get(asked)).status).toBe(status)
  })

  it('show a teacher the own school only', async () => {
    await using screen = await openScreen()
    const person = await Person.signIn(screen.url, 'anna')
    const answer = await person.get('/api/v1/figures')
    expect(((await answer.json()) as { sites: { site: string }[] }).sites.map(({ site }) => site)).toEqual(['alpha'])
  })
})
