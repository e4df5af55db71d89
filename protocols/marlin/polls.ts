// Asks for what the firmware does not report by itself, when asking disturbs nobody.
import type { Core } from './core.ts'
import type { JobLife } from './job.ts'

/** Temperatures are asked for only where M155 is not to be had. */
const askTemperaturesMs = 4_000
const askCardMs = 10_000
/** A machine without a job that leaves out three of its reports (M155 S2) is asked whether it is there. */
const idleSilenceMs = 6_000

export class Polls {
  readonly #core: Core
  readonly #job: JobLife
  #temperaturesAt = Number.NEGATIVE_INFINITY
  #cardAt = Number.NEGATIVE_INFINITY

  constructor(core: Core, job: JobLife) {
    this.#core = core
    this.#job = job
  }

  /** Everything was asked just now. */
  begin(nowMs: number): void {
    this.#temperaturesAt = nowMs
    this.#cardAt = nowMs
  }

  get deadline(): number {
    return Math.min(this.#temperaturesDue, this.#cardDue)
  }

  tick(nowMs: number): void {
    const { link } = this.#core
    if (nowMs >= this.#temperaturesDue && link.mayAsk) {
      this.#temperaturesAt = nowMs
      // A program may have switched the reports off.
      if (this.#core.can('AUTOREPORT_TEMP')) link.say('M155 S2')
      link.say('M105')
    }
    if (nowMs >= this.#cardDue && link.idle) {
      this.#cardAt = nowMs
      link.say('M27')
    }
  }

  /** Never behind a command that blocks: the answer would come when it is over. */
  get #temperaturesDue(): number {
    const core = this.#core
    if (!core.can('AUTOREPORT_TEMP')) return this.#temperaturesAt + askTemperaturesMs
    return this.#job.id === undefined ? Math.max(this.#temperaturesAt, core.link.heardAt) + idleSilenceMs : Number.POSITIVE_INFINITY
  }

  /** Someone may start a print from the card at any time. */
  get #cardDue(): number {
    const core = this.#core
    return this.#job.id === undefined && (core.can('SDCARD') || core.foreign) ? this.#cardAt + askCardMs : Number.POSITIVE_INFINITY
  }
}
