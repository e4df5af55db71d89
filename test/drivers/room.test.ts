// The room and its door: orders in, reports out, jobs that outlive the daemon.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDoor } from '../../drivers/door.ts'
import { Journal } from '../../drivers/journal.ts'
import { takeLock } from '../../drivers/lock.ts'
import { Room } from '../../drivers/room.ts'
import type { Report, Run } from '../../protocols/contract/room.ts'
import { type Daemon, startDaemon } from './support/daemon.ts'
import { type FakePort, fakePorts, machineSetup, realClock, silentLog, streamingSession, until } from './support/fakes.ts'

let folder = ''
const closers: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsekh-room-'))
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  rmSync(folder, { recursive: true, force: true })
})

async function openRoom() {
  const ports = fakePorts()
  const { journal, orphans } = await Journal.open(join(folder, 'data'), error => {
    throw error
  })
  const room = new Room(
    {
      id: 'room-00000001',
      journal,
      open: ports.open,
      dialects: { grbl: streamingSession, marlin: streamingSession },
      clock: realClock,
      random: () => 0,
      log: silentLog,
    },
    orphans,
  )
  const socket = join(folder, 'room.sock')
  const door = await openDoor(socket, room, silentLog)
  if (door === undefined) throw new Error('the door is taken')
  closers.push(async () => {
    await room.close()
    await door.close()
  })
  return { room, door, socket, ports: ports.ports }
}

function program(name: string, text: string): Run {
  const path = join(folder, name)
  writeFileSync(path, text)
  return {
    job: `job-${name.replace('.', '-')}`,
    path,
    sha256: createHash('sha256').update(text).digest('hex'),
    size: Buffer.byteLength(text),
  }
}

const kinds = (daemon: Daemon, kind: Report['kind']) => daemon.reports.filter(report => report.kind === kind)

/** Answers each line with ok, as long as `more` holds. */
async function acknowledge(port: FakePort | undefined, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const seen = port?.written.length ?? 0
    port?.ear.line('ok')
    await until(() => (port?.written.length ?? 0) > seen || i === count - 1, 'the next line is sent', 500).catch(() => undefined)
  }
}

