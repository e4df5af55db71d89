// Send-response: one line at a time while no job runs, each with an end to its waiting.
import type { Outbox } from './outbox.ts'

export type AskResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'error'; readonly code: number | undefined; readonly text: string }
  /** Nothing came in time. */
  | { readonly kind: 'silent' }
  /** The controller was reset, or the port closed, before it answered. */
  | { readonly kind: 'gone' }

export type Ask = {
  readonly line: string
  readonly purpose: 'identify' | 'console' | 'home' | 'unlock' | 'jog' | 'frame' | 'arm' | 'upkeep'
  /** Waiting ends this long after the last word about it. */
  readonly limitMs: number
  readonly done: (result: AskResult) => void
}

/** More people than this do not stand at one machine. */
const waitingMax = 16

export class Asker {
  readonly #out: Outbox
  #queue: Ask[] = []
  #current: Ask | undefined
  #untilMs = Number.POSITIVE_INFINITY

  constructor(out: Outbox) {
    this.#out = out
  }

  get current(): Ask | undefined {
    return this.#current
  }

  get busy(): boolean {
    return this.#current !== undefined
  }

  get deadlineMs(): number {
    return this.#untilMs
  }

  /** Sends at once or after those before it. False when too many wait already. */
  add(ask: Ask): boolean {
    if (this.#queue.length >= waitingMax) return false
    this.#queue.push(ask)
    if (this.#current === undefined) this.#sendNext()
    return true
  }

  /** Something was heard that belongs to the answer: the clock starts anew. */
  progressed(): void {
    // Two minutes for the button are two minutes, whatever else the controller has to say.
    if (this.#current !== undefined && this.#current.purpose !== 'arm') this.#untilMs = this.#out.nowMs + this.#current.limitMs
  }

  /** True when the answer was ours. */
  answered(result: AskResult): boolean {
    const ask = this.#current
    if (ask === undefined) return false
    this.#current = undefined
    this.#untilMs = Number.POSITIVE_INFINITY
    ask.done(result)
    if (this.#current === undefined) this.#sendNext()
    return true
  }

  tick(): void {
    if (this.#out.nowMs >= this.#untilMs) this.answered({ kind: 'silent' })
  }

  /** Whatever was asked will not be answered any more. */
  drop(): void {
    const asks = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue]
    this.#queue = []
    this.#current = undefined
    this.#untilMs = Number.POSITIVE_INFINITY
    for (const ask of asks) ask.done({ kind: 'gone' })
  }

  #sendNext(): void {
    const ask = this.#queue.shift()
    if (ask === undefined) return
    this.#current = ask
    this.#untilMs = this.#out.nowMs + ask.limitMs
    this.#out.sendLine(ask.line)
  }
}
