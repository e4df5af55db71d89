// Asking for status reports: one in flight, as often as the moment needs, and how long the machine has been silent.
import type { Outbox } from './outbox.ts'

/** A query is answered within 20 ms; one that was lost (a reset clears it) is asked again. */
const unansweredMs = 1000

export class Poll {
  readonly #out: Outbox
  #askedMs = Number.NEGATIVE_INFINITY
  #pending = false
  #unanswered = 0
  #heardMs = 0

  constructor(out: Outbox) {
    this.#out = out
  }

  /** Milliseconds since anything at all was heard. */
  get silentMs(): number {
    return this.#out.nowMs - this.#heardMs
  }

  /** Queries in a row that nobody answered. */
  get unanswered(): number {
    return this.#unanswered
  }

  heard(): void {
    this.#heardMs = this.#out.nowMs
  }

  answered(): void {
    this.#pending = false
    this.#unanswered = 0
  }

  askNow(): void {
    this.#askedMs = this.#out.nowMs
    this.#pending = true
    this.#out.askStatus()
  }

  /** A reset, or a port newly opened: whatever was asked is forgotten over there. */
  forget(): void {
    this.#pending = false
    this.#unanswered = 0
    this.#askedMs = this.#out.nowMs
  }

  deadlineMs(intervalMs: number): number {
    return this.#askedMs + (this.#pending ? Math.max(unansweredMs, intervalMs) : intervalMs)
  }

  tick(intervalMs: number): void {
    if (this.#out.nowMs < this.deadlineMs(intervalMs)) return
    if (this.#pending) this.#unanswered++
    this.askNow()
  }
}
