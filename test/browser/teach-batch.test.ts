// Many commands as one deed, and which rows are chosen: decided without a browser.
import { describe, expect, it } from 'vitest'
import type { Asked } from '../../dashboard/web/live/server.ts'
import { beforeOf } from '../../dashboard/web/school/reorder.ts'
import { Batch, type BatchItem } from '../../dashboard/web/teach/batch.ts'
import { choose, extend, keepOnly, nothingChosen, toggle } from '../../dashboard/web/teach/selection.ts'

const items = (count: number): BatchItem[] =>
  Array.from({ length: count }, (_, k) => ({ id: `command-${k}`, name: `№${k}`, ask: { kind: 'job.approve', job: `job-000${k}` } }))
const done: Asked = { outcome: 'replied', reply: { outcome: 'done', command: 'command-0', at: 0 } }
const denied = (code: string): Asked => ({ outcome: 'failed', trouble: 'denied', denial: { code, text: { ru: code, en: code } } })

async function over(batch: Batch) {
  await new Promise<void>(resolve => {
    const look = () => {
      if (batch.state().state !== 'over') return
      stop()
      resolve()
    }
    const stop = batch.subscribe(look)
    look()
  })
  const state = batch.state()
  return state.state === 'over' ? state.results : []
}

describe('a batch', () => {
  it('sends nothing when it is taken back', async () => {
    const sent: string[] = []
    const batch = new Batch({
      heldMs: 5,
      send: async ({ id }) => {
        sent.push(id)
        return done
      },
      wait: async () => undefined,
    })
    batch.begin(items(3))
    batch.takeBack()
    await new Promise(resolve => setTimeout(resolve, 20))
    expect([batch.state(), sent]).toEqual([{ state: 'idle' }, []])
  })

  it('sends at most four at a time, each once, and begins no other meanwhile', async () => {
    let open = 0
    let most = 0
    const sent: string[] = []
    const batch = new Batch({
      heldMs: 60_000,
      send: async ({ id }) => {
        sent.push(id)
        open += 1
        most = Math.max(most, open)
        await new Promise(resolve => setTimeout(resolve, 1))
        open -= 1
        return done
      },
      wait: async () => undefined,
    })
    batch.begin(items(30))
    batch.begin(items(5))
    batch.sendNow()
    expect(await over(batch)).toHaveLength(30)
    expect([most, sent.length, new Set(sent).size]).toEqual([4, 30, 30])
  })

  it('waits and asks the same again after “too fast”, and gives up in the end', async () => {
    let turns = 0
    const waited: number[] = []
    const batch = new Batch({
      heldMs: 60_000,
      send: async ({ id }) => {
        turns += 1
        return id === 'command-1' || turns < 3 ? denied('too-fast') : done
      },
      wait: async ms => {
        waited.push(ms)
      },
    })
    batch.begin(items(2))
    batch.sendNow()
    const results = await over(batch)
    expect(results.map(({ item, outcome }) => [item.id, outcome.what]).sort()).toEqual([
      ['command-0', 'done'],
      ['command-1', 'refused'],
    ])
    expect(waited.length).toBeLessThan(30)
  })

  it('tries again only what did not work; what was refused by the school is a new command', async () => {
    const sent: string[] = []
    const batch = new Batch({
      heldMs: 60_000,
      send: async ({ id }) => {
        sent.push(id)
        if (id === 'command-0')
          return { outcome: 'replied', reply: { outcome: 'refused', command: id, at: 0, denial: { code: 'x', text: { ru: '', en: '' } } } }
        return id === 'command-1' && sent.filter(each => each === id).length === 1 ? { outcome: 'failed', trouble: 'offline' } : done
      },
      wait: async () => undefined,
    })
    batch.begin(items(3))
    batch.sendNow()
    await over(batch)
    batch.retry()
    const results = await over(batch)
    expect(results.map(({ outcome }) => outcome.what)).toEqual(['done', 'done', 'done'])
    expect(sent.slice(3)).toEqual([expect.stringMatching(/^command-0-/), 'command-1'])
  })
})

describe('choosing rows', () => {
  const order = ['a', 'b', 'c', 'd', 'e']
  const ids = (selection: { chosen: ReadonlySet<string> }) => [...selection.chosen].sort().join('')
  it('adds and takes away one, a range, all that meet a condition', () => {
    const one = toggle(nothingChosen, 'b')
    expect(ids(one)).toBe('b')
    expect(ids(extend(one, 'd', order))).toBe('bcd')
    expect(ids(extend(toggle(extend(one, 'd', order), 'd'), 'b', order))).toBe('')
    expect(ids(toggle(one, 'b'))).toBe('')
    expect(ids(choose(['a', 'e']))).toBe('ae')
  })
  it('begins a range anew where the row it began at is gone', () => {
    expect(ids(extend(toggle(nothingChosen, 'gone'), 'c', order))).toBe('cgone')
    expect(ids(keepOnly(choose(['a', 'gone']), new Set(order)))).toBe('a')
  })
})

describe('the place of a carried row', () => {
  const whole = ['a', 'x', 'b', 'c', 'y']
  it.for([
    ['to the front', 'c', 0, ['a', 'b', 'c'], 'a'],
    ['between two that are shown', 'a', 1, ['a', 'b', 'c'], 'c'],
    ['behind the last one shown, before the next one hidden', 'a', 2, ['a', 'b', 'c'], 'y'],
    ['to the very end', 'a', 4, whole, undefined],
    ['alone among those shown: where it was asked for, the end', 'b', 0, ['b'], undefined],
  ] as const)('%s', ([, id, to, shown, before]) => {
    expect(beforeOf(id, to, shown, whole)).toBe(before)
  })
})
