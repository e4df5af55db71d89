// The queue's forecast by hand: with a past that never wavers every range can be reckoned on a sheet of paper.
import { describe, expect, it } from 'vitest'
import type { ForecastInput } from '../../../daemon/forecast/question.ts'
import { forecastQueue } from '../../../daemon/forecast/queue-forecast.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { aJob } from '../kit.ts'
import { aLaser, aPrinter, asked, between, evenPast, hour, minute, monday10, schoolHours } from './kit.ts'

const anHour = (id: string, order: number, more: Partial<Job> = {}): Job =>
  aJob({ id, order, estimatedSeconds: 3600, suitable: ['printer-1'], submittedAt: monday10 - hour, ...more })
const running = (more: Partial<Job> = {}): Job =>
  anHour('job-runs', 0, { state: 'running', machine: 'printer-1', startedAt: monday10 - hour, ...more })

/** Minutes from now of the range's ends. */
function minutes(input: ForecastInput, job: string): { start?: number[]; end?: number[] } {
  const forecast = forecastQueue(input)[job]
  const from = (range: readonly number[] | undefined) => range?.map(instant => (instant - input.nowMs) / minute)
  return { ...(forecast?.start && { start: from(forecast.start) }), ...(forecast?.end && { end: from(forecast.end) }) } as {
    start?: number[]
    end?: number[]
  }
}

describe('a queue of one printer', () => {
  it('begins at once where it is free, and goes on with a person between two jobs', () => {
    const input = asked({ jobs: [anHour('job-first', 1), anHour('job-second', 2)] })
    expect(minutes(input, 'job-first')).toEqual({ start: [0, 0], end: [60, 60] })
    expect(minutes(input, 'job-second')).toEqual({ start: [65, 65], end: [125, 125] })
  })

  it('waits for the running job as the machine itself corrects it, and for the bed', () => {
    const machines = [aPrinter({ state: 'running', remainingSeconds: 1200, done: 0.6 })]
    const input = asked({ machines, jobs: [running(), anHour('job-next', 1)] })
    expect(minutes(input, 'job-runs')).toEqual({ end: [20, 20] })
    expect(minutes(input, 'job-next')).toEqual({ start: [25, 25], end: [85, 85] })
  })

  it('knows that part of the wait for a cleared bed is over', () => {
    const machines = [aPrinter({ state: 'uncleared', since: monday10 - 10 * minute })]
    const past = evenPast({ clear: () => between(0, 1200) })
    // Of all who come within 20 minutes and did not in the first ten, one in ten comes within 1, nine within 9.
    expect(minutes(asked({ machines, past, jobs: [anHour('job-next', 1)] }), 'job-next').start).toEqual([1, 9])
  })

  it('widens by the doubt about the machine', () => {
    const past = evenPast({ run: () => between(0.9, 1.3) })
    // Beyond an hour it is told in steps of five minutes.
    expect(minutes(asked({ past, jobs: [anHour('job-first', 1)] }), 'job-first').end).toEqual([56, 75])
  })

  it('adds less of the machine’s usual slowness the more of a job has been seen', () => {
    const past = evenPast({ run: () => between(1.2, 1.2) })
    const rest = (done: number) =>
      minutes(
        asked({
          past,
          machines: [aPrinter({ state: 'running', remainingSeconds: 2400, done })],
          jobs: [running({ estimatedSeconds: 7200 })],
        }),
        'job-runs',
      ).end?.[0]
    expect(rest(0)).toBe(48)
    expect(rest(0.5)).toBe(40)
  })

  it('forecasts what nobody forecast by what such jobs usually take', () => {
    const job = anHour('job-blind', 1)
    delete job.estimatedSeconds
    const past = evenPast({ length: () => between(1800, 1800) })
    expect(minutes(asked({ past, jobs: [job] }), 'job-blind').end).toEqual([30, 30])
  })

  it('counts on jobs that fail before their time, but not for their own range', () => {
    const input = asked({ past: evenPast({ failing: () => 1 }), jobs: [anHour('job-first', 1), anHour('job-second', 2)] })
    expect(minutes(input, 'job-first').end).toEqual([60, 60])
    const [early = 0, late = 0] = minutes(input, 'job-second').start ?? []
    expect(early).toBeLessThan(20)
    expect(late).toBeGreaterThan(50)
    expect(late).toBeLessThan(65)
  })
})

describe('two printers', () => {
  const machines = [aPrinter(), aPrinter({ id: 'printer-2', state: 'running', remainingSeconds: 600, done: 0.5 })]
  it('share a queue: whichever is free takes the next that suits it', () => {
    const jobs = [
      running({ machine: 'printer-2', suitable: ['printer-2'] }),
      anHour('job-a', 1, { suitable: ['printer-1', 'printer-2'] }),
      anHour('job-b', 2, { suitable: ['printer-1', 'printer-2'] }),
      anHour('job-c', 3, { suitable: ['printer-1', 'printer-2'], wanted: 'printer-1' }),
    ]
    const input = asked({ machines, jobs })
    expect(minutes(input, 'job-a').start).toEqual([0, 0])
    expect(minutes(input, 'job-b').start).toEqual([15, 15])
    expect(minutes(input, 'job-c').start).toEqual([65, 65])
    const where = forecastQueue(input)
    expect(['job-a', 'job-b', 'job-c', 'job-runs'].map(id => where[id]?.machine)).toEqual([
      'printer-1',
      'printer-2',
      'printer-1',
      undefined,
    ])
  })
})

