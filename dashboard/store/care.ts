// What schools told of the care of their machines: plans, parts, work orders, maintenance done. The last word on each.
import {
  type Cared,
  type CarePlans,
  caredSchema,
  carePlansSchema,
  type Part,
  partSchema,
  type WorkOrder,
  workOrderSchema,
} from '../../protocols/contract/care.ts'
import { careOf, closedShownMs } from '../../protocols/contract/care-due.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { CareShelf } from '../workplace.ts'
import type { Store } from './store.ts'

const tables = `
  CREATE TABLE IF NOT EXISTS care_records (
    site TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL, closed_at INTEGER, json TEXT NOT NULL,
    PRIMARY KEY (site, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS care_plans (site TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

type CareEvent = Extract<Event, { kind: 'part' | 'order' | 'cared' }>

export type CareStore = CareShelf & {
  /** Folds an event; `rank` orders a site's events over its lives. True when nothing later is there already. */
  fold(site: string, rank: number, event: CareEvent): boolean
  putPlans(site: string, plans: CarePlans): void
}

export function createCareStore(store: Store): CareStore {
  store.exec(tables)
  const write = store.prepare(
    `INSERT INTO care_records (site, kind, id, rank, closed_at, json) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site, kind, id) DO UPDATE SET rank = excluded.rank, closed_at = excluded.closed_at, json = excluded.json
     WHERE excluded.rank > rank`,
  )
  const read = store.prepare<[string, string, number], { json: string }>(
    'SELECT json FROM care_records WHERE site = ? AND kind = ? AND (closed_at IS NULL OR closed_at > ?) ORDER BY rank',
  )
  const writePlans = store.prepare('INSERT INTO care_plans (site, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json')
  const readPlans = store.prepare<[string], { json: string }>('SELECT json FROM care_plans WHERE site = ?')
  const plans = new Map<string, CarePlans>()
  const all = <T>(site: string, kind: CareEvent['kind'], parse: (value: unknown) => T, nowMs: number): T[] =>
    read.all(site, kind, nowMs - closedShownMs).map(({ json }) => parse(JSON.parse(json)))

  const plansOf = (site: string): CarePlans | undefined => {
    const known = plans.get(site)
    if (known !== undefined) return known
    const row = readPlans.get(site)
    const kept = row && carePlansSchema.safeParse(JSON.parse(row.json)).data
    if (kept) plans.set(site, kept)
    return kept
  }

  return {
    fold: (site, rank, event) => {
      const { id, closedAt, body } = rowOf(event)
      return write.run(site, event.kind, id, rank, closedAt, JSON.stringify(body)).changes > 0
    },
    putPlans: (site, told) => {
      plans.set(site, told)
      writePlans.run(site, JSON.stringify(told))
    },
    of: (site, nowMs) =>
      careOf(
        plansOf(site),
        {
          cared: all<Cared>(site, 'cared', value => caredSchema.parse(value), nowMs),
          parts: all<Part>(site, 'part', value => partSchema.parse(value), nowMs),
          orders: all<WorkOrder>(site, 'order', value => workOrderSchema.parse(value), nowMs),
        },
        nowMs,
      ),
  }
}

function rowOf(event: CareEvent): { id: string; closedAt: number | null; body: Part | WorkOrder | Cared } {
  switch (event.kind) {
    case 'part':
      return { id: event.part.id, closedAt: null, body: event.part }
    case 'order':
      return { id: event.order.id, closedAt: event.order.closedAt ?? null, body: event.order }
    case 'cared':
      return { id: `${event.cared.machine}/${event.cared.task}`, closedAt: null, body: event.cared }
  }
}
