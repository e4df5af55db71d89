// What people do for their machines at the daemon: maintenance, parts, work orders.
import { describe, expect, it } from 'vitest'
import { CareBook } from '../../daemon/care-book.ts'
import { type CareAsk, careDeed } from '../../daemon/care-deeds.ts'
import { withQuarantine } from '../../daemon/quarantine.ts'
import type { EventDraft } from '../../daemon/store.ts'
import type { CareTask } from '../../protocols/contract/care-task.ts'
import type { Author } from '../../protocols/contract/job.ts'
import { aJob, person, sha } from '../daemon/kit.ts'

const belts: CareTask = { id: 'belts', text: { ru: 'Ремни', en: 'Belts' }, everyHours: 200 }
const technician = person('technician')
const teacher = person('teacher')
const hour = 3_600_000
const start = 1_800_000_000_000

function shelf() {
  const book = new CareBook()
  let number = 0
  let seconds = 720_000
  const context = {
    site: 'school-1',
    book,
    task: (_machine: string, id: string) => (id === 'belts' ? belts : undefined),
    runningSeconds: () => seconds,
  }
  const ask = (asked: CareAsk, by: Author = technician, at = start): string | EventDraft[] => {
    const decided = careDeed(asked, context, by, at)
    if ('denial' in decided) return decided.denial.code
    for (const event of decided.events) book.fold({ number: ++number, ...event })
    return decided.events
  }
  const run = (hours: number) => {
    seconds += hours * 3600
  }
  return { book, ask, run }
}

const nozzle = (count: number): CareAsk => ({ kind: 'part.put', part: 'part-nozzle', name: 'Сопло 0,4 мм', count, least: 2, models: [] })
const did = (more: Partial<Extract<CareAsk, { kind: 'care.done' }>> = {}): CareAsk => ({
  kind: 'care.done',
  machine: 'printer-1',
  task: 'belts',
  ...more,
})
const undo: CareAsk = { kind: 'care.undo', machine: 'printer-1', task: 'belts' }
const opened = (more: Partial<Extract<CareAsk, { kind: 'order.open' }>> = {}): CareAsk => ({
  kind: 'order.open',
  order: 'order-0001',
  machine: 'printer-1',
  title: 'Стучит ремень',
  ...more,
})
const noted = (more: Partial<Extract<CareAsk, { kind: 'order.note' }>>): CareAsk => ({ kind: 'order.note', order: 'order-0001', ...more })

describe('maintenance', () => {
  it('is noted with the hours of that moment, who and what was used', () => {
    const { ask, book } = shelf()
    ask(nozzle(3))
    ask(did({ note: 'подтянул', parts: [{ part: 'part-nozzle', count: 2 }] }))
    expect(book.lastCared('printer-1', 'belts')).toMatchObject({ runningSeconds: 720_000, note: 'подтянул', by: { id: 'technician-1' } })
    expect(book.part('part-nozzle')?.count).toBe(1)
  })

  it('is not noted for a row the plan has not', () => {
    expect(shelf().ask(did({ task: 'wings' }))).toBe('unknown-task')
  })

  it('taken back puts the time before in its place, and the parts back on the shelf', () => {
    const { ask, book, run } = shelf()
    ask(nozzle(3))
    ask(did())
    run(10)
    ask(did({ parts: [{ part: 'part-nozzle', count: 1 }] }), technician, start + hour)
    expect(book.part('part-nozzle')?.count).toBe(2)
    ask(undo, technician, start + 2 * hour)
    expect(book.lastCared('printer-1', 'belts')).toMatchObject({ at: start, runningSeconds: 720_000 })
    expect(book.part('part-nozzle')?.count).toBe(3)
    ask(undo, technician, start + 2 * hour)
    expect(book.lastCared('printer-1', 'belts')?.undone).toBe(true)
    expect(ask(undo, technician, start + 2 * hour)).toBe('nothing-to-undo')
  })

  it('of the day before yesterday is not taken back any more', () => {
    const { ask } = shelf()
    ask(did())
    expect(ask(undo, technician, start + 25 * hour)).toBe('nothing-to-undo')
  })
})

describe('parts', () => {
  it.for<[string, { part: string; count: number }[], string]>([
    ['more than lie there', [{ part: 'part-nozzle', count: 4 }], 'part-short'],
    [
      'more than lie there, in two lines',
      [
        { part: 'part-nozzle', count: 2 },
        { part: 'part-nozzle', count: 2 },
      ],
      'part-short',
    ],
    ['what is not there at all', [{ part: 'part-other', count: 1 }], 'unknown-part'],
  ])('are not used: %s', ([, parts, code]) => {
    const { ask, book } = shelf()
    ask(nozzle(3))
    expect(ask(did({ parts }))).toBe(code)
    expect(book.part('part-nozzle')?.count).toBe(3)
    expect(book.lastCared('printer-1', 'belts')).toBe(undefined)
  })

  it('tell what is on the shelf when it is too little', () => {
    const { ask, book } = shelf()
    ask(nozzle(1))
    const decided = careDeed(
      did({ parts: [{ part: 'part-nozzle', count: 2 }] }),
      { site: 's', book, task: () => belts, runningSeconds: () => 0 },
      technician,
      start,
    )
    expect('denial' in decided && decided.denial.text.ru).toBe('«Сопло 0,4 мм»: на складе только 1.')
  })

  it('are counted anew under the same id, and not entered twice under one name', () => {
    const { ask, book } = shelf()
    ask(nozzle(3))
    ask(nozzle(7))
    expect(book.parts().map(({ count }) => count)).toEqual([7])
    expect(ask({ ...nozzle(1), part: 'part-again', name: 'сопло 0,4 ММ' } as CareAsk)).toBe('part-name-taken')
  })
})

