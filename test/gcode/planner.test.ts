// The forecast against times reckoned by hand, and against the firmware's own way of planning, pass by pass.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Analysis, createAnalyser, type MachineFacts } from '../../protocols/gcode/analyse.ts'
import { GrblPlanner } from '../../protocols/gcode/grbl-planner.ts'
import { grblMotion } from '../../protocols/gcode/plans.ts'
import { laser, laserModel, mill, printer } from './machines.ts'

function analyse(text: string, machine: MachineFacts, name = 'a.nc'): Analysis {
  const bytes = new TextEncoder().encode(text)
  const analyser = createAnalyser({ name, size: bytes.length, machines: [machine] })
  analyser.push(bytes)
  return analyser.finish()
}

function seconds(text: string, machine: MachineFacts): number {
  return analyse(text, machine).program.machines[0]?.motionSeconds ?? Number.NaN
}

describe('The forecast of Grbl', () => {
  // a = 200 mm/s², 100 mm/s at most: v/a = 0.5 s and 25 mm to full speed.
  it.for<[string, string, number]>([
    ['one move at full speed', 'G1 X100 F6000', 0.5 + 1],
    ['a rapid, whatever F says', 'F60\nG0 X100', 0.5 + 1],
    ['a move too short for its speed', 'G1 X10 F6000', 2 * Math.sqrt(10 / 200)],
    ['two moves in line are one', 'G1 X50 F6000\nX100', 0.5 + 1],
    ['a reversal stops', 'G1 X100 F6000\nX0', 2 * 1.5],
    ['a feed below the limit', 'G1 X100 F600', 10 / 200 + 10],
    ['a dwell empties the planner', 'G1 X50 F6000\nG4 P2\nX100', 2 * (0.5 + 0.5) + 2],
    ['a spindle word empties the planner', 'G1 X50 F6000\nM5\nM4\nX100', 2 * (0.5 + 0.5)],
    ['power on a move does not in laser mode', 'M4\nG1 X50 F6000 S100\nX100 S200', 0.5 + 1],
    ['power alone does', 'M4\nG1 X50 F6000 S100\nS200\nX100', 2 * (0.5 + 0.5)],
    ['inches', 'G20\nG1 X3.937007874 F300', 0.5 + 1],
    ['relative moves', 'G91\nG1 X50 F6000\nX50', 0.5 + 1],
    ['inverse time', 'G93\nG1 X100 F6', 10 / 200 + 10],
    ['work zero by G92 moves nothing', 'G1 X50 F6000\nG92 X0\nG1 X50', 2 * (0.5 + 0.5)],
    ['an arc at the pace of its radius', 'G2 X0 Y0 I50 F600', (2 * Math.PI * 50) / 10 + 10 / 200],
    ['a full circle back to where it began', 'G3 X0 I50 F600', (2 * Math.PI * 50) / 10 + 10 / 200],
  ])('%s', ([, text, expected]) => expect(seconds(`${text}\n`, laser)).toBeCloseTo(expected, 1))

  it('stops for every change of S where no laser mode is', () => {
    const text = 'M3 S100\nG1 Z-1 F600\nX50 F6000\nX100 S200\n'
    expect(seconds(text, mill)).toBeCloseTo(2 + 2 * Math.sqrt(1 / 50), 1)
  })

  it('takes the machine’s own settings over its model', () => {
    expect(seconds('G1 X100 F6000\n', { ...laser, settings: { $110: '3000.000', $120: '100.000' } })).toBeCloseTo(0.5 + 2, 2)
  })

  it('knows the corner by its junction deviation', () => {
    // Right angle: cos = 0, sin(θ/2) = √½; the junction's own axis limit is 200·√2.
    const s = Math.SQRT1_2
    const v = Math.sqrt((200 * Math.SQRT2 * 0.01 * s) / (1 - s))
    const leg = (100 - v) / 200 + 0.5 + (100 - (100 ** 2 - v ** 2) / 400 - 25) / 100
    expect(seconds('G1 X100 F6000\nY100\n', laser)).toBeCloseTo(2 * leg, 3)
  })

  it('cannot run faster than it can stop within what it sees', () => {
    let text = 'G91\nF6000\n'
    for (let i = 0; i < 2000; i++) text += 'G1 X0.1\n'
    const speed = Math.sqrt(2 * 200 * 14 * 0.1)
    expect(seconds(text, laser)).toBeGreaterThan((200 / speed) * 0.97)
    expect(seconds(text, laser)).toBeLessThan((200 / speed) * 1.05)
  })

  it('waits for the wire', () => {
    let text = 'G91\nF6000\n'
    for (let i = 0; i < 2000; i++) text += 'G1X0.1S100\n'
    const slow = { ...laser, model: { ...laserModel, serial: { baud: 9600, bootMs: 0 } } }
    expect(seconds(text, slow)).toBeGreaterThan((2000 * 11) / 960)
    expect(seconds(text, slow)).toBeLessThan(((2000 * 11) / 960) * 1.02)
  })

  it('waits for a slow controller', () => {
    let text = 'G91\nF6000\n'
    for (let i = 0; i < 2000; i++) text += 'G1X0.1S100\n'
    const slow = { ...laser, model: { ...laserModel, motion: { ...laserModel.motion, linesPerSecond: 200 } } }
    expect(seconds(text, slow)).toBeGreaterThan(10)
    expect(seconds(text, slow)).toBeLessThan(10.3)
    // The same model with a 32-bit board in it.
    expect(seconds(text, { ...slow, family: 'grblhal' })).toBeLessThan(seconds(text, slow) * 0.95)
  })

  it('believes the machine before its model: how far it looks ahead', () => {
    let text = 'G91\nF6000\n'
    for (let i = 0; i < 2000; i++) text += 'G1 X0.1\n'
    const deep = seconds(text, { ...laser, plannerBlocks: 60 })
    const speed = Math.sqrt(2 * 200 * 59 * 0.1)
    expect(deep).toBeGreaterThan((200 / speed) * 0.97)
    expect(deep).toBeLessThan((200 / speed) * 1.08)
  })

  it.for<[string, Partial<typeof laser>, number, RegExp]>([
    ['how far the controller looks ahead', {}, 24, /15 moves ahead/],
    ['the cable', { plannerBlocks: 500, model: { ...laserModel, serial: { baud: 9600, bootMs: 0 } } }, 10, /cable/],
    [
      'the controller’s pace',
      { plannerBlocks: 500, model: { ...laserModel, motion: { ...laserModel.motion, linesPerSecond: 300 } } },
      30,
      /read lines/,
    ],
    ['the machine itself', { plannerBlocks: 1000, settings: { $110: '3000' } }, 50, /own limit/],
  ])('says what speed a raster really reaches, and that %s decides', ([, more, reached, why]) => {
    let text = 'G90\nM4\nF6000\n'
    for (let i = 1; i <= 1000; i++) text += `G1X${(i / 10).toFixed(1)}S${i % 9}\n`
    const analyser = createAnalyser({ name: 'raster.nc', size: text.length, machines: [{ ...laser, ...more }] })
    analyser.push(new TextEncoder().encode(text))
    const note = analyser.finish().program.machines[0]?.findings.find(({ code }) => code === 'impossible-raster')
    expect(note?.technical?.en).toMatch(why)
    expect(note?.technical?.en).toContain(`about ${reached} mm/s`)
  })
})

