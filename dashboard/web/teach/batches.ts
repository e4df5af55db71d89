// The batches of each school, for many requests and for one, kept while the page is open: going to another page neither stops nor forgets them.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { ask } from '../live/server.ts'
import type { Requested } from '../school/waits.ts'
import { Batch, type BatchState, type HeldDeed, isTrouble } from './batch.ts'
import { roundOf } from './request.ts'

/** Long enough to see what one has done, short enough not to wait for. */
const heldMs = 5_000

export type Held = { batch: Batch; state: BatchState }

/** `holders`: rows that show it. */
type Kept = { readonly batch: Batch; holders: number }
const batches = new Map<string, Kept>()

/** The deed for many at once. */
export function useBatch(site: string): Held {
  return useHeld(keptAs(site).batch)
}

/** The deed for one request alone: it can be taken back as well, and other rows do not wait for it. */
export function useOwnBatch(site: string, request: Requested, deed: HeldDeed): Held {
  const key = keyOf(site, request, deed)
  const [kept] = useState(() => keptAs(key))
  useEffect(() => {
    kept.holders += 1
    return () => {
      kept.holders -= 1
      tidy(key, kept)
    }
  }, [key, kept])
  return useHeld(kept.batch)
}

/** Those of the requests that are not on their way alone; what became of the others before is asked no more. */
export function takeOver(site: string, requests: readonly Requested[], deed: HeldDeed): Requested[] {
  return requests.filter(request => {
    const own = batches.get(keyOf(site, request, deed))?.batch
    own?.dismiss()
    return own === undefined || !isOnItsWay(own.state())
  })
}

export function isOnItsWay({ state }: BatchState): boolean {
  return state === 'held' || state === 'sending'
}

function useHeld(batch: Batch): Held {
  return { batch, state: useSyncExternalStore(batch.subscribe, batch.state) }
}

const keyOf = (site: string, request: Requested, deed: HeldDeed): string => `${site}/${deed}/${roundOf(request)}`

function keptAs(key: string): Kept {
  const known = batches.get(key)
  if (known !== undefined) return known
  const batch = new Batch({
    heldMs,
    send: item => ask(siteOf(key), item.ask, item.id),
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
  })
  const fresh = { batch, holders: 0 }
  batches.set(key, fresh)
  batch.subscribe(() => {
    tidy(key, fresh)
    watchTheDoor()
  })
  return fresh
}

const siteOf = (key: string): string => key.split('/')[0] ?? key

/** A row's own batch goes with its row, unless it is on its way or has trouble to tell when the row is seen again. */
function tidy(key: string, { batch, holders }: Kept): void {
  const state = batch.state()
  const told = state.state !== 'over' || !state.results.some(({ outcome }) => isTrouble(outcome))
  if (key.includes('/') && holders === 0 && told && !isOnItsWay(state)) batches.delete(key)
}

const keepOpen = (event: BeforeUnloadEvent) => event.preventDefault()

/** Closing the tab would leave undone what is on its way: the browser asks, whatever page is open. */
function watchTheDoor(): void {
  if ([...batches.values()].some(({ batch }) => isOnItsWay(batch.state()))) window.addEventListener('beforeunload', keepOpen)
  else window.removeEventListener('beforeunload', keepOpen)
}
