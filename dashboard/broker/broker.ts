// The city's MQTT broker: Aedes over TCP (and TLS), behind doors that know every topic, and remedied where it loses or carries too much.
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import { type ReadTopic, type TopicName, topicOf, topics } from '../../protocols/contract/wire.ts'
import { createThrottle } from '../accounts/throttle.ts'
import { createDelivery, inside } from './delivery.ts'
import { type BrokerLimits, type Bucket, brokerLimits, createBucket } from './limits.ts'
import { type Login, mayPublish, maySubscribe } from './rights.ts'
import { boundSessions, type KeptSessions, type Persistence } from './sessions.ts'

export type BrokerOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  tls?: { port: number; certFile: string; keyFile: string }
  log: Logger
  /** Whose user name and password these are; answers at once. */
  login(username: string, password: string): Login | undefined
  /** A school said this on a topic it may use. The payload is not read yet. */
  heard(topic: ReadTopic, payload: Buffer): void
  /** A school gave a sign of life. */
  alive(site: string): void
  /** The last connection of a school is gone. */
  gone(site: string): void
  limits?: Partial<BrokerLimits>
  clock?: () => number
}

export type RunningBroker = {
  /** mqtt://host:port */
  url: string
  tlsUrl?: string
  /** Says something of the city's to a site; resolves when the broker has it. The payload is one of the topic's schema. */
  publish(name: TopicName, site: string, payload: unknown): Promise<void>
  /** For the tests of the remedies: any packet, as the broker itself. */
  publishPacket(packet: Pick<PublishPacket, 'topic' | 'payload' | 'qos' | 'retain'>): Promise<void>
  connections(site: string): number
  close(): Promise<void>
}

type Joined = { login: Login; messages: Bucket; bytes: Bucket; pressedSince: number | undefined }

const wrongTries = { tries: 60, windowMs: 60_000 }
/** Above every mark at which we drop or cut ourselves, so that Aedes never waits for one reader while all others wait for it. */
const writeBufferBytes = 4 * 1_048_576
const tidyMs = 60_000

/** MQTT 3.1.1, 3.2.2.3: the return codes of CONNACK. */
const identifierRejected = 2
const serverUnavailable = 3
const badLogin = 4

