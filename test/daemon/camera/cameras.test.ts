// The school's cameras: asked only when somebody looks and no oftener than a second, kept no longer than told, looked through by no more eyes than they bear.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Cameras } from '../../../daemon/camera/cameras.ts'
import type { CameraConfig } from '../../../daemon/camera/config.ts'
import { PictureShelf } from '../../../daemon/camera/keep.ts'
import { Watching } from '../../../daemon/camera/watching.ts'
import type { Picture } from '../../../protocols/contract/camera.ts'
import { jpeg, numberOf, SimulatedCamera } from '../../devices/camera.ts'
import { aJob, person, silent, temporaryFolder } from '../kit.ts'

const hour = 3_600_000
const picture = (at: number, size = 100): Picture => ({ bytes: jpeg(at % 100, size), type: 'image/jpeg', at })

function cameras(folder: string, camera: CameraConfig) {
  const clock = { now: 1_700_000_000_000 }
  const sent: number[] = []
  const made = new Cameras({
    machines: [{ id: 'laser-1', camera }, { id: 'printer-1' }],
    folder,
    nowMs: () => clock.now,
    log: silent,
    signal: new AbortController().signal,
    send: async (_machine, { at }) => {
      sent.push(at)
      return undefined
    },
  })
  return { made, clock, sent }
}
const taken = (result: Picture | { denial: { code: string } }) => ('denial' in result ? result.denial.code : numberOf(result.bytes))

describe('cameras', () => {
  it('are asked when somebody looks and never otherwise; many at once and in one second are one question', async () => {
    using folder = temporaryFolder()
    await using camera = await SimulatedCamera.start()
    const { made, clock, sent } = cameras(folder.path, { snapshot: camera.snapshot, rotate: 0, keepHours: 0 })
    expect(camera.asked).toEqual([])
    expect(await Promise.all([made.take('laser-1'), made.take('laser-1')]).then(all => all.map(taken))).toEqual([1, 1])
    clock.now += 900
    expect(taken(await made.take('laser-1'))).toBe(1)
    clock.now += 200
    expect(taken(await made.take('laser-1'))).toBe(2)
    expect(taken(await made.take('printer-1'))).toBe('no-camera')
    // What the city has already is not sent again.
    await made.show('laser-1')
    await made.show('laser-1')
    expect(sent).toEqual([clock.now])
    expect(readdirSync(folder.path)).toEqual([])
    clock.now += 25 * hour
    expect(made.last('laser-1')).toBeUndefined()
  })

  it('that fail are not asked again within the second either', async () => {
    using folder = temporaryFolder()
    await using camera = await SimulatedCamera.start({ stumble: { kind: 'status', status: 500 } })
    const { made } = cameras(folder.path, { snapshot: camera.snapshot, rotate: 0, keepHours: 0 })
    expect(taken(await made.take('laser-1'))).toBe('camera-unreachable')
    expect(taken(await made.take('laser-1'))).toBe('camera-unreachable')
    expect(camera.asked).toHaveLength(1)
  })

  it('keep how a failed job looked, where they keep anything', async () => {
    using folder = temporaryFolder()
    await using camera = await SimulatedCamera.start()
    const { made } = cameras(folder.path, { snapshot: camera.snapshot, rotate: 0, keepHours: 2 })
    const event = { kind: 'job' as const, number: 1, at: 1, job: aJob({ machine: 'laser-1' }) }
    made.remember([{ ...event, change: 'completed' }])
    made.remember([{ ...event, change: 'failed' }])
    await expect.poll(() => made.kept('laser-1')).toHaveLength(1)
    expect(camera.asked).toHaveLength(1)
  })

  it('note who looked once in ten minutes for a person and a machine', () => {
    using folder = temporaryFolder()
    const { made, clock } = cameras(folder.path, { snapshot: 'http://127.0.0.1:9/', rotate: 0, keepHours: 0 })
    const notes = () => [person('teacher'), person('technician')].flatMap(one => made.note(one, 'laser-1')).length
    expect([notes(), notes()]).toEqual([2, 0])
    clock.now += 9 * 60_000
    expect(notes()).toBe(0)
    clock.now += 2 * 60_000
    expect(notes()).toBe(2)
  })
})

