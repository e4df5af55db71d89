// The web server of the city and of a school's own screen: REST, uploads, frames and the built pages, standing on a Workplace.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler } from 'express'
import type { Logger } from 'pino'
import { isOpenAt } from '../../protocols/contract/hours.ts'
import { addInvitations } from '../accounts/invite.ts'
import { createMemoryShelf, type SessionShelf } from '../accounts/sessions.ts'
import { addSignOn } from '../accounts/sign-on.ts'
import { addStaff } from '../accounts/staff-api.ts'
import { addFloor } from '../floor/pages.ts'
import { startHealth } from '../health/desk.ts'
import { startLedger } from '../health/ledger.ts'
import { addKeys } from '../slicers/keys-api.ts'
import { addSentFiles } from '../slicers/sent-api.ts'
import { openSentFiles, type SentFiles } from '../slicers/sent-files.ts'
import { addSlicers } from '../slicers/slicers.ts'
import { addJoin } from '../tickets/join.ts'
import { addTickets } from '../tickets/pages.ts'
import { type PushKeys, type PushSender, startPush } from '../tickets/push.ts'
import { createMemorySeries } from '../trends/memory.ts'
import { startRecorder } from '../trends/recorder.ts'
import { addTvKeys, addTvPages, createMemoryScreens } from '../tv/door.ts'
import type { Workplace } from '../workplace.ts'
import { addApi } from './api.ts'
import { addCameras } from './cameras-api.ts'
import { addCare, addPhotoUpload } from './care.ts'
import { addConditions, createMemoryHealth } from './conditions.ts'
import type { Asked, WebContext } from './context.ts'
import { addPages, securityHeaders } from './pages.ts'
import { addSignIn, ownPagesOnly, refuse, visitorOf } from './people.ts'
import { addPeople } from './people-api.ts'
import { addQuotas } from './quotas.ts'
import { routesOf } from './routes.ts'
import { startSockets } from './sockets.ts'
import { addTrends } from './trends.ts'
import { addUploads } from './uploads.ts'
import { addWireApi } from './wire-api.ts'

export type WebOptions = {
  workplace: Workplace
  host: string
  /** 0 takes a free one. */
  port: number
  /** Folder with the built screens (index.html, assets/). */
  webRoot: string
  log: Logger
  /** Where sessions are kept; in memory when absent. */
  sessions?: SessionShelf
  uploadLimitBytes?: number
  /** A reverse proxy on this machine or network speaks for the browsers: believe its X-Forwarded-… headers. */
  trustProxy?: boolean
  /** Further origins whose pages may act, e.g. a proxy's public address. */
  origins?: readonly string[]
  /** With which notices are sent to pupils' devices; none are when absent. */
  push?: { keys: PushKeys; send: PushSender }
  /** What is not yet known of slicers' files; in memory when absent. */
  sentFiles?: SentFiles
  frameMs?: number
  clock?: () => number
}

export type RunningWeb = {
  url: string
  /** Open pages. */
  watching(): number
  /** All addresses it answers (routes.ts). */
  routes(): string[]
  close(): Promise<void>
}

/** A sliced model of a day's print; laser rasters are smaller. */
const uploadLimitBytesDefault = 512 * 1_048_576
/** From bytes at the machine to light on the screen in 150 ms (DESIGN §3): two thirds of it may be waiting for the frame. */
const frameMsDefault = 100
const jsonBytesMax = 65_536
/** A connection on which nothing moves. Uploads may take hours, as long as they move. */
const idleMs = 60_000
const connectionsMax = 3_000

const version = '0.1.0'

