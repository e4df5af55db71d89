// From a packed file to the machine, and from a job to its frame: over simulated machines and a real machine room.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { type DeviceOptions, startDevice } from '../devices/device.ts'
import { bgcode, zip } from '../gcode/packing.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { Visitor, writeSchool } from './school-kit.ts'

const codeOf = (reply: Reply) => (reply.outcome === 'refused' ? reply.denial.code : reply.outcome)
const jobOf = (reply: Reply) => {
  if (reply.outcome !== 'done' || !reply.jobs?.[0]) throw new Error(`not submitted: ${JSON.stringify(reply)}`)
  return reply.jobs[0]
}

async function school(folder: string, options: Omit<DeviceOptions, 'listen'>, model: string, rules = '') {
  const device = await startDevice({ listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10, ...options } as DeviceOptions)
  const open = await startSchool({ configPath: writeSchool(folder, [{ id: 'machine-1', model, port: device.url }], rules), log: silent })
  await until(() => open.settled(), 'the machine room is there', 30_000)
  return {
    device,
    teacher: await new Visitor(open.url).signIn('teacher'),
    [Symbol.asyncDispose]: async () => {
      await open.stop({ stopRoom: true })
      await device[Symbol.asyncDispose]()
    },
  }
}

const moves = Array.from({ length: 400 }, (_, n) => `G1 X${50 + (n % 40)} Y${50 + ((n * 7) % 40)} E0.05`)
const print = [
  'M104 S200',
  'M140 S60',
  'G28',
  'M190 S60',
  'M109 S200',
  'G90',
  'M83',
  'G1 Z0.2 F3000',
  ...moves,
  'M104 S0',
  'M140 S0',
  '',
].join('\n')

it('a packed print is printed as the G-code in it, under its own name and hash', async () => {
  using folder = temporaryFolder()
  await using here = await school(folder.path, { kind: 'marlin' }, 'generic-marlin')
  const { teacher, device } = here
  for (const [name, content] of [
    ['куб.bgcode', bgcode(print, 3, 2)],
    ['куб.gcode.3mf', zip([{ name: 'Metadata/plate_1.gcode', content: print }])],
  ] as const) {
    device.machine.executed.clear()
    const upload = await teacher.upload(name, content)
    if ('denial' in upload) throw new Error(upload.denial.code)
    const checked = await teacher.ask({ kind: 'program.check', ...upload })
    expect(checked).toMatchObject({ outcome: 'done', program: { name, sha256: upload.sha256, size: content.length, kind: 'printer' } })
    expect((await teacher.get(`/api/v1/programs/${upload.sha256}/path`)).status).toBe(200)
    expect((await teacher.get(`/api/v1/programs/${upload.sha256}/progress`)).status).toBe(204)
    const job = jobOf(await teacher.ask({ kind: 'job.submit', request: `packed-${name.length}-x`, ...upload, copies: 1 }))
    await until(async () => (await teacher.job(job))?.state === 'completed', 'it is printed', 60_000)
    expect((await teacher.job(job))?.program).toMatchObject({ name, sha256: upload.sha256, size: content.length })
    const said = device.machine.executed.lines.filter(line => /^(N\d+ )?G1 X/.test(line))
    expect(said).toHaveLength(moves.length)
    expect(codeOf(await teacher.ask({ kind: 'machine.clear', machine: 'machine-1', quality: 'ok' }))).toBe('done')
  }
  // A bomb leaves no part of itself.
  const before = readdirSync(join(folder.path, 'data', 'plain')).length
  const bomb = await teacher.submit('бомба.3mf', zip([{ name: 'a.gcode', content: new Uint8Array(80_000_000) }]))
  expect(codeOf(bomb)).toBe('container-swells')
  expect(readdirSync(join(folder.path, 'data', 'plain')).length).toBe(before)
  expect(readdirSync(join(folder.path, 'data', 'incoming'))).toEqual([])
  expect(existsSync(join(folder.path, 'data', 'files'))).toBe(true)
}, 120_000)

it('a laser traces the frame of its next job with a dark beam, and starts only then where the school wants it so', async () => {
  using folder = temporaryFolder()
  const laser = { kind: 'grbl', settings: { $32: 1, $30: 1000 } } as const
  await using here = await school(folder.path, laser, 'generic-grbl-laser', 'rules: { requireFrame: true }')
  const { teacher, device } = here
  const burn = Buffer.from('G21 G90\nM4\nG0 X20 Y30\nG1 X60 S200 F3000\nG1 Y70\nG1 X20\nG1 Y30\nM5\nG0 X150 Y150\nM2\n')
  const job = jobOf(await teacher.submit('знак.nc', burn))
  const start = { kind: 'job.start', job, machine: 'machine-1' } as const
  await until(async () => codeOf(await teacher.ask(start)) === 'not-framed', 'the laser waits for its frame', 30_000)

  const frame = { kind: 'machine.frame', job, machine: 'machine-1' } as const
  await until(async () => codeOf(await teacher.ask(frame)) === 'done', 'the laser is ready and frames')
  const traced = device.machine.executed.lines.filter(line => /X/.test(line)).map(line => line.replace(/^G1|F\d+$/g, ''))
  expect(traced).toEqual(['X20Y30', 'X60Y30', 'X60Y70', 'X20Y70', 'X20Y30'])
  expect(device.machine.executed.lines.some(line => /M[34]/.test(line))).toBe(false)
  const at = device.state()
  expect(at.position.slice(0, 2).map(Math.round)).toEqual([20, 30])
  expect(at.moving).toBe(false)
  expect(at.burnAtStandstillMs).toBe(0)

  // Whoever moves the machine by hand frames again.
  expect(codeOf(await teacher.ask({ kind: 'machine.jog', machine: 'machine-1', x: 1, feed: 1000 }))).toBe('done')
  expect(codeOf(await teacher.ask(start))).toBe('not-framed')
  await until(async () => codeOf(await teacher.ask(frame)) === 'done', 'it is framed again')
  expect(codeOf(await teacher.ask(start))).toBe('done')
  await until(async () => (await teacher.job(job))?.state === 'completed', 'it is burnt', 60_000)
}, 120_000)
