// Says lines to the machine exactly once, whatever noise does to them or to their answers. Only the firmware's own line
// count is to be trusted: every doubt is settled by asking it with a fresh numbered M105.
import type { SessionOptions } from '../session.ts'
import { dwellSeconds, G, m105, waitOf } from './codes.ts'
import { Drain } from './drain.ts'
import { afterNewline } from './frame.ts'
import { Queue } from './queue.ts'
import { probesMax, Silence } from './silence.ts'
import { Width, windowMax } from './width.ts'
import type { Done, Said } from './window.ts'
import { Ledger } from './window.ts'
import type { LinkWorld } from './world.ts'

/** Sends of one line before we believe that it will never arrive. */
const sameLineMax = 10
/** How far behind the oldest unacknowledged line a Resend may honestly point: a line whose N was garbled got an ok for `Unknown command`. */
const backwardMax = 8

export class Link {
  resends = 0
  badLines = 0
  readonly #world: LinkWorld
  readonly #options: SessionOptions
  readonly #numbered: boolean
  #ledger: Ledger
  readonly #queue: Queue
  readonly #width: Width
  readonly #silence = new Silence()
  /** The firmware answers M105 by `ok T:…` in one line, as Marlin does: such an ok belongs to no other line. */
  #okCarriesTemperature = false
  #strangeOk = false
  #drain: Drain | undefined
  #doubtful: number | undefined
  #asked = { line: 0, times: 0 }
  #jobFloor = 0

  constructor(options: SessionOptions, world: LinkWorld) {
    this.#options = options
    this.#world = world
    this.#width = new Width(options.windowLines)
    this.#queue = new Queue(nowMs => world.take(nowMs))
    this.#numbered = !options.quirks.includes('no-numbering')
    this.#ledger = new Ledger(this.#numbered)
  }

