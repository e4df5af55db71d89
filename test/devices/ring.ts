// A controller's serial receive buffer: what does not fit is lost without a word, as on iron.

/** A ring of `size` usable bytes. A byte that finds it full vanishes and is counted. */
export class ReceiveRing {
  readonly size: number
  /** Bytes that found the ring full. */
  overruns = 0
  /** The fullest it has been. */
  maxBuffered = 0
  #bytes: Uint8Array
  #head = 0
  #count = 0

  constructor(size: number) {
    this.size = size
    this.#bytes = new Uint8Array(size)
  }

  get length(): number {
    return this.#count
  }

  get free(): number {
    return this.size - this.#count
  }

  push(byte: number): void {
    if (this.#count === this.size) {
      this.overruns += 1
      return
    }
    this.#bytes[(this.#head + this.#count) % this.size] = byte
    this.#count += 1
    if (this.#count > this.maxBuffered) this.maxBuffered = this.#count
  }

  /** The oldest byte, or -1 when there is none. */
  read(): number {
    if (this.#count === 0) return -1
    const byte = this.#bytes[this.#head] ?? -1
    this.#head = (this.#head + 1) % this.size
    this.#count -= 1
    return byte
  }

  clear(): void {
    this.#head = 0
    this.#count = 0
  }
}
