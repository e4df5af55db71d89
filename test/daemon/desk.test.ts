// The desk over a machine room made of lists: what is asked, judged, done once, and answered.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Desk } from '../../daemon/desk.ts'
import type { KnownProgram } from '../../daemon/programs.ts'
import { Starter } from '../../daemon/starter.ts'
import { Store } from '../../daemon/store.ts'
import { Submissions } from '../../daemon/submissions.ts'
import { deny } from '../../daemon/words.ts'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { aCommand, aJob, aMachine, aProgram, ListRoom, person, setState, sha, silent, temporaryFolder, testMachines, until } from './kit.ts'

const submit = (more: Partial<Extract<Ask, { kind: 'job.submit' }>> = {}): Extract<Ask, { kind: 'job.submit' }> => ({
  kind: 'job.submit',
  request: 'request-1',
  sha256: sha('a'),
  name: 'кубик.gcode',
  size: 1000,
  copies: 1,
  ...more,
})

function school(options: { obtain?: () => { known: KnownProgram } | { denial: Denial }; autoStart?: boolean; nowMs?: () => number } = {}) {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  const all = ['printer-1', 'printer-2', 'laser-1']
  const machines = testMachines(store, [
    aMachine('printer-1', 'printer'),
    aMachine('printer-2', 'printer', { approval: false }),
    aMachine('laser-1', 'laser'),
  ])
  const known: KnownProgram = {
    program: aProgram(['printer-1', 'printer-2'], all),
    timeMaps: {
      'printer-1': [
        [0, 0],
        [1000, 60],
      ],
    },
    layers: [0, 500],
  }
  const obtain = options.obtain ?? (() => ({ known }))
  const runnable = (sha256: string) => ({ path: '/a/file', sha256 })
  const programs = { obtain: async () => obtain(), stored: () => known, runnable }
  const room = new ListRoom()
  const rules = { approvals: 'pupils' as const, autoStartPrinters: options.autoStart ?? false }
  const { nowMs = Date.now } = options
  const starter = new Starter({
    store,
    machines,
    room,
    programs,
    autoStartPrinters: rules.autoStartPrinters,
    nowMs,
    log: silent,
    retryMs: 5,
  })
  const submissions = new Submissions({ site: 'school-1', store, machines, programs, rules, nowMs })
  const closing = new AbortController()
  let offset = 0
  const desk = new Desk({
    site: 'school-1',
    permits: { judge: () => undefined, permit: () => undefined },
    pupils: { freshCode: () => 'АВЕК24', forget: () => false },
    store,
    machines,
    people: { vouch: () => undefined, person: () => undefined },
    room,
    starter,
    programs,
    submissions,
    nowMs,
    clocksOf: origin => (origin === 'city' ? [nowMs() + offset, nowMs()] : [nowMs()]),
    log: silent,
    signal: closing.signal,
  })
  store.watch(events => {
    for (const event of events) if (event.kind !== 'job' && 'machine' in event && event.machine) machines.refresh(event.machine)
    starter.stir()
  })
  const put = (more: Partial<Job>) => store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job: aJob(more) }] })
  const setOffset = (ms: number) => {
    offset = ms
  }
  return {
    store,
    machines,
    room,
    desk,
    starter,
    put,
    setOffset,
    [Symbol.dispose]: () => {
      starter.close()
      machines[Symbol.dispose]()
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

const codeOf = (reply: Reply) => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)

describe('submitting', () => {
  it('a teacher’s job is queued at once, a pupil’s waits for approval; copies share a ticket', async () => {
    using s = school()
    const teachers = await s.desk.execute(aCommand(person('teacher'), submit({ copies: 3 })), 'school')
    expect(teachers).toMatchObject({ outcome: 'done', jobs: ['request-1', 'request-1-2', 'request-1-3'], ticket: 1 })
    const pupils = await s.desk.execute(aCommand(person('pupil'), submit({ request: 'request-2' })), 'city')
    expect(pupils).toMatchObject({ outcome: 'done', ticket: 2, waiting: { ru: 'Ждёт проверки учителем.' } })
    expect(s.store.openJobs().map(job => [job.id, job.state, job.copy, job.ticket])).toEqual([
      ['request-1', 'queued', 1, 1],
      ['request-1-2', 'queued', 2, 1],
      ['request-1-3', 'queued', 3, 1],
      ['request-2', 'submitted', 1, 2],
    ])
    expect(s.store.refold()).toEqual([])
  })

  it('a pupil’s job for a printer that needs no approval is queued, and one for any machine is not', async () => {
    using s = school()
    await s.desk.execute(aCommand(person('pupil'), submit({ machine: 'printer-2' })), 'city')
    await s.desk.execute(aCommand(person('pupil'), submit({ request: 'request-2' })), 'city')
    expect(s.store.openJobs().map(job => job.state)).toEqual(['queued', 'submitted'])
  })

  it('the same request twice, under another command id, makes no second job', async () => {
    using s = school()
    await s.desk.execute(aCommand(person('teacher'), submit({ copies: 2 })), 'city')
    const again = await s.desk.execute(aCommand(person('teacher'), submit({ copies: 2 })), 'city')
    expect(again).toMatchObject({ outcome: 'done', jobs: ['request-1', 'request-1-2'], ticket: 1 })
    expect(s.store.openJobs()).toHaveLength(2)
    const others = await s.desk.execute(aCommand(person('pupil'), submit()), 'city')
    expect(codeOf(others)).toBe('request-taken')
  })

  const stop = {
    code: 'negative-z',
    severity: 'stop' as const,
    text: { ru: 'Фреза уйдёт в стол.', en: 'The cutter would enter the bed.' },
    line: 7,
  }
  const of = (program: ReturnType<typeof aProgram>) => () => ({ known: { program, timeMaps: {}, layers: [] } })
  const m3 = aProgram([], ['laser-1'], {
    machines: [{ machine: 'laser-1', fits: false, findings: [{ ...stop, code: 'constant-power' }] }],
  })
  it.for<
    [
      string,
      () => { known: KnownProgram } | { denial: Denial },
      Partial<Extract<Ask, { kind: 'job.submit' }>>,
      'teacher' | 'technician',
      string,
    ]
  >([
    ['a file that never came', () => ({ denial: deny('file-missing') }), {}, 'teacher', 'file-missing'],
    ['an empty file', () => ({ denial: deny('empty-file') }), {}, 'teacher', 'empty-file'],
    [
      'a file with a finding that stops it everywhere',
      of(aProgram(['printer-1'], ['printer-1'], { findings: [stop] })),
      {},
      'technician',
      'negative-z',
    ],
    ['the wrong machine', of(aProgram(['printer-1'], ['printer-1', 'laser-1'])), { machine: 'laser-1' }, 'technician', 'too-big'],
    ['a machine that is not there', of(aProgram(['printer-1'], ['printer-1'])), { machine: 'printer-9' }, 'teacher', 'unknown-machine'],
    ['a program that fits nowhere', of(aProgram([], ['printer-1', 'laser-1'])), {}, 'teacher', 'no-machine-fits'],
    ['M3 on a laser, asked by a teacher', of(m3), { machine: 'laser-1' }, 'teacher', 'constant-power'],
    ['M3 with a leave nobody but a technician has', of(m3), { allowConstantPower: true }, 'teacher', 'constant-power-needs-technician'],
    ['M3 with a technician’s leave', of(m3), { machine: 'laser-1', allowConstantPower: true }, 'technician', 'done'],
  ])('%s is answered in words', async ([, obtain, more, role, expected]) => {
    using s = school({ obtain })
    const reply = await s.desk.execute(aCommand(person(role), submit(more)), 'school')
    expect(codeOf(reply)).toBe(expected)
    if (reply.outcome === 'refused') expect(reply.denial.text.ru).toMatch(/[а-яё]/)
    else expect(s.store.openJobs()[0]).toMatchObject({ allowConstantPower: true })
    expect(s.store.openJobs()).toHaveLength(expected === 'done' ? 1 : 0)
  })
})

describe('a command', () => {
  it('runs once by its id, also when it comes twice at once or after a restart', async () => {
    using s = school()
    setState(s.machines, 'printer-1', { state: 'running', since: 1 })
    const command = aCommand(person('teacher'), { kind: 'machine.stop', machine: 'printer-1' })
    const [first, second] = await Promise.all([s.desk.execute(command, 'city'), s.desk.execute(command, 'city')])
    expect(second).toEqual(first)
    expect(await s.desk.execute(command, 'city')).toEqual(first)
    expect(s.room.orders).toHaveLength(1)
    expect(s.store.command(command.id)).toEqual({ seen: 'answered', reply: first })
  })

  it('that moves something and was begun before a restart is not begun again', async () => {
    using s = school()
    const command = aCommand(person('teacher'), { kind: 'machine.jog', machine: 'printer-1', x: 10, feed: 600 })
    s.store.beginCommand(command.id, 1)
    expect(codeOf(await s.desk.execute(command, 'school'))).toBe('outcome-unknown')
    expect(s.room.orders).toEqual([])
  })

  it.for<[string, Ask, string]>([
    ['one of the books', { kind: 'machine.service', machine: 'printer-1', on: true }, 'outcome-unknown'],
    ['one of the queue', { kind: 'job.hold', job: 'job-00001' }, 'outcome-unknown'],
    ['one that must not happen twice', { kind: 'machine.jog', machine: 'printer-1', x: 10, feed: 600 }, 'outcome-unknown'],
    ['one that is refused anyway', { kind: 'job.hold', job: 'job-none' }, 'unknown-job'],
  ])('that a full disk cannot keep is refused aloud: %s', async ([, ask, code]) => {
    using s = school()
    s.put({})
    const full = () => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
    }
    Object.assign(s.store, { commit: full, beginCommand: full })
    expect(codeOf(await s.desk.execute(aCommand(person('technician'), ask), 'city'))).toBe(code)
    expect(s.room.orders).toEqual([])
    expect(s.store.job('job-00001')?.held).toBe(false)
  })

  it('that comes late is refused by the clock of whoever issued it', async () => {
    using s = school()
    const ask: Ask = { kind: 'machine.pause', machine: 'printer-1' }
    const issued = (agoMs: number) => ({ issuedAt: Date.now() - agoMs, expiresAt: Date.now() - agoMs + 30_000 })
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask, issued(31_000)), 'city'))).toBe('expired')
    s.setOffset(-3_600_000)
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask, issued(3_600_000)), 'city'))).toBe('done')
    expect(s.room.orders).toHaveLength(1)
  })

  it.for<[Ask, string]>([
    [{ kind: 'job.approve', job: 'job-none' }, 'unknown-job'],
    [{ kind: 'machine.pause', machine: 'nowhere' }, 'unknown-machine'],
    [{ kind: 'machine.clear', machine: 'printer-1', quality: 'ok' }, 'nothing-to-clear'],
    [{ kind: 'job.move', job: 'job-00001', before: 'job-none' }, 'unknown-job'],
    [{ kind: 'job.assign', job: 'job-00001', machine: 'laser-1' }, 'machine-unsuitable'],
    [{ kind: 'job.collect', job: 'job-00001' }, 'wrong-job-state'],
    [{ kind: 'job.start', job: 'job-00001', machine: 'printer-1' }, 'machine-offline'],
  ])('%j is refused as %s', async ([ask, code]) => {
    using s = school()
    s.put({})
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask), 'school'))).toBe(code)
  })

  it.for<[Ask, Partial<Job>]>([
    [{ kind: 'job.hold', job: 'job-00001' }, { held: true }],
    [
      { kind: 'job.return', job: 'job-00001', comment: 'масштаб' },
      { state: 'returned', returned: { comment: 'масштаб', by: person('teacher'), at: expect.any(Number) } },
    ],
    [{ kind: 'job.deny', job: 'job-00001' }, { state: 'denied' }],
    [{ kind: 'job.cancel', job: 'job-00001' }, { state: 'cancelled' }],
    [
      { kind: 'job.assign', job: 'job-00001', machine: 'printer-2' },
      { wanted: 'printer-2', estimatedSeconds: 60 },
    ],
    [{ kind: 'job.move', job: 'job-00001' }, { order: 3 }],
  ])('%j changes the queue', async ([ask, expected]) => {
    using s = school()
    s.put({})
    s.put({ id: 'job-00002', ticket: 2, order: 2 })
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask), 'city'))).toBe('done')
    expect(s.store.job('job-00001')).toMatchObject(expected)
    expect(s.store.journal(undefined, 1)[0]).toMatchObject({ kind: 'job', by: { role: 'teacher' } })
    expect(s.store.refold()).toEqual([])
  })
})

