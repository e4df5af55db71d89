// Who may read the care of which school, send photos and see them: every role, own school and another.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPhotoFiles } from '../../dashboard/server/photo-files.ts'
import type { Care } from '../../protocols/contract/care.ts'
import { Person, sha, temporaryFolder } from '../dashboard/house.ts'
import { openScreen, type Screen } from '../dashboard/screen-house.ts'

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')
const pngHash = createHash('sha256').update(png).digest('hex')
const words = { ru: 'р', en: 'e' }
const by = { id: 'tech', name: 'tech', role: 'technician' as const }
const care: Care = {
  plan: [
    { machine: 'ender', task: { id: 'belts', text: words, everyHours: 10 }, hours: 12, days: 0, share: 1.2 },
    { machine: 'ender', task: { id: 'plate', text: words, everyHours: 10 }, hours: 1, days: 0, share: 0.1 },
  ],
  parts: [{ id: 'part-00001', site: 'alpha', name: 'Сопло', count: 1, least: 2, models: [], by, at: 1 }],
  orders: [
    {
      id: 'order-0001',
      site: 'alpha',
      machine: 'ender',
      title: 'т',
      openedAt: 1,
      by,
      remarks: [{ at: 1, by, photos: [pngHash, sha('e')] }],
    },
  ],
}

const folder = temporaryFolder()
let screen: Screen
const people = new Map<string, Person>()
beforeAll(async () => {
  const photos = openPhotoFiles(join(folder.path, 'photos'))
  const nothing = { plan: [], parts: [], orders: [] }
  screen = await openScreen({ more: { photos, care: { of: site => (site === 'alpha' ? care : nothing) } } })
  for (const login of ['tech', 'admin', 'anna', 'boris', 'petya']) people.set(login, await Person.signIn(screen.url, login))
})
afterAll(async () => {
  await screen[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})
const get = (login: string, path: string) => fetch(`${screen.url}${path}`, { headers: { cookie: people.get(login)?.cookie ?? '' } })
const sendPhoto = (login: string, body: Buffer) =>
  fetch(`${screen.url}/api/v1/photos`, {
    method: 'POST',
    headers: { cookie: people.get(login)?.cookie ?? '', 'content-type': 'image/png' },
    body: new Uint8Array(body),
  })
const wire = (method: string, path: string, body?: Buffer, password = 'alpha-password') =>
  fetch(`${screen.url}/api/v1/wire/photos/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`alpha:${password}`).toString('base64')}` },
    ...(body && { body: new Uint8Array(body) }),
  })
const codeOf = async (response: Response) => ((await response.json()) as { denial?: { code: string } }).denial?.code

describe('the care of schools', () => {
  it.for<[string, string, number]>([
    ['tech', '/api/v1/care', 200],
    ['admin', '/api/v1/care', 200],
    ['anna', '/api/v1/care', 403],
    ['petya', '/api/v1/care', 403],
    ['nobody', '/api/v1/care', 401],
    ['tech', '/api/v1/sites/alpha/care', 200],
    ['anna', '/api/v1/sites/alpha/care', 200],
    ['anna', '/api/v1/sites/beta/care', 403],
    ['boris', '/api/v1/sites/alpha/care', 403],
    ['petya', '/api/v1/sites/alpha/care', 403],
    ['nobody', '/api/v1/sites/alpha/care', 401],
    ['tech', '/api/v1/sites/gamma/care', 404],
  ])('for %s, %s: %i', async ([login, path, status]) => {
    expect((await get(login, path)).status).toBe(status)
  })

  it('of all is what is due or soon, with the machines’ names; of one is the whole plan', async () => {
    const all = (await (await get('tech', '/api/v1/care')).json()) as { sites: Record<string, Care & { names: object }> }
    expect(Object.keys(all.sites)).toEqual(['alpha', 'beta'])
    expect(all.sites.alpha?.plan.map(({ task }) => task.id)).toEqual(['belts'])
    expect(Object.keys(all.sites.alpha?.names ?? {})).toEqual(['ender'])
    expect(((await (await get('anna', '/api/v1/sites/alpha/care')).json()) as Care).plan).toHaveLength(2)
  })
})

