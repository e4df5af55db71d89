// Pictures of a machine's bed: how large, how often, and where one ends, told by the picture itself.
// Cameras disagree on everything around a frame (boundaries with and without dashes, parts without lengths, no first boundary, headers that lie);
// a JPEG and a PNG tell their own end (ITU T.81 annex B; PNG 1.2 §3), so nothing else is believed.

/** Larger ones are no use to an eye and no friend to a school's line. */
export const pictureBytesMax = 4 * 1_048_576
/** A page that looks asks again after so long; the city asks a school no oftener for one machine, however many look. */
export const lookEveryMs = 3_000
/** Nobody keeps a picture longer. */
export const keepHoursMax = 24

export type PictureType = 'image/jpeg' | 'image/png'
export type Picture = { readonly bytes: Uint8Array; readonly type: PictureType /** When it was taken. */; readonly at: number }

type Whole = { bytes: Uint8Array; type: PictureType }

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The whole picture these bytes begin with, without what follows it; undefined where they begin with none or with a part of one. */
export function wholePicture(bytes: Uint8Array): Whole | undefined {
  const type = typeAt(bytes, 0)
  if (type === undefined) return undefined
  const end = endOf(bytes, type)
  return typeof end === 'number' ? { bytes: bytes.subarray(0, end), type } : undefined
}

/** Picks whole pictures out of whatever a camera sends. What stands between them is passed over; what grows past the bound is forgotten. */
export class PictureFinder {
  #held = new Uint8Array(0)
  /** Bytes heard since the last whole picture. */
  waste = 0

  /** A picture has begun and is not whole. */
  begun = false

  /** The pictures that are whole now, oldest first. */
  push(chunk: Uint8Array): Whole[] {
    const found: Whole[] = []
    this.waste += chunk.length
    let held = joined(this.#held, chunk)
    for (;;) {
      const start = startOf(held)
      if (start === undefined) {
        // The beginning of a beginning may stand at the end.
        held = held.slice(Math.max(0, held.length - pngSignature.length))
        break
      }
      held = held.subarray(start.at)
      const end = endOf(held, start.type)
      if (end === 'more') {
        if (held.length > pictureBytesMax) held = held.slice(2)
        else break
      } else if (end === 'broken') held = held.subarray(2)
      else {
        found.push({ bytes: held.slice(0, end), type: start.type })
        held = held.subarray(end)
        this.waste = 0
      }
    }
    this.#held = held.slice()
    this.begun = typeAt(held, 0) !== undefined
    return found
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

function typeAt(bytes: Uint8Array, at: number): PictureType | undefined {
  if (bytes[at] === 0xff && bytes[at + 1] === 0xd8 && bytes[at + 2] === 0xff) return 'image/jpeg'
  return pngSignature.every((byte, index) => bytes[at + index] === byte) ? 'image/png' : undefined
}

function startOf(bytes: Uint8Array): { at: number; type: PictureType } | undefined {
  for (let at = 0; at + 2 < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== 0xff && byte !== 0x89) continue
    const type = typeAt(bytes, at)
    if (type !== undefined) return { at, type }
  }
  return undefined
}

function endOf(bytes: Uint8Array, type: PictureType): number | 'more' | 'broken' {
  return type === 'image/jpeg' ? jpegEnd(bytes) : pngEnd(bytes)
}

/** Segments tell their lengths, so a thumbnail inside one is stepped over; between scans only a marker other than RSTn ends the data. */
function jpegEnd(bytes: Uint8Array): number | 'more' | 'broken' {
  let at = 2
  for (;;) {
    if (at + 1 >= bytes.length) return 'more'
    if (bytes[at] !== 0xff) return 'broken'
    const marker = bytes[at + 1] ?? 0
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) return at + 2
    if (marker === 0xd8 || marker === 0x00) return 'broken'
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2
      continue
    }
    if (at + 3 >= bytes.length) return 'more'
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    if (length < 2) return 'broken'
    at += 2 + length
    if (marker !== 0xda) continue
    // The scan's own data: FF00 is a byte of it, RSTn a mark within it.
    for (;;) {
      at = bytes.indexOf(0xff, at)
      if (at === -1 || at + 1 >= bytes.length) return 'more'
      const next = bytes[at + 1] ?? 0
      if (next === 0x00 || (next >= 0xd0 && next <= 0xd7)) at += 2
      else break
    }
  }
}

function pngEnd(bytes: Uint8Array): number | 'more' | 'broken' {
  let at = pngSignature.length
  for (;;) {
    if (at + 8 > bytes.length) return 'more'
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8)
    const length = view.getUint32(0)
    if (length > pictureBytesMax) return 'broken'
    at += 12 + length
    if (at > bytes.length) return 'more'
    // IEND
    if (view.getUint32(4) === 0x49454e44) return at
  }
}
