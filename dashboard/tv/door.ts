// The wall screens' way in: tokens a technician makes and takes back, the page and its data for whoever holds one.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Express, Request, Response, Router } from 'express'
import { type TvScreen, tvBodySchema } from '../../protocols/contract/condition.ts'
import type { Asked, WebContext } from '../server/context.ts'
import { refuse } from '../server/people.ts'
import { isKeeper, maySeeSite } from '../server/rights.ts'
import type { Account, KeptScreen, TvShelf } from '../workplace.ts'
import { tvAgainScript, tvPage, tvRefusal, tvScript, tvStyle, tvVersion } from './page.ts'
import { tvPicture } from './picture.ts'

const dayMs = 24 * 3_600_000
/** A workshop has one wall or two; a city not many more. */
const screensPerSiteMax = 20
/** It is asked every 2 s; nobody needs the moment more exactly. */
const seenEveryMs = 10 * 60_000

type Parts = Pick<WebContext, 'clock' | 'log'> & { workplace: Pick<WebContext['workplace'], 'fleet'>; shelf: TvShelf }

/** Adds making, listing and taking back of tokens; for technicians and administrators of the site. */
export function addTvKeys(router: Router, { clock, log, shelf, workplace }: Parts, asked: Asked): void {
  const keeper = (request: Request, response: Response): Account | undefined => {
    const account = asked(request, response)?.account
    if (account === undefined || isKeeper(account)) return account
    refuse(response, 'no-right')
    return undefined
  }
  const told = ({ tokenHash: _secret, ...screen }: KeptScreen): TvScreen => screen

  router.get('/tv', (request, response) => {
    const account = keeper(request, response)
    if (account === undefined) return
    const screens = shelf.all().filter(({ site, expiresAt }) => maySeeSite(account, site) && expiresAt > clock())
    response.json({ screens: screens.sort((a, b) => b.createdAt - a.createdAt).map(told) })
  })

  router.post('/tv', (request, response) => {
    const account = keeper(request, response)
    if (account === undefined) return
    const body = tvBodySchema.safeParse(request.body)
    if (!body.success) return refuse(response, 'bad-request')
    const { site, name, days } = body.data
    if (!maySeeSite(account, site)) return refuse(response, 'other-site')
    if (workplace.fleet.site(site) === undefined) return refuse(response, 'not-found')
    const now = clock()
    for (const { id, expiresAt } of shelf.all()) if (expiresAt <= now) shelf.remove(id)
    if (shelf.all().filter(one => one.site === site).length >= screensPerSiteMax) return refuse(response, 'too-many-screens')
    const token = randomBytes(24).toString('base64url')
    const screen = { id: randomUUID(), site, name, by: account.name, createdAt: now, expiresAt: now + days * dayMs }
    shelf.put({ ...screen, tokenHash: hashOf(token) })
    log.info({ account: account.id, site, screen: screen.id, days }, 'wall screen let in')
    response.status(201).json({ screen, path: `/tv/${site}?kiosk=1&token=${token}` })
  })

  router.delete('/tv/:id', (request, response) => {
    const account = keeper(request, response)
    if (account === undefined) return
    const screen = shelf.all().find(({ id }) => id === request.params.id)
    if (screen === undefined || !maySeeSite(account, screen.site)) return refuse(response, 'not-found')
    shelf.remove(screen.id)
    log.info({ account: account.id, site: screen.site, screen: screen.id }, 'wall screen taken back')
    response.status(204).end()
  })
}

/** Adds the page, its script, and its data. */
export function addTvPages(app: Express, { workplace, clock, shelf }: Parts, version: string): void {
  const shown = tvVersion(version)
  const screenOf = (request: Request): KeptScreen | undefined => {
    const token = tokenIn(request.headers.cookie, cookieName(String(request.params.site)))
    return token === undefined ? undefined : screenFor(token, request.params.site)
  }
  const screenFor = (token: string, site: unknown): KeptScreen | undefined => {
    const screen = shelf.byToken(hashOf(token))
    return screen !== undefined && screen.site === site && screen.expiresAt > clock() ? screen : undefined
  }

  app.get('/tv/screen.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8').send(tvScript)
  })
  app.get('/tv/again.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8').send(tvAgainScript)
  })
  app.get('/tv/screen.css', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('text/css; charset=utf-8').send(tvStyle)
  })

  app.get('/tv/:site', (request, response) => {
    const { site } = request.params
    const { token, kiosk, lang } = request.query
    response.set('Cache-Control', 'no-store').set('Referrer-Policy', 'no-referrer').type('html')
    if (typeof token === 'string') {
      const screen = screenFor(token, site)
      if (screen === undefined) return void response.status(401).send(tvRefusal())
      const { expiresAt } = screen
      response.cookie(cookieName(site), token, {
        httpOnly: true,
        sameSite: 'lax',
        secure: request.secure,
        path: `/tv/${site}`,
        expires: new Date(expiresAt),
      })
      // Out of the address line, so that no photograph of the wall carries it.
      return response.redirect(
        303,
        `/tv/${site}${kiosk === undefined ? '' : '?kiosk=1'}${lang === 'en' ? `${kiosk === undefined ? '?' : '&'}lang=en` : ''}`,
      )
    }
    if (screenOf(request) === undefined) return void response.status(401).send(tvRefusal())
    response.send(tvPage(lang === 'en' ? 'en' : 'ru', kiosk !== undefined))
  })

  app.get('/tv/:site/data', (request, response) => {
    response.set('Cache-Control', 'no-store')
    const screen = screenOf(request)
    if (screen === undefined) return refuse(response, 'not-signed-in')
    const picture = workplace.fleet.site(screen.site)
    if (picture === undefined) return refuse(response, 'not-found')
    const now = clock()
    if (now - (screen.seenAt ?? 0) > seenEveryMs) shelf.seen(screen.id, now)
    response.json(tvPicture(picture, shown, now))
  })
}

/** A shelf that forgets with the process. */
export function createMemoryScreens(): TvShelf {
  const screens = new Map<string, KeptScreen>()
  return {
    all: () => [...screens.values()],
    byToken: hash => [...screens.values()].find(({ tokenHash }) => tokenHash === hash),
    put: screen => void screens.set(screen.id, screen),
    remove: id => void screens.delete(id),
    seen: (id, at) => {
      const screen = screens.get(id)
      if (screen) screens.set(id, { ...screen, seenAt: at })
    },
  }
}

/** The token is 192 random bits: there is nothing to guess, so no slow hash is needed. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function cookieName(site: string): string {
  return `tsekh-tv-${site}`
}

function tokenIn(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}