describe('a photo', () => {
  it.for<[string, number]>([
    ['tech', 201],
    ['admin', 201],
    ['anna', 201],
    ['petya', 403],
    ['nobody', 401],
  ])('of %s: %i', async ([login, status]) => {
    expect((await sendPhoto(login, png)).status).toBe(status)
  })

  it('is seen by the staff of the school whose order shows it, as a picture and nothing else', async () => {
    const { sha256 } = (await (await sendPhoto('anna', png)).json()) as { sha256: string }
    expect(sha256).toBe(pngHash)
    const path = `/api/v1/sites/alpha/photos/${sha256}`
    const seen = await get('anna', path)
    expect([seen.status, seen.headers.get('content-type'), seen.headers.get('x-content-type-options')]).toEqual([
      200,
      'image/png',
      'nosniff',
    ])
    expect(Buffer.from(await seen.arrayBuffer()).equals(png)).toBe(true)
    for (const login of ['boris', 'petya']) expect((await get(login, path)).status).toBe(403)
    expect((await get('nobody', path)).status).toBe(401)
    // Another school’s orders do not show it, whoever asks.
    expect((await get('tech', `/api/v1/sites/beta/photos/${sha256}`)).status).toBe(404)
    expect((await get('tech', `/api/v1/sites/alpha/photos/${sha('e')}`)).status).toBe(404)
    expect((await get('tech', '/api/v1/sites/alpha/photos/..%2F..%2Fetc')).status).toBe(404)
  })

  it('keeps no place: EXIF does not reach the disk', async () => {
    const exif = Buffer.from('ffe1000a457869660000475053', 'hex')
    const jpeg = Buffer.concat([
      Buffer.from('ffd8', 'hex'),
      Buffer.from([0xff, 0xe1, 0, 12, ...Buffer.from('Exif\0\0GPS!')]),
      Buffer.from('ffc0000b080001000101011100', 'hex'),
      Buffer.from('ffda0008010100003f00aaffd9', 'hex'),
    ])
    expect(exif.length).toBeGreaterThan(0)
    const { sha256 } = (await (await sendPhoto('tech', jpeg)).json()) as { sha256: string }
    const kept = await wire('GET', sha256)
    expect(Buffer.from(await kept.arrayBuffer()).includes('GPS')).toBe(false)
  })

  it.for<[string, Buffer, number, string]>([
    ['a page', Buffer.from('<html>'), 400, 'not-a-photo'],
    ['nothing', Buffer.alloc(0), 400, 'not-a-photo'],
    ['more than two megabytes', Buffer.alloc(2_200_000, 1), 413, 'too-big'],
  ])('is not %s', async ([, body, status, code]) => {
    const response = await sendPhoto('admin', body)
    expect([response.status, await codeOf(response)]).toEqual([status, code])
  })

  it('comes and goes by a school’s own credentials, clean and under its own name only', async () => {
    expect((await wire('PUT', pngHash, png)).status).toBe(204)
    expect((await wire('HEAD', pngHash)).status).toBe(200)
    expect((await wire('HEAD', sha('9'))).status).toBe(404)
    expect((await wire('PUT', sha('9'), png)).status).toBe(400)
    expect((await wire('PUT', pngHash, png, 'wrong')).status).toBe(401)
    expect((await wire('GET', pngHash, undefined, 'wrong')).status).toBe(401)
    const dirty = Buffer.concat([png, Buffer.from('behind the end')])
    const dirtyHash = createHash('sha256').update(dirty).digest('hex')
    expect((await wire('PUT', dirtyHash, dirty)).status).toBe(400)
  })
})

describe('photos on the disk', () => {
  it('that no order shows go after a day, and half-written ones at the start', async () => {
    using place = temporaryFolder()
    const files = openPhotoFiles(place.path)
    await files.put(png)
    const now = Date.now()
    expect(await files.prune(new Set(), now)).toBe(0)
    expect(await files.prune(new Set([pngHash]), now + 48 * 3_600_000)).toBe(0)
    expect(await files.prune(new Set(), now + 48 * 3_600_000)).toBe(1)
    expect(files.path(pngHash)).toBe(undefined)
    expect(openPhotoFiles(place.path).path(pngHash)).toBe(undefined)
  })
})
