// The tables of a school's store and how an older file becomes a newer one, step by step by user_version.
import type Database from 'better-sqlite3'

/** Step n takes a file from version n to n + 1. A step once released is never edited. */
const steps: readonly string[] = [
  `
  -- The truth: append-only, numbered from 1 without gaps. Everything below it that says "fold" can be made from it again.
  CREATE TABLE events (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

  -- Folds.
  CREATE TABLE jobs (id TEXT PRIMARY KEY, ticket INTEGER NOT NULL, open INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT;
  CREATE INDEX jobs_open ON jobs (open, ended_at);
  CREATE INDEX jobs_ticket ON jobs (ticket);
  CREATE TABLE machines (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

  -- Commands taken up (reply NULL) and answered: an id runs once.
  CREATE TABLE commands (id TEXT PRIMARY KEY, at INTEGER NOT NULL, reply TEXT) STRICT;
  CREATE INDEX commands_at ON commands (at);

  -- Analysed files. facts names the machines' data the analysis was made with.
  CREATE TABLE programs (sha256 TEXT PRIMARY KEY, at INTEGER NOT NULL, facts TEXT NOT NULL, body TEXT NOT NULL) STRICT;

  -- Small numbers and texts: what the city confirmed, what the machine room's reports reached, the directory.
  CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  -- Pictures the city has not got yet.
  CREATE TABLE pictures_due (sha256 TEXT NOT NULL, what TEXT NOT NULL, PRIMARY KEY (sha256, what)) STRICT;

  -- Who is signed in at the school's own screen; the token's hash only.
  CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, login TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  `,
  `
  -- Slicers' keys: hashes and whom they stand for.
  CREATE TABLE slicer_keys (
    id TEXT PRIMARY KEY, login TEXT NOT NULL, site TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE, md5 TEXT NOT NULL, sha256 TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER,
    UNIQUE (login, site, target)
  ) STRICT;
  `,
  `
  -- Folds of the events on people: permits, instructions, groups; the last word on each.
  CREATE TABLE records (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;

  -- The vault (daemon/vault.ts): no folds, known here only, erased when asked.
  CREATE TABLE pupils (
    key TEXT PRIMARY KEY, pseudonym TEXT NOT NULL UNIQUE, nickname TEXT NOT NULL, group_id TEXT NOT NULL, age_band TEXT,
    recovery_hash TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX pupils_group ON pupils (group_id);
  CREATE TABLE pins (person TEXT PRIMARY KEY, hash TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE pushes (endpoint TEXT NOT NULL, ticket TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (endpoint, ticket)) STRICT;
  `,
  `
  -- What the school's own screen watched of its machines (daemon/series-shelf.ts); pruned.
  CREATE TABLE series (
    name TEXT NOT NULL, machine TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, machine, at)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Which jobs follow a plate's job (daemon/plates.ts).
  CREATE INDEX jobs_plate ON jobs (body ->> '$.plate');
  `,
  `
  -- Which jobs are of a program: the city takes its pictures once it knows one of them (daemon/picture-post.ts).
  CREATE INDEX jobs_program ON jobs (body ->> '$.program.sha256');
  `,
]

/** Brings the file up to date; a file from a newer program is refused rather than guessed at. */
export function migrate(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > steps.length) throw new Error(`the store is of version ${version}; this program knows ${steps.length}: update Tsekh`)
  for (let at = version; at < steps.length; at++) {
    database.transaction(() => {
      database.exec(steps[at] ?? '')
      database.pragma(`user_version = ${at + 1}`)
    })()
  }
}
