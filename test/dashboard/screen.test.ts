// What a browser may do by REST: each role and action, signing in, uploads, pages, and what a pupil never gets to see.
import { createHash } from 'node:crypto'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanName } from '../../dashboard/server/uploads.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import { Person, sha, until } from './house.ts'
import { openScreen, type Screen } from './screen-house.ts'

let screen: Screen
const people: Record<string, Person> = {}
let file = ''
beforeAll(async () => {
  screen = await openScreen()
  for (const login of ['admin', 'tech', 'anna', 'boris', 'petya', 'vasya']) people[login] = await Person.signIn(screen.url, login)
  file = (await person('anna').upload('кубик.gcode', 'G28\n')).body.sha256
})
afterAll(() => screen[Symbol.asyncDispose]())

function person(login: string): Person {
  const known = people[login]
  if (known === undefined) throw new Error(`nobody is called ${login}`)
  return known
}

let commands = 0
function command(ask: unknown): { id: string; ask: unknown } {
  commands += 1
  return { id: `command-${String(commands).padStart(4, '0')}`, ask }
}

async function denialOf(response: Response): Promise<unknown> {
  return [response.status, ((await response.json()) as { denial?: { code: string } }).denial?.code]
}

const machine = { machine: 'ender' }
const asks: { [Kind in Ask['kind']]: object } = {
  'job.submit': { request: 'request-1', sha256: '', name: 'a.gcode', size: 4 },
  'program.check': { sha256: '', name: 'a.gcode', size: 4 },
  'job.approve': { job: 'job-petya' },
  'job.return': { job: 'job-petya', comment: 'масштаб' },
  'job.deny': { job: 'job-petya' },
  'job.cancel': { job: 'job-petya' },
  'job.hold': { job: 'job-petya' },
  'job.release': { job: 'job-petya' },
  'job.move': { job: 'job-petya' },
  'job.assign': { job: 'job-petya' },
  'job.start': { job: 'job-petya', ...machine },
  'job.mend': { job: 'job-petya', sha256: '', name: 'a.gcode', size: 4 },
  'job.arm': { job: 'job-petya', ...machine },
  'job.plate': { plate: 'plate-0001', jobs: ['job-petya'], sha256: '', name: 'a.gcode', size: 4 },
  'machine.report': { ...machine, problem: 'noise' },
  'machine.help': machine,
  'machine.settle': { ...machine, fault: 'help-called' },
  'machine.look': machine,
  'care.done': { ...machine, task: 'belts' },
  'care.undo': { ...machine, task: 'belts' },
  'part.put': { part: 'part-00001', name: 'Сопло 0,4', count: 3, least: 1 },
  'order.open': { order: 'order-0001', ...machine, title: 'Ремень' },
  'order.note': { order: 'order-0001', close: true },
  'lesson.book': { lesson: 'lesson-001', title: '7Б', machines: ['ender'], from: 1, until: 9 },
  'lesson.cancel': { lesson: 'lesson-001' },
  'quota.set': { quota: 'quota-0001', of: 'pupil', per: 'week', jobs: 2 },
  'job.collect': { job: 'job-petya' },
  'machine.pause': machine,
  'machine.resume': machine,
  'machine.stop': machine,
  'machine.clear': machine,
  'machine.home': machine,
  'machine.unlock': machine,
  'machine.reset': machine,
  'machine.frame': { ...machine, job: 'job-00001' },
  'machine.jog': { ...machine, x: 1, feed: 100 },
  'machine.override': { ...machine, feed: 90 },
  'machine.heat': { ...machine, heater: 'bed', target: 60 },
  'machine.answer': { ...machine, choice: 0 },
  'machine.service': { ...machine, on: true },
  'machine.console': { ...machine, line: 'M105' },
  'instruction.record': { instruction: 'instruction-1', people: ['petya'], title: 'Лазер', version: '1' },
  'permit.grant': { permit: 'permit-0001', person: 'petya', covers: { of: 'kind', kind: 'laser' }, until: 9, instruction: 'instruction-1' },
  'permit.revoke': { permit: 'permit-0001' },
  'group.open': { group: 'group-0001', name: '7Б', endsAt: 9 },
  'group.close': { group: 'group-0001' },
  'pupil.forget': { person: 'petya' },
}
/** Kinds not everybody may ask from the city: p: pupil, t: teacher, T: technician, a: administrator. The daemon judges the case again. */
const few: Partial<Record<Ask['kind'], string>> = {
  'machine.service': 'Ta',
  'machine.unlock': 'T',
  'machine.console': 'T',
  'care.done': 'Ta',
  'care.undo': 'Ta',
  'part.put': 'Ta',
}
const pupils: readonly Ask['kind'][] = ['job.submit', 'program.check', 'job.cancel', 'job.mend', 'machine.report', 'machine.help']
const letters = { pupil: 'p', teacher: 't', technician: 'T', administrator: 'a' } as const
const mayAsk = (role: keyof typeof letters, kind: Ask['kind']) =>
  (few[kind] ?? (pupils.includes(kind) ? 'ptTa' : 'tTa')).includes(letters[role])
