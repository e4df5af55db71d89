// The machine room as a process of its own, with simulated machines at its ports: it outlives the daemon, and tells the truth after its own death.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run } from '../../protocols/contract/room.ts'
import { type DeviceOptions, type RunningDevice, startDevice } from '../devices/device.ts'
import { type Daemon, startDaemon } from './support/daemon.ts'
import { machineSetup, until } from './support/fakes.ts'

let folder = ''
const devices: RunningDevice[] = []
const rooms: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsekh-process-'))
})
afterEach(async () => {
  for (const room of rooms.splice(0)) room.kill('SIGKILL')
  for (const device of devices.splice(0)) await device.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function device(options: DeviceOptions): Promise<RunningDevice> {
  const made = await startDevice(options)
  devices.push(made)
  return made
}

const socket = () => join(folder, 'room.sock')

function spawnRoom(...more: string[]): ChildProcess {
  const main = join(import.meta.dirname, '../../drivers/main.ts')
  const room = spawn(process.execPath, [main, '--socket', socket(), '--data', join(folder, 'data'), ...more], {
    detached: true,
    stdio: 'ignore',
  })
  rooms.push(room)
  return room
}

async function greet(confirmed = 0): Promise<Daemon> {
  for (let tries = 0; ; tries++) {
    try {
      return await startDaemon(socket(), confirmed)
    } catch (error) {
      if (tries > 200) throw error
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
}

async function ready(daemon: Daemon, machine: string): Promise<void> {
  const is = () => daemon.reports.findLast(report => report.kind === 'state' && report.machine === machine)
  await until(() => {
    const report = is()
    return report?.kind === 'state' && report.state.state === 'ready'
  }, `${machine} is ready`)
}

function program(job: string, text: string): Run {
  const path = join(folder, `${job}.gcode`)
  writeFileSync(path, text)
  return { job, path, sha256: createHash('sha256').update(text).digest('hex'), size: Buffer.byteLength(text) }
}

const exited = (child: ChildProcess) => new Promise<number | null>(resolve => child.once('exit', resolve))

/** Little moves, as many as asked for. */
const moves = (count: number) => Array.from({ length: count }, (_, i) => `G1 X${10 + (i % 50)} Y${10 + (i % 40)} F6000`).join('\n')

describe('the machine room as a process', () => {
  it('prints and cuts at once, over a pseudo-terminal and over TCP, while the daemon dies and returns', async () => {
    const printer = await device({ kind: 'marlin', listen: `pty://${join(folder, 'printer')}`, speed: 20 })
    const mill = await device({
      kind: 'grbl',
      listen: 'tcp://127.0.0.1:0',
      speed: 20,
      settings: { $110: 6000, $111: 6000, $120: 500, $121: 500 },
    })
    spawnRoom()
    const first = await greet()
    const machines = [machineSetup('printer', printer.port), machineSetup('mill', mill.url, 'mill')]
    expect(await first.ask({ kind: 'machines', id: 'order-001', machines })).toEqual({ kind: 'answer', id: 'order-001' })
    await Promise.all([ready(first, 'printer'), ready(first, 'mill')])
    const print = program('job-print', `G28\n${moves(400)}\n`)
    const cut = program('job-mill1', `G21 G90 G94\n${moves(400)}\nM5\n`)
    expect((await first.ask({ kind: 'run', id: 'order-002', machine: 'printer', run: print })).fault).toBeUndefined()
    expect((await first.ask({ kind: 'run', id: 'order-003', machine: 'mill', run: cut })).fault).toBeUndefined()
    await until(() => first.reports.filter(report => report.kind === 'job-started').length === 2, 'both have started')
    first.die()
    await new Promise(resolve => setTimeout(resolve, 300))
    const second = await greet(2)
    const snapshot = second.reports[0]
    expect(snapshot?.kind === 'snapshot' && snapshot.machines.map(each => each.job)).toEqual(['job-print', 'job-mill1'])
    await until(() => second.reports.filter(report => report.kind === 'job-ended').length === 2, 'both have ended', 25_000)
    const ends = second.reports.flatMap(report => (report.kind === 'job-ended' ? [[report.job, report.end.outcome, report.end.lines]] : []))
    expect(ends).toContainEqual(['job-print', 'completed', 401])
    expect(ends).toContainEqual(['job-mill1', 'completed', 402])
    expect(printer.connections).toBe(1)
    expect(mill.connections).toBe(1)
    expect(mill.overruns).toBe(0)
    expect(await second.ask({ kind: 'shutdown', id: 'order-009', cancel: false })).toEqual({ kind: 'answer', id: 'order-009' })
  })

  it('says interrupted, with the line, when it died itself in mid-job; and nothing resumes', async () => {
    const mill = await device({
      kind: 'grbl',
      listen: 'tcp://127.0.0.1:0',
      speed: 1,
      settings: { $110: 6000, $111: 6000, $120: 500, $121: 500 },
    })
    const room = spawnRoom()
    const first = await greet()
    await first.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('mill', mill.url, 'mill')] })
    await ready(first, 'mill')
    await first.ask({ kind: 'run', id: 'order-002', machine: 'mill', run: program('job-cut01', moves(2000)) })
    await until(() => first.reports.some(report => report.kind === 'telemetry' && (report.telemetry.progress?.lines ?? 0) > 30), 'it runs')
    // The journal notes a running job every five seconds.
    await until(() => /"lines":[1-9]/.test(readFileSync(join(folder, 'data/running/job-cut01.json'), 'utf8')), 'progress is noted')
    const dead = exited(room)
    room.kill('SIGKILL')
    await dead
    const taken = mill.oks
    spawnRoom()
    const second = await greet(1)
    await until(() => second.reports.some(report => report.kind === 'job-ended'), 'the end is told')
    const end = second.reports.find(report => report.kind === 'job-ended')
    expect(end).toMatchObject({ number: 2, job: 'job-cut01', end: { outcome: 'interrupted', fault: { code: 'room-died' } } })
    expect(end?.kind === 'job-ended' && end.end.lines).toBeGreaterThan(0)
    await second.ask({ kind: 'machines', id: 'order-003', machines: [machineSetup('mill', mill.url, 'mill')] })
    await new Promise(resolve => setTimeout(resolve, 1500))
    expect(mill.oks - taken).toBeLessThan(40)
  })

  it('cancels what runs and ends on SIGTERM, with the position kept', async () => {
    const mill = await device({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', settings: { $110: 6000, $111: 6000, $120: 500, $121: 500 } })
    const room = spawnRoom()
    const daemon = await greet()
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('mill', mill.url, 'mill')] })
    await ready(daemon, 'mill')
    await daemon.ask({ kind: 'run', id: 'order-002', machine: 'mill', run: program('job-cut01', moves(2000)) })
    await until(() => mill.state().moving, 'it moves')
    const ended = exited(room)
    room.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(daemon.reports.find(report => report.kind === 'job-ended')).toMatchObject({ end: { outcome: 'cancelled' } })
    expect(mill.state()).toMatchObject({ moving: false, mode: 'Idle' })
  })

  it('is alone over its data, and takes over from the dead', async () => {
    const first = spawnRoom()
    await greet()
    expect(await exited(spawnRoom())).toBe(3)
    const dead = exited(first)
    first.kill('SIGKILL')
    await dead
    spawnRoom()
    const daemon = await greet()
    expect(daemon.reports[0]?.kind).toBe('snapshot')
  })

  it('ends by itself when nobody needs it', async () => {
    const room = spawnRoom('--alone-minutes', '0.005')
    expect(await exited(room)).toBe(0)
  })

  it('keeps a log of its own, since nobody holds its output', async () => {
    const room = spawnRoom('--alone-minutes', '0.005')
    await exited(room)
    const lines = readFileSync(join(folder, 'data/room.log'), 'utf8').trim().split('\n')
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(['room open', 'room ends', 'room ended'])
  })

  it.for([
    [['--socket', 'x'], 2],
    [['--socket', 'x', '--data', 'y', '--alone-minutes', 'never'], 2],
    [['--surprise'], 2],
  ] as const)('refuses the arguments %j', async ([args, status]) => {
    const main = join(import.meta.dirname, '../../drivers/main.ts')
    expect(await exited(spawn(process.execPath, [main, ...args], { stdio: 'ignore' }))).toBe(status)
  })
})
