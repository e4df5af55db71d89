// Pictures that slicers put into comments: base64 between "thumbnail begin 300x300 12345" and "thumbnail end".
import { qoiToPng } from './qoi.ts'

/** Untrusted: a larger picture is left alone. */
const base64Max = 700_000
/** Pictures looked at in one file. */
const picturesMax = 8

export type Picture = { type: 'image/png' | 'image/jpeg'; bytes: Uint8Array }

export class Thumbnails {
  open = false
  private best: { area: number; bytes: Uint8Array } | undefined
  private area = 0
  private text: number[] | undefined
  private seen = 0

  /** Whether this comment (lower case) begins a picture: thumbnail, thumbnail_JPG, thumbnail_QOI, jpg, png. */
  begin(lower: string): boolean {
    const match = /^(?:thumbnail(?:_\w+)?|jpg|png|qoi) begin\s+(\d+)[x*](\d+)/.exec(lower)
    if (match === null || this.seen >= picturesMax) return match !== null
    this.seen++
    this.open = true
    this.area = Number(match[1]) * Number(match[2])
    this.text = []
    return true
  }

  /** One line inside: base64, or the end. */
  take(bytes: Uint8Array, start: number, end: number): void {
    let at = start
    while (at < end && bytes[at] === 32) at++
    // "thumbnail end", "thumbnail_JPG end", "jpg end": base64 has no blank in it.
    for (let i = at; i < end; i++) {
      if (bytes[i] !== 32) continue
      let last = end
      while (last > at && (bytes[last - 1] ?? 0) <= 32) last--
      if (i < last) {
        this.close()
        return
      }
    }
    const text = this.text
    if (text === undefined) return
    if (text.length + end - at > base64Max) {
      this.text = undefined
      return
    }
    for (let i = at; i < end; i++) text.push(bytes[i] ?? 0)
  }

  private close(): void {
    this.open = false
    const text = this.text
    this.text = undefined
    if (text === undefined || (this.best !== undefined && this.best.area >= this.area)) return
    const bytes = fromBase64(text)
    if (bytes !== undefined && pictureType(bytes) !== undefined) this.best = { area: this.area, bytes }
  }

  /** A picture that came by another way (a container). */
  offer(bytes: Uint8Array, area: number): void {
    if (bytes.length <= base64Max && pictureType(bytes) !== undefined && (this.best === undefined || area > this.best.area)) {
      this.best = { area, bytes }
    }
  }

  /** The largest picture, ready for a browser. */
  picture(): Picture | undefined {
    if (this.best === undefined) return undefined
    const type = pictureType(this.best.bytes)
    if (type === 'qoi') {
      const png = qoiToPng(this.best.bytes)
      return png === undefined ? undefined : { type: 'image/png', bytes: png }
    }
    return type === undefined ? undefined : { type, bytes: this.best.bytes }
  }
}

/** By its first bytes; what a file says about its type is not believed. */
export function pictureType(bytes: Uint8Array): 'image/png' | 'image/jpeg' | 'qoi' | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  return head.startsWith('qoif') ? 'qoi' : undefined
}

/** Undefined where anything but base64 stands. */
export function fromBase64(text: ArrayLike<number>): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i++) {
    const code = text[i] ?? 0
    if (code === 61 || code === 13) continue
    const value =
      code >= 65 && code <= 90
        ? code - 65
        : code >= 97 && code <= 122
          ? code - 71
          : code >= 48 && code <= 57
            ? code + 4
            : code === 43
              ? 62
              : code === 47
                ? 63
                : -1
    if (value < 0) return undefined
    held = ((held << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (held >> bits) & 255
    }
  }
  return bytes.subarray(0, length)
}
