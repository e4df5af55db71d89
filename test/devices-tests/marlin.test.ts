// The documented behaviour of Marlin on its serial line, rule by rule, spoken to in raw bytes.
import { describe, expect, it } from 'vitest'
import { measureProgram } from '../devices/measure.ts'
import { marlinBench, numbered } from './bench.ts'

describe('numbers and checksums', () => {
  it.for([
    ['N0 M110 N0*125', 0],
    ['N-1 M110 N-1*125', -1],
  ] as const)('%s is taken, the next line wanted is one more', ([line, last]) => {
    const { ask, machine } = marlinBench()
    expect(ask(`${line}\n`)).toEqual(['ok'])
    expect(machine.core.serial.lastNumber).toBe(last)
  })

  it('takes the documented test vectors', () => {
    const { ask, machine } = marlinBench({ instant: true })
    ask('N0 M110 N0*125\n')
    expect(ask('N1 G28*18\n').at(-1)).toBe('ok')
    expect(ask('N2 M105*37\n')[0]).toMatch(/^ok T:/)
    ask(numbered(122, 'M110 N122'))
    expect(ask('N123 G1 X10.5 Y-3.25 E0.0312*127\n')).toEqual(['ok'])
    expect(machine.executed.lines).toContain('G1 X10.5 Y-3.25 E0.0312')
  })

  it.for([
    ['N9 G1 X1*84', 'Error:Line Number is not Last Line Number+1, Last Line: 0'],
    ['N1 G1 X1', 'Error:No Checksum with line number, Last Line: 0'],
    ['N1 G1 X1*1', 'Error:checksum mismatch, Last Line: 0'],
  ] as const)('%s is answered %s and Resend: 1', ([line, error]) => {
    expect(marlinBench().ask(`${line}\n`)).toEqual([error, 'Resend: 1'])
    expect(marlinBench({ okAfterResend: true }).ask(`${line}\n`)).toEqual([error, 'Resend: 1', 'ok'])
  })

  it('a line heard twice: newer firmware says nothing at all, older asks for the next', () => {
    const fresh = marlinBench({ instant: true })
    fresh.ask(numbered(1, 'G1 X1'))
    expect(fresh.ask(numbered(1, 'G1 X1'))).toEqual([])
    const old = marlinBench({ instant: true, duplicates: 'error', okAfterResend: true })
    old.ask(numbered(1, 'G1 X1'))
    expect(old.ask(numbered(1, 'G1 X1'))).toEqual(['Error:Line Number is not Last Line Number+1, Last Line: 1', 'Resend: 2', 'ok'])
    expect(old.machine.moved.count).toBe(1)
  })

  it('with more lines in flight each of them asks again for the same number', () => {
    const { ask } = marlinBench({ instant: true, lineSeconds: 0.01 })
    const heard = ask(numbered(2, 'G1 X2') + numbered(3, 'G1 X3'))
    expect(heard.filter(line => line === 'Resend: 1').length).toBeGreaterThanOrEqual(1)
  })

  it('unnumbered lines are taken as they come', () => {
    expect(marlinBench().ask('M17\n\n\nM18 ; comment\n')).toEqual(['ok', 'ok'])
  })

  it('cuts a command at 95 bytes without a word', () => {
    const { ask, machine } = marlinBench()
    ask(`M117 ${'x'.repeat(200)}\n`)
    expect(machine.executed.lines[0]).toHaveLength(95)
  })
})

