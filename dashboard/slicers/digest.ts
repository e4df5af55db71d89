// HTTP digest (RFC 7616) as PrusaLink's clients speak it: MD5 and SHA-256, qop=auth, each answer good for one request.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { realm } from './keys.ts'

/** A client keeps its nonce for as long as it likes; after this it is told a fresh one and goes on by itself. */
const nonceLifeMs = 5 * 60_000
/** Nonces in use at once: more are people we do not have. Older ones go stale early then. */
const noncesMax = 10_000
/** How far requests of one client may overtake one another. */
const countsRemembered = 64n

/** What a client answered to our challenge. */
export type DigestAnswer = {
  username: string
  nonce: string
  uri: string
  response: string
  algorithm: 'MD5' | 'SHA-256'
  cnonce: string
  /** The counter as it was written, eight hex digits: it is hashed so. */
  nc: string
}

export type DigestJudgement = 'right' | 'wrong' | 'stale'

export type DigestDoor = {
  /** Values of WWW-Authenticate, in the order they should be sent. */
  challenges(nowMs: number, stale: boolean): string[]
  /** `target`: the request's path with its query, as it came. `ha1`: H(username:realm:password) by the answer's algorithm. */
  judge(answer: DigestAnswer, method: string, target: string, ha1: string, nowMs: number): DigestJudgement
}

type Nonce = { readonly issuedAt: number; readonly serial: number }

/** A door with a secret of its own: nonces of an earlier life of the process are stale, never replayable. */
export function createDigestDoor(): DigestDoor {
  const secret = randomBytes(32)
  const spent = new Map<string, { highest: bigint; seen: bigint; nonce: Nonce }>()
  let issued = 0
  /** Nonces up to this serial may be among the forgotten. By serial and not by time: a clock set back would issue none that is good. */
  let floor = 0

  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22)
  const fresh = (nowMs: number) => {
    issued += 1
    const text = `${nowMs.toString(36)}.${issued.toString(36)}`
    return `${text}.${sign(text)}`
  }
  const readNonce = (text: string): Nonce | undefined => {
    const [at, serial, signature, ...rest] = text.split('.')
    if (at === undefined || serial === undefined || signature === undefined || rest.length > 0) return undefined
    if (!same(signature, sign(`${at}.${serial}`))) return undefined
    return { issuedAt: Number.parseInt(at, 36), serial: Number.parseInt(serial, 36) }
  }
  /** False when this nonce was used with this count before. */
  const spend = (text: string, nonce: Nonce, count: bigint, nowMs: number): boolean => {
    const known = spent.get(text)
    if (known === undefined) {
      for (const [oldText, { nonce: old }] of spent) {
        if (spent.size < noncesMax && nowMs - old.issuedAt <= nonceLifeMs) break
        // Forgetting what was spent must never make it good again.
        floor = Math.max(floor, old.serial)
        spent.delete(oldText)
      }
      spent.set(text, { highest: count, seen: 1n, nonce })
      return true
    }
    if (count > known.highest) {
      const ahead = count - known.highest
      known.seen = ahead >= countsRemembered ? 1n : ((known.seen << ahead) | 1n) & ((1n << countsRemembered) - 1n)
      known.highest = count
      return true
    }
    const bit = 1n << (known.highest - count)
    if (known.highest - count >= countsRemembered || (known.seen & bit) !== 0n) return false
    known.seen |= bit
    return true
  }

  return {
    challenges: (nowMs, stale) => {
      const rest = `realm="${realm}", nonce="${fresh(nowMs)}", qop="auth", charset="UTF-8"${stale ? ', stale=true' : ''}`
      // The stronger should come first (RFC 7616 §3.7), but curl takes the first it sees and the builds of slicers for Windows know MD5 only.
      // The password is 160 random bits: MD5 gives nothing away.
      return ['MD5', 'SHA-256'].map(algorithm => `Digest ${rest}, algorithm=${algorithm}`)
    },
    judge: (answer, method, target, ha1, nowMs) => {
      const nonce = readNonce(answer.nonce)
      if (nonce === undefined) return 'stale'
      if (!pointsAt(answer.uri, target)) return 'wrong'
      const hash = (text: string) =>
        createHash(answer.algorithm === 'MD5' ? 'md5' : 'sha256')
          .update(text, 'utf8')
          .digest('hex')
      // RFC 7616 §3.4.1: response = KD(H(A1), nonce ":" nc ":" cnonce ":" qop ":" H(A2))
      const right = hash(`${ha1}:${answer.nonce}:${answer.nc}:${answer.cnonce}:auth:${hash(`${method}:${answer.uri}`)}`)
      if (!same(right, answer.response.toLowerCase())) return 'wrong'
      if (nowMs - nonce.issuedAt > nonceLifeMs || nonce.serial <= floor) return 'stale'
      return spend(answer.nonce, nonce, BigInt(`0x${answer.nc}`), nowMs) ? 'right' : 'stale'
    },
  }
}

/**
 * Reads an Authorization header. Undefined: not a digest, or one we do not offer (auth-int, -sess, no qop).
 * Example: Digest username="anna", realm="Tsekh", nonce="…", uri="/o/alpha/queue/api/version", cnonce="…", nc=00000001, qop=auth, response="…"
 */
export function readDigest(header: string | undefined): DigestAnswer | undefined {
  if (header === undefined || !/^digest\s/i.test(header)) return undefined
  const parts = new Map<string, string>()
  // Node hands headers over as latin1; a teacher's login may be Cyrillic.
  const text = Buffer.from(header, 'latin1').toString('utf8')
  for (const [, name, quoted, plain] of text.slice(7).matchAll(/([a-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    parts.set((name ?? '').toLowerCase(), quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  const username = parts.get('username') ?? extended(parts.get('username*'))
  const [nonce, uri, response, cnonce, nc] = ['nonce', 'uri', 'response', 'cnonce', 'nc'].map(name => parts.get(name))
  const algorithm = (parts.get('algorithm') ?? 'MD5').toUpperCase()
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined
  if (parts.get('realm') !== realm || parts.get('qop') !== 'auth' || parts.get('userhash')?.toLowerCase() === 'true') return undefined
  if (username === undefined || nonce === undefined || uri === undefined || response === undefined || cnonce === undefined) return undefined
  if (nc === undefined || !/^[0-9a-f]{8}$/i.test(nc)) return undefined
  return { username, nonce, uri, response, algorithm, cnonce, nc }
}

/** username*=UTF-8''%D0%B0… (RFC 5987) */
function extended(value: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1]
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** The answer must be about this very request; a proxy's client may name it with scheme and host. */
function pointsAt(uri: string, target: string): boolean {
  if (uri === target) return true
  if (!URL.canParse(uri)) return false
  const { pathname, search } = new URL(uri)
  return pathname + search === target
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
