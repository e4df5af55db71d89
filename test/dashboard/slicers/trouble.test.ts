// What goes wrong between a slicer and the queue: refusals in a sentence, broken uploads, silent schools, replays, and memory that stays flat.
import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bounded, cleanName } from '../../../dashboard/server/uploads.ts'
import { Person, until } from '../house.ts'
import { openScreen, type Screen } from '../screen-house.ts'
import { ask, boundary, form, formType, makeKey } from './bench-of-slicers.ts'

let screen: Screen
let base = ''
let secret = ''
const limitBytes = 48 * 1_048_576

beforeAll(async () => {
  screen = await openScreen({ uploadLimitBytes: limitBytes })
  secret = (await makeKey(screen.url, 'anna', 'alpha', 'ender')).secret
  base = `${screen.url}/o/alpha/ender`
})
beforeEach(() => {
  screen.commands.length = 0
  screen.answer = ({ id }) => ({ outcome: 'done', command: id, at: 1, ticket: 7, jobs: ['job-7-first'] })
})
afterAll(() => screen[Symbol.asyncDispose]())

const file = (name = 'a.gcode', value = 'G28\n') => [
  { name: 'print', value: 'true' },
  { name: 'file', value, filename: name },
]
const upload = (body: Uint8Array, headers: Record<string, string> = {}) =>
  ask(`${base}/api/files/local`, { method: 'POST', headers: { 'x-api-key': secret, ...formType, ...headers }, body })

describe('a key', () => {
  it('is shown once, listed without itself, and ended', async () => {
    const { key, secret: shownOnce, person } = await makeKey(screen.url, 'tech', 'beta', 'queue')
    expect(shownOnce).toMatch(/^[0-9a-z]{32}$/)
    expect(key).toMatchObject({ site: 'beta', target: 'queue', name: 'Бета', path: '/o/beta/queue' })
    const address = `${screen.url}/o/beta/queue/api/version`
    expect((await ask(address, { headers: { 'x-api-key': shownOnce } })).status).toBe(200)
    const listed = await (await person.get('/api/v1/keys')).text()
    expect(JSON.parse(listed)).toEqual({ keys: [{ ...key, usedAt: expect.any(Number) }] })
    expect(listed).not.toContain(shownOnce)
    expect(listed).not.toContain(createHash('sha256').update(shownOnce).digest('hex'))
    const gone = await fetch(`${screen.url}/api/v1/keys/${key.id}`, { method: 'DELETE', headers: { cookie: person.cookie } })
    expect(gone.status).toBe(204)
    expect((await ask(address, { headers: { 'x-api-key': shownOnce } })).status).toBe(403)
  })

  it('is one for each person and target: a second one replaces the first, and only when told to', async () => {
    const { secret: first, person } = await makeKey(screen.url, 'tech', 'alpha', 'ender')
    expect((await person.post('/api/v1/keys', { site: 'alpha', target: 'ender' })).status).toBe(409)
    const second = await person.post('/api/v1/keys', { site: 'alpha', target: 'ender', replace: true })
    expect(second.status).toBe(201)
    expect((await ask(`${base}/api/version`, { headers: { 'x-api-key': first } })).status).toBe(403)
    expect((await ask(`${base}/api/version`, { headers: { 'x-api-key': secret } })).status).toBe(200)
  })

  it.for([
    ['petya', 'alpha', 'queue', 403],
    ['anna', 'beta', 'queue', 403],
    ['anna', 'alpha', 'no-such-machine', 404],
    ['anna', 'alpha', '__proto__', 400],
    ['anna', 'alpha', 'constructor', 404],
  ] as const)('is not made for %s at %s/%s', async ([login, site, target, status]) => {
    const person = await Person.signIn(screen.url, login)
    expect((await person.post('/api/v1/keys', { site, target })).status).toBe(status)
  })

  it('is nobody else’s to end, and is made only from our own page', async () => {
    const { key } = await makeKey(screen.url, 'tech', 'alpha', 'queue')
    const anna = await Person.signIn(screen.url, 'anna')
    const remove = (cookie: string, headers = {}) =>
      fetch(`${screen.url}/api/v1/keys/${key.id}`, { method: 'DELETE', headers: { cookie, ...headers } })
    expect((await remove(anna.cookie)).status).toBe(404)
    expect((await remove('')).status).toBe(401)
    expect((await anna.post('/api/v1/keys', { site: 'alpha', target: 'queue' }, { origin: 'https://evil.example' })).status).toBe(403)
  })

  it('ends with its owner’s right', async () => {
    const { secret: ofBoris } = await makeKey(screen.url, 'boris', 'beta', 'queue')
    const boris = screen.accounts.find(({ login }) => login === 'boris')
    if (boris === undefined) throw new Error('no boris')
    const version = () => ask(`${screen.url}/o/beta/queue/api/version`, { headers: { 'x-api-key': ofBoris } })
    for (const change of [{ sites: ['alpha'] }, { role: 'pupil' as const }, { login: 'gone' }]) {
      const before = { ...boris }
      Object.assign(boris, change)
      expect((await version()).status).toBe(403)
      Object.assign(boris, before)
      expect((await version()).status).toBe(200)
    }
  })

  it('opens nothing else', async () => {
    for (const path of ['/api/v1/me', '/api/v1/keys', '/api/v1/sites/alpha/journal']) {
      const answer = await ask(screen.url + path, { headers: { 'x-api-key': secret, authorization: `Bearer ${secret}` } })
      expect(answer.json()).not.toHaveProperty('author')
      if (path !== '/api/v1/me') expect(answer.status).toBe(401)
    }
  })
})

