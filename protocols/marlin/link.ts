// Says lines to the machine exactly once: the window, resends, lost answers and silence (fact: only the firmware's own
// line count is to be trusted, so every doubt is settled by asking it with a fresh numbered M105).
import type { ProgramLine, SessionOptions } from '../session.ts'
import type { Wait } from './codes.ts'
import { dwellSeconds, G, m105, waitOf } from './codes.ts'
import { afterNewline } from './frame.ts'
import type { Done, Said } from './window.ts'
import { Ledger } from './window.ts'

/** Answers of lines that were in flight behind a refused one arrive within wire time and one USB frame (FTDI: 16 ms). */
const quietMs = 80
/** A drain that never gets quiet is noise; ask anyway. */
const drainMaxMs = 2000
/** A garbled line may have been the ok: ask soon. */
const doubtMs = 250
const patienceMs = 30_000
/** With keepalive a firmware that works says so every 2 s: silence means that the ok is lost. */
const patienceWithBusyMs = 6_000
const busyFreshMs = 8_000
const probeSteps = [1_000, 3_000, 10_000, 30_000] as const
/** BUFSIZE - 1: a probe must always find a place in the command ring. */
const probesMax = 3
/** A slow move may hold an ok back for a minute (Marlin #16894). */
const silentMaxMs = 90_000
const silentMaxWaitingMs = 30 * 60_000
/** Temperatures arrive, oks do not: the firmware lives but has lost us. */
const aliveMaxMs = 10 * 60_000
/** Sends of one line before we believe that it will never arrive. */
const sameLineMax = 10
/** How far behind the oldest unacknowledged line a Resend may honestly point: a line whose N was garbled got an ok for `Unknown command`. */
const backwardMax = 8
const steadyLines = 32
const advancedLines = 500
const windowMax = 4

export type Trouble = 'silent' | 'unacknowledged' | 'resend-storm' | 'outside-history' | 'restarted' | 'cannot-resend'

export type LinkWorld = {
  send(bytes: Uint8Array): void
  /** The next program line that may go out now; undefined: none for the time being. */
  take(nowMs: number): ProgramLine | undefined
  acked(said: Said, nowMs: number): void
  /** Something that takes its time went out, or ended. */
  waitChanged(): void
  counted(): void
  trouble(trouble: Trouble, nowMs: number, detail: string): void
}

type Aside = { readonly text: string; readonly done: Done | undefined }
type Drain = { target: number | undefined; conflict: boolean; quietAt: number; readonly endsAt: number }

export class Link {
  resends = 0
  badLines = 0
  readonly #world: LinkWorld
  readonly #options: SessionOptions
  readonly #numbered: boolean
  #ledger: Ledger
  #asides: Aside[] = []
  /** A line that was ready to go when something more urgent took its number. */
  #held: Said | undefined
  #ordinal = 0
  #mayWiden = true
  #window = 1
  #narrowed = false
  #steady = 0
  #advanced = 0
  #bufferSeen = 0
  /** The firmware answers M105 by `ok T:…` in one line, as Marlin does: such an ok belongs to no other line. */
  #okCarriesTemperature = false
  #strangeOk = false
  #blockedBy = 0
  #drain: Drain | undefined
  #doubt = false
  #doubtful: number | undefined
  #asked = { line: 0, times: 0 }
  #jobFloor = 0
  #probes: number[] = []
  #probeAt = Number.POSITIVE_INFINITY
  #waitingSince = 0
  #heardAt = 0
  #busyAt = Number.NEGATIVE_INFINITY
  #busySeen = false

  constructor(options: SessionOptions, world: LinkWorld) {
    this.#options = options
    this.#world = world
    this.#numbered = !options.quirks.includes('no-numbering')
    this.#ledger = new Ledger(this.#numbered)
  }

