// Every spelling a Marlin-family firmware is known to use, line by line.
import { describe, expect, it } from 'vitest'
import { codeOf, waitOf } from '../../../protocols/marlin/codes.ts'
import { framedLength, frameLine } from '../../../protocols/marlin/frame.ts'
import { readLine } from '../../../protocols/marlin/read.ts'
import { readTemperatures } from '../../../protocols/marlin/temperature.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('a line on the wire', () => {
  it.for([
    [0, 'M110 N0', 'N0 M110 N0*125\n'],
    [1, 'G28', 'N1 G28*18\n'],
    [2, 'M105', 'N2 M105*37\n'],
    [-1, 'M110 N-1', 'N-1 M110 N-1*125\n'],
    [123, 'G1 X10.5 Y-3.25 E0.0312', 'N123 G1 X10.5 Y-3.25 E0.0312*127\n'],
  ] as const)('numbers and checksums line %i "%s" as Marlin counts', ([number, command, framed]) => {
    expect(text(frameLine(number, command))).toBe(framed)
    expect(framedLength(number, command)).toBe(framed.length - 1)
  })

  it('never carries a byte outside printable ASCII', () => {
    const bytes = frameLine(7, 'M117 фреза\r\n\u0085!')
    expect([...bytes.slice(0, -1)].every(byte => byte >= 0x20 && byte < 0x7f)).toBe(true)
    expect(bytes.at(-1)).toBe(0x0a)
  })

  it('may be longer than the workbench', () => {
    expect(text(frameLine(1, 'x'.repeat(600)))).toContain('x'.repeat(600))
  })
})

