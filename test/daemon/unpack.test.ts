// Packed programs, end to end at the file level: what comes out of them, and that nothing bad does.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Analysed, analyseFile } from '../../daemon/analyse-file.ts'
import { unpackFile } from '../../daemon/unpack/unpack.ts'
import type { UnpackOrder } from '../../daemon/unpack/unpacked.ts'
import { writePng } from '../../protocols/gcode/qoi.ts'
import { printer } from '../gcode/machines.ts'
import { bgcode, bgcodeBlock, bgcodeHeader, bytes, type ZipFile, zip } from '../gcode/packing.ts'
import { temporaryFolder } from './kit.ts'

const moves = Array.from({ length: 4000 }, (_, i) => `G1 X${10 + (i % 100)} Y${20 + (i % 7)} E${(i / 100).toFixed(3)}\n`).join('')
const print = `;TYPE:Стенка\nG28\nM140 S60\nM104 S200\nM190 S60\nM109 S200\nG1 Z0.2 F1200\n${moves}M104 S0\nM140 S0\n`
const picture = writePng(2, 2, new Uint8Array(16).fill(200))
const bambu: ZipFile[] = [
  { name: '3D/3dmodel.model', content: '<m/>' },
  { name: 'Metadata/plate_1.gcode', content: print },
  { name: 'Metadata/plate_1.png', content: picture },
]

/** A file in a folder of its own, unpacked and analysed as the school does it. */
async function analyse(
  name: string,
  content: Uint8Array,
  plainBytesMax = 1e9,
): Promise<Analysed & { plainText?: string; picture?: Buffer }> {
  using folder = temporaryFolder()
  const path = join(folder.path, 'stored')
  writeFileSync(path, content)
  const part = (what: string) => join(folder.path, what)
  const parts = { preview: part('preview'), picture: part('picture'), path: part('path'), plain: part('plain') }
  const analysed = await analyseFile({ path, request: { name, size: content.length, machines: [printer] }, parts, plainBytesMax })
  return {
    ...analysed,
    ...(analysed.plain ? { plainText: readFileSync(parts.plain, 'utf8') } : {}),
    ...(analysed.pictures.includes('picture') ? { picture: readFileSync(parts.picture) } : {}),
  }
}

describe('A packed program', () => {
  it.for<[string, Uint8Array]>([
    ['a.bgcode', bgcode(print, 1, 0, picture)],
    ['a.bgcode', bgcode(print, 3, 2, picture)],
    ['a.gcode.3mf', zip(bambu)],
    ['a.gcode.3mf', zip(bambu.map(file => ({ ...file, lies: { zip64: true } })))],
    [
      'a.ufp',
      zip([...bambu.slice(1)].map(file => ({ ...file, name: `/${file.name.replace('Metadata/plate_1.gcode', '3D/model.gcode')}` }))),
    ],
  ])('%s is analysed and streamed as the G-code in it', async ([name, content]) => {
    const found = await analyse(name, content)
    const plain = await analyse('a.gcode', bytes(print))
    expect(found.program.findings.filter(({ severity }) => severity === 'stop')).toEqual([])
    expect(found.program).toMatchObject({ name, size: content.length, kind: 'printer', bounds: plain.program.bounds })
    expect(found.program.machines[0]).toMatchObject({ fits: true, estimatedSeconds: plain.program.machines[0]?.estimatedSeconds })
    expect(found.plainText).toContain(print)
    expect(found.plain?.size).toBe(Buffer.byteLength(found.plainText ?? ''))
    // Offsets belong to what is streamed.
    expect(found.timeMaps['printer-1']?.at(-1)?.[0]).toBe(found.plain?.size)
    expect(found.picture?.equals(picture)).toBe(true)
  })

  it('says that further plates are left', async () => {
    const { program } = await analyse('a.3mf', zip([...bambu, { name: 'Metadata/plate_2.gcode', content: 'G28\n' }]))
    expect(program.findings.map(({ code, severity }) => [severity, code])).toContainEqual(['note', 'other-plates'])
  })
})

const sound = zip(bambu)
const soundBinary = bgcode(print)
const zeros = new Uint8Array(80_000_000)
const declaredGigabyte = bgcodeBlock(1, 1, [0], bytes('G28\n'))
new DataView(declaredGigabyte.buffer).setUint32(4, 1 << 30, true)

