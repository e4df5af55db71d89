// How long a printer heats: both heaters warm up side by side while the program goes on, until a command waits for one.
import type { HeatCurve } from './facts.ts'

/** °C per second of a common printer, until this one's own curve is known. */
const nozzleRate = 2
const bedRate = 0.45
const coolingRate = 0.6
const roomC = 22
/** Marlin holds the temperature this long before it goes on (TEMP_RESIDENCY_TIME). */
const residencySeconds = 10

class Heater {
  actual = roomC
  target = 0
  private at = 0
  private readonly curve: HeatCurve

  constructor(curve: HeatCurve) {
    this.curve = curve
  }

  set(target: number, now: number): void {
    this.advance(now)
    this.target = target
  }

  advance(now: number): void {
    const passed = Math.max(0, now - this.at)
    this.at = now
    const goal = Math.max(this.target, roomC)
    if (this.actual < goal) this.actual = Math.min(goal, along(this.curve, 1, 0, along(this.curve, 0, 1, this.actual) + passed))
    else this.actual = Math.max(goal, this.actual - passed * coolingRate)
  }

  /** Seconds until the target is reached; cooling counts only where the command says so (R). */
  reach(cool: boolean): number {
    const goal = Math.max(this.target, roomC)
    if (this.actual < goal - 1) return along(this.curve, 0, 1, goal) - along(this.curve, 0, 1, this.actual) + residencySeconds
    if (this.actual > goal + 1) return cool ? (this.actual - goal) / coolingRate + residencySeconds : 0
    return residencySeconds / 3
  }
}

/** Reads a rising curve from one axis to the other; beyond its ends it goes on as it went. */
function along(curve: HeatCurve, from: 0 | 1, to: 0 | 1, value: number): number {
  let index = 1
  while (index < curve.length - 1 && (curve[index]?.[from] ?? 0) < value) index++
  const a = curve[index - 1] ?? [0, 0]
  const b = curve[index] ?? [1, 1]
  const run = b[from] - a[from]
  return run === 0 ? b[to] : a[to] + ((value - a[from]) / run) * (b[to] - a[to])
}

function usual(rate: number): HeatCurve {
  return [
    [roomC, 0],
    [roomC + rate * 100, 100],
  ]
}

/** A curve that can be read: at least two points, each hotter and later than the one before. */
function sound(curve: HeatCurve | undefined): curve is HeatCurve {
  if (curve === undefined || curve.length < 2) return false
  return curve.every(([celsius, seconds], i) => {
    const before = curve[i - 1]
    return before === undefined || (celsius > before[0] && seconds > before[1])
  })
}

export class Heating {
  private readonly nozzle: Heater
  private readonly bed: Heater

  /** `curves`: how this machine warms, where it was watched. */
  constructor(curves: { readonly nozzle?: HeatCurve | undefined; readonly bed?: HeatCurve | undefined } = {}) {
    this.nozzle = new Heater(sound(curves.nozzle) ? curves.nozzle : usual(nozzleRate))
    this.bed = new Heater(sound(curves.bed) ? curves.bed : usual(bedRate))
  }

  /** A target is set at the moment `now`, seconds since the start. */
  set(which: 'nozzle' | 'bed', target: number, now: number): void {
    this.of(which).set(target, now)
  }

  /** Seconds that a waiting command stands. */
  wait(which: 'nozzle' | 'bed', now: number, cool: boolean): number {
    const heater = this.of(which)
    heater.advance(now)
    return heater.target === 0 ? 0 : heater.reach(cool)
  }

  private of(which: 'nozzle' | 'bed'): Heater {
    return which === 'nozzle' ? this.nozzle : this.bed
  }
}
