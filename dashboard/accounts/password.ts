// Passwords as scrypt hashes: made and checked off the event loop, in the form a directory carries them to a school.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** About 16 MiB and a few dozen milliseconds of one core: what a Raspberry Pi still answers within a second. */
const cost = { N: 16_384, r: 8, p: 1 }
const saltBytes = 16
const keyBytes = 32

/** A hash whose parameters would take more than this is not ours to compute: it would be somebody's way to stop the house. */
const costMax = { N: 1 << 17, r: 16, p: 4 }

/** `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True when the password is the one the hash was made of; false also for a hash we cannot read. */
export async function checkPassword(password: string, passwordHash: string): Promise<boolean> {
  const read = readHash(passwordHash)
  if (read === undefined) return false
  const key = await derive(password, read.salt, read.cost)
  return timingSafeEqual(key, read.key)
}

/** Takes as long as a real check, so that the time of an answer does not tell which logins exist. */
export async function checkNobody(password: string): Promise<false> {
  await derive(password, Buffer.alloc(saltBytes), cost)
  return false
}

export function isPasswordHash(text: string): boolean {
  return readHash(text) !== undefined
}

function readHash(text: string): { cost: typeof cost; salt: Buffer; key: Buffer } | undefined {
  const [scheme, n, r, p, saltText, keyText, ...rest] = text.split('$')
  if (scheme !== 'scrypt' || saltText === undefined || keyText === undefined || rest.length > 0) return undefined
  const read = { N: Number(n), r: Number(r), p: Number(p) }
  const powerOfTwo = Number.isInteger(Math.log2(read.N)) && read.N >= 1024
  if (!powerOfTwo || !(read.r >= 1) || !(read.p >= 1) || read.N > costMax.N || read.r > costMax.r || read.p > costMax.p) return undefined
  const key = Buffer.from(keyText, 'base64url')
  const salt = Buffer.from(saltText, 'base64url')
  return key.length === keyBytes && salt.length >= 8 ? { cost: read, salt, key } : undefined
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  // NFKC: the same Russian password typed on another keyboard layout engine is the same bytes.
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
