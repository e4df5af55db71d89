// The gate's page of the manual: what each line of a program becomes on the wire, or why it may not go.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGate, type GateRules } from '../../protocols/gcode/gate.ts'

const grbl: GateRules = { dialect: 'grbl', lineLengthMax: 79, machineKind: 'laser', constantPowerAllowed: false }
const mill: GateRules = { ...grbl, machineKind: 'mill' }
const marlin: GateRules = { dialect: 'marlin', lineLengthMax: 95, machineKind: 'printer', constantPowerAllowed: false }

function pass(rules: GateRules, raw: string): string {
  const out = createGate(rules, 2).line(raw)
  if (out === 'skip') return 'skip'
  return 'send' in out ? out.send : `fault ${out.fault.code}`
}

describe('The gate of Grbl', () => {
  it.for<[string, string]>([
    ['G1 X10.5 Y-3 F600', 'G1X10.5Y-3F600'],
    ['g1 x10 y-.5', 'G1X10Y-.5'],
    ['G1X1 (фреза) Y2 ; Программа', 'G1X1Y2'],
    ['(hello!)', 'skip'],
    ['(hello!', 'skip'],
    ['; т', 'skip'],
    ['G1 X1 (a;b) Y2', 'G1X1Y2'],
    ['N10 G1 X1', 'G1X1'],
    ['G1 N10 X1', 'G1X1'],
    ['/G1 X1', 'G1X1'],
    ['G1 X1\r', 'G1X1'],
    ['%', 'skip'],
    ['', 'skip'],
    ['   ', 'skip'],
    ['O1234', 'skip'],
    ['M30', 'M30'],
    ['M4 S500', 'M4S500'],
    ['M3 S500', 'fault constant-power'],
    ['m03', 'fault constant-power'],
    // No M3 for Grbl either: it answers with an error.
    ['M-3', 'M-3'],
    ['G28.1', 'fault forbidden-offsets'],
    ['G30.1', 'fault forbidden-offsets'],
    ['G10 L20 P1 X0', 'fault forbidden-offsets'],
    ['G28 G91 Z0', 'G28G91Z0'],
    ['$X', 'fault setting-line'],
    ['  $100=250', 'fault setting-line'],
    ['$RST=*', 'fault setting-line'],
    ['M500', 'fault forbidden-settings'],
    ['#1=5', 'fault expression'],
    ['G1 X[#1+2]', 'fault expression'],
    ['G1 X10!', 'fault unreadable-line'],
    ['~', 'fault unreadable-line'],
    ['?', 'fault unreadable-line'],
    ['фреза', 'fault unreadable-line'],
    ['G1 Х10', 'fault unreadable-line'],
    ['Hello', 'fault unreadable-line'],
    ['G1 X1.2.3', 'fault unreadable-line'],
    ['G1 X--1', 'fault unreadable-line'],
    ['12', 'fault unreadable-line'],
    [`G1 X${'1'.repeat(80)}`, 'fault line-too-long'],
  ])('makes of %j: %s', ([raw, wanted]) => expect(pass(grbl, raw)).toBe(wanted))

  it('reads a line of a million characters as far as its comment, and refuses it where it has none', () => {
    expect(pass(grbl, `G1 X1 ;${'Ы'.repeat(1_000_000)}`)).toBe('G1X1')
    expect(pass(grbl, 'x'.repeat(1_000_000))).toBe('fault line-too-long')
    expect(pass(marlin, 'G1 '.repeat(300_000))).toBe('fault line-too-long')
  })

  it('lets M3 through for mills, and for lasers with a technician’s leave', () => {
    expect(pass(mill, 'M3 S12000')).toBe('M3S12000')
    expect(pass({ ...grbl, constantPowerAllowed: true }, 'M3 S500')).toBe('M3S500')
  })

  it('leaves out the first tool and refuses a second', () => {
    const gate = createGate(mill)
    expect(gate.line('T1 M6')).toEqual({ send: 'T1' })
    expect(gate.line('G0 X1')).toEqual({ send: 'G0X1' })
    expect(gate.line('T1 M06')).toEqual({ send: 'T1' })
    expect(gate.line('T2 M6')).toMatchObject({ fault: { code: 'tool-change', line: 4 } })
  })

  it('drops a byte order mark on the first line only, however it was decoded', () => {
    expect(createGate(grbl).line('\ufeffG1X1')).toEqual({ send: 'G1X1' })
    expect(createGate(grbl).line('\u00ef\u00bb\u00bfG1X1')).toEqual({ send: 'G1X1' })
    expect(pass(grbl, '\ufeffG1X1')).toBe('fault unreadable-line')
  })
})

