// What a simulated Grbl board does in time: planning, holding, doors, homing, alarms, laser; figures from its documentation.
import { describe, expect, it } from 'vitest'
import { measureProgram } from '../devices/measure.ts'
import { grblBench, quickAxes } from './bench.ts'

const quick = { settings: quickAxes }
/** The settings under which the firmware itself was timed: 6000 mm/min, 200 mm/s², 0.01 mm. */
const timed = { $100: 250, $101: 250, $102: 250, $110: 6000, $111: 6000, $112: 6000, $120: 200, $121: 200, $122: 200, $11: 0.01 }

function zigzag(): string[] {
  return ['G21 G90', ...Array.from({ length: 40 }, (_, i) => `G1 X${i % 2 === 0 ? 10 : 0} Y${i + 1} F6000`)]
}

describe('the planner', () => {
  it('takes for one move from rest to rest what physics says', () => {
    // 100 mm at 50 mm/s and 200 mm/s²: 0.25 s up, 0.25 s down, the rest at speed.
    expect(measureProgram({ kind: 'grbl', machine: { settings: timed } }, ['G1X100F3000']).motionSeconds).toBeCloseTo(2.25, 3)
    // 10 mm never reach 100 mm/s: twice the root of length by acceleration.
    expect(measureProgram({ kind: 'grbl', machine: { settings: timed } }, ['G0X10']).motionSeconds).toBeCloseTo(2 * Math.sqrt(10 / 200), 3)
  })

  it('agrees with the firmware on the zig-zag of 40 × 10 mm (17.77 s) within one per cent', () => {
    const { motionSeconds, complaints } = measureProgram({ kind: 'grblhal', machine: { settings: timed } }, zigzag())
    expect(complaints).toEqual([])
    expect(Math.abs(motionSeconds / 17.77 - 1)).toBeLessThan(0.01)
  })

  it('runs full circles without stopping at their chords', () => {
    const lines = ['G21G90', ...Array.from({ length: 6 }, () => 'G2X0Y0I8.6J0F3000')]
    const { motionSeconds } = measureProgram({ kind: 'grblhal', machine: { settings: timed } }, lines)
    const length = 6 * 2 * Math.PI * 8.6
    expect(motionSeconds).toBeGreaterThan(length / 50)
    expect(motionSeconds).toBeLessThan(length / 50 + 0.4)
  })

  it('with fifteen blocks is slower on a fine curve than with a hundred: it must be able to stop within what it sees', () => {
    const fine = Array.from({ length: 600 }, (_, i) => `G1X${(i + 1) / 10}F6000`)
    const few = measureProgram({ kind: 'grbl', machine: { settings: timed } }, fine).motionSeconds
    const many = measureProgram({ kind: 'grblhal', machine: { settings: timed } }, fine).motionSeconds
    // v = √(2·a·N·s): about 24 mm/s for fifteen blocks of 0.1 mm.
    expect(60 / few).toBeGreaterThan(18)
    expect(60 / few).toBeLessThan(26)
    expect(many).toBeLessThan(few * 0.7)
  })

  it('dwells for as long as asked, and slows down on a slow wire', () => {
    const base = measureProgram({ kind: 'grbl', machine: { settings: timed } }, ['G0X10', 'G4P0.5', 'G0X0'])
    expect(base.seconds).toBeGreaterThan(0.5 + 4 * Math.sqrt(10 / 200) - 0.03)
    const fine = Array.from({ length: 200 }, (_, i) => `G1X${(i + 1) / 10}F6000`)
    const slow = measureProgram({ kind: 'grbl', baud: 2400, machine: { settings: timed } }, fine)
    const bytes = fine.reduce((sum, line) => sum + line.length + 1, 0)
    expect(slow.seconds).toBeGreaterThan((bytes * 10) / 2400)
  })
})

