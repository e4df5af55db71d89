// Each kind of line a Grbl, a grblHAL or a FluidNC says, and what it is read as.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GrblLine, readGrblLine } from '../../../protocols/grbl/read.ts'
import { isAtRest, readStatus } from '../../../protocols/grbl/status.ts'

describe('a line', () => {
  it.for([
    ['ok', { kind: 'ok' }],
    ['ok\r', { kind: 'ok' }],
    ['error:9', { kind: 'error', code: 9, text: 'error:9' }],
    ['error: 9', { kind: 'error', code: 9, text: 'error: 9' }],
    ['error: Unsupported command', { kind: 'error', text: 'error: Unsupported command' }],
    ['error:253', { kind: 'error', code: 253, text: 'error:253' }],
    ['ALARM:1', { kind: 'alarm', code: 1, text: 'ALARM:1' }],
    ['ALARM: Hard limit', { kind: 'alarm', text: 'ALARM: Hard limit' }],
    ["Grbl 1.1h ['$' for help]", { kind: 'banner', text: "Grbl 1.1h ['$' for help]" }],
    ["\u0000\u00f8Grbl 0.9j ['$' for help]", { kind: 'banner', text: "Grbl 0.9j ['$' for help]" }],
    ["GrblHAL 1.1f ['$' or '$HELP' for help]", { kind: 'banner', text: "GrblHAL 1.1f ['$' or '$HELP' for help]" }],
    [
      "Grbl 3.7 [FluidNC v3.7.16 (esp32-wifi) '$' for help]",
      { kind: 'banner', text: "Grbl 3.7 [FluidNC v3.7.16 (esp32-wifi) '$' for help]" },
    ],
    ['>G54G20:ok', { kind: 'startup', block: 'G54G20', result: 'ok' }],
    ['>:error:7', { kind: 'startup', block: '', result: 'error:7' }],
    ['$110=500.000', { kind: 'setting', key: '$110', value: '500.000' }],
    ['$N0=G54', { kind: 'setting', key: '$N0', value: 'G54' }],
    ['$0=10 (step pulse, usec)', { kind: 'setting', key: '$0', value: '10' }],
    ['$74=Workshop', { kind: 'setting', key: '$74', value: 'Workshop' }],
    ['[VER:1.1h.20190825:]', { kind: 'version', version: '1.1h.20190825', note: '' }],
    ['[VER:1.1f.20170801:Laser 2]', { kind: 'version', version: '1.1f.20170801', note: 'Laser 2' }],
    ['[VER:3.7 FluidNC v3.7.16 (esp32-wifi):]', { kind: 'version', version: '3.7 FluidNC v3.7.16 (esp32-wifi)', note: '' }],
    ['[OPT:VL,15,128]', { kind: 'options', letters: 'VL', plannerBlocks: 15, receiveBufferBytes: 128 }],
    ['[OPT:VNML+,100,1024,3,0]', { kind: 'options', letters: 'VNML+', plannerBlocks: 100, receiveBufferBytes: 1024 }],
    ['[OPT:MPHS]', { kind: 'options', letters: 'MPHS' }],
    ['[NEWOPT:ENUMS,RT+,TC,SED]', { kind: 'newOptions', names: ['ENUMS', 'RT+', 'TC', 'SED'] }],
    ['[FIRMWARE:grblHAL]', { kind: 'firmware', name: 'grblHAL' }],
    ['[AXS:3:XYZ]', { kind: 'axes', count: 3, letters: 'XYZ' }],
    ['[GC:G0 G54 G17 M5 F0. S0.]', { kind: 'modal', words: ['G0', 'G54', 'G17', 'M5', 'F0.', 'S0.'] }],
    ['[G54:1.000,-2.000,0.500]', { kind: 'offset', name: 'G54', values: [1, -2, 0.5] }],
    ['[TLO:0.000]', { kind: 'offset', name: 'TLO', values: [0] }],
    ['[PRB:0.000,0.000,-1.500:1]', { kind: 'probe', values: [0, 0, -1.5], touched: true }],
    ["[MSG:'$H'|'$X' to unlock]", { kind: 'message', text: "'$H'|'$X' to unlock" }],
    ["['$H'|'$X' to unlock]", { kind: 'message', text: "'$H'|'$X' to unlock" }],
    ['[MSG:INFO: Connected to Школа]', { kind: 'message', text: 'INFO: Connected to Школа' }],
    ['[ERRORCODE:2||Bad number.]', { kind: 'codeText', of: 'error', code: 2, text: 'Bad number.' }],
    ['[ALARMCODE:12|Limit|Limit switch engaged.]', { kind: 'codeText', of: 'alarm', code: 12, text: 'Limit switch engaged.' }],
    ['[echo:G1X0.540Y10.4F100]', { kind: 'info', name: 'echo', text: 'G1X0.540Y10.4F100' }],
    ['[HLP:$$ $# $G]', { kind: 'info', name: 'HLP', text: '$$ $# $G' }],
    ['', { kind: 'unknown', text: '' }],
    ['start', { kind: 'unknown', text: 'start' }],
    ['echo:busy: processing', { kind: 'unknown', text: 'echo:busy: processing' }],
    ['ok\u00ff', { kind: 'garbled', text: 'ok\u00ff' }],
    ['[OPT:VL,15', { kind: 'garbled', text: '[OPT:VL,15' }],
    ['<Idle|MPos:0.000', { kind: 'garbled', text: '<Idle|MPos:0.000' }],
  ] as [string, GrblLine][])('%j is read', ([line, value]) => {
    expect(readGrblLine(line)).toEqual(value)
  })

  it('is never an exception, whatever the bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), line => readGrblLine(line).kind !== undefined))
    const nearly = fc.string({
      unit: fc.constantFrom('<', '>', '[', ']', ':', '|', ',', 'o', 'k', 'M', 'P', '1', '.', '-', '$', '='),
      maxLength: 40,
    })
    fc.assert(fc.property(nearly, line => readGrblLine(line).kind !== undefined))
  })
})

