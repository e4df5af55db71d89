// The analysis as a whole: what a file is, who may run it and why not; the same however it comes, and never at a loss.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { programSchema } from '../../protocols/contract/program.ts'
import { type Analysis, createAnalyser, type MachineFacts } from '../../protocols/gcode/analyse.ts'
import { laser, mill, printer } from './machines.ts'

const school = [laser, mill, printer]

function analyse(
  content: string | Uint8Array,
  machines: readonly MachineFacts[] = school,
  name = 'program.gcode',
  chop?: number[],
): Analysis {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const analyser = createAnalyser({ name, size: bytes.length, machines })
  let at = 0
  for (const size of chop ?? []) {
    // A chunk is the caller's: it may be overwritten as soon as push() returns.
    const chunk = bytes.slice(at, at + size)
    analyser.push(chunk)
    chunk.fill(0x58)
    at += size
  }
  if (at < bytes.length) analyser.push(bytes.subarray(at))
  return analyser.finish()
}

function codes(analysis: Analysis, machine: string): string[] {
  const found = analysis.program.machines.find(each => each.machine === machine)
  return [...analysis.program.findings, ...(found?.findings ?? [])].map(
    each => `${each.severity} ${each.code}${each.line === undefined ? '' : ` ${each.line}`}`,
  )
}

const fixture = (name: string) => readFileSync(new URL(`../fixtures/programs/${name}`, import.meta.url))

describe('Real programs', () => {
  it.for([
    // Seconds by the slicer's own machine model stand beside ours.
    ['prusaslicer-cube.gcode', 'printer', 'PrusaSlicer 2.5.0', 205],
    ['prusaslicer-vase.gcode', 'printer', 'PrusaSlicer 2.5.0', 137],
    ['шестерёнка.gcode', 'printer', 'PrusaSlicer 2.5.0', 251],
    ['laser-raster.nc', 'laser', 'LightBurn 1.4.00', undefined],
    ['laser-vector.gc', 'laser', 'LightBurn 1.4.00', undefined],
    ['mill-pocket.nc', 'mill', undefined, undefined],
    ['mill-relief.tap', 'mill', 'VCarve', undefined],
  ] as const)('%s is for a %s', ([name, kind, slicer, slicerSeconds]) => {
    const { program, timeMaps, preview, layers } = analyse(fixture(name), school, name)
    expect(program.kind).toBe(kind)
    expect(program.slicer).toBe(slicer)
    expect(program.slicerSeconds).toBe(slicerSeconds)
    expect(programSchema.safeParse({ ...program, sha256: '0'.repeat(64) }).success).toBe(true)
    for (const machine of program.machines) {
      expect(machine.findings.filter(found => found.code === 'wrong-kind').length, machine.machine).toBe(
        machine.machine.startsWith(kind) ? 0 : 1,
      )
    }
    const own = program.machines.find(machine => machine.machine.startsWith(kind))
    expect(own?.fits, JSON.stringify(own?.findings)).toBe(true)
    const map = timeMaps[own?.machine ?? ''] ?? []
    expect(map[0]).toEqual([0, 0])
    expect(map.at(-1)).toEqual([program.size, own?.estimatedSeconds])
    expect(map.length).toBeLessThanOrEqual(4096)
    for (let i = 1; i < map.length; i++) {
      expect(map[i]?.[0]).toBeGreaterThan(map[i - 1]?.[0] ?? 0)
      expect(map[i]?.[1]).toBeGreaterThanOrEqual(map[i - 1]?.[1] ?? 0)
    }
    expect(preview.points.length).toBe(preview.work.length * 3)
    expect(preview.times.length).toBe(preview.work.length)
    if (kind === 'printer') expect(layers.length).toBe(program.layers)
    if (slicerSeconds !== undefined) {
      // Printed with the very figures that the file sets by M201–M205; PrusaSlicer's time machine is another pair of eyes.
      expect(Math.abs((own?.motionSeconds ?? 0) - slicerSeconds) / slicerSeconds).toBeLessThan(0.05)
    }
  })
})

