// Brings a picture that the city asked for to the city: this one, now, once. Nothing streams out of a school.
import type { Picture } from '../../protocols/contract/camera.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { authorization, type CityWeb } from '../fetch.ts'
import { deny } from '../words.ts'

const timeoutMs = 10_000

/** Denial: picture-not-sent, where the city cannot be reached or would not take it. */
export function picturePoster(city: CityWeb, nowMs: () => number, signal: AbortSignal) {
  return async (machine: string, { bytes, type, at }: Picture): Promise<Denial | undefined> => {
    try {
      const response = await fetch(`${city.web}/api/v1/wire/cameras/${machine}`, {
        method: 'PUT',
        headers: {
          authorization: authorization(city),
          'content-type': type,
          // Its age rather than its hour: clocks differ.
          age: String(Math.max(0, Math.round((nowMs() - at) / 1000))),
        },
        body: new Uint8Array(bytes),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      await response.body?.cancel()
      return response.ok ? undefined : deny('picture-not-sent', { detail: `the city answered ${response.status}` })
    } catch {
      return deny('picture-not-sent')
    }
  }
}
