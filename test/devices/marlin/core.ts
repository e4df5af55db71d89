// The heart of a simulated Marlin printer: what its commands work on, and the waits they share.
import type { MachineIo, Steps } from '../machine.ts'
import { Record } from '../record.ts'
import { Heater, type HeaterName } from './heaters.ts'
import type { Axes, MarlinOptions } from './options.ts'
import { MarlinPlanner } from './planner.ts'
import { SerialDoor } from './serial.ts'

export type BusyWord = 'processing' | 'paused for user' | 'paused for input'

export class MarlinCore {
  readonly options: MarlinOptions
  readonly io: MachineIo
  readonly planner: MarlinPlanner
  readonly serial: SerialDoor
  readonly heaters: { readonly [K in HeaterName]: Heater }
  readonly executed = new Record()
  readonly moved = new Record()
  now = 0
  wakeAt = Number.POSITIVE_INFINITY
  /** The parser's position: where the last accepted move ends, in mm of the machine. */
  position: Axes = [0, 0, 0, 0]
  /** G92: what is added to machine coordinates to get the program's. */
  shift: Axes = [0, 0, 0, 0]
  absolute = true
  absoluteE = true
  inches = false
  /** mm/s of the last F. */
  feed = 25
  feedPercent = 100
  flowPercent = 100
  homed = [false, false, false]
  fan = 0
  leveled = false
  /** Something waits for a person; M108 and M876 end it. */
  waitingForUser = false
  waitingForHeat = false
  /** What M876 S chose. */
  promptAnswer: number | undefined
  busyWord: BusyWord = 'processing'
  /** A command runs: the keepalive may speak. */
  handling = false
  keepaliveSeconds: number
  temperatureEvery = 0
  temperatureAt = Number.POSITIVE_INFINITY
  positionEvery = 0
  positionAt = Number.POSITIVE_INFINITY
  killed: string | undefined
  card: { file: string | undefined; text: string; at: number; printing: boolean; saving: string | undefined; files: Map<string, string> }

  constructor(options: MarlinOptions, io: MachineIo) {
    this.options = options
    this.io = io
    this.planner = new MarlinPlanner(options.motion, options.plannerBlocks)
    this.serial = new SerialDoor(
      options,
      text => io.send(text),
      line => io.lineTaken(line),
    )
    this.heaters = {
      T0: new Heater('T0', options.ambient, options.thermalProtection),
      B: new Heater('B', options.ambient, options.thermalProtection),
    }
    this.keepaliveSeconds = options.keepaliveSeconds
    this.card = { file: undefined, text: '', at: 0, printing: false, saving: undefined, files: new Map(Object.entries(options.card)) }
  }

  send(text: string): void {
    this.io.send(text)
  }

  /** `//action:…` for hosts that listen. */
  action(text: string): void {
    if (this.options.hostActions) this.send(`//action:${text}\n`)
  }

  prompt(title: string, buttons: readonly string[]): void {
    if (!this.options.prompts) return
    this.action('prompt_end')
    this.action(`prompt_begin ${title}`)
    for (const button of buttons) this.action(`prompt_button ${button}`)
    this.action('prompt_show')
  }

  /** Halts for ever, as kill() does: heaters off, steppers off, the text, then silence. */
  kill(text: string): void {
    if (this.killed !== undefined) return
    this.killed = text
    this.planner.stop(this.now)
    this.heaters.T0.setTarget(0, this.now)
    this.heaters.B.setTarget(0, this.now)
    this.send(text)
    if (this.options.hostActions) this.send('//action:poweroff\n')
  }

  /** Lets the heaters live on to now; a protection that strikes halts the machine. */
  warm(): void {
    for (const heater of [this.heaters.T0, this.heaters.B]) {
      const fault = heater.live(this.now)
      if (fault !== undefined) this.kill(`${fault}\nError:Printer halted. kill() called!\n`)
    }
  }

  temperatures(): string {
    this.warm()
    const { T0, B } = this.heaters
    const celsius = (heater: Heater): string => `${heater.reading.toFixed(2)} /${heater.target.toFixed(2)}`
    return `T:${celsius(T0)} B:${celsius(B)} @:${T0.power} B@:${B.power}`
  }

  positionLine(): string {
    const at = this.position
    const logical = at.map((mm, axis) => mm + (this.shift[axis] ?? 0))
    const steps = this.planner.end.map((mm, axis) => Math.round(mm * (this.planner.motion.stepsPerMm[axis] ?? 1)))
    return `X:${two(logical[0])} Y:${two(logical[1])} Z:${two(logical[2])} E:${two(logical[3])} Count X:${steps[0]} Y:${steps[1]} Z:${steps[2]}\n`
  }

  /** Waits for time. */
  *pause(seconds: number): Steps {
    if (this.options.instant) return
    const until = this.now + seconds
    while (this.now < until) {
      this.wakeAt = until
      yield 'event'
    }
    this.wakeAt = Number.POSITIVE_INFINITY
  }

  /** Waits until all motion has ended. */
  *synchronize(): Steps {
    while (this.planner.busy) yield 'event'
  }

  /** Waits for a person (M108, M876, the knob); an answer to a prompt is in `promptAnswer`. */
  *waitForUser(word: BusyWord): Steps {
    this.waitingForUser = true
    this.promptAnswer = undefined
    this.busyWord = word
    while (this.waitingForUser) yield 'event'
    this.busyWord = 'processing'
  }

  /** One straight move to machine coordinates at mm/s. */
  *moveTo(target: Readonly<Axes>, feed: number): Steps {
    if (this.options.instant) {
      this.planner.jump(target)
      this.position = [...target]
      return
    }
    while (this.planner.full) yield 'event'
    this.planner.add(target, feed, this.now)
    this.position = [...target]
  }

  /** What M410 and a cancelled wait do: motion ends where it is. */
  quickStop(): void {
    this.planner.stop(this.now)
    this.position = [...this.planner.end]
  }
}

function two(mm: number | undefined): string {
  return (mm ?? 0).toFixed(2)
}