/** Starts the server; resolves when it listens. Rejects when the port is taken. */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  const { workplace, host, port, webRoot, log, clock = Date.now, frameMs = frameMsDefault } = options
  // Whatever fails on the way (a taken port), nothing is left running over a store that will be closed.
  await using stack = new AsyncDisposableStack()
  const shelf = options.sessions ?? createMemoryShelf()
  const closing = new AbortController()
  const context: WebContext = {
    workplace,
    shelf,
    log,
    sentFiles: options.sentFiles ?? openSentFiles(),
    clock,
    origins: options.origins ?? [],
    uploadLimitBytes: options.uploadLimitBytes ?? uploadLimitBytesDefault,
    closing: closing.signal,
  }

  const { fleet, health: healthShelf = createMemoryHealth() } = workplace
  const { series = createMemorySeries() } = workplace
  const recorder = startRecorder({ fleet, shelf: series, clock, log })
  stack.defer(() => recorder.close())
  const health = startHealth({
    fleet,
    shelf: healthShelf,
    journal: (site, before, limit) => workplace.journal(site, before, limit),
    clock,
    log,
    open: (site, atMs) => {
      const calendar = fleet.calendar(site)
      return calendar === undefined || isOpenAt(calendar, atMs)
    },
    signs: recorder.signs,
    care: workplace.care && (site => workplace.care?.of(site, clock()) ?? { plan: [], parts: [], orders: [] }),
  })
  stack.defer(() => health.close())
  const ledger = startLedger({
    fleet,
    shelf: series,
    recorder,
    journal: (site, before, limit) => workplace.journal(site, before, limit),
    clock,
    log,
  })
  stack.defer(() => ledger.close())

  const tvParts = { workplace, clock, log, shelf: workplace.screens ?? createMemoryScreens() }

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  if (options.trustProxy) app.set('trust proxy', 'loopback, linklocal, uniquelocal')
  const http = createServer(app)
  http.headersTimeout = 15_000
  http.requestTimeout = 0
  http.timeout = idleMs
  http.keepAliveTimeout = idleMs
  http.maxConnections = connectionsMax
  const sockets = startSockets(http, context, frameMs)
  stack.defer(async () => {
    const closed = sockets.close()
    http.closeAllConnections()
    await closed
  })
  stack.defer(() => closing.abort())
  // A slicer with a wrong key need not send its 300 MB to hear so: its door says "continue" itself (slicers/answer.ts).
  http.on('checkContinue', (request, response) => {
    if (!request.url?.startsWith('/o/')) response.writeContinue()
    http.emit('request', request, response)
  })

  const asked: Asked = (request, response) => {
    const visitor = visitorOf(request.headers.cookie, workplace, shelf, clock())
    if (visitor === undefined) refuse(response, 'not-signed-in')
    return visitor
  }
  app.use(securityHeaders(webRoot))
  const router = express.Router()
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  router.get('/health', (_request, response) => {
    response.json({ ok: true, version })
  })
  addWireApi(router, context)
  router.use(ownPagesOnly(context.origins))
  // Before any body parser: an upload is a stream, never a buffer, whatever type it claims.
  addPhotoUpload(router, context, asked)
  addUploads(router, context, asked, (account, sha256) => api.uploaded(account, sha256))
  // Only a real application/json is read: a foreign form cannot send one.
  router.use(express.json({ limit: jsonBytesMax, type: 'application/json' }))
  addSignIn(router, context, sockets.signedOut)
  addSignOn(router, context)
  addStaff(router, context, asked)
  addPeople(router, context, asked)
  const api = addApi(router, context, asked, sockets.tell)
  addCameras(router, context, asked)
  addKeys(router, context, asked)
  addSentFiles(router, context, asked)
  addCare(router, context, asked)
  addQuotas(router, context, asked)
  addConditions(router, context, asked, health)
  addTrends(router, asked, { workplace, recorder, ledger })
  addTvKeys(router, tvParts, asked)
  router.use((_request, response) => refuse(response, 'not-found'))
  app.use('/api/v1', router)
  addSlicers(app, context)
  const { pushes } = workplace
  const push = options.push && pushes && startPush({ workplace, shelf: pushes, ...options.push, log, clock })
  stack.defer(() => push?.close())
  addTickets(app, context, push)
  addFloor(app, context)
  addJoin(app, context, asked)
  addInvitations(app, context)
  app.use('/api', (_request, response) => refuse(response, 'not-found'))
  addTvPages(app, tvParts, version)
  addPages(app, webRoot)
  app.use((_request, response) => refuse(response, 'not-found'))

  const failed: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    if (response.headersSent) return void response.destroy()
    if (isBadBody(error)) return refuse(response, 'bad-request')
    log.error({ err: error, method: request.method, path: request.path }, 'request failed')
    refuse(response, 'server-error')
  }
  app.use(failed)

  const sweeping = setInterval(() => shelf.deleteExpired(clock()), 600_000)
  stack.defer(() => clearInterval(sweeping))
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
  const address = http.address() as AddressInfo
  const open = stack.move()
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
  return {
    url,
    watching: sockets.watching,
    routes: () => routesOf(app),
    close: () => open.disposeAsync(),
  }
}

/** body-parser marks what the sender did wrong with a 4xx status. */
function isBadBody(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}
