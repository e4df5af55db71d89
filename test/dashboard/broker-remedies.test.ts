// What Aedes 1.2 loses or carries as it comes, each with its remedy, with real MQTT clients over TCP.
import { createConnection, type Socket } from 'node:net'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerOptions, type RunningBroker, startBroker } from '../../dashboard/broker/broker.ts'
import type { Login } from '../../dashboard/broker/rights.ts'
import { topicOf } from '../../protocols/contract/wire.ts'
import { silent, until } from './house.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function login(username: string): Login {
  return username.startsWith('watcher') ? { kind: 'observer', name: username, sites: 'all' } : { kind: 'school', site: username }
}

async function broker(options: Partial<BrokerOptions> = {}): Promise<RunningBroker> {
  const started = await startBroker({
    host: '127.0.0.1',
    port: 0,
    log: silent,
    login: (username, password) => (password === 'right' ? login(username) : undefined),
    heard: () => undefined,
    alive: () => undefined,
    gone: () => undefined,
    ...options,
  })
  open.push(() => started.close())
  return started
}

async function client(at: RunningBroker, username: string, options: IClientOptions = {}): Promise<MqttClient> {
  const joined = await connectAsync(at.url, { username, password: 'right', reconnectPeriod: 0, ...options })
  joined.on('error', () => undefined)
  // CONNACK reaches the client a little before the broker counts it in.
  await until('it has joined', () => at.connections(username.startsWith('watcher') ? `@${username}` : username) > 0)
  open.push(() => joined.endAsync(true))
  return joined
}

/** A connection of our own, for what an honest client would never send. */
async function rawSocket(at: RunningBroker): Promise<Socket> {
  const { hostname, port } = new URL(at.url)
  const socket = createConnection(Number(port), hostname)
  socket.on('error', () => undefined)
  open.push(async () => socket.destroy())
  await new Promise(resolve => socket.once('connect', resolve))
  return socket
}

const state = topicOf('machine', 'alpha', 'ender')
const telemetry = topicOf('telemetry', 'alpha', 'ender')

describe('messages that overtake each other', () => {
  it.for([0, 1] as const)('delivers 1,000 of 1,000 retained states of QoS %i that were published in one tick with telemetry', async qos => {
    const at = await broker()
    const watcher = await client(at, 'watcher')
    const counts = { [state]: 0, [telemetry]: 0 }
    watcher.on('message', topic => {
      counts[topic] = (counts[topic] ?? 0) + 1
    })
    await watcher.subscribeAsync(['tsekh/v1/alpha/machines/+/state', 'tsekh/v1/alpha/machines/+/telemetry'], { qos: 1 })
    const school = await client(at, 'alpha')
    for (let round = 0; round < 1_000; round += 1) {
      const published = school.publishAsync(state, `{"round":${round}}`, { qos, retain: true })
      school.publish(telemetry, `{"round":${round}}`)
      if (round % 50 === 49) await published
    }
    await until('everything arrives', () => counts[state] === 1_000 && counts[telemetry] === 1_000)
    expect(counts).toEqual({ [state]: 1_000, [telemetry]: 1_000 })
  })

  it('delivers 1,000 of 1,000 commands that were published in one tick with a plain message', async () => {
    const at = await broker()
    const school = await client(at, 'alpha')
    const [commands, plain] = [topicOf('commands', 'alpha'), topicOf('confirmed', 'alpha')]
    const counts = { [commands]: 0, [plain]: 0 }
    school.on('message', topic => {
      counts[topic] = (counts[topic] ?? 0) + 1
    })
    await school.subscribeAsync([commands, plain], { qos: 1 })
    for (let round = 0; round < 1_000; round += 1) {
      const published = at.publishPacket({ topic: commands, payload: `{"round":${round}}`, qos: 1, retain: false })
      void at.publishPacket({ topic: plain, payload: `{"round":${round}}`, qos: 0, retain: false })
      if (round % 50 === 49) await published
    }
    await until('everything arrives', () => counts[commands] === 1_000 && counts[plain] === 1_000)
    expect(counts).toEqual({ [commands]: 1_000, [plain]: 1_000 })
  })

  it('delivers a message once to a client whose two subscriptions both match it', async () => {
    const at = await broker()
    const watcher = await client(at, 'watcher')
    const heard: string[] = []
    watcher.on('message', (_topic, payload) => heard.push(payload.toString()))
    await watcher.subscribeAsync([state, 'tsekh/v1/+/machines/+/state'], { qos: 1 })
    const school = await client(at, 'alpha')
    for (let round = 0; round < 100; round += 1) await school.publishAsync(state, String(round), { qos: 1 })
    await until('the last arrives', () => heard.at(-1) === '99')
    expect(heard).toEqual(Array.from({ length: 100 }, (_, round) => String(round)))
  })
})

