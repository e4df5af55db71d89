// Has files analysed one after another in a worker thread; a file that breaks the worker breaks nothing else.
import { Worker } from 'node:worker_threads'
import type { Analysed, AnalysisOrder, AnalysisProgress } from './analyse-file.ts'
import type { WorkerAnswer } from './analysis-worker.ts'

/** `told` hears how far the work is, several times a second. */
export type Analyse = (order: AnalysisOrder, told?: (progress: AnalysisProgress) => void) => Promise<Analysed>

/** Why an analysis has no result, where it is not the file's fault. */
export class AnalysisError extends Error {
  readonly reason: 'too-busy' | 'disk-full' | 'failed'
  constructor(reason: AnalysisError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** The analyser streams: more memory than this means that a file is an attack on it. */
const memoryMaxMb = 512
/** A 1-GB file takes half a minute on a Raspberry Pi; beyond this nobody waits any more. */
const patienceMs = 5 * 60_000
/** An idle worker costs 10 MB: let it go. */
const idleMs = 60_000
/** A class hands in thirty files at once; whoever comes behind so many had better come again. */
const waitingMax = 100

/** Rejects with AnalysisError when an analysis fails, runs out of memory or takes too long, or when too many wait already. */
export class Analyst {
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #idle: NodeJS.Timeout | undefined
  #closed = false

  readonly analyse: Analyse = (order, told) => {
    if (this.#waiting >= waitingMax) return Promise.reject(new AnalysisError('too-busy', `${waitingMax} files wait already`))
    this.#waiting++
    const result = this.#last.then(() => this.#run(order, told)).finally(() => this.#waiting--)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** A file is on its way: the worker starts while it arrives. */
  warm(): void {
    if (this.#closed || this.#worker !== undefined) return
    const worker = this.#ready()
    worker.unref()
    this.#rest()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#dismiss()
  }

  async #dismiss(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #ready(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(new URL('./analysis-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    })
    // Without an order nobody hears it fail; the next order starts another.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    this.#worker = worker
    return worker
  }

  #rest(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#dismiss(), idleMs)
    this.#idle.unref()
  }

  #run(order: AnalysisOrder, told: ((progress: AnalysisProgress) => void) | undefined): Promise<Analysed> {
    if (this.#closed) return Promise.reject(new AnalysisError('failed', 'the school is closing'))
    clearTimeout(this.#idle)
    const worker = this.#ready()
    worker.ref()
    return new Promise<Analysed>((resolve, reject) => {
      const settle = (act: () => void, healthy: boolean) => {
        clearTimeout(timer)
        worker.off('message', heard).off('error', failed).off('exit', exited)
        if (healthy && !this.#closed) {
          worker.unref()
          this.#rest()
          act()
          return
        }
        if (this.#worker === worker) this.#worker = undefined
        clearTimeout(this.#idle)
        // Only a worker that has ended writes to its files no more.
        void worker.terminate().finally(act)
      }
      const fail = (reason: AnalysisError['reason'], message: string) => () => reject(new AnalysisError(reason, message))
      const heard = (answer: WorkerAnswer) => {
        if ('progress' in answer) told?.(answer.progress)
        else if ('analysed' in answer) settle(() => resolve(answer.analysed), true)
        else settle(fail(answer.code === 'ENOSPC' || answer.code === 'EDQUOT' ? 'disk-full' : 'failed', answer.error), true)
      }
      const failed = (error: Error) => settle(fail('failed', error.message), false)
      const exited = () => settle(fail('failed', 'the analysis was ended'), false)
      const timer = setTimeout(() => settle(fail('failed', 'the analysis took too long'), false), patienceMs)
      worker.on('message', heard).on('error', failed).on('exit', exited)
      worker.postMessage(order)
    })
  }
}

/** A file that takes longer than a moment; whoever sends a small one need not wait behind it. */
const largeBytes = 24 * 1_048_576

/** Two analysts side by side, one for large files: a 300-MB relief keeps nobody's keyring waiting. */
export class AnalysisOffice {
  readonly #small = new Analyst()
  readonly #large = new Analyst()

  readonly analyse: Analyse = (order, told) => (order.request.size > largeBytes ? this.#large : this.#small).analyse(order, told)

  /** A file is on its way; most are small. */
  warm(): void {
    this.#small.warm()
  }

  async close(): Promise<void> {
    await Promise.all([this.#small.close(), this.#large.close()])
  }
}