const roles = { petya: 'pupil', anna: 'teacher', tech: 'technician', admin: 'administrator' } as const

describe('a command', () => {
  const cases = Object.entries(roles).flatMap(([login, role]) =>
    (Object.keys(asks) as Ask['kind'][]).map(kind => [role, kind, login] as const),
  )
  it.for(cases)('of a %s: %s', async ([role, kind, login]) => {
    const ask = { kind, ...asks[kind], ...('sha256' in asks[kind] && { sha256: file }) }
    const response = await person(login).post('/api/v1/sites/alpha/commands', command(ask))
    const answer = await response.json()
    if ((kind === 'job.start' || kind === 'job.arm' || kind === 'machine.frame') && mayAsk(role, kind))
      expect([response.status, answer]).toMatchObject([403, { denial: { code: 'at-the-machine' } }])
    else if (mayAsk(role, kind)) expect([response.status, answer]).toMatchObject([200, { reply: { outcome: 'done' } }])
    else expect([response.status, answer]).toMatchObject([403, { denial: { code: 'no-right' } }])
  })

  it.for([
    ['of a pupil on a job of another', 'vasya', 'alpha', { kind: 'job.cancel', job: 'job-petya' }, 403, 'not-yours'],
    ['of a pupil on a job that is not there', 'petya', 'alpha', { kind: 'job.cancel', job: 'job-nowhere' }, 403, 'not-yours'],
    ['of a pupil on a job called __proto__', 'petya', 'alpha', { kind: 'job.cancel', job: '__proto__' }, 403, 'not-yours'],
    ['of a teacher of another school', 'boris', 'alpha', { kind: 'machine.stop', ...machine }, 403, 'other-site'],
    ['of a pupil in another school', 'petya', 'beta', { kind: 'job.cancel', job: 'job-petya' }, 403, 'other-site'],
    ['to a school there is none of', 'tech', 'gamma', { kind: 'machine.stop', ...machine }, 404, 'not-found'],
    ['to a site that is no name', 'tech', '..%2f', { kind: 'machine.stop', ...machine }, 404, 'not-found'],
    ['with a file nobody sent', 'anna', 'alpha', { kind: 'program.check', sha256: sha('f'), name: 'a', size: 1 }, 404, 'no-file'],
    [
      'with constant power, of a teacher',
      'anna',
      'alpha',
      { kind: 'job.submit', ...asks['job.submit'], sha256: sha('a'), allowConstantPower: true },
      403,
      'no-right',
    ],
    ['of no kind we know', 'admin', 'alpha', { kind: 'machine.explode', ...machine }, 400, 'bad-request'],
    [
      'with more in it than it may have',
      'admin',
      'alpha',
      { kind: 'machine.stop', ...machine, author: { id: 'admin' } },
      400,
      'bad-request',
    ],
  ] as const)('%s is refused', async ([, login, site, ask, status, code]) => {
    const given = screen.commands.length
    expect(await denialOf(await person(login).post(`/api/v1/sites/${site}/commands`, command(ask)))).toEqual([status, code])
    expect(screen.commands.length).toBe(given)
  })

  it('carries the author we know, not one the browser names', async () => {
    await person('anna').post('/api/v1/sites/alpha/commands', command({ kind: 'machine.stop', ...machine }))
    expect(screen.commands.at(-1)?.author).toEqual({ id: 'anna', name: 'anna', role: 'teacher' })
  })

  it('that runs away with itself is slowed down, but a stop never', async () => {
    const tech = person('tech')
    const send = (kind: string) => tech.post('/api/v1/sites/alpha/commands', command({ kind, ...machine }))
    const homes = await Promise.all(Array.from({ length: 200 }, () => send('machine.home')))
    expect(homes.some(({ status }) => status === 429)).toBe(true)
    const stops = await Promise.all(Array.from({ length: 200 }, () => send('machine.stop')))
    expect(stops.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('nobody signed in', () => {
  it.for([
    ['POST', '/api/v1/files?name=a.gcode'],
    ['POST', '/api/v1/sites/alpha/commands'],
    ['GET', '/api/v1/sites/alpha/commands/command-0001'],
    ['GET', '/api/v1/sites/alpha/journal'],
    ['GET', `/api/v1/programs/${sha('a')}/preview`],
    ['GET', `/api/v1/wire/files/${sha('a')}`],
    ['PUT', `/api/v1/wire/programs/${sha('a')}/preview`],
  ] as const)('may not %s %s', async ([method, path]) => {
    const response = await fetch(screen.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: '{}' }),
    })
    expect(await denialOf(response)).toEqual([401, 'not-signed-in'])
  })

  it('learns that he is nobody', async () => {
    expect(await (await fetch(`${screen.url}/api/v1/me`)).json()).toEqual({ sites: [], scope: { kind: 'city' } })
    expect(await (await fetch(`${screen.url}/api/v1/health`)).json()).toMatchObject({ ok: true })
    expect(await denialOf(await fetch(`${screen.url}/api/v1/nothing`))).toEqual([404, 'not-found'])
  })
})

describe('signing in', () => {
  it('gives a cookie scripts cannot read, and who one is without the hash', async () => {
    const response = await fetch(`${screen.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"login":"anna","password":"anna-password"}',
    })
    expect(response.headers.getSetCookie()[0]).toMatch(/^tsekh=[\w-]{43}; Max-Age=43200; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/)
    expect(await response.json()).toEqual({
      author: { id: 'anna', name: 'anna', role: 'teacher' },
      sites: [{ id: 'alpha', name: 'Альфа' }],
      scope: { kind: 'city' },
    })
  })

  it('ends with signing out, for this session only', async () => {
    const [one, other] = [await Person.signIn(screen.url, 'anna'), await Person.signIn(screen.url, 'anna')]
    expect((await one.post('/api/v1/logout', {})).status).toBe(204)
    expect([(await one.get('/api/v1/sites/alpha/journal')).status, (await other.get('/api/v1/sites/alpha/journal')).status]).toEqual([
      401, 200,
    ])
  })

  it.for([
    ['a wrong password', { login: 'anna', password: 'x' }, 401],
    ['a name nobody has', { login: 'nobody', password: 'x' }, 401],
    ['no password', { login: 'anna' }, 400],
    ['a password of a megabyte', { login: 'anna', password: 'x'.repeat(60_000) }, 400],
    ['a list', ['anna'], 400],
  ] as const)('is refused with %s', async ([, body, status]) => {
    expect((await new Person(screen.url).post('/api/v1/login', body)).status).toBe(status)
  })

  it.for([
    ['from a foreign page', { origin: 'https://evil.example' }],
    ['from a frame without an origin', { origin: 'null' }],
    ['from a foreign site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ] as const)('is refused %s', async ([, headers]) => {
    const response = await new Person(screen.url).post('/api/v1/login', { login: 'anna', password: 'anna-password' }, headers)
    expect(await denialOf(response)).toEqual([403, 'wrong-page'])
  })

  it('is refused from a form, whatever it contains', async () => {
    const response = await fetch(`${screen.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"login":"anna","password":"anna-password"}',
    })
    expect(response.status).toBe(400)
  })

  it('is slowed down for whoever guesses, and for nobody else', async () => {
    await using own = await openScreen()
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => new Person(own.url).post('/api/v1/login', { login: 'anna', password: 'guess' })),
    )
    const statuses = tries.map(({ status }) => status)
    expect(statuses.filter(status => status === 401).length).toBe(8)
    expect(statuses.filter(status => status === 429).length).toBe(12)
    await Person.signIn(own.url, 'tech')
  })

  it('has a cookie of its own at each school, since they may share a host', async () => {
    await using school = await openScreen({ scope: { kind: 'school', site: 'alpha' } })
    const anna = await Person.signIn(school.url, 'anna')
    expect(anna.cookie).toMatch(/^tsekh-alpha=/)
  })
})

