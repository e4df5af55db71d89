// A pupil joins with a code and a nickname, is a pseudonym everywhere else, and can be forgotten.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readNickname } from '../../../daemon/nickname.ts'
import { pseudonymOf, pupilKey } from '../../../daemon/pupils.ts'
import { codeLetters, readCode } from '../../../protocols/contract/group.ts'
import { codeOf, dayMs, openOffice, type TestOffice } from './office.ts'

async function openGroup(office: TestOffice, more: { group?: string; endsAt?: number } = {}): Promise<string> {
  const { group = 'group-0001', endsAt = office.now() + 30 * dayMs } = more
  const reply = await office.ask('teacher', { kind: 'group.open', group, name: '7Б', ageBand: '11-13', endsAt })
  if (reply.outcome !== 'done' || reply.code === undefined) throw new Error(JSON.stringify(reply))
  return reply.code
}

async function join(office: TestOffice, code: string, nickname: string) {
  const joined = await office.office.screen.door.join(code, nickname)
  if ('denial' in joined) throw new Error(joined.denial.code)
  return joined
}

describe('joining', () => {
  it('gives a pseudonym, a group, and words to come back with; the school’s own screen knows the nickname', async () => {
    using office = await openOffice()
    const { account, recovery } = await join(office, await openGroup(office), 'Лис')
    expect(account).toMatchObject({
      name: expect.stringMatching(/^П-[2-9A-Z]{4}$/),
      role: 'pupil',
      group: 'group-0001',
      sites: ['school-1'],
      nickname: 'Лис',
    })
    expect(account.id).toMatch(/^p[\w-]{27}$/)
    expect(recovery).toMatch(/^[а-я]+-[а-я]+-[а-я]+-\d\d$/)
    expect(office.office.people.account(account.login)).toMatchObject({ id: account.id, name: account.name })
    expect(office.office.people.shown(account).name).toBe(`Лис (${account.name})`)
    const back = await office.office.screen.door.recover(
      account.name.toLowerCase().replace('-', ' '),
      recovery.toUpperCase().replaceAll('-', ' '),
    )
    expect(back).toMatchObject({ account: { id: account.id } })
  })

  it.for<[string, (code: string) => [string, string], string]>([
    ['a wrong code', () => ['АВЕК24', 'Лис'], 'unknown-code'],
    ['no code', () => ['', 'Лис'], 'unknown-code'],
    ['a nickname of one letter', code => [code, 'Л'], 'nickname-length'],
    ['a full name', code => [code, 'Петя Иванов'], 'nickname-personal'],
    ['a telephone', code => [code, 'Лис 89161234567'], 'nickname-personal'],
    ['an address', code => [code, 'lis@mail.ru'], 'nickname-personal'],
    ['an insult', code => [code, 'Мудак'], 'nickname-rude'],
    ['markup', code => [code, '<b>Лис</b>'], 'nickname-personal'],
    ['somebody’s nickname', code => [code, 'лис'], 'nickname-taken'],
  ])('with %s is refused', async ([, typed, code]) => {
    using office = await openOffice()
    const right = await openGroup(office)
    await join(office, right, 'Лис')
    const refused = await office.office.screen.door.join(...typed(right))
    expect('denial' in refused && refused.denial.code).toBe(code)
    expect(office.store.vault.pupils()).toHaveLength(1)
  })

  it('ends when the group is closed, and pupils stay until its end', async () => {
    using office = await openOffice()
    const code = await openGroup(office)
    const { account, recovery } = await join(office, code, 'Лис')
    await office.ask('teacher', { kind: 'group.close', group: 'group-0001' })
    expect(await office.office.screen.door.join(code, 'Волк')).toMatchObject({ denial: { code: 'group-closed' } })
    expect(office.office.people.vouch(account, 'school')).toBeUndefined()
    office.pass(30 * dayMs)
    expect(office.office.people.account(account.login)).toBeUndefined()
    expect(office.office.people.vouch(account, 'school')).toMatchObject({ code: 'unknown-person' })
    expect(await office.office.screen.door.recover(account.name, recovery)).toMatchObject({ denial: { code: 'group-closed' } })
  })

  it('takes sixty into a group and no more, also when they come at once', async () => {
    using office = await openOffice()
    const code = await openGroup(office)
    const outcomes = await Promise.all(Array.from({ length: 70 }, (_, n) => office.office.screen.door.join(code, `Лис ${n}`)))
    expect(outcomes.filter(one => 'account' in one)).toHaveLength(60)
    expect(new Set(office.store.vault.pupils().map(({ pseudonym }) => pseudonym)).size).toBe(60)
  })

  it('outlives the daemon', async () => {
    using office = await openOffice()
    const code = await openGroup(office)
    const { account, recovery } = await join(office, code, 'Лис')
    await office.restart()
    expect(office.office.people.account(account.login)).toMatchObject({ id: account.id, nickname: 'Лис' })
    expect(await office.office.screen.door.recover(account.name, recovery)).toMatchObject({ account: { id: account.id } })
  })
})

