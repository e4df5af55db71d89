// Marlin's look-ahead: block speeds and corners by junction deviation or classic jerk, and the trapezoids that are run.
// Unlike Grbl, a block that has begun keeps its end speed: what comes later cannot speed it up any more.
import { Profile } from '../motion/profile.ts'
import type { Axes, MarlinMotion } from './options.ts'

export type MarlinBlock = {
  readonly from: Axes
  readonly to: Axes
  readonly delta: Axes
  readonly mm: number
  readonly nominal: number
  readonly acceleration: number
  readonly unit: Axes
  readonly slowest: number
  entryMax: number
  entry: number
  /** Its entry is the fixed end of a block that runs already. */
  frozen: boolean
}

type Motion = { -readonly [K in keyof MarlinMotion]: MarlinMotion[K] }

/** Planner.h: a corner is never slower than this, mm/s; the last block ends with it. */
const minimumSpeed = 0.05
/** Stepper.cpp: no block begins or ends below this many steps a second. */
const minimumStepRate = 120
/** The first move of an empty queue waits this long for company, unless three are there (BLOCK_DELAY_FOR_1ST_MOVE). */
const firstMoveSeconds = 0.1
const companyBlocks = 3
/** M205 B: with a queue less than half full, blocks shorter than this are stretched (SLOWDOWN). */
const minimumSegmentSeconds = 0.02

export class MarlinPlanner {
  readonly size: number
  readonly motion: Motion
  readonly blocks: MarlinBlock[] = []
  blocksRun = 0
  motionSeconds = 0
  ranDry = 0
  #profile: Profile | undefined
  #startedAt = 0
  #startAt = Number.POSITIVE_INFINITY
  #steps: Axes = [0, 0, 0, 0]
  #last: MarlinBlock | undefined
  #position: Axes = [0, 0, 0, 0]

  constructor(motion: MarlinMotion, size: number) {
    this.motion = { ...motion }
    this.size = size
  }

  get full(): boolean {
    return this.blocks.length >= this.size - 1
  }

  get free(): number {
    return this.size - 1 - this.blocks.length
  }

  get busy(): boolean {
    return this.blocks.length > 0
  }

  get moving(): boolean {
    return this.#profile !== undefined
  }

