// A serial line in time: every byte takes ten bits at the baud rate, and replies wait for the adapter's latency timer.
// Times are computed from when bytes could really have passed, never summed up from timers, so the average pace is exact.

export type WireOptions = {
  /** Bits per second, 10 bits a byte (8N1). Absent: bytes pass at once. */
  readonly baud?: number
  /** Milliseconds that a reply rests in the adapter before the host sees it (FTDI's "latency timer"). */
  readonly latencyMs?: number
  /** Milliseconds that the host's bytes rest before they reach the line. */
  readonly latencyInMs?: number
}

/** A timer's own lateness; more than that is a busy computer, which is not hidden. */
const timerLatenessMsMax = 2
/** What comes later than this after a reply is no answer to it. */
const answerMsMax = 10

type Parcel = { readonly bytes: Uint8Array; offset: number; readonly fromMs: number }

/** Reply bytes that may pile up for a host that does not read; more vanish, as they would on a real line. */
const outboundBytesMax = 1 << 20

/** Host → machine. */
export class InboundWire {
  readonly #byteMs: number
  readonly #latencyMs: number
  #parcels: Parcel[] = []
  #freeAtMs = 0

  constructor(options: WireOptions) {
    this.#byteMs = options.baud === undefined ? 0 : 10_000 / options.baud
    this.#latencyMs = options.latencyInMs ?? 0
  }

  push(bytes: Uint8Array, nowMs: number): void {
    if (bytes.length === 0) return
    const fromMs = Math.max(this.#freeAtMs, nowMs + this.#latencyMs)
    this.#freeAtMs = fromMs + bytes.length * this.#byteMs
    this.#parcels.push({ bytes, offset: 0, fromMs })
  }

  /**
   * Hands over every byte whose last bit has arrived by `nowMs`, in order, with the moment of its arrival.
   * `take` answers false when it cannot take the byte now (a line with flow control): the rest waits.
   */
  deliver(nowMs: number, take: (byte: number, atMs: number) => boolean): void {
    let parcel = this.#parcels[0]
    while (parcel !== undefined) {
      const { bytes, fromMs } = parcel
      while (parcel.offset < bytes.length) {
        const atMs = fromMs + (parcel.offset + 1) * this.#byteMs
        if (atMs > nowMs) return
        if (!take(bytes[parcel.offset] ?? 0, atMs)) return
        parcel.offset += 1
      }
      this.#parcels.shift()
      parcel = this.#parcels[0]
    }
  }

  /** When the next byte that can cause anything (a line's end, a realtime byte) or the end of what was sent arrives. */
  nextAtMs(): number {
    const parcel = this.#parcels[0]
    if (parcel === undefined) return Number.POSITIVE_INFINITY
    let index = parcel.offset
    while (index < parcel.bytes.length - 1 && !matters(parcel.bytes[index] ?? 0)) index += 1
    return parcel.fromMs + (index + 1) * this.#byteMs
  }

  get waiting(): number {
    let sum = 0
    for (const parcel of this.#parcels) sum += parcel.bytes.length - parcel.offset
    return sum
  }

  clear(): void {
    this.#parcels = []
    this.#freeAtMs = 0
  }
}

/** Line ends, `! ? ~`, control characters and everything above ASCII. */
function matters(byte: number): boolean {
  return byte < 0x20 || byte > 0x7d || byte === 0x3f || byte === 0x21
}

/** Machine → host. */
export class OutboundWire {
  readonly #byteMs: number
  readonly #latencyMs: number
  #parcels: { bytes: Uint8Array; atMs: number }[] = []
  #bytes = 0
  #freeAtMs = 0
  #lastAtMs = 0
  #takenAtMs = 0
  #lateMs = 0

  constructor(options: WireOptions) {
    this.#byteMs = options.baud === undefined ? 0 : 10_000 / options.baud
    this.#latencyMs = options.latencyMs ?? 0
  }

  /**
   * By how much the host saw the last reply later than it should, because timers count whole milliseconds.
   * What it answers to that reply is dated back by as much: the wire stays exact, the host's own slowness counts in full.
   */
  latenessMs(nowMs: number): number {
    return nowMs - this.#takenAtMs < answerMsMax ? Math.min(this.#lateMs, timerLatenessMsMax) : 0
  }

  /** Puts bytes on the line not before `fromMs`; the host sees them when the last has passed and the adapter lets go. */
  push(bytes: Uint8Array, fromMs: number): void {
    if (this.#bytes + bytes.length > outboundBytesMax) return
    this.#freeAtMs = Math.max(this.#freeAtMs, fromMs) + bytes.length * this.#byteMs
    this.#lastAtMs = Math.max(this.#lastAtMs, this.#freeAtMs + this.#latencyMs)
    this.#parcels.push({ bytes, atMs: this.#lastAtMs })
    this.#bytes += bytes.length
  }

  /** Everything that has reached the host's end by `nowMs`, as one piece; undefined when there is nothing. */
  take(nowMs: number): Uint8Array | undefined {
    let count = 0
    let size = 0
    for (const parcel of this.#parcels) {
      if (parcel.atMs > nowMs) break
      count += 1
      size += parcel.bytes.length
    }
    if (count === 0) return undefined
    const taken = this.#parcels.splice(0, count)
    this.#bytes -= size
    this.#takenAtMs = nowMs
    this.#lateMs = this.#byteMs > 0 ? nowMs - (taken.at(-1)?.atMs ?? nowMs) : 0
    if (taken.length === 1) return taken[0]?.bytes
    const joined = new Uint8Array(size)
    let at = 0
    for (const parcel of taken) {
      joined.set(parcel.bytes, at)
      at += parcel.bytes.length
    }
    return joined
  }

  nextAtMs(): number {
    return this.#parcels[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  clear(): void {
    this.#parcels = []
    this.#bytes = 0
    this.#freeAtMs = 0
    this.#lastAtMs = 0
  }
}
