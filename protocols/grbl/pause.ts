// Pause and resume: both are believed only when the status report says so.
import type { Fault } from '../contract/words.ts'
import type { Outbox } from './outbox.ts'
import type { Poll } from './poll.ts'
import { realtime } from './realtime.ts'
import { isAtRest, type StatusReport } from './status.ts'
import { faults } from './words.ts'

export type PausedBy = 'person' | 'firmware' | 'program'

export type PauseHooks = {
  paused(by: PausedBy): void
  resumed(): void
  answer(deed: string | undefined, fault?: Fault): void
}

type Step =
  | { kind: 'holding'; by: PausedBy; deed: string | undefined; sinceMs: number; heldToo: boolean }
  | { kind: 'resuming'; deed: string | undefined; sinceMs: number; sentMs: number }

/** grblHAL built without door support ignores 0x84: then an ordinary hold must do. */
const doorIgnoredMs = 1500
/** Spindles take 4 s to come back after a door; parking and slow machines take longer. */
const giveUpMs = 30_000
const resumeAgainMs = 6000

export class Pausing {
  readonly #out: Outbox
  readonly #poll: Poll
  readonly #hooks: PauseHooks
  #step: Step | undefined

  constructor(out: Outbox, poll: Poll, hooks: PauseHooks) {
    this.#out = out
    this.#poll = poll
    this.#hooks = hooks
  }

  get active(): boolean {
    return this.#step !== undefined
  }

  get holding(): boolean {
    return this.#step?.kind === 'holding'
  }

  /** 0x84 switches beam and spindle off when the motion has stopped; a plain feed hold leaves them on. */
  hold(by: PausedBy, switchesOff: boolean, deed?: string): void {
    this.#out.sendNow(switchesOff ? realtime.door : realtime.hold)
    this.#poll.askNow()
    this.#step = { kind: 'holding', by, deed, sinceMs: this.#out.nowMs, heldToo: !switchesOff }
  }

  /** Refused where the machine could not obey: while it still stops, or with its door open. */
  resume(status: StatusReport | undefined, deed?: string): void {
    const refusal = this.#refusal(status)
    if (refusal !== undefined) {
      this.#hooks.answer(deed, refusal)
      return
    }
    this.#sendResume(status)
    this.#step = { kind: 'resuming', deed, sinceMs: this.#out.nowMs, sentMs: this.#out.nowMs }
  }

  heardStatus(status: StatusReport): void {
    const step = this.#step
    if (step === undefined) return
    if (step.kind === 'holding') {
      const stopped = isAtRest(status) && (status.state === 'Hold' || status.state === 'Door' || status.state === 'Tool')
      if (!stopped) return
      this.#step = undefined
      this.#hooks.paused(step.by)
      this.#hooks.answer(step.deed)
    } else if (status.state === 'Run' || status.state === 'Idle' || status.state === 'Jog') this.#confirmResume(step.deed)
  }

  /** A line was answered: the controller works again, even if it has paused anew before a report could show it. */
  heardAnswer(): void {
    if (this.#step?.kind === 'resuming') this.#confirmResume(this.#step.deed)
  }

  tick(status: StatusReport | undefined): void {
    const step = this.#step
    if (step === undefined) return
    const nowMs = this.#out.nowMs
    if (nowMs - step.sinceMs > giveUpMs) {
      this.#step = undefined
      this.#hooks.answer(step.deed, faults.noAnswer(`${step.kind}, last state ${status?.state ?? 'unknown'}`))
      return
    }
    if (step.kind === 'holding') {
      if (step.heldToo || status === undefined || nowMs - step.sinceMs < doorIgnoredMs) return
      if (status.state !== 'Run' && status.state !== 'Idle' && status.state !== 'Jog') return
      step.heldToo = true
      this.#out.sendNow(realtime.hold)
    } else if (nowMs - step.sentMs > resumeAgainMs && status !== undefined && this.#refusal(status) === undefined && isAtRest(status)) {
      step.sentMs = nowMs
      this.#sendResume(status)
    }
  }

  /** The machine was reset or lost. */
  drop(fault: Fault): void {
    const step = this.#step
    this.#step = undefined
    if (step !== undefined) this.#hooks.answer(step.deed, fault)
  }

  #confirmResume(deed: string | undefined): void {
    this.#step = undefined
    this.#hooks.resumed()
    this.#hooks.answer(deed)
  }

  #refusal(status: StatusReport | undefined): Fault | undefined {
    if (this.holding || status === undefined) return faults.stillStopping()
    if (status.state === 'Door' && status.sub === 1) return faults.doorOpen()
    if ((status.state === 'Door' || status.state === 'Hold') && !isAtRest(status)) return faults.stillStopping()
    return undefined
  }

  #sendResume(status: StatusReport | undefined): void {
    if (status?.state === 'Tool') this.#out.sendNow(realtime.toolChanged, realtime.resume)
    else this.#out.sendNow(realtime.resume)
    this.#poll.askNow()
  }
}
