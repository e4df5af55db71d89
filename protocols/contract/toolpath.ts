// A program's tool path in bytes, as GET /api/v1/programs/{sha256}/path serves it: up to a million points that a graphics card takes as they are.
//
// little-endian: "TSP1" · header length (uint32) · header (JSON, padded with blanks to a multiple of 8)
//   · points: x, y, z, time of each, uint16, 0…65535 of their range · looks: one byte of each

export type ToolpathHeader = {
  kind: 'printer' | 'laser' | 'mill' | 'unknown'
  /** Of what is made, mm: what a view should frame. */
  bounds: { min: [number, number, number]; max: [number, number, number] }
  /** Of all points, mm: 0…65535 in each axis. */
  box: { min: [number, number, number]; max: [number, number, number] }
  /** Of the whole program, before thinning. */
  segments: number
  /** Points that follow. */
  count: number
  /** Index of the first point of each layer; empty where there are none. */
  layers: number[]
}

export type Toolpath = ToolpathHeader & {
  /** x, y, z and share of the program's time at each point. */
  points: Uint16Array
  /** What the move to each point does: 0 travel, 1…255 work at so much of the program's highest power. */
  looks: Uint8Array
}

export const toolpathPointsMax = 1_000_000
const magic = 0x31505354
const headBytes = 8

export function writeToolpath({ points, looks, ...header }: Toolpath): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const textBytes = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(headBytes + textBytes + points.byteLength + looks.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, textBytes, true)
  bytes.fill(32, headBytes, headBytes + textBytes)
  bytes.set(text, headBytes)
  bytes.set(new Uint8Array(points.buffer, points.byteOffset, points.byteLength), headBytes + textBytes)
  bytes.set(looks, headBytes + textBytes + points.byteLength)
  return bytes
}

/** Undefined where the bytes are not a whole tool path. The arrays are views of the buffer, not copies. */
export function readToolpath(buffer: ArrayBuffer): Toolpath | undefined {
  if (buffer.byteLength < headBytes) return undefined
  const view = new DataView(buffer)
  const textBytes = view.getUint32(4, true)
  const start = headBytes + textBytes
  if (view.getUint32(0, true) !== magic || textBytes % 8 !== 0 || start > buffer.byteLength) return undefined
  let header: ToolpathHeader
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, headBytes, textBytes)))
  } catch {
    return undefined
  }
  const { count } = header
  if (!(count >= 0) || buffer.byteLength !== start + count * 9) return undefined
  return { ...header, points: new Uint16Array(buffer, start, count * 4), looks: new Uint8Array(buffer, start + count * 8, count) }
}
