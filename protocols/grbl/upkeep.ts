// What is asked of an idle controller so that the next job starts on known ground. Never in mid-job.
import type { Asker } from './ask.ts'
import { type GrblFamily, isKnownCode } from './codes.ts'
import type { Identity } from './identity.ts'

export type UpkeepHooks = {
  /** The controller told something new about itself. */
  learned(): void
  /** One question less to wait for. */
  asked(): void
}

export class Upkeep {
  readonly #asker: Asker
  readonly #identity: () => Identity
  readonly #hooks: UpkeepHooks
  #codesWanted = false
  #modalStale = false
  #settingsStale = false

  constructor(asker: Asker, identity: () => Identity, hooks: UpkeepHooks) {
    this.#asker = asker
    this.#identity = identity
    this.#hooks = hooks
  }

  /** Something is still to be asked before a job may start. */
  get due(): boolean {
    return this.#modalStale || this.#settingsStale
  }

  /** A job or a console line may have changed the parser's state; on grblHAL $G also lifts the lock that a refused line leaves. */
  modalMayHaveChanged(): void {
    this.#modalStale = true
  }

  settingsChanged(): void {
    this.#settingsStale = true
  }

  /** The hello asks everything anyway. */
  startAnew(): void {
    this.#modalStale = false
    this.#settingsStale = false
    this.#codesWanted = false
  }

  /** A grblHAL of tomorrow knows codes that we do not: it can tell them itself ($EE, $EA). */
  heardCode(kind: 'error' | 'alarm', family: GrblFamily, code: number | undefined): void {
    const learned = this.#identity().learned
    if (code === undefined || family !== 'grblhal' || learned.size > 0) return
    if (!isKnownCode(kind, family, code, learned)) this.#codesWanted = true
  }

  /** The controller is known, idle, and nobody else asks it anything. */
  run(): void {
    if (this.#codesWanted) {
      this.#codesWanted = false
      this.#ask('$EE', () => undefined)
      this.#ask('$EA', () => this.#hooks.learned())
    }
    if (this.#settingsStale) {
      this.#settingsStale = false
      this.#ask('$$', () => this.#hooks.learned())
    }
    if (this.#modalStale) {
      this.#modalStale = false
      this.#ask('$G', () => undefined)
    }
  }

  #ask(line: string, then: () => void): void {
    const done = (): void => {
      then()
      this.#hooks.asked()
    }
    this.#asker.add({ line, purpose: 'upkeep', limitMs: 3000, done })
  }
}
