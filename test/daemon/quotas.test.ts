// Quotas: what counts in them, when they begin anew, and the one sentence of whoever has used theirs up.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gramsOf } from '../../daemon/job-program.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Group } from '../../protocols/contract/group.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Period, Quota } from '../../protocols/contract/lesson.ts'
import { costOf, periodOf, quotaReport, quotaUses } from '../../protocols/contract/quota-use.ts'
import { aJob, person } from './kit.ts'
import { codeOf, hour, monday10, pupil, queueSchool, refusal } from './queue-school.ts'

const set = (more: Partial<Extract<Ask, { kind: 'quota.set' }>>): Ask => ({
  kind: 'quota.set',
  quota: 'quota-001',
  of: 'pupil',
  per: 'week',
  ...more,
})

describe('a period', () => {
  it.for<[Period, string, string, string, string]>([
    ['day', 'Europe/Moscow', '2026-10-12T07:00:00Z', '2026-10-11T21:00:00Z', '2026-10-12T21:00:00Z'],
    ['day', 'Europe/Moscow', '2026-10-12T21:30:00Z', '2026-10-12T21:00:00Z', '2026-10-13T21:00:00Z'],
    ['week', 'Europe/Moscow', '2026-10-18T20:59:00Z', '2026-10-11T21:00:00Z', '2026-10-18T21:00:00Z'],
    ['week', 'Asia/Vladivostok', '2026-10-18T20:59:00Z', '2026-10-18T14:00:00Z', '2026-10-25T14:00:00Z'],
    ['month', 'Europe/Moscow', '2026-12-31T20:00:00Z', '2026-11-30T21:00:00Z', '2026-12-31T21:00:00Z'],
    // Where the clocks change a day has 25 hours.
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    // And where they jump over midnight itself, it begins at one.
    ['day', 'America/Havana', '2024-03-10T04:30:00Z', '2024-03-09T05:00:00Z', '2024-03-10T05:00:00Z'],
    ['day', 'America/Havana', '2024-03-10T05:00:00Z', '2024-03-10T05:00:00Z', '2024-03-11T04:00:00Z'],
    ['day', 'Asia/Beirut', '2024-03-30T22:00:00Z', '2024-03-30T22:00:00Z', '2024-03-31T21:00:00Z'],
  ])('%s in %s holds %s', ([per, zone, at, from, until]) => {
    expect(periodOf(per, Date.parse(at), zone)).toEqual({ from: Date.parse(from), until: Date.parse(until) })
  })

  it('always holds its instant, and the next begins where it ends', () => {
    const someZone = fc.constantFrom(
      'Europe/Moscow',
      'Asia/Kamchatka',
      'America/New_York',
      'UTC',
      'Europe/Berlin',
      'America/Havana',
      'Asia/Beirut',
    )
    fc.assert(
      fc.property(fc.integer({ min: 1.6e12, max: 1.95e12 }), someZone, fc.constantFrom<Period>('day', 'week', 'month'), (at, zone, per) => {
        const { from, until } = periodOf(per, at, zone)
        expect(from).toBeLessThanOrEqual(at)
        expect(until).toBeGreaterThan(at)
        expect(periodOf(per, until, zone).from).toBe(until)
        expect(periodOf(per, from - 1, zone).until).toBe(from)
      }),
      { numRuns: 60 },
    )
  })
})

const end = { outcome: 'completed', evidence: '', lines: 1, bytes: 1, seconds: 3600, resends: 0 } as const
const program = { ...aJob().program, grams: 40 }
const ran = (more: Partial<Job>): Job =>
  aJob({
    state: 'completed',
    author: pupil(),
    program,
    machine: 'printer-1',
    estimatedSeconds: 7200,
    startedAt: 1,
    endedAt: monday10,
    end,
    ...more,
  })
const fault = (code: string) => ({ code, text: { ru: code, en: code } })

describe('a job takes of a quota', () => {
  it.for<[string, Job, { jobs: number; hours: number; grams: number }]>([
    ['its forecast while it waits', aJob({ program, estimatedSeconds: 7200 }), { jobs: 1, hours: 2, grams: 40 }],
    ['its forecast while it runs', aJob({ program, estimatedSeconds: 7200, state: 'running' }), { jobs: 1, hours: 2, grams: 40 }],
    ['what it really took once it is done', ran({}), { jobs: 1, hours: 1, grams: 40 }],
    [
      'its share of the plastic when it was stopped',
      ran({ state: 'cancelled', end: { ...end, outcome: 'cancelled' } }),
      { jobs: 1, hours: 1, grams: 20 },
    ],
    ['nothing when it was sent back', aJob({ state: 'returned' }), { jobs: 0, hours: 0, grams: 0 }],
    ['nothing when it never began', aJob({ state: 'cancelled', endedAt: 5 }), { jobs: 0, hours: 0, grams: 0 }],
    [
      'nothing when the machine failed',
      ran({ state: 'failed', end: { ...end, outcome: 'failed', fault: fault('heater-failed') } }),
      { jobs: 0, hours: 0, grams: 0 },
    ],
    [
      'nothing when the power went',
      ran({ state: 'interrupted', end: { ...end, outcome: 'interrupted' } }),
      { jobs: 0, hours: 0, grams: 0 },
    ],
    [
      'all of it when the file was at fault',
      ran({ state: 'failed', end: { ...end, outcome: 'failed', fault: fault('forbidden-line') } }),
      { jobs: 1, hours: 1, grams: 20 },
    ],
  ])('%s', ([, job, cost]) => {
    expect(costOf(job)).toEqual(cost)
  })
})

