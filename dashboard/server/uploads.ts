// A file comes in: streamed through to the workplace's store, bounded, and gone without trace when it breaks off.
import { type Readable, Transform } from 'node:stream'
import type { Router } from 'express'
import type { Account } from '../workplace.ts'
import type { Asked, WebContext } from './context.ts'
import { statusOf, tooBig } from './denials.ts'
import { refuse } from './people.ts'

const uploadsAtOnceMax = 24
const uploadsPerAccountMax = 4
/** After a refusal in mid-body the rest is read and thrown away so that the answer arrives; for this long, ms. */
const drainMs = 10_000

class TooBig extends Error {}

/** Lets at most `limitBytes` through, then fails. */
export function bounded(body: Readable, limitBytes: number): Readable {
  let bytes = 0
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > limitBytes) done(new TooBig())
      else done(null, chunk)
    },
  })
  // A body may break off before the store has begun to read it: whoever reads then still meets the error, and nobody else must die of it.
  limit.on('error', () => undefined)
  // Not pipeline(): it would destroy the request, and with it the connection the answer has to travel on.
  body.on('error', error => limit.destroy(error))
  body.on('close', () => {
    if (!limit.writableEnded) limit.destroy(new Error('the body broke off'))
  })
  return body.pipe(limit)
}

export function isTooBig(error: unknown): boolean {
  return error instanceof TooBig
}

/** As the contract counts it, in UTF-16 units (program.ts). */
const nameMax = 200
/** By it a file is known for what it is: .gcode.3mf holds a program, .3mf a model. */
const extension = /(?:\.gcode)?\.[\p{L}\p{N}]{1,12}$/iu

/** A name for people, never a path: no folders, no control characters, at most 200 characters, its extension whole. Empty when nothing is left. */
export function cleanName(raw: unknown): string {
  if (typeof raw !== 'string') return ''
  const last = raw.split(/[\\/]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  const printable = last.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  return shortened(printable.normalize('NFC'))
}

/** Half of an emoji is no text: whoever made an address of it later would fail. */
function shortened(name: string): string {
  if (name.length <= nameMax) return name
  const tail = extension.exec(name)?.[0] ?? ''
  let stem = ''
  for (const character of name) {
    if (stem.length + character.length + tail.length > nameMax) break
    stem += character
  }
  return stem + tail
}

/** Adds POST /files. `uploaded` is told who sent which file. */
export function addUploads(
  router: Router,
  context: WebContext,
  visitor: Asked,
  uploaded: (account: Account, sha256: string) => void,
): void {
  const { workplace, uploadLimitBytes, log, clock } = context
  const running = new Map<string, number>()
  let total = 0

  router.post('/files', async (request, response) => {
    const asks = visitor(request, response)
    if (asks === undefined) return
    const { account } = asks
    const name = cleanName(request.query.name)
    if (name === '') return refuse(response, 'no-name')
    const tooLarge = () => {
      const reason = tooBig(uploadLimitBytes)
      response.status(statusOf(reason)).json({ denial: reason })
      setTimeout(() => request.destroy(), drainMs).unref()
    }
    if (Number(request.headers['content-length'] ?? 0) > uploadLimitBytes) return tooLarge()
    const own = running.get(account.login) ?? 0
    if (total >= uploadsAtOnceMax || own >= uploadsPerAccountMax) return refuse(response, 'too-many-uploads')
    total += 1
    running.set(account.login, own + 1)
    const startedAt = clock()
    const body = bounded(request, uploadLimitBytes)
    try {
      const result = await workplace.receiveFile(name, body)
      if ('denial' in result) {
        request.resume()
        response.status(statusOf(result.denial)).json({ denial: result.denial })
        return
      }
      uploaded(account, result.sha256)
      log.info({ account: account.id, sha256: result.sha256, bytes: result.size, ms: clock() - startedAt }, 'file received')
      response.status(201).json(result)
    } catch (error) {
      request.resume()
      if (isTooBig(error)) return tooLarge()
      if (!request.complete) {
        log.info({ account: account.id, ms: clock() - startedAt }, 'upload broke off')
        if (response.writable) refuse(response, 'half-file')
        return
      }
      throw error
    } finally {
      body.destroy()
      total -= 1
      const left = (running.get(account.login) ?? 1) - 1
      if (left === 0) running.delete(account.login)
      else running.set(account.login, left)
    }
  })
}
