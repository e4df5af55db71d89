// A shelf of what was watched that forgets with the process: for a server that was given none.
import type { SeriesRow, SeriesShelf } from '../workplace.ts'

export function createMemorySeries(): SeriesShelf {
  const rows = new Map<string, SeriesRow & { name: string; site: string }>()
  const marks = new Map<string, number>()
  return {
    put: (name, site, added) => {
      for (const row of added) rows.set(`${name}/${site}/${row.machine}/${row.at}`, { ...row, name, site })
    },
    read: (name, site, machine, sinceMs) =>
      [...rows.values()]
        .filter(row => row.name === name && row.site === site && row.at >= sinceMs && (machine === undefined || row.machine === machine))
        .sort((a, b) => (a.machine < b.machine ? -1 : a.machine > b.machine ? 1 : a.at - b.at))
        .map(({ machine: id, at, body }) => ({ machine: id, at, body })),
    prune: (name, site, beforeMs) => {
      for (const [key, row] of rows) if (row.name === name && row.site === site && row.at < beforeMs) rows.delete(key)
    },
    mark: site => marks.get(site) ?? 0,
    putMark: (site, mark) => void marks.set(site, mark),
  }
}
