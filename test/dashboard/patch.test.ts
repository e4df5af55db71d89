// Frames carry differences: a merge patch makes the new thing of the old one, whatever changed, and a machine's card is told only what it shows.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardFigures } from '../../dashboard/fleet/card.ts'
import type { Telemetry } from '../../protocols/contract/machine.ts'
import { patched, patchOf } from '../../protocols/contract/patch.ts'

describe('a patch', () => {
  it.for([
    ['nothing', { a: 1 }, { a: 1 }, undefined],
    ['a figure', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ['a figure within', { a: { x: 1, y: 1 }, b: 1 }, { a: { x: 1, y: 2 }, b: 1 }, { a: { y: 2 } }],
    ['what is gone', { a: 1, b: 2 }, { a: 1 }, { b: null }],
    ['what is gone within', { a: { x: 1, y: 1 } }, { a: { y: 1 } }, { a: { x: null } }],
    ['a list, whole', { a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    ['a list that says the same', { a: [1, { x: 2 }] }, { a: [1, { x: 2 }] }, undefined],
    [
      'another shape of the same state',
      { s: { state: 'running', job: 'j' } },
      { s: { state: 'ready' } },
      { s: { state: 'ready', job: null } },
    ],
    ['something called __proto__', { a: 1 }, JSON.parse('{"a":1,"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
  ] as [string, object, object, object | undefined][])('carries %s', ([, before, after, patch]) => {
    expect(patchOf(before, after)).toEqual(patch)
    expect(patched(before, patch)).toEqual(after)
  })

  it('makes any thing of any other, over the wire', () => {
    const thing = fc.dictionary(
      fc.string(),
      fc.jsonValue({ maxDepth: 3 }).filter(value => !JSON.stringify(value).includes('null')),
    )
    fc.assert(
      fc.property(thing, thing, (before, after) => {
        const patch = patchOf<object>(before, after)
        expect(patched(before, patch && JSON.parse(JSON.stringify(patch)))).toEqual(JSON.parse(JSON.stringify(after)))
      }),
    )
  })

  it('leaves alone what it does not name: a page draws only what moved', () => {
    const before = { laser: { state: { state: 'ready' } }, mill: { state: { state: 'ready' } } }
    const after = patched(before, { laser: { state: { state: 'running' } } })
    expect(after.mill).toBe(before.mill)
    expect(patched(before, {})).toBe(before)
  })
})

describe('the figures on a card', () => {
  const progress = {
    job: 'job-00001',
    lines: 5,
    bytes: 9,
    fraction: 0.5,
    elapsedSeconds: 10.25,
    remainingSeconds: 100.5,
    layer: 3,
    layers: 9,
  }
  const told: Telemetry = {
    at: 10_000,
    heaters: { bed: { actual: 60.04, target: 60, power: 0.3 } },
    progress,
    position: { x: 1, y: 2, z: 3 },
  }
  const shown = cardFigures(undefined, told)

  it('are whole degrees and seconds, without what a card has no place for', () => {
    expect(shown).toEqual({
      at: 10_000,
      heaters: { bed: { actual: 60, target: 60 } },
      progress: { ...progress, elapsedSeconds: 10, remainingSeconds: 101 },
    })
  })

  it.for([
    ['a thermistor trembles', { heaters: { bed: { actual: 60.7, target: 60 } } }, false],
    ['a heater moves', { heaters: { bed: { actual: 61.2, target: 60 } } }, true],
    ['a target is set', { heaters: { bed: { actual: 60, target: 0 } } }, true],
    ['a heater is gone', { heaters: {} }, true],
    ['the machine moves', { position: { x: 9, y: 9, z: 9 } }, false],
    ['a second goes by as foreseen', { progress: { ...progress, remainingSeconds: 99.5 } }, false],
    ['the end moves away', { progress: { ...progress, remainingSeconds: 110 } }, true],
    ['a percent is done', { progress: { ...progress, fraction: 0.51 } }, true],
    ['a layer begins', { progress: { ...progress, layer: 4 } }, true],
    ['another job runs', { progress: { ...progress, job: 'job-00002' } }, true],
    ['the job is over', { progress: undefined }, true],
  ] as [string, object, boolean][])('when %s are told anew: %s', ([, change, anew]) => {
    const { progress: now, ...rest } = { ...told, ...change } as Telemetry
    const next = cardFigures(shown, { ...rest, at: 11_000, ...(now && { progress: now }) })
    expect(next !== shown).toBe(anew)
  })
})