describe('an answer', () => {
  it.for([
    ['ok', { kind: 'ok', count: 1 }],
    ['OK', { kind: 'ok', count: 1 }],
    ['\u0000\u00ffok', { kind: 'ok', count: 1 }],
    ['okok', { kind: 'ok', count: 2 }],
    ['ok?ok', { kind: 'ok', count: 2 }],
    ['ok N12 P15 B3', { kind: 'ok', count: 1, line: 12, buffer: 3 }],
    ['ok P15 B3', { kind: 'ok', count: 1, buffer: 3 }],
    ['ok 12', { kind: 'ok', count: 1, line: 12 }],
    [
      'ok T:23.0 /220.0 B:60.0 /60.0',
      { kind: 'ok', count: 1, heaters: { nozzle: { actual: 23, target: 220 }, bed: { actual: 60, target: 60 } } },
    ],
    ['Resend: 23', { kind: 'resend', line: 23 }],
    ['Resend:23', { kind: 'resend', line: 23 }],
    ['Resend: N23', { kind: 'resend', line: 23 }],
    ['Resend: N:23', { kind: 'resend', line: 23 }],
    ['resend 23', { kind: 'resend', line: 23 }],
    ['rs 23', { kind: 'resend', line: 23 }],
    ['rs N23 expected checksum 109', { kind: 'resend', line: 23 }],
    ['Error:checksum mismatch, Last Line: 22Resend: 23', { kind: 'resend', line: 23 }],
    ['Resend: 23ok', { kind: 'resend', line: 23 }],
    [
      'Error:Line Number is not Last Line Number+1, Last Line: 11',
      { kind: 'line-error', lastLine: 11, text: 'Error:Line Number is not Last Line Number+1, Last Line: 11' },
    ],
    ['Error:checksum mismatch, Last Line: 11', { kind: 'line-error', lastLine: 11, text: 'Error:checksum mismatch, Last Line: 11' }],
    [
      'Error:No Checksum with line number, Last Line: 0',
      { kind: 'line-error', lastLine: 0, text: 'Error:No Checksum with line number, Last Line: 0' },
    ],
    ['Error:No Line Number with checksum', { kind: 'line-error', text: 'Error:No Line Number with checksum' }],
    ['echo:busy: processing', { kind: 'busy', waiting: false }],
    ['echo:busy: paused for user', { kind: 'busy', waiting: true }],
    ['echo:busy: paused for input', { kind: 'busy', waiting: true }],
    ['busy: processing', { kind: 'busy', waiting: false }],
    ['wait', { kind: 'wait' }],
    ['start', { kind: 'start' }],
    ['\u0000start', { kind: 'start' }],
    ['echo:Marlin 2.1.2', { kind: 'boot', text: 'echo:Marlin 2.1.2' }],
    ['echo: External Reset', { kind: 'boot', text: 'echo: External Reset' }],
    ['echo: Last Updated: 2022-12-17 | Author: (none)', { kind: 'boot', text: 'echo: Last Updated: 2022-12-17 | Author: (none)' }],
    ['SD printing byte 250/1000', { kind: 'card', printing: true, fraction: 0.25 }],
    ['Not SD printing', { kind: 'card', printing: false }],
    ['Done printing file', { kind: 'card', printing: false }],
    ['X:1.00 Y:-2.50 Z:3.25 E:4.00 Count X:80 Y:-200 Z:1300', { kind: 'position', position: { x: 1, y: -2.5, z: 3.25, e: 4 }, count: 0 }],
    ['X:1.00 Y:2.00 Z:3.00 E0:4.00 E1:0.00', { kind: 'position', position: { x: 1, y: 2, z: 3, e: 4 }, count: 0 }],
    ['Cap:EMERGENCY_PARSER:1', { kind: 'capability', name: 'EMERGENCY_PARSER', on: true }],
    ['Cap:THERMAL_PROTECTION:0', { kind: 'capability', name: 'THERMAL_PROTECTION', on: false }],
    ['echo:Unknown command: "M600"', { kind: 'unknown-command', command: 'M600' }],
    ['echo:  M203 X500.00 Y500.00 Z5.00 E25.00', { kind: 'setting', code: 'M203', value: 'X500.00 Y500.00 Z5.00 E25.00' }],
    ['  M92 X80.00 Y80.00 Z400.00 E93.00 ; (steps/mm)', { kind: 'setting', code: 'M92', value: 'X80.00 Y80.00 Z400.00 E93.00' }],
    ['echo:Printer locked! Enter M511', { kind: 'locked' }],
    ['echo:SD card ok', { kind: 'echo', text: 'SD card ok' }],
    ['//action:paused filament_runout 0', { kind: 'action', action: { verb: 'paused', text: 'filament_runout 0' } }],
    ['// action:Pause', { kind: 'action', action: { verb: 'pause', text: '' } }],
    ['// a comment', { kind: 'action', action: { verb: '', text: 'a comment' } }],
    ['File deleted:a.gcook', { kind: 'unknown', text: 'File deleted:a.gcook', count: 1 }],
    ['~ok', { kind: 'unknown', text: '~ok', count: 1 }],
    ['zk', { kind: 'unknown', text: 'zk', count: 0 }],
    ['', { kind: 'blank' }],
    ['\u0000 \t', { kind: 'blank' }],
  ] as const)('reads %j', ([line, heard]) => expect(readLine(line)).toEqual(heard))

  it.for([
    ['Error:Thermal Runaway, system stopped! Heater_ID: bed', 'thermal-runaway', 'bed', false],
    ['Error:Heating failed, system stopped! Heater_ID: 0', 'heating-failed', 'nozzle', false],
    ['Error:MAXTEMP triggered, system stopped! Heater_ID: 1', 'max-temp', 'nozzle1', false],
    ['Error:MINTEMP triggered, system stopped! Heater_ID: chamber', 'min-temp', 'chamber', false],
    ['Error:Thermal Malfunction, system stopped! Heater_ID: 0', 'thermal-malfunction', 'nozzle', false],
    ['Error:Printer halted. kill() called!', 'killed', undefined, false],
    ['Error:Printer stopped due to errors. Fix the error and use M999 to restart.', 'stopped', undefined, true],
    ['!! Emergency stop', 'killed', undefined, false],
    ['fatal: Heater/sensor error - printer stopped and heaters disabled', 'killed', undefined, false],
    ['Watchdog barked, please turn the printer off.', 'watchdog', undefined, false],
  ] as const)('reads the halt %j', ([line, cause, heater, soft]) => {
    expect(readLine(line)).toEqual({ kind: 'halt', cause, ...(heater ? { heater } : {}), final: true, soft, text: line })
  })

  it('splits M115 where names stand, whatever the values hold', () => {
    expect(
      readLine(
        'FIRMWARE_NAME:Marlin 2.1.2 (Dec  1 2023 12:00:00) SOURCE_CODE_URL:https://github.com/x PROTOCOL_VERSION:1.0 MACHINE_TYPE:Ender-3 V2 EXTRUDER_COUNT:1 UUID:ab-c',
      ),
    ).toEqual({
      kind: 'firmware',
      fields: {
        FIRMWARE_NAME: 'Marlin 2.1.2 (Dec  1 2023 12:00:00)',
        SOURCE_CODE_URL: 'https://github.com/x',
        PROTOCOL_VERSION: '1.0',
        MACHINE_TYPE: 'Ender-3 V2',
        EXTRUDER_COUNT: '1',
        UUID: 'ab-c',
      },
    })
  })
})

