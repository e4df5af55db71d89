// A ticket's page: what it says in each phase, to whom, in which language, how heavy it is, and what its owner may do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rangeText } from '../../../dashboard/tickets/render.ts'
import { pageWords } from '../../../dashboard/tickets/words.ts'
import { jobEvent } from '../house.ts'
import { aForecast, numberOf, openTickets, phases, pupil } from './stage.ts'

type Stage = Awaited<ReturnType<typeof openTickets>>
let stage: Stage
beforeAll(async () => {
  stage = await openTickets({ forecast: aForecast(Date.now()) })
})
afterAll(() => stage[Symbol.asyncDispose]())

const read = async (path: string, language = 'ru') => {
  const response = await fetch(stage.url + path, { headers: { 'accept-language': language }, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
/** What a person reads: no tags. */
const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

describe('a ticket says', () => {
  it.for<[keyof typeof phases & string, string[], string[]]>([
    ['checking', ['Учитель проверяет', 'Почему ждём', 'Отменить задание'], ['Можно забрать']],
    ['returned', ['Нужно исправить', 'Масштаб 1 мм вместо 1000', 'Что попробовать'], ['Почему ждём']],
    ['denied', ['Отклонено', 'Оружие не печатаем.'], ['Отменить задание', 'Что попробовать']],
    [
      'waiting',
      ['В очереди', 'Будет готово', 'лежит готовая деталь', 'Что поможет', 'Третье в очереди: перед ним два.'],
      ['Не получилось'],
    ],
    ['working', ['В работе', 'Станок: Станок ender'], ['Почему ждём']],
    ['onBed', ['Готово, ждёт на станке', 'может быть горячим'], ['Отменить задание']],
    ['ready', ['Можно забрать', 'назови номер талона'], ['Отменить задание']],
    ['failed', ['Не получилось', 'Не прилипло', 'Добавь кайму'], ['Анна Сергеевна']],
    ['byFirmware', ['Не получилось', 'Сопло перестало греться', 'Файл не виноват'], []],
    ['cancelled', ['Отменено'], ['Отменить задание']],
    ['collected', ['Выдано'], []],
  ])('%s', async ([phase, present, absent]) => {
    const { status, text } = await read(stage.path(phase))
    expect(status).toBe(200)
    const said = words(text)
    expect(said).toContain(`№ ${numberOf(phase)}`)
    for (const each of present) expect(said).toContain(each)
    for (const each of absent) expect(said).not.toContain(each)
  })

  it('everything in English to a browser that asks for it first, and Russian to all others', async () => {
    for (const phase of Object.keys(phases)) {
      const { text } = await read(stage.path(phase), 'en-GB,en;q=0.9,ru;q=0.5')
      const own = [String(phases[phase]?.returned?.comment), String(phases[phase]?.program?.name ?? 'кубик.gcode'), 'Альфа', 'Станок']
      expect(own.reduce((said, one) => said.replaceAll(one, ''), words(text).replace('№', ''))).not.toMatch(/[а-яё]/i)
    }
    expect(words((await read(stage.path('failed'), 'en')).text)).toContain('Did not stick or came off')
    expect((await read(stage.path('waiting'), 'de-DE,ru;q=0.3,en;q=0.2')).text).toContain('<html lang="ru">')
    expect((await read(`${stage.path('waiting')}?lang=en`, 'ru')).text).toContain('<html lang="en">')
  })

  it.for([
    ['Europe/Moscow', 'завтра 00:30–01:10'],
    ['Asia/Vladivostok', 'сегодня 07:30–08:10'],
    ['UTC', 'сегодня 21:30–22:10'],
  ] as const)('when, by the school’s own clock: in %s %s', ([zone, told]) => {
    const at = (hour: number, minute: number) => Date.UTC(2026, 10, 20, hour, minute)
    expect(rangeText([at(21, 30), at(22, 10)], at(20, 0), 'ru', pageWords.ru, zone)).toBe(told)
  })

  it('its times by the clock of the school that told its hours, and of its city where it told none', async () => {
    const now = Date.now()
    await using plain = await openTickets({ forecast: aForecast(now) })
    const said = async () => words(await (await fetch(plain.url + plain.path('waiting'))).text())
    const clockIn = (timeZone: string) => {
      const [early] = aForecast(now).end ?? [0]
      return new Date(Math.floor(early / 300_000) * 300_000).toLocaleTimeString('ru-RU', { timeZone, hour: '2-digit', minute: '2-digit' })
    }
    expect(await said()).toContain(clockIn('Europe/Moscow'))
    plain.inZone('Asia/Vladivostok')
    expect(await said()).toContain(clockIn('Asia/Vladivostok'))
  })

  it('the same sentences in both languages', () => {
    const keys = (value: object): string[] => {
      const entries: [string, unknown][] = Object.entries(value)
      return entries.flatMap(([key, one]) =>
        typeof one === 'object' && one !== null ? keys(one).map(sub => `${key}.${sub}`) : [`${key}:${typeof one}`],
      )
    }
    expect(keys(pageWords.en)).toEqual(keys(pageWords.ru))
  })

  it('in under 30 kB, with all it needs inside', async () => {
    for (const phase of Object.keys(phases)) {
      const { text } = await read(stage.path(phase))
      expect(Buffer.byteLength(text)).toBeLessThan(30_000)
      expect(text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!\/t\/)/)
    }
  })

  it('once for all copies, and how many of them are done', async () => {
    for (const copy of [1, 2, 3]) {
      const id = copy === 1 ? 'job-copies' : `job-copies-${copy}`
      const state = copy === 1 ? 'completed' : 'queued'
      const first = stage.jobs.get('job-waiting')
      if (first) stage.put({ ...first, id, ticket: 77, copy, copies: 3, state, ...(copy === 1 ? { endedAt: Date.now() } : {}) })
    }
    const said = words((await read(stage.path('copies'))).text)
    expect(said).toContain('Готово 1 из 3')
    expect(said).toContain('В очереди')
  })

  it('that a teacher looks at the machine first where something was reported of it and the school has not said more', async () => {
    await using plain = await openTickets()
    const said = async () => words(await (await fetch(plain.url + plain.path('waiting'))).text())
    expect(await said()).not.toContain('ждёт человека')
    const fault = { code: 'problem-reported', text: { ru: 'Шум', en: 'Noise' } }
    plain.fleet.apply('alpha', {
      name: 'events',
      events: [{ kind: 'fault', number: 901, at: 1, machine: 'ender', change: 'raised', fault }],
    })
    expect(await said()).toContain('Станок «Станок ender» ждёт человека. Что поможет: Учитель осмотрит станок')
  })

  it('what was true, and how old it is, when the school is silent; it promises nothing then', async () => {
    await using silent = await openTickets({ forecast: aForecast(Date.now()), scope: 'city' })
    silent.fleet.apply('alpha', { name: 'gone' })
    const said = words(await (await fetch(silent.url + silent.path('waiting'))).text())
    expect(said).toContain('Связи со школой нет')
    expect(said).toContain('школа не на связи')
    expect(said).not.toContain('Будет готово')
  })
})

describe('the address of a ticket', () => {
  it.for<[string, () => string]>([
    ['with a wrong secret', () => '/t/14-abcdefghjkmn'],
    ['with the secret of another ticket', () => stage.path('waiting').replace(/\d+/, '11')],
    ['without a secret', () => '/t/14'],
    ['of no ticket', () => '/t/999-abcdefghjkmn'],
    ['that is no address', () => '/t/__proto__'],
    ['with a quote', () => '/t/14-%22%3E%3Cscript%3E'],
  ])('%s opens nothing', async ([, path]) => {
    const { status, text } = await read(path())
    expect(status).toBe(404)
    expect(text).not.toContain('gcode')
    expect(text).not.toContain('<script')
  })

  it.for(['mend', 'cancel', 'help'])('leads back to the ticket from /%s, where a refused form leaves the browser', async deed => {
    const path = stage.path('waiting')
    const { status, headers } = await read(`${path}/${deed}`)
    expect([status, headers.get('location')]).toEqual([303, `${path}?lang=ru`])
    expect((await read(`/t/14-abcdefghjkmn/${deed}`)).status).toBe(404)
  })

  it('with an unknown tail opens no sign-in of the staff: it says in its own words that there is nothing', async () => {
    for (const tail of ['/xx', '/xx/yy', '/push']) {
      const { status, text } = await read(stage.path('waiting') + tail)
      expect([status, words(text).includes(pageWords.ru.missing)]).toEqual([404, true])
    }
  })

  it('is answered to whoever floods the door only now and then, and to others as before', async () => {
    await using tried = await openTickets()
    const statuses = await Promise.all(
      Array.from({ length: 500 }, (_, n) => fetch(`${tried.url}/t/14-abcdefghj${100 + n}`).then(({ status }) => status)),
    )
    expect(new Set(statuses)).toEqual(new Set([404, 429]))
    await new Promise(resolve => setTimeout(resolve, 300))
    expect((await fetch(tried.url + tried.path('waiting'))).status).toBe(200)
  })

  it('goes to no other site and into no cache, and only its own script and style run', async () => {
    const { headers } = await read(stage.path('waiting'))
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
  })

  it('never changes with what happens to the job, and differs from ticket to ticket', () => {
    const before = stage.path('waiting')
    expect(stage.path('waiting')).toBe(before)
    const secrets = Object.keys(phases).map(phase => stage.path(phase).split('-')[1])
    expect(new Set(secrets).size).toBe(secrets.length)
  })
})

describe('the live part', () => {
  it('is sent again only when something changed', async () => {
    const first = await read(`${stage.path('working')}/live`)
    const tag = first.headers.get('etag') ?? ''
    const again = await fetch(`${stage.url}${stage.path('working')}/live`, { headers: { 'if-none-match': tag, 'accept-language': 'ru' } })
    expect(again.status).toBe(304)
    const running = stage.jobs.get('job-working')
    if (running) stage.put({ ...running, state: 'paused' })
    const changed = await fetch(`${stage.url}${stage.path('working')}/live`, { headers: { 'if-none-match': tag, 'accept-language': 'ru' } })
    expect(changed.status).toBe(200)
    expect(await changed.text()).toContain('На паузе')
    if (running) stage.put(running)
  })
})

describe('its owner', () => {
  const cancel = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stage.url}${path}/cancel`, { method: 'POST', redirect: 'manual', headers })

  it('is asked before a job is cancelled, and cancels it by a plain form', async () => {
    const asked = await read(`${stage.path('waiting')}?ask=cancel`)
    expect(asked.text).toContain(`<form class="inline" method="post" action="${stage.path('waiting')}/cancel`)
    stage.commands.length = 0
    const response = await cancel(stage.path('waiting'))
    expect(response.status).toBe(303)
    expect(stage.commands).toMatchObject([{ author: pupil, ask: { kind: 'job.cancel', job: 'job-waiting' } }])
    expect(words((await read(response.headers.get('location') ?? '')).text)).toContain('Задание отменено.')
  })

  it('cancels nothing from a page of somebody else', async () => {
    stage.commands.length = 0
    const foreign = await cancel(stage.path('waiting'), { origin: 'https://evil.example' })
    expect([foreign.status, words(await foreign.text())]).toEqual([403, expect.stringContaining(pageWords.ru.elsewhere)])
    expect((await cancel('/t/14-abcdefghjkmn')).status).toBe(404)
    expect(stage.commands).toEqual([])
  })

  it('hears when the school will not, or does not answer', async () => {
    stage.answer = ({ id }) => ({ outcome: 'refused', command: id, at: 1, denial: { code: 'x', text: { ru: 'Нет.', en: 'No.' } } })
    const refused = await cancel(stage.path('waiting'))
    expect(words((await read(refused.headers.get('location') ?? '')).text)).toContain('Отменить не вышло')
    stage.answer = () => undefined
    const waited = await cancel(stage.path('waiting'))
    expect(waited.headers.get('location')).toContain('said=sent')
    stage.answer = ({ id }) => ({ outcome: 'done', command: id, at: 1 })
  })
})

