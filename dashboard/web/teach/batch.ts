// Many commands sent as one deed: held back for a few seconds in which it can be taken back, then a few at a time, with what came of each.
import type { Ask } from '../../../protocols/contract/command.ts'
import type { Sentence } from '../../../protocols/contract/words.ts'
import type { Asked, Trouble } from '../live/server.ts'

/** A deed that can be taken back for a moment. */
export type HeldDeed = Extract<Ask['kind'], 'job.approve' | 'job.collect'>

/** One command of the batch. The id makes it safe to send again: a school runs an id once. */
export type BatchItem = { readonly id: string; readonly name: string; readonly ask: Ask }

/** later: the school is silent and answers when it is heard again. */
export type Outcome = { what: 'done' } | { what: 'later' } | { what: 'refused'; text: Sentence } | { what: 'failed'; trouble: Trouble }
export type BatchResult = { readonly item: BatchItem; readonly outcome: Outcome }

/** held: nothing is sent before `until` (browser's clock). */
export type BatchState =
  | { readonly state: 'idle' }
  | { readonly state: 'held'; readonly kind: Ask['kind']; readonly items: readonly BatchItem[]; readonly until: number }
  | { readonly state: 'sending'; readonly kind: Ask['kind']; readonly done: number; readonly total: number }
  | { readonly state: 'over'; readonly kind: Ask['kind']; readonly results: readonly BatchResult[] }

export type BatchOptions = {
  /** How long it can still be taken back, ms. */
  readonly heldMs: number
  readonly send: (item: BatchItem) => Promise<Asked>
  readonly wait: (ms: number) => Promise<void>
}

/** The server takes ten a second and a burst of 120; a few at a time are as quick and leave it to others. */
const atOnceMax = 4
/** After "too fast": so long, and so often for one command. */
const slowDownMs = 1_500
const slowDownsMax = 20

export class Batch {
  readonly #options: BatchOptions
  readonly #listeners = new Set<() => void>()
  #state: BatchState = { state: 'idle' }
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: BatchOptions) {
    this.#options = options
  }

  readonly state = (): BatchState => this.#state

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** One batch at a time: while one is held back or being sent, another is not begun. */
  begin(items: readonly BatchItem[]): void {
    const [first] = items
    if (first === undefined || this.#state.state === 'held' || this.#state.state === 'sending') return
    this.#become({ state: 'held', kind: first.ask.kind, items, until: Date.now() + this.#options.heldMs })
    this.#timer = setTimeout(() => this.sendNow(), this.#options.heldMs)
  }

  /** Takes it back; afterwards nothing was sent. */
  takeBack(): void {
    if (this.#state.state !== 'held') return
    clearTimeout(this.#timer)
    this.#become({ state: 'idle' })
  }

  sendNow(): void {
    if (this.#state.state !== 'held') return
    clearTimeout(this.#timer)
    const { kind, items } = this.#state
    void this.#sendAll(kind, items, [])
  }

  /** Sends anew what did not get through or was refused; what is done stays done. */
  retry(): void {
    if (this.#state.state !== 'over') return
    const { kind, results } = this.#state
    const good = results.filter(({ outcome }) => !isTrouble(outcome))
    const again = results
      .filter(({ outcome }) => isTrouble(outcome))
      .map(({ item, outcome }) => (outcome.what === 'refused' ? renamed(item) : item))
    if (again.length > 0) void this.#sendAll(kind, again, good)
  }

  dismiss(): void {
    if (this.#state.state === 'over') this.#become({ state: 'idle' })
  }

  async #sendAll(kind: Ask['kind'], items: readonly BatchItem[], before: readonly BatchResult[]): Promise<void> {
    const total = items.length
    const results: BatchResult[] = []
    const left = [...items]
    this.#become({ state: 'sending', kind, done: 0, total })
    const worker = async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) {
        results.push({ item, outcome: await this.#sendOne(item) })
        this.#become({ state: 'sending', kind, done: results.length, total })
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnceMax, total) }, worker))
    this.#become({ state: 'over', kind, results: [...before, ...results] })
  }

  async #sendOne(item: BatchItem): Promise<Outcome> {
    for (let turn = 0; ; turn += 1) {
      const asked = await this.#options.send(item)
      if (turn < slowDownsMax && isTooFast(asked)) await this.#options.wait(slowDownMs)
      else return outcomeOf(asked)
    }
  }

  #become(state: BatchState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

export function isTrouble({ what }: Outcome): boolean {
  return what === 'refused' || what === 'failed'
}

/** A refused command was run and answered: asking again is a new one. */
function renamed(item: BatchItem): BatchItem {
  return { ...item, id: `${item.id.slice(0, 48)}-${Math.floor(Math.random() * 1e9).toString(36)}` }
}

function isTooFast(asked: Asked): boolean {
  return asked.outcome === 'failed' && asked.trouble === 'denied' && asked.denial.code === 'too-fast'
}

function outcomeOf(asked: Asked): Outcome {
  switch (asked.outcome) {
    case 'waiting':
      return { what: 'later' }
    case 'failed':
      return asked.trouble === 'denied' ? { what: 'refused', text: asked.denial.text } : { what: 'failed', trouble: asked }
    case 'replied':
      return asked.reply.outcome === 'refused' ? { what: 'refused', text: asked.reply.denial.text } : { what: 'done' }
  }
}
