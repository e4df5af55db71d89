// What a file really is, by its first bytes and its name; and how to find the program inside a zip (.gcode.3mf, .ufp).
import type { Fault } from '../contract/words.ts'
import { finding } from './check-words.ts'

export type FileKind =
  /** Plain G-code: analyse as it is. */
  | { kind: 'gcode' }
  /** Unpack through createBgcodeUnpacker(). */
  | { kind: 'bgcode' }
  /** Look into it with readZipEnd(), readZipDirectory() and chooseProgram(). */
  | { kind: 'zip' }
  /** A model, a drawing, a picture: refused with what to do instead. */
  | { kind: 'foreign'; what: string; fault: Fault }

/** Bytes of the beginning that fileKind() looks at. */
export const headBytes = 512

/** `head`: the first bytes of the file. */
export function fileKind(head: Uint8Array, name: string): FileKind {
  const text = String.fromCharCode(...head.subarray(0, headBytes))
  if (text.startsWith('GCDE')) return { kind: 'bgcode' }
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return { kind: 'zip' }
  const lower = name.toLowerCase()
  const foreign =
    /^solid\s/.test(text) && /facet|endsolid/.test(text)
      ? '.stl'
      : /<svg[\s>]/.test(text)
        ? '.svg'
        : text.startsWith('\x89PNG') || text.startsWith('\xff\xd8\xff')
          ? 'image'
          : text.startsWith('%PDF')
            ? '.pdf'
            : /^ISO-10303/.test(text)
              ? '.step'
              : /\.(stl|obj|3mf|svg|dxf|step|stp|f3d|amf|lbrn2?)$/.exec(lower)?.[0]
  return foreign === undefined ? { kind: 'gcode' } : { kind: 'foreign', what: foreign, fault: modelFault(foreign) }
}

/** The fault of a model or drawing in place of a program. */
export function modelFault(kind: string): Fault {
  const { code, text, technical } = finding('model-file', { text: kind })
  return technical === undefined ? { code, text } : { code, text, detail: technical.en }
}

/** Where a zip's directory stands (APPNOTE.TXT, 4.3.16). */
export type ZipEnd = { directoryOffset: number; directoryBytes: number; entries: number }

/** Bytes of the end of a zip that readZipEnd() needs at most: its record and the longest comment. */
export const zipEndBytes = 22 + 65_535
/** Programs have a handful of files; a directory beyond this is an attack on our memory. */
const directoryBytesMax = 1024 * 1024
const entriesMax = 4096

/** `tail`: the last bytes of the file, `size` its length. Undefined where no directory is found, or not a sound one. */
export function readZipEnd(tail: Uint8Array, size: number): ZipEnd | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue
    const entries = view.getUint16(at + 10, true)
    const directoryBytes = view.getUint32(at + 12, true)
    const directoryOffset = view.getUint32(at + 16, true)
    if (directoryBytes > directoryBytesMax || entries > entriesMax || directoryOffset + directoryBytes > size) continue
    return { directoryOffset, directoryBytes, entries }
  }
  return undefined
}

export type ZipEntry = {
  name: string
  /** 0 stored, 8 deflate (raw). */
  method: number
  packedBytes: number
  bytes: number
  /** Of the unpacked bytes. */
  crc32: number
  /** Of the local header; localDataOffset() tells where the data begin. */
  headerOffset: number
}

/** The entries of a zip's directory; damaged ones end the list. */
export function readZipDirectory(directory: Uint8Array): ZipEntry[] {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength)
  const entries: ZipEntry[] = []
  const utf8 = new TextDecoder('utf-8')
  let at = 0
  while (at + 46 <= directory.length && view.getUint32(at, true) === 0x02014b50 && entries.length < entriesMax) {
    const nameBytes = view.getUint16(at + 28, true)
    const next = at + 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > directory.length) break
    const flags = view.getUint16(at + 8, true)
    const entry: ZipEntry = {
      name: utf8.decode(directory.subarray(at + 46, at + 46 + nameBytes)),
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    }
    readZip64(entry, view, at + 46 + nameBytes, view.getUint16(at + 30, true))
    // Encrypted entries cannot be read.
    if ((flags & 1) === 0) entries.push(entry)
    at = next
  }
  return entries
}

const unsaid = 0xffffffff

/** Some slicers write 64-bit figures however small the file: they stand in an extra field, in this order (APPNOTE.TXT, 4.5.3). */
function readZip64(entry: ZipEntry, view: DataView, from: number, bytes: number): void {
  for (let at = from; at + 4 <= from + bytes; ) {
    const length = view.getUint16(at + 2, true)
    const end = Math.min(from + bytes, at + 4 + length)
    if (view.getUint16(at, true) === 1) {
      let next = at + 4
      for (const field of ['bytes', 'packedBytes', 'headerOffset'] as const) {
        if (entry[field] !== unsaid || next + 8 > end) continue
        entry[field] = Number(view.getBigUint64(next, true))
        next += 8
      }
      return
    }
    at += 4 + length
  }
}

/** Bytes of a local header that localDataOffset() needs. */
export const localHeaderBytes = 30

/** Where an entry's data begin in the file; undefined where no local header stands. */
export function localDataOffset(header: Uint8Array, headerOffset: number): number | undefined {
  if (header.length < localHeaderBytes) return undefined
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  if (view.getUint32(0, true) !== 0x04034b50) return undefined
  return headerOffset + localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true)
}

/** `others`: programs beside the chosen one (further plates). */
export type Chosen = { program: ZipEntry; picture?: ZipEntry; others: number } | { fault: Fault }

/**
 * The program in a zip, and its picture: Metadata/plate_1.gcode of Bambu's .gcode.3mf, /3D/model.gcode of Cura's .ufp, or the
 * only G-code in an ordinary zip. A project without G-code (.3mf) is refused with what to do instead.
 */
export function chooseProgram(entries: readonly ZipEntry[]): Chosen {
  const readable = entries.filter(entry => entry.method === 0 || entry.method === 8)
  const programs = readable.filter(entry => /\.(gcode|gco|g|nc|ngc|tap|cnc)$/i.test(entry.name) && entry.bytes > 0)
  programs.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
  const program = programs[0]
  if (program === undefined) return { fault: modelFault(entries.some(entry => /\.model$/i.test(entry.name)) ? '.3mf' : '.zip') }
  const pictures = readable.filter(entry => /\.png$/i.test(entry.name) && entry.bytes > 0 && entry.bytes < 2_000_000)
  const own = pictures.find(entry => entry.name.replace(/\.png$/i, '') === program.name.replace(/\.gcode$/i, ''))
  const picture = own ?? pictures.find(entry => /thumbnail/i.test(entry.name)) ?? pictures[0]
  const others = programs.length - 1
  return picture === undefined ? { program, others } : { program, picture, others }
}
