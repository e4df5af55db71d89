// A simulated machine that runs: firmware, wire, port and stumbles joined, driven by the real clock.
import type { Behaviour, Stumbling } from './behaviour.ts'
import { GrblMachine } from './grbl/machine.ts'
import type { GrblOptions } from './grbl/options.ts'
import type { GrblKind } from './grbl/variants.ts'
import { type Link, openLink } from './links.ts'
import type { DeviceState, Machine, MachineIo, Provocation } from './machine.ts'
import { MarlinMachine } from './marlin/machine.ts'
import type { MarlinOptions } from './marlin/options.ts'
import { createRandom } from './random.ts'
import type { Record } from './record.ts'
import { join, leave, rearm, type Sleeper } from './ticker.ts'
import { InboundWire, OutboundWire, type WireOptions } from './wire.ts'

type CommonOptions = {
  /** `tcp://127.0.0.1:0` (0 takes a free port) or `pty:///path`. */
  readonly listen: string
  /** How many times faster than life axes, heaters and waits are; Infinity: they take no time. The wire keeps its pace. */
  readonly speed?: number
  readonly wire?: WireOptions
  readonly behaviours?: readonly Behaviour[]
  readonly seed?: number
  /** Opening the port reboots the board, as DTR does on most of them. */
  readonly resetsOnOpen?: boolean
  /** Milliseconds (machine time) from reset to banner, deaf. */
  readonly bootMs?: number
  /** The sender is made to wait while the receive buffer is full (native USB, network); a UART loses bytes instead. */
  readonly flowControl?: boolean
}

export type DeviceOptions = CommonOptions &
  (
    | {
        readonly kind: GrblKind
        readonly settings?: Readonly<{ [name: string]: string | number }>
        readonly machine?: Omit<GrblOptions, 'settings' | 'instant' | 'bootSeconds'>
      }
    | { readonly kind: 'marlin'; readonly machine?: Partial<Omit<MarlinOptions, 'instant' | 'bootSeconds'>> }
  )

/** What a machine did to one of the bytes or lines that act at once. `atMs` is its arrival, in ms of performance.now(). */
export type UrgentListener = (what: number | string, atMs: number) => void

export class RunningDevice implements Sleeper, AsyncDisposable {
  readonly machine: Machine
  dueAtMs = Number.POSITIVE_INFINITY
  bytesIn = 0
  bytesOut = 0
  connections = 0
  /** Lines the device has said that began with ok. */
  oks = 0
  readonly #options: DeviceOptions
  readonly #speed: number
  readonly #epochMs: number
  readonly #behaviours: readonly Behaviour[]
  readonly #replying: readonly Behaviour[]
  readonly #random: () => number
  readonly #stumbling: Stumbling
  readonly #inbound: InboundWire
  readonly #outbound: OutboundWire
  readonly #encoder = new TextEncoder()
  readonly #urgent = new Set<UrgentListener>()
  readonly #chunks = new Set<(bytes: Uint8Array, atMs: number) => void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #later: { at: number; deed: () => void }[] = []
  #link: Link | undefined
  #address: string
  #lineCount = 0
  #turning = false
  #blocked = false
  #silent = false
  #stopped = false
  #turnAsked = false
  /** When the byte that is being handed over arrived: what it causes is dated by it. */
  #byteAtMs = Number.POSITIVE_INFINITY

