// What a simulated machine really did, in order: enough to prove "every line exactly once".

/** Lines kept word for word; beyond them only count and hash go on, so that a soak of ten million lines stays small. */
const keptLinesMax = 20_000

/** A list of lines known by its count and a rolling hash; the first lines are kept whole. */
export class Record {
  count = 0
  /** Two 32-bit rolling hashes, printed as 16 hex digits by `hash`. */
  #low = 0x811c9dc5
  #high = 0x1b873593
  readonly lines: string[] = []

  add(line: string): void {
    this.count += 1
    if (this.lines.length < keptLinesMax) this.lines.push(line)
    let low = this.#low
    let high = this.#high
    for (let i = 0; i < line.length; i += 1) {
      const code = line.charCodeAt(i)
      low = Math.imul(low ^ code, 0x01000193)
      high = Math.imul(high ^ code, 0x85ebca6b) + 0x165667b1
    }
    this.#low = Math.imul(low ^ 10, 0x01000193)
    this.#high = Math.imul(high ^ 10, 0x85ebca6b) ^ (high >>> 13)
  }

  /** Equal for equal lists of lines; order, doubling and loss all change it. */
  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0')
  }

  /** False when lines beyond the kept ones exist. */
  get whole(): boolean {
    return this.lines.length === this.count
  }

  clear(): void {
    this.count = 0
    this.#low = 0x811c9dc5
    this.#high = 0x1b873593
    this.lines.length = 0
  }
}

/** Count and hash that a device's record must show after taking exactly these lines. */
export function recordOf(lines: Iterable<string>): Record {
  const record = new Record()
  for (const line of lines) record.add(line)
  return record
}
