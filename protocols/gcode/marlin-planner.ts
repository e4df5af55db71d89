// Plans moves as Marlin does: planner.cpp (Planner::_populate_block) and G2_G3.cpp of Marlin 2, with junction deviation
// or classic jerk.
import { type ArcEnds, arcTravel } from './arc.ts'
import { ChordBudget } from './grbl-planner.ts'
import { type Ended, MotionQueue, type QueueOptions } from './queue.ts'

/** Changes while the program runs (M92 excepted, which a program may not carry). mm, s; X Y Z E. */
export type MarlinMotion = {
  rate: [number, number, number, number]
  acceleration: [number, number, number, number]
  jerk: [number, number, number, number] | undefined
  junctionDeviation: number
  printAcceleration: number
  travelAcceleration: number
  retractAcceleration: number
  /** M205 S and T: no move is slower. */
  feedMin: number
  travelFeedMin: number
  /** M205 B: shorter moves are stretched while the buffer is filling. */
  segmentSecondsMin: number
  readonly steps: readonly [number, number, number, number]
  readonly queue: QueueOptions
}

/** MIN_STEPS_PER_SEGMENT: shorter moves wait until they have gathered so many steps. */
const stepsMin = 6
/** MIN_ARC_SEGMENT_MM, MAX_ARC_SEGMENT_MM, MIN_CIRCLE_SEGMENTS (Configuration.h). */
const arcSegmentMinMm = 0.1
const arcSegmentMaxMm = 1
const circleSegmentsMin = 72

export class MarlinPlanner {
  readonly queue: MotionQueue
  readonly motion: MarlinMotion
  /** M220, as a factor. */
  speed = 1
  private sx = 0
  private sy = 0
  private sz = 0
  private se = 0
  // Direction, speed per axis and speed of the last block.
  private ux = 0
  private uy = 0
  private uz = 0
  private ue = 0
  private vx = 0
  private vy = 0
  private vz = 0
  private ve = 0
  private previous = 0
  private previousSafe = 0
  private readonly chords = new ChordBudget()
  private curveRadius = 0

  constructor(motion: MarlinMotion, ended: Ended) {
    this.motion = { ...motion }
    this.queue = new MotionQueue(motion.queue, ended)
  }

  /** G92, G28: the machine stands where it is, under another number. */
  place(x: number, y: number, z: number, e: number): void {
    const steps = this.motion.steps
    this.sx = Math.round(x * steps[0])
    this.sy = Math.round(y * steps[1])
    this.sz = Math.round(z * steps[2])
    this.se = Math.round(e * steps[3])
  }

