// `tsekh stream` against simulated machines: what is said, what is sent, and when it counts as done.
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StreamSummary } from '../../drivers/stream/streaming.ts'
import { streamCommand } from '../../drivers/stream.ts'
import { silenceAfter } from '../devices/behaviours.ts'
import { type DeviceOptions, type RunningDevice, startDevice } from '../devices/device.ts'
import { machineSetup, until } from './support/fakes.ts'

let folder = ''
const devices: RunningDevice[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsekh-stream-'))
})
afterEach(async () => {
  for (const device of devices.splice(0)) await device.stop()
  rmSync(folder, { recursive: true, force: true })
})

type WithoutListen<O> = O extends DeviceOptions ? Omit<O, 'listen'> & { listen?: string } : never

async function device(options: WithoutListen<DeviceOptions>): Promise<RunningDevice> {
  const made = await startDevice({ listen: 'tcp://127.0.0.1:0', ...options })
  devices.push(made)
  return made
}

function file(content: string | Uint8Array, name = 'program.gcode'): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Runs the command as a terminal would, collecting what it says. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const signals = new EventEmitter()
  const said = { out: '', err: '' }
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    on: (signal: string, listener: () => void) => signals.on(signal, listener),
    off: (signal: string, listener: () => void) => signals.off(signal, listener),
    env,
  }
  const models = () => new Map([['test', machineSetup('m', '/dev/null').model]])
  const status = streamCommand(args, io, models)
  return { status, said, press: () => signals.emit('SIGINT'), signals }
}

/** The one JSON object on standard output; there must be nothing else. */
function summaryOf(out: string): StreamSummary {
  expect(out.endsWith('\n')).toBe(true)
  expect(out.trim().split('\n')).toHaveLength(1)
  return JSON.parse(out)
}

async function stream(args: readonly string[]) {
  const { status, said } = start([...args, '--json'])
  return { status: await status, summary: summaryOf(said.out), err: said.err }
}

const square = 'G21 G90 G94\nG0 X0 Y0\nG1 X20 Y0 F3000\nG1 X20 Y20\nG1 X0 Y20\nG1 X0 Y0\nM5\n'
const fast = { $110: 6000, $111: 6000, $120: 500, $121: 500 }
/** Half a minute of moves. */
const long = Array.from({ length: 600 }, (_, i) => `G1 X${(i % 2) * 20} Y${i % 30} F3000`).join('\n')

