// A process of `npm run bench -- city`: the naive city. Every half second the whole state of everything to everybody, as FDM Monster's SocketIoTask does.
// Same schools, same sockets, no rooms, no differences; it does nothing else: no store, no checks, no sign-in.
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Aedes } from 'aedes'
import { Server } from 'socket.io'
import type { MachineMessage, Telemetry } from '../protocols/contract/machine.ts'
import { eventBatchSchema, readTopic, topicOf } from '../protocols/contract/wire.ts'
import { stampKey } from './city-naive-frame.ts'

export type NaiveWord = { kind: 'ready'; url: string; brokerUrl: string } | { kind: 'size'; bytes: number }

/** FDM Monster's own pace. */
const everyMs = 500
/** Jobs shown a school: the newest. */
const jobsMax = 60

const machines: Record<string, MachineMessage & { telemetry?: Telemetry }> = {}
const jobs: Record<string, unknown[]> = {}
/** The last word of one machine: whoever gets the broadcast sees how old a figure is by then. */
let stamp = 0
const probe = 'school-001/printer-1'

const aedes = new Aedes({ concurrency: 0 })
await aedes.listen()
aedes.on('publish', packet => {
  const topic = readTopic(packet.topic)
  if (topic === undefined) return
  const payload: unknown = JSON.parse(packet.payload.toString())
  const key = `${topic.site}/${topic.machine}`
  if (topic.name === 'machine') machines[key] = { ...machines[key], ...(payload as MachineMessage) }
  else if (topic.name === 'telemetry') {
    const telemetry = payload as Telemetry
    if (key === probe) stamp = telemetry.at
    const known = machines[key]
    if (known) known.telemetry = telemetry
  } else if (topic.name === 'events') {
    const { events } = eventBatchSchema.parse(payload)
    jobs[topic.site] = [...(jobs[topic.site] ?? []), ...events.flatMap(event => (event.kind === 'job' ? [event.job] : []))].slice(-jobsMax)
    const number = events.at(-1)?.number ?? 0
    const confirmed = {
      topic: topicOf('confirmed', topic.site),
      payload: Buffer.from(JSON.stringify({ number })),
      qos: 1 as const,
      retain: true,
    }
    aedes.publish({ ...confirmed, cmd: 'publish', dup: false }, () => undefined)
  }
})
const broker = createTcpServer(socket => void aedes.handle(socket))
await new Promise<void>(resolve => broker.listen(0, '127.0.0.1', resolve))

const http = createServer()
const io = new Server(http, { serveClient: false, perMessageDeflate: false })
await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))

process.on('message', (message: 'begin' | 'size' | 'end') => {
  if (message === 'end') process.exit(0)
  // Only once everybody is in: beside its own broadcasts it does not let three hundred browsers join within a minute.
  if (message === 'begin') return void setInterval(() => io.emit('update', { [stampKey]: stamp, machines, jobs }), everyMs)
  const bytes = Buffer.byteLength(JSON.stringify({ [stampKey]: stamp, machines, jobs }))
  process.send?.({ kind: 'size', bytes } satisfies NaiveWord)
})
const portOf = (server: { address(): string | AddressInfo | null }) => (server.address() as AddressInfo).port
process.send?.({
  kind: 'ready',
  url: `http://127.0.0.1:${portOf(http)}`,
  brokerUrl: `mqtt://127.0.0.1:${portOf(broker)}`,
} satisfies NaiveWord)
