// The live picture inside React: one socket for the signed-in person, one view a page, one clock that ticks for all ages.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { View } from '../../../protocols/contract/screen.ts'
import { type Connection, type Live, openLive, type Sight } from './live.ts'

const LiveContext = createContext<Live | undefined>(undefined)

/** Holds the socket as long as somebody is signed in. */
export function LiveProvider({ signedOut, children }: { signedOut: () => void; children: ReactNode }) {
  const [live, setLive] = useState<Live>()
  useEffect(() => {
    const opened = openLive(signedOut)
    setLive(opened)
    return () => opened.close()
  }, [signedOut])
  return live === undefined ? null : <LiveContext value={live}>{children}</LiveContext>
}

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useLive outside LiveProvider')
  return live
}

export function useConnection(): Connection {
  const live = useLive()
  return useSyncExternalStore(live.subscribe, live.connection)
}

/** Watches a view while the component is mounted. */
export function useView(view: View): Sight {
  const live = useLive()
  const { kind } = view
  const site = 'site' in view ? view.site : undefined
  const machine = kind === 'machine' ? view.machine : undefined
  const own = useMemo<View>(() => {
    if (site === undefined) return { kind: kind === 'conditions' ? kind : 'city' }
    return machine === undefined ? { kind: 'site', site } : { kind: 'machine', site, machine }
  }, [kind, site, machine])
  useEffect(() => live.watch(own), [live, own])
  return useSyncExternalStore(live.subscribe, () => live.sight(own))
}

/** Now by the server's clock, ticking each second, or each so many: ages and remaining times are counted by one clock. */
export function useNow(everySeconds = 1): number {
  const live = useLive()
  useSyncExternalStore(subscribeSecond, () => Math.floor(second() / everySeconds))
  return Date.now() + live.aheadMs()
}

const ticking = new Set<() => void>()
let ticker: ReturnType<typeof setInterval> | undefined

function subscribeSecond(tick: () => void): () => void {
  ticking.add(tick)
  ticker ??= setInterval(() => {
    for (const each of ticking) each()
  }, 1000)
  return () => {
    ticking.delete(tick)
    if (ticking.size === 0) {
      clearInterval(ticker)
      ticker = undefined
    }
  }
}

function second(): number {
  return Math.floor(Date.now() / 1000)
}
