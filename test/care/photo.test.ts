// Photos of work orders: only the picture is kept, whatever a phone or a scoundrel sends.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanPhoto } from '../../protocols/contract/photo.ts'

const segment = (marker: number, body: string | number[]): number[] => {
  const bytes = typeof body === 'string' ? [...Buffer.from(body, 'latin1')] : body
  return [0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes]
}
const soi = [0xff, 0xd8]
const eoi = [0xff, 0xd9]
const jfif = segment(0xe0, 'JFIF\0\x01\x01')
const exif = segment(0xe1, 'Exif\0\0MM GPS 55.1 36.6')
const xmp = segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>')
const iptc = segment(0xed, 'Photoshop 3.0')
const profile = segment(0xe2, 'ICC_PROFILE\0')
const multiPicture = segment(0xe2, 'MPF\0')
const adobe = segment(0xee, 'Adobe')
const comment = segment(0xfe, 'Маша, 7Б')
const frame = segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0])
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]
const jpeg = (...parts: number[][]) => Uint8Array.from([soi, ...parts, frame, scan, eoi].flat())

const chunk = (name: string, body: number[] = []): number[] => [0, 0, 0, body.length, ...Buffer.from(name), ...body, 1, 2, 3, 4]
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const header = chunk(
  'IHDR',
  Array.from({ length: 13 }, () => 0),
)
const png = (...parts: number[][]) => Uint8Array.from([signature, header, ...parts, chunk('IDAT', [1]), chunk('IEND')].flat())

describe('a photo', () => {
  it.for<[string, Uint8Array, Uint8Array]>([
    ['EXIF with its place, XMP, IPTC and comments go', jpeg(jfif, exif, xmp, iptc, comment), jpeg(jfif)],
    ['colour profile and Adobe’s mark stay', jpeg(jfif, profile, adobe), jpeg(jfif, profile, adobe)],
    ['a second picture’s index goes', jpeg(jfif, multiPicture), jpeg(jfif)],
    ['what hangs behind the end goes', Uint8Array.from([...jpeg(jfif), ...Buffer.from('ftypmp42 a film')]), jpeg(jfif)],
    ['PNG texts, times and EXIF go', png(chunk('tEXt', [65]), chunk('eXIf', [1]), chunk('tIME', [1])), png()],
    ['PNG colours stay', png(chunk('gAMA', [0, 0, 0, 1]), chunk('sRGB', [0])), png(chunk('gAMA', [0, 0, 0, 1]), chunk('sRGB', [0]))],
    ['what hangs behind a PNG goes', Uint8Array.from([...png(), 1, 2, 3]), png()],
  ])('%s', ([, sent, kept]) => {
    const photo = cleanPhoto(sent)
    expect(Buffer.from(photo?.bytes ?? []).toString('hex')).toBe(Buffer.from(kept).toString('hex'))
    expect(Buffer.from(cleanPhoto(kept)?.bytes ?? []).equals(Buffer.from(kept))).toBe(true)
  })

  it('has a frame and restarts inside its scan, of several scans too', () => {
    const progressive = Uint8Array.from([soi, frame, scan, segment(0xc4, [0]), exif, scan, eoi].flat())
    const kept = Uint8Array.from([soi, frame, scan, segment(0xc4, [0]), scan, eoi].flat())
    expect(Buffer.from(cleanPhoto(progressive)?.bytes ?? []).equals(Buffer.from(kept))).toBe(true)
  })

  it.for<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a page', Buffer.from('<html><script>alert(1)</script>')],
    ['a drawing with scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['half a JPEG', jpeg(jfif).subarray(0, 30)],
    ['a JPEG without its end', jpeg(jfif).subarray(0, -2)],
    ['a JPEG without a frame', Uint8Array.from([soi, scan, eoi].flat())],
    ['a JPEG with a segment beyond its end', Uint8Array.from([...soi, 0xff, 0xe1, 0xff, 0xff, 1])],
    ['a PNG without its end', png().subarray(0, -4)],
    ['a PNG without data', Uint8Array.from([...signature, ...header, ...chunk('IEND')])],
    ['a GIF', Buffer.from('GIF89a')],
  ])('is not %s', ([, bytes]) => {
    expect(cleanPhoto(bytes)).toBe(undefined)
  })

  it('whatever comes, is cleaned to what stays the same, or refused', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 })
    fc.assert(
      fc.property(fc.constantFrom(soi, signature, []), bytes, fc.boolean(), (start, rest, whole) => {
        const photo = cleanPhoto(Uint8Array.from(whole ? [...jpeg(segment(0xe1, rest.slice(0, 50)))] : [...start, ...rest]))
        if (photo !== undefined) expect(cleanPhoto(photo.bytes)?.bytes).toEqual(photo.bytes)
      }),
    )
  })
})
