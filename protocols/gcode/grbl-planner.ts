// Plans moves as Grbl 1.1 does: planner.c and motion_control.c of Grbl, whose formulas grblHAL and FluidNC keep.
import { type ArcEnds, arcTravel } from './arc.ts'
import { type Ended, MotionQueue, type QueueOptions } from './queue.ts'

export type GrblMotion = {
  /** mm/s, mm/s², steps/mm of X, Y, Z. */
  readonly rate: readonly [number, number, number]
  readonly acceleration: readonly [number, number, number]
  readonly steps: readonly [number, number, number]
  /** $11 and $12, mm. */
  readonly junctionDeviation: number
  readonly arcTolerance: number
  readonly queue: QueueOptions
}

/** MINIMUM_FEED_RATE, mm/s (config.h: 1 mm/min). */
const feedMin = 1 / 60

export class GrblPlanner {
  readonly queue: MotionQueue
  private readonly motion: GrblMotion
  private readonly rx: number
  private readonly ry: number
  private readonly rz: number
  private readonly ax: number
  private readonly ay: number
  private readonly az: number
  private readonly spx: number
  private readonly spy: number
  private readonly spz: number
  // Position in steps.
  private sx = 0
  private sy = 0
  private sz = 0
  // Direction and speed of the last block.
  private ux = 0
  private uy = 0
  private uz = 0
  private previous = 0
  private readonly chords = new ChordBudget()

  constructor(motion: GrblMotion, ended: Ended) {
    this.motion = motion
    this.queue = new MotionQueue(motion.queue, ended)
    ;[this.rx, this.ry, this.rz] = motion.rate
    ;[this.ax, this.ay, this.az] = motion.acceleration
    ;[this.spx, this.spy, this.spz] = motion.steps
  }

  /** A straight move to x, y, z (mm) at `feed` mm/s; Infinity is a rapid. */
  line(x: number, y: number, z: number, feed: number, offset: number): void {
    const sx = Math.round(x * this.spx)
    const sy = Math.round(y * this.spy)
    const sz = Math.round(z * this.spz)
    const dx = (sx - this.sx) / this.spx
    const dy = (sy - this.sy) / this.spy
    const dz = (sz - this.sz) / this.spz
    // A move of no step is no block (planner.c, "Bail if this is a zero-length block").
    if (dx === 0 && dy === 0 && dz === 0) return
    this.sx = sx
    this.sy = sy
    this.sz = sz
    const length = dz === 0 ? (dy === 0 ? Math.abs(dx) : Math.sqrt(dx * dx + dy * dy)) : Math.sqrt(dx * dx + dy * dy + dz * dz)
    const inverse = 1 / length
    const ux = dx * inverse
    const uy = dy * inverse
    const uz = dz * inverse
    // limit_value_by_axis_maximum()
    let a = Number.MAX_VALUE
    let rapid = Number.MAX_VALUE
    if (ux !== 0) {
      const i = ux < 0 ? -1 / ux : 1 / ux
      a = this.ax * i
      rapid = this.rx * i
    }
    if (uy !== 0) {
      const i = uy < 0 ? -1 / uy : 1 / uy
      if (this.ay * i < a) a = this.ay * i
      if (this.ry * i < rapid) rapid = this.ry * i
    }
    if (uz !== 0) {
      const i = uz < 0 ? -1 / uz : 1 / uz
      if (this.az * i < a) a = this.az * i
      if (this.rz * i < rapid) rapid = this.rz * i
    }
    let nominal = feed < rapid ? feed : rapid
    if (nominal < feedMin) nominal = feedMin

    const queue = this.queue
    queue.makeRoom()
    let entrySqr = 0
    // From an empty buffer the machine starts at rest.
    if (queue.count > 0) {
      const cos = -this.ux * ux - this.uy * uy - this.uz * uz
      if (cos > 0.999999) entrySqr = 0
      else {
        entrySqr = Number.MAX_VALUE
        if (cos >= -0.999999) {
          const jx = ux - this.ux
          const jy = uy - this.uy
          const jz = uz - this.uz
          const norm = Math.sqrt(jx * jx + jy * jy + jz * jz)
          let aj = Number.MAX_VALUE
          if (jx !== 0) aj = (this.ax * norm) / Math.abs(jx)
          if (jy !== 0) aj = Math.min(aj, (this.ay * norm) / Math.abs(jy))
          if (jz !== 0) aj = Math.min(aj, (this.az * norm) / Math.abs(jz))
          const sin = Math.sqrt(0.5 * (1 - cos))
          entrySqr = (aj * this.motion.junctionDeviation * sin) / (1 - sin)
        }
        const slower = nominal < this.previous ? nominal : this.previous
        if (slower * slower < entrySqr) entrySqr = slower * slower
      }
    }
    queue.add(length, a, nominal, entrySqr, 0, offset)
    this.ux = ux
    this.uy = uy
    this.uz = uz
    this.previous = nominal
  }

  /** mc_arc(): chords as long as the arc tolerance lets them be, a helix straight in its third axis. */
  arc(ends: ArcEnds, feed: number, offset: number): void {
    const { radius, travel } = arcTravel(ends, 5e-7)
    const tolerance = this.motion.arcTolerance
    const segments = Math.floor(Math.abs(0.5 * travel * radius) / Math.sqrt(tolerance * (2 * radius - tolerance)))
    // An arc shorter than its own tolerance has a negative root: NaN, and one straight line.
    const count = segments > 1 ? Math.min(segments, this.chords.left(segments)) : 1
    const angle = travel / count
    const rise = (ends.toC - ends.fromC) / count
    const ra = ends.fromA - ends.centerA
    const rb = ends.fromB - ends.centerB
    for (let i = 1; i < count; i++) {
      const cos = Math.cos(angle * i)
      const sin = Math.sin(angle * i)
      this.inPlane(ends, ends.centerA + ra * cos - rb * sin, ends.centerB + ra * sin + rb * cos, ends.fromC + rise * i, feed, offset)
    }
    this.inPlane(ends, ends.toA, ends.toB, ends.toC, feed, offset)
  }

  private inPlane(ends: ArcEnds, a: number, b: number, c: number, feed: number, offset: number): void {
    if (ends.plane === 17) this.line(a, b, c, feed, offset)
    else if (ends.plane === 18) this.line(b, c, a, feed, offset)
    else this.line(c, a, b, feed, offset)
  }
}

/**
 * Chords that the arcs of one program may be cut into. Beyond it they are cut coarsely, which changes their time little: a file
 * of kilometre-wide circles must not stall the analysis.
 */
export class ChordBudget {
  private used = 0

  /** How many of the chords wanted may be made. */
  left(wanted: number): number {
    const most = this.used < chordsMax ? chordsOfArcMax : coarseChords
    const given = wanted < most ? wanted : most
    this.used += given
    return given
  }
}

const chordsMax = 8_000_000
const chordsOfArcMax = 100_000
const coarseChords = 32