const quota = (more: Partial<Quota>): Quota => ({
  id: 'quota-001',
  site: 'school-1',
  of: 'pupil',
  per: 'week',
  hours: 10,
  by: person('teacher'),
  at: 1,
  ...more,
})
const group = (id: string, name: string): Group => ({
  id,
  site: 'school-1',
  name,
  code: 'АВЕК24',
  openedAt: 1,
  endsAt: monday10 + 99 * 24 * hour,
  by: person('teacher'),
})

describe('the use of quotas', () => {
  const groups = [group('group-7b', '7Б'), group('group-5a', '5А')]
  const question = (quotas: Quota[], jobs: Job[]) => ({ quotas, jobs, groups, timeZone: 'Europe/Moscow', nowMs: monday10 })

  it('is told by group, where nothing is used too, and shares a plate out evenly', () => {
    const plate = ran({ id: 'plate-001', author: person('teacher'), end: { ...end, seconds: 7200 } })
    const part = (id: string, author: Job['author']) => ran({ id, author, plate: 'plate-001', end: { ...end, seconds: 0 } })
    const jobs = [
      plate,
      part('job-1', pupil(1)),
      part('job-2', pupil(2)),
      part('job-3', pupil(3, 'group-8c')),
      ran({ id: 'job-4', author: pupil(4) }),
    ]
    const uses = quotaUses(question([quota({ of: 'group' })], jobs))
    expect(uses.map(({ name, jobs, hours }) => [name, jobs, Math.round(hours * 100) / 100])).toEqual([
      ['7Б', 3, 2.33],
      ['5А', 0, 0],
      ['?', 1, 0.67],
    ])
  })

  it('charges a part that was taken back before its plate began to nobody, and the others what they then share', () => {
    const plate = aJob({ id: 'plate-001', program, estimatedSeconds: 7200 })
    const part = (id: string, of: number, more: Partial<Job> = {}) => aJob({ id, author: pupil(of), program, plate: 'plate-001', ...more })
    const jobs = [
      plate,
      part('job-1', 1),
      part('job-2', 2),
      part('job-3', 3, { state: 'cancelled', endedAt: monday10 }),
      part('job-4', 4, { state: 'denied', endedAt: monday10 }),
    ]
    const uses = quotaUses(question([quota({})], jobs))
    expect(uses.map(({ whom, jobs, hours, grams }) => [whom, jobs, hours, grams])).toEqual([
      [pupil(1).id, 1, 1, 20],
      [pupil(2).id, 1, 1, 20],
    ])
  })

  it('passes over last week, dropped quotas, other groups and staff', () => {
    const jobs = [
      ran({ endedAt: monday10 - 30 * hour }),
      ran({ id: 'job-2', author: person('teacher') }),
      ran({ id: 'job-3', author: pupil(3, 'group-5a') }),
    ]
    expect(quotaUses(question([quota({ group: 'group-7b' }), quota({ id: 'quota-2', droppedAt: 5 })], jobs))).toEqual([])
  })

  it('told to a pupil is the pupil’s own, and nobody’s name', () => {
    const jobs = [ran({}), ran({ id: 'job-2', author: pupil(2) }), ran({ id: 'job-3', author: pupil(3, 'group-5a') })]
    const report = quotaReport(
      question([quota({}), quota({ id: 'quota-2', of: 'group' }), quota({ id: 'quota-3', group: 'group-5a' })], jobs),
      pupil(1),
    )
    expect(report.uses.map(({ whom, hours }) => [whom, hours])).toEqual([
      ['pupil-1', 1],
      ['group-7b', 2],
    ])
    expect(JSON.stringify(report)).not.toMatch(/The teacher|pupil-2|group-5a/)
  })
})

