// Wall screens in the school's own store: a handful, kept as one note.
import type { Store } from './store.ts'

/** As dashboard/workplace.ts keeps it: never the token, only its hash. */
type KeptScreen = {
  id: string
  site: string
  name: string
  by: string
  tokenHash: string
  createdAt: number
  expiresAt: number
  seenAt?: number
}

export function createScreenShelf(store: Pick<Store, 'note' | 'putNote'>) {
  let screens: KeptScreen[] = JSON.parse(store.note('screens') ?? '[]')
  const keep = (next: KeptScreen[]) => {
    store.putNote('screens', JSON.stringify(next))
    screens = next
  }
  return {
    all: (): KeptScreen[] => screens,
    byToken: (hash: string): KeptScreen | undefined => screens.find(({ tokenHash }) => tokenHash === hash),
    put: (screen: KeptScreen): void => keep([...screens, screen]),
    remove: (id: string): void => keep(screens.filter(one => one.id !== id)),
    seen: (id: string, at: number): void => keep(screens.map(one => (one.id === id ? { ...one, seenAt: at } : one))),
  }
}
