// Armed over a real port: a simulated controller's own button sets a job going, and nothing else does.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Clock } from '../../drivers/clock.ts'
import { createPorts } from '../../drivers/ports.ts'
import { Runner } from '../../drivers/runner.ts'
import type { JobEnd } from '../../protocols/contract/job.ts'
import { createGrblSession } from '../../protocols/grbl/session.ts'
import type { ProgramCursor, SessionReport } from '../../protocols/session.ts'
import { type RunningDevice, startDevice } from '../devices/device.ts'
import { GrblMachine } from '../devices/grbl/machine.ts'
import { realClock, silentLog, until } from './support/fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsekh-armed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = ['G21 G90', 'M3 S800', 'G1 X12 F6000', 'G1 Y7', 'M5', 'G0 X0 Y0']

function cursorOf(lines: readonly string[]): ProgramCursor {
  let at = 0
  return {
    next: () => {
      const text = lines[at++]
      return text === undefined ? 'end' : { text, number: at, endByte: at * 10 }
    },
  }
}

/** A clock that runs faster than the ports: two minutes of a person's time pass in two seconds. */
const hurried = (factor: number): Clock => {
  const since = Date.now()
  return { now: () => since + Math.floor((Date.now() - since) * factor), wall: atMs => atMs }
}

async function bench(kind: 'grbl' | 'grblhal' | 'fluidnc', listen = 'tcp://127.0.0.1:0', clock = realClock) {
  const device = await startDevice({ kind, listen, speed: 50, bootMs: 10 })
  const bytes: number[] = []
  device.onByte(what => void (typeof what === 'number' && bytes.push(what)))
  const reports: SessionReport[] = []
  const runner = new Runner({
    port: device.url.replace('pty://', ''),
    baud: 115_200,
    open: createPorts(async () => []),
    createSession: () =>
      createGrblSession({
        bootMs: 20,
        windowLines: 1,
        windowBytes: 120,
        lineLengthMax: 79,
        quirks: [],
        constantPowerAllowed: true,
        machineKind: 'mill',
      }),
    report: report => reports.push(report),
    clock,
    random: () => 0,
    log: silentLog,
  })
  runner.start()
  await until(() => runner.state.state === 'ready', 'it is ready', 10_000)
  return {
    device,
    runner,
    bytes,
    ends: (): JobEnd[] => reports.flatMap(report => (report.kind === 'job-ended' ? [report.end] : [])),
    started: () => reports.filter(report => report.kind === 'job-started').length,
    answers: (): (string | undefined)[][] => reports.flatMap(report => (report.kind === 'answer' ? [[report.id, report.fault?.code]] : [])),
    async arm(lines = program): Promise<void> {
      expect(runner.run('job-00000001', cursorOf(lines), false, true)).toBeUndefined()
      await until(() => runner.state.state === 'attention', 'it waits for its button', 10_000)
    },
    [Symbol.asyncDispose]: async () => {
      await runner.stop()
      await device.stop()
    },
  }
}

/** Where the machine stands, and whether anything turns or burns. */
function still(device: RunningDevice): { mode: string; position: readonly number[]; spindle: string } {
  const { mode, position } = device.state()
  const spindle = device.machine instanceof GrblMachine ? device.machine.core.beam.order.direction : 'not a Grbl'
  return { mode, position, spindle }
}
const atRest = (mode: string) => ({ mode, position: [0, 0, 0], spindle: 'off' })
const cycleStart = 0x7e

