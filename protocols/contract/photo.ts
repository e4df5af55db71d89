// A photo for a work order: a JPEG or PNG of which only the picture is kept. Where and with whose phone it was taken is nobody's business (EXIF, GPS). Pure.

/** A phone's photo made smaller by the page (web/care/photo.ts) has some 300 kB. */
export const photoBytesMax = 2 * 1_048_576

export type Photo = { readonly type: 'image/jpeg' | 'image/png'; readonly bytes: Uint8Array<ArrayBuffer> }

/** The picture without what is told beside it; undefined when these bytes are no whole JPEG or PNG. Cleaning twice changes nothing. */
export function cleanPhoto(bytes: Uint8Array): Photo | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return cleanJpeg(bytes)
  return pngSignature.every((byte, index) => bytes[index] === byte) ? cleanPng(bytes) : undefined
}

/** Segments without which a decoder shows other colours or nothing (ITU-T T.81 Annex B; APP0 JFIF, APP2 colour profile, APP14 Adobe). */
function isPicture(marker: number, body: Uint8Array): boolean {
  if (marker === 0xe0) return startsWith(body, 'JFIF\0')
  if (marker === 0xe2) return startsWith(body, 'ICC_PROFILE\0')
  if (marker === 0xee) return startsWith(body, 'Adobe')
  // APP1 is EXIF and XMP, APP13 IPTC, FE a comment; the rest of the APPs are makers' own.
  return !(marker >= 0xe1 && marker <= 0xef) && marker !== 0xfe
}

function cleanJpeg(bytes: Uint8Array): Photo | undefined {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let framed = false
  let at = 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    const end = at + 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0)
    if (marker < 0xc0 || marker === 0xd8 || marker === 0xd9 || end < at + 4 || end > bytes.length) return undefined
    if (isPicture(marker, bytes.subarray(at + 4, end))) kept.push(bytes.subarray(at, end))
    framed ||= marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    at = end
    if (marker !== 0xda) continue
    const scanned = scanEnd(bytes, at)
    if (scanned === undefined) return undefined
    kept.push(bytes.subarray(at, scanned))
    at = scanned
    // What a phone hangs behind the picture (a second one, a film, a depth map) is no part of it.
    if (bytes[at + 1] === 0xd9) return framed ? { type: 'image/jpeg', bytes: joined([...kept, bytes.subarray(at, at + 2)]) } : undefined
  }
  return undefined
}

/** Where the entropy-coded data ends: the next marker that is neither a stuffed zero nor a restart. */
function scanEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return undefined
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** The picture and its colours; texts, times and EXIF are left out (PNG 3rd edition, §11). */
const pngChunks = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'pHYs']

function cleanPng(bytes: Uint8Array): Photo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, 8)]
  let data = false
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (end > bytes.length || (at === 8) !== (name === 'IHDR')) return undefined
    if (pngChunks.includes(name)) kept.push(bytes.subarray(at, end))
    data ||= name === 'IDAT'
    if (name === 'IEND') return data ? { type: 'image/png', bytes: joined(kept) } : undefined
    at = end
  }
  return undefined
}

function startsWith(body: Uint8Array, text: string): boolean {
  return [...text].every((letter, index) => body[index] === letter.charCodeAt(0))
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
