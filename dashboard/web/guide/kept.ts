// What a browser remembers of one account's first steps: which were done once, and whether the card is hidden. Nothing of it leaves the browser.
import { useCallback, useMemo, useSyncExternalStore } from 'react'

export type Kept = { hidden: boolean; done: readonly string[] }

const keyOf = (account: string) => `tsekh.guide.${account}`
const changed = new EventTarget()
/** For browsers without storage: until the page is left. */
const unstored = new Map<string, string>()

/** Of this account in this browser, shared by the card and the menu that brings it back. */
export function useKept(account: string): [Kept, (change: Partial<Kept>) => void] {
  const text = useSyncExternalStore(subscribe, () => read(account))
  const kept = useMemo(() => parsed(text), [text])
  const change = useCallback(
    (next: Partial<Kept>) => {
      write(account, JSON.stringify({ ...parsed(read(account)), ...next }))
      changed.dispatchEvent(new Event('change'))
    },
    [account],
  )
  return [kept, change]
}

function subscribe(listener: () => void): () => void {
  changed.addEventListener('change', listener)
  window.addEventListener('storage', listener)
  return () => {
    changed.removeEventListener('change', listener)
    window.removeEventListener('storage', listener)
  }
}

function read(account: string): string {
  try {
    return localStorage.getItem(keyOf(account)) ?? ''
  } catch {
    return unstored.get(account) ?? ''
  }
}

function write(account: string, text: string): void {
  try {
    localStorage.setItem(keyOf(account), text)
  } catch {
    unstored.set(account, text)
  }
}

/** Somebody else's word in our place is no reason to break. */
function parsed(text: string): Kept {
  try {
    const { hidden, done } = JSON.parse(text) as Partial<Kept>
    return { hidden: hidden === true, done: Array.isArray(done) ? done.filter(step => typeof step === 'string') : [] }
  } catch {
    return { hidden: false, done: [] }
  }
}
