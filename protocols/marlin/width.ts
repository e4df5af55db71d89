// How many lines may be on the wire unacknowledged: one, until the model or the firmware itself proves more, and one again after the first doubt.

/** Lines in a row without an anomaly before the model's window opens. */
const steadyLines = 32
/** Numbered oks in a row without an anomaly before an unproven firmware is trusted with more than one line. */
const advancedLines = 500
/** BUFSIZE of nearly every Marlin. */
export const windowMax = 4

export class Width {
  lines = 1
  readonly #proven: number
  #narrowed = false
  #mayOpen = true
  #steady = 0
  #advanced = 0
  #buffer = 0

  /** `proven`: lines the model's profile allows. */
  constructor(proven: number) {
    this.#proven = Math.min(proven, windowMax)
  }

  /** ADVANCED_OK has been in force long enough that an ok without a number is no whole ok. */
  get numbered(): boolean {
    return this.#advanced >= steadyLines
  }

  /** What was an anomaly for one job is not held against the next. */
  newJob(): void {
    this.lines = 1
    this.#narrowed = false
    this.#steady = 0
  }

  reset(): void {
    this.newJob()
    this.#advanced = 0
  }

  /** Firmwares whose buffers nobody knows keep one line in flight, whatever the model says. */
  keepNarrow(): void {
    this.#mayOpen = false
    this.lines = 1
  }

  /** Something did not add up: one line in flight for the rest of the job. */
  narrow(): void {
    this.lines = 1
    this.#narrowed = true
    this.#advanced = 0
  }

  /** An ok named another line than ours. */
  doubtNumbers(): void {
    this.#advanced = 0
  }

  /** An ok named the very line that was due, and `buffer` free places (the ring holds one more: Marlin #26128). */
  advanced(buffer: number): void {
    this.#advanced++
    if (buffer > this.#buffer) this.#buffer = buffer
  }

  /** A program line was acknowledged as it should be. */
  steady(): void {
    if (this.#narrowed || this.lines >= windowMax || !this.#mayOpen) return
    this.#steady++
    if (this.#proven > 1) {
      if (this.#steady >= steadyLines) this.lines = this.#proven
    } else if (this.#advanced >= advancedLines) this.lines = Math.max(1, Math.min(windowMax, this.#buffer + 1))
  }
}
