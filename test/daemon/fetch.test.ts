// Bringing files: whole or not at all, resumed where they broke off, never anything but what was asked for.
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { fetchFile } from '../../daemon/fetch.ts'
import { Files } from '../../daemon/files.ts'
import { temporaryFolder } from './kit.ts'

const bytes = randomBytes(300_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')

type Answer = (request: IncomingMessage, response: ServerResponse, turn: number) => void

async function fetchFrom(answer: Answer, options: { size?: number; sizeMax?: number } = {}) {
  using folder = temporaryFolder()
  const files = new Files(folder.path, options.sizeMax ?? 1e6)
  const asked: { range?: string; authorization?: string }[] = []
  const server = createServer((request, response) => {
    const { range, authorization } = request.headers
    asked.push({ ...(range ? { range } : {}), ...(authorization ? { authorization } : {}) })
    answer(request, response, asked.length)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const city = { web: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, username: 'school-1', password: 'сек:рет' }
    const denial = await fetchFile(
      sha256,
      options.size ?? bytes.length,
      { files, city, retryMs: 1, quietMs: 300 },
      AbortSignal.timeout(20_000),
    )
    const path = files.path(sha256)
    return { denial, stored: path ? readFileSync(path) : undefined, asked, left: readdirSync(join(folder.path, 'fetching')) }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const rangeStart = (request: IncomingMessage) => Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
const serve: Answer = (request, response) => {
  const from = rangeStart(request)
  response.writeHead(from > 0 ? 206 : 200)
  response.end(bytes.subarray(from))
}
/** Sends so many bytes and hangs up. */
const cutAfter =
  (count: number): Answer =>
  (request, response) => {
    const from = rangeStart(request)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from })
    response.write(bytes.subarray(from, from + count), () => setTimeout(() => response.destroy(), 50))
  }

describe('a file from the city', () => {
  it('arrives whole, asked for by name and password', async () => {
    const { denial, stored, asked, left } = await fetchFrom(serve)
    expect(denial).toBeUndefined()
    expect(stored?.equals(bytes)).toBe(true)
    expect(left).toEqual([])
    expect(Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('school-1:сек:рет')
  })

  it('is resumed where it broke off, each time', async () => {
    const { denial, stored, asked } = await fetchFrom((request, response, turn) =>
      turn < 4 ? cutAfter(60_000)(request, response, turn) : serve(request, response, turn),
    )
    expect(denial).toBeUndefined()
    expect(stored?.equals(bytes)).toBe(true)
    expect(asked.length).toBe(4)
    expect(asked.slice(1).every(one => one.range !== undefined)).toBe(true)
  })

  it('begins again where the server knows no ranges', async () => {
    const { denial, stored } = await fetchFrom((request, response, turn) => {
      if (turn === 1) return cutAfter(60_000)(request, response, turn)
      response.writeHead(200)
      response.end(bytes)
    })
    expect(denial).toBeUndefined()
    expect(stored?.equals(bytes)).toBe(true)
  })

  it('goes on when the server falls silent in the middle', async () => {
    const { denial } = await fetchFrom((request, response, turn) => {
      if (turn > 1) return serve(request, response, turn)
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000))
    })
    expect(denial).toBeUndefined()
  })

  it.for<[string, string, Answer, { size?: number; sizeMax?: number }]>([
    ['that the city has not got', 'file-missing', (_, response) => void response.writeHead(404).end(), {}],
    ['with one wrong byte', 'file-damaged', (_, response) => void response.end(Buffer.from(bytes).fill(0, 7, 8)), {}],
    ['longer than it was said to be', 'file-damaged', serve, { size: 1000 }],
    ['larger than the school takes', 'file-too-large', serve, { sizeMax: 1000 }],
    ['from a city that only stumbles', 'file-unreachable', (_, response) => void response.writeHead(500).end(), {}],
  ])('%s is refused as %s and leaves nothing', async ([, code, answer, options]) => {
    const { denial, stored } = await fetchFrom(answer, options)
    expect(denial?.code).toBe(code)
    expect(stored).toBeUndefined()
  })
})

describe('an upload', () => {
  it('is stored under its hash', async () => {
    using folder = temporaryFolder()
    const files = new Files(folder.path, 1e6)
    expect(await files.receive('деталь.gcode', Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]))).toEqual({
      sha256,
      name: 'деталь.gcode',
      size: bytes.length,
    })
  })

  it.for<[string, string, () => Readable]>([
    ['that is empty', 'empty-file', () => Readable.from([])],
    ['that is too large', 'file-too-large', () => Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(100_000)))],
  ])('%s is refused as %s and leaves nothing', async ([, code, body]) => {
    using folder = temporaryFolder()
    const files = new Files(folder.path, 1e6)
    expect(await files.receive('x', body())).toMatchObject({ denial: { code } })
    expect(readdirSync(join(folder.path, 'files'))).toEqual([])
    expect(readdirSync(join(folder.path, 'incoming'))).toEqual([])
  })

  it('that breaks off leaves nothing', async () => {
    using folder = temporaryFolder()
    const files = new Files(folder.path, 1e6)
    const broken = Readable.from(
      (async function* () {
        yield bytes
        throw new Error('cut')
      })(),
    )
    await expect(files.receive('x', broken)).rejects.toThrow('cut')
    expect(readdirSync(join(folder.path, 'files'))).toEqual([])
    expect(readdirSync(join(folder.path, 'incoming'))).toEqual([])
  })

  it('of a name that is a path goes nowhere: only the hash names files', () => {
    using folder = temporaryFolder()
    const files = new Files(folder.path, 1e6)
    expect(files.path('../../etc/passwd')).toBeUndefined()
    expect(files.picturePath('../x', 'preview')).toBeUndefined()
  })

  it('is removed when nobody has needed it for long', async () => {
    using folder = temporaryFolder()
    const files = new Files(folder.path, 1e6)
    await files.receive('x', Readable.from([bytes]))
    expect(await files.prune(Date.now() - 10_000, new Set())).toBe(0)
    expect(await files.prune(Date.now() + 10_000, new Set([sha256]))).toBe(0)
    expect(await files.prune(Date.now() + 10_000, new Set())).toBe(1)
    expect(files.path(sha256)).toBeUndefined()
  })
})
