// Reads what the page of care shows, again after every deed and now and then: others work on the same list.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Trouble } from '../live/server.ts'

const everyMs = 20_000
/** A deed asked in the city comes round by the school's events: a moment after its answer. */
const afterDeedMs = 1_200

export type Reading<T> = { value: T | Trouble | undefined; read: () => void }

export function useCare<T extends object>(fetchIt: () => Promise<T | Trouble>): Reading<T> {
  const [value, setValue] = useState<T | Trouble>()
  const later = useRef<ReturnType<typeof setTimeout>>(undefined)
  const load = useCallback(async () => {
    const told = await fetchIt()
    // What was read stays while the server is away for a moment.
    setValue(before => ('trouble' in told && before !== undefined && !('trouble' in before) && told.trouble === 'offline' ? before : told))
  }, [fetchIt])
  useEffect(() => {
    void load()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void load()
    }, everyMs)
    return () => {
      clearInterval(timer)
      clearTimeout(later.current)
    }
  }, [load])
  const read = useCallback(() => {
    void load()
    clearTimeout(later.current)
    later.current = setTimeout(() => void load(), afterDeedMs)
  }, [load])
  return { value, read }
}