describe('plastic', () => {
  it.for<[Parameters<typeof gramsOf>[0], number | undefined, number | undefined]>([
    [{ grams: 12.34, mm: 9 }, undefined, 12.3],
    [{ mm: 1000, material: 'PLA' }, undefined, 3],
    [{ mm: 1000, material: 'PETG' }, undefined, 3.1],
    [{ mm: 1000, material: 'ABS+' }, undefined, 2.5],
    [{ mm: 1000, material: 'Нить' }, undefined, 3],
    [{ mm: 1000 }, 2.85, 7.9],
    [{ material: 'PLA' }, undefined, undefined],
    [undefined, undefined, undefined],
  ])('of %j at %s mm is %s g', ([filament, mm, grams]) => {
    expect(gramsOf(filament, mm)).toBe(grams)
  })
})

describe('a pupil who sends a job', () => {
  it('is told in one sentence which quota is used up, how much, when it begins anew and what helps', async () => {
    using s = queueSchool()
    await s.ask(set({ jobs: 2 }))
    expect(codeOf(await s.submit('request-1', pupil(), { copies: 2 }))).toBe('done')
    const refused = await s.submit('request-2', pupil())
    expect(codeOf(refused)).toBe('quota-used')
    expect(refusal(refused)).toBe(
      'Ваша квота на неделю — 2 задания: занято 2 задания, а нужно ещё 1 задание; счёт начнётся заново 19 октября в 0:00.',
    )
    expect(refused).toMatchObject({ denial: { help: { ru: expect.stringContaining('учителя') } } })
    expect(codeOf(await s.submit('request-3', pupil(2)))).toBe('done')
    expect(codeOf(await s.submit('request-4', person('teacher'), { copies: 9 }))).toBe('done')
    s.pass(7 * 24 * hour)
    // What waits still counts; what was cancelled before it began does not.
    expect(codeOf(await s.submit('request-5', pupil()))).toBe('quota-used')
    await s.ask({ kind: 'job.cancel', job: 'request-1' }, pupil())
    expect(codeOf(await s.submit('request-6', pupil()))).toBe('done')
  })

  it('is bound by the group’s hours and grams as by the pupil’s own', async () => {
    using s = queueSchool()
    await s.open('group-7b', '7Б')
    s.found({ filament: { grams: 30 } })
    await s.ask(set({ of: 'group', per: 'day', grams: 50 }))
    expect(codeOf(await s.submit('request-1', pupil(1)))).toBe('done')
    expect(refusal(await s.submit('request-2', pupil(2)))).toBe(
      'Квота группы «7Б» на день — 50 г: занято 30 г, а нужно ещё 30 г; счёт начнётся заново завтра в 0:00.',
    )
    await s.ask(set({ of: 'group', per: 'day', grams: 60 }))
    expect(codeOf(await s.submit('request-3', pupil(2)))).toBe('done')
    await s.ask(set({ of: 'group', per: 'day' }))
    expect(s.quotas.report().quotas).toEqual([])
    expect(codeOf(await s.submit('request-4', pupil(2)))).toBe('done')
  })

  it('may still cut when the plastic is used up', async () => {
    using s = queueSchool()
    s.found({ filament: { grams: 30 } })
    await s.ask(set({ grams: 30 }))
    expect(codeOf(await s.submit('request-1', pupil()))).toBe('done')
    expect(codeOf(await s.submit('request-2', pupil()))).toBe('quota-used')
    s.found({ filament: {} })
    expect(codeOf(await s.submit('request-3', pupil()))).toBe('done')
  })

  it('does not slip past it by asking thirty times at once', async () => {
    using s = queueSchool()
    await s.ask(set({ jobs: 3 }))
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => s.submit(`request-${n}`, pupil())))
    expect(answers.filter(answer => codeOf(answer) === 'done')).toHaveLength(3)
    expect(new Set(s.store.openJobs().map(({ ticket }) => ticket)).size).toBe(3)
  })

  it('and mends one is bound as if it were sent anew', async () => {
    using s = queueSchool()
    await s.ask(set({ jobs: 1 }))
    await s.submit('request-1', pupil())
    await s.ask({ kind: 'job.return', job: 'request-1', comment: 'тонко' })
    await s.submit('request-2', pupil())
    const mend: Ask = { kind: 'job.mend', job: 'request-1', sha256: 'b'.repeat(64), name: 'a.gcode', size: 9 }
    expect(codeOf(await s.ask(mend, pupil()))).toBe('quota-used')
  })
})

describe('a quota', () => {
  it.for<[string, Partial<Extract<Ask, { kind: 'quota.set' }>>, string]>([
    ['for a group nobody knows', { group: 'group-9x', jobs: 1 }, 'unknown-group'],
    ['without a limit that never was', { quota: 'quota-9' }, 'unknown-quota'],
  ])('%s is refused', async ([, more, code]) => {
    using s = queueSchool()
    expect(codeOf(await s.ask(set(more)))).toBe(code)
  })

  it('is set by staff only', async () => {
    using s = queueSchool()
    expect(codeOf(await s.ask(set({ jobs: 99 }), pupil()))).toBe('teacher-only')
  })
})