describe('Heating', () => {
  /** With heating, unlike seconds(). */
  const whole = (gcode: string, machine: MachineFacts) => {
    const analyser = createAnalyser({ name: 'a.gcode', size: gcode.length, machines: [machine] })
    analyser.push(new TextEncoder().encode(gcode))
    return analyser.finish().program.machines[0]?.estimatedSeconds ?? 0
  }
  const text = 'M104 S210\nM109 S210\n'
  it('takes as long as this machine was seen to take', () => {
    const usual = whole(text, printer)
    const slow = whole(text, {
      ...printer,
      heating: {
        nozzle: [
          [20, 0],
          [100, 100],
          [200, 300],
        ],
      },
    })
    // Beyond what was seen it goes on as it went: 2 s a degree.
    expect(slow).toBeCloseTo(usual - (210 - 22) / 2 + 320 - 2.5, 0)
  })

  it('bed and nozzle warm side by side', () => {
    const heating = {
      nozzle: [
        [20, 0],
        [220, 100],
      ],
      bed: [
        [20, 0],
        [120, 400],
      ],
    } as const
    const both = whole('M140 S60\nM104 S200\nM190 S60\nM109 S200\n', { ...printer, heating })
    const bed = whole('M140 S60\nM190 S60\n', { ...printer, heating })
    expect(both - bed).toBeLessThan(5)
  })

  it.for([
    [[]],
    [[[20, 0]]],
    [
      [
        [20, 0],
        [20, 5],
      ],
    ],
    [
      [
        [20, 5],
        [30, 5],
      ],
    ],
    [
      [
        [30, 0],
        [20, 9],
      ],
    ],
  ] as [number, number][][][])('a curve that is none (%j) is not believed', ([curve]) => {
    expect(whole(text, { ...printer, heating: { nozzle: curve ?? [] } })).toBe(whole(text, printer))
  })
})

