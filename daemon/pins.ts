// PINs on the school's own screen: who a person is, in four keystrokes, and that this person stands at this machine and means this job.
import type { Author, Job } from '../protocols/contract/job.ts'
import { isGoodPin, pinPattern, pinText } from '../protocols/contract/pin.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent } from './drafts.ts'
import type { EventDraft } from './store.ts'
import { deny } from './words.ts'

export type PinsOptions = {
  /** The hash of the person's PIN, wherever it was set. */
  readonly hashOf: (person: string) => string | undefined
  readonly save: (person: string, hash: string, at: number) => void
  readonly hash: (text: string) => Promise<string>
  readonly check: (text: string, hash: string) => Promise<boolean>
  readonly commit: (events: readonly EventDraft[]) => void
  readonly nowMs: () => number
}

/** The first tries cost nothing; after them each wrong one doubles the wait. */
const freeTries = 5
const firstWaitMs = 30_000
const longestWaitMs = 3_600_000
/** A person who has not failed for so long begins anew. */
const forgetMs = 12 * 3_600_000
/** From the last digit of the PIN to the press on "start", at the machine. */
export const confirmationMs = 60_000

type Failures = { count: number; until: number; at: number }
type Confirmation = { machine: string; job: string; sha256: string; until: number }

export class Pins {
  readonly #options: PinsOptions
  readonly #failures = new Map<string, Failures>()
  readonly #confirmations = new Map<string, Confirmation>()

  constructor(options: PinsOptions) {
    this.#options = options
  }

  has(person: string): boolean {
    return this.#options.hashOf(person) !== undefined
  }

  /** Sets a PIN of 4 to 8 digits. Denials: bad-pin, also for those everybody tries first. */
  async set(person: Author, pin: string): Promise<Denial | undefined> {
    if (!isGoodPin(pin)) return deny('bad-pin')
    const { hash, save, commit, nowMs } = this.#options
    save(person.id, await hash(pinText(person.id, pin)), nowMs())
    for (const counter of ['sign-in', 'start']) this.#failures.delete(`${counter}|${person.id}`)
    commit([actionEvent('pin.set', nowMs(), person)])
    return undefined
  }

  /** Whether this is the person's PIN. Denials: no-pin, wrong-pin, pin-wait (with the seconds to wait). */
  check(person: Author, pin: string): Promise<Denial | undefined> {
    return this.#check(person, pin, `sign-in|${person.id}`)
  }

  /** Tries are counted apart at the door and at the machine: whoever guesses at the door must not keep the owner from starting. */
  async #check(person: Author, pin: string, counter: string): Promise<Denial | undefined> {
    const { hashOf, check, commit, nowMs } = this.#options
    const hash = hashOf(person.id)
    if (hash === undefined) return deny('no-pin')
    const before = this.#failures.get(counter)
    const waitMs = (before?.until ?? 0) - nowMs()
    if (waitMs > 0) return deny('pin-wait', { seconds: Math.ceil(waitMs / 1000) })
    // Counted before the check: a hundred guesses at once are a hundred guesses.
    const failures = this.#failed(counter, before)
    if (pinPattern.test(pin) && (await check(pinText(person.id, pin), hash))) {
      this.#failures.delete(counter)
      return undefined
    }
    if (failures.count === freeTries) commit([actionEvent('pin.refused', nowMs(), person, undefined, { tries: failures.count })])
    return deny('wrong-pin')
  }

  /** Notes that the person stands at the machine and means this job: for one start, within a minute. */
  async confirm(person: Author, job: Job, machine: string, pin: string): Promise<Denial | undefined> {
    const denial = await this.#check(person, pin, `start|${person.id}`)
    if (denial) return denial
    const { commit, nowMs } = this.#options
    this.#confirmations.set(person.id, { machine, job: job.id, sha256: job.program.sha256, until: nowMs() + confirmationMs })
    commit([actionEvent('job.confirm', nowMs(), person, machine, { job: job.id })])
    return undefined
  }

  /** Uses the confirmation up, whatever comes of the start. Denials: pin-needed, confirmation-late. */
  take(person: string, job: Job, machine: string): Denial | undefined {
    const known = this.#confirmations.get(person)
    if (known === undefined || known.job !== job.id || known.machine !== machine || known.sha256 !== job.program.sha256) {
      return deny('pin-needed')
    }
    this.#confirmations.delete(person)
    return this.#options.nowMs() >= known.until ? deny('confirmation-late') : undefined
  }

  #failed(counter: string, before: Failures | undefined): Failures {
    const now = this.#options.nowMs()
    const count = before === undefined || now - before.at > forgetMs ? 1 : before.count + 1
    const waitMs = count < freeTries ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (count - freeTries))
    const failures = { count, at: now, until: now + waitMs }
    this.#failures.set(counter, failures)
    return failures
  }
}
