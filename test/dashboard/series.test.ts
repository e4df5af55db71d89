// The shelf of what was watched: the city's, the school's own and the one in memory keep, find, replace and drop rows alike.
import { describe, expect, it } from 'vitest'
import { Store } from '../../daemon/store.ts'
import { createStoreSeries } from '../../dashboard/store/series.ts'
import { openStore } from '../../dashboard/store/store.ts'
import { createMemorySeries } from '../../dashboard/trends/memory.ts'
import type { SeriesShelf } from '../../dashboard/workplace.ts'
import { temporaryFolder } from './house.ts'

type Opened = { shelf: SeriesShelf; close: () => void }

const shelves: [string, (path: string) => Opened][] = [
  [
    'the city’s',
    path => ((store): Opened => ({ shelf: createStoreSeries(store), close: () => void store.close() }))(openStore(`${path}/city.db`)),
  ],
  [
    'the school’s own',
    path => ((store): Opened => ({ shelf: store.series, close: () => store.close() }))(new Store(`${path}/school.sqlite`)),
  ],
  ['the one in memory', () => ({ shelf: createMemorySeries(), close: () => undefined })],
]

describe.for(shelves)('%s shelf', ([name, open]) => {
  const row = (machine: string, at: number, body = `${machine}${at}`) => ({ machine, at, body })

  it('gives back by machine, oldest first, what is young enough', () => {
    using folder = temporaryFolder()
    const { shelf, close } = open(folder.path)
    shelf.put('trend', 'alpha', [row('b', 2), row('b', 1), row('a', 3), row('__proto__', 4)])
    shelf.put('presence', 'alpha', [row('b', 1, 'other')])
    expect(shelf.read('trend', 'alpha', 'b', 0)).toEqual([row('b', 1), row('b', 2)])
    expect(shelf.read('trend', 'alpha', 'b', 2)).toEqual([row('b', 2)])
    expect(shelf.read('trend', 'alpha', undefined, 2).map(({ machine, at }) => `${machine}${at}`)).toEqual(['__proto__4', 'a3', 'b2'])
    close()
  })

  it('replaces a row of the same machine and time, and drops what is too old', () => {
    using folder = temporaryFolder()
    const { shelf, close } = open(folder.path)
    shelf.put('jobs', 'alpha', [row('a', 1), row('a', 2)])
    shelf.put('jobs', 'alpha', [row('a', 2, 'new')])
    shelf.prune('jobs', 'alpha', 2)
    expect(shelf.read('jobs', 'alpha', undefined, 0)).toEqual([row('a', 2, 'new')])
    shelf.prune('trend', 'alpha', 9)
    expect(shelf.read('jobs', 'alpha', undefined, 0)).toHaveLength(1)
    close()
  })

  it('remembers how far the events were read, over a restart where it has a disk', () => {
    using folder = temporaryFolder()
    const first = open(folder.path)
    expect(first.shelf.mark('alpha')).toBe(0)
    first.shelf.putMark('alpha', 41)
    first.shelf.putMark('alpha', 42)
    first.shelf.put('jobs', 'alpha', [row('a', 1)])
    expect(first.shelf.mark('alpha')).toBe(42)
    first.close()
    if (name === 'the one in memory') return
    const second = open(folder.path)
    expect([second.shelf.mark('alpha'), second.shelf.read('jobs', 'alpha', 'a', 0)]).toEqual([42, [row('a', 1)]])
    second.close()
  })
})

it('the city keeps its schools apart', () => {
  const store = openStore(':memory:')
  const shelf = createStoreSeries(store)
  shelf.put('trend', 'alpha', [{ machine: 'a', at: 1, body: 'of alpha' }])
  shelf.put('trend', 'beta', [{ machine: 'a', at: 1, body: 'of beta' }])
  shelf.prune('trend', 'alpha', 9)
  expect(shelf.read('trend', 'beta', 'a', 0)).toEqual([{ machine: 'a', at: 1, body: 'of beta' }])
  expect(shelf.read('trend', 'alpha', undefined, 0)).toEqual([])
  store.close()
})