  /** A move to x, y, z, e (mm) at `feed` mm/s. */
  line(x: number, y: number, z: number, e: number, feed: number, offset: number): void {
    const motion = this.motion
    const steps = motion.steps
    const sx = Math.round(x * steps[0])
    const sy = Math.round(y * steps[1])
    const sz = Math.round(z * steps[2])
    const se = Math.round(e * steps[3])
    const nx = Math.abs(sx - this.sx)
    const ny = Math.abs(sy - this.sy)
    const nz = Math.abs(sz - this.sz)
    const ne = Math.abs(se - this.se)
    let events = nx > ny ? nx : ny
    if (nz > events) events = nz
    const enough = events >= stepsMin
    if (ne > events) events = ne
    // Too short: the steps stay with the next move, as the position is not moved on.
    if (events < stepsMin) return
    const dx = (sx - this.sx) / steps[0]
    const dy = (sy - this.sy) / steps[1]
    const dz = (sz - this.sz) / steps[2]
    const de = (se - this.se) / steps[3]
    this.sx = sx
    this.sy = sy
    this.sz = sz
    this.se = se
    const length = enough ? Math.sqrt(dx * dx + dy * dy + dz * dz) : Math.abs(de)
    const inverse = 1 / length
    let nominal = feed * this.speed
    const slowest = ne > 0 ? motion.feedMin : motion.travelFeedMin
    if (nominal < slowest) nominal = slowest
    if (!(nominal > 1e-3)) nominal = 1e-3

    const queue = this.queue
    queue.makeRoom()
    const waiting = queue.waiting
    // SLOWDOWN: while the buffer is less than half full, short moves take longer.
    if (waiting >= 2 && waiting < this.slowdownBelow) {
      const time = length / nominal
      const missing = motion.segmentSecondsMin - time
      if (missing > 0) nominal = length / (time + (2 * missing) / waiting)
    }
    // Speeds per axis, and the factor by which the worst exceeds its limit.
    const perMm = nominal * inverse
    let cx = dx * perMm
    let cy = dy * perMm
    let cz = dz * perMm
    let ce = de * perMm
    const rate = motion.rate
    let factor = 1
    if (cx > rate[0] || -cx > rate[0]) factor = rate[0] / Math.abs(cx)
    if (cy > rate[1] || -cy > rate[1]) factor = Math.min(factor, rate[1] / Math.abs(cy))
    if (cz > rate[2] || -cz > rate[2]) factor = Math.min(factor, rate[2] / Math.abs(cz))
    if (ce > rate[3] || -ce > rate[3]) factor = Math.min(factor, rate[3] / Math.abs(ce))
    if (factor < 1) {
      nominal *= factor
      cx *= factor
      cy *= factor
      cz *= factor
      ce *= factor
    }
    const stepsPerMm = events * inverse
    const limit = motion.acceleration
    let a: number
    if (nx === 0 && ny === 0 && nz === 0) a = motion.retractAcceleration
    else {
      // Each axis may take its own acceleration at most; reckoned in steps of the leading axis, which comes to the same.
      a = ne > 0 ? motion.printAcceleration : motion.travelAcceleration
      if (nx > 0 && (limit[0] * length) / Math.abs(dx) < a) a = (limit[0] * length) / Math.abs(dx)
      if (ny > 0 && (limit[1] * length) / Math.abs(dy) < a) a = (limit[1] * length) / Math.abs(dy)
      if (nz > 0 && (limit[2] * length) / Math.abs(dz) < a) a = (limit[2] * length) / Math.abs(dz)
      if (ne > 0 && (limit[3] * length) / Math.abs(de) < a) a = (limit[3] * length) / Math.abs(de)
    }
    // The mean speed of the first step from rest: no block begins or ends slower.
    let slowSqr = (0.5 * a) / stepsPerMm
    if (slowSqr > nominal * nominal) slowSqr = nominal * nominal
    let entrySqr: number
    if (motion.jerk !== undefined) entrySqr = this.jerkLimit(motion.jerk, waiting, nominal, cx, cy, cz, ce)
    else entrySqr = this.junctionLimit(waiting, nominal, a, length, inverse, dx, dy, dz, de, slowSqr)
    if (entrySqr < slowSqr) entrySqr = slowSqr
    queue.add(length, a, nominal, entrySqr, slowSqr, offset)
    this.vx = cx
    this.vy = cy
    this.vz = cz
    this.ve = ce
    this.previous = nominal
  }

  private get slowdownBelow(): number {
    return (this.motion.queue.blocks + 1) >> 1
  }

  // Classic jerk as in Marlin 1.1 to 2.1.2 and Prusa's firmware: an axis may change its speed by its jerk at once. A reversal
  // counts as the larger of both speeds, not their sum.
  private jerkLimit(
    jerk: [number, number, number, number],
    waiting: number,
    nominal: number,
    cx: number,
    cy: number,
    cz: number,
    ce: number,
  ): number {
    // The speed from which this block may halt or start at once.
    let safe = 1
    if (Math.abs(cx) * safe > jerk[0]) safe = jerk[0] / Math.abs(cx)
    if (Math.abs(cy) * safe > jerk[1]) safe = jerk[1] / Math.abs(cy)
    if (Math.abs(cz) * safe > jerk[2]) safe = jerk[2] / Math.abs(cz)
    if (Math.abs(ce) * safe > jerk[3]) safe = jerk[3] / Math.abs(ce)
    const safeSpeed = nominal * safe
    let speed = safeSpeed
    if (waiting > 0 && this.previous > 1e-6) {
      const faster = this.previous > nominal
      speed = faster ? nominal : this.previous
      const ofPrevious = faster ? nominal / this.previous : 1
      const ofThis = faster ? 1 : this.previous / nominal
      let factor = axisFactor(this.vx * ofPrevious, cx * ofThis, jerk[0], 1)
      factor = axisFactor(this.vy * ofPrevious, cy * ofThis, jerk[1], factor)
      factor = axisFactor(this.vz * ofPrevious, cz * ofThis, jerk[2], factor)
      factor = axisFactor(this.ve * ofPrevious, ce * ofThis, jerk[3], factor)
      speed *= factor
      // Where both sides may halt from a higher speed than they share, each halts for itself.
      const threshold = speed * 0.99
      if (this.previousSafe > threshold && safeSpeed > threshold) speed = safeSpeed
    }
    this.previousSafe = safeSpeed
    return speed * speed
  }

