// Asking the server for figures and trends: while it is on its way, when it came, and when it did not.
import { useCallback, useEffect, useState } from 'react'
import type { CityFigures, FigureDays, SiteFigures } from '../../../protocols/contract/figures.ts'
import type { Trends } from '../../../protocols/contract/trends.ts'
import { read, send, type Trouble } from '../live/server.ts'

export async function readCityFigures(days: FigureDays): Promise<CityFigures | Trouble> {
  return read<CityFigures>(await send(`/api/v1/figures?days=${days}`))
}

export async function readSiteFigures(site: string, days: FigureDays): Promise<SiteFigures | Trouble> {
  return read<SiteFigures>(await send(`/api/v1/sites/${encodeURIComponent(site)}/figures?days=${days}`))
}

export async function readTrends(site: string, machine: string, days: number): Promise<Trends | Trouble> {
  return read<Trends>(await send(`/api/v1/sites/${encodeURIComponent(site)}/machines/${encodeURIComponent(machine)}/trends?days=${days}`))
}

/** `before`: what was shown until the new answer is here, so that a page does not jump. */
export type Reading<T> = { state: 'loading'; before?: T } | { state: 'read'; value: T } | { state: 'away'; trouble: Trouble }

/** Reads anew whenever `ask` changes (make it with useCallback), and when told to. */
export function useReading<T extends object>(ask: () => Promise<T | Trouble>): [Reading<T>, () => void] {
  const [reading, setReading] = useState<Reading<T>>({ state: 'loading' })
  const [turn, setTurn] = useState(0)
  const again = useCallback(() => setTurn(before => before + 1), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is a wish to ask once more
  useEffect(() => {
    let gone = false
    setReading(before => (before.state === 'read' ? { state: 'loading', before: before.value } : { state: 'loading' }))
    void ask().then(answer => {
      if (!gone) setReading('trouble' in answer ? { state: 'away', trouble: answer } : { state: 'read', value: answer })
    })
    return () => {
      gone = true
    }
  }, [ask, turn])
  return [reading, again]
}
