// The line to the city over a real broker and real TCP: nothing is lost or doubled, whatever is cut, and orders are answered.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Store } from '../../daemon/store.ts'
import { Uplink } from '../../daemon/uplink.ts'
import type { Command, Origin, Reply } from '../../protocols/contract/command.ts'
import type { Directory } from '../../protocols/contract/wire.ts'
import { CityStandIn } from './city-stand-in.ts'
import { aCommand, aJob, aMachine, person, setState, silent, temporaryFolder, testMachines, until } from './kit.ts'

async function linked(options: { confirmMs?: number; execute?: (command: Command) => Promise<Reply> } = {}) {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  const machines = testMachines(store, [aMachine('printer-1', 'printer'), aMachine('laser-1', 'laser')])
  for (const machine of ['printer-1', 'laser-1']) setState(machines, machine, { state: 'ready', since: 1 })
  const city = new CityStandIn('school-1')
  await city.start()
  const executed: { command: Command; origin: Origin }[] = []
  const learned: Directory[] = []
  let uplink: Uplink | undefined
  const begin = (session = 'session-1') => {
    const execute = options.execute ?? (async command => ({ outcome: 'done', command: command.id, at: 1 }) as const)
    const started = new Uplink({
      city: { broker: `mqtt://127.0.0.1:${city.port}`, web: 'http://127.0.0.1:1', username: 'school-1', password: 'x' },
      site: 'school-1',
      name: 'Школа № 1',
      session,
      version: '0.1.0',
      store,
      machines,
      desk: {
        execute: async (command, origin, accepted) => {
          executed.push({ command, origin })
          accepted?.({ outcome: 'accepted', command: command.id, at: 1 })
          return execute(command)
        },
      },
      people: { learn: directory => learned.push(directory) > 0 },
      pictures: { sendDue: async () => undefined },
      learnOffset: () => undefined,
      nowMs: Date.now,
      log: silent,
      retry: { first: 10, most: 50 },
      confirmMs: options.confirmMs ?? 200,
    })
    uplink = started
    started.start()
  }
  let written = 0
  const write = (count = 1) => {
    for (let turn = 0; turn < count; turn++) {
      written++
      const job = aJob({ id: `job-${String(written).padStart(5, '0')}`, ticket: written })
      store.commit({ events: [{ kind: 'job', at: written, change: 'submitted', job }] })
    }
  }
  return {
    store,
    machines,
    city,
    executed,
    learned,
    begin,
    write,
    end: () => uplink?.close(),
    online: () => uplink?.online === true,
    [Symbol.asyncDispose]: async () => {
      await uplink?.close()
      await city.close()
      machines[Symbol.dispose]()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

describe('a school that joins the city', () => {
  it('is born with all its machines, and says goodbye when it closes', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    expect(s.city.statuses[0]).toMatchObject({ status: 'online', site: 'school-1', machines: ['printer-1', 'laser-1'], lastEvent: 0 })
    expect(new Set(s.city.states.map(({ machine }) => machine))).toEqual(new Set(['printer-1', 'laser-1']))
    await s.end()
    await until(() => s.city.statuses.at(-1)?.status === 'offline', 'it is offline')
  })

  it('is declared dead by its last will when the line is cut, and is born again with the same session', async () => {
    await using s = await linked()
    s.begin('session-77')
    await until(() => s.online(), 'it is online')
    s.city.cut()
    await until(() => s.city.statuses.length >= 3, 'it has died and come back')
    expect(s.city.statuses.map(({ status, session }) => [status, session])).toEqual([
      ['online', 'session-77'],
      ['offline', 'session-77'],
      ['online', 'session-77'],
    ])
  })

  it('tells each change of a machine, and never lets telemetry overtake a state', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    for (let turn = 0; turn < 200; turn++) {
      setState(s.machines, 'printer-1', turn % 2 ? { state: 'ready', since: turn } : { state: 'running', since: turn })
      s.machines.hear({ kind: 'telemetry', machine: 'printer-1', telemetry: { at: turn, feed: turn } })
      if (turn % 10 === 0) await new Promise(resolve => setTimeout(resolve, 2))
    }
    setState(s.machines, 'printer-1', { state: 'paused', since: 999, by: 'person' })
    await until(() => s.city.states.at(-1)?.state === 'paused', 'the last state has arrived')
  })

  it('thins telemetry to one a second, and the newest arrives', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    const before = s.city.telemetry.length
    for (let at = 1; at <= 60; at++) {
      s.machines.hear({ kind: 'telemetry', machine: 'printer-1', telemetry: { at, feed: at } })
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    await until(() => s.city.telemetry.at(-1)?.at === 60, 'the newest has arrived')
    expect(s.city.telemetry.length - before).toBeLessThanOrEqual(4)
  })
})

describe('events', () => {
  it('written while there was no city arrive in order once there is one', async () => {
    // Nothing is sent again while a busy computer is slow to confirm.
    await using s = await linked({ confirmMs: 60_000 })
    s.write(1200)
    s.begin()
    await until(() => s.city.stored === 1200, 'all have arrived')
    expect(s.city.arrived).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1))
    await until(() => s.store.note('city-confirmed') === '1200', 'all are confirmed')
  })

  it('survive thirty cuts of the line and three deaths of the broker: none lost, none doubled in the city’s store', async () => {
    await using s = await linked({ confirmMs: 100 })
    s.begin()
    for (let turn = 1; turn <= 30; turn++) {
      s.write(20)
      if (turn % 3 === 0) await new Promise(resolve => setTimeout(resolve, turn * 2))
      s.city.cut()
      if (turn % 10 === 0) {
        await s.city.stopBroker()
        s.write(5)
        await s.city.startBroker()
      }
      s.write(1)
    }
    const all = 30 * 21 + 3 * 5
    await until(() => s.city.stored === all, `all ${all} have arrived`)
    expect(s.city.events.map(event => event.number)).toEqual(Array.from({ length: all }, (_, index) => index + 1))
    await until(() => s.store.note('city-confirmed') === String(all), 'all are confirmed')
    // The same jobs on both sides: a fold of what the city has is what the school has.
    const folded = new Map(s.city.events.flatMap(event => (event.kind === 'job' ? [[event.job.id, event.job]] : [])))
    expect(folded).toEqual(new Map(s.store.openJobs().map(job => [job.id, job])))
  }, 60_000)

  it('unconfirmed are sent again until they are', async () => {
    await using s = await linked({ confirmMs: 50 })
    s.city.confirming = false
    s.begin()
    s.write(3)
    await until(() => s.city.arrived.length >= 9, 'they were sent three times')
    s.city.confirming = true
    await until(() => s.store.note('city-confirmed') === '3', 'they are confirmed')
  })

  it('a city that lost its store gets all again', async () => {
    await using s = await linked()
    s.begin()
    s.write(10)
    await until(() => s.store.note('city-confirmed') === '10', 'they are confirmed')
    s.city.events.length = 0
    s.city.confirm(0)
    await until(() => s.city.stored === 10, 'they have arrived again')
  })

  it('written by an earlier life of the daemon arrive through the next one', async () => {
    await using s = await linked()
    s.city.confirming = false
    s.begin('session-1')
    s.write(4)
    await until(() => s.city.stored === 4, 'they have arrived')
    await s.end()
    s.write(2)
    s.city.confirming = true
    s.begin('session-2')
    await until(() => s.city.stored === 6 && s.store.note('city-confirmed') === '6', 'all are confirmed')
  })
})