it.for<[string, string, Uint8Array, string]>([
  ['a zip bomb', 'a.gcode.3mf', zip([{ name: 'a.gcode', content: zeros }]), 'container-swells'],
  ['a bomb that understates itself', 'a.3mf', zip([{ name: 'a.gcode', content: zeros, lies: { bytes: 1000 } }]), 'container-damaged'],
  ['a gigabyte declared', 'a.3mf', zip([{ name: 'a.gcode', content: 'G28\n', lies: { bytes: 1 << 30 } }]), 'container-swells'],
  ['a size overstated', 'a.3mf', zip([{ name: 'a.gcode', content: 'G28\n', lies: { bytes: 5000 } }]), 'container-damaged'],
  ['a packed size beyond the file', 'a.3mf', zip([{ name: 'a.gcode', content: print, lies: { packedBytes: 1e9 } }]), 'container-damaged'],
  ['a wrong checksum', 'a.3mf', zip([{ name: 'a.gcode', content: print, lies: { crc32: 1 } }]), 'container-damaged'],
  ['an encrypted zip', 'a.3mf', zip([{ name: 'a.gcode', content: print, lies: { flags: 1 } }]), 'container-unknown'],
  ['a cut zip', 'a.3mf', sound.subarray(0, sound.length - 30), 'container-damaged'],
  ['the head of a zip', 'a.ufp', sound.subarray(0, 100), 'container-damaged'],
  ['a cut bgcode', 'a.bgcode', soundBinary.subarray(0, soundBinary.length - 3), 'container-damaged'],
  ['a bgcode of a gigabyte', 'a.bgcode', Buffer.concat([bgcodeHeader, declaredGigabyte]), 'container-swells'],
  [
    'a bgcode of tomorrow',
    'a.bgcode',
    Buffer.concat([bytes('GCDE'), new Uint8Array([9, 0, 0, 0, 1, 0]), soundBinary]),
    'container-unknown',
  ],
  ['an unsliced project', 'cube.3mf', zip([{ name: '3D/3dmodel.model', content: '<m/>' }]), 'model-file'],
  ['a zip of photographs', 'a.zip', zip([{ name: 'a.png', content: picture }]), 'model-file'],
  ['a mesh', 'cube.stl', bytes('solid cube\nfacet normal 0 0 1\n'), 'model-file'],
  ['a mesh in numbers', 'cube.obj', bytes('v 0 0 0\nv 0 0 1\n'), 'model-file'],
  ['a drawing', 'logo.svg', bytes('<?xml version="1.0"?><svg/>'), 'model-file'],
])('%s is refused with one sentence and leaves nothing to stream', async ([, name, content, code]) => {
  const { program, plain, pictures } = await analyse(name, content)
  expect(program.findings.map(found => found.code)).toEqual([code])
  expect(program.findings[0]).toMatchObject({ severity: 'stop' })
  expect(program.findings[0]?.text.ru).toMatch(/сохраните/i)
  expect(program.machines.every(({ fits }) => !fits)).toBe(true)
  expect([plain, pictures]).toEqual([undefined, []])
})

it('writes no more than it may, whatever is packed', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'stored')
  writeFileSync(path, zip([{ name: 'a.gcode', content: print.repeat(20) }]))
  const order: UnpackOrder = { path, name: 'a.zip', to: join(folder.path, 'plain'), bytesMax: 100_000 }
  expect(await unpackFile(order)).toMatchObject({ kind: 'refused', finding: { code: 'container-swells' } })
  expect(statSync(order.to).size).toBeLessThanOrEqual(100_000)
})

const files = [soundBinary, sound, bgcode(print.slice(0, 3000), 3, 1), bytes(print.slice(0, 3000))]

it('is at a loss with no file, however damaged: one answer, bounded output, nothing beside its parts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.constantFrom('a.bgcode', 'a.gcode.3mf', 'a.ufp', 'a.gcode', 'a.stl', 'a'),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }),
      async (whole, name, cut, changes) => {
        const damaged = Buffer.from(whole.subarray(0, cut % 3 === 0 ? cut % whole.length : whole.length))
        for (const [at, byte] of changes) if (damaged.length > 0) damaged[at % damaged.length] = byte
        using folder = temporaryFolder()
        const path = join(folder.path, 'stored')
        writeFileSync(path, damaged)
        const part = (what: string) => join(folder.path, what)
        const parts = { preview: part('preview'), picture: part('picture'), path: part('path'), plain: part('plain') }
        const { program, plain } = await analyseFile({
          path,
          request: { name, size: damaged.length, machines: [printer] },
          parts,
          plainBytesMax: 1e6,
        })
        expect(program.size).toBe(damaged.length)
        if (plain) expect(statSync(parts.plain).size).toBe(plain.size)
        expect(readdirSync(folder.path).every(file => ['stored', 'preview', 'picture', 'path', 'plain'].includes(file))).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)