describe('acknowledgement and buffers', () => {
  it('ok means accepted: fifteen moves at once, then one by one as they end', () => {
    const { ask, machine } = marlinBench({ rxBytes: 1024, commandRing: 64 })
    const lines = Array.from({ length: 30 }, (_, i) => `G1 X${(i + 1) * 5} F600\n`).join('')
    expect(ask(lines).filter(line => line === 'ok')).toHaveLength(15)
    expect(machine.state().plannedBlocks).toBe(15)
    expect(ask('', 1.2).filter(line => line === 'ok').length).toBeGreaterThanOrEqual(1)
  })

  it('four commands wait behind each other, the rest stays in the receive buffer, what is too much is lost', () => {
    const { tell, machine } = marlinBench()
    tell('G4 S10\n'.repeat(40))
    expect(machine.core.serial.ring).toHaveLength(4)
    expect(machine.overruns).toBe(7 * 40 - 4 * 7 - 128)
  })

  it('ADVANCED_OK tells line, planner and ring; M105 never does', () => {
    const { ask } = marlinBench({ advancedOk: true })
    expect(ask(numbered(1, 'G1 X5 F600'))).toEqual(['ok N1 P14 B3'])
    expect(ask('M17\n')).toEqual(['ok P14 B3'])
    expect(ask('M105\n')[0]).toMatch(/^ok T:/)
  })

  it('M400 is acknowledged when all motion has ended', () => {
    const { ask, machine } = marlinBench()
    expect(ask('G1 X20 F600\nM400\n', 1)).toEqual(['ok'])
    expect(ask('', 2)).toEqual(['echo:busy: processing', 'ok'])
    expect(machine.state().position).toEqual([20, 0, 0, 0])
  })

  it('says busy every two seconds while a command takes its time, and nothing when told so', () => {
    const { ask } = marlinBench()
    expect(ask('G4 S7\n', 8)).toEqual(['echo:busy: processing', 'echo:busy: processing', 'echo:busy: processing', 'ok'])
    ask('M113 S0\n')
    expect(ask('G4 S7\n', 8)).toEqual(['ok'])
  })

  it('says wait when its queue is empty, if built so', () => {
    const { ask } = marlinBench({ waitSeconds: 1 })
    expect(ask('M17\n', 3.5)).toEqual(['ok', 'wait', 'wait', 'wait'])
  })

  it('echoes what it does not know, and acknowledges it', () => {
    expect(marlinBench().ask('M12345\n')).toEqual(['echo:Unknown command: "M12345"', 'ok'])
  })
})

describe('identity', () => {
  it('boots with start and its settings', () => {
    const { machine, heard } = marlinBench()
    machine.reset()
    const said = heard()
    expect(said[0]).toBe('start')
    expect(said).toContain('echo:  M92 X80.00 Y80.00 Z400.00 E93.00')
  })

  it('M115 names itself, its capabilities and its area', () => {
    const said = marlinBench({ emergencyParser: false }).ask('M115\n')
    expect(said[0]).toMatch(/^FIRMWARE_NAME:Marlin 2\.1\.2\.1 .* MACHINE_TYPE:Ender-3 EXTRUDER_COUNT:1 UUID:/)
    expect(said).toContain('Cap:EMERGENCY_PARSER:0')
    expect(said).toContain('Cap:THERMAL_PROTECTION:1')
    expect(said.some(line => line.startsWith('area:{full:{min:'))).toBe(true)
    expect(said.at(-1)).toBe('ok')
  })

  it('M503 prints settings as commands; M203 changes them', () => {
    const { ask } = marlinBench()
    ask('M203 X120\n')
    expect(ask('M503\n')).toContain('echo:  M203 X120.00 Y500.00 Z5.00 E25.00')
  })
})

