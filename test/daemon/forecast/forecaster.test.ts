// The forecast at work in a school: it hears, reckons and tells; it learns heaters off the telemetry; and the city gets it retained.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBeginRule } from '../../../daemon/forecast/begin-rule.ts'
import { Forecaster, type ForecasterOptions } from '../../../daemon/forecast/forecaster.ts'
import { noHours } from '../../../daemon/forecast/hours.ts'
import { Starter } from '../../../daemon/starter.ts'
import { Store } from '../../../daemon/store.ts'
import { Uplink } from '../../../daemon/uplink.ts'
import type { QueueForecast } from '../../../protocols/contract/forecast.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { CityStandIn } from '../city-stand-in.ts'
import { aJob, aMachine, aProgram, ListRoom, person, setState, silent, temporaryFolder, testMachines, until } from '../kit.ts'
import { hour, monday10, schoolHours } from './kit.ts'

function school(more: Partial<ForecasterOptions> = {}) {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  let now = monday10
  const machines = testMachines(store, [aMachine('printer-1', 'printer'), aMachine('laser-1', 'laser')], () => now)
  for (const machine of ['printer-1', 'laser-1']) setState(machines, machine, { state: 'ready', since: monday10 - hour })
  const told: QueueForecast[] = []
  const begin = () => {
    const forecaster = new Forecaster({
      store,
      machines,
      hours: noHours,
      rules: { autoStartPrinters: true, runPastClosing: true },
      nowMs: () => now,
      log: silent,
      paceMs: { told: 0, busy: 100_000, idle: 100_000 },
      ...more,
    })
    forecaster.watch(forecast => told.push(forecast))
    forecaster.start()
    return forecaster
  }
  let forecaster = begin()
  return {
    store,
    machines,
    told,
    forecaster: () => forecaster,
    put: (change: string, job: Job) => void store.commit({ events: [{ kind: 'job', at: now, change, job }] }),
    pass: (ms: number) => {
      now += ms
    },
    restart: () => {
      forecaster.close()
      forecaster = begin()
    },
    [Symbol.dispose]: () => {
      forecaster.close()
      machines[Symbol.dispose]()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

const queued = (more: Partial<Job> = {}) =>
  aJob({ id: 'job-waits', suitable: ['printer-1'], estimatedSeconds: 3600, submittedAt: monday10, queuedAt: monday10, ...more })

describe('the forecaster', () => {
  it('tells a new job within the moment, and says nothing while nothing is new', async () => {
    using s = school()
    s.put('submitted', queued())
    await until(() => s.told.at(-1)?.jobs['job-waits'] !== undefined, 'the job is forecast')
    expect(s.told.at(-1)?.jobs['job-waits']).toMatchObject({ ahead: 0, why: { code: 'starts-soon', machine: 'printer-1' } })
    const count = s.told.length
    s.forecaster().stir()
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(s.told.length).toBe(count)
  })

  it('follows a running job by what the machine itself says is left', async () => {
    using s = school()
    s.put('started', queued({ id: 'job-runs', state: 'running', machine: 'printer-1', startedAt: monday10 }))
    setState(s.machines, 'printer-1', { state: 'running', since: monday10, job: 'job-runs' })
    const progress = { job: 'job-runs', lines: 5, bytes: 500, fraction: 0.5, elapsedSeconds: 1800, remainingSeconds: 1200 }
    s.machines.hear({ kind: 'telemetry', machine: 'printer-1', telemetry: { at: monday10, progress } })
    s.put('submitted', queued())
    await until(() => s.told.at(-1)?.jobs['job-waits'] !== undefined, 'both are forecast')
    const jobs = s.told.at(-1)?.jobs
    const [early = 0, late = 0] = jobs?.['job-runs']?.end ?? []
    expect(early).toBeGreaterThan(monday10 + 0.7 * 1_200_000)
    expect(late).toBeLessThan(monday10 + 1.6 * 1_200_000)
    expect(jobs?.['job-waits']).toMatchObject({ ahead: 1, why: { code: 'others-ahead' } })
    expect(jobs?.['job-waits']?.start?.[0]).toBeGreaterThan(early)
  })

  it('gives a job that ended no row any more, and learns from it, also over a restart', async () => {
    using s = school()
    for (let index = 0; index < 30; index++) {
      const startedAt = monday10 - (60 - index * 2) * hour
      const end = { outcome: 'completed' as const, evidence: '', lines: 1, bytes: 1, seconds: 5400, resends: 0 }
      s.put(
        'completed',
        queued({ id: `job-past-${index}`, state: 'completed', machine: 'printer-1', startedAt, endedAt: startedAt + 1.5 * hour, end }),
      )
    }
    const ends = async () => {
      s.put('submitted', queued())
      await until(() => s.told.at(-1)?.jobs['job-waits'] !== undefined, 'it is forecast')
      return s.told.at(-1)?.jobs['job-waits']?.end
    }
    // Printer-1 takes one and a half times the forecast: an hour's job is done after an hour and a half.
    setState(s.machines, 'printer-1', { state: 'offline', since: monday10 })
    s.store.commit({ events: [{ kind: 'action', at: monday10, machine: 'printer-1', action: 'machine.clear', by: person('teacher') }] })
    setState(s.machines, 'printer-1', { state: 'ready', since: monday10 })
    const [early = 0, late = 0] = (await ends()) ?? []
    expect((early - monday10) / hour).toBeGreaterThan(1.3)
    expect((late - monday10) / hour).toBeLessThan(1.8)
    s.told.length = 0
    s.restart()
    expect(await ends()).toEqual([early, late])
    s.put('cancelled', queued({ state: 'cancelled', endedAt: monday10 }))
    await until(() => s.told.at(-1)?.jobs['job-waits'] === undefined, 'it is gone')
  })

  it('takes the forecast of each machine from the analysis', async () => {
    using s = school()
    const program = aProgram(['printer-1'], ['printer-1', 'laser-1'])
    s.store.putProgram(program.sha256, 1, { facts: '', body: JSON.stringify({ program, timeMaps: {}, layers: [] }) }, [])
    expect(s.forecaster().seconds(queued(), 'printer-1')).toBe(60)
    expect(s.forecaster().seconds(queued(), 'printer-9')).toBeUndefined()
    s.put('submitted', queued())
    await until(() => s.told.at(-1)?.jobs['job-waits'] !== undefined, 'the job is forecast')
    expect(s.told.at(-1)?.jobs['job-waits']?.end?.[1]).toBeLessThan(monday10 + 5 * 60_000)
  })

  it('knows a laser that nobody may start', async () => {
    using s = school({ startable: machine => machine !== 'laser-1' })
    s.put('submitted', queued({ suitable: ['laser-1'], program: { ...aJob().program, kind: 'laser' } }))
    await until(() => s.told.at(-1)?.jobs['job-waits'] !== undefined, 'the job is forecast')
    expect(s.told.at(-1)?.jobs['job-waits']?.why?.code).toBe('no-permit')
  })

  it('writes down how a heater warmed, and hands the curve to the analysis', () => {
    using s = school()
    for (let seconds = 0; seconds <= 100; seconds += 2) {
      const heaters = { nozzle: { actual: Math.min(200, 20 + seconds * 2), target: 200 } }
      s.machines.hear({
        kind: 'telemetry',
        machine: 'printer-1',

        telemetry: { at: monday10 + seconds * 1000, heaters },
      })
    }
    const [event] = s.store.journal(undefined, 5)
    expect(event).toMatchObject({ kind: 'heated', machine: 'printer-1', heater: 'nozzle' })
    const curve = s.forecaster().heating('printer-1')?.nozzle ?? []
    expect(curve.at(-1)?.[1]).toBeCloseTo(89, 0)
    expect(
      curve.every(([celsius, at], index) => index === 0 || (celsius > (curve[index - 1]?.[0] ?? 0) && at > (curve[index - 1]?.[1] ?? 0))),
    ).toBe(true)
    expect(s.forecaster().heating('laser-1')).toBeUndefined()
    expect(s.store.refold()).toEqual([])
  })
})

describe('the rule of beginning', () => {
  const printer = { id: 'printer-1', name: 'Принтер', kind: 'printer', state: 'ready', inService: false, readOnly: false } as const
  const laser = { ...printer, id: 'laser-1', name: 'Лазер', kind: 'laser' } as const
  it.for([
    ['a printer by itself in the morning', printer, 0, false, true, undefined],
    ['a printer by itself at night', printer, 12, false, true, 'outside-hours'],
    ['a printer by a person at night', printer, 12, true, true, undefined],
    ['a printer by itself half an hour before closing, for an hour, where it may run on', printer, 7.5, false, true, undefined],
    ['the same where it may not', printer, 7.5, false, false, 'closing-soon'],
    ['a laser by a person in supervised hours', laser, 4.5, true, true, undefined],
    ['a laser by a person while nobody supervises', laser, 0, true, true, 'unsupervised'],
  ] as const)('%s', ([, machine, hours, byPerson, runPastClosing, code]) => {
    const mayBegin = createBeginRule({ hours: schoolHours, runPastClosing, seconds: () => 3600, nowMs: () => monday10 + hours * hour })
    expect(mayBegin(queued(), machine, byPerson)?.code).toBe(code)
  })

  it('lets a shorter job use the time before closing, and tells the forecast of the very machine with the start', async () => {
    using folder = temporaryFolder()
    using store = new Store(join(folder.path, 's.sqlite'))
    using machines = testMachines(store, [aMachine('printer-1', 'printer')], () => monday10)
    setState(machines, 'printer-1', { state: 'ready', since: 1 })
    for (const [id, order] of [
      ['job-long-one', 1],
      ['job-short-one', 2],
    ] as const) {
      store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job: queued({ id, order, estimatedSeconds: 9 }) }] })
    }
    const room = new ListRoom()
    const known = { timeMaps: {}, layers: [], program: aProgram(['printer-1'], ['printer-1']) }
    const starter = new Starter({
      store,
      machines,
      room,
      programs: { stored: () => known, runnable: () => ({ path: '/dev/null', sha256: 'a'.repeat(64) }) },
      autoStartPrinters: true,
      mayBegin: createBeginRule({
        hours: schoolHours,
        runPastClosing: false,
        seconds: job => (job.id === 'job-long-one' ? 7200 : 600),
        nowMs: () => monday10 + 7.5 * hour,
      }),
      nowMs: () => monday10,
      log: silent,
    } as ConstructorParameters<typeof Starter>[0])
    starter.stir()
    await until(() => room.orders.length > 0, 'a job is started')
    starter.close()
    expect(room.orders).toMatchObject([{ kind: 'run', run: { job: 'job-short-one' } }])
    expect(store.job('job-short-one')?.estimatedSeconds).toBe(60)
  })
})

