// G-code on the wire against the wire's own limit: real serial bytes to simulated machines in processes of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { systemClock } from '../drivers/clock.ts'
import { dialects } from '../drivers/dialects.ts'
import { createPorts } from '../drivers/ports.ts'
import { openProgram } from '../drivers/program.ts'
import { Runner } from '../drivers/runner.ts'
import { gateRules, sessionOptions } from '../drivers/setup.ts'
import { genericModel } from '../drivers/stream/generic.ts'
import type { OpenPort } from '../drivers/transport.ts'
import type { Dialect } from '../protocols/contract/machine.ts'
import { createGate } from '../protocols/gcode/gate.ts'
import { measureProgram } from '../test/devices/measure.ts'

const root = join(import.meta.dirname, '..')
const tsekh = join(root, 'daemon/cli/tsekh.js')
const rasterLines = 20_000
const printLines = 12_000
/** The whole of a large print; TSEKH_BENCH_MB makes it smaller for a quick look. */
const largeMegabytes = Number(process.env.TSEKH_BENCH_MB ?? 300)
/** A file is streamed for at most so long; the share that went through is printed. */
const largeSeconds = Number(process.env.TSEKH_BENCH_SECONDS ?? 420)

/** Without a baud rate the wire takes no time. */
type Cable = { dialect: Dialect; baud?: number; device: readonly string[]; window?: number }
type Outcome = {
  lines: number
  seconds: number
  jobSeconds: number
  wireBytes: number
  cpuMicroseconds: number
  resends: number
  outcome: string
}

