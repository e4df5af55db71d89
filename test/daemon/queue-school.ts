// A school for the tests of its queue: desk, fair order, quotas, starter and floor over a machine room made of lists and a clock that a test sets.
import { join } from 'node:path'
import { Desk } from '../../daemon/desk.ts'
import { FairQueue } from '../../daemon/fair-queue.ts'
import { Floor } from '../../daemon/floor.ts'
import { createBeginRule } from '../../daemon/forecast/begin-rule.ts'
import { noHours } from '../../daemon/forecast/hours.ts'
import type { KnownProgram } from '../../daemon/programs.ts'
import { createQuotas } from '../../daemon/quotas.ts'
import { Starter } from '../../daemon/starter.ts'
import { Store } from '../../daemon/store.ts'
import { Submissions } from '../../daemon/submissions.ts'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import type { Author, Job, JobEnd } from '../../protocols/contract/job.ts'
import type { Program } from '../../protocols/contract/program.ts'
import { aCommand, aMachine, aProgram, ListRoom, person, setState, sha, silent, temporaryFolder, testMachines } from './kit.ts'

export const hour = 3_600_000
/** Monday 12 October 2026, 10:00 in Moscow. */
export const monday10 = Date.parse('2026-10-12T07:00:00Z')

export const pupil = (n = 1, group = 'group-7b'): Author => ({ id: `pupil-${n}`, name: `Стриж ${n}`, role: 'pupil', group })

export function queueSchool(options: { autoStart?: boolean; timeZone?: string } = {}) {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  let now = monday10
  const nowMs = () => now
  const { timeZone = 'Europe/Moscow' } = options
  const all = ['printer-1', 'printer-2']
  const machines = testMachines(
    store,
    all.map(id => aMachine(id, 'printer')),
    nowMs,
  )
  const changes: Partial<Program> = {}
  const known = (): KnownProgram => ({ program: aProgram(all, all, changes), timeMaps: {}, layers: [] })
  const programs = {
    obtain: async (wanted: { sha256: string; name: string }) => {
      const { program, ...rest } = known()
      return { known: { ...rest, program: { ...program, sha256: wanted.sha256, name: wanted.name } } }
    },
    stored: () => known(),
    runnable: (sha256: string) => ({ path: '/a/file', sha256 }),
  }
  const room = new ListRoom()
  const queue = new FairQueue({ store, nowMs, log: silent })
  const quotas = createQuotas({ store, timeZone, nowMs })
  const lessons = () => store.records.comingLessons(nowMs())
  const starter = new Starter({
    store,
    machines,
    room,
    programs,
    autoStartPrinters: options.autoStart ?? false,
    mayBegin: createBeginRule({
      hours: { ...noHours, timeZone },
      runPastClosing: true,
      seconds: job => job.estimatedSeconds,
      lessons,
      nowMs,
    }),
    queue,
    nowMs,
    log: silent,
    retryMs: 5,
  })
  const floor = new Floor({ store, machines, confirm: () => undefined, stirred: () => starter.stir(), nowMs, log: silent })
  const submissions = new Submissions({
    site: 'school-1',
    store,
    machines,
    programs,
    rules: { approvals: 'pupils', autoStartPrinters: options.autoStart ?? false },
    quota: quotas.judge,
    join: jobs => queue.join(jobs),
    nowMs,
  })
  const closing = new AbortController()
  const desk = new Desk({
    site: 'school-1',
    timeZone,
    permits: { judge: () => undefined, permit: () => undefined },
    pupils: { freshCode: () => 'АВЕК24', forget: () => false },
    store,
    machines,
    people: { vouch: () => undefined, person: () => undefined },
    room,
    starter,
    queue,
    programs,
    submissions,
    nowMs,
    clocksOf: () => [nowMs()],
    log: silent,
    signal: closing.signal,
  })
  store.watch(events => {
    for (const event of events) if (event.kind !== 'job' && 'machine' in event && event.machine) machines.refresh(event.machine)
    starter.stir()
  })
  let reports = 0
  const ask = (deed: Ask, by: Author = person('teacher')): Promise<Reply> =>
    desk.execute(aCommand(by, deed, { issuedAt: now, expiresAt: now + 60_000 }), 'school')
  return {
    store,
    queue,
    quotas,
    machines,
    room,
    starter,
    floor,
    ask,
    /** What the analysis finds in every file from now on. */
    found: (more: Partial<Program>) => Object.assign(changes, more),
    get now() {
      return now
    },
    pass: (ms: number) => {
      now += ms
    },
    job: (id: string): Job => {
      const job = store.job(id)
      if (job === undefined) throw new Error(`no job ${id}`)
      return job
    },
    ready: (machine = 'printer-1') => setState(machines, machine, { state: 'ready', since: now }),
    submit: (request: string, by: Author, more: Partial<Extract<Ask, { kind: 'job.submit' }>> = {}) =>
      ask({ kind: 'job.submit', request, sha256: sha('a'), name: `${request}.gcode`, size: 1000, copies: 1, ...more }, by),
    begins: (job: string, machine = 'printer-1') => floor.report({ kind: 'job-started', machine, job, at: now, number: ++reports }),
    ends: (job: string, more: Partial<JobEnd> = {}, machine = 'printer-1') => {
      const end: JobEnd = { outcome: 'completed', evidence: 'M400', lines: 9, bytes: 90, seconds: 3600, resends: 1, ...more }
      floor.report({ kind: 'job-ended', machine, job, at: now, number: ++reports, end })
    },
    open: (group: string, name: string) => ask({ kind: 'group.open', group, name, endsAt: now + 200 * 24 * hour }),
    [Symbol.dispose]: () => {
      closing.abort()
      queue.close()
      starter.close()
      machines.close()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

export function codeOf(reply: Reply): string {
  return reply.outcome === 'refused' ? reply.denial.code : reply.outcome
}

export function refusal(reply: Reply): string {
  return reply.outcome === 'refused' ? reply.denial.text.ru : ''
}