describe('the machine room', () => {
  it('opens what it is told, runs a program, and says done with numbers', async () => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('prusa-1', '/dev/a')] })
    await until(() => kinds(daemon, 'state').some(report => report.kind === 'state' && report.state.state === 'ready'), 'it is ready')
    const run = program('three.gcode', 'G28\nG1 X1\nG1 X2\n')
    expect(await daemon.ask({ kind: 'run', id: 'order-002', machine: 'prusa-1', run })).toEqual({ kind: 'answer', id: 'order-002' })
    await acknowledge(ports[0], 3)
    await until(() => kinds(daemon, 'job-ended').length === 1, 'the job ended')
    expect(ports[0]?.written.map(line => line.trim())).toEqual(['G28', 'G1 X1', 'G1 X2'])
    expect(kinds(daemon, 'job-started')).toMatchObject([{ number: 1, job: run.job }])
    expect(kinds(daemon, 'job-ended')).toMatchObject([{ number: 2, end: { outcome: 'completed', lines: 3, bytes: run.size } }])
  })

  it('goes on when the daemon dies, and tells the next one all it missed, once', async () => {
    const { socket, ports } = await openRoom()
    const first = await startDaemon(socket)
    await first.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('prusa-1', '/dev/a')] })
    await until(() => ports.length === 1, 'the port is open')
    const run = { ...program('long.gcode', 'G1 X1\n'.repeat(50)), estimatedSeconds: 100 }
    await first.ask({ kind: 'run', id: 'order-002', machine: 'prusa-1', run })
    await acknowledge(ports[0], 10)
    first.die()
    await acknowledge(ports[0], 15)
    const second = await startDaemon(socket, 1)
    const snapshot = second.reports[0]
    expect(snapshot).toMatchObject({
      kind: 'snapshot',
      lastNumber: 1,
      machines: [{ machine: 'prusa-1', job: run.job, state: { state: 'ready' } }],
    })
    expect(snapshot?.kind === 'snapshot' && snapshot.machines[0]?.telemetry?.progress).toMatchObject({
      lines: 25,
      bytes: 150,
      fraction: 0.5,
    })
    second.die()
    await acknowledge(ports[0], 25)
    const third = await startDaemon(socket, 1)
    await until(() => kinds(third, 'job-ended').length === 1, 'the end was told again')
    expect(kinds(third, 'job-started')).toHaveLength(0)
    third.order({ kind: 'confirm', number: 2 })
    third.die()
    const fourth = await startDaemon(socket, 2)
    expect(fourth.reports).toHaveLength(1)
    expect(ports[0]?.written).toHaveLength(50)
  })

  it('lets a new daemon replace one whose connection still hangs', async () => {
    const { socket } = await openRoom()
    const first = await startDaemon(socket)
    const second = await startDaemon(socket)
    await until(() => first.gone, 'the first was sent away')
    expect(second.gone).toBe(false)
  })

  it('is not taken from its daemon by somebody who only knocks', async () => {
    const { socket } = await openRoom()
    const daemon = await startDaemon(socket)
    const knock = connect(socket)
    await new Promise(done => knock.once('connect', done))
    knock.destroy()
    expect(await daemon.ask({ kind: 'machines', id: 'order-001', machines: [] })).toEqual({ kind: 'answer', id: 'order-001' })
  })

  it.for<[string, (daemon: Daemon, run: Run) => Promise<unknown>, string]>([
    ['a machine nobody declared', (d, run) => d.ask({ kind: 'run', id: 'order-009', machine: 'none', run }), 'machine-unknown'],
    [
      'a second job on a busy machine',
      async (d, run) => {
        await d.ask({ kind: 'run', id: 'order-008', machine: 'prusa-1', run })
        return d.ask({ kind: 'run', id: 'order-009', machine: 'prusa-1', run: { ...run, job: 'job-another' } })
      },
      'machine-occupied',
    ],
    [
      'a program that changed',
      (d, run) => d.ask({ kind: 'run', id: 'order-009', machine: 'prusa-1', run: { ...run, sha256: 'b'.repeat(64) } }),
      'program-changed',
    ],
    [
      'a program that is gone',
      (d, run) => d.ask({ kind: 'run', id: 'order-009', machine: 'prusa-1', run: { ...run, path: '/no/such' } }),
      'program-missing',
    ],
    [
      'a job on a machine that may only be watched',
      (d, run) => d.ask({ kind: 'run', id: 'order-009', machine: 'watched', run }),
      'machine-read-only',
    ],
    [
      'a deed on a machine that may only be watched',
      d => d.ask({ kind: 'deed', id: 'order-009', machine: 'watched', deed: { kind: 'home' } }),
      'machine-read-only',
    ],
    [
      'to end while a job runs',
      async (d, run) => {
        await d.ask({ kind: 'run', id: 'order-008', machine: 'prusa-1', run })
        return d.ask({ kind: 'shutdown', id: 'order-009', cancel: false })
      },
      'jobs-run',
    ],
  ])('refuses %s', async ([, ask, code]) => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    const machines = [machineSetup('prusa-1', '/dev/a'), { ...machineSetup('watched', '/dev/b'), readOnly: true }]
    await daemon.ask({ kind: 'machines', id: 'order-001', machines })
    await until(() => ports.length === 2, 'the ports are open')
    expect(await ask(daemon, program('any.gcode', 'G28\nG1 X1\n'))).toMatchObject({ fault: { code } })
  })

  it('answers what it cannot read, and stays', async () => {
    const { socket } = await openRoom()
    const daemon = await startDaemon(socket)
    daemon.socket.write('this is no JSON\n{"kind":"deed","id":"order-001","machine":"x","deed":{"kind":"dance"}}\n')
    await until(() => kinds(daemon, 'answer').length === 1, 'it is answered')
    expect(kinds(daemon, 'answer')[0]).toMatchObject({ id: 'order-001', fault: { code: 'order-unreadable' } })
    expect(await daemon.ask({ kind: 'machines', id: 'order-002', machines: [] })).toEqual({ kind: 'answer', id: 'order-002' })
  })

  it('leaves a running job alone when its machine is changed or removed, and does it afterwards', async () => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    await daemon.ask({
      kind: 'machines',
      id: 'order-001',
      machines: [machineSetup('prusa-1', '/dev/a'), machineSetup('prusa-2', '/dev/b')],
    })
    await until(() => ports.length === 2, 'the ports are open')
    const run = program('two.gcode', 'G28\nG1 X1\n')
    await daemon.ask({ kind: 'run', id: 'order-002', machine: 'prusa-1', run })
    await daemon.ask({ kind: 'machines', id: 'order-003', machines: [machineSetup('prusa-1', '/dev/c')] })
    await until(() => ports[1]?.closed === true, 'the idle one is closed')
    expect(ports[0]?.closed).toBe(false)
    await acknowledge(ports[0], 2)
    await until(() => kinds(daemon, 'job-ended').length === 1, 'the job ended')
    await until(() => ports.length === 3 && ports[0]?.closed === true, 'it is opened with its new port')
  })

  it('does not touch a machine whose name alone changed', async () => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    const setup = machineSetup('prusa-1', '/dev/a')
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [setup] })
    await until(() => ports.length === 1, 'the port is open')
    await daemon.ask({
      kind: 'machines',
      id: 'order-002',
      machines: [{ ...setup, declaration: { ...setup.declaration, name: 'Новое имя' } }],
    })
    expect(ports).toHaveLength(1)
    expect(ports[0]?.closed).toBe(false)
  })

  it('cancels a job that is still being checked, before anything moves', async () => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('prusa-1', '/dev/a')] })
    await until(() => ports.length === 1, 'the port is open')
    daemon.order({ kind: 'run', id: 'order-002', machine: 'prusa-1', run: program('big.gcode', 'G1 X1\n'.repeat(2_000_000)) })
    expect(await daemon.ask({ kind: 'deed', id: 'order-003', machine: 'prusa-1', deed: { kind: 'cancel' } })).toEqual({
      kind: 'answer',
      id: 'order-003',
    })
    await until(() => kinds(daemon, 'answer').some(each => each.kind === 'answer' && each.id === 'order-002'), 'the run is answered')
    expect(kinds(daemon, 'answer').find(each => each.kind === 'answer' && each.id === 'order-002')).toMatchObject({
      fault: { code: 'job-cancelled' },
    })
    expect(ports[0]?.written).toEqual([])
    // Told before the answer, so that nobody queues it anew.
    const order = daemon.reports.filter(each => each.kind === 'job-ended' || (each.kind === 'answer' && each.id === 'order-002'))
    expect(order.map(each => each.kind)).toEqual(['job-ended', 'answer'])
    expect(order[0]).toMatchObject({ end: { outcome: 'cancelled', lines: 0 } })
  })

  it('ends in order: jobs are cancelled first, the answer still comes', async () => {
    const { room, socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('prusa-1', '/dev/a')] })
    await until(() => ports.length === 1, 'the port is open')
    await daemon.ask({ kind: 'run', id: 'order-002', machine: 'prusa-1', run: program('two.gcode', 'G28\nG1 X1\n') })
    expect(await daemon.ask({ kind: 'shutdown', id: 'order-003', cancel: true })).toEqual({ kind: 'answer', id: 'order-003' })
    await room.ended
    expect(ports[0]?.written.at(-1)).toBe('\x18')
    expect(ports[0]?.closed).toBe(true)
    expect(kinds(daemon, 'job-ended')).toMatchObject([{ end: { outcome: 'cancelled' } }])
  })

  it('thins telemetry to what an eye takes in', async () => {
    const { socket, ports } = await openRoom()
    const daemon = await startDaemon(socket)
    await daemon.ask({ kind: 'machines', id: 'order-001', machines: [machineSetup('prusa-1', '/dev/a')] })
    await until(() => ports.length === 1, 'the port is open')
    await daemon.ask({ kind: 'run', id: 'order-002', machine: 'prusa-1', run: program('many.gcode', 'G1 X1\n'.repeat(2000)) })
    const begun = Date.now()
    for (let i = 0; i < 1900; i++) {
      ports[0]?.ear.line('ok')
      if (i % 50 === 0) await new Promise(resolve => setTimeout(resolve, 20))
    }
    const seconds = (Date.now() - begun) / 1000
    expect(kinds(daemon, 'telemetry').length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
    expect(kinds(daemon, 'telemetry').length).toBeGreaterThan(0)
  })
})

describe('the door', () => {
  it('is for its owner alone, and takes over what a dead room left', async () => {
    const { socket, door } = await openRoom()
    expect(statSync(socket).mode & 0o777).toBe(0o600)
    const second = await openDoor(socket, { order: () => undefined, leave: () => undefined }, silentLog)
    expect(second).toBeUndefined()
    await door.close()
    writeFileSync(socket, '')
    const third = await openDoor(socket, { order: () => undefined, leave: () => undefined }, silentLog)
    expect(third).toBeDefined()
    await third?.close()
  })
})

describe('the lock', () => {
  it('is held by one, and taken over from the dead', async () => {
    const first = await takeLock(folder)
    expect(first).toBeDefined()
    expect(await takeLock(folder)).toBeUndefined()
    await first?.release()
    // A process number that was ours before the power cut and is somebody else's now.
    writeFileSync(join(folder, 'room.lock'), `${process.pid} 1 another-boot`)
    const second = await takeLock(folder)
    expect(second).toBeDefined()
    await second?.release()
  })
})
