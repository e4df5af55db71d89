// Collects the effects of one input: what the parts of a session write into while they decide.
import type { Effect, SessionReport } from '../session.ts'
import { realtime } from './realtime.ts'

const nothing: readonly Effect[] = []

export class Outbox {
  nowMs = 0
  #effects: Effect[] = []
  #wakeAtMs = Number.POSITIVE_INFINITY

  send(bytes: Uint8Array): void {
    this.#effects.push({ kind: 'send', bytes })
  }

  /** One line, bare `\n`: on Grbl 1.1 `\r\n` are two lines and two oks. The text is printable ASCII, checked by whoever made it. */
  sendLine(text: string): void {
    const bytes = new Uint8Array(text.length + 1)
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
    bytes[text.length] = 0x0a
    this.send(bytes)
  }

  sendNow(...bytes: readonly number[]): void {
    this.#effects.push({ kind: 'sendNow', bytes: Uint8Array.from(bytes) })
  }

  askStatus(): void {
    this.sendNow(realtime.status)
  }

  dropUnsent(): void {
    this.#effects.push({ kind: 'dropUnsent' })
  }

  reopen(reason: string): void {
    this.#effects.push({ kind: 'reopen', reason })
  }

  report(report: SessionReport): void {
    this.#effects.push({ kind: 'report', report })
  }

  /** Asks for the alarm only when it moved: the fast path must not allocate one a line. */
  wakeAt(atMs: number): void {
    if (atMs === this.#wakeAtMs) return
    this.#wakeAtMs = atMs
    this.#effects.push({ kind: 'wakeAt', atMs })
  }

  /** The alarm has rung: the next wakeAt is a new one, even at the same moment. */
  rang(): void {
    this.#wakeAtMs = Number.NaN
  }

  take(): readonly Effect[] {
    if (this.#effects.length === 0) return nothing
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