describe('a pupil', () => {
  it('stands in no event by nickname, and is gone from the file when forgotten', async () => {
    using office = await openOffice()
    const { account, recovery } = await join(office, await openGroup(office), 'Ушастик')
    office.queued('job-00001', { author: { id: account.id, name: account.name, role: 'pupil', group: 'group-0001' }, state: 'submitted' })
    expect(
      codeOf(await office.ask(office.office.people.person(account.id) ?? office.author('pupil'), { kind: 'job.cancel', job: 'job-00001' })),
    ).toBe('done')
    expect(JSON.stringify(office.store.eventsAfter(0, 500, 1e7))).not.toContain('Ушастик')
    expect(codeOf(await office.ask('teacher', { kind: 'pupil.forget', person: account.id }))).toBe('done')
    expect(office.office.people.account(account.login)).toBeUndefined()
    expect(office.office.people.shown(account).name).toBe(account.name)
    expect(await office.office.screen.door.recover(account.name, recovery)).toMatchObject({ denial: { code: 'wrong-recovery' } })
    expect(codeOf(await office.ask('teacher', { kind: 'pupil.forget', person: 'teacher-1' }))).toBe('unknown-person-named')
    await office.restart()
    expect(readFileSync(office.path).includes('Ушастик')).toBe(false)
  })

  it('of the school’s own file is a pseudonym to all but its own screen', async () => {
    using office = await openOffice()
    expect(office.office.people.account('pupil')).toMatchObject({
      id: 'pupil-1',
      name: expect.stringMatching(/^П-/),
      nickname: 'Вася Пупкин',
    })
    expect(office.office.people.person('pupil-1')?.name).not.toContain('Вася')
    expect(office.office.people.shown(office.author('pupil')).name).toMatch(/^Вася Пупкин \(П-/)
  })

  it('has a key only the school’s secret makes, the same each time, and a pseudonym that follows from it', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    expect(pupilKey(one, 'x')).toBe(pupilKey(one, 'x'))
    expect(pupilKey(one, 'x')).not.toBe(pupilKey(other, 'x'))
    expect(pseudonymOf('p-x')).toBe(pseudonymOf('p-x'))
  })
})

describe('a code', () => {
  it('is typed rightly on a Russian and on a Latin keyboard, in any case, with gaps', () => {
    for (const typed of ['АВЕК24', 'авек24', 'ABEK24', 'abek24', 'АВ ЕК-24', ' abEK 24 ']) expect(readCode(typed)).toBe('АВЕК24')
    for (const typed of ['АВЕК2', 'АВЕК2Ж', 'АВЕК244', '']) expect(readCode(typed)).toBeUndefined()
    expect(new Set(codeLetters).size).toBe(16)
  })
})

describe('a nickname', () => {
  it.for<[string, string]>([
    ['Лис', 'ok'],
    ['Красный Лис', 'ok'],
    ['Маша', 'ok'],
    ['R2-D2', 'ok'],
    ['Мандарин', 'ok'],
    ['Рубин', 'ok'],
    ['Хлебушек', 'ok'],
    ['Себастьян', 'ok'],
    ['Команда', 'ok'],
    ['Иванова Маша', 'nickname-personal'],
    ['Мария Сергеевна', 'nickname-personal'],
    ['Я Иванов Пётр', 'nickname-personal'],
    ['t.me/lis', 'nickname-personal'],
    ['12345', 'nickname-personal'],
    ['😀😀', 'nickname-length'],
    ['Л\u202Eис', 'ok'],
    ['x'.repeat(21), 'nickname-length'],
  ])('%s: %s', ([typed, code]) => {
    const read = readNickname(typed)
    expect('code' in read ? read.code : 'ok').toBe(code)
    if ('nickname' in read) expect(read.nickname).not.toMatch(/\p{C}/u)
  })
})
