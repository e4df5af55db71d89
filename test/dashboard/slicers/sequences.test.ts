// The exact sequences of PrusaSlicer, OrcaSlicer, Cura and PrusaLink's clients, against a city's web server.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Command, Reply } from '../../../protocols/contract/command.ts'
import { job, jobEvent, machineMessage } from '../house.ts'
import { openScreen, type Screen } from '../screen-house.ts'
import { ask, askDigest, form, formType, makeKey } from './bench-of-slicers.ts'

let screen: Screen
let base = ''
let secret = ''
const gcode = 'G28\nG1 X10 Y10 F1200\n'
const waits = { ru: 'Перед ним в очереди 2 задания.', en: '2 jobs are before it.' }
const doneReply = ({ id }: Command): Reply => ({ outcome: 'done', command: id, at: 1, ticket: 42, jobs: ['job-42-first'], waiting: waits })

beforeAll(async () => {
  screen = await openScreen()
  secret = (await makeKey(screen.url, 'anna', 'alpha', 'ender')).secret
  base = `${screen.url}/o/alpha/ender`
})
beforeEach(() => {
  screen.commands.length = 0
  screen.answer = doneReply
})
afterAll(() => screen[Symbol.asyncDispose]())

const lastAsk = () => screen.commands.at(-1)?.ask

const upload = (parts: Parameters<typeof form>[0], headers: Record<string, string> = {}, at = base) =>
  ask(`${at}/api/files/local`, { method: 'POST', headers: { 'x-api-key': secret, ...formType, ...headers }, body: form(parts) })

describe('PrusaSlicer and OrcaSlicer, type OctoPrint', () => {
  it('tests the address, then uploads and prints: the job is queued for that machine in the owner’s name', async () => {
    const version = await ask(`${base}/api/version`, { headers: { 'user-agent': 'PrusaSlicer/2.9.2', accept: '*/*', 'x-api-key': secret } })
    expect(version.status).toBe(200)
    expect(version.json()).toMatchObject({ api: '0.1', server: expect.any(String), text: expect.stringMatching(/^OctoPrint /) })
    const sent = await upload([
      { name: 'print', value: 'true' },
      { name: 'path', value: '' },
      { name: 'file', value: gcode, filename: 'кубик 20 мм.gcode' },
    ])
    expect(sent.status).toBe(201)
    expect(sent.headers.location).toBe(`${base}/api/files/local/${encodeURIComponent('кубик 20 мм.gcode')}`)
    expect(sent.json()).toMatchObject({
      files: {
        local: { name: 'кубик 20 мм.gcode', path: 'кубик 20 мм.gcode', origin: 'local', refs: { resource: sent.headers.location } },
      },
      done: true,
      effectivePrint: false,
      message: 'Задание №\u00a042 поставлено в очередь. Перед ним в очереди 2 задания.',
    })
    expect(screen.commands.at(-1)?.author).toMatchObject({ id: 'anna', role: 'teacher' })
    expect(lastAsk()).toMatchObject({ kind: 'job.submit', machine: 'ender', name: 'кубик 20 мм.gcode', size: gcode.length })
    expect(lastAsk()).not.toHaveProperty('held')
  })

  it('uploads without printing: the job comes held back, and the answer says where it lies', async () => {
    const sent = await upload([
      { name: 'print', value: 'false' },
      { name: 'path', value: 'Кружок/Вторник' },
      { name: 'file', value: gcode, filename: 'a.gcode' },
    ])
    expect(sent.status).toBe(201)
    expect(sent.json()).toMatchObject({ effectivePrint: false, message: expect.stringContaining('отложенным') })
    expect(lastAsk()).toMatchObject({ kind: 'job.submit', name: 'a.gcode', held: true })
  })

  it('says “printing” only when a machine takes the job at once', async () => {
    screen.answer = ({ id }) => ({ outcome: 'done', command: id, at: 1, ticket: 1, jobs: ['job-1-first'] })
    const sent = await upload([
      { name: 'print', value: 'true' },
      { name: 'file', value: gcode, filename: 'a.gcode' },
    ])
    expect(sent.json()).toMatchObject({ effectivePrint: true })
  })

  it('answers in English to who asks for it', async () => {
    const parts = [
      { name: 'print', value: 'true' },
      { name: 'file', value: gcode, filename: 'a.gcode' },
    ]
    const sent = await upload(parts, { 'accept-language': 'en-GB,en;q=0.9' })
    expect(sent.json().message).toBe('Job no.\u00a042 is in the queue. 2 jobs are before it.')
    expect((await upload(parts, { 'accept-language': 'ru-RU,en,*' })).json().message).toContain('поставлено в очередь')
  })

  it.for([
    ['raw UTF-8', { filename: 'Деталь «А» №1.gcode' }, 'Деталь «А» №1.gcode'],
    ['an escaped quote', { filename: 'д"1.gcode' }, 'д"1.gcode'],
    [
      'filename* (RFC 5987)',
      { disposition: `; filename="x.gcode"; filename*=UTF-8''${encodeURIComponent('шестерня ½.gcode')}` },
      'шестерня ½.gcode',
    ],
    ['Japanese', { filename: '歯車.gcode' }, '歯車.gcode'],
    ['a path of Windows', { filename: 'C:\\Уроки\\ваза.gcode' }, 'ваза.gcode'],
    ['a way up', { filename: '../../etc/passwd' }, 'passwd'],
  ] as const)('reads a file name written as %s', async ([, named, name]) => {
    const sent = await upload([{ name: 'file', value: gcode, ...named }])
    expect(sent.status).toBe(201)
    expect(lastAsk()).toMatchObject({ name })
  })

  it('takes “print” also when it stands behind the file', async () => {
    await upload([
      { name: 'file', value: gcode, filename: 'a.gcode' },
      { name: 'print', value: 'true' },
    ])
    expect(lastAsk()).not.toHaveProperty('held')
  })

  it.for([
    ['Authorization: Bearer', (path: string, key: string) => ask(base + path, { headers: { authorization: `Bearer ${key}` } })],
    ['?apikey=', (path: string, key: string) => ask(`${base}${path}?apikey=${key}`)],
    [
      'X-Api-Key beside a proxy’s Basic',
      (path: string, key: string) => ask(base + path, { headers: { 'x-api-key': key, authorization: 'Basic eDp5' } }),
    ],
    ['a base address with a slash', (path: string, key: string) => ask(`${base}/${path}`, { headers: { 'x-api-key': key } })],
  ] as const)('takes the key by %s', async ([, asks]) => {
    expect((await asks('/api/version', secret)).status).toBe(200)
    expect((await asks('/api/version', 'wrong')).status).toBe(403)
  })
})

