// What must be swept now and then, so that a school runs for years.
import type { Logger } from 'pino'
import { photosOf, shownOrders } from '../protocols/contract/care-due.ts'
import type { Files } from './files.ts'
import { lapsedCall } from './floor-calls.ts'
import type { Programs } from './programs.ts'
import type { Store } from './store.ts'

export type HouseOptions = {
  readonly keepFilesDays: number
  readonly store: Pick<Store, 'prune' | 'openJobs' | 'records' | 'machine' | 'commit'>
  /** Ids of all machines. */
  readonly machines: readonly string[]
  readonly files: Pick<Files, 'prune'>
  readonly programs: Pick<Programs, 'forgetGone'>
  readonly photos: { prune(shown: ReadonlySet<string>, nowMs: number): Promise<number> }
  /** Sweeps the picture. */
  readonly tidy: () => void
  readonly nowMs: () => number
  readonly log: Logger
}

const dayMs = 24 * 3_600_000
const everyMs = 3_600_000

/** Sweeps now and every hour. Answers the way to stop it. */
export function keepHouse({ keepFilesDays, store, machines, files, programs, photos, tidy, nowMs, log }: HouseOptions): () => void {
  const closing = new AbortController()
  const sweepFiles = async (before: number): Promise<void> => {
    const needed = new Set(store.openJobs().map(job => job.program.sha256))
    const gone = await files.prune(before, needed)
    if (gone > 0) log.info({ files: gone }, 'old files removed')
    const forgotten = await programs.forgetGone(needed, closing.signal)
    if (forgotten > 0) log.info({ programs: forgotten }, 'the analyses of removed files forgotten')
  }
  const sweep = () => {
    const now = nowMs()
    store.prune(now)
    const lapsed = machines.flatMap(machine => lapsedCall(store.machine(machine), machine, now))
    if (lapsed.length > 0) store.commit({ events: lapsed })
    tidy()
    const shown = new Set(photosOf(shownOrders(store.records.care.orders(), now)))
    photos.prune(shown, now).catch((error: unknown) => log.warn({ error }, 'old photos could not be removed'))
    sweepFiles(now - keepFilesDays * dayMs).catch((error: unknown) => {
      if (!closing.signal.aborted) log.warn({ error }, 'old files could not be removed')
    })
  }
  const timer = setInterval(sweep, everyMs).unref()
  sweep()
  return () => {
    clearInterval(timer)
    closing.abort()
  }
}
