// The daemon may die: killed with -9 in the middle of a print and of a laser cut, its machines go on, and it finds both when it returns.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { MarlinOptions } from '../devices/marlin/options.ts'
import { startTown, until, visit } from './town.ts'

const fixtures = join(import.meta.dirname, '../fixtures/programs')
const print = readFileSync(join(fixtures, 'prusaslicer-cube.gcode'), 'utf8')
const cut = readFileSync(join(fixtures, 'laser-raster.nc'), 'utf8')

const printer: Partial<MarlinOptions> = { machineType: 'Ender-3' }

it('runs a print and a cut to done over real pseudo-terminals though the daemon is killed in the middle', {
  timeout: 240_000,
}, async () => {
  await using town = await startTown(folder => [
    {
      id: 'printer-1',
      name: 'Принтер 1',
      model: 'creality-ender-3',
      device: { kind: 'marlin', listen: `pty://${join(folder, 'printer')}`, speed: 30, wire: { baud: 250_000 }, machine: printer },
    },
    {
      id: 'laser-1',
      name: 'Лазер 1',
      model: 'ortur-laser-master-2',
      device: {
        kind: 'grbl',
        listen: `pty://${join(folder, 'laser')}`,
        speed: 1,
        wire: { baud: 115_200 },
        settings: { $30: 1000, $32: 1, $120: 400, $121: 400 },
      },
    },
  ])
  const { 'printer-1': printer1, 'laser-1': laser1 } = town.devices
  if (printer1 === undefined || laser1 === undefined) throw new Error('the town lacks its machines')
  const teacher = await visit(town.schoolUrl, 'teacher')
  const stored = await teacher.upload('куб.gcode', print)
  const storedCut = await teacher.upload('шар.nc', cut)
  const submit = async (file: typeof stored, machine: string) => {
    const reply = await teacher.ask({ kind: 'job.submit', request: crypto.randomUUID(), ...file, machine, copies: 1 })
    expect(reply).toMatchObject({ outcome: 'done' })
    return reply.outcome === 'done' ? (reply.jobs?.[0] ?? '') : ''
  }
  const printJob = await submit(stored, 'printer-1')
  const cutJob = await submit(storedCut, 'laser-1')
  await until('the laser starts', 20_000, async () => {
    const reply = await teacher.ask({ kind: 'job.start', job: cutJob, machine: 'laser-1' })
    return reply.outcome === 'done' || reply.outcome === 'accepted'
  })
  await until('both machines work', 60_000, () => printer1.moved.count > 100 && laser1.moved.count > 100)
  expect(await teacher.jobs()).toMatchObject({ [printJob]: { state: 'running' }, [cutJob]: { state: 'running' } })

  await town.killSchool()
  const [printed, burnt] = [printer1.moved.count, laser1.moved.count]
  await sleep(1_500)
  expect(printer1.moved.count, 'the print goes on without the daemon').toBeGreaterThan(printed)
  expect(laser1.moved.count, 'the cut goes on without the daemon').toBeGreaterThan(burnt)

  await town.startSchool()
  const again = await visit(town.schoolUrl, 'teacher')
  const ended = await until('both jobs are done', 150_000, async () => {
    const jobs = await again.jobs()
    const both = [jobs[printJob], jobs[cutJob]]
    return both.every(job => job?.end !== undefined) && both
  })
  expect(ended).toMatchObject([
    { state: 'completed', end: { outcome: 'completed', resends: 0 } },
    { state: 'completed', end: { outcome: 'completed', resends: 0 } },
  ])
  // Every move of the file was made once: neither machine saw a line less or a line more.
  const moves = (text: string, words: RegExp) => text.split('\n').filter(line => words.test(line.replace(/[;(].*/, '').trim())).length
  expect(printer1.moved.count).toBe(moves(print, /^G[0-3] /))
  expect(laser1.moved.count).toBe(moves(cut, /^(G0?[0-3] ?[XY]|[XY]|G[01] [XY])/))
  expect([printer1.overruns, laser1.overruns]).toEqual([0, 0])
  // The next job waits for a person: a part lies on the bed.
  expect(await again.ask({ kind: 'machine.clear', machine: 'printer-1', quality: 'ok' })).toMatchObject({ outcome: 'done' })
})
