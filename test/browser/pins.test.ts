// Where a mark lies in a picture of a program, and what a tap on it means.
import { describe, expect, it } from 'vitest'
import { axesOf, cameraFor, extentOf, fromAbove, fromCorner, layersOf } from '../../dashboard/web/preview/camera.ts'
import { heightOf, markAt, spotIn, spotOn, underSpot, underSpotOn } from '../../dashboard/web/preview/pins.ts'
import { readToolpath, type Toolpath } from '../../protocols/contract/toolpath.ts'
import { pathOf } from './programs.ts'
import { must } from './stage.ts'

const size = { width: 500, height: 340 }
const bytes = pathOf('a'.repeat(64))
const path: Toolpath = must(readToolpath(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer))
const ranges = layersOf(path)
const top = must(ranges.at(-1))
const shown = { layer: ranges.length - 1, to: top.to, z: heightOf(path, top) }

describe.for([
  ['from above', fromAbove],
  ['from a corner', fromCorner],
] as const)('seen %s', ([, direction]) => {
  const camera = cameraFor(extentOf(path), direction, size.width, size.height)

  it('a place is found again under its own spot', () => {
    const spot = spotIn(camera, size, [120, 95, 6])
    const { x, y } = underSpot(camera, size, spot, 6)
    expect([x, y].map(value => Math.round(value * 100) / 100)).toEqual([120, 95])
  })
  it('a tap on the top means the topmost strokes', () => {
    // Between two lines of the filling.
    const spot = spotIn(camera, size, [119, 102, shown.z])
    const { layer = 0, x, y } = markAt(path, camera, size, spot, { ...shown, surface: true })
    expect(layer).toBeGreaterThanOrEqual(ranges.length - 4)
    expect(Math.hypot(x - 119, y - 102)).toBeLessThan(2)
  })
  it('a tap in a chosen layer means that layer, also where nothing is made', () => {
    const low = { layer: 4, to: must(ranges[4]).to, z: heightOf(path, must(ranges[4])), surface: false }
    const spot = spotIn(camera, size, [90, 130, low.z])
    expect(markAt(path, camera, size, spot, low)).toEqual({ x: 90, y: 130, z: 1, layer: 4 })
  })
})

it('a tap on the side of a part means the layer that shows there', () => {
  const camera = cameraFor(extentOf(path), fromCorner, size.width, size.height)
  const middle = must(ranges[25])
  const { towards } = axesOf(camera)
  const place = (point: number) =>
    ([0, 1, 2] as const).map(
      axis => path.box.min[axis] + ((path.points[point * 4 + axis] ?? 0) / 65_535) * (path.box.max[axis] - path.box.min[axis]),
    )
  const nearness = (point: number) => place(point).reduce((sum, value, axis) => sum + value * (towards[axis] ?? 0), 0)
  const points = Array.from({ length: middle.to - middle.from }, (_, index) => middle.from + index)
  const nearest = must(points.toSorted((a, b) => nearness(b) - nearness(a))[0])
  const [x = 0, y = 0, z = 0] = place(nearest)
  const spot = spotIn(camera, size, [x, y, z])
  const { layer = 0 } = markAt(path, camera, size, spot, { ...shown, surface: true })
  expect(Math.abs(layer - 25)).toBeLessThan(4)
})

it('the plain canvas holds places and spots alike', () => {
  const view = { scale: 3, x: 40, y: 300 }
  expect(underSpotOn(view, spotOn(view, { x: 12.5, y: 70 }))).toEqual({ x: 12.5, y: 70 })
})
