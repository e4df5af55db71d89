// A slicer's file comes in, as a form or as a bare body: streamed to the workplace's store, whole or not at all.
import type { Readable } from 'node:stream'
import busboy from 'busboy'
import type { Request, Response } from 'express'
import type { Upload } from '../../protocols/contract/screen.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import type { WebContext } from '../server/context.ts'
import { tooBig } from '../server/denials.ts'
import { bounded, cleanName, isTooBig } from '../server/uploads.ts'
import { welcomeBody } from './answer.ts'
import { refusal } from './words.ts'

/** Boundaries and field headers around the file itself. */
const formOverheadBytes = 64 * 1024
const formLimits = { files: 1, fields: 32, fieldSize: 64 * 1024, parts: 40, headerPairs: 50 }

export type Fields = Readonly<Record<string, string>>
export type Received = { upload: Upload; fields: Fields } | { denial: Denial & { status?: number } }

type Store = Pick<WebContext, 'uploadLimitBytes'> & { workplace: Pick<WebContext['workplace'], 'receiveFile'> }

/** The body is the file (PrusaLink's PUT). */
export async function receiveBody(request: Request, response: Response, name: string, store: Store): Promise<Received> {
  if (tooLong(request, store.uploadLimitBytes)) return { denial: tooBig(store.uploadLimitBytes) }
  const clean = cleanName(name)
  if (clean === '') return { denial: refusal('no-name') }
  welcomeBody(request, response)
  const kept = await keep(clean, request, store, () => !request.complete)
  return 'denial' in kept ? kept : { upload: kept, fields: {} }
}

/**
 * The file is a part of a form (OctoPrint's POST). Fields may stand before it or after it.
 * Names in any script: as raw UTF-8 (PrusaSlicer, Cura) or as filename* (RFC 5987).
 */
export async function receiveForm(request: Request, response: Response, store: Store): Promise<Received> {
  if (tooLong(request, store.uploadLimitBytes + formOverheadBytes)) return { denial: tooBig(store.uploadLimitBytes) }
  if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) return { denial: refusal('not-a-form') }
  let form: busboy.Busboy
  try {
    form = busboy({ headers: request.headers, defParamCharset: 'utf8', limits: formLimits })
  } catch {
    return { denial: refusal('bad-form') }
  }
  const fields: Record<string, string> = Object.create(null)
  form.on('field', (name, value) => {
    fields[name] = value
  })
  let broken = false
  let file: Promise<Kept> | undefined
  const refused = Promise.withResolvers<void>()
  form.on('file', (_field, part: Readable, info) => {
    const name = cleanName(info.filename)
    if (file !== undefined || name === '') {
      file ??= Promise.resolve({ denial: refusal('no-name') })
      part.on('error', () => undefined).resume()
      return
    }
    file = keep(name, part, store, () => broken)
    // A full disk or a file too large is said at once, not after the rest of it.
    file.then(
      kept => 'denial' in kept && refused.resolve(),
      () => refused.resolve(),
    )
  })
  const parsed = new Promise<void>(resolve => {
    form.once('close', resolve)
    form.on('error', () => {
      broken = true
      resolve()
    })
  })
  // pipe() says nothing to the form when the connection dies: the half file would wait for ever.
  request.once('close', () => {
    if (!request.complete) {
      broken = true
      form.destroy(new Error('the connection broke off'))
    }
  })
  welcomeBody(request, response)
  request.pipe(form)
  await Promise.race([parsed, refused.promise])
  request.unpipe(form)
  const kept = await file
  if (kept === undefined) return { denial: refusal(broken && !request.complete ? 'half-file' : broken ? 'bad-form' : 'no-file') }
  if ('denial' in kept) return kept
  if (broken) return { denial: refusal('half-file') }
  return { upload: kept, fields }
}

type Kept = Upload | { denial: Denial & { status?: number } }

async function keep(name: string, bytes: Readable, { workplace, uploadLimitBytes }: Store, brokeOff: () => boolean): Promise<Kept> {
  const body = bounded(bytes, uploadLimitBytes)
  try {
    return await workplace.receiveFile(name, body)
  } catch (error) {
    if (isTooBig(error)) return { denial: tooBig(uploadLimitBytes) }
    if (brokeOff()) return { denial: refusal('half-file') }
    throw error
  } finally {
    body.destroy()
    // What is left is read and thrown away, so that the answer can travel.
    if (!bytes.destroyed) bytes.resume()
  }
}

function tooLong(request: Request, limitBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limitBytes
}
