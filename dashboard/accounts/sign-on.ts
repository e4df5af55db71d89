// Signing in with another house's word: OpenID Connect, authorization code with PKCE. It opens an account that is there; it makes none.
import { randomUUID } from 'node:crypto'
import type { Request, Response, Router } from 'express'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { SignOn } from '../../protocols/contract/staff.ts'
import type { WebContext } from '../server/context.ts'
import { beginSession } from '../server/people.ts'
import { isStaff } from '../server/rights.ts'
import type { Account } from '../workplace.ts'

/** A provider that does not answer within this is away: the password beside it works. */
const providerWithinS = 8
/** Somebody who looks for a password in a drawer. */
const waysLastMs = 15 * 60_000
const waysMax = 2_000
const cookie = 'tsekh-way'

/** A sign-on under way: only the browser that began it may end it. */
type Way = { provider: string; browser: string; verifier: string; nonce: string; at: number }

/** How it ended, told to the sign-in page as `/?sign-on=…`. */
export type SignOnOutcome = 'away' | 'refused' | 'unknown'

export function addSignOn(router: Router, context: WebContext): void {
  const { workplace, log, clock, origins } = context
  const { signOn: providers = [] } = workplace
  const ways = new Map<string, Way>()
  const known = new Map<string, Configuration>()

  /** What the provider says of itself, asked once it is needed: it may be away when we start. */
  const configurationOf = async (provider: SignOn): Promise<Configuration> => {
    const found = known.get(provider.id)
    if (found !== undefined) return found
    const plain = provider.issuer.startsWith('http://') ? { execute: [allowInsecureRequests] } : {}
    const made = await discovery(new URL(provider.issuer), provider.clientId, provider.clientSecret, undefined, {
      timeout: providerWithinS,
      ...plain,
    })
    known.set(provider.id, made)
    return made
  }
  const addressOf = (request: Request) => origins[0] ?? `${request.protocol}://${request.get('host')}`
  const backTo = (request: Request, provider: SignOn) => `${addressOf(request)}/api/v1/sign-on/${provider.id}/back`
  const end = (response: Response, outcome: SignOnOutcome) => {
    response.clearCookie(cookie, { path: '/api/v1/sign-on' })
    response.redirect(303, `/?sign-on=${outcome}`)
  }

  router.get('/sign-on/:provider', async (request, response) => {
    const provider = providers.find(({ id }) => id === request.params.provider)
    if (provider === undefined) return end(response, 'unknown')
    let configuration: Configuration
    try {
      configuration = await configurationOf(provider)
    } catch (error) {
      log.warn({ provider: provider.id, code: codeOf(error) }, 'the sign-on provider does not answer')
      return end(response, 'away')
    }
    const [state, nonce, verifier, browser] = [randomState(), randomNonce(), randomPKCECodeVerifier(), randomUUID()]
    forgetOld(ways, clock())
    ways.set(state, { provider: provider.id, browser, verifier, nonce, at: clock() })
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: backTo(request, provider),
      scope: provider.claim === 'email' ? 'openid email' : provider.claim === 'preferred_username' ? 'openid profile' : 'openid',
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    // Lax: the provider's redirect brings it back, a foreign page's form does not.
    response.cookie(cookie, browser, {
      httpOnly: true,
      sameSite: 'lax',
      secure: request.secure,
      path: '/api/v1/sign-on',
      maxAge: waysLastMs,
    })
    response.redirect(303, url.href)
  })

  router.get('/sign-on/:provider/back', async (request, response) => {
    const provider = providers.find(({ id }) => id === request.params.provider)
    const state = String(request.query.state ?? '')
    const way = ways.get(state)
    // Whatever comes of it, a way is walked once.
    ways.delete(state)
    const ours = way !== undefined && way.provider === provider?.id && way.browser === cookieIn(request) && clock() - way.at < waysLastMs
    if (provider === undefined || way === undefined || !ours) return end(response, 'refused')
    let named: string | undefined
    try {
      const configuration = await configurationOf(provider)
      const here = new URL(`${backTo(request, provider)}?${new URL(request.originalUrl, 'http://here').searchParams}`)
      const tokens = await authorizationCodeGrant(configuration, here, {
        pkceCodeVerifier: way.verifier,
        expectedState: state,
        expectedNonce: way.nonce,
        idTokenExpected: true,
      })
      const told = tokens.claims()
      // Some put everything into the identity token, others only at the userinfo endpoint (OpenID Connect Core §5.4).
      const whole = told?.[provider.claim] === undefined ? await more(configuration, tokens.access_token, told?.sub) : {}
      named = nameIn(provider, { ...told, ...whole })
    } catch (error) {
      // The error may carry the provider's answer, tokens and all: its name is enough for the log.
      log.warn({ provider: provider.id, code: codeOf(error) }, 'sign-on refused')
      return end(response, 'refused')
    }
    const account = named === undefined ? undefined : workplace.bySignOn?.(named)
    if (account === undefined || !speaksFor(provider, account)) {
      log.warn({ provider: provider.id, account: account?.id }, 'sign-on of somebody without an account here')
      return end(response, 'unknown')
    }
    response.clearCookie(cookie, { path: '/api/v1/sign-on' })
    beginSession(context, request, response, account)
    response.redirect(303, '/')
  })
}

/** What the provider says when asked; of the same person, or the answer is refused. */
async function more(configuration: Configuration, accessToken: string, subject: string | undefined): Promise<Record<string, unknown>> {
  if (subject === undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  return fetchUserInfo(configuration, accessToken, subject)
}

/** The claim the file asks for. An address the provider has not verified may be anybody's. */
function nameIn({ claim }: SignOn, claims: Readonly<Record<string, unknown>>): string | undefined {
  const value = claims[claim]
  if (typeof value !== 'string' || value === '') return undefined
  return claim === 'email' && claims.email_verified !== true ? undefined : value
}

/** A school's provider opens no account that reaches beyond the school. */
function speaksFor({ sites }: SignOn, account: Account): boolean {
  if (!isStaff(account)) return false
  if (sites === 'all') return true
  return account.sites !== 'all' && account.sites.every(site => sites.includes(site))
}

function forgetOld(ways: Map<string, Way>, now: number): void {
  for (const [state, { at }] of ways) if (now - at > waysLastMs || ways.size >= waysMax) ways.delete(state)
}

function cookieIn(request: Request): string | undefined {
  for (const part of request.headers.cookie?.split(';') ?? []) {
    const [key, value] = part.trim().split('=')
    if (key === cookie) return value
  }
  return undefined
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
