// What schools told of their lessons and quotas: the last word on each.
import { type Lesson, lessonSchema, type Quota, quotaSchema } from '../../protocols/contract/lesson.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Store } from './store.ts'

const tables = `
  CREATE TABLE IF NOT EXISTS bookings (
    site TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL, over_at INTEGER, json TEXT NOT NULL,
    PRIMARY KEY (site, kind, id)
  ) STRICT, WITHOUT ROWID;
`

type BookingEvent = Extract<Event, { kind: 'lesson' | 'quota' }>

export interface BookingStore {
  /** Folds an event; `rank` orders a site's events over its lives. True when nothing later is there already. */
  fold(site: string, rank: number, event: BookingEvent): boolean
  /** Not over and not cancelled. */
  lessons(site: string, nowMs: number): Lesson[]
  /** Not dropped. */
  quotas(site: string): Quota[]
}

export function createBookingStore(store: Store): BookingStore {
  store.exec(tables)
  const write = store.prepare(
    `INSERT INTO bookings (site, kind, id, rank, over_at, json) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site, kind, id) DO UPDATE SET rank = excluded.rank, over_at = excluded.over_at, json = excluded.json WHERE excluded.rank > rank`,
  )
  const read = store.prepare<[string, string, number], { json: string }>(
    'SELECT json FROM bookings WHERE site = ? AND kind = ? AND (over_at IS NULL OR over_at > ?) ORDER BY rank',
  )
  return {
    fold: (site, rank, event) => {
      const [body, overAt] =
        event.kind === 'lesson'
          ? [event.lesson, event.lesson.cancelledAt ?? event.lesson.until]
          : [event.quota, event.quota.droppedAt ?? null]
      return write.run(site, event.kind, body.id, rank, overAt, JSON.stringify(body)).changes > 0
    },
    lessons: (site, nowMs) => read.all(site, 'lesson', nowMs).map(({ json }) => lessonSchema.parse(JSON.parse(json))),
    quotas: site => read.all(site, 'quota', Number.MAX_SAFE_INTEGER).map(({ json }) => quotaSchema.parse(JSON.parse(json))),
  }
}
