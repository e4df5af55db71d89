// Passwords, sessions and the patience with those who guess.
import { describe, expect, it } from 'vitest'
import { checkPassword, hashPassword, isPasswordHash } from '../../dashboard/accounts/password.ts'
import {
  closeSession,
  createMemoryShelf,
  loginOf,
  openSession,
  type SessionShelf,
  sessionLifeMs,
} from '../../dashboard/accounts/sessions.ts'
import { createRate, createThrottle } from '../../dashboard/accounts/throttle.ts'
import { createPeopleStore, createStoreShelf } from '../../dashboard/store/people.ts'
import { openStore } from '../../dashboard/store/store.ts'

describe('a password', () => {
  it('opens with itself only, however its letters are composed', async () => {
    const hash = await hashPassword('Ёжик-йод')
    expect(hash).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(await checkPassword('Е\u0308жик-и\u0306од', hash)).toBe(true)
    expect(await checkPassword('ёжик-йод', hash)).toBe(false)
    expect(await hashPassword('Ёжик-йод')).not.toBe(hash)
  })

  it.for([
    '',
    'scrypt',
    'plain',
    'scrypt$16384$8$1$aa$bb',
    'scrypt$16385$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$1073741824$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'bcrypt$16384$8$1$a$b',
  ])('does not open %j, which is no hash of ours', async hash => {
    expect([isPasswordHash(hash), await checkPassword('', hash)]).toEqual([false, false])
  })
})

describe.for<[string, () => SessionShelf]>([
  ['memory', createMemoryShelf],
  ['the store', () => createStoreShelf(openStore(':memory:'))],
])('a session in %s', ([, open]) => {
  it('lasts a day at school, and is kept by a hash', () => {
    const shelf = open()
    const token = openSession(shelf, 'anna', 1_000)
    expect(loginOf(shelf, token, 1_000 + sessionLifeMs - 1)).toBe('anna')
    expect(loginOf(shelf, token, 1_000 + sessionLifeMs)).toBeUndefined()
    expect(loginOf(shelf, 'another', 1_000)).toBeUndefined()
    expect(shelf.get(token)).toBeUndefined()
  })

  it('ends when it is closed or swept', () => {
    const shelf = open()
    const [one, two] = [openSession(shelf, 'anna', 0), openSession(shelf, 'anna', 5_000)]
    shelf.deleteExpired(sessionLifeMs)
    expect([loginOf(shelf, one, 1), loginOf(shelf, two, 1)]).toEqual([undefined, 'anna'])
    closeSession(shelf, two)
    expect(loginOf(shelf, two, 1)).toBeUndefined()
  })
})

it('makes whoever guesses wait, forgets with time, and forgives a success', () => {
  const throttle = createThrottle({ tries: 3, windowMs: 1_000 })
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(throttle.waitMs('anna', 100)).toBe(0)
    throttle.failed('anna', 100)
  }
  expect([throttle.waitMs('anna', 200), throttle.waitMs('boris', 200), throttle.waitMs('anna', 1_100)]).toEqual([900, 0, 0])
  throttle.succeeded('anna')
  expect(throttle.waitMs('anna', 200)).toBe(0)
})

it('lets a burst through and then so many a second', () => {
  const within = createRate({ perSecond: 10, burst: 3 })
  expect([0, 0, 0, 0, 50, 100, 150, 200].map(now => within('anna', now))).toEqual([true, true, true, false, false, true, false, true])
})

it('keeps nobody waiting for a clock that was set back by an hour', () => {
  const throttle = createThrottle({ tries: 1, windowMs: 1_000 })
  const now = 3_600_000
  throttle.failed('anna', now)
  expect([throttle.waitMs('anna', 0), throttle.waitMs('anna', 600), throttle.waitMs('anna', 1_000)]).toEqual([1_000, 400, 0])
  const within = createRate({ perSecond: 10, burst: 3 })
  expect([now, now, now, now, 0, 50, 100].map(at => within('anna', at))).toEqual([true, true, true, false, false, false, true])
})

it("raises the directory's version with every change, and never by a restart alone", () => {
  let now = 5_000_000
  const store = openStore(':memory:')
  const anna = { id: 'anna', login: 'anna', name: 'Анна', role: 'teacher', sites: ['alpha'], passwordHash: 'x' } as const
  const people = createPeopleStore(store, () => now)
  people.replace([{ ...anna, sites: ['alpha'] }])
  const first = people.directory('alpha')
  expect(first).toMatchObject({ version: 5_000, people: [{ login: 'anna' }] })
  now += 60_000
  const again = createPeopleStore(store, () => now)
  again.replace([{ ...anna, sites: ['alpha'] }])
  expect(again.directory('alpha')).toEqual(first)
  again.replace([{ ...anna, name: 'Анна С.', sites: ['alpha'] }])
  expect(again.directory('alpha').version).toBe(5_060)
  expect(again.directory('beta').people).toEqual([])
})
