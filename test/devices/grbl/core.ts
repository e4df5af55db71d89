// The heart of a simulated Grbl board: its memory, its flags, and what it does between any two deeds
// (Grbl's "execute realtime"). Main loop, line execution and `$` commands stand in the files beside it.
import type { MachineIo, Steps } from '../machine.ts'
import { Record } from '../record.ts'
import { ReceiveRing } from '../ring.ts'
import { Beam } from './beam.ts'
import { freshState, freshStored, type GcodeState, type Stored } from './gcode.ts'
import type { GrblOptions } from './options.ts'
import { type Overrides, Planner } from './planner.ts'
import { parserState, ReportCadence, statusReport } from './reports.ts'
import { Settings, type Vector } from './settings.ts'
import { Stepper } from './stepper.ts'
import type { Variant } from './variants.ts'

export type GrblState = 'Idle' | 'Run' | 'Hold' | 'Jog' | 'Alarm' | 'Door' | 'Check' | 'Home' | 'Sleep' | 'Tool'

/** Door: seconds to bring the spindle up again, and the coolant (config.h SAFETY_DOOR_SPINDLE_DELAY, …_COOLANT_DELAY). */
const spindleRestoreSeconds = 4
const coolantRestoreSeconds = 1

export class GrblCore {
  readonly variant: Variant
  readonly options: GrblOptions
  readonly io: MachineIo
  readonly settings: Settings
  readonly overrides: Overrides = { feed: 100, rapid: 100, spindle: 100 }
  readonly planner: Planner
  readonly stepper: Stepper
  readonly rx: ReceiveRing
  readonly beam = new Beam()
  readonly cadence = new ReportCadence()
  readonly executed = new Record()
  readonly moved = new Record()
  readonly instant: boolean
  gc: GcodeState
  stored: Stored = freshStored()
  now = 0
  state: GrblState = 'Idle'
  /** Held or shut off: nothing is parsed until cycle start or reset. */
  suspended = false
  /** The hold has come to a stand. */
  holdComplete = false
  restoring = false
  ajar = false
  homed = false
  /** The firmware itself asks for a soft reset (leaving check mode, restored defaults, failed homing). */
  resetWanted = false
  limitPins = ''
  probe: { position: Vector; touched: boolean } = { position: [0, 0, 0], touched: false }
  ranDry = 0
  deafUntil = 0
  /** When a wait for time ends. */
  wakeAt = Number.POSITIVE_INFINITY
  reportEvery = 0
  reportAt = Number.POSITIVE_INFINITY
  /** Where the homing switches are, in today's machine coordinates. */
  switches: Vector
  readonly flags = {
    status: false,
    whole: false,
    parser: false,
    hold: false,
    start: false,
    door: false,
    jogCancel: false,
    stopped: false,
    toolAck: false,
  }
  #jogCancelling = false

  constructor(variant: Variant, options: GrblOptions, io: MachineIo) {
    this.variant = variant
    this.options = options
    this.io = io
    this.settings = new Settings(variant, options.settings)
    const blocks = options.plannerBlocks ?? (variant.kind === 'grblhal' ? this.settings.number(398) : variant.plannerBlocks)
    this.planner = new Planner(this.settings, this.overrides, blocks)
    this.stepper = new Stepper(this.planner)
    this.rx = new ReceiveRing(options.rxBytes ?? variant.rxBytes)
    this.instant = options.instant ?? false
    this.gc = freshState([0, 0, 0])
    const distance = options.homingDistanceMm ?? 100
    const mask = this.settings.number(23)
    this.switches = [0, 1, 2].map(axis => ((mask >> axis) & 1 ? -distance : distance)) as Vector
  }

  send(text: string): void {
    this.io.send(text)
  }

  get position(): Vector {
    const per = this.settings.stepsPerMm
    return this.stepper.position(this.now).map((mm, axis) => Math.round(mm * (per[axis] ?? 1)) / (per[axis] ?? 1)) as Vector
  }

  /** Work zero in machine coordinates. */
  get workOffset(): Vector {
    const offset = this.stored.offsets[this.gc.coordinates] ?? [0, 0, 0]
    return [offset[0] + this.gc.g92[0], offset[1] + this.gc.g92[1], offset[2] + this.gc.g92[2] + this.gc.toolLength]
  }

