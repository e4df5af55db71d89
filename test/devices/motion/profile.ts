// Speed along one planned block: at most three stretches of constant acceleration, read as a function of time.

/** How a block is run from its entry speed to its exit speed. Lengths in mm, times in s, speeds in mm/s. */
export class Profile {
  readonly seconds: number
  readonly mm: number
  readonly exitSpeed: number
  readonly #times: readonly [number, number, number]
  readonly #speeds: readonly [number, number, number, number]

  private constructor(times: readonly [number, number, number], speeds: readonly [number, number, number, number]) {
    this.#times = times
    this.#speeds = speeds
    this.seconds = times[0] + times[1] + times[2]
    this.exitSpeed = speeds[3]
    this.mm = ((speeds[0] + speeds[1]) / 2) * times[0] + ((speeds[1] + speeds[2]) / 2) * times[1] + ((speeds[2] + speeds[3]) / 2) * times[2]
  }

  /**
   * The fastest way over `mm` from `entry` to `exit` without passing `nominal`, at `acceleration`.
   * An entry above nominal (an override was lowered) is braked first; an exit out of reach is approached as far as it goes.
   */
  static plan(entry: number, nominal: number, exit: number, acceleration: number, mm: number): Profile {
    const twice = 2 * acceleration
    if (entry > nominal) {
      const braking = (entry * entry - nominal * nominal) / twice
      if (braking >= mm) return Profile.#ramp(entry, Math.sqrt(Math.max(0, entry * entry - twice * mm)), mm)
      const end = Math.min(exit, nominal)
      const last = (nominal * nominal - end * end) / twice
      const cruise = mm - braking - last
      if (cruise >= 0) {
        return new Profile(
          [(entry - nominal) / acceleration, cruise / nominal, (nominal - end) / acceleration],
          [entry, nominal, nominal, end],
        )
      }
      return Profile.#ramp(entry, Math.sqrt(Math.max(end * end, entry * entry - twice * mm)), mm)
    }
    const end = Math.min(exit, nominal)
    const up = (nominal * nominal - entry * entry) / twice
    const down = (nominal * nominal - end * end) / twice
    if (up + down <= mm) {
      return new Profile(
        [(nominal - entry) / acceleration, (mm - up - down) / nominal, (nominal - end) / acceleration],
        [entry, nominal, nominal, end],
      )
    }
    const peakSquare = (twice * mm + entry * entry + end * end) / 2
    if (peakSquare <= entry * entry) return Profile.#ramp(entry, Math.sqrt(Math.max(0, entry * entry - twice * mm)), mm)
    if (peakSquare <= end * end) return Profile.#ramp(entry, Math.sqrt(entry * entry + twice * mm), mm)
    const peak = Math.sqrt(peakSquare)
    return new Profile([(peak - entry) / acceleration, 0, (peak - end) / acceleration], [entry, peak, peak, end])
  }

  /** Brakes to a stand, or as far down as the length allows. */
  static brake(entry: number, acceleration: number, mm: number): Profile {
    const needed = (entry * entry) / (2 * acceleration)
    if (needed <= mm) return Profile.#ramp(entry, 0, needed)
    return Profile.#ramp(entry, Math.sqrt(entry * entry - 2 * acceleration * mm), mm)
  }

  static #ramp(entry: number, exit: number, mm: number): Profile {
    const mean = (entry + exit) / 2
    return new Profile([mean > 0 ? mm / mean : 0, 0, 0], [entry, exit, exit, exit])
  }

  speedAt(seconds: number): number {
    const [t0, t1, t2] = this.#times
    const [v0, v1, v2, v3] = this.#speeds
    if (seconds < t0) return v0 + ((v1 - v0) * seconds) / t0
    if (seconds < t0 + t1) return v1
    if (seconds < this.seconds) return v2 + ((v3 - v2) * (seconds - t0 - t1)) / t2
    return v3
  }

  mmAt(seconds: number): number {
    const [t0, t1, t2] = this.#times
    const [v0, v1, v2, v3] = this.#speeds
    if (seconds >= this.seconds) return this.mm
    if (seconds < t0) return v0 * seconds + ((v1 - v0) * seconds * seconds) / (2 * t0)
    let mm = ((v0 + v1) / 2) * t0
    let left = seconds - t0
    if (left < t1) return mm + v1 * left
    mm += v1 * t1
    left -= t1
    return mm + v2 * left + ((v3 - v2) * left * left) / (2 * t2)
  }
}
