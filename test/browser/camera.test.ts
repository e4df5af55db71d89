// Where a tool path is looked at from: what is under the finger stays there, and the part fills the view, wherever the machine parks.
import { describe, expect, it } from 'vitest'
import {
  axesOf,
  type Camera,
  cameraFor,
  extentOf,
  fromAbove,
  fromCorner,
  layersOf,
  matrixOf,
  orbit,
  pan,
  reachedAt,
  type Vector,
  zoom,
} from '../../dashboard/web/preview/camera.ts'
import type { Toolpath } from '../../protocols/contract/toolpath.ts'

const box = { min: [0, 0, 0], max: [200, 200, 100] } as const
const [width, height] = [600, 300]

/** Pixels from the middle of the view, right and up. */
function seen(camera: Camera, [x, y, z]: Vector): [number, number] {
  const matrix = matrixOf(camera, box, width, height)
  const clip = (row: number) =>
    ((matrix[row] ?? 0) * x) / 200 + ((matrix[4 + row] ?? 0) * y) / 200 + ((matrix[8 + row] ?? 0) * z) / 100 + (matrix[12 + row] ?? 0)
  expect(Math.abs(clip(2))).toBeLessThanOrEqual(1)
  return [(clip(0) * width) / 2, (clip(1) * height) / 2]
}

const extent = { min: [80, 80, 0], max: [120, 140, 40] } as const
const corners: Vector[] = [0, 1, 2, 3, 4, 5, 6, 7].map(
  bits => [0, 1, 2].map(axis => ((bits >> axis) & 1 ? extent.max : extent.min)[axis]) as unknown as Vector,
)

describe('The camera', () => {
  it.for([
    ['from above', fromAbove],
    ['from a corner', fromCorner],
  ] as const)('shows all of the part %s, and not much more', ([, direction]) => {
    const camera = cameraFor(extent, direction, width, height)
    const places = corners.map(corner => seen(camera, corner))
    const reach = Math.max(...places.map(([x, y]) => Math.max(Math.abs(x) / (width / 2), Math.abs(y) / (height / 2))))
    expect(reach).toBeLessThanOrEqual(0.9)
    expect(reach).toBeGreaterThan(0.7)
  })

  it('sees x to the right and y upwards from above', () => {
    const camera = cameraFor(extent, fromAbove, width, height)
    expect(seen(camera, [101, 110, 0])[0]).toBeGreaterThan(0)
    expect(seen(camera, [100, 111, 0])[1]).toBeGreaterThan(0)
  })

  it('moves with the hand', () => {
    const camera = cameraFor(extent, fromCorner, width, height)
    const [x, y] = seen(camera, [100, 100, 10])
    const [x2, y2] = seen(pan(camera, 30, -20), [100, 100, 10])
    expect(x2 - x).toBeCloseTo(30, 3)
    expect(y2 - y).toBeCloseTo(20, 3)
  })

  it('keeps what is under the pointer there while it zooms', () => {
    const camera = cameraFor(extent, fromAbove, width, height)
    const [x, y] = seen(camera, [90, 130, 0])
    const after = seen(zoom(camera, 2.5, x, y, camera.scale), [90, 130, 0])
    expect(after[0]).toBeCloseTo(x, 3)
    expect(after[1]).toBeCloseTo(y, 3)
  })

  it('never goes over the top, and its axes stay square', () => {
    let camera = cameraFor(extent, fromCorner, width, height)
    for (let n = 0; n < 50; n++) camera = orbit(camera, 17, 40)
    expect(camera.pitch).toBe(Math.PI / 2)
    const { right, up, towards } = axesOf(orbit(camera, 3, -77))
    const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    for (const value of [dot(right, up), dot(up, towards), dot(towards, right)]) expect(value).toBeCloseTo(0, 9)
  })
})

function path(points: [number, number, number, number][], layers: number[] = []): Toolpath {
  const scale = [65_535 / 200, 65_535 / 200, 65_535 / 100]
  return {
    kind: 'printer',
    bounds: { min: [0, 0, 0], max: [200, 200, 100] },
    box: { min: [0, 0, 0], max: [200, 200, 100] },
    segments: points.length,
    count: points.length,
    layers,
    points: Uint16Array.from(
      points.flatMap(([x, y, z], i) => [x * (scale[0] ?? 0), y * (scale[1] ?? 0), z * (scale[2] ?? 0), (65_535 * i) / (points.length - 1)]),
    ),
    looks: Uint8Array.from(points.map(([, , , look]) => look)),
  }
}

describe('What is framed', () => {
  it('is what is made: neither travel nor the priming line of the first layer', () => {
    const found = extentOf(
      path(
        [
          [0, 0, 0, 0],
          [0, 5, 0, 0],
          [190, 5, 0, 255],
          [50, 50, 1, 0],
          [60, 60, 1, 255],
          [50, 50, 2, 0],
          [62, 61, 2, 255],
          [199, 199, 90, 0],
        ],
        [1, 3, 5],
      ),
    )
    expect(found.min.map(Math.round)).toEqual([50, 50, 0])
    expect(found.max.map(Math.round)).toEqual([62, 61, 2])
  })

  it('is all of it where nothing is made', () => {
    expect(
      extentOf(
        path([
          [0, 0, 0, 0],
          [9, 9, 0, 0],
        ]),
      ),
    ).toEqual({ min: [0, 0, 0], max: [200, 200, 100] })
  })

  it('layers follow one another without a gap, and time finds its point', () => {
    const one = path(
      Array.from({ length: 11 }, (_, i) => [i, i, i, 255]),
      [1, 4, 9],
    )
    expect(layersOf(one)).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 9 },
      { from: 9, to: 11 },
    ])
    expect([0, 0.5, 1].map(done => reachedAt(one, done))).toEqual([1, 6, 11])
  })
})
