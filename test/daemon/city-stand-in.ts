// A city made of an Aedes broker and a list: it keeps what a school sends, confirms by number, and its line can be cut in the middle of anything.

import type { AddressInfo } from 'node:net'
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { Aedes, type AedesPublishPacket } from 'aedes'
import { type Command, type Reply, replySchema } from '../../protocols/contract/command.ts'
import { type QueueForecast, queueForecastSchema } from '../../protocols/contract/forecast.ts'
import { machineMessageSchema, telemetrySchema } from '../../protocols/contract/machine.ts'
import {
  type Directory,
  type Event,
  eventBatchSchema,
  readTopic,
  type Status,
  statusSchema,
  topicOf,
} from '../../protocols/contract/wire.ts'

export class CityStandIn {
  readonly events: Event[] = []
  /** Every number received, in order of arrival, with those that came twice. */
  readonly arrived: number[] = []
  readonly statuses: Status[] = []
  readonly replies: Reply[] = []
  readonly forecasts: (QueueForecast & { retained: boolean })[] = []
  readonly states: { machine: string; state: string }[] = []
  readonly telemetry: { machine: string; at: number }[] = []
  confirming = true
  #broker: Aedes | undefined
  #server: Server | undefined
  #proxy: Server | undefined
  readonly #lines = new Set<Socket>()
  #brokerPort = 0
  port = 0
  readonly #site: string

  constructor(site: string) {
    this.#site = site
  }

  async start(): Promise<void> {
    await this.startBroker()
    const proxy = createTcpServer(socket => {
      const upstream = connect(this.#brokerPort, '127.0.0.1')
      for (const one of [socket, upstream]) {
        this.#lines.add(one)
        one.on('error', () => undefined)
        one.on('close', () => {
          this.#lines.delete(one)
          socket.destroy()
          upstream.destroy()
        })
      }
      socket.pipe(upstream).pipe(socket)
    })
    this.#proxy = proxy
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    this.port = (proxy.address() as AddressInfo).port
  }

  async startBroker(): Promise<void> {
    const broker = await Aedes.createBroker({ heartbeatInterval: 60_000 })
    this.#broker = broker
    broker.on('publish', (packet, client) => client && this.#hear(packet))
    const server = createTcpServer(socket => broker.handle(socket))
    this.#server = server
    await new Promise<void>(resolve => server.listen(this.#brokerPort, '127.0.0.1', resolve))
    this.#brokerPort = (server.address() as AddressInfo).port
  }

  /** Everything in memory of the broker is gone, as after a crash. */
  async stopBroker(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#broker?.close(() => resolve())
    await promise
    await new Promise<void>(done => (this.#server ? this.#server.close(() => done()) : done()))
  }

  /** Cuts every line, without a word. */
  cut(): void {
    for (const line of this.#lines) line.resetAndDestroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>(resolve => (this.#proxy ? this.#proxy.close(() => resolve()) : resolve()))
    await this.stopBroker()
  }

  command(command: Command): void {
    this.#publish(topicOf('commands', this.#site), command, false)
  }

  directory(directory: Directory): void {
    this.#publish(topicOf('directory', this.#site), directory, true)
  }

  confirm(number: number): void {
    this.#publish(topicOf('confirmed', this.#site), { number }, true)
  }

  /** Highest number up to which nothing is missing. */
  get stored(): number {
    return this.events.length
  }

  #publish(topic: string, payload: unknown, retain: boolean): void {
    this.#broker?.publish(
      { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(payload)), qos: 1, retain, dup: false },
      () => undefined,
    )
  }

  #hear(packet: AedesPublishPacket): void {
    const read = readTopic(packet.topic)
    if (read === undefined) throw new Error(`a school published ${packet.topic}`)
    const value: unknown = JSON.parse(packet.payload.toString())
    switch (read.name) {
      case 'status':
        this.statuses.push(statusSchema.parse(value))
        return
      case 'machine':
        this.states.push({ machine: read.machine ?? '', state: machineMessageSchema.parse(value).state.state })
        return
      case 'telemetry':
        this.telemetry.push({ machine: read.machine ?? '', at: telemetrySchema.parse(value).at })
        return
      case 'queue':
        this.forecasts.push({ ...queueForecastSchema.parse(value), retained: packet.retain })
        return
      case 'replies':
        this.replies.push(replySchema.parse(value))
        return
      case 'events': {
        for (const event of eventBatchSchema.parse(value).events) {
          this.arrived.push(event.number)
          if (event.number === this.stored + 1) this.events.push(event)
        }
        if (this.confirming) this.confirm(this.stored)
        return
      }
      default:
        throw new Error(`a school published ${packet.topic}`)
    }
  }
}
