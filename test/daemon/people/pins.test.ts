// The PIN at the machine: one start, one job, one minute; and what a guesser meets.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Ask } from '../../../protocols/contract/command.ts'
import { clear, codeOf, openOffice, type TestOffice } from './office.ts'

const startOf = (job: string, machine = 'laser-1'): Ask => ({ kind: 'job.start', job, machine })

describe('starting a laser with a PIN', () => {
  let office: TestOffice
  const confirm = async (job: string, pin = '2580', machine = 'laser-1') =>
    (await office.office.screen.pins.confirm(office.author('teacher'), { job, machine, pin }))?.code ?? 'confirmed'
  beforeEach(async () => {
    office = await openOffice()
    office.queued('job-00001')
    office.queued('job-00002')
    await clear(office, 'technician', 'teacher-1')
    await office.office.pins.set(office.author('teacher'), '2580')
    return () => office[Symbol.dispose]()
  })
  const start = async (job: string, machine?: string) => codeOf(await office.ask('teacher', startOf(job, machine)))

  it('needs it, and a session alone is not enough', async () => {
    expect(await start('job-00001')).toBe('pin-needed')
    expect(await confirm('job-00001')).toBe('confirmed')
    expect(await start('job-00001')).toBe('done')
  })

  it('is for one start', async () => {
    await confirm('job-00001')
    expect(await start('job-00001')).toBe('done')
    expect(await start('job-00001')).toBe('pin-needed')
  })

  it('is for one job and one machine', async () => {
    await clear(office, 'technician', 'teacher-1', { covers: { of: 'kind', kind: 'mill' } })
    await confirm('job-00001')
    expect(await start('job-00002')).toBe('pin-needed')
    expect(await start('job-00001', 'mill-1')).toBe('pin-needed')
    expect(await start('job-00001')).toBe('done')
  })

  it('is for the file that was confirmed', async () => {
    await confirm('job-00001')
    office.queued('job-00001', { program: { sha256: 'b'.repeat(64), name: 'другое.nc', size: 1, kind: 'laser', lines: 1 } })
    expect(await start('job-00001')).toBe('pin-needed')
  })

  it('lasts a minute', async () => {
    await confirm('job-00001')
    office.pass(59_999)
    expect(await start('job-00001')).toBe('done')
    await confirm('job-00001')
    office.pass(60_000)
    expect(await start('job-00001')).toBe('confirmation-late')
  })

  it('is nobody else’s confirmation', async () => {
    await clear(office, 'administrator', 'technician-1')
    await confirm('job-00001')
    expect(codeOf(await office.ask('technician', startOf('job-00001')))).toBe('pin-needed')
  })

  it('does not outlive the daemon, and the PIN does', async () => {
    await confirm('job-00001')
    await office.restart()
    expect(await start('job-00001')).toBe('pin-needed')
    expect(await confirm('job-00001')).toBe('confirmed')
  })

  it('stands in the journal: who, where, which job; never the digits', async () => {
    await confirm('job-00001')
    await start('job-00001')
    const journal = office.store.journal(undefined, 3)
    expect(journal[0]).toMatchObject({
      kind: 'action',
      action: 'job.confirm',
      machine: 'laser-1',
      by: { id: 'teacher-1' },
      detail: { job: 'job-00001' },
    })
    expect(JSON.stringify(office.store.eventsAfter(0, 500, 1e7))).not.toContain('2580')
  })

  it('for printers is not asked', async () => {
    expect(await start('job-00001', 'printer-1')).toBe('done')
  })
})

describe('a PIN', () => {
  it.for<[string, string]>([
    ['123', 'bad-pin'],
    ['123456789', 'bad-pin'],
    ['12a4', 'bad-pin'],
    ['0000', 'bad-pin'],
    ['1234', 'bad-pin'],
    ['87654321', 'bad-pin'],
    ['2580', 'set'],
    ['19283746', 'set'],
  ])('%s: %s', async ([pin, code]) => {
    using office = await openOffice()
    expect((await office.office.pins.set(office.author('teacher'), pin))?.code ?? 'set').toBe(code)
  })

  it('is checked five times, then each wrong one doubles the wait; the right one in the wait is not heard', async () => {
    using office = await openOffice()
    const teacher = office.author('teacher')
    await office.office.pins.set(teacher, '2580')
    const attempt = async (pin: string) => (await office.office.pins.check(teacher, pin))?.code
    for (let n = 0; n < 5; n++) expect(await attempt('1111')).toBe('wrong-pin')
    expect(await attempt('2580')).toBe('pin-wait')
    office.pass(30_000)
    expect(await attempt('1111')).toBe('wrong-pin')
    office.pass(30_000)
    expect(await attempt('2580')).toBe('pin-wait')
    office.pass(30_000)
    expect(await attempt('2580')).toBeUndefined()
    expect(await attempt('1111')).toBe('wrong-pin')
    expect(await attempt('2580')).toBeUndefined()
  })

  it('guessed at the door does not keep its owner from the machine', async () => {
    using office = await openOffice()
    const teacher = office.author('teacher')
    await office.office.pins.set(teacher, '2580')
    const job = office.queued('job-00001')
    for (let n = 0; n < 9; n++) await office.office.pins.check(teacher, '9021')
    expect((await office.office.pins.check(teacher, '2580'))?.code).toBe('pin-wait')
    expect(await office.office.pins.confirm(teacher, job, 'laser-1', '2580')).toBeUndefined()
  })

  it('guessed a hundred times at once is guessed five times', async () => {
    using office = await openOffice()
    const teacher = office.author('teacher')
    await office.office.pins.set(teacher, '2580')
    const codes = await Promise.all(Array.from({ length: 100 }, () => office.office.pins.check(teacher, '9021')))
    expect(codes.filter(denial => denial?.code === 'wrong-pin')).toHaveLength(5)
    expect(office.store.journal(undefined, 1)).toMatchObject([{ action: 'pin.refused', by: { id: 'teacher-1' }, detail: { tries: 5 } }])
  })

  it('chosen in the city works here when the city is away', async () => {
    using office = await openOffice()
    const teacher = office.author('teacher')
    await office.office.pins.set(teacher, '2580')
    const hash = office.store.vault.pinHash('teacher-1')
    using other = await openOffice()
    other.office.people.learn({
      version: 1,
      people: [{ ...teacher, sites: 'all', login: 'teacher', passwordHash: 'x', ...(hash === undefined ? {} : { pinHash: hash }) }],
    })
    expect(await other.office.pins.check(teacher, '2580')).toBeUndefined()
    await other.office.pins.set(teacher, '7531')
    expect((await other.office.pins.check(teacher, '2580'))?.code).toBe('wrong-pin')
  })
})