describe('a refusal', () => {
  const finding = { code: 'nozzle-too-hot', text: { ru: 'Слишком горячо для этого сопла.', en: 'Too hot for this nozzle.' }, line: 12 }
  const denied = (code: string) => ({
    code,
    text: { ru: `Нельзя: ${code}.`, en: `No: ${code}.` },
    help: { ru: 'Спросите учителя.', en: 'Ask.' },
  })

  it.for([
    [finding, 400],
    [denied('teacher-only'), 403],
    [denied('unknown-person'), 403],
    [denied('too-many-waiting'), 409],
    [denied('no-machine-fits'), 409],
    [denied('file-too-large'), 413],
    [denied('model-file'), 415],
    [denied('disk-full'), 507],
    [denied('unknown-machine'), 404],
    [denied('constructor'), 400],
  ] as const)('of the school, %j, reaches the slicer as a sentence with %i', async ([denial, status]) => {
    screen.answer = ({ id }) => ({ outcome: 'refused', command: id, at: 1, denial: { ...denial } })
    const answer = await upload(form(file()))
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain'])
    expect(answer.text.startsWith(denial.text.ru)).toBe(true)
    const english = await upload(form(file()), { 'accept-language': 'en', accept: 'application/json' })
    expect(english.status).toBe(status)
    expect(english.json()).toMatchObject({ code: denial.code, error: expect.stringContaining(denial.text.en), title: denial.text.en })
  })

  it.for([
    ['no file', form([{ name: 'print', value: 'true' }]), {}, 400],
    ['no name', form([{ name: 'file', value: 'G28\n', filename: '' }]), {}, 400],
    ['an empty file', form(file('a.gcode', '')), {}, 400],
    ['JSON', '{}', { 'content-type': 'application/json' }, 415],
    ['no boundary', 'x', { 'content-type': 'multipart/form-data' }, 400],
    ['a form without its end', Buffer.from(form(file())).subarray(0, -30), {}, 400],
    ['nothing at all', '', formType, 400],
  ] as const)('of an upload with %s', async ([, body, headers, status]) => {
    const answer = await upload(Buffer.from(body), headers)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain'])
    expect(answer.text).toMatch(/[а-я]/)
    expect(screen.commands).toEqual([])
  })

  it('takes one file of a form and leaves the others', async () => {
    const answer = await upload(form([...file('a.gcode'), { name: 'file', value: 'M30', filename: 'b.gcode' }]))
    expect(answer.status).toBe(201)
    expect(screen.commands.map(({ ask: { kind } }) => kind)).toEqual(['job.submit'])
  })

  it('of a wrong name in a PUT, and of one that is not decodable', async () => {
    const put = (path: string) =>
      ask(`${base}/api/v1/files/local/${path}`, { method: 'PUT', headers: { 'x-api-key': secret }, body: 'G28' })
    expect((await put('%E0%A4%A')).status).toBe(400)
    expect((await put('%00%1f')).status).toBe(400)
  })
})