describe('heat', () => {
  it('M109 prints a line a second and ends ten seconds after the window is reached', () => {
    const { ask, machine } = marlinBench()
    const said = ask('M109 S200\n', 60)
    expect(said[1]).toMatch(/^ T:2\d\.\d\d \/200\.00 B:22\.00 \/0\.00 @:127 B@:0 W:\?$/)
    expect(said).not.toContain('ok')
    const more = ask('', 90)
    expect(more.some(line => line.endsWith('W:9'))).toBe(true)
    expect(more.at(-1)).toBe('ok')
    expect(machine.state().heaters.T0?.celsius).toBeGreaterThan(199)
  })

  it('M108 ends the wait at once, through the emergency parser; without it the wait goes on', () => {
    const quick = marlinBench()
    quick.ask('M109 S200\n', 5)
    expect(quick.ask('M108\n')).toEqual(['ok', 'ok'])
    const slow = marlinBench({ emergencyParser: false })
    slow.ask('M109 S200\n', 5)
    expect(slow.ask('M108\n').filter(line => line === 'ok')).toEqual([])
  })

  it('M155 reports while it heats and while it waits', () => {
    const { ask } = marlinBench()
    ask('M155 S2\n')
    expect(ask('', 9).filter(line => line.startsWith(' T:'))).toHaveLength(4)
  })

  it('a loose element is thermal runaway: the text, then silence for ever', () => {
    const { ask, machine } = marlinBench({ instant: false })
    ask('M104 S200\n', 120)
    machine.provoke({ kind: 'heater-fails', heater: 'T0' })
    const said = ask('', 90)
    expect(said).toContain('Error:Thermal Runaway, system stopped! Heater_ID: 0')
    expect(said).toContain('Error:Printer halted. kill() called!')
    expect(ask('M105\n', 5)).toEqual([])
    expect(machine.state()).toMatchObject({ mode: 'halted', heaters: { T0: { target: 0 } } })
  })

  it('a heater that never warms is "Heating failed", a broken wire MINTEMP', () => {
    const cold = marlinBench()
    cold.machine.provoke({ kind: 'heater-fails', heater: 'T0' })
    expect(cold.ask('M104 S200\n', 60)).toContain('Error:Heating failed, system stopped! Heater_ID: 0')
    const broken = marlinBench()
    broken.machine.provoke({ kind: 'sensor-fails', heater: 'B' })
    expect(broken.ask('', 2)).toContain('Error:MINTEMP triggered, system stopped! Heater_ID: bed')
  })

  it('refuses to extrude cold', () => {
    const { ask, machine } = marlinBench()
    expect(ask('G1 E10 F300\n', 5)).toEqual(['echo: cold extrusion prevented', 'ok'])
    expect(machine.state().position[3]).toBe(0)
  })
})

describe('people', () => {
  it('M0 waits for a person for as long as it takes', () => {
    const { ask } = marlinBench()
    const said = ask('M0 Turn the part\n', 3600)
    expect(said).toContain('//action:prompt_begin Turn the part')
    expect(said.filter(line => line === 'echo:busy: paused for user').length).toBeGreaterThan(1000)
    expect(said).not.toContain('ok')
    expect(ask('M876 S0\n')).toEqual(['//action:prompt_end', 'ok', 'ok'])
  })

  it('M600 parks, waits, loads, asks, and comes back', () => {
    const { ask, machine } = marlinBench()
    ask('G1 X100 Y100 F6000\nM400\n', 5)
    const said = ask('M600\n', 60)
    expect(said).toContain('//action:paused')
    expect(said).toContain('//action:prompt_begin Nozzle Parked')
    expect(machine.state().mode).toBe('waiting')
    expect(ask('M108\n', 20)).toContain('//action:prompt_begin Paused')
    expect(ask('M876 S1\n', 30)).toContain('//action:resumed')
    expect(machine.state().position.slice(0, 2)).toEqual([100, 100])
  })

  it('a runout pauses the machine by M600, between two of the host’s lines', () => {
    const { ask, machine, live } = marlinBench()
    ask('G1 X50 F600\n')
    machine.provoke({ kind: 'runout' })
    live(60)
    expect(machine.state().mode).toBe('waiting')
  })

  it('M112 halts at once', () => {
    const { ask, urgent } = marlinBench()
    ask('G1 X100 F600\nM109 S200\n', 2)
    expect(ask('M112\n')).toContain('Error:Printer halted. kill() called!')
    expect(urgent).toEqual(['M112'])
    expect(ask('M105\n')).toEqual([])
  })

  it('M112 with number and checksum halts too, without the emergency parser only in its turn', () => {
    const quick = marlinBench()
    quick.ask('G4 S100\n')
    expect(quick.ask(numbered(1, 'M112')).join()).toContain('kill()')
    const slow = marlinBench({ emergencyParser: false })
    slow.ask('G4 S5\n')
    expect(slow.ask('M112\n')).toEqual([])
    expect(slow.ask('', 6).join()).toContain('kill()')
  })

  it('M410 stops motion where it is', () => {
    const { ask, machine, live } = marlinBench()
    ask('G1 X100 F600\n')
    live(2)
    ask('M410\n')
    const at = machine.state().position[0] ?? 0
    expect(at).toBeGreaterThan(10)
    expect(at).toBeLessThan(25)
    live(5)
    expect(machine.state().position[0]).toBe(at)
  })
})

