// One Grbl controller as we know it: hears its lines, keeps what they mean, and brings it to rest when it must.
import type { Firmware, MachineState } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { SessionOptions } from '../session.ts'
import { Asker } from './ask.ts'
import { type AlarmKind, alarmKind, codeFault } from './codes.ts'
import { hear, type Listener } from './hear.ts'
import { Hello } from './hello.ts'
import { Identity } from './identity.ts'
import type { EndCause } from './job.ts'
import type { Outbox } from './outbox.ts'
import { Overriding } from './override.ts'
import { Poll } from './poll.ts'
import type { GrblLine } from './read.ts'
import { realtime } from './realtime.ts'
import { machineState } from './state.ts'
import type { StatusReport } from './status.ts'
import { type ResetProof, Stopping } from './stop.ts'
import { TelemetryFilter } from './telemetry.ts'
import { Upkeep } from './upkeep.ts'
import { faults } from './words.ts'
import { Work } from './work.ts'

type Alarm = AlarmKind & { fault: Fault; readonly code: number | undefined; readonly text: string }

/** A machine that has not spoken for so long is lost; homing and alarm loops are silent by nature. */
const lostMs = 8000
/** A job that failed waits so long for the machine to stand. Bounded: a fault that waits for ever is no help. */
const failBoundMs = 30_000
/** `?` intervals: 10 Hz only while something is being waited for (interface.md allows it, recommends 5). */
const pollMs = { waiting: 100, job: 250, moving: 250, idle: 1000 }

export class GrblMachine implements Listener {
  readonly options: SessionOptions
  readonly out: Outbox
  readonly asker: Asker
  readonly hello: Hello
  readonly poll: Poll
  readonly work: Work
  readonly overriding: Overriding
  readonly stopping: Stopping
  readonly upkeep: Upkeep
  identity = new Identity()
  status: StatusReport | undefined
  alarm: Alarm | undefined
  firmware: Firmware | undefined
  state: MachineState = { state: 'offline', since: 0 }
  /** A person asked for motion by jog or console: Run is not somebody else's then. */
  ownMotion = false
  readonly #telemetry = new TelemetryFilter()
  #opens = 0
  #closedBy: Fault | undefined
  #stopDeeds: string[] = []
  #stateText = ''

