// Grbl's look-ahead: how fast each waiting block may begin, so that the last one can always end at a stand.
// Rules: Grbl's planner as documented (junction deviation, reverse and forward pass over a short buffer, exit speed zero).
import type { Settings, Vector } from './settings.ts'

export type SpindleOrder = { readonly direction: 'off' | 'cw' | 'ccw'; readonly rpm: number }

export type MoveOrder = {
  readonly rapid: boolean
  /** mm/min, or 1/min with `inverseTime`. */
  readonly feed: number
  readonly inverseTime: boolean
  /** Homing and parking obey no override. */
  readonly system?: boolean
  readonly spindle: SpindleOrder
  readonly lineNumber: number
}

export type Block = {
  readonly from: Vector
  readonly to: Vector
  readonly unit: Vector
  readonly length: number
  /** Still to be prepared, mm. */
  left: number
  readonly acceleration: number
  /** mm/s: the axes' own limit along this direction. */
  readonly rapidSpeed: number
  /** mm/s as programmed, before overrides. */
  readonly programmed: number
  nominal: number
  /** Square of the speed at which the corner before this block may be passed. */
  readonly junctionSquare: number
  entryMaxSquare: number
  entrySquare: number
  readonly order: MoveOrder
}

/** Grbl never plans a feed below 1 mm/min (MINIMUM_FEED_RATE). */
const slowestFeed = 1 / 60

export type Overrides = { feed: number; rapid: number; spindle: number }

export class Planner {
  readonly blocks: Block[] = []
  readonly size: number
  readonly #settings: Settings
  readonly #overrides: Overrides
  /** Steps, so that rounding does not creep (planner position is whole steps). */
  #steps: Vector = [0, 0, 0]
  #lastUnit: Vector | undefined
  #lastNominal = 0

  constructor(settings: Settings, overrides: Overrides, size: number) {
    this.#settings = settings
    this.#overrides = overrides
    this.size = size
  }

  get free(): number {
    return this.size - this.blocks.length
  }

  get full(): boolean {
    return this.blocks.length >= this.size
  }

  /** Where the planned path ends, machine millimetres. */
  get position(): Vector {
    const per = this.#settings.stepsPerMm
    return [this.#steps[0] / per[0], this.#steps[1] / per[1], this.#steps[2] / per[2]]
  }

  /** Forgets all blocks; the path begins anew at `position`, from rest. */
  reset(position: Readonly<Vector>): void {
    this.blocks.length = 0
    this.#steps = this.#toSteps(position)
    this.#lastUnit = undefined
    this.#lastNominal = 0
  }

  #toSteps(position: Readonly<Vector>): Vector {
    const per = this.#settings.stepsPerMm
    return [Math.round(position[0] * per[0]), Math.round(position[1] * per[1]), Math.round(position[2] * per[2])]
  }

