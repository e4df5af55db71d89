// The numbered log of what was said to the machine: what is on its way, what was acknowledged, what can be said again.
import type { ProgramLine } from '../session.ts'
import { codeOf, m105, waitOf } from './codes.ts'
import { bareLine, frameLine } from './frame.ts'

/** Told once: no fault when the firmware acknowledged the line, a reason when that will never be known. */
export type Done = (nowMs: number, lost?: string) => void

/** One line of the log. A number and its text stay together for ever: the firmware drops a number it has seen, whatever it carries. */
export type Said = {
  number: number
  text: string
  frame: Uint8Array
  code: number
  program: ProgramLine | undefined
  /** How many program lines of the job this one makes, itself included. */
  ordinal: number
  done: Done | undefined
}

/** Lines that can be said again. Marlin never asks further back than it can have in flight; the rest is for the technician's trust. */
export const historyLines = 512

export class Ledger {
  /** Number the next new line gets. */
  next = 1
  /** Next number to be put on the wire; below `next` while lines are said again. */
  cursor = 1
  /** Oldest number not acknowledged. */
  head = 1
  /** Bytes on the wire without an answer. */
  bytes = 0
  /** The latest line on the wire that takes its time. */
  #blockedBy = 0
  /** A line is framed for the number `next`, but waits for room. */
  #prepared: Said | undefined
  readonly #numbered: boolean
  /** Filled as lines are said: most connections to an idle machine say few. */
  readonly #ring: Said[] = []

  constructor(numbered: boolean) {
    this.#numbered = numbered
  }

  get inFlight(): number {
    return this.cursor - this.head
  }

  holds(number: number): boolean {
    return number >= this.next - historyLines && number < this.next && number >= 1
  }

  at(number: number): Said {
    const said = this.#ring[number % historyLines]
    if (said === undefined) throw new Error(`line ${number} was never said`)
    return said
  }

  get prepared(): Said | undefined {
    return this.#prepared
  }

  /** Frames a line for the next number without giving it away yet. */
  prepare(text: string, program: ProgramLine | undefined, ordinal: number, done: Done | undefined): Said {
    const number = this.next
    const place = number % historyLines
    const frame = this.#numbered ? frameLine(number, text) : bareLine(text)
    const code = codeOf(text)
    const old = this.#ring[place]
    const said = old ?? { number, text, frame, code, program, ordinal, done }
    if (old) {
      old.number = number
      old.text = text
      old.frame = frame
      old.code = code
      old.program = program
      old.ordinal = ordinal
      old.done = done
    } else this.#ring[place] = said
    this.#prepared = said
    return said
  }

  /** Takes a prepared line back: its number was never on the wire and may go to another. */
  withdraw(): Said | undefined {
    const said = this.#prepared && { ...this.#prepared }
    this.#prepared = undefined
    return said
  }

  /** The line at the cursor goes onto the wire: a prepared one with its number for good, or one that is said again. */
  put(): Said {
    if (this.cursor === this.next) {
      this.#prepared = undefined
      this.next++
    }
    const said = this.at(this.cursor)
    this.cursor++
    this.bytes += said.frame.length
    if (waitOf(said.code)) this.#blockedBy = said.number
    return said
  }

  /** The line on the wire that takes its time, while nothing is known of its end. */
  get blocking(): Said | undefined {
    return this.#blockedBy >= this.head && this.#blockedBy < this.cursor ? this.at(this.#blockedBy) : undefined
  }

  /**
   * Number of the M105 in flight that an `ok T:…` answers, 0 for none: the first, and those directly behind it, since the
   * answer of one of them may have been lost and a probe too few acknowledged would be waited for in vain. `last`: the very last.
   */
  temperatureAsked(last: boolean): number {
    let found = 0
    for (let n = this.head; n < this.cursor; n++) {
      if (this.at(n).code === m105) found = n
      else if (found > 0 && !last) return found
    }
    return found
  }

  /** The oldest line on the wire is acknowledged. */
  pop(): Said {
    const said = this.at(this.head)
    this.head++
    this.bytes = this.head === this.cursor ? 0 : this.bytes - said.frame.length
    return said
  }

  /** The firmware wants `number` next: everything below it has arrived, nothing from it on. */
  rewind(number: number): void {
    this.head = number
    this.cursor = number
    this.bytes = 0
  }
}
