// One connection's talk with the city (DESIGN §5): birth, states, telemetry, numbered events until they are confirmed, commands and replies.
import type { MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { CarePlans } from '../protocols/contract/care.ts'
import { type Command, commandSchema, type Reply } from '../protocols/contract/command.ts'
import type { QueueForecast } from '../protocols/contract/forecast.ts'
import type { OpenHours } from '../protocols/contract/hours.ts'
import { tokenSchema } from '../protocols/contract/ids.ts'
import type { MachineMessage, Telemetry } from '../protocols/contract/machine.ts'
import { confirmedSchema, directorySchema, readTopic, type Status, type TopicName, topicOf, topics } from '../protocols/contract/wire.ts'
import type { Desk } from './desk.ts'
import type { Machines } from './machines.ts'
import type { People } from './people.ts'
import type { PhotoPost } from './photo-post.ts'
import type { PicturePost } from './picture-post.ts'
import type { Store } from './store.ts'
import { deny } from './words.ts'

export type ConversationOptions = {
  readonly client: MqttClient
  readonly site: string
  readonly name: string
  readonly session: string
  readonly version: string
  readonly hours?: OpenHours | undefined
  readonly store: Store
  readonly machines: Machines
  readonly desk: Pick<Desk, 'execute'>
  readonly people: Pick<People, 'learn'>
  readonly pictures: Pick<PicturePost, 'sendDue'>
  /** The queue's forecast as last reckoned. */
  readonly forecast?: () => QueueForecast | undefined
  readonly photos?: Pick<PhotoPost, 'exchange'>
  /** The machines' maintenance plans and hours. */
  readonly care?: () => CarePlans
  readonly nowMs: () => number
  readonly log: Logger
  /** A batch unconfirmed for so long is sent again. */
  readonly confirmMs?: number
}

const confirmDefaultMs = 15_000
/** One batch: few enough bytes for a bad line, many enough events to catch up with after three days. */
const batch = { count: 500, bytes: 128 * 1024 }
/** With so much unsent on the line, telemetry is left out: it would only be late. */
const lineFullBytes = 64 * 1024
const payloadMax = 4 * 1_048_576
/** Pictures are for whoever reads the reply: they go first, if they do not take long. */
const picturesFirstMs = 1_500

/** `sending`: a retained state is on its way; what follows it waits, or the broker drops the state (Aedes forgets what was overtaken). */
type StateLane = { sending: boolean; next?: MachineMessage; telemetry?: Telemetry }

export class Conversation {
  readonly #options: ConversationOptions
  readonly #lanes = new Map<string, StateLane>()
  #open = false
  #closed = false
  /** The batch on its way: sent after `from`, up to and with `to`. */
  #sent: { readonly from: number; readonly to: number } | undefined
  #resend: NodeJS.Timeout | undefined
  #complained = false
  #queueSending = false
  #queueSent: QueueForecast | undefined
  #careSending = false
  #careSent = ''

  constructor(options: ConversationOptions) {
    this.#options = options
  }

  /** Greeted: the birth and all states have arrived at the broker. */
  get open(): boolean {
    return this.#open
  }

  /** Birth first, then every machine's state, then what waited. Rejects when the line breaks meanwhile. */
  async begin(): Promise<void> {
    const { client, site, name, session, version, store, machines, nowMs } = this.#options
    client.on('message', (topic, payload) => this.#hear(topic, payload))
    const granted = await client.subscribeAsync(
      (['commands', 'confirmed', 'directory'] as const).map(topic => topicOf(topic, site)),
      { qos: 1 },
    )
    for (const { topic, qos } of granted) if (qos === 128) throw new Error(`the city does not let us listen to ${topic}`)
    const birth: Status = {
      status: 'online',
      site,
      name,
      session,
      version,
      clock: nowMs(),
      ...(this.#options.hours && { hours: this.#options.hours }),
      machines: machines.ids,
      lastEvent: store.lastNumber,
    }
    await this.#publish('status', birth)
    await Promise.all(machines.messages().map(message => this.#publish('machine', message, message.declaration.id)))
    this.#open = true
    // What changed between the snapshot above and now.
    for (const message of machines.messages()) this.machine(message.declaration.id, message)
    for (const id of machines.ids) {
      const telemetry = machines.telemetry(id)
      if (telemetry) this.telemetry(id, telemetry)
    }
    this.eventsWaiting()
    this.queue()
    this.care()
    void this.#options.photos?.exchange()
  }

  machine(id: string, message: MachineMessage): void {
    if (!this.#open) return
    const lane = this.#lane(id)
    lane.next = message
    if (!lane.sending) void this.#drive(id, lane)
  }

  telemetry(id: string, telemetry: Telemetry): void {
    if (!this.#open) return
    const lane = this.#lane(id)
    if (lane.sending) {
      lane.telemetry = telemetry
      return
    }
    const { client, site } = this.#options
    if (client.stream.writableLength > lineFullBytes) return
    client.publish(topicOf('telemetry', site, id), JSON.stringify(telemetry), { qos: topics.telemetry.qos })
  }

  /** There is a new forecast, or one the city has not got. What is overtaken on its way is left out. */
  queue(): void {
    const forecast = this.#options.forecast?.()
    if (!this.#open || this.#queueSending || forecast === undefined || forecast === this.#queueSent) return
    this.#queueSending = true
    this.#queueSent = forecast
    this.#publish('queue', forecast)
      .then(() => {
        this.#queueSending = false
        this.queue()
      })
      // The line is gone; the next birth tells it anew.
      .catch(() => undefined)
  }

  /** The plans or the hours may have changed. What is overtaken on its way is left out. */
  care(): void {
    const plans = this.#options.care?.()
    if (!this.#open || this.#careSending || plans === undefined) return
    const text = JSON.stringify(plans)
    if (text === this.#careSent) return
    this.#careSending = true
    this.#careSent = text
    this.#publish('care', plans)
      .then(() => {
        this.#careSending = false
        this.care()
      })
      // The line is gone; the next birth tells it anew.
      .catch(() => undefined)
  }

  /** There may be events the city has not got. One batch is on its way at a time. */
  eventsWaiting(): void {
    if (!this.#open || this.#closed || this.#sent !== undefined) return
    const { store, session, confirmMs = confirmDefaultMs } = this.#options
    const from = this.#confirmed()
    const events = store.eventsAfter(from, batch.count, batch.bytes)
    const last = events.at(-1)
    if (last === undefined) {
      // The city knows every job there is: it takes their pictures, too.
      void this.#options.pictures.sendDue()
      return
    }
    this.#sent = { from, to: last.number }
    this.#resend = setTimeout(() => {
      this.#sent = undefined
      this.eventsWaiting()
    }, confirmMs).unref()
    // A broken line ends this conversation; the next one sends the batch again.
    this.#publish('events', { session, events }).catch(() => undefined)
  }

  close(): void {
    this.#open = false
    this.#closed = true
    clearTimeout(this.#resend)
  }

  #lane(id: string): StateLane {
    const lane = this.#lanes.get(id) ?? { sending: false }
    this.#lanes.set(id, lane)
    return lane
  }

  async #drive(id: string, lane: StateLane): Promise<void> {
    lane.sending = true
    try {
      while (lane.next !== undefined && !this.#closed) {
        const message = lane.next
        delete lane.next
        await this.#publish('machine', message, id)
      }
    } catch {
      // The line is gone; the next birth tells all states anew.
      return
    } finally {
      lane.sending = false
    }
    const { telemetry } = lane
    delete lane.telemetry
    if (telemetry) this.telemetry(id, telemetry)
  }

  #confirmed(): number {
    return Number(this.#options.store.note('city-confirmed') ?? 0)
  }

  #hear(topic: string, payload: Buffer): void {
    const { site, log } = this.#options
    const read = readTopic(topic)
    if (this.#closed || read === undefined || read.site !== site || payload.length > payloadMax) return
    const value = readJson(payload)
    switch (read.name) {
      case 'commands':
        // The city repeats what is not answered: rejected unheard, one broken command would end the process again and again.
        this.#command(value).catch((error: unknown) => log.error({ error }, 'a command of the city broke'))
        return
      case 'confirmed': {
        const confirmed = confirmedSchema.safeParse(value)
        if (confirmed.success) this.#settleTo(confirmed.data.number)
        else log.warn({ topic }, 'the city said something we cannot read')
        return
      }
      case 'directory': {
        const directory = directorySchema.safeParse(value)
        if (!directory.success) log.warn({ topic }, 'the city said something we cannot read')
        else if (this.#options.people.learn(directory.data)) log.info({ version: directory.data.version }, 'a new directory')
        return
      }
      default:
        return
    }
  }

  /** The city's store has everything up to here. A lower number than we knew is right too: then it lost something and wants it again. */
  #settleTo(number: number): void {
    const { store, log } = this.#options
    if (number > store.lastNumber && !this.#complained) {
      this.#complained = true
      log.error({ confirmed: number, ours: store.lastNumber }, 'the city has events we never wrote: was the data folder replaced?')
    }
    if (number !== this.#confirmed()) store.putNote('city-confirmed', String(number))
    // The retained word from before this batch: the batch is still on its way.
    if (this.#sent?.from === number) return
    clearTimeout(this.#resend)
    this.#sent = undefined
    this.eventsWaiting()
  }

  async #command(value: unknown): Promise<void> {
    const { desk, log, nowMs, pictures } = this.#options
    const read = commandSchema.safeParse(value)
    if (!read.success) {
      const id = tokenSchema.safeParse((value as { id?: unknown } | undefined)?.id)
      log.warn({ issues: read.error.issues.slice(0, 3) }, 'a malformed command')
      if (!id.success) return
      const detail = read.error.issues[0]?.message ?? ''
      await this.#reply({ outcome: 'refused', command: id.data, at: nowMs(), denial: deny('bad-command', { detail }) })
      return
    }
    const command: Command = read.data
    const reply = await desk.execute(command, 'city', accepted => void this.#reply(accepted))
    const pictured = ['program.check', 'job.submit', 'job.mend', 'job.plate'].includes(command.ask.kind)
    const asked = 'sha256' in command.ask ? [command.ask.sha256] : []
    if (pictured) await Promise.race([pictures.sendDue(...asked), new Promise(resolve => setTimeout(resolve, picturesFirstMs).unref())])
    await this.#reply(reply)
  }

  /** A reply that is lost is asked for again: the city repeats a command until it is answered. */
  async #reply(reply: Reply): Promise<void> {
    if (!this.#closed) await this.#publish('replies', reply).catch(() => undefined)
  }

  async #publish(name: TopicName, payload: unknown, machine?: string): Promise<void> {
    const { qos, retain } = topics[name]
    await this.#options.client.publishAsync(topicOf(name, this.#options.site, machine), JSON.stringify(payload), { qos, retain })
  }
}

function readJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return undefined
  }
}
