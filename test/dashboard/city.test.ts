// A whole city over real sockets: events confirmed by number, commands kept until answered or expired, also over its own restart.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningCity } from '../../dashboard/main.ts'
import { createCommandStore } from '../../dashboard/store/commands.ts'
import { openStore } from '../../dashboard/store/store.ts'
import { topicOf } from '../../protocols/contract/wire.ts'
import { freePort, job, jobEvent, machineMessage, openCity, Person, ready, School, temporaryFolder, until } from './house.ts'

const stop = { id: 'command-0001', ask: { kind: 'machine.stop', machine: 'ender' } }
const approve = (id: string) => ({ id, ask: { kind: 'job.approve', job: 'job-00001' } })

describe('events', () => {
  it('are stored once, confirmed up to the first gap, and asked for again', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha')
    const batch = (...numbers: number[]) => school.tellEvents(numbers.map(number => jobEvent(number, job(`job-0000${number}`))))
    await batch(1, 2, 3)
    await until('three are confirmed', () => school.confirmed().at(-1) === 3)
    await batch(2, 3, 4)
    await until('four are confirmed', () => school.confirmed().at(-1) === 4)
    await batch(7, 8)
    await until('the city asks for 5', () => school.confirmed().length >= 4)
    expect(school.confirmed().at(-1)).toBe(4)
    await batch(5, 6)
    await until('all are confirmed', () => school.confirmed().at(-1) === 8)
    const anna = await Person.signIn(city.url, 'anna')
    const { events } = (await (await anna.get('/api/v1/sites/alpha/journal')).json()) as { events: { number: number }[] }
    expect(events.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    const older = (await (await anna.get('/api/v1/sites/alpha/journal?before=4')).json()) as { events: { number: number }[] }
    expect(older.events.map(({ number }) => number)).toEqual([3, 2, 1])
  })

  it('that arrive late never take a job back', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha')
    await school.tellEvents([jobEvent(2, job('job-00001', { state: 'completed', endedAt: Date.now() }))])
    await school.tellEvents([jobEvent(1, job('job-00001', { state: 'running' }))])
    await until('both are confirmed', () => school.confirmed().at(-1) === 2)
    expect(city.fleet.site('alpha')?.jobs['job-00001']?.state).toBe('completed')
  })

  it('of a school that lost its disk begin a new history beside the old one', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    {
      await using school = await School.join(city.brokerUrl, 'alpha')
      await school.tellEvents([1, 2, 3].map(number => jobEvent(number, job(`job-0000${number}`))))
      await until('three are confirmed', () => school.confirmed().at(-1) === 3)
    }
    await using reborn = await School.join(city.brokerUrl, 'alpha', { session: 'session-2', lastEvent: 0 })
    await until('it is asked from the start', () => reborn.confirmed().at(-1) === 0)
    await reborn.tellEvents([jobEvent(1, job('job-other'))], 'session-2')
    await until('the new first one is confirmed', () => reborn.confirmed().at(-1) === 1)
    expect(city.fleet.site('alpha')?.jobs['job-other']).toBeDefined()
  })

  it('and states are there after the restart of the city, as the last word of a school that is away', async () => {
    using folder = temporaryFolder()
    {
      await using city = await openCity(folder.path)
      await using school = await School.join(city.brokerUrl, 'alpha')
      await school.tellMachine('ender', { state: 'uncleared', since: 5, job: 'job-00001' })
      await school.tellEvents([
        jobEvent(1, job('job-00001')),
        {
          kind: 'fault',
          number: 2,
          at: 2,
          machine: 'ender',
          change: 'raised',
          fault: { code: 'cold', text: { ru: 'холодно', en: 'cold' } },
        },
      ])
      await until('both are confirmed', () => school.confirmed().at(-1) === 2)
    }
    await using city = await openCity(folder.path)
    const picture = city.fleet.site('alpha')
    expect(picture?.link.link).toBe('offline')
    expect(picture?.machines.ender).toMatchObject({ state: { state: 'uncleared' }, faults: [{ code: 'cold' }] })
    expect(picture?.jobs['job-00001']?.state).toBe('queued')
  })
})

describe('a message that is not one', () => {
  const folder = temporaryFolder()
  let city: RunningCity
  beforeAll(async () => {
    city = await openCity(folder.path)
  })
  afterAll(async () => {
    await city.stop()
    folder[Symbol.dispose]()
  })

  it.for([
    ['not JSON', topicOf('machine', 'alpha', 'ender'), '{{{'],
    ['binary', topicOf('telemetry', 'alpha', 'ender'), Buffer.from([0, 255, 1])],
    ['of another shape', topicOf('events', 'alpha'), '{"session":"session-1","events":[{"number":-1}]}'],
    ['about another site', topicOf('status', 'alpha'), JSON.stringify({ status: 'offline', site: 'beta', session: 'session-1' })],
    ['about another machine', topicOf('machine', 'alpha', 'ender'), JSON.stringify(machineMessage('prusa', ready))],
    [
      'with a job of another site',
      topicOf('events', 'alpha'),
      JSON.stringify({ session: 'session-1', events: [jobEvent(1, job('job-00001', { site: 'beta' }))] }),
    ],
    ['a reply to nothing', topicOf('replies', 'alpha'), JSON.stringify({ outcome: 'done', command: 'command-0000', at: 1 })],
    ['empty', topicOf('machine', 'alpha', 'ender'), ''],
  ] as const)('(%s) is dropped, and the next good one counts', async ([what, topic, payload]) => {
    await using school = await School.join(city.brokerUrl, 'alpha')
    await school.mqtt.publishAsync(topic, payload, { qos: 1 })
    const since = what.length
    await school.tellMachine('ender', { state: 'ready', since })
    await until('the good one is there', () => city.fleet.site('alpha')?.machines.ender?.state.since === since)
    expect(Object.keys(city.fleet.site('alpha')?.machines ?? {})).toEqual(['ender'])
    expect(city.fleet.site('alpha')?.jobs).toEqual({})
    expect(city.fleet.site('beta')?.link.link).toBe('unknown')
  })
})

