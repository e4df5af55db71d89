// Slicers send straight to the queue: /o/{site}/{target} looks like an OctoPrint and like a PrusaLink to whoever comes with a key.
import express, { type Express, type Request, type RequestHandler, type Response, type Router } from 'express'
import { machineIdSchema, siteIdSchema } from '../../protocols/contract/ids.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import type { WebContext } from '../server/context.ts'
import { cleanName } from '../server/uploads.ts'
import { refuseSlicer, say } from './answer.ts'
import { type Caller, createDoor, originOf, type Place } from './door.ts'
import { pathOf, queueTarget } from './keys.ts'
import * as octoPrint from './octoprint.ts'
import * as prusaLink from './prusalink.ts'
import { type Received, receiveBody, receiveForm } from './receive.ts'
import { releaseJob, sendToQueue } from './send.ts'
import { filesOf, jobsNamed, lookAt, type Sight } from './sight.ts'
import { addressNeeded, refusal } from './words.ts'

const uploadsAtOnceMax = 16
/** A teacher with a slicer on each of two computers, and one to spare. */
const uploadsPerKeyMax = 4
const jsonBytesMax = 16_384

/** Someone with a key at the place of the key. */
type Visit = { request: Request; response: Response; caller: Caller; picture: SitePicture; sight: Sight; address: string }
type Answering = (visit: Visit) => unknown

/** Mounts the slicers' addresses. Before the pages: these would answer any address with the screens. */
export function addSlicers(app: Express, context: WebContext): void {
  app.get(['/api/version', '/api/files/local', '/api/printer', '/api/settings'], (request, response) =>
    refuseSlicer(request, response, addressNeeded(originOf(request))),
  )
  app.post('/api/files/local', (request, response) => refuseSlicer(request, response, addressNeeded(originOf(request))))

  const router = express.Router({ mergeParams: true })
  // PrusaSlicer joins a storage's path and a file's with a slash of its own, people paste addresses with one too many.
  app.use('/o', (request, _response, next) => {
    const [path = '', ...query] = request.url.split('?')
    request.url = [path.replace(/\/{2,}/g, '/'), ...query].join('?')
    next()
  })
  app.use('/o/:site/:target', router)
  app.use('/o', (request, response) => refuseSlicer(request, response, addressNeeded(originOf(request))))

  const at = createVisits(context)
  router.get('/', toThePage)
  const places = createPlaces()
  addOctoPrint(router, context, at, places)
  addPrusaLink(router, context, at, places)
  router.use(
    '/api',
    at(({ request, response }) => {
      const asks = request.method === 'GET' || request.method === 'HEAD'
      refuseSlicer(request, response, refusal(asks ? 'no-such-thing' : 'not-from-a-slicer'))
    }),
  )
  router.use((request, response) => refuseSlicer(request, response, addressNeeded(originOf(request))))
}

/** Makes a handler that is called only for those with a key, and knows where it stands. */
function createVisits(context: WebContext): (answering: Answering) => RequestHandler {
  const door = createDoor(context)
  return answering => async (request, response) => {
    response.set('Cache-Control', 'no-store')
    const place = placeOf(request)
    if (place === undefined) return refuseSlicer(request, response, addressNeeded(originOf(request)))
    const caller = door(request, response, place)
    if (caller === undefined) return
    const picture = context.workplace.fleet.site(place.site)
    if (picture === undefined) return refuseSlicer(request, response, addressNeeded(originOf(request)))
    const sight = lookAt(picture, place.target, caller.key.name, context.clock())
    await answering({ request, response, caller, picture, sight, address: `${originOf(request)}${pathOf(place)}` })
  }
}

function placeOf(request: Request): Place | undefined {
  const { site, target } = request.params
  // /o/school-4/api/version: the target was left out.
  if (site === 'api' || target === 'api') return undefined
  const place = { site: siteIdSchema.safeParse(site), target: machineIdSchema.safeParse(target) }
  return place.site.success && place.target.success ? { site: place.site.data, target: place.target.data } : undefined
}