  constructor(options: SessionOptions, out: Outbox) {
    const identity = (): Identity => this.identity
    this.options = options
    this.out = out
    this.asker = new Asker(out)
    this.poll = new Poll(out)
    this.hello = new Hello(out, this.asker, identity, () => this.#identified())
    this.overriding = new Overriding(out, (deed, fault) => this.answer(deed, fault))
    this.stopping = new Stopping(out, this.poll, { done: (proof, seen) => this.#stopped(proof, seen) })
    this.upkeep = new Upkeep(this.asker, identity, { learned: () => this.#learned(), asked: () => this.work.start() })
    this.work = new Work({
      options,
      out,
      poll: this.poll,
      asker: this.asker,
      identity,
      hindrance: () => this.#hindrance(),
      fail: cause => this.stopAll(cause, failBoundMs),
      answer: (deed, fault) => this.answer(deed, fault),
      ended: () => this.upkeep.modalMayHaveChanged(),
    })
  }

  get homing(): boolean {
    return this.asker.current?.purpose === 'home'
  }

  opened(): void {
    if (this.#opens > 0 && this.hello.stage !== 'closed') this.closed('opened again')
    if (this.#opens++ > 0) this.#telemetry.link.reconnects++
    this.#closedBy = undefined
    this.identity = new Identity()
    this.alarm = undefined
    this.upkeep.startAnew()
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
    if (raw === 'ok') this.heardOk()
    else if (this.hello.stage !== 'closed') hear(raw, this)
  }

  wake(): void {
    this.hello.tick()
    this.asker.tick()
    const awaited = this.hello.speaks && !this.stopping.resetting
    if (awaited) this.poll.tick(this.#pollIntervalMs())
    this.work.pausing.tick(this.status)
    this.overriding.tick()
    this.stopping.tick(this.status)
    this.work.tick()
    const silenceIsNatural = this.homing || this.alarm?.loops === true || this.stopping.active
    if (awaited && !silenceIsNatural && this.poll.silentMs > lostMs && this.poll.unanswered >= 2) this.#lost()
  }

  /**
   * Brings the machine to rest and ends what runs on it; the deed is answered when it is done.
   * Holding first keeps the position; where that is pointless the reset comes at once.
   */
  stopAll(cause: EndCause, boundMs: number, deed?: string): void {
    if (deed !== undefined) this.#stopDeeds.push(deed)
    this.work.stopFeeding(cause)
    const pointless = this.homing || this.status?.state === 'Home' || this.alarm !== undefined || !this.hello.speaks
    if (pointless) this.stopping.reset()
    else this.stopping.hold(boundMs)
    this.work.pausing.drop(faults.notReady('stopping'))
    this.asker.drop()
  }

  /** A bare reset, for a controller that is locked or halted. */
  resetNow(deed: string): void {
    this.#stopDeeds.push(deed)
    this.stopping.reset()
    this.asker.drop()
  }

  answer(deed: string | undefined, fault?: Fault): void {
    if (deed !== undefined) this.out.report({ kind: 'answer', id: deed, ...(fault === undefined ? {} : { fault }) })
  }

  /** Says what changed, and asks to be woken when something is due. Called after every input but the hot path's. */
  settle(): void {
    const bare = machineState({
      stage: this.hello.stage,
      silent: this.hello.silent,
      closedBy: this.#closedBy,
      status: this.status,
      alarm: this.alarm,
      job: this.work.job,
      armed: this.work.armed,
      stopping: this.stopping.active,
      homing: this.homing,
      ownMotion: this.ownMotion,
    })
    const text = JSON.stringify(bare)
    if (text !== this.#stateText) {
      this.#stateText = text
      this.state = { ...bare, since: Math.max(0, Math.floor(this.out.nowMs)) } as MachineState
      this.out.report({ kind: 'state', state: this.state })
    }
    this.out.wakeAt(this.#nextWakeMs())
  }

  heardOk(): void {
    if (this.stopping.resetting || this.work.ending !== undefined) return
    const job = this.work.job
    if (job === undefined) this.asker.answered({ kind: 'ok' })
    else this.work.heardOk(job)
  }

  heardError(code: number | undefined, text: string): void {
    if (this.stopping.resetting || this.work.ending !== undefined) return
    this.upkeep.heardCode('error', this.identity.family, code)
    const job = this.work.job
    if (job === undefined) this.asker.answered({ kind: 'error', code, text })
    else this.work.heardError(job, code, text)
  }

  heardAlarm(code: number | undefined, text: string): void {
    const family = this.identity.family
    this.upkeep.heardCode('alarm', family, code)
    const fault = codeFault('alarm', family, code, text, this.identity.learned)
    const kind = alarmKind(family, code)
    this.alarm = { ...kind, fault, code, text }
    this.out.report({ kind: 'fault', fault })
    if (this.stopping.active) {
      this.stopping.reset()
      return
    }
    // FluidNC leaves spindle and beam on in an alarm; Grbl's limit alarms answer nothing until a reset.
    if (kind.reset) this.stopping.reset()
    this.work.end({ outcome: kind.byProgram ? 'failed' : 'interrupted', evidence: text, fault })
    this.work.pausing.drop(fault)
    this.overriding.drop(fault)
    const purpose = this.asker.current?.purpose
    if (purpose !== undefined && purpose !== 'identify' && purpose !== 'upkeep') this.asker.drop()
  }

  heardStatus(status: StatusReport): void {
    this.poll.answered()
    if (!this.stopping.active) this.hello.heardStatus(status)
    this.#telemetry.link.badLines = this.work.badLines
    const measured = this.#telemetry.changes(status, this.identity.inches)
    if (measured !== undefined) this.out.report({ kind: 'telemetry', telemetry: measured })
    if (this.stopping.active) {
      // What was reported before a reset says nothing about the time after it.
      if (!this.stopping.resetting) this.status = status
      this.stopping.heardStatus(status)
      return
    }
    this.status = status
    if (this.#noticeAlarm(status)) return
    this.overriding.heardStatus(status)
    this.work.pausing.heardStatus(status)
    if (this.work.arming.active) this.work.arming.heardStatus(status)
    if (this.work.job !== undefined) this.work.heardStatus(this.work.job, status)
    else this.#careWhileIdle(status)
  }

  heardBanner(text: string): void {
    this.identity.banner(text)
    this.#telemetry.forgetOffset()
    if (this.stopping.heardBanner()) return
    // Nobody asked for it: the controller restarted, and everything it was told is gone.
    const fault = faults.restarted(text)
    const cause = this.work.ending
    this.#forgetAll({ outcome: cause?.outcome ?? 'interrupted', evidence: `banner: ${text}`, fault: cause?.fault ?? fault })
    this.identity = new Identity()
    this.identity.banner(text)
    this.upkeep.startAnew()
    this.hello.heardBanner()
  }

  heardGarbled(text: string, wasError: boolean): void {
    // Before the first hello it is the plug, not the cable.
    if (!this.hello.speaks) return
    this.work.badLines++
    if (wasError && this.work.job !== undefined) this.heardError(undefined, text)
  }

  heardFact(line: GrblLine, raw: string): void {
    this.identity.note(line)
    this.asker.progressed()
    if (this.asker.current?.purpose === 'console') this.#tell(raw)
  }

  heardWord(line: GrblLine, raw: string): void {
    this.identity.note(line)
    this.asker.progressed()
    this.#tell(raw)
  }

  /** True where the report is all about an alarm. */
  #noticeAlarm(status: StatusReport): boolean {
    if (status.state !== 'Alarm') {
      this.alarm = undefined
      return false
    }
    if (this.alarm !== undefined) return false
    // The ALARM line was lost, or was spoken before we came (grblHAL: Alarm:11).
    const { sub } = status
    const text = sub === undefined ? 'Alarm' : `ALARM:${sub}`
    if (this.work.job !== undefined) {
      this.heardAlarm(sub, text)
      return true
    }
    if (sub === undefined) return false
    const { family, learned } = this.identity
    const fault = codeFault('alarm', family, sub, text, learned)
    this.alarm = { ...alarmKind(family, sub), loops: false, fault, code: sub, text }
    return false
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

  /** The controller told more about itself: its settings, its buffer, or what its codes mean. */
  #learned(): void {
    this.firmware = this.identity.firmware()
    this.out.report({ kind: 'firmware', firmware: this.firmware })
    if (this.alarm === undefined) return
    this.alarm.fault = codeFault('alarm', this.identity.family, this.alarm.code, this.alarm.text, this.identity.learned)
  }

  #careWhileIdle(status: StatusReport): void {
    if (this.hello.stage !== 'known' || this.asker.busy) return
    if (status.state === 'Idle') {
      this.ownMotion = false
      const known = this.identity.receiveBufferBytes(0)
      this.identity.noteIdleBuffer(status.receiveFree)
      if (this.identity.receiveBufferBytes(0) !== known) this.#learned()
    }
    // `$` questions are answered in a lock too: that is when an unknown alarm wants its meaning.
    if (status.state === 'Idle' || status.state === 'Alarm') this.upkeep.run()
    this.work.start()
  }

  #hindrance(): Fault | 'wait' | undefined {
    if (this.hello.stage === 'closed' || this.hello.silent) return faults.offline()
    if (this.alarm !== undefined && !this.stopping.active) return this.alarm.fault
    if (this.hello.stage !== 'known' || this.stopping.active || this.asker.busy || this.status === undefined) return 'wait'
    const { state, sub } = this.status
    if (state === 'Idle') return this.upkeep.due ? 'wait' : undefined
    if ((state === 'Run' && this.ownMotion) || state === 'Jog') return 'wait'
    return faults.notReady(sub === undefined ? state : `${state}:${sub}`)
  }

  /** The reset is done: the job has its end, the deeds their answers. */
  #stopped(proof: ResetProof, seen: readonly string[]): void {
    const cause = this.work.ending
    if (cause !== undefined) {
      const lost = this.alarm?.code === 3 ? faults.positionLost(this.alarm.text) : undefined
      const fault = cause.fault ?? (proof === 'silence' ? faults.silent('after reset') : lost)
      this.work.end({ ...cause, evidence: `${cause.evidence}; ${seen.join(', ')}`, ...(fault === undefined ? {} : { fault }) })
    }
    const deeds = this.#stopDeeds.splice(0)
    const gone = faults.restarted('reset')
    this.#telemetry.forgetOffset()
    this.asker.drop()
    this.work.pausing.drop(gone)
    this.overriding.drop(gone)
    this.status = undefined
    this.ownMotion = false
    this.upkeep.modalMayHaveChanged()
    for (const deed of deeds) this.answer(deed, proof === 'silence' ? faults.noAnswer('reset') : undefined)
    if (proof === 'silence') this.#lost()
    else if (this.hello.stage === 'known') this.poll.forget()
    else this.hello.heardBanner()
  }

  /** It has fallen silent. What may still turn or burn is switched off, in case it hears us. */
  #lost(): void {
    const fault = faults.silent(`nothing heard for ${Math.round(this.poll.silentMs)} ms`)
    if (this.work.job !== undefined || this.work.armed !== undefined) this.out.sendNow(realtime.reset)
    this.#forgetAll({ outcome: 'interrupted', evidence: fault.detail ?? 'silence', fault })
    this.hello.lost()
  }

  /** Nothing we asked will be answered any more; whoever waits is told. */
  #forgetAll(cause: EndCause): void {
    const fault = cause.fault ?? faults.offline()
    this.stopping.drop()
    this.work.end(cause)
    this.asker.drop()
    this.work.pausing.drop(fault)
    this.overriding.drop(fault)
    for (const deed of this.#stopDeeds.splice(0)) this.answer(deed, fault)
    this.status = undefined
    this.ownMotion = false
    this.#telemetry.forgetOffset()
  }

  #tell(raw: string): void {
    const line = raw.trim()
    if (line !== '') this.out.report({ kind: 'heard', line })
  }

  #pollIntervalMs(): number {
    const awaited =
      this.stopping.active ||
      this.work.pausing.active ||
      this.overriding.active ||
      this.work.job?.settling === true ||
      this.work.arming.hurries
    if (awaited) return pollMs.waiting
    if (this.homing) return pollMs.idle
    if (this.work.job !== undefined || this.work.arming.active) return pollMs.job
    if (this.work.waits || this.upkeep.due) return pollMs.moving
    return this.status === undefined || this.status.state === 'Idle' || this.status.state === 'Alarm' ? pollMs.idle : pollMs.moving
  }

  #nextWakeMs(): number {
    const asksStatus = this.hello.speaks && !this.stopping.resetting
    return Math.min(
      this.hello.deadlineMs,
      this.asker.deadlineMs,
      asksStatus ? this.poll.deadlineMs(this.#pollIntervalMs()) : Number.POSITIVE_INFINITY,
      this.stopping.deadlineMs,
      this.work.deadlineMs,
    )
  }
}