it('names the machine that most futures put a job on', () => {
  // printer-1 is free in 15 minutes for certain; the bed of printer-2 is cleared at any time of 23 minutes, or of 40.
  const past = evenPast({ clear: id => (id === 'printer-2' ? between(0, 1400) : between(300, 300)) })
  const machines = [
    aPrinter({ state: 'running', remainingSeconds: 600, done: 0.5 }),
    aPrinter({ id: 'printer-2', state: 'uncleared', since: monday10 }),
  ]
  const jobs = [running(), anHour('job-any', 1, { suitable: ['printer-1', 'printer-2'] })]
  expect(forecastQueue(asked({ machines, past, jobs }))['job-any']?.machine).toBe('printer-2')
  const slower = evenPast({ clear: id => (id === 'printer-2' ? between(0, 2400) : between(300, 300)) })
  expect(forecastQueue(asked({ machines, past: slower, jobs }))['job-any']?.machine).toBe('printer-1')
})

describe('what nobody can say', () => {
  it.for<[string, Partial<ForecastInput>]>([
    ['held', { jobs: [anHour('job-first', 1, { held: true })] }],
    ['sent back', { jobs: [anHour('job-first', 1, { state: 'returned' })] }],
    ['for a machine that is offline', { machines: [aPrinter({ state: 'offline' })], jobs: [anHour('job-first', 1)] }],
    ['for a machine in service', { machines: [aPrinter({ inService: true })], jobs: [anHour('job-first', 1)] }],
    ['for no machine', { jobs: [anHour('job-first', 1, { suitable: [] })] }],
    [
      'longer than any day',
      {
        hours: schoolHours,
        rules: { autoStartPrinters: true, runPastClosing: false },
        jobs: [anHour('job-first', 1, { estimatedSeconds: 40_000 })],
      },
    ],
    ['on a machine that vanished', { machines: [aPrinter({ state: 'offline' })], jobs: [running({ id: 'job-first' })] }],
  ])('is not said of a job that is %s', ([, more]) => {
    expect(minutes(asked(more), 'job-first')).toEqual({})
  })
})

describe('opening hours', () => {
  const evening = monday10 + 7.5 * hour
  it.for<[string, Partial<ForecastInput>, number[] | undefined]>([
    ['a printer may run past closing', { nowMs: evening }, [0, 0]],
    [
      'a printer may not, and begins tomorrow at 8',
      { nowMs: evening, rules: { autoStartPrinters: true, runPastClosing: false } },
      [14.5 * 60, 14.5 * 60],
    ],
    ['nobody starts anything at night', { nowMs: evening + 2 * hour }, [12.5 * 60, 12.5 * 60]],
    [
      'a part that is not off by closing stays until the morning',
      {
        nowMs: evening,
        machines: [aPrinter({ state: 'running', remainingSeconds: 1700, done: 0.5 })],
        jobs: [running(), anHour('job-first', 1)],
      },
      [14.5 * 60, 14.5 * 60],
    ],
  ])('%s', ([, more, start]) => {
    expect(minutes(asked({ hours: schoolHours, jobs: [anHour('job-first', 1)], ...more }), 'job-first').start).toEqual(start)
  })

  it('a laser waits for its supervisor and then for a person’s hand', () => {
    const jobs = [aJob({ id: 'job-laser', suitable: ['laser-1'], estimatedSeconds: 1800, program: { ...aJob().program, kind: 'laser' } })]
    const input = asked({ hours: schoolHours, machines: [aLaser()], jobs })
    // Supervised from 14:00; the person comes 5 minutes after.
    expect(minutes(input, 'job-laser').start).toEqual([245, 245])
    // Ten minutes before the supervisor goes, half an hour of work does not begin any more.
    expect(minutes({ ...input, nowMs: monday10 + 5.5 * hour + 20 * minute }, 'job-laser').start?.[0]).toBeGreaterThan(21 * 60)
  })

  it('a short job takes the hour before closing that a long one cannot use', () => {
    const jobs = [anHour('job-long', 1, { estimatedSeconds: 4 * 3600 }), anHour('job-short', 2, { estimatedSeconds: 600 })]
    const input = asked({ nowMs: evening, hours: schoolHours, rules: { autoStartPrinters: true, runPastClosing: false }, jobs })
    expect(minutes(input, 'job-short').start).toEqual([0, 0])
    expect(minutes(input, 'job-long').start).toEqual([14.5 * 60, 14.5 * 60])
  })
})

it('a job to be checked joins behind the queue when a teacher has looked', () => {
  const jobs = [anHour('job-new', 9, { state: 'submitted', submittedAt: monday10 }), anHour('job-first', 1)]
  const forecasts = forecastQueue(asked({ jobs }))
  expect(minutes(asked({ jobs }), 'job-new').start).toEqual([65, 65])
  expect(forecasts['job-new']).toMatchObject({ ahead: 1, why: { code: 'needs-check' } })
})

it('says the same again while nothing happens, and moves nobody else when a job far behind comes', () => {
  const past = evenPast({ run: () => between(0.8, 1.4), clear: () => between(60, 3600) })
  const jobs = Array.from({ length: 6 }, (_, index) => anHour(`job-${index}-of-six`, index))
  const before = forecastQueue(asked({ past, jobs }))
  expect(forecastQueue(asked({ past, jobs }))).toEqual(before)
  const after = forecastQueue(asked({ past, jobs: [...jobs, anHour('job-late-comer', 99)] }))
  for (const { id } of jobs) expect(after[id]).toEqual(before[id])
})

it('is bounded: a queue of a thousand is told of five hundred', () => {
  const jobs = Array.from({ length: 1000 }, (_, index) => anHour(`job-${index}-of-many`, index))
  const forecasts = forecastQueue(asked({ jobs }))
  expect(Object.keys(forecasts)).toHaveLength(500)
  expect(forecasts['job-499-of-many']).toBeDefined()
})
