// The worker thread that analyses files: one order in, one answer out.
import { parentPort } from 'node:worker_threads'
import { type Analysed, type AnalysisOrder, analyseFile } from './analyse-file.ts'

export type WorkerAnswer = { readonly analysed: Analysed } | { readonly error: string }

parentPort?.on('message', (order: AnalysisOrder) => {
  parentPort?.postMessage(answer(order))
})

function answer(order: AnalysisOrder): WorkerAnswer {
  try {
    return { analysed: analyseFile(order) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
