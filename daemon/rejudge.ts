// Judges waiting jobs again when a machine says something new of itself: a faster axis, a smaller area, another firmware.
import type { Logger } from 'pino'
import type { Job } from '../protocols/contract/job.ts'
import { jobEvent } from './drafts.ts'
import type { Machines } from './machines.ts'
import { estimateFor, factsKey, machinesFor, type Programs } from './programs.ts'
import type { Store } from './store.ts'

export type RejudgeOptions = {
  readonly store: Store
  readonly machines: Machines
  readonly programs: Pick<Programs, 'obtain' | 'isHere'>
  readonly nowMs: () => number
  readonly log: Logger
  readonly quietMs?: number
}

/** Machines answer one after another when a workshop is switched on: what they say is taken together. */
const quietDefaultMs = 3_000

export class Rejudge {
  readonly #options: RejudgeOptions
  readonly #closing = new AbortController()
  #key: string
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined

  constructor(options: RejudgeOptions) {
    this.#options = options
    this.#key = factsKey(options.machines.facts())
  }

  /** A machine has said something: once all is quiet, look whether it changes any judgement. */
  stir(): void {
    if (this.#closing.signal.aborted || factsKey(this.#options.machines.facts()) === this.#key) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#begin(), this.#options.quietMs ?? quietDefaultMs).unref()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#working
  }

  #begin(): void {
    if (this.#working !== undefined) {
      this.stir()
      return
    }
    this.#key = factsKey(this.#options.machines.facts())
    this.#working = this.#all()
      .catch((error: unknown) => this.#options.log.error({ error }, 'waiting jobs could not be judged again'))
      .finally(() => {
        this.#working = undefined
        this.stir()
      })
  }

  async #all(): Promise<void> {
    const { store, programs, nowMs, log } = this.#options
    const { signal } = this.#closing
    for (const { id } of store.openJobs().filter(waits)) {
      const job = store.job(id)
      // A file that is not here was never judged by us; fetching it only for this is not worth the line.
      if (job === undefined || !waits(job) || !programs.isHere(job.program.sha256)) continue
      const obtained = await programs.obtain(job.program, signal)
      if (signal.aborted) return
      const now = store.job(id)
      if ('denial' in obtained || now === undefined || !waits(now)) continue
      const { program } = obtained.known
      const { suitable } = machinesFor(program, now.wanted, now.allowConstantPower === true)
      const { estimatedSeconds: before, ...rest } = now
      const seconds = estimateFor(program, { suitable, ...(now.wanted === undefined ? {} : { wanted: now.wanted }) })
      if (seconds === before && suitable.join() === now.suitable.join()) continue
      const judged = { ...rest, suitable, ...(seconds === undefined ? {} : { estimatedSeconds: seconds }) }
      store.commit({ events: [jobEvent(judged, 'rejudged', nowMs())] })
      log.info({ job: id, suitable, before: now.suitable, seconds }, 'judged again')
    }
  }
}

function waits(job: Job): boolean {
  return job.state === 'submitted' || job.state === 'queued'
}
