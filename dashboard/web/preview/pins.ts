// Where a mark on a program lies in a picture of it, and what a tap on the picture means. Pure; lengths in mm and CSS pixels from the top left.
import type { Mark } from '../../../protocols/contract/job.ts'
import type { Preview } from '../../../protocols/contract/screen.ts'
import type { Toolpath } from '../../../protocols/contract/toolpath.ts'
import { axesOf, type Camera, type Vector } from './camera.ts'
import type { View } from './drawing.ts'

export type Spot = { x: number; y: number }
export type Size = { width: number; height: number }

/** A finger is not finer than this. */
const nearPx = 12
/** Seen so flat from the side, a tap says nothing of the depth. */
const flatMin = 0.05

/** Rounded to a tenth: nobody points finer, and the number is read aloud. */
export function tidy({ x, y, ...rest }: Mark): Mark {
  const round = (value: number) => Math.round(value * 10) / 10
  return { x: round(x), y: round(y), ...rest, ...(rest.z === undefined ? {} : { z: Math.round(rest.z * 100) / 100 }) }
}

/** In the round: orthographic, z upwards. */
export function spotIn(camera: Camera, { width, height }: Size, [x, y, z]: Vector): Spot {
  const { right, up } = axesOf(camera)
  const [cx, cy, cz] = camera.centre
  const along = (axis: Vector) => axis[0] * (x - cx) + axis[1] * (y - cy) + axis[2] * (z - cz)
  return { x: width / 2 + along(right) * camera.scale, y: height / 2 - along(up) * camera.scale }
}

/** The point of the level plane at height z that lies under the spot. */
export function underSpot(camera: Camera, { width, height }: Size, spot: Spot, z: number): { x: number; y: number } {
  const { right, up } = axesOf(camera)
  const [cx, cy, cz] = camera.centre
  const across = (spot.x - width / 2) / camera.scale
  const over = (height / 2 - spot.y) / camera.scale - up[2] * (z - cz)
  // right is (cos, sin) of the yaw; up's level part is the same turned by 90° and shortened by the pitch.
  const tilt = Math.sin(camera.pitch)
  const depth = Math.abs(tilt) < flatMin ? 0 : over / tilt
  return { x: cx + right[0] * across - right[1] * depth, y: cy + right[1] * across + right[0] * depth }
}

/**
 * The mark a tap means. `surface`: the stroke under the finger that is nearest to the eye, of the points before `to`; otherwise, and where there is none,
 * the place on the layer's plane.
 */
export function markAt(
  path: Toolpath,
  camera: Camera,
  size: Size,
  spot: Spot,
  shown: { layer: number; to: number; z: number; surface: boolean },
): Mark {
  const { layers, box, points } = path
  const best = shown.surface ? strokeAt(path, camera, size, spot, shown.to) : undefined
  if (best === undefined)
    return tidy({ ...underSpot(camera, size, spot, shown.z), z: shown.z, ...(layers.length > 1 && { layer: shown.layer }) })
  const z = box.min[2] + ((points[best * 4 + 2] ?? 0) / 65_535) * (box.max[2] - box.min[2])
  const next = layers.findIndex(start => start > best)
  const layer = next < 0 ? layers.length - 1 : Math.max(0, next - 1)
  return tidy({ ...underSpot(camera, size, spot, z), z, ...(layers.length > 1 && { layer }) })
}

/** The end point of the working stroke under the spot that is nearest to the eye. */
function strokeAt({ box, points, looks }: Toolpath, camera: Camera, { width, height }: Size, spot: Spot, to: number): number | undefined {
  const { right, up, towards } = axesOf(camera)
  const scale = ([0, 1, 2] as const).map(axis => (box.max[axis] - box.min[axis]) / 65_535)
  const from = ([0, 1, 2] as const).map(axis => box.min[axis] - camera.centre[axis])
  // Each axis of the view as a sum over the stored numbers: the loop runs over a million points.
  const row = (axis: Vector, less: number) => ({
    a: axis[0] * (scale[0] ?? 0),
    b: axis[1] * (scale[1] ?? 0),
    c: axis[2] * (scale[2] ?? 0),
    d: axis[0] * (from[0] ?? 0) + axis[1] * (from[1] ?? 0) + axis[2] * (from[2] ?? 0) - less,
  })
  const across = row(right, (spot.x - width / 2) / camera.scale)
  const over = row(up, (height / 2 - spot.y) / camera.scale)
  const depth = row(towards, 0)
  const near = (nearPx / camera.scale) ** 2
  // Nearest to the eye, but not by leaving the finger's middle: downwards on the screen what lies level comes nearer as well.
  const aside = 0.2 + Math.abs(Math.cos(camera.pitch)) / Math.max(0.2, Math.abs(Math.sin(camera.pitch)))
  let best: number | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  let [x0, y0, z0] = [0, 0, 0]
  for (let point = 0; point < to; point += 1) {
    const [px, py, pz] = [points[point * 4] ?? 0, points[point * 4 + 1] ?? 0, points[point * 4 + 2] ?? 0]
    const x = across.a * px + across.b * py + across.c * pz + across.d
    const y = over.a * px + over.b * py + over.c * pz + over.d
    const z = depth.a * px + depth.b * py + depth.c * pz
    if (looks[point] !== 0 && point > 0) {
      const [dx, dy] = [x - x0, y - y0]
      const length2 = dx * dx + dy * dy
      const share = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(x0 * dx + y0 * dy) / length2))
      const off2 = (x0 + dx * share) ** 2 + (y0 + dy * share) ** 2
      const score = z0 + (z - z0) * share - aside * Math.sqrt(off2)
      if (off2 <= near && score > bestScore) {
        best = point
        bestScore = score
      }
    }
    x0 = x
    y0 = y
    z0 = z
  }
  return best
}

/** Height of a layer's work: where its last working point lies. */
export function heightOf(path: Pick<Toolpath, 'points' | 'looks' | 'box'>, range: { from: number; to: number }): number {
  const { points, looks, box } = path
  for (let point = range.to - 1; point >= range.from; point -= 1) {
    if (looks[point] !== 0) return box.min[2] + ((points[point * 4 + 2] ?? 0) / 65_535) * (box.max[2] - box.min[2])
  }
  return 0
}

/** The same of a preview in millimetres. */
export function heightIn(preview: Preview, range: { from: number; to: number }): number {
  for (let point = range.to - 1; point >= range.from; point -= 1) if (preview.work[point] === 1) return preview.points[point * 3 + 2] ?? 0
  return 0
}

/** From above, on the plain canvas. */
export function spotOn(view: View, { x, y }: { x: number; y: number }): Spot {
  return { x: x * view.scale + view.x, y: view.y - y * view.scale }
}

export function underSpotOn(view: View, spot: Spot): { x: number; y: number } {
  return { x: (spot.x - view.x) / view.scale, y: (view.y - spot.y) / view.scale }
}