describe('a subscriber that stops reading', () => {
  it('is cut off while the others lose nothing', async () => {
    const at = await broker({ limits: { stallMs: 300, publishPerSecond: 1e6, publishBurst: 1e6, bytesPerSecond: 1e9, bytesBurst: 1e9 } })
    const [frozen, lively] = [await client(at, 'watcher-frozen'), await client(at, 'watcher-lively')]
    for (const watcher of [frozen, lively]) await watcher.subscribeAsync(telemetry)
    let heard = 0
    let longestMs = 0
    let last = performance.now()
    lively.on('message', () => {
      heard += 1
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
    })
    ;(frozen.stream as unknown as Socket).pause()
    const school = await client(at, 'alpha')
    const payload = 'x'.repeat(4_000)
    const rounds = 40
    last = performance.now()
    for (let round = 0; round < rounds; round += 1) {
      for (let message = 0; message < 150; message += 1) school.publish(telemetry, payload)
      await new Promise(resolve => setTimeout(resolve, 25))
    }
    await until('the lively one has heard all', () => heard === rounds * 150)
    await until('the frozen one is gone', () => at.connections('@watcher-frozen') === 0)
    expect(at.connections('@watcher-lively')).toBe(1)
    expect(longestMs).toBeLessThan(2_000)
  })

  it('is cut off at once when what waits for it cannot be dropped', async () => {
    const at = await broker({ limits: { frozenBytes: 300_000, stallMs: 60_000 } })
    const school = await client(at, 'alpha')
    await school.subscribeAsync(topicOf('commands', 'alpha'), { qos: 1 })
    ;(school.stream as unknown as Socket).pause()
    for (let message = 0; message < 400 && at.connections('alpha') > 0; message += 1) {
      await at.publishPacket({ topic: topicOf('commands', 'alpha'), payload: 'x'.repeat(50_000), qos: 1, retain: false })
    }
    await until('it is gone', () => at.connections('alpha') === 0)
  })
})

describe('a flood', () => {
  it('is held back at the door: what comes through keeps to the rate, and others are heard at once', async () => {
    let flooded = 0
    let others = 0
    const at = await broker({
      limits: { publishPerSecond: 100, publishBurst: 50 },
      heard: ({ site }) => {
        if (site === 'alpha') flooded += 1
        else others += 1
      },
    })
    const flooder = await client(at, 'alpha')
    const honest = await client(at, 'beta')
    for (let message = 0; message < 5_000; message += 1) flooder.publish(telemetry, '{}')
    const began = performance.now()
    for (let message = 0; message < 20; message += 1) await honest.publishAsync(topicOf('events', 'beta'), '{}', { qos: 1 })
    await until('the honest one is heard', () => others === 20)
    const seconds = (performance.now() - began) / 1_000
    expect(flooded).toBeLessThan(50 + 100 * (seconds + 1))
  })

  it('that never lets up ends in a cut', async () => {
    const at = await broker({ limits: { publishPerSecond: 50, publishBurst: 10, floodMs: 300 } })
    const flooder = await client(at, 'alpha')
    const pressing = setInterval(() => {
      for (let message = 0; message < 50; message += 1) flooder.publish(telemetry, '{}')
    }, 20)
    try {
      await until('it is gone', () => at.connections('alpha') === 0)
    } finally {
      clearInterval(pressing)
    }
  })
})

describe('before anybody has logged in', () => {
  it('closes a connection that announces a CONNECT of 256 MB instead of collecting it', async () => {
    const at = await broker({ limits: { connectTimeoutMs: 600_000 } })
    const socket = await rawSocket(at)
    const closed = new Promise(resolve => socket.once('close', resolve))
    // CONNECT, remaining length 268,435,455.
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x04]))
    await closed
  })

  it('closes a connection that says nothing', async () => {
    const at = await broker({ limits: { connectTimeoutMs: 100 } })
    const socket = await rawSocket(at)
    await new Promise(resolve => socket.once('close', resolve))
  })

  it('takes no more connections than it may', async () => {
    const at = await broker({ limits: { connectionsMax: 2 } })
    await client(at, 'alpha')
    await client(at, 'beta')
    const third = await rawSocket(at)
    await new Promise(resolve => third.once('close', resolve))
  })

  it.for([
    ['a wrong password', { username: 'alpha', password: 'wrong' }],
    ['no name at all', { username: '', password: '' }],
    ['no promise of life (keep-alive 0)', { username: 'alpha', password: 'right', keepalive: 0 }],
  ] as const)('refuses %s', async ([, options]) => {
    const at = await broker()
    await expect(connectAsync(at.url, { reconnectPeriod: 0, ...options })).rejects.toThrow()
  })

  it('makes an address wait that has sent too many wrong passwords', async () => {
    const at = await broker()
    for (let attempt = 0; attempt < 60; attempt += 1) {
      await connectAsync(at.url, { username: 'alpha', password: 'wrong', reconnectPeriod: 0 }).catch(() => undefined)
    }
    await expect(connectAsync(at.url, { username: 'alpha', password: 'right', reconnectPeriod: 0 })).rejects.toThrow(/unavailable/i)
  })
})

