// Getting to know a controller: wait for its banner, else ask; then $I, $$, $G and $#, one at a time.
import type { Asker } from './ask.ts'
import type { Identity } from './identity.ts'
import type { Outbox } from './outbox.ts'
import type { StatusReport } from './status.ts'

/**
 * closed → boot (its banner may come) → knock (`?` until it speaks) → identify → known.
 * watch: it speaks but is busy with something of its own, and takes no lines now.
 */
export type HelloStage = 'closed' | 'boot' | 'settle' | 'knock' | 'watch' | 'identify' | 'known'

/** Startup blocks and an unasked error:7 follow a banner: let them pass. */
const settleMs = 200
const knockMs = 1000
/** Unanswered knocks until we say "offline", and until the port is given up. */
const knocksUntilSilent = 3
const knocksUntilReopen = 15
/** grblHAL's $$ is long, but a line of it comes every few milliseconds. */
const answerMs = 2000
const questions = ['$I', '$$', '$G', '$#'] as const
/** Noise of the plug or a half line left in the buffer eats the first hello. */
const helloTriesMax = 3

export class Hello {
  readonly #out: Outbox
  readonly #asker: Asker
  readonly #identity: () => Identity
  readonly #known: () => void
  #stage: HelloStage = 'closed'
  #untilMs = Number.POSITIVE_INFINITY
  #knocks = 0
  #silent = false

  constructor(out: Outbox, asker: Asker, identity: () => Identity, known: () => void) {
    this.#out = out
    this.#asker = asker
    this.#identity = identity
    this.#known = known
  }

  get stage(): HelloStage {
    return this.#stage
  }

  /** Asked for long enough without an answer. */
  get silent(): boolean {
    return this.#silent
  }

  /** It reports its state. */
  get speaks(): boolean {
    return this.#stage === 'watch' || this.#stage === 'identify' || this.#stage === 'known'
  }

  get deadlineMs(): number {
    return this.#untilMs
  }

  opened(bootMs: number): void {
    this.#silent = false
    this.#enter('boot', bootMs)
  }

  closed(): void {
    this.#silent = false
    this.#enter('closed')
  }

  /** The controller has just started: everything is learned anew. */
  heardBanner(): void {
    this.#enter('settle', settleMs)
  }

  /** It has fallen silent. */
  lost(): void {
    this.#silent = true
    this.#knock(0)
  }

  heardStatus(status: StatusReport): void {
    if (this.#stage === 'boot' || this.#stage === 'knock' || this.#stage === 'watch') {
      // A controller in hold, or at work, leaves our lines lying in its buffer: wait until it is free.
      if (status.state === 'Idle' || status.state === 'Alarm' || status.state === 'Check') this.#identify()
      else {
        this.#silent = false
        this.#enter('watch')
      }
    }
  }

  tick(): void {
    if (this.#out.nowMs < this.#untilMs) return
    switch (this.#stage) {
      case 'boot':
      case 'settle':
        this.#knock(0)
        return
      case 'knock':
        this.#knock(this.#knocks)
        return
      case 'closed':
      case 'watch':
      case 'identify':
      case 'known':
        this.#untilMs = Number.POSITIVE_INFINITY
    }
  }

  #enter(stage: HelloStage, forMs = Number.POSITIVE_INFINITY): void {
    this.#stage = stage
    this.#untilMs = this.#out.nowMs + forMs
  }

  /** Native USB and network controllers greet nobody: a status report is as good as a banner. */
  #knock(knocks: number): void {
    this.#knocks = knocks + 1
    if (knocks >= knocksUntilSilent) this.#silent = true
    if (knocks >= knocksUntilReopen) {
      this.#enter('closed')
      this.#out.reopen(`no answer to ${knocks} status queries`)
      return
    }
    this.#enter('knock', knockMs)
    this.#out.askStatus()
  }

  #identify(): void {
    this.#enter('identify')
    this.#ask(0, 1)
  }

  #ask(index: number, tries: number): void {
    const line = questions[index]
    if (line === undefined) {
      this.#silent = false
      this.#enter('known')
      this.#known()
      return
    }
    this.#asker.add({
      line,
      purpose: 'identify',
      limitMs: answerMs,
      done: result => {
        if (result.kind === 'gone') return
        // An error to $I without a version is the rest of some noise that stood before it.
        const unheard = index === 0 && !this.#identity().versionKnown
        if ((unheard || result.kind === 'silent') && tries < helloTriesMax) this.#ask(index, tries + 1)
        else if (result.kind === 'silent') {
          this.#silent = true
          this.#enter('watch')
        } else this.#ask(index + 1, 1)
      },
    })
  }
}
