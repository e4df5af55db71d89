// Trends: what a quarter of an hour keeps, what is usual for a machine, what a restart and a gap do to them, and who may read them.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import {
  addHeating,
  addSample,
  type Bucket,
  emptyBucket,
  readBucket,
  secondsToHeat,
  type Watch,
  writeBucket,
} from '../../dashboard/trends/bucket.ts'
import { createMemorySeries } from '../../dashboard/trends/memory.ts'
import { startRecorder } from '../../dashboard/trends/recorder.ts'
import { trendsOf } from '../../dashboard/trends/show.ts'
import { dutyDrifts, heatingDrifts, learn, nothingUsual } from '../../dashboard/trends/usual.ts'
import type { SeriesShelf } from '../../dashboard/workplace.ts'
import type { MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import { machineMessage, Person } from './house.ts'
import { openScreen } from './screen-house.ts'

const day = 24 * 3_600_000
const start = Date.UTC(2026, 8, 7, 9)

function hold(actual: number, target: number, power: number): Telemetry {
  return { at: start, heaters: { bed: { actual, target, power } } }
}

/** A bucket in which every five seconds the machine was seen so. */
function watched(samples: (Telemetry | undefined)[], state: MachineState['state'] = 'running'): Bucket {
  const bucket = emptyBucket()
  const watch: Watch = { steady: new Map() }
  for (const [index, telemetry] of samples.entries()) addSample(bucket, watch, state, telemetry, 5, start + index * 5_000)
  return bucket
}

describe('a quarter of an hour', () => {
  it('knows the least, the mean and the most of each heater', () => {
    const bed = watched([hold(20, 0, 0), hold(40, 60, 1), hold(60, 60, 0.4)]).heaters.get('bed')
    expect(bed).toMatchObject({ low: 20, high: 60, seconds: 15, sum: 600, target: 60 })
  })

  it.for<[string, Telemetry[], number]>([
    ['nothing of a heater on its way', Array.from({ length: 60 }, (_, at) => hold(20 + at / 2, 60, 1)), 0],
    ['nothing of the first minute', Array.from({ length: 12 }, () => hold(60, 60, 0.5)), 0],
    ['what is held after a minute', Array.from({ length: 24 }, () => hold(61, 60, 0.5)), 60],
    ['nothing of a heater that is off', Array.from({ length: 24 }, () => hold(23, 0, 0)), 0],
    [
      'nothing where the firmware tells no power',
      Array.from({ length: 24 }, () => ({ at: start, heaters: { bed: { actual: 60, target: 60 } } })),
      0,
    ],
  ])('counts as held %s', ([, samples, seconds]) => {
    expect(watched(samples).heaters.get('bed')?.holds[0]?.[1] ?? 0).toBe(seconds)
  })

  const lines = (job: string, lines: number, resends: number, reconnects = 0): Telemetry => ({
    at: start,
    progress: { job, lines, bytes: lines, fraction: 0.1, elapsedSeconds: 1 },
    link: { resends, badLines: 0, reconnects },
  })
  it.for<[string, (Telemetry | undefined)[], number, number]>([
    ['only what is new of a job met half-way', [lines('job-a', 5_000, 90), lines('job-a', 5_400, 94)], 400, 4],
    ['a job begun under our eyes from its first line', [undefined, lines('job-a', 300, 0)], 300, 0],
    ['the next job anew', [lines('job-a', 900, 5), lines('job-b', 40, 6)], 40, 1],
    ['nothing from a counter that began anew', [lines('job-a', 900, 50), lines('job-a', 950, 0)], 50, 0],
  ])('counts lines: %s', ([, samples, sent, again]) => {
    const { lines: counted, resends } = watched(samples)
    expect([counted, resends]).toEqual([sent, again])
  })

  it('counts breaks by the state or by the machine’s own counter, whichever saw more', () => {
    const bucket = emptyBucket()
    const watch: Watch = { steady: new Map() }
    addSample(bucket, watch, 'ready', lines('job-a', 1, 0, 40), 5, start)
    addSample(bucket, watch, 'offline', undefined, 5, start + 5_000)
    addSample(bucket, watch, 'ready', lines('job-a', 1, 0, 43), 5, start + 10_000)
    expect([bucket.breaks, bucket.off, bucket.seen]).toEqual([3, 5, 10])
  })

  it('is the same after it was written and read, and a body of another version is none', () => {
    const bucket = watched(Array.from({ length: 30 }, () => hold(60, 60, 0.5)))
    addHeating(bucket, ['bed', 58, 180, start])
    const body = writeBucket(bucket)
    const read = readBucket(body)
    expect(read).toEqual(bucket)
    expect(read && writeBucket(read)).toBe(body)
    for (const other of ['', '{}', '[]', 'null', '{"s":"1"}']) expect(readBucket(other)).toBeUndefined()
  })

  it('shows gaps as gaps: no quarter is made up', () => {
    const about = { site: 's', machine: 'm', from: start, until: start + day }
    const shown = trendsOf(about, [[start, watched([hold(20, 0, 0)])]], {}, {})
    expect(shown.heaters.bed?.points).toEqual([[start, 20, 20, 20]])
    expect(shown.seenSeconds).toBe(5)
    expect([shown.lines, shown.breaks, shown.offline]).toEqual([[], [], []])
  })
})

describe('a way up', () => {
  it.for<[string, [number, number][], { to: number; seconds: number } | undefined]>([
    [
      'from a cold bed',
      [
        [20, 0],
        [40, 50],
        [58, 180],
      ],
      { to: 58, seconds: 130 },
    ],
    [
      'between two points',
      [
        [30, 0],
        [50, 20],
        [58, 60],
      ],
      { to: 58, seconds: 50 },
    ],
    [
      'that began warm',
      [
        [45, 0],
        [58, 60],
      ],
      undefined,
    ],
    [
      'that went nowhere',
      [
        [20, 0],
        [45, 60],
      ],
      undefined,
    ],
    [
      'down',
      [
        [60, 0],
        [30, 600],
      ],
      undefined,
    ],
    ['of nothing', [], undefined],
  ])('%s', ([, curve, seconds]) => expect(secondsToHeat(curve)).toEqual(seconds))
})

describe('what is usual', () => {
  const quarter = (target: number, share: number, seconds = 900): Bucket => {
    const bucket = emptyBucket()
    bucket.heaters.set('bed', { seconds, sum: 0, low: 60, high: 60, holds: [[target, seconds, share * seconds]] })
    return bucket
  }
  /** So many quarters a day on each of the days before today. */
  const learned = (days: number, target: number, share: number) => {
    const usual = nothingUsual()
    for (let before = days; before > 0; before--)
      for (let at = 0; at < 4; at++) learn(usual, quarter(target, share), start - before * day + at * 900_000)
    return usual
  }

  it('is the mean of the week before at the same target, give or take 5 °C', () => {
    expect(dutyDrifts(learned(7, 62, 0.48), quarter(60, 0.62), start)).toEqual({ bed: { target: 60, now: 0.62, usual: 0.48 } })
  })

  it.for<[string, number, number, number, number]>([
    ['with one day to compare with', 1, 60, 0.5, 900],
    ['with nothing', 0, 60, 0.5, 900],
    ['at another target', 7, 90, 0.5, 900],
    ['of five minutes', 7, 60, 0.5, 300],
  ])('is not said %s', ([, days, target, share, seconds]) => {
    const { bed } = dutyDrifts(learned(days, target, share), quarter(60, 0.9, seconds), start)
    // Yesterday may still be told; today is not.
    expect(bed?.now).not.toBe(0.9)
  })

  it('of heating needs two slow ways in a row, and three to compare with', () => {
    const usual = nothingUsual()
    const way = (seconds: number) => {
      const bucket = emptyBucket()
      addHeating(bucket, ['bed', 58, seconds, start])
      learn(usual, bucket, start)
      return heatingDrifts(usual, emptyBucket()).bed?.now
    }
    expect([180, 175, 185, 180].map(way).at(-1)).toBeUndefined()
    expect(way(182)).toBe(180)
    expect(way(300)).toBe(182)
    expect(way(310)).toBe(300)
  })

  it('keeps as much of a machine that prints day and night as of any', () => {
    const usual = nothingUsual()
    for (let at = 0; at < 96 * 60; at++) learn(usual, quarter(60 + (at % 40), 0.5), start + at * 900_000)
    expect(usual.days.size).toBeLessThanOrEqual(9)
    expect(Math.max(...[...usual.days.values()].map(held => held.length))).toBeLessThanOrEqual(8)
  })
})

describe('the recorder', () => {
  type House = { now: number; shelf: SeriesShelf; fleet: Fleet }
  const house = (): House => {
    const self: House = {
      now: start,
      shelf: createMemorySeries(),
      fleet: new Fleet({ sites: [{ id: 'alpha', name: 'А' }], clock: () => self.now }),
    }
    const hours = { timeZone: 'UTC', week: { mon: [[480, 1080] as const] }, exceptions: [] }
    self.fleet.apply('alpha', {
      name: 'status',
      payload: {
        status: 'online',
        site: 'alpha',
        name: 'А',
        session: 's-000001',
        version: '1',
        clock: start,
        hours,
        machines: ['ender'],
        lastEvent: 0,
      },
    })
    self.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender') })
    return self
  }
  const open = (self: House) =>
    startRecorder({ fleet: self.fleet, shelf: self.shelf, clock: () => self.now, log: pino({ level: 'silent' }) })
  const pass = (at: House, recorder: ReturnType<typeof open>, seconds: number, heard = true) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      at.now += 5_000
      if (heard) at.fleet.apply('alpha', { name: 'heard' })
      recorder.look()
    }
  }

  it('goes on with a half-kept quarter after its own restart', () => {
    const at = house()
    const first = open(at)
    pass(at, first, 100)
    first.close()
    const second = open(at)
    pass(at, second, 100)
    expect(second.trends('alpha', 'ender', 1)?.seenSeconds).toBe(190)
    second.close()
  })

  it('leaves out what nobody saw: a silent school, and a clock that jumped', () => {
    const at = house()
    const recorder = open(at)
    pass(at, recorder, 60)
    const before = recorder.trends('alpha', 'ender', 1)?.seenSeconds
    at.fleet.apply('alpha', { name: 'gone' })
    pass(at, recorder, 600, false)
    expect(recorder.trends('alpha', 'ender', 1)?.seenSeconds).toBe(before)
    at.now += 3 * 3_600_000
    recorder.look()
    expect(recorder.trends('alpha', 'ender', 1)?.seenSeconds).toBe(before)
    recorder.close()
  })

  it('counts presence in opening hours only, and a machine under maintenance is not fit', () => {
    const at = house()
    const recorder = open(at)
    pass(at, recorder, 100)
    at.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: { ...machineMessage('ender'), inService: true } })
    pass(at, recorder, 50)
    at.now = Date.UTC(2026, 8, 7, 19)
    recorder.look()
    pass(at, recorder, 300)
    expect(recorder.presence('alpha', 0).get('ender')).toEqual([{ at: Date.UTC(2026, 8, 7), presence: { seen: 145, fit: 95 } }])
    recorder.close()
  })

  it('takes the time to heat from what the school tells, not from days ago', () => {
    const at = house()
    const recorder = open(at)
    pass(at, recorder, 10)
    const heated = (number: number, when: number) =>
      ({
        kind: 'heated',
        number,
        at: when,
        machine: 'ender',
        heater: 'bed',
        curve: [
          [20, 0],
          [40, 50],
          [58, 180],
        ] as [number, number][],
      }) as const
    at.fleet.apply('alpha', { name: 'events', events: [heated(1, at.now - 3 * day), heated(2, at.now)] })
    expect(recorder.trends('alpha', 'ender', 1)?.heaters.bed?.heatings).toEqual([[at.now, 58, 130]])
    recorder.close()
  })
})

describe('trends over the web', () => {
  const path = '/api/v1/sites/alpha/machines/ender/trends'
  it.for([
    ['petya', path, 403],
    ['boris', path, 403],
    ['anna', `${path}?days=7`, 200],
    ['tech', path, 200],
    ['admin', `${path}?days=14`, 200],
    ['tech', `${path}?days=15`, 400],
    ['tech', `${path}?days=x`, 400],
    ['tech', '/api/v1/sites/alpha/machines/__proto__/trends', 404],
    ['tech', '/api/v1/sites/nowhere/machines/ender/trends', 404],
  ] as const)('%s asks for %s and gets %d', async ([login, asked, status]) => {
    await using screen = await openScreen()
    const person = await Person.signIn(screen.url, login)
    expect((await person.get(asked)).status).toBe(status)
  })

  it('are nobody’s who is not signed in', async () => {
    await using screen = await openScreen()
    expect((await fetch(`${screen.url}${path}`)).status).toBe(401)
  })
})
