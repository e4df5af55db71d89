// The job on a machine, from the order to its one end: waiting to start, fed, paused, watched, done.
import type { JobEnd } from '../contract/job.ts'
import type { Fault } from '../contract/words.ts'
import type { ProgramCursor, SessionOptions } from '../session.ts'
import { Arming } from './arm.ts'
import type { Asker } from './ask.ts'
import { codeFault } from './codes.ts'
import type { Identity } from './identity.ts'
import { type EndCause, GrblJob } from './job.ts'
import type { Outbox } from './outbox.ts'
import { type PausedBy, Pausing } from './pause.ts'
import type { Poll } from './poll.ts'
import type { StatusReport } from './status.ts'
import { faults } from './words.ts'

export type WorkParts = {
  readonly options: SessionOptions
  readonly out: Outbox
  readonly poll: Poll
  readonly asker: Asker
  identity(): Identity
  /** What keeps a job from starting now: a fault, or something that will pass by itself. */
  hindrance(): Fault | 'wait' | undefined
  /** Brings the machine to rest; the job ends when it stands. */
  fail(cause: EndCause): void
  answer(deed: string | undefined, fault?: Fault): void
  /** The machine has just ended a job. */
  ended(): void
}

type RunRules = { readonly allowConstantPower: boolean; readonly button: boolean }
type WaitingRun = RunRules & { readonly job: string; readonly cursor: ProgramCursor; untilMs: number; pressed: boolean }

/** A job waits so long for the controller to finish what it is at. */
const runWaitMs = 10_000

export class Work {
  readonly pausing: Pausing
  readonly arming: Arming
  job: GrblJob | undefined
  readonly #parts: WorkParts
  readonly #out: Outbox
  #waiting: WaitingRun | undefined
  /** Set while the machine is brought to rest: what the job will end as. */
  #cause: EndCause | undefined
  badLines = 0

  constructor(parts: WorkParts) {
    this.#parts = parts
    this.#out = parts.out
    this.pausing = new Pausing(parts.out, parts.poll, {
      paused: by => this.#paused(by),
      resumed: () => this.#resumed(),
      answer: (deed, fault) => {
        // A pause that was not confirmed must not leave the program standing.
        if (fault !== undefined && this.job?.pausedBy === undefined) this.#feedOn()
        parts.answer(deed, fault)
      },
    })
    this.arming = new Arming(parts.asker, parts.out, parts.poll, {
      pressed: () => this.#pressed(),
      disarmed: cause => parts.fail(cause),
    })
  }

  /** A job runs or waits to. */
  get ordered(): boolean {
    return this.job !== undefined || this.#waiting !== undefined
  }

  get waits(): boolean {
    return this.#waiting !== undefined
  }

  /** The job that waits for the machine's own button, or is on the way to that. */
  get armed(): { readonly id: string; readonly waits: boolean } | undefined {
    return this.#waiting === undefined || !this.arming.active ? undefined : { id: this.#waiting.job, waits: this.arming.waits }
  }

  /** Its answers do not count any more: the machine is being brought to rest. */
  get ending(): EndCause | undefined {
    return this.#cause
  }

  /** Nothing but lines and oks: an answer changes nothing but the window. */
  get streaming(): boolean {
    const job = this.job
    return job !== undefined && this.#cause === undefined && !job.settling && !job.program.waiting && !this.pausing.active
  }

  get deadlineMs(): number {
    // An armed one has a clock of its own, its question's; one that is being stopped ends with the stop.
    const startMs =
      this.arming.active || this.#cause !== undefined ? Number.POSITIVE_INFINITY : (this.#waiting?.untilMs ?? Number.POSITIVE_INFINITY)
    return this.job === undefined || this.pausing.active ? startMs : Math.min(startMs, this.job.starvesAtMs)
  }

  /** `job-ended` will come for it, whatever happens. */
  run(job: string, cursor: ProgramCursor, rules: RunRules): void {
    if (this.ordered) {
      this.#reportUnstarted({ job, ...rules }, { outcome: 'failed', evidence: 'another job runs', fault: faults.jobRuns() })
      return
    }
    this.#waiting = { job, cursor, ...rules, untilMs: this.#out.nowMs + runWaitMs, pressed: false }
    this.start()
  }