  /** The firmware counts from 1 again; whatever was on its way is forgotten. */
  reset(nowMs: number, reason: string): void {
    const ledger = this.#ledger
    const lost: (Done | undefined)[] = [ledger.prepared?.done, this.#held?.done]
    for (let n = ledger.head; n < ledger.next; n++) lost.push(ledger.at(n).done)
    for (const aside of this.#asides) lost.push(aside.done)
    this.#ledger = new Ledger(this.#numbered)
    this.#asides = []
    this.#held = undefined
    this.#drain = undefined
    this.#settle()
    this.#doubtful = undefined
    this.#asked = { line: 0, times: 0 }
    this.#blockedBy = 0
    this.#jobFloor = 0
    this.#advanced = 0
    this.#busySeen = false
    this.#busyAt = Number.NEGATIVE_INFINITY
    this.#heardAt = nowMs
    this.#probeAt = Number.POSITIVE_INFINITY
    this.newJob()
    for (const done of lost) done?.(nowMs, reason)
  }

  /** What was an anomaly for one job is not held against the next. */
  newJob(): void {
    this.#window = 1
    this.#narrowed = false
    this.#steady = 0
    this.#ordinal = 0
    this.#jobFloor = this.#ledger.next
  }

  /** The program ends here: a line of it that is not on the wire never will be. */
  endJob(): void {
    this.#jobFloor = 0
    this.#window = 1
    const held = this.#ledger.withdraw() ?? this.#held
    this.#held = held?.program ? undefined : held
  }

  /** Firmwares whose buffers nobody knows keep one line in flight, whatever the model says. */
  keepNarrow(): void {
    this.#mayWiden = false
  }

  /** Nothing waits to be said and everything said is acknowledged. */
  get idle(): boolean {
    return this.#ledger.head === this.#ledger.next && this.#asides.length === 0 && !this.#ledger.prepared && !this.#held
  }

  /** What the machine is busy with because of us, where that takes its time. */
  get waiting(): Wait | undefined {
    return this.blocked ? waitOf(this.#ledger.at(this.#blockedBy).code) : undefined
  }

  get waitingCode(): number {
    return this.blocked ? this.#ledger.at(this.#blockedBy).code : 0
  }

  get blocked(): boolean {
    return this.#blockedBy >= this.#ledger.head && this.#blockedBy < this.#ledger.cursor
  }

  get heardAt(): number {
    return this.#heardAt
  }

  /** A question of ours would be answered soon: nothing blocks, nothing is in doubt. */
  get mayAsk(): boolean {
    return !this.blocked && !this.#drain && this.#asides.length === 0
  }

  /** The command ring may be full: nothing more past the window. */
  get crowded(): boolean {
    return this.#ledger.inFlight >= windowMax
  }

  /** Number the next new line gets. */
  get nextNumber(): number {
    return this.#ledger.next
  }

  /** Lines that may be on their way now; for the technician and the tests. */
  get windowLines(): number {
    return this.#window
  }

  /** Says a line of our own as soon as there is room, ahead of the program. */
  say(text: string, done?: Done): void {
    this.#asides.push({ text, done })
  }

  /** Says a line at once, past the window: for what the emergency parser takes out of the stream while another command blocks. */
  sayNow(text: string, nowMs: number, done?: Done): void {
    if (this.#drain || this.#ledger.cursor < this.#ledger.next) {
      this.#asides.unshift({ text, done })
      return
    }
    this.#holdPrepared()
    this.#ledger.prepare(text, undefined, 0, done)
    this.#put(nowMs)
  }

  /** Forgets everything of ours that is not on the wire yet. */
  dropAsides(nowMs: number, reason: string): void {
    const asides = this.#asides
    this.#asides = []
    for (const aside of asides) aside.done?.(nowMs, reason)
  }

  /** Fills the window: lines to be said again first, then our own, then the program. */
  pump(nowMs: number): void {
    const ledger = this.#ledger
    while (!this.#drain) {
      const inFlight = ledger.inFlight
      if (inFlight > 0 && (inFlight >= this.#window || this.#doubt || this.blocked)) return
      const said = ledger.cursor < ledger.next ? ledger.at(ledger.cursor) : (ledger.prepared ?? this.#prepareNext(nowMs))
      if (!said || (inFlight > 0 && ledger.bytes + said.frame.length > this.#options.windowBytes)) return
      this.#put(nowMs)
    }
  }

  /** A bare `ok`: the way of nearly every line. */
  ok(nowMs: number): void {
    this.#heardAt = nowMs
    if (this.#drain) {
      this.#drain.quietAt = nowMs + quietMs
      return
    }
    const ledger = this.#ledger
    if (ledger.cursor === ledger.head) return
    // Marlin's M105 prints its own `ok T:…`, and under ADVANCED_OK every other ok names its line: a bare one is left over from
    // a resend, or the stump of a right one. It proves nothing; a probe will.
    if (this.#okCarriesTemperature && ledger.at(ledger.head).code === m105) {
      this.#strangeOk = true
      this.#suspect(nowMs)
      return
    }
    if (this.#advanced >= steadyLines && !this.#temperatureAsked()) {
      this.#suspect(nowMs)
      return
    }
    this.#pop(nowMs)
  }

  /** `ok N12 P15 B3`: the firmware has executed line 12, and it executes in order. */
  okLine(line: number, buffer: number | undefined, nowMs: number): void {
    this.#heardAt = nowMs
    if (this.#drain) {
      this.#drain.quietAt = nowMs + quietMs
      return
    }
    const ledger = this.#ledger
    if (ledger.inFlight === 0) return
    if (line < ledger.head || line >= ledger.cursor) {
      // Late, or garbled: no line of ours.
      this.#advanced = 0
      this.#suspect(nowMs)
      return
    }
    if (line > ledger.head) this.#anomaly()
    else if (buffer !== undefined) {
      this.#advanced++
      if (buffer > this.#bufferSeen) this.#bufferSeen = buffer
    }
    this.#doubt = false
    while (ledger.head <= line) this.#pop(nowMs)
  }

  /** `ok T:…`: the answer to an M105, and to nothing else. */
  okTemperature(nowMs: number): void {
    const ledger = this.#ledger
    if (this.#drain || ledger.inFlight === 0) {
      this.ok(nowMs)
      return
    }
    this.#heardAt = nowMs
    let found = 0
    for (let n = ledger.head; n < ledger.cursor; n++) {
      if (ledger.at(n).code !== m105) continue
      found = n
      if (!this.#strangeOk) break
    }
    if (found === 0) {
      if (!this.#okCarriesTemperature) this.ok(nowMs)
      return
    }
    this.#okCarriesTemperature = true
    if (found > ledger.head) this.#anomaly()
    this.#strangeOk = false
    this.#doubt = false
    while (ledger.head <= found) this.#pop(nowMs)
  }

  /** Anything readable: the machine lives. */
  alive(nowMs: number): void {
    this.#heardAt = nowMs
  }

  busy(nowMs: number): void {
    this.#heardAt = nowMs
    this.#busyAt = nowMs
    this.#busySeen = true
  }

  /** A line we cannot read: it may have been the ok. */
  garbled(nowMs: number): void {
    this.#heardAt = nowMs
    if (this.#drain) this.#drain.quietAt = Math.min(nowMs + quietMs, this.#drain.endsAt)
    else this.#suspect(nowMs)
  }

  /** The firmware refused a line; `expected` is the number it wants, where it says so. The Resend itself may be lost. */
  refused(expected: number | undefined, nowMs: number): void {
    this.#heardAt = nowMs
    if (!this.#numbered) return
    this.badLines++
    this.#world.counted()
    if (expected === undefined) this.garbled(nowMs)
    else this.#ask(expected, nowMs)
  }

  resend(line: number, nowMs: number): void {
    this.#heardAt = nowMs
    if (!this.#numbered) {
      this.#world.trouble('cannot-resend', nowMs, `Resend: ${line}`)
      return
    }
    this.#ask(line, nowMs)
  }

  /** When `tick` wants to be called next. */
  get deadline(): number {
    if (this.#drain) return Math.min(this.#drain.quietAt, this.#drain.endsAt)
    return this.#ledger.inFlight > 0 ? this.#dueAt() : Number.POSITIVE_INFINITY
  }

  tick(nowMs: number): void {
    const drain = this.#drain
    if (drain) {
      if (nowMs >= Math.min(drain.quietAt, drain.endsAt)) this.#quiet(drain, nowMs)
      return
    }
    if (this.#ledger.inFlight > 0 && nowMs >= this.#dueAt()) this.#overdue(nowMs)
  }

  #prepareNext(nowMs: number): Said | undefined {
    const ledger = this.#ledger
    const held = this.#held
    if (held) {
      this.#held = undefined
      return ledger.prepare(held.text, held.program, held.ordinal, held.done)
    }
    const aside = this.#asides.shift()
    if (aside) return ledger.prepare(aside.text, undefined, 0, aside.done)
    const line = this.#world.take(nowMs)
    if (line) return ledger.prepare(line.text, line, ++this.#ordinal, undefined)
    // The program may have ended just now and left us its last words.
    return this.#asides.length > 0 ? this.#prepareNext(nowMs) : undefined
  }

  #holdPrepared(): void {
    this.#held = this.#ledger.withdraw() ?? this.#held
  }

  #put(nowMs: number): void {
    const ledger = this.#ledger
    if (ledger.inFlight === 0) this.#waitingSince = nowMs
    const said = ledger.put()
    if (waitOf(said.code)) {
      this.#blockedBy = said.number
      this.#world.waitChanged()
    }
    this.#world.send(said.frame)
  }

  #pop(nowMs: number): void {
    const ledger = this.#ledger
    const wasBlocked = this.#blockedBy === ledger.head
    const said = ledger.pop()
    this.#waitingSince = nowMs
    this.#doubtful = undefined
    if (this.#probes.length > 0 || this.#doubt || this.#probeAt !== Number.POSITIVE_INFINITY) this.#afterPop(said.number, nowMs)
    if (said.program && !this.#narrowed && this.#window < windowMax && this.#mayWiden) this.#widen()
    if (wasBlocked) this.#world.waitChanged()
    this.#world.acked(said, nowMs)
    const done = said.done
    said.done = undefined
    done?.(nowMs)
  }

  #afterPop(number: number, nowMs: number): void {
    this.#probes = this.#probes.filter(probe => probe > number)
    this.#probeAt = this.#probes.length > 0 ? nowMs + probeSteps[1] : Number.POSITIVE_INFINITY
    if (this.#ledger.inFlight === 0) this.#settle()
  }

  #settle(): void {
    this.#doubt = false
    this.#strangeOk = false
    this.#probes = []
    this.#probeAt = Number.POSITIVE_INFINITY
  }

  /** Where the model or 500 faultless numbered oks prove that the ring takes it. */
  #widen(): void {
    this.#steady++
    const { windowLines } = this.#options
    if (windowLines > 1 && this.#steady >= steadyLines) this.#window = Math.min(windowLines, windowMax)
    else if (this.#advanced >= advancedLines) this.#window = Math.max(1, Math.min(windowMax, this.#bufferSeen + 1))
  }

  #anomaly(): void {
    this.#window = 1
    this.#narrowed = true
    this.#advanced = 0
  }

  #suspect(nowMs: number): void {
    if (this.#ledger.inFlight === 0 || this.#doubt) return
    this.#doubt = true
    this.#waitingSince = Math.max(this.#waitingSince, nowMs)
  }

  #temperatureAsked(): boolean {
    for (let n = this.#ledger.head; n < this.#ledger.cursor; n++) if (this.#ledger.at(n).code === m105) return true
    return false
  }

  #ask(line: number, nowMs: number): void {
    const ledger = this.#ledger
    const drain = this.#drain
    if (drain) {
      // Every line behind the refused one is refused, too, and asks for the same. Two different wishes: one of them is noise.
      if (drain.target === undefined) drain.target = this.#believable(line) ? line : undefined
      else if (drain.target !== line) drain.conflict = true
      drain.quietAt = nowMs + quietMs
      return
    }
    if (line === ledger.next && ledger.cursor === ledger.next) {
      // It got the line before twice and wants one we have not said yet: it has everything. If it was noise, a probe will tell.
      if (ledger.inFlight > 0) this.#anomaly()
      this.#suspect(nowMs)
      return
    }
    const target = this.#believable(line) ? line : undefined
    if (target === undefined && this.#doubtful === line) {
      // Asked again after a probe: it is no noise.
      this.#refuse(line, nowMs)
      return
    }
    this.#doubtful = target === undefined ? line : undefined
    this.#anomaly()
    this.#drain = { target, conflict: false, quietAt: nowMs + quietMs, endsAt: nowMs + drainMaxMs }
  }

  #believable(line: number): boolean {
    const ledger = this.#ledger
    return line >= 1 && line >= ledger.head - backwardMax && line < ledger.next && (this.#jobFloor === 0 || line >= this.#jobFloor - 2)
  }

  /** A wish that cannot be met without repeating what was done already. */
  #refuse(line: number, nowMs: number): void {
    const ledger = this.#ledger
    this.#doubtful = undefined
    const detail = `Resend: ${line} while line ${ledger.head} was the oldest unacknowledged`
    if (line <= 1 || (this.#jobFloor > 0 && line < this.#jobFloor - 2)) this.#world.trouble('restarted', nowMs, detail)
    else if (ledger.holds(line) && line < ledger.next) this.#replay(line, nowMs)
    else this.#world.trouble('outside-history', nowMs, detail)
  }

  #quiet(drain: Drain, nowMs: number): void {
    this.#drain = undefined
    if (drain.conflict || drain.target === undefined) {
      this.#probe(nowMs)
      return
    }
    this.#replay(drain.target, nowMs)
  }

  #replay(line: number, nowMs: number): void {
    const ledger = this.#ledger
    // An ok left over from before may seem to acknowledge it in between: only a wish further on shows that it arrived.
    if (line > this.#asked.line) this.#asked = { line, times: 1 }
    else this.#asked.times++
    if (this.#asked.times >= sameLineMax) {
      this.#world.trouble('resend-storm', nowMs, `Resend: ${line}, ${sameLineMax} times`)
      return
    }
    this.resends++
    this.#anomaly()
    this.#settle()
    // What stands below the wish has arrived, whatever became of its ok.
    while (ledger.head < line) this.#pop(nowMs)
    ledger.rewind(line)
    this.#world.waitChanged()
    this.#world.counted()
  }

  #dueAt(): number {
    if (this.#probeAt !== Number.POSITIVE_INFINITY) return this.#probeAt
    if (this.#doubt) return this.#waitingSince + doubtMs
    return this.#waitingSince + (this.#busySeen && !this.blocked ? patienceWithBusyMs : patienceMs)
  }

  #overdue(nowMs: number): void {
    if (nowMs - this.#busyAt < busyFreshMs) {
      // It says that it works: no ok is due.
      this.#probeAt = this.#busyAt + busyFreshMs
      return
    }
    const trouble = this.#probes.length > 1 ? this.#dead(nowMs) : undefined
    if (trouble) {
      this.#probeAt = nowMs + patienceMs
      this.#world.trouble(trouble, nowMs, `line ${this.#ledger.head}: ${this.#ledger.at(this.#ledger.head).text}`)
      return
    }
    this.#probe(nowMs)
  }

  #dead(nowMs: number): Trouble | undefined {
    const silentMs = nowMs - this.#heardAt
    const said = this.blocked ? this.#ledger.at(this.#blockedBy) : undefined
    const wait = said && waitOf(said.code)
    if (wait?.who === 'person') return undefined
    const dwellMs = said?.code === G(4) ? dwellSeconds(said.text) * 1000 : 0
    if (silentMs > (wait ? silentMaxWaitingMs + dwellMs : silentMaxMs)) return 'silent'
    return !wait && nowMs - this.#waitingSince > aliveMaxMs ? 'unacknowledged' : undefined
  }

  /**
   * A newline and the next fresh numbered M105: whatever was lost, the answer tells. Never the doubtful line itself,
   * which a new Marlin drops without a word.
   */
  #probe(nowMs: number): void {
    const ledger = this.#ledger
    const step = probeSteps[Math.min(this.#probes.length, probeSteps.length - 1)] ?? patienceMs
    this.#probeAt = nowMs + (this.blocked ? patienceMs : step)
    const last = this.#probes.at(-1)
    if (last !== undefined && this.#probes.length >= probesMax) {
      // No room for another: the last one again, should it have been lost. Where it was not, a new Marlin drops it silently.
      this.#world.send(afterNewline(ledger.at(last).frame))
      return
    }
    // Said out of its turn where lines wait to be said again: the firmware answers with the number it wants.
    while (ledger.cursor < ledger.next) ledger.put()
    this.#holdPrepared()
    if (ledger.inFlight === 0) this.#waitingSince = nowMs
    const probe = ledger.prepare('M105', undefined, 0, undefined)
    ledger.put()
    this.#probes.push(probe.number)
    this.#world.send(afterNewline(probe.frame))
  }
}
