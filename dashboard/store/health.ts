// The machines' health in the city's store: what the desk remembers of each site, and who settled what.
import type { HealthShelf } from '../workplace.ts'
import type { Store } from './store.ts'

/** Beside the tables of store.ts and independent of them, so that an older store simply gains them. */
const schema = `
  CREATE TABLE IF NOT EXISTS health (site TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS health_notes (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, site TEXT NOT NULL, condition TEXT NOT NULL, deed TEXT NOT NULL,
    account TEXT NOT NULL, name TEXT NOT NULL, reason TEXT, until INTEGER
  ) STRICT;
`

export function createStoreHealth(store: Store): HealthShelf {
  store.exec(schema)
  const read = store.prepare<[string], { body: string }>('SELECT body FROM health WHERE site = ?')
  const write = store.prepare('INSERT INTO health (site, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body')
  const note = store.prepare(
    'INSERT INTO health_notes (at, site, condition, deed, account, name, reason, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  return {
    load: site => read.get(site)?.body,
    save: (site, body) => void write.run(site, body),
    note: ({ at, site, condition, deed, author, reason, until }) =>
      void note.run(at, site, condition, deed, author.id, author.name, reason ?? null, until ?? null),
  }
}