describe('acknowledgement and motion', () => {
  it('ok means planned: fifteen blocks are acknowledged at once, the next one waits for a place', () => {
    const { ask, machine } = grblBench('grbl', quick)
    const heard = ask(
      Array.from({ length: 18 }, (_, i) => `G1X${i + 1}F60\n`)
        .join('')
        .slice(0, 128 + 120),
    )
    expect(heard.filter(line => line === 'ok').length).toBeLessThan(18)
    expect(machine.state().plannedBlocks).toBe(15)
    expect(ask('', 5)).toContain('ok')
  })

  it('G4 is acknowledged when all motion is done, and the board says Idle during the dwell', () => {
    const { ask } = grblBench('grbl', quick)
    expect(ask('G1X10F600\nG4P2\n', 1.5)).toEqual(['ok'])
    expect(ask('?')[0]).toMatch(/^<Idle/)
    expect(ask('', 2)).toEqual(['ok'])
  })

  it.for(['M3S100', 'M8', 'G92X0', 'G55', 'M2'])('%s waits until the planner is empty', line => {
    const { ask } = grblBench('grbl', quick)
    expect(ask(`G1X10F600\n${line}\n`)).toEqual(['ok'])
    expect(ask('', 2)).toContain('ok')
  })

  it('reports the position it has reached and the feed it has', () => {
    const { ask, live } = grblBench('grbl', quick)
    ask('G1X10F600\n')
    live(0.5)
    const [, x = '0', feed = '0'] = /MPos:([\d.]+),.*FS:(\d+)/.exec(ask('?')[0] ?? '') ?? []
    expect(Number(x)).toBeGreaterThan(4)
    expect(Number(x)).toBeLessThan(6)
    expect(Number(feed)).toBe(600)
  })

  it('a feed override acts on what is planned already', () => {
    const { ask, machine, live } = grblBench('grbl', quick)
    ask('G1X100F600\n')
    live(1)
    ask([...Array.from({ length: 10 }, () => 0x91)])
    live(0.5)
    expect(machine.state().speed).toBeCloseTo(20, 1)
    ask([...Array.from({ length: 15 }, () => 0x92)])
    live(0.5)
    expect(machine.state().speed).toBeCloseTo(5, 1)
  })

  it('M0 holds its ok back until cycle start', () => {
    const { ask } = grblBench('grbl', quick)
    expect(ask('M0\n')).toEqual([])
    expect(ask('?')[0]).toMatch(/^<Hold:0/)
    expect(ask('~')).toEqual(['ok'])
  })

  it('M30 says Pgm End, and keeps F and S', () => {
    const { ask } = grblBench('grbl', quick)
    ask('G91G1X1F3000S500\n', 1)
    expect(ask('M30\n', 1)).toEqual(['[MSG:Pgm End]', 'ok'])
    expect(ask('$G\n')[0]).toBe('[GC:G1 G54 G17 G21 G90 G94 M5 M9 T0 F3000 S500]')
  })

  it('grblHAL waits at M6 for 0xA3 and cycle start', () => {
    const { ask } = grblBench('grblhal', quick)
    expect(ask('M6T1\n')).toEqual([])
    expect(ask('?')[0]).toMatch(/^<Tool/)
    expect(ask('~')).toEqual([])
    expect(ask([0xa3])).toEqual([])
    expect(ask('~')).toEqual(['ok'])
  })
})

