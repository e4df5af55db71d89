// What a signed-in browser may ask by REST (protocols/contract/screen.ts): commands, journal, pictures of programs.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Router } from 'express'
import { z } from 'zod'
import type { Reply } from '../../protocols/contract/command.ts'
import { sha256Schema, siteIdSchema, tokenSchema } from '../../protocols/contract/ids.ts'
import { commandBodySchema, pictureKinds } from '../../protocols/contract/screen.ts'
import { createRate } from '../accounts/throttle.ts'
import type { Account } from '../workplace.ts'
import type { Asked, WebContext } from './context.ts'
import { denial, statusOf } from './denials.ts'
import { authorOf, refuse } from './people.ts'
import { isStaff, judge, lifetimeMs, maySeeSite, urgent } from './rights.ts'

/** How long a browser waits for the school's word before it gets 202 (protocols/contract/screen.ts). */
const answerWithinMs = 8_000
/** How long we listen on, to tell the account's open pages when the word comes after all. */
const listenMs = 10 * 60_000
/** Commands whose author we remember, and uploads a pupil may look at before a job names them. */
const rememberedMax = 20_000
const uploadsPerPupilMax = 100
const journalMax = 100
/** A person at a screen, with a page that moves thirty jobs at once. */
const commandRate = { perSecond: 10, burst: 120 }

const beforeSchema = z.coerce.number().int().positive().optional()

export type Api = {
  /** To be told of each upload: whoever sent a file may see its picture. */
  uploaded: (account: Account, sha256: string) => void
}

