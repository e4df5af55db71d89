// Has files analysed one after another in a worker thread; a file that breaks the worker breaks nothing else.
import { Worker } from 'node:worker_threads'
import type { Analysed, AnalysisOrder } from './analyse-file.ts'
import type { WorkerAnswer } from './analysis-worker.ts'

export type Analyse = (order: AnalysisOrder) => Promise<Analysed>

/** The analyser streams: more memory than this means that a file is an attack on it. */
const memoryMaxMb = 512
/** A 1-GB file takes half a minute on a Raspberry Pi; beyond this nobody waits any more. */
const patienceMs = 5 * 60_000
/** An idle worker costs 10 MB: let it go. */
const idleMs = 60_000

/** Rejects with the worker's words when an analysis fails, runs out of memory or takes too long. */
export class Analyst {
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #closed = false

  readonly analyse: Analyse = order => {
    const result = this.#last.then(() => this.#run(order))
    this.#last = result.catch(() => undefined)
    return result
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

  #run(order: AnalysisOrder): Promise<Analysed> {
    if (this.#closed) return Promise.reject(new Error('the school is closing'))
    clearTimeout(this.#idle)
    this.#worker ??= new Worker(new URL('./analysis-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    })
    const worker = this.#worker
    worker.ref()
    return new Promise<Analysed>((resolve, reject) => {
      const settle = (act: () => void, healthy: boolean) => {
        clearTimeout(timer)
        worker.off('message', heard).off('error', failed).off('exit', exited)
        if (healthy && !this.#closed) {
          worker.unref()
          this.#idle = setTimeout(() => void this.#dismiss(), idleMs)
          this.#idle.unref()
        } else if (this.#worker === worker) {
          void this.#dismiss()
        }
        act()
      }
      const heard = (answer: WorkerAnswer) =>
        settle(() => ('analysed' in answer ? resolve(answer.analysed) : reject(new Error(answer.error))), true)
      const failed = (error: Error) => settle(() => reject(error), false)
      const exited = () => settle(() => reject(new Error('the analysis was ended')), false)
      const timer = setTimeout(() => settle(() => reject(new Error('the analysis took too long')), false), patienceMs)
      worker.on('message', heard).on('error', failed).on('exit', exited)
      worker.postMessage(order)
    })
  }
}
