// The one sentence that tells a pupil why a job stands where it stands.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairOrder, standingsOf } from '../../../daemon/fair-order.ts'
import { placeOf } from '../../../daemon/forecast/place.ts'
import { inTurn } from '../../../daemon/forecast/question.ts'
import { forecastQueue } from '../../../daemon/forecast/queue-forecast.ts'
import type { Author, Job } from '../../../protocols/contract/job.ts'
import { aJob } from '../kit.ts'
import { aPrinter, asked, hour, monday10, schoolHours } from './kit.ts'

const pupil = (group: string): Author => ({ id: `pupil-${group}`, name: 'Стриж', role: 'pupil', group })
const waits = (id: string, hours: number, more: Partial<Job> = {}): Job =>
  aJob({ id, ticket: 1, author: pupil('7b'), submittedAt: monday10 - hours * hour, estimatedSeconds: 7200, ...more })

/** The queue as the school puts it, and what the last of `jobs` is told. */
function told(jobs: readonly Job[], use: Record<string, number> = {}, of = jobs.at(-1)?.id ?? '') {
  const question = { nowMs: monday10, use: new Map(Object.entries(use).map(([group, hours]) => [`group ${group}`, hours])) }
  const fair = fairOrder(jobs, question)
  const ordered = fair.sequence.map((job, index): Job => ({ ...job, order: index + 1 }))
  const all = [...ordered, ...jobs.filter(({ state }) => state !== 'queued')]
  const input = asked({
    jobs: all,
    hours: schoolHours,
    machines: [aPrinter(), aPrinter({ id: 'printer-2' })],
    fair: { standings: standingsOf(all, question), passes: fair.passes },
  })
  const job = all.find(({ id }) => id === of)
  return job && placeOf(job, input, inTurn(input))
}

