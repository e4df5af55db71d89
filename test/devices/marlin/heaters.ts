// Hot end and bed by physics: an element warms a mass, the room cools it, the firmware regulates and watches over both.

export type HeaterName = 'T0' | 'B'

type Body = {
  /** Degrees above the room at full power, for ever. */
  readonly rise: number
  /** Seconds in which a difference shrinks to 37 %. */
  readonly tau: number
  /** Share of full power per degree of error. */
  readonly gain: number
}

const bodies: { readonly [K in HeaterName]: Body } = { T0: { rise: 330, tau: 110, gain: 0.1 }, B: { rise: 100, tau: 350, gain: 0.25 } }

/** Marlin's protection figures: Configuration_adv.h WATCH_TEMP_PERIOD/INCREASE, THERMAL_PROTECTION_PERIOD/HYSTERESIS. */
const watchSeconds = { T0: 40, B: 60 }
const watchDegrees = 2
const runawaySeconds = { T0: 40, B: 20 }
const runawayDegrees = { T0: 4, B: 2 }
const stepSeconds = 0.1

export class Heater {
  readonly name: HeaterName
  celsius: number
  target = 0
  /** 0…127, as `@:` prints it. */
  power = 0
  elementBroken = false
  sensorBroken = false
  readonly #ambient: number
  readonly #protected: boolean
  readonly #body: Body
  #at = 0
  #watchAt = Number.POSITIVE_INFINITY
  #watchCelsius = 0
  #reached = false
  #belowSince: number | undefined

  constructor(name: HeaterName, ambient: number, isProtected: boolean) {
    this.name = name
    this.#body = bodies[name]
    this.#ambient = ambient
    this.#protected = isProtected
    this.celsius = ambient
  }

  /** What the firmware believes: a broken wire reads far below zero. */
  get reading(): number {
    return this.sensorBroken ? -15 : this.celsius
  }

  setTarget(celsius: number, now: number): void {
    this.target = celsius
    this.#reached = false
    this.#belowSince = undefined
    this.#watch(now)
  }

  /** A machine of infinite speed heats at once. */
  jump(): void {
    this.celsius = this.target > 0 ? this.target : this.#ambient
  }

  #watch(now: number): void {
    const heating = this.target > 0 && this.celsius < this.target - watchDegrees - 1
    this.#watchAt = heating ? now + watchSeconds[this.name] : Number.POSITIVE_INFINITY
    this.#watchCelsius = this.celsius + watchDegrees
  }

  /** Lives on to `now`. Answers the kill text where the firmware's protection strikes. */
  live(now: number): string | undefined {
    let left = now - this.#at
    if (left <= 0) return undefined
    while (left > 0) {
      const steady = this.target === 0 || Math.abs(this.target - this.celsius) < 0.02
      const seconds = steady && !this.elementBroken && !this.sensorBroken ? left : Math.min(left, stepSeconds)
      this.#step(seconds)
      this.#at += seconds
      left -= seconds
      const fault = this.#protected ? this.#judge() : undefined
      if (fault !== undefined) {
        this.#at = now
        return fault
      }
    }
    this.#at = now
    return undefined
  }

  #step(seconds: number): void {
    const { rise, tau, gain } = this.#body
    const wanted = this.target > 0 ? (this.target - this.#ambient) / rise + (this.target - this.reading) * gain : 0
    const duty = Math.min(1, Math.max(0, wanted))
    this.power = Math.round(duty * 127)
    const end = this.#ambient + (this.elementBroken ? 0 : duty * rise)
    this.celsius = end + (this.celsius - end) * Math.exp(-seconds / tau)
  }

  #judge(): string | undefined {
    const id = this.name === 'B' ? 'bed' : '0'
    if (this.sensorBroken) return `Error:MINTEMP triggered, system stopped! Heater_ID: ${id}`
    if (this.#at >= this.#watchAt) {
      if (this.celsius < this.#watchCelsius) return `Error:Heating failed, system stopped! Heater_ID: ${id}`
      this.#watch(this.#at)
    }
    if (this.target === 0) return undefined
    if (this.celsius >= this.target - 1) this.#reached = true
    if (!this.#reached) return undefined
    if (this.celsius >= this.target - runawayDegrees[this.name]) {
      this.#belowSince = undefined
      return undefined
    }
    this.#belowSince ??= this.#at
    if (this.#at - this.#belowSince < runawaySeconds[this.name]) return undefined
    return `Error:Thermal Runaway, system stopped! Heater_ID: ${id}`
  }
}
