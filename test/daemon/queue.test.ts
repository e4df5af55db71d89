// The queue as decisions: the life of a job, its order, who takes what next, why one waits.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byOrder, life, nextJob, obstacle, type QueueMachine, reorder, type Step, suits, take, whyWaiting } from '../../daemon/queue.ts'
import { type Job, type JobState, jobStateSchema } from '../../protocols/contract/job.ts'
import { activeStates, endedStates } from '../../protocols/contract/job-states.ts'
import { aJob } from './kit.ts'

const printer = (more: Partial<QueueMachine> = {}): QueueMachine => ({
  id: 'printer-1',
  name: 'Принтер 1',
  kind: 'printer',
  state: 'ready',
  inService: false,
  readOnly: false,
  ...more,
})

describe('the life of a job', () => {
  it.for<[JobState, Step, JobState]>([
    ['submitted', 'approve', 'queued'],
    ['submitted', 'return', 'returned'],
    ['submitted', 'deny', 'denied'],
    ['submitted', 'cancel', 'cancelled'],
    ['queued', 'start', 'starting'],
    ['starting', 'begin', 'running'],
    ['starting', 'requeue', 'queued'],
    ['running', 'pause', 'paused'],
    ['paused', 'resume', 'running'],
    ['running', 'complete', 'completed'],
    ['running', 'fail', 'failed'],
    ['paused', 'interrupt', 'interrupted'],
    ['completed', 'judge', 'completed'],
    ['completed', 'collect', 'collected'],
    ['interrupted', 'collect', 'collected'],
  ])('goes from %s by %s to %s', ([from, step, to]) => {
    expect(take({ state: from, ticket: 7 }, step)).toEqual({ state: to })
  })

  it.for<[JobState, Step]>([
    ['submitted', 'start'],
    ['denied', 'approve'],
    ['cancelled', 'begin'],
    ['completed', 'cancel'],
    ['collected', 'collect'],
    ['queued', 'complete'],
    ['running', 'start'],
    ['interrupted', 'resume'],
  ])('has no step from %s by %s, and says so in words', ([from, step]) => {
    const taken = take({ state: from, ticket: 7 }, step)
    expect(taken).toMatchObject({ denial: { code: 'wrong-job-state' } })
    expect('denial' in taken && taken.denial.text.ru).toContain('№ 7')
  })

  it('never leads an ended job back to a machine, nor says completed without having been on one', () => {
    for (const state of jobStateSchema.options) {
      const targets = Object.values(life[state])
      if (endedStates.includes(state)) expect(targets.filter(to => !endedStates.includes(to))).toEqual([])
      if (!activeStates.includes(state) && state !== 'completed') expect(targets).not.toContain('completed')
    }
  })

  it('reaches every state from submitted', () => {
    const reached = new Set<JobState>(['submitted'])
    for (const state of reached) for (const to of Object.values(life[state])) reached.add(to)
    expect([...reached].sort()).toEqual([...jobStateSchema.options].sort())
  })
})

