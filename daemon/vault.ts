// The school's vault: nicknames, PINs and ways back in. Nothing of it is an event, nothing of it leaves the school, and all of it can be erased.
import type Database from 'better-sqlite3'

/** A pupil as the school knows one. `key` is what everybody else knows (DESIGN §6): a keyed hash that says nothing. */
export type PupilRow = {
  readonly key: string
  readonly pseudonym: string
  readonly nickname: string
  readonly group: string
  readonly ageBand: string | null
  /** scrypt of the recovery words. */
  readonly recoveryHash: string
  readonly createdAt: number
}

export type Vault = ReturnType<typeof createVault>

const pupilColumns =
  'key, pseudonym, nickname, group_id AS "group", age_band AS ageBand, recovery_hash AS recoveryHash, created_at AS createdAt FROM pupils'

/** The vault over the store's database. */
export function createVault(database: Database.Database) {
  // What is forgotten is overwritten, not merely unlinked.
  database.pragma('secure_delete = ON')
  const putPupil = database.prepare(
    'INSERT INTO pupils (key, pseudonym, nickname, group_id, age_band, recovery_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const forgetPupil = database.prepare<[string]>('DELETE FROM pupils WHERE key = ?')
  const byKey = database.prepare<[string], PupilRow>(`SELECT ${pupilColumns} WHERE key = ?`)
  const byPseudonym = database.prepare<[string], PupilRow>(`SELECT ${pupilColumns} WHERE pseudonym = ?`)
  const allPupils = database.prepare<[], PupilRow>(`SELECT ${pupilColumns} ORDER BY created_at, key`)
  const inGroup = database.prepare<[string], number>('SELECT count(*) FROM pupils WHERE group_id = ?').pluck()
  const putPin = database.prepare(
    'INSERT INTO pins (person, hash, at) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, at = excluded.at',
  )
  const pin = database.prepare<[string], string>('SELECT hash FROM pins WHERE person = ?').pluck()
  const push = {
    put: database.prepare('INSERT OR REPLACE INTO pushes (endpoint, ticket, body) VALUES (?, ?, ?)'),
    all: database.prepare<[], string>('SELECT body FROM pushes').pluck(),
    remove: database.prepare<[string, string]>('DELETE FROM pushes WHERE endpoint = ? AND ticket = ?'),
  }
  return {
    putPupil: (row: PupilRow): void => {
      putPupil.run(row.key, row.pseudonym, row.nickname, row.group, row.ageBand, row.recoveryHash, row.createdAt)
    },
    pupil: (key: string): PupilRow | undefined => byKey.get(key),
    pupilCalled: (pseudonym: string): PupilRow | undefined => byPseudonym.get(pseudonym),
    pupils: (): PupilRow[] => allPupils.all(),
    pupilsIn: (group: string): number => inGroup.get(group) ?? 0,
    /** False when there was none. */
    forgetPupil: (key: string): boolean => {
      const found = forgetPupil.run(key).changes > 0
      // The log beside the file holds the old page until it is written over.
      if (found) database.pragma('wal_checkpoint(TRUNCATE)')
      return found
    },
    putPin: (person: string, hash: string, at: number): void => {
      putPin.run(person, hash, at)
    },
    pinHash: (person: string): string | undefined => pin.get(person),
    /** Devices that want to hear of a ticket; `body` is the web server's business. */
    pushes: {
      all: (): string[] => push.all.all(),
      put: (endpoint: string, ticket: string, body: string): void => {
        push.put.run(endpoint, ticket, body)
      },
      remove: (endpoint: string, ticket: string): void => {
        push.remove.run(endpoint, ticket)
      },
    },
  }
}
