// The daemon and its machine room over a real socket: finding it, starting it, losing it, and bringing both sides together.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { confirmedBy, Floor } from '../../daemon/floor.ts'
import { type Launched, Room } from '../../daemon/room.ts'
import { Store } from '../../daemon/store.ts'
import { FakeRoom } from './fake-room.ts'
import { aJob, aMachine, silent, temporaryFolder, testMachines, until } from './kit.ts'

const run = (job: string) => ({ kind: 'run' as const, machine: 'printer-1', run: { job, path: '/f', sha256: 'a'.repeat(64), size: 1 } })

/** A daemon's half over a folder, which can be left and taken up again as after a crash. */
function daemon(folder: string, options: { launched?: Launched; answerMs?: number } = {}) {
  const store = new Store(join(folder, 's.sqlite'))
  const machines = testMachines(store, [aMachine('printer-1', 'printer'), aMachine('laser-1', 'laser')])
  let launches = 0
  const floor = new Floor({
    store,
    machines,
    confirm: number => room.confirm(number),
    stirred: () => undefined,
    nowMs: Date.now,
    log: silent,
  })
  const room: Room = new Room({
    socketPath: join(folder, 'room.sock'),
    launch: () => {
      launches++
      return options.launched ?? { alive: () => false, end: () => undefined }
    },
    machines: () => machines.setups(),
    confirmed: () => confirmedBy(store)?.number ?? 0,
    listener: floor,
    log: silent,
    ...(options.answerMs ? { answerMs: options.answerMs } : {}),
  })
  room.start()
  return {
    store,
    machines,
    room,
    launches: () => launches,
    put: (job: ReturnType<typeof aJob>) => store.commit({ events: [{ kind: 'job', at: 1, change: 'x', job }] }),
    [Symbol.dispose]: () => {
      room.close()
      machines[Symbol.dispose]()
      store.close()
    },
  }
}

async function room(folder: string): Promise<FakeRoom & AsyncDisposable> {
  const fake = new FakeRoom()
  await fake.listen(join(folder, 'room.sock'))
  return Object.assign(fake, { [Symbol.asyncDispose]: () => fake.close() })
}

