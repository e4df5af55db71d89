// The daemon's end of the machine room: finds it running or starts it, speaks Orders and Reports, survives its absence.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type MachineSetup, type Order, type Report, reportSchema } from '../protocols/contract/room.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { deny } from './words.ts'

type WithoutId<O> = O extends { id: string } ? Omit<O, 'id'> : never
/** An order that is answered, before it has its id. */
export type Errand = WithoutId<Order>

export type Snapshot = Extract<Report, { kind: 'snapshot' }>

/** What the room's client tells its owner, in the order it happened. */
export interface RoomListener {
  /** The room is there; reports that were missed follow. */
  snapshot(snapshot: Snapshot): void
  report(report: Report): void
  /** Everything missed has been told and the room knows our machines: orders are welcome. */
  settled(snapshot: Snapshot): void
  gone(): void
}

/** The room's process as far as we need it: whether it still lives, and how to end one that never greeted us. */
export type Launched = { readonly alive: () => boolean; readonly end: () => void }

export type RoomOptions = {
  readonly socketPath: string
  /** Starts a room that outlives us. */
  readonly launch: () => Launched
  readonly machines: () => MachineSetup[]
  /** The highest report in our store. */
  readonly confirmed: () => number
  readonly listener: RoomListener
  readonly log: Logger
  /** How long an order may go unanswered. */
  readonly answerMs?: number
}

/** A room says hello at once; one that does not is stuck or not a room. */
const helloMs = 5_000
/** Homing takes a minute on a large mill; an order unanswered for longer has failed. */
const answerDefaultMs = 120_000
/** A report with all of M503 is some 10 kB. */
const reportLengthMax = 4 * 1_048_576
/** A replay this long overdue is not going to come. */
const replayMs = 10_000
/** Cancelling waits for holds and heaters: the room itself takes 15 s at most. */
const shutdownMs = 20_000
const goneEveryMs = 20
const retryMs = { first: 50, most: 1_000 }
const launchMs = { first: 500, most: 30_000 }
/** A room that lived so long did not die of its start: the next may be started at once. */
const healthyMs = 60_000

type Waiting = { readonly settle: (fault: Denial | undefined) => void; readonly timer: NodeJS.Timeout }

export class Room {
  readonly #options: RoomOptions
  readonly #waiting = new Map<string, Waiting>()
  #socket: Socket | undefined
  /** Between snapshot and settled: the snapshot and the number whose report ends the replay. */
  #replay: { snapshot: Snapshot; machinesKnown: boolean; done: boolean; timer: NodeJS.Timeout } | undefined
  #connectedAt: number | undefined
  #pid: number | undefined
  #settled = false
  #closed = false
  /** The room was told to end: it is not to be started again. */
  #leaving = false
  #launched: Launched | undefined
  #launchDelayMs = 0
  #launchNotBefore = 0
  #retryDelayMs = retryMs.first
  #timer: NodeJS.Timeout | undefined

  constructor(options: RoomOptions) {
    this.#options = options
  }

  get settled(): boolean {
    return this.#settled
  }

  start(): void {
    this.#connect()
  }