describe('kept pictures', () => {
  it('are a minute apart, go when their hours are over, and outlive a restart no longer', async () => {
    using folder = temporaryFolder()
    const start = 1_700_000_000_000
    const shelf = new PictureShelf(folder.path, 2)
    for (let minute = 0; minute < 60; minute++)
      for (const part of [0, 20_000]) await shelf.keep(picture(start + minute * 60_000 + part), start)
    expect(shelf.instants).toHaveLength(60)
    await shelf.prune(start + 2 * hour + 30 * 60_000)
    expect(shelf.instants).toHaveLength(30)
    writeFileSync(join(folder.path, '1.jpg.new'), 'half')
    const again = new PictureShelf(folder.path, 2)
    expect(again.instants).toEqual(shelf.instants)
    const [first = 0] = again.instants
    expect((await again.read(first))?.bytes.length).toBe(picture(first).bytes.length)
    await again.prune(start + 24 * hour)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('never fill the disk, in number or in bytes', async () => {
    using folder = temporaryFolder()
    const shelf = new PictureShelf(folder.path, 24, { count: 10, bytes: 60_000 })
    for (let minute = 0; minute < 40; minute++) {
      await shelf.keep(picture(1_700_000_000_000 + minute * 60_000, minute < 20 ? 100 : 20_000), 1_700_000_000_000 + minute * 60_000)
      expect(shelf.instants.length).toBeLessThanOrEqual(10)
      expect(shelf.bytes).toBeLessThanOrEqual(60_000)
    }
    expect(readdirSync(folder.path)).toHaveLength(shelf.instants.length)
  })

  it('are never older than a day, whatever the file says', async () => {
    using folder = temporaryFolder()
    const shelf = new PictureShelf(folder.path, 24)
    const at = 1_700_000_000_000
    await shelf.keep(picture(at), at)
    await shelf.prune(at + 24 * hour - 60_000)
    expect(shelf.instants).toEqual([])
  })
})

describe('many eyes', () => {
  it('share one connection; the slow one misses pictures rather than heaping them up; the last one out ends it', async () => {
    let opened = 0
    let ended = 0
    let push: (one: Picture) => void = () => undefined
    const watching = new Watching(async function* (until) {
      opened++
      try {
        while (!until.aborted) {
          yield await new Promise<Picture>((resolve, reject) => {
            push = resolve
            until.addEventListener('abort', () => reject(new Error('told to end')), { once: true })
          }).catch(() => picture(0))
        }
      } finally {
        ended++
      }
    })
    const stop = [new AbortController(), new AbortController()] as const
    const [first, second] = stop.map(({ signal }) => watching.watch(signal))
    if (first === undefined || second === undefined) throw new Error('not let in')
    expect(watching.viewers).toBe(2)
    for (let n = 1; n <= 3; n++) {
      push(picture(n))
      expect((await first.next()).value?.at).toBe(n)
    }
    // The second took none of the three: it gets the newest, once.
    expect((await second.next()).value?.at).toBe(3)
    stop[0].abort()
    expect((await first.next()).done).toBe(true)
    expect(ended).toBe(0)
    stop[1].abort()
    await expect.poll(() => ended).toBe(1)
    expect([opened, watching.viewers]).toEqual([1, 0])
  })

  it('are no more than a camera bears', () => {
    const watching = new Watching(async function* () {
      await new Promise(() => undefined)
      yield picture(1)
    })
    const seated = Array.from({ length: 8 }, () => watching.watch(new AbortController().signal) !== undefined)
    expect(seated.filter(Boolean)).toHaveLength(6)
  })
})
