// Spindle and laser: what turns or burns now, and how long a beam has stood still on the work.
import type { SpindleOrder } from './planner.ts'

export class Beam {
  order: SpindleOrder = { direction: 'off', rpm: 0 }
  mist = false
  flood = false
  /** A hold or door has switched it off for the time being. */
  stopped = false
  #standingSince: number | undefined
  #standingSeconds = 0

  /** The firmware left the beam on with nothing moving (M3 and a dry buffer), or it no longer is. */
  standing(on: boolean, now: number): void {
    if (on) {
      if (this.#standingSince === undefined) this.#standingSince = now
    } else if (this.#standingSince !== undefined) {
      this.#standingSeconds += now - this.#standingSince
      this.#standingSince = undefined
    }
  }

  burnMs(now: number): number {
    return (this.#standingSeconds + (this.#standingSince === undefined ? 0 : now - this.#standingSince)) * 1000
  }

  /** The A: field: S clockwise, C counter-clockwise, F flood, M mist. */
  accessories(): string {
    let text = ''
    if (!this.stopped && this.order.direction !== 'off') text += this.order.direction === 'cw' ? 'S' : 'C'
    if (this.flood) text += 'F'
    if (this.mist) text += 'M'
    return text
  }

  off(now: number): void {
    this.order = { direction: 'off', rpm: 0 }
    this.mist = false
    this.flood = false
    this.stopped = false
    this.standing(false, now)
  }
}
