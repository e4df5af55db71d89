// The store: events are the truth, folds follow them byte for byte, and kill -9 leaves no gap.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventDraft, Store } from '../../daemon/store.ts'
import { jobStateSchema } from '../../protocols/contract/job.ts'
import { eventSchema } from '../../protocols/contract/wire.ts'
import { aJob, person, temporaryFolder } from './kit.ts'

const fault = { code: 'port-missing', text: { ru: 'Порта нет.', en: 'The port is gone.' } }
const ended = { outcome: 'completed', evidence: 'M400', lines: 9, bytes: 90, seconds: 5, resends: 1 } as const

const someEvent: fc.Arbitrary<EventDraft> = fc.oneof(
  fc
    .record({ n: fc.nat(9), state: fc.constantFrom(...jobStateSchema.options), change: fc.constantFrom('submitted', 'completed', 'moved') })
    .map(
      ({ n, state, change }): EventDraft => ({
        kind: 'job',
        at: 5,
        change,
        job: aJob({ id: `job-0000${n}`, ticket: n + 1, state, machine: `printer-${n % 3}`, startedAt: 3 }),
      }),
    ),
  fc
    .record({ n: fc.nat(2), change: fc.constantFrom('raised' as const, 'cleared' as const), code: fc.constantFrom('a', 'b') })
    .map(({ n, change, code }): EventDraft => ({ kind: 'fault', at: 6, machine: `printer-${n}`, change, fault: { ...fault, code } })),
  fc.record({ n: fc.nat(2), action: fc.constantFrom('machine.clear', 'machine.service', 'machine.stop'), on: fc.boolean() }).map(
    ({ n, action, on }): EventDraft => ({
      kind: 'action',
      at: 7,
      machine: `printer-${n}`,
      action,
      by: person('teacher'),
      detail: { on },
    }),
  ),
  fc.nat(9).map((n): EventDraft => ({ kind: 'counters', at: 8, machine: `printer-${n % 3}`, runningSeconds: n, jobs: n, resends: 0 })),
)

