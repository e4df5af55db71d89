// The words of one Marlin motion: where it ends, by axis and by the modes in force, and what rides on it.
import type { Line } from './reader.ts'

/** mm beyond which a number is a mistake; nothing a school owns is a hundred metres long. */
const absurd = 100_000

/** What reading a motion needs to know of the program so far: place and zero in mm, mm in a unit, modes. */
export type MotionState = {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly e: number
  readonly ox: number
  readonly oy: number
  readonly oz: number
  readonly oe: number
  readonly unit: number
  readonly absolute: boolean
  readonly absoluteE: boolean
}

/** Reused for every line: 300 MB are read through one of these. */
export class MotionWords {
  /** Where the motion ends, mm. */
  x = 0
  y = 0
  z = 0
  e = 0
  /** An arc's centre from where it starts, or its radius, mm; 0 where not said. */
  i = 0
  j = 0
  k = 0
  r = 0
  /** Full turns an arc makes besides. */
  turns = 0
  /** mm/min and laser power; NaN where the line does not say. */
  feed = Number.NaN
  power = Number.NaN

  /** Reads the words of `line` from the `from`th on. */
  read(line: Line, from: number, state: MotionState): void {
    const { letters, values } = line
    const { unit, absolute } = state
    this.x = state.x
    this.y = state.y
    this.z = state.z
    this.e = state.e
    this.i = this.j = this.k = this.r = this.turns = 0
    this.feed = this.power = Number.NaN
    for (let n = from; n < line.count; n++) {
      const plain = values[n] ?? 0
      if (Number.isNaN(plain)) continue
      const value = plain * unit
      switch (letters[n]) {
        case 88:
          this.x = absolute ? value + state.ox : this.x + value
          break
        case 89:
          this.y = absolute ? value + state.oy : this.y + value
          break
        case 90:
          this.z = absolute ? value + state.oz : this.z + value
          break
        case 69:
          this.e = state.absoluteE ? value + state.oe : this.e + value
          break
        case 70:
          this.feed = value
          break
        case 83:
          this.power = plain
          break
        case 73:
          this.i = value
          break
        case 74:
          this.j = value
          break
        case 75:
          this.k = value
          break
        case 82:
          this.r = value
          break
        case 80:
          this.turns = Math.max(0, Math.min(100, Math.round(plain)))
      }
    }
  }

  /** No machine goes there: a number of this line is a mistake. */
  get isAbsurd(): boolean {
    const near = Math.abs(this.x) < absurd && Math.abs(this.y) < absurd && Math.abs(this.z) < absurd
    return !(near && Math.abs(this.e) < 1e8 && Math.abs(this.i + this.j + this.k + this.r) < absurd)
  }
}