describe('an upload', () => {
  it('is stored whole under its hash', async () => {
    const bytes = Buffer.alloc(3_000_000, 'G1 X1\n')
    const { status, body } = await person('petya').upload('деталь.gcode', bytes)
    expect([status, body]).toEqual([
      201,
      { sha256: createHash('sha256').update(bytes).digest('hex'), name: 'деталь.gcode', size: bytes.length },
    ])
    expect(screen.stored()).toContain(`files/${body.sha256}`)
  })

  it.for([
    ['without a name', '', 'G28', 400, 'no-name'],
    ['of no byte', 'a.gcode', '', 400, 'empty-file'],
  ] as const)('%s is refused', async ([, name, body, status, code]) => {
    const response = await fetch(`${screen.url}/api/v1/files?name=${name}`, {
      method: 'POST',
      headers: { cookie: person('anna').cookie },
      body,
    })
    expect(await denialOf(response)).toEqual([status, code])
  })

  it.for([
    ['announced', false],
    ['not announced', true],
  ] as const)('that is too big and %s is refused in a sentence with the limit, and leaves nothing', async ([, chunked]) => {
    await using own = await openScreen({ uploadLimitBytes: 1_048_576 })
    const anna = await Person.signIn(own.url, 'anna')
    const bytes = new Uint8Array(4_000_000)
    const body = chunked ? new Blob([bytes]).stream() : bytes
    const response = await fetch(`${own.url}/api/v1/files?name=a.gcode`, {
      method: 'POST',
      headers: { cookie: anna.cookie },
      body,
      ...(chunked && { duplex: 'half' }),
    })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ denial: { code: 'too-big', text: { ru: expect.stringContaining('1 МБ') } } })
    await until('nothing is left', () => own.stored().length === 0)
  })

  it('that breaks off leaves nothing', async () => {
    await using own = await openScreen()
    const anna = await Person.signIn(own.url, 'anna')
    const { hostname, port } = new URL(own.url)
    const socket = createConnection(Number(port), hostname)
    socket.write(
      `POST /api/v1/files?name=a.gcode HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${anna.cookie}\r\nContent-Length: 1000000\r\n\r\n`,
    )
    socket.write(Buffer.alloc(300_000))
    await until('it has begun', () => own.stored().some(name => name.startsWith('incoming/')))
    socket.destroy()
    await until('nothing is left', () => own.stored().length === 0)
    expect((await anna.upload('b.gcode', 'G28')).status).toBe(201)
  })

  it('is read byte by byte, whatever type it claims', async () => {
    const response = await fetch(`${screen.url}/api/v1/files?name=a.gcode`, {
      method: 'POST',
      headers: { cookie: person('anna').cookie, 'content-type': 'application/json' },
      body: '{"not":"json',
    })
    expect([response.status, await response.json()]).toMatchObject([201, { size: 12 }])
  })

  it.for([
    ['деталь.gcode', 'деталь.gcode'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Петя\\кот.nc', 'кот.nc'],
    ['a\u0000b\n.nc', 'ab.nc'],
    ['и\u0306.nc', 'й.nc'],
    ['кот\u202egpj.nc', 'котgpj.nc'],
    ['x'.repeat(300), 'x'.repeat(200)],
    ['/', ''],
    [['a', 'b'], ''],
  ] as const)('named %j is called %j', ([raw, name]) => {
    expect(cleanName(raw)).toBe(name)
  })
})

