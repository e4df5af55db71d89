// Bringing a machine to rest: hold, wait until it stands, reset, wait for its banner. And the bare reset.
import type { Outbox } from './outbox.ts'
import type { Poll } from './poll.ts'
import { realtime } from './realtime.ts'
import { isAtRest, type StatusReport } from './status.ts'

/** How a reset ended: the banner is the proof; a report long enough after it will do where the banner is a user's setting (FluidNC). */
export type ResetProof = 'banner' | 'report' | 'silence'

export type StopHooks = {
  /** The controller has been reset, or has answered nothing for too long. `seen` tells the steps for the record. */
  done(proof: ResetProof, seen: readonly string[]): void
}

/** After `!` a machine that still says Run has not heard it: say it again, and after this long stop by reset. */
const holdAgainMs = 1000
const holdIgnoredMs = 10_000
/** Nothing heard while it should be stopping: there is nothing to wait for. */
const silentMs = 3000
/** A reset during the half second after an ALARM line is forgotten by Grbl's alarm loop (protocol.c): say it again. */
const resetAgainMs = 1500
const resetsMax = 4
const reportProvesMs = 700

type Step =
  | { kind: 'holding'; sinceMs: number; againMs: number; boundMs: number; idleReports: number }
  | { kind: 'resetting'; sentMs: number; resets: number; asked: boolean }

export class Stopping {
  readonly #out: Outbox
  readonly #poll: Poll
  readonly #hooks: StopHooks
  #step: Step | undefined
  #seen: string[] = []

  constructor(out: Outbox, poll: Poll, hooks: StopHooks) {
    this.#out = out
    this.#poll = poll
    this.#hooks = hooks
  }

  get active(): boolean {
    return this.#step !== undefined
  }

  get deadlineMs(): number {
    const step = this.#step
    if (step === undefined) return Number.POSITIVE_INFINITY
    if (step.kind === 'holding') return Math.min(step.boundMs, step.againMs)
    return step.sentMs + (step.asked ? resetAgainMs : reportProvesMs)
  }

  get resetting(): boolean {
    return this.#step?.kind === 'resetting'
  }

  /** Hold and wait; after `boundMs` reset whatever the machine does. Asked again while holding, the shorter bound wins. */
  hold(boundMs: number): void {
    const nowMs = this.#out.nowMs
    if (this.#step?.kind === 'resetting') return
    this.#out.dropUnsent()
    this.#out.sendNow(realtime.hold)
    this.#poll.askNow()
    if (this.#step === undefined) {
      this.#seen = ['hold']
      this.#step = { kind: 'holding', sinceMs: nowMs, againMs: nowMs + holdAgainMs, boundMs: nowMs + boundMs, idleReports: 0 }
    } else this.#step.boundMs = Math.min(this.#step.boundMs, nowMs + boundMs)
  }

  /** At once: where holding is pointless (homing, alarm, silence). */
  reset(): void {
    if (this.#step?.kind === 'resetting') return
    if (this.#step === undefined) this.#seen = []
    this.#seen.push('reset')
    this.#step = { kind: 'resetting', sentMs: this.#out.nowMs, resets: 1, asked: false }
    this.#out.dropUnsent()
    this.#out.sendNow(realtime.reset)
    this.#poll.forget()
  }

  /** True when the banner is the answer to our reset. */
  heardBanner(): boolean {
    const step = this.#step
    if (step === undefined) return false
    this.#step = undefined
    if (step.kind === 'holding') return false
    this.#hooks.done('banner', [...this.#seen, 'banner'])
    return true
  }

  heardStatus(status: StatusReport): void {
    const step = this.#step
    if (step === undefined) return
    if (step.kind === 'resetting') {
      if (this.#out.nowMs - step.sentMs < reportProvesMs) return
      this.#step = undefined
      this.#hooks.done('report', [...this.#seen, stateText(status)])
      return
    }
    if (status.state === 'Home') {
      this.reset()
      return
    }
    // Hold:1 and Door:2 still decelerate: a reset now would cost the position. However long it takes.
    if (!isAtRest(status)) return
    // One Idle may have been on its way before our hold arrived.
    if (status.state === 'Idle' && ++step.idleReports < 2) return
    this.#seen.push(stateText(status))
    this.reset()
  }

  tick(status: StatusReport | undefined): void {
    const step = this.#step
    if (step === undefined) return
    const nowMs = this.#out.nowMs
    if (step.kind === 'resetting') {
      if (!step.asked && nowMs - step.sentMs >= reportProvesMs) {
        step.asked = true
        this.#poll.askNow()
      }
      if (nowMs - step.sentMs < resetAgainMs) return
      if (step.resets >= resetsMax) {
        this.#step = undefined
        this.#hooks.done('silence', [...this.#seen, 'silence'])
        return
      }
      step.resets++
      step.sentMs = nowMs
      step.asked = false
      this.#out.sendNow(realtime.reset)
      this.#poll.forget()
      return
    }
    const deaf = status !== undefined && (status.state === 'Run' || status.state === 'Jog')
    if (nowMs >= step.boundMs || this.#poll.silentMs > silentMs || (deaf && nowMs - step.sinceMs > holdIgnoredMs)) {
      this.#seen.push('no rest')
      this.reset()
    } else if (nowMs >= step.againMs) {
      step.againMs = nowMs + holdAgainMs
      if (deaf) this.#out.sendNow(realtime.hold)
    }
  }

  /** The port is closed, or the controller restarted by itself. */
  drop(): void {
    this.#step = undefined
  }
}

function stateText(status: StatusReport): string {
  return status.sub === undefined ? status.state : `${status.state}:${status.sub}`
}
