// The worker thread that analyses files: one order in, word of its progress, one answer out.
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { type Analysed, type AnalysisOrder, type AnalysisProgress, analyseFile } from './analyse-file.ts'

export type WorkerAnswer =
  | { readonly analysed: Analysed }
  | { readonly error: string; readonly code?: string }
  | { readonly progress: AnalysisProgress }

/** People look ten times a second at most. */
const progressGapMs = 100
/** Behind everything that answers people or feeds machines, and still ahead of what the system does at night. */
const niceness = 5

giveWay()
parentPort?.on('message', async (order: AnalysisOrder) => {
  parentPort?.postMessage(await answer(order))
})

async function answer(order: AnalysisOrder): Promise<WorkerAnswer> {
  let told = 0
  try {
    const analysed = await analyseFile(order, progress => {
      const now = performance.now()
      if (now - told < progressGapMs) return
      told = now
      parentPort?.postMessage({ progress } satisfies WorkerAnswer)
    })
    return { analysed }
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), ...code }
  }
}

/** Linux gives each thread a priority of its own; elsewhere the analysis competes like any thread. */
function giveWay(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (thread > 0) setPriority(thread, niceness)
  } catch {
    // Not Linux, or not allowed: slower for others, wrong for nobody.
  }
}
