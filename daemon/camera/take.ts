// Takes pictures from a camera by HTTP: one, or one after another as they come. Goes only where the school's own file sends it.
import { type Picture, PictureFinder, pictureBytesMax } from '../../protocols/contract/camera.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { type DenialCode, deny } from '../words.ts'
import type { CameraConfig } from './config.ts'

/** From the request to the whole picture. A camera that wakes from its sleep needs a few seconds. */
const takeMs = 8_000
/** A stream on which no picture comes for so long has ended without saying so. */
const silenceMs = 10_000
const redirectsMax = 2
const pollMs = 1_000

/** Thrown within this file only. */
class CameraTrouble extends Error {
  readonly code: DenialCode
  constructor(code: DenialCode) {
    super(code)
    this.code = code
  }
}

/** One picture, of the snapshot where there is one, else the stream's first whole one. Never rejects. */
export async function takePicture(
  camera: CameraConfig,
  nowMs: () => number,
  signal: AbortSignal,
  limitMs = takeMs,
): Promise<Picture | { denial: Denial }> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  try {
    for await (const picture of picturesAt(addressOf(camera, 'snapshot'), camera, nowMs, limited)) return picture
    return { denial: deny('camera-no-picture') }
  } catch (error) {
    return { denial: deny(error instanceof CameraTrouble ? error.code : 'camera-unreachable') }
  }
}

/** Pictures until the signal says stop or the camera ends; of the stream where there is one, else one snapshot a second. Never rejects. */
export async function* streamPictures(camera: CameraConfig, nowMs: () => number, signal: AbortSignal): AsyncGenerator<Picture> {
  if (camera.stream === undefined) {
    while (!signal.aborted) {
      const taken = await takePicture(camera, nowMs, signal)
      if ('denial' in taken) return
      yield taken
      await pause(pollMs, signal)
    }
    return
  }
  const quiet = new AbortController()
  let timer = setTimeout(() => quiet.abort(), silenceMs)
  try {
    for await (const picture of picturesAt(camera.stream, camera, nowMs, AbortSignal.any([signal, quiet.signal]))) {
      clearTimeout(timer)
      timer = setTimeout(() => quiet.abort(), silenceMs)
      yield picture
    }
  } catch {
    // Whoever looks sees that no more pictures come; the next look says why.
  } finally {
    clearTimeout(timer)
  }
}

function addressOf(camera: CameraConfig, first: 'snapshot' | 'stream'): string {
  return camera[first] ?? camera.snapshot ?? camera.stream ?? ''
}

/** Leaving the loop closes the connection. */
async function* picturesAt(address: string, camera: CameraConfig, nowMs: () => number, signal: AbortSignal): AsyncGenerator<Picture> {
  const body = await open(address, camera, signal)
  const finder = new PictureFinder()
  let heard = 0
  let found = 0
  try {
    for await (const chunk of body) {
      heard += chunk.length
      for (const { bytes, type } of finder.push(chunk)) {
        found++
        yield { bytes, type, at: nowMs() }
      }
      // A picture and the boundary around it; more without an end is none.
      if (finder.waste > pictureBytesMax + 65_536) throw new CameraTrouble(found > 0 ? 'camera-broken-picture' : 'camera-too-large')
    }
  } finally {
    await body.cancel().catch(() => undefined)
  }
  if (found === 0) throw new CameraTrouble(finder.begun && heard > 0 ? 'camera-broken-picture' : 'camera-no-picture')
}

async function open(address: string, camera: CameraConfig, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  let at = new URL(address)
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(at, { headers: headersOf(camera), redirect: 'manual', signal })
    const { status, body } = response
    const location = response.headers.get('location')
    if (status >= 300 && status < 400 && location !== null) {
      await body?.cancel()
      const next = URL.canParse(location, at) ? new URL(location, at) : undefined
      // The school's file names this host and no other: where it points is not where we go.
      if (next === undefined || next.origin !== at.origin || redirects >= redirectsMax) throw new CameraTrouble('camera-elsewhere')
      at = next
      continue
    }
    if (status === 200 && body !== null) return body
    await body?.cancel()
    if (status === 401 || status === 403) throw new CameraTrouble('camera-refused')
    throw new CameraTrouble(status === 404 || status === 410 ? 'camera-wrong-address' : 'camera-unreachable')
  }
}

function headersOf({ username, password }: CameraConfig): Record<string, string> {
  const accept = { accept: 'image/jpeg, image/png, multipart/x-mixed-replace' }
  if (username === undefined || password === undefined) return accept
  return { ...accept, authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
