// Thins a tool path of any length, as it is read, to what a browser can draw.
import type { Preview } from '../contract/screen.ts'
import { type Toolpath, toolpathPointsMax } from '../contract/toolpath.ts'

/** Points kept at most: for the graphics card, and for the picture that every browser can draw. */
const pointsMax = toolpathPointsMax
const previewPointsMax = 60_000
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
  // Behind 4 GB all points lie at the end: no machine is fed so much.
  private offset = new Uint32Array(firstRoom)
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
        this.offset[last] = Math.min(offset, 0xffffffff)
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
    this.offset[at] = Math.min(offset, 0xffffffff)
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
    this.offset = grown(this.offset, new Uint32Array(room))
  }

  /** Makes room by walking the kept points again with twice the tolerance. */
  private thin(): void {
    this.tolerance *= 2
    this.powerTolerance = Math.max(this.powerTolerance * 2, this.powerMax / 64)
    const before = this.count
    let kept = this.rewalk(false)
    if (kept > before * 0.75) {
      this.count = kept
      kept = this.rewalk(true)
    }
    // Whatever the shapes: the picture must have room to go on.
    this.count = kept > before * 0.9 ? this.halve(kept) : kept
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
    return kept
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

  /**
   * The finished path, as fine as it was kept. `bounds`: of what is made; `map`: the time map by which points get their share of the time.
   * Ask for it before preview(), which thins what is kept.
   */
  path(kind: Preview['kind'], bounds: Preview['bounds'], map: TimeMap, size: number): Toolpath {
    const { count, x, y, z } = this
    const min: [number, number, number] = [x[0] ?? 0, y[0] ?? 0, z[0] ?? 0]
    const max: [number, number, number] = [...min]
    for (let i = 1; i < count; i++) {
      min[0] = Math.min(min[0], x[i] ?? 0)
      max[0] = Math.max(max[0], x[i] ?? 0)
      min[1] = Math.min(min[1], y[i] ?? 0)
      max[1] = Math.max(max[1], y[i] ?? 0)
      min[2] = Math.min(min[2], z[i] ?? 0)
      max[2] = Math.max(max[2], z[i] ?? 0)
    }
    const scale = [0, 1, 2].map(axis => 65_535 / Math.max(1e-6, (max[axis] ?? 0) - (min[axis] ?? 0)))
    const [sx = 1, sy = 1, sz = 1] = scale
    const points = new Uint16Array(count * 4)
    const looks = new Uint8Array(count)
    const powerMax = kind === 'laser' ? this.powerMax || 1 : 0
    const times = shares(map, size)
    for (let i = 0; i < count; i++) {
      points[i * 4] = Math.round(((x[i] ?? 0) - min[0]) * sx)
      points[i * 4 + 1] = Math.round(((y[i] ?? 0) - min[1]) * sy)
      points[i * 4 + 2] = Math.round(((z[i] ?? 0) - min[2]) * sz)
      points[i * 4 + 3] = Math.round(65_535 * times(this.offset[i] ?? 0))
      looks[i] =
        this.kind[i] !== work ? 0 : powerMax === 0 ? 255 : Math.max(1, Math.min(255, Math.round((255 * (this.power[i] ?? 0)) / powerMax)))
    }
    return { kind, bounds, box: { min, max }, segments: this.segments, count, layers: this.layersWithin(count), points, looks }
  }

  private layersWithin(count: number): number[] {
    return this.layers.filter((at, i) => at < count && at !== this.layers[i - 1])
  }

  /** The finished picture, thinned for any browser. */
  preview(kind: Preview['kind'], bounds: Preview['bounds'], map: TimeMap, size: number): Preview {
    while (this.count > previewPointsMax) this.thin()
    const count = this.count
    const points: number[] = new Array(count * 3)
    const works: number[] = new Array(count)
    const times: number[] = new Array(count)
    const share = shares(map, size)
    for (let i = 0; i < count; i++) {
      points[i * 3] = round(this.x[i] ?? 0, 100)
      points[i * 3 + 1] = round(this.y[i] ?? 0, 100)
      points[i * 3 + 2] = round(this.z[i] ?? 0, 100)
      works[i] = this.kind[i] ?? 0
      times[i] = round(share(this.offset[i] ?? 0), 10_000)
    }
    const preview: Preview = { kind, bounds, segments: this.segments, points, work: works, times }
    if (kind === 'laser') {
      const powerMax = this.powerMax || 1
      preview.power = Array.from({ length: count }, (_, i) => round(Math.max(0, (this.power[i] ?? 0) / powerMax), 100))
    }
    if (this.layers.length > 0) preview.layers = this.layersWithin(count)
    return preview
  }
}

type TimeMap = readonly (readonly [number, number])[]

/** Share of the program's time by byte offset; offsets are asked for in rising order, so that each answer begins where the last one stood. */
function shares(map: TimeMap, size: number): (offset: number) => number {
  const total = map.at(-1)?.[1] ?? 0
  if (total <= 0) return offset => (size > 0 ? Math.min(1, offset / size) : 0)
  let at = 1
  return offset => {
    while (at < map.length - 1 && (map[at]?.[0] ?? 0) < offset) at++
    const [from, before] = map[at - 1] ?? [0, 0]
    const [to, after] = map[at] ?? [size, total]
    const seconds = to > from ? before + ((Math.min(offset, to) - from) / (to - from)) * (after - before) : after
    return Math.min(1, Math.max(0, seconds / total))
  }
}

function round(value: number, scale: number): number {
  return Math.round(value * scale) / scale
}

function grown<Numbers extends Float32Array | Uint32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