describe('notices', () => {
  const subscription = (n = 1, host = 'fcm.googleapis.com') => ({
    endpoint: `https://${host}/fcm/send/device-${n}`,
    expirationTime: null,
    keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
  })
  const subscribe = async (at: Stage, phase: string, body: unknown) =>
    (
      await fetch(`${at.url}${at.path(phase)}/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': 'ru' },
        body: JSON.stringify(body),
      })
    ).status
  const change = (at: Stage, phase: string, state: 'queued' | 'returned' | 'completed', more: object = {}) => {
    const known = at.jobs.get(`job-${phase}`)
    if (known) at.put({ ...known, state, ...more })
  }
  const settled = () => new Promise(resolve => setTimeout(resolve, 1_300))
  const verdict = { quality: 'ok' as const, by: { id: 'anna', name: 'Анна', role: 'teacher' as const }, at: 1 }

  it('go to the device that asked, each once: approved, sent back, ready; and name nobody', async () => {
    await using at = await openTickets()
    expect(await subscribe(at, 'checking', subscription())).toBe(204)
    change(at, 'checking', 'queued')
    await settled()
    change(at, 'checking', 'queued', { order: 1 })
    await settled()
    change(at, 'checking', 'returned', { comment: 'Мелко' })
    await settled()
    expect(await subscribe(at, 'onBed', subscription(2))).toBe(204)
    change(at, 'onBed', 'completed', { verdict })
    await settled()
    const titles = at.notices.map(({ payload }) => payload.title)
    expect(titles).toEqual(['Талон 11: одобрено, задание в очереди', 'Талон 11: учитель вернул на доработку', 'Талон 16: можно забрать'])
    expect(JSON.stringify(at.notices)).not.toMatch(/Анна|gcode|7F3K|Мелко/)
    expect(at.notices[0]?.payload.path).toBe(at.path('checking'))
  })

  it('tell whose part is made on one bed with others, too, when it can be collected', async () => {
    await using at = await openTickets()
    const plate = at.jobs.get('job-working')
    change(at, 'waiting', 'queued', { plate: 'job-working' })
    expect(await subscribe(at, 'waiting', subscription())).toBe(204)
    if (plate) at.put({ ...plate, state: 'completed', endedAt: Date.now(), verdict })
    await settled()
    expect(at.notices.map(({ payload }) => payload.title)).toEqual(['Талон 14: можно забрать'])
  })

  it.for([
    ['plain http', 'http://fcm.googleapis.com/x'],
    ['this machine', 'https://127.0.0.1/x'],
    ['this machine by name', 'https://localhost/x'],
    ['the school’s network', 'https://192.168.1.1/x'],
    ['a cloud’s own data', 'https://169.254.169.254/latest'],
    ['IPv6 at home', 'https://[::1]/x'],
    ['another port', 'https://fcm.googleapis.com:8443/x'],
    ['a name that begins alike', 'https://fcm.googleapis.com.evil.example/x'],
    ['a name that ends alike', 'https://evilpush.services.mozilla.com.example/x'],
    ['a name with a password', 'https://user:pass@fcm.googleapis.com/x'],
    ['no address', 'fcm'],
  ] as const)('go nowhere but to a push service: %s', async ([, endpoint]) => {
    expect(await subscribe(stage, 'waiting', { ...subscription(), endpoint })).toBe(400)
    expect(stage.subscriptions.size).toBe(0)
  })

  it.for(['fcm.googleapis.com', 'updates.push.services.mozilla.com', 'wns2-par02p.notify.windows.com', 'web.push.apple.com'])(
    'are taken by %s',
    async host => {
      await using at = await openTickets()
      expect(await subscribe(at, 'waiting', subscription(1, host))).toBe(204)
    },
  )

  it('end when the browser is gone, and are for five devices a ticket', async () => {
    await using at = await openTickets({ status: 410 })
    for (let n = 1; n <= 5; n++) expect(await subscribe(at, 'checking', subscription(n))).toBe(204)
    expect(await subscribe(at, 'checking', subscription(6))).toBe(400)
    change(at, 'checking', 'queued')
    await settled()
    expect(at.notices).toHaveLength(5)
    expect(at.subscriptions.size).toBe(0)
  })

  it('do not repeat after a restart', async () => {
    await using at = await openTickets()
    await subscribe(at, 'checking', subscription())
    change(at, 'checking', 'queued')
    await settled()
    expect([...at.subscriptions.values()].map(body => (JSON.parse(body) as { told: string }).told)).toEqual(['waiting'])
    at.fleet.apply('alpha', { name: 'events', events: [jobEvent(99, at.jobs.get('job-checking') ?? aNobody())] })
    await settled()
    expect(at.notices).toHaveLength(1)
  })
})

function aNobody(): never {
  throw new Error('the job is gone')
}