describe('the machine room', () => {
  it('is not brought together with a daemon that has left before it took our machines', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    fake.answer = order => (order.kind === 'machines' ? 'silent' : undefined)
    const school = daemon(folder.path)
    await until(() => fake.orders.some(({ kind }) => kind === 'machines'), 'it was told our machines')
    school[Symbol.dispose]()
    await new Promise(resolve => setImmediate(resolve))
    expect(school.room.settled).toBe(false)
  })

  it('is found running, told our machines, and its states become ours', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path)
    await until(() => school.room.settled, 'both sides are together')
    expect(fake.orders.map(order => order.kind)).toEqual(['hello', 'machines'])
    await until(() => school.machines.forQueue('printer-1')?.state === 'ready', 'the printer is ready')
    expect(school.launches()).toBe(0)
  })

  it('is started when it is not there, not more often than the back-off allows, and joined when it listens', async () => {
    using folder = temporaryFolder()
    using school = daemon(folder.path)
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(school.launches()).toBe(1)
    await until(() => school.launches() === 2, 'it is started again')
    expect(await school.room.order(run('job-00001'))).toMatchObject({ code: 'room-away' })
    await using _fake = await room(folder.path)
    await until(() => school.room.settled, 'both sides are together')
  })

  it('that was started and is told to end has ended when its process is gone, and not before', async () => {
    using folder = temporaryFolder()
    let [alive, told] = [true, false]
    using school = daemon(folder.path, { launched: { alive: () => alive, end: () => (told = true) } })
    await until(() => school.launches() === 1, 'it is started')
    let ended = false
    const ending = school.room.shutdown().then(() => {
      ended = true
    })
    await until(() => told, 'it is told to end')
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(ended).toBe(false)
    alive = false
    await ending
  })

  it('that does not answer an order is said to be silent, and greeted anew when it was to start a job', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path, { answerMs: 50 })
    await until(() => school.room.settled, 'both sides are together')
    fake.answer = order => (order.kind === 'run' ? 'silent' : undefined)
    expect(await school.room.order(run('job-00001'))).toMatchObject({ code: 'room-silent' })
    await until(() => fake.orders.filter(order => order.kind === 'hello').length === 2, 'they greet again')
  })

  it('has its reports confirmed only when they are stored', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path)
    school.put(aJob({ state: 'starting', machine: 'printer-1' }))
    fake.places.set('printer-1', { state: { state: 'running', since: 5, job: 'job-00001' }, job: 'job-00001' })
    await until(() => school.room.settled, 'both sides are together')
    fake.begin('printer-1', 'job-00001')
    fake.report({ kind: 'job-paused', machine: 'printer-1', job: 'job-00001', at: 6, by: 'person' })
    fake.report({ kind: 'job-resumed', machine: 'printer-1', job: 'job-00001', at: 7 })
    fake.end('printer-1', 'job-00001', 'completed')
    await until(() => fake.pending.length === 0, 'everything is confirmed')
    expect(school.store.job('job-00001')).toMatchObject({ state: 'completed', end: { evidence: 'a test said so' } })
    expect(confirmedBy(school.store)).toEqual({ room: 'room-00000001', number: 4 })
    expect(school.store.machine('printer-1')).toMatchObject({ uncleared: { job: 'job-00001' }, runningSeconds: 2, jobs: 1, resends: 1 })
    const changes = school.store.journal(undefined, 20).flatMap(event => (event.kind === 'job' ? [event.change] : []))
    expect(changes.reverse()).toEqual(['x', 'started', 'paused', 'resumed', 'completed'])
    expect(school.store.refold()).toEqual([])
  })

  it('told twice of the same end counts it once', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path)
    school.put(aJob({ state: 'running', machine: 'printer-1', startedAt: 2 }))
    fake.places.set('printer-1', { state: { state: 'running', since: 5, job: 'job-00001' }, job: 'job-00001' })
    await until(() => school.room.settled, 'both sides are together')
    fake.end('printer-1', 'job-00001', 'completed')
    await until(() => school.store.job('job-00001')?.state === 'completed', 'it is completed')
    fake.end('printer-1', 'job-00001', 'completed')
    await until(() => fake.pending.length === 0, 'everything is confirmed')
    expect(school.store.machine('printer-1').jobs).toBe(1)
  })
})

