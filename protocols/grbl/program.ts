// A program on its way to the controller: pulled line by line, checked once more, counted into the feed.
import type { Fault } from '../contract/words.ts'
import type { ProgramCursor, ProgramLine } from '../session.ts'
import { Feed } from './feed.ts'
import type { Outbox } from './outbox.ts'
import { faults } from './words.ts'

export type ProgramRules = {
  readonly bufferBytes: number
  readonly lineLengthMax: number
  /** A laser whose program may not burn with M3. The gate refuses it too; a beam that stands still is worth two checks. */
  readonly constantPowerForbidden: boolean
}

/** Spindle or beam as the lines sent so far leave it. */
export type Power = 'off' | 'constant' | 'dynamic'

/** `G4 P0.01` waits until the planner is empty: its ok comes when the motion is done (Grbl interface.md, "Streaming"). */
const syncText = 'G4 P0.01'

/** Lines of our own have no number in the file. */
const ownLine = (text: string): ProgramLine => ({ text, number: 0, endByte: -1 })

export class ProgramFeed {
  readonly feed: Feed
  readonly #rules: ProgramRules
  readonly #cursor: ProgramCursor
  readonly #scratch: Uint8Array
  /** Pulled and does not fit yet. */
  #held: ProgramLine | undefined
  /** Our lines before the program, and after it. */
  readonly #before: string[]
  #after: string[] | undefined
  #waiting = false
  /** The line in flight touches EEPROM: an AVR loses bytes while it writes, so nothing may be on the wire beside it. */
  #alone = false
  #stopped = false
  #power: Power = 'off'
  /** Acknowledged lines of the program, and the file offset behind the last of them. */
  lines = 0
  endByte = 0
  lastSentMs: number

  constructor(cursor: ProgramCursor, rules: ProgramRules, before: readonly string[], nowMs: number) {
    this.feed = new Feed(rules.bufferBytes)
    this.#rules = rules
    this.#cursor = cursor
    this.#before = [...before]
    this.#scratch = new Uint8Array(this.feed.limitBytes)
    this.lastSentMs = nowMs
  }

  /** The cursor had nothing ready when last asked. */
  get waiting(): boolean {
    return this.#waiting
  }

  get power(): Power {
    return this.#power
  }

  /** Everything has been sent, the sync too; what is left is to be answered. */
  get sentWhole(): boolean {
    return this.#after !== undefined && this.#after.length === 0 && this.#held === undefined
  }

  /** No line more, whatever room there is. */
  stop(): void {
    this.#stopped = true
  }

  proceed(): void {
    this.#stopped = false
  }