describe('hold, door, reset', () => {
  it('a hold brakes: Hold:1 until it stands, then Hold:0; nothing is parsed meanwhile', () => {
    const { ask, live, machine } = grblBench('grbl', quick)
    ask('G1X100F6000\n')
    live(0.5)
    expect(ask('!?')[0]).toMatch(/^<Hold:1/)
    expect(ask('G1X1\n')).toEqual([])
    live(0.4)
    expect(ask('?')[0]).toMatch(/^<Hold:0/)
    const at = machine.state().position[0]
    live(5)
    expect(machine.state().position[0]).toBe(at)
    expect(ask('~')).toEqual(['ok'])
    live(5)
    expect(machine.state().position).toEqual([1, 0, 0])
  })

  it('a reset after Hold:0 keeps position and raises no alarm', () => {
    const { ask, live } = grblBench('grbl', quick)
    ask('G1X100F6000\n')
    live(0.5)
    ask('!', 1)
    const before = /MPos:([\d.]+)/.exec(ask('?')[0] ?? '')?.[1]
    expect(ask([0x18], 1)).toEqual(["Grbl 1.1h ['$' for help]"])
    const report = ask('?')[0] ?? ''
    expect(report).toMatch(/^<Idle/)
    expect(/MPos:([\d.]+)/.exec(report)?.[1]).toBe(before)
    expect(Number(before)).toBeGreaterThan(10)
  })

  it('a reset in motion is alarm 3: locked, and G-code is refused until $X', () => {
    const { ask, live } = grblBench('grbl', quick)
    ask('G1X100F6000\n')
    live(0.5)
    expect(ask([0x18], 1)).toEqual(['ALARM:3', "Grbl 1.1h ['$' for help]", "[MSG:'$H'|'$X' to unlock]"])
    expect(ask('G0X0\n')).toEqual(['error:9'])
    expect(ask('$X\n')).toEqual(['[MSG:Caution: Unlocked]', 'ok'])
    expect(ask('G0X0\n')).toEqual(['ok'])
  })

  it('0x84 stops motion, spindle and coolant; ~ brings the spindle up for four seconds, then goes on', () => {
    const { ask, live, machine } = grblBench('grbl', quick)
    ask('M3S500\nG1X100F600\n')
    live(0.5)
    expect(ask([0x84, 0x3f])[0]).toMatch(/^<Door:2/)
    live(1)
    expect(ask('?')[0]).toMatch(/^<Door:0.*FS:0,0/)
    expect(ask('~?')[0]).toMatch(/^<Door:3/)
    live(3)
    expect(machine.state().moving).toBe(false)
    live(2)
    expect(machine.state().moving).toBe(true)
  })

  it('an open lid says Check Door and cannot be resumed until it is closed', () => {
    const { ask, live, machine, heard } = grblBench('grbl', quick)
    ask('G1X100F600\n')
    machine.provoke({ kind: 'door', open: true })
    live(1)
    expect(heard()).toEqual(['[MSG:Check Door]'])
    expect(ask('~?')[0]).toMatch(/^<Door:1.*Pn:D/)
    machine.provoke({ kind: 'door', open: false })
    expect(ask('~', 1).at(-1)).toBe('[MSG:Check Door]')
    expect(ask('?')[0]).toMatch(/^<Run/)
  })

  it('jogging: refused beside G-code, cancelled by 0x85, checked against the travel', () => {
    const { ask, live, machine } = grblBench('grbl', { settings: { ...quickAxes, $22: 1, $20: 1, $24: 600, $25: 6000, $26: 0 } })
    ask('$X\n')
    expect(ask('$J=G91X-100F600\n')).toEqual(['ok'])
    expect(ask('G1X1F100\n')).toEqual(['error:9'])
    live(0.5)
    ask([0x85], 1)
    expect(ask('?')[0]).toMatch(/^<Idle/)
    expect(machine.state().position[0]).toBeGreaterThan(-20)
    expect(ask('$J=X10F600\n')).toEqual(['error:15'])
  })
})

