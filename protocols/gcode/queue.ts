// The planner's queue of a firmware, in time: what it can see ahead, when lines arrive, how fast each block may go.

export type QueueOptions = {
  /** Blocks the firmware looks ahead, the one being executed among them. */
  readonly blocks: number
  /** Marlin never changes a block it has begun; Grbl plans on while the block runs. */
  readonly fixedAtStart: boolean
  /** Bytes per second of the wire; Infinity where the wire is no limit. */
  readonly bytesPerSecond: number
  /** Bytes the host may send ahead of the firmware's reading. */
  readonly windowBytes: number
  /** Seconds the controller needs for one line at least. */
  readonly lineSeconds: number
  /** Marlin waits this long with a first move for two more to come (BLOCK_DELAY_FOR_1ST_MOVE). */
  readonly firstDelaySeconds: number
}

/** Told when a block has ended, or the machine has stood for `stoodSeconds`: `offset` is the byte behind the line, `seconds` count from the start. */
export type Ended = (offset: number, seconds: number, stoodSeconds?: number) => void

/**
 * Grbl and Marlin plan alike: no block may enter faster than its junction allows nor faster than the blocks known behind it
 * can brake to a stop. The firmware finds this by a reverse pass over its ring at every new block. The same figure is
 * the smallest of (junction speed² of block j + what braking between here and j takes off), so a running minimum over
 * the window answers it in constant time, whatever the depth of the ring.
 */
export class MotionQueue {
  /** Seconds since the start at which the last finished block ended. */
  end = 0
  /** Seconds since the start at which the last line was read. */
  parsed = 0
  private readonly ended: Ended
  private readonly blocks: number
  private readonly fixedAtStart: boolean
  private readonly secondsPerByte: number
  private readonly leadSeconds: number
  private readonly lineSeconds: number
  private readonly firstDelay: number
  private wire = 0

  private readonly mask: number
  private readonly length: Float64Array
  private readonly acceleration: Float64Array
  private readonly nominal: Float64Array
  private readonly offsets: Float64Array
  private readonly ready: Float64Array
  /** Sum of 2·a·L of all blocks before this one since the last stop. */
  private readonly sum: Float64Array
  private sumEnd = 0
  private head = 0
  private tail = 0
  /** Speed² at which the newest block ends for want of a next one. */
  private stopSqr = 0

  // The running minimum: indices and keys of blocks, keys ascending.
  private readonly low: Float64Array
  private readonly lowKey: Float64Array
  private lowHead = 0
  private lowTail = 0

  /** Of the block at the head: its entry speed, and its fate once that is settled. */
  private entry = 0
  private locked = false
  private lockedExit = 0
  private lockedEnd = 0
  /** The first block after a stop begins no earlier. */
  private notBefore = 0

  // What plan() found for the head.
  private exit = 0
  private byStop = false
  private seconds = 0
  private brakeSeconds = 0

  constructor(options: QueueOptions, ended: Ended) {
    this.ended = ended
    this.blocks = options.blocks
    this.fixedAtStart = options.fixedAtStart
    this.secondsPerByte = 1 / options.bytesPerSecond
    this.leadSeconds = options.windowBytes * this.secondsPerByte
    this.lineSeconds = options.lineSeconds
    this.firstDelay = options.firstDelaySeconds
    let size = 4
    while (size < options.blocks + 2) size *= 2
    this.mask = size - 1
    this.length = new Float64Array(size)
    this.acceleration = new Float64Array(size)
    this.nominal = new Float64Array(size)
    this.offsets = new Float64Array(size)
    this.ready = new Float64Array(size)
    this.sum = new Float64Array(size)
    this.low = new Float64Array(size)
    this.lowKey = new Float64Array(size)
  }

  get count(): number {
    return this.tail - this.head
  }

  /** Blocks that the firmware may still change. */
  get waiting(): number {
    const count = this.tail - this.head
    return this.locked ? count - 1 : count
  }

  /** A line of `bytes` characters, frame and line feed included, has come over the wire. */
  receive(bytes: number): void {
    // The host may run ahead of the firmware by what lies in the receive buffer.
    let wire = this.wire
    const earliest = this.parsed - this.leadSeconds
    if (wire < earliest) wire = earliest
    wire += bytes * this.secondsPerByte
    this.wire = wire
    const parsed = this.parsed + this.lineSeconds
    this.parsed = parsed > wire ? parsed : wire
  }

  /** Waits as the firmware does until its ring has room. After it `count` and `waiting` are what the firmware sees. */
  makeRoom(): void {
    while (this.tail - this.head >= this.blocks) {
      this.finishHead()
      if (this.parsed < this.end) this.parsed = this.end
    }
    if (this.tail !== this.head) this.catchUp()
  }

