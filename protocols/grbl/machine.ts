// One Grbl controller as we know it: hears its lines, keeps what they mean, and runs a job on it.
import type { Firmware, MachineState } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { ProgramCursor, SessionOptions } from '../session.ts'
import { Asker } from './ask.ts'
import { type AlarmKind, alarmKind, codeFault, isKnownCode } from './codes.ts'
import { Hello } from './hello.ts'
import { Identity } from './identity.ts'
import { type EndCause, GrblJob } from './job.ts'
import type { Outbox } from './outbox.ts'
import { Overriding } from './override.ts'
import { Pausing } from './pause.ts'
import { Poll } from './poll.ts'
import { type GrblLine, readGrblLine } from './read.ts'
import { realtime } from './realtime.ts'
import { type BareState, machineState } from './state.ts'
import type { StatusReport } from './status.ts'
import { Stopping } from './stop.ts'
import { TelemetryFilter } from './telemetry.ts'
import { faults } from './words.ts'

type Alarm = AlarmKind & { fault: Fault; readonly code: number | undefined; readonly text: string }
type WaitingRun = { readonly job: string; readonly cursor: ProgramCursor; readonly allowConstantPower: boolean; readonly untilMs: number }

/** A machine that has not spoken for so long is lost; homing and alarm loops are silent by nature. */
const lostMs = 8000
/** A job waits so long for the controller to finish what it is at. */
const runWaitMs = 10_000
/** `?` intervals: 10 Hz only while something is being waited for (interface.md allows it, recommends 5). */
const pollMs = { waiting: 100, job: 250, moving: 250, idle: 1000 }

export class GrblMachine {
  readonly options: SessionOptions
  readonly out: Outbox
  readonly asker: Asker
  readonly hello: Hello
  readonly poll: Poll
  readonly pausing: Pausing
  readonly overriding: Overriding
  readonly stopping: Stopping
  identity = new Identity()
  status: StatusReport | undefined
  alarm: Alarm | undefined
  job: GrblJob | undefined
  firmware: Firmware | undefined
  state: MachineState = { state: 'offline', since: 0 }
  /** A person asked for motion by jog or console: Run is not somebody else's then. */
  ownMotion = false
  /** The parser's state is to be asked for once the machine is idle; on grblHAL that also lifts the lock after a refused line. */
  staleModal = false
  readonly #telemetry = new TelemetryFilter()
  #opens = 0
  #closedBy: Fault | undefined
  #waitingRun: WaitingRun | undefined
  #cause: EndCause | undefined
  #stopDeeds: string[] = []
  #codesWanted = false
  #stateText = ''

