// Packs programs as slicers do: .bgcode by libbgcode's doc/specifications.md, zips by PKWARE's APPNOTE.TXT.
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const bgcodeHeader = Uint8Array.from([...bytes('GCDE'), 1, 0, 0, 0, 1, 0])

/** A print as .bgcode: metadata, pictures (PNG), and G-code in blocks of 64 kB. Compression 0 none, 1 deflate, 2/3 heatshrink; encoding 0 none, 1/2 MeatPack. */
export function bgcode(program: string, compression = 1, encoding = 0, picture?: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = []
  let block = ''
  const close = () => {
    if (block !== '') blocks.push(bgcodeBlock(1, compression, [encoding], encoding === 0 ? bytes(block) : meatpack(block, encoding === 1)))
    block = ''
  }
  for (const line of program.split(/(?<=\n)/)) {
    if (block.length + line.length > 65_536) close()
    block += line
  }
  close()
  return Buffer.concat([
    bgcodeHeader,
    bgcodeBlock(0, 0, [0], bytes('Producer=PrusaSlicer 2.8.0\n')),
    bgcodeBlock(3, 0, [0], bytes('printer_model=MK4\nfilament_type=PETG\n')),
    ...(picture === undefined ? [] : [bgcodeBlock(5, 0, [0, 2, 2], picture)]),
    bgcodeBlock(4, 1, [0], bytes('estimated printing time (normal mode)=1h 2m 3s\n')),
    ...blocks,
  ])
}

export type ZipFile = {
  name: string
  content: Uint8Array | string
  /** What the zip says of it, where that is not true. */
  lies?: { bytes?: number; packedBytes?: number; crc32?: number; method?: number; flags?: number; zip64?: true }
}

export function zip(files: readonly ZipFile[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const { name, content, lies = {} } of files) {
    const plain = typeof content === 'string' ? bytes(content) : content
    const packed = deflateRawSync(plain)
    const method = lies.method ?? 8
    const title = bytes(name)
    const local = new Uint8Array(30 + title.length)
    const view = new DataView(local.buffer)
    view.setUint32(0, 0x04034b50, true)
    view.setUint16(8, method, true)
    view.setUint16(26, title.length, true)
    local.set(title, 30)
    const extra = lies.zip64 ? 20 : 0
    const entry = new Uint8Array(46 + title.length + extra)
    const central = new DataView(entry.buffer)
    central.setUint32(0, 0x02014b50, true)
    central.setUint16(8, lies.flags ?? 0, true)
    central.setUint16(10, method, true)
    central.setUint32(16, lies.crc32 ?? crc32(plain), true)
    central.setUint32(20, lies.zip64 ? 0xffffffff : (lies.packedBytes ?? packed.length), true)
    central.setUint32(24, lies.zip64 ? 0xffffffff : (lies.bytes ?? plain.length), true)
    central.setUint16(28, title.length, true)
    central.setUint16(30, extra, true)
    central.setUint32(42, at, true)
    entry.set(title, 46)
    if (lies.zip64) {
      central.setUint16(46 + title.length, 1, true)
      central.setUint16(48 + title.length, 16, true)
      central.setBigUint64(50 + title.length, BigInt(plain.length), true)
      central.setBigUint64(58 + title.length, BigInt(packed.length), true)
    }
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

/** A packer that finds the nearest longest match, bit by bit. */
export function heatshrink(plain: Uint8Array, window: number, lookahead: number): Uint8Array {
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
export function meatpack(plain: string, noSpaces: boolean): Uint8Array {
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

/** A block of .bgcode with its checksum: types and compressions by number, as the specification counts them. */
export function bgcodeBlock(type: number, compression: number, parameters: number[], plain: Uint8Array): Uint8Array {
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