describe('a command', () => {
  it('is answered with what the school says', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha')
    await school.tellMachine('ender')
    const anna = await Person.signIn(city.url, 'anna')
    const response = await anna.post('/api/v1/sites/alpha/commands', stop)
    expect([response.status, await response.json()]).toMatchObject([200, { reply: { outcome: 'done', command: stop.id } }])
    expect(school.commands()).toMatchObject([{ id: stop.id, ask: stop.ask, author: { id: 'anna', role: 'teacher' } }])
    const again = await anna.post('/api/v1/sites/alpha/commands', stop)
    expect([again.status, school.commands().length]).toEqual([200, 1])
    const asked = await anna.get(`/api/v1/sites/alpha/commands/${stop.id}`)
    expect(await asked.json()).toMatchObject({ reply: { outcome: 'done' } })
  })

  it('says its times by the clock of a school whose clock is wrong', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    const driftMs = 3_600_000
    await using school = await School.join(city.brokerUrl, 'alpha', { clock: Date.now() + driftMs })
    const anna = await Person.signIn(city.url, 'anna')
    await anna.post('/api/v1/sites/alpha/commands', stop)
    const [command] = school.commands()
    expect(Math.abs((command?.issuedAt ?? 0) - Date.now() - driftMs)).toBeLessThan(5_000)
    expect((command?.expiresAt ?? 0) - (command?.issuedAt ?? 0)).toBe(30_000)
  })

  it('for a school that is away is kept over the restart of the city and given at the birth', async () => {
    using folder = temporaryFolder()
    const ports = { screen: await freePort(), broker: await freePort() }
    let anna: Person
    {
      await using city = await openCity(folder.path, ports)
      anna = await Person.signIn(city.url, 'anna')
      void anna.post('/api/v1/sites/alpha/commands', approve('command-kept')).catch(() => undefined)
      const store = openStore(join(folder.path, 'data', 'city.db'))
      await until('it is kept', () => createCommandStore(store).get('command-kept')?.state === 'waiting')
      store.close()
    }
    await using city = await openCity(folder.path, ports)
    await using school = await School.join(city.brokerUrl, 'alpha')
    await until('it was given', () => school.commands().length === 1)
    // Nobody was signed out either.
    await until('the answer is known', async () => (await anna.get('/api/v1/sites/alpha/commands/command-kept')).status === 200)
  })

  it('is said again until it is answered, and again at a new birth when it was only accepted', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    const anna = await Person.signIn(city.url, 'anna')
    {
      await using deaf = await School.join(city.brokerUrl, 'alpha')
      deaf.answer = () => undefined
      void anna.post('/api/v1/sites/alpha/commands', approve('command-again'))
      await until('it was said', () => deaf.commands().length === 1)
      deaf.answer = ({ id }) => ({ outcome: 'accepted', command: id, at: 1 })
      await until('it was said again', () => deaf.commands().length === 2)
    }
    expect((await anna.get('/api/v1/sites/alpha/commands/command-again')).status).toBe(202)
    await using school = await School.join(city.brokerUrl, 'alpha', { session: 'session-2' })
    await until('it was said to the new life', () => school.commands().length === 1)
    await until('it is done', async () => (await anna.get('/api/v1/sites/alpha/commands/command-again')).status === 200)
  })

  it('of the same id but another content is refused', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using _school = await School.join(city.brokerUrl, 'alpha')
    const [anna, tech] = [await Person.signIn(city.url, 'anna'), await Person.signIn(city.url, 'tech')]
    await anna.post('/api/v1/sites/alpha/commands', stop)
    const other = await anna.post('/api/v1/sites/alpha/commands', { ...stop, ask: { kind: 'machine.pause', machine: 'ender' } })
    expect(await other.json()).toMatchObject({ reply: { outcome: 'refused', denial: { code: 'id-taken' } } })
    expect((await tech.post('/api/v1/sites/alpha/commands', stop)).status).toBe(409)
  })
})

it('gives each school the staff that may act there, and no pupil', async () => {
  using folder = temporaryFolder()
  await using city = await openCity(folder.path)
  await using school = await School.join(city.brokerUrl, 'alpha')
  await until('the directory came', () => school.heard.some(({ topic }) => topic === topicOf('directory', 'alpha')))
  const directory = school.heard.find(({ topic }) => topic === topicOf('directory', 'alpha'))?.json as {
    people: { login: string; sites: unknown; passwordHash: string }[]
  }
  expect(directory.people.map(({ login, sites }) => [login, sites])).toEqual([
    ['admin', 'all'],
    ['anna', ['alpha']],
    ['tech', 'all'],
  ])
  expect(directory.people[0]?.passwordHash).toMatch(/^scrypt\$/)
})