describe('homing and limits', () => {
  const homing = { settings: { ...quickAxes, $22: 1, $24: 100, $25: 1000, $26: 100 }, homingDistanceMm: 50 }

  it('powers up locked where homing is configured', () => {
    const { ask, heard, machine } = grblBench('grbl', homing)
    machine.reset()
    expect(heard()).toEqual(["Grbl 1.1h ['$' for help]", "[MSG:'$H'|'$X' to unlock]"])
    expect(ask('G0X1\n')).toEqual(['error:9'])
  })

  it('homes in the time the axes need, answers no ? meanwhile, and knows its place then', () => {
    const { ask } = grblBench('grbl', homing)
    expect(ask('$H\n?', 5)).toEqual([])
    const heard = ask('', 6)
    expect(heard.filter(line => line === 'ok')).toHaveLength(1)
    expect(ask('?')[0]).toContain('MPos:-1.000,-1.000,-1.000')
  })

  it('a reset while homing is alarm 6, an opened door alarm 7', () => {
    const first = grblBench('grbl', homing)
    first.ask('$H\n', 1)
    expect(first.ask([0x18], 1)[0]).toBe('ALARM:6')
    const second = grblBench('grbl', homing)
    second.ask('$H\n', 1)
    second.machine.provoke({ kind: 'door', open: true })
    second.live(1)
    expect(second.heard()[0]).toBe('ALARM:7')
  })

  it('a switch out of reach is alarm 9', () => {
    const { ask } = grblBench('grbl', { ...homing, homingDistanceMm: 500 })
    expect(ask('$H\n', 60)[0]).toBe('ALARM:9')
  })

  it('a hard limit kills motion: ALARM:1, then silence until 0x18', () => {
    const { ask, live, machine, heard } = grblBench('grbl', quick)
    ask('G1X100F600\n')
    live(1)
    machine.provoke({ kind: 'hard-limit', axis: 'X' })
    live(1)
    expect(heard()).toEqual(['ALARM:1', '[MSG:Reset to continue]'])
    expect(ask('?\n?G0X1\n', 2)).toEqual([])
    expect(ask([0x18], 1)).toEqual(["Grbl 1.1h ['$' for help]", "[MSG:'$H'|'$X' to unlock]"])
  })

  it('a target beyond the travel is ALARM:2, and the position stays good', () => {
    const { ask } = grblBench('grbl', { settings: { ...quickAxes, $22: 1, $20: 1 } })
    ask('$X\n')
    expect(ask('G0X-100\nG0X5\n', 3)).toEqual(['ok', 'ALARM:2', '[MSG:Reset to continue]'])
    expect(ask([0x18], 1)[0]).toMatch(/^Grbl/)
  })

  it('FluidNC leaves the spindle on at an alarm; Grbl does not', () => {
    for (const [kind, accessories] of [
      ['grbl', ''],
      ['fluidnc', 'S'],
    ] as const) {
      const { machine, ask, live } = grblBench(kind, quick)
      ask('M3S500\n')
      machine.provoke({ kind: 'hard-limit', axis: 'X' })
      live(1)
      expect(machine.core.beam.accessories()).toBe(accessories)
    }
  })
})

describe('a laser', () => {
  const laser = { settings: { ...quickAxes, $32: 1 } }

  it.for([
    ['M3', true],
    ['M4', false],
  ] as const)('%s and a dry buffer: burns at a standstill is %s', ([order, burns]) => {
    const { ask, live, machine } = grblBench('grbl', laser)
    ask(`${order}S500\nG1X10F600\n`)
    live(3)
    expect(machine.state().burnAtStandstillMs > 1000).toBe(burns)
    ask('M5\n')
    const after = machine.state().burnAtStandstillMs
    live(1)
    expect(machine.state().burnAtStandstillMs).toBe(after)
  })

  it('S changes ride on the motion: no stop between them, as there is on a mill', () => {
    const lines = ['M4S0', ...Array.from({ length: 20 }, (_, i) => `G1X${i + 1}S${i * 10}F3000`)]
    const burn = measureProgram({ kind: 'grbl', machine: { settings: { ...timed, $32: 1 } } }, lines).motionSeconds
    const mill = measureProgram({ kind: 'grbl', machine: { settings: timed } }, lines).motionSeconds
    expect(mill).toBeGreaterThan(burn * 2)
  })

  it('a hold switches the beam off in laser mode', () => {
    const { ask, live, machine } = grblBench('grbl', laser)
    ask('M3S500\nG1X100F600\n')
    live(0.5)
    ask('!', 2)
    expect(machine.state().burnAtStandstillMs).toBe(0)
    expect(machine.core.beam.accessories()).toBe('')
  })
})