describe('tsekh stream', () => {
  it('cuts over TCP, and says done on evidence', async () => {
    const mill = await device({ kind: 'grbl', settings: fast, speed: 5 })
    const { status, summary } = await stream([file(square), '--dialect', 'grbl', '--port', mill.url])
    expect(status).toBe(0)
    expect(summary).toMatchObject({ outcome: 'completed', lines: 7, bytes: square.length, resends: 0, firmware: 'Grbl 1.1h' })
    expect(summary.seconds).toBeGreaterThan(0)
    expect(summary.linesPerSecond).toBeGreaterThan(0)
    expect(summary.fault).toBeUndefined()
    expect(mill.state()).toMatchObject({ mode: 'Idle', moving: false })
  })

  it('prints over a pseudo-terminal at 250000 baud with four lines in flight', async () => {
    const printer = await device({ kind: 'marlin', listen: `pty://${join(folder, 'printer')}`, speed: 30 })
    const text = `G28\nM104 S40\n${long}\nM104 S0\n`
    const args = [file(text), '--dialect', 'marlin', '--port', printer.port, '--baud', '250000', '--window', '4']
    const { status, summary } = await stream(args)
    expect(summary).toMatchObject({ outcome: 'completed', lines: 603, resends: 0, firmware: expect.stringContaining('Marlin') })
    expect(status).toBe(0)
  })

  it.for(['grbl', 'grblhal', 'fluidnc'] as const)('lets no byte of a comment out to %s, and ends lines with a bare LF', async kind => {
    const mill = await device({ kind, speed: Number.POSITIVE_INFINITY })
    const bytes: number[] = []
    mill.onChunk(chunk => bytes.push(...chunk))
    const text = '; Программа\r\nG21 (фреза)\r\nG1 X1 F300 (hello!)\r\nG1 X2 ; сопло ~?\r\n'
    const { summary } = await stream([file(text, 'Деталь № 1.nc'), '--dialect', 'grbl', '--port', mill.url])
    expect(summary).toMatchObject({ outcome: 'completed', lines: 3 })
    const wire = Buffer.from(bytes).toString('latin1')
    expect(wire).toContain('G21\nG1X1F300\nG1X2\n')
    expect(wire).not.toContain('\r')
    expect(wire).not.toMatch(/[\x80-\xff!~(;]/)
  })

  it.for<[string, string | Uint8Array, 'grbl' | 'marlin', Partial<StreamSummary['fault'] & object>]>([
    ['an empty file', '', 'grbl', { code: 'program-empty' }],
    ['a file of comments', '; nothing\n\n(nothing)\n', 'grbl', { code: 'program-empty' }],
    ['a binary', Uint8Array.from({ length: 4000 }, (_, i) => (i * 37) % 256), 'marlin', {}],
    ['a line of a megabyte', `G28\n${'X'.repeat(1 << 20)}\n`, 'marlin', { line: 2 }],
    ['a line over 95 characters for Marlin', `G28\nG1 ${'X1.234567 '.repeat(10)}\n`, 'marlin', { code: 'line-too-long', line: 2 }],
    ['a line over 79 characters for Grbl', `G21\nG1${'X1.234567'.repeat(9)}\n`, 'grbl', { code: 'line-too-long', line: 2 }],
    ['a setting', 'G21\n\n$100=250\n', 'grbl', { line: 3 }],
    ['an EEPROM write', 'G28\nM500\n', 'marlin', { line: 2 }],
  ])('refuses %s before the start', async ([, content, dialect, fault]) => {
    const machine = await device({ kind: dialect, speed: Number.POSITIVE_INFINITY })
    const { status, summary, err } = await stream([file(content), '--dialect', dialect, '--port', machine.url])
    expect(status).toBe(1)
    expect(summary).toMatchObject({ outcome: 'failed', lines: 0, fault })
    expect(summary.fault?.text.ru).toMatch(/[а-я]/)
    expect(err).toContain(summary.fault?.text.en)
    expect(machine.state().position.slice(0, 3)).toEqual([0, 0, 0])
  })

  it('names every refused line', async () => {
    const mill = await device({ kind: 'grbl', speed: Number.POSITIVE_INFINITY })
    const { summary, err } = await stream([file('$1=2\nG21\n$3=4\n'), '--dialect', 'grbl', '--port', mill.url])
    expect(summary.fault?.line).toBe(1)
    expect(err).toMatch(/^3: /m)
  })

  it.for<[string, string[], string]>([
    ['no such file', ['/no/such/file', '--dialect', 'grbl', '--port', 'tcp://127.0.0.1:1'], 'program-missing'],
    ['a folder', ['/tmp', '--dialect', 'grbl', '--port', 'tcp://127.0.0.1:1'], 'program-missing'],
    ['nobody at the port', [import.meta.filename, '--dialect', 'grbl', '--port', 'tcp://127.0.0.1:1'], 'port-unreachable'],
    ['no such port', [import.meta.filename, '--dialect', 'marlin', '--port', '/dev/tsekh-no-such'], 'port-missing'],
    ['an unknown model', [import.meta.filename, '--dialect', 'marlin', '--port', '/dev/x', '--model', 'ender-9'], 'model-unknown'],
  ])('says so at once: %s', async ([, args, code]) => {
    const { status, summary } = await stream(args)
    expect([status, summary.fault?.code]).toEqual([1, code])
  })

  it.for<[string, string[]]>([
    ['no file', ['--dialect', 'grbl', '--port', '/dev/x']],
    ['two files', ['a', 'b', '--dialect', 'grbl', '--port', '/dev/x']],
    ['no dialect', ['a', '--port', '/dev/x']],
    ['another dialect', ['a', '--dialect', 'klipper', '--port', '/dev/x']],
    ['no port', ['a', '--dialect', 'grbl']],
    ['another kind of port', ['a', '--dialect', 'grbl', '--port', 'COM3']],
    ['a silly speed', ['a', '--dialect', 'grbl', '--port', '/dev/x', '--baud', 'fast']],
    ['a silly window', ['a', '--dialect', 'marlin', '--port', '/dev/x', '--window', '5']],
    ['an unknown option', ['a', '--dialect', 'grbl', '--port', '/dev/x', '--turbo']],
  ])('refuses its arguments: %s', async ([, args]) => {
    const { status, summary, err } = await stream(args)
    expect([status, summary.outcome, summary.fault?.code]).toEqual([2, 'failed', 'bad-arguments'])
    expect(err).toMatch(/^tsekh stream: .+[.\w]/)
  })

  it('says when nothing answers', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const { status, summary } = await stream([file(square), '--dialect', 'grbl', '--port', port, '--answer-seconds', '2'])
    server.close()
    expect([status, summary.fault?.code]).toEqual([1, 'no-answer'])
  })

  it('refuses M3 to a laser, known by $32, and lets a technician have it', async () => {
    const laser = await device({ kind: 'grbl', settings: { ...fast, $32: 1 }, speed: 10 })
    const program = file('G21\nM3 S100\nG1 X5 F1000\nM5\n')
    const refused = await stream([program, '--dialect', 'grbl', '--port', laser.url])
    expect(refused.summary.fault).toMatchObject({ code: 'constant-power', line: 2 })
    const allowed = await stream([program, '--dialect', 'grbl', '--port', laser.url, '--allow-constant-power'])
    expect(allowed.summary.outcome).toBe('completed')
  })

  it.for([
    [[], 'failed'],
    [['--unlock'], 'completed'],
    [['--home'], 'completed'],
  ] as const)('meets a locked machine; with %j it is %s', async ([more, outcome]) => {
    const mill = await device({ kind: 'grbl', settings: { ...fast, $22: 1, $24: 500, $25: 3000 }, speed: 20 })
    const { summary } = await stream([file('G21\nG1 X-5 F1000\n'), '--dialect', 'grbl', '--port', mill.url, ...more])
    expect(summary.outcome).toBe(outcome)
    if (outcome === 'failed') expect(summary.fault?.code).toBe('machine-locked')
  })

  it('cancels on Ctrl-C: the mill comes to rest, its position kept', async () => {
    const mill = await device({ kind: 'grbl', settings: fast })
    const { status, said, press, signals } = start([file(long), '--dialect', 'grbl', '--port', mill.url, '--json'])
    await until(() => mill.state().moving && mill.oks > 17, 'it moves')
    press()
    expect(await status).toBe(130)
    const summary = summaryOf(said.out)
    expect(summary.outcome).toBe('cancelled')
    expect(summary.lines).toBeGreaterThan(0)
    expect(mill.state()).toMatchObject({ mode: 'Idle', moving: false })
    expect(signals.listenerCount('SIGINT')).toBe(0)
  })

  it('cancels a print on Ctrl-C with the heaters off', async () => {
    const printer = await device({ kind: 'marlin', speed: 10 })
    const { status, said, press } = start([file(`M104 S200\nG28\n${long}\n`), '--dialect', 'marlin', '--port', printer.url, '--json'])
    await until(() => printer.oks > 20, 'it prints')
    press()
    expect(await status).toBe(130)
    expect(summaryOf(said.out).outcome).toBe('cancelled')
    expect(Object.values(printer.state().heaters).every(heater => heater.target === 0)).toBe(true)
  })

  it('stops on the second Ctrl-C, and leaves on the third though the machine is dumb', async () => {
    const mill = await device({ kind: 'grbl', settings: fast, behaviours: [silenceAfter(30)] })
    const { status, said, press } = start([file(long), '--dialect', 'grbl', '--port', mill.url, '--json'])
    await until(() => said.err.includes('Streaming') && mill.state().moving, 'it moves')
    await new Promise(resolve => setTimeout(resolve, 500))
    press()
    press()
    press()
    expect(await status).toBe(1)
    expect(summaryOf(said.out)).toMatchObject({ outcome: 'interrupted', fault: { code: 'interrupted-by-hand' } })
  })

  it.for<[string, (mill: RunningDevice) => unknown]>([
    ['the board resets', mill => mill.reset()],
    ['the cable is pulled', mill => mill.unplug()],
  ])('is not done when %s in mid-job', async ([, happen]) => {
    const mill = await device({ kind: 'grbl', settings: fast })
    const { status, said } = start([file(long), '--dialect', 'grbl', '--port', mill.url, '--json'])
    await until(() => mill.state().moving, 'it moves')
    await happen(mill)
    expect(await status).toBe(1)
    expect(summaryOf(said.out)).toMatchObject({ outcome: 'interrupted', fault: { text: { en: expect.any(String) } } })
  })

  it('speaks Russian to whoever does', async () => {
    const { status, said } = start(['/no/such', '--dialect', 'grbl', '--port', '/dev/x'], { LANG: 'ru_RU.UTF-8' })
    expect(await status).toBe(1)
    expect(said.err).toContain('Файл программы не читается.')
    expect(said.out).toBe('')
  })
})