describe('the store', () => {
  it('numbers events from 1 without gaps, and folds them the same way twice', () => {
    using folder = temporaryFolder()
    let run = 0
    fc.assert(
      fc.property(fc.array(fc.array(someEvent, { maxLength: 4 }), { maxLength: 12 }), commits => {
        const path = join(folder.path, `${run++}.sqlite`)
        let memory = ''
        {
          using store = new Store(path)
          for (const events of commits) store.commit({ events })
          expect(store.refold()).toEqual([])
          const numbers = store.eventsAfter(0, 1000, 1e9).map(event => event.number)
          expect(numbers).toEqual(numbers.map((_, index) => index + 1))
          expect(store.lastNumber).toBe(commits.flat().length)
          memory = JSON.stringify([store.openJobs().sort((a, b) => (a.id < b.id ? -1 : 1)), store.machine('printer-0'), store.nextTicket])
        }
        // What a new process reads is what the old one held in memory.
        using again = new Store(path)
        expect(
          JSON.stringify([again.openJobs().sort((a, b) => (a.id < b.id ? -1 : 1)), again.machine('printer-0'), again.nextTicket]),
        ).toBe(memory)
      }),
      { numRuns: 25 },
    )
  })

  it('writes only events that the wire would take', () => {
    using folder = temporaryFolder()
    using store = new Store(join(folder.path, 's.sqlite'))
    store.commit({ events: fc.sample(someEvent, 100) })
    for (const event of store.eventsAfter(0, 1000, 1e9)) expect(eventSchema.safeParse(event).success).toBe(true)
  })

  it('lets nobody change or remove an event', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 's.sqlite')
    {
      using store = new Store(path)
      store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job: aJob() }] })
    }
    const raw = new Database(path)
    expect(() => raw.exec("UPDATE events SET body = '{}'")).toThrow(/append-only/)
    expect(() => raw.exec('DELETE FROM events')).toThrow(/append-only/)
    raw.exec("UPDATE jobs SET body = replace(body, 'кубик', 'шарик')")
    raw.close()
    using store = new Store(path)
    expect(store.refold()).toEqual(['jobs/job-00001 is not what the events say'])
  })

  it('refuses a file of a newer program rather than guess', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 's.sqlite')
    const raw = new Database(path)
    raw.pragma('user_version = 99')
    raw.close()
    expect(() => new Store(path)).toThrow(/version 99.*update/)
  })

  it('remembers an uncleared bed from the end of a job that moved until a person clears it', () => {
    using folder = temporaryFolder()
    using store = new Store(join(folder.path, 's.sqlite'))
    const running = aJob({ state: 'running', machine: 'printer-1', startedAt: 10 })
    store.commit({ events: [{ kind: 'job', at: 10, change: 'started', job: running }] })
    expect(store.machine('printer-1').uncleared).toBeUndefined()
    const done = { ...running, state: 'completed' as const, endedAt: 20, end: ended }
    store.commit({ events: [{ kind: 'job', at: 20, change: 'completed', job: done }] })
    expect(store.machine('printer-1').uncleared).toEqual({ job: 'job-00001', since: 20 })
    store.commit({ events: [{ kind: 'action', at: 30, action: 'machine.clear', machine: 'printer-1', by: person('teacher') }] })
    store.commit({ events: [{ kind: 'job', at: 31, change: 'collected', job: { ...done, state: 'collected' } }] })
    expect(store.machine('printer-1').uncleared).toBeUndefined()
    const { startedAt: _, ...never } = done
    store.commit({ events: [{ kind: 'job', at: 40, change: 'failed', job: { ...never, state: 'failed' } }] })
    expect(store.machine('printer-1').uncleared).toBeUndefined()
  })

  it('keeps in memory the orders closed last, after a restart too, though they were opened first', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 's.sqlite')
    const by = person('technician')
    const put = (store: Store, id: string, closedAt?: number) => {
      const order = { id, site: 'school-1', machine: 'printer-1', title: 'Ремень', openedAt: 1, by, remarks: [] }
      const event =
        closedAt === undefined ? { change: 'opened' as const, order } : { change: 'closed' as const, order: { ...order, closedAt } }
      store.commit({ events: [{ kind: 'order', at: 1, by, ...event }] })
    }
    const kept = (store: Store) => ['order-first', 'order-0', 'order-1', 'order-500'].map(id => store.records.care.order(id) !== undefined)
    {
      using store = new Store(path)
      put(store, 'order-first')
      for (let n = 0; n < 501; n++) put(store, `order-${n}`, 10 + n)
      put(store, 'order-first', 1_000)
      expect(kept(store)).toEqual([true, false, false, true])
    }
    using store = new Store(path)
    expect(kept(store)).toEqual([true, false, false, true])
  })

  it('gives events in batches bounded in number and bytes, and always at least one', () => {
    using folder = temporaryFolder()
    using store = new Store(join(folder.path, 's.sqlite'))
    const job = aJob({ comment: 'x'.repeat(900) })
    store.commit({ events: Array.from({ length: 20 }, () => ({ kind: 'job' as const, at: 1, change: 'moved', job })) })
    expect(store.eventsAfter(0, 5, 1e9)).toHaveLength(5)
    expect(store.eventsAfter(0, 100, 1)).toHaveLength(1)
    expect(store.eventsAfter(0, 100, 5_000).length).toBeLessThan(5)
    expect(store.eventsAfter(20, 100, 1e9)).toEqual([])
    expect(store.journal(undefined, 3).map(event => event.number)).toEqual([20, 19, 18])
    expect(store.journal(5, 2).map(event => event.number)).toEqual([4, 3])
  })

  it('loses nothing that was said to be safe when the process is killed in the middle of writing, five times over', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 's.sqlite')
    let safe = 0
    for (let life = 0; life < 5; life++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'store-writer.ts'), path, String(life)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(child, 'exit')
      const killAt = safe + 100 + life * 77
      for await (const line of createInterface(child.stdout)) {
        safe = Number(line)
        if (safe >= killAt) child.kill('SIGKILL')
      }
      await exited
      using store = new Store(path)
      expect(store.lastNumber).toBeGreaterThanOrEqual(safe)
      expect(store.refold()).toEqual([])
      const numbers = store.eventsAfter(0, 1e6, 1e9).map(event => event.number)
      expect(numbers).toEqual(Array.from({ length: store.lastNumber }, (_, index) => index + 1))
      expect(store.lastNumber % 3).toBe(0)
      safe = store.lastNumber
    }
    expect(safe).toBeGreaterThan(500)
  }, 60_000)
})
