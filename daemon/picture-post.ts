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
  readonly store: Pick<Store, 'picturesDue' | 'pictureSent'>
  readonly files: Pick<Files, 'picturePath'>
  readonly log: Logger
  readonly signal: AbortSignal
}

const sendTimeoutMs = 60_000

export class PicturePost {
  readonly #options: PicturePostOptions
  #sending: Promise<void> | undefined

  constructor(options: PicturePostOptions) {
    this.#options = options
  }

  /** Resolves when nothing is due any more, or at the first that cannot be sent now. Never rejects. */
  sendDue(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #send(): Promise<void> {
    const { store, log } = this.#options
    try {
      for (let due = store.picturesDue(); due.length > 0; due = store.picturesDue()) {
        for (const { sha256, what } of due) {
          if (!(await this.#sendOne(sha256, what as PictureKind))) return
          store.pictureSent(sha256, what)
        }
      }
    } catch (error) {
      if (!this.#options.signal.aborted) log.debug({ error: error instanceof Error ? error.message : String(error) }, 'pictures stay due')
    }
  }

  /** True when it need not be tried again: sent, gone, or refused for good. */
  async #sendOne(sha256: string, what: PictureKind): Promise<boolean> {
    const { city, files, log, signal } = this.#options
    const path = files.picturePath(sha256, what)
    if (path === undefined) return true
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
    if (response.ok) return true
    log.warn({ sha256, what, status: response.status }, 'the city would not take a picture')
    return response.status >= 400 && response.status < 500 && response.status !== 401 && response.status !== 429
  }
}
