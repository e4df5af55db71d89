// The city's store: one SQLite file in WAL, opened whole or not at all. What it keeps is told table by table in its neighbours.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

export type Store = Database.Database

/**
 * `events` is the truth, append-only; `jobs`, `faults` and `machines` are folds of what was said, kept so that a start need not read it all.
 * `rank` orders a site's events over its lives: a school that lost its disk starts again at 1, in a new epoch (store/events.ts).
 */
const schema = `
  CREATE TABLE sites (
    site TEXT PRIMARY KEY, epoch INTEGER NOT NULL, contiguous INTEGER NOT NULL, session TEXT, birth TEXT
  ) STRICT;
  CREATE TABLE events (
    site TEXT NOT NULL, epoch INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (site, epoch, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE jobs (
    site TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL, ended_at INTEGER, json TEXT NOT NULL, PRIMARY KEY (site, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_by_end ON jobs (ended_at);
  CREATE TABLE faults (
    site TEXT NOT NULL, machine TEXT NOT NULL, code TEXT NOT NULL, rank INTEGER NOT NULL, raised INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (site, machine, code)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE machines (site TEXT NOT NULL, machine TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (site, machine)) STRICT, WITHOUT ROWID;
  CREATE TABLE commands (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, author TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    state TEXT NOT NULL, json TEXT NOT NULL, reply TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX commands_waiting ON commands (site, state);
  CREATE INDEX commands_by_age ON commands (issued_at);
  CREATE TABLE accounts (
    login TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, sites TEXT NOT NULL, password_hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, login TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE uploads (
    sha256 TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (sha256, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`
const schemaVersion = 1

/** Opens the store at `path` (`:memory:` for a test), making it where it is missing. Throws when it was written by a newer Tsekh. */
export function openStore(path: string): Store {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const store = new Database(path)
  store.pragma('journal_mode = WAL')
  // A commit of one row costs 0.1 ms so; what is confirmed to a school must survive the city's power cut.
  store.pragma('synchronous = FULL')
  store.pragma('busy_timeout = 2000')
  const version = store.pragma('user_version', { simple: true })
  if (version === 0) {
    store.transaction(() => {
      store.exec(schema)
      store.pragma(`user_version = ${schemaVersion}`)
    })()
  } else if (version !== schemaVersion) {
    store.close()
    throw new Error(`${path} has version ${version}, this Tsekh reads version ${schemaVersion}: run the Tsekh that wrote it`)
  }
  return store
}
