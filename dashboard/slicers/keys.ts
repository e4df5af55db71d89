// Keys of slicers: made of 160 random bits, told once, kept as hashes only.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { SlicerKey } from '../../protocols/contract/screen.ts'
import type { KeptKey, KeyShelf } from '../workplace.ts'

/** The realm of every digest. Part of each stored hash: another word here would end every key. */
export const realm = 'Tsekh'
/** The target that means "any machine that can". */
export const queueTarget = 'queue'

const secretBytes = 20
/** Crockford's base 32: no letter looks like a digit when somebody types it from a projector. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new key for this person and target. `secret` is the key itself and is kept nowhere. */
export function makeKey(
  of: { login: string; site: string; target: string; name: string },
  nowMs: number,
): { kept: KeptKey; secret: string } {
  const secret = spell(randomBytes(secretBytes))
  const whole = `${of.login}:${realm}:${secret}`
  const digests = { md5: hash('md5', whole), sha256: hash('sha256', whole) }
  return { kept: { id: randomUUID(), ...of, secretHash: hashSecret(secret), digests, createdAt: nowMs }, secret }
}

export function hashSecret(secret: string): string {
  return hash('sha256', secret)
}

/** What stands behind the server's address in the slicer's settings. */
export function pathOf({ site, target }: { site: string; target: string }): string {
  return `/o/${site}/${target}`
}

/** The key as its owner may see it. */
export function shown(key: KeptKey): SlicerKey {
  const { id, site, target, name, createdAt, usedAt } = key
  return { id, site, target, name, path: pathOf(key), createdAt, ...(usedAt !== undefined && { usedAt }) }
}

/** For a place without a store: keys last as long as the process. */
export function createMemoryKeys(): KeyShelf {
  const keys = new Map<string, KeptKey>()
  const all = () => [...keys.values()]
  const find: KeyShelf['find'] = (login, site, target) =>
    all().find(key => key.login === login && key.site === site && key.target === target)
  return {
    find,
    put: key => {
      const before = find(key.login, key.site, key.target)
      if (before !== undefined) keys.delete(before.id)
      keys.set(key.id, key)
    },
    ofLogin: login =>
      all()
        .filter(key => key.login === login)
        .reverse(),
    bySecret: secretHash => all().find(key => key.secretHash === secretHash),
    remove: (login, id) => keys.get(id)?.login === login && keys.delete(id),
    used: (id, at) => {
      const key = keys.get(id)
      if (key !== undefined) keys.set(id, { ...key, usedAt: at })
    },
  }
}

function hash(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex')
}

/** Five bits a letter; 20 bytes are exactly 32 letters. */
function spell(bytes: Uint8Array): string {
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += letters[(held >> bits) & 0x1f]
    }
  }
  return text
}
