// Staff accounts made on the screen: invited, accepted, changed and closed; and what becomes of them in the schools' directory.
import { describe, expect, it } from 'vitest'
import type { StaffMember } from '../../protocols/contract/staff.ts'
import { topicOf } from '../../protocols/contract/wire.ts'
import { openCity, Person, School, temporaryFolder, until } from './house.ts'

const olga = { login: 'olga', name: 'Ольга Иванова', role: 'teacher', sites: ['alpha'] }
const password = 'три зелёных крана'

type Answer = { status: number; code?: string; member?: StaffMember; path?: string }

async function call(person: Person, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(person.url + path, {
    method,
    headers: { 'content-type': 'application/json', cookie: person.cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = (await response.json()) as { denial?: { code: string }; member?: StaffMember; path?: string }
  return { status: response.status, ...(said.denial ? { code: said.denial.code } : said) }
}

const accept = (url: string, path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) })

describe('an account made on the screen', () => {
  it('opens with the password its owner chose behind the invitation, in the city and in the schools', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    await using school = await School.join(city.brokerUrl, 'alpha')
    const admin = await Person.signIn(city.url, 'admin')
    const { status, member, path = '' } = await call(admin, 'POST', '/api/v1/staff', { ...olga, login: ' Olga ' })
    expect([status, member?.login, member?.state]).toEqual([201, 'olga', 'invited'])
    await expect(Person.signIn(city.url, 'olga', '')).rejects.toThrow('400')
    const page = await (await fetch(city.url + path)).text()
    expect(page).toContain('Ольга Иванова')
    const said = async (form: Record<string, string>, headers = {}) => (await accept(city.url, path, form, headers)).status
    expect(await said({ password: 'короткий', again: 'короткий' })).toBe(400)
    expect(await said({ password: 'olga olga olga', again: 'olga olga olga' })).toBe(400)
    expect(await said({ password, again: `${password}.` })).toBe(400)
    expect(await said({ password, again: password }, { origin: 'http://elsewhere.example' })).toBe(403)
    const long = await accept(city.url, path, { password: password.repeat(400), again: password })
    expect([long.status, await long.text()]).toEqual([413, expect.stringContaining('name="again"')])
    const done = await accept(city.url, path, { password, again: password })
    expect([done.status, done.headers.get('location'), done.headers.getSetCookie().length]).toEqual([303, '/', 1])
    expect((await fetch(city.url + path)).status).toBe(404)
    expect(await said({ password, again: password })).toBe(404)
    await Person.signIn(city.url, 'olga', password)
    const directory = () =>
      school.heard.filter(({ topic }) => topic === topicOf('directory', 'alpha')).at(-1)?.json as {
        people: { login: string; passwordHash: string }[]
      }
    await until('the school knows her with her password', () =>
      directory()?.people.some(person => person.login === 'olga' && person.passwordHash.startsWith('scrypt$')),
    )
    expect(JSON.stringify(directory())).not.toContain('invit')
  })

  it('is closed at once, and its open pages with it; a restart forgets nothing', async () => {
    using folder = temporaryFolder()
    {
      await using city = await openCity(folder.path)
      const admin = await Person.signIn(city.url, 'admin')
      const { path = '' } = await call(admin, 'POST', '/api/v1/staff', olga)
      await accept(city.url, path, { password, again: password })
      const person = await Person.signIn(city.url, 'olga', password)
      expect((await person.get('/api/v1/sites/alpha/journal')).status).toBe(200)
      expect((await call(admin, 'PATCH', '/api/v1/staff/olga', { sites: ['beta'] })).member?.sites).toEqual(['beta'])
      expect((await person.get('/api/v1/sites/alpha/journal')).status).toBe(403)
      expect((await call(admin, 'PATCH', '/api/v1/staff/olga', { closed: true })).member?.state).toBe('closed')
      expect((await person.get('/api/v1/sites/beta/journal')).status).toBe(401)
      await expect(Person.signIn(city.url, 'olga', password)).rejects.toThrow('401')
    }
    await using city = await openCity(folder.path)
    const admin = await Person.signIn(city.url, 'admin')
    await expect(Person.signIn(city.url, 'olga', password)).rejects.toThrow('401')
    expect((await call(admin, 'PATCH', '/api/v1/staff/olga', { closed: false })).member?.state).toBe('active')
    await Person.signIn(city.url, 'olga', password)
  })

  it('gets a new invitation when the password is forgotten; the older letter ends, the old password goes on until then', async () => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    const admin = await Person.signIn(city.url, 'admin')
    const first = await call(admin, 'POST', '/api/v1/staff', olga)
    const second = await call(admin, 'POST', '/api/v1/staff/olga/invitation')
    expect((await fetch(city.url + first.path)).status).toBe(404)
    await accept(city.url, second.path ?? '', { password, again: password })
    const third = await call(admin, 'POST', '/api/v1/staff/olga/invitation')
    await Person.signIn(city.url, 'olga', password)
    const before = await Person.signIn(city.url, 'olga', password)
    await accept(city.url, third.path ?? '', { password: 'новый длинный пароль', again: 'новый длинный пароль' })
    await expect(Person.signIn(city.url, 'olga', password)).rejects.toThrow('401')
    expect((await before.get('/api/v1/sites/alpha/journal')).status).toBe(401)
  })

  it.for([
    ['POST', '/api/v1/staff', { ...olga, login: 'anna' }, 409, 'login-taken'],
    ['POST', '/api/v1/staff', { ...olga, login: 'о л' }, 400, 'bad-staff'],
    ['POST', '/api/v1/staff', { ...olga, role: 'pupil' }, 400, 'bad-staff'],
    ['POST', '/api/v1/staff', { ...olga, sites: ['gamma'] }, 400, 'unknown-site'],
    ['POST', '/api/v1/staff', { ...olga, sites: [] }, 400, 'bad-staff'],
    ['PATCH', '/api/v1/staff/anna', { role: 'administrator' }, 409, 'in-the-file'],
    ['PATCH', '/api/v1/staff/nobody', { name: 'Никто' }, 404, 'not-found'],
    ['POST', '/api/v1/staff/anna/invitation', {}, 409, 'in-the-file'],
  ] as const)('%s %s %j is refused: %i %s', async ([method, path, body, status, code]) => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    const admin = await Person.signIn(city.url, 'admin')
    expect(await call(admin, method, path, body)).toEqual({ status, code })
  })

  it.for(['tech', 'anna', 'petya'])('is nobody’s business but an administrator’s: %s', async login => {
    using folder = temporaryFolder()
    await using city = await openCity(folder.path)
    const person = await Person.signIn(city.url, login)
    for (const [method, path] of [
      ['GET', '/api/v1/staff'],
      ['POST', '/api/v1/staff'],
      ['PATCH', '/api/v1/staff/anna'],
      ['POST', '/api/v1/staff/anna/invitation'],
    ] as const) {
      expect(await call(person, method, path, method === 'GET' ? undefined : {})).toEqual({ status: 403, code: 'no-right' })
    }
  })

  it('is not shut out by its owner, so that an administrator is always left', async () => {
    using folder = temporaryFolder()
    const nobody = { people: [{ login: 'boss', name: 'Босс', role: 'administrator', sites: 'all', password: 'boss-password' }] }
    await using city = await openCity(folder.path, undefined, nobody)
    const boss = await Person.signIn(city.url, 'boss')
    const { path = '' } = await call(boss, 'POST', '/api/v1/staff', { ...olga, role: 'administrator', sites: 'all' })
    await accept(city.url, path, { password, again: password })
    const second = await Person.signIn(city.url, 'olga', password)
    expect(await call(second, 'PATCH', '/api/v1/staff/olga', { closed: true })).toEqual({ status: 409, code: 'not-yourself' })
    expect((await call(boss, 'PATCH', '/api/v1/staff/olga', { role: 'teacher' })).member?.role).toBe('teacher')
    const list = (await (await boss.get('/api/v1/staff')).json()) as { staff: StaffMember[] }
    expect(list.staff.map(({ login, source, state }) => [login, source, state])).toEqual([
      ['boss', 'file', 'active'],
      ['olga', 'screen', 'active'],
    ])
    expect(JSON.stringify(list)).not.toMatch(/scrypt|hash|invite/i)
  })
})