/** Plans as planner.c does: the whole ring again at each new block, backwards and forwards; the head leaves when it is full. */
function byPasses(moves: [number, number][], ring: number): number {
  type Block = { a: number; v: number; length: number; max: number; entry: number }
  const blocks: Block[] = []
  let [x, y, px, py, pv] = [0, 0, 0, 0, 0]
  let total = 0
  const runHead = () => {
    const head = blocks[0]
    if (head === undefined) return
    const exit = blocks[1]?.entry ?? 0
    const ramps = (2 * head.v ** 2 - head.entry - exit) / (2 * head.a)
    const [e, o] = [Math.sqrt(head.entry), Math.sqrt(exit)]
    if (ramps <= head.length) total += (2 * head.v - e - o) / head.a + (head.length - ramps) / head.v
    else total += (2 * Math.sqrt((2 * head.a * head.length + head.entry + exit) / 2) - e - o) / head.a
    blocks.shift()
  }
  for (const [tx, ty] of moves) {
    const dx = Math.round(tx * 100) / 100 - x
    const dy = Math.round(ty * 100) / 100 - y
    const length = Math.hypot(dx, dy)
    if (length < 1e-9) continue
    if (blocks.length === ring) runHead()
    ;[x, y] = [x + dx, y + dy]
    const [ux, uy] = [dx / length, dy / length]
    const axes = (limit: number, a: number, b: number) => Math.min(limit / Math.abs(a || 1e-12), limit / Math.abs(b || 1e-12))
    const a = axes(200, ux, uy)
    const v = Math.min(80, axes(100, ux, uy))
    let max = 0
    if (blocks.length > 0) {
      const cos = -px * ux - py * uy
      if (cos > 0.999999) max = 0
      else if (cos < -0.999999) max = Number.POSITIVE_INFINITY
      else {
        const [jx, jy] = [ux - px, uy - py]
        const norm = Math.hypot(jx, jy)
        const s = Math.sqrt((1 - cos) / 2)
        max = (axes(200, jx / norm, jy / norm) * 0.01 * s) / (1 - s)
      }
      max = Math.min(max, v * v, pv * pv)
    }
    blocks.push({ a, v, length, max, entry: 0 })
    ;[px, py, pv] = [ux, uy, v]
    let exit = 0
    for (let i = blocks.length - 1; i >= 1; i--) {
      const block = blocks[i]
      if (block === undefined) continue
      block.entry = Math.min(block.max, exit + 2 * block.a * block.length)
      exit = block.entry
    }
    for (let i = 0; i + 1 < blocks.length; i++) {
      const [block, next] = [blocks[i], blocks[i + 1]]
      if (block !== undefined && next !== undefined) next.entry = Math.min(next.entry, block.entry + 2 * block.a * block.length)
    }
  }
  while (blocks.length > 0) runHead()
  return total
}

