// Who asks: the session cookie, where a request may come from, and signing in and out.
import type { Request, RequestHandler, Response, Router } from 'express'
import { z } from 'zod'
import type { Author } from '../../protocols/contract/job.ts'
import type { Me } from '../../protocols/contract/screen.ts'
import { checkNobody, checkPassword } from '../accounts/password.ts'
import { closeSession, hashToken, loginOf, openSession, type SessionShelf, sessionLifeMs } from '../accounts/sessions.ts'
import { createThrottle } from '../accounts/throttle.ts'
import type { Audience } from '../fleet/picture.ts'
import type { Account, Workplace } from '../workplace.ts'
import type { Visitor, WebContext } from './context.ts'
import { type DenialCode, denial, statusOf } from './denials.ts'
import { isStaff, maySeeSite } from './rights.ts'

const loginBodySchema = z.strictObject({ login: z.string().min(1).max(64), password: z.string().min(1).max(256) })

/** A whole school signs in from one address; one name is guessed by one attacker or by many. */
const pairTries = { tries: 8, windowMs: 5 * 60_000 }
const loginTries = { tries: 40, windowMs: 5 * 60_000 }
const addressTries = { tries: 200, windowMs: 5 * 60_000 }
/** scrypt runs on the threads that also read and write files: never take them all. */
const checksAtOnceMax = 2
const checksWaitingMax = 60

/**
 * The session cookie of a place. A city's and a school's screens often share a host (and cookies know no ports):
 * each school has a name of its own, or signing in here would sign out there.
 */
function cookieName(scope: Me['scope']): string {
  return scope.kind === 'city' ? 'tsekh' : `tsekh-${scope.site}`
}

/** Who sends this cookie header, or undefined. */
export function visitorOf(cookieHeader: string | undefined, workplace: Workplace, shelf: SessionShelf, nowMs: number): Visitor | undefined {
  const token = tokenIn(cookieHeader, cookieName(workplace.scope))
  const login = token === undefined ? undefined : loginOf(shelf, token, nowMs)
  const account = login === undefined ? undefined : workplace.account(login)
  return token === undefined || account === undefined ? undefined : { account, session: hashToken(token) }
}

/** What an account is to the picture. */
export function audienceOf(account: Account): Audience {
  return isStaff(account) ? { kind: 'staff', sites: account.sites } : { kind: 'pupil', author: account.id, sites: account.sites }
}

/** The account without what is nobody's business. */
export function authorOf({ id, name, role, group }: Account): Author {
  return { id, name, role, ...(group === undefined ? {} : { group }) }
}

export function refuse(response: Response, code: DenialCode): void {
  const reason = denial(code)
  response.status(statusOf(reason)).json({ denial: reason })
}

/** True when a browser says that the request comes from our own page; programs without an Origin pass, they hold no cookie of others. */
export function comesFromUs(headers: Request['headers'], origins: readonly string[]): boolean {
  const { origin, host } = headers
  if (origin !== undefined) return origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** Refuses what a foreign page makes a browser send (SameSite=Lax stands before it; this stands behind). */
export function ownPagesOnly(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const harmless = request.method === 'GET' || request.method === 'HEAD'
    if (harmless || comesFromUs(request.headers, origins)) next()
    else refuse(response, 'wrong-page')
  }
}

/** The account as its own page knows it. */
export function meOf(workplace: Workplace, account: Account | undefined): Me {
  const { pins, signOn = [], staff } = workplace
  return {
    ...(account && { author: authorOf(account) }),
    ...(account?.nickname !== undefined && { nickname: account.nickname }),
    ...(account && pins && isStaff(account) && { pin: { set: pins.has(account), atStart: pins.atStart } }),
    sites: account === undefined ? [] : workplace.fleet.sites().filter(({ id }) => maySeeSite(account, id)),
    scope: workplace.scope,
    ...(signOn.length > 0 && { signOn: signOn.map(({ id, name }) => ({ id, name })) }),
    ...(staff && account?.role === 'administrator' && account.sites === 'all' && { keepsStaff: true as const }),
    ...(workplace.demoAccounts && { demoAccounts: workplace.demoAccounts }),
  }
}

/** Signs the account in on this device, and whoever was signed in there out. */
export function beginSession(
  { workplace, shelf, log, clock }: WebContext,
  request: Request,
  response: Response,
  account: Account,
  lifeMs = sessionLifeMs,
): void {
  const name = cookieName(workplace.scope)
  const old = tokenIn(request.headers.cookie, name)
  if (old !== undefined) closeSession(shelf, old)
  const token = openSession(shelf, account.login, clock(), lifeMs)
  response.cookie(name, token, { httpOnly: true, sameSite: 'lax', secure: request.secure, path: '/', maxAge: lifeMs })
  log.info({ account: account.id, role: account.role, address: request.ip }, 'signed in')
}

/** Adds me, login and logout. `signedOut` is told which session ended. */
export function addSignIn(router: Router, context: WebContext, signedOut: (session: string) => void): void {
  const { workplace, shelf, log, clock } = context
  const pairs = createThrottle(pairTries)
  const logins = createThrottle(loginTries)
  const addresses = createThrottle(addressTries)
  const inTurn = createTurns(checksAtOnceMax, checksWaitingMax)
  const name = cookieName(workplace.scope)

  router.get('/me', (request, response) => {
    response.json(meOf(workplace, visitorOf(request.headers.cookie, workplace, shelf, clock())?.account))
  })

  router.post('/login', async (request, response) => {
    const body = loginBodySchema.safeParse(request.body)
    if (!body.success) return refuse(response, 'bad-request')
    const { login, password } = body.data
    const address = request.ip ?? ''
    const pair = `${address}|${login}`
    const now = clock()
    const waitMs = Math.max(pairs.waitMs(pair, now), logins.waitMs(login, now), addresses.waitMs(address, now))
    if (waitMs > 0) {
      response.set('Retry-After', String(Math.ceil(waitMs / 1000)))
      return refuse(response, 'too-many-tries')
    }
    // Counted before the check: a hundred guesses at once are a hundred guesses.
    pairs.failed(pair, now)
    const account = workplace.account(login)
    const right = await inTurn(() => (account === undefined ? checkNobody(password) : checkPassword(password, account.passwordHash)))
    if (right === undefined) return refuse(response, 'too-fast')
    if (!right || account === undefined) {
      logins.failed(login, now)
      addresses.failed(address, now)
      log.warn({ login, address }, 'sign-in refused')
      return refuse(response, 'wrong-login')
    }
    pairs.succeeded(pair)
    beginSession(context, request, response, account)
    response.json(meOf(workplace, account))
  })

  router.post('/logout', (request, response) => {
    const token = tokenIn(request.headers.cookie, name)
    if (token !== undefined) {
      closeSession(shelf, token)
      signedOut(hashToken(token))
    }
    response.clearCookie(name, { path: '/', sameSite: 'lax', httpOnly: true, secure: request.secure })
    response.status(204).end()
  })
}

function tokenIn(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}

/** Runs at most so many at once and lets so many wait; answers undefined to the rest. */
function createTurns(atOnceMax: number, waitingMax: number): <T>(work: () => Promise<T>) => Promise<T | undefined> {
  let running = 0
  const waiting: (() => void)[] = []
  return async work => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) return undefined
      await new Promise<void>(resolve => waiting.push(resolve))
    }
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