const heated = 'G28\nM140 S60\nM104 S200\nM190 S60\nM109 S200\n'
const cooled = 'M104 S0\nM140 S0\n'
const printed = (body: string) => `${heated}G0 X10 Y10 Z0.2 F1200\nG1 X20 E1\n${body}\nG1 X50 Y50 E5\n${cooled}`
const burnt = (body: string) => `G21 G90\nM4\nG1 X5 Y5 S300 F1000\n${body}\nG1 X50 Y50\nM5\nM2\n`
const milled = (body: string) => `G21 G90\nM3 S9000\nG0 Z5\nG1 Z-1 F200\nG1 X50 Y50 F500\n${body}\nG0 Z5\nM5\nM30\n`

describe('Checks', () => {
  it.for<[string, string, string, string[]]>([
    ['a sound print', 'printer-1', printed(''), []],
    ['a sound burn', 'laser-1', burnt(''), []],
    ['a sound cut', 'mill-1', milled(''), []],
    ['beyond the bed', 'printer-1', printed('G1 X230 E2'), ['stop outside-area 8']],
    ['travel beyond the bed', 'printer-1', printed('G0 X230\nG0 X50'), ['note travel-outside 8']],
    ['larger than the bed', 'printer-1', printed('G1 X1 E2\nG1 X230 E3'), ['stop too-large 9']],
    ['beyond the laser’s field', 'laser-1', burnt('G1 X-20'), ['stop outside-area 4']],
    ['beyond the mill’s table', 'mill-1', milled('G1 X-20'), ['ask outside-area 6']],
    ['a nozzle too hot', 'printer-1', printed('M104 S300'), ['stop nozzle-too-hot 8']],
    ['a bed too hot', 'printer-1', printed('M140 S120'), ['stop bed-too-hot 8']],
    ['a nozzle too hot for PLA', 'printer-1', `${printed('M104 S255')}; filament_type = PLA\n`, ['ask material-too-hot 8']],
    ['a cold nozzle', 'printer-1', 'G28\nM140 S60\nG1 X10 E5 F600\nM140 S0\n', ['stop nozzle-never-heated 3']],
    ['a cold bed', 'printer-1', 'G28\nM109 S200\nG1 X10 E5 F600\nM104 S0\n', ['note bed-never-heated']],
    ['no homing', 'printer-1', 'M140 S60\nM109 S200\nG1 X10 E5 F600\nM104 S0\nM140 S0\n', ['ask never-homed']],
    ['heaters left on', 'printer-1', `${heated}G1 X10 E5 F600\n`, ['note heaters-left-on']],
    ['another printer', 'printer-1', `${printed('')}; printer_model = ENDER3\n`, ['ask wrong-machine']],
    ['this printer by a short name', 'printer-1', `${printed('')}; printer_model = TEST PRINTER 3\n`, []],
    ['another nozzle', 'printer-1', `${printed('')}; nozzle_diameter = 0.6\n`, ['ask nozzle-size']],
    ['another firmware', 'printer-1', `${printed('')}; gcode_flavor = makerware\n`, ['stop wrong-flavour']],
    ['settings written', 'printer-1', printed('M500'), ['stop forbidden-settings 8']],
    ['steps changed', 'printer-1', printed('M92 E415'), ['stop forbidden-settings 8']],
    ['the card', 'printer-1', printed('M28 x.g'), ['stop forbidden-card 8']],
    ['a macro of Klipper', 'printer-1', printed('START_PRINT'), ['stop foreign-macro 8']],
    ['a placeholder', 'printer-1', printed('M104 S{temperature}'), ['stop expression 8']],
    ['an unknown command', 'printer-1', printed('M7777'), ['note ignored-command 8']],
    ['a pause for a person', 'printer-1', printed('M600'), ['note waits 8']],
    ['too long a line', 'printer-1', printed(`G1 X${'0'.repeat(90)}1 E2`), ['stop line-too-long 8']],
    ['a long message', 'printer-1', printed(`M117 ${'Э'.repeat(300)}`), []],
    ['inches in the wrong place', 'printer-1', printed('G20\nG1 X10 E3\nG21'), ['stop too-large 9']],
    ['M3', 'laser-1', burnt('M3'), ['stop constant-power 4']],
    ['no beam', 'laser-1', 'M4\nG1 X10 Y10 F600\nM5\n', ['ask no-beam']],
    ['too much power', 'laser-1', burnt('S1200'), ['stop power-too-high 4']],
    ['beam left on', 'laser-1', 'M4 S100\nG1 X10 Y10 F600\n', ['ask beam-left-on']],
    ['burning at rest', 'laser-1', burnt('M3\nG4 P5'), ['stop constant-power 4', 'stop burning-dwell 5']],
    ['no feed', 'laser-1', 'M4 S100\nG1 X10 Y10\nM5\n', ['stop no-feed 2']],
    ['a wrong arc', 'laser-1', burnt('G2 X10 Y10 I50'), ['stop bad-arc 4']],
    ['a setting', 'laser-1', burnt('$32=0'), ['stop setting-line 4']],
    ['a stored zero', 'laser-1', burnt('G10 L20 P1 X0'), ['stop forbidden-offsets 4']],
    ['a formula', 'laser-1', burnt('#1=3\nG1 X[#1]'), ['stop expression 4']],
    ['an exclamation', 'laser-1', burnt('G1 X5!'), ['stop unreadable-line 4']],
    ['Cyrillic letters that look Latin', 'laser-1', burnt('G1 Х5'), ['stop unreadable-line 4']],
    ['a word Grbl has not', 'laser-1', burnt('G64 P0.1'), ['stop unknown-command 4']],
    ['too fast', 'laser-1', burnt('F99999'), ['note feed-above-machine 4']],
    ['an absurd number', 'laser-1', burnt(`G1 X${'9'.repeat(60)}`), ['stop absurd-number 4']],
    ['no spindle', 'mill-1', 'G21\nG0 Z5\nG1 Z-1 F200\nG1 X50 F500\nG0 Z5\nM30\n', ['ask spindle-never-started']],
    ['a plunge at full speed', 'mill-1', milled('G0 Z5\nG0 Z-2'), ['ask rapid-into-stock 7']],
    ['too deep', 'mill-1', milled('G1 Z-60'), ['ask too-deep 6']],
    ['a second tool', 'mill-1', milled('T2 M6'), ['stop tool-change 6']],
    ['a tiny part', 'laser-1', 'M4 S100\nG1 X0.5 Y0.5 F600\nM5\n', ['ask tiny-part']],
  ])('%s on %s', ([, machine, text, expected]) => {
    const found = codes(analyse(text), machine)
    for (const code of expected) expect(found).toContain(code)
    const unexpected = found.filter(code => !expected.includes(code))
    if (expected.length === 0) expect(unexpected).toEqual([])
  })

  it.for<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'empty'],
    ['comments only', '; привет\n(мир)\n', 'empty'],
    ['a binary', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255), 'binary'],
    ['NUL bytes', `G1 X1\0\nG1 X2\n`, 'binary'],
    ['prose', 'Добрый день!\nЭто не программа.\n'.repeat(20), 'binary'],
  ])('%s is stopped for every machine', ([, content, code]) => {
    const { program } = analyse(content)
    expect(program.findings.map(found => found.code)).toContain(code)
    expect(program.machines.every(machine => !machine.fits)).toBe(true)
  })

  it.for(['cube.stl', 'cube.3mf', 'logo.svg'])('%s is refused by its name, with what to do instead', name => {
    expect(analyse('', school, name).program.findings[0]?.code).toBe('model-file')
  })

  it.for(['GCDE\x01\0\0\0\x01\0', 'PK\x03\x04\x14\0'])('%j is said to be packed', start => {
    expect(analyse(`${start}${'\x07'.repeat(500)}`).program.findings[0]?.code).toBe('container')
  })

  it('draws a picture where the slicer left none', () => {
    expect(analyse(printed('')).picture?.type).toBe('image/png')
    expect(analyse('').picture).toBeUndefined()
  })

  it('reads CRLF, a byte order mark and a last line without an end like anything else', () => {
    const text = burnt('G1 X20')
    const plain = analyse(text)
    const windows = analyse(`\ufeff${text.trimEnd().replaceAll('\n', '\r\n')}`)
    expect(windows.program.machines).toEqual(plain.program.machines)
    expect(windows.program.lines).toBe(plain.program.lines)
  })
})