describe('motion', () => {
  it('homes in the time the axes need and prints where it is', () => {
    const { ask, machine } = marlinBench()
    expect(ask('G28\n', 5).filter(line => line === 'ok')).toEqual([])
    const said = ask('', 20)
    expect(said).toContain('X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0')
    expect(machine.core.homed).toEqual([true, true, true])
  })

  it('G29 wants homing first, then probes for half a minute', () => {
    const { ask } = marlinBench()
    expect(ask('G29\n')).toEqual(['echo:Home XYZ first', 'ok'])
    ask('G28\n', 30)
    expect(ask('G29\n', 20)).not.toContain('ok')
    expect(ask('', 10).at(-1)).toBe('ok')
  })

  it('G92, G91, M83 and G20 mean what they say', () => {
    const { ask, machine } = marlinBench({ instant: true })
    ask('G1 X10 E5\nG92 X0 E0\nG1 X5 E1\nG91\nG1 X5\nG90\nG20\nG1 Y1\nM83\nG1 E1\n')
    expect(machine.state().position.map(mm => Number(mm.toFixed(2)))).toEqual([20, 25.4, 0, 31.4])
    expect(ask('M114\n')[0]).toMatch(/^X:10\.00 Y:25\.40 Z:0\.00 E:26\.40 Count X:1600 Y:2032 Z:0/)
  })

  it('takes for one move what physics says, and waits a tenth of a second for company first', () => {
    const one = measureProgram({ kind: 'marlin' }, ['G1 X100 F3000'])
    expect(one.motionSeconds).toBeCloseTo(100 / 50 + 50 / 500, 1)
    expect(one.seconds).toBeGreaterThan(one.motionSeconds + 0.09)
  })

  it('corners by classic jerk are quicker through a zig-zag than by a stop, and slower than straight on', () => {
    const jerk = { corner: { kind: 'jerk', jerk: [8, 8, 0.4, 5] } } as const
    const base = {
      stepsPerMm: [80, 80, 400, 93],
      maxFeed: [500, 500, 5, 25],
      maxAcceleration: [500, 500, 100, 5000],
      printAcceleration: 500,
      retractAcceleration: 500,
      travelAcceleration: 500,
    } as const
    const motion = { ...base, ...jerk } as unknown as NonNullable<Parameters<typeof marlinBench>[0]>['motion'] & object
    const lines = Array.from({ length: 20 }, (_, i) => `G1 X${i % 2 === 0 ? 10 : 0} F6000`)
    const seconds = measureProgram({ kind: 'marlin', machine: { motion } }, lines).motionSeconds
    const stopping = 20 * 2 * Math.sqrt(10 / 500)
    // Each reversal is taken at 8/2… mm/s rather than at a stand.
    expect(seconds).toBeLessThan(stopping)
    expect(seconds).toBeGreaterThan(stopping * 0.75)
  })

  it('cuts arcs into pieces of at most a millimetre', () => {
    const { machine, ask } = marlinBench({ instant: true })
    ask('G1 X60 Y50\nG2 X60 Y50 I-10 J0\n')
    expect(machine.core.planner.blocksRun).toBe(1 + 72)
  })
})

describe('the card', () => {
  it('lists, selects, prints and reports by itself', () => {
    const { ask, machine } = marlinBench({ card: { 'A.GCO': Array.from({ length: 30 }, (_, i) => `G1 X${i + 10} F600\n`).join('') } })
    expect(ask('M20\n')).toEqual(['Begin file list', 'A.GCO 360', 'End file list', 'ok'])
    expect(ask('M27\n')).toEqual(['Not SD printing', 'ok'])
    machine.provoke({ kind: 'panel-print', file: 'A.GCO' })
    expect(ask('M27\n', 1.5).join()).toMatch(/SD printing byte \d+\/360/)
    expect(ask('', 10)).toContain('Done printing file')
    expect(machine.state().position[0]).toBe(39)
  })

  it('saves between M28 and M29', () => {
    const { ask, machine } = marlinBench()
    ask(`M28 B.GCO\n${numbered(1, 'G1 X1')}M29\n`)
    expect(machine.core.card.files.get('B.GCO')).toBe('G1 X1\n')
  })
})
