// One program on one machine: what has been answered, whether it is done, and whether answers were lost.
import type { JobEnd } from '../contract/job.ts'
import type { Fault } from '../contract/words.ts'
import type { ProgramCursor } from '../session.ts'
import type { Outbox } from './outbox.ts'
import type { PausedBy } from './pause.ts'
import { idlePatienceMs, isProgramPause, ProgramFeed, type ProgramRules } from './program.ts'
import type { StatusReport } from './status.ts'

export type EndCause = {
  readonly outcome: JobEnd['outcome']
  readonly evidence: string
  readonly fault?: Fault
  /** A person does not want the job any more: armed, it does not go back into the queue. */
  readonly unwanted?: true
}

/** A controller that reports Idle with lines unanswered is given so long before we say that answers were lost. */
const patienceMs = 3000
/** Less where it also reports an empty buffer, and least while a beam of constant power stands still. */
const emptyPatienceMs = 1500
const beamPatienceMs = 500
/** A beam of constant power may not wait for a slow disk. */
const starveMs = 100

export type JobSetup = {
  readonly id: string
  readonly cursor: ProgramCursor
  readonly rules: ProgramRules
  /** Lines of our own that go before the program. */
  readonly before: readonly string[]
  readonly laser: boolean
}

export class GrblJob {
  readonly id: string
  readonly program: ProgramFeed
  pausedBy: PausedBy | undefined
  readonly #laser: boolean
  readonly #bufferBytes: number
  readonly #startedMs: number
  #lastAckMs: number
  #starvedSinceMs = Number.POSITIVE_INFINITY
  /** Reports of Idle in a row since the last answer. */
  #idleReports = 0
  #reportedLines = 0
  /** Answers to nothing. */
  #strayAnswers = 0

  constructor(setup: JobSetup, nowMs: number) {
    this.id = setup.id
    this.program = new ProgramFeed(setup.cursor, setup.rules, setup.before, nowMs)
    this.#laser = setup.laser
    this.#bufferBytes = setup.rules.bufferBytes
    this.#startedMs = nowMs
    this.#lastAckMs = nowMs
  }

  /** Every line and the sync have been answered: what is missing is the report of Idle. */
  get settling(): boolean {
    return this.program.sentWhole && this.program.feed.lines === 0
  }

  /** When a beam of constant power is to be switched off because no lines came; Infinity while all is well. */
  get starvesAtMs(): number {
    return this.#starvedSinceMs + starveMs
  }

  /** M0 and its like: the controller withholds its ok until it is told to go on. */
  get atProgramPause(): boolean {
    return isProgramPause(this.program.feed.first())
  }

  fill(out: Outbox): Fault | undefined {
    const fault = this.program.fill(out)
    const starves = this.#laser && this.program.power === 'constant' && this.program.waiting && this.program.feed.lines === 0
    if (!starves || this.pausedBy !== undefined) this.#starvedSinceMs = Number.POSITIVE_INFINITY
    else this.#starvedSinceMs = Math.min(this.#starvedSinceMs, out.nowMs)
    return fault
  }

  /** False for an answer to nothing. */
  acknowledge(nowMs: number): boolean {
    this.#lastAckMs = nowMs
    this.#idleReports = 0
    const known = this.program.acknowledge() !== undefined
    if (!known) this.#strayAnswers++
    return known
  }

  /** It goes on: the time it stood is not counted against it. */
  resumed(nowMs: number): void {
    this.#lastAckMs = nowMs
    this.#idleReports = 0
  }

  /**
   * What a status report proves. `done`: the sync's ok has come and the machine is Idle; neither alone is the end.
   * Any other text says why the answers do not match the lines: it is Idle, yet owes some for longer than its dwells explain,
   * or it has given more than there were lines (noise cut a line in two, or bytes were lost because an ok counted twice).
   */
  heardStatus(status: StatusReport, nowMs: number): string | undefined {
    if (status.state !== 'Idle') {
      this.#idleReports = 0
      return undefined
    }
    if (this.settling) return this.#strayAnswers === 0 ? 'done' : `${this.#strayAnswers} answers too many`
    this.#idleReports++
    if (this.program.feed.lines === 0 || this.#idleReports < 2) return undefined
    const empty = status.receiveFree !== undefined && status.receiveFree >= this.#bufferBytes - 1
    const beam = this.#laser && this.program.power === 'constant'
    const baseMs = beam ? beamPatienceMs : empty ? emptyPatienceMs : patienceMs
    const quietMs = nowMs - Math.max(this.#lastAckMs, this.program.lastSentMs)
    if (quietMs <= idlePatienceMs(this.program.feed.unanswered(), baseMs)) return undefined
    return `${this.program.feed.lines} lines unanswered while Idle`
  }

  /** Progress since the last call; undefined where there is none. */
  progress(): { lines: number; endByte: number } | undefined {
    if (this.program.lines === this.#reportedLines) return undefined
    this.#reportedLines = this.program.lines
    return { lines: this.program.lines, endByte: this.program.endByte }
  }

  end(cause: EndCause, nowMs: number): JobEnd {
    return {
      outcome: cause.outcome,
      evidence: cause.evidence,
      ...(cause.fault === undefined ? {} : { fault: cause.fault }),
      lines: this.program.lines,
      bytes: this.program.endByte,
      seconds: Math.max(0, nowMs - this.#startedMs) / 1000,
      resends: 0,
    }
  }
}
