// What the school's own screen watched of its machines: quarters of an hour, days of presence and days of jobs; a row a machine and a time.
import type Database from 'better-sqlite3'

/** As dashboard/workplace.ts asks for it; a school keeps its one site, and rows of any name. */
type Row = { machine: string; at: number; body: string }

export function createSeriesShelf(database: Database.Database) {
  const write = database.prepare(
    'INSERT INTO series (name, machine, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  )
  const ofMachine = database.prepare<[string, string, number], Row>(
    'SELECT machine, at, body FROM series WHERE name = ? AND machine = ? AND at >= ? ORDER BY at',
  )
  const ofAll = database.prepare<[string, number], Row>(
    'SELECT machine, at, body FROM series WHERE name = ? AND at >= ? ORDER BY machine, at',
  )
  const old = database.prepare('DELETE FROM series WHERE name = ? AND at < ?')
  const readMark = database.prepare<[], string>("SELECT value FROM notes WHERE key = 'series-mark'").pluck()
  const writeMark = database.prepare<[string]>(
    "INSERT INTO notes (key, value) VALUES ('series-mark', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  )
  return {
    put: database.transaction((name: string, _site: string, rows: readonly Row[]) => {
      for (const { machine, at, body } of rows) write.run(name, machine, at, body)
    }),
    read: (name: string, _site: string, machine: string | undefined, sinceMs: number): Row[] =>
      machine === undefined ? ofAll.all(name, sinceMs) : ofMachine.all(name, machine, sinceMs),
    prune: (name: string, _site: string, beforeMs: number): void => void old.run(name, beforeMs),
    mark: (_site: string): number => Number(readMark.get() ?? 0),
    putMark: (_site: string, mark: number): void => void writeMark.run(String(mark)),
  }
}