  /** Moving, or on the way to a stand: a reset now loses the position. */
  get inMotion(): boolean {
    if (this.state === 'Run' || this.state === 'Jog' || this.state === 'Home') return true
    return (this.state === 'Hold' || this.state === 'Door') && (!this.holdComplete || this.restoring)
  }

  stateText(): string {
    if (this.state === 'Hold') return this.holdComplete ? 'Hold:0' : 'Hold:1'
    if (this.state === 'Door') return `Door:${this.restoring ? 3 : this.holdComplete ? (this.ajar ? 1 : 0) : 2}`
    return this.state
  }

  statusLine(whole: boolean): string {
    const busy = this.state === 'Run' || this.state === 'Hold' || this.state === 'Jog' || this.state === 'Door' || this.state === 'Home'
    const spindle = this.beam.stopped || this.beam.order.direction === 'off' ? 0 : this.beam.order.rpm * (this.overrides.spindle / 100)
    return statusReport(
      {
        variant: this.variant,
        settings: this.settings,
        state: this.stateText(),
        machinePosition: this.position,
        offset: this.workOffset,
        plannerFree: this.planner.free,
        rxFree: this.rx.free,
        lineNumber: this.stepper.current?.order.lineNumber ?? 0,
        feed: this.stepper.speed * 60,
        rpm: Math.min(spindle, this.settings.number(30)),
        pins: `${this.limitPins}${this.ajar ? 'D' : ''}`,
        accessories: this.beam.accessories(),
        overrides: this.overrides,
        homed: this.homed,
      },
      { ...this.cadence.next(busy), whole },
    )
  }

  /** Obeys everything that realtime bytes and pins have asked for since the last look. */
  obeyFlags(): void {
    const { flags } = this
    if (flags.status) {
      flags.status = false
      this.send(this.statusLine(flags.whole))
      flags.whole = false
    }
    if (flags.parser) {
      flags.parser = false
      this.send(parserState(this.gc, this.settings))
    }
    if (flags.jogCancel) {
      flags.jogCancel = false
      if (this.state === 'Jog') this.#cancelJog()
    }
    if (flags.hold) {
      flags.hold = false
      this.#hold()
    }
    if (flags.door) {
      flags.door = false
      this.#openDoor()
    }
    if (flags.start) {
      flags.start = false
      this.#start()
    }
    if (flags.stopped) {
      flags.stopped = false
      this.#cycleStopped()
    }
    if (this.restoring && this.now >= this.wakeAt) this.#restored()
    if (this.now >= this.reportAt) {
      this.reportAt = this.now + this.reportEvery
      this.send(this.statusLine(false))
    }
  }

