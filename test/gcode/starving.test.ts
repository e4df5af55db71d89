// The forecast against a machine simulated in small steps of time: bytes on a wire, a receive buffer, a ring of blocks, a speed.
// It shares no line with the forecast: it knows no windows and no formulas for time, only what happens next.
import { expect, it } from 'vitest'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { laser, laserModel } from './machines.ts'

type Move = { bytes: number; length: number; dx: number; dy: number; feed: number }
type Machine = { baud: number; ring: number; buffer: number; acceleration: number; linesPerSecond: number }

/** Seconds that the machine needs; dt in seconds. */
function simulate(moves: Move[], machine: Machine, dt: number): number {
  type Block = { length: number; v: number; max: number; entry: number; dx: number; dy: number }
  const ring: Block[] = []
  const { acceleration: a } = machine
  let [wire, buffered, next, arrived] = [0, 0, 0, 0]
  let [at, speed, time, parsing] = [0, 0, 0, 0]
  while (next < moves.length || ring.length > 0) {
    time += dt
    // The host keeps the receive buffer full (character counting), no faster than the wire.
    wire += dt * (machine.baud / 10)
    while (arrived < moves.length) {
      const bytes = moves[arrived]?.bytes ?? 0
      if (buffered + bytes > machine.buffer) {
        wire = Math.min(wire, bytes)
        break
      }
      if (wire < bytes) break
      wire -= bytes
      buffered += bytes
      arrived++
    }
    // The controller reads a line when it has room for it and time.
    parsing = Math.max(0, parsing - dt)
    let fresh = false
    while (next < arrived && ring.length < machine.ring && parsing < dt) {
      const move = moves[next++]
      if (move === undefined) break
      buffered -= move.bytes
      parsing += 1 / machine.linesPerSecond
      const before = ring.at(-1)
      let max = 0
      if (before !== undefined) {
        const cos = -(before.dx * move.dx + before.dy * move.dy)
        if (cos < -0.999999) max = Math.min(before.v, move.feed)
        else if (cos <= 0.999999) {
          const [jx, jy] = [move.dx - before.dx, move.dy - before.dy]
          const norm = Math.hypot(jx, jy)
          const limit = Math.min(...[jx, jy].filter(part => part !== 0).map(part => (a * norm) / Math.abs(part)))
          const s = Math.sqrt((1 - cos) / 2)
          max = Math.min(before.v, move.feed, Math.sqrt((limit * laserDeviation * s) / (1 - s)))
        }
      }
      ring.push({ length: move.length, v: move.feed, max, entry: 0, dx: move.dx, dy: move.dy })
      fresh = true
    }
    if (fresh) {
      let exit = 0
      for (let i = ring.length - 1; i >= 1; i--) {
        const block = ring[i]
        if (block === undefined) continue
        block.entry = Math.min(block.max, Math.sqrt(exit * exit + 2 * a * block.length))
        exit = block.entry
      }
    }
    let left = dt
    while (left > 1e-12 && ring.length > 0) {
      const head = ring[0]
      if (head === undefined) break
      const exit = ring[1]?.entry ?? 0
      const rest = head.length - at
      const braking = speed > exit && (speed * speed - exit * exit) / (2 * a) >= rest - 1e-9
      const goal = braking ? exit : head.v
      const change = Math.min(Math.abs(goal - speed), a * left) * Math.sign(goal - speed)
      const mean = Math.max(speed + change / 2, 1e-4)
      const step = Math.min(left, rest / mean)
      at += mean * step
      speed += change * (step / left)
      left -= step
      if (head.length - at < 1e-9) {
        at = 0
        ring.shift()
        if (ring.length === 0) speed = 0
      }
    }
  }
  return time
}

const laserDeviation = 0.01

/** Raster rows there and back, or a zig-zag: text and moves of the same program. */
function program(rows: number, pixels: number, step: number, feed: number): { text: string; moves: Move[] } {
  const lines = [`G1F${feed}`]
  const moves: Move[] = []
  let x = 0
  for (let row = 0; row < rows; row++) {
    const way = row % 2 === 0 ? 1 : -1
    for (let i = 0; i < pixels; i++) {
      x = Math.round((x + way * step) * 1000) / 1000
      lines.push(`G1X${x}S${(i * 37) % 1000}`)
      moves.push({ bytes: (lines.at(-1)?.length ?? 0) + 1, length: step, dx: way, dy: 0, feed: feed / 60 })
    }
    lines.push(`G1Y${(row + 1) / 10}`)
    moves.push({ bytes: (lines.at(-1)?.length ?? 0) + 1, length: 0.1, dx: 0, dy: 1, feed: feed / 60 })
  }
  return { text: `${lines.join('\n')}\n`, moves }
}

it.for<[string, number, number, number, number, Partial<Machine>]>([
  ['a raster that the wire cannot feed', 6, 300, 0.1, 6000, { baud: 38_400 }],
  ['a raster at the wire’s limit', 6, 300, 0.1, 6000, {}],
  ['a raster bound by its look-ahead', 6, 300, 0.05, 6000, { baud: 1_000_000 }],
  ['a raster with a slow controller', 6, 300, 0.1, 6000, { linesPerSecond: 300 }],
  ['a slow raster with wide pixels', 4, 100, 0.5, 1800, {}],
  ['a small ring', 4, 200, 0.1, 6000, { ring: 8, baud: 500_000 }],
  ['a deep ring', 4, 400, 0.1, 6000, { ring: 100, buffer: 1024, baud: 500_000 }],
  ['short rows', 40, 10, 0.2, 3000, {}],
])('%s: within two per cent of the machine', ([, rows, pixels, step, feed, more]) => {
  const machine: Machine = { baud: 115_200, ring: 15, buffer: 127, acceleration: 500, linesPerSecond: 5000, ...more }
  const { text, moves } = program(rows, pixels, step, feed)
  const model = {
    ...laserModel,
    serial: { baud: machine.baud, bootMs: 0 },
    stream: { ...laserModel.stream, windowBytes: machine.buffer },
    motion: {
      ...laserModel.motion,
      acceleration: { x: machine.acceleration, y: machine.acceleration, z: 50 },
      plannerBlocks: machine.ring,
      linesPerSecond: machine.linesPerSecond,
    },
  }
  const bytes = new TextEncoder().encode(text)
  const analyser = createAnalyser({ name: 'a.nc', size: bytes.length, machines: [{ ...laser, model }] })
  analyser.push(bytes)
  const forecast = analyser.finish().program.machines[0]?.motionSeconds ?? 0
  const real = simulate(moves, machine, 0.0002)
  expect(Math.abs(forecast - real) / real, `forecast ${forecast}, machine ${real}`).toBeLessThan(0.02)
})