  /**
   * Sends all that fits, as one piece of bytes. Answers with a fault where a line must not be sent;
   * the lines before it are on their way by then.
   */
  fill(out: Outbox): Fault | undefined {
    let written = 0
    let fault: Fault | undefined
    while (!this.#stopped) {
      if (this.#alone && this.feed.lines > 0) break
      this.#alone = false
      const line = this.#next()
      if (line === undefined) break
      if ('code' in line) {
        fault = line
        break
      }
      fault = this.#tooLong(line)
      if (fault !== undefined) break
      const careful = touchesEeprom(line.text)
      if (!this.feed.fits(line.text.length) || (careful && this.feed.lines > 0)) {
        this.#held = line
        break
      }
      const end = this.#write(line.text, written)
      if (end < 0) {
        fault = faults.forbiddenLine(line.number, line.text)
        break
      }
      fault = this.#checkPower(line)
      if (fault !== undefined) break
      this.feed.push(line)
      written = end
      this.#alone = careful
    }
    if (written > 0) {
      out.send(this.#scratch.slice(0, written))
      this.lastSentMs = out.nowMs
    }
    if (fault !== undefined) this.#stopped = true
    return fault
  }

  /** The oldest line has been answered. Undefined when none was out: a stray answer. */
  acknowledge(): ProgramLine | undefined {
    const line = this.feed.take()
    if (line !== undefined && line.number > 0) {
      this.lines++
      this.endByte = line.endByte
    }
    return line
  }

  #next(): ProgramLine | Fault | undefined {
    const held = this.#held
    if (held !== undefined) {
      this.#held = undefined
      return held
    }
    const before = this.#before.shift()
    if (before !== undefined) return ownLine(before)
    if (this.#after !== undefined) {
      const after = this.#after.shift()
      return after === undefined ? undefined : ownLine(after)
    }
    for (;;) {
      const line = this.#cursor.next()
      this.#waiting = line === 'waiting'
      if (line === 'waiting') return undefined
      if (line === 'end') {
        // A program that forgot its M5 must not leave a beam or a cutter running through our dwell.
        this.#after = this.#power === 'off' ? [syncText] : ['M5', syncText]
        return this.#next()
      }
      if ('fault' in line) return line.fault
      // A blank line is answered too, and on grblHAL it lifts the lock after an error: never on the wire.
      if (line.text.trim() !== '') return line
    }
  }

  #tooLong(line: ProgramLine): Fault | undefined {
    const limit = Math.min(this.#rules.lineLengthMax, this.feed.limitBytes - 1)
    return line.text.length > limit ? faults.lineTooLong(line.number, line.text.length, limit) : undefined
  }

  /** Writes the text and its newline into the scratch; −1 where a character must not reach the port. */
  #write(text: string, from: number): number {
    const scratch = this.#scratch
    let at = from
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      // `!` 21 `?` 3f `~` 7e are realtime commands, and so is nearly every byte above 7f.
      if (code < 0x20 || code > 0x7d || code === 0x21 || code === 0x3f) return -1
      scratch[at++] = code
    }
    // `$` lines change the controller or unlock it; `[` speaks to grblHAL's plugins.
    const first = text.charCodeAt(0)
    if (first === 0x24 || first === 0x5b) return -1
    scratch[at++] = 0x0a
    return at
  }

  #checkPower(line: ProgramLine): Fault | undefined {
    const text = line.text
    if (!text.includes('M') && !text.includes('m')) return undefined
    for (const match of text.matchAll(/M\s*0*(\d+)(?![\d.])/gi)) {
      const number = match[1]
      if (number === '3') {
        if (this.#rules.constantPowerForbidden && line.number > 0) return faults.constantPower(line.number)
        this.#power = 'constant'
      } else if (number === '4') this.#power = 'dynamic'
      else if (number === '5' || number === '2' || number === '30') this.#power = 'off'
    }
    return undefined
  }
}

/**
 * Lines that read or write the EEPROM of an AVR: writing shuts its receive interrupt off, and bytes arriving then are lost
 * (interface.md, "EEPROM Issues"): G10, G28, G28.1, G30, G30.1, G54…G59.
 */
function touchesEeprom(text: string): boolean {
  if (!text.includes('G') && !text.includes('g')) return false
  return /G\s*0*(?:10|28|30|5[4-9])(?!\d)/i.test(text)
}

/** The controller has stopped at a program pause: its ok is withheld until it is told to go on. */
export function isProgramPause(line: ProgramLine | undefined): boolean {
  return line !== undefined && /M\s*0*(?:[01]|60)(?![\d.])/i.test(line.text)
}

/**
 * How long the unanswered lines may keep a controller busy while it reports Idle: it does so during a dwell
 * and may do so while a spindle spins up. Anything longer means that answers have been lost.
 */
export function idlePatienceMs(lines: Iterable<ProgramLine>, baseMs: number): number {
  let patienceMs = baseMs
  for (const { text } of lines) {
    const dwell = /G\s*0*4(?![\d.]).*?P\s*(\d*\.?\d+)/i.exec(text)
    if (dwell !== null) patienceMs += Number(dwell[1]) * 1000
    // Spindle, coolant and tool commands may wait for the machine ($394 and the like).
    else if (/M\s*0*[3-9](?![\d.])/i.test(text)) patienceMs += 10_000
  }
  return patienceMs
}
