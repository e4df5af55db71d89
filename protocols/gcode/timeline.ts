// A program's map from byte offset to seconds: whatever its length, at most some thousand points.

/** Points kept at most; DESIGN and the screens count on it. */
const pointsMax = 4096

export class Timeline {
  private readonly offsets = new Float64Array(pointsMax)
  private readonly times = new Float64Array(pointsMax)
  private count = 0
  private stride = 32
  private next = 0
  private lastOffset = 0
  private lastTime = 0

  /** Offsets and seconds never fall. Everything up to byte `offset` is done at `seconds`. */
  ended(offset: number, seconds: number): void {
    if (offset >= this.next) {
      // The last point before this one keeps a long stand (heating, dwell) from smearing over the moves before it.
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
    if (this.count === pointsMax) this.thin()
    this.offsets[this.count] = offset
    this.times[this.count] = seconds
    this.count++
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

  /** From [0, 0] to [size, total], both included. */
  points(size: number, total: number): [number, number][] {
    this.put(this.lastOffset, this.lastTime)
    const result: [number, number][] = [[0, 0]]
    for (let i = 0; i < this.count; i++) {
      const offset = this.offsets[i] ?? 0
      if (offset <= 0 || offset >= size) continue
      result.push([offset, round(Math.min(this.times[i] ?? 0, total))])
    }
    // Two points are made at the ends; a few of the middle give way.
    while (result.length > pointsMax - 1) result.splice(1, 1)
    result.push([size, round(total)])
    return result
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
