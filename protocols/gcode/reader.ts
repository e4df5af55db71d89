// Turns bytes into lines and words without making garbage: the analysis reads 300 MB through one reusable Line.

/** Bytes of a line that are read; what stands behind them is a comment or no program. The gate has the same bound. */
export const lineBytesMax = 4096

/** Words of a line that are read; no firmware takes as many. */
const wordsMax = 48

/** One line of the program. Reused for every line: whoever wants to keep something copies it. */
export class Line {
  /** 1-based number in the file. */
  number = 0
  /** Byte offset in the file behind this line and its terminator. */
  endByte = 0
  /** Upper-case letters as character codes, and their numbers (NaN where a letter stands alone). */
  readonly letters = new Uint8Array(wordsMax)
  readonly values = new Float64Array(wordsMax)
  count = 0
  /** Characters that are neither blank nor comment: what Grbl counts. */
  kept = 0
  /** Characters in front of the comment, ends trimmed: what Marlin receives. */
  length = 0
  /** Nothing but moves: words G0–G3 and their coordinates. Such a line needs no closer look than its length. */
  plain = true
  /** Something stands here that is no word and no comment. */
  odd = false
  /** The line went on behind lineBytesMax without a comment. */
  overlong = false
  /** Where the line's bytes are; valid only during the call. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  /** The first comment without its marks, -1 where there is none. */
  commentStart = -1
  commentEnd = -1

  /** The line's bytes as characters, one each. */
  raw(): string {
    return String.fromCharCode(...this.bytes.subarray(this.start, Math.min(this.end, this.start + lineBytesMax)))
  }

  comment(): string {
    return this.commentStart < 0 ? '' : utf8.decode(this.bytes.subarray(this.commentStart, this.commentEnd))
  }

  /** The number of a word, NaN where the line has none. */
  value(letter: number): number {
    for (let i = 0; i < this.count; i++) if (this.letters[i] === letter) return this.values[i] ?? Number.NaN
    return Number.NaN
  }

  has(letter: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.letters[i] === letter) return true
    return false
  }
}

const utf8 = new TextDecoder('utf-8')

/** Powers of ten for the digits behind the point; longer fractions are cut, a nanometre is enough. */
const powers = new Float64Array(16)
for (let i = 0; i < 16; i++) powers[i] = 10 ** i
const fractionMax = 15

/** 1: a coordinate or its like, 2: G, 0: look closer. Indexed by upper-case letter. */
const kinds = new Uint8Array(128)
for (const letter of 'XYZEFSIJKR') kinds[letter.charCodeAt(0)] = 1
kinds[71] = 2

/** Calls `each` for every line of the chunks pushed; the same lines whatever the chunks. */
export class LineReader {
  readonly line = new Line()
  private readonly each: (line: Line) => void
  private readonly carry = new Uint8Array(lineBytesMax + 1)
  private carried = 0
  /** Length of the carried line, of which only the beginning is kept. */
  private carriedBytes = 0
  private offset = 0
  private number = 0

  constructor(each: (line: Line) => void) {
    this.each = each
  }

  push(chunk: Uint8Array): void {
    const length = chunk.length
    let start = 0
    if (this.carriedBytes > 0) {
      const end = chunk.indexOf(10)
      this.keep(chunk, 0, end < 0 ? length : end)
      if (end < 0) return
      this.emitCarried(1)
      start = end + 1
    }
    const last = chunk.lastIndexOf(10)
    while (start <= last) {
      const end = this.read(chunk, start, last)
      this.offset += end - start + 1
      this.emit(chunk, start, end)
      start = end + 1
    }
    if (start < length) this.keep(chunk, start, length)
  }

  /** A last line without a terminator. */
  finish(): void {
    if (this.carriedBytes > 0) this.emitCarried(0)
  }

  get lines(): number {
    return this.number
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    const room = this.carry.length - this.carried
    const taken = Math.min(room, to - from)
    if (taken > 0) {
      this.carry.set(chunk.subarray(from, from + taken), this.carried)
      this.carried += taken
    }
    this.carriedBytes += to - from
  }

  private emitCarried(terminator: number): void {
    const length = this.carried
    this.offset += this.carriedBytes + terminator
    this.carried = 0
    this.carriedBytes = 0
    this.read(this.carry, 0, length)
    this.emit(this.carry, 0, length)
  }