  constructor(options: SessionOptions, out: Outbox) {
    this.options = options
    this.out = out
    this.asker = new Asker(out)
    this.poll = new Poll(out)
    this.hello = new Hello(
      out,
      this.asker,
      () => this.identity,
      () => this.#identified(),
    )
    this.pausing = new Pausing(out, this.poll, {
      paused: by => this.#paused(by),
      resumed: () => this.#resumed(),
      answer: (deed, fault) => {
        // A pause that was not confirmed must not leave the program standing.
        if (fault !== undefined && this.job?.pausedBy === undefined) this.#feedOn()
        this.answer(deed, fault)
      },
    })
    this.overriding = new Overriding(out, (deed, fault) => this.answer(deed, fault))
    this.stopping = new Stopping(out, this.poll, { done: (proof, seen) => this.#stopped(proof, seen) })
  }

  get homing(): boolean {
    return this.asker.current?.purpose === 'home'
  }

  get jobOrdered(): boolean {
    return this.job !== undefined || this.#waitingRun !== undefined
  }

  /** A job runs with nothing else going on: its answers change nothing but the window. */
  get streaming(): boolean {
    const job = this.job
    return job !== undefined && this.#cause === undefined && !job.settling && !job.program.waiting && !this.pausing.active
  }

  opened(): void {
    if (this.#opens > 0 && this.hello.stage !== 'closed') this.closed('opened again')
    if (this.#opens++ > 0) this.#telemetry.link.reconnects++
    this.#closedBy = undefined
    this.identity = new Identity()
    this.alarm = undefined
    this.staleModal = false
    this.poll.forget()
    this.poll.heard()
    this.hello.opened(this.options.bootMs)
  }

  closed(reason: string): void {
    const fault = faults.portClosed(reason)
    this.#closedBy = fault
    this.#forgetAll({ outcome: 'interrupted', evidence: `port closed: ${reason}`, fault })
    this.hello.closed()
  }

  heard(raw: string): void {
    this.poll.heard()
    // The hot path: a raster brings a thousand of these a second.
    if (raw === 'ok' || raw === 'ok\r') {
      this.#heardOk()
      return
    }
    if (this.hello.stage === 'closed') return
    this.#heardLine(readGrblLine(raw), raw)
  }

  wake(): void {
    this.hello.tick()
    this.asker.tick()
    const awaited = this.hello.speaks && !this.stopping.resetting
    if (awaited) this.poll.tick(this.#pollIntervalMs())
    this.pausing.tick(this.status)
    this.overriding.tick()
    this.stopping.tick(this.status)
    if (this.job !== undefined && !this.pausing.active && this.out.nowMs >= this.job.starvesAtMs) this.#starved()
    const silenceIsNatural = this.homing || this.alarm?.loops === true || this.stopping.active
    if (awaited && !silenceIsNatural && this.poll.silentMs > lostMs && this.poll.unanswered >= 2) this.#lost()
    this.#startWaitingRun()
  }

  /** A program for this machine; `job-ended` will come for it, whatever happens. */
  run(job: string, cursor: ProgramCursor, allowConstantPower: boolean): void {
    if (this.jobOrdered) {
      const end = { outcome: 'failed' as const, evidence: 'another job runs', fault: faults.jobRuns() }
      this.out.report({ kind: 'job-ended', job, end: { ...end, lines: 0, bytes: 0, seconds: 0, resends: 0 } })
      return
    }
    this.#waitingRun = { job, cursor, allowConstantPower, untilMs: this.out.nowMs + runWaitMs }
    this.#startWaitingRun()
  }

  more(): void {
    if (this.job !== undefined && this.#cause === undefined) this.#fill(this.job)
  }

  /**
   * Brings the machine to rest and ends what runs on it; the deed is answered when it is done.
   * Holding first keeps the position; where that is pointless the reset comes at once.
   */
  stopAll(cause: EndCause, boundMs: number, deed?: string): void {
    if (deed !== undefined) this.#stopDeeds.push(deed)
    const waiting = this.#waitingRun
    if (waiting !== undefined) {
      this.#waitingRun = undefined
      this.out.report({ kind: 'job-ended', job: waiting.job, end: { ...cause, lines: 0, bytes: 0, seconds: 0, resends: 0 } })
    }
    this.#cause ??= cause
    this.job?.program.stop()
    const pointless = this.homing || this.status?.state === 'Home' || this.alarm !== undefined || !this.hello.speaks
    this.pausing.drop(faults.notReady('stopping'))
    this.asker.drop()
    if (pointless) this.stopping.reset()
    else this.stopping.hold(boundMs)
  }

  /** A bare reset, for a controller that is locked or halted. */
  resetNow(deed: string): void {
    this.#stopDeeds.push(deed)
    this.asker.drop()
    this.stopping.reset()
  }

  readSettingsAgain(): void {
    const done = (): void => {
      this.firmware = this.identity.firmware()
      this.out.report({ kind: 'firmware', firmware: this.firmware })
    }
    this.asker.add({ line: '$$', purpose: 'upkeep', limitMs: 3000, done })
  }

  answer(deed: string | undefined, fault?: Fault): void {
    if (deed !== undefined) this.out.report({ kind: 'answer', id: deed, ...(fault === undefined ? {} : { fault }) })
  }

  /** Says what changed, and asks to be woken when something is due. Called after every input but the hot path's. */
  settle(): void {
    const bare = this.#bareState()
    const text = JSON.stringify(bare)
    if (text !== this.#stateText) {
      this.#stateText = text
      const since = Math.max(0, Math.floor(this.out.nowMs))
      this.state = { ...bare, since } as MachineState
      this.out.report({ kind: 'state', state: this.state })
    }
    this.out.wakeAt(this.#nextWakeMs())
  }

  #heardLine(line: GrblLine, raw: string): void {
    switch (line.kind) {
      case 'ok':
        this.#heardOk()
        return
      case 'error':
        this.#heardError(line.code, line.text)
        return
      case 'alarm':
        this.#heardAlarm(line.code, line.text)
        return
      case 'status':
        this.#heardStatus(line.status)
        return
      case 'banner':
        this.#heardBanner(line.text)
        return
      case 'garbled':
        // Before the first hello it is the plug, not the cable.
        if (this.hello.speaks) this.#telemetry.link.badLines++
        return
      case 'unknown':
      case 'startup':
      case 'probe':
      case 'info':
      case 'message':
        this.identity.note(line)
        this.asker.progressed()
        this.#tell(raw)
        return
      case 'setting':
      case 'version':
      case 'options':
      case 'newOptions':
      case 'firmware':
      case 'axes':
      case 'modal':
      case 'offset':
      case 'codeText':
        this.identity.note(line)
        this.asker.progressed()
        if (this.asker.current?.purpose === 'console') this.#tell(raw)
        return
    }
  }

  #heardOk(): void {
    const job = this.job
    if (this.stopping.resetting || this.#cause !== undefined) return
    if (job === undefined) {
      this.asker.answered({ kind: 'ok' })
      return
    }
    if (!job.acknowledge(this.out.nowMs)) {
      // One ok too many: another line's answer was split by noise, or the board counts \r\n twice.
      this.#telemetry.link.badLines++
      return
    }
    if (this.pausing.active) this.pausing.heardAnswer()
    this.#fill(job)
    if (job.settling) this.poll.askNow()
  }

  #heardError(code: number | undefined, text: string): void {
    if (this.stopping.resetting || this.#cause !== undefined) return
    this.#wantCode('error', code)
    const job = this.job
    if (job === undefined) {
      this.asker.answered({ kind: 'error', code, text })
      return
    }
    const line = job.program.feed.take()
    if (line === undefined) {
      this.#telemetry.link.badLines++
      return
    }
    // Grbl and FluidNC go on with the lines they hold, grblHAL refuses them all: on each, hold at once.
    const meaning = codeFault('error', this.identity.family, code, text, this.identity.learned)
    const fault = line.number > 0 ? faults.rejectedLine(line.number, line.text, meaning) : meaning
    this.#fail({ outcome: 'failed', evidence: `${text} for line ${line.number}`, fault })
  }

  #heardAlarm(code: number | undefined, text: string): void {
    this.#wantCode('alarm', code)
    const family = this.identity.family
    const fault = codeFault('alarm', family, code, text, this.identity.learned)
    const kind = alarmKind(family, code)
    this.alarm = { ...kind, fault, code, text }
    this.out.report({ kind: 'fault', fault })
    if (this.stopping.active) {
      if (!this.stopping.resetting) this.stopping.reset()
      return
    }
    this.#endJob({ outcome: kind.byProgram ? 'failed' : 'interrupted', evidence: text, fault })
    this.pausing.drop(fault)
    this.overriding.drop(fault)
    const purpose = this.asker.current?.purpose
    if (purpose !== undefined && purpose !== 'identify' && purpose !== 'upkeep') this.asker.drop()
    // FluidNC leaves spindle and beam on in an alarm; Grbl's limit alarms answer nothing until a reset.
    if (kind.reset) this.stopping.reset()
  }

  #heardStatus(status: StatusReport): void {
    this.poll.answered()
    if (!this.stopping.active) this.hello.heardStatus(status)
    const measured = this.#telemetry.changes(status, this.identity.inches)
    if (measured !== undefined) this.out.report({ kind: 'telemetry', telemetry: measured })
    if (this.stopping.active) {
      // What was reported before a reset says nothing about the time after it.
      if (!this.stopping.resetting) this.status = status
      this.stopping.heardStatus(status)
      return
    }
    this.status = status
    if (status.state !== 'Alarm') this.alarm = undefined
    else if (this.alarm === undefined && (this.job !== undefined || status.sub !== undefined)) {
      // The ALARM line itself was lost, or was spoken before we came (grblHAL: Alarm:11).
      const text = status.sub === undefined ? 'Alarm' : `ALARM:${status.sub}`
      const fault =
        status.sub === undefined ? faults.locked(text) : codeFault('alarm', this.identity.family, status.sub, text, this.identity.learned)
      if (this.job !== undefined) this.#heardAlarm(status.sub, text)
      else this.alarm = { ...alarmKind(this.identity.family, status.sub), reset: false, loops: false, fault, code: status.sub, text }
      return
    }
    this.overriding.heardStatus(status)
    this.pausing.heardStatus(status)
    if (this.job !== undefined) this.#watchJob(this.job, status)
    else this.#careWhileIdle(status)
  }

  #heardBanner(text: string): void {
    this.identity.banner(text)
    this.#telemetry.forgetOffset()
    if (this.hello.stage === 'closed' || this.stopping.heardBanner()) return
    // Nobody asked for it: the controller restarted, and everything it was told is gone.
    const fault = faults.restarted(text)
    const cause = this.#cause
    this.#forgetAll({ outcome: cause?.outcome ?? 'interrupted', evidence: `banner: ${text}`, fault: cause?.fault ?? fault })
    this.identity = new Identity()
    this.identity.banner(text)
    this.staleModal = false
    this.hello.heardBanner()
  }

  #identified(): void {
    this.firmware = this.identity.firmware()
    this.out.report({ kind: 'firmware', firmware: this.firmware })
    const wanted = this.options.machineKind === 'laser' ? '1' : '0'
    const found = this.identity.laserMode
    if (found !== undefined && found !== wanted && this.options.machineKind !== 'printer') {
      this.out.report({ kind: 'fault', fault: faults.laserMode(found, wanted) })
    }
    this.poll.askNow()
  }

  #watchJob(job: GrblJob, status: StatusReport): void {
    const progress = job.progress()
    if (progress !== undefined) this.out.report({ kind: 'progress', job: job.id, ...progress })
    switch (status.state) {
      case 'Hold':
      case 'Door':
        // Stopped, and not by us: the program's M0, the machine's own button, a door.
        if ((status.sub ?? 0) > 1 || (status.state === 'Hold' && status.sub === 1) || this.pausing.active) return
        if (job.pausedBy === undefined) this.#paused(status.state === 'Hold' && job.atProgramPause ? 'program' : 'firmware')
        return
      case 'Tool':
        if (job.pausedBy === undefined) this.#paused('program')
        return
      case 'Sleep':
        if (job.pausedBy === undefined) this.#paused('firmware')
        return
      case 'Run':
      case 'Idle':
        if (job.pausedBy !== undefined && !this.pausing.active) this.#resumed()
    }
    if (this.pausing.active) return
    const verdict = job.heardStatus(status, this.out.nowMs)
    if (verdict === 'done') this.#endJob({ outcome: 'completed', evidence: 'ok of G4, then Idle' })
    else if (verdict === 'lost') {
      const fault = faults.answersLost(job.program.feed.lines, this.#telemetry.link.badLines)
      this.#fail({ outcome: 'interrupted', evidence: fault.detail ?? '', fault })
    }
  }

  #careWhileIdle(status: StatusReport): void {
    if (this.hello.stage !== 'known' || this.asker.busy || status.state !== 'Idle') return
    this.ownMotion = false
    const known = this.identity.receiveBufferBytes(0)
    this.identity.noteIdleBuffer(status.receiveFree)
    if (this.identity.receiveBufferBytes(0) !== known) {
      this.firmware = this.identity.firmware()
      this.out.report({ kind: 'firmware', firmware: this.firmware })
    }
    if (this.#codesWanted) {
      this.#codesWanted = false
      for (const line of ['$EE', '$EA']) this.asker.add({ line, purpose: 'upkeep', limitMs: 3000, done: () => this.#codesLearned() })
    }
    if (this.staleModal) {
      this.staleModal = false
      this.asker.add({ line: '$G', purpose: 'upkeep', limitMs: 2000, done: () => this.#startWaitingRun() })
    }
    this.#startWaitingRun()
  }

  #startWaitingRun(): void {
    const run = this.#waitingRun
    if (run === undefined) return
    const hindrance = this.#hindrance()
    if (hindrance === 'wait' && this.out.nowMs < run.untilMs) return
    this.#waitingRun = undefined
    const rules = {
      bufferBytes: this.identity.receiveBufferBytes(this.options.windowBytes),
      lineLengthMax: this.options.lineLengthMax,
      constantPowerForbidden: this.options.machineKind === 'laser' && !this.options.constantPowerAllowed && !run.allowConstantPower,
    }
    const repair = this.identity.modalRepair
    const before = repair === undefined ? [] : [repair]
    const job = new GrblJob({ id: run.job, cursor: run.cursor, rules, before, laser: this.options.machineKind === 'laser' }, this.out.nowMs)
    if (hindrance !== undefined) {
      const fault = hindrance === 'wait' ? faults.notReady('busy') : hindrance
      this.out.report({
        kind: 'job-ended',
        job: run.job,
        end: job.end({ outcome: 'failed', evidence: 'not started', fault }, this.out.nowMs),
      })
      return
    }
    this.job = job
    this.#cause = undefined
    this.out.report({ kind: 'job-started', job: run.job })
    this.#fill(job)
  }

  /** What keeps a job from starting: a fault, or something that will pass by itself. */
  #hindrance(): Fault | 'wait' | undefined {
    if (this.hello.stage === 'closed' || this.hello.silent) return faults.offline()
    if (this.alarm !== undefined && !this.stopping.active) return this.alarm.fault
    if (this.hello.stage !== 'known' || this.stopping.active || this.asker.busy || this.status === undefined) return 'wait'
    const { state, sub } = this.status
    if (state === 'Idle') return this.staleModal ? 'wait' : undefined
    if ((state === 'Run' && this.ownMotion) || state === 'Jog') return 'wait'
    return faults.notReady(sub === undefined ? state : `${state}:${sub}`)
  }

  #fill(job: GrblJob): void {
    const fault = job.fill(this.out)
    if (fault !== undefined) this.#fail({ outcome: 'failed', evidence: `refused before sending: ${fault.code}`, fault })
  }

  /** Ends the running job for a reason of its own. Bounded: a fault that waits for ever is no help. */
  #fail(cause: EndCause): void {
    this.stopAll(cause, 30_000)
  }

  #starved(): void {
    this.out.report({ kind: 'fault', fault: faults.starved() })
    this.job?.program.stop()
    this.pausing.hold('firmware', true)
  }