/** Who opens the address in a browser (Cura offers it) lands on the page of what stands there. */
const toThePage: RequestHandler = (request, response) => {
  const place = placeOf(request)
  if (place === undefined) return refuseSlicer(request, response, addressNeeded(originOf(request)))
  response.redirect(`/sites/${place.site}${place.target === queueTarget ? '' : `/machines/${place.target}`}`)
}

type At = ReturnType<typeof createVisits>

type Places = ReturnType<typeof createPlaces>

function addOctoPrint(router: Router, context: WebContext, at: At, places: Places): void {
  const json = express.json({ limit: jsonBytesMax, type: () => true })

  router.get(
    '/api/version',
    at(({ request, response, caller }) => {
      response.json(caller.face === 'prusalink' ? prusaLink.prusaLinkVersion(request.hostname) : octoPrint.octoPrintVersion)
    }),
  )
  // Also PrusaLink's older way: POST /api/files/{storage}.
  router.post(
    '/api/files/:storage',
    at(visit =>
      places.take(visit, async ({ request, response, caller, picture, address }) => {
        const received = await receiveForm(request, response, context)
        if ('denial' in received) return refuseSlicer(request, response, received.denial)
        const upload = { ...received.upload, name: cleanName(received.fields.filename) || received.upload.name }
        if (isTrue(received.fields.noOverwrite) && jobsNamed(picture, caller, upload.name).length > 0) {
          return refuseSlicer(request, response, refusal('file-exists'))
        }
        const print = isTrue(received.fields.print) || isTrue(received.fields.to_print)
        const sent = await sendToQueue(caller, upload, print, context)
        if (sent.kind === 'refused') return refuseSlicer(request, response, sent.denial)
        const location = `${address}/api/files/local/${encodeURIComponent(upload.name)}`
        response
          .status(201)
          .location(location)
          .json(octoPrint.uploaded(upload, location, sent, say(request, sent.message)))
      }),
    ),
  )
  router.get(
    ['/api/files', '/api/files/:storage'],
    at(({ response, caller, picture, address }) => {
      const files = filesOf(picture, caller).map(job =>
        octoPrint.fileOf(job, `${address}/api/files/local/${encodeURIComponent(job.program.name)}`),
      )
      response.json({ files, free: context.uploadLimitBytes, total: context.uploadLimitBytes })
    }),
  )
  router.get(
    '/api/files/:storage/*path',
    at(({ request, response, caller, picture, address }) => {
      const [found] = jobsNamed(picture, caller, lastName(request))
      if (found === undefined) return refuseSlicer(request, response, refusal('no-such-file'))
      response.json(octoPrint.fileOf(found, `${address}/api/files/local/${encodeURIComponent(found.program.name)}`))
    }),
  )
  // Cura says "print" apart from the upload when it was told to wait.
  router.post(
    '/api/files/:storage/*path',
    json,
    at(async ({ request, response, caller, picture }) => {
      const found = jobsNamed(picture, caller, lastName(request))
      if (found.length === 0) return refuseSlicer(request, response, refusal('no-such-file'))
      const { command, print } = (request.body ?? {}) as { command?: unknown; print?: unknown }
      if (command !== 'select') return refuseSlicer(request, response, refusal('not-from-a-slicer'))
      const held = print === true ? found.find(job => job.held) : undefined
      const denial = held === undefined ? undefined : await releaseJob(caller, held.id, context)
      if (denial !== undefined) return refuseSlicer(request, response, denial)
      response.status(204).end()
    }),
  )
  router.get(
    '/api/printer',
    at(({ request, response, sight }) => {
      const printer = octoPrint.printer(sight, octoPrint.isCura(request))
      if (printer === undefined) return refuseSlicer(request, response, refusal('machine-away'))
      response.json(printer)
    }),
  )
  router.get(
    '/api/job',
    at(({ response, sight }) => response.json(octoPrint.job(sight))),
  )
  router.get(
    '/api/settings',
    at(({ response, sight }) => response.json(octoPrint.settings(sight))),
  )
  router.get(
    '/api/printerprofiles',
    at(({ response, sight }) => response.json(octoPrint.profiles(sight))),
  )
  router.get(
    '/api/server',
    at(({ response }) => response.json({ version: octoPrint.octoPrintVersion.server, safemode: null })),
  )
  router.get(
    '/api/currentuser',
    at(({ response, caller: { account } }) => response.json(octoPrint.user(account.name, account.role))),
  )
  router.post(
    '/api/login',
    at(({ response, caller: { account } }) => response.json(octoPrint.user(account.name, account.role))),
  )
  router.get(
    '/api/connection',
    at(({ response, sight }) => {
      response.json({
        current: { state: (octoPrint.job(sight) as { state: string }).state, printerProfile: '_default' },
        options: { ports: [], baudrates: [] },
      })
    }),
  )
}