describe('after the login', () => {
  it('closes a connection that announces a frame larger than any honest message', async () => {
    const at = await broker()
    const school = await client(at, 'alpha')
    const closed = new Promise<void>(resolve => school.once('close', () => resolve()))
    school.publish(topicOf('events', 'alpha'), Buffer.alloc(2_000_000), { qos: 1 })
    await closed
  })

  it('keeps no more retained topics of a site than it may, and keeps none of those that are not to be kept', async () => {
    const at = await broker({ limits: { machinesPerSiteMax: 3 } })
    const school = await client(at, 'alpha')
    for (let machine = 0; machine < 10; machine += 1) {
      await school.publishAsync(topicOf('machine', 'alpha', `machine-${machine}`), '{}', { qos: 1, retain: true })
    }
    await school.publishAsync(telemetry, '{}', { qos: 1, retain: true })
    const watcher = await client(at, 'watcher')
    const kept: string[] = []
    watcher.on('message', topic => kept.push(topic))
    await watcher.subscribeAsync(['tsekh/v1/+/machines/+/state', 'tsekh/v1/+/machines/+/telemetry'], { qos: 1 })
    await school.publishAsync(topicOf('telemetry', 'alpha', 'last'), '{}', { qos: 1 })
    const last = topicOf('telemetry', 'alpha', 'last')
    await until('the last and the kept arrive', () => kept.includes(last) && kept.length >= 4)
    expect(kept.filter(topic => topic !== last)).toEqual([0, 1, 2].map(machine => topicOf('machine', 'alpha', `machine-${machine}`)))
  })

  it('queues no more for an absent session than it may', async () => {
    const at = await broker({ limits: { sessionQueueMax: 5 } })
    const first = await client(at, 'alpha', { clientId: 'kept', clean: false })
    await first.subscribeAsync(topicOf('commands', 'alpha'), { qos: 1 })
    await first.endAsync()
    await until('it has left', () => at.connections('alpha') === 0)
    for (let message = 0; message < 20; message += 1) await at.publish('commands', 'alpha', { message })
    const heard: unknown[] = []
    const again = await connectAsync(at.url, {
      username: 'alpha',
      password: 'right',
      clientId: 'kept',
      clean: false,
      reconnectPeriod: 0,
      manualConnect: false,
    })
    open.push(() => again.endAsync(true))
    again.on('message', (_topic, payload) => heard.push(JSON.parse(payload.toString())))
    await at.publish('commands', 'alpha', { message: 'last' })
    await until('the last arrives', () => heard.some(one => JSON.stringify(one) === '{"message":"last"}'))
    expect(heard.length).toBeLessThanOrEqual(6)
  })

  it('lets no site take over the connection of another by its client id', async () => {
    const at = await broker()
    await client(at, 'alpha', { clientId: 'daemon' })
    await client(at, 'beta', { clientId: 'daemon' })
    await new Promise(resolve => setTimeout(resolve, 50))
    expect([at.connections('alpha'), at.connections('beta')]).toEqual([1, 1])
  })
})

describe('what MQTT 3.1.1 asks', () => {
  it('answers a refused subscription with 0x80 and lets the others of the packet stand', async () => {
    const at = await broker()
    const school = await client(at, 'alpha')
    const granted = await school
      .subscribeAsync([topicOf('commands', 'alpha'), topicOf('commands', 'beta')], { qos: 1 })
      .catch(() => 'refused')
    // MQTT.js turns any 0x80 into an error; what stands is shown by what arrives.
    expect(granted).toBe('refused')
    const heard: string[] = []
    school.on('message', topic => heard.push(topic))
    await at.publish('commands', 'beta', {})
    await at.publish('commands', 'alpha', {})
    await until('its own arrives', () => heard.length > 0)
    expect(heard).toEqual([topicOf('commands', 'alpha')])
  })

  it('refuses an empty client id with a session to come back to, with return code 2', async () => {
    const at = await broker()
    const socket = await rawSocket(at)
    const answer = new Promise<Buffer>(resolve => socket.once('data', resolve))
    const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
    // Flags 0xc0: user name, password, clean session 0 (MQTT 3.1.1, 3.1.2.3).
    const body = Buffer.concat([text('MQTT'), Buffer.from([4, 0xc0, 0, 30]), text(''), text('alpha'), text('right')])
    socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
    expect(await answer).toEqual(Buffer.from([0x20, 2, 0, 2]))
  })

  it.for([
    [0, 2, 0],
    [1, 2, 1],
    [1, 0, 0],
    [2, 1, 1],
  ] as const)('lowers a wildcard subscription of QoS %i hearing a message of QoS %i to QoS %i', async ([subscribed, published, heard]) => {
    const at = await broker()
    const watcher = await client(at, 'watcher')
    await watcher.subscribeAsync('tsekh/v1/+/machines/+/state', { qos: subscribed })
    const arrived = new Promise<number>(resolve => watcher.once('message', (_topic, _payload, packet) => resolve(packet.qos)))
    const school = await client(at, 'alpha')
    await school.publishAsync(state, '{}', { qos: published })
    expect(await arrived).toBe(heard)
  })
})