describe('an upload too large', () => {
  const large = (bytes: number) => ({ 'x-api-key': secret, 'content-length': String(bytes) })

  it.for([
    ['a form', 'POST', '/api/files/local', formType],
    ['a body', 'PUT', '/api/v1/files/local/a.gcode', {}],
  ] as const)('is refused before its bytes are sent: %s', async ([, method, path, headers]) => {
    const answer = await expecting(method, path, { ...large(limitBytes * 2), ...headers })
    expect(answer).toEqual({ continued: false, status: 413 })
  })

  it('with a wrong key is refused before its bytes are sent; with the right one it may come', async () => {
    const put = '/api/v1/files/local/a.gcode'
    expect(await expecting('PUT', put, { ...large(1000), 'x-api-key': 'wrong' })).toEqual({ continued: false, status: 403 })
    expect(await expecting('PUT', put, { 'content-length': '1000' })).toEqual({ continued: false, status: 401 })
    expect(await expecting('PUT', put, large(1000), 'G'.repeat(1000))).toEqual({ continued: true, status: 201 })
    expect(await expecting('POST', '/api/v1/logout', { 'content-length': '2' }, '{}')).toMatchObject({ continued: true })
  })

  it('of untold length is refused while it comes, and leaves nothing', async () => {
    const before = screen.stored()
    const piece = Buffer.alloc(1_048_576, 'G1 X1\n')
    const answer = await pour('PUT', '/api/v1/files/local/a.gcode', {}, piece, limitBytes / piece.length + 2)
    expect(answer).toMatchObject({ status: 413, text: expect.stringMatching(/^Файл больше 48 МБ/) })
    expect(screen.stored()).toEqual(before)
  })

  /** Sends the head alone with Expect: 100-continue, and the body only when told to. */
  function expecting(method: string, path: string, headers: Record<string, string>, body = '') {
    return new Promise<{ continued: boolean; status: number }>((resolve, reject) => {
      let continued = false
      const url = path.startsWith('/api/v1/log') ? screen.url + path : base + path
      const request = httpRequest(url, { method, agent: false, headers: { ...headers, expect: '100-continue' } }, response => {
        response.resume()
        response.on('end', () => {
          resolve({ continued, status: response.statusCode ?? 0 })
          request.destroy()
        })
      })
      request.on('continue', () => {
        continued = true
        request.end(body)
      })
      request.on('error', reject)
      request.flushHeaders()
    })
  }
})

describe('a large upload', () => {
  it.for([
    ['a form', 'POST', '/api/files/local'],
    ['a body', 'PUT', '/api/v1/files/local/large.gcode'],
  ] as const)('as %s of 30 MB streams through: memory stays flat', async ([, method, path]) => {
    const piece = Buffer.alloc(262_144, 'G1 X10.125 Y20.250 E0.03125\n')
    const count = 120
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="большой.gcode"\r\n\r\n`
    const wrap = method === 'POST' ? { head, tail: `\r\n--${boundary}--\r\n` } : { head: '', tail: '' }
    const before = heldBytes()
    let peak = 0
    // By what was sent and not by the clock: on a busy computer a collection takes longer than any interval, and nothing else is done.
    const look = (sent: number) => {
      if (sent % 10 === 0) peak = Math.max(peak, heldBytes())
    }
    const answer = await pour(method, path, method === 'POST' ? formType : {}, piece, count, wrap, look)
    expect(answer.status).toBe(201)
    expect(screen.commands.at(-1)?.ask).toMatchObject({ size: piece.length * count })
    expect(peak - before).toBeLessThan(12 * 1_048_576)
  })
})

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes of buffers that somebody still holds. */
function heldBytes(): number {
  // Buffers are freed beside the collection that found them dead; the next one waits for that to end.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

/** Sends the same piece so many times, no faster than it is taken. */
function pour(
  method: string,
  path: string,
  headers: Record<string, string>,
  piece: Buffer,
  count: number,
  { head, tail }: { head: string; tail: string } = { head: '', tail: '' },
  look: (sent: number) => void = () => undefined,
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = httpRequest(base + path, { method, agent: false, headers: { 'x-api-key': secret, ...headers } }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text })
        request.destroy()
      })
    })
    request.on('error', reject)
    request.write(head)
    let sent = 0
    const go = () => {
      while (sent < count && !request.destroyed) {
        sent += 1
        look(sent)
        if (!request.write(piece)) return void request.once('drain', go)
      }
      request.end(tail)
    }
    go()
  })
}

describe('an upload that breaks off', () => {
  it.for([
    ['a form', `POST /o/alpha/ender/api/files/local HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=${boundary}`, true],
    ['a body', 'PUT /o/alpha/ender/api/v1/files/local/half.gcode HTTP/1.1', false],
  ] as const)('as %s leaves nothing behind and queues nothing', async ([, head, isForm]) => {
    const before = screen.stored()
    const { port } = new URL(screen.url)
    const socket: Socket = createConnection(Number(port), '127.0.0.1')
    await new Promise<void>(resolve => socket.once('connect', resolve))
    socket.write(`${head}\r\nHost: x\r\nX-Api-Key: ${secret}\r\nContent-Length: 5000000\r\n\r\n`)
    if (isForm) socket.write(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="half.gcode"\r\n\r\n`)
    socket.write(Buffer.alloc(700_000, 'G1 X1\n'))
    await until('the half file is being written', () => screen.stored().some(name => name.startsWith('incoming/')))
    socket.destroy()
    await until('nothing is left', () => screen.stored().join() === before.join())
    expect(screen.commands).toEqual([])
    // The place it took is free again.
    for (let n = 0; n < 6; n += 1) expect((await upload(form(file()))).status).toBe(201)
  })
})