  /** Starts the waiting job as soon as nothing hinders it, or ends it where something does. */
  start(): void {
    const run = this.#waiting
    if (run === undefined || this.arming.active || this.#cause !== undefined) return
    const hindrance = this.#parts.hindrance()
    if (hindrance === 'wait' && this.#out.nowMs < run.untilMs) return
    if (hindrance === undefined && run.button && !run.pressed) {
      this.arming.start()
      return
    }
    this.#waiting = undefined
    if (hindrance !== undefined) {
      const fault = hindrance === 'wait' ? faults.notReady('busy') : hindrance
      this.#reportUnstarted(run, { outcome: 'failed', evidence: 'not started', fault })
      return
    }
    const { options } = this.#parts
    const identity = this.#parts.identity()
    const laser = options.machineKind === 'laser'
    const rules = {
      bufferBytes: identity.receiveBufferBytes(options.windowBytes),
      lineLengthMax: identity.lineLengthMax(options.lineLengthMax),
      constantPowerForbidden: laser && !options.constantPowerAllowed && !run.allowConstantPower,
    }
    const repair = identity.modalRepair
    const before = repair === undefined ? [] : [repair]
    this.job = new GrblJob({ id: run.job, cursor: run.cursor, rules, before, laser }, this.#out.nowMs)
    this.#cause = undefined
    this.#out.report({ kind: 'job-started', job: run.job })
    this.#fill(this.job)
  }

  more(): void {
    if (this.job !== undefined && this.#cause === undefined) this.#fill(this.job)
  }

  /** An ok for the running job. */
  heardOk(job: GrblJob): void {
    if (!job.acknowledge(this.#out.nowMs)) {
      this.badLines++
      return
    }
    if (this.pausing.active) this.pausing.heardAnswer()
    this.#fill(job)
    if (job.settling) this.#parts.poll.askNow()
  }

  heardError(job: GrblJob, code: number | undefined, text: string): void {
    const line = job.program.feed.take()
    if (line === undefined) {
      this.badLines++
      return
    }
    // Grbl and FluidNC go on with the lines they hold, grblHAL refuses them all: on each, hold at once.
    const identity = this.#parts.identity()
    const meaning = codeFault('error', identity.family, code, text, identity.learned)
    const fault = line.number > 0 ? faults.rejectedLine(line.number, line.text, meaning) : meaning
    this.#parts.fail({ outcome: 'failed', evidence: `${text} for line ${line.number}`, fault })
  }

  heardStatus(job: GrblJob, status: StatusReport): void {
    const progress = job.progress()
    if (progress !== undefined) this.#out.report({ kind: 'progress', job: job.id, ...progress })
    switch (status.state) {
      case 'Hold':
      case 'Door':
        // Stopped, and not by us: the program's M0, the machine's own button, a door.
        if ((status.sub ?? 0) > 1 || (status.state === 'Hold' && status.sub === 1) || this.pausing.active) return
        if (job.pausedBy === undefined) this.#paused(status.state === 'Hold' && job.atProgramPause ? 'program' : 'firmware')
        return
      case 'Tool':
        if (job.pausedBy === undefined && !this.pausing.active) this.#paused('program')
        return
      case 'Sleep':
        if (job.pausedBy === undefined) this.#paused('firmware')
        return
      case 'Run':
      case 'Idle':
        if (job.pausedBy !== undefined && !this.pausing.active) this.#resumed()
    }
    if (this.pausing.active) return
    const verdict = job.heardStatus(status, this.#out.nowMs)
    if (verdict === 'done') this.end({ outcome: 'completed', evidence: 'ok of G4, then Idle' })
    else if (verdict !== undefined) {
      const fault = faults.answersLost(`${verdict}, ${this.badLines} damaged lines heard on this link`)
      this.#parts.fail({ outcome: 'interrupted', evidence: fault.detail ?? '', fault })
    }
  }

  tick(): void {
    if (this.job !== undefined && !this.pausing.active && this.#out.nowMs >= this.job.starvesAtMs) {
      this.#out.report({ kind: 'fault', fault: faults.starved() })
      this.job.program.stop()
      this.pausing.hold('firmware', true)
    }
    this.start()
  }

  /** From now on only the machine's coming to rest is waited for; the first cause stands. */
  stopFeeding(cause: EndCause): void {
    // An armed job is told of when the controller is out of its hold: until then nothing else could begin there.
    const held = this.#waiting?.button === true
    this.arming.drop()
    if (!held) this.#refuseWaiting(cause)
    this.#cause ??= cause
    this.job?.program.stop()
  }

  /** The one end of the job, if there is one. */
  end(cause: EndCause): void {
    this.arming.drop()
    this.#refuseWaiting(cause)
    const job = this.job
    this.#cause = undefined
    if (job === undefined) return
    this.job = undefined
    this.#parts.ended()
    const progress = job.progress()
    if (progress !== undefined) this.#out.report({ kind: 'progress', job: job.id, ...progress })
    this.#out.report({ kind: 'job-ended', job: job.id, end: job.end(cause, this.#out.nowMs) })
  }

  #refuseWaiting(cause: EndCause): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) this.#reportUnstarted(waiting, cause)
  }

  #reportUnstarted({ job, button }: { job: string; button: boolean }, { unwanted, ...cause }: EndCause): void {
    const again = button && unwanted !== true ? { again: true as const } : {}
    const end: JobEnd = { ...cause, lines: 0, bytes: 0, seconds: 0, resends: 0, ...again }
    this.#out.report({ kind: 'job-ended', job, end })
  }

  /** The controller is free again, and by its own button. */
  #pressed(): void {
    const run = this.#waiting
    if (run === undefined) return
    run.pressed = true
    run.untilMs = this.#out.nowMs + runWaitMs
    this.start()
  }

  #fill(job: GrblJob): void {
    const fault = job.fill(this.#out)
    if (fault !== undefined) this.#parts.fail({ outcome: 'failed', evidence: `refused before sending: ${fault.code}`, fault })
  }

  #paused(by: PausedBy): void {
    const job = this.job
    if (job === undefined) return
    job.pausedBy = by
    this.#out.report({ kind: 'job-paused', job: job.id, by })
  }

  #resumed(): void {
    const job = this.job
    if (job === undefined) return
    job.resumed(this.#out.nowMs)
    if (job.pausedBy !== undefined) this.#out.report({ kind: 'job-resumed', job: job.id })
    job.pausedBy = undefined
    this.#feedOn()
  }

  #feedOn(): void {
    if (this.job === undefined || this.#cause !== undefined) return
    this.job.program.proceed()
    this.#fill(this.job)
  }
}