  /** Where the planned path ends. */
  get end(): Axes {
    const per = this.motion.stepsPerMm
    return [this.#steps[0] / per[0], this.#steps[1] / per[1], this.#steps[2] / per[2], this.#steps[3] / per[3]]
  }

  setPosition(position: Readonly<Axes>): void {
    const per = this.motion.stepsPerMm
    this.#steps = [0, 1, 2, 3].map(axis => Math.round((position[axis] ?? 0) * (per[axis] ?? 1))) as Axes
    this.#position = this.end
  }

  position(now: number): Axes {
    const block = this.blocks[0]
    if (block === undefined || this.#profile === undefined) return [...this.#position]
    const part = Math.min(1, this.#profile.mmAt(now - this.#startedAt) / block.mm)
    return [0, 1, 2, 3].map(axis => (block.from[axis] ?? 0) + (block.delta[axis] ?? 0) * part) as Axes
  }

  speed(now: number): number {
    return this.#profile?.speedAt(now - this.#startedAt) ?? 0
  }

  /** Appends a move at `feed` mm/s. False when it is less than a step. */
  add(target: Readonly<Axes>, feed: number, now: number): boolean {
    const from = this.end
    const per = this.motion.stepsPerMm
    const steps = [0, 1, 2, 3].map(axis => Math.round((target[axis] ?? 0) * (per[axis] ?? 1))) as Axes
    const counts = steps.map((step, axis) => Math.abs(step - (this.#steps[axis] ?? 0)))
    const most = Math.max(...counts)
    if (most === 0) return false
    this.#steps = steps
    const to = this.end
    const delta = [0, 1, 2, 3].map(axis => (to[axis] ?? 0) - (from[axis] ?? 0)) as Axes
    const path = Math.hypot(delta[0], delta[1], delta[2])
    const mm = path > 0 ? path : Math.abs(delta[3])
    let seconds = mm / Math.max(feed, minimumSpeed)
    const queued = this.blocks.length
    if (queued >= 2 && queued <= this.size / 2 - 1 && seconds < minimumSegmentSeconds) {
      seconds += (2 * (minimumSegmentSeconds - seconds)) / queued
    }
    const asked = mm / seconds
    const nominal = asked * shareWithin(delta, asked / mm, this.motion.maxFeed)
    const wanted =
      path === 0 ? this.motion.retractAcceleration : delta[3] !== 0 ? this.motion.printAcceleration : this.motion.travelAcceleration
    const acceleration = wanted * shareWithin(delta, wanted / mm, this.motion.maxAcceleration)
    const size = Math.hypot(...delta)
    const block: MarlinBlock = {
      from,
      to,
      delta,
      mm,
      nominal,
      acceleration,
      unit: delta.map(part => part / size) as Axes,
      slowest: Math.min(nominal, (minimumStepRate * mm) / most),
      entryMax: 0,
      entry: minimumSpeed,
      frozen: false,
    }
    block.entryMax = this.#cornerSpeed(block, queued === 0 ? undefined : this.#last)
    if (queued === 1 && this.#profile !== undefined) {
      // The running block was planned to end at a stand, and so it will.
      block.frozen = true
      block.entry = Math.min(block.entryMax, minimumSpeed)
    }
    this.#last = block
    this.blocks.push(block)
    this.#replan()
    if (this.#profile === undefined) {
      if (queued === 0) this.#startAt = now + firstMoveSeconds
      else if (this.blocks.length >= companyBlocks) this.#startAt = Math.min(this.#startAt, now)
    }
    return true
  }

  #cornerSpeed(block: MarlinBlock, before: MarlinBlock | undefined): number {
    const { corner } = this.motion
    if (corner.kind === 'jerk') return jerkSpeed(block, before, corner.jerk)
    if (before === undefined) return minimumSpeed
    const cosine = -block.unit.reduce((sum, part, axis) => sum + part * (before.unit[axis] ?? 0), 0)
    let square: number
    if (cosine > 0.999999) square = minimumSpeed * minimumSpeed
    else {
      const turn = block.unit.map((part, axis) => part - (before.unit[axis] ?? 0))
      const size = Math.hypot(...turn) || 1
      let acceleration = block.acceleration
      for (const [axis, part] of turn.entries()) {
        const share = Math.abs(part / size)
        const limit = this.motion.maxAcceleration[axis] ?? 0
        if (share > 0 && acceleration * share > limit) acceleration = limit / share
      }
      const sine = Math.sqrt(Math.max(0, 0.5 * (1 - cosine)))
      square = sine >= 1 ? Number.POSITIVE_INFINITY : (acceleration * corner.mm * sine) / (1 - sine)
      // Short pieces of a curve: the circle they stand for limits them too (JD_HANDLE_SMALL_SEGMENTS).
      if (block.mm < 1 && cosine < -Math.SQRT1_2) {
        const angle = Math.acos(Math.min(1, -cosine))
        if (angle > 0) square = Math.min(square, (block.mm * acceleration) / angle)
      }
    }
    return Math.max(minimumSpeed, Math.min(Math.sqrt(square), block.nominal, before.nominal))
  }

  #replan(): void {
    const { blocks } = this
    let next = minimumSpeed
    for (let i = blocks.length - 1; i >= 0; i -= 1) {
      const block = blocks[i]
      if (block === undefined || block.frozen || (i === 0 && this.#profile !== undefined)) break
      next = Math.min(block.entryMax, Math.sqrt(next * next + 2 * block.acceleration * block.mm))
      block.entry = next
    }
    for (let i = 0; i + 1 < blocks.length; i += 1) {
      const block = blocks[i]
      const after = blocks[i + 1]
      if (block === undefined || after === undefined) break
      if (after.frozen) continue
      const reach = Math.sqrt(block.entry * block.entry + 2 * block.acceleration * block.mm)
      if (after.entry > reach) after.entry = reach
    }
  }

  nextAt(): number {
    if (this.#profile !== undefined) return this.#startedAt + this.#profile.seconds
    return this.blocks.length > 0 ? this.#startAt : Number.POSITIVE_INFINITY
  }

  /** Begins or ends blocks that are due at `now`. True when one left the queue. */
  step(now: number): boolean {
    if (this.#profile === undefined) {
      if (this.blocks.length > 0 && now >= this.#startAt) this.#begin(now)
      return false
    }
    const endAt = this.#startedAt + this.#profile.seconds
    if (now < endAt) return false
    const block = this.blocks.shift()
    if (block !== undefined) this.#position = [...block.to]
    this.motionSeconds += this.#profile.seconds
    this.blocksRun += 1
    this.#profile = undefined
    if (this.blocks.length > 0) this.#begin(endAt)
    else this.ranDry += 1
    return true
  }

  #begin(now: number): void {
    const block = this.blocks[0]
    if (block === undefined) return
    const after = this.blocks[1]
    const exit = Math.max(block.slowest, after?.entry ?? minimumSpeed)
    const entry = Math.min(block.nominal, Math.max(block.slowest, block.entry))
    this.#profile = Profile.plan(entry, block.nominal, Math.min(exit, block.nominal), block.acceleration, block.mm)
    this.#startedAt = now
    this.#startAt = Number.POSITIVE_INFINITY
    if (after !== undefined) after.frozen = true
  }

  /** Stops dead where it is (M410, kill). */
  stop(now: number): void {
    const at = this.position(now)
    this.blocks.length = 0
    this.#profile = undefined
    this.#startAt = Number.POSITIVE_INFINITY
    this.setPosition(at)
  }

  /** Arrives at once. */
  jump(target: Readonly<Axes>): void {
    this.setPosition(target)
    this.blocksRun += 1
  }
}

/** The share (≤ 1) of a rate along the path at which no axis passes its own limit. */
function shareWithin(delta: Readonly<Axes>, ratePerMm: number, limits: Readonly<Axes>): number {
  let share = 1
  for (let axis = 0; axis < 4; axis += 1) {
    const rate = Math.abs(delta[axis] ?? 0) * ratePerMm
    const limit = limits[axis] ?? 0
    if (rate * share > limit) share = limit / rate
  }
  return share
}

// Classic jerk: each axis may change its speed at once by so much; the corner is slowed until none does more.
function jerkSpeed(block: MarlinBlock, before: MarlinBlock | undefined, jerk: Readonly<Axes>): number {
  const safe = safeSpeed(block, jerk)
  if (before === undefined) return safe
  const corner = Math.min(block.nominal, before.nominal)
  let factor = 1
  for (let axis = 0; axis < 4; axis += 1) {
    const leaving = ((before.delta[axis] ?? 0) / before.mm) * corner * factor
    const entering = ((block.delta[axis] ?? 0) / block.mm) * corner * factor
    const sameWay = leaving * entering > 0
    const change = sameWay ? Math.abs(entering - leaving) : Math.max(Math.abs(entering), Math.abs(leaving))
    const limit = jerk[axis] ?? 0
    if (change > limit) factor *= limit / change
  }
  const speed = corner * factor
  // Where both moves may start from rest faster than the corner allows, the firmware takes the start speed.
  return safeSpeed(before, jerk) > speed * 0.99 && safe > speed * 0.99 ? Math.min(safe, corner) : speed
}

function safeSpeed(block: MarlinBlock, jerk: Readonly<Axes>): number {
  let speed = block.nominal
  for (let axis = 0; axis < 4; axis += 1) {
    const share = Math.abs(block.delta[axis] ?? 0) / block.mm
    const limit = jerk[axis] ?? 0
    if (speed * share > limit) speed = limit / share
  }
  return speed
}
