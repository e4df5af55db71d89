// The queue that keeps itself in order: few events, never two for one thing, and the passed are noted with the start.
import { describe, expect, it } from 'vitest'
import { FairQueue } from '../../daemon/fair-queue.ts'
import { byOrder } from '../../daemon/queue.ts'
import { person, silent, until } from './kit.ts'
import { hour, pupil, queueSchool } from './queue-school.ts'

const order = (s: ReturnType<typeof queueSchool>) => {
  s.queue.stir()
  s.queue.settle()
  return s.store
    .openJobs()
    .filter(({ state }) => state === 'queued')
    .sort(byOrder)
    .map(({ id }) => id)
}

/** `count` pupils' jobs that wait for approval, a minute apart. */
async function waiting(s: ReturnType<typeof queueSchool>, count: number, name = 'request') {
  for (let n = 0; n < count; n++) {
    s.pass(60_000)
    await s.submit(`${name}-${n}`, pupil(n, `group-${n % 5}`))
  }
}

describe('a job that joins the queue', () => {
  it('is put where it belongs by the event that lets it in', async () => {
    using s = queueSchool()
    await waiting(s, 3)
    await s.ask({ kind: 'job.approve', job: 'request-2' })
    const before = s.store.lastNumber
    await s.ask({ kind: 'job.approve', job: 'request-0' })
    await s.ask({ kind: 'job.approve', job: 'request-1' })
    expect(order(s)).toEqual(['request-0', 'request-1', 'request-2'])
    expect(s.store.lastNumber - before).toBe(2)
  })

  it('makes one event each when thirty are approved at once into a long queue', async () => {
    using s = queueSchool()
    for (let n = 0; n < 40; n++) await s.submit(`teacher-${n}`, person('teacher'))
    await waiting(s, 30)
    order(s)
    const before = s.store.lastNumber
    await Promise.all(Array.from({ length: 30 }, (_, n) => s.ask({ kind: 'job.approve', job: `request-${n}` })))
    expect(order(s)).toHaveLength(70)
    expect(s.store.lastNumber - before).toBe(30)
  })
})

describe('the order', () => {
  it('moves only those that change places when a class has used the machines', async () => {
    using s = queueSchool({ autoStart: true })
    await s.submit('long-0000', pupil(1, 'group-a'))
    await s.ask({ kind: 'job.approve', job: 'long-0000' })
    for (const [n, group] of ['group-a', 'group-b', 'group-b'].entries()) {
      s.pass(60_000)
      await s.submit(`request-${n}`, pupil(n + 2, group))
      await s.ask({ kind: 'job.approve', job: `request-${n}` })
    }
    s.ready()
    await until(() => s.job('long-0000').state === 'starting', 'the first starts')
    s.begins('long-0000')
    expect(order(s)).toEqual(['request-0', 'request-1', 'request-2'])
    const before = s.store.lastNumber
    s.ends('long-0000', { seconds: 20 * 3600 })
    expect(order(s)).toEqual(['request-1', 'request-2', 'request-0'])
    const told = s.store.journal(undefined, s.store.lastNumber - before).filter(event => event.kind === 'job' && event.change === 'ordered')
    expect(told.map(event => event.kind === 'job' && event.job.id)).toEqual(['request-0'])
    // Time alone changes nothing, hour after hour.
    const after = s.store.lastNumber
    for (let hours = 0; hours < 12; hours++) {
      s.pass(hour)
      order(s)
    }
    expect(s.store.lastNumber).toBe(after)
  })

  it('notes whom a short job passed with its start, once and for all', async () => {
    using s = queueSchool()
    s.found({ machines: machines(20_000) })
    await s.submit('long-0000', person('teacher'))
    s.found({ machines: machines(60) })
    await s.submit('short-000', person('teacher'))
    await s.submit('short-001', person('teacher'))
    expect(order(s)).toEqual(['short-000', 'long-0000', 'short-001'])
    s.ready()
    await s.ask({ kind: 'job.start', job: 'short-000', machine: 'printer-1' })
    expect(s.job('short-000').state).toBe('starting')
    expect(s.job('long-0000').jumped).toBe(true)
    expect(order(s)).toEqual(['long-0000', 'short-001'])
    const changes = s.store.journal(undefined, 3).map(event => event.kind === 'job' && event.change)
    expect(changes).toContain('jumped')
  })

  it('is the same after a restart', async () => {
    using s = queueSchool()
    await waiting(s, 6)
    for (const n of [4, 1, 3, 0]) await s.ask({ kind: 'job.approve', job: `request-${n}` })
    await s.ask({ kind: 'job.move', job: 'request-4', before: 'request-0' })
    const known = order(s)
    const before = s.store.lastNumber
    const again = new FairQueue({ store: s.store, nowMs: () => s.now, log: silent })
    again.settle()
    expect(again.order.sequence.map(({ id }) => id)).toEqual(known)
    expect(s.store.lastNumber).toBe(before)
    again.close()
  })
})

function machines(seconds: number) {
  return ['printer-1', 'printer-2'].map(machine => ({ machine, fits: true, findings: [], estimatedSeconds: seconds }))
}