  private emit(bytes: Uint8Array, start: number, end: number): void {
    const line = this.line
    line.number = ++this.number
    line.endByte = this.offset
    line.bytes = bytes
    line.start = start
    line.end = end
    this.each(line)
  }

  /** Reads the line that begins at `start` and answers where it ends: at a line feed or at `limit`. */
  private read(bytes: Uint8Array, start: number, limit: number): number {
    const line = this.line
    const letters = line.letters
    const values = line.values
    let count = 0
    let kept = 0
    let textEnd = start
    let textStart = -1
    let plain = true
    let odd = false
    let letter = 0
    let mantissa = 0
    let digits = 0
    let point = -1
    let negative = false
    let signed = false
    line.commentStart = -1
    line.commentEnd = -1
    line.overlong = false
    const bound = start + lineBytesMax < limit ? start + lineBytesMax : limit
    let i = start
    // The byte order mark belongs to the file, not to its first line.
    if (this.number === 0 && bytes[i] === 0xef && bytes[i + 1] === 0xbb && bytes[i + 2] === 0xbf) i += 3
    for (; i < bound; i++) {
      const code = bytes[i] ?? 10
      if (code >= 48 && code <= 57) {
        if (point < 0 || digits - point < fractionMax) {
          mantissa = mantissa * 10 + (code - 48)
          digits++
        }
        kept++
        textEnd = i + 1
        if (letter === 0) odd = true
        continue
      }
      if (code === 46) {
        if (point >= 0 || letter === 0) odd = true
        point = digits
        kept++
        textEnd = i + 1
        continue
      }
      if (code === 32) continue
      if (code === 10) break
      const upper = code >= 97 && code <= 122 ? code - 32 : code
      if (upper >= 65 && upper <= 90) {
        if (textStart < 0) textStart = i
        if (letter !== 0 && count < wordsMax) {
          const value = digits === 0 ? Number.NaN : point < 0 ? mantissa : mantissa / (powers[digits - point] ?? 1)
          letters[count] = letter
          values[count] = negative ? -value : value
          count++
          const kind = kinds[letter]
          if (kind === 0 || (kind === 2 && !(value <= 3)) || digits === 0) plain = false
        }
        letter = upper
        mantissa = 0
        digits = 0
        point = -1
        negative = false
        signed = false
        kept++
        textEnd = i + 1
        continue
      }
      if (code === 45 || code === 43) {
        if (letter === 0 || digits > 0 || point >= 0 || signed) odd = true
        signed = true
        if (code === 45) negative = true
        kept++
        textEnd = i + 1
        continue
      }
      if (code === 59) {
        if (line.commentStart < 0) line.commentStart = i + 1
        const end = bytes.indexOf(10, i)
        i = end < 0 || end > limit ? limit : end
        if (line.commentEnd < 0) line.commentEnd = Math.min(i, start + lineBytesMax)
        break
      }
      if (code === 40) {
        let close = i + 1
        while (close < bound && bytes[close] !== 41 && bytes[close] !== 10) close++
        if (line.commentStart < 0) {
          line.commentStart = i + 1
          line.commentEnd = close
        }
        i = bytes[close] === 41 ? close : close - 1
        continue
      }
      if (code < 32) {
        // A carriage return ends a line only before the line feed.
        if (code === 13 && i + 1 < bound && bytes[i + 1] !== 10) odd = true
        if (code === 0) odd = true
        continue
      }
      // Marlin's checksum: behind it stands nothing of the program.
      odd = true
      kept++
      textEnd = i + 1
      if (code === 42) {
        const end = bytes.indexOf(10, i)
        i = end < 0 || end > limit ? limit : end
        break
      }
    }
    if (letter !== 0 && count < wordsMax) {
      const value = digits === 0 ? Number.NaN : point < 0 ? mantissa : mantissa / (powers[digits - point] ?? 1)
      letters[count] = letter
      values[count] = negative ? -value : value
      count++
      const kind = kinds[letter]
      if (kind === 0 || (kind === 2 && !(value <= 3)) || digits === 0) plain = false
    }
    if (i === bound && bound < limit) {
      const end = bytes.indexOf(10, i)
      i = end < 0 || end > limit ? limit : end
      line.overlong = i - start > lineBytesMax
    }
    if (line.commentEnd > 0 && bytes[line.commentEnd - 1] === 13) line.commentEnd--
    line.count = count
    line.kept = kept
    line.length = textStart < 0 ? kept : textEnd - textStart
    line.plain = plain && !odd && !line.overlong
    line.odd = odd
    return i
  }
}
