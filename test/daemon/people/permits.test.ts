// A laser is started by whoever is cleared for it: granting, ending, taking back, and what every other school is told.
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../../protocols/contract/command.ts'
import type { Permit } from '../../../protocols/contract/permit.ts'
import type { Role } from '../../../protocols/contract/rights.ts'
import { clear, codeOf, dayMs, openOffice } from './office.ts'

const startOf = (job: string, machine = 'laser-1'): Ask => ({ kind: 'job.start', job, machine })

describe('a laser', () => {
  it('is refused without a permit, in a sentence that says what to do; with one it starts; printers ask nobody', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    const reply = await office.ask('teacher', startOf('job-00001'))
    expect(reply).toMatchObject({
      outcome: 'refused',
      denial: {
        code: 'no-permit',
        text: { ru: 'У вас нет допуска к станку «laser-1».' },
        help: { ru: expect.stringContaining('инструктаж') },
      },
    })
    expect(codeOf(await office.ask('teacher', startOf('job-00001', 'printer-1')))).toBe('done')
    expect(await clear(office, 'technician', 'teacher-1')).toBe('done')
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('done')
    expect(office.started).toEqual(['teacher-1 starts job-00001 on printer-1', 'teacher-1 starts job-00001 on laser-1'])
  })

  it.for<[string, Partial<Extract<Ask, { kind: 'permit.grant' }>>, string, string]>([
    ['a permit for lasers', { covers: { of: 'kind', kind: 'laser' } }, 'laser-1', 'done'],
    ['a permit for lasers, on a mill', { covers: { of: 'kind', kind: 'laser' } }, 'mill-1', 'no-permit'],
    ['a permit for its model', { covers: { of: 'model', model: 'model-laser' } }, 'laser-1', 'done'],
    ['a permit for another model', { covers: { of: 'model', model: 'model-mill' } }, 'laser-1', 'no-permit'],
    ['a permit for this machine', { covers: { of: 'machine', machine: 'laser-1' } }, 'laser-1', 'done'],
    ['a permit for the machine beside it', { covers: { of: 'machine', machine: 'mill-1' } }, 'laser-1', 'no-permit'],
  ])('with %s', async ([, grant, machine, code]) => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    expect(await clear(office, 'administrator', 'teacher-1', grant)).toBe('done')
    expect(codeOf(await office.ask('teacher', startOf('job-00001', machine)))).toBe(code)
  })

  it('says on which day the permit ended, and which day it was taken back', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    await clear(office, 'technician', 'teacher-1', { permit: 'permit-first', until: office.now() + 10 * dayMs })
    office.pass(10 * dayMs)
    const expired = await office.ask('teacher', startOf('job-00001'))
    expect(expired).toMatchObject({ denial: { code: 'permit-expired', text: { ru: expect.stringContaining('11 марта 2027') } } })
    await clear(office, 'technician', 'teacher-1', { permit: 'permit-second' })
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('done')
    expect(codeOf(await office.ask('teacher', { kind: 'permit.revoke', permit: 'permit-second', reason: 'уволен' }))).toBe('done')
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('permit-revoked')
  })

  it('keeps to it after the daemon died, and the store folds to the same bytes', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    await clear(office, 'technician', 'teacher-1')
    await office.restart()
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('done')
    expect(office.store.refold()).toEqual([])
  })
})

