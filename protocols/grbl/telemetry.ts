// From status reports to telemetry: positions in millimetres, and only what changed.
import type { Telemetry } from '../contract/machine.ts'
import type { StatusReport } from './status.ts'

type Measured = Omit<Telemetry, 'at' | 'progress'>
type Point = { x: number; y: number; z: number }

const mmPerInch = 25.4

export class TelemetryFilter {
  #offset: readonly number[] | undefined
  #said = new Map<string, string>()
  readonly link = { resends: 0, badLines: 0, reconnects: 0 }

  /** A reset takes G92 and tool offsets with it: the remembered WCO is no longer true. */
  forgetOffset(): void {
    this.#offset = undefined
  }

  /** What changed since the last call; undefined where nothing did. `inches` is $13. */
  changes(status: StatusReport | undefined, inches: boolean): Measured | undefined {
    const scale = inches ? mmPerInch : 1
    const changed: Measured = {}
    if (status !== undefined) {
      // WPos = MPos − WCO; WCO comes only now and then (interface.md, "Work Coordinate Offset").
      this.#offset = status.workOffset ?? this.#offset
      const machine = status.machinePosition ?? combine(status.workPosition, this.#offset, 1)
      const work = status.workPosition ?? combine(status.machinePosition, this.#offset, -1)
      const position = point(machine, scale)
      const workPosition = point(work, scale)
      if (position !== undefined && this.#isNews('position', position)) changed.position = position
      if (workPosition !== undefined && this.#isNews('workPosition', workPosition)) changed.workPosition = workPosition
      const feed = status.feed === undefined ? undefined : round(status.feed * scale)
      if (feed !== undefined && this.#isNews('feed', feed)) changed.feed = feed
      if (status.spindle !== undefined && this.#isNews('spindle', status.spindle)) changed.spindle = status.spindle
      if (status.overrides !== undefined && this.#isNews('overrides', status.overrides)) changed.overrides = { ...status.overrides }
    }
    if (this.#isNews('link', this.link)) changed.link = { ...this.link }
    return Object.keys(changed).length === 0 ? undefined : changed
  }

  #isNews(name: string, value: unknown): boolean {
    const text = JSON.stringify(value)
    if (this.#said.get(name) === text) return false
    this.#said.set(name, text)
    return true
  }
}

function combine(position: readonly number[] | undefined, offset: readonly number[] | undefined, sign: number): number[] | undefined {
  if (position === undefined || offset === undefined) return undefined
  return position.map((value, axis) => value + sign * (offset[axis] ?? 0))
}

/** Two-axis lasers exist: their missing Z is 0. */
function point(values: readonly number[] | undefined, scale: number): Point | undefined {
  const [x, y, z = 0] = values ?? []
  if (x === undefined || y === undefined) return undefined
  return { x: round(x * scale), y: round(y * scale), z: round(z * scale) }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