  /**
   * One block, mm and seconds: `entryMaxSqr` is the square of the fastest speed at its beginning, `stopSqr` of the speed it may
   * end with when nothing follows. makeRoom() came before.
   */
  add(length: number, acceleration: number, nominal: number, entryMaxSqr: number, stopSqr: number, offset: number): void {
    const index = this.tail
    const at = index & this.mask
    if (index === this.head) {
      this.notBefore = this.parsed + this.firstDelay
      this.entry = Math.sqrt(entryMaxSqr)
    } else {
      // Marlin: enough moves are there, no need to wait any longer.
      if (index - this.head === 2 && this.notBefore > this.parsed) this.notBefore = this.parsed
      const key = entryMaxSqr + this.sumEnd
      while (this.lowTail > this.lowHead && (this.lowKey[(this.lowTail - 1) & this.mask] ?? 0) >= key) this.lowTail--
      this.low[this.lowTail & this.mask] = index
      this.lowKey[this.lowTail & this.mask] = key
      this.lowTail++
    }
    this.length[at] = length
    this.acceleration[at] = acceleration
    this.nominal[at] = nominal
    this.offsets[at] = offset
    this.ready[at] = this.parsed
    this.sum[at] = this.sumEnd
    this.sumEnd += 2 * acceleration * length
    this.stopSqr = stopSqr
    this.tail = index + 1
  }

  /** Everything queued is executed to the stop; nothing more is read meanwhile. */
  drain(): void {
    while (this.head !== this.tail) this.finishHead()
    if (this.parsed < this.end) this.parsed = this.end
    else this.end = this.parsed
  }

  /** The machine stands for so long. */
  stand(seconds: number, offset: number): void {
    this.drain()
    this.end += seconds
    this.parsed = this.end
    this.ended(offset, this.end, seconds)
  }

  /** Lets the blocks run until the moment the last line was read. */
  private catchUp(): void {
    while (this.head !== this.tail) {
      const start = this.startOfHead()
      if (this.fixedAtStart ? start > this.parsed : start >= this.parsed) return
      if (!this.locked) {
        this.plan()
        // Blocks that come before the braking begins still raise the speed at its end.
        if (!this.fixedAtStart && this.byStop && start + this.seconds - this.brakeSeconds > this.parsed) return
        this.lock(start)
      }
      if (this.lockedEnd > this.parsed) return
      this.finishHead()
    }
  }

  private startOfHead(): number {
    const ready = this.ready[this.head & this.mask] ?? 0
    let start = this.end > ready ? this.end : ready
    if (start < this.notBefore) start = this.notBefore
    return start
  }

  private lock(start: number): void {
    this.locked = true
    this.lockedExit = this.exit
    this.lockedEnd = start + this.seconds
  }

  private finishHead(): void {
    if (!this.locked) {
      this.plan()
      this.lock(this.startOfHead())
    }
    const at = this.head & this.mask
    this.end = this.lockedEnd
    this.entry = this.lockedExit
    this.locked = false
    this.head++
    this.ended(this.offsets[at] ?? 0, this.end)
    if (this.head === this.tail) {
      this.sumEnd = 0
      this.lowHead = this.lowTail
      this.entry = 0
      return
    }
    if (this.fixedAtStart) {
      this.plan()
      this.lock(this.startOfHead())
    }
  }

  /** How the block at the head would run with what is known now. */
  private plan(): void {
    const head = this.head
    const at = head & this.mask
    const mask = this.mask
    let lowHead = this.lowHead
    while (lowHead < this.lowTail && (this.low[lowHead & mask] ?? 0) <= head) lowHead++
    this.lowHead = lowHead
    const a = this.acceleration[at] ?? 1
    const length = this.length[at] ?? 0
    const v = this.nominal[at] ?? 1
    const energy = 2 * a * length
    const base = (this.sum[at] ?? 0) + energy
    let exitSqr = this.sumEnd - base + this.stopSqr
    this.byStop = true
    if (lowHead < this.lowTail) {
      const junction = (this.lowKey[lowHead & mask] ?? 0) - base
      if (junction < exitSqr) {
        exitSqr = junction
        this.byStop = false
      }
    }
    const entry = this.entry
    const entrySqr = entry * entry
    if (entrySqr + energy < exitSqr) {
      exitSqr = entrySqr + energy
      this.byStop = false
    }
    const vSqr = v * v
    if (exitSqr > vSqr) exitSqr = vSqr
    if (exitSqr < 0) exitSqr = 0
    let exit = Math.sqrt(exitSqr)
    // Braking cannot be steeper than the block allows (a speed carried into a short last block).
    if (entrySqr - energy > exitSqr) {
      exitSqr = entrySqr - energy
      exit = Math.sqrt(exitSqr)
    }
    const ramps = (2 * vSqr - entrySqr - exitSqr) / (2 * a)
    if (ramps <= length) {
      this.brakeSeconds = (v - exit) / a
      this.seconds = (2 * v - entry - exit) / a + (length - ramps) / v
    } else {
      const peak = Math.sqrt((energy + entrySqr + exitSqr) / 2)
      this.brakeSeconds = (peak - exit) / a
      this.seconds = (2 * peak - entry - exit) / a
    }
    this.exit = exit
  }
}
