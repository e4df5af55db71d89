// Whatever people and machines do to a queue in whatever order: nothing breaks, the events say all of it, and those on a plate go with it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byOrder, inQueue } from '../../daemon/queue.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { activeStates } from '../../protocols/contract/job-states.ts'
import { person, sha } from './kit.ts'
import { codeOf, pupil, queueSchool } from './queue-school.ts'

type School = ReturnType<typeof queueSchool>
type Deed = (s: School, job: string, other: string, n: number) => Promise<unknown>

const ask =
  (make: (job: string, other: string, n: number) => Ask, byPupil = false): Deed =>
  async (s, job, other, n) => {
    const reply = await s.ask(make(job, other, n), byPupil ? (s.store.job(job)?.author ?? pupil()) : person('teacher'))
    expect(codeOf(reply)).not.toMatch(/outcome-unknown|not-built/)
  }

const onMachine = (s: School): Job | undefined =>
  s.store.openJobs().find(job => activeStates.includes(job.state) && job.plate === undefined)

const deeds: Record<string, Deed> = {
  submit: async (s, _job, _other, n) =>
    void (await s.submit(`request-${n}`, n % 3 === 0 ? person('teacher') : pupil(n % 4), { copies: 1 + (n % 2) })),
  approve: ask(job => ({ kind: 'job.approve', job })),
  sendBack: ask(job => ({ kind: 'job.return', job, comment: 'тонко' })),
  mend: ask(job => ({ kind: 'job.mend', job, sha256: sha('b'), name: 'b.gcode', size: 9 }), true),
  deny: ask(job => ({ kind: 'job.deny', job, comment: 'нет' })),
  cancel: ask(job => ({ kind: 'job.cancel', job }), true),
  move: ask((job, other) => ({ kind: 'job.move', job, before: other })),
  release: ask(job => ({ kind: 'job.move', job, release: true })),
  hold: ask(job => ({ kind: 'job.hold', job })),
  unhold: ask(job => ({ kind: 'job.release', job })),
  collect: ask(job => ({ kind: 'job.collect', job })),
  plate: ask((job, other, n) => ({
    kind: 'job.plate',
    plate: `plate-${n}`,
    jobs: [job, other],
    sha256: sha('c'),
    name: 'c.gcode',
    size: 9,
  })),
  start: ask(job => ({ kind: 'job.start', job, machine: 'printer-1' })),
  clear: ask(() => ({ kind: 'machine.clear', machine: 'printer-1', quality: 'ok' })),
  begins: async s => {
    const job = onMachine(s)
    if (job) s.begins(job.id)
  },
  ends: async (s, _job, _other, n) => {
    const job = onMachine(s)
    if (job) s.ends(job.id, { outcome: (['completed', 'failed', 'cancelled', 'interrupted'] as const)[n % 4] ?? 'completed' })
    s.ready()
  },
  settle: async s => {
    s.pass(3_600_000)
    s.queue.stir()
    s.queue.settle()
  },
}

function check(s: School): void {
  expect(s.store.refold()).toEqual([])
  const jobs = s.store.openJobs()
  expect(jobs.filter(job => activeStates.includes(job.state) && job.plate === undefined).length).toBeLessThanOrEqual(1)
  for (const job of jobs) {
    const plate = job.plate === undefined ? undefined : s.store.job(job.plate)
    if (activeStates.includes(job.state) && job.plate !== undefined) expect(job.state).toBe(plate?.state)
    if (plate !== undefined && activeStates.includes(plate.state)) expect(job.state).toBe(plate.state)
    expect(plate?.state ?? '').not.toMatch(/denied|cancelled/)
    expect(job.state === 'returned' ? job.returned?.comment : 'тонко').toBe('тонко')
  }
  s.queue.stir()
  s.queue.settle()
  const queue = s.store.openJobs().filter(inQueue).sort(byOrder)
  expect(new Set(queue.map(({ order }) => order)).size).toBe(queue.length)
  expect(s.queue.order.sequence.map(({ id }) => id)).toEqual(queue.map(({ id }) => id))
}

describe('a queue in a storm', () => {
  it('stays whole', async () => {
    const someDeed = fc.record({ deed: fc.constantFrom(...Object.keys(deeds)), a: fc.nat(30), b: fc.nat(30) })
    await fc.assert(
      fc.asyncProperty(fc.array(someDeed, { minLength: 15, maxLength: 60 }), async steps => {
        using s = queueSchool()
        s.ready()
        for (let n = 0; n < 5; n++) await deeds.submit?.(s, '', '', 100 + n)
        for (const [n, { deed, a, b }] of steps.entries()) {
          const known = s.store.openJobs().map(({ id }) => id)
          const pick = (index: number) => known[index % Math.max(1, known.length)] ?? 'job-nowhere'
          await deeds[deed]?.(s, pick(a), pick(b), n)
        }
        check(s)
        // What follows a plate was never ordered from a machine itself.
        const ordered = s.room.orders.flatMap(errand => (errand.kind === 'run' ? errand.run.job : []))
        for (const id of ordered) expect(s.store.job(id)?.plate).toBeUndefined()
      }),
      { numRuns: 12 },
    )
  }, 60_000)
})
