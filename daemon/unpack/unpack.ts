// Makes plain G-code of a packed program (.bgcode, .gcode.3mf, .ufp, .zip): that file is analysed, and that file is streamed.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { createBgcodeUnpacker, type UnpackFault } from '../../protocols/gcode/bgcode.ts'
import { finding } from '../../protocols/gcode/check-words.ts'
import { fileKind, headBytes } from '../../protocols/gcode/containers.ts'
import { Outlet, Overflow } from './outlet.ts'
import type { Unpacked, UnpackOrder } from './unpacked.ts'
import { unpackZip } from './zip.ts'

/** Slicers pack G-code to a fifth; rasters of one colour to a hundredth. A file that swells more is made to fill our disk. */
const ratioMax = 200
/** Below this nobody is harmed by any ratio. */
const harmlessBytes = 64 * 1_048_576
/** 2 GB come out of a zip in ten seconds on a school's computer. */
const patienceMs = 120_000
const chunkBytes = 256 * 1024

/** Constant memory, whatever the file claims. Rejects only when the disk does (ENOSPC). */
export async function unpackFile(order: UnpackOrder): Promise<Unpacked> {
  const file = openSync(order.path, 'r')
  try {
    const { size } = fstatSync(file)
    const head = Buffer.alloc(headBytes)
    const { kind } = fileKind(head.subarray(0, readSync(file, head, 0, headBytes, 0)), order.name)
    if (kind !== 'bgcode' && kind !== 'zip') return { kind: 'plain' }
    const bytesMax = Math.min(order.bytesMax, Math.max(harmlessBytes, size * ratioMax))
    using outlet = new Outlet(order.to, bytesMax, patienceMs)
    return kind === 'zip' ? await unpackZip(file, size, order, outlet, bytesMax) : unpackBgcode(file, order, outlet, bytesMax)
  } catch (error) {
    if (error instanceof Overflow) return { kind: 'refused', finding: finding('container-swells') }
    throw error
  } finally {
    closeSync(file)
  }
}

function unpackBgcode(file: number, { progress }: UnpackOrder, outlet: Outlet, bytesMax: number): Unpacked {
  const unpacker = createBgcodeUnpacker(inflate, bytesMax)
  const chunk = Buffer.alloc(chunkBytes)
  let done = 0
  for (let read = readSync(file, chunk, 0, chunkBytes, 0); read > 0; read = readSync(file, chunk, 0, chunkBytes, done)) {
    const out = unpacker.push(chunk.subarray(0, read))
    if (typeof out === 'string') return refusal(out)
    for (const bytes of out) outlet.write(bytes)
    done += read
    progress?.(done)
  }
  const fault = unpacker.finish()
  if (fault !== undefined) return refusal(fault)
  return { kind: 'unpacked', plain: { size: outlet.size, sha256: outlet.sha256() }, findings: [] }
}

const refusals = { damaged: 'container-damaged', 'too-large': 'container-swells', 'unknown-format': 'container-unknown' } as const

function refusal(fault: UnpackFault): Unpacked {
  return { kind: 'refused', finding: finding(refusals[fault]) }
}

function inflate(packed: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, maxBytes) })
  } catch {
    return undefined
  }
}
