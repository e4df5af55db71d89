// One machine in the room: its runner, the job on it, and what is known of it for whoever asks.
import type { Firmware, MachineState, Telemetry } from '../protocols/contract/machine.ts'
import type { Deed, MachineSetup, Run } from '../protocols/contract/room.ts'
import type { Fault } from '../protocols/contract/words.ts'
import { createGate } from '../protocols/gcode/gate.ts'
import type { Session, SessionOptions, SessionReport } from '../protocols/session.ts'
import type { Clock } from './clock.ts'
import type { RunningJob, Unnumbered } from './journal.ts'
import { type FileCursor, openProgram } from './program.ts'
import { ProgressMeter } from './progress.ts'
import { Runner, type RunnerLog } from './runner.ts'
import { gateRules, sessionOptions } from './setup.ts'
import type { OpenPort } from './transport.ts'
import { faults } from './words.ts'

/** All of an answer to M503 comes in one second at 250000 baud; a machine that babbles must still not fill the daemon's socket. */
const heardPerSecond = 200

/** What a place tells the room. Numbered reports still lack their number. */
type PlaceReport =
  | { kind: 'answer'; id: string; fault?: Fault }
  | { kind: 'state'; machine: string; at: number; state: MachineState; firmware?: Firmware }
  | { kind: 'heard'; machine: string; at: number; line: string }

export type PlaceParts = {
  readonly createSession: (options: SessionOptions) => Session
  readonly open: OpenPort
  readonly clock: Clock
  readonly random: () => number
  readonly log: RunnerLog
  tell(report: PlaceReport): void
  keep(report: Unnumbered): void
  readonly jobs: { jobStarts(job: RunningJob): Promise<void>; jobGoesOn(job: RunningJob): void; jobEnded(job: string): void }
}

/** `armed`: nothing moves before the machine's own button is pressed. */
type Work = { run: Run; meter: ProgressMeter; cursor: FileCursor | undefined; abort: AbortController; armed: boolean }

export class Place {
  readonly #parts: PlaceParts
  readonly #runner: Runner
  setup: MachineSetup
  #work: Work | undefined
  #telemetry: Omit<Telemetry, 'at' | 'progress'> = {}
  #dirty = false
  #noted = { lines: -1, atMs: 0 }
  #heard = { second: 0, count: 0 }

