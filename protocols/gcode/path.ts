// Follows the tool: extents, layers and picture of a program, whatever the dialect.
import { PreviewCollector, travel, work } from './preview.ts'

/** A box in mm that the tool has filled; empty while minX is Infinity. */
export class Box {
  minX = Number.POSITIVE_INFINITY
  minY = Number.POSITIVE_INFINITY
  minZ = Number.POSITIVE_INFINITY
  maxX = Number.NEGATIVE_INFINITY
  maxY = Number.NEGATIVE_INFINITY
  maxZ = Number.NEGATIVE_INFINITY

  holds(x: number, y: number, z: number): boolean {
    return x >= this.minX && x <= this.maxX && y >= this.minY && y <= this.maxY && z >= this.minZ && z <= this.maxZ
  }

  take(x: number, y: number, z: number): void {
    if (x < this.minX) this.minX = x
    if (x > this.maxX) this.maxX = x
    if (y < this.minY) this.minY = y
    if (y > this.maxY) this.maxY = y
    if (z < this.minZ) this.minZ = z
    if (z > this.maxZ) this.maxZ = z
  }

  get empty(): boolean {
    return this.minX > this.maxX
  }
}

/** Remembers the first line at which the tool left a machine's area. */
export type Fence = {
  readonly min: readonly [number, number, number]
  readonly max: readonly [number, number, number]
  /** First line outside: of any move, of a move that makes something. */
  anyLine: number
  workLine: number
}

/** Layers remembered by their offset. */
const layersMax = 50_000
/** mm: the least that a new layer found by its height is higher. */
const layerStep = 0.04

export class Path {
  /** All moves; moves other than rapids; moves that extrude or burn or cut with the spindle on. */
  readonly all = new Box()
  readonly feeding = new Box()
  readonly making = new Box()
  readonly preview = new PreviewCollector()
  /** Byte offsets at which layers begin, and their true number. */
  layers: number[] = []
  layerCount = 0
  /** mm of feed moves. */
  feedMm = 0
  private marked = false
  private layerZ = Number.NEGATIVE_INFINITY
  private readonly fences: Fence[]
  private x = 0
  private y = 0
  private z = 0

  constructor(fences: Fence[]) {
    this.fences = fences
  }

  /**
   * A straight move from where the tool is. `feeding`: not a rapid; `making`: extrudes, burns, or cuts with power on.
   * `offset` is the byte behind the line.
   */
  to(x: number, y: number, z: number, feeding: boolean, making: boolean, power: number, line: number, offset: number): void {
    if (!this.all.holds(x, y, z)) this.growAll(x, y, z, line)
    if (feeding) {
      const dx = x - this.x
      const dy = y - this.y
      this.feedMm += Math.sqrt(dx * dx + dy * dy)
      const box = this.feeding
      if (!box.holds(x, y, z)) box.take(x, y, z)
      if (!box.holds(this.x, this.y, this.z)) box.take(this.x, this.y, this.z)
      if (making) {
        if (!this.making.holds(x, y, z)) this.growMaking(x, y, z, line)
        if (!this.making.holds(this.x, this.y, this.z)) this.growMaking(this.x, this.y, this.z, line)
      }
    }
    this.preview.add(x, y, z, feeding && making ? work : travel, power, offset)
    this.x = x
    this.y = y
    this.z = z
  }

  /** The slicer says that a layer begins here. */
  markLayer(offset: number): void {
    if (!this.marked) {
      this.marked = true
      this.layers = []
      this.layerCount = 0
      this.preview.forgetLayers()
    }
    this.beginLayer(offset)
  }

  /** Something is extruded at this height; the fallback where no slicer says it. */
  extrudeAt(z: number, offset: number): void {
    if (this.marked || z - this.layerZ < layerStep) return
    this.layerZ = z
    this.beginLayer(offset)
  }

  private beginLayer(offset: number): void {
    this.layerCount++
    if (this.layers.length < layersMax) this.layers.push(offset)
    this.preview.layer()
  }

  private growAll(x: number, y: number, z: number, line: number): void {
    this.all.take(x, y, z)
    for (const fence of this.fences) if (fence.anyLine === 0 && outside(fence, x, y, z)) fence.anyLine = line
  }

  private growMaking(x: number, y: number, z: number, line: number): void {
    this.making.take(x, y, z)
    for (const fence of this.fences) if (fence.workLine === 0 && outside(fence, x, y, z)) fence.workLine = line
  }
}

function outside(fence: Fence, x: number, y: number, z: number): boolean {
  const { min, max } = fence
  return x < min[0] || x > max[0] || y < min[1] || y > max[1] || z < min[2] || z > max[2]
}
