// A machine's own page: what it tells to whom, what each may press, how heavy it is, and what it keeps to itself.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { machinePath } from '../../../dashboard/floor/secret.ts'
import { floorWords } from '../../../dashboard/floor/words.ts'
import { ticketKey } from '../../../dashboard/tickets/secret.ts'
import type { Command } from '../../../protocols/contract/command.ts'
import type { MachineState } from '../../../protocols/contract/machine.ts'
import type { Fault } from '../../../protocols/contract/words.ts'
import { machineMessage, Person } from '../house.ts'
import { openTickets } from '../tickets/stage.ts'

type Stage = Awaited<ReturnType<typeof openTickets>>
let stage: Stage
let path = ''
const who: Record<string, Person | undefined> = {}
beforeAll(async () => {
  stage = await openTickets()
  path = machinePath(stage.key, 'alpha', 'ender')
  for (const login of ['anna', 'boris', 'tech', 'petya', 'vasya']) who[login] = await Person.signIn(stage.url, login)
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => {
  stage.commands.length = 0
  stage.answer = ({ id }) => ({ outcome: 'done', command: id, at: 1 })
  say({ state: 'ready', since: 1 })
  for (const code of ['help-called', 'problem-reported']) fault(code, 'cleared')
})

let number = 1_000
function fault(code: string, change: 'raised' | 'cleared', text = 'Сообщили: шум. «Вася сломал»'): void {
  const said: Fault = { code, text: { ru: text, en: text } }
  stage.fleet.apply('alpha', {
    name: 'events',
    events: [{ kind: 'fault', number: number++, at: 1, machine: 'ender', change, fault: said }],
  })
}
const say = (state: MachineState, at = stage) =>
  at.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender', state) })
const get = async (at: string, login?: string, language = 'ru') => {
  const cookie = login === undefined ? '' : (who[login]?.cookie ?? '')
  const response = await fetch(stage.url + at, { headers: { 'accept-language': language, cookie }, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const post = async (at: string, body: Record<string, string>, login?: string, headers: Record<string, string> = {}) => {
  const cookie = login === undefined ? '' : (who[login]?.cookie ?? '')
  const response = await fetch(stage.url + at, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'ru', cookie, ...headers },
    body: new URLSearchParams(body).toString(),
  })
  return { status: response.status, to: response.headers.get('location') ?? '', text: await response.text() }
}
const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
const lies = (job: string): MachineState => ({ state: 'uncleared', since: 1, job })

describe('a machine’s page says', () => {
  it.for<[string, MachineState, string[]]>([
    ['free', { state: 'ready', since: 1 }, ['Свободен']],
    ['working, with the ticket', { state: 'running', since: 1, job: 'job-working' }, ['Работает', 'Талон № 15']],
    ['that a part lies there', lies('job-onBed'), ['На столе деталь', 'может быть горячим']],
    ['out of order', { state: 'down', since: 1, fault: { code: 'x', text: { ru: 'Секрет', en: 'Secret' } } }, ['Неисправен', 'Не трогай']],
    ['away', { state: 'offline', since: 1 }, ['Нет данных']],
  ])('%s', async ([, state, present]) => {
    say(state)
    const { status, text } = await get(path)
    expect(status).toBe(200)
    for (const each of ['Станок ender', 'Позвать учителя', 'Сообщить о проблеме', ...present]) expect(words(text)).toContain(each)
    expect(words(text)).not.toContain('Секрет')
  })

  it('no name, no file and none of what people wrote to whoever has not signed in', async () => {
    say(lies('job-onBed'))
    fault('help-called', 'raised')
    fault('problem-reported', 'raised')
    for (const reader of [undefined, 'petya', 'boris']) {
      const { text } = await get(path, reader)
      expect(text).not.toMatch(/П-7F3K|Петя|Вася|petya|gcode|nc"|Анна|шум/)
      expect(words(text)).toContain('Учителя уже позвали')
      expect(words(text)).toContain('О проблеме уже сообщили')
      expect(text).not.toMatch(/\/(?:clear|pause|settle)\?/)
    }
  })

  it('that a machine waits for a person once something was reported of it, and free again once that is settled', async () => {
    const title = async (reader?: string) => /<title>([^<]*)/.exec((await get(path, reader)).text)?.[1]
    fault('problem-reported', 'raised')
    for (const reader of [undefined, 'petya', 'anna']) {
      expect(await title(reader)).toContain('Ждёт человека')
      expect(words((await get(path, reader)).text)).not.toContain('Свободен')
    }
    fault('problem-reported', 'cleared')
    expect(await title()).toContain('Свободен')
  })

  it('everything in English to whom asks for it, the same sentences in both languages', async () => {
    for (const asking of ['', '?ask=report']) {
      const { text } = await get(path + asking, undefined, 'en')
      expect(words(text).replaceAll('Станок ender', '').replaceAll('Альфа', '')).not.toMatch(/[а-яё]/i)
    }
    const keys = (value: object): string[] =>
      Object.entries(value as Record<string, unknown>).flatMap(([key, one]) =>
        typeof one === 'object' && one !== null ? keys(one).map(sub => `${key}.${sub}`) : [`${key}:${typeof one}`],
      )
    expect(keys(floorWords.en)).toEqual(keys(floorWords.ru))
  })

  it('all of it in under 30 kB, with nothing from elsewhere', async () => {
    say(lies('job-onBed'))
    for (const at of [path, `${path}?ask=report`, `${path}?ask=failed`, '/m/alpha/stickers']) {
      const { status, text } = await get(at, 'anna')
      expect(status).toBe(200)
      expect(Buffer.byteLength(text)).toBeLessThan(30_000)
      expect(text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!\/m\/)/)
    }
  })

  it('how old it is when the school is silent', async () => {
    await using silent = await openTickets({ scope: 'city' })
    silent.fleet.apply('alpha', { name: 'gone' })
    const text = words(await (await fetch(silent.url + machinePath(silent.key, 'alpha', 'ender'))).text())
    expect(text).toContain('Связи со школой нет')
    expect(text).toContain('Нет данных')
  })

  it('nothing anew while nothing changed', async () => {
    const tag = (await get(`${path}/live`)).headers.get('etag') ?? ''
    const again = await fetch(`${stage.url}${path}/live`, { headers: { 'if-none-match': tag, 'accept-language': 'ru' } })
    expect(again.status).toBe(304)
  })
})

describe('its address', () => {
  it.for<[string, () => string]>([
    ['a wrong secret', () => path.replace(/.{12}$/, 'abcdefghjkmn')],
    ['the secret of another machine', () => machinePath(stage.key, 'alpha', 'laser').replace('laser', 'ender')],
    ['the same machine at another school', () => path.replace('/alpha/', '/beta/')],
    ['another school’s key', () => machinePath(ticketKey('beta', 'beta-password'), 'alpha', 'ender')],
    ['a school there is not', () => path.replace('/alpha/', '/gamma/')],
    ['a machine there is not', () => machinePath(stage.key, 'alpha', 'nothing')],
    ['something odd', () => '/m/alpha/constructor'],
    ['something odder', () => '/m/__proto__/ender-abcdefghjkmn'],
  ])('opens nothing with %s', async ([, address]) => {
    for (const reader of [undefined, 'petya', 'boris']) {
      expect((await get(address(), reader)).status).toBe(404)
      expect((await post(`${address()}/help`, {}, reader)).status).toBe(404)
    }
    expect(stage.commands).toEqual([])
  })

  it('leads back to the machine from a button’s address, where a refused form leaves the browser, and nowhere else', async () => {
    for (const deed of ['help', 'report', 'clear', 'pause', 'resume', 'settle']) {
      const { status, headers } = await get(`${path}/${deed}`)
      expect([deed, status, headers.get('location')]).toEqual([deed, 303, `${path}?lang=ru`])
    }
    const { status, text } = await get(`${path}/xx`)
    expect([status, words(text).includes(floorWords.ru.missing)]).toEqual([404, true])
    expect((await get('/m/alpha/ender-abcdefghjkmn/pause')).status).toBe(404)
  })

  it('is told to staff of the school who know the machine, and to nobody else', async () => {
    for (const reader of ['anna', 'tech']) expect((await get('/m/alpha/ender', reader)).headers.get('location')).toBe(path)
    for (const reader of [undefined, 'petya', 'boris']) {
      const refused = await get('/m/alpha/ender', reader)
      expect(refused.status).toBe(404)
      expect(refused.text).not.toContain(path)
    }
  })

  it('stands on stickers that only staff of the school prints', async () => {
    const { text } = await get('/m/alpha/stickers', 'anna')
    expect(text).toContain(`${path}/qr`)
    expect((await get(`${path}/qr`)).text).toMatch(/^<svg/)
    for (const reader of [undefined, 'petya', 'boris']) expect((await get('/m/alpha/stickers', reader)).status).toBe(404)
  })
})

describe('whoever stands there', () => {
  const someone = { id: 'at-ender', name: 'У станка', role: 'pupil' }
  it('calls the teacher without a name', async () => {
    const { status, to } = await post(`${path}/help`, {})
    expect([status, to]).toEqual([303, `${path}?said=called&lang=ru`])
    expect(stage.commands).toMatchObject([{ author: someone, ask: { kind: 'machine.help', machine: 'ender' } }])
    expect(words((await get(to)).text)).toContain('Учителя позвали.')
  })

  it('reports a problem, and is asked to choose where nothing was chosen', async () => {
    expect((await post(`${path}/report?ask=report`, { text: 'скрипит' })).status).toBe(400)
    expect((await post(`${path}/report`, { problem: 'magic' })).status).toBe(400)
    expect(stage.commands).toEqual([])
    expect((await post(`${path}/report`, { problem: 'noise', text: ' скрипит ' })).to).toContain('said=reported')
    expect(stage.commands[0]).toMatchObject({ author: someone, ask: { kind: 'machine.report', problem: 'noise', text: 'скрипит' } })
  })

  it('hears on the page that what was sent could not be read', async () => {
    const refused = await post(`${path}/report`, { problem: 'noise', text: 'скрип '.repeat(900) })
    expect([refused.status, words(refused.text)]).toEqual([413, expect.stringContaining(floorWords.ru.unread)])
    expect(stage.commands).toEqual([])
  })

  it.for([
    [undefined, 401, 'Войдите, чтобы продолжить.'],
    ['petya', 403, 'На это у вас нет прав.'],
    ['boris', 403, 'Эта площадка вам не доступна.'],
  ] as const)('may press nothing of staff’s, and hears why: %s, %d, %s', async ([reader, status, sentence]) => {
    say(lies('job-onBed'))
    for (const [deed, body] of [
      ['clear', { quality: 'ok' }],
      ['pause', {}],
      ['resume', {}],
      ['settle', { fault: 'help-called' }],
    ] as const) {
      const refused = await post(`${path}/${deed}`, body, reader)
      expect([refused.status, words(refused.text)]).toEqual([status, expect.stringContaining(sentence)])
    }
    expect(stage.commands).toEqual([])
  })

  it('is heard from our own pages only', async () => {
    const refused = await post(`${path}/help`, {}, undefined, { origin: 'https://evil.example' })
    expect([refused.status, words(refused.text)]).toEqual([403, expect.stringContaining('со страницы с другого адреса')])
    expect((await post(`${path}/clear`, { quality: 'ok' }, 'anna', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(stage.commands).toEqual([])
  })

  it('hears the school’s word when it will not, and that it was sent when it does not answer', async () => {
    stage.answer = ({ id }: Command) => ({
      outcome: 'refused',
      command: id,
      at: 1,
      denial: { code: 'x', text: { ru: 'Уже звали.', en: 'No.' } },
    })
    const refused = await post(`${path}/report`, { problem: 'stuck' })
    expect([refused.status, words(refused.text).includes('Уже звали.')]).toEqual([409, true])
    stage.answer = () => undefined
    expect((await post(`${path}/report`, { problem: 'screen' })).to).toContain('said=sent')
  }, 12_000)

  it('is slowed down: three of a word from one address, and smoke is a word of its own', async () => {
    await using at = await openTickets()
    const own = machinePath(at.key, 'alpha', 'ender')
    const press = async (deed: string, body: Record<string, string>) =>
      (await fetch(`${at.url}${own}/${deed}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(body) })).status
    const calls: number[] = []
    for (let n = 0; n < 5; n++) calls.push(await press('help', {}))
    expect(calls).toEqual([303, 303, 303, 429, 429])
    expect(await press('report', { problem: 'smell' })).toBe(303)
  })

  it('finds the way to the own ticket, and to no other', async () => {
    const { text } = await get(path, 'petya')
    expect(words(text)).toContain('Мой талон: № 16')
    expect((await get(`${path}/ticket?number=16`, 'petya')).headers.get('location')).toBe(stage.path('onBed'))
    for (const reader of [undefined, 'vasya', 'boris']) expect((await get(`${path}/ticket?number=16`, reader)).status).toBe(404)
  })
})

describe('staff at the machine', () => {
  it('says in one tap that the bed is cleared', async () => {
    say(lies('job-onBed'))
    const { text } = await get(path, 'anna')
    expect(words(text)).toContain('Талон № 16: снимите деталь и скажите, какой она вышла')
    const { to } = await post(`${path}/clear`, { quality: 'ok', cause: 'забыто' }, 'anna')
    expect(stage.commands).toMatchObject([{ author: { id: 'anna' }, ask: { kind: 'machine.clear', machine: 'ender', quality: 'ok' } }])
    expect(stage.commands[0]?.ask).not.toHaveProperty('cause')
    expect(words((await get(to, 'anna')).text)).toContain('Стол очищен.')
  })

  it('gives the cause of a bad one by a button of the same list as on the large screen', async () => {
    say(lies('job-onBed'))
    const { text } = await get(`${path}?ask=failed`, 'anna')
    expect(text).toContain('value="Засор сопла"')
    await post(`${path}/clear`, { quality: 'failed', cause: 'Засор сопла' }, 'anna')
    expect(stage.commands[0]?.ask).toEqual({ kind: 'machine.clear', machine: 'ender', quality: 'failed', cause: 'Засор сопла' })
  })

  it('pauses what runs, reads what was reported and settles it', async () => {
    say({ state: 'running', since: 1, job: 'job-working' })
    fault('problem-reported', 'raised')
    const { text } = await get(path, 'anna')
    expect(words(text)).toContain('Вася сломал')
    expect(words(text)).toContain('Следующий — талон №')
    expect(text).toContain(`${path}/pause`)
    await post(`${path}/pause`, {}, 'anna')
    await post(`${path}/settle`, { fault: 'problem-reported' }, 'tech')
    expect((await post(`${path}/settle`, { fault: 'thermal-runaway' }, 'tech')).status).toBe(400)
    expect(stage.commands.map(({ ask }) => ask)).toEqual([
      { kind: 'machine.pause', machine: 'ender' },
      { kind: 'machine.settle', machine: 'ender', fault: 'problem-reported' },
    ])
  })
})
