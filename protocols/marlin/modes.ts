// The modes a program leaves the machine in, so that what we do in between (park, jog) can be undone exactly.
import { G, M } from './codes.ts'
import type { Position } from './read.ts'

/** Modes as left by every line said so far. Marlin starts in G90, M82, G21. */
export class Modes {
  relative = false
  relativeE = false
  inches = false
  homed = false
  /** Marlin 2 lets G90/G91 speak for E, too; Marlin 1, Prusa and Klipper leave E to M82/M83. */
  extruderFollows = true
  #feedLine: string | undefined
  #extruderSaid = false

  reset(): void {
    this.relative = false
    this.relativeE = false
    this.inches = false
    this.homed = false
    this.#feedLine = undefined
    this.#extruderSaid = false
  }

  /** Called for every line on its way; the common move costs one look at its first letters. */
  follow(code: number, text: string): void {
    switch (code) {
      case 1000:
      case 1001:
      case 1002:
      case 1003:
        if (text.includes('F')) this.#feedLine = text
        return
      case G(20):
        this.inches = true
        return
      case G(21):
        this.inches = false
        return
      case G(28):
        this.homed = true
        return
      case G(90):
      case G(91):
        this.relative = code === G(91)
        if (this.extruderFollows || !this.#extruderSaid) this.relativeE = this.relative
        return
      case M(82):
      case M(83):
        this.relativeE = code === M(83)
        this.#extruderSaid = true
        return
      case M(18):
      case M(84):
        this.homed = false
        return
    }
  }

  /** Feed rate last said, in mm/min or inch/min, whatever G20/G21 says now. */
  get feed(): number | undefined {
    const found = this.#feedLine === undefined ? undefined : /F\s*(\d+(?:\.\d+)?)/.exec(this.#feedLine)
    return found ? Number(found[1]) : undefined
  }

  /** The lines that bring the modes back after ours were in force. E last: Marlin 2's G90 touches it. */
  restore(): readonly string[] {
    const lines = [this.inches ? 'G20' : 'G21', this.relative ? 'G91' : 'G90', this.relativeE ? 'M83' : 'M82']
    return this.inches ? lines : lines.slice(1)
  }
}

/** Nozzle up by this much while paused, mm: clear of the part, within the reach of any printer that stands above its bed. */
const liftMm = 5
const retractMm = 2

export type Parked = {
  readonly position: Position
  readonly restore: readonly string[]
  readonly lifted: boolean
  readonly retracted: boolean
}

/**
 * Retract and lift, relative to where the machine stands. Only what is safe is done: no lift before homing (the firmware's
 * soft end stops know no Z yet), no retraction in a cold nozzle.
 */
export function parkLines(lift: boolean, retract: boolean): readonly string[] {
  if (!lift && !retract) return []
  return ['G21', 'G91', 'M83', ...(retract ? [`G1 E-${retractMm} F1800`] : []), ...(lift ? [`G1 Z${liftMm} F600`] : []), 'G90', 'M400']
}

/** Back to the very place, the filament primed, E, feed rate and modes as the program left them. */
export function unparkLines(parked: Parked, feed: number | undefined): readonly string[] {
  const { x, y, z, e } = parked.position
  if (!parked.lifted && !parked.retracted) return []
  return [
    'G21',
    'G90',
    ...(parked.lifted ? [`G1 X${x} Y${y} F6000`, `G1 Z${z} F600`] : []),
    ...(parked.retracted ? ['M83', `G1 E${retractMm} F1800`] : []),
    ...(e === undefined ? [] : [`G92 E${e}`]),
    ...parked.restore,
    ...(feed === undefined ? [] : [`G1 F${feed}`]),
  ]
}

/** Heaters and fan off, the nozzle lifted off the part. The motors stay on: the position is kept, and Marlin lets them go by itself. */
export function safeLines(tools: number, lift: boolean): readonly string[] {
  return [...coolLines(tools), ...(lift ? ['G21', 'G91', `G1 Z${liftMm} F600`] : []), 'G90', 'M82', 'M400']
}

export function coolLines(tools: number): readonly string[] {
  const nozzles = tools > 1 ? Array.from({ length: Math.min(tools, 8) }, (_, tool) => `M104 T${tool} S0`) : ['M104 S0']
  return [...nozzles, 'M140 S0', 'M107']
}
