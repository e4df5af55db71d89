// The machines' health in the school's own store: what the desk of its screen remembers, and who settled what, in the journal of actions.
import type { Author } from '../protocols/contract/job.ts'
import { actionEvent } from './drafts.ts'
import type { Store } from './store.ts'

type Note = { at: number; condition: string; deed: string; author: Author; reason?: string; until?: number }

/** As dashboard/workplace.ts asks for it; a school keeps its one site. */
export function createHealthShelf(store: Pick<Store, 'note' | 'putNote' | 'commit'>) {
  return {
    load: (_site: string): string | undefined => store.note('health'),
    save: (_site: string, body: string): void => store.putNote('health', body),
    note: ({ at, condition, deed, author, reason, until }: Note): void => {
      const detail = { condition, ...(reason === undefined ? {} : { reason }), ...(until === undefined ? {} : { until }) }
      store.commit({ events: [actionEvent(`condition.${deed}`, at, author, undefined, detail)] })
    },
  }
}