/** Starts the broker; resolves when it listens. */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { log, clock = Date.now } = options
  const limits = { ...brokerLimits, ...options.limits }
  const joined = new WeakMap<Client, Joined>()
  const clients = new Map<string, Set<Client>>()
  const nameless = new WeakSet<Client>()
  /** Retained topics by site. */
  const retained = new Map<string, Set<string>>()
  const wrong = createThrottle(wrongTries)
  let sessions: KeptSessions | undefined

  const cutOff = (client: Client, why: string): void => {
    if (client.conn.destroyed) return
    const login = joined.get(client)?.login
    log.warn({ client: client.id, site: login?.kind === 'school' ? login.site : undefined, why }, 'client cut off')
    client.conn.destroy()
  }

  const aedes = new Aedes({
    // With the default of 100, a hundred messages that wait for one reader stop everybody. Two flooding publishers, 2 busy cores: 13,000 to
    // 27,000 messages/s with 100, 40,000 to 44,000 with 0. What may wait is bounded per reader instead (delivery.ts).
    concurrency: 0,
    connectTimeout: limits.connectTimeoutMs,
    keepaliveLimit: limits.keepaliveLimitSeconds,
    maxTopicLevels: limits.topicLevelsMax,
    queueLimit: limits.queueLimit,
    maxInflightInbound: limits.inboundInFlightMax,
    drainTimeout: limits.stallMs,
    preConnect: (client, packet, done) => {
      // MQTT 3.1.1, 3.1.3.1: a client without a name cannot come back to its session; refused with 0x02 once we may answer.
      if (packet.clientId === '' && !packet.clean) nameless.add(client)
      done(null, true)
    },
    authenticate: (client, username, password, done) => {
      const address = addressOf(client)
      const refused = (returnCode: number, why: string) => {
        log.warn({ address, username, why }, 'connection refused')
        done(Object.assign(new Error(why), { returnCode }) as AuthenticateError, null)
      }
      if (nameless.has(client)) return refused(identifierRejected, 'no client id for a session to come back to')
      if (wrong.waitMs(address, clock()) > 0) return refused(serverUnavailable, 'too many wrong passwords from this address')
      const login = username === undefined || password === undefined ? undefined : options.login(username, password.toString())
      if (login === undefined) {
        wrong.failed(address, clock())
        return refused(badLogin, 'wrong user name or password')
      }
      const site = siteKey(login)
      // Ids are within a site: nobody takes another's connection over by guessing its name.
      Object.assign(client, { id: `${site}/${client.id}` })
      if (sessions?.joined(client.id, site, client.clean) === false) return refused(serverUnavailable, 'too many kept sessions')
      joined.set(client, {
        login,
        messages: createBucket(limits.publishPerSecond, limits.publishBurst),
        bytes: createBucket(limits.bytesPerSecond, limits.bytesBurst),
        pressedSince: undefined,
      })
      delivery.joined(client)
      done(null, true)
    },
    authorizeSubscribe: (client, subscription, done) => {
      const login = client === null ? undefined : joined.get(client)?.login
      if (login !== undefined && maySubscribe(login, subscription.topic)) return done(null, subscription)
      log.warn({ client: client?.id, topic: subscription.topic.slice(0, 200) }, 'subscription refused')
      // MQTT 3.1.1, 3.9.3: 0x80 in SUBACK, and the others of the same packet stand.
      done(null, null)
    },
    authorizePublish: (client, packet, done) => {
      const state = client === null ? undefined : joined.get(client)
      if (client === null || state === undefined) return done(new Error('not signed in'))
      const allowed = mayPublish(state.login, packet.topic)
      if ('why' in allowed) {
        log.warn({ client: client.id, topic: packet.topic.slice(0, 200), why: allowed.why }, 'publication refused')
        return done(new Error(allowed.why))
      }
      // Kept is only what the table keeps, and only for as many machines as a site has.
      if (packet.retain) packet.retain = topics[allowed.topic.name].retain && mayRetain(state.login, packet.topic)
      const waitMs = pressure(client, state, packet)
      if (waitMs === 0) done()
      else setTimeout(done, waitMs)
    },
    authorizeForward: (client, packet) => delivery.forward(client, packet),
  })
  const delivery = createDelivery(aedes, limits, cutOff, clock)

  function mayRetain(login: Login, topic: string): boolean {
    const kept = retained.get(siteKey(login)) ?? new Set()
    if (kept.size >= limits.machinesPerSiteMax && !kept.has(topic)) return false
    retained.set(siteKey(login), kept.add(topic))
    return true
  }

  /** How long this message waits at the door, ms. Whoever never lets up is cut off. */
  function pressure(client: Client, state: Joined, packet: PublishPacket): number {
    if (client.closed) return 0
    const now = clock()
    const waitMs = Math.max(state.messages.takeMs(1, now), state.bytes.takeMs(packet.payload.length, now))
    if (waitMs === 0) {
      state.pressedSince = undefined
      return 0
    }
    state.pressedSince ??= now
    if (now - state.pressedSince > limits.floodMs) cutOff(client, 'floods')
    return waitMs
  }

  aedes.on('publish', (packet, client) => {
    const login = client === null ? undefined : joined.get(client)?.login
    if (login?.kind !== 'school') return
    const allowed = mayPublish(login, packet.topic)
    if ('topic' in allowed) options.heard(allowed.topic, typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload)
  })
  aedes.on('ping', (_packet, client) => {
    const login = joined.get(client)?.login
    if (login?.kind === 'school') options.alive(login.site)
  })
  aedes.on('clientReady', client => {
    const login = joined.get(client)?.login
    if (login === undefined) return
    const key = siteKey(login)
    clients.set(key, (clients.get(key) ?? new Set()).add(client))
    log.info({ client: client.id, address: addressOf(client), clean: client.clean }, 'client joined')
  })
  aedes.on('clientDisconnect', client => {
    const login = joined.get(client)?.login
    if (login === undefined) return
    const key = siteKey(login)
    const rest = clients.get(key)
    rest?.delete(client)
    sessions?.left(client.id, clock())
    log.info({ client: client.id }, 'client left')
    if (rest?.size === 0) {
      clients.delete(key)
      if (login.kind === 'school') options.gone(login.site)
    }
  })
  aedes.on('clientError', (client, error) => log.debug({ client: client.id, why: error.message }, 'client connection broke'))
  aedes.on('connectionError', (client, error) =>
    log.debug({ address: addressOf(client), why: error.message }, 'connection broke before login'),
  )

  await aedes.listen()
  // Aedes makes its memory store in listen() and leaves it out of its types.
  sessions = boundSessions((aedes as Aedes & { persistence: Persistence }).persistence, limits)
  const expiring = setInterval(() => void sessions?.expire(clock()), tidyMs)

  const accept = (socket: Socket) => {
    socket.setNoDelay(true)
    guardFrames(aedes.handle(socket), limits, why => {
      log.warn({ address: socket.remoteAddress, why }, 'connection cut off')
      socket.destroy()
    })
  }
  const sockets = { highWaterMark: writeBufferBytes }
  const server = await listening(createTcpServer(sockets, accept), options.host, options.port, limits)
  const tls = options.tls
  const secure =
    tls &&
    (await listening(
      createTlsServer({ ...sockets, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, accept),
      options.host,
      tls.port,
      limits,
    ))

  const publishPacket: RunningBroker['publishPacket'] = packet =>
    new Promise((resolve, reject) => {
      aedes.publish({ ...packet, cmd: 'publish', dup: false }, error => (error ? reject(error) : resolve()))
    })

  return {
    url: `mqtt://${options.host}:${server.port}`,
    ...(secure && { tlsUrl: `mqtts://${options.host}:${secure.port}` }),
    publishPacket,
    publish: (name, site, payload) => {
      const { qos, retain } = topics[name]
      return publishPacket({ topic: topicOf(name, site), payload: Buffer.from(JSON.stringify(payload)), qos, retain })
    },
    connections: site => clients.get(site)?.size ?? 0,
    close: async () => {
      clearInterval(expiring)
      await new Promise<void>(resolve => aedes.close(resolve))
      await Promise.all([server.close(), secure?.close()])
    },
  }
}

/** Closes a connection that announces more bytes than it may, instead of collecting them. */
function guardFrames(client: Client, limits: BrokerLimits, refuse: (why: string) => void): void {
  const parser = inside(client)._parser
  const parse = parser.parse.bind(parser)
  parser.parse = chunk => {
    const left = parse(chunk)
    const limit = client.connecting || client.connected ? limits.frameBytes : limits.loginFrameBytes
    if (parser.packet.length > limit) refuse(`announced a frame of ${parser.packet.length} bytes, over ${limit}`)
    return left
  }
}

async function listening(server: Server, host: string, port: number, limits: BrokerLimits) {
  server.maxConnections = limits.connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

function siteKey(login: Login): string {
  // A site's id has no `@`: an observer can never stand in a school's place.
  return login.kind === 'school' ? login.site : `@${login.name}`
}

function addressOf(client: Client): string {
  return 'remoteAddress' in client.conn ? String(client.conn.remoteAddress) : ''
}
