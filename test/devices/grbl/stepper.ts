// Motion in time: planned blocks are cut into segments of a hundredth of a second, a few are kept ahead, and they run.
// As in Grbl, a block leaves the planner when its last segment is prepared, up to 50 ms before the axes get there.
import { Profile } from '../motion/profile.ts'
import type { Block, Planner } from './planner.ts'
import type { Vector } from './settings.ts'

/** One segment's time, and how many are kept prepared (Grbl: 100 Hz, a ring of six with one slot free). */
const segmentSeconds = 0.01
const segmentsAhead = 5

type Segment = { readonly seconds: number; readonly block: Block; readonly fromMm: number; readonly toMm: number; readonly speed: number }

export class Stepper {
  #planner: Planner
  #segments: Segment[] = []
  #segmentAt = 0
  #profile: Profile | undefined
  #profileTime = 0
  #speed = 0
  #position: Vector = [0, 0, 0]
  #holding = false
  #running = false
  #preparing: Block | undefined
  /** Device seconds in which the axes moved. */
  motionSeconds = 0
  blocksRun = 0

  constructor(planner: Planner) {
    this.#planner = planner
  }

  get running(): boolean {
    return this.#running
  }

  /** mm/s at the end of what is prepared: what Grbl reports as the current feed. */
  get speed(): number {
    return this.#running ? this.#speed : 0
  }

  /** The block that moves now. */
  get current(): Block | undefined {
    return this.#segments[0]?.block
  }

  /** Speed of the segment that runs now, mm/s. */
  get segmentSpeed(): number {
    return this.#segments[0]?.speed ?? 0
  }

  /** Speed at the front of preparation of the planner's first block, if that has begun. */
  get frontSpeed(): number | undefined {
    return this.#preparing !== undefined && this.#preparing === this.#planner.blocks[0]
      ? this.#speed
      : this.#segments.length > 0
        ? this.#speed
        : undefined
  }

  /** Where the axes are at `now`. */
  position(now: number): Vector {
    const segment = this.#segments[0]
    if (segment === undefined) return [...this.#position]
    const part = segment.seconds > 0 ? Math.min(1, Math.max(0, (now - this.#segmentAt) / segment.seconds)) : 1
    return along(segment.block, segment.fromMm + (segment.toMm - segment.fromMm) * part)
  }

  setPosition(position: Readonly<Vector>): void {
    this.#position = [...position]
  }

  /** Cycle start. */
  start(now: number): void {
    if (this.#running || this.#planner.blocks.length === 0) return
    this.#holding = false
    this.#running = true
    this.#segmentAt = now
    this.#speed = 0
    this.#profile = undefined
    this.#planner.replan(undefined)
    this.prepare()
  }

  /** Begins to brake at the end of what is prepared. */
  hold(): void {
    if (!this.#running) return
    this.#holding = true
    this.#profile = undefined
    this.prepare()
  }

  /** The planner has a new block or new speeds. */
  replanned(): void {
    this.#planner.replan(this.frontSpeed)
    this.#profile = undefined
    if (this.#running) this.prepare()
  }

  /** Cuts the motors off: the axes stay where they are at `now`. */
  kill(now: number): void {
    this.#position = this.position(now)
    this.#segments = []
    this.#running = false
    this.#holding = false
    this.#profile = undefined
    this.#preparing = undefined
    this.#speed = 0
  }

  /** When the running segment ends. */
  nextAt(): number {
    const segment = this.#segments[0]
    return segment === undefined ? Number.POSITIVE_INFINITY : this.#segmentAt + segment.seconds
  }

  /** Ends the running segment at its time. Answers true when this was the last one: the cycle stops. */
  step(): boolean {
    const segment = this.#segments.shift()
    if (segment === undefined) return false
    this.#segmentAt += segment.seconds
    this.motionSeconds += segment.seconds
    this.#position = along(segment.block, segment.toMm)
    if (segment.block.length - segment.toMm < 1e-9) this.blocksRun += 1
    this.prepare()
    if (this.#segments.length > 0) return false
    this.#running = false
    this.#holding = false
    this.#speed = 0
    this.#profile = undefined
    this.#preparing = undefined
    return true
  }

  /** Fills the segment buffer from the planner. */
  prepare(): void {
    while (this.#running && this.#segments.length < segmentsAhead) {
      const block = this.#planner.blocks[0]
      if (block === undefined) return
      if (this.#holding && this.#speed === 0) return
      this.#preparing = block
      let profile = this.#profile
      if (profile === undefined) {
        profile = this.#holding
          ? Profile.brake(this.#speed, block.acceleration, block.left)
          : Profile.plan(this.#speed, block.nominal, this.#planner.exitSpeed(), block.acceleration, block.left)
        this.#profile = profile
        this.#profileTime = 0
      }
      const done = block.length - block.left
      const before = profile.mmAt(this.#profileTime)
      let until = this.#profileTime + segmentSeconds
      // A rest of less than a microsecond is rounding, not a segment.
      if (until > profile.seconds - 1e-6) until = profile.seconds
      const ends = until === profile.seconds
      const seconds = until - this.#profileTime
      const advance = profile.mmAt(until) - before
      const reachesEnd = ends && profile.mm >= block.left + before - 1e-9
      const toMm = reachesEnd ? block.length : done + advance
      this.#speed = profile.speedAt(until)
      this.#profileTime = until
      this.#segments.push({ seconds, block, fromMm: done, toMm, speed: seconds > 0 ? (toMm - done) / seconds : 0 })
      block.left = block.length - toMm
      if (reachesEnd) {
        this.#planner.blocks.shift()
        this.#profile = undefined
        this.#preparing = undefined
      } else if (ends) {
        // A hold has braked to a stand inside the block; the rest waits for cycle start.
        this.#profile = undefined
        this.#speed = 0
        return
      }
    }
  }
}

function along(block: Block, mm: number): Vector {
  if (mm >= block.length) return [...block.to]
  return [block.from[0] + block.unit[0] * mm, block.from[1] + block.unit[1] * mm, block.from[2] + block.unit[2] * mm]
}
