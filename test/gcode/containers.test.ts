// Programs in containers: bgcode in all its encodings, zips of Bambu and Cura, and what is no program at all.
import { deflateRawSync, deflateSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { createBgcodeUnpacker, type Inflate } from '../../protocols/gcode/bgcode.ts'
import { chooseProgram, fileKind, localDataOffset, readZipDirectory, readZipEnd } from '../../protocols/gcode/containers.ts'
import { createHeatshrink } from '../../protocols/gcode/heatshrink.ts'
import { decodeMeatPack } from '../../protocols/gcode/meatpack.ts'
import { crc32, writePng } from '../../protocols/gcode/qoi.ts'
import { printer } from './machines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (parts: Uint8Array[]) => parts.map(part => new TextDecoder().decode(part)).join('')

const inflate: Inflate = (packed, maxBytes) => {
  try {
    return inflateSync(packed, { maxOutputLength: maxBytes })
  } catch {
    return undefined
  }
}

/** A packer that finds the nearest longest match, bit by bit. */
function heatshrink(plain: Uint8Array, window: number, lookahead: number): Uint8Array {
  const bits: number[] = []
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  for (let at = 0; at < plain.length; ) {
    let best = 0
    let back = 0
    for (let d = 1; d <= Math.min(at, 1 << window); d++) {
      let n = 0
      while (n < 1 << lookahead && at + n < plain.length && plain[at + n] === plain[at + n - d]) n++
      if (n > best) [best, back] = [n, d]
    }
    if (best > 2) {
      put(0, 1)
      put(back - 1, window)
      put(best - 1, lookahead)
      at += best
    } else {
      put(1, 1)
      put(plain[at++] ?? 0, 8)
    }
  }
  while (bits.length % 8 !== 0) bits.push(0)
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0))
}

/** Packs as libbgcode does: comments and M lines unpacked between commands, moves without blanks where asked. */
function meatpack(plain: string, noSpaces: boolean): Uint8Array {
  const table = noSpaces ? '0123456789.E\nGX' : '0123456789. \nGX'
  const out: number[] = [255, 255, 251]
  if (noSpaces) out.push(255, 255, 247)
  let packing = true
  for (const line of plain.split(/(?<=\n)/)) {
    const comment = line.startsWith(';')
    if (comment === packing) {
      packing = !comment
      out.push(255, 255, packing ? 251 : 250)
    }
    if (comment) {
      out.push(...bytes(line))
      continue
    }
    let packed = noSpaces && line.startsWith('G') ? line.replaceAll(' ', '') : line
    if (packed.length % 2 === 1) packed += '\n'
    for (let i = 0; i < packed.length; i += 2) {
      const low = table.indexOf(packed[i] ?? '')
      const high = table.indexOf(packed[i + 1] ?? '')
      out.push((low < 0 ? 15 : low) | ((high < 0 ? 15 : high) << 4))
      if (low < 0) out.push(packed.charCodeAt(i))
      if (high < 0) out.push(packed.charCodeAt(i + 1))
    }
  }
  return Uint8Array.from(out)
}

function block(type: number, compression: number, parameters: number[], plain: Uint8Array): Uint8Array {
  const packed = compression === 0 ? plain : compression === 1 ? deflateSync(plain) : heatshrink(plain, compression === 2 ? 11 : 12, 4)
  const head = compression === 0 ? 8 : 12
  const result = new Uint8Array(head + parameters.length * 2 + packed.length + 4)
  const view = new DataView(result.buffer)
  view.setUint16(0, type, true)
  view.setUint16(2, compression, true)
  view.setUint32(4, plain.length, true)
  if (compression !== 0) view.setUint32(8, packed.length, true)
  parameters.forEach((value, i) => {
    view.setUint16(head + i * 2, value, true)
  })
  result.set(packed, head + parameters.length * 2)
  view.setUint32(result.length - 4, crc32(result.subarray(0, result.length - 4)), true)
  return result
}

const header = Uint8Array.from([...bytes('GCDE'), 1, 0, 0, 0, 1, 0])
const program = ';TYPE:Стенка\nG28\nM104 S200\nG1 X10.5 Y20.25 E0.1 F1200\nG1 X99 Y1 E2\n;LAYER_CHANGE\nM104 S0\n'
const picture = writePng(2, 2, new Uint8Array(16).fill(200))

function bgcode(compression: number, encoding: number): Uint8Array {
  const body = encoding === 0 ? bytes(program) : meatpack(program, encoding === 1)
  return Buffer.concat([
    header,
    block(0, 0, [0], bytes('Producer=PrusaSlicer 2.8.0\n')),
    block(
      3,
      compression === 1 ? 1 : 0,
      [0],
      bytes('printer_model=MK4\nfilament_type=PETG\nestimated printing time (normal mode)=1h 2m 3s\n'),
    ),
    block(5, 0, [0, 2, 2], picture),
    block(1, compression, [encoding], body),
    block(1, compression, [encoding], body),
  ])
}

function unpack(file: Uint8Array, chunk = 7): string {
  const unpacker = createBgcodeUnpacker(inflate, 1e6)
  let result = ''
  for (let at = 0; at < file.length; at += chunk) {
    const out = unpacker.push(file.subarray(at, at + chunk))
    if (typeof out === 'string') return out
    result += text(out)
  }
  return unpacker.finish() ?? result
}