describe('a machine', () => {
  it('hears a stop before anything is written, and who stopped it stands in the journal', async () => {
    using s = school()
    setState(s.machines, 'printer-1', { state: 'running', since: 1 })
    let numberAtOrder = -1
    s.room.answer = () => {
      numberAtOrder = s.store.lastNumber
      return undefined
    }
    const before = s.store.lastNumber
    const command = aCommand(person('teacher'), { kind: 'machine.stop', machine: 'printer-1' })
    const reply = s.desk.execute(command, 'city')
    // The order left in the same turn of the event loop in which it was asked for.
    expect(s.room.orders).toEqual([{ kind: 'deed', machine: 'printer-1', deed: { kind: 'stop' } }])
    await reply
    expect(numberAtOrder).toBe(before)
    expect(s.store.journal(undefined, 1)[0]).toMatchObject({
      kind: 'action',
      action: 'machine.stop',
      machine: 'printer-1',
      by: { id: 'teacher-1' },
    })
  })

  it('that refuses is quoted', async () => {
    using s = school()
    s.room.answer = () => ({ code: 'not-now', text: { ru: 'Сейчас нельзя.', en: 'Not now.' } })
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), { kind: 'machine.home', machine: 'printer-1' }), 'school'))).toBe(
      'not-now',
    )
  })

  it('with a job on it is told to cancel when the job is cancelled, by its own author too', async () => {
    using s = school()
    s.put({ state: 'running', machine: 'printer-1', startedAt: 5, author: person('pupil') })
    const other = await s.desk.execute(aCommand(person('pupil', 'pupil-2'), { kind: 'job.cancel', job: 'job-00001' }), 'city')
    expect(codeOf(other)).toBe('not-your-job')
    const own = await s.desk.execute(aCommand(person('pupil'), { kind: 'job.cancel', job: 'job-00001' }), 'city')
    expect(codeOf(own)).toBe('done')
    expect(s.room.orders).toEqual([{ kind: 'deed', machine: 'printer-1', deed: { kind: 'cancel' } }])
    // It is cancelled when the machine says so, not before.
    expect(s.store.job('job-00001')?.state).toBe('running')
  })

  it('is cleared by a person with a verdict, and only then takes the next job', async () => {
    using s = school({ autoStart: true })
    setState(s.machines, 'printer-1', { state: 'ready', since: 1 })
    const end = { outcome: 'completed' as const, evidence: 'M400', lines: 1, bytes: 1, seconds: 1, resends: 0 }
    const done = aJob({ id: 'job-done', state: 'completed', machine: 'printer-1', startedAt: 1, endedAt: 2, end })
    s.store.commit({ events: [{ kind: 'job', at: 2, change: 'completed', job: done }] })
    s.machines.refresh('printer-1')
    expect(s.machines.forQueue('printer-1')?.state).toBe('uncleared')
    s.put({ suitable: ['printer-1'] })
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(s.room.orders).toEqual([])
    const ask: Ask = { kind: 'machine.clear', machine: 'printer-1', quality: 'failed', cause: 'отклеилось' }
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask), 'school'))).toBe('done')
    expect(s.store.job('job-done')?.verdict).toMatchObject({ quality: 'failed', cause: 'отклеилось' })
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(s.room.orders).toMatchObject([{ kind: 'run', machine: 'printer-1', run: { job: 'job-00001', path: '/a/file' } }])
    expect(s.store.job('job-00001')).toMatchObject({ state: 'starting', machine: 'printer-1' })
  })

  it.for<[string, string, MachineState, Partial<Job>]>([
    ['prepares', 'still-at-work', { state: 'preparing', since: 1, what: 'heating' }, {}],
    ['runs', 'still-at-work', { state: 'running', since: 1 }, {}],
    ['is paused', 'still-at-work', { state: 'paused', since: 1, by: 'person' }, {}],
    ['prints from its own card', 'still-at-work', { state: 'foreign', since: 1 }, {}],
    ['waits for filament in the middle of a job', 'still-at-work', { state: 'attention', since: 1, why: 'runout' }, { state: 'paused' }],
    ['is free', 'nothing-to-clear', { state: 'ready', since: 1 }, {}],
  ])('that %s answers %s to whoever says that its bed is cleared', async ([, code, state, job]) => {
    using s = school()
    s.put({ machine: 'printer-1', ...job })
    setState(s.machines, 'printer-1', state)
    const clear: Ask = { kind: 'machine.clear', machine: 'printer-1', quality: 'ok' }
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), clear), 'school'))).toBe(code)
  })

  it('in service takes no new job until it is back', async () => {
    using s = school({ autoStart: true })
    setState(s.machines, 'printer-1', { state: 'ready', since: 1 })
    await s.desk.execute(aCommand(person('technician'), { kind: 'machine.service', machine: 'printer-1', on: true }), 'city')
    s.put({ suitable: ['printer-1'] })
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(s.room.orders).toEqual([])
    await s.desk.execute(aCommand(person('technician'), { kind: 'machine.service', machine: 'printer-1', on: false }), 'city')
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(s.room.orders).toHaveLength(1)
  })
})

