// A whole school over simulated machines: its screen, its machine room, and its death in the middle of a job.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { Store } from '../../daemon/store.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { startDevice } from '../devices/device.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { spawnSchool, Visitor, writeSchool } from './school-kit.ts'

const program = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/programs', name))
const text = (lines: string[]) => Buffer.from(`${lines.join('\n')}\n`)
const codeOf = (reply: Reply) => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)
const jobOf = (reply: Reply) => {
  if (reply.outcome !== 'done' || !reply.jobs?.[0]) throw new Error(`not submitted: ${JSON.stringify(reply)}`)
  return reply.jobs[0]
}

/** Ids of the processes that name the folder in their command line (Linux tells; elsewhere none are seen). */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self')) return []
  return readdirSync('/proc').filter(id => {
    try {
      return /^\d+$/.test(id) && readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(`${folder}/`)
    } catch {
      return false
    }
  })
}

/** A print of so many short moves, of which each is in the device's record once. */
const print = (moves: number) =>
  text([
    'M104 S200',
    'M140 S60',
    'G28',
    'M190 S60',
    'M109 S200',
    'G90',
    'M83',
    ...Array.from({ length: moves }, (_, n) => `G1 X${50 + (n % 40)} Y${50 + ((n * 7) % 40)} E0.05 F3000`),
    'M104 S0',
    'M140 S0',
  ])

async function machines() {
  const marlin = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
  const laser = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10, settings: { $32: 1 } })
  return {
    marlin,
    laser,
    list: [
      { id: 'printer-1', model: 'generic-marlin', port: marlin.url },
      { id: 'laser-1', model: 'generic-grbl-laser', port: laser.url },
    ],
    [Symbol.asyncDispose]: async () => {
      await marlin[Symbol.asyncDispose]()
      await laser[Symbol.asyncDispose]()
    },
  }
}