  constructor(options: DeviceOptions) {
    this.#options = options
    this.#address = options.listen
    const speed = options.speed ?? 1
    this.#speed = Number.isFinite(speed) ? speed : 1
    this.#epochMs = performance.now()
    this.#behaviours = options.behaviours ?? []
    this.#replying = this.#behaviours.filter(behaviour => behaviour.reply !== undefined)
    this.#random = createRandom(options.seed ?? 1)
    this.#inbound = new InboundWire(options.wire ?? {})
    this.#outbound = new OutboundWire(options.wire ?? {})
    this.#stumbling = this.#makeStumbling()
    this.machine = makeMachine(options, this.#behaviours, this.#io())
  }

  /** `tcp://127.0.0.1:5001` or `pty:///path`. */
  get url(): string {
    return this.#link?.address ?? this.#address
  }

  /** What a host opens: "127.0.0.1:5001", or the path of the terminal. */
  get port(): string {
    return this.#link?.target ?? ''
  }

  get connected(): boolean {
    return this.#link?.connected ?? false
  }

  get executed(): Record {
    return this.machine.executed
  }

  get moved(): Record {
    return this.machine.moved
  }

  get overruns(): number {
    return this.machine.overruns
  }

  get maxBuffered(): number {
    return this.machine.maxBuffered
  }

  /** The machine as it is at this very moment. */
  state(): DeviceState {
    // Inside a behaviour's hook the machine is in mid-line and must not be driven further.
    if (!this.#turning) this.#turn(performance.now())
    return this.machine.state()
  }

  async plugIn(): Promise<void> {
    for (const behaviour of this.#behaviours) behaviour.start?.(this.#stumbling)
    const machine = this.machine
    if (machine instanceof GrblMachine || machine instanceof MarlinMachine) machine.begin()
    await this.plug()
    join(this)
    this.#turn(performance.now())
  }

  /** Offers the port (again), under another address if given. The machine ran on meanwhile. */
  async plug(address: string = this.#address): Promise<void> {
    this.#address = address
    if (this.#link !== undefined || this.#stopped) return
    this.#link = await openLink(address, {
      connected: () => {
        this.connections += 1
        this.#inbound.clear()
        this.#outbound.clear()
        if (this.#options.resetsOnOpen === true) this.machine.reset()
        this.#turn(performance.now())
      },
      disconnected: () => this.#inbound.clear(),
      bytes: chunk => this.#hear(chunk),
    })
    // A free port, once taken, is kept for the next plug.
    this.#address = this.#link.address
  }

  /** The cable is pulled: the port is gone, whoever had it open is cut off. */
  async unplug(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    await link?.close()
  }

  press(button: 'hold' | 'start' | 'reset' | 'continue'): void {
    this.provoke({ kind: 'button', button })
  }

  provoke(what: Provocation): void {
    this.machine.provoke(what)
    this.#soonTurn()
  }

  /** Reset line or power: the board boots. */
  reset(): void {
    this.machine.reset()
    this.#soonTurn()
  }

  /** Calls back for every realtime byte (a number) or emergency line (its command). Answers the way to stop that. */
  onByte(listener: UrgentListener): () => void {
    this.#urgent.add(listener)
    return () => this.#urgent.delete(listener)
  }

  /** Calls back for every piece of input as it reaches this process, before the wire's pace. */
  onChunk(listener: (bytes: Uint8Array, atMs: number) => void): () => void {
    this.#chunks.add(listener)
    return () => this.#chunks.delete(listener)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    leave(this)
    for (const timer of this.#timers) clearTimeout(timer)
    await this.unplug()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  wake(nowMs: number): void {
    this.#turn(nowMs)
  }

  #hear(chunk: Uint8Array): void {
    const nowMs = performance.now()
    for (const listener of this.#chunks) listener(chunk, nowMs)
    if (this.#silent) return
    let bytes = chunk
    for (const behaviour of this.#behaviours) bytes = behaviour.bytesIn?.(bytes, this.#stumbling) ?? bytes
    this.#inbound.push(bytes, nowMs - this.#outbound.latenessMs(nowMs))
    this.#turn(nowMs)
  }

  #seconds(ms: number): number {
    return ((ms - this.#epochMs) / 1000) * this.#speed
  }

  #milliseconds(seconds: number): number {
    return this.#epochMs + (seconds * 1000) / this.#speed
  }

  /** Lets everything happen that is due by now: bytes arrive, the machine lives, replies leave. */
  #turn(nowMs: number): void {
    if (this.#turning || this.#stopped) return
    this.#turning = true
    const { machine } = this
    do {
      this.#blocked = false
      this.#inbound.deliver(nowMs, (byte, atMs) => {
        if (this.#options.flowControl === true && machine.rxFree === 0 && byte < 0x80) {
          this.#blocked = true
          return false
        }
        this.bytesIn += 1
        this.#byteAtMs = atMs
        machine.receive(byte, this.#seconds(atMs))
        return true
      })
      this.#byteAtMs = Number.POSITIVE_INFINITY
      machine.advance(this.#seconds(nowMs))
    } while (this.#blocked && machine.rxFree > 0)
    this.#runLater()
    this.#flush(nowMs)
    this.#turning = false
    this.#schedule()
  }

  #runLater(): void {
    if (this.#later.length === 0) return
    const due = this.#later.filter(entry => entry.at <= this.machine.now)
    if (due.length === 0) return
    this.#later = this.#later.filter(entry => entry.at > this.machine.now)
    for (const entry of due) entry.deed()
  }

  #flush(nowMs: number): void {
    // What the machine said just now may leave just now: the clock has moved on a little meanwhile.
    const bytes = this.#outbound.take(nowMs)
    if (bytes === undefined) return
    let out = bytes
    for (const behaviour of this.#behaviours) out = behaviour.bytesOut?.(out, this.#stumbling) ?? out
    if (this.#silent || out.length === 0) return
    this.bytesOut += out.length
    this.#link?.write(out)
  }

  #schedule(): void {
    let due = this.#outbound.nextAtMs()
    if (!this.#blocked) due = Math.min(due, this.#inbound.nextAtMs())
    const machineAt = this.machine.nextAt()
    if (machineAt !== Number.POSITIVE_INFINITY) due = Math.min(due, this.#milliseconds(machineAt))
    for (const entry of this.#later) due = Math.min(due, this.#milliseconds(entry.at))
    this.dueAtMs = due
    rearm(this)
  }

  /** After something was asked from outside: at once, or at the end of the turn that is going on. */
  #soonTurn(): void {
    if (!this.#turning) this.#turn(performance.now())
    else if (!this.#turnAsked) {
      this.#turnAsked = true
      queueMicrotask(() => {
        this.#turnAsked = false
        this.#turn(performance.now())
      })
    }
  }

  #say(text: string): void {
    const atMs = Math.min(this.#milliseconds(this.machine.now), this.#byteAtMs)
    if (text.startsWith('ok')) this.oks += 1
    if (this.#replying.length === 0) {
      this.#outbound.push(this.#encoder.encode(text), atMs)
      return
    }
    for (const line of text.split(/(?<=\n)/)) this.#sayLine(line, atMs, 0)
  }

  #sayLine(line: string, atMs: number, from: number): void {
    const behaviour = this.#replying[from]
    if (behaviour?.reply === undefined) {
      this.#outbound.push(this.#encoder.encode(line), atMs)
      return
    }
    for (const piece of behaviour.reply(line, this.#stumbling)) this.#sayLine(piece.text, atMs + (piece.delayMs ?? 0), from + 1)
  }

  #io(): MachineIo {
    return {
      send: text => this.#say(text),
      lineTaken: line => {
        this.#lineCount += 1
        for (const behaviour of this.#behaviours) behaviour.lineTaken?.(this.#lineCount, line, this.#stumbling)
      },
      urgent: what => {
        if (this.#urgent.size === 0) return
        const atMs = this.#milliseconds(this.machine.now)
        for (const listener of this.#urgent) listener(what, atMs)
      },
    }
  }

  #makeStumbling(): Stumbling {
    const device = this
    return {
      random: this.#random,
      get linesTaken() {
        return device.#lineCount
      },
      provoke: what => device.provoke(what),
      reset: () => device.reset(),
      fallSilent(ms) {
        device.#silent = true
        if (ms === undefined) return
        device.#afterMachineMs(ms, () => {
          device.#silent = false
        })
      },
      vanish(ms, newAddress) {
        void device.unplug().then(() => {
          if (ms === undefined || device.#stopped) return
          const timer = setTimeout(() => {
            device.#timers.delete(timer)
            void device.plug(newAddress)
          }, ms)
          device.#timers.add(timer)
        })
      },
      later: (ms, deed) => device.#afterMachineMs(ms, deed),
      say(text) {
        device.#outbound.push(device.#encoder.encode(text), performance.now())
        device.#soonTurn()
      },
    }
  }

  #afterMachineMs(ms: number, deed: () => void): void {
    this.#later.push({ at: this.machine.now + ms / 1000, deed })
    this.#soonTurn()
  }
}

function makeMachine(options: DeviceOptions, behaviours: readonly Behaviour[], io: MachineIo): GrblMachine | MarlinMachine {
  const instant = options.speed === Number.POSITIVE_INFINITY
  const bootSeconds = (options.bootMs ?? 0) / 1000
  const changes = Object.assign({}, ...behaviours.map(behaviour => behaviour.machine ?? {})) as { banner?: boolean; bootError?: boolean }
  if (options.kind === 'marlin') return new MarlinMachine({ ...options.machine, ...changes, instant, bootSeconds }, io)
  const settings = options.settings ?? {}
  return new GrblMachine(options.kind, { ...options.machine, ...changes, settings, instant, bootSeconds }, io)
}

/** Starts a simulated machine; ends with `stop()` or `await using`. */
export async function startDevice(options: DeviceOptions): Promise<RunningDevice> {
  const device = new RunningDevice(options)
  await device.plugIn()
  return device
}
