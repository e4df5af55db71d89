// Lets telemetry through by change and no faster than a rate; the newest word always arrives.
import type { Telemetry } from '../protocols/contract/machine.ts'

/** What is smaller than this is noise of a thermistor or of rounding: °C, mm, share of the whole. */
const noise = { celsius: 0.25, mm: 0.05, fraction: 0.0005 }
/** Even noise is told so often, so that a flat plot is seen to be alive. */
const quietMs = 10_000

/** Is the change from what was last told worth telling? */
export function worthTelling(told: Telemetry, now: Telemetry): boolean {
  if (now.at - told.at >= quietMs) return true
  return changed(told, now)
}

function changed(told: Telemetry, now: Telemetry): boolean {
  if (!sameHeaters(told.heaters, now.heaters)) return true
  if (!samePoint(told.position, now.position) || !samePoint(told.workPosition, now.workPosition)) return true
  if ((told.positionPast ?? false) !== (now.positionPast ?? false)) return true
  if (told.feed !== now.feed || told.spindle !== now.spindle) return true
  if (!sameProgress(told.progress, now.progress)) return true
  return JSON.stringify([told.overrides, told.link]) !== JSON.stringify([now.overrides, now.link])
}

function sameHeaters(told: Telemetry['heaters'], now: Telemetry['heaters']): boolean {
  const names = new Set([...Object.keys(told ?? {}), ...Object.keys(now ?? {})])
  for (const name of names) {
    const a = told?.[name]
    const b = now?.[name]
    if (a === undefined || b === undefined) return false
    if (a.target !== b.target || Math.abs(a.actual - b.actual) >= noise.celsius) return false
  }
  return true
}

function samePoint(told: Telemetry['position'], now: Telemetry['position']): boolean {
  if (told === undefined || now === undefined) return told === now
  return (['x', 'y', 'z'] as const).every(axis => Math.abs(told[axis] - now[axis]) < noise.mm)
}

function sameProgress(told: Telemetry['progress'], now: Telemetry['progress']): boolean {
  if (told === undefined || now === undefined) return told === now
  return told.job === now.job && told.layer === now.layer && Math.abs(told.fraction - now.fraction) < noise.fraction
}

type Held = { told?: Telemetry; toldAtMs: number; pending?: Telemetry; timer?: NodeJS.Timeout }

/** For each machine at most one telemetry in `gapMs`, the newest. `nowMs` is a steady clock. */
export class Thinner {
  readonly #gapMs: number
  readonly #tell: (machine: string, telemetry: Telemetry) => void
  readonly #nowMs: () => number
  readonly #held = new Map<string, Held>()

  constructor(gapMs: number, tell: (machine: string, telemetry: Telemetry) => void, nowMs: () => number = () => performance.now()) {
    this.#gapMs = gapMs
    this.#tell = tell
    this.#nowMs = nowMs
  }

  offer(machine: string, telemetry: Telemetry): void {
    const held = this.#held.get(machine) ?? { toldAtMs: Number.NEGATIVE_INFINITY }
    this.#held.set(machine, held)
    if (held.told !== undefined && !worthTelling(held.told, telemetry)) {
      // Back to what was told: what waited in between is no news any more.
      delete held.pending
      return
    }
    held.pending = telemetry
    if (held.timer !== undefined) return
    const waitMs = held.toldAtMs + this.#gapMs - this.#nowMs()
    if (waitMs <= 0) this.#flush(machine, held)
    else held.timer = setTimeout(() => this.#flush(machine, held), waitMs).unref()
  }

  /** Forgets what a machine was last told to be, so that its next word passes. */
  forget(machine: string): void {
    clearTimeout(this.#held.get(machine)?.timer)
    this.#held.delete(machine)
  }

  close(): void {
    for (const machine of [...this.#held.keys()]) this.forget(machine)
  }

  #flush(machine: string, held: Held): void {
    delete held.timer
    const { pending } = held
    if (pending === undefined) return
    delete held.pending
    held.told = pending
    held.toldAtMs = this.#nowMs()
    this.#tell(machine, pending)
  }
}
