// Keeps the queue in its fair order: hears what changes, and tells by events only those jobs that change places.
import type { Logger } from 'pino'
import type { Job } from '../protocols/contract/job.ts'
import { jobEvent } from './drafts.ts'
import { type FairOrder, fairOrder, renumbered, shareMs, standingsOf } from './fair-order.ts'
import { inQueue, lastOrder, suits } from './queue.ts'
import type { Store } from './store.ts'
import { UseBook } from './use-book.ts'

export type FairQueueOptions = {
  readonly store: Pick<Store, 'openJobs' | 'endedSince' | 'job' | 'watch' | 'commit'>
  readonly nowMs: () => number
  readonly log: Logger
}

/** Shares and deadlines change as time passes. */
const lookMs = 60_000

export class FairQueue {
  readonly #options: FairQueueOptions
  readonly #book = new UseBook()
  readonly #unwatch: () => void
  readonly #clock: NodeJS.Timeout
  #last: FairOrder | undefined
  #dirty = true
  #due = false
  #closed = false

  constructor(options: FairQueueOptions) {
    this.#options = options
    const { store, nowMs } = options
    for (const job of [...store.endedSince(nowMs() - shareMs), ...store.openJobs()]) this.#book.learn(job)
    this.#unwatch = store.watch(events => {
      for (const event of events) if (event.kind === 'job') this.#book.learn(event.job)
      if (events.some(({ kind }) => kind === 'job')) this.stir()
    })
    this.#clock = setInterval(() => this.stir(), lookMs).unref()
    this.stir()
  }

  /** Something changed: set right soon, once however often this is called. Never within a commit's own watchers: they would hear of it the wrong way round. */
  stir(): void {
    this.#dirty = true
    if (this.#due || this.#closed) return
    this.#due = true
    setImmediate(() => {
      this.#due = false
      this.settle()
    })
  }

  /** Sets the queue right now, if anything changed; for whoever is about to take from it. */
  settle(): void {
    if (!this.#dirty || this.#closed) return
    this.#dirty = false
    const { store, nowMs, log } = this.#options
    const order = this.#reckon(store.openJobs())
    this.#last = order
    const jobs = new Map(order.sequence.map(job => [job.id, job]))
    const events = [...renumbered(order.sequence)].flatMap(([id, number]) => {
      const job = jobs.get(id)
      return job === undefined || job.order === number ? [] : [jobEvent({ ...job, order: number }, 'ordered', nowMs())]
    })
    if (events.length === 0) return
    store.commit({ events })
    // The numbers are told now; what they say is what was just reckoned.
    this.#dirty = false
    log.debug({ moved: events.length, queued: order.sequence.length }, 'the queue was put in order')
  }

  /** The order as last reckoned: what stands for each job, and who passed whom. */
  get order(): FairOrder {
    this.#last ??= this.#reckon(this.#options.store.openJobs())
    return this.#last
  }

  /** What stands for each job now, those that wait for a check too, and who passed whom; for the forecast. */
  standing(): { standings: FairOrder['standings']; passes: FairOrder['passes'] } {
    this.settle()
    const { store, nowMs } = this.#options
    const waiting = store.openJobs().filter(job => inQueue(job) || job.state === 'submitted')
    const now = nowMs()
    return { standings: standingsOf(waiting, { nowMs: now, use: this.#book.use(now) }), passes: this.order.passes }
  }

  /** Order numbers for jobs that join the queue, each where it belongs. Where no number is left between two neighbours, last: settle puts it right. */
  join(joining: readonly Job[]): Map<string, number> {
    const jobs = this.#options.store.openJobs()
    const last = lastOrder(jobs)
    const atEnd = new Map(joining.map((job, index): [string, number] => [job.id, last + index]))
    const ids = new Set(joining.map(({ id }) => id))
    const all = [
      ...jobs.filter(({ id }) => !ids.has(id)),
      ...joining.map((job): Job => ({ ...job, state: 'queued', order: atEnd.get(job.id) ?? last })),
    ]
    const orders = renumbered(this.#reckon(all).sequence)
    // More than their own places would change: that is said by events of its own.
    if ([...orders.keys()].some(id => !ids.has(id))) return atEnd
    return new Map([...atEnd].map(([id, number]) => [id, orders.get(id) ?? number]))
  }

  /** The longer jobs that this one is let past by starting on the machine now. */
  passedBy(id: string, machine: string): Job[] {
    this.settle()
    return (this.order.passes.get(id) ?? []).flatMap(long => {
      const job = this.#options.store.job(long)
      return job !== undefined && inQueue(job) && !job.jumped && suits(job, machine) ? [job] : []
    })
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#clock)
    this.#unwatch()
  }

  #reckon(jobs: readonly Job[]): FairOrder {
    const nowMs = this.#options.nowMs()
    return fairOrder(jobs, { nowMs, use: this.#book.use(nowMs) })
  }
}
