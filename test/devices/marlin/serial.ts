// Marlin's serial door: bytes to lines, numbers and checksums judged, Resend asked for, the ring of commands filled.
import type { MarlinOptions } from './options.ts'

export type Command = {
  /** Without number, checksum and comment. */
  readonly text: string
  readonly number: number | undefined
}

const newline = 10
const carriageReturn = 13

export class SerialDoor {
  /** Commands waiting; the first is being executed. */
  readonly ring: Command[] = []
  lastNumber = 0
  linesTaken = 0
  resends = 0
  /** Between M28 and M29 unnumbered lines are refused. */
  saving = false
  readonly #options: MarlinOptions
  readonly #send: (text: string) => void
  readonly #taken: (line: string) => void
  #line = ''
  #comment = false
  #escaped = false

  constructor(options: MarlinOptions, send: (text: string) => void, taken: (line: string) => void) {
    this.#options = options
    this.#send = send
    this.#taken = taken
  }

  get full(): boolean {
    return this.ring.length >= this.#options.commandRing
  }

  clear(): void {
    this.ring.length = 0
    this.#line = ''
    this.#comment = false
    this.#escaped = false
  }

  reset(): void {
    this.clear()
    this.lastNumber = 0
    this.saving = false
  }

  /** Takes one byte. `drain` empties the receive ring: what a refused line makes the firmware do. */
  take(byte: number, drain: () => void): void {
    if (byte === newline || byte === carriageReturn) {
      const line = this.#line
      this.#line = ''
      this.#comment = false
      this.#escaped = false
      if (line !== '') this.#judge(line, drain)
      return
    }
    if (this.#comment) return
    // Bytes beyond MAX_CMD_SIZE - 1 are dropped without a word.
    if (this.#line.length >= this.#options.commandBytes - 1) return
    if (this.#escaped) this.#escaped = false
    else if (byte === 0x5c) {
      this.#escaped = true
      return
    } else if (byte === 0x3b) {
      this.#comment = true
      return
    }
    if (this.#line === '' && byte === 0x20) return
    this.#line += String.fromCharCode(byte)
  }

  // The order of these checks is the firmware's (queue.cpp, get_serial_commands).
  #judge(line: string, drain: () => void): void {
    this.linesTaken += 1
    this.#taken(line)
    if (line.charCodeAt(0) !== 0x4e) {
      const star = line.lastIndexOf('*')
      if (this.saving && !line.includes('M29')) this.#refuse('No Checksum with line number', drain)
      else this.#enqueue(star < 0 ? line : line.slice(0, star), undefined)
      return
    }
    const isM110 = line.includes('M110')
    // "N0 M110 N7*…": the second number is the one that counts.
    const numberAt = isM110 ? line.lastIndexOf('N') : 0
    const number = Number.parseInt(line.slice(numberAt + 1), 10)
    if (!isM110 && number !== this.lastNumber + 1) {
      if (this.#options.duplicates === 'dropped' && (number === this.lastNumber || number === this.lastNumber - 1)) return
      this.#refuse('Line Number is not Last Line Number+1', drain)
      return
    }
    const star = line.lastIndexOf('*')
    const wrong = star < 0 ? 'No Checksum with line number' : 'checksum mismatch'
    if (star < 0 || Number.parseInt(line.slice(star + 1), 10) !== xorOf(line, star)) {
      this.#refuse(wrong, drain)
      return
    }
    this.lastNumber = Number.isFinite(number) ? number : this.lastNumber
    const text = line.slice(0, star).replace(/^N-?\d+\s*/, '')
    this.#enqueue(text.trimEnd(), this.lastNumber)
  }

  #enqueue(text: string, number: number | undefined): void {
    this.ring.push({ text, number })
  }

  #refuse(why: string, drain: () => void): void {
    this.resends += 1
    drain()
    this.#line = ''
    this.#send(`Error:${why}, Last Line: ${this.lastNumber}\n`)
    this.#send(`Resend: ${this.lastNumber + 1}\n`)
    if (this.#options.okAfterResend) this.#send('ok\n')
  }
}

/** XOR of every byte before `end`. */
export function xorOf(line: string, end: number): number {
  let sum = 0
  for (let i = 0; i < end; i += 1) sum ^= line.charCodeAt(i) & 0xff
  return sum
}