describe('an armed machine', () => {
  it.for([
    ['grbl', 'tcp://127.0.0.1:0'],
    ['grblhal', 'tcp://127.0.0.1:0'],
    ['fluidnc', 'tcp://127.0.0.1:0'],
    ['grbl', `pty://${join(folder, 'tty')}`],
  ] as const)('of %s on %s stands still and dark until its button is pressed, then works the whole program', async ([kind, listen]) => {
    await using here = await bench(kind, listen)
    await here.arm()
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(still(here.device)).toEqual(atRest('Hold:0'))
    expect(here.device.moved.count).toBe(0)
    expect(here.started()).toBe(0)
    here.device.press('start')
    await until(() => here.ends().length === 1, 'it is done', 10_000)
    expect(here.ends()).toMatchObject([{ outcome: 'completed', lines: program.length }])
    expect(here.started()).toBe(1)
    expect(here.device.moved.count).toBe(3)
    expect(here.bytes).not.toContain(cycleStart)
  })

  it('goes back into the queue when two minutes have passed, and a press that comes too late moves nothing', async () => {
    await using here = await bench('grbl', undefined, hurried(60))
    await here.arm()
    await until(() => here.ends().length === 1, 'the two minutes are over', 15_000)
    expect(here.ends()).toMatchObject([{ outcome: 'cancelled', again: true, fault: { code: 'not-pressed' } }])
    await until(() => here.runner.state.state === 'ready', 'it is ready again', 10_000)
    here.device.press('start')
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(still(here.device)).toEqual(atRest('Idle'))
    expect(here.device.moved.count).toBe(0)
    expect(here.bytes).not.toContain(cycleStart)
  })

  it('is stopped by a person: the job is back, and the button does nothing', async () => {
    await using here = await bench('grbl')
    await here.arm()
    here.runner.deed('deed-1', { kind: 'resume' })
    here.runner.deed('deed-2', { kind: 'stop' })
    await until(() => here.ends().length === 1, 'it is stopped', 10_000)
    expect(here.answers()).toEqual([
      ['deed-1', 'armed'],
      ['deed-2', undefined],
    ])
    expect(here.ends()).toMatchObject([{ outcome: 'cancelled', again: true }])
    await until(() => here.runner.state.state === 'ready', 'it is ready', 10_000)
    here.device.press('start')
    expect(here.device.moved.count).toBe(0)
    await here.arm()
    here.device.press('start')
    await until(() => here.ends().length === 2, 'the next one is done', 10_000)
    expect(here.ends()[1]).toMatchObject({ outcome: 'completed' })
  })

  it.for([
    ['its reset button', (device: RunningDevice): void => device.press('reset')],
    ['its lid', (device: RunningDevice): void => device.provoke({ kind: 'door', open: true })],
    ['a limit switch', (device: RunningDevice): void => device.provoke({ kind: 'hard-limit', axis: 'X' })],
    ['a power cut', (device: RunningDevice): void => device.reset()],
    ['a pulled cable', (device: RunningDevice): void => void device.unplug()],
  ] as const)('is disarmed by %s', async ([, happens]) => {
    await using here = await bench('grbl')
    await here.arm()
    happens(here.device)
    await until(() => here.ends().length === 1, 'the job is back', 10_000)
    expect(here.ends()).toMatchObject([{ again: true, lines: 0 }])
    here.device.press('start')
    await new Promise(resolve => setTimeout(resolve, 150))
    expect(here.device.moved.count).toBe(0)
    expect(here.started()).toBe(0)
    expect(here.bytes).not.toContain(cycleStart)
  })

  it('found in its hold after the port came back, begins nothing at a press', async () => {
    await using here = await bench('grbl')
    await here.arm()
    await here.device.unplug()
    await until(() => here.ends().length === 1, 'the job is back', 10_000)
    await here.device.plug()
    await until(() => here.runner.state.state === 'foreign', 'its hold is seen', 15_000)
    here.device.press('start')
    await until(() => here.runner.state.state === 'ready', 'it is known again', 15_000)
    expect(here.device.moved.count).toBe(0)
  })

  it("keeps a program's own M0: the second wait is ended from the screen", async () => {
    await using here = await bench('grbl')
    await here.arm(['G21', 'G1 X3 F6000', 'M0', 'G1 X6'])
    here.device.press('start')
    await until(() => here.device.moved.count === 1 && here.runner.state.state === 'attention', 'the program pauses', 10_000)
    here.runner.deed('deed-1', { kind: 'resume' })
    await until(() => here.ends().length === 1, 'it is done', 10_000)
    expect(here.ends()).toMatchObject([{ outcome: 'completed' }])
    expect(here.bytes.filter(byte => byte === cycleStart)).toHaveLength(1)
  })
})
