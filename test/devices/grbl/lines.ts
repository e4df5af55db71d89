// Bytes to lines as each firmware does it: what is stripped, what counts towards the limit, what happens beyond it.
import type { Variant } from './variants.ts'

const newline = 10
const carriageReturn = 13

export class LineBuffer {
  line = ''
  tooLong = false
  readonly #variant: Variant
  #counted = 0
  #comment: 'none' | 'bracket' | 'rest' = 'none'
  #lastEnd = 0

  constructor(variant: Variant) {
    this.#variant = variant
  }

  clear(): void {
    this.line = ''
    this.tooLong = false
    this.#counted = 0
    this.#comment = 'none'
  }

  /** Takes one byte; true when it ends a line. */
  take(byte: number): boolean {
    if (byte === newline || byte === carriageReturn) {
      // CR LF and LF CR are one end for those who fold them.
      if (this.#variant.foldsCrLf && this.#lastEnd !== 0 && this.#lastEnd !== byte) {
        this.#lastEnd = 0
        return false
      }
      this.#lastEnd = byte
      return true
    }
    this.#lastEnd = 0
    const variant = this.#variant
    if (variant.lineCounts === 'raw') {
      this.#counted += 1
      if (this.#counted > variant.lineMax) {
        if (variant.tooLong === 'error') this.tooLong = true
        return false
      }
    }
    if (this.#comment !== 'none') {
      if (byte === 0x29 && this.#comment === 'bracket') this.#comment = 'none'
      return false
    }
    if (byte <= 0x20 || byte === 0x2f) return false
    if (byte === 0x28) {
      this.#comment = 'bracket'
      return false
    }
    if (byte === 0x3b) {
      this.#comment = 'rest'
      return false
    }
    if (variant.lineCounts === 'stripped' && this.line.length >= variant.lineMax) {
      this.tooLong = true
      return false
    }
    this.line += String.fromCharCode(byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)
    return false
  }
}
