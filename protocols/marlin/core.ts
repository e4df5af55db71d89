// What the parts of one Marlin session share: the link, what is known of the machine, and the way to the world.
import type { Firmware, Heater } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { Effect, SessionOptions, SessionReport } from '../session.ts'
import { M } from './codes.ts'
import { afterNewline, bareLine } from './frame.ts'
import { Link } from './link.ts'
import { Modes } from './modes.ts'
import { PromptBook } from './prompts.ts'
import type { Position } from './read.ts'
import type { Heaters } from './temperature.ts'
import type { LinkWorld } from './world.ts'

export type Phase =
  | { readonly kind: 'closed' }
  /** Waiting for a banner, for the first ok, or for the answers that identify the firmware. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'ready' }
  /** Given up; the runner will open the port again. */
  | { readonly kind: 'lost' }

/** A firmware that tells its position by itself (M154, where a program or a person asked for that) does it more often. */
const positionKeptMs = 10_000

export class Core {
  readonly options: SessionOptions
  readonly link: Link
  readonly modes = new Modes()
  readonly prompts = new PromptBook()
  effects: Effect[] = []
  phase: Phase = { kind: 'closed' }
  offline: Fault | undefined
  down: Fault | undefined
  /** Someone prints from the card or the panel. */
  foreign: { readonly fraction: number | undefined } | undefined
  /** `busy: paused for user`: nothing goes on until a person acts at the machine or here. */
  personWanted = false
  runout = false
  locked = false
  firmware: Firmware | undefined
  capabilities: Record<string, boolean> = {}
  tools = 1
  heaters: Record<string, Heater> = {}
  position: Position | undefined
  /** What was told of the position: nothing, where the machine is, or where it was. */
  #positionTold: 'nothing' | 'present' | 'past' = 'nothing'
  #positionKeptUntil = Number.NEGATIVE_INFINITY
  overrides: { feed: number; power?: number } = { feed: 100 }
  /** Console commands whose answer is on its way: all that is heard meanwhile is for the console. */
  consoles = 0
  /** The state may have changed; it is derived once, at the end of the input. */
  stale = true
  #reconnects = -1

  constructor(options: SessionOptions, world: Omit<LinkWorld, 'send' | 'counted' | 'waitChanged'>) {
    this.options = options
    this.link = new Link(options, {
      send: bytes => this.send(bytes),
      counted: () => this.telemetry({ link: this.#counters() }),
      waitChanged: () => {
        this.stale = true
      },
      take: nowMs => world.take(nowMs),
      atRest: () => world.atRest(),
      acked: (said, nowMs) => world.acked(said, nowMs),
      trouble: (trouble, nowMs, detail) => world.trouble(trouble, nowMs, detail),
    })
  }

  quirk(name: string): boolean {
    return this.options.quirks.includes(name)
  }

  can(capability: string): boolean {
    return this.capabilities[capability] === true
  }

  send(bytes: Uint8Array): void {
    this.effects.push({ kind: 'send', bytes })
  }

  /** Raw and ahead of everything; the newline in front ends whatever half line the firmware holds. */
  sendNow(text: string): void {
    this.effects.push({ kind: 'sendNow', bytes: afterNewline(bareLine(text)) })
  }

  report(report: SessionReport): void {
    this.effects.push({ kind: 'report', report })
  }

  fault(fault: Fault): void {
    this.report({ kind: 'fault', fault })
  }

  answer(id: string, fault?: Fault): void {
    this.report(fault ? { kind: 'answer', id, fault } : { kind: 'answer', id })
  }

  telemetry(telemetry: Extract<SessionReport, { kind: 'telemetry' }>['telemetry']): void {
    this.report({ kind: 'telemetry', telemetry })
  }

  /** Reports the heaters whose figures changed. */
  heat(heard: Heaters): void {
    let changed: Record<string, Heater> | undefined
    for (const [name, heater] of Object.entries(heard)) {
      const before = this.heaters[name]
      const now = merged(before, heater)
      if (!now || (before && same(before, now))) continue
      changed ??= {}
      changed[name] = now
      this.heaters[name] = now
    }
    if (changed) this.telemetry({ heaters: changed })
  }

  /** Heaters with a target above zero. */
  hot(): string[] {
    return Object.keys(this.heaters).filter(name => (this.heaters[name]?.target ?? 0) > 0)
  }

  standsAt(position: Position, nowMs: number): void {
    const before = this.position
    const told = this.#positionTold
    this.position = position
    // Told without being asked: it will be told again.
    if (this.link.answering !== M(114)) this.#positionKeptUntil = nowMs + positionKeptMs
    this.#positionTold = 'present'
    if (told === 'past') this.telemetry({ position: { ...position }, positionPast: false })
    else if (!before || before.x !== position.x || before.y !== position.y || before.z !== position.z || before.e !== position.e)
      this.telemetry({ position: { ...position } })
  }

  /** A move was taken, and nobody asks where it leads: M114 in mid-print would have the planner run dry. */
  moved(nowMs: number): void {
    if (nowMs >= this.#positionKeptUntil) this.left()
  }

  /** It is no longer where it said it was. */
  left(): void {
    if (this.#positionTold !== 'present') return
    this.#positionTold = 'past'
    this.telemetry({ positionPast: true })
  }

  opened(): void {
    this.#reconnects++
    if (this.#reconnects > 0) this.telemetry({ link: this.#counters() })
  }

  /** Nothing known about the machine outlives a reset of its board. */
  forget(): void {
    this.modes.reset()
    this.prompts.close()
    this.personWanted = false
    this.runout = false
    this.locked = false
    this.foreign = undefined
    this.heaters = {}
    this.position = undefined
    this.left()
    this.overrides = { feed: 100 }
    this.consoles = 0
    this.stale = true
  }

  #counters(): { resends: number; badLines: number; reconnects: number } {
    return { resends: this.link.resends, badLines: this.link.badLines, reconnects: Math.max(0, this.#reconnects) }
  }
}

/** A report may carry the target without the reading (Repetier) or the reading without the target. */
function merged(before: Heater | undefined, heard: Heater): Heater | undefined {
  const actual = Number.isNaN(heard.actual) ? before?.actual : heard.actual
  if (actual === undefined) return undefined
  const target = heard.target ?? before?.target
  const power = heard.power ?? before?.power
  return { actual, ...(target === undefined ? {} : { target }), ...(power === undefined ? {} : { power }) }
}

const same = (a: Heater, b: Heater) => a.actual === b.actual && a.target === b.target && a.power === b.power
