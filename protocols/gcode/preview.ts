// Thins a tool path of any length, as it is read, to what a browser can draw.
import type { Preview } from '../contract/screen.ts'
import { timeAt } from './timeline.ts'

/** Points kept at most. */
const pointsMax = 60_000
const firstRoom = 1024
/** mm: the deviation allowed at first; doubled whenever the points become too many. */
const firstTolerance = 0.02

/** What a move to a point does. */
export const travel = 0
export const work = 1

/**
 * Collects moves. A point is dropped when the path from the last kept point to the next one passes it within the
 * tolerance and does the same; the tolerance grows with the program, memory does not.
 */
export class PreviewCollector {
  segments = 0
  // Small at first: most programs of a school are small, and a school has many.
  private x = new Float32Array(firstRoom)
  private y = new Float32Array(firstRoom)
  private z = new Float32Array(firstRoom)
  private kind = new Uint8Array(firstRoom)
  private power = new Float32Array(firstRoom)
  private offset = new Float64Array(firstRoom)
  private count = 0
  private tolerance = firstTolerance
  private powerTolerance = 0.5
  private readonly layers: number[] = []
  // Direction from the last kept point, fixed by the first point behind it.
  private dx = 0
  private dy = 0
  private dz = 0
  private reach = 0
  /** The last point may still be replaced by the next one. */
  private open = false
  powerMax = 0

  constructor() {
    // Where the machine stands at the start.
    this.count = 1
  }

  layer(): void {
    if (this.layers.length < pointsMax) this.layers.push(this.count)
    this.open = false
  }

  forgetLayers(): void {
    this.layers.length = 0
  }

  /** A straight move to a point, mm; `offset` is the byte behind its line. */
  add(x: number, y: number, z: number, kind: number, power: number, offset: number): void {
    this.segments++
    if (power > this.powerMax) this.powerMax = power
    let last = this.count - 1
    const previousPower = this.power[last] ?? 0
    const dp = power - previousPower
    if (this.open && this.kind[last] === kind && dp <= this.powerTolerance && -dp <= this.powerTolerance) {
      // Does the new point lie in the direction of the kept one, further on?
      const anchor = last - 1
      const ex = x - (this.x[anchor] ?? 0)
      const ey = y - (this.y[anchor] ?? 0)
      const ez = z - (this.z[anchor] ?? 0)
      const along = ex * this.dx + ey * this.dy + ez * this.dz
      const offSqr = ex * ex + ey * ey + ez * ez - along * along
      if (along >= this.reach && offSqr <= this.tolerance * this.tolerance) {
        this.reach = along
        this.x[last] = x
        this.y[last] = y
        this.z[last] = z
        this.offset[last] = offset
        return
      }
    }
    if (this.count === this.x.length) this.makeRoom()
    last = this.count - 1
    const ex = x - (this.x[last] ?? 0)
    const ey = y - (this.y[last] ?? 0)
    const ez = z - (this.z[last] ?? 0)
    const length = Math.sqrt(ex * ex + ey * ey + ez * ez)
    const at = this.count++
    this.x[at] = x
    this.y[at] = y
    this.z[at] = z
    this.kind[at] = kind
    this.power[at] = power
    this.offset[at] = offset
    if (length > 0) {
      this.dx = ex / length
      this.dy = ey / length
      this.dz = ez / length
    } else this.dx = this.dy = this.dz = 0
    this.reach = length
    this.open = true
  }

  private makeRoom(): void {
    if (this.count >= pointsMax) {
      this.thin()
      return
    }
    const room = Math.min(pointsMax, this.count * 4)
    this.x = grown(this.x, new Float32Array(room))
    this.y = grown(this.y, new Float32Array(room))
    this.z = grown(this.z, new Float32Array(room))
    this.kind = grown(this.kind, new Uint8Array(room))
    this.power = grown(this.power, new Float32Array(room))
    this.offset = grown(this.offset, new Float64Array(room))
  }

  /** Makes room by walking the kept points again with twice the tolerance. */
  private thin(): void {
    this.tolerance *= 2
    this.powerTolerance = Math.max(this.powerTolerance * 2, this.powerMax / 64)
    let kept = this.rewalk(false)
    if (kept > pointsMax * 0.75) kept = this.rewalk(true)
    this.count = kept
    this.open = false
  }