describe('after the daemon was away', () => {
  const running = aJob({ state: 'running', machine: 'printer-1', startedAt: 2 })
  const starting = aJob({ state: 'starting', machine: 'printer-1' })
  const cases: [string, typeof running, (fake: FakeRoom) => void, { sameRoom: boolean }, Record<string, unknown>][] = [
    [
      'a job that runs on is running',
      running,
      fake => fake.places.set('printer-1', { state: { state: 'running', since: 5, job: 'job-00001' }, job: 'job-00001' }),
      { sameRoom: true },
      { state: 'running' },
    ],
    [
      'a job that began meanwhile is running',
      starting,
      fake => {
        fake.begin('printer-1', 'job-00001')
      },
      { sameRoom: true },
      { state: 'running' },
    ],
    [
      'a job that was paused meanwhile is paused',
      running,
      fake => fake.places.set('printer-1', { state: { state: 'paused', since: 5, job: 'job-00001', by: 'firmware' }, job: 'job-00001' }),
      { sameRoom: true },
      { state: 'paused' },
    ],
    [
      'a job that ended meanwhile has ended, with its evidence',
      running,
      fake => fake.end('printer-1', 'job-00001', 'completed'),
      { sameRoom: true },
      { state: 'completed', end: { evidence: 'a test said so' } },
    ],
    [
      'a job that began and failed meanwhile has failed',
      starting,
      fake => {
        fake.begin('printer-1', 'job-00001')
        fake.end('printer-1', 'job-00001', 'failed')
      },
      { sameRoom: true },
      { state: 'failed' },
    ],
    [
      'a job the same room has never heard of is queued again',
      starting,
      fake => fake.places.set('printer-1', { state: { state: 'ready', since: 5 } }),
      { sameRoom: true },
      { state: 'queued' },
    ],
    [
      'a job a new room has never heard of is interrupted, never done',
      starting,
      fake => fake.places.set('printer-1', { state: { state: 'ready', since: 5 } }),
      { sameRoom: false },
      { state: 'interrupted', end: { outcome: 'interrupted', fault: { code: 'unknown-to-room' } } },
    ],
    [
      'a running job nobody knows is interrupted',
      running,
      fake => fake.places.set('printer-1', { state: { state: 'ready', since: 5 } }),
      { sameRoom: false },
      { state: 'interrupted' },
    ],
  ]
  it.for(cases)('%s', async ([, job, meanwhile, { sameRoom }, expected]) => {
    using folder = temporaryFolder()
    {
      using store = new Store(join(folder.path, 's.sqlite'))
      store.commit({
        events: [{ kind: 'job', at: 1, change: 'x', job }],
        report: { room: sameRoom ? 'room-00000001' : 'room-before', number: 3 },
      })
    }
    await using fake = await room(folder.path)
    fake.lastNumber = 3
    meanwhile(fake)
    using school = daemon(folder.path)
    await until(() => school.room.settled, 'both sides are together')
    expect(school.store.job('job-00001')).toMatchObject(expected)
    expect(school.store.refold()).toEqual([])
  })

  it('its machines stay as they were for a moment, and are offline when the room stays away', async () => {
    using folder = temporaryFolder()
    using store = new Store(join(folder.path, 's.sqlite'))
    using machines = testMachines(store, [aMachine('printer-1', 'printer')])
    machines.hear({ kind: 'state', machine: 'printer-1', at: 1, state: { state: 'ready', since: 1 } })
    machines.gone()
    expect(machines.forQueue('printer-1')?.state).toBe('ready')
    await until(() => machines.forQueue('printer-1')?.state === 'offline', 'it counts as offline')
  })

  it('a cut connection is mended and nothing is lost or doubled, forty times over', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path)
    await until(() => school.room.settled, 'both sides are together')
    for (let turn = 1; turn <= 40; turn++) {
      const id = `job-${String(turn).padStart(5, '0')}`
      school.put(aJob({ id, ticket: turn, state: 'starting', machine: 'printer-1' }))
      fake.begin('printer-1', id)
      if (turn % 2 === 0) fake.cut()
      fake.end('printer-1', id, 'completed')
      if (turn % 3 === 0) fake.cut()
      await until(() => school.store.job(id)?.state === 'completed', `job ${turn} is completed`)
    }
    await until(() => fake.pending.length === 0, 'everything is confirmed')
    expect(school.store.machine('printer-1')).toMatchObject({ jobs: 40, runningSeconds: 80 })
    expect(school.store.refold()).toEqual([])
  })
})

describe('a fault', () => {
  it('is raised once however often it comes, and cleared when the machine is well again', async () => {
    using folder = temporaryFolder()
    await using fake = await room(folder.path)
    using school = daemon(folder.path)
    await until(() => school.room.settled, 'both sides are together')
    const fault = { code: 'port-missing', text: { ru: 'Порта нет.', en: 'No port.' } }
    for (let turn = 0; turn < 5; turn++) {
      fake.setState('printer-1', { state: 'offline', since: turn, fault })
      fake.setState('printer-1', { state: 'preparing', since: turn, what: 'connecting' })
    }
    fake.report({ kind: 'fault', machine: 'printer-1', at: 9, fault })
    await until(() => fake.pending.length === 0, 'everything is confirmed')
    expect(school.store.machine('printer-1').faults).toMatchObject([{ code: 'port-missing' }])
    fake.setState('printer-1', { state: 'offline', since: 10, fault })
    fake.setState('printer-1', { state: 'ready', since: 11 })
    await until(() => school.store.machine('printer-1').faults.length === 0, 'it is cleared')
    expect(school.store.journal(undefined, 99).filter(event => event.kind === 'fault')).toHaveLength(2)
  })
})
