// Programs in containers: bgcode in all its encodings, zips of Bambu and Cura, and what is no program at all.
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAnalyser } from '../../protocols/gcode/analyse.ts'
import { createBgcodeUnpacker, type Inflate } from '../../protocols/gcode/bgcode.ts'
import { chooseProgram, fileKind, localDataOffset, readZipDirectory, readZipEnd } from '../../protocols/gcode/containers.ts'
import { createHeatshrink } from '../../protocols/gcode/heatshrink.ts'
import { decodeMeatPack } from '../../protocols/gcode/meatpack.ts'
import { writePng } from '../../protocols/gcode/qoi.ts'
import { printer } from './machines.ts'
import { bgcodeBlock, bgcodeHeader, bytes, heatshrink, meatpack, zip } from './packing.ts'

const text = (parts: Uint8Array[]) => parts.map(part => new TextDecoder().decode(part)).join('')

const inflate: Inflate = (packed, maxBytes) => {
  try {
    return inflateSync(packed, { maxOutputLength: maxBytes })
  } catch {
    return undefined
  }
}

const program = ';TYPE:Стенка\nG28\nM104 S200\nG1 X10.5 Y20.25 E0.1 F1200\nG1 X99 Y1 E2\n;LAYER_CHANGE\nM104 S0\n'
const picture = writePng(2, 2, new Uint8Array(16).fill(200))

function packed(compression: number, encoding: number): Uint8Array {
  const body = encoding === 0 ? bytes(program) : meatpack(program, encoding === 1)
  return Buffer.concat([
    bgcodeHeader,
    bgcodeBlock(0, 0, [0], bytes('Producer=PrusaSlicer 2.8.0\n')),
    bgcodeBlock(
      3,
      compression === 1 ? 1 : 0,
      [0],
      bytes('printer_model=MK4\nfilament_type=PETG\nestimated printing time (normal mode)=1h 2m 3s\n'),
    ),
    bgcodeBlock(5, 0, [0, 2, 2], picture),
    bgcodeBlock(1, compression, [encoding], body),
    bgcodeBlock(1, compression, [encoding], body),
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
  const file = packed(compression, encoding)
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
  const file = packed(3, 2)
  expect(unpack(file.subarray(0, file.length - 5))).toBe('damaged')
  const changed = file.slice()
  changed[file.length - 20] = (changed[file.length - 20] ?? 0) ^ 1
  expect(unpack(changed)).toBe('damaged')
  const huge = bgcodeBlock(1, 1, [0], bytes('G1\n'))
  new DataView(huge.buffer).setUint32(4, 0xffffffff, true)
  expect(unpack(Buffer.concat([bgcodeHeader, huge]))).toBe('too-large')
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
      unpack(Buffer.concat([bgcodeHeader, noise]))
      decodeMeatPack(noise)
      createHeatshrink(11, 4).expand(noise, 1000)
      readZipEnd(noise, noise.length)
      readZipDirectory(noise)
      localDataOffset(noise, 0)
    }),
  )
})

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
  const file = zip(files.map(([name, content]) => ({ name, content })))
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
  const file = zip([{ name: '3D/3dmodel.model', content: '<m/>' }])
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
