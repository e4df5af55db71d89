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
  const reading = readingOf(type, 0)
  return read(bytes, reading) === 'whole' ? { bytes: bytes.subarray(0, reading.at), type } : undefined
}

/**
 * Picks whole pictures out of whatever a camera sends. What stands between them is passed over; what grows past the bound is forgotten.
 * Each byte is looked at once, however small the pieces it comes in.
 */
export class PictureFinder {
  #held = new Uint8Array(65_536)
  /** What is held and not done with: from the picture that has begun, or from where one may begin. */
  #from = 0
  #until = 0
  #reading: Reading | undefined
  /** Bytes heard since the last whole picture. */
  waste = 0

  /** A picture has begun and is not whole. */
  get begun(): boolean {
    return this.#reading !== undefined
  }

  /** The pictures that are whole now, oldest first. */
  push(chunk: Uint8Array): Whole[] {
    const found: Whole[] = []
    this.waste += chunk.length
    this.#append(chunk)
    for (;;) {
      const held = this.#held.subarray(0, this.#until)
      this.#reading ??= this.#begin(held)
      if (this.#reading === undefined) return found
      const { type, start } = this.#reading
      const state = read(held, this.#reading)
      if (state === 'more' && this.#until - start <= pictureBytesMax) return found
      if (state === 'whole') {
        found.push({ bytes: held.slice(start, this.#reading.at), type })
        this.#from = this.#reading.at
        this.waste = 0
      } else this.#from = start + 2
      this.#reading = undefined
    }
  }

  #begin(held: Uint8Array): Reading | undefined {
    for (; this.#from + pngSignature.length <= held.length; this.#from++) {
      const byte = held[this.#from]
      if (byte !== 0xff && byte !== 0x89) continue
      const type = typeAt(held, this.#from)
      if (type !== undefined) return readingOf(type, this.#from)
    }
    return undefined
  }

  /** What is done with makes room before more is asked for. */
  #append(chunk: Uint8Array): void {
    const rest = this.#until - this.#from
    if (this.#until + chunk.length > this.#held.length) {
      const larger = rest + chunk.length > this.#held.length
      const held = larger ? new Uint8Array(2 * (rest + chunk.length)) : this.#held
      held.set(this.#held.subarray(this.#from, this.#until))
      this.#held = held
      if (this.#reading !== undefined) {
        this.#reading.at -= this.#from
        this.#reading.start -= this.#from
      }
      this.#from = 0
      this.#until = rest
    }
    this.#held.set(chunk, this.#until)
    this.#until += chunk.length
  }
}

/** How far a picture has been read: the next segment or chunk begins at `at`, or with `inScan` the image data goes on there. */
type Reading = { type: PictureType; start: number; at: number; inScan: boolean }

const readingOf = (type: PictureType, start: number): Reading => ({
  type,
  start,
  at: start + (type === 'image/jpeg' ? 2 : pngSignature.length),
  inScan: false,
})

function typeAt(bytes: Uint8Array, at: number): PictureType | undefined {
  if (bytes[at] === 0xff && bytes[at + 1] === 0xd8 && bytes[at + 2] === 0xff) return 'image/jpeg'
  return pngSignature.every((byte, index) => bytes[at + index] === byte) ? 'image/png' : undefined
}

/** Reads on from where it was; at `whole`, `at` stands behind the last byte. */
function read(bytes: Uint8Array, reading: Reading): 'whole' | 'more' | 'broken' {
  return reading.type === 'image/jpeg' ? readJpeg(bytes, reading) : readPng(bytes, reading)
}

/** Segments tell their lengths, so a thumbnail inside one is stepped over; in a scan only a marker other than RSTn ends the data. */
function readJpeg(bytes: Uint8Array, reading: Reading): 'whole' | 'more' | 'broken' {
  for (;;) {
    if (reading.inScan) {
      if (reading.at >= bytes.length) return 'more'
      const mark = bytes.indexOf(0xff, reading.at)
      // A mark may stand right at the end, its second byte to come.
      reading.at = mark === -1 ? bytes.length : mark
      if (reading.at + 1 >= bytes.length) return 'more'
      const next = bytes[reading.at + 1] ?? 0
      if (next === 0x00 || (next >= 0xd0 && next <= 0xd7)) {
        reading.at += 2
        continue
      }
      reading.inScan = false
    }
    const { at } = reading
    if (at + 1 >= bytes.length) return 'more'
    if (bytes[at] !== 0xff) return 'broken'
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xd9) {
      reading.at += 2
      return 'whole'
    }
    if (marker === 0xd8 || marker === 0x00) return 'broken'
    if (marker === 0xff) {
      // Fill bytes before a marker.
      reading.at++
      continue
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      reading.at += 2
      continue
    }
    if (at + 3 >= bytes.length) return 'more'
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    if (length < 2) return 'broken'
    reading.at += 2 + length
    reading.inScan = marker === 0xda
  }
}

function readPng(bytes: Uint8Array, reading: Reading): 'whole' | 'more' | 'broken' {
  for (;;) {
    const { at } = reading
    if (at + 8 > bytes.length) return 'more'
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8)
    const length = view.getUint32(0)
    if (length > pictureBytesMax) return 'broken'
    const end = at + 12 + length
    if (end > bytes.length) return 'more'
    reading.at = end
    // IEND
    if (view.getUint32(4) === 0x49454e44) return 'whole'
  }
}