describe('granting', () => {
  it.for<[Role, Role, string]>([
    ['pupil', 'pupil', 'teacher-only'],
    ['teacher', 'pupil', 'done'],
    ['teacher', 'technician', 'colleagues-by-technician'],
    ['teacher', 'teacher', 'not-for-yourself'],
    ['technician', 'teacher', 'done'],
    ['technician', 'administrator', 'done'],
    ['technician', 'technician', 'not-for-yourself'],
    ['administrator', 'technician', 'done'],
    ['administrator', 'administrator', 'not-for-yourself'],
  ])('by a %s to a %s: %s', async ([who, whom, code]) => {
    using office = await openOffice()
    const instruction = 'instruction-x'
    const both = ['pupil-1', 'teacher-1', 'technician-1', 'administrator-1'].filter(id => id !== 'administrator-1')
    await office.ask('administrator', { kind: 'instruction.record', instruction, people: both, title: 'ИОТ-12', version: '3' })
    if (whom === 'administrator') {
      const people = ['administrator-1']
      await office.ask('technician', { kind: 'instruction.record', instruction: 'instruction-y', people, title: 'ИОТ-12', version: '3' })
    }
    const grant: Ask = {
      kind: 'permit.grant',
      permit: 'permit-00001',
      person: `${whom}-1`,
      covers: { of: 'kind', kind: 'mill' },
      until: office.now() + dayMs,
      instruction: whom === 'administrator' ? 'instruction-y' : instruction,
    }
    expect(codeOf(await office.ask(who, grant))).toBe(code)
    expect(codeOf(await office.ask(who, grant, 'city'))).toBe(code)
  })

  it.for<[string, Partial<Extract<Ask, { kind: 'permit.grant' }>>, string]>([
    ['on an instruction nobody recorded', { instruction: 'instruction-none' }, 'not-instructed'],
    ['to somebody nobody knows', { person: 'stranger' }, 'unknown-person-named'],
    ['for a machine that is not here', { covers: { of: 'machine', machine: 'laser-9' } }, 'unknown-machine'],
    ['until yesterday', { until: 1 }, 'bad-date'],
    ['for ten years', { until: Date.UTC(2037, 1, 1) }, 'bad-date'],
  ])('%s is refused', async ([, more, code]) => {
    using office = await openOffice()
    expect(await clear(office, 'technician', 'teacher-1', more)).toBe(code)
    expect(office.store.records.permits()).toEqual([])
  })

  it('asked twice under one id is one permit and one event', async () => {
    using office = await openOffice()
    await clear(office, 'technician', 'teacher-1', { permit: 'permit-same' })
    const before = office.store.records.permits()
    await clear(office, 'technician', 'teacher-1', { permit: 'permit-same', until: office.now() + 2 * dayMs })
    expect(office.store.records.permits()).toEqual(before)
  })

  it('names in the journal who instructed whom, in which text and version', async () => {
    using office = await openOffice()
    await clear(office, 'technician', 'teacher-1')
    const [instruction, permit] = office.store.eventsAfter(0, 10, 1e6)
    expect(instruction).toMatchObject({
      kind: 'instruction',
      instruction: { title: 'ИОТ-12 Лазер', version: '3', by: { id: 'technician-1' }, people: [{ id: 'teacher-1' }] },
    })
    expect(permit).toMatchObject({
      kind: 'permit',
      change: 'granted',
      permit: {
        site: 'school-1',
        person: { id: 'teacher-1' },
        instruction: { title: 'ИОТ-12 Лазер', version: '3', by: { id: 'technician-1' } },
      },
      by: { id: 'technician-1' },
    })
  })
})

describe('a permit of another school', () => {
  const person = { id: 'teacher-1', name: 'The teacher', role: 'teacher' as const }
  const by = { id: 'technician-9', name: 'The other technician', role: 'technician' as const }
  const permit = (more: Partial<Permit>): Permit => ({
    id: 'permit-elsewhere',
    site: 'school-9',
    person,
    covers: { of: 'kind', kind: 'laser' },
    from: 0,
    until: Date.UTC(2028, 0, 1),
    instruction: { id: 'instruction-9', title: 'ИОТ-12', version: '3', by, at: 1 },
    by,
    ...more,
  })
  const directory = (version: number, permits: Permit[]) => ({
    version,
    people: [{ ...person, sites: ['school-1'], login: 'teacher', passwordHash: 'x' }],
    permits,
  })

  it('is good here while it stands, and not an hour longer than anybody took it back', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    office.office.people.learn(directory(1, [permit({})]))
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('done')
    office.office.people.learn(directory(2, [permit({ revoked: { by, at: office.now() } })]))
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('permit-revoked')
  })

  it('taken back here is told as an event, and stays so whatever the directory still says', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    office.office.people.learn(directory(1, [permit({})]))
    expect(codeOf(await office.ask('technician', { kind: 'permit.revoke', permit: 'permit-elsewhere' }))).toBe('done')
    expect(office.store.journal(undefined, 1)).toMatchObject([{ kind: 'permit', change: 'revoked', permit: { site: 'school-9' } }])
    office.office.people.learn(directory(2, [permit({})]))
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('permit-revoked')
  })

  it('for one machine there says nothing of a machine of the same name here', async () => {
    using office = await openOffice({ startPin: 'session' })
    office.queued('job-00001')
    office.office.people.learn(directory(1, [permit({ covers: { of: 'machine', machine: 'laser-1' } })]))
    expect(codeOf(await office.ask('teacher', startOf('job-00001')))).toBe('no-permit')
  })
})
