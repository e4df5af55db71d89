// Brings a program from the city by HTTP: resumed where it broke off, bounded, and kept only if its SHA-256 is the one asked for.
import { type FileHandle, open, rm, truncate } from 'node:fs/promises'
import type { Denial } from '../protocols/contract/words.ts'
import { type Files, hashFile, steadyWriter } from './files.ts'
import { deny } from './words.ts'

export type CityWeb = { readonly web: string; readonly username: string; readonly password: string }

/** Without a byte for so long the connection is given up and begun again where it broke off. */
const silenceMs = 20_000
/** Tries in a row that brought no new byte before we give up. */
const fruitlessTriesMax = 5
const retryDelayMs = 1_000

export type FetchOptions = { readonly files: Files; readonly city: CityWeb; readonly retryMs?: number; readonly quietMs?: number }

/**
 * Makes sure that the file is here. `size` is what the asker said; a different one is refused as damage.
 * Denials: file-missing (the city has not got it), file-unreachable, file-damaged, file-too-large, disk-full.
 */
export async function fetchFile(sha256: string, size: number, options: FetchOptions, signal: AbortSignal): Promise<Denial | undefined> {
  const { files } = options
  if (files.path(sha256)) return undefined
  const full = await files.roomFor(size)
  if (full) return full
  const part = files.partPath(sha256)
  let fruitless = 0
  let detail = ''
  while (fruitless < fruitlessTriesMax && !signal.aborted) {
    const before = await sizeOf(part)
    const tried = await tryOnce(part, before, sha256, size, options, signal)
    if (tried.kind === 'refused') {
      await rm(part, { force: true })
      return tried.denial
    }
    if (tried.kind === 'whole') {
      const { hash } = await hashFile(part)
      if (hash.digest('hex') === sha256) {
        await files.keep(part, sha256)
        return undefined
      }
      await rm(part, { force: true })
      return deny('file-damaged')
    }
    detail = tried.detail
    fruitless = tried.bytes > 0 ? 0 : fruitless + 1
    await pause((options.retryMs ?? retryDelayMs) * 2 ** fruitless, signal)
  }
  return deny('file-unreachable', { detail: signal.aborted ? 'too late' : detail })
}

type Tried = { kind: 'whole' } | { kind: 'cut'; bytes: number; detail: string } | { kind: 'refused'; denial: Denial }

async function tryOnce(
  part: string,
  from: number,
  sha256: string,
  size: number,
  { files, city, quietMs = silenceMs }: FetchOptions,
  signal: AbortSignal,
): Promise<Tried> {
  if (from === size && size > 0) return { kind: 'whole' }
  const quiet = new AbortController()
  let timer = setTimeout(() => quiet.abort(), quietMs)
  let bytes = 0
  let handle: FileHandle | undefined
  try {
    const response = await fetch(`${city.web}/api/v1/wire/files/${sha256}`, {
      headers: { authorization: authorization(city), ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal: AbortSignal.any([signal, quiet.signal]),
      redirect: 'error',
    })
    if (response.status === 404 || response.status === 410) return { kind: 'refused', denial: deny('file-missing') }
    if (response.status === 416) {
      await truncate(part, 0)
      return { kind: 'cut', bytes: 0, detail: 'the range was refused' }
    }
    if (!response.ok || response.body === null) return { kind: 'cut', bytes: 0, detail: `HTTP ${response.status}` }
    // A server without ranges sends all of it again: begin at the beginning.
    const resumed = from > 0 && response.status === 206
    handle = await open(part, resumed ? 'a' : 'w')
    const write = steadyWriter(handle)
    let total = resumed ? from : 0
    for await (const chunk of response.body) {
      clearTimeout(timer)
      timer = setTimeout(() => quiet.abort(), quietMs)
      total += chunk.length
      bytes += chunk.length
      if (total > files.sizeMax) return { kind: 'refused', denial: files.tooLarge() }
      if (total > size) return { kind: 'refused', denial: deny('file-damaged', { detail: `longer than ${size} bytes` }) }
      await write(chunk)
    }
    await handle.sync()
    return total === size ? { kind: 'whole' } : { kind: 'cut', bytes, detail: `${total} of ${size} bytes` }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return { kind: 'refused', denial: deny('disk-full') }
    return { kind: 'cut', bytes, detail: quiet.signal.aborted ? 'the city fell silent' : reasonOf(error) }
  } finally {
    clearTimeout(timer)
    await handle?.close()
  }
}

/** HTTP Basic as the city asks of a site (contract/screen.ts). */
export function authorization({ username, password }: CityWeb): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

async function sizeOf(path: string): Promise<number> {
  try {
    const handle = await open(path, 'r')
    try {
      return (await handle.stat()).size
    } finally {
      await handle.close()
    }
  } catch {
    return 0
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
