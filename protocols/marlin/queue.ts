// What is to be said next: a line that had to step back, then our own words, then the program.
import type { ProgramLine } from '../session.ts'
import type { Done, Ledger, Said } from './window.ts'

type Aside = { readonly text: string; readonly done: Done | undefined }

export class Queue {
  readonly #take: (nowMs: number) => ProgramLine | undefined
  #asides: Aside[] = []
  /** A line that was ready to go when something more urgent took its number. */
  #held: Said | undefined
  /** Program lines taken in this job. */
  #ordinal = 0

  constructor(take: (nowMs: number) => ProgramLine | undefined) {
    this.#take = take
  }

  /** Nothing of ours waits; the program may. */
  get empty(): boolean {
    return this.#asides.length === 0 && !this.#held
  }

  add(text: string, done: Done | undefined): void {
    this.#asides.push({ text, done })
  }

  addFirst(text: string, done: Done | undefined): void {
    this.#asides.unshift({ text, done })
  }

  /** Steps back: it is the first to go again. */
  hold(said: Said | undefined): void {
    this.#held = said ?? this.#held
  }

  newJob(): void {
    this.#ordinal = 0
  }

  /** A program line that is not on the wire yet never will be. */
  endJob(): void {
    if (this.#held?.program) this.#held = undefined
  }

  dropAsides(): readonly (Done | undefined)[] {
    const asides = this.#asides
    this.#asides = []
    return asides.map(aside => aside.done)
  }

  clear(): readonly (Done | undefined)[] {
    const held = this.#held
    this.#held = undefined
    return [held?.done, ...this.dropAsides()]
  }

  /** Frames the next line under the ledger's next number; undefined: nothing to say for the time being. */
  prepare(ledger: Ledger, nowMs: number): Said | undefined {
    const held = this.#held
    if (held) {
      this.#held = undefined
      return ledger.prepare(held.text, held.program, held.ordinal, held.done)
    }
    const aside = this.#asides.shift()
    if (aside) return ledger.prepare(aside.text, undefined, 0, aside.done)
    const line = this.#take(nowMs)
    if (line) return ledger.prepare(line.text, line, ++this.#ordinal, undefined)
    // The program may have ended just now and left us its last words.
    return this.#asides.length > 0 ? this.prepare(ledger, nowMs) : undefined
  }
}