describe('a pupil', () => {
  it('sees the picture of own files only', async () => {
    await using own = await openScreen()
    const [petya, vasya, anna] = [
      await Person.signIn(own.url, 'petya'),
      await Person.signIn(own.url, 'vasya'),
      await Person.signIn(own.url, 'anna'),
    ]
    const { sha256 } = (await petya.upload('моё.gcode', 'G28')).body
    const put = (what: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(`${own.url}/api/v1/wire/programs/${sha256}/${what}`, {
        method: 'PUT',
        headers: { authorization: `Basic ${btoa('alpha:alpha-password')}` },
        body,
      })
    expect((await put('picture', new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).status).toBe(204)
    expect((await put('preview', new TextEncoder().encode('{"kind":"printer"}'))).status).toBe(204)
    const [own1, other, staff] = await Promise.all([petya, vasya, anna].map(who => who.get(`/api/v1/programs/${sha256}/picture`)))
    expect([own1?.status, other?.status, staff?.status]).toEqual([200, 404, 200])
    expect(own1?.headers.get('content-type')).toBe('image/jpeg')
    expect(await (await petya.get(`/api/v1/programs/${sha256}/preview`)).json()).toEqual({ kind: 'printer' })
  })

  it('does not read the journal', async () => {
    expect(await denialOf(await person('petya').get('/api/v1/sites/alpha/journal'))).toEqual([403, 'no-right'])
    expect((await person('anna').get('/api/v1/sites/alpha/journal')).status).toBe(200)
    expect(await denialOf(await person('anna').get('/api/v1/sites/beta/journal'))).toEqual([403, 'other-site'])
  })

  it('does not read the answer to a command of another', async () => {
    const { id, ask } = command({ kind: 'machine.stop', ...machine })
    await person('anna').post('/api/v1/sites/alpha/commands', { id, ask })
    expect((await person('petya').get(`/api/v1/sites/alpha/commands/${id}`)).status).toBe(404)
    expect((await person('anna').get(`/api/v1/sites/alpha/commands/${id}`)).status).toBe(200)
  })
})

describe('a daemon', () => {
  const basic = (site: string, password: string) => ({ authorization: `Basic ${btoa(`${site}:${password}`)}` })

  it('fetches files by range with the credentials of its site', async () => {
    const url = `${screen.url}/api/v1/wire/files/${file}`
    const headers = basic('alpha', 'alpha-password')
    const [whole, part, foreign] = await Promise.all([
      fetch(url, { headers }),
      fetch(url, { headers: { ...headers, range: 'bytes=1-2' } }),
      fetch(url, { headers: basic('alpha', 'wrong') }),
    ])
    expect([whole.status, await whole.text(), whole.headers.get('accept-ranges')]).toEqual([200, 'G28\n', 'bytes'])
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '28', 'bytes 1-2/4'])
    expect(foreign.status).toBe(401)
  })

  it.for([
    ['of a file that is not here', sha('e'), '{}', 404],
    ['of something that is no hash', '..%2f..%2fetc', '{}', 404],
  ] as const)('may not store a picture %s', async ([, sha256, body, status]) => {
    const response = await fetch(`${screen.url}/api/v1/wire/programs/${sha256}/preview`, {
      method: 'PUT',
      headers: basic('alpha', 'alpha-password'),
      body,
    })
    expect(response.status).toBe(status)
  })

  it('is not believed to be a person, nor a person to be a daemon', async () => {
    expect((await fetch(`${screen.url}/api/v1/sites/alpha/journal`, { headers: basic('alpha', 'alpha-password') })).status).toBe(401)
    expect((await person('admin').get(`/api/v1/wire/files/${file}`)).status).toBe(401)
  })
})

describe('the pages', () => {
  it.for([
    ['/', 200, 'text/html; charset=utf-8', 'no-cache'],
    ['/sites/alpha/machines/ender', 200, 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/main-abc.js', 200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/missing.js', 404, undefined, undefined],
    ['/api/nothing', 404, 'application/json; charset=utf-8', undefined],
  ] as const)('%s: %i', async ([path, status, type, cache]) => {
    const response = await fetch(screen.url + path)
    expect(response.status).toBe(status)
    if (type !== undefined) expect(response.headers.get('content-type')).toBe(type)
    if (cache !== undefined) expect(response.headers.get('cache-control')).toBe(cache)
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[\w+/=]+'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-powered-by')).toBeNull()
  })
})