describe('a work order', () => {
  it('goes from words and photos over notes and parts to its end', () => {
    const { ask, book } = shelf()
    ask(nozzle(3))
    ask(opened({ text: 'на углах', photos: [sha('a')] }), teacher)
    ask(noted({ text: 'сменил', parts: [{ part: 'part-nozzle', count: 1 }], close: true }), technician, start + hour)
    const order = book.order('order-0001')
    expect(order).toMatchObject({ site: 'school-1', closedAt: start + hour, closedBy: { id: 'technician-1' } })
    expect(order?.remarks.map(({ text, photos, parts }) => [text, photos?.length ?? 0, parts?.length ?? 0])).toEqual([
      ['на углах', 1, 0],
      ['сменил', 0, 1],
    ])
    expect(book.part('part-nozzle')?.count).toBe(2)
  })

  it.for<[string, CareAsk, Author, string]>([
    ['opened twice', opened(), technician, 'order-taken'],
    ['noted with nothing', noted({}), technician, 'order-empty'],
    ['closed by a teacher who has not opened it', noted({ close: true }), person('teacher', 'teacher-2'), 'not-your-order'],
    ['noted with parts by a teacher', noted({ parts: [{ part: 'part-nozzle', count: 1 }] }), teacher, 'parts-by-technician'],
    ['unknown', { ...noted({ text: 'а' }), order: 'order-0009' } as CareAsk, technician, 'unknown-work-order'],
    ['of a row the plan has not', opened({ order: 'order-0002', task: 'wings' }), technician, 'unknown-task'],
  ])('%s is refused', ([, asked, by, code]) => {
    const { ask } = shelf()
    ask(nozzle(3))
    ask(opened(), teacher)
    expect(ask(asked, by)).toBe(code)
  })

  it('closed takes no more notes', () => {
    const { ask } = shelf()
    ask(opened(), teacher)
    ask(noted({ close: true }), teacher)
    expect(ask(noted({ text: 'ещё' }))).toBe('order-closed')
  })

  it('that does a row of the plan does it when a technician closes it, and not when a teacher does', () => {
    const { ask, book } = shelf()
    ask(opened({ task: 'belts' }), teacher)
    ask(noted({ close: true }), teacher)
    expect(book.lastCared('printer-1', 'belts')).toBe(undefined)
    ask(opened({ order: 'order-0002', task: 'belts' }), teacher)
    ask(noted({ order: 'order-0002', text: 'сделано', close: true } as never), technician)
    expect(book.lastCared('printer-1', 'belts')?.note).toBe('сделано')
  })

  it('keeps five hundred closed ones in memory, and every open one', () => {
    const { book } = shelf()
    const base = { site: 's', machine: 'm', title: 't', openedAt: 1, by: teacher, remarks: [] }
    book.restore('order', { ...base, id: 'open-order' })
    for (let n = 0; n < 600; n++) book.restore('order', { ...base, id: `closed-${n}`, closedAt: n })
    expect(book.orders()).toHaveLength(501)
    expect(book.order('open-order')).toBeDefined()
    expect(book.order('closed-99')).toBe(undefined)
  })
})

describe('three failures of one cause', () => {
  const failed = (id: string, at: number): EventDraft => ({
    kind: 'job',
    at,
    change: 'cleared',
    job: aJob({
      id,
      machine: 'printer-1',
      state: 'completed',
      startedAt: at - hour,
      endedAt: at,
      verdict: { quality: 'failed', cause: 'Засор сопла', by: teacher, at },
    }),
  })

  it('open an order of our own, once, before the machine is taken out of work', () => {
    const failures = [1, 2].map(n => ({ job: `job-0000${n}`, at: start - n * hour, cause: 'Засор сопла' }))
    const memory = { inService: false, faults: [], runningSeconds: 0, jobs: 0, resends: 0, failures }
    const judged = withQuarantine([failed('job-00003', start)], 'printer-1', memory, start)
    expect(judged.map(({ kind }) => kind)).toEqual(['job', 'order', 'action'])
    const order = judged.flatMap(event => (event.kind === 'order' ? [event.order] : []))[0]
    expect(order).toMatchObject({ by: { id: 'tsekh' }, machine: 'printer-1', title: 'Засор сопла: 3 раза за неделю' })
    expect(order?.id).toMatch(/^[A-Za-z0-9_-]{8,64}$/)
    const again = withQuarantine([failed('job-00003', start)], 'printer-1', memory, start, order === undefined ? [] : [order])
    expect(again.map(({ kind }) => kind)).toEqual(['job', 'action'])
  })
})
