// The school's line to the city: joins the broker again and again, for days if need be, and hands each connection to a Conversation.
import { connect, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { Status } from '../protocols/contract/wire.ts'
import { topicOf } from '../protocols/contract/wire.ts'
import { Conversation, type ConversationOptions } from './conversation.ts'
import type { CityWeb } from './fetch.ts'
import type { PicturePost } from './picture-post.ts'
import { Thinner } from './thinner.ts'

export type UplinkOptions = Omit<ConversationOptions, 'client'> & {
  readonly city: CityWeb & { readonly broker: string }
  readonly pictures: Pick<PicturePost, 'sendDue'>
  /** How far the city's clock is ahead of ours, told as soon as it is known. */
  readonly learnOffset: (offsetMs: number) => void
  readonly log: Logger
  /** First and longest wait between two tries, ms. */
  readonly retry?: { readonly first: number; readonly most: number }
}

const retryDefault = { first: 1_000, most: 60_000 }
/** A line that held so long was good: the next try may come at once again. */
const goodMs = 60_000
const keepaliveSeconds = 30
const connectTimeoutMs = 15_000
/** How long a farewell may take; the broker tells the last will otherwise. */
const farewellMs = 1_000
const telemetryGapMs = 1_000
const clockTimeoutMs = 5_000

export class Uplink {
  readonly #options: UplinkOptions
  readonly #thinner: Thinner
  readonly #stops: (() => void)[] = []
  #conversation: Conversation | undefined
  #client: MqttClient | undefined
  #timer: NodeJS.Timeout | undefined
  #delayMs: number
  #closed = false

  constructor(options: UplinkOptions) {
    this.#options = options
    this.#delayMs = (options.retry ?? retryDefault).first
    this.#thinner = new Thinner(telemetryGapMs, (machine, telemetry) => this.#conversation?.telemetry(machine, telemetry))
  }

  /** Is the city there and greeted? */
  get online(): boolean {
    return this.#conversation?.open === true
  }

  start(): void {
    const { machines, store } = this.#options
    this.#stops.push(
      store.watch(events => {
        this.#conversation?.eventsWaiting()
        if (events.some(({ kind }) => kind === 'counters')) this.#conversation?.care()
        if (this.online && events.some(({ kind }) => kind === 'order')) void this.#options.photos?.exchange()
      }),
      machines.watch({
        machine: (id, message) => {
          if (message.state.state === 'offline') this.#thinner.forget(id)
          this.#conversation?.machine(id, message)
        },
        telemetry: (id, telemetry) => {
          if (this.online) this.#thinner.offer(id, telemetry)
        },
      }),
    )
    this.#connect()
  }

  /** The queue's forecast says something new. */
  queue(): void {
    this.#conversation?.queue()
  }

  /** Says goodbye where the line allows it, and ends. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#thinner.close()
    for (const stop of this.#stops) stop()
    const { site, session } = this.#options
    const client = this.#client
    if (client === undefined) return
    if (client.connected) {
      const farewell: Status = { status: 'offline', site, session }
      const said = client.publishAsync(topicOf('status', site), JSON.stringify(farewell), { qos: 1, retain: true }).catch(() => undefined)
      await Promise.race([said, new Promise(resolve => setTimeout(resolve, farewellMs).unref())])
    }
    this.#conversation?.close()
    await client.endAsync(true).catch(() => undefined)
  }

  #connect(): void {
    if (this.#closed) return
    const { city, site, session, log } = this.#options
    const will: Status = { status: 'offline', site, session }
    const client = connect(city.broker, {
      clientId: `tsekh-${site}`,
      username: city.username,
      password: city.password,
      // What must not be lost is numbered and in our store; a session kept by the broker would only hold old orders.
      clean: true,
      protocolVersion: 4,
      keepalive: keepaliveSeconds,
      connectTimeout: connectTimeoutMs,
      // Each connection is a client of its own: nothing half-sent by the last one is replayed by the library.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: topicOf('status', site), payload: Buffer.from(JSON.stringify(will)), qos: 1, retain: true },
    })
    this.#client = client
    let joinedAt: number | undefined
    client.on('connect', () => {
      joinedAt = performance.now()
      log.info({ broker: city.broker }, 'joined the city')
      const conversation = new Conversation({ ...this.#options, client })
      this.#conversation = conversation
      void this.#learnClock()
      conversation.begin().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'the city was left before it was greeted')
        client.end(true)
      })
    })
    client.on('error', error => log.warn({ error: error.message, broker: city.broker }, 'the line to the city'))
    client.once('close', () => {
      this.#conversation?.close()
      this.#conversation = undefined
      client.removeAllListeners('connect')
      client.end(true)
      if (this.#closed) return
      const { first, most } = this.#options.retry ?? retryDefault
      if (joinedAt !== undefined) log.warn('the line to the city is cut')
      if (joinedAt !== undefined && performance.now() - joinedAt > goodMs) this.#delayMs = first
      // Jitter: after a power cut two thousand schools must not knock in one second.
      this.#timer = setTimeout(() => this.#connect(), this.#delayMs * (0.5 + Math.random() / 2))
      this.#delayMs = Math.min(this.#delayMs * 2, most)
    })
  }

  /** The city's clock from the Date of any of its answers: to the second, which is enough for expiries of 5 s and more. */
  async #learnClock(): Promise<void> {
    const { city, nowMs, learnOffset, log } = this.#options
    try {
      const before = nowMs()
      const response = await fetch(`${city.web}/api/v1/health`, { signal: AbortSignal.timeout(clockTimeoutMs) })
      await response.body?.cancel()
      const said = Date.parse(response.headers.get('date') ?? '')
      if (Number.isNaN(said)) return
      // The header drops the fraction of its second: half of one is the best guess.
      const offsetMs = Math.round(said + 500 - (before + nowMs()) / 2)
      learnOffset(offsetMs)
      if (Math.abs(offsetMs) > 5_000) log.warn({ offsetMs }, "the school's clock is not the city's")
    } catch (error) {
      log.debug({ error: messageOf(error) }, "the city's clock is not known")
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