  /**
   * Moves the path's end without planning: what a machine of infinite speed does.
   * False when the move is less than a step.
   */
  jump(target: Readonly<Vector>): boolean {
    const steps = this.#toSteps(target)
    if (steps[0] === this.#steps[0] && steps[1] === this.#steps[1] && steps[2] === this.#steps[2]) return false
    this.#steps = steps
    return true
  }

  /** Appends a straight move. False when it is shorter than one step: such blocks are dropped. */
  add(target: Readonly<Vector>, order: MoveOrder): boolean {
    const from = this.position
    if (!this.jump(target)) return false
    const to = this.position
    const delta: Vector = [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
    const length = Math.hypot(delta[0], delta[1], delta[2])
    const unit: Vector = [delta[0] / length, delta[1] / length, delta[2] / length]
    const acceleration = limitAlong(unit, this.#settings.acceleration)
    const rapidSpeed = limitAlong(unit, this.#settings.maxRate) / 60
    const programmed = order.rapid ? rapidSpeed : Math.max(slowestFeed, ((order.inverseTime ? length : 1) * order.feed) / 60)
    const block: Block = {
      from,
      to,
      unit,
      length,
      left: length,
      acceleration,
      rapidSpeed,
      programmed,
      nominal: 0,
      junctionSquare: this.blocks.length === 0 ? 0 : this.#junctionSquare(unit),
      entryMaxSquare: 0,
      entrySquare: 0,
      order,
    }
    const previousNominal = this.blocks.length === 0 ? 0 : this.#lastNominal
    this.#setSpeeds(block, previousNominal)
    this.#lastUnit = unit
    this.#lastNominal = block.nominal
    this.blocks.push(block)
    return true
  }

  // Circle through the corner that leaves it by at most the junction deviation `$11`:
  // v² = a·δ·s/(1−s), s = sin(θ/2). A reversal stops; a straight line has no limit.
  #junctionSquare(unit: Readonly<Vector>): number {
    const before = this.#lastUnit
    if (before === undefined) return 0
    const cosine = -(before[0] * unit[0] + before[1] * unit[1] + before[2] * unit[2])
    if (cosine > 0.999999) return 0
    if (cosine < -0.999999) return Number.POSITIVE_INFINITY
    const turn: Vector = [unit[0] - before[0], unit[1] - before[1], unit[2] - before[2]]
    const size = Math.hypot(turn[0], turn[1], turn[2])
    const acceleration = limitAlong([turn[0] / size, turn[1] / size, turn[2] / size], this.#settings.acceleration)
    const sine = Math.sqrt(0.5 * (1 - cosine))
    return (acceleration * this.#settings.number(11) * sine) / (1 - sine)
  }

  #setSpeeds(block: Block, previousNominal: number): void {
    const { order } = block
    let nominal = block.programmed
    if (order.system !== true) nominal *= order.rapid ? this.#overrides.rapid / 100 : this.#overrides.feed / 100
    block.nominal = Math.max(slowestFeed, Math.min(nominal, block.rapidSpeed))
    const slower = Math.min(block.nominal, previousNominal)
    block.entryMaxSquare = Math.min(block.junctionSquare, slower * slower)
  }

  /** After an override: new speeds for every block that waits or runs. */
  overridden(): void {
    let previous = Number.POSITIVE_INFINITY
    for (const block of this.blocks) {
      this.#setSpeeds(block, previous)
      previous = block.nominal
    }
    if (this.blocks.length > 0) this.#lastNominal = previous
  }

  /**
   * Reverse then forward pass. `runningSpeed` is the speed at the front of the preparation of the first block,
   * or undefined when it has not begun and starts from rest.
   */
  replan(runningSpeed: number | undefined): void {
    const { blocks } = this
    const first = blocks[0]
    if (first === undefined) return
    let next = 0
    for (let i = blocks.length - 1; i > 0; i -= 1) {
      const block = blocks[i]
      if (block === undefined) break
      next = Math.min(block.entryMaxSquare, next + 2 * block.acceleration * block.left)
      block.entrySquare = next
    }
    first.entrySquare = runningSpeed === undefined ? 0 : runningSpeed * runningSpeed
    for (let i = 0; i + 1 < blocks.length; i += 1) {
      const block = blocks[i]
      const after = blocks[i + 1]
      if (block === undefined || after === undefined) break
      const reach = block.entrySquare + 2 * block.acceleration * block.left
      if (after.entrySquare > reach) after.entrySquare = reach
    }
  }

  /** The speed at which the first block must end: the entry of the second, or a stand. */
  exitSpeed(): number {
    return Math.sqrt(this.blocks[1]?.entrySquare ?? 0)
  }
}

/** The greatest length along `unit` whose share on each axis stays within that axis' limit. */
function limitAlong(unit: Readonly<Vector>, limits: Readonly<Vector>): number {
  let limit = Number.POSITIVE_INFINITY
  for (let axis = 0; axis < 3; axis += 1) {
    const share = Math.abs(unit[axis] ?? 0)
    if (share > 0) limit = Math.min(limit, (limits[axis] ?? 0) / share)
  }
  return limit
}
