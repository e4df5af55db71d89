// Overrides: realtime bytes step the percentages, and each step waits until the controller has shown where it stands.
import type { Fault } from '../contract/words.ts'
import type { Outbox } from './outbox.ts'
import { type Overrides, overrideStep } from './realtime.ts'
import type { StatusReport } from './status.ts'
import { faults } from './words.ts'

/** From 10 to 200 % are 19 steps of a report each; `Ov:` may be left out of 20 reports in a row. */
const giveUpMs = 20_000

export class Overriding {
  readonly #out: Outbox
  readonly #answer: (deed: string, fault?: Fault) => void
  #now: Overrides = { feed: 100, rapid: 100, power: 100 }
  #wanted: { deed: string; values: Partial<Overrides>; sinceMs: number } | undefined

  constructor(out: Outbox, answer: (deed: string, fault?: Fault) => void) {
    this.#out = out
    this.#answer = answer
  }

  get active(): boolean {
    return this.#wanted !== undefined
  }

  /** Percentages are brought into what the firmware allows: 10–200, and 25, 50 or 100 for rapids. */
  start(deed: string, values: { feed?: number | undefined; rapid?: number | undefined; power?: number | undefined }): void {
    const previous = this.#wanted
    if (previous !== undefined) this.#answer(previous.deed)
    const wanted: { -readonly [Key in keyof Overrides]?: Overrides[Key] } = { ...previous?.values }
    if (values.feed !== undefined) wanted.feed = clamp(values.feed)
    if (values.power !== undefined) wanted.power = clamp(values.power)
    if (values.rapid !== undefined) wanted.rapid = values.rapid >= 75 ? 100 : values.rapid >= 37.5 ? 50 : 25
    this.#wanted = { deed, values: wanted, sinceMs: this.#out.nowMs }
    this.#step()
  }

  heardStatus(status: StatusReport): void {
    if (status.overrides === undefined) return
    this.#now = status.overrides
    if (this.#wanted !== undefined) this.#step()
  }

  tick(): void {
    const wanted = this.#wanted
    if (wanted === undefined || this.#out.nowMs - wanted.sinceMs < giveUpMs) return
    this.#wanted = undefined
    this.#answer(wanted.deed, faults.overrideStuck(`wanted ${JSON.stringify(wanted.values)}, is ${JSON.stringify(this.#now)}`))
  }

  /** A reset brings all three back to 100 %. */
  drop(fault: Fault): void {
    const wanted = this.#wanted
    this.#wanted = undefined
    this.#now = { feed: 100, rapid: 100, power: 100 }
    if (wanted !== undefined) this.#answer(wanted.deed, fault)
  }

  #step(): void {
    const wanted = this.#wanted
    if (wanted === undefined) return
    const bytes = overrideStep(this.#now, wanted.values)
    if (bytes.length > 0) {
      this.#out.sendNow(...bytes)
      return
    }
    this.#wanted = undefined
    this.#answer(wanted.deed)
  }
}

function clamp(percent: number): number {
  return Math.min(200, Math.max(10, Math.round(percent)))
}
