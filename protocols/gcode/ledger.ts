// Remembers what was noticed while reading: what, where first, how often, how bad.

export type Entry = { line: number; count: number; value: number; text: string }

/** Different things noticed, and texts of one thing, at most: a hostile file must not fill memory. */
const textsMax = 12

export class Ledger {
  readonly entries = new Map<string, Entry>()

  /** Something occurred on a line. `value`: the worst is kept. `text`: the first few different ones are kept. */
  note(code: string, line: number, value = 0, text = ''): void {
    const entry = this.entries.get(code)
    if (entry === undefined) {
      this.entries.set(code, { line, count: 1, value, text })
      return
    }
    entry.count++
    if (value > entry.value) entry.value = value
    if (text !== '' && entry.text.split(', ').length < textsMax && !entry.text.split(', ').includes(text)) {
      entry.text += `, ${text}`
    }
  }

  get(code: string): Entry | undefined {
    return this.entries.get(code)
  }

  has(code: string): boolean {
    return this.entries.has(code)
  }
}
