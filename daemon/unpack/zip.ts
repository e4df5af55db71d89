// Takes the program and its picture out of a zip (.gcode.3mf, .ufp), believing nothing of what the zip says of itself.
import { createReadStream, readSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { finding } from '../../protocols/gcode/check-words.ts'
import {
  chooseProgram,
  localDataOffset,
  localHeaderBytes,
  readZipDirectory,
  readZipEnd,
  type ZipEntry,
  zipEndBytes,
} from '../../protocols/gcode/containers.ts'
import { type Outlet, Overflow } from './outlet.ts'
import type { Unpacked, UnpackOrder } from './unpacked.ts'

/** A picture larger than this is no thumbnail. */
const pictureBytesMax = 2_000_000
const chunkBytes = 256 * 1024

const damaged: Unpacked = { kind: 'refused', finding: finding('container-damaged') }

/** `file` is open for reading and `size` long. Throws Overflow when more comes out than may. */
export async function unpackZip(file: number, size: number, order: UnpackOrder, outlet: Outlet, bytesMax: number): Promise<Unpacked> {
  const tail = readAt(file, Math.max(0, size - zipEndBytes), Math.min(size, zipEndBytes))
  const end = readZipEnd(tail, size)
  if (end === undefined) return damaged
  const directory = readAt(file, end.directoryOffset, end.directoryBytes)
  const entries = readZipDirectory(directory)
  if (entries.length < end.entries && entries.length === 0) return { kind: 'refused', finding: finding('container-unknown') }
  const chosen = chooseProgram(entries)
  if ('fault' in chosen) {
    const { code, text, detail } = chosen.fault
    return {
      kind: 'refused',
      finding: { code, severity: 'stop', text, ...(detail === undefined ? {} : { technical: { ru: detail, en: detail } }) },
    }
  }
  const { program, picture, others } = chosen
  if (program.bytes > bytesMax) throw new Overflow()
  if (!(await pour(file, size, program, order, outlet))) return damaged
  const image = picture && pictureOf(file, size, picture)
  return {
    kind: 'unpacked',
    plain: { size: outlet.size, sha256: outlet.sha256() },
    ...(image === undefined ? {} : { picture: image }),
    findings: others > 0 ? [finding('other-plates', { value: others, text: program.name })] : [],
  }
}

/** Streams one entry into the outlet; false where it is not what the directory says it is. */
async function pour(file: number, size: number, entry: ZipEntry, { path, progress }: UnpackOrder, outlet: Outlet): Promise<boolean> {
  const from = dataOffset(file, size, entry)
  if (from === undefined) return false
  let crc = 0
  const take = (bytes: Uint8Array) => {
    // A size that is exceeded is a lie: what else comes is not looked at.
    if (outlet.size + bytes.length > entry.bytes) return false
    crc = crc32(bytes, crc)
    outlet.write(bytes)
    return true
  }
  const source = createReadStream(path, { start: from, end: from + entry.packedBytes - 1, highWaterMark: chunkBytes })
  let read = 0
  source.on('data', chunk => {
    read += chunk.length
    progress?.(from + read)
  })
  const bytes = entry.method === 0 ? source : pipeline(source, createInflateRaw({ chunkSize: chunkBytes }), () => undefined)
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) if (!take(chunk)) return false
  } catch (error) {
    if (error instanceof Overflow || isFull(error)) throw error
    return false
  } finally {
    source.destroy()
    bytes.destroy()
  }
  return outlet.size === entry.bytes && crc === entry.crc32
}

/** The picture's bytes, if it is one a browser shows; a bad picture is no reason to refuse a program. */
function pictureOf(file: number, size: number, entry: ZipEntry): Uint8Array | undefined {
  const from = dataOffset(file, size, entry)
  if (from === undefined || entry.packedBytes > pictureBytesMax) return undefined
  const packed = readAt(file, from, entry.packedBytes)
  try {
    const bytes = entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: pictureBytesMax })
    return isImage(bytes) ? bytes : undefined
  } catch {
    return undefined
  }
}

function isImage(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('latin1') === '\x89PNG' || bytes.subarray(0, 3).toString('hex') === 'ffd8ff'
}

function dataOffset(file: number, size: number, entry: ZipEntry): number | undefined {
  const from = localDataOffset(readAt(file, entry.headerOffset, localHeaderBytes), entry.headerOffset)
  return from === undefined || entry.packedBytes === 0 || from + entry.packedBytes > size ? undefined : from
}

/** What there is of so many bytes at the offset. */
function readAt(file: number, offset: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  let read = 0
  while (read < bytes) {
    const more = readSync(file, buffer, read, bytes - read, offset + read)
    if (more === 0) break
    read += more
  }
  return buffer.subarray(0, read)
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
