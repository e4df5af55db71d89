// A program's map from byte offset to seconds: whatever its length, at most some thousand points.

/** Points kept at most; DESIGN and the screens count on it. */
const pointsMax = 4096
/** Stands kept as such; of more the shortest pass for motion. */
const standsMax = 64
/** A stand is told by three points, the ends by two. */
const plainMax = pointsMax - 3 * standsMax - 2

/** The machine stands while the line that ends at byte `offset` is executed; all it did before was told by byte `from`. Seconds since the start. */
type Stand = { readonly from: number; readonly offset: number; readonly begins: number; readonly ends: number }

export class Timeline {
  private readonly offsets = new Float64Array(plainMax)
  private readonly times = new Float64Array(plainMax)
  private readonly stands: Stand[] = []
  private count = 0
  private stride = 32
  private next = 0
  private lastOffset = 0
  private lastTime = 0

  /** Offsets and seconds never fall. Everything up to byte `offset` is done at `seconds`, the last `stoodSeconds` of them standing (heating, dwell). */
  ended(offset: number, seconds: number, stoodSeconds = 0): void {
    if (stoodSeconds > 0) this.stood({ from: this.lastOffset, offset, begins: seconds - stoodSeconds, ends: seconds })
    if (offset >= this.next) {
      this.put(this.lastOffset, this.lastTime)
      this.put(offset, seconds)
      this.next = offset + this.stride
    }
    this.lastOffset = offset
    this.lastTime = seconds
  }

  private put(offset: number, seconds: number): void {
    if (this.count > 0 && offset <= (this.offsets[this.count - 1] ?? 0)) {
      // One line may hold many blocks: its last time counts.
      if (offset === this.offsets[this.count - 1]) this.times[this.count - 1] = seconds
      return
    }
    if (this.count === plainMax) this.thin()
    this.offsets[this.count] = offset
    this.times[this.count] = seconds
    this.count++
  }

  private stood(stand: Stand): void {
    if (this.stands.length === standsMax) {
      const shortest = this.stands.reduce((a, b) => (lengthOf(b) < lengthOf(a) ? b : a))
      if (lengthOf(shortest) >= lengthOf(stand)) return
      this.stands.splice(this.stands.indexOf(shortest), 1)
    }
    this.stands.push(stand)
  }

  private thin(): void {
    let kept = 0
    for (let i = 0; i < this.count; i += 2) {
      this.offsets[kept] = this.offsets[i] ?? 0
      this.times[kept] = this.times[i] ?? 0
      kept++
    }
    this.count = kept
    this.stride *= 2
  }

  /**
   * From [0, 0] to [size, total], both included; offsets rise. A stand's time lies in the last byte of its line, as no part of a line
   * is ever acknowledged: two points one byte apart are a stand, and nothing else is (contract/room.ts, timeMap).
   */
  points(size: number, total: number): [number, number][] {
    this.put(this.lastOffset, this.lastTime)
    const result: [number, number][] = [[0, 0]]
    let last = 0
    const add = (offset: number, seconds: number) => {
      if (offset <= last || offset >= size) return
      last = offset
      result.push([offset, round(Math.min(seconds, total))])
    }
    let next = 0
    for (let i = 0; i < this.count; i++) {
      const offset = this.offsets[i] ?? 0
      for (let stand = this.stands[next]; stand !== undefined && stand.offset <= offset; stand = this.stands[++next]) {
        add(stand.from, stand.begins)
        add(stand.offset - 1, stand.begins)
        add(stand.offset, stand.ends)
      }
      add(offset, this.times[i] ?? 0)
    }
    result.push([size, round(total)])
    return result
  }
}

function lengthOf({ begins, ends }: Stand): number {
  return ends - begins
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