it('is on the wire, retained: after the birth, and again whenever it says something new', async () => {
  using s = school()
  const city = new CityStandIn('school-1')
  await city.start()
  const uplink = new Uplink({
    city: { broker: `mqtt://127.0.0.1:${city.port}`, web: 'http://127.0.0.1:1', username: 'school-1', password: 'x' },
    site: 'school-1',
    name: 'Школа № 1',
    session: 'session-1',
    version: '0.1.0',
    store: s.store,
    machines: s.machines,
    desk: { execute: async command => ({ outcome: 'done', command: command.id, at: 1 }) },
    people: { learn: () => true },
    pictures: { sendDue: async () => undefined },
    forecast: () => s.forecaster().last,
    learnOffset: () => undefined,
    nowMs: Date.now,
    log: silent,
    retry: { first: 10, most: 50 },
  })
  s.forecaster().watch(() => uplink.queue())
  try {
    s.put('submitted', queued())
    await until(() => s.told.length > 0, 'it is reckoned before anybody listens')
    uplink.start()
    await until(() => city.forecasts.at(-1)?.jobs['job-waits'] !== undefined, 'the city has it')
    s.put('held', queued({ held: true }))
    await until(() => city.forecasts.at(-1)?.jobs['job-waits']?.why?.code === 'held', 'the city has the new one')
    expect(city.forecasts.every(({ retained }) => retained)).toBe(true)
    const before = city.forecasts.length
    city.cut()
    await until(() => city.forecasts.length > before, 'a new connection begins with it')
  } finally {
    await uplink.close()
    await city.close()
  }
})
