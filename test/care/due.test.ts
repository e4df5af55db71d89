// How far the rows of a maintenance plan have come, and that every model's plan is whole.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CareDesk, loadKindPlans, planOf } from '../../daemon/care-plans.ts'
import { loadModels } from '../../daemon/models.ts'
import type { Cared, CarePlans } from '../../protocols/contract/care.ts'
import { careDue, photosOf, shownOrders, standingOf } from '../../protocols/contract/care-due.ts'
import { person } from '../daemon/kit.ts'

const day = 86_400_000
const start = 1_800_000_000_000
const folder = join(import.meta.dirname, '../../drivers/models')
const words = { ru: 'р', en: 'e' }
const by = person('technician')
const plans = (runningHours: number): CarePlans => ({
  plans: {
    printer: [
      { id: 'belts', text: words, everyHours: 200 },
      { id: 'wires', text: words, everyDays: 90 },
    ],
  },
  machines: { one: { plan: 'printer', since: start, runningSeconds: runningHours * 3600 } },
})
const cared = (hours: number, more: Partial<Cared> = {}): Cared => ({
  machine: 'one',
  task: 'belts',
  at: start,
  runningSeconds: hours * 3600,
  by,
  ...more,
})

describe('a row of the plan', () => {
  it.for<[string, number, Cared[], number, string]>([
    ['is fine', 100, [], 0.5, 'fine'],
    ['is soon due at nine tenths', 180, [], 0.9, 'soon'],
    ['is due at the whole', 200, [], 1, 'due'],
    ['counts from the last time', 390, [cared(200)], 0.95, 'soon'],
    ['counts from the beginning where the only time was taken back', 390, [cared(200, { undone: true })], 1.95, 'due'],
    ['is not older than new when the counter began anew', 10, [cared(200)], 0, 'fine'],
  ])('%s', ([, hours, last, share, standing]) => {
    const row = careDue(plans(hours), last, start).find(({ task }) => task.id === 'belts')
    expect([row?.share, row && standingOf(row)]).toEqual([share, standing])
  })

  it('by days counts from the day the machine is known, and the most used up comes first', () => {
    const rows = careDue(plans(100), [], start + 81 * day)
    expect(rows.map(({ task, share, days }) => [task.id, share, days])).toEqual([
      ['wires', 0.9, 81],
      ['belts', 0.5, 81],
    ])
  })

  it('of a machine whose plan is not told has none', () => {
    expect(careDue({ plans: {}, machines: { one: { plan: 'constructor', since: 0, runningSeconds: 0 } } }, [], start)).toEqual([])
  })
})

describe('orders', () => {
  it('closed more than ninety days ago are not shown, and neither are their photos', () => {
    const order = { site: 's', machine: 'm', title: 't', openedAt: start, by }
    const photo = (letter: string) => [{ at: start, by, photos: [letter.repeat(64)] }]
    const shown = shownOrders(
      [
        { ...order, id: 'old-order', closedAt: start - 91 * day, remarks: photo('a') },
        { ...order, id: 'new-order', closedAt: start - 89 * day, remarks: photo('b') },
        { ...order, id: 'open-order', openedAt: 1, remarks: photo('b') },
      ],
      start,
    )
    expect(shown.map(({ id }) => id)).toEqual(['open-order', 'new-order'])
    expect(photosOf(shown)).toEqual(['b'.repeat(64)])
  })
})

describe('the plans', () => {
  const kinds = loadKindPlans(folder)
  const models = loadModels(folder)

  it.for([...models.values()])('$id has one with different rows, each with an interval', model => {
    const plan = planOf(kinds, model)
    expect(plan.length).toBeGreaterThanOrEqual(6)
    expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length)
    for (const { everyHours, everyDays, text } of plan) {
      expect(everyHours ?? everyDays).toBeGreaterThan(0)
      expect(text.ru).toMatch(/[а-яё]/i)
      expect(text.en).toMatch(/[a-z]/i)
    }
  })

  it.for(['printer', 'laser', 'mill'])('of a %s say where their figures are from', kind => {
    const { source } = parse(readFileSync(join(folder, 'care', `${kind}.yaml`), 'utf8')) as { source: string }
    expect(source).toMatch(/default|maker/)
  })

  it('of a model stand over those of its kind', () => {
    const mk3s = models.get('prusa-mk3s')
    const plan = mk3s === undefined ? [] : planOf(kinds, mk3s)
    expect(plan.find(({ id }) => id === 'lubricate')?.everyHours).toBe(200)
    expect(plan.map(({ id }) => id)).toContain('plate')
  })

  it('are told once a list, with the day a machine was first known, which stays', () => {
    const notes = new Map<string, string>()
    const store = {
      machine: () => ({ inService: false, faults: [], runningSeconds: 7200, jobs: 0, resends: 0 }),
      note: (key: string) => notes.get(key),
      putNote: (key: string, value: string) => void notes.set(key, value),
    }
    const machines = [
      { id: 'one', model: 'creality-ender-3' },
      { id: 'two', model: 'creality-ender-3-v2' },
      { id: 'three', model: 'prusa-mk3s' },
    ]
    const open = (nowMs: number) => new CareDesk({ kinds, machines, models, store, nowMs: () => nowMs })
    open(start)
    const told = open(start + day).plans()
    expect(Object.keys(told.plans)).toEqual(['printer', 'prusa-mk3s'])
    expect(told.machines.two).toEqual({ plan: 'printer', since: start, runningSeconds: 7200 })
    expect(JSON.stringify(told).length).toBeLessThan(8_000)
  })
})