describe('a school without a city', () => {
  it('prints, has its bed cleared, burns when a person at the machine says go, and refuses what it must, in words', async () => {
    using folder = temporaryFolder()
    await using devices = await machines()
    const school = await startSchool({ configPath: writeSchool(folder.path, devices.list), log: silent })
    try {
      const teacher = await new Visitor(school.url).signIn('teacher')
      const pupil = await new Visitor(school.url).signIn('pupil')
      await until(() => school.settled(), 'the machine room is there', 30_000)

      // A print, from upload to a cleared bed.
      const printed = jobOf(await teacher.submit('кубик.gcode', print(300)))
      await until(async () => (await teacher.job(printed))?.state === 'completed', 'it is printed', 60_000)
      expect((await teacher.job(printed))?.end).toMatchObject({ outcome: 'completed', evidence: expect.stringContaining('M400') })
      const second = jobOf(await teacher.submit('второй.gcode', print(20)))
      const clear = { kind: 'machine.clear', machine: 'printer-1', quality: 'ok' } as const
      expect((await teacher.job(second))?.state).toBe('queued')
      expect(codeOf(await pupil.ask(clear))).not.toBe('done')
      expect(codeOf(await teacher.ask(clear))).toBe('done')
      await until(async () => (await teacher.job(second))?.state === 'completed', 'the next one is printed', 60_000)

      // A pupil's job waits for a teacher, and is cancelled by its own author only.
      await teacher.ask(clear)
      const pupils = jobOf(await pupil.submit('моё.gcode', print(20)))
      expect((await teacher.job(pupils))?.state).toBe('submitted')
      expect(codeOf(await pupil.ask({ kind: 'job.approve', job: pupils }))).not.toBe('done')
      expect(codeOf(await pupil.ask({ kind: 'job.cancel', job: pupils }))).toBe('done')

      // A laser job starts only when a person says so.
      const burned = jobOf(await teacher.submit('картинка.nc', program('laser-raster.nc')))
      await new Promise(resolve => setTimeout(resolve, 300))
      expect((await teacher.job(burned))?.state).toBe('queued')
      expect(codeOf(await teacher.ask({ kind: 'job.start', job: burned, machine: 'laser-1' }))).toBe('done')
      await until(async () => (await teacher.job(burned))?.state === 'completed', 'it is burned', 60_000)
    } finally {
      await school.stop({ stopRoom: true })
    }
    using store = new Store(join(folder.path, 'data/school.sqlite'))
    expect(store.refold()).toEqual([])
    expect(store.machine('printer-1')).toMatchObject({ jobs: 2 })
  }, 180_000)

  it('says what is wrong with a bad file, keeps nothing of it in the queue, and goes on', async () => {
    using folder = temporaryFolder()
    await using devices = await machines()
    const school = await startSchool({ configPath: writeSchool(folder.path, devices.list), log: silent })
    try {
      const teacher = await new Visitor(school.url).signIn('teacher')
      const bad: [string, Buffer<ArrayBuffer>][] = [
        ['пустой.gcode', Buffer.alloc(0)],
        ['двоичный.gcode', Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 31) % 256))],
        ['длинная.gcode', Buffer.from(`G28\nG1 X${'1'.repeat(1_000_000)}\n`)],
        ['за95.gcode', text(['M109 S200', 'G28', `G1 X10 Y10 E1 F${'0'.repeat(120)}100`])],
        ['eeprom.gcode', text(['M109 S200', 'G28', 'G1 X10 E1 F100', 'M500'])],
        ['настройки.nc', text(['$110=99999', 'M4 S100', 'G1 X10 F100', 'M5'])],
        ['модель.stl', Buffer.from('solid cube\nendsolid cube\n')],
        ['m3.nc', text(['G21', 'G90', 'M3 S500', 'G1 X10 F1000', 'X20', 'M5'])],
      ]
      for (const [name, bytes] of bad) {
        const reply = await teacher.submit(name, bytes)
        expect({ name, outcome: reply.outcome }).toEqual({ name, outcome: 'refused' })
        if (reply.outcome === 'refused') expect(reply.denial.text.ru).toMatch(/[а-яё]{3}/)
      }
      const missing = await teacher.ask({
        kind: 'job.submit',
        request: 'request-none',
        sha256: 'f'.repeat(64),
        name: 'x',
        size: 5,
        copies: 1,
      })
      expect(codeOf(missing)).toMatch(/^(no-file|file-missing)$/)
      expect((await teacher.journal()).filter(event => event.kind === 'job')).toEqual([])
      for (const [name, bytes] of [
        ['crlf.gcode', Buffer.from(print(5).toString().replaceAll('\n', '\r\n'))],
        ['bom.gcode', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), print(5)])],
      ] as [string, Buffer<ArrayBuffer>][]) {
        expect({ name, code: codeOf(await teacher.submit(name, bytes)) }).toEqual({ name, code: 'done' })
      }
      // A technician's leave lets the same M3 program through.
      const technician = await new Visitor(school.url).signIn('technician')
      const m3 = text(['G21', 'G90', 'M3 S500', 'G1 X10 F1000', 'X20', 'M5'])
      expect(codeOf(await technician.submit('m3.nc', m3, { machine: 'laser-1', allowConstantPower: true }))).toBe('done')
    } finally {
      await school.stop({ stopRoom: true })
    }
  }, 120_000)

  it('lets only one process at a data folder, and says so', async () => {
    using folder = temporaryFolder()
    const configPath = writeSchool(folder.path, [{ id: 'printer-1', model: 'generic-marlin', port: 'tcp://127.0.0.1:1' }])
    const school = await startSchool({ configPath, log: silent })
    await expect(startSchool({ configPath, log: silent })).rejects.toThrow(/another school is at work/)
    await until(() => school.settled(), 'the machine room is there', 30_000)
    await school.stop({ stopRoom: true })
  }, 60_000)
})