describe('a queued job is told', () => {
  it.for<[string, Job[], Record<string, number>, string, string]>([
    ['that it is the first', [waits('job-1', 1)], {}, 'Первое в очереди.', 'First in the queue.'],
    [
      'who waits longer',
      [waits('job-1', 5), waits('job-2', 4), waits('job-3', 1)],
      {},
      'Третье в очереди: перед ним 2 задания, которые ждут дольше.',
      'Third in the queue: before it 2 jobs that have waited longer.',
    ],
    [
      'who has a deadline, and that a comma parts a clause',
      [waits('job-1', 5), waits('job-2', 0.5, { wishes: { deadline: monday10 + 5 * hour } }), waits('job-3', 1)],
      {},
      'Третье в очереди: перед ним задание, которое ждёт дольше, и одно к сроку 15:00.',
      'Third in the queue: before it a job that has waited longer and one due at 15:00.',
    ],
    [
      'whose group used the machines less',
      [waits('job-1', 0.5, { author: pupil('5a') }), waits('job-2', 1)],
      { '7b': 20, '5a': 1 },
      'Второе в очереди: перед ним задание от группы, которая меньше занимала станки.',
      'Second in the queue: before it a job of a group that used the machines less.',
    ],
    [
      'that a teacher’s stands before it',
      [waits('job-1', 0.5, { author: aJob().author }), waits('job-2', 1)],
      { '7b': 20, '5a': 0 },
      'Второе в очереди: перед ним задание от учителя.',
      'Second in the queue: before it a job of a teacher.',
    ],
    [
      'that a shorter one was let past',
      [waits('job-2', 1, { estimatedSeconds: 60 }), waits('job-1', 2, { estimatedSeconds: 20_000 })],
      {},
      'Второе в очереди: перед ним задание покороче.',
      'Second in the queue: before it a job that is shorter.',
    ],
    [
      'what a teacher put before it',
      [waits('job-1', 0.5, { pinned: true, order: 0 }), waits('job-2', 1, { order: 1 })],
      {},
      'Второе в очереди: перед ним задание, поставленное учителем.',
      'Second in the queue: before it a job put there by a teacher.',
    ],
    [
      'that a teacher put it there itself',
      [waits('job-1', 5, { order: 1 }), waits('job-2', 1, { pinned: true, order: 2 })],
      {},
      'Второе в очереди: сюда его поставил учитель.',
      'Second in the queue: a teacher put it there.',
    ],
    [
      'that nobody passes it any more',
      [waits('job-1', 9), waits('job-2', 5, { jumped: true })],
      {},
      'Второе в очереди: перед ним задание, которое ждёт дольше; одно короткое оно уже пропустило и больше никого не пропустит.',
      'Second in the queue: before it a job that has waited longer; it has let a shorter one past and lets nobody else.',
    ],
    [
      'only of those that want one of its machines, and are not held back',
      [waits('job-1', 9, { held: true }), waits('job-2', 5, { wanted: 'printer-2' }), waits('job-3', 1, { wanted: 'printer-1' })],
      {},
      'Первое в очереди.',
      'First in the queue.',
    ],
  ])('%s', ([, jobs, use, ru, en]) => {
    expect(told(jobs, use)?.text).toEqual({ ru, en })
  })

  it.for<[string, Partial<Job>]>([
    ['held back', { held: true }],
    ['on a machine', { state: 'running', machine: 'printer-1' }],
    ['not approved', { state: 'submitted' }],
    ['made on a plate', { plate: 'plate-001' }],
  ])('nothing of the kind while it is %s', ([, more]) => {
    expect(told([waits('job-1', 1, more)])).toBeUndefined()
  })

  it('a number beyond the tenth', () => {
    const jobs = Array.from({ length: 23 }, (_, n) => waits(`job-${100 + n}`, 30 - n))
    expect(told(jobs)?.text).toMatchObject({ ru: '23-е в очереди: перед ним 22 задания, которые ждут дольше.' })
  })

  it('no name, nickname or group, whatever the queue', () => {
    const some = fc.array(
      fc.record({
        hours: fc.integer({ min: 0, max: 40 }),
        group: fc.constantFrom('5a', '7b', '9c'),
        seconds: fc.integer({ min: 60, max: 30_000 }),
        deadline: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        pinned: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 50 }), (rows, hours) => {
        const jobs = rows.map(({ group, seconds, deadline, pinned, hours: waited }, n) =>
          waits(`job-${100 + n}`, waited, {
            order: n,
            author: pupil(group),
            estimatedSeconds: seconds,
            ...(deadline === undefined ? {} : { wishes: { deadline: monday10 + deadline * hour } }),
            ...(pinned ? { pinned } : {}),
          }),
        )
        const place = told(jobs, { '7b': hours, '5a': 3 })
        expect(place?.text.ru).toMatch(/^([А-ЯЁ]\S+|\d+-е) в очереди(: [^«»]+)?\.$/u)
        expect(`${place?.text.ru}${place?.text.en}`).not.toMatch(/Стриж|pupil|7b|5a|undefined|NaN/)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the forecast of a fair queue', () => {
  it('puts a job that is not approved yet where it would join', () => {
    const jobs = [waits('job-1', 1, { order: 1 }), waits('job-2', 5, { state: 'submitted' }), waits('job-3', 9, { order: 2, pinned: true })]
    const question = { nowMs: monday10, use: new Map<string, number>() }
    const fair = { standings: standingsOf(jobs, question), passes: new Map() }
    expect(inTurn({ jobs, fair }).map(({ id }) => id)).toEqual(['job-2', 'job-1', 'job-3'])
    expect(inTurn({ jobs }).map(({ id }) => id)).toEqual(['job-1', 'job-3', 'job-2'])
  })

  it('tells those on a plate what it tells of the plate', () => {
    const jobs = [
      waits('plate-001', 1),
      waits('job-1', 5, { plate: 'plate-001' }),
      waits('job-2', 5, { plate: 'plate-001', state: 'submitted' }),
    ]
    const rows = forecastQueue(asked({ jobs }))
    expect(rows['job-1']).toEqual(rows['plate-001'])
    expect(rows['job-2']).toEqual(rows['plate-001'])
    expect(rows['plate-001']).toMatchObject({ place: { position: 1 }, ahead: 0 })
  })
})
