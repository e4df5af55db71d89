// The room's clock: milliseconds since the epoch that never jump, for sessions; and the wall clock, for people.

export interface Clock {
  /** Whole milliseconds, steady: a correction of the system's clock does not move it, so no deadline is missed or met too soon. */
  now(): number
  /** The same instant by the system's clock as it is set now. */
  wall(atMs: number): number
}

/** A Raspberry Pi has no clock of its own: hours may be added to `Date.now()` in mid-job, when the network comes. */
export function systemClock(): Clock {
  const now = () => Math.floor(performance.timeOrigin + performance.now())
  return {
    now,
    wall: atMs => {
      const shift = Date.now() - now()
      // Small drift is left out, so that one `since` reads the same each time it is told.
      return Math.abs(shift) < 1000 ? atMs : atMs + shift
    },
  }
}
