// What a school's daemon may ask of the city by HTTPS: files by range, and a place for previews and pictures (DESIGN §5).
import { createHash } from 'node:crypto'
import type { Request, Response, Router } from 'express'
import { sha256Schema } from '../../protocols/contract/ids.ts'
import { cleanPhoto } from '../../protocols/contract/photo.ts'
import { pictureKinds } from '../../protocols/contract/screen.ts'
import { createThrottle } from '../accounts/throttle.ts'
import { receivePicture } from './cameras-api.ts'
import { readPhoto, sendPhoto } from './care.ts'
import type { WebContext } from './context.ts'
import { statusOf, tooBig } from './denials.ts'
import { refuse } from './people.ts'
import { bounded, isTooBig } from './uploads.ts'

const wrongTries = { tries: 30, windowMs: 60_000 }
/** A path of a million points (protocols/contract/toolpath.ts) has 9 MB before gzip; a preview and a slicer's thumbnail are smaller. */
const pictureLimitBytes = 12 * 1_048_576

export function addWireApi(router: Router, context: WebContext): void {
  const { workplace, log, clock } = context
  const wrong = createThrottle(wrongTries)

  /** The site that asks, or undefined when it was refused. */
  const siteOf = (request: Request, response: Response): string | undefined => {
    const address = request.ip ?? ''
    if (wrong.waitMs(address, clock()) > 0) {
      refuse(response, 'too-many-tries')
      return undefined
    }
    const login = basicLogin(request.headers.authorization)
    if (login !== undefined && workplace.siteCredentials(login.site, login.password)) return login.site
    if (login !== undefined) wrong.failed(address, clock())
    response.set('WWW-Authenticate', 'Basic realm="tsekh"')
    refuse(response, 'not-signed-in')
    return undefined
  }

  router.get('/wire/files/:sha256', (request, response) => {
    if (siteOf(request, response) === undefined) return
    const sha256 = sha256Schema.safeParse(request.params.sha256)
    const path = sha256.success ? workplace.filePath(sha256.data) : undefined
    if (path === undefined) return refuse(response, 'no-file')
    response.type('application/octet-stream').set('ETag', `"${sha256.data}"`)
    response.sendFile(path, { dotfiles: 'allow', acceptRanges: true, lastModified: false, cacheControl: false }, error => {
      if (error !== undefined && !response.headersSent) refuse(response, 'no-file')
    })
  })

  router.get('/wire/photos/:sha256', async (request, response) => {
    if (siteOf(request, response) === undefined) return
    const sha256 = sha256Schema.safeParse(request.params.sha256)
    const path = sha256.success ? workplace.photos?.path(sha256.data) : undefined
    if (path === undefined) return refuse(response, 'no-file')
    await sendPhoto(response, path)
  })

  router.put('/wire/photos/:sha256', async (request, response) => {
    const site = siteOf(request, response)
    if (site === undefined) return
    const bytes = await readPhoto(request, response)
    if (bytes === undefined) return
    // A school cleans its photos itself; what is not clean was sent by something else.
    const photo = cleanPhoto(bytes)
    const sha256 = photo && createHash('sha256').update(photo.bytes).digest('hex')
    if (photo === undefined || sha256 !== request.params.sha256 || workplace.photos === undefined) return refuse(response, 'not-a-photo')
    const kept = await workplace.photos.put(photo.bytes)
    if ('denial' in kept) return void response.status(statusOf(kept.denial)).json({ denial: kept.denial })
    log.debug({ site, sha256 }, 'photo stored')
    response.status(204).end()
  })

  router.put('/wire/cameras/:machine', async (request, response) => {
    const site = siteOf(request, response)
    if (site !== undefined) await receivePicture(context, site, request, response)
  })

  for (const what of pictureKinds) {
    router.put(`/wire/programs/:sha256/${what}`, async (request, response) => {
      const site = siteOf(request, response)
      if (site === undefined) return
      const sha256 = sha256Schema.safeParse(request.params.sha256)
      // Only pictures of programs we hold, or of jobs this school has told: anything else would be a free disk.
      const known = sha256.success && (workplace.filePath(sha256.data) ?? workplace.sitesOfProgram?.(sha256.data).find(one => one === site))
      if (!sha256.success || known === undefined) return refuse(response, 'no-file')
      const body = bounded(request, pictureLimitBytes)
      try {
        await workplace.storePicture(sha256.data, what, body)
        log.debug({ site, sha256: sha256.data, what }, 'picture stored')
        response.status(204).end()
      } catch (error) {
        request.resume()
        if (!isTooBig(error) && request.complete) throw error
        const reason = tooBig(pictureLimitBytes)
        if (response.writable) response.status(statusOf(reason)).json({ denial: reason })
      } finally {
        body.destroy()
      }
    })
  }
}

function basicLogin(header: string | undefined): { site: string; password: string } | undefined {
  const [scheme, encoded] = header?.split(' ') ?? []
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : { site: text.slice(0, colon), password: text.slice(colon + 1) }
}
