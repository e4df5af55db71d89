// The batches of each school, for many requests and for one, kept while the page is open: going to another page neither stops nor forgets it.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { ask } from '../live/server.ts'
import type { Requested } from '../school/waits.ts'
import { Batch, type BatchState, isTrouble } from './batch.ts'
import { idOf } from './request.ts'

/** Long enough to see what one has done, short enough not to wait for. */
const heldMs = 5_000

const batches = new Map<string, Batch>()

export type Held = { batch: Batch; state: BatchState }

/** The deed for many at once. */
export function useBatch(site: string): Held {
  return useHeld(batchOf(site))
}

/** The deed for one request alone: it can be taken back as well, and other rows do not wait for it. */
export function useOwnBatch(site: string, request: string): Held {
  // Kept by whoever shows it until it goes: a fresh one under the same name would offer a deed that is done.
  const [batch] = useState(() => batchOf(site, request))
  return useHeld(batch)
}

/** Those of the requests that are not on their way alone; what became of the others before is asked no more. */
export function takeOver(site: string, requests: readonly Requested[]): Requested[] {
  return requests.filter(request => {
    const key = keyOf(site, idOf(request))
    const own = batches.get(key)
    if (own === undefined) return true
    if (isOnItsWay(own.state())) return false
    batches.delete(key)
    own.dismiss()
    return true
  })
}

export function isOnItsWay({ state }: BatchState): boolean {
  return state === 'held' || state === 'sending'
}

function useHeld(batch: Batch): Held {
  const state = useSyncExternalStore(batch.subscribe, batch.state)
  const unsent = isOnItsWay(state)
  useEffect(() => {
    if (!unsent) return
    // Closing the tab now would leave part of it undone: the browser asks.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [unsent])
  return { batch, state }
}

const keyOf = (site: string, request?: string): string => (request === undefined ? site : `${site}/${request}`)

function batchOf(site: string, request?: string): Batch {
  const key = keyOf(site, request)
  const known = batches.get(key)
  if (known !== undefined) return known
  const fresh = new Batch({
    heldMs,
    send: item => ask(site, item.ask, item.id),
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
  })
  batches.set(key, fresh)
  // What did not work is told when its row is seen again; what worked is forgotten, so that the same request can come back.
  if (request !== undefined) fresh.subscribe(() => isOver(fresh.state()) && batches.delete(key))
  return fresh
}

function isOver(state: BatchState): boolean {
  return state.state === 'over' && !state.results.some(({ outcome }) => isTrouble(outcome))
}
