// A job that waits for the machine's own start button. M0 holds the controller; cycle start lets it go, and its ok then is the press.
// Grbl 1.1, gcode.c step 21 and system.c: M0 drains the planner and holds, its ok is withheld; the cycle-start pin sets the same flag as `~`.
// The same on grblHAL and FluidNC. Therefore no `~` of ours while a job is armed: nobody could tell it from a finger.
import { buttonWaitMs } from '../contract/arm.ts'
import type { Fault } from '../contract/words.ts'
import type { Asker, AskResult } from './ask.ts'
import type { EndCause } from './job.ts'
import type { Outbox } from './outbox.ts'
import type { Poll } from './poll.ts'
import type { StatusReport } from './status.ts'
import { faults } from './words.ts'

export type ArmHooks = {
  /** Somebody pressed it and the machine is free: the program may go. */
  pressed(): void
  /** It will not begin: the machine is to be brought to rest, and the job goes back into the queue. */
  disarmed(cause: EndCause): void
}

/**
 * dark: spindle and beam are being switched off. held: M0 is out. pressed: its ok has come, and Idle is awaited.
 * `seen`: a report has shown the hold; before it an ok is no press, but a line that noise made into another.
 */
type Step = { kind: 'dark' } | { kind: 'held'; seen: boolean; otherwise: number } | { kind: 'pressed'; otherwise: number }

const darkMs = 5000
/** Reports of another state than the expected one, in a row: one may have been on its way. */
const otherwiseMax = 2

export class Arming {
  readonly #asker: Asker
  readonly #out: Outbox
  readonly #poll: Poll
  readonly #hooks: ArmHooks
  #step: Step | undefined

  constructor(asker: Asker, out: Outbox, poll: Poll, hooks: ArmHooks) {
    this.#asker = asker
    this.#out = out
    this.#poll = poll
    this.#hooks = hooks
  }

  /** From the order to the press, or to whatever came instead. */
  get active(): boolean {
    return this.#step !== undefined
  }

  /** The machine waits for a finger. */
  get waits(): boolean {
    return this.#step?.kind === 'held' && this.#step.seen
  }

  /** A report is awaited that decides. */
  get hurries(): boolean {
    return this.active && !this.waits
  }

  /** Asked of a machine that stands idle. */
  start(): void {
    this.#step = { kind: 'dark' }
    this.#ask('M5 S0', darkMs, result => {
      if (result.kind === 'ok') this.#hold()
      else this.#fail(`M5: ${told(result)}`, faults.disarmed(told(result)))
    })
  }

  heardStatus(status: StatusReport): void {
    const step = this.#step
    if (step === undefined || step.kind === 'dark') return
    switch (status.state) {
      case 'Door':
      case 'Alarm':
      case 'Tool':
      case 'Sleep':
      case 'Check':
      case 'Home':
      case 'Jog':
        // Whoever armed it looked at another machine than this one is now.
        this.#fail(`${status.state} while armed`, faults.disarmed(status.state))
        return
      case 'Hold':
        if (step.kind === 'held') {
          step.seen = true
          step.otherwise = 0
        } else if (++step.otherwise > otherwiseMax) this.#fail('held again after the button', faults.disarmed('Hold'))
        return
      case 'Idle':
      case 'Run':
        if (step.kind === 'pressed' && status.state === 'Idle') {
          this.#step = undefined
          this.#hooks.pressed()
        } else if (++step.otherwise > otherwiseMax) this.#fail(`${status.state} while armed`, faults.disarmed(status.state))
    }
  }

  /** The machine was reset, lost, or is being stopped. */
  drop(): void {
    this.#step = undefined
  }

  #hold(): void {
    this.#step = { kind: 'held', seen: false, otherwise: 0 }
    this.#ask('M0', buttonWaitMs, result => {
      const step = this.#step
      if (step?.kind !== 'held') return
      if (result.kind === 'silent') this.#fail('the button was not pressed', faults.notPressed())
      else if (result.kind !== 'ok') this.#fail(`M0: ${told(result)}`, faults.disarmed(told(result)))
      else if (!step.seen) this.#fail('ok of M0 without a hold', faults.disarmed('ok'))
      else {
        this.#step = { kind: 'pressed', otherwise: 0 }
        this.#poll.askNow()
      }
    })
    this.#poll.askNow()
  }

  #ask(line: string, limitMs: number, done: (result: AskResult) => void): void {
    const sent = this.#asker.add({
      line,
      purpose: 'arm',
      limitMs,
      // Dropped by a reset: whoever reset it ends the job.
      done: result => {
        if (this.#step !== undefined && result.kind !== 'gone') done(result)
      },
    })
    if (!sent) this.#fail('too many orders wait', faults.notReady('too many orders wait'))
  }

  #fail(evidence: string, fault: Fault): void {
    this.#step = undefined
    this.#out.dropUnsent()
    this.#hooks.disarmed({ outcome: 'cancelled', evidence, fault })
  }
}

function told(result: AskResult): string {
  return result.kind === 'error' ? result.text : result.kind
}