  private rewalk(everyOther: boolean): number {
    let kept = 1
    let dx = 0
    let dy = 0
    let dz = 0
    let reach = 0
    let open = false
    let layer = 0
    const count = this.count
    for (let i = 1; i < count; i++) {
      while (layer < this.layers.length && (this.layers[layer] ?? 0) <= i) {
        this.layers[layer++] = kept
        open = false
      }
      const x = this.x[i] ?? 0
      const y = this.y[i] ?? 0
      const z = this.z[i] ?? 0
      const kind = this.kind[i] ?? 0
      const power = this.power[i] ?? 0
      let at = kept
      if (open && this.kind[kept - 1] === kind && Math.abs(power - (this.power[kept - 1] ?? 0)) <= this.powerTolerance) {
        const anchor = kept - 2
        const ex = x - (this.x[anchor] ?? 0)
        const ey = y - (this.y[anchor] ?? 0)
        const ez = z - (this.z[anchor] ?? 0)
        const along = ex * dx + ey * dy + ez * dz
        const offSqr = ex * ex + ey * ey + ez * ez - along * along
        if ((along >= reach && offSqr <= this.tolerance * this.tolerance) || (everyOther && i % 2 === 0)) {
          reach = Math.max(reach, along)
          at = kept - 1
        }
      }
      if (at === kept) {
        const ex = x - (this.x[kept - 1] ?? 0)
        const ey = y - (this.y[kept - 1] ?? 0)
        const ez = z - (this.z[kept - 1] ?? 0)
        const length = Math.sqrt(ex * ex + ey * ey + ez * ez)
        dx = length > 0 ? ex / length : 0
        dy = length > 0 ? ey / length : 0
        dz = length > 0 ? ez / length : 0
        reach = length
        open = true
        kept++
      }
      this.x[at] = x
      this.y[at] = y
      this.z[at] = z
      this.kind[at] = kind
      this.power[at] = power
      this.offset[at] = this.offset[i] ?? 0
    }
    while (layer < this.layers.length) this.layers[layer++] = kept
    // Whatever the shapes: the picture must have room to go on.
    return kept > pointsMax * 0.9 ? this.halve(kept) : kept
  }

  private halve(count: number): number {
    let kept = 1
    for (let i = 2; i < count; i += 2) {
      this.x[kept] = this.x[i] ?? 0
      this.y[kept] = this.y[i] ?? 0
      this.z[kept] = this.z[i] ?? 0
      this.kind[kept] = this.kind[i] ?? 0
      this.power[kept] = this.power[i] ?? 0
      this.offset[kept] = this.offset[i] ?? 0
      kept++
    }
    for (let i = 0; i < this.layers.length; i++) this.layers[i] = Math.min(kept, Math.ceil((this.layers[i] ?? 0) / 2))
    return kept
  }

  /** The finished picture; `map` is the time map by which points get their share of the time. */
  preview(kind: Preview['kind'], bounds: Preview['bounds'], map: readonly (readonly [number, number])[], size: number): Preview {
    const count = this.count
    const points: number[] = new Array(count * 3)
    const works: number[] = new Array(count)
    const times: number[] = new Array(count)
    const total = map.at(-1)?.[1] ?? 0
    for (let i = 0; i < count; i++) {
      points[i * 3] = round(this.x[i] ?? 0, 100)
      points[i * 3 + 1] = round(this.y[i] ?? 0, 100)
      points[i * 3 + 2] = round(this.z[i] ?? 0, 100)
      works[i] = this.kind[i] ?? 0
      const offset = this.offset[i] ?? 0
      const share = total > 0 ? timeAt(map, offset) / total : size > 0 ? offset / size : 0
      times[i] = round(Math.min(1, share), 10_000)
    }
    const preview: Preview = { kind, bounds, segments: this.segments, points, work: works, times }
    if (kind === 'laser') {
      const powerMax = this.powerMax || 1
      preview.power = Array.from({ length: count }, (_, i) => round(Math.max(0, (this.power[i] ?? 0) / powerMax), 100))
    }
    if (this.layers.length > 0) preview.layers = this.layers.filter((at, i) => at < count && at !== this.layers[i - 1])
    return preview
  }
}

function round(value: number, scale: number): number {
  return Math.round(value * scale) / scale
}

function grown<Numbers extends Float32Array | Float64Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
