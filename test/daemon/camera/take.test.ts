// Cameras as they are: what is taken from each, and what is said of those that stumble.
import { describe, expect, it } from 'vitest'
import type { CameraConfig } from '../../../daemon/camera/config.ts'
import { streamPictures, takePicture } from '../../../daemon/camera/take.ts'
import { type CameraOptions, type CameraQuirks, numberOf, SimulatedCamera } from '../../devices/camera.ts'

const never = new AbortController().signal
const of = (more: Partial<CameraConfig>): CameraConfig => ({ rotate: 0, keepHours: 0, ...more })

async function taken(options: CameraOptions, config: (camera: SimulatedCamera) => Partial<CameraConfig>, limitMs = 3_000) {
  await using camera = await SimulatedCamera.start(options)
  const result = await takePicture(of(config(camera)), () => 1_000, never, limitMs)
  return 'denial' in result ? result.denial.code : numberOf(result.bytes)
}
const bySnapshot = (camera: SimulatedCamera) => ({ snapshot: camera.snapshot })
const byStream = (camera: SimulatedCamera) => ({ stream: camera.stream })

describe('a picture is taken', () => {
  it('from a snapshot; told by its first bytes, not by what the camera calls it', async () => {
    expect(await taken({}, bySnapshot)).toBe(1)
    expect(await taken({ stumble: { kind: 'lies', type: 'text/html' } }, bySnapshot)).toBe(1)
  })

  const quirks: [string, CameraQuirks][] = [
    ['mjpg-streamer', {}],
    ['a camera that writes the dashes into its boundary', { dashesInHead: true }],
    ['ffmpeg, without lengths', { lengths: false }],
    ['Tasmota, without a first boundary', { leadingBoundary: false }],
    ['an ESP32, in chunks', { chunked: true, leadingBoundary: false }],
    ['all of it at once', { dashesInHead: true, lengths: false, leadingBoundary: false, chunked: true }],
  ]
  it.for(quirks)('from the stream of %s: its first whole picture, and the line is closed', async ([, quirks]) => {
    await using camera = await SimulatedCamera.start({ quirks })
    const result = await takePicture(of({ stream: camera.stream }), () => 5, never)
    expect(result).toMatchObject({ type: 'image/jpeg', at: 5 })
    await expect.poll(() => camera.connections).toBe(0)
  })

  it('slowly, as long as it comes whole in time', async () => {
    expect(await taken({ stumble: { kind: 'slow', bytes: 4_000, everyMs: 20 } }, bySnapshot)).toBe(1)
    expect(await taken({ stumble: { kind: 'slow', bytes: 100, everyMs: 50 } }, bySnapshot, 300)).toBe('camera-unreachable')
  })

  it('with the name and password it asks for', async () => {
    const login = { name: 'школа', password: 'очень тайно' }
    const config = (password: string) => (camera: SimulatedCamera) => ({ snapshot: camera.snapshot, username: login.name, password })
    expect(await taken({ login }, config(login.password))).toBe(1)
    expect(await taken({ login }, config('не то'))).toBe('camera-refused')
    expect(await taken({ login }, bySnapshot)).toBe('camera-refused')
  })

  it('from where its own host points, and from nobody else', async () => {
    await using elsewhere = await SimulatedCamera.start()
    expect(await taken({ stumble: { kind: 'redirect', to: elsewhere.snapshot } }, bySnapshot)).toBe('camera-elsewhere')
    expect(await taken({ stumble: { kind: 'redirect', to: 'http://169.254.169.254/' } }, bySnapshot)).toBe('camera-elsewhere')
    expect(await taken({ stumble: { kind: 'redirect', to: '/again' } }, bySnapshot)).toBe('camera-elsewhere')
    expect(elsewhere.asked).toEqual([])
  })

  it.for<[string, CameraOptions['stumble'], string]>([
    ['says nothing', { kind: 'silent' }, 'camera-unreachable'],
    ['never ends its headers', { kind: 'endless-headers' }, 'camera-unreachable'],
    ['sends a page', { kind: 'wrong-type' }, 'camera-no-picture'],
    ['breaks off', { kind: 'truncated' }, 'camera-broken-picture'],
    ['sends without end', { kind: 'huge' }, 'camera-too-large'],
    ['has moved', { kind: 'status', status: 404 }, 'camera-wrong-address'],
    ['is out of order', { kind: 'status', status: 500 }, 'camera-unreachable'],
  ])('not from a camera that %s', async ([, stumble, code]) => {
    expect(await taken(stumble === undefined ? {} : { stumble }, bySnapshot, 1_500)).toBe(code)
  })

  it('not from nobody', async () => {
    expect(await takePicture(of({ snapshot: 'http://127.0.0.1:9/' }), () => 1, never)).toMatchObject({
      denial: { code: 'camera-unreachable' },
    })
  })
})

describe('a stream', () => {
  it.for([['stream', byStream] as const, ['snapshot', bySnapshot] as const])(
    'by %s goes on until it is told to stop',
    async ([, config]) => {
      await using camera = await SimulatedCamera.start()
      const stop = new AbortController()
      const numbers: (number | undefined)[] = []
      for await (const picture of streamPictures(of(config(camera)), () => 1, stop.signal)) {
        numbers.push(numberOf(picture.bytes))
        if (numbers.length === 2) stop.abort()
      }
      expect(numbers).toEqual([1, 2])
      await expect.poll(() => camera.connections).toBe(0)
    },
  )
})