  constructor(setup: MachineSetup, parts: PlaceParts) {
    this.setup = setup
    this.#parts = parts
    this.#runner = new Runner({
      port: setup.port,
      baud: setup.baud ?? setup.model.serial.baud,
      open: parts.open,
      createSession: () => parts.createSession(sessionOptions(this.setup)),
      report: report => this.#hear(report),
      clock: parts.clock,
      random: parts.random,
      log: parts.log,
    })
  }

  start(): void {
    this.#runner.start()
  }

  async stop(): Promise<void> {
    await this.#runner.stop()
  }

  get id(): string {
    return this.setup.declaration.id
  }

  get job(): string | undefined {
    return this.#work?.run.job
  }

  /** Its job waits for the machine's own button. */
  get armed(): boolean {
    return this.#work?.armed === true
  }

  get state(): MachineState {
    const state = this.#runner.state
    return { ...state, since: this.#parts.clock.wall(state.since) }
  }

  get firmware(): Firmware | undefined {
    return this.#runner.firmware
  }

  /** All that was measured since the port was opened, with the job's progress; undefined where nothing was yet. */
  get telemetry(): Telemetry | undefined {
    const now = this.#parts.clock.now()
    const work = this.#work
    if (work === undefined && Object.keys(this.#telemetry).length === 0) return undefined
    return {
      at: this.#parts.clock.wall(now),
      ...this.#telemetry,
      ...(work?.cursor === undefined || work.armed ? {} : { progress: { job: work.run.job, ...work.meter.read(now) } }),
    }
  }

  /** Telemetry if anything changed since the last call. */
  takeTelemetry(): Telemetry | undefined {
    if (!this.#dirty) return undefined
    this.#dirty = false
    return this.telemetry
  }

  /** Notes in the journal how far the job is, where it moved and `everyMs` have gone by. */
  note(everyMs: number): void {
    const now = this.#parts.clock.now()
    const work = this.#work
    if (work?.cursor === undefined || work.meter.lines === this.#noted.lines || now - this.#noted.atMs < everyMs) return
    this.#noted = { lines: work.meter.lines, atMs: now }
    this.#parts.jobs.jobGoesOn(this.#runningJob(work, now))
  }

  /** Starts a program. Answers with a fault, or with nothing once the machine has it; `job-ended` will come. */
  async run(run: Run): Promise<Fault | undefined> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const now = this.#parts.clock.now()
    const work: Work = {
      run,
      meter: new ProgressMeter(run, now),
      cursor: undefined,
      abort: new AbortController(),
      armed: run.button === true,
    }
    this.#work = work
    const fault = await this.#begin(work)
    if (fault !== undefined && this.#work === work) this.#work = undefined
    return fault
  }

  async #begin(work: Work): Promise<Fault | undefined> {
    const { run } = work
    const { declaration, model } = this.setup
    const allowConstantPower = run.allowConstantPower ?? false
    const gate = createGate(gateRules({ ...declaration, model }, this.#runner.firmware, allowConstantPower))
    const file = { path: run.path, size: run.size, sha256: run.sha256 }
    const cursor = await openProgram(file, gate, () => this.#runner.more(), work.abort.signal)
    if ('fault' in cursor) return work.abort.signal.aborted ? this.#cancelled(work) : cursor.fault
    await this.#parts.jobs.jobStarts(this.#runningJob(work, this.#parts.clock.now()))
    // A machine may have gone, or the job been cancelled, while the file was checked.
    const late = work.abort.signal.aborted ? this.#cancelled(work) : this.#stateRefusal()
    if (late !== undefined) {
      await cursor.close()
      this.#parts.jobs.jobEnded(run.job)
      return late
    }
    work.cursor = cursor
    work.meter = new ProgressMeter(run, this.#parts.clock.now())
    this.#noted = { lines: -1, atMs: this.#parts.clock.now() }
    const fault = this.#runner.run(run.job, cursor, allowConstantPower, run.button === true)
    if (fault !== undefined) {
      await cursor.close()
      this.#parts.jobs.jobEnded(run.job)
    }
    return fault
  }

  /** A job that a person cancelled must not look like one that only could not start: it would be tried again. */
  #cancelled({ run, abort }: Work): Fault {
    const again = run.button && abort.signal.reason === 'stop' ? { again: true as const } : {}
    const evidence = 'cancelled before the first line'
    const end = { outcome: 'cancelled', evidence, lines: 0, bytes: 0, seconds: 0, resends: 0, ...again } as const
    this.#parts.keep({ kind: 'job-ended', machine: this.id, job: run.job, end, at: this.#parts.clock.wall(this.#parts.clock.now()) })
    return faults.cancelledBeforeStart()
  }

  /** To the machine at once. */
  deed(id: string, deed: Deed): void {
    if (this.setup.readOnly) {
      this.#parts.tell({ kind: 'answer', id, fault: faults.readOnly() })
      return
    }
    const work = this.#work
    const stops = deed.kind === 'cancel' || deed.kind === 'stop'
    if (work !== undefined && work.cursor === undefined && stops) {
      work.abort.abort(deed.kind)
      // Nothing has moved yet: there is nothing to cancel in the machine.
      if (deed.kind === 'cancel') {
        this.#parts.tell({ kind: 'answer', id })
        return
      }
    }
    this.#runner.deed(id, deed)
  }

  #refusal(): Fault | undefined {
    if (this.setup.readOnly) return faults.readOnly()
    if (this.#work !== undefined) return faults.occupied(this.#work.run.job)
    return this.#stateRefusal()
  }

  #stateRefusal(): Fault | undefined {
    const { state } = this.#runner.state
    if (state === 'offline') return faults.offline()
    return state === 'ready' ? undefined : faults.notReady(state)
  }

  #runningJob(work: Work, now: number): RunningJob {
    const { lines, bytes } = work.meter
    const armed = work.armed ? { armed: true as const } : {}
    return { machine: this.id, job: work.run.job, lines, bytes, seconds: work.meter.workedMs(now) / 1000, ...armed }
  }

  #hear(report: SessionReport): void {
    const now = this.#parts.clock.now()
    const at = this.#parts.clock.wall(now)
    const machine = this.id
    switch (report.kind) {
      case 'state':
      case 'firmware': {
        const firmware = this.#runner.firmware
        const state = report.kind === 'state' ? { ...report.state, since: this.#parts.clock.wall(report.state.since) } : this.state
        this.#parts.tell({ kind: 'state', machine, at, state, ...(firmware === undefined ? {} : { firmware }) })
        if (report.kind === 'state') this.#work?.meter.follow(report.state.state, now)
        if (report.kind === 'state' && report.state.state === 'offline') this.#forgetTelemetry()
        return
      }
      case 'telemetry':
        this.#telemetry = merged(this.#telemetry, report.telemetry)
        this.#dirty = true
        return
      case 'progress':
        this.#work?.meter.acknowledged(report.lines, report.endByte, now)
        this.#dirty = true
        return
      case 'job-started': {
        const work = this.#work
        this.#parts.keep({ kind: 'job-started', machine, job: report.job, at })
        if (work?.armed !== true) return
        work.armed = false
        work.meter = new ProgressMeter(work.run, now)
        // What died with the room over this job from now on is no longer a job that never began.
        this.#parts.jobs.jobGoesOn(this.#runningJob(work, now))
        return
      }
      case 'job-paused':
        this.#work?.meter.paused(now)
        this.#dirty = true
        this.#parts.keep({ kind: 'job-paused', machine, job: report.job, by: report.by, at })
        return
      case 'job-resumed':
        this.#work?.meter.resumed(now)
        this.#dirty = true
        this.#parts.keep({ kind: 'job-resumed', machine, job: report.job, at })
        return
      case 'job-ended': {
        const work = this.#work
        this.#work = undefined
        this.#parts.keep({ kind: 'job-ended', machine, job: report.job, end: report.end, at })
        this.#parts.jobs.jobEnded(report.job)
        void work?.cursor?.close()
        return
      }
      case 'fault':
        this.#parts.keep({ kind: 'fault', machine, fault: report.fault, at })
        return
      case 'answer':
        this.#parts.tell({ kind: 'answer', id: report.id, ...(report.fault === undefined ? {} : { fault: report.fault }) })
        return
      case 'heard': {
        const second = Math.floor(now / 1000)
        if (this.#heard.second !== second) this.#heard = { second, count: 0 }
        if (this.#heard.count++ < heardPerSecond) this.#parts.tell({ kind: 'heard', machine, at, line: report.line })
        return
      }
    }
  }

  /** What was measured over a connection that is gone is not what is now: only the health of the cable goes on. */
  #forgetTelemetry(): void {
    this.#telemetry = { link: this.#runner.link }
    this.#dirty = true
  }
}

function merged<T extends Omit<Telemetry, 'at' | 'progress'>>(known: T, heard: T): T {
  const heaters = heard.heaters === undefined ? known.heaters : { ...known.heaters, ...heard.heaters }
  return { ...known, ...heard, ...(heaters === undefined ? {} : { heaters }) }
}
