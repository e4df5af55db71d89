// The fair order as decisions: who stands before whom and why, what a pin means, and that nobody waits for ever.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairOrder, renumbered } from '../../daemon/fair-order.ts'
import { byOrder, inQueue } from '../../daemon/queue.ts'
import { UseBook } from '../../daemon/use-book.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import { aJob } from './kit.ts'

const hour = 3_600_000
const now = 1_000 * 24 * hour

const pupil = (group?: string, id = 'pupil-1'): Author => ({ id, name: 'Стриж', role: 'pupil', ...(group && { group }) })
const waits = (id: string, hours: number, more: Partial<Job> = {}): Job =>
  aJob({
    id,
    ticket: Number(id.replace(/\D/g, '')) || 1,
    author: pupil('7b'),
    submittedAt: now - hours * hour,
    estimatedSeconds: 7200,
    ...more,
  })

const order = (jobs: readonly Job[], use: Record<string, number> = {}) =>
  fairOrder(jobs, { nowMs: now, use: new Map(Object.entries(use).map(([group, hours]) => [`group ${group}`, hours])) })
const ids = (jobs: readonly Job[], use: Record<string, number> = {}) => order(jobs, use).sequence.map(({ id }) => id)

describe('the fair order', () => {
  it.for<[string, Job[], Record<string, number>, string[]]>([
    ['whoever was sent first', [waits('job-2', 1, { order: 1 }), waits('job-1', 5, { order: 2 })], {}, ['job-1', 'job-2']],
    [
      'whose class used the machines less',
      [waits('job-1', 2), waits('job-2', 1, { author: pupil('5a') })],
      { '7b': 20, '5a': 1 },
      ['job-2', 'job-1'],
    ],
    [
      'not a class that has hardly used them against another that has not at all, after a few hours',
      [waits('job-1', 5), waits('job-2', 1, { author: pupil('5a') })],
      { '7b': 0.1 },
      ['job-1', 'job-2'],
    ],
    ['whose deadline is near', [waits('job-1', 5), waits('job-2', 1, { wishes: { deadline: now + 3 * hour } })], {}, ['job-2', 'job-1']],
    [
      'not whose deadline is far, or was over before it was sent',
      [
        waits('job-1', 5),
        waits('job-2', 1, { wishes: { deadline: now + 300 * hour } }),
        waits('job-3', 0.5, { wishes: { deadline: now - hour } }),
      ],
      {},
      ['job-1', 'job-2', 'job-3'],
    ],
    [
      'a teacher like an average class',
      [waits('job-1', 1, { author: pupil('7b') }), waits('job-2', 0.5, { author: aJob().author })],
      { '7b': 9, '5a': 1 },
      ['job-2', 'job-1'],
    ],
    [
      'copies in their order',
      [waits('job-2', 1, { ticket: 4, copy: 2, order: 1 }), waits('job-1', 1, { ticket: 4, copy: 1, order: 2 })],
      {},
      ['job-1', 'job-2'],
    ],
  ])('puts first %s', ([, jobs, use, expected]) => {
    expect(ids(jobs, use)).toEqual(expected)
  })

  it('lets a short job past one longer one, and past that one nobody else', () => {
    const long = waits('job-1', 3, { estimatedSeconds: 20_000 })
    const jobs = [long, waits('job-2', 2, { estimatedSeconds: 300 }), waits('job-3', 1, { estimatedSeconds: 300 })]
    expect(ids(jobs)).toEqual(['job-2', 'job-1', 'job-3'])
    expect([...order(jobs).passes]).toEqual([['job-2', ['job-1']]])
    expect(ids([{ ...long, jumped: true }, ...jobs.slice(1)])).toEqual(['job-1', 'job-2', 'job-3'])
  })

  it.for<[string, Partial<Job>, Partial<Job>]>([
    ['is not much longer', { estimatedSeconds: 500 }, { estimatedSeconds: 300 }],
    ['came long before', { submittedAt: now - 20 * hour }, {}],
    ['was put there by a person', { pinned: true }, {}],
    ['wants another machine', { wanted: 'printer-1' }, { wanted: 'printer-2' }],
    ['is held back', { held: true }, {}],
  ])('lets no short job past one that %s', ([, long, short]) => {
    const jobs = [
      waits('job-1', 3, { estimatedSeconds: 20_000, ...long }),
      waits('job-2', 2, { estimatedSeconds: 300, order: 2, ...short }),
    ]
    expect(ids(jobs)).toEqual(['job-1', 'job-2'])
    expect(order(jobs).passes.size).toBe(0)
  })

  it('leaves a pinned job at its place counted from the head, whoever comes', () => {
    const jobs = [waits('job-1', 3, { order: 1 }), waits('job-2', 1, { order: 2, pinned: true }), waits('job-3', 2, { order: 3 })]
    expect(ids(jobs)).toEqual(['job-1', 'job-2', 'job-3'])
    expect(ids([...jobs, waits('job-4', 9, { order: 4 })])).toEqual(['job-4', 'job-2', 'job-1', 'job-3'])
    // One place nearer when one of those before it is gone.
    expect(ids(jobs.slice(1))).toEqual(['job-2', 'job-3'])
  })

  it('has no place for what is not queued or follows a plate', () => {
    expect(ids([waits('job-1', 1), waits('job-2', 2, { state: 'submitted' }), waits('job-3', 3, { plate: 'plate-001' })])).toEqual([
      'job-1',
    ])
  })
})

