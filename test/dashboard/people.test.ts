// Who may ask what about people: every new ask and address × every role × own and other school, in the city and at school.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageWords } from '../../dashboard/tickets/words.ts'
import type { Roster } from '../../protocols/contract/screen.ts'
import { Person } from './house.ts'
import { openTickets } from './tickets/stage.ts'

type Stage = Awaited<ReturnType<typeof openTickets>>
const roles = { petya: 'pupil', anna: 'teacher', tech: 'technician', admin: 'administrator' } as const
type Login = keyof typeof roles

let stages: Record<'city' | 'school', Stage>
const people = new Map<string, Person>()
beforeAll(async () => {
  stages = { city: await openTickets({ scope: 'city' }), school: await openTickets({ scope: 'school' }) }
  for (const [scope, stage] of Object.entries(stages)) {
    for (const login of Object.keys(roles)) people.set(`${scope}/${login}`, await Person.signIn(stage.url, login))
  }
})
afterAll(async () => {
  for (const stage of Object.values(stages)) await stage[Symbol.asyncDispose]()
})

const asks = {
  'instruction.record': { instruction: 'instruction-1', people: ['petya'], title: 'Лазер', version: '1' },
  'permit.grant': {
    permit: 'permit-0001',
    person: 'petya',
    covers: { of: 'kind', kind: 'laser' },
    until: 9e12,
    instruction: 'instruction-1',
  },
  'permit.revoke': { permit: 'permit-0001' },
  'group.open': { group: 'group-0009', name: '7Б', endsAt: 9e12 },
  'group.close': { group: 'group-0001' },
  'pupil.forget': { person: 'petya' },
} as const

/** Sites of each: pupils and teachers belong to alpha. */
const reaches = (login: Login, site: string) => site === 'alpha' || roles[login] === 'technician' || roles[login] === 'administrator'

const rows = (['city', 'school'] as const).flatMap(scope =>
  (Object.keys(roles) as Login[]).flatMap(login =>
    (['alpha', 'beta'] as const).flatMap(site => (Object.keys(asks) as (keyof typeof asks)[]).map(kind => ({ scope, login, site, kind }))),
  ),
)

let number = 0
const get = (scope: 'city' | 'school', login: string, path: string) =>
  people.get(`${scope}/${login}`)?.get(path) ?? fetch(stages[scope].url + path)

describe('an ask about people', () => {
  it.for(rows)('$kind at the $scope, of $login to $site', async ({ scope, login, site, kind }) => {
    const stage = stages[scope]
    const given = stage.commands.length
    number += 1
    const response = await people.get(`${scope}/${login}`)?.post(`/api/v1/sites/${site}/commands`, {
      id: `command-${number}`,
      ask: { kind, ...asks[kind] },
    })
    const allowed = roles[login] !== 'pupil' && reaches(login, site)
    expect(response?.status).toBe(allowed ? 200 : 403)
    expect(stage.commands.length - given).toBe(allowed ? 1 : 0)
  })
})

describe('an address about people', () => {
  const addresses: [string, (login: Login, site: string) => number][] = [
    [
      '/api/v1/sites/{site}/roster',
      (login, site) => (roles[login] === 'pupil' ? 403 : reaches(login, site) ? (site === 'alpha' ? 200 : 404) : 403),
    ],
    ['/groups/{site}/group-0001', (login, site) => (roles[login] !== 'pupil' && reaches(login, site) && site === 'alpha' ? 200 : 404)],
    // A job of petya's: staff of its school and the author.
    ['/api/v1/sites/{site}/tickets/job-waiting', (login, site) => (reaches(login, site) ? (site === 'alpha' ? 200 : 404) : 403)],
    [
      '/api/v1/sites/{site}/tickets/job-vasya',
      (login, site) => (!reaches(login, site) ? 403 : site === 'alpha' && roles[login] !== 'pupil' ? 200 : 404),
    ],
  ]
  const cases = (['city', 'school'] as const).flatMap(scope =>
    (Object.keys(roles) as Login[]).flatMap(login =>
      (['alpha', 'beta'] as const).flatMap(site =>
        addresses.map(([address, status]) => ({ scope, login, site, address, status: status(login, site) })),
      ),
    ),
  )
  it.for(cases)('$address at the $scope, of $login to $site: $status', async ({ scope, login, site, address, status }) => {
    expect((await get(scope, login, address.replace('{site}', site))).status).toBe(status)
  })

  it.for(['/api/v1/sites/alpha/roster', '/groups/alpha/group-0001', '/api/v1/sites/alpha/tickets/job-waiting'])(
    '%s of nobody signed in',
    async path => {
      for (const stage of Object.values(stages)) expect((await fetch(stage.url + path)).status).toBe(401)
    },
  )

  it.for<[string, object]>([
    ['/api/v1/sites/alpha/confirmations', { job: 'job-waiting', machine: 'ender', pin: '2580' }],
    ['/api/v1/pin', { pin: '2580', password: 'petya-password' }],
  ])('%s of a pupil, and of nobody', async ([path, body]) => {
    for (const scope of ['city', 'school'] as const) {
      expect((await people.get(`${scope}/petya`)?.post(path, body))?.status).toBe(403)
      expect((await new Person(stages[scope].url).post(path, body)).status).toBe(401)
    }
  })

  it('a PIN opens nothing in the city', async () => {
    expect((await new Person(stages.city.url).post('/api/v1/login/pin', { login: 'anna', pin: '2580' })).status).toBe(404)
    expect(
      (await people.get('city/anna')?.post('/api/v1/sites/alpha/confirmations', { job: 'job-waiting', machine: 'ender', pin: '2580' }))
        ?.status,
    ).toBe(404)
  })

  it('nothing said of a person carries a password, a PIN or a hash', async () => {
    for (const scope of ['city', 'school'] as const) {
      for (const login of Object.keys(roles)) {
        const said = await Promise.all(
          ['/api/v1/me', '/api/v1/sites/alpha/roster', '/api/v1/sites/alpha/journal'].map(async path =>
            (await get(scope, login, path)).text(),
          ),
        )
        expect(said.join()).not.toMatch(/passwordHash|pinHash|scrypt|recovery/)
      }
    }
    const roster = (await (await get('school', 'anna', '/api/v1/sites/alpha/roster')).json()) as Roster
    expect(roster.groups[0]?.code).toBe('АВЕК24')
  })
})

