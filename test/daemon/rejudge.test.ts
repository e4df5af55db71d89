// Waiting jobs follow what machines say of themselves: who could no longer run one is not asked to.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { analyseFile } from '../../daemon/analyse-file.ts'
import { Files } from '../../daemon/files.ts'
import { Programs } from '../../daemon/programs.ts'
import { Rejudge } from '../../daemon/rejudge.ts'
import { Store } from '../../daemon/store.ts'
import type { Firmware } from '../../protocols/contract/machine.ts'
import { aJob, aMachine, silent, temporaryFolder, testMachines, until } from './kit.ts'

const raster = readFileSync(join(import.meta.dirname, '../fixtures/programs/laser-raster.nc'))
const said = (settings: Record<string, string>): Firmware => ({
  name: 'Grbl 1.1h',
  family: 'grbl',
  settings,
  plannerBlocks: 15,
  receiveBufferBytes: 128,
})

it('a changed setting changes the forecast of a queued job, and forbids it where it must', async () => {
  using folder = temporaryFolder()
  using store = new Store(join(folder.path, 'store.sqlite'))
  using machines = testMachines(store, [aMachine('laser-1', 'laser')])
  const files = new Files(folder.path, 1e9)
  const upload = await files.receive('raster.nc', Readable.from([raster]))
  if ('denial' in upload) throw new Error(upload.denial.code)
  const programs = new Programs({ files, store, analyse: order => analyseFile(order), facts: () => machines.facts(), nowMs: Date.now })
  const hear = (settings: Record<string, string>) =>
    machines.hear({ kind: 'state', machine: 'laser-1', at: 1, state: { state: 'ready', since: 1 }, firmware: said(settings) })
  hear({ $32: '1', $30: '1000', $110: '6000', $111: '6000' })
  const obtained = await programs.obtain(upload, AbortSignal.timeout(10_000))
  if ('denial' in obtained) throw new Error(obtained.denial.code)
  const seconds = obtained.known.program.machines[0]?.estimatedSeconds ?? 0
  const job = aJob({
    program: { ...upload, kind: 'laser', lines: 1 },
    suitable: ['laser-1'],
    estimatedSeconds: seconds,
    allowConstantPower: true,
  })
  store.commit({ events: [{ kind: 'job', at: 1, change: 'submitted', job }] })
  await using _closed = { [Symbol.asyncDispose]: () => rejudge.close() }
  const rejudge = new Rejudge({ store, machines, programs, nowMs: Date.now, log: silent, quietMs: 5 })
  const now = () => store.job(job.id)

  rejudge.stir()
  hear({ $32: '1', $30: '1000', $110: '600', $111: '600' })
  rejudge.stir()
  await until(() => (now()?.estimatedSeconds ?? 0) > seconds * 1.3, 'the slower machine has a longer forecast')
  expect(now()).toMatchObject({ suitable: ['laser-1'], state: 'queued' })

  hear({ $32: '0', $30: '1000', $110: '600', $111: '600' })
  rejudge.stir()
  await until(() => now()?.suitable.length === 0, 'a laser without laser mode takes nothing')
})