  /** The firmware counts from 1 again; whatever was on its way is forgotten. */
  reset(nowMs: number, reason: string): void {
    const ledger = this.#ledger
    const lost: (Done | undefined)[] = [ledger.prepared?.done]
    for (let n = ledger.head; n < ledger.next; n++) lost.push(ledger.at(n).done)
    lost.push(...this.#queue.clear())
    this.#ledger = new Ledger(this.#numbered)
    this.#drain = undefined
    this.#strangeOk = false
    this.#doubtful = undefined
    this.#asked = { line: 0, times: 0 }
    this.#jobFloor = 0
    this.#silence.reset(nowMs)
    this.#width.reset()
    for (const done of lost) done?.(nowMs, reason)
  }

  newJob(): void {
    this.#width.newJob()
    this.#queue.newJob()
    this.#jobFloor = this.#ledger.next
  }

  /** The program ends here: a line of it that is not on the wire never will be. */
  endJob(): void {
    this.#jobFloor = 0
    this.#width.newJob()
    this.#queue.hold(this.#ledger.withdraw())
    this.#queue.endJob()
  }

  keepNarrow(): void {
    this.#width.keepNarrow()
  }

  /** Nothing waits to be said and everything said is acknowledged. */
  get idle(): boolean {
    return this.#ledger.head === this.#ledger.next && !this.#ledger.prepared && this.#queue.empty
  }

  /** The line the machine is busy with because of us, where that takes its time. */
  get blocking(): Said | undefined {
    return this.#ledger.blocking
  }

  get blocked(): boolean {
    return this.#ledger.blocking !== undefined
  }

  get heardAt(): number {
    return this.#silence.heardAt
  }

  /** Code of the oldest line on the wire, which the firmware answers now; 0 for none. */
  get answering(): number {
    return this.#ledger.inFlight > 0 ? this.#ledger.at(this.#ledger.head).code : 0
  }

  /** While it works the firmware says so. */
  get saysBusy(): boolean {
    return this.#silence.keepalive
  }

  /** A question of ours would be answered soon: nothing blocks, nothing is in doubt. */
  get mayAsk(): boolean {
    return !this.blocked && !this.#drain && this.#queue.empty
  }

  /** The command ring may be full: nothing more past the window. */
  get crowded(): boolean {
    return this.#ledger.inFlight >= windowMax
  }

  /** Number the next new line gets. */
  get nextNumber(): number {
    return this.#ledger.next
  }

  /** Says a line of our own as soon as there is room, ahead of the program. */
  say(text: string, done?: Done): void {
    this.#queue.add(text, done)
  }

  /** Says a line at once, past the window: for what the emergency parser takes out of the stream while another command blocks. */
  sayNow(text: string, nowMs: number, done?: Done): void {
    if (this.#drain || this.#ledger.cursor < this.#ledger.next) {
      this.#queue.addFirst(text, done)
      return
    }
    this.#queue.hold(this.#ledger.withdraw())
    this.#ledger.prepare(text, undefined, 0, done)
    this.#put(nowMs)
  }

  /** Forgets everything of ours that is not on the wire yet. */
  dropAsides(nowMs: number, reason: string): void {
    for (const done of this.#queue.dropAsides()) done?.(nowMs, reason)
  }

  /** Fills the window: lines to be said again first, then our own, then the program. */
  pump(nowMs: number): void {
    const ledger = this.#ledger
    while (!this.#drain && ledger === this.#ledger) {
      const inFlight = ledger.inFlight
      if (inFlight > 0 && (inFlight >= this.#width.lines || this.#silence.doubted || this.blocked)) return
      const said = ledger.cursor < ledger.next ? ledger.at(ledger.cursor) : (ledger.prepared ?? this.#queue.prepare(ledger, nowMs))
      if (!said || (inFlight > 0 && ledger.bytes + said.frame.length > this.#options.windowBytes)) return
      this.#put(nowMs)
    }
  }

  /** A bare `ok`: the way of nearly every line. */
  ok(nowMs: number): void {
    this.#silence.heardAt = nowMs
    if (this.#drain) {
      this.#drain.hear(nowMs)
      return
    }
    const ledger = this.#ledger
    if (ledger.cursor === ledger.head) return
    // Marlin's M105 prints its own `ok T:…`, and under ADVANCED_OK every other ok names its line: a bare one is left over from
    // a resend, or the stump of a right one. It proves nothing; a probe will.
    if (this.#okCarriesTemperature && ledger.at(ledger.head).code === m105) {
      this.#strangeOk = true
      this.#silence.doubt(nowMs)
      return
    }
    if (this.#width.numbered && this.#ledger.temperatureAsked(false) === 0) {
      this.#silence.doubt(nowMs)
      return
    }
    this.#pop(nowMs)
  }

  /** `ok N12 P15 B3`: the firmware has executed line 12, and it executes in order. */
  okLine(line: number, buffer: number | undefined, nowMs: number): void {
    this.#silence.heardAt = nowMs
    if (this.#drain) {
      this.#drain.hear(nowMs)
      return
    }
    const ledger = this.#ledger
    if (ledger.inFlight === 0) return
    if (line < ledger.head || line >= ledger.cursor) {
      // Late, or garbled: no line of ours.
      this.#width.doubtNumbers()
      this.#silence.doubt(nowMs)
      return
    }
    if (line > ledger.head) this.#anomaly()
    else if (buffer !== undefined) this.#width.advanced(buffer)
    this.#silence.doubted = false
    this.#popThrough(line, nowMs)
  }

  /** `ok T:…`: the answer to an M105, and to nothing else. */
  okTemperature(nowMs: number): void {
    const ledger = this.#ledger
    if (this.#drain || ledger.inFlight === 0) {
      this.ok(nowMs)
      return
    }
    this.#silence.heardAt = nowMs
    const found = this.#ledger.temperatureAsked(this.#strangeOk)
    if (found === 0) {
      // Not ours (a display asks on its own), or our ok and a report that ran together.
      if (this.#okCarriesTemperature) this.#silence.doubt(nowMs)
      else this.ok(nowMs)
      return
    }
    this.#okCarriesTemperature = true
    if (ledger.at(ledger.head).code !== m105) this.#anomaly()
    this.#strangeOk = false
    this.#silence.doubted = false
    this.#popThrough(found, nowMs)
  }

  /** Anything readable: the machine lives. */
  alive(nowMs: number): void {
    this.#silence.heardAt = nowMs
  }

  busy(nowMs: number): void {
    this.#silence.busy(nowMs)
  }

  /** The firmware took M113: while it works it will say so. */
  expectKeepalive(): void {
    this.#silence.keepalive = true
  }

  /** A line we cannot read: it may have been the ok. */
  garbled(nowMs: number): void {
    this.#silence.heardAt = nowMs
    if (this.#drain) this.#drain.hear(nowMs)
    else if (this.#ledger.inFlight > 0) this.#silence.doubt(nowMs)
  }

  /** The firmware refused a line; `expected` is the number it wants, where it says so. The Resend itself may be lost. */
  refused(expected: number | undefined, nowMs: number): void {
    this.#silence.heardAt = nowMs
    if (!this.#numbered) return
    this.badLines++
    this.#world.counted()
    if (expected === undefined) this.garbled(nowMs)
    else this.#ask(expected, nowMs)
  }

  resend(line: number, nowMs: number): void {
    this.#silence.heardAt = nowMs
    if (this.#numbered) this.#ask(line, nowMs)
    else this.#world.trouble('cannot-resend', nowMs, `Resend: ${line}`)
  }

  /** When `tick` wants to be called next. */
  get deadline(): number {
    if (this.#drain) return this.#drain.deadline
    return this.#ledger.inFlight > 0 ? this.#silence.dueAt(this.blocked) : Number.POSITIVE_INFINITY
  }

  tick(nowMs: number): void {
    if (nowMs < this.deadline) return
    if (this.#drain) this.#quiet(this.#drain, nowMs)
    else this.#overdue(nowMs)
  }

  #put(nowMs: number): void {
    const ledger = this.#ledger
    if (ledger.inFlight === 0) this.#silence.waiting(nowMs)
    const said = ledger.put()
    if (ledger.blocking === said) this.#world.waitChanged()
    this.#world.send(said.frame)
  }

  #pop(nowMs: number): void {
    const ledger = this.#ledger
    const wasBlocked = ledger.blocking?.number === ledger.head
    const said = ledger.pop()
    this.#doubtful = undefined
    this.#silence.acknowledged(said.number, ledger.inFlight, nowMs)
    if (ledger.inFlight === 0) this.#strangeOk = false
    if (said.program) this.#width.steady()
    if (wasBlocked) this.#world.waitChanged()
    this.#world.acked(said, nowMs)
    const done = said.done
    said.done = undefined
    done?.(nowMs)
  }

  #popThrough(line: number, nowMs: number): void {
    const ledger = this.#ledger
    while (ledger.head <= line && ledger === this.#ledger) this.#pop(nowMs)
  }

  #anomaly(): void {
    this.#width.narrow()
    this.#silence.noise()
  }

  /** The firmware asks for a line, by Resend or by naming the last one it took. */
  #ask(line: number, nowMs: number): void {
    const ledger = this.#ledger
    const drain = this.#drain
    if (drain) {
      drain.ask(line, this.#believable(line), nowMs)
      return
    }
    if (line === ledger.next && ledger.cursor === ledger.next) {
      // It got the line before twice and wants one we have not said yet: it has everything. If it was noise, a probe will tell.
      if (ledger.inFlight === 0) return
      this.#anomaly()
      this.#silence.doubt(nowMs)
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
    this.#drain = new Drain(target, nowMs)
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
    if (line <= 1 || (this.#jobFloor > 0 && line < this.#jobFloor - 2 && ledger.holds(line)))
      this.#world.trouble('restarted', nowMs, detail)
    else if (ledger.holds(line)) this.#replay(line, nowMs)
    else this.#world.trouble('outside-history', nowMs, detail)
  }

  #quiet(drain: Drain, nowMs: number): void {
    this.#drain = undefined
    if (drain.target === undefined) this.#probe(nowMs)
    else this.#replay(drain.target, nowMs)
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
    this.#strangeOk = false
    this.#silence.settle()
    // What stands below the wish has arrived, whatever became of its ok.
    this.#popThrough(line - 1, nowMs)
    if (ledger !== this.#ledger) return
    ledger.rewind(line)
    this.#world.waitChanged()
    this.#world.counted()
  }

  #overdue(nowMs: number): void {
    const ledger = this.#ledger
    const { blocking } = ledger
    const dwellMs = blocking?.code === G(4) ? dwellSeconds(blocking.text) * 1000 : 0
    const verdict = this.#silence.verdict(blocking && waitOf(blocking.code), dwellMs, this.#world.atRest(), nowMs)
    if (verdict === 'wait') return
    if (verdict === 'ask') this.#probe(nowMs)
    else this.#world.trouble(verdict, nowMs, `line ${ledger.head}: ${ledger.at(ledger.head).text}`)
  }

  /**
   * A newline and the next fresh numbered M105: whatever was lost, the answer tells. Never the doubtful line itself,
   * which a new Marlin drops without a word.
   */
  #probe(nowMs: number): void {
    const ledger = this.#ledger
    const silence = this.#silence
    const last = silence.probes.at(-1)
    if (last !== undefined && silence.probes.length >= probesMax) {
      // No room for another: the last one again, should it have been lost. Where it was not, a new Marlin drops it silently.
      silence.asked(undefined, this.blocked, this.#world.atRest(), nowMs)
      this.#world.send(afterNewline(ledger.at(last).frame))
      return
    }
    // Said out of its turn where lines wait to be said again: the firmware answers with the number it wants.
    while (ledger.cursor < ledger.next) ledger.put()
    this.#queue.hold(this.#ledger.withdraw())
    if (ledger.inFlight === 0) silence.waiting(nowMs)
    const { number, frame } = ledger.prepare('M105', undefined, 0, undefined)
    ledger.put()
    silence.asked(number, this.blocked, this.#world.atRest(), nowMs)
    this.#world.send(afterNewline(frame))
  }
}
