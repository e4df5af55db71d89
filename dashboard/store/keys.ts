// Slicers' keys in the city's store: hashes, whom they stand for, and when each was last used.
import { z } from 'zod'
import type { KeptKey, KeyShelf } from '../workplace.ts'
import type { Store } from './store.ts'

/** Beside the tables of store.ts and independent of them, so that a store made before there were keys simply gains them. */
const schema = `
  CREATE TABLE IF NOT EXISTS slicer_keys (
    id TEXT PRIMARY KEY, login TEXT NOT NULL, site TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE, md5 TEXT NOT NULL, sha256 TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER,
    UNIQUE (login, site, target)
  ) STRICT, WITHOUT ROWID;
`

const rowSchema = z
  .object({
    id: z.string(),
    login: z.string(),
    site: z.string(),
    target: z.string(),
    name: z.string(),
    secret_hash: z.string(),
    md5: z.string(),
    sha256: z.string(),
    created_at: z.number(),
    used_at: z.number().nullable(),
  })
  .transform(
    ({ secret_hash, md5, sha256, created_at, used_at, ...row }): KeptKey => ({
      ...row,
      secretHash: secret_hash,
      digests: { md5, sha256 },
      createdAt: created_at,
      usedAt: used_at ?? undefined,
    }),
  )

export function createStoreKeys(store: Store): KeyShelf {
  store.exec(schema)
  // REPLACE takes away whatever the new key would collide with: the person's former key for this target.
  const put = store.prepare(
    'INSERT OR REPLACE INTO slicer_keys (id, login, site, target, name, secret_hash, md5, sha256, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const ofLogin = store.prepare<[string]>('SELECT * FROM slicer_keys WHERE login = ? ORDER BY created_at DESC, id')
  const bySecret = store.prepare<[string]>('SELECT * FROM slicer_keys WHERE secret_hash = ?')
  const find = store.prepare<[string, string, string]>('SELECT * FROM slicer_keys WHERE login = ? AND site = ? AND target = ?')
  const remove = store.prepare('DELETE FROM slicer_keys WHERE login = ? AND id = ?')
  const used = store.prepare('UPDATE slicer_keys SET used_at = ? WHERE id = ?')
  const one = (row: unknown) => (row === undefined ? undefined : rowSchema.parse(row))
  return {
    put: ({ id, login, site, target, name, secretHash, digests, createdAt, usedAt }) =>
      void put.run(id, login, site, target, name, secretHash, digests.md5, digests.sha256, createdAt, usedAt ?? null),
    ofLogin: login => ofLogin.all(login).map(row => rowSchema.parse(row)),
    bySecret: secretHash => one(bySecret.get(secretHash)),
    find: (login, site, target) => one(find.get(login, site, target)),
    remove: (login, id) => remove.run(login, id).changes > 0,
    used: (id, at) => void used.run(at, id),
  }
}