describe('a target of its own', () => {
  it('“queue” leaves the machine to the school', async () => {
    const { secret: ofQueue } = await makeKey(screen.url, 'anna', 'alpha', 'queue')
    const sent = await ask(`${screen.url}/o/alpha/queue/api/files/local`, {
      method: 'POST',
      headers: { 'x-api-key': ofQueue, ...formType },
      body: form([
        { name: 'print', value: 'true' },
        { name: 'file', value: gcode, filename: 'a.gcode' },
      ]),
    })
    expect(sent.status).toBe(201)
    expect(lastAsk()).not.toHaveProperty('machine')
  })

  it.for(['/o/alpha/queue', '/o/beta/queue', '/o/beta/ender'])('refuses the key of ender at %s and names its address', async path => {
    const answer = await ask(`${screen.url}${path}/api/version`, { headers: { 'x-api-key': secret } })
    expect([answer.status, answer.text]).toEqual([403, `Этот ключ для другого адреса: ${base}`])
  })

  it.for(['/api/version', '/o/api/version', '/o/alpha/api/version'])('tells the right address at %s', async path => {
    const answer = await ask(screen.url + path, { headers: { 'x-api-key': secret } })
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining(`${screen.url}/o/`)])
  })

  it('leads a browser to the page of what stands there', async () => {
    expect((await ask(base)).headers.location).toBe('/sites/alpha/machines/ender')
    expect((await ask(`${screen.url}/o/alpha/queue/`)).headers.location).toBe('/sites/alpha')
  })
})