describe('a status report', () => {
  it.for([
    ['<Idle|MPos:0.000,-10.000,5.000|FS:0,0>', { state: 'Idle', machinePosition: [0, -10, 5], feed: 0, spindle: 0 }],
    ['<Hold:0|MPos:5.000,2.000,0.000|F:0>', { state: 'Hold', sub: 0, machinePosition: [5, 2, 0], feed: 0 }],
    [
      '<Run|WPos:1.000,2.000,3.000|Bf:15,128|Ln:99|FS:500,8000,7900|Pn:XD|WCO:0.000,1.551,5.664|Ov:100,50,120|A:SF>',
      {
        state: 'Run',
        workPosition: [1, 2, 3],
        plannerFree: 15,
        receiveFree: 128,
        line: 99,
        feed: 500,
        spindle: 8000,
        pins: 'XD',
        workOffset: [0, 1.551, 5.664],
        overrides: { feed: 100, rapid: 50, power: 120 },
        accessories: 'SF',
      },
    ],
    [
      '<Alarm:11|MPos:0.000,0.000,0.000,0.000|Bf:100,1023|FS:0,0|H:0|T:0|FW:grblHAL|SN:a:b>',
      { state: 'Alarm', sub: 11, machinePosition: [0, 0, 0, 0], plannerFree: 100, receiveFree: 1023, feed: 0, spindle: 0, homed: false },
    ],
    [
      '<Run|MPos:0.000,0.000,0.000|FS:0,0|SD:12.50,/a|b.nc>',
      { state: 'Run', machinePosition: [0, 0, 0], feed: 0, spindle: 0, card: { percent: 12.5, file: '/a' } },
    ],
    ['<Tool|MPos:0.000,0.000|FS:0,0>', { state: 'Tool', machinePosition: [0, 0], feed: 0, spindle: 0 }],
  ] as const)('%s is read whole', ([line, report]) => {
    expect(readStatus(line)).toEqual(report)
  })

  it.for([
    '<Idle|MPos:0.0a0,0.000,0.000>',
    '<Idle|MPos:,0.000,0.000>',
    '<Idle|MPos:0.000>',
    '<Idle|MPos:0.000,0.000,0.000|FS:0,\u00ff>',
    '<Idle|MPos:0.000,0.0<Run|MPos:0.000,0.000,0.000|FS:0,0>',
    '<Odle|MPos:0.000,0.000,0.000>',
    '<Hold:x|MPos:0.000,0.000,0.000>',
    '<Idle|MPos:0.000,0.000,0.000|Ov:100,100>',
    '<>',
  ])('%s is refused whole: a damaged number is a wrong position', line => {
    expect(readStatus(line)).toBeUndefined()
  })

  it.for([
    ['<Hold:0|MPos:0,0,0>', true],
    ['<Hold:1|MPos:0,0,0>', false],
    ['<Hold|MPos:0,0,0>', true],
    ['<Door:0|MPos:0,0,0>', true],
    ['<Door:1|MPos:0,0,0>', true],
    ['<Door:2|MPos:0,0,0>', false],
    ['<Door:3|MPos:0,0,0>', false],
    ['<Run|MPos:0,0,0>', false],
    ['<Jog|MPos:0,0,0>', false],
    ['<Home|MPos:0,0,0>', false],
    ['<Idle|MPos:0,0,0>', true],
    ['<Tool|MPos:0,0,0>', true],
  ] as const)('%s tells whether the machine stands: %s', ([line, stands]) => {
    const status = readStatus(line)
    expect(status === undefined ? undefined : isAtRest(status)).toBe(stands)
  })
})