describe('commands', () => {
  it('are carried out as the city’s and answered', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    const command = aCommand(person('teacher'), { kind: 'machine.pause', machine: 'printer-1' })
    s.city.command(command)
    await until(() => s.city.replies.some(reply => reply.outcome === 'done'), 'it is done')
    expect(s.executed).toEqual([{ command, origin: 'city' }])
    expect(s.city.replies.map(reply => reply.outcome)).toEqual(['accepted', 'done'])
  })

  it('sent again because the reply was lost are answered again', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    const command = aCommand(person('teacher'), { kind: 'machine.pause', machine: 'printer-1' })
    s.city.command(command)
    s.city.command(command)
    await until(() => s.city.replies.filter(reply => reply.outcome === 'done').length === 2, 'both are answered')
  })

  it('that are malformed are refused by their id, and nothing else breaks', async () => {
    await using s = await linked()
    s.begin()
    await until(() => s.online(), 'it is online')
    s.city.command({
      ...aCommand(person('teacher'), { kind: 'machine.pause', machine: 'printer-1' }),
      ask: { kind: 'machine.melt' },
    } as unknown as Command)
    s.city.command('nonsense' as unknown as Command)
    await until(() => s.city.replies.length === 1, 'it is refused')
    expect(s.city.replies[0]).toMatchObject({ outcome: 'refused', denial: { code: 'bad-command' } })
    expect(s.online()).toBe(true)
  })

  it('that break go unanswered, and the next is answered', async () => {
    const broken = aCommand(person('teacher'), { kind: 'machine.pause', machine: 'printer-1' })
    await using s = await linked({
      execute: async ({ id }) => {
        if (id === broken.id) throw new Error('database or disk is full')
        return { outcome: 'done', command: id, at: 1 }
      },
    })
    s.begin()
    await until(() => s.online(), 'it is online')
    s.city.command(broken)
    const next = aCommand(person('teacher'), { kind: 'machine.pause', machine: 'printer-1' })
    s.city.command(next)
    await until(() => s.city.replies.some(reply => reply.outcome === 'done'), 'the next is done')
    expect(s.city.replies.filter(reply => reply.outcome === 'done').map(reply => reply.command)).toEqual([next.id])
  })

  it('and the directory reach a school that comes later', async () => {
    await using s = await linked()
    s.city.directory({ version: 3, people: [] })
    s.begin()
    await until(() => s.learned.length === 1, 'it has learned')
  })
})
