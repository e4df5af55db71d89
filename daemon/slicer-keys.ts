// Slicers' keys in the school's own store: whoever made a key on the school's screen sends files with the city away.
import type Database from 'better-sqlite3'

/** As dashboard/workplace.ts keeps it: hashes and whom they stand for, never the key. */
export type KeptKey = {
  id: string
  login: string
  site: string
  target: string
  name: string
  secretHash: string
  digests: { md5: string; sha256: string }
  createdAt: number
  usedAt?: number | undefined
}

type Row = Omit<KeptKey, 'digests' | 'usedAt'> & { md5: string; sha256: string; usedAt: number | null }

const columns =
  'id, login, site, target, name, secret_hash AS secretHash, md5, sha256, created_at AS createdAt, used_at AS usedAt FROM slicer_keys'

/** Keys over the store's database; `put` takes the place of any other key of the same login, site and target. */
export function createSlicerKeys(database: Database.Database) {
  const put = database.prepare(
    'INSERT OR REPLACE INTO slicer_keys (id, login, site, target, name, secret_hash, md5, sha256, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const ofLogin = database.prepare<[string], Row>(`SELECT ${columns} WHERE login = ? ORDER BY created_at DESC, id`)
  const bySecret = database.prepare<[string], Row>(`SELECT ${columns} WHERE secret_hash = ?`)
  const find = database.prepare<[string, string, string], Row>(`SELECT ${columns} WHERE login = ? AND site = ? AND target = ?`)
  const remove = database.prepare<[string, string]>('DELETE FROM slicer_keys WHERE login = ? AND id = ?')
  const used = database.prepare<[number, string]>('UPDATE slicer_keys SET used_at = ? WHERE id = ?')
  return {
    put: ({ id, login, site, target, name, secretHash, digests, createdAt, usedAt }: KeptKey): void => {
      put.run(id, login, site, target, name, secretHash, digests.md5, digests.sha256, createdAt, usedAt ?? null)
    },
    ofLogin: (login: string): KeptKey[] => ofLogin.all(login).map(toKey),
    bySecret: (secretHash: string): KeptKey | undefined => optional(bySecret.get(secretHash)),
    find: (login: string, site: string, target: string): KeptKey | undefined => optional(find.get(login, site, target)),
    remove: (login: string, id: string): boolean => remove.run(login, id).changes > 0,
    used: (id: string, at: number): void => {
      used.run(at, id)
    },
  }
}

function optional(row: Row | undefined): KeptKey | undefined {
  return row && toKey(row)
}

function toKey({ md5, sha256, usedAt, ...row }: Row): KeptKey {
  return { ...row, digests: { md5, sha256 }, usedAt: usedAt ?? undefined }
}