  #paused(by: 'person' | 'firmware' | 'program'): void {
    const job = this.job
    if (job === undefined) return
    job.pausedBy = by
    this.out.report({ kind: 'job-paused', job: job.id, by })
  }

  #resumed(): void {
    const job = this.job
    if (job === undefined) return
    job.resumed(this.out.nowMs)
    if (job.pausedBy !== undefined) this.out.report({ kind: 'job-resumed', job: job.id })
    job.pausedBy = undefined
    this.#feedOn()
  }

  #feedOn(): void {
    if (this.job === undefined || this.#cause !== undefined) return
    this.job.program.proceed()
    this.#fill(this.job)
  }

  #endJob(cause: EndCause): void {
    const job = this.job
    this.#cause = undefined
    if (job === undefined) return
    this.job = undefined
    this.staleModal = true
    const progress = job.progress()
    if (progress !== undefined) this.out.report({ kind: 'progress', job: job.id, ...progress })
    this.out.report({ kind: 'job-ended', job: job.id, end: job.end(cause, this.out.nowMs) })
  }

  /** The reset is done: the job has its end, the deeds their answers. */
  #stopped(proof: 'banner' | 'report' | 'silence', seen: readonly string[]): void {
    const cause = this.#cause
    const lost = this.alarm?.code === 3 ? faults.positionLost(this.alarm.text) : undefined
    if (cause !== undefined) {
      const fault = cause.fault ?? (proof === 'silence' ? faults.silent('after reset') : lost)
      this.#endJob({ ...cause, evidence: `${cause.evidence}; ${seen.join(', ')}`, ...(fault === undefined ? {} : { fault }) })
    }
    this.#telemetry.forgetOffset()
    const deeds = this.#stopDeeds.splice(0)
    const gone = faults.restarted('reset')
    this.asker.drop()
    this.pausing.drop(gone)
    this.overriding.drop(gone)
    this.status = undefined
    this.ownMotion = false
    this.staleModal = true
    for (const deed of deeds) this.answer(deed, proof === 'silence' ? faults.noAnswer('reset') : undefined)
    if (proof === 'silence') this.#lost()
    else if (this.hello.stage === 'known') this.poll.forget()
    else this.hello.heardBanner()
  }

  /** It has fallen silent. What may still turn or burn is switched off, in case it hears us. */
  #lost(): void {
    const fault = faults.silent(`nothing heard for ${Math.round(this.poll.silentMs)} ms`)
    if (this.job !== undefined) this.out.sendNow(realtime.reset)
    this.#forgetAll({ outcome: 'interrupted', evidence: fault.detail ?? 'silence', fault })
    this.hello.lost()
  }

  /** Nothing we asked will be answered any more; whoever waits is told. */
  #forgetAll(cause: EndCause): void {
    const fault = cause.fault ?? faults.offline()
    const waiting = this.#waitingRun
    this.#waitingRun = undefined
    if (waiting !== undefined) {
      this.out.report({ kind: 'job-ended', job: waiting.job, end: { ...cause, lines: 0, bytes: 0, seconds: 0, resends: 0 } })
    }
    this.stopping.drop()
    this.#endJob(cause)
    this.asker.drop()
    this.pausing.drop(fault)
    this.overriding.drop(fault)
    for (const deed of this.#stopDeeds.splice(0)) this.answer(deed, fault)
    this.status = undefined
    this.ownMotion = false
    this.#telemetry.forgetOffset()
  }

  /** A grblHAL of tomorrow knows codes we do not: it can tell them itself, once it is idle. */
  #wantCode(kind: 'error' | 'alarm', code: number | undefined): void {
    if (code === undefined || this.identity.family !== 'grblhal') return
    if (!isKnownCode(kind, 'grblhal', code, this.identity.learned)) this.#codesWanted = this.identity.learned.size === 0
  }

  #codesLearned(): void {
    if (this.alarm === undefined) return
    this.alarm.fault = codeFault('alarm', this.identity.family, this.alarm.code, this.alarm.text, this.identity.learned)
  }

  #tell(raw: string): void {
    const line = raw.trim()
    if (line !== '') this.out.report({ kind: 'heard', line })
  }

  #bareState(): BareState {
    return machineState({
      stage: this.hello.stage,
      silent: this.hello.silent,
      closedBy: this.#closedBy,
      status: this.status,
      alarm: this.alarm,
      job: this.job,
      stopping: this.stopping.active,
      homing: this.homing,
      ownMotion: this.ownMotion,
    })
  }

  #pollIntervalMs(): number {
    if (this.stopping.active || this.pausing.active || this.overriding.active || this.job?.settling === true) return pollMs.waiting
    if (this.homing) return pollMs.idle
    if (this.job !== undefined) return pollMs.job
    if (this.#waitingRun !== undefined || this.staleModal) return pollMs.moving
    return this.status === undefined || this.status.state === 'Idle' || this.status.state === 'Alarm' ? pollMs.idle : pollMs.moving
  }

  #nextWakeMs(): number {
    let wakeMs = Math.min(this.hello.deadlineMs, this.asker.deadlineMs)
    if (this.hello.speaks && !this.stopping.resetting) wakeMs = Math.min(wakeMs, this.poll.deadlineMs(this.#pollIntervalMs()))
    wakeMs = Math.min(wakeMs, this.stopping.deadlineMs)
    if (this.job !== undefined && !this.pausing.active) wakeMs = Math.min(wakeMs, this.job.starvesAtMs)
    if (this.#waitingRun !== undefined) wakeMs = Math.min(wakeMs, this.#waitingRun.untilMs)
    return wakeMs
  }
}