describe('a school that ends its machine room', () => {
  it.for<[string, boolean]>([
    ['at once', false],
    ['once it is there', true],
  ])('%s leaves no process behind, though an earlier life of it started that room', { timeout: 60_000 }, async ([, settled]) => {
    const folder = temporaryFolder()
    const configPath = writeSchool(folder.path, [{ id: 'printer-1', model: 'generic-marlin', port: 'tcp://127.0.0.1:1' }])
    const first = await startSchool({ configPath, log: silent })
    await until(() => first.settled(), 'the machine room is there', 30_000)
    await first.stop()
    const second = await startSchool({ configPath, log: silent })
    if (settled) await until(() => second.settled(), 'the machine room is found', 30_000)
    await second.stop({ stopRoom: true })
    const left = processesOf(folder.path)
    folder[Symbol.dispose]()
    expect([left, existsSync(folder.path)]).toEqual([[], false])
  })
})

describe('a school killed with -9 in the middle of a print and of a laser cut', () => {
  it('finds both jobs running when it returns; they end done, with no line lost or doubled', async () => {
    using folder = temporaryFolder()
    const marlin = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 30, bootMs: 10 })
    const laser = await startDevice({
      kind: 'grbl',
      listen: 'tcp://127.0.0.1:0',
      // Slow enough to be still at work when a school comes back on a busy computer.
      speed: 2,
      bootMs: 10,
      settings: { $32: 1, $120: 500, $121: 500 },
    })
    const configPath = writeSchool(folder.path, [
      { id: 'printer-1', model: 'generic-marlin', port: marlin.url },
      { id: 'laser-1', model: 'generic-grbl-laser', port: laser.url },
    ])
    const first = await spawnSchool(configPath)
    let teacher = await new Visitor(first.url).signIn('teacher')
    const moves = 400
    const printed = jobOf(await teacher.submit('долго.gcode', print(moves)))
    const raster = [
      'G21',
      'G90',
      'M4 S0',
      ...Array.from({ length: 200 }, (_, n) => `G1 X${n % 2 ? 1 : 6} Y${(n / 20).toFixed(2)} S${100 + (n % 9)} F3000`),
      'M5',
    ]
    const burned = jobOf(await teacher.submit('гравировка.nc', text(raster)))
    await until(
      async () => codeOf(await teacher.ask({ kind: 'job.start', job: burned, machine: 'laser-1' })) === 'done',
      'it burns',
      30_000,
    )
    await until(async () => (await teacher.job(printed))?.state === 'running', 'it prints', 30_000)
    await until(async () => (await teacher.job(burned))?.state === 'running', 'it burns', 30_000)
    await first.kill()
    const oks = marlin.oks
    await until(() => marlin.oks > oks + 20, 'the printer goes on without us', 30_000)

    const again = await spawnSchool(configPath)
    try {
      teacher = await new Visitor(again.url).signIn('teacher')
      expect([(await teacher.job(printed))?.state, (await teacher.job(burned))?.state]).toEqual(['running', 'running'])
      await until(async () => (await teacher.job(printed))?.state === 'completed', 'the print is done', 120_000)
      await until(async () => (await teacher.job(burned))?.state === 'completed', 'the cut is done', 120_000)
      expect((await teacher.job(printed))?.end).toMatchObject({ lines: moves + 9 })
      const extruded = marlin.executed.lines.filter(line => /G1 X.* E0\.05/.test(line))
      expect(extruded).toHaveLength(moves)
      expect(marlin.connections).toBe(1)
      expect(laser.connections).toBe(1)
    } finally {
      await again.end()
      const last = await startSchool({ configPath, log: silent })
      await until(() => last.settled(), 'the machine room is still there', 30_000)
      await last.stop({ stopRoom: true })
      await marlin[Symbol.asyncDispose]()
      await laser[Symbol.asyncDispose]()
    }
    using store = new Store(join(folder.path, 'data/school.sqlite'))
    expect(store.refold()).toEqual([])
  }, 240_000)
})
