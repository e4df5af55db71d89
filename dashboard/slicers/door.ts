// Who knocks: the key a slicer shows, in any of the four ways slicers have, and the person it stands for.
import type { Request, Response } from 'express'
import { createRate } from '../accounts/throttle.ts'
import type { WebContext } from '../server/context.ts'
import { isStaff, maySeeSite } from '../server/rights.ts'
import type { Account, KeptKey } from '../workplace.ts'
import { refuseSlicer } from './answer.ts'
import { createDigestDoor, readDigest } from './digest.ts'
import { hashSecret, pathOf } from './keys.ts'
import { type RefusalCode, refusal, wrongTarget } from './words.ts'

/** Cura asks two things every two seconds; a class has one key. */
const rate = { perSecond: 20, burst: 200 }
/** When a key was last used is told in minutes, so it is written once a minute. */
const usedEveryMs = 60_000

/** `face`: whom the client takes us for. PrusaLink's clients are known by their digest. */
export type Caller = { account: Account; key: KeptKey; face: 'octoprint' | 'prusalink' }
export type Place = { site: string; target: string }

/** Answers who it is, or refuses and answers undefined. */
export type Door = (request: Request, response: Response, place: Place) => Caller | undefined

export function createDoor({ workplace, log, clock }: WebContext): Door {
  const digests = createDigestDoor()
  const withinRate = createRate(rate)

  const challenge = (request: Request, response: Response, code: RefusalCode, stale: boolean): undefined => {
    response.setHeader('WWW-Authenticate', digests.challenges(clock(), stale))
    refuseSlicer(request, response, refusal(code))
  }

  const byDigest = (request: Request, response: Response, { site, target }: Place): KeptKey | undefined => {
    const answer = readDigest(request.headers.authorization)
    if (answer === undefined) return challenge(request, response, 'no-key', false)
    const key = workplace.keys.find(answer.username, site, target)
    // Nobody's hash takes as long as somebody's: which logins have keys is not told by the clock.
    const hashes = key?.digests ?? { md5: '', sha256: '' }
    const ha1 = answer.algorithm === 'MD5' ? hashes.md5 : hashes.sha256
    const judgement = digests.judge(answer, request.method, request.originalUrl, ha1, clock())
    if (judgement === 'right' && key !== undefined) return key
    if (judgement === 'wrong') log.warn({ site, target, address: request.ip }, 'slicer refused: wrong digest')
    return challenge(request, response, judgement === 'stale' ? 'no-key' : 'wrong-digest', judgement === 'stale')
  }

  return (request, response, place) => {
    const secret = secretIn(request)
    let key: KeptKey | undefined
    if (secret === undefined) {
      key = byDigest(request, response, place)
      if (key === undefined) return undefined
    } else {
      key = workplace.keys.bySecret(hashSecret(secret))
      if (key === undefined) {
        log.warn({ ...place, address: request.ip }, 'slicer refused: wrong key')
        refuseSlicer(request, response, refusal('wrong-key'))
        return undefined
      }
      if (key.site !== place.site || key.target !== place.target) {
        refuseSlicer(request, response, wrongTarget(`${originOf(request)}${pathOf(key)}`))
        return undefined
      }
    }
    const account = workplace.account(key.login)
    if (account === undefined || !isStaff(account) || !maySeeSite(account, key.site)) {
      log.warn({ key: key.id, login: key.login }, 'slicer refused: the owner of the key has no right')
      refuseSlicer(request, response, refusal('owner-gone'))
      return undefined
    }
    const now = clock()
    if (!withinRate(key.id, now)) {
      refuseSlicer(request, response, refusal('too-fast'))
      return undefined
    }
    if (key.usedAt === undefined || now - key.usedAt >= usedEveryMs) workplace.keys.used(key.id, now)
    return { account, key, face: secret === undefined ? 'prusalink' : 'octoprint' }
  }
}

/** X-Api-Key first: beside it, an Authorization header speaks to somebody's reverse proxy. */
function secretIn(request: Request): string | undefined {
  const header = request.headers['x-api-key']
  if (typeof header === 'string' && header.trim() !== '') return header.trim()
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const { apikey } = request.query
  return typeof apikey === 'string' && apikey !== '' ? apikey : undefined
}

/** How the client itself calls this server, also through a proxy we believe. */
export function originOf(request: Request): string {
  return `${request.protocol}://${request.host ?? 'localhost'}`
}