describe('a name longer than 200 characters', () => {
  it.for([
    ['keeps its extension', `${'а'.repeat(300)}.gcode`, `${'а'.repeat(194)}.gcode`],
    ['keeps both of a packed program', `${'а'.repeat(300)}.gcode.3mf`, `${'а'.repeat(190)}.gcode.3mf`],
    ['is cut before an emoji that does not fit whole', `${'а'.repeat(193)}🦊${'а'.repeat(9)}.gcode`, `${'а'.repeat(193)}.gcode`],
    ['is cut anywhere where it has no extension', '🦊'.repeat(150), '🦊'.repeat(100)],
    ['and one of 200 stays as it is', `${'а'.repeat(194)}.gcode`, `${'а'.repeat(194)}.gcode`],
  ] as const)('%s', ([, name, cut]) => {
    expect(cleanName(name)).toBe(cut)
    expect(cut.isWellFormed()).toBe(true)
  })

  it('is answered as taken when the cut falls on an emoji', async () => {
    const answer = await upload(form(file(`${'x'.repeat(193)}🦊🦊🦊🦊.gcode`)))
    const name = `${'x'.repeat(193)}.gcode`
    expect([answer.status, answer.json().files.local.name]).toEqual([201, name])
    expect(screen.commands.at(-1)?.ask).toMatchObject({ kind: 'job.submit', name })
  })
})

describe('a school that is away', () => {
  it('is told of honestly: the city has the file, the job is asked for, nothing is said to print', async () => {
    screen.fleet.apply('alpha', { name: 'gone' })
    screen.answer = () => undefined
    const answer = await upload(form(file('вечер.gcode')))
    screen.fleet.apply('alpha', { name: 'status', payload: birth })
    expect(answer.status).toBe(201)
    expect(answer.json()).toMatchObject({ effectivePrint: false, message: expect.stringContaining('Школа не на связи.') })
    expect(answer.json()).not.toHaveProperty('ticket')
    const [command] = screen.commands
    expect(command?.ask).toMatchObject({ kind: 'job.submit', name: 'вечер.gcode' })
    expect((command?.expiresAt ?? 0) - (command?.issuedAt ?? 0)).toBe(24 * 3_600_000)
  })
  const birth = {
    status: 'online' as const,
    site: 'alpha',
    name: 'Альфа',
    session: 's-second-1',
    version: '1',
    clock: 0,
    machines: ['ender'],
    lastEvent: 0,
  }
})

describe('a body that dies before anybody reads it', () => {
  it('is an error for who reads it later, and for nobody else', async () => {
    const source = new PassThrough()
    const body = bounded(source, 100)
    source.destroy(new Error('cut'))
    await new Promise(resolve => setTimeout(resolve, 5))
    await expect(body.toArray()).rejects.toThrow('cut')
  })
})