  // Junction deviation over X Y Z E, with the limit for arcs made of short lines (JD_HANDLE_SMALL_SEGMENTS).
  private junctionLimit(
    waiting: number,
    nominal: number,
    a: number,
    length: number,
    inverse: number,
    dx: number,
    dy: number,
    dz: number,
    de: number,
    slowSqr: number,
  ): number {
    // A printing move is normalised with its E part; a travel by its length.
    const norm = de > 0 ? 1 / Math.sqrt(dx * dx + dy * dy + dz * dz + de * de) : inverse
    const ux = dx * norm
    const uy = dy * norm
    const uz = dz * norm
    const ue = de * norm
    let result = slowSqr
    if (waiting > 0 && this.previous > 1e-6) {
      let cos = -this.ux * ux - this.uy * uy - this.uz * uz - this.ue * ue
      if (cos <= 0.999999) {
        const jx = ux - this.ux
        const jy = uy - this.uy
        const jz = uz - this.uz
        const je = ue - this.ue
        const n = Math.sqrt(jx * jx + jy * jy + jz * jz + je * je)
        const limit = this.motion.acceleration
        let aj = a
        if (n > 0) {
          if (jx !== 0 && Math.abs(jx) * aj > limit[0] * n) aj = (limit[0] * n) / Math.abs(jx)
          if (jy !== 0 && Math.abs(jy) * aj > limit[1] * n) aj = (limit[1] * n) / Math.abs(jy)
          if (jz !== 0 && Math.abs(jz) * aj > limit[2] * n) aj = (limit[2] * n) / Math.abs(jz)
          if (je !== 0 && Math.abs(je) * aj > limit[3] * n) aj = (limit[3] * n) / Math.abs(je)
        }
        if (this.curveRadius > 0) result = aj * this.curveRadius
        else {
          if (cos < -0.999999) cos = -0.999999
          const sin = Math.sqrt(0.5 * (1 - cos))
          result = (aj * this.motion.junctionDeviation * sin) / (1 - sin)
          if (length < 1 && cos < -Math.SQRT1_2) {
            const byArc = (length * aj) / Math.max(0.033, Math.acos(-cos))
            if (byArc < result) result = byArc
          }
        }
      }
      const slower = nominal < this.previous ? nominal : this.previous
      if (slower * slower < result) result = slower * slower
    }
    this.ux = ux
    this.uy = uy
    this.uz = uz
    this.ue = ue
    return result
  }

  /** plan_arc(): chords of 0.1 to 1 mm, at least 72 to a circle. */
  arc(ends: ArcEnds, fromE: number, toE: number, feed: number, offset: number): void {
    const { radius, travel } = arcTravel(ends, 1e-9)
    const flat = radius * Math.abs(travel)
    const nominal = Math.max(Math.floor(flat / arcSegmentMaxMm), Math.ceil(circleSegmentsMin * (Math.abs(travel) / (2 * Math.PI))))
    const each = flat / nominal
    let count = nominal
    if (each > arcSegmentMaxMm) count = Math.ceil(flat / arcSegmentMaxMm)
    else if (each < arcSegmentMinMm) count = Math.max(1, Math.floor(flat / arcSegmentMinMm))
    if (!(count >= 1)) count = 1
    count = this.chords.left(count)
    const angle = travel / count
    const rise = (ends.toC - ends.fromC) / count
    const ra = ends.fromA - ends.centerA
    const rb = ends.fromB - ends.centerB
    for (let i = 1; i < count; i++) {
      const cos = Math.cos(angle * i)
      const sin = Math.sin(angle * i)
      const a = ends.centerA + ra * cos - rb * sin
      const b = ends.centerB + ra * sin + rb * cos
      this.inPlane(ends, a, b, ends.fromC + rise * i, fromE + ((toE - fromE) * i) / count, feed, offset)
      this.curveRadius = radius
    }
    this.inPlane(ends, ends.toA, ends.toB, ends.toC, toE, feed, offset)
    this.curveRadius = 0
  }

  private inPlane(ends: ArcEnds, a: number, b: number, c: number, e: number, feed: number, offset: number): void {
    if (ends.plane === 17) this.line(a, b, c, e, feed, offset)
    else if (ends.plane === 18) this.line(b, c, a, e, feed, offset)
    else this.line(c, a, b, e, feed, offset)
  }
}

function axisFactor(exit: number, entry: number, jerk: number, factor: number): number {
  const from = exit * factor
  const to = entry * factor
  let change: number
  if (from > to) change = to > 0 || from < 0 ? from - to : Math.max(from, -to)
  else change = to < 0 || from > 0 ? to - from : Math.max(-from, to)
  return change > jerk ? (factor * jerk) / change : factor
}