/** Adds commands, journal and program pictures. `tell` carries late answers to the author's open pages. */
export function addApi(router: Router, context: WebContext, visitor: Asked, tell: (authorId: string, reply: Reply) => void): Api {
  const { workplace, log, clock } = context
  const issued = new Map<string, string>()
  const uploads = new Map<string, Set<string>>()
  const withinRate = createRate(commandRate)

  router.post('/sites/:site/commands', async (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const { account } = asks
    const site = siteIdSchema.safeParse(request.params.site)
    if (!site.success) return refuse(response, 'not-found')
    if (!maySeeSite(account, site.data)) return refuse(response, 'other-site')
    const picture = workplace.fleet.site(site.data)
    if (picture === undefined) return refuse(response, 'not-found')
    const body = commandBodySchema.safeParse(request.body)
    if (!body.success) {
      const reason = { ...denial('bad-request'), detail: z.prettifyError(body.error).slice(0, 500) }
      response.status(400).json({ denial: reason })
      return
    }
    const { id, ask } = body.data
    const author = authorOf(account)
    const no = judge(author, ask, picture, workplace.scope)
    if (no !== undefined) {
      log.info({ account: account.id, site: site.data, ask: ask.kind, code: no.code }, 'command refused by the screen')
      response.status(statusOf(no)).json({ denial: no })
      return
    }
    if (!urgent.includes(ask.kind) && !withinRate(account.login, clock())) return refuse(response, 'too-fast')
    // A file sent at the school is there and not here: who checks its job asks the school.
    const there = ask.kind === 'program.check' && isStaff(account) && workplace.sitesOfProgram?.(ask.sha256).includes(site.data) === true
    if ('sha256' in ask && !there && workplace.filePath(ask.sha256) === undefined) {
      return refuse(response, 'no-file')
    }
    if ((issued.get(id) ?? account.login) !== account.login) return refuse(response, 'id-taken')
    remember(issued, id, account.login)

    const issuedAt = clock()
    const command = { id, author, issuedAt, expiresAt: issuedAt + lifetimeMs(ask.kind), ask }
    const listening = workplace.command(site.data, command, AbortSignal.any([AbortSignal.timeout(listenMs), context.closing]))
    listening.then(
      reply => {
        log.info(
          { account: account.id, site: site.data, ask: ask.kind, command: id, outcome: reply?.outcome, ms: clock() - issuedAt },
          'command',
        )
        if (reply !== undefined) tell(account.id, reply)
      },
      error => log.error({ err: error, site: site.data, command: id }, 'command failed'),
    )
    const reply = await withinTime(listening, answerWithinMs)
    if (reply === undefined) response.status(202).json({ command: id })
    else response.json({ reply })
  })

  router.get('/sites/:site/commands/:id', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const id = tokenSchema.safeParse(request.params.id)
    if (!id.success) return refuse(response, 'not-found')
    const { site } = request.params
    if (!maySeeSite(asks.account, site)) return refuse(response, 'other-site')
    // What was given elsewhere, or before a restart, is nobody's we know: staff may read it, a pupil sees it come true on the page.
    const author = issued.get(id.data)
    if (author === undefined ? !isStaff(asks.account) : author !== asks.account.login) return refuse(response, 'not-found')
    const reply = workplace.reply(site, id.data)
    // Accepted is not answered: the last word is still to come.
    if (reply === undefined || reply.outcome === 'accepted') response.status(202).json({ command: id.data })
    else response.json({ reply })
  })

  router.get('/sites/:site/journal', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const site = request.params.site
    if (!isStaff(asks.account)) return refuse(response, 'no-right')
    if (!maySeeSite(asks.account, site)) return refuse(response, 'other-site')
    const before = beforeSchema.safeParse(request.query.before)
    if (!before.success) return refuse(response, 'bad-request')
    if (workplace.fleet.site(site) === undefined) return refuse(response, 'not-found')
    response.json({ events: workplace.journal(site, before.data, journalMax) })
  })

  for (const what of pictureKinds) {
    router.get(`/programs/:sha256/${what}`, async (request, response) => {
      const asks = visitor(request, response)
      if (asks === undefined) return
      const sha256 = sha256Schema.safeParse(request.params.sha256)
      if (!sha256.success || !maySeeProgram(asks.account, sha256.data)) return refuse(response, 'not-found')
      const path = workplace.picturePath(sha256.data, what)
      if (path === undefined) return refuse(response, 'not-found')
      response.set('Cache-Control', 'private, max-age=86400')
      // Whatever a school stored as a picture is shown as one and as nothing else.
      response.type(what === 'preview' ? 'application/json' : what === 'path' ? 'application/octet-stream' : await imageType(path))
      if (what === 'path') {
        response.set('Vary', 'Accept-Encoding')
        if (request.acceptsEncodings('gzip') !== 'gzip') {
          await pipeline(createReadStream(path), createGunzip(), response).catch(() => response.destroy())
          return
        }
        response.set('Content-Encoding', 'gzip')
      }
      response.sendFile(path, { dotfiles: 'allow', cacheControl: false, lastModified: false }, error => {
        if (error !== undefined && !response.headersSent) refuse(response, 'not-found')
      })
    })
  }

  // To look at in a slicer, or to lay several parts out on one bed. Staff only, and only of jobs of schools they see.
  router.get('/programs/:sha256/file', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const sha256 = sha256Schema.safeParse(request.params.sha256)
    if (!isStaff(asks.account)) return refuse(response, 'no-right')
    if (!sha256.success || !isOfSeenJob(asks.account, sha256.data)) return refuse(response, 'not-found')
    const path = workplace.filePath(sha256.data)
    if (path === undefined) return refuse(response, 'no-file')
    response.set({ 'Cache-Control': 'no-store', 'Content-Disposition': 'attachment', 'Content-Type': 'application/octet-stream' })
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false, lastModified: false }, error => {
      if (error !== undefined && !response.headersSent) refuse(response, 'not-found')
    })
  })

  router.get('/programs/:sha256/progress', (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const sha256 = sha256Schema.safeParse(request.params.sha256)
    if (!sha256.success || !maySeeProgram(asks.account, sha256.data)) return refuse(response, 'not-found')
    const progress = workplace.progress?.(sha256.data)
    response.set('Cache-Control', 'no-store')
    if (progress === undefined) response.status(204).end()
    else response.json(progress)
  })

  /** Everybody sees what was sent from the own account; a pupil the files of own jobs, staff those of every job of the schools they see. */
  function maySeeProgram(account: Account, sha256: string): boolean {
    if (uploads.get(account.login)?.has(sha256) === true) return true
    if (isStaff(account)) return account.sites === 'all' || isOfSeenJob(account, sha256) || isOfOldJob(account, sha256)
    return workplace.fleet.sites().some(({ id }) => {
      const jobs = maySeeSite(account, id) ? workplace.fleet.site(id)?.jobs : undefined
      return Object.values(jobs ?? {}).some(job => job.author.id === account.id && job.program.sha256 === sha256)
    })
  }

  /** Ended too long ago to be in the picture. */
  function isOfOldJob(account: Account, sha256: string): boolean {
    return workplace.sitesOfProgram?.(sha256).some(site => maySeeSite(account, site)) ?? true
  }

  function isOfSeenJob(account: Account, sha256: string): boolean {
    return workplace.fleet.sites().some(({ id }) => {
      const jobs = maySeeSite(account, id) ? workplace.fleet.site(id)?.jobs : undefined
      return Object.values(jobs ?? {}).some(({ program }) => program.sha256 === sha256)
    })
  }

  return {
    uploaded: ({ login }, sha256) => {
      const own = uploads.get(login) ?? new Set()
      own.delete(sha256)
      own.add(sha256)
      for (const oldest of own) {
        if (own.size <= uploadsPerPupilMax) break
        own.delete(oldest)
      }
      remember(uploads, login, own)
    },
  }
}

/** JPEG by its first bytes, else PNG: the two a slicer writes. */
async function imageType(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined)
  const start = Buffer.alloc(3)
  await file?.read(start, 0, start.length, 0)
  await file?.close()
  return start.toString('hex') === 'ffd8ff' ? 'image/jpeg' : 'image/png'
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > rememberedMax && !oldest.done) map.delete(oldest.value)
}

/** The promise's value, or undefined when it takes longer. */
async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
