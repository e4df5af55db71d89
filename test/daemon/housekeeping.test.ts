// What is swept: a file nobody has asked for in a long time, and with it all that was found in it.
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Analysed } from '../../daemon/analyse-file.ts'
import { Files } from '../../daemon/files.ts'
import { keepHouse } from '../../daemon/housekeeping.ts'
import { Programs } from '../../daemon/programs.ts'
import { Store } from '../../daemon/store.ts'
import { aJob, aProgram, silent, temporaryFolder, until } from './kit.ts'

function house() {
  const folder = temporaryFolder()
  const store = new Store(join(folder.path, 's.sqlite'))
  const files = new Files(folder.path, 1e9)
  let analysed = 0
  const analyse = async (): Promise<Analysed> => {
    analysed++
    return { program: aProgram(['printer-1'], ['printer-1']), timeMaps: {}, layers: [], pictures: [] }
  }
  const programs = new Programs({ files, store, analyse, facts: () => [], nowMs: Date.now })
  const photos = { prune: async () => 0 }
  const all = { store, machines: [], files, programs, photos, tidy: () => undefined, nowMs: Date.now, log: silent }
  return {
    store,
    files,
    programs,
    times: () => analysed,
    receive: async (text: string): Promise<string> => {
      const upload = await files.receive('a.gcode', Readable.from([Buffer.from(text)]))
      if ('denial' in upload) throw new Error(upload.denial.code)
      await programs.obtain(upload, AbortSignal.timeout(10_000))
      return upload.sha256
    },
    /** As if nobody had touched the file for ninety days. */
    age: (sha256: string) => {
      const old = new Date(Date.now() - 90 * 24 * 3_600_000)
      utimesSync(join(folder.path, 'files', sha256), old, old)
    },
    keep: (): Disposable => ({ [Symbol.dispose]: keepHouse({ keepFilesDays: 60, ...all }) }),
    [Symbol.dispose]: () => {
      store.close()
      folder[Symbol.dispose]()
    },
  }
}

it('what was found in an old file is forgotten with it, and found again when the file comes again', async () => {
  using s = house()
  const sha256 = await s.receive('G1 X1')
  const young = await s.receive('G1 X2')
  s.age(sha256)
  {
    using _house = s.keep()
    await until(() => s.store.program(sha256) === undefined, 'it is forgotten')
  }
  expect(s.files.path(sha256)).toBeUndefined()
  expect(s.programs.stored(sha256)).toBeUndefined()
  expect(s.programs.runnable(sha256)).toBeUndefined()
  expect(s.store.estimates(sha256)).toEqual(new Map())
  expect(s.programs.stored(young)).toBeDefined()
  await s.receive('G1 X1')
  expect(s.times()).toBe(3)
  expect(s.programs.runnable(sha256)).toBeDefined()
})

it('a program whose job has not ended stays, file and all, however old', async () => {
  using s = house()
  const [waits, ended] = [await s.receive('G1 X1'), await s.receive('G1 X2')]
  const job = aJob({ program: { ...aJob().program, sha256: waits } })
  s.store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job }] })
  for (const sha256 of [waits, ended]) s.age(sha256)
  using _house = s.keep()
  await until(() => s.store.program(ended) === undefined, 'the other is forgotten')
  expect(s.programs.runnable(waits)).toBeDefined()
  expect(s.store.program(waits)).toBeDefined()
})

it('what an earlier life left of files long gone is swept too', async () => {
  using s = house()
  const gone = 'f'.repeat(64)
  s.store.putProgram(gone, 1, { facts: '', body: '{}' }, [])
  using _house = s.keep()
  await until(() => s.store.program(gone) === undefined, 'it is forgotten')
})