describe('Cura with its OctoPrint plugin', () => {
  const cura = () => ({ 'x-api-key': secret, 'user-agent': 'UltiMaker-Cura/5.8.0 OctoPrintPlugin/3.7.3', 'accept-language': 'ru-RU,en,*' })
  const get = (path: string) => ask(base + path, { headers: { ...cura(), 'content-type': 'application/json' } })

  it('connects: settings, version, login, profiles', async () => {
    const settings = (await get('/api/settings')).json()
    expect(settings).toMatchObject({ feature: { sdSupport: false }, plugins: {} })
    expect(settings.webcam).not.toHaveProperty('streamUrl')
    expect(settings.plugins).not.toHaveProperty('UltimakerFormatPackage')
    const login = await ask(`${base}/api/login`, {
      method: 'POST',
      headers: { ...cura(), 'content-type': 'application/json' },
      body: '{"passive": true}',
    })
    expect([login.status, login.json().name]).toEqual([200, 'anna'])
    const { profiles } = (await get('/api/printerprofiles')).json()
    expect(profiles._default).toMatchObject({ current: true, name: 'Станок ender', axes: { x: { speed: 6000, inverted: false }, e: {} } })
    expect((await get('/api/server')).json()).toMatchObject({ version: expect.any(String) })
    expect((await get('/api/currentuser')).json()).toMatchObject({ name: 'anna' })
  })

  it('polls the machine as it is, and may send to it also while it prints', async () => {
    const running = job('job-runs', { state: 'running', machine: 'ender', estimatedSeconds: 3600 })
    screen.fleet.apply('alpha', { name: 'events', events: [jobEvent(11, running, 'started')] })
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineAt('running') })
    screen.fleet.apply('alpha', {
      name: 'telemetry',
      machine: 'ender',
      payload: {
        at: 5,
        heaters: { nozzle: { actual: 209.6, target: 210 }, bed: { actual: 60, target: 60 } },
        progress: { job: 'job-runs', lines: 5, bytes: 50, fraction: 0.25, elapsedSeconds: 900, remainingSeconds: 2700 },
      },
    })
    const anybody = (await ask(`${base}/api/printer`, { headers: { 'x-api-key': secret } })).json()
    expect(anybody).toMatchObject({
      temperature: { tool0: { actual: 209.6, target: 210, offset: 0 }, bed: { actual: 60, target: 60 } },
      state: {
        text: 'Printing',
        flags: { printing: true, operational: true, ready: false, paused: false, error: false, closedOrError: false },
      },
    })
    expect((await get('/api/printer')).json().state.flags).toMatchObject({ ready: true, printing: false })
    expect((await get('/api/job')).json()).toMatchObject({
      job: { file: { name: 'кубик.gcode' }, estimatedPrintTime: 3600 },
      progress: { completion: 25, printTime: 900, printTimeLeft: 2700 },
      state: 'Printing',
    })
    screen.fleet.apply('alpha', {
      name: 'events',
      events: [jobEvent(12, { ...running, state: 'completed', endedAt: Date.now() }, 'completed')],
    })
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineAt('ready') })
  })

  it('says that a machine is away, but not to Cura', async () => {
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineAt('offline') })
    expect((await ask(`${base}/api/printer`, { headers: { 'x-api-key': secret } })).status).toBe(409)
    expect((await get('/api/printer')).status).toBe(200)
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineAt('ready') })
  })

  it('uploads with the fields in its own order', async () => {
    const sent = await upload(
      [
        { name: 'path', value: '' },
        { name: 'file', value: gcode, filename: 'UM_брелок.gcode' },
        { name: 'select', value: 'true' },
        { name: 'print', value: 'true' },
      ],
      cura(),
    )
    expect(sent.status).toBe(201)
    expect(sent.headers.location?.split('api/', 2)[1]).toBe(`files/local/${encodeURIComponent('UM_брелок.gcode')}`)
    expect(lastAsk()).toMatchObject({ name: 'UM_брелок.gcode' })
  })

  it('prints later by “select”: the held job is released', async () => {
    const held = job('job-held-1', {
      held: true,
      author: { id: 'anna', name: 'anna', role: 'teacher' },
      program: { ...job('x').program, name: 'ваза.gcode' },
    })
    screen.fleet.apply('alpha', { name: 'events', events: [jobEvent(20, held)] })
    const select = (name: string, body: object) =>
      ask(`${base}/api/files/local/${encodeURIComponent(name)}`, { method: 'POST', headers: cura(), body: JSON.stringify(body) })
    expect((await select('ваза.gcode', { command: 'select' })).status).toBe(204)
    expect(screen.commands).toEqual([])
    expect((await select('ваза.gcode', { command: 'select', print: true })).status).toBe(204)
    expect(lastAsk()).toEqual({ kind: 'job.release', job: 'job-held-1' })
    expect((await select('нет.gcode', { command: 'select', print: true })).status).toBe(404)
    expect((await ask(`${base}/api/files/local`, { headers: cura() })).json().files).toMatchObject([{ name: 'ваза.gcode' }])
  })

  it.for([
    ['/api/job', { command: 'pause', action: 'pause' }],
    ['/api/job', { command: 'cancel' }],
    ['/api/job', { command: 'start' }],
    ['/api/printer/command', { commands: ['M112'] }],
    ['/api/printer/tool', { command: 'target', targets: { tool0: 300 } }],
    ['/api/connection', { command: 'connect' }],
  ] as const)('does not rule the machine: POST %s %j', async ([path, body]) => {
    const answer = await ask(base + path, { method: 'POST', headers: cura(), body: JSON.stringify(body) })
    // To the letter: with a charset behind it Cura says “unknown error”.
    expect([answer.status, answer.headers['content-type']]).toEqual([409, 'text/plain'])
    expect(answer.text).toBe('Станком управляют со страницы школы, а не из слайсера.')
    expect(screen.commands).toEqual([])
  })
})

