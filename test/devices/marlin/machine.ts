// A simulated Marlin printer: receive interrupt with emergency parser, main loop, keepalive, reports, kill.
import type { DeviceState, Machine, MachineIo, Provocation, Steps, Wait } from '../machine.ts'
import { ReceiveRing } from '../ring.ts'
import { nextCardLine, panelPrint } from './card.ts'
import { actEmergency, executeMarlin } from './commands.ts'
import { MarlinCore } from './core.ts'
import { type MarlinOptions, marlinDefaults } from './options.ts'
import { breakWait } from './people.ts'
import { bootText } from './texts.ts'

export class MarlinMachine implements Machine {
  readonly core: MarlinCore
  resets = 0
  deafBytes = 0
  readonly #io: MachineIo
  readonly #rx: ReceiveRing
  #main: Steps
  #wait: Wait = 'input'
  #inside = false
  #later: (() => void)[] = []
  #deafUntil = 0
  #stalledUntil = 0
  #stallWord: 'processing' | 'paused for user' | 'paused for input' | undefined
  #busyAt = Number.POSITIVE_INFINITY
  #waitAt = Number.POSITIVE_INFINITY
  #heatAt = Number.POSITIVE_INFINITY
  #restText: { text: string; at: number } | undefined
  #emergency = ''

  constructor(options: Partial<MarlinOptions>, io: MachineIo) {
    this.#io = io
    const motion = { ...marlinDefaults.motion, ...options.motion }
    this.core = new MarlinCore({ ...marlinDefaults, ...options, motion }, io)
    this.#rx = new ReceiveRing(this.core.options.rxBytes)
    this.#main = this.#boot()
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
    return this.#rx.overruns
  }
  get maxBuffered(): number {
    return this.#rx.maxBuffered
  }
  get rxFree(): number {
    return this.#rx.free
  }
  get linesTaken(): number {
    return this.core.serial.linesTaken
  }

  state(): DeviceState {
    const { core } = this
    core.warm()
    const { T0, B } = core.heaters
    const mode =
      core.killed !== undefined ? 'halted' : core.waitingForUser ? 'waiting' : core.handling || core.planner.busy ? 'busy' : 'idle'
    return {
      mode,
      position: core.planner.position(core.now),
      moving: core.planner.moving,
      speed: core.planner.speed(core.now),
      heaters: {
        T0: { celsius: T0.celsius, target: T0.target, power: T0.power },
        B: { celsius: B.celsius, target: B.target, power: B.power },
      },
      burnAtStandstillMs: 0,
      plannedBlocks: core.planner.blocks.length,
      seconds: core.now,
      motionSeconds: core.planner.motionSeconds,
      ranDry: core.planner.ranDry,
    }
  }

  begin(): void {
    this.#run()
  }

