// Who is signed in: a random token in the cookie, its hash with us, so that a stolen store signs nobody in.
import { createHash, randomBytes } from 'node:crypto'

/** A school day and its evening club. */
export const sessionLifeMs = 12 * 3_600_000
/** More than a city has people; the oldest go first. */
const sessionsMax = 20_000

type SessionRecord = { login: string; expiresAt: number }

/** Where sessions are kept: in memory on a school's own screen, in the store of the city. */
export interface SessionShelf {
  put(tokenHash: string, record: SessionRecord): void
  get(tokenHash: string): SessionRecord | undefined
  delete(tokenHash: string): void
  /** Ends all of a login's: its password was changed. */
  deleteOf?(login: string): void
  deleteExpired(nowMs: number): void
}

export function createMemoryShelf(): SessionShelf {
  const records = new Map<string, SessionRecord>()
  return {
    put: (tokenHash, record) => {
      records.set(tokenHash, record)
      const oldest = records.keys().next()
      if (records.size > sessionsMax && !oldest.done) records.delete(oldest.value)
    },
    get: tokenHash => records.get(tokenHash),
    delete: tokenHash => void records.delete(tokenHash),
    deleteOf: login => {
      for (const [tokenHash, record] of records) if (record.login === login) records.delete(tokenHash)
    },
    deleteExpired: nowMs => {
      for (const [tokenHash, { expiresAt }] of records) if (expiresAt <= nowMs) records.delete(tokenHash)
    },
  }
}

/** Opens a session; the answer is the token for the cookie and is kept nowhere. */
export function openSession(shelf: SessionShelf, login: string, nowMs: number, lifeMs = sessionLifeMs): string {
  const token = randomBytes(32).toString('base64url')
  shelf.put(hashToken(token), { login, expiresAt: nowMs + lifeMs })
  return token
}

/** The login behind a token, while it lasts. */
export function loginOf(shelf: SessionShelf, token: string, nowMs: number): string | undefined {
  const record = shelf.get(hashToken(token))
  return record !== undefined && record.expiresAt > nowMs ? record.login : undefined
}

export function closeSession(shelf: SessionShelf, token: string): void {
  shelf.delete(hashToken(token))
}

/** Names a session in logs and rooms without giving it away. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
