// Wall screens in the city's store: whom each was given to, until when, and the hash of its token.
import { z } from 'zod'
import type { KeptScreen, TvShelf } from '../workplace.ts'
import type { Store } from './store.ts'

/** Beside the tables of store.ts and independent of them, so that an older store simply gains them. */
const schema = `
  CREATE TABLE IF NOT EXISTS screens (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL, made_by TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, seen_at INTEGER
  ) STRICT, WITHOUT ROWID;
`

const rowSchema = z
  .object({
    id: z.string(),
    site: z.string(),
    name: z.string(),
    made_by: z.string(),
    token_hash: z.string(),
    created_at: z.number(),
    expires_at: z.number(),
    seen_at: z.number().nullable(),
  })
  .transform(
    ({ made_by, token_hash, created_at, expires_at, seen_at, ...row }): KeptScreen => ({
      ...row,
      by: made_by,
      tokenHash: token_hash,
      createdAt: created_at,
      expiresAt: expires_at,
      ...(seen_at === null ? {} : { seenAt: seen_at }),
    }),
  )

export function createStoreScreens(store: Store): TvShelf {
  store.exec(schema)
  const all = store.prepare('SELECT * FROM screens')
  const byToken = store.prepare<[string]>('SELECT * FROM screens WHERE token_hash = ?')
  const put = store.prepare(
    'INSERT INTO screens (id, site, name, made_by, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const remove = store.prepare('DELETE FROM screens WHERE id = ?')
  const seen = store.prepare('UPDATE screens SET seen_at = ? WHERE id = ?')
  return {
    all: () => all.all().map(row => rowSchema.parse(row)),
    byToken: hash => {
      const row = byToken.get(hash)
      return row === undefined ? undefined : rowSchema.parse(row)
    },
    put: ({ id, site, name, by, tokenHash, createdAt, expiresAt }) => void put.run(id, site, name, by, tokenHash, createdAt, expiresAt),
    remove: id => void remove.run(id),
    seen: (id, at) => void seen.run(at, id),
  }
}
