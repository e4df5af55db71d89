// Where a tool path is looked at from: an orthographic camera that orbits, pans and zooms. Pure; lengths in millimetres and CSS pixels.
import type { Toolpath } from '../../../protocols/contract/toolpath.ts'

export type Vector = readonly [number, number, number]

export type Camera = {
  /** Radians: about the vertical, and above the horizon (π/2: from above). */
  yaw: number
  pitch: number
  /** Pixels per mm. */
  scale: number
  /** The point in the middle of the view. */
  centre: Vector
}

export const fromAbove = { yaw: 0, pitch: Math.PI / 2 }
export const fromCorner = { yaw: -0.6, pitch: 0.62 }

const margin = 18
/** A view never goes beyond these magnifications of the fitted one. */
const zoomMin = 0.3
const zoomMax = 200

/** Right, up, and towards the eye. */
export function axesOf({ yaw, pitch }: Pick<Camera, 'yaw' | 'pitch'>): { right: Vector; up: Vector; towards: Vector } {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)]
  return { right: [cy, sy, 0], up: [-sy * sp, cy * sp, cp], towards: [sy * cp, -cy * cp, sp] }
}

export type Extent = { min: Vector; max: Vector }

/** The camera of this direction that shows all of the extent, with a margin. */
export function cameraFor(extent: Extent, direction: Pick<Camera, 'yaw' | 'pitch'>, width: number, height: number): Camera {
  const { right, up } = axesOf(direction)
  const size: Vector = [extent.max[0] - extent.min[0], extent.max[1] - extent.min[1], extent.max[2] - extent.min[2]]
  const across = (axis: Vector) => Math.max(1, ...[Math.abs(axis[0] * size[0]) + Math.abs(axis[1] * size[1]) + Math.abs(axis[2] * size[2])])
  const scale = Math.max(0.01, Math.min((width - 2 * margin) / across(right), (height - 2 * margin) / across(up)))
  const centre: Vector = [(extent.min[0] + extent.max[0]) / 2, (extent.min[1] + extent.max[1]) / 2, (extent.min[2] + extent.max[2]) / 2]
  return { ...direction, scale, centre }
}

/** Moves what is seen by so many pixels. */
export function pan(camera: Camera, x: number, y: number): Camera {
  const { right, up } = axesOf(camera)
  const [dx, dy] = [-x / camera.scale, y / camera.scale]
  const [cx, cy, cz] = camera.centre
  return { ...camera, centre: [cx + right[0] * dx + up[0] * dy, cy + right[1] * dx + up[1] * dy, cz + right[2] * dx + up[2] * dy] }
}

/** Turns what is seen with the hand that holds it; never over the top. */
export function orbit(camera: Camera, x: number, y: number): Camera {
  const pitch = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, camera.pitch + y * 0.008))
  return { ...camera, yaw: camera.yaw - x * 0.008, pitch }
}

/** Magnifies about a point `atX`, `atY` pixels right of and above the middle. */
export function zoom(camera: Camera, factor: number, atX: number, atY: number, fittedScale: number): Camera {
  const scale = Math.min(fittedScale * zoomMax, Math.max(fittedScale * zoomMin, camera.scale * factor))
  const real = scale / camera.scale
  // What lies under the pointer stays there.
  return { ...pan(camera, -atX * (1 - 1 / real), atY * (1 - 1 / real)), scale }
}

/** From points as the tool path stores them (0…1 of its box) to clip space; column-major. */
export function matrixOf(camera: Camera, box: Extent, width: number, height: number): Float32Array {
  const { right, up, towards } = axesOf(camera)
  const size: Vector = [box.max[0] - box.min[0], box.max[1] - box.min[1], box.max[2] - box.min[2]]
  const from: Vector = [box.min[0] - camera.centre[0], box.min[1] - camera.centre[1], box.min[2] - camera.centre[2]]
  // Deep enough for the box from wherever it is seen.
  const depth = 2 * Math.hypot(...size) + Math.hypot(...from) + 1
  const rows: [Vector, number][] = [
    [right, (2 * camera.scale) / width],
    [up, (2 * camera.scale) / height],
    [towards, -1 / depth],
  ]
  const matrix = new Float32Array(16)
  for (const [row, [axis, scale]] of rows.entries()) {
    for (let column = 0; column < 3; column++) matrix[column * 4 + row] = (axis[column] ?? 0) * scale * (size[column] ?? 0)
    matrix[12 + row] = (axis[0] * from[0] + axis[1] * from[1] + axis[2] * from[2]) * scale
  }
  matrix[15] = 1
  return matrix
}

/** Extent of what is made. The first layer of a print is left out: its priming line at the bed's edge would make the part a dot. */
export function extentOf({ points, looks, layers, box, bounds }: Toolpath): Extent {
  const from = layers.length > 2 ? (layers[1] ?? 1) : 1
  const min = [65_535, 65_535, 65_535]
  const max = [0, 0, 0]
  for (let point = Math.max(1, from); point < looks.length; point++) {
    if (looks[point] === 0) continue
    for (let axis = 0; axis < 3; axis++) {
      const a = points[point * 4 - 4 + axis] ?? 0
      const b = points[point * 4 + axis] ?? 0
      if (a < (min[axis] ?? 0)) min[axis] = a
      if (b < (min[axis] ?? 0)) min[axis] = b
      if (a > (max[axis] ?? 0)) max[axis] = a
      if (b > (max[axis] ?? 0)) max[axis] = b
    }
  }
  if ((min[0] ?? 0) > (max[0] ?? 0)) return bounds
  const mm = (values: readonly number[]): Vector => {
    const at = (axis: 0 | 1 | 2) => box.min[axis] + ((values[axis] ?? 0) / 65_535) * (box.max[axis] - box.min[axis])
    return [at(0), at(1), at(2)]
  }
  // The part stands on the bed also when its first layer was not looked at.
  const low = mm(min)
  return { min: layers.length > 2 ? [low[0], low[1], Math.min(low[2], bounds.min[2])] : low, max: mm(max) }
}

/** Where each layer's points begin and end; one layer for a program that has none. */
export function layersOf({ layers, count }: Toolpath): { from: number; to: number }[] {
  if (layers.length < 2) return [{ from: 0, to: count }]
  return layers.map((from, index) => ({ from: index === 0 ? 0 : from, to: layers[index + 1] ?? count }))
}

/** Index of the first point not yet reached at this share of the time. */
export function reachedAt({ points, count }: Toolpath, done: number): number {
  const time = done * 65_535
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle * 4 + 3] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