describe.for(['MD5', 'SHA-256'] as const)('PrusaSlicer, type PrusaLink, digest with %s', algorithm => {
  const who = () => ({ username: 'anna', password: secret, algorithm })

  it('tests, looks for a storage and puts the file: queued', async () => {
    const version = await askDigest(`${base}/api/version`, who(), { headers: { 'user-agent': 'PrusaSlicer/2.9.2' } })
    expect(version.json()).toMatchObject({ api: '2.0.0', text: 'PrusaLink', capabilities: { 'upload-by-put': true } })
    const storage = await askDigest(`${base}/api/v1/storage`, who(), { headers: { 'accept-language': 'ru' } })
    const [only] = storage.json().storage_list
    expect(only).toMatchObject({ path: '/local', name: 'Очередь', read_only: false, available: true })
    expect(only.free_space).toBeGreaterThan(0)
    const url = `${base}/api/v1/files${only.path}/${encodeURIComponent('Кружок')}/${encodeURIComponent('ваза №2.gcode')}`
    const put = await askDigest(url, who(), {
      method: 'PUT',
      headers: { 'print-after-upload': '?1', 'content-type': 'text/x.gcode', overwrite: '?1' },
      body: gcode,
    })
    expect([put.status, put.json().message]).toEqual([201, expect.stringContaining('поставлено в очередь')])
    expect(lastAsk()).toMatchObject({ kind: 'job.submit', name: 'ваза №2.gcode', size: gcode.length, machine: 'ender' })
    expect(lastAsk()).not.toHaveProperty('held')
  })

  it('puts without printing: held back', async () => {
    const put = await askDigest(`${base}/api/v1/files/local/a.gcode`, who(), { method: 'PUT', headers: { overwrite: '?1' }, body: gcode })
    expect(put.status).toBe(201)
    expect(lastAsk()).toMatchObject({ held: true })
  })

  it('uploads the older way, by POST to a storage', async () => {
    const sent = await askDigest(`${base}/api/files/local`, who(), {
      method: 'POST',
      headers: formType,
      body: form([
        { name: 'path', value: '' },
        { name: 'print', value: 'true' },
        { name: 'file', value: gcode, filename: 'ё.gcode' },
      ]),
    })
    expect(sent.status).toBe(201)
    expect(lastAsk()).toMatchObject({ name: 'ё.gcode' })
  })

  it('watches: info, status, job', async () => {
    expect((await askDigest(`${base}/api/v1/info`, who())).json()).toMatchObject({ name: 'Станок ender', location: 'Альфа' })
    expect((await askDigest(`${base}/api/v1/status`, who())).json()).toMatchObject({ printer: { state: 'READY', flow: 100, speed: 100 } })
    expect((await askDigest(`${base}/api/v1/job`, who())).status).toBe(204)
    expect((await askDigest(`${base}/api/v1/job/1`, who(), { method: 'DELETE' })).status).toBe(409)
  })
})

