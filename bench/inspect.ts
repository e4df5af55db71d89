// How fast programs are analysed, and whether memory stays flat: npm run bench -- inspect

import type { Model } from '../protocols/contract/model.ts'
import { createAnalyser, type MachineFacts } from '../protocols/gcode/analyse.ts'
import { benchBeside } from './beside.ts'

const chunkBytes = 256 * 1024

const motion = {
  maxRate: { x: 500, y: 500, z: 10, e: 60 },
  acceleration: { x: 1000, y: 1000, z: 100, e: 5000 },
  stepsPerMm: { x: 80, y: 80, z: 400, e: 93 },
}

const printer: Model = {
  id: 'bench-printer',
  name: 'Bench printer',
  kind: 'printer',
  dialect: 'marlin',
  source: 'bench',
  area: { x: [0, 220], y: [0, 220], z: [0, 250] },
  serial: { baud: 250_000, bootMs: 0 },
  limits: { nozzleMaxC: 260, bedMaxC: 110 },
  motion: { ...motion, printAcceleration: 800, jerk: { x: 8, y: 8, z: 0.4, e: 5 }, plannerBlocks: 16 },
  stream: { windowLines: 4, windowBytes: 120, lineLengthMax: 95 },
  quirks: [],
}

const laser: Model = {
  ...printer,
  id: 'bench-laser',
  name: 'Bench laser',
  kind: 'laser',
  dialect: 'grbl',
  area: { x: [0, 400], y: [0, 400], z: [0, 0] },
  limits: { powerFull: 1000 },
  motion: { ...motion, junctionDeviation: 0.01, arcTolerance: 0.002, plannerBlocks: 15 },
  stream: { windowLines: 1, windowBytes: 127, lineLengthMax: 79 },
}

/** Lines of a print: walls of small circles, layer by layer, as a slicer writes them. */
function* print(): Generator<string> {
  yield ';FLAVOR:Marlin\nM140 S60\nM104 S200\nM190 S60\nM109 S200\nG28\nG90\nM82\nG92 E0\n'
  let e = 0
  for (let layer = 0; ; layer++) {
    const z = ((layer % 1000) + 1) * 0.2
    let text = `;LAYER_CHANGE\n;Z:${z.toFixed(1)}\nG1 Z${z.toFixed(3)} F600\nG1 E${(e - 2).toFixed(5)} F2400\nG0 X${(100 + (layer % 7)).toFixed(3)} Y110 F9000\nG1 E${e.toFixed(5)} F2400\n;TYPE:Perimeter\nG1 F1800\n`
    for (let i = 1; i <= 500; i++) {
      e += 0.0312
      const r = 20 + (i % 100) * 0.05
      text += `G1 X${(110 + r * Math.cos(i / 15)).toFixed(3)} Y${(110 + r * Math.sin(i / 15)).toFixed(3)} E${e.toFixed(5)}\n`
    }
    yield text
  }
}

/** Rows of 0.1-mm pixels with a power each. */
function* raster(): Generator<string> {
  yield 'G21 G90\nM4 S0\nF3000\n'
  for (let row = 0; ; row++) {
    const y = (row % 3900) * 0.1
    let text = `G0 X0 Y${y.toFixed(1)}\n`
    for (let i = 1; i <= 1000; i++) text += `G1 X${(row % 2 === 0 ? i / 10 : 100 - i / 10).toFixed(1)} S${(i * 37 + row * 11) % 1000}\n`
    yield text
  }
}

type Result = { lines: number; bytes: number; seconds: number; cpuSeconds: number; rss: number }

function run(source: () => Generator<string>, megabytes: number, machines: MachineFacts[]): Result {
  // A part is made once and fed again and again: making text is not what is measured, and it must not fill memory.
  const parts: Buffer[] = []
  let made = 0
  for (const text of source()) {
    parts.push(Buffer.from(text))
    made += text.length
    if (made > Math.min(megabytes, 4) * 1e6) break
  }
  const head = parts.shift() ?? Buffer.alloc(0)
  const block = Buffer.concat(parts)
  const times = Math.max(1, Math.round((megabytes * 1e6) / block.length))
  const size = head.length + block.length * times
  const analyser = createAnalyser({ name: 'bench.gcode', size, machines })
  let rss = 0
  const start = performance.now()
  const cpu = process.cpuUsage()
  analyser.push(head)
  for (let n = 0; n < times; n++) {
    for (let at = 0; at < block.length; at += chunkBytes) analyser.push(block.subarray(at, at + chunkBytes))
    rss = Math.max(rss, process.memoryUsage.rss())
  }
  const { program } = analyser.finish()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { lines: program.lines, bytes: size, seconds, cpuSeconds: (user + system) / 1e6, rss: Math.max(rss, process.memoryUsage.rss()) }
}

/** Prints a table: program, size, lines per second on this thread, peak memory of the process (a 4 MB part of the program in it). */
export async function benchInspect(): Promise<void> {
  const asPrinter: MachineFacts = { machine: 'printer', kind: 'printer', dialect: 'marlin', model: printer }
  const asLaser: MachineFacts = { machine: 'laser', kind: 'laser', dialect: 'grbl', model: laser }
  const rows: Record<string, unknown>[] = []
  const cases: [string, () => Generator<string>, MachineFacts[]][] = [
    ['print, one Marlin machine', print, [asPrinter]],
    ['laser raster, one Grbl machine', raster, [asLaser]],
    ['print, school of both', print, [asPrinter, asLaser]],
  ]
  for (const [what, source, machines] of cases) {
    for (const megabytes of [1, 30, 300]) {
      const { lines, bytes, seconds, cpuSeconds, rss } = run(source, megabytes, machines)
      rows.push({
        program: what,
        MB: Math.round(bytes / 1e5) / 10,
        lines,
        seconds: Math.round(seconds * 100) / 100,
        'lines/s': Math.round(lines / seconds),
        // The same without what other processes took of the core meanwhile.
        'lines/CPU s': Math.round(lines / cpuSeconds),
        'peak RSS MB': Math.round(rss / 1e6),
      })
    }
  }
  console.table(rows)
  await benchBeside()
}
