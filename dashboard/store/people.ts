// Accounts and sessions in the city's store, and the directory a school needs to judge rights with the link down.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { siteIdSchema } from '../../protocols/contract/ids.ts'
import { roleSchema } from '../../protocols/contract/role.ts'
import type { Directory } from '../../protocols/contract/wire.ts'
import type { SessionShelf } from '../accounts/sessions.ts'
import type { Account } from '../workplace.ts'
import { createRosterStore } from './roster.ts'
import { createStaffStore } from './staff.ts'
import type { Store } from './store.ts'

const accountRowSchema = z.object({
  login: z.string(),
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  sites: z.string().transform(text => z.array(siteIdSchema).or(z.literal('all')).parse(JSON.parse(text))),
  password_hash: z.string(),
})

export interface PeopleStore {
  account(login: string): Account | undefined
  accounts(): Account[]
  /** Replaces the accounts of the city's file by these. */
  replace(accounts: readonly Account[]): void
  /** A site's staff; pupils are pseudonyms and stand in no list. The version rises whenever any account changes. */
  directory(site: string): Directory
  /** Something of the directory changed that is no account: a PIN, a permit. */
  touch(): void
  /** Staff made on the screen changed: read it anew. */
  staffChanged(): void
  /** Whether the city's file names this login; then no other account has it. */
  inFile(login: string): boolean
}

export function createPeopleStore(store: Store, clock: () => number): PeopleStore {
  const readAll = store.prepare('SELECT * FROM accounts ORDER BY login')
  const insert = store.prepare('INSERT INTO accounts (login, id, name, role, sites, password_hash) VALUES (?, ?, ?, ?, ?, ?)')
  const clear = store.prepare('DELETE FROM accounts')
  const readFact = store.prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?')
  const writeFact = store.prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')

  const staff = createStaffStore(store)
  let ofFile: ReadonlySet<string> = new Set()
  const load = (): Map<string, Account> => {
    const rows = readAll.all().map(row => accountRowSchema.parse(row))
    ofFile = new Set(rows.map(({ login }) => login))
    const made = staff.all().flatMap(({ closed, invitation: _, ...member }) => (closed ? [] : [[member.login, member] as const]))
    // The file is the last word on a login that stands in both.
    return new Map<string, Account>([
      ...made,
      ...rows.map(({ password_hash, ...row }) => [row.login, { ...row, passwordHash: password_hash }] as const),
    ])
  }
  // Asked on every request: kept in memory, a few thousand at most.
  let accounts = load()
  const roster = createRosterStore(store)
  const version = () => Number(readFact.get('directory-version')?.value ?? 0)

  const replace = store.transaction((next: readonly Account[]) => {
    const ordered = [...next].sort((a, b) => (a.login < b.login ? -1 : 1))
    const digest = createHash('sha256').update(JSON.stringify(ordered)).digest('hex')
    if (readFact.get('directory-digest')?.value === digest) return
    clear.run()
    for (const { login, id, name, role, sites, passwordHash } of ordered)
      insert.run(login, id, name, role, JSON.stringify(sites), passwordHash)
    writeFact.run('directory-digest', digest)
    touch()
  })
  // By the clock, too: schools ignore a lower version, and a city whose store was lost must not start below them.
  const touch = () => void writeFact.run('directory-version', String(Math.max(version() + 1, Math.floor(clock() / 1000))))

  return {
    account: login => accounts.get(login),
    accounts: () => [...accounts.values()],
    replace: next => {
      replace(next)
      accounts = load()
    },
    directory: site => {
      const staff = [...accounts.values()].filter(({ role, sites }) => role !== 'pupil' && (sites === 'all' || sites.includes(site)))
      const permits = roster.permitsFromElsewhere(site, new Set(staff.map(({ id }) => id)), clock())
      return {
        version: version(),
        people: staff.map(account => {
          const pinHash = roster.pinHash(account.id)
          // Whom else a person works for is no school's business.
          return { ...account, sites: account.sites === 'all' ? 'all' : [site], ...(pinHash !== undefined && { pinHash }) }
        }),
        ...(permits.length > 0 && { permits }),
      }
    },
    touch,
    staffChanged: () => {
      accounts = load()
    },
    inFile: login => ofFile.has(login),
  }
}

/** Sessions on the store's disk: a restart of the city signs nobody out. */
export function createStoreShelf(store: Store): SessionShelf {
  const put = store.prepare('INSERT INTO sessions (token_hash, login, expires_at) VALUES (?, ?, ?)')
  const get = store.prepare<[string], { login: string; expires_at: number }>('SELECT login, expires_at FROM sessions WHERE token_hash = ?')
  const remove = store.prepare('DELETE FROM sessions WHERE token_hash = ?')
  const removeOf = store.prepare('DELETE FROM sessions WHERE login = ?')
  const removeExpired = store.prepare('DELETE FROM sessions WHERE expires_at <= ?')
  return {
    put: (tokenHash, { login, expiresAt }) => void put.run(tokenHash, login, expiresAt),
    get: tokenHash => {
      const row = get.get(tokenHash)
      return row && { login: row.login, expiresAt: row.expires_at }
    },
    delete: tokenHash => void remove.run(tokenHash),
    deleteOf: login => void removeOf.run(login),
    deleteExpired: nowMs => void removeExpired.run(nowMs),
  }
}