it.for([
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
  [0, 1],
  [0, 2],
  [1, 1],
  [2, 2],
  [3, 1],
  [3, 2],
])('unpacks bgcode of compression %i and encoding %i, in pieces of any size', ([compression = 0, encoding = 0]) => {
  const file = bgcode(compression, encoding)
  const plain = unpack(file)
  expect(plain).toContain(program + program)
  expect(unpack(file, 1000)).toBe(plain)
  const analyser = createAnalyser({ name: 'a.bgcode', size: plain.length, machines: [printer] })
  analyser.push(bytes(plain))
  const analysis = analyser.finish()
  expect(analysis.program).toMatchObject({
    kind: 'printer',
    slicer: 'PrusaSlicer 2.8.0',
    slicerSeconds: 3723,
    filament: { material: 'PETG' },
  })
  expect(analysis.picture).toEqual({ type: 'image/png', bytes: picture })
})

it('refuses bgcode that is cut, changed, or swells', () => {
  const file = bgcode(3, 2)
  expect(unpack(file.subarray(0, file.length - 5))).toBe('damaged')
  const changed = file.slice()
  changed[file.length - 20] = (changed[file.length - 20] ?? 0) ^ 1
  expect(unpack(changed)).toBe('damaged')
  const huge = block(1, 1, [0], bytes('G1\n'))
  new DataView(huge.buffer).setUint32(4, 0xffffffff, true)
  expect(unpack(Buffer.concat([header, huge]))).toBe('too-large')
  const small = createBgcodeUnpacker(inflate, 100)
  expect(small.push(file)).toBe('too-large')
})

it('gives back what heatshrink and MeatPack took', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('G1 X1 Y2\n', 'G0 X10.5\n', 'M104 S200\n', 'G1 X0 E.5\n', '; Ы\n', 'G28\n')), lines => {
      const plain = lines.join('')
      for (const window of [11, 12]) {
        const packed = heatshrink(bytes(plain), window, 4)
        expect(text([createHeatshrink(window, 4).expand(packed, bytes(plain).length) ?? new Uint8Array()])).toBe(plain)
      }
      expect(text([decodeMeatPack(meatpack(plain, true))]).replaceAll(/\n+/g, '\n')).toBe(plain)
      expect(text([decodeMeatPack(meatpack(plain, false))]).replaceAll(/\n+/g, '\n')).toBe(plain)
    }),
  )
})

it('survives any bytes in place of a container', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), noise => {
      unpack(Buffer.concat([header, noise]))
      decodeMeatPack(noise)
      createHeatshrink(11, 4).expand(noise, 1000)
      readZipEnd(noise, noise.length)
      readZipDirectory(noise)
      localDataOffset(noise, 0)
    }),
  )
})

function zip(files: [string, string][]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const [name, content] of files) {
    const packed = deflateRawSync(bytes(content))
    const local = new Uint8Array(30 + name.length)
    const view = new DataView(local.buffer)
    view.setUint32(0, 0x04034b50, true)
    view.setUint16(8, 8, true)
    view.setUint16(26, name.length, true)
    local.set(bytes(name), 30)
    const entry = new Uint8Array(46 + name.length)
    const central = new DataView(entry.buffer)
    central.setUint32(0, 0x02014b50, true)
    central.setUint16(10, 8, true)
    central.setUint32(20, packed.length, true)
    central.setUint32(24, content.length, true)
    central.setUint16(28, name.length, true)
    central.setUint32(42, at, true)
    entry.set(bytes(name), 46)
    parts.push(local, packed)
    directory.push(entry)
    at += local.length + packed.length
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0)
  const end = new Uint8Array(22)
  const view = new DataView(end.buffer)
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(10, files.length, true)
  view.setUint32(12, size, true)
  view.setUint32(16, at, true)
  return Buffer.concat([...parts, ...directory, end])
}

it.for<[string, [string, string][], string]>([
  [
    '.gcode.3mf',
    [
      ['3D/3dmodel.model', '<m/>'],
      ['Metadata/plate_1.png', 'png'],
      ['Metadata/plate_1.gcode', 'G28\n'],
    ],
    'Metadata/plate_1.gcode',
  ],
  [
    '.ufp',
    [
      ['/Metadata/thumbnail.png', 'png'],
      ['/3D/model.gcode', 'G28\n'],
    ],
    '/3D/model.gcode',
  ],
])('finds the program in a %s', ([, files, name]) => {
  const file = zip(files)
  expect(fileKind(file, 'x').kind).toBe('zip')
  const end = readZipEnd(file, file.length)
  const chosen = chooseProgram(
    readZipDirectory(file.subarray(end?.directoryOffset, (end?.directoryOffset ?? 0) + (end?.directoryBytes ?? 0))),
  )
  expect(chosen).toMatchObject({ program: { name }, picture: { bytes: 3 } })
  if (!('program' in chosen)) return
  const from = localDataOffset(file.subarray(chosen.program.headerOffset), chosen.program.headerOffset)
  expect(from).toBe(chosen.program.headerOffset + 30 + name.length)
})

it('refuses a project that was never sliced', () => {
  const file = zip([['3D/3dmodel.model', '<m/>']])
  const end = readZipEnd(file, file.length)
  expect(chooseProgram(readZipDirectory(file.subarray(end?.directoryOffset)))).toMatchObject({ fault: { code: 'model-file' } })
})

it.for<[string, string, string]>([
  ['G1 X1\n', 'a.gcode', 'gcode'],
  ['solid x\nfacet normal', 'a.gcode', 'foreign'],
  ['<?xml?><svg >', 'logo.nc', 'foreign'],
  ['anything', 'part.STL', 'foreign'],
  ['%PDF-1.4', 'a.nc', 'foreign'],
  ['%\nO1\nG1 X1', 'a.nc', 'gcode'],
])('takes %j named %s for %s', ([content, name, kind]) => expect(fileKind(bytes(content), name).kind).toBe(kind))
