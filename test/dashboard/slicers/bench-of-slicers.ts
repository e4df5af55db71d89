// Slicers at their bench: what PrusaSlicer, OrcaSlicer and Cura put on the wire, byte by byte, for the tests of dashboard/slicers.
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { SlicerKey } from '../../../protocols/contract/screen.ts'
import { Person } from '../house.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; json: () => Json }
// biome-ignore lint/suspicious/noExplicitAny: a stranger's JSON, looked into by each test
export type Json = any

export type Asking = { method?: string; headers?: Record<string, string>; body?: Uint8Array | string }

/** One request on a connection of its own, exactly these headers. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = httpRequest(url, { method, agent: false, headers: { ...length, ...headers } }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) as Json })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

export const boundary = '------------------------d74496d66958873e'

export type Part = { name: string; value: string | Uint8Array; filename?: string; disposition?: string }

/** A form as libcurl (PrusaSlicer, OrcaSlicer) writes it: the file's name in raw UTF-8, quotes escaped. */
export function form(parts: Part[]): Uint8Array {
  const pieces = parts.flatMap(({ name, value, filename, disposition }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
    disposition ?? (filename === undefined ? '' : `; filename="${filename.replace(/(["\\])/g, '\\$1')}"`),
    filename === undefined && disposition === undefined ? '\r\n\r\n' : '\r\nContent-Type: application/octet-stream\r\n\r\n',
    value,
    '\r\n',
  ])
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map(piece => Buffer.from(piece as string)))
}

export const formType = { 'content-type': `multipart/form-data; boundary=${boundary}` }

/** Signs in and makes a key. */
export async function makeKey(
  url: string,
  login: string,
  site: string,
  target: string,
): Promise<{ key: SlicerKey; secret: string; person: Person }> {
  const person = await Person.signIn(url, login)
  const response = await person.post('/api/v1/keys', { site, target })
  if (response.status !== 201) throw new Error(`no key for ${login}: ${response.status} ${await response.text()}`)
  return { ...((await response.json()) as { key: SlicerKey; secret: string }), person }
}

export type Digest = { username: string; password: string; algorithm?: 'MD5' | 'SHA-256' }

/** Asks as a client with a digest does: once without, then with the answer to the challenge (RFC 7616 §3.9.1). */
export async function askDigest(url: string, who: Digest, asking: Asking = {}): Promise<Answer> {
  // libcurl sends the first try of a PUT with an empty body.
  const { body: _held, ...empty } = asking
  const first = await ask(url, asking.body === undefined ? asking : { ...empty, headers: { ...asking.headers, 'content-length': '0' } })
  if (first.status !== 401) return first
  return ask(url, { ...asking, headers: { ...asking.headers, authorization: digestAnswer(first, url, asking.method ?? 'GET', who) } })
}

export function challengeIn({ headers }: Pick<Answer, 'headers'>, algorithm: string): Record<string, string> {
  const raw = headers['www-authenticate'] ?? ''
  const one = raw.split(/,\s*(?=Digest )/).find(text => text.includes(`algorithm=${algorithm}`)) ?? ''
  return Object.fromEntries(
    [...one.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']),
  )
}

export function digestAnswer(
  challenged: Pick<Answer, 'headers'>,
  url: string,
  method: string,
  { username, password, algorithm = 'MD5' }: Digest,
  count = 1,
): string {
  const { realm = '', nonce = '' } = challengeIn(challenged, algorithm)
  const { pathname, search } = new URL(url)
  const uri = pathname + search
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const nc = count.toString(16).padStart(8, '0')
  const cnonce = randomBytes(8).toString('base64')
  const response = hash(`${hash(`${username}:${realm}:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${uri}`)}`)
  const text = `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", cnonce="${cnonce}", nc=${nc}, qop=auth, response="${response}", algorithm=${algorithm}`
  return Buffer.from(text, 'utf8').toString('latin1')
}
