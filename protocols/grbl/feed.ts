// Character counting: the lines the controller has received and not yet answered, and the room left in its buffer.
import type { ProgramLine } from '../session.ts'

/** A first-in first-out ring of lines; no shifting, no allocation per line. */
export class Feed {
  /** Bytes that may be unanswered at once. */
  readonly limitBytes: number
  #ring: (ProgramLine | undefined)[] = new Array<ProgramLine | undefined>(64)
  #head = 0
  #lines = 0
  #bytes = 0

  /**
   * `bufferBytes` is what the controller reports ([OPT:…,blocks,rx]). One byte less is used:
   * Grbl 1.1 holds all it says, but rings of a power of two (grblHAL, older Grbl) hold one less.
   */
  constructor(bufferBytes: number) {
    this.limitBytes = bufferBytes - 1
  }

  /** Lines unanswered. */
  get lines(): number {
    return this.#lines
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Whether a line of so many characters and its newline still fits. */
  fits(length: number): boolean {
    return this.#bytes + length + 1 <= this.limitBytes
  }

  push(line: ProgramLine): void {
    if (this.#lines === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#lines) & (this.#ring.length - 1)] = line
    this.#lines++
    this.#bytes += line.text.length + 1
  }

  /** The oldest unanswered line, which the controller works on now. */
  first(): ProgramLine | undefined {
    return this.#lines === 0 ? undefined : this.#ring[this.#head]
  }

  /** Takes the oldest line out: it has been answered. */
  take(): ProgramLine | undefined {
    if (this.#lines === 0) return undefined
    const line = this.#ring[this.#head]
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#lines--
    if (line !== undefined) this.#bytes -= line.text.length + 1
    return line
  }

  clear(): void {
    while (this.take() !== undefined);
  }

  /** Oldest first. */
  *unanswered(): Generator<ProgramLine> {
    for (let at = 0; at < this.#lines; at++) {
      const line = this.#ring[(this.#head + at) & (this.#ring.length - 1)]
      if (line !== undefined) yield line
    }
  }

  #grow(): void {
    const lines = [...this.unanswered()]
    this.#ring = new Array<ProgramLine | undefined>(this.#ring.length * 2)
    for (const [at, line] of lines.entries()) this.#ring[at] = line
    this.#head = 0
  }
}
