// HTTP digest at the slicers' door: what is offered, what is refused, and that no answer is good twice.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDigestDoor, readDigest } from '../../../dashboard/slicers/digest.ts'
import { sha } from '../house.ts'
import { openScreen, type Screen } from '../screen-house.ts'
import { ask, askDigest, digestAnswer, makeKey } from './bench-of-slicers.ts'

let screen: Screen
let base = ''
let secret = ''

beforeAll(async () => {
  screen = await openScreen()
  secret = (await makeKey(screen.url, 'anna', 'alpha', 'ender')).secret
  base = `${screen.url}/o/alpha/ender`
})
afterAll(() => screen[Symbol.asyncDispose]())

describe('a digest', () => {
  const url = () => `${base}/api/v1/info`

  it('offers MD5 first and SHA-256 beside it, with realm, nonce and qop', async () => {
    const { status, headers, text } = await ask(url())
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(
      /^Digest realm="Tsekh", nonce="[^"]+", qop="auth", charset="UTF-8", algorithm=MD5, Digest realm="Tsekh", .*algorithm=SHA-256$/,
    )
    expect(text).toMatch(/^Нужен ключ слайсера/)
  })

  it('is good for one request: the same answer again is refused, the next count is not', async () => {
    const challenged = await ask(url())
    const first = digestAnswer(challenged, url(), 'GET', { username: 'anna', password: secret }, 1)
    const send = (authorization: string, to = url(), method = 'GET') => ask(to, { method, headers: { authorization } })
    expect((await send(first)).status).toBe(200)
    const replayed = await send(first)
    expect([replayed.status, replayed.headers['www-authenticate']]).toEqual([401, expect.stringContaining('stale=true')])
    for (const [count, status] of [
      [3, 200],
      [2, 200],
      [2, 401],
      [3, 401],
      [200, 200],
      [4, 401],
    ] as const) {
      const answer = digestAnswer(challenged, url(), 'GET', { username: 'anna', password: secret }, count)
      expect([count, (await send(answer)).status]).toEqual([count, status])
    }
  })

  it('is for this request alone: not for another path, nor another method', async () => {
    const challenged = await ask(url())
    const answer = digestAnswer(challenged, url(), 'GET', { username: 'anna', password: secret })
    expect((await ask(`${base}/api/v1/status`, { headers: { authorization: answer } })).status).toBe(401)
    expect((await ask(url(), { method: 'DELETE', headers: { authorization: answer } })).status).toBe(401)
    expect((await ask(`${url()}?x=1`, { headers: { authorization: answer } })).status).toBe(401)
    expect((await ask(url(), { headers: { authorization: answer } })).status).toBe(200)
  })

  it.for([
    ['a wrong key', { username: 'anna', password: 'wrong' }],
    ['a wrong name', { username: 'tech', password: 'wrong' }],
    ['nobody', { username: 'maker', password: 'x' }],
    ['an empty hash', { username: 'maker', password: '' }],
  ] as const)('is refused with %s, in a sentence', async ([, who]) => {
    for (const algorithm of ['MD5', 'SHA-256'] as const) {
      const answer = await askDigest(url(), { ...who, algorithm })
      expect([answer.status, answer.text]).toEqual([401, expect.stringMatching(/не подошли/)])
    }
  })

  it('knows a Cyrillic name, raw and extended', () => {
    const rest = 'realm="Tsekh", nonce="n", uri="/x", cnonce="c", nc=00000001, qop=auth, response="r"'
    const raw = Buffer.from(`Digest username="анна \\"А\\"", ${rest}`, 'utf8').toString('latin1')
    expect(readDigest(raw)?.username).toBe('анна "А"')
    expect(readDigest(`Digest username*=UTF-8''%D0%B0%D0%BD%D0%BD%D0%B0, ${rest}`)?.username).toBe('анна')
  })

  it.for([
    'Digest',
    'Digest username="a"',
    'Basic YTpi',
    'Digest username="a", realm="Other", nonce="n", uri="/", cnonce="c", nc=00000001, qop=auth, response="r"',
    'Digest username="a", realm="Tsekh", nonce="n", uri="/", response="r"',
    'Digest username="a", realm="Tsekh", nonce="n", uri="/", cnonce="c", nc=1, qop=auth, response="r"',
    'Digest username="a", realm="Tsekh", nonce="n", uri="/", cnonce="c", nc=00000001, qop=auth-int, response="r"',
    'Digest username="a", realm="Tsekh", nonce="n", uri="/", cnonce="c", nc=00000001, qop=auth, response="r", algorithm=MD5-sess',
    `Digest ${'a="'.repeat(5000)}`,
  ])('does not take %s', header => {
    expect(readDigest(header)).toBeUndefined()
  })

  it('goes stale with time, and with nonces of another life', () => {
    const door = createDigestDoor()
    const ha1 = createHash('md5').update('anna:Tsekh:key').digest('hex')
    const answerAt = (from: ReturnType<typeof createDigestDoor>, issuedMs: number) => {
      const headers = { 'www-authenticate': from.challenges(issuedMs, false).join(', ') }
      const answer = readDigest(digestAnswer({ headers }, 'http://x/p', 'GET', { username: 'anna', password: 'key' }))
      if (answer === undefined) throw new Error('unreadable')
      return answer
    }
    expect(door.judge(answerAt(door, 1_000), 'GET', '/p', ha1, 2_000)).toBe('right')
    expect(door.judge(answerAt(door, 1_000), 'GET', '/p', ha1, 1_000 + 5 * 60_000)).toBe('right')
    expect(door.judge(answerAt(door, 1_000), 'GET', '/p', ha1, 1_001 + 5 * 60_000)).toBe('stale')
    expect(door.judge(answerAt(createDigestDoor(), 1_000), 'GET', '/p', ha1, 2_000)).toBe('stale')
    expect(door.judge(answerAt(door, 1_000), 'GET', '/p', sha('0'), 2_000)).toBe('wrong')
  })

  it('never takes a spent answer again, however many others were spent meanwhile', () => {
    const door = createDigestDoor()
    const ha1 = createHash('md5').update('anna:Tsekh:key').digest('hex')
    const judge = (header: string, nowMs: number) => {
      const answer = readDigest(header)
      return answer && door.judge(answer, 'GET', '/p', ha1, nowMs)
    }
    const answerAt = (nowMs: number) =>
      digestAnswer({ headers: { 'www-authenticate': door.challenges(nowMs, false).join(', ') } }, 'http://x/p', 'GET', {
        username: 'anna',
        password: 'key',
      })
    const first = answerAt(1_000)
    expect(judge(first, 1_000)).toBe('right')
    for (let n = 0; n < 10_100; n += 1) expect(judge(answerAt(1_001 + n), 1_001 + n)).toBe('right')
    expect(judge(first, 12_000)).toBe('stale')
  })

  it('is good after the clock was set back, and what was spent before stays spent', () => {
    const door = createDigestDoor()
    const ha1 = createHash('md5').update('anna:Tsekh:key').digest('hex')
    const answerAt = (nowMs: number) =>
      readDigest(
        digestAnswer({ headers: { 'www-authenticate': door.challenges(nowMs, false).join(', ') } }, 'http://x/p', 'GET', {
          username: 'anna',
          password: 'key',
        }),
      )
    const judge = (answer: ReturnType<typeof answerAt>, nowMs: number) => answer && door.judge(answer, 'GET', '/p', ha1, nowMs)
    const hour = 3_600_000
    const minutes = [0, 6, 12].map(minute => 2 * hour + minute * 60_000)
    const before = minutes.map(at => {
      const answer = answerAt(at)
      expect(judge(answer, at)).toBe('right')
      return answer
    })
    expect(judge(answerAt(hour), hour)).toBe('right')
    expect(before.map(answer => judge(answer, hour))).toEqual(['stale', 'stale', 'stale'])
  })
})