describe('The kind of machine', () => {
  const square = 'G1 X50\nG1 Y50\nG1 X0\nG1 Y0\n'
  it.for<[string, string, string, boolean, boolean]>([
    ['M3 and moves without Z: either', `G21 G90\nM3 S800\nG1 X10 F500\n${square}M5\n`, 'unknown', false, true],
    ['M4 whose power stands still: either', `M4 S100\nG1 X10 Y10 F600\n${square}M5\n`, 'unknown', true, true],
    ['M4 with S on a move: a laser', `M4\nG1 X10 Y10 S300 F600\n${square}M5\n`, 'laser', true, false],
    [
      'a beam switched on and off: a laser',
      `F600\n${'M3 S300\nG1 X10\nM5\nG0 Y9\nM3 S300\nG1 X0\nM5\nG0 Y0\n'.repeat(2)}`,
      'laser',
      false,
      false,
    ],
    ['a power of its own for each dot: a laser', `M3\nF600\n${'G1 X1 S10\nG1 X2 S20\nG1 X3 S0\n'.repeat(5)}M5\n`, 'laser', false, false],
    ['a plunge below zero: a mill', `M3 S800\nG0 Z5\nG1 Z-1 F100\n${square}G0 Z5\nM5\n`, 'mill', false, true],
    ['plunges onto a table whose top is zero: a mill', `M3 S800\n${`G0 Z9\nG1 Z2 F100\n${square}`.repeat(2)}M5\n`, 'mill', false, true],
    ['a spindle whose speed follows the tool: a mill', `F100\n${`M3 S800\nG1 Z-1\n${square}G0 Z5\nM5\n`.repeat(4)}`, 'mill', false, true],
    ['moves alone: whoever has the words', `G1 X10 F500\n${square}`, 'unknown', true, true],
  ])('%s', ([, text, kind, laserFits, millFits]) => {
    const { program } = analyse(text)
    expect(program.kind).toBe(kind)
    const of = (machine: string) => program.machines.find(one => one.machine === machine)
    expect([of('laser-1')?.fits, of('mill-1')?.fits], JSON.stringify(program.machines)).toEqual([laserFits, millFits])
    if (kind === 'unknown') expect(codes(analyse(text), 'mill-1')).toContain(text.includes('M') ? 'ask laser-or-mill' : 'ask kind-unknown')
    expect(codes(analyse(text), 'mill-1').includes('stop wrong-kind')).toBe(kind === 'laser')
  })

  it('a cut is never a print’s, whatever it is', () => {
    expect(codes(analyse(`M3 S800\nG1 X10 F500\n${square}M5\n`), 'printer-1')).toContain('stop wrong-kind')
    expect(codes(analyse(printed('')), 'mill-1')).toContain('stop wrong-kind')
  })
})

