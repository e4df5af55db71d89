// What schools told of their people: permits, instructions, groups; and what the city adds: PINs. Names of pupils never come here.

import { type Group, groupSchema } from '../../protocols/contract/group.ts'
import { type Instruction, instructionSchema, type Permit, permitSchema } from '../../protocols/contract/permit.ts'
import type { Directory, Event } from '../../protocols/contract/wire.ts'
import type { Store } from './store.ts'

/** A permit that ended is still told for so long, so that "expired" is said and not "none". */
const endedKeptMs = 180 * 24 * 3_600_000

const tables = `
  CREATE TABLE IF NOT EXISTS person_records (
    site TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (site, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pins (person TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pushes (
    endpoint TEXT NOT NULL, ticket TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (endpoint, ticket)
  ) STRICT, WITHOUT ROWID;
`

type RecordEvent = Extract<Event, { kind: 'permit' | 'instruction' | 'group' }>

export interface RosterStore {
  /** Folds an event; `rank` orders a site's events over its lives. True when nothing later is there already. */
  fold(site: string, rank: number, event: RecordEvent): boolean
  permits(site: string): Permit[]
  instructions(site: string): Instruction[]
  groups(site: string): Group[]
  /** Permits of these people that other schools gave or took back, for the directory of `site`. */
  permitsFromElsewhere(site: string, people: ReadonlySet<string>, nowMs: number): NonNullable<Directory['permits']>
  pinHash(person: string): string | undefined
  putPin(person: string, hash: string): void
  readonly pushes: {
    all(): string[]
    put(endpoint: string, ticket: string, body: string): void
    remove(endpoint: string, ticket: string): void
  }
}

export function createRosterStore(store: Store): RosterStore {
  store.exec(tables)
  const write = store.prepare(
    `INSERT INTO person_records (site, kind, id, rank, json) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (site, kind, id) DO UPDATE SET rank = excluded.rank, json = excluded.json WHERE excluded.rank > rank`,
  )
  const ofSite = store.prepare<[string, string], { json: string }>(
    'SELECT json FROM person_records WHERE site = ? AND kind = ? ORDER BY rank',
  )
  const elsewhere = store.prepare<[string], { json: string }>(
    "SELECT json FROM person_records WHERE kind = 'permit' AND site <> ? ORDER BY site, rank",
  )
  const readPin = store.prepare<[string], { hash: string }>('SELECT hash FROM pins WHERE person = ?')
  const writePin = store.prepare('INSERT INTO pins (person, hash) VALUES (?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash')
  const push = {
    all: store.prepare<[], { body: string }>('SELECT body FROM pushes'),
    put: store.prepare('INSERT OR REPLACE INTO pushes (endpoint, ticket, body) VALUES (?, ?, ?)'),
    remove: store.prepare('DELETE FROM pushes WHERE endpoint = ? AND ticket = ?'),
  }
  return {
    fold: (site, rank, event) => {
      const body = event.kind === 'permit' ? event.permit : event.kind === 'group' ? event.group : event.instruction
      return write.run(site, event.kind, body.id, rank, JSON.stringify(body)).changes > 0
    },
    permits: site => ofSite.all(site, 'permit').map(({ json }) => permitSchema.parse(JSON.parse(json))),
    instructions: site => ofSite.all(site, 'instruction').map(({ json }) => instructionSchema.parse(JSON.parse(json))),
    groups: site => ofSite.all(site, 'group').map(({ json }) => groupSchema.parse(JSON.parse(json))),
    permitsFromElsewhere: (site, people, nowMs) =>
      elsewhere
        .all(site)
        .map(({ json }) => permitSchema.parse(JSON.parse(json)))
        .filter(permit => permit.person.role !== 'pupil' && people.has(permit.person.id) && permit.until > nowMs - endedKeptMs)
        .filter(permit => permit.covers.of !== 'machine' || permit.site === site),
    pinHash: person => readPin.get(person)?.hash,
    putPin: (person, hash) => void writePin.run(person, hash),
    pushes: {
      all: () => push.all.all().map(({ body }) => body),
      put: (endpoint, ticket, body) => void push.put.run(endpoint, ticket, body),
      remove: (endpoint, ticket) => void push.remove.run(endpoint, ticket),
    },
  }
}
