// A program on disk, pulled line by line through the gate in constant memory.
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Fault } from '../protocols/contract/words.ts'
import type { Gate } from '../protocols/gcode/gate.ts'
import type { ProgramCursor, ProgramLine } from '../protocols/session.ts'
import { faults } from './words.ts'

const bufferBytes = 64 * 1024
/** One being read by the session, two ahead of it: 128 KiB are seconds of work on any machine, and a slow card answers within them. */
const buffersMax = 3
/** Enough of a line for the gate to know that it is too long, four bytes a character; the rest of a 1-MB line is skipped unread. */
const lineKeepBytes = 4 * 4096 + 4
const lf = 10
const cr = 13

export type ProgramFile = {
  readonly path: string
  readonly size: number
  /** Checked before the first line goes out, where known. */
  readonly sha256?: string
}

type Stamp = { readonly size: number; readonly mtimeMs: number; readonly ino: number }

/**
 * Opens a program for one run. Faults: program-missing (no file, or it cannot be read), program-changed (not the size or the SHA-256 that was checked).
 * `more` is called when a cursor that answered `waiting` has lines again. A line ends with LF, CRLF or CR; line numbers are 1-based and count every line.
 */
export async function openProgram(
  file: ProgramFile,
  gate: Gate,
  more: () => void,
  signal?: AbortSignal,
): Promise<FileCursor | { readonly fault: Fault }> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file.path, 'r')
    const stamp = await stampOf(handle)
    if (stamp === undefined || stamp.size !== file.size) return await refused(handle, `size ${stamp?.size}, expected ${file.size}`)
    if (file.sha256 !== undefined) {
      const sha256 = await hashOf(handle, signal)
      if (sha256 !== file.sha256) return await refused(handle, `SHA-256 ${sha256}, expected ${file.sha256}`)
    }
    return new FileCursor(handle, stamp, gate, more)
  } catch (error) {
    await handle?.close().catch(() => undefined)
    return { fault: faults.programMissing(String(error)) }
  }
}

async function refused(handle: FileHandle, detail: string): Promise<{ fault: Fault }> {
  await handle.close().catch(() => undefined)
  return { fault: faults.programChanged(detail) }
}

async function stampOf(handle: FileHandle): Promise<Stamp | undefined> {
  const stat = await handle.stat()
  return stat.isFile() ? { size: stat.size, mtimeMs: stat.mtimeMs, ino: stat.ino } : undefined
}