const lineOf = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom('G0', 'G1', 'G2', 'G3', ''),
        fc.array(fc.tuple(fc.constantFrom(...'XYZEFSIJR'), fc.float({ min: -300, max: 300, noNaN: true })), { maxLength: 5 }),
      )
      .map(([g, words]) => `${g}${words.map(([letter, value]) => ` ${letter}${value.toFixed(3)}`).join('')}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'M3 S100',
      'M4',
      'M5',
      'G90',
      'G91',
      'G20',
      'G21',
      'G4 P1',
      'G92 X0',
      'M104 S200',
      'M109 S0',
      'G28',
      'M82',
      'M83',
      ';LAYER:1',
      ';LAYER_CHANGE',
      '(фреза)',
      '; thumbnail begin 2x2 8',
      '; AAAA',
      '; thumbnail end',
      'M204 S100',
      'M220 S50',
      'T1 M6',
      'G18',
      'G10',
      'G11',
      'M600',
      '%',
      '\0',
      '$X',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
)
const content = fc
  .tuple(fc.array(lineOf, { maxLength: 60 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => new TextEncoder().encode(lines.join(end)))

it('gives the same analysis however the file is chopped', () => {
  fc.assert(
    fc.property(content, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (bytes, chop) => {
      expect(analyse(bytes, school, 'program.gcode', chop)).toEqual(analyse(bytes))
    }),
    { numRuns: 300 },
  )
})

it('reads a long line the same whole and in pieces', () => {
  const bytes = new TextEncoder().encode(`${burnt('')}G1 X1${' Y2'.repeat(3000)}\nG1 X7 ;${'Ж'.repeat(5000)}\nG1 X9\n`)
  expect(analyse(bytes, school, 'program.gcode', [5000, 3, 4000, 1, 8000])).toEqual(analyse(bytes))
})

it('survives any bytes, in time, with figures that are figures', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), content), bytes => {
      const { program, timeMaps, preview } = analyse(bytes)
      expect(programSchema.safeParse({ ...program, sha256: '0'.repeat(64) }).error).toBeUndefined()
      for (const [offset, seconds] of Object.values(timeMaps).flat()) expect(Number.isFinite(offset) && Number.isFinite(seconds)).toBe(true)
      expect(preview.points.every(Number.isFinite)).toBe(true)
      expect(preview.times.every(share => share >= 0 && share <= 1)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it.for([
  'G1 X1e308',
  'G1 F1e-300 X10',
  'G4 P1e99',
  'G2 X1 I1e300',
  'G2 I99999 J99999 F1',
  'M4 S1e300',
  'G93 F0.0000001 X5',
  `G1 X.${'0'.repeat(500)}1`,
])('is not upset by %s', text => {
  const { program } = analyse(`M4 S10\nF600\n${`${text}\n`.repeat(50)}G1 X5 Y5\n`)
  for (const machine of program.machines) expect(Number.isFinite(machine.estimatedSeconds ?? 0)).toBe(true)
})

it('keeps picture and time map small for a long program', () => {
  const lines = ['M4 S100', 'G1 F6000 X0 Y0']
  for (let i = 0; i < 200_000; i++)
    lines.push(`G1 X${(200 + 150 * Math.sin(i * 1.7)).toFixed(3)} Y${(200 + 150 * Math.cos(i * 2.3)).toFixed(3)} S${i % 800}`)
  const { preview, timeMaps } = analyse(`${lines.join('\n')}\nM5\n`, [laser])
  expect(preview.segments).toBe(200_001)
  expect(preview.work.length).toBeLessThanOrEqual(60_000)
  expect(preview.work.length).toBeGreaterThan(5000)
  expect(timeMaps['laser-1']?.length).toBeLessThanOrEqual(4096)
  expect(timeMaps['laser-1']?.length).toBeGreaterThan(1000)
})

it('keeps a wait in the last byte of its line, whatever stands before and behind it', () => {
  const head = `;${' thumbnail'.repeat(500)}\nM140 S60\n`
  const heat = 'M190 S60\n'
  const { timeMaps, program } = analyse(`${head}${heat}M117 hot\nG28\nG1 X100 F600\nG4 S30\nG1 X0\n`, [printer])
  const map = timeMaps['printer-1'] ?? []
  const at = head.length + heat.length
  const standing = map.flatMap(([byte, seconds], i) => {
    const [before, from] = map[i - 1] ?? [-2, 0]
    return byte - before > 1 ? [] : [[byte, Math.round(seconds - from)]]
  })
  const homed = at + 'M117 hot\nG28\n'.length
  // 38 °C at 0.45 °C/s and 10 s to be sure of it; homing; the dwell.
  expect(standing).toEqual([
    [at, 94],
    [homed, 20],
    [homed + 'G1 X100 F600\nG4 S30\n'.length, 30],
  ])
  expect(map.find(([byte]) => byte === at - 1)?.[1]).toBeLessThan(0.1)
  expect(map.at(-1)).toEqual([program.size, program.machines[0]?.estimatedSeconds])
})

it('keeps the longest waits of a program that has thousands, in a long program, too', () => {
  const lines = ['M4 S100', 'G1 F6000 X0 Y0']
  for (let i = 0; i < 50_000; i++) {
    lines.push(`G1 X${i % 2 === 0 ? 10 : 0}`)
    if (i % 10 === 0) lines.push(`G4 P${i % 5000 === 0 ? 60 : 0.5}`)
  }
  const map = analyse(`${lines.join('\n')}\n`, [laser]).timeMaps['laser-1'] ?? []
  const standing = map.flatMap(([byte, seconds], i) => (byte - (map[i - 1]?.[0] ?? -2) > 1 ? [] : [seconds - (map[i - 1]?.[1] ?? 0)]))
  expect(map.length).toBeLessThanOrEqual(4096)
  expect(standing.length).toBe(64)
  expect(standing.filter(seconds => Math.abs(seconds - 60) < 0.01).length).toBe(10)
})

it('does not stall on a file full of kilometre-wide circles', () => {
  const started = performance.now()
  const { program } = analyse(`M4 S100 F600\n${'G2 X1 Y1 I49000 J49000\nG2 X0 Y0 I49000 J49000\n'.repeat(3000)}`, [laser])
  expect(Number.isFinite(program.machines[0]?.estimatedSeconds ?? 0)).toBe(true)
  // Minutes without the bound; this is no measure of speed.
  expect(performance.now() - started).toBeLessThan(60_000)
})
