// The order in which bytes leave: urgent ones first, and never more inside the system than one write.

/** Handed over at most in one write; sessions keep far less in flight (a receive buffer of the controller). */
const writeBytesMax = 4096

/**
 * Keeps what waits for a port. `write` answers whether the system took the bytes whole; where not, the owner calls `drained` once it has.
 * Chunks are never cut, so an urgent one cannot land inside a line.
 */
export class Outbox {
  readonly #write: (bytes: Uint8Array) => boolean
  #urgent: Uint8Array[] = []
  #waiting: Uint8Array[] = []
  #writing = false
  #flushing = false
  #closed = false

  constructor(write: (bytes: Uint8Array) => boolean) {
    this.#write = write
  }

  send(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    if (this.#flushing || this.#writing) return
    this.#flushing = true
    // Four acknowledgements in one read answer with four lines: one write, not four.
    queueMicrotask(() => {
      this.#flushing = false
      this.#pump()
    })
  }

  sendNow(bytes: Uint8Array): void {
    this.#urgent.push(bytes)
    this.#pump()
  }

  dropUnsent(): void {
    this.#waiting = []
  }

  drained(): void {
    this.#writing = false
    this.#pump()
  }

  close(): void {
    this.#closed = true
    this.#urgent = []
    this.#waiting = []
  }

  #pump(): void {
    while (!this.#writing && !this.#closed) {
      const bytes = this.#take()
      if (bytes === undefined) return
      // Set before writing: a write that fails may close us within.
      this.#writing = true
      if (!this.#write(bytes)) return
      this.#writing = false
    }
  }

  #take(): Uint8Array | undefined {
    if (this.#urgent.length > 0) {
      const urgent = this.#urgent
      this.#urgent = []
      return joined(urgent)
    }
    const first = this.#waiting[0]
    if (first === undefined) return undefined
    if (this.#waiting.length === 1) {
      this.#waiting = []
      return first
    }
    let bytes = 0
    let count = 0
    for (const chunk of this.#waiting) {
      if (count > 0 && bytes + chunk.length > writeBytesMax) break
      bytes += chunk.length
      count++
    }
    return joined(this.#waiting.splice(0, count))
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}