async function hashOf(handle: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(bufferBytes)
  for (let at = 0; ; ) {
    signal?.throwIfAborted()
    // Piece by piece: other machines are fed between two of them.
    const { bytesRead } = await handle.read(buffer, 0, bufferBytes, at)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

export class FileCursor implements ProgramCursor {
  readonly #handle: FileHandle
  readonly #stamp: Stamp
  readonly #gate: Gate
  readonly #more: () => void
  readonly #free: Buffer[] = []
  #buffersMade = 0
  #ready: Buffer[] = []
  #reading: Promise<void> | undefined
  #readAt = 0
  #allRead = false
  #starved = false
  #closed = false
  #fault: Fault | undefined

  /** The buffer under the cursor; `#at` is the next byte in it, `#base` the file offset of its first. */
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0
  #base = 0
  #nextCr = -1
  /** The last line ended with a CR at the very end of a buffer: an LF that follows belongs to it. */
  #dropLf = false
  /** The beginning of a line that goes on in the next buffer. */
  #carry: Buffer[] = []
  #carryBytes = 0
  #carried = false
  #number = 0

  constructor(handle: FileHandle, stamp: Stamp, gate: Gate, more: () => void) {
    this.#handle = handle
    this.#stamp = stamp
    this.#gate = gate
    this.#more = more
    this.#fill()
  }

  next(): ProgramLine | 'waiting' | 'end' | { readonly fault: Fault } {
    for (;;) {
      if (this.#fault !== undefined) return { fault: this.#fault }
      const raw = this.#takeLine()
      if (raw === undefined) return this.#outOfBytes()
      this.#number++
      const passed = this.#gate.line(raw)
      if (passed === 'skip') continue
      if ('fault' in passed) {
        this.#fault = passed.fault.line === undefined ? { ...passed.fault, line: this.#number } : passed.fault
        continue
      }
      return { text: passed.send, number: this.#number, endByte: this.#base + this.#at }
    }
  }

  /** Lines of the file read so far, comments and blanks too. */
  get lineNumber(): number {
    return this.#number
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#reading
    await this.#handle.close().catch(() => undefined)
    this.#ready = []
  }

  #outOfBytes(): 'waiting' | 'end' | { readonly fault: Fault } {
    if (this.#fault !== undefined) return { fault: this.#fault }
    if (this.#allRead) return 'end'
    this.#starved = true
    return 'waiting'
  }

  /** The next line without its end, or undefined when the bytes at hand hold none. */
  #takeLine(): string | undefined {
    for (;;) {
      if (this.#at >= this.#buffer.length && !this.#turnBuffer()) return this.#allRead ? this.#takeLast() : undefined
      const buffer = this.#buffer
      if (this.#dropLf) {
        this.#dropLf = false
        if (buffer[this.#at] === lf) {
          this.#at++
          continue
        }
      }
      const start = this.#at
      const endLf = buffer.indexOf(lf, start)
      // Looked for once a buffer, not once a line: most files have none.
      if (this.#nextCr !== -1 && this.#nextCr < start) this.#nextCr = buffer.indexOf(cr, start)
      const endsWithCr = this.#nextCr !== -1 && (endLf === -1 || this.#nextCr < endLf)
      const end = endsWithCr ? this.#nextCr : endLf
      if (end === -1) {
        this.#keep(start, buffer.length)
        this.#at = buffer.length
        continue
      }
      this.#at = end + 1
      if (endsWithCr) {
        if (this.#at === buffer.length) this.#dropLf = true
        else if (buffer[this.#at] === lf) this.#at++
      }
      if (!this.#carried) return buffer.toString('utf8', start, Math.min(end, start + lineKeepBytes))
      this.#keep(start, end)
      return this.#takeCarry()
    }
  }

  /** What stands after the last line end. */
  #takeLast(): string | undefined {
    return this.#carried ? this.#takeCarry() : undefined
  }

  #takeCarry(): string {
    const raw = Buffer.concat(this.#carry).toString('utf8')
    this.#carry = []
    this.#carryBytes = 0
    this.#carried = false
    return raw
  }

  #keep(start: number, end: number): void {
    this.#carried = true
    const kept = Math.min(end, start + lineKeepBytes - this.#carryBytes)
    if (kept <= start) return
    // A copy: the buffer is read into again.
    this.#carry.push(Buffer.from(this.#buffer.subarray(start, kept)))
    this.#carryBytes += kept - start
  }

  #turnBuffer(): boolean {
    const next = this.#ready.shift()
    if (next === undefined) return false
    this.#base += this.#buffer.length
    if (this.#buffer.length > 0) this.#free.push(this.#buffer)
    this.#buffer = next
    this.#at = 0
    this.#nextCr = next.indexOf(cr)
    this.#fill()
    return true
  }

  #fill(): void {
    if (this.#reading !== undefined || this.#allRead || this.#closed) return
    const buffer = this.#free.pop() ?? (this.#buffersMade < buffersMax ? this.#newBuffer() : undefined)
    if (buffer === undefined) return
    this.#reading = this.#read(buffer).then(() => {
      this.#reading = undefined
      this.#fill()
      if (!this.#starved || this.#closed) return
      this.#starved = false
      this.#more()
    })
  }

  #newBuffer(): Buffer {
    this.#buffersMade++
    return Buffer.allocUnsafeSlow(bufferBytes)
  }

  async #read(buffer: Buffer): Promise<void> {
    try {
      const whole = Buffer.from(buffer.buffer, buffer.byteOffset, bufferBytes)
      const { bytesRead } = await this.#handle.read(whole, 0, bufferBytes, this.#readAt)
      const stamp = await stampOf(this.#handle)
      const same = stamp?.size === this.#stamp.size && stamp.mtimeMs === this.#stamp.mtimeMs
      this.#readAt += bytesRead
      if (!same || this.#readAt > this.#stamp.size || (bytesRead === 0 && this.#readAt !== this.#stamp.size)) {
        this.#fault = faults.programChanged(`while running, at byte ${this.#readAt}`)
        return
      }
      if (bytesRead > 0) this.#ready.push(whole.subarray(0, bytesRead))
      this.#allRead = this.#readAt === this.#stamp.size
    } catch (error) {
      this.#fault = faults.programMissing(String(error))
    }
  }
}
