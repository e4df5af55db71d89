// What was watched, in the city's store: quarters of an hour, days of presence and days of jobs; a row a machine and a time.
import type { SeriesName, SeriesRow, SeriesShelf } from '../workplace.ts'
import type { Store } from './store.ts'

/** Beside the tables of store.ts and independent of them, so that an older store simply gains them. */
const schema = `
  CREATE TABLE IF NOT EXISTS series (
    name TEXT NOT NULL, site TEXT NOT NULL, machine TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (name, site, machine, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS series_marks (site TEXT PRIMARY KEY, mark INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`

export function createStoreSeries(store: Store): SeriesShelf {
  store.exec(schema)
  const write = store.prepare(
    'INSERT INTO series (name, site, machine, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  )
  const ofMachine = store.prepare<[SeriesName, string, string, number], SeriesRow>(
    'SELECT machine, at, body FROM series WHERE name = ? AND site = ? AND machine = ? AND at >= ? ORDER BY at',
  )
  const ofSite = store.prepare<[SeriesName, string, number], SeriesRow>(
    'SELECT machine, at, body FROM series WHERE name = ? AND site = ? AND at >= ? ORDER BY machine, at',
  )
  const old = store.prepare('DELETE FROM series WHERE name = ? AND site = ? AND at < ?')
  const readMark = store.prepare<[string], { mark: number }>('SELECT mark FROM series_marks WHERE site = ?')
  const writeMark = store.prepare('INSERT INTO series_marks (site, mark) VALUES (?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark')
  const put = store.transaction((name: SeriesName, site: string, rows: readonly SeriesRow[]) => {
    for (const { machine, at, body } of rows) write.run(name, site, machine, at, body)
  })
  return {
    put,
    read: (name, site, machine, sinceMs) =>
      machine === undefined ? ofSite.all(name, site, sinceMs) : ofMachine.all(name, site, machine, sinceMs),
    prune: (name, site, beforeMs) => void old.run(name, site, beforeMs),
    mark: site => readMark.get(site)?.mark ?? 0,
    putMark: (site, mark) => void writeMark.run(site, mark),
  }
}
