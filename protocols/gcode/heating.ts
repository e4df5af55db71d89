// How long a printer heats: both heaters warm up side by side while the program goes on, until a command waits for one.

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
  private readonly rate: number

  constructor(rate: number) {
    this.rate = rate
  }

  set(target: number, now: number): void {
    this.advance(now)
    this.target = target
  }

  advance(now: number): void {
    const passed = Math.max(0, now - this.at)
    this.at = now
    const goal = Math.max(this.target, roomC)
    if (this.actual < goal) this.actual = Math.min(goal, this.actual + passed * this.rate)
    else this.actual = Math.max(goal, this.actual - passed * coolingRate)
  }

  /** Seconds until the target is reached; cooling counts only where the command says so (R). */
  reach(cool: boolean): number {
    const goal = Math.max(this.target, roomC)
    if (this.actual < goal - 1) return (goal - this.actual) / this.rate + residencySeconds
    if (this.actual > goal + 1) return cool ? (this.actual - goal) / coolingRate + residencySeconds : 0
    return residencySeconds / 3
  }
}

export class Heating {
  private readonly nozzle = new Heater(nozzleRate)
  private readonly bed = new Heater(bedRate)

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
