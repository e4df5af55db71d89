// Brings the pictures of programs to the city, one after another, until it has them all.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Logger } from 'pino'
import type { PictureKind } from '../protocols/contract/screen.ts'
import { authorization, type CityWeb } from './fetch.ts'
import type { Files } from './files.ts'
import type { Store } from './store.ts'

export type PicturePostOptions = {
  readonly city: CityWeb
  readonly store: Pick<Store, 'picturesDue' | 'pictureSent' | 'pictureLater'>
  readonly files: Pick<Files, 'picturePath'>
  readonly log: Logger
  readonly signal: AbortSignal
}

const sendTimeoutMs = 60_000

export class PicturePost {
  readonly #options: PicturePostOptions
  readonly #asked = new Set<string>()
  #sending: Promise<void> | undefined

  constructor(options: PicturePostOptions) {
    this.#options = options
  }

  /**
   * Sends the pictures of programs of which there is a job, and of those asked for. Resolves when each was tried, or at the first
   * that cannot be sent now. What the city does not know yet stays due: the events that tell it of the job are on their way. Never rejects.
   */
  sendDue(...asked: string[]): Promise<void> {
    for (const sha256 of asked) this.#asked.add(sha256)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
      this.#asked.clear()
    })
    return this.#sending
  }

  async #send(): Promise<void> {
    const { store, log } = this.#options
    const tried = new Set<string>()
    const next = () => store.picturesDue([...this.#asked]).filter(({ sha256, what }) => !tried.has(`${sha256}.${what}`))
    try {
      for (let due = next(); due.length > 0; due = next()) {
        for (const { sha256, what } of due) {
          tried.add(`${sha256}.${what}`)
          const outcome = await this.#sendOne(sha256, what as PictureKind)
          if (outcome === 'not-now') return
          if (outcome === 'over') store.pictureSent(sha256, what)
          else store.pictureLater(sha256, what)
        }
      }
    } catch (error) {
      if (!this.#options.signal.aborted) log.debug({ error: error instanceof Error ? error.message : String(error) }, 'pictures stay due')
    }
  }

  /** over: it need not be tried again (sent, gone, or refused for good). unknown: the city knows no such program yet. */
  async #sendOne(sha256: string, what: PictureKind): Promise<'over' | 'unknown' | 'not-now'> {
    const { city, files, log, signal } = this.#options
    const path = files.picturePath(sha256, what)
    if (path === undefined) return 'over'
    const { size } = await stat(path)
    const response = await fetch(`${city.web}/api/v1/wire/programs/${sha256}/${what}`, {
      method: 'PUT',
      headers: {
        authorization: authorization(city),
        'content-type': what === 'preview' ? 'application/json' : 'application/octet-stream',
        'content-length': String(size),
      },
      body: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
      duplex: 'half',
      signal: AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]),
    } as RequestInit)
    await response.body?.cancel()
    const { status } = response
    if (response.ok) return 'over'
    if (status === 404) return 'unknown'
    log.warn({ sha256, what, status }, 'the city would not take a picture')
    return status >= 400 && status < 500 && status !== 401 && status !== 429 ? 'over' : 'not-now'
  }
}
