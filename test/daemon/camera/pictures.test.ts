// Pictures tell their own end: whole ones are picked out of whatever a camera sends, parts of ones never.
import { describe, expect, it } from 'vitest'
import { PictureFinder, pictureBytesMax, wholePicture } from '../../../protocols/contract/camera.ts'
import { jpeg, numberOf } from '../../devices/camera.ts'
import { Canvas } from '../../devices/png.ts'

const png = new Canvas(40, 30, [200, 20, 20]).png()
const text = (value: string) => Buffer.from(value, 'latin1')

/** What comes of these bytes, cut into pieces of `size`. */
function found(bytes: Buffer, size: number): Uint8Array[] {
  const finder = new PictureFinder()
  const pictures: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) pictures.push(...finder.push(bytes.subarray(at, at + size)).map(one => one.bytes))
  return pictures
}

describe('a picture', () => {
  it.for([1, 2, 3, 7, 64, 4096])('is found in pieces of %d bytes, whatever stands around it', size => {
    const stream = Buffer.concat([
      text('--frame\r\nContent-Length: 99\r\n\r\n'),
      jpeg(1),
      text('\r\n--fr'),
      jpeg(2),
      png,
      text('junk'),
      jpeg(3, 90_000),
    ])
    const pictures = found(stream, size)
    expect(pictures.map(numberOf)).toEqual([1, 2, undefined, 3])
    expect(Buffer.from(pictures[0] ?? []).equals(jpeg(1))).toBe(true)
    expect(Buffer.from(pictures[2] ?? []).equals(png)).toBe(true)
  })

  it('ends where it says, and what follows is not part of it', () => {
    expect(wholePicture(Buffer.concat([jpeg(7), text('<script>')]))).toMatchObject({
      type: 'image/jpeg',
      bytes: { length: jpeg(7).length },
    })
    expect(wholePicture(Buffer.concat([png, text('tail')]))).toMatchObject({ type: 'image/png', bytes: { length: png.length } })
  })

  it.for<[string, Buffer]>([
    ['half a JPEG', jpeg(1).subarray(0, 900)],
    ['a JPEG without its last byte', jpeg(1).subarray(0, -1)],
    ['half a PNG', png.subarray(0, 60)],
    ['a page', text('<!doctype html><title>GIF89a</title>')],
    ['nothing', Buffer.alloc(0)],
    ['a segment that ends before it begins', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xd9])],
    ['a JPEG behind a space', Buffer.concat([text(' '), jpeg(1)])],
  ])('is not made of %s', ([, bytes]) => {
    expect(wholePicture(bytes)).toBeUndefined()
  })

  it('that broke off gives way to the next one', () => {
    const broken = Buffer.concat([jpeg(1, 5_000).subarray(0, 4_000), text('\r\n--frame\r\n\r\n'), jpeg(2)])
    expect(found(broken, 500).map(numberOf)).toContain(2)
  })

  it('is not waited for without bound', () => {
    const finder = new PictureFinder()
    finder.push(Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]))
    const piece = Buffer.alloc(1 << 20, 0x55)
    for (let sent = 0; sent < pictureBytesMax * 2; sent += piece.length) expect(finder.push(piece)).toEqual([])
    expect(finder.waste).toBeGreaterThan(pictureBytesMax)
    expect(finder.push(jpeg(5)).map(one => numberOf(one.bytes))).toEqual([5])
  })

  it('never makes the finder throw, whatever the bytes', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
      return seed / 0x7fffffff
    }
    for (let round = 0; round < 300; round++) {
      const bytes = jpeg(round, 300)
      for (let flips = 0; flips < 5; flips++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      found(bytes, 1 + Math.floor(random() * 200))
    }
  })
})