describe('a PrusaLink status', () => {
  const status = async () => (await ask(`${base}/api/v1/status`, { headers: { 'x-api-key': secret } })).json()

  it('asks for a person where something was reported of the machine', async () => {
    const report = (change: 'raised' | 'cleared', number: number) => {
      const fault = { code: 'problem-reported', text: { ru: 'Дым', en: 'Smoke' } }
      screen.fleet.apply('alpha', { name: 'events', events: [{ kind: 'fault', number, at: 1, machine: 'ender', change, fault }] })
    }
    report('raised', 901)
    expect((await status()).printer).toMatchObject({ state: 'ATTENTION', status_printer: { ok: true } })
    report('cleared', 902)
    expect((await status()).printer.state).toBe('READY')
  })

  it('of a silent school tells neither a job nor a temperature of then, and says that the link is lost', async () => {
    await using lost = await openScreen()
    const key = (await makeKey(lost.url, 'anna', 'alpha', 'ender')).secret
    const ofLost = (path: string) => ask(`${lost.url}/o/alpha/ender${path}`, { headers: { 'x-api-key': key } })
    const running = job('job-runs', { state: 'running', machine: 'ender' })
    const heaters = { nozzle: { actual: 209.6, target: 210 }, bed: { actual: 60, target: 60 } }
    lost.fleet.apply('alpha', { name: 'events', events: [jobEvent(11, running, 'started')] })
    lost.fleet.apply('alpha', {
      name: 'machine',
      machine: 'ender',
      payload: machineMessage('ender', { state: 'running', since: 1, job: running.id }),
    })
    lost.fleet.apply('alpha', { name: 'telemetry', machine: 'ender', payload: { at: 5, heaters } })
    expect((await ofLost('/api/v1/status')).json()).toMatchObject({
      job: { state: 'PRINTING' },
      printer: { state: 'PRINTING', temp_nozzle: 209.6, target_bed: 60, status_printer: { ok: true }, status_connect: { ok: true } },
    })
    lost.fleet.apply('alpha', { name: 'gone' })
    const said = (await ofLost('/api/v1/status')).json()
    const unsure = { ok: false, message: 'Школа не на связи: последние сведения о станке устарели.' }
    expect(said).not.toHaveProperty('job')
    expect(said.printer).toMatchObject({ state: 'ERROR', status_printer: unsure, status_connect: unsure })
    expect(said.printer).not.toHaveProperty('temp_nozzle')
    expect((await ofLost('/api/v1/job')).status).toBe(204)
    expect((await ofLost('/api/job')).json()).toMatchObject({ state: 'Offline', job: { file: { name: null } } })
  })

  it('of a machine that is off says so, and of a job on it that it does not go on', async () => {
    const running = job('job-stuck', { state: 'running', machine: 'ender' })
    screen.fleet.apply('alpha', { name: 'events', events: [jobEvent(905, running, 'started')] })
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender', { state: 'offline', since: 1 }) })
    expect(await status()).toMatchObject({
      job: { state: 'ERROR' },
      printer: { state: 'ERROR', status_printer: { ok: false, message: 'Станок сейчас не в сети.' }, status_connect: { ok: true } },
    })
    screen.fleet.apply('alpha', { name: 'events', events: [jobEvent(906, { ...running, state: 'failed', endedAt: 2 }, 'failed')] })
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender') })
  })
})

describe('PrusaSlicer, type PrusaLink, with the key instead of a digest', () => {
  it('is told of PUT in a version that its OctoPrint type takes too', async () => {
    const headers = { 'x-api-key': secret }
    expect((await ask(`${base}/api/version`, { headers })).json().capabilities).toEqual({ 'upload-by-put': true })
    const put = await ask(`${base}/api/v1/files/local//a.gcode`, {
      method: 'PUT',
      headers: { ...headers, 'print-after-upload': '?1' },
      body: gcode,
    })
    expect(put.status).toBe(201)
  })

  it('finds a waiting file by HEAD and GET, and is refused to overwrite only when it says so', async () => {
    const headers = { 'x-api-key': secret }
    const url = `${base}/api/v1/files/usb/${encodeURIComponent('ваза.gcode')}`
    expect((await ask(url, { headers, method: 'HEAD' })).status).toBe(200)
    expect((await ask(url, { headers })).json()).toMatchObject({ name: 'ваза.gcode', type: 'PRINT_FILE' })
    expect((await ask(`${base}/api/v1/files/usb/no.gcode`, { headers, method: 'HEAD' })).status).toBe(404)
    expect((await ask(url, { method: 'PUT', headers: { ...headers, overwrite: '?0' }, body: gcode })).status).toBe(409)
    expect((await ask(url, { method: 'PUT', headers: { ...headers, overwrite: '?1' }, body: gcode })).status).toBe(201)
  })
})

function machineAt(state: 'running' | 'ready' | 'offline') {
  return {
    declaration: {
      id: 'ender',
      name: 'Станок ender',
      kind: 'printer' as const,
      dialect: 'marlin' as const,
      model: 'ender-3',
      modelName: 'Ender-3',
      area: { x: 220, y: 220, z: 250 },
    },
    state: { state, since: 1_000 },
    inService: false,
    readOnly: false,
    at: 1_000,
  }
}
