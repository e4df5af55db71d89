// The care of machines by REST (protocols/contract/screen.ts): what is due, parts and orders of a site or of all; photos of work orders.
import { open } from 'node:fs/promises'
import type { Request, Response, Router } from 'express'
import type { Care, SiteCare } from '../../protocols/contract/care.ts'
import { photosOf, soonShare } from '../../protocols/contract/care-due.ts'
import { sha256Schema } from '../../protocols/contract/ids.ts'
import { cleanPhoto, photoBytesMax } from '../../protocols/contract/photo.ts'
import { createRate } from '../accounts/throttle.ts'
import type { CareShelf } from '../workplace.ts'
import type { Asked, Visitor, WebContext } from './context.ts'
import { statusOf, tooBig } from './denials.ts'
import { refuse } from './people.ts'
import { isKeeper, isStaff, maySeeSite } from './rights.ts'
import { bounded, isTooBig } from './uploads.ts'

/** A person with a phone, six photos an order. */
const photoRate = { perSecond: 1, burst: 24 }

/** Before any body parser: a photo comes raw. */
export function addPhotoUpload(router: Router, context: WebContext, asked: Asked): void {
  const withinRate = createRate(photoRate)
  router.post('/photos', async (request, response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return
    if (!isStaff(visitor.account)) return refuse(response, 'no-right')
    if (!withinRate(visitor.account.login, context.clock())) return refuse(response, 'too-fast')
    const { photos } = context.workplace
    const bytes = await readPhoto(request, response)
    if (bytes === undefined) return
    const photo = cleanPhoto(bytes)
    if (photo === undefined || photos === undefined) return refuse(response, 'not-a-photo')
    const kept = await photos.put(photo.bytes)
    if ('denial' in kept) return void response.status(statusOf(kept.denial)).json({ denial: kept.denial })
    context.log.info({ account: visitor.account.id, sha256: kept.sha256, bytes: photo.bytes.length }, 'photo received')
    response.status(201).json(kept)
  })
}

export function addCare(router: Router, { workplace, clock }: WebContext, asked: Asked): void {
  const shelf: CareShelf = workplace.care ?? { of: () => nothing }

  /** Staff of the site in the path; otherwise it has been refused. */
  const staffOf = (request: Request, response: Response): Visitor | undefined => {
    const visitor = asked(request, response)
    if (visitor === undefined) return undefined
    const site = String(request.params.site)
    if (!isStaff(visitor.account)) refuse(response, 'no-right')
    else if (!maySeeSite(visitor.account, site)) refuse(response, 'other-site')
    else if (workplace.fleet.site(site) === undefined) refuse(response, 'not-found')
    else return visitor
    return undefined
  }

  router.get('/care', (request, response) => {
    const visitor = asked(request, response)
    if (visitor === undefined) return
    if (!isKeeper(visitor.account)) return refuse(response, 'no-right')
    const seen = workplace.fleet.sites().filter(({ id }) => maySeeSite(visitor.account, id))
    const sites = seen.map(({ id }) => {
      const care = shelf.of(id, clock())
      const machines = Object.entries(workplace.fleet.site(id)?.machines ?? {})
      const names = Object.fromEntries(machines.map(([machine, { declaration }]) => [machine, declaration.name]))
      return [id, { ...care, plan: care.plan.filter(({ share }) => share >= soonShare), names } satisfies SiteCare] as const
    })
    response.json({ sites: Object.fromEntries(sites) })
  })

  router.get('/sites/:site/care', (request, response) => {
    if (staffOf(request, response) !== undefined) response.json(shelf.of(request.params.site, clock()))
  })

  router.get('/sites/:site/photos/:sha256', async (request, response) => {
    if (staffOf(request, response) === undefined) return
    const sha256 = sha256Schema.safeParse(request.params.sha256)
    // By the site's own orders only: a hash heard elsewhere opens nothing.
    const shown = sha256.success && photosOf(shelf.of(request.params.site, clock()).orders).includes(sha256.data)
    const path = shown ? workplace.photos?.path(sha256.data) : undefined
    if (path === undefined) return refuse(response, 'not-found')
    await sendPhoto(response, path)
  })
}

/** The bytes, or undefined when it was refused. */
export async function readPhoto(request: Request, response: Response): Promise<Buffer | undefined> {
  const body = bounded(request, photoBytesMax)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
    return Buffer.concat(chunks)
  } catch (error) {
    request.resume()
    if (isTooBig(error)) {
      const reason = tooBig(photoBytesMax)
      response.status(statusOf(reason)).json({ denial: reason })
    } else if (response.writable) refuse(response, 'half-file')
    return undefined
  } finally {
    body.destroy()
  }
}

/** As a picture and as nothing else. */
export async function sendPhoto(response: Response, path: string): Promise<void> {
  const file = await open(path, 'r')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0).finally(() => file.close())
  const type = buffer[0] === 0xff ? 'image/jpeg' : 'image/png'
  response.set({ 'Cache-Control': 'private, max-age=86400', 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'" })
  response.sendFile(path, { dotfiles: 'allow', cacheControl: false, lastModified: false }, error => {
    if (error !== undefined && !response.headersSent) refuse(response, 'not-found')
  })
}

const nothing: Care = { plan: [], parts: [], orders: [] }