  /**
   * Sends an order and waits for its answer. The bytes are handed to the system before this returns: a stop waits for nothing of ours.
   * Resolves with undefined when it was carried out, or with the room's fault, `room-away` or `room-silent`.
   */
  order(errand: Errand): Promise<Denial | undefined> {
    if (this.#socket === undefined || this.#connectedAt === undefined) return Promise.resolve(deny('room-away'))
    const id = randomUUID()
    this.#write({ ...errand, id } as Order)
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        resolve(deny('room-silent'))
        // Whether the job runs is now unknown; greeting each other anew is how we find out.
        if (errand.kind === 'run') this.#socket?.destroy()
      }, this.#options.answerMs ?? answerDefaultMs)
      timer.unref()
      const settle = (fault: Denial | undefined) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(fault)
      }
      this.#waiting.set(id, { settle, timer })
    })
  }

  /** Tells the room that reports up to this number are in our store. */
  confirm(number: number): void {
    if (this.#connectedAt !== undefined) this.#write({ kind: 'confirm', number })
  }

  /** Tells the room our machines anew, after they have changed. */
  declare(): Promise<Denial | undefined> {
    return this.order({ kind: 'machines', machines: this.#options.machines() })
  }

  /** Ends the room, its jobs cancelled first; resolves when it is gone or has had long enough. Reports are heard until then. */
  async shutdown(): Promise<void> {
    this.#leaving = true
    // A room that an earlier life of ours started and that is just being greeted is told, too.
    const greetedBy = performance.now() + helloMs
    while (this.#connectedAt === undefined && this.#socket?.destroyed === false && performance.now() < greetedBy) await delay(goneEveryMs)
    const ours = this.#launched?.alive() === true ? this.#launched : undefined
    if (this.#connectedAt === undefined) {
      if (ours === undefined) return
      ours.end()
    } else if (await this.order({ kind: 'shutdown', cancel: true })) return
    // It is gone when its process is: until then it still writes to its folder.
    const isGone = () => {
      if (ours !== undefined) return !ours.alive()
      return this.#pid === undefined ? this.#connectedAt === undefined : !isAlive(this.#pid)
    }
    const goneBy = performance.now() + shutdownMs
    while (!isGone() && performance.now() < goneBy) await delay(goneEveryMs)
  }

  /** Leaves the room alone; it goes on without us. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#replay?.timer)
    // What still waits is answered below, and must not bring both sides together any more: the store may be closed by then.
    this.#replay = undefined
    this.#socket?.destroy()
    for (const { settle } of [...this.#waiting.values()]) settle(deny('room-away'))
  }

  #connect(): void {
    if (this.#closed || this.#leaving) return
    const socket = connect(this.#options.socketPath)
    this.#socket = socket
    let helloTimer: NodeJS.Timeout | undefined
    socket.on('connect', () => {
      this.#write({ kind: 'hello', confirmed: this.#options.confirmed() })
      helloTimer = setTimeout(() => socket.destroy(new Error('the machine room does not answer')), helloMs)
    })
    readLines(socket, line => {
      const report = readReport(line)
      if (report === undefined) this.#options.log.warn({ line: line.slice(0, 200) }, 'the machine room said something we do not know')
      else if (report.kind === 'snapshot') {
        clearTimeout(helloTimer)
        this.#greet(report)
      } else this.#hear(report)
    })
    socket.on('error', error => {
      const absent = 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
      if (!absent) this.#options.log.warn({ error: error.message }, 'machine room: the connection failed')
      else this.#launchIfDead()
    })
    socket.on('close', () => {
      clearTimeout(helloTimer)
      this.#lose(socket)
    })
  }

  #lose(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    clearTimeout(this.#replay?.timer)
    this.#replay = undefined
    const wasThere = this.#connectedAt !== undefined
    if (this.#connectedAt !== undefined && performance.now() - this.#connectedAt > healthyMs) this.#launchDelayMs = 0
    this.#connectedAt = undefined
    this.#settled = false
    for (const { settle } of [...this.#waiting.values()]) settle(deny('room-away'))
    if (this.#closed || this.#leaving) return
    if (wasThere) {
      this.#options.log.warn('the machine room is gone')
      this.#options.listener.gone()
    }
    // A room that is starting is knocked at steadily; it opens its door within a second or two.
    const starting = this.#launched?.alive() === true
    this.#timer = setTimeout(() => this.#connect(), starting ? retryMs.first : this.#retryDelayMs)
    if (!starting) this.#retryDelayMs = Math.min(this.#retryDelayMs * 2, retryMs.most)
  }

  #launchIfDead(): void {
    const now = performance.now()
    if (this.#launched?.alive() || now < this.#launchNotBefore) return
    this.#launchDelayMs = this.#launchDelayMs === 0 ? launchMs.first : Math.min(this.#launchDelayMs * 2, launchMs.most)
    this.#launchNotBefore = now + this.#launchDelayMs
    this.#options.log.info({ socket: this.#options.socketPath }, 'starting the machine room')
    this.#launched = this.#options.launch()
    this.#retryDelayMs = retryMs.first
  }

  #greet(snapshot: Snapshot): void {
    this.#pid = snapshot.pid
    this.#connectedAt = performance.now()
    this.#retryDelayMs = retryMs.first
    const timer = setTimeout(() => this.#replayed(), replayMs)
    timer.unref()
    this.#replay = { snapshot, machinesKnown: false, done: false, timer }
    this.#options.listener.snapshot(snapshot)
    if (snapshot.lastNumber <= this.#options.confirmed()) this.#replayed()
    void this.declare().then(fault => {
      if (fault && fault.code !== 'room-away') this.#options.log.error({ fault }, 'the machine room does not take our machines')
      if (this.#replay?.snapshot !== snapshot) return
      this.#replay.machinesKnown = true
      this.#settle()
    })
  }

  #replayed(): void {
    if (this.#replay === undefined) return
    clearTimeout(this.#replay.timer)
    this.#replay.done = true
    this.#settle()
  }

  #settle(): void {
    if (!this.#replay?.done || !this.#replay.machinesKnown) return
    const { snapshot } = this.#replay
    this.#replay = undefined
    this.#settled = true
    this.#options.listener.settled(snapshot)
  }

  #hear(report: Report): void {
    if (report.kind === 'answer') {
      this.#waiting.get(report.id)?.settle(report.fault)
      return
    }
    this.#options.listener.report(report)
    if (this.#replay && 'number' in report && report.number >= this.#replay.snapshot.lastNumber) this.#replayed()
  }

  #write(order: Order): void {
    this.#socket?.write(`${JSON.stringify(order)}\n`)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  try {
    // One that has ended and that nobody has buried yet still takes signals.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return process.platform !== 'linux'
  }
}

function readReport(line: string): Report | undefined {
  try {
    const read = reportSchema.safeParse(JSON.parse(line))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** Calls `take` with each line. A line beyond the bound ends the connection: what sends such a thing is not a machine room. */
function readLines(socket: Socket, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  socket.on('data', chunk => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(line)
    if (rest.length > reportLengthMax) socket.destroy(new Error('a line without an end'))
  })
}