function addPrusaLink(router: Router, context: WebContext, at: At, places: Places): void {
  router.get(
    '/api/v1/storage',
    at(({ request, response }) => response.json(prusaLink.storage(context.uploadLimitBytes, say(request, { ru: 'Очередь', en: 'Queue' })))),
  )
  router.get(
    '/api/v1/info',
    at(({ request, response, sight, caller }) => response.json(prusaLink.info(sight, caller.key.target, request.hostname))),
  )
  router.get(
    '/api/v1/status',
    at(({ request, response, sight }) => response.json(prusaLink.status(sight, sentence => say(request, sentence)))),
  )
  router.get(
    '/api/v1/job',
    at(({ response, sight }) => {
      const running = prusaLink.jobStatus(sight)
      if (running === undefined) response.status(204).end()
      else response.json(running)
    }),
  )
  // GET and, by Express, HEAD.
  router.get(
    '/api/v1/files/:storage/*path',
    at(({ request, response, caller, picture }) => {
      const [found] = jobsNamed(picture, caller, lastName(request))
      if (found === undefined) return refuseSlicer(request, response, refusal('no-such-file'))
      response.json(prusaLink.fileInfo(found))
    }),
  )
  router.put(
    '/api/v1/files/:storage/*path',
    at(visit =>
      places.take(visit, async ({ request, response, caller, picture, address }) => {
        const name = lastName(request)
        if (prusaLink.isNo(request.headers.overwrite) && jobsNamed(picture, caller, name).length > 0) {
          return refuseSlicer(request, response, refusal('file-exists'))
        }
        const received: Received = await receiveBody(request, response, name, context)
        if ('denial' in received) return refuseSlicer(request, response, received.denial)
        const { upload } = received
        const sent = await sendToQueue(caller, upload, prusaLink.isYes(request.headers['print-after-upload']), context)
        if (sent.kind === 'refused') return refuseSlicer(request, response, sent.denial)
        const location = `${address}/api/v1/files/local/${encodeURIComponent(upload.name)}`
        response
          .status(201)
          .location(location)
          .json(prusaLink.stored(upload, location, sent, say(request, sent.message)))
      }),
    ),
  )
}

/** The file's name behind its folders: a queue has none. */
function lastName(request: Request): string {
  const path: unknown = request.params.path
  return cleanName(Array.isArray(path) ? path.at(-1) : path)
}

function isTrue(field: string | undefined): boolean {
  return field !== undefined && /^(true|1|yes|on)$/i.test(field.trim())
}

/** Lets so many files in at once, and so many of one key. */
function createPlaces() {
  const running = new Map<string, number>()
  let total = 0
  return {
    take: async (visit: Visit, work: (visit: Visit) => Promise<unknown>): Promise<void> => {
      const { id } = visit.caller.key
      const own = running.get(id) ?? 0
      if (total >= uploadsAtOnceMax || own >= uploadsPerKeyMax) {
        return refuseSlicer(visit.request, visit.response, refusal('too-many-uploads'))
      }
      total += 1
      running.set(id, own + 1)
      try {
        await work(visit)
      } finally {
        total -= 1
        const left = (running.get(id) ?? 1) - 1
        if (left === 0) running.delete(id)
        else running.set(id, left)
      }
    },
  }
}