const someQueue = fc
  .uniqueArray(
    fc.record({
      n: fc.nat(99),
      hours: fc.integer({ min: 0, max: 60 }),
      order: fc.integer({ min: 0, max: 15 }),
      seconds: fc.option(fc.integer({ min: 60, max: 30_000 }), { nil: undefined }),
      group: fc.option(fc.constantFrom('5a', '7b', '9c'), { nil: undefined }),
      staff: fc.boolean(),
      deadline: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }),
      pinned: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
      jumped: fc.boolean(),
      held: fc.boolean(),
      suitable: fc.subarray(['printer-1', 'printer-2', 'laser-1']),
    }),
    { selector: ({ n }) => n, maxLength: 25 },
  )
  .map(rows =>
    rows.map(({ n, hours, order: number, seconds, group, staff, deadline, pinned, jumped, held, suitable }): Job => {
      const { estimatedSeconds: _, ...job } = waits(`job-${String(n).padStart(5, '0')}`, hours, { order: number, held, suitable })
      return {
        ...job,
        author: staff ? aJob().author : pupil(group, `pupil-${n % 4}`),
        ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
        ...(deadline === undefined ? {} : { wishes: { deadline: now + deadline * hour } }),
        ...(pinned ? { pinned } : {}),
        ...(jumped ? { jumped } : {}),
      }
    }),
  )
const someUse = fc.dictionary(fc.constantFrom('5a', '7b', '9c'), fc.integer({ min: 0, max: 100 }))

/** The jobs as they stand after the numbers were given out. */
function settled(jobs: readonly Job[], use: Record<string, number>): Job[] {
  const orders = renumbered(order(jobs, use).sequence)
  return jobs.map(job => ({ ...job, order: orders.get(job.id) ?? job.order }))
}

