// A simulated Grbl, grblHAL or FluidNC board: receive interrupt, main loop, resets. Everything else hangs from here.
import type { DeviceState, Machine, MachineIo, Provocation, Steps, Wait } from '../machine.ts'
import { GrblCore } from './core.ts'
import { executeGcode } from './execute.ts'
import { LineBuffer } from './lines.ts'
import { alarm, critical } from './moves.ts'
import type { GrblOptions } from './options.ts'
import { actRealtime, isRealtime, realtimeFromUtf8 } from './realtime.ts'
import { executeSystem, runStartup } from './system.ts'
import { type GrblKind, variants } from './variants.ts'

export class GrblMachine implements Machine {
  readonly core: GrblCore
  linesTaken = 0
  resets = 0
  /** Bytes lost while EEPROM was written or the bootloader ran. */
  deafBytes = 0
  readonly #io: MachineIo
  readonly #line: LineBuffer
  readonly #startup = ['', '']
  readonly #utf8 = { value: 0, left: 0 }
  #main: Steps
  #wait: Wait = 'input'
  #reading = false
  #inside = false
  #later: (() => void)[] = []
  #stalledUntil = 0
  #lockedError = 0
  #halted = false

  constructor(kind: GrblKind, options: GrblOptions, io: MachineIo) {
    this.#io = io
    this.core = new GrblCore(variants[kind], options, io)
    this.#line = new LineBuffer(this.core.variant)
    this.#main = this.#boot('power', undefined)
  }

  get now(): number {
    return this.core.now
  }
  get executed() {
    return this.core.executed
  }
  get moved() {
    return this.core.moved
  }
  get overruns(): number {
    return this.core.rx.overruns
  }
  get maxBuffered(): number {
    return this.core.rx.maxBuffered
  }
  get rxFree(): number {
    return this.core.rx.free
  }

  state(): DeviceState {
    const { core } = this
    return {
      mode: this.#halted ? 'halted' : core.stateText(),
      position: core.position,
      moving: core.stepper.running,
      speed: core.stepper.running ? core.stepper.segmentSpeed : 0,
      heaters: {},
      burnAtStandstillMs: core.beam.burnMs(core.now),
      plannedBlocks: core.planner.blocks.length,
      seconds: core.now,
      motionSeconds: core.stepper.motionSeconds,
      ranDry: core.ranDry,
    }
  }