  #cancelJog(): void {
    this.#jogCancelling = true
    this.suspended = true
    this.stepper.hold()
    if (!this.stepper.running) this.#cycleStopped()
  }

  #hold(): void {
    if (this.state === 'Jog') this.#cancelJog()
    if (this.state !== 'Idle' && this.state !== 'Run') return
    const moving = this.state === 'Run'
    this.state = 'Hold'
    this.suspended = true
    this.holdComplete = !moving
    if (moving) this.stepper.hold()
    else this.#standStill()
  }

  #openDoor(): void {
    if (this.state === 'Alarm' || this.state === 'Check' || this.state === 'Sleep' || this.state === 'Home') return
    if (this.ajar) this.send('[MSG:Check Door]\r\n')
    if (this.state === 'Jog') {
      this.#cancelJog()
      return
    }
    const moving = this.state === 'Run'
    if (this.restoring) {
      this.restoring = false
      this.wakeAt = Number.POSITIVE_INFINITY
    }
    if (this.state !== 'Hold' && this.state !== 'Door') this.holdComplete = !moving
    this.state = 'Door'
    this.suspended = true
    if (moving) this.stepper.hold()
    if (this.holdComplete) this.#standStill()
  }

  // A hold leaves the spindle turning but, in laser mode, not the beam; a door stops both and the coolant.
  #standStill(): void {
    if (this.state === 'Door' || this.settings.laserMode) this.beam.stopped = true
    this.beam.standing(false, this.now)
  }

  #start(): void {
    if (this.state === 'Door') {
      if (!this.holdComplete || this.ajar || this.restoring) return
      const spindle = this.beam.order.direction !== 'off' && !this.settings.laserMode ? spindleRestoreSeconds : 0
      const coolant = this.beam.flood || this.beam.mist ? coolantRestoreSeconds : 0
      this.restoring = true
      this.beam.stopped = false
      this.wakeAt = this.now + (this.instant ? 0 : spindle + coolant)
      if (this.now >= this.wakeAt) this.#restored()
      return
    }
    if (this.state === 'Hold' && !this.holdComplete) return
    if (this.state !== 'Idle' && this.state !== 'Hold') return
    this.beam.stopped = false
    this.suspended = false
    this.holdComplete = false
    if (this.planner.blocks.length > 0) {
      this.state = 'Run'
      this.#go()
    } else this.state = 'Idle'
  }

  #restored(): void {
    this.restoring = false
    this.wakeAt = Number.POSITIVE_INFINITY
    this.state = 'Idle'
    this.holdComplete = false
    this.suspended = false
    this.#start()
  }

  #go(): void {
    this.beam.standing(false, this.now)
    this.stepper.start(this.now)
  }

  #cycleStopped(): void {
    if ((this.state === 'Hold' || this.state === 'Door') && !this.#jogCancelling) {
      this.holdComplete = true
      this.#standStill()
      return
    }
    if (this.#jogCancelling) {
      this.#jogCancelling = false
      this.stepper.kill(this.now)
      this.planner.reset(this.stepper.position(this.now))
      this.gc.position = [...this.planner.position]
    }
    this.suspended = false
    if (this.state === 'Run' || this.state === 'Jog') this.state = this.ajar ? 'Door' : 'Idle'
    if (this.state === 'Door') {
      this.suspended = true
      this.holdComplete = true
    }
    this.ranDry += 1
    this.lightStanding()
  }

  /** M3 leaves the beam as it was when nothing moves any more; M4 goes dark by itself. */
  lightStanding(): void {
    const { direction, rpm } = this.beam.order
    const feeds = this.gc.motion >= 1 && this.gc.motion <= 3
    this.beam.standing(
      this.settings.laserMode && !this.stepper.running && !this.beam.stopped && direction === 'cw' && rpm > 0 && feeds,
      this.now,
    )
  }

  /** Starts what is planned, unless something forbids it. */
  autoStart(): void {
    if (this.state === 'Idle' && this.planner.blocks.length > 0) {
      this.flags.start = true
      this.obeyFlags()
    }
  }

  /** What the firmware does between any two deeds: obey, and stand still while suspended. */
  *realtime(): Steps {
    this.obeyFlags()
    while (this.suspended) {
      yield this.restoring ? 'event' : 'input'
      this.obeyFlags()
    }
  }

  /** Waits until everything planned has been done. */
  *sync(): Steps {
    this.autoStart()
    yield* this.realtime()
    while (this.planner.blocks.length > 0 || this.state === 'Run' || this.state === 'Jog') {
      yield 'event'
      this.autoStart()
      yield* this.realtime()
    }
  }

  /** Waits for time, still obeying realtime bytes. */
  *dwell(seconds: number): Steps {
    if (this.instant) return
    const until = this.now + seconds
    while (this.now < until) {
      this.wakeAt = until
      yield 'event'
      yield* this.realtime()
    }
    this.wakeAt = Number.POSITIVE_INFINITY
  }

  /** Waits for time and hears nothing (a busy wait in the firmware). */
  *block(seconds: number): Steps {
    if (this.instant) return
    const until = this.now + seconds
    while (this.now < until) {
      this.wakeAt = until
      yield 'event'
    }
    this.wakeAt = Number.POSITIVE_INFINITY
  }

  /** Clears what a reset clears; settings, offsets and the position outlive it. */
  forget(): void {
    const at = this.stepper.position(this.now)
    this.planner.reset(at)
    this.gc = freshState(this.planner.position)
    this.overrides.feed = 100
    this.overrides.rapid = 100
    this.overrides.spindle = 100
    this.suspended = false
    this.holdComplete = false
    this.restoring = false
    this.#jogCancelling = false
    this.probe = { position: [0, 0, 0], touched: false }
    this.wakeAt = Number.POSITIVE_INFINITY
    for (const flag of Object.keys(this.flags) as (keyof typeof this.flags)[]) this.flags[flag] = false
    this.cadence.reset()
    this.rx.clear()
  }
}