it('plans every path as the firmware does by its passes over the ring', () => {
  const step = fc.oneof(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -1000, max: 1000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(step, step), { maxLength: 120 }), fc.integer({ min: 2, max: 40 }), (steps, ring) => {
      let [x, y] = [0, 0]
      const moves = steps.map(([dx, dy]): [number, number] => {
        x = Math.round(x * 100 + dx) / 100
        y = Math.round(y * 100 + dy) / 100
        return [x, y]
      })
      const motion = grblMotion(laser)
      const planner = new GrblPlanner(
        { ...motion, queue: { ...motion.queue, blocks: ring, bytesPerSecond: Number.POSITIVE_INFINITY } },
        () => {},
      )
      for (const [tx, ty] of moves) planner.line(tx, ty, 0, 80, 0)
      planner.queue.drain()
      expect(planner.queue.end).toBeCloseTo(byPasses(moves, ring), 6)
    }),
    { numRuns: 300 },
  )
})

describe('The forecast of Marlin', () => {
  it.for<[string, string, number]>([
    // Printing at 500 mm/s²: 50 mm/s takes 0.1 s and 2.5 mm; the slowest step, √(a/2·steps), shortens each ramp a little.
    ['a printing move', 'G1 X100 E5 F3000', 2 + 0.1],
    ['a travel accelerates by its own figure', 'G0 X100 F6000', 1 + 0.1],
    ['Z is slow', 'G1 Z10 F6000', 1 + 0.1],
    ['a retraction', 'G1 E-10 F1200', 0.5 + 0.02],
    ['M204 in the file', 'M204 T100\nG0 X100 F3000', 2 + 0.5],
    ['M203 in the file', 'M203 X10\nG0 X100 F6000', 10],
    ['M201 in the file', 'M201 X100\nG0 X100 F3000', 2 + 0.5],
    ['M220 in the file', 'M220 S50\nG0 X100 F6000', 2 + 0.05],
    ['dwell in seconds and milliseconds', 'G4 S1\nG4 P500', 1.5],
    ['relative extrusion', 'M83\nG1 X50 E1 F3000\nG1 X100 E1', 2 + 0.1],
    ['a full circle', 'G2 I20 E10 F600', (2 * Math.PI * 20) / 10],
  ])('%s', ([, text, expected]) => {
    // Three moves make the first wait shorter: BLOCK_DELAY_FOR_1ST_MOVE is 0.1 s for a single move.
    const result = analyse(`M104 S200\n${text}\n`, printer, 'a.gcode').program.machines[0]?.motionSeconds ?? 0
    const delay = text.includes('G4') ? 0 : 0.1
    expect(result).toBeGreaterThan((expected + delay) * 0.97 - 0.02)
    expect(result).toBeLessThan((expected + delay) * 1.01 + 0.005)
  })

  it('counts heating and homing in the estimate, not in the motion', () => {
    const machine = analyse('M190 S60\nM109 S200\nG28\nG1 X100 E5 F3000\n', printer, 'a.gcode').program.machines[0]
    expect(machine?.motionSeconds).toBeLessThan(2.5)
    expect(machine?.estimatedSeconds).toBeGreaterThan(100)
  })

  it('takes M503’s figures over the model, junction deviation included', () => {
    const settings = {
      M203: 'X50.00 Y50.00 Z5.00 E25.00',
      M201: 'X100.00 Y100.00 Z100.00 E5000.00',
      M204: 'P100.00 R1000.00 T100.00',
      M205: 'B20000.00 S0.00 T0.00 J0.02',
    }
    const result = analyse('M104 S200\nG0 X100 F6000\n', { ...printer, settings }).program.machines[0]?.motionSeconds ?? 0
    expect(result).toBeCloseTo(2 + 0.5 + 0.1, 1)
  })
})
