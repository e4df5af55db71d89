// The documented behaviour of Grbl 1.1 on its serial line, rule by rule, spoken to in raw bytes.
import { describe, expect, it } from 'vitest'
import { grblBench, quickAxes } from './bench.ts'

const quick = { settings: quickAxes }

describe('a Grbl board and its lines', () => {
  it('greets once it has booted', () => {
    const { machine, heard } = grblBench()
    machine.reset()
    expect(heard()).toEqual(["Grbl 1.1h ['$' for help]"])
  })

  it('answers one ok per line, blank lines and comments included', () => {
    expect(grblBench().ask('\nG21\n(nothing)\n;nothing\nG90\n')).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it.for([
    ['grbl', 2],
    ['grblhal', 1],
    ['fluidnc', 1],
  ] as const)('%s answers CR LF with %i ok', ([kind, oks]) => {
    expect(grblBench(kind).ask('G21\r\n')).toHaveLength(oks)
  })

  it('strips blanks and comments, writes capitals, ignores block delete', () => {
    const { ask, machine } = grblBench()
    ask('/g1 x1 (a b) y2 ; f9\n g0x3\n')
    expect(machine.executed.lines).toEqual(['G0X3'])
  })

  it.for([
    ['grbl', `G1X1F100${' '.repeat(200)}`, 'ok'],
    ['grbl', `G1F1${'0'.repeat(76)}`, 'error:11'],
    ['grbl', `G1F1${'0'.repeat(75)}`, 'ok'],
    ['grblhal', `G1X1F100${' '.repeat(300)}`, 'error:11'],
    ['grblhal', `G1X1F100(${'c'.repeat(240)})`, 'ok'],
    ['fluidnc', `G1X1F100(${'c'.repeat(250)})X9`, 'ok'],
  ] as const)('%s knows how long a line may be: %#', ([kind, line, answer]) => {
    expect(grblBench(kind, quick).ask(`${line}\n`)).toEqual([answer])
  })

  it('FluidNC executes the first 254 characters of a longer line and says nothing', () => {
    const { ask, machine } = grblBench('fluidnc', quick)
    expect(ask(`G1F100X1${' '.repeat(246)}Y5\n`)).toEqual(['ok'])
    expect(machine.executed.lines).toEqual(['G1F100X1'])
  })

  it('loses what its 128-byte receive buffer cannot hold, and counts it', () => {
    const { tell, machine } = grblBench('grbl', { settings: quickAxes, lineSeconds: 0.005 })
    tell(`${'G1X1F600\n'.repeat(30)}`)
    expect(machine.maxBuffered).toBe(128)
    // The first line was taken at once; 128 of the other 261 bytes fit.
    expect(machine.overruns).toBe(29 * 9 - 128)
  })
})

describe('errors, as numbered in error_codes_en_US.csv', () => {
  const cases: readonly (readonly [number, string])[] = [
    [1, '1G0'],
    [2, 'G1X'],
    [2, 'G1X--1'],
    [3, '$Q=1'],
    [4, 'G1X1F-1'],
    [5, '$H'],
    [10, '$20=1'],
    [6, '$0=2'],
    [16, '$J'],
    [16, '$J=G0X1F100'],
    [20, 'G5X1'],
    [20, 'M6'],
    [20, 'M7'],
    [21, 'G90G91X1'],
    [24, 'G0G1X1'],
    [21, 'M3M5'],
    [22, 'G1X1'],
    [22, '$J=X1'],
    [23, 'G0.5X1'],
    [24, 'G28G1X1'],
    [25, 'X1X2'],
    [26, 'G2F100'],
    [26, 'G10L2P1'],
    [26, 'G92'],
    [27, 'N99999999G0X1'],
    [28, 'G4'],
    [28, 'G10X1L2'],
    [29, 'G10L2P7X1'],
    [30, 'G53G2X1I1F100'],
    [31, 'G80X1'],
    [32, 'G2Z1I1F100'],
    [33, 'G2X10Y0I1J0F100'],
    [33, 'G2X0Y0R1F100'],
    [34, 'G2X10Y0R1F100'],
    [35, 'G2X1F100'],
    [36, 'G0X1P2'],
    [37, 'G43.1X1'],
    [38, 'T300'],
  ]
  it.for(cases)('error:%i for %s', ([code, line]) => {
    expect(grblBench('grbl', quick).ask(`${line}\n`)).toEqual([`error:${code}`])
  })

  it('a bad line is skipped and those behind it run on', () => {
    const { ask, machine } = grblBench('grbl', quick)
    expect(ask('G1X1F600\nG1X2Q\nG1X3\n')).toEqual(['ok', 'error:2', 'ok'])
    expect(machine.executed.lines).toEqual(['G1X1F600', 'G1X3'])
  })

  it('grblHAL refuses everything after an error until a $ line or a blank line', () => {
    const { ask, machine } = grblBench('grblhal', quick)
    expect(ask('G1X1F600\nG1X2Q\nG1X3\nG1X4\n')).toEqual(['ok', 'error:2', 'error:2', 'error:2'])
    expect(ask([0x83])).toHaveLength(1)
    expect(ask('G1X5\n')).toEqual(['error:2'])
    expect(ask('\nG1X9\n')).toEqual(['ok', 'ok'])
    ask('G1X2Q\n')
    expect(ask('$G\nG1X8\n').slice(1)).toEqual(['ok', 'ok'])
    expect(machine.executed.lines).toEqual(['G1X1F600', 'G1X9', 'G1X8'])
  })
})

describe('realtime bytes', () => {
  it('never enter the line they stand in', () => {
    const { ask, machine } = grblBench('grbl', quick)
    const heard = ask('G0?X1\n')
    expect(heard[0]).toMatch(/^<Idle\|/)
    expect(heard.at(-1)).toBe('ok')
    expect(machine.executed.lines).toEqual(['G0X1'])
  })

  it('many ? before the first answer give one report', () => {
    const { ask } = grblBench('grbl', { settings: { $22: 1 } })
    expect(ask('$H\n')).toEqual([])
    expect(ask('???', 60).filter(line => line.startsWith('<'))).toHaveLength(1)
  })

  it.for([
    [[0x91, 0x91, 0x92], '110,100,100'],
    [[0x93, 0x93, 0x94], '101,100,100'],
    [[0x91, 0x90], '100,100,100'],
    [[0x96], '100,50,100'],
    [[0x97, 0x95], '100,100,100'],
    [[0x9a, 0x9c], '100,100,111'],
    [[0x9b, 0x99], '100,100,100'],
    [Array.from({ length: 30 }, () => 0x91), '200,100,100'],
    [Array.from({ length: 30 }, () => 0x92), '10,100,100'],
  ] as const)('overrides %j stand at %s', ([bytes, expected]) => {
    const { ask } = grblBench()
    ask('??')
    expect(ask([...bytes, 0x3f])[0]).toContain(`|Ov:${expected}`)
  })

  it('a Cyrillic comment is live ammunition: БББ КККК turns feed and laser up', () => {
    const { ask, tell } = grblBench('grblhal')
    ask('??')
    tell([...Buffer.from('(Программа: БББ КККК)\n', 'utf8')])
    const overrides = /\|Ov:(\d+),\d+,(\d+)/.exec(ask('???').join('')) ?? []
    expect(Number(overrides[1])).toBeGreaterThan(100)
    expect(Number(overrides[2])).toBeGreaterThan(100)
  })

  it.for([
    ['(фреза)', 'Door'],
    ['; т', 'Hold'],
    ['(hello!)', 'Hold'],
  ] as const)('%s puts the board into %s', ([comment, state]) => {
    const { tell, machine } = grblBench('grblhal')
    tell([...Buffer.from(`${comment}\n`, 'utf8')])
    expect(machine.state().mode).toContain(state)
  })

  it.for([
    ['И', 0x18],
    ['С', 0x21],
    ['п', 0x3f],
  ] as const)('FluidNC cuts %s down to 0x%s', ([letter, byte]) => {
    const { tell, urgent } = grblBench('fluidnc')
    tell([...Buffer.from(`(${letter})\n`, 'utf8')])
    expect(urgent).toEqual([byte])
  })

  it('0x87 gives the whole report on grblHAL and nothing on Grbl', () => {
    expect(grblBench('grbl').ask([0x87])).toEqual([])
    expect(grblBench('grblhal').ask([0x87])[0]).toMatch(/\|FW:grblHAL>$/)
  })
})

describe('status reports', () => {
  it('carry WCO first after a reset, Ov in the next, then neither for a while', () => {
    const { ask } = grblBench()
    expect(ask('?')[0]).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>')
    expect(ask('?')[0]).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0|Ov:100,100,100>')
    expect(ask('?')[0]).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
    const rest = Array.from({ length: 10 }, () => ask('?')[0])
    expect(rest.filter(line => line?.includes('WCO'))).toHaveLength(1)
  })

  it('show work position and buffers as the mask asks', () => {
    const { ask } = grblBench('grbl', { settings: { $10: 2 } })
    ask('G92X5\n')
    expect(ask('?')[0]).toBe('<Idle|WPos:5.000,0.000,0.000|Bf:15,128|FS:0,0|WCO:-5.000,0.000,0.000>')
  })

  it('show spindle and coolant only beside Ov', () => {
    const { ask } = grblBench()
    ask('M3S500\nM8\n')
    ask('?')
    expect(ask('?')[0]).toMatch(/FS:0,500\|Ov:100,100,100\|A:SF>$/)
  })
})

describe('$ commands', () => {
  it.for([
    ['$G', '[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]'],
    ['$I', '[VER:1.1h.20190825:]'],
    ['$N', '$N0='],
    ['$#', '[G54:0.000,0.000,0.000]'],
    ['$', '[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]'],
    ['$$', '$0=10'],
  ] as const)('%s answers %s and an ok', ([line, first]) => {
    const heard = grblBench().ask(`${line}\n`)
    expect(heard[0]).toBe(first)
    expect(heard.at(-1)).toBe('ok')
  })

  it('$I tells the sizes of its buffers, FluidNC does not', () => {
    expect(grblBench().ask('$I\n')).toContain('[OPT:V,15,128]')
    expect(grblBench('grblhal').ask('$I\n')).toContain('[OPT:VNML+,100,1024,3,0]')
    expect(grblBench('fluidnc').ask('$I\n')).toContain('[OPT:MPHS]')
  })

  it('$$ is refused while it moves, $G is not', () => {
    const { ask } = grblBench('grbl', quick)
    ask('G1X50F600\n')
    expect(ask('$$\n')).toEqual(['error:8'])
    expect(ask('$G\n').at(-1)).toBe('ok')
    expect(ask('$#\n')).toEqual(['error:8'])
  })

  it('a stored setting is kept and printed; an AVR is deaf meanwhile', () => {
    const { ask, tell, machine, live, heard } = grblBench()
    tell('$110=8000\n')
    tell('?')
    expect(machine.deafBytes).toBe(1)
    live(0.05)
    expect(heard()).toEqual(['ok'])
    expect(ask('$$\n')).toContain('$110=8000.000')
  })

  it('$C parses without moving and starts anew when it is left', () => {
    const { ask, machine } = grblBench('grbl', quick)
    expect(ask('$C\n')).toEqual(['[MSG:Enabled]', 'ok'])
    expect(ask('G1X10F600\nG1X\n')).toEqual(['ok', 'error:2'])
    expect(machine.state()).toMatchObject({ mode: 'Check', moving: false })
    expect(ask('$C\n')).toEqual(['[MSG:Disabled]', 'ok', "Grbl 1.1h ['$' for help]"])
  })

  it('$SLP sleeps until a reset, and wakes locked', () => {
    const { ask } = grblBench()
    expect(ask('$SLP\n')).toEqual(['[MSG:Sleeping]'])
    expect(ask('G0X1\n')).toEqual([])
    expect(ask([0x18])).toEqual(["Grbl 1.1h ['$' for help]", "[MSG:'$H'|'$X' to unlock]"])
  })

  it('startup lines run after a reset and do not count as acknowledgements', () => {
    const { ask } = grblBench()
    ask('$N0=G20\n', 0.1)
    expect(ask([0x18])).toEqual(["Grbl 1.1h ['$' for help]", '>G20:ok'])
  })

  it.for([
    ['$EE', /^\[ERRORCODE:1\|\|/],
    ['$EA', /^\[ALARMCODE:1\|\|/],
    ['$ES', /^\[SETTING:0\|35\|Step pulse time\|microseconds\|6\|#0.0\|2.0\|\|0\|0\]/],
    ['$EG', /^\[SETTINGGROUP:/],
    ['$EEG', /^"Error Code in v1.1\+"/],
  ] as const)('grblHAL enumerates by %s; Grbl knows no such thing', ([line, shape]) => {
    expect(grblBench('grblhal').ask(`${line}\n`)[0]).toMatch(shape)
    expect(grblBench('grbl').ask(`${line}\n`)).toEqual(['error:3'])
  })
})