describe('for any queue', () => {
  it('the order is total, the same however the jobs are listed, and what the numbers say', () => {
    fc.assert(
      fc.property(someQueue, someUse, (jobs, use) => {
        const sequence = ids(jobs, use)
        expect(new Set(sequence)).toEqual(new Set(jobs.map(({ id }) => id)))
        expect(ids(jobs.toReversed(), use)).toEqual(sequence)
        const after = settled(jobs, use)
        expect(after.toSorted(byOrder).map(({ id }) => id)).toEqual(sequence)
        // A second time changes nothing: no event follows from nothing.
        expect(ids(after, use)).toEqual(sequence)
        expect(renumbered(order(after, use).sequence).size).toBe(0)
      }),
    )
  })

  it('a pinned job keeps its place', () => {
    fc.assert(
      fc.property(someQueue, someUse, (jobs, use) => {
        const before = jobs.toSorted(byOrder)
        const sequence = ids(jobs, use)
        for (const [index, { id, pinned }] of before.entries()) if (pinned) expect(sequence[index]).toBe(id)
      }),
    )
  })

  it('each job is passed by one shorter job at most, and by none once it was', () => {
    fc.assert(
      fc.property(someQueue, someUse, (jobs, use) => {
        const passed = [...order(jobs, use).passes.values()].flat()
        expect(new Set(passed).size).toBe(passed.length)
        for (const id of passed) expect(jobs.find(job => job.id === id)).not.toHaveProperty('jumped')
      }),
    )
  })

  it('nobody stands before one that was sent 36 hours earlier, except by a person’s hand', () => {
    fc.assert(
      fc.property(someQueue, someUse, (jobs, use) => {
        const { sequence } = order(
          jobs.map(({ pinned: _, ...job }) => job),
          use,
        )
        for (const [index, job] of sequence.entries())
          for (const later of sequence.slice(index + 1)) expect(job.submittedAt - later.submittedAt).toBeLessThanOrEqual(36 * hour)
      }),
    )
  })

  it('a job that waits is overtaken a bounded number of times, however many short, urgent ones of other classes keep coming', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.integer({ min: 1, max: 8 }), seconds: fc.integer({ min: 60, max: 3000 }), urgent: fc.boolean() }), {
          minLength: 60,
          maxLength: 90,
        }),
        arrivals => {
          const victim = aJob({ id: 'job-victim', ticket: 1, author: pupil('7b'), submittedAt: now, estimatedSeconds: 20_000 })
          let queue: Job[] = [victim]
          let [at, overtaken, jumps] = [now, 0, 0]
          for (const [index, { gap, seconds, urgent }] of arrivals.entries()) {
            at += gap * hour
            const wishes = urgent ? { wishes: { deadline: at + hour } } : {}
            const author = pupil('5a', 'pupil-2')
            queue.push(
              aJob({
                id: `job-${index}`,
                ticket: index + 2,
                author,
                submittedAt: at,
                estimatedSeconds: seconds,
                order: 99 + index,
                ...wishes,
              }),
            )
            const { sequence, passes } = fairOrder(queue, { nowMs: at, use: new Map([['group 7b', 100]]) })
            const [first] = sequence
            // The machine takes one each time somebody comes.
            if (first === undefined || first.id === victim.id) return
            overtaken += 1
            const over = passes.get(first.id) ?? []
            if (over.includes(victim.id)) jumps += 1
            queue = queue.filter(({ id }) => id !== first.id).map(job => (over.includes(job.id) ? { ...job, jumped: true } : job))
            expect(queue.every(inQueue)).toBe(true)
          }
          throw new Error(`overtaken ${overtaken} times (${jumps} by shortness) and still waiting`)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('numbers', () => {
  it('change for as few jobs as can be', () => {
    const jobs = [5, 1, 2, 3, 4].map((number, index) => aJob({ id: `job-${index}`, order: number }))
    expect([...renumbered(jobs)]).toEqual([['job-0', 0]])
  })

  it('make room where none is left between two neighbours, and nowhere else', () => {
    const jobs = [1, 9, 1 + 1e-10, 2, 3].map((number, index) => aJob({ id: `job-${index}`, order: number }))
    const orders = renumbered(jobs)
    expect([...orders.keys()]).toEqual(['job-1', 'job-2'])
    const after = jobs.map(({ id, order }) => orders.get(id) ?? order)
    expect(after).toEqual([...after].sort((a, b) => a - b))
  })

  it('last for a hundred who join one after the other before the same job, for two events each at most', () => {
    let jobs = [aJob({ id: 'job-first', order: 1 }), aJob({ id: 'job-last', order: 2 })]
    let told = 0
    for (let n = 0; n < 500; n++) {
      const sequence = jobs.toSpliced(-1, 0, aJob({ id: `job-${n}`, order: 1e6 + n }))
      const orders = renumbered(sequence)
      told += orders.size
      jobs = sequence.map(job => ({ ...job, order: orders.get(job.id) ?? job.order }))
    }
    expect(new Set(jobs.map(({ order }) => order)).size).toBe(502)
    expect(told).toBeLessThanOrEqual(1000)
  })
})

describe('the use of machines by class', () => {
  const ran = (id: string, group: string, seconds: number, more: Partial<Job> = {}): Job =>
    aJob({
      id,
      author: pupil(group, id),
      state: 'completed',
      startedAt: now - seconds * 1000,
      endedAt: now,
      end: { outcome: 'completed', evidence: '', lines: 1, bytes: 1, seconds, resends: 0 },
      ...more,
    })

  it('counts what ended within 14 days and what runs, once each, and shares a plate out evenly', () => {
    const book = new UseBook()
    const end = { outcome: 'completed', evidence: '', lines: 0, bytes: 0, seconds: 0, resends: 0 } as const
    for (const job of [
      ran('job-1', '5a', 3600),
      ran('job-1', '5a', 3600),
      ran('job-2', '5a', 3600, { endedAt: now - 15 * 24 * hour }),
      aJob({ id: 'job-3', author: pupil('7b'), state: 'running', estimatedSeconds: 1800 }),
      ran('plate-1', '', 7200, { author: aJob().author }),
      ran('job-4', '5a', 0, { plate: 'plate-1', end }),
      ran('job-5', '7b', 0, { plate: 'plate-1', end }),
      aJob({ id: 'job-6', author: pupil('9c'), state: 'running', estimatedSeconds: 1800 }),
      aJob({ id: 'job-6', author: pupil('9c'), state: 'queued' }),
    ])
      book.learn(job)
    expect(Object.fromEntries(book.use(now))).toEqual({ 'group 5a': 2, 'group 7b': 1.5 })
  })
})
