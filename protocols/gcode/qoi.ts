// Turns a QOI picture (qoiformat.org, "The Quite OK Image Format") into a PNG that every browser shows.

/** Pixels of a thumbnail at most. */
const pixelsMax = 1_000_000

/** Undefined where the picture is damaged or too large. */
export function qoiToPng(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 22 || view.getUint32(0) !== 0x716f6966) return undefined
  const width = view.getUint32(4)
  const height = view.getUint32(8)
  if (width === 0 || height === 0 || width * height > pixelsMax) return undefined
  return writePng(width, height, decodeQoi(bytes, width, height))
}

function decodeQoi(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4)
  const seen = new Uint8Array(64 * 4)
  let r = 0
  let g = 0
  let b = 0
  let a = 255
  let run = 0
  let at = 14
  const end = bytes.length - 8
  for (let p = 0; p < pixels.length; p += 4) {
    if (run > 0) run--
    else if (at < end) {
      const tag = bytes[at++] ?? 0
      if (tag === 0xfe || tag === 0xff) {
        r = bytes[at] ?? 0
        g = bytes[at + 1] ?? 0
        b = bytes[at + 2] ?? 0
        if (tag === 0xff) a = bytes[at + 3] ?? 0
        at += tag - 0xfb
      } else if (tag < 0x40) {
        r = seen[tag * 4] ?? 0
        g = seen[tag * 4 + 1] ?? 0
        b = seen[tag * 4 + 2] ?? 0
        a = seen[tag * 4 + 3] ?? 0
      } else if (tag < 0x80) {
        r = (r + ((tag >> 4) & 3) - 2) & 255
        g = (g + ((tag >> 2) & 3) - 2) & 255
        b = (b + (tag & 3) - 2) & 255
      } else if (tag < 0xc0) {
        const next = bytes[at++] ?? 0
        const dg = (tag & 0x3f) - 32
        r = (r + dg - 8 + (next >> 4)) & 255
        g = (g + dg) & 255
        b = (b + dg - 8 + (next & 15)) & 255
      } else run = tag & 0x3f
    }
    const slot = ((r * 3 + g * 5 + b * 7 + a * 11) % 64) * 4
    seen[slot] = r
    seen[slot + 1] = g
    seen[slot + 2] = b
    seen[slot + 3] = a
    pixels[p] = r
    pixels[p + 1] = g
    pixels[p + 2] = b
    pixels[p + 3] = a
  }
  return pixels
}

/** A PNG of RGBA pixels, uncompressed inside (stored blocks of RFC 1951): no packer is needed for a thumbnail. */
export function writePng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const row = width * 4
  const raw = new Uint8Array((row + 1) * height)
  for (let y = 0; y < height; y++) raw.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1)
  return assemble([header(width, height, 8, 6), chunk('IDAT', stored(raw))])
}

/** A PNG of at most 16 colours, RGBA each: half a byte a pixel. `pixels` holds one index a byte; `width` is even. */
export function writeIndexedPng(width: number, height: number, pixels: Uint8Array, palette: readonly (readonly number[])[]): Uint8Array {
  const row = width / 2
  const raw = new Uint8Array((row + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < row; x++) {
      const at = y * width + x * 2
      raw[y * (row + 1) + 1 + x] = ((pixels[at] ?? 0) << 4) | (pixels[at + 1] ?? 0)
    }
  }
  const colours = chunk('PLTE', Uint8Array.from(palette.flatMap(colour => colour.slice(0, 3))))
  const clear = chunk('tRNS', Uint8Array.from(palette.map(colour => colour[3] ?? 255)))
  return assemble([header(width, height, 4, 3), colours, clear, chunk('IDAT', stored(raw))])
}

function header(width: number, height: number, depth: number, colour: number): Uint8Array {
  const data = new Uint8Array(13)
  const view = new DataView(data.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  data.set([depth, colour, 0, 0, 0], 8)
  return chunk('IHDR', data)
}

function assemble(chunks: Uint8Array[]): Uint8Array {
  const parts = [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...chunks, chunk('IEND', new Uint8Array(0))]
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

function stored(raw: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(raw.length / 65_535))
  const result = new Uint8Array(2 + blocks * 5 + raw.length + 4)
  result[0] = 0x78
  result[1] = 0x01
  let at = 2
  for (let n = 0; n < blocks; n++) {
    const part = raw.subarray(n * 65_535, (n + 1) * 65_535)
    const length = part.length
    result.set([n === blocks - 1 ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255], at)
    result.set(part, at + 5)
    at += 5 + length
  }
  let low = 1
  let high = 0
  for (const byte of raw) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  new DataView(result.buffer).setUint32(at, high * 65_536 + low)
  return result
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length + 12)
  const view = new DataView(result.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) result[4 + i] = name.charCodeAt(i)
  result.set(data, 8)
  view.setUint32(data.length + 8, crc32(result.subarray(4, data.length + 8)))
  return result
}

const crcTable = new Uint32Array(256)
for (let n = 0; n < 256; n++) {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  crcTable[n] = c >>> 0
}

/** CRC-32 as in PNG, ZIP and bgcode. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let c = ~before >>> 0
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 255] ?? 0) ^ (c >>> 8)
  return ~c >>> 0
}
