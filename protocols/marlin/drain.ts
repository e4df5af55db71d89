// After a refused line: say nothing, count nothing, until the wire is quiet; then it is known which line the firmware wants.

/** Answers of lines that were in flight behind the refused one arrive within wire time and one USB frame (FTDI: 16 ms). */
const quietMs = 80
/** A drain that never gets quiet is noise; ask anyway. */
const drainMaxMs = 2000

export class Drain {
  readonly #endsAt: number
  #wanted: number | undefined
  #conflict = false
  #quietAt: number

  /** `wanted`: the line asked for, where the wish is one to believe. */
  constructor(wanted: number | undefined, nowMs: number) {
    this.#wanted = wanted
    this.#quietAt = nowMs + quietMs
    this.#endsAt = nowMs + drainMaxMs
  }

  get deadline(): number {
    return Math.min(this.#quietAt, this.#endsAt)
  }

  /** Whether oks come after a Resend differs by version: none is counted across it. */
  hear(nowMs: number): void {
    this.#quietAt = nowMs + quietMs
  }

  /** Every line behind the refused one is refused, too, and asks for the same. Two different wishes: one of them is noise. */
  ask(line: number, believable: boolean, nowMs: number): void {
    this.hear(nowMs)
    if (this.#wanted === undefined) this.#wanted = believable ? line : undefined
    else if (this.#wanted !== line) this.#conflict = true
  }

  /** The line to say again; undefined: the firmware must be asked. */
  get target(): number | undefined {
    return this.#conflict ? undefined : this.#wanted
  }
}