describe('The gate of Marlin', () => {
  it.for<[string, string]>([
    ['G1 X10.5 Y-3 E.5 F600 ; wall', 'G1 X10.5 Y-3 E.5 F600'],
    ['  g1  x10\ty5  ', 'G1 X10 Y5'],
    ['G1X10Y5', 'G1X10Y5'],
    ['N123 G1 X10*77', 'G1 X10'],
    ['N12 N13 G1 X10', 'G1 X10'],
    ['N-N0', 'skip'],
    ['G28 ; домой', 'G28'],
    ['G28 (домой!) X', 'G28 X'],
    ['(note) G28', 'G28'],
    ['M117 Done! 50% ok?', 'M117 Done 50% ok'],
    ['M117 Печать', 'skip'],
    ['M0 Click to go on', 'M0 Click to go on'],
    ['M0 Нажмите', 'M0'],
    [`M117 ${'x'.repeat(200)}`, `M117 ${'x'.repeat(78)}`],
    ['M862.3 P "MK3S"', 'M862.3 P "MK3S"'],
    ['M862.3 P "MK3S', 'fault unreadable-line'],
    ['M862.3 P "MK3S;"', 'fault unreadable-line'],
    ['M862.3 P "MK3S("', 'fault unreadable-line'],
    ['M117 Layer (1/30) $5', 'M117 Layer 1/30 5'],
    ['M486 AКубик', 'skip'],
    ['T0', 'T0'],
    ['Tx', 'TX'],
    ['M105', 'skip'],
    ['M155 S0', 'skip'],
    ['M118 //action:cancel', 'skip'],
    ['M500', 'fault forbidden-settings'],
    ['M501', 'fault forbidden-settings'],
    ['M502', 'fault forbidden-settings'],
    ['M504', 'fault forbidden-settings'],
    ['N5 M92 E93*12', 'fault forbidden-settings'],
    ['M 500', 'fault forbidden-settings'],
    ['m0500', 'fault forbidden-settings'],
    ['M851 Z-1', 'fault forbidden-settings'],
    ['M997', 'fault forbidden-firmware'],
    ['M999', 'fault forbidden-firmware'],
    ['M28 a.g', 'fault forbidden-card'],
    ['M30 /a.g', 'fault forbidden-card'],
    ['M928 log', 'fault forbidden-card'],
    ['M112', 'fault forbidden-host'],
    ['M110 N0', 'fault forbidden-host'],
    ['$100=1', 'fault setting-line'],
    ['M104 S{first_layer_temperature[0]}', 'fault expression'],
    ['M104 S[first_layer_temperature]', 'fault expression'],
    ['EXCLUDE_OBJECT_START NAME=Куб', 'skip'],
    ['START_PRINT BED=60', 'fault foreign-macro'],
    ['@pause', 'skip'],
    ['G1 Х10', 'fault unreadable-line'],
    ['G1 X10!', 'fault unreadable-line'],
    [`G1 X${'1'.repeat(80)}`, 'fault line-too-long'],
    [`G1 X${'1'.repeat(79)}`, `G1 X${'1'.repeat(79)}`],
  ])('makes of %j: %s', ([raw, wanted]) => expect(pass(marlin, raw)).toBe(wanted))
})

it.for([grbl, mill, marlin])('lets nothing but plain ASCII without ! ? ~ through, whatever comes (%o)', rules => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[GMXYZFSNTE0-9 .()!?~;*$\\"\u0410-\u044f\x80-\xff-]{0,60}$/),
    fc.uint8Array().map(bytes => String.fromCharCode(...bytes)),
  )
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 5 }), lines => {
      const gate = createGate(rules)
      for (const raw of lines) {
        const out = gate.line(raw)
        if (out === 'skip' || 'fault' in out) continue
        expect(out.send).toMatch(/^[\x20-\x7e]+$/)
        expect(out.send).not.toMatch(/[!?~;*$]/)
        expect(out.send).toBe(out.send.trim())
        expect(out.send.length).toBeLessThanOrEqual(rules.dialect === 'grbl' ? 79 : 83)
        // What has passed once passes again unchanged.
        expect(createGate({ ...rules, constantPowerAllowed: true }, 2).line(out.send)).toEqual({ send: out.send })
      }
    }),
    { numRuns: 1000 },
  )
})
