// Staff accounts made on the screen, in the city's store: an invitation first, the password is the person's own doing.
import { z } from 'zod'
import { siteIdSchema } from '../../protocols/contract/ids.ts'
import type { Store } from './store.ts'

/** Beside the tables of store.ts and independent of them, so that an older store simply gains them. */
const schema = `
  CREATE TABLE IF NOT EXISTS staff (
    login TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, sites TEXT NOT NULL, password_hash TEXT NOT NULL,
    closed INTEGER NOT NULL, invite_hash TEXT UNIQUE, invite_until INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS staff_notes (at INTEGER NOT NULL, by_id TEXT NOT NULL, login TEXT NOT NULL, deed TEXT NOT NULL) STRICT;
`

const rowSchema = z
  .object({
    login: z.string(),
    id: z.string(),
    name: z.string(),
    role: z.enum(['teacher', 'technician', 'administrator']),
    sites: z.string().transform(text => z.array(siteIdSchema).or(z.literal('all')).parse(JSON.parse(text))),
    password_hash: z.string(),
    closed: z.number(),
    invite_hash: z.string().nullable(),
    invite_until: z.number().nullable(),
  })
  .transform(({ password_hash, closed, invite_hash, invite_until, ...row }) => ({
    ...row,
    /** Empty until the person has chosen one; no password opens an empty one. */
    passwordHash: password_hash,
    closed: closed === 1,
    ...(invite_hash === null || invite_until === null ? {} : { invitation: { hash: invite_hash, until: invite_until } }),
  }))
export type KeptStaff = z.infer<typeof rowSchema>

export interface StaffStore {
  all(): KeptStaff[]
  /** Keeps a member in place of any other of the same login. */
  put(member: KeptStaff): void
  byInvitation(hash: string): KeptStaff | undefined
  /** What an administrator did to an account, for whoever asks later. */
  note(at: number, by: string, login: string, deed: string): void
}

export function createStaffStore(store: Store): StaffStore {
  store.exec(schema)
  const all = store.prepare('SELECT * FROM staff ORDER BY login')
  const byInvitation = store.prepare<[string]>('SELECT * FROM staff WHERE invite_hash = ?')
  const put = store.prepare(
    'INSERT OR REPLACE INTO staff (login, id, name, role, sites, password_hash, closed, invite_hash, invite_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const note = store.prepare('INSERT INTO staff_notes (at, by_id, login, deed) VALUES (?, ?, ?, ?)')
  return {
    all: () => all.all().map(row => rowSchema.parse(row)),
    put: ({ login, id, name, role, sites, passwordHash, closed, invitation }) =>
      void put.run(
        login,
        id,
        name,
        role,
        JSON.stringify(sites),
        passwordHash,
        closed ? 1 : 0,
        invitation?.hash ?? null,
        invitation?.until ?? null,
      ),
    byInvitation: hash => {
      const row = byInvitation.get(hash)
      return row === undefined ? undefined : rowSchema.parse(row)
    },
    note: (at, by, login, deed) => void note.run(at, by, login, deed),
  }
}