describe('starting', () => {
  it('a laser job waits for a person at the school’s own screen', async () => {
    using s = school({ autoStart: true })
    s.put({ suitable: ['laser-1'] })
    setState(s.machines, 'laser-1', { state: 'ready', since: 1 })
    s.starter.stir()
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(s.room.orders).toEqual([])
    const ask: Ask = { kind: 'job.start', job: 'job-00001', machine: 'laser-1' }
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask), 'city'))).toBe('only-at-the-machine')
    expect(codeOf(await s.desk.execute(aCommand(person('pupil'), ask), 'school'))).toBe('teacher-only')
    expect(s.room.orders).toEqual([])
    expect(codeOf(await s.desk.execute(aCommand(person('teacher'), ask), 'school'))).toBe('done')
    expect(s.room.orders).toMatchObject([{ kind: 'run', machine: 'laser-1' }])
  })

  it('gives two free printers two jobs, never one job twice', async () => {
    using s = school({ autoStart: true })
    for (const n of [1, 2, 3]) s.put({ id: `job-0000${n}`, ticket: n, order: n })
    setState(s.machines, 'printer-1', { state: 'ready', since: 1 })
    setState(s.machines, 'printer-2', { state: 'ready', since: 1 })
    for (let turn = 0; turn < 5; turn++) {
      s.starter.stir()
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    const runs = s.room.orders.flatMap(order => (order.kind === 'run' ? [[order.machine, order.run.job]] : []))
    expect(runs).toEqual([
      ['printer-1', 'job-00001'],
      ['printer-2', 'job-00002'],
    ])
  })

  it('a machine that refused once is asked again soon, whatever becomes of the clock', async () => {
    let now = Date.now()
    using s = school({ autoStart: true, nowMs: () => now })
    s.room.answer = () => {
      if (s.room.orders.length > 1) return undefined
      now -= 3_600_000
      return { code: 'busy', text: { ru: 'Занят.', en: 'Busy.' } }
    }
    s.put({ suitable: ['printer-1'] })
    setState(s.machines, 'printer-1', { state: 'ready', since: 1 })
    s.starter.stir()
    await until(() => s.room.orders.length === 2, 'it is asked again')
    expect(s.store.job('job-00001')).toMatchObject({ state: 'starting', machine: 'printer-1' })
  })

  it('a job its machine refuses three times is held back and the fault is raised', async () => {
    using s = school({ autoStart: true })
    s.room.answer = () => ({ code: 'no-thank-you', text: { ru: 'Не могу.', en: 'I cannot.' } })
    s.put({ suitable: ['printer-1'] })
    setState(s.machines, 'printer-1', { state: 'ready', since: 1 })
    s.starter.stir()
    for (let turn = 0; turn < 100 && !s.store.job('job-00001')?.held; turn++) await new Promise(resolve => setTimeout(resolve, 10))
    expect(s.store.job('job-00001')).toMatchObject({ state: 'queued', held: true })
    expect(s.room.orders).toHaveLength(3)
    expect(s.store.machine('printer-1').faults).toMatchObject([{ code: 'start-refused' }])
  })
})
