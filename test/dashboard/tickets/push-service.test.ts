// A notice on its real way: over TLS to a push service that checks it as the RFCs say, and into a device that opens it. Neither knows web-push.
import { execFile } from 'node:child_process'
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { pushKeys } from '../../../dashboard/tickets/push.ts'
import { temporaryFolder } from '../house.ts'

const tls = join(import.meta.dirname, '../../fixtures/tls')
const certificate = join(tls, 'push-service.pem')
const notice = JSON.stringify({ title: 'Талон 11: можно забрать', path: '/t/11-abcdefghjkmn' })

type Received = { headers: IncomingHttpHeaders; body: Buffer }

/** A push service that answers everything with one status. */
async function openService(status: number): Promise<{ origin: string; received: Received[] } & AsyncDisposable> {
  const received: Received[] = []
  const options = { cert: readFileSync(certificate), key: readFileSync(join(tls, 'push-service.key')) }
  const server = createServer(options, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function aDevice() {
  const pair = createECDH('prime256v1')
  const [point, auth] = [pair.generateKeys(), randomBytes(16)]
  return {
    keys: { p256dh: point.toString('base64url'), auth: auth.toString('base64url') },
    open: (body: Buffer) => unseal(body, pair, auth),
  }
}

/** RFC 8188 (aes128gcm, one record) under the key of RFC 8291 §3.4. */
function unseal(body: Buffer, pair: ReturnType<typeof createECDH>, auth: Buffer): string {
  const [salt, idLength] = [body.subarray(0, 16), body.readUInt8(20)]
  const senderPoint = body.subarray(21, 21 + idLength)
  const record = body.subarray(21 + idLength)
  const derive = (key: Uint8Array, salted: Uint8Array, info: Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', key, salted, info, length))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), senderPoint])
  const secret = derive(pair.computeSecret(senderPoint), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(record.subarray(-16))
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  // The last record ends with the delimiter 2, then padding.
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8')
}

/** The claims of an Authorization header, when its signature is that of the key it names (RFC 8292 §3). */
function vapidOf(header: string): { aud: string; exp: number; sub: string } {
  const [, token = '', point = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(header) ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const raw = Buffer.from(point, 'base64url')
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') },
  })
  const signed = verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  if (!signed) throw new Error('the signature is not of that key')
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

async function send(subscription: object, keys: object): Promise<number> {
  const argument = JSON.stringify({ subscription, payload: notice, keys })
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'send-notice.ts'), argument], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
  })
  return Number(stdout.trim())
}

describe('a notice on its way', () => {
  it('is signed for this service alone, for a while, and opens in the device it was sealed for and in no other', async () => {
    using folder = temporaryFolder()
    await using service = await openService(201)
    const keys = pushKeys(join(folder.path, 'push.json'))
    const device = aDevice()
    expect(await send({ endpoint: `${service.origin}/push/device-1`, keys: device.keys }, keys)).toBe(201)
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = service.received
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '43200', urgency: 'normal' })
    const claims = vapidOf(headers.authorization ?? '')
    expect(claims).toMatchObject({ aud: service.origin, sub: 'mailto:tsekh@example.org' })
    expect(claims.exp * 1000 - Date.now()).toBeLessThanOrEqual(24 * 3_600_000)
    expect(headers.authorization).toContain(keys.publicKey)
    expect(device.open(body)).toBe(notice)
    expect(() => aDevice().open(body)).toThrow()
    expect(JSON.stringify(headers)).not.toMatch(/Талон|\/t\//)
  })

  it.for([404, 410, 429, 503])('answered with %i is told so', async status => {
    using folder = temporaryFolder()
    await using service = await openService(status)
    const keys = pushKeys(join(folder.path, 'push.json'))
    expect(await send({ endpoint: `${service.origin}/push/gone`, keys: aDevice().keys }, keys)).toBe(status)
  })
})
