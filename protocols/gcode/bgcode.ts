// Unpacks binary G-code (.bgcode) into plain G-code as it streams by (libbgcode, doc/specifications.md).
// Pictures and metadata come out as the comments in which every slicer writes them, so that nobody needs a second reader.
import { createHeatshrink } from './heatshrink.ts'
import { decodeMeatPack } from './meatpack.ts'
import { crc32 } from './qoi.ts'

/** Unpacks deflate (zlib format or raw); undefined where the data are damaged or would exceed `maxBytes`. */
export type Inflate = (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined

export type UnpackFault = 'damaged' | 'too-large' | 'unknown-format'

export interface Unpacker {
  /** Plain G-code that this chunk gave, or why it cannot be read; after a fault nothing more comes. */
  push(chunk: Uint8Array): Uint8Array[] | UnpackFault
  /** Undefined where the file ended where a file may end. */
  finish(): UnpackFault | undefined
}

/** A slicer writes blocks of 64 kB; nobody needs larger ones, and a larger figure is an attack on our memory. */
const blockBytesMax = 4 * 1024 * 1024

/** `bytesMax`: plain G-code that may come out in all. */
export function createBgcodeUnpacker(inflate: Inflate, bytesMax: number): Unpacker {
  let held = new Uint8Array(0)
  let started = false
  let checksum = 0
  let given = 0
  let fault: UnpackFault | undefined

  /** Takes one block from the front of `held`: its output, or 'more' where it is not whole yet. */
  function block(): Uint8Array | 'more' | UnpackFault {
    const view = new DataView(held.buffer, held.byteOffset, held.byteLength)
    if (held.length < 8) return 'more'
    const type = view.getUint16(0, true)
    const compression = view.getUint16(2, true)
    const size = view.getUint32(4, true)
    if (type > 5 || compression > 3) return 'unknown-format'
    if (size > blockBytesMax) return 'too-large'
    const headBytes = compression === 0 ? 8 : 12
    if (held.length < headBytes) return 'more'
    const packed = compression === 0 ? size : view.getUint32(8, true)
    if (packed > blockBytesMax) return 'too-large'
    const parameterBytes = type === 5 ? 6 : 2
    const start = headBytes + parameterBytes
    const end = start + packed
    const whole = end + (checksum === 1 ? 4 : 0)
    if (held.length < whole) return 'more'
    if (checksum === 1 && view.getUint32(end, true) !== crc32(held.subarray(0, end))) return 'damaged'
    const payload = held.subarray(start, end)
    const encoding = view.getUint16(headBytes, true)
    const plain = expand(payload, compression, size, inflate)
    if (plain === undefined || plain.length !== size) return 'damaged'
    let output: Uint8Array
    if (type === 1) {
      if (encoding > 2) return 'unknown-format'
      output = encoding === 0 ? plain.slice() : decodeMeatPack(plain)
    } else if (type === 5)
      output = thumbnailComment(encoding, view.getUint16(headBytes + 2, true), view.getUint16(headBytes + 4, true), plain)
    else output = metadataComment(type, plain)
    held = held.slice(whole)
    return output
  }

  return {
    push(chunk) {
      if (fault !== undefined) return fault
      const joined = new Uint8Array(held.length + chunk.length)
      joined.set(held)
      joined.set(chunk, held.length)
      held = joined
      if (!started) {
        if (held.length < 10) return []
        const view = new DataView(held.buffer, held.byteOffset, held.byteLength)
        checksum = view.getUint16(8, true)
        if (view.getUint32(0, false) !== 0x47434445 || view.getUint32(4, true) !== 1 || checksum > 1) {
          fault = 'unknown-format'
          return fault
        }
        held = held.slice(10)
        started = true
      }
      const parts: Uint8Array[] = []
      for (;;) {
        const result = block()
        if (result === 'more') return parts
        if (typeof result === 'string') {
          fault = result
          return fault
        }
        given += result.length
        if (given > bytesMax) {
          fault = 'too-large'
          return fault
        }
        if (result.length > 0) parts.push(result)
      }
    },
    finish() {
      if (fault !== undefined) return fault
      return started && held.length === 0 ? undefined : 'damaged'
    },
  }
}

function expand(payload: Uint8Array, compression: number, size: number, inflate: Inflate): Uint8Array | undefined {
  if (compression === 0) return payload
  if (compression === 1) return inflate(payload, size)
  return createHeatshrink(compression === 2 ? 11 : 12, 4).expand(payload, size)
}

const utf8 = new TextEncoder()
const decoder = new TextDecoder('utf-8')

/** File, slicer, printer and print metadata are lines of key=value. */
function metadataComment(type: number, plain: Uint8Array): Uint8Array {
  let text = ''
  for (const line of decoder.decode(plain).split(/\r?\n/)) {
    const at = line.indexOf('=')
    if (at <= 0) continue
    const key = line.slice(0, at).trim()
    const value = line.slice(at + 1).trim()
    text += type === 0 && key.toLowerCase() === 'producer' ? `; generated by ${value}\n` : `; ${key} = ${value}\n`
  }
  return utf8.encode(text)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function thumbnailComment(format: number, width: number, height: number, bytes: Uint8Array): Uint8Array {
  let base64 = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    base64 += alphabet[three >> 18] ?? ''
    base64 += alphabet[(three >> 12) & 63] ?? ''
    base64 += i + 1 < bytes.length ? (alphabet[(three >> 6) & 63] ?? '') : '='
    base64 += i + 2 < bytes.length ? (alphabet[three & 63] ?? '') : '='
  }
  const word = format === 1 ? 'thumbnail_JPG' : format === 2 ? 'thumbnail_QOI' : 'thumbnail'
  let text = `; ${word} begin ${width}x${height} ${base64.length}\n`
  for (let i = 0; i < base64.length; i += 78) text += `; ${base64.slice(i, i + 78)}\n`
  return utf8.encode(`${text}; ${word} end\n`)
}