describe('a machine takes', () => {
  it('the first in order that suits it', () => {
    const jobs = [
      aJob({ id: 'job-late', order: 3 }),
      aJob({ id: 'job-other', order: 1, suitable: ['laser-1'] }),
      aJob({ id: 'job-held', order: 1.5, held: true }),
      aJob({ id: 'job-elsewhere', order: 1.7, wanted: 'printer-2' }),
      aJob({ id: 'job-first', order: 2 }),
      aJob({ id: 'job-waiting', order: 0, state: 'submitted' }),
    ]
    expect(nextJob(printer(), jobs)?.id).toBe('job-first')
    expect(nextJob(printer({ id: 'printer-2' }), jobs)?.id).toBe('job-elsewhere')
  })

  it.for<[Partial<QueueMachine>, string]>([
    [{ state: 'uncleared' }, 'machine-uncleared'],
    [{ state: 'offline' }, 'machine-offline'],
    [{ state: 'down' }, 'machine-down'],
    [{ state: 'attention' }, 'machine-attention'],
    [{ state: 'running' }, 'machine-busy'],
    [{ state: 'foreign' }, 'machine-busy'],
    [{ inService: true }, 'machine-in-service'],
    [{ readOnly: true }, 'machine-read-only'],
    [{ id: 'laser-9' }, 'machine-unsuitable'],
  ])('nothing while it is %j', ([more, code]) => {
    expect(nextJob(printer(more), [aJob()])).toBeUndefined()
    expect(obstacle(aJob(), printer(more))?.code).toBe(code)
  })

  const someJob = fc.record({
    id: fc.integer({ min: 0, max: 99_999 }).map(n => `job-${String(n).padStart(5, '0')}`),
    order: fc.integer({ min: 0, max: 20 }),
    held: fc.boolean(),
    state: fc.constantFrom<JobState>(...jobStateSchema.options),
    suitable: fc.subarray(['printer-1', 'printer-2', 'laser-1']),
    wanted: fc.option(fc.constantFrom('printer-1', 'printer-2'), { nil: undefined }),
  })
  const someJobs = fc
    .uniqueArray(someJob, { selector: job => job.id, maxLength: 30 })
    .map(list => list.map(({ wanted, ...job }): Job => aJob({ ...job, ...(wanted ? { wanted } : {}) })))

  it('never a job that is held, elsewhere wanted, unsuitable or not queued, and none that another one precedes', () => {
    fc.assert(
      fc.property(someJobs, jobs => {
        const taken = nextJob(printer(), jobs)
        const possible = jobs.filter(job => job.state === 'queued' && !job.held && suits(job, 'printer-1'))
        if (taken === undefined) return possible.length === 0
        return possible.includes(taken) && possible.every(job => byOrder(taken, job) <= 0)
      }),
    )
  })

  it('and moving a job puts it where it was asked for and leaves the others in their sequence', () => {
    fc.assert(
      fc.property(someJobs, fc.nat(), fc.nat(), (jobs, which, where) => {
        const queued = jobs.filter(job => job.state === 'queued')
        const moved = queued[which % Math.max(1, queued.length)]
        const before = queued[where % Math.max(1, queued.length)]
        if (moved === undefined || before === undefined || moved === before) return true
        const orders = reorder(jobs, moved.id, before.id)
        const after = queued.map(job => ({ ...job, order: orders.get(job.id) ?? job.order })).sort(byOrder)
        const rest = [...queued].sort(byOrder).filter(job => job !== moved)
        const sequence = after.filter(job => job.id !== moved.id).map(job => job.id)
        const at = after.findIndex(job => job.id === moved.id)
        // Equal orders are told apart by id alone; a job can only be put between numbers.
        const distinct = new Set(queued.map(job => job.order)).size === queued.length
        if (!distinct) return true
        return after[at + 1]?.id === before.id && sequence.every((id, index) => id === rest[index]?.id)
      }),
    )
  })

  it('stays in order after ten thousand moves between the same two neighbours', () => {
    let jobs = ['job-aaaa', 'job-bbbb', 'job-cccc'].map((id, index) => aJob({ id, order: index + 1 }))
    for (let turn = 0; turn < 10_000; turn++) {
      const [first, second, third] = [...jobs].sort(byOrder)
      if (!first || !second || !third) throw new Error('three jobs')
      const orders = reorder(jobs, third.id, second.id)
      jobs = jobs.map(job => ({ ...job, order: orders.get(job.id) ?? job.order }))
      expect([...jobs].sort(byOrder).map(job => job.id)).toEqual([first.id, third.id, second.id])
    }
  })
})

describe('a job waits', () => {
  const cases: [string, Partial<Job>, QueueMachine[], Job[], RegExp | undefined][] = [
    ['for approval', { state: 'submitted' }, [printer()], [], /проверки/],
    ['because it is held', { held: true }, [printer()], [], /придержано/],
    ['not at all when a printer is free', {}, [printer()], [], undefined],
    ['for somebody to clear the bed', {}, [printer({ state: 'uncleared' })], [], /деталь/],
    ['behind two jobs', { order: 9 }, [printer()], [aJob({ id: 'job-aaaa' }), aJob({ id: 'job-bbbb', order: 2 })], /2 задания/],
    ['behind five jobs', { order: 9 }, [printer()], [1, 2, 3, 4, 5].map(n => aJob({ id: `job-000${n}`, order: n })), /5 заданий/],
    ['for a person at the laser', { suitable: ['laser-1'] }, [printer({ id: 'laser-1', kind: 'laser' })], [], /человек у станка/],
    [
      'for the running one',
      {},
      [printer({ state: 'running' })],
      [aJob({ id: 'job-now', state: 'running', machine: 'printer-1' })],
      /1 задание/,
    ],
    ['for an offline machine', {}, [printer({ state: 'offline' })], [], /не в сети/],
    ['in vain when no machine is left', { suitable: ['gone-1'] }, [printer()], [], /больше не подходит/],
  ]
  it.for(cases)('%s', ([, more, machines, others, expected]) => {
    const job = aJob(more)
    const why = whyWaiting(job, machines, [job, ...others], true)
    if (expected === undefined) expect(why).toBeUndefined()
    else expect(why?.ru).toMatch(expected)
  })
})