describe('the card of a group', () => {
  it('says by the school’s own day until when its code works', async () => {
    await using stage = await openTickets()
    const anna = await Person.signIn(stage.url, 'anna')
    const card = async () => (await anna.get('/groups/alpha/group-0001?lang=ru')).text()
    expect(await card()).toContain('Код действует до 1 января 2099')
    stage.inZone('America/New_York')
    expect(await card()).toContain('Код действует до 31 декабря 2098')
  })
})

describe('the doors of pupils', () => {
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`more-${n}`, 'x']))
  const post = (stage: Stage, path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(stage.url + path, { method: 'POST', body: new URLSearchParams(body), headers, redirect: 'manual' })

  it.for([
    ['/join', { code: 'АВЕК24', nickname: 'Лис' }],
    ['/join/back', { who: 'П-7F3K', words: 'ракета-медведь-яблоко-47' }],
  ] as const)('refuse a form that a foreign page sends to %s, and say what helps beside the form', async ([path, body]) => {
    const response = await post(stages.school, path, body, { origin: 'https://evil.example', 'accept-language': 'ru' })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
    const page = await response.text()
    for (const each of [pageWords.ru.elsewhere, '<form']) expect(page).toContain(each)
    expect(page).not.toContain(pageWords.ru.slow)
  })

  it.for<[string, string, number, Record<string, string>, string]>([
    ['with a field missing', '/join', 400, { code: 'АВЕК24' }, pageWords.ru.join.fill],
    ['with a field too long', '/join', 400, { code: 'А'.repeat(50), nickname: 'Лис' }, pageWords.ru.join.fill],
    ['too long', '/join', 413, { code: 'АВЕК24', nickname: 'Лис'.repeat(900) }, pageWords.ru.join.fill],
    ['with too many fields', '/join', 413, { code: 'АВЕК24', nickname: 'Лис', ...nine }, pageWords.ru.join.fill],
    ['with a field missing', '/join/back', 400, { who: 'П-7F3K' }, pageWords.ru.join.fillBack],
    ['too long', '/join/back', 413, { who: 'П-7F3K', words: 'я'.repeat(3_000) }, pageWords.ru.join.fillBack],
  ])('answer a form %s at %s with the form again and a sentence: %d', async ([, path, status, body, sentence]) => {
    const response = await post(stages.school, path, body, { 'accept-language': 'ru' })
    expect([response.status, response.headers.get('content-type'), response.headers.get('set-cookie')]).toEqual([
      status,
      expect.stringContaining('text/html'),
      null,
    ])
    const page = await response.text()
    for (const each of [sentence, '<form']) expect(page).toContain(each)
  })

  it('are not there in the city, and say where they are', async () => {
    const page = await fetch(`${stages.city.url}/join`)
    expect(await page.text()).toContain('только в школе')
    expect((await post(stages.city, '/join', { code: 'АВЕК24', nickname: 'Лис' })).status).toBe(404)
  })

  it('stop whoever tries words for one pseudonym, however it is written, and let others in', async () => {
    await using stage = await openTickets()
    const back = (who: string, words: string) => post(stage, '/join/back', { who, words }).then(({ status }) => status)
    for (let n = 0; n < 8; n++) expect(await back(n % 2 === 0 ? 'П-7F3K' : 'п 7f3k', `слово-${n}`)).toBe(400)
    expect(await back('П-7F3K', 'ракета-медведь-яблоко-47')).toBe(429)
    expect(await back('П-9999', 'ракета')).toBe(400)
  })

  it('stop whoever tries codes', async () => {
    await using stage = await openTickets()
    const statuses: number[] = []
    for (let n = 0; n < 62; n++) statuses.push((await post(stage, '/join', { code: `ККК${100 + n}`, nickname: 'Лис' })).status)
    expect(statuses.slice(0, 60).every(status => status === 400)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
  })

  it('escape what is typed into them', async () => {
    const page = await (await post(stages.school, '/join', { code: '"><script>1</script>', nickname: '<b>"Лис"' })).text()
    expect(page).not.toContain('<script>1')
    expect(page).not.toContain('<b>"')
  })
})