/** Prints the table of issue 2, "Speed". The host (this process) and the machine never share a process. */
export async function benchStream(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-bench-'))
  try {
    await onTheWire(folder)
    await againstTheMachine(folder)
    await largeFile(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function onTheWire(folder: string): Promise<void> {
  console.log('\nOn the wire: paced like a UART, over a pseudo-terminal; machines whose motion takes no time')
  console.log(row(['', 'lines', 'lines/s', 'of the wire', 'limit', 'host CPU/line', 'resends', 'end']))
  const raster = join(folder, 'raster.nc')
  writeFileSync(raster, rasterProgram(rasterLines))
  const print = join(folder, 'print.gcode')
  writeFileSync(print, printProgram(printLines))
  const grbl = { dialect: 'grbl', baud: 115_200, device: ['grbl', '--speed', 'max', '--baud', '115200'] } as const
  const marlin = { dialect: 'marlin', baud: 250_000, device: ['marlin', '--speed', 'max', '--baud', '250000', '--latency', '2'] } as const
  const cables: [string, string, Cable][] = [
    ['Grbl 115200, raster', raster, grbl],
    ['Marlin 250000, 2 ms, window 4', print, { ...marlin, window: 4 }],
    ['Marlin 250000, 2 ms, window 1', print, { ...marlin, window: 1 }],
    // What a line costs when the process need not fall asleep and wake for each, as in a room with thirty machines.
    ['Marlin, no pace, window 4', print, { dialect: 'marlin', device: ['marlin', '--speed', 'max'], window: 4 }],
  ]
  for (const [name, file, cable] of cables) {
    const run = await stream(folder, file, cable)
    const share = cable.baud === undefined ? undefined : run.wireBytes / run.seconds / (cable.baud / 10)
    const perSecond = run.lines / run.seconds
    console.log(
      row([
        name,
        String(run.lines),
        perSecond.toFixed(0),
        share === undefined ? '' : `${(share * 100).toFixed(1)} %`,
        share === undefined ? '' : `${(perSecond / share).toFixed(0)} lines/s`,
        `${run.cpuMicroseconds.toFixed(1)} µs`,
        String(run.resends),
        run.outcome,
      ]),
    )
  }
}

async function againstTheMachine(folder: string): Promise<void> {
  console.log("\nThe whole job against the machine's own time: machines that take the time the motion takes, the wire paced")
  console.log(row(['', 'lines', "machine's own", 'job', 'over it']))
  const settings = { $110: 6000, $111: 6000, $120: 500, $121: 500 }
  const cut = contourProgram(1500)
  const grblDevice = ['grbl', '--baud', '115200', ...Object.entries(settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`])]
  const own = measureProgram({ kind: 'grbl', baud: 115_200, machine: { settings } }, cut.split('\n'))
  await compare(folder, 'Grbl 115200, contour', cut, own.seconds, { dialect: 'grbl', baud: 115_200, device: grblDevice })
  const print = `G28\n${contourProgram(1500).replace('G21 G90\n', '')}`
  const printOwn = measureProgram({ kind: 'marlin', baud: 250_000, windowLines: 4 }, print.split('\n'))
  const marlinDevice = ['marlin', '--baud', '250000', '--latency', '2']
  await compare(folder, 'Marlin 250000, window 4', print, printOwn.seconds, {
    dialect: 'marlin',
    baud: 250_000,
    device: marlinDevice,
    window: 4,
  })
}

async function compare(folder: string, name: string, text: string, ownSeconds: number, cable: Cable): Promise<void> {
  const file = join(folder, `${cable.dialect}-own.gcode`)
  writeFileSync(file, text)
  const run = await stream(folder, file, cable)
  const over = (run.jobSeconds / ownSeconds - 1) * 100
  console.log(
    row([name, String(run.lines), `${ownSeconds.toFixed(2)} s`, `${run.jobSeconds.toFixed(2)} s`, `${over.toFixed(2)} % ${run.outcome}`]),
  )
}

async function largeFile(folder: string): Promise<void> {
  console.log(
    `\nA file of ${largeMegabytes} MB through \`tsekh stream\` (check, forecast and all), a machine without limits of speed or wire, TCP`,
  )
  const file = join(folder, 'large.gcode')
  const lines = await writeLarge(file, largeMegabytes)
  const size = statSync(file).size
  const device = await startDevice(['marlin', '--speed', 'max', '--listen', 'tcp://127.0.0.1:0'])
  const child = spawn(process.execPath, [tsekh, 'stream', file, '--dialect', 'marlin', '--port', device.url, '--window', '4', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.on('data', chunk => {
    out += chunk
  })
  let peak = 0
  let early = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, peakMegabytes(child.pid))
    if (early === 0 && performance.now() - begun > 20_000) early = peak
  }, 250)
  const begun = performance.now()
  const bound = setTimeout(() => child.kill('SIGINT'), largeSeconds * 1000)
  await new Promise(done => child.once('exit', done))
  clearInterval(watch)
  clearTimeout(bound)
  await device.stop()
  const summary = JSON.parse(out) as { outcome: string; lines: number; bytes: number; linesPerSecond: number }
  console.log(row(['', 'size', 'lines', 'streamed', 'lines/s', 'peak RSS', 'after 20 s', 'end']))
  console.log(
    row([
      'Marlin, window 4',
      `${(size / 1e6).toFixed(0)} MB`,
      String(lines),
      `${((summary.bytes / size) * 100).toFixed(0)} %`,
      summary.linesPerSecond.toFixed(0),
      `${peak.toFixed(0)} MB`,
      `${(early || peak).toFixed(0)} MB`,
      summary.outcome,
    ]),
  )
}

/** The high-water mark of a process, as the kernel keeps it. */
function peakMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

async function stream(folder: string, path: string, cable: Cable): Promise<Outcome> {
  const device = await startDevice([...cable.device, '--listen', `pty://${join(folder, `${cable.dialect}-port`)}`])
  const clock = systemClock()
  const kind = cable.dialect === 'marlin' ? 'printer' : 'mill'
  const generic = genericModel(cable.dialect, kind, device.port)
  const model = { ...generic, stream: { ...generic.stream, windowLines: cable.window ?? 1 } }
  const counted = { bytes: 0 }
  const size = statSync(path).size
  let ready = () => {}
  const isReady = new Promise<void>(resolve => {
    ready = resolve
  })
  const result: Outcome = { lines: 0, seconds: 0, jobSeconds: 0, wireBytes: 0, cpuMicroseconds: 0, resends: 0, outcome: '' }
  let ended = () => {}
  const isEnded = new Promise<void>(resolve => {
    ended = resolve
  })
  let lastLineAt = 0
  let lastLineBytes = 0
  const runner = new Runner({
    port: device.port,
    baud: cable.baud ?? 115_200,
    open: counting(createPorts(), counted),
    createSession: () => dialects[cable.dialect](sessionOptions({ declaration: { kind }, model })),
    report: report => {
      if (report.kind === 'state' && report.state.state === 'ready') ready()
      if (report.kind === 'progress') {
        result.lines = report.lines
        lastLineAt = performance.now()
        lastLineBytes = counted.bytes
      }
      if (report.kind === 'job-ended') {
        result.outcome = report.end.outcome
        result.resends = report.end.resends
        ended()
      }
    },
    clock,
    random: () => 0,
    log: { info: () => undefined, warn: () => undefined, error: console.error },
  })
  runner.start()
  await isReady
  const gate = createGate(gateRules({ dialect: cable.dialect, kind, model }, runner.firmware, false))
  const cursor = await openProgram({ path, size }, gate, () => runner.more())
  if ('fault' in cursor) throw new Error(cursor.fault.text.en)
  counted.bytes = 0
  const begun = performance.now()
  const cpu = process.cpuUsage()
  const fault = runner.run('bench-job', cursor, false)
  if (fault !== undefined) throw new Error(fault.text.en)
  await isEnded
  const used = process.cpuUsage(cpu)
  // The last line's acknowledgement ends the stream; what follows (a sync, Idle) ends the job.
  result.seconds = (lastLineAt - begun) / 1000
  result.jobSeconds = (performance.now() - begun) / 1000
  result.wireBytes = lastLineBytes
  result.cpuMicroseconds = (used.user + used.system) / result.lines
  await cursor.close()
  await runner.stop()
  await device.stop()
  return result
}

/** Counts what is sent in turn: program lines, framed; realtime bytes go beside them. */
function counting(open: OpenPort, counted: { bytes: number }): OpenPort {
  return async (port, options) => {
    const transport = await open(port, options)
    if ('fault' in transport) return transport
    return {
      ...transport,
      send: bytes => {
        counted.bytes += bytes.length
        transport.send(bytes)
      },
    }
  }
}

async function startDevice(args: readonly string[]): Promise<{ url: string; port: string; stop: () => Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, [tsekh, 'device', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', chunk => {
      said += chunk
      const found = /listening (\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', code => reject(new Error(`the simulated machine ended with status ${code}`)))
  })
  return {
    url,
    port: url.replace(/^pty:\/\//, ''),
    stop: async () => {
      const gone = new Promise(done => child.once('exit', done))
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** A picture burnt line by line: 0.1 mm pixels of changing power, as an engraver's program looks. */
function rasterProgram(lines: number): string {
  const out = ['G21 G90', 'M4 S0', 'G0 X0 Y0', 'F3000']
  for (let i = out.length; i < lines; i++) out.push(`G1 X${((i % 2000) / 10).toFixed(1)} S${(i * 37) % 1000}`)
  return `${out.join('\n')}\n`
}

/** Short extrusions whose frames are 40 bytes on the wire, number and checksum included. */
function printProgram(lines: number): string {
  const out: string[] = []
  for (let i = 1; i <= lines; i++) {
    const head = `G1 X${(50 + (i % 100) / 2).toFixed(2)} Y${(50 + (i % 90) / 3).toFixed(2)} E`
    // `N` number blank … `*` checksum, mostly three digits, line end.
    const room = 40 - (String(i).length + 2) - 4 - 1 - head.length
    out.push(head + (i % 8).toString().padEnd(2, '.').padEnd(Math.max(3, room), '1'))
  }
  return `M83\nM302 P1\n${out.join('\n')}\n`
}

/** A contour of segments a fraction of a millimetre to some millimetres long. */
function contourProgram(lines: number): string {
  const out = ['G21 G90', 'G1 F3000']
  for (let i = 0; i < lines; i++) {
    const angle = (i / 60) * Math.PI
    const radius = 20 + 10 * Math.sin(i / 40)
    out.push(`G1 X${(50 + radius * Math.cos(angle)).toFixed(3)} Y${(50 + radius * Math.sin(angle)).toFixed(3)}`)
  }
  return `${out.join('\n')}\n`
}

async function writeLarge(path: string, megabytes: number): Promise<number> {
  const file = createWriteStream(path)
  const block = Array.from(
    { length: 1000 },
    (_, i) => `G1 X${(100 + (i % 77) / 7).toFixed(4)} Y${(100 + (i % 91) / 9).toFixed(4)} F3000 ; layer part ${i % 10}`,
  ).join('\n')
  let lines = 0
  for (let written = 0; written < megabytes * 1e6; written += block.length + 1) {
    if (!file.write(`${block}\n`)) await new Promise<void>(resolve => file.once('drain', () => resolve()))
    lines += 1000
  }
  file.end()
  await finished(file)
  return lines
}

function row(cells: readonly string[]): string {
  const [first = '', ...others] = cells
  return first.padEnd(32) + others.map(cell => cell.padStart(15)).join('')
}