describe('a temperature report', () => {
  it.for([
    [
      'ok T:23.0 /220.0 B:60.0 /60.0 T0:23.5 /220.0 @:85 B@:31',
      { nozzle: { actual: 23.5, target: 220, power: 0.67 }, bed: { actual: 60, target: 60, power: 0.24 } },
    ],
    [
      'T:210.04 /210.00 B:52.00 /52.00 @:85 B@:31 W:3',
      { nozzle: { actual: 210.04, target: 210, power: 0.67 }, bed: { actual: 52, target: 52, power: 0.24 } },
    ],
    ['T:-55.7/0', { nozzle: { actual: -55.7, target: 0 } }],
    ['T:23.0 E:0 W:?', { nozzle: { actual: 23 } }],
    [
      'T:25.1 /0.0 B:24.9 /0.0 P:0.0 A:28.3 @:0 B@:0',
      { nozzle: { actual: 25.1, target: 0, power: 0 }, bed: { actual: 24.9, target: 0, power: 0 }, P: { actual: 0 }, A: { actual: 28.3 } },
    ],
    [
      'T0:25 /0 T1:30 /200 C:40.0 /45.0',
      { nozzle: { actual: 25, target: 0 }, nozzle1: { actual: 30, target: 200 }, chamber: { actual: 40, target: 45 } },
    ],
    ['T:20.0 /0.0 B:20.0 /0.0 @:0 B@:31pS_XYZ:5', { nozzle: { actual: 20, target: 0, power: 0 }, bed: { actual: 20, target: 0 } }],
    ['T:99999 /0 B:20.0 /0.0', { bed: { actual: 20, target: 0 } }],
    ['no figures here', undefined],
  ] as const)('reads %j', ([line, heaters]) => expect(readTemperatures(line)).toEqual(heaters))
})

describe('a command', () => {
  it.for([
    ['G28', 1028, 'machine'],
    ['G1 X1', 1001, undefined],
    ['M109 S200', 2109, 'machine'],
    ['m190S60', 2190, 'machine'],
    ['G4 P500', 1004, 'machine'],
    ['M600', 2600, 'person'],
    ['M0 S30', 2000, 'person'],
    ['M104 S200', 2104, undefined],
    ['T1', 3001, 'machine'],
    ['; nothing', 0, undefined],
    ['', 0, undefined],
  ] as const)('%j has code %i and is ended by %s', ([line, code, who]) => {
    expect(codeOf(line)).toBe(code)
    expect(waitOf(code)?.who).toBe(who)
  })
})
