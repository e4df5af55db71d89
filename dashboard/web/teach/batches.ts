// The batch of each school, kept while the page is open: going to another page neither stops nor forgets it.
import { useEffect, useSyncExternalStore } from 'react'
import { ask } from '../live/server.ts'
import { Batch, type BatchState } from './batch.ts'

/** Long enough to see what one has done, short enough not to wait for. */
const heldMs = 5_000

const batches = new Map<string, Batch>()

export function useBatch(site: string): { batch: Batch; state: BatchState } {
  const batch = batchOf(site)
  const state = useSyncExternalStore(batch.subscribe, batch.state)
  const unsent = state.state === 'held' || state.state === 'sending'
  useEffect(() => {
    if (!unsent) return
    // Closing the tab now would leave part of it undone: the browser asks.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [unsent])
  return { batch, state }
}

function batchOf(site: string): Batch {
  const known = batches.get(site)
  if (known !== undefined) return known
  const fresh = new Batch({
    heldMs,
    send: item => ask(site, item.ask, item.id),
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
  })
  batches.set(site, fresh)
  return fresh
}