  reset(): void {
    this.#soon(() => {
      const { core } = this
      core.planner.stop(core.now)
      core.planner.setPosition([0, 0, 0, 0])
      core.position = [0, 0, 0, 0]
      core.shift = [0, 0, 0, 0]
      core.homed = [false, false, false]
      core.killed = undefined
      core.warm()
      core.heaters.T0.setTarget(0, core.now)
      core.heaters.B.setTarget(0, core.now)
      core.absolute = true
      core.absoluteE = true
      core.inches = false
      core.feedPercent = 100
      core.flowPercent = 100
      core.fan = 0
      core.waitingForUser = false
      core.waitingForHeat = false
      core.handling = false
      core.busyWord = 'processing'
      core.temperatureAt = Number.POSITIVE_INFINITY
      core.positionAt = Number.POSITIVE_INFINITY
      core.keepaliveSeconds = core.options.keepaliveSeconds
      core.card.printing = false
      core.wakeAt = Number.POSITIVE_INFINITY
      core.serial.reset()
      this.#rx.clear()
      this.#emergency = ''
      this.#stalledUntil = 0
      this.#restText = undefined
      this.#main = this.#boot()
      this.#wait = 'input'
    })
  }

  *#boot(): Steps {
    const { core } = this
    this.resets += 1
    const { bootSeconds } = core.options
    if (bootSeconds > 0) {
      this.#deafUntil = core.now + bootSeconds
      while (core.now < this.#deafUntil) {
        core.wakeAt = this.#deafUntil
        yield 'event'
      }
      core.wakeAt = Number.POSITIVE_INFINITY
    }
    if (core.options.banner) core.send(bootText(core))
    yield* this.#loop()
  }

  *#loop(): Steps {
    const { core } = this
    const { ring } = core.serial
    for (;;) {
      this.#pump()
      const command = ring[0]
      if (command !== undefined) {
        this.#waitAt = Number.POSITIVE_INFINITY
        yield* this.#execute(command.text, command.number)
        ring.shift()
        continue
      }
      const fromCard = yield* nextCardLine(core)
      if (fromCard !== undefined) {
        core.handling = true
        yield* executeMarlin(core, fromCard)
        core.handling = false
        continue
      }
      if (core.options.waitSeconds > 0 && this.#waitAt === Number.POSITIVE_INFINITY) this.#waitAt = core.now + core.options.waitSeconds
      yield 'input'
    }
  }

  *#execute(text: string, number: number | undefined): Steps {
    const { core } = this
    core.handling = true
    this.#busyAt = core.keepaliveSeconds > 0 ? core.now + core.keepaliveSeconds : Number.POSITIVE_INFINITY
    if (core.options.lineSeconds > 0) yield* core.pause(core.options.lineSeconds)
    const saving = core.card.saving
    if (saving !== undefined && !text.startsWith('M29')) core.card.files.set(saving, `${core.card.files.get(saving) ?? ''}${text}\n`)
    else if ((yield* executeMarlin(core, text)) === 'own') {
      core.handling = false
      return
    }
    core.handling = false
    if (!core.options.advancedOk) {
      core.send('ok\n')
      return
    }
    // B counts the slot of this very command as used.
    const free = core.options.commandRing - core.serial.ring.length
    core.send(`ok${number === undefined ? '' : ` N${number}`} P${core.planner.free} B${free}\n`)
  }

  /** Reads the receive ring into the command ring as far as there is room: idle() does that during every wait. */
  #pump(): void {
    const { core } = this
    if (core.now < this.#stalledUntil) return
    while (!core.serial.full) {
      const byte = this.#rx.read()
      if (byte === -1) return
      core.serial.take(byte, () => this.#rx.clear())
    }
  }

  receive(byte: number, at: number): void {
    const { core } = this
    if (at > core.now) {
      if (at >= this.#anyEventAt()) this.advance(at)
      else core.now = at
    }
    if (core.killed !== undefined && this.#restText === undefined) return
    if (core.now < this.#deafUntil) {
      this.deafBytes += 1
      return
    }
    this.#rx.push(byte)
    const ends = byte === 10 || byte === 13
    if (core.options.emergencyParser) this.#watchEmergency(byte, ends)
    if (!this.#inside) this.#pump()
    if (ends && this.#wait === 'input') this.#run()
  }

  // The emergency parser sits in the receive interrupt: it hears even what the ring has no room for.
  #watchEmergency(byte: number, ends: boolean): void {
    if (!ends) {
      if (this.#emergency.length < 32 && (this.#emergency !== '' || byte !== 0x20)) this.#emergency += String.fromCharCode(byte)
      return
    }
    const line = this.#emergency
    this.#emergency = ''
    if (!line.includes('M')) return
    const acted = actEmergency(this.core, line)
    if (acted === undefined) return
    this.#io.urgent(acted)
    this.#run()
  }

  #run(): void {
    const { core } = this
    if (this.#inside || core.killed !== undefined || core.now < this.#stalledUntil) return
    this.#inside = true
    const step = this.#main.next()
    if (step.done !== true) this.#wait = step.value
    this.#inside = false
    while (this.#later.length > 0) {
      this.#later.shift()?.()
      this.#run()
    }
  }

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
    if (this.#restText !== undefined) return this.#restText.at
    if (core.killed !== undefined) return Number.POSITIVE_INFINITY
    const { T0, B } = core.heaters
    // The protections look at hot heaters a few times a second, whoever asks or not.
    if (T0.target > 0 || B.target > 0 || T0.sensorBroken || B.sensorBroken) {
      if (this.#heatAt <= core.now || this.#heatAt === Number.POSITIVE_INFINITY) this.#heatAt = core.now + 0.5
    } else this.#heatAt = Number.POSITIVE_INFINITY
    let at = Math.min(core.temperatureAt, core.positionAt, this.#heatAt, this.#waitAt)
    if (core.wakeAt > core.now && core.wakeAt < at) at = core.wakeAt
    if (core.handling || this.#stalledUntil > core.now) at = Math.min(at, this.#busyAt)
    if (this.#stalledUntil > core.now) at = Math.min(at, this.#stalledUntil)
    return Math.max(at, core.now)
  }

  #anyEventAt(): number {
    return Math.min(this.core.planner.nextAt(), this.#timerAt())
  }

  advance(to: number): void {
    const { core } = this
    for (;;) {
      const at = this.#anyEventAt()
      if (at > to) break
      if (at > core.now) core.now = at
      if (core.killed === undefined) core.planner.step(core.now)
      this.#tick()
      if (!this.#inside) this.#pump()
      this.#run()
    }
    if (to > core.now) core.now = to
  }

  /** What happens by the clock: reports, keepalive, `wait`, protections, the second half of a split kill text. */
  #tick(): void {
    const { core } = this
    const { now } = core
    if (this.#restText !== undefined) {
      if (now >= this.#restText.at) {
        core.send(this.#restText.text)
        this.#restText = undefined
      }
      return
    }
    if (now >= this.#heatAt) {
      this.#heatAt = Number.POSITIVE_INFINITY
      core.warm()
    }
    if (core.killed !== undefined) return
    if (now >= core.temperatureAt) {
      core.temperatureAt = now + core.temperatureEvery
      core.send(` ${core.temperatures()}\n`)
    }
    if (now >= core.positionAt) {
      core.positionAt = now + core.positionEvery
      core.send(core.positionLine())
    }
    if (now >= this.#waitAt) {
      this.#waitAt = now + core.options.waitSeconds
      core.send('wait\n')
    }
    const stalled = now < this.#stalledUntil
    if (now >= this.#busyAt && (core.handling || stalled)) {
      this.#busyAt = core.keepaliveSeconds > 0 ? now + core.keepaliveSeconds : Number.POSITIVE_INFINITY
      const word = stalled ? this.#stallWord : core.busyWord
      if (word !== undefined) core.send(`echo:busy: ${word}\n`)
    }
  }

  nextAt(): number {
    const { core } = this
    const timer = this.#timerAt()
    return this.#wait === 'event' || this.#rx.length > 0 ? Math.min(timer, core.planner.nextAt()) : timer
  }

  provoke(what: Provocation): void {
    const { core } = this
    this.#soon(() => {
      switch (what.kind) {
        case 'kill': {
          const half = Math.ceil(what.text.length / 2)
          core.kill(what.splitSeconds === undefined ? what.text : what.text.slice(0, half))
          if (what.splitSeconds !== undefined) this.#restText = { text: what.text.slice(half), at: core.now + what.splitSeconds }
          return
        }
        case 'stall':
          this.#stalledUntil = core.now + what.seconds
          this.#stallWord = what.word
          if (what.word !== undefined && core.keepaliveSeconds > 0) this.#busyAt = core.now + core.keepaliveSeconds
          return
        case 'runout':
          // The sensor injects its script (M600) ahead of what is queued.
          core.prompt('FilamentRunout T0', [])
          core.action('paused filament_runout 0')
          this.#inject('M600')
          return
        case 'heater-fails':
          core.heaters[what.heater].elementBroken = true
          return
        case 'sensor-fails':
          core.heaters[what.heater].sensorBroken = true
          return
        case 'panel-print':
          panelPrint(core, what.file)
          return
        case 'button':
          if (what.button === 'reset') this.reset()
          else breakWait(core)
          return
        case 'hard-limit':
          core.send(`echo:endstops hit: ${what.axis}:${(core.position['XYZ'.indexOf(what.axis)] ?? 0).toFixed(2)}\n`)
          return
        case 'door':
          return
      }
    })
  }

  /** The firmware runs a command of its own between two of the host's; no ok. */
  #inject(text: string): void {
    const before = this.#main
    const core = this.core
    const handling = core.handling
    this.#main = (function* (): Steps {
      core.handling = true
      yield* executeMarlin(core, text)
      core.handling = handling
      yield* before
    })()
    this.#wait = 'event'
  }
}
