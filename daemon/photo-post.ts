// Exchanges the photos of work orders with the city: what was taken here goes there, what was taken there comes here, until both have them.
import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { photosOf, shownOrders } from '../protocols/contract/care-due.ts'
import { cleanPhoto, photoBytesMax } from '../protocols/contract/photo.ts'
import type { CareBook } from './care-book.ts'
import { authorization, type CityWeb } from './fetch.ts'
import type { PhotoFolder } from './workplace.ts'

export type PhotoPostOptions = {
  readonly city: CityWeb
  readonly book: Pick<CareBook, 'orders'>
  readonly photos: PhotoFolder
  readonly nowMs: () => number
  readonly log: Logger
  readonly signal: AbortSignal
}

const timeoutMs = 60_000
/** The newest orders first; a thousand photos are more than a school's year. */
const photosMax = 1_000

export class PhotoPost {
  readonly #options: PhotoPostOptions
  /** On both sides, as far as we know. Forgotten with the process: a question without a body finds out again. */
  readonly #shared = new Set<string>()
  #running: Promise<void> | undefined
  #again = false

  constructor(options: PhotoPostOptions) {
    this.#options = options
  }

  /** Resolves when both sides have what can be had now. Never rejects. */
  exchange(): Promise<void> {
    if (this.#running) this.#again = true
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined
      if (this.#again && !this.#options.signal.aborted) {
        this.#again = false
        void this.exchange()
      }
    })
    return this.#running
  }

  async #all(): Promise<void> {
    const { book, nowMs, signal, log } = this.#options
    for (const sha256 of photosOf(shownOrders(book.orders(), nowMs())).slice(0, photosMax)) {
      if (signal.aborted) return
      if (this.#shared.has(sha256)) continue
      try {
        if (await this.#one(sha256)) this.#shared.add(sha256)
      } catch (error) {
        // The line is gone: whatever is left is due at the next connection.
        log.debug({ error: error instanceof Error ? error.message : String(error) }, 'photos stay due')
        return
      }
    }
  }

  /** True when both sides have it. */
  async #one(sha256: string): Promise<boolean> {
    const { photos } = this.#options
    const path = photos.path(sha256)
    if (path === undefined) return this.#fetch(sha256)
    const there = await this.#request(sha256, { method: 'HEAD' })
    await there.body?.cancel()
    if (there.ok) return true
    const sent = await this.#request(sha256, { method: 'PUT', body: new Uint8Array(await readFile(path)) })
    await sent.body?.cancel()
    if (!sent.ok) this.#options.log.warn({ sha256, status: sent.status }, 'the city would not take a photo')
    return sent.ok
  }

  async #fetch(sha256: string): Promise<boolean> {
    const response = await this.#request(sha256, {})
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > photoBytesMax) {
      await response.body?.cancel()
      return false
    }
    const photo = cleanPhoto(new Uint8Array(await response.arrayBuffer()))
    if (photo === undefined) return false
    const kept = await this.#options.photos.put(photo.bytes)
    // Kept under the name of what it is: a photo that is not the one asked for is shown by no order and swept.
    return 'sha256' in kept && kept.sha256 === sha256
  }

  #request(sha256: string, init: RequestInit): Promise<Response> {
    const { city, signal } = this.#options
    return fetch(`${city.web}/api/v1/wire/photos/${sha256}`, {
      ...init,
      headers: { authorization: authorization(city), 'content-type': 'application/octet-stream' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      redirect: 'error',
    })
  }
}