  /** Power, DTR or the reset button: position and RAM are gone. */
  reset(): void {
    this.#soon(() => {
      const { core } = this
      core.stepper.kill(core.now)
      const at = core.stepper.position(core.now)
      core.switches = [core.switches[0] - at[0], core.switches[1] - at[1], core.switches[2] - at[2]]
      core.stepper.setPosition([0, 0, 0])
      core.homed = false
      core.state = 'Idle'
      this.#halted = false
      this.#restart(this.#boot('power', undefined))
    })
  }

  /** 0x18. In motion it costs the position: alarm 3, or 6 while homing. */
  #softReset(): void {
    const { core } = this
    const lost = core.state === 'Home' ? 6 : core.inMotion ? 3 : undefined
    core.stepper.kill(core.now)
    core.beam.off(core.now)
    if (core.state === 'Check' || core.state === 'Hold' || core.state === 'Door' || core.state === 'Tool') core.state = 'Idle'
    if (core.state === 'Run' || core.state === 'Jog' || core.state === 'Home') core.state = 'Alarm'
    this.#restart(this.#boot('reset', lost))
  }

  #restart(main: Steps): void {
    this.core.wakeAt = Number.POSITIVE_INFINITY
    this.core.resetWanted = false
    this.#main = main
    this.#wait = 'input'
    this.#reading = false
  }

  *#boot(why: 'power' | 'reset', lost: number | undefined): Steps {
    const { core } = this
    this.resets += 1
    this.#line.clear()
    this.#lockedError = 0
    const bootSeconds = core.options.bootSeconds ?? 0
    if (why === 'power') {
      core.beam.off(core.now)
      core.deafUntil = core.now + bootSeconds
      if (bootSeconds > 0) yield* this.#pause(bootSeconds)
      if (core.settings.number(22) !== 0 && (core.variant.kind !== 'grblhal' || (core.settings.number(22) & 1) === 1)) core.state = 'Alarm'
    }
    if (lost !== undefined) yield* alarm(core, lost)
    const asleep = core.state === 'Sleep'
    core.forget()
    if (core.options.bootError === true && why === 'power') core.send('error:7\r\n')
    if (core.options.banner !== false || why === 'reset') core.send(`\r\n${core.variant.banner}\r\n`)
    if (core.state === 'Alarm' || asleep) {
      core.state = 'Alarm'
      core.send("[MSG:'$H'|'$X' to unlock]\r\n")
    } else {
      core.state = 'Idle'
      for (const text of this.#startup) yield* runStartup(core, text)
    }
    yield* this.#loop()
  }

  *#pause(seconds: number): Steps {
    const until = this.core.now + seconds
    while (this.core.now < until) {
      this.core.wakeAt = until
      yield 'event'
    }
    this.core.wakeAt = Number.POSITIVE_INFINITY
  }

  /** Grbl's main loop: bytes to lines, lines to deeds, one answer each. */
  *#loop(): Steps {
    const { core } = this
    for (;;) {
      let byte = core.rx.read()
      while (byte !== -1) {
        if (this.#line.take(byte)) yield* this.#oneLine()
        byte = core.rx.read()
      }
      core.autoStart()
      yield* core.realtime()
      if (core.rx.length > 0) continue
      this.#reading = true
      yield 'input'
      this.#reading = false
    }
  }

  *#oneLine(): Steps {
    const { core } = this
    yield* core.realtime()
    const line = this.#line.line
    const tooLong = this.#line.tooLong
    this.#line.clear()
    this.linesTaken += 1
    this.#io.lineTaken(line)
    const error = tooLong ? 11 : yield* this.#judge(line)
    if (core.deafUntil > core.now) yield* this.#pause(core.deafUntil - core.now)
    // Check mode left, defaults restored: the answer goes out before the board starts anew.
    this.#answer(error)
    const pause = core.options.lineSeconds
    if (pause !== undefined && pause > 0) yield* this.#pause(pause)
  }

  #answer(error: number): void {
    this.core.send(error === 0 ? 'ok\r\n' : `error:${error}\r\n`)
  }

  *#judge(line: string): Steps<number> {
    const { core } = this
    if (line === '') {
      this.#lockedError = 0
      return 0
    }
    if (line.startsWith('$')) {
      this.#lockedError = 0
      const answer = yield* executeSystem(core, line, this.#startup)
      if (answer.reset === true) core.resetWanted = true
      return answer.error
    }
    if (core.state === 'Alarm' || core.state === 'Jog') return 9
    if (this.#lockedError !== 0) return this.#lockedError
    const error = yield* executeGcode(core, line)
    if (error !== 0 && core.variant.locksOnError) this.#lockedError = error
    return error
  }

  receive(byte: number, at: number): void {
    const { core } = this
    if (at > core.now) {
      if (at >= this.#anyEventAt()) this.advance(at)
      else core.now = at
    }
    if (this.#halted) return
    if (core.now < core.deafUntil) {
      this.deafBytes += 1
      return
    }
    const code = core.variant.decodesUtf8 ? realtimeFromUtf8(this.#utf8, byte) : byte
    if (code === undefined) return
    if (isRealtime(code, core.variant)) {
      this.#io.urgent(code)
      if (code === 0x18 || (code === 0x14 && core.variant.kind === 'grblhal')) {
        if (code === 0x14) this.reset()
        else this.#softReset()
      } else actRealtime(core, code)
      this.#run()
      return
    }
    // Extended ASCII that commands nothing never reaches the line buffer.
    if (code > 0x7f) return
    const ends = code === 10 || code === 13
    if (this.#reading && !ends && core.rx.length === 0 && core.now >= this.#stalledUntil) {
      this.#line.take(code)
      return
    }
    core.rx.push(code)
    if (this.#wait === 'input') this.#run()
  }

  #run(): void {
    const { core } = this
    if (this.#inside || this.#halted || core.now < this.#stalledUntil) return
    this.#inside = true
    const step = this.#main.next()
    if (step.done !== true) this.#wait = step.value
    this.#inside = false
    if (core.resetWanted) {
      core.stepper.kill(core.now)
      if (core.state === 'Check') core.state = 'Idle'
      this.#restart(this.#boot('reset', undefined))
      this.#run()
    }
    while (this.#later.length > 0) {
      this.#later.shift()?.()
      this.#run()
    }
  }

  /** Deeds asked for from inside the main loop (a behaviour in mid-line) wait until it has yielded. */
  #soon(deed: () => void): void {
    if (this.#inside) {
      this.#later.push(deed)
      return
    }
    deed()
    this.#run()
  }

  #timerAt(): number {
    const { core } = this
    let at = core.wakeAt > core.now ? core.wakeAt : Number.POSITIVE_INFINITY
    if (core.reportAt > core.now && core.reportAt < at) at = core.reportAt
    if (this.#stalledUntil > core.now) at = Math.min(this.#stalledUntil, core.stepper.nextAt())
    return at
  }

  #anyEventAt(): number {
    return Math.min(this.core.stepper.nextAt(), this.#timerAt())
  }

  advance(to: number): void {
    const { core } = this
    for (;;) {
      const at = this.#anyEventAt()
      if (at > to) break
      if (at > core.now) core.now = at
      if (core.stepper.nextAt() <= at && core.stepper.step()) core.flags.stopped = true
      this.#run()
    }
    if (to > core.now) core.now = to
  }

  nextAt(): number {
    const { core } = this
    const timer = this.#timerAt()
    if (this.#stalledUntil > core.now) return this.#stalledUntil
    return this.#wait === 'event' ? Math.min(timer, core.stepper.nextAt()) : timer
  }

  /** Runs what is due now (after construction: the boot). */
  begin(): void {
    this.#run()
  }

  provoke(what: Provocation): void {
    const { core } = this
    this.#soon(() => {
      switch (what.kind) {
        case 'door':
          core.ajar = what.open
          if (what.open) core.flags.door = true
          else if (core.state === 'Door') core.send('[MSG:Check Door]\r\n')
          return
        case 'hard-limit':
          core.limitPins = what.axis
          core.stepper.kill(core.now)
          this.#restart(critical(core, 1))
          return
        case 'kill':
          core.send(what.text)
          this.#halted = true
          core.stepper.kill(core.now)
          return
        case 'stall':
          this.#stalledUntil = core.now + what.seconds
          return
        case 'button':
          if (what.button === 'reset') this.#softReset()
          else if (what.button === 'hold') core.flags.hold = true
          else core.flags.start = true
          return
        case 'runout':
        case 'heater-fails':
        case 'sensor-fails':
        case 'panel-print':
          return
      }
    })
  }
}
