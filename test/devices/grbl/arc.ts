// Arcs as Grbl draws them: a row of straight chords whose sagitta stays within `$12` (settings.md, "Arc tolerance").
import type { Vector } from './settings.ts'

export type ArcPlan = { centre: [number, number]; radius: number; axes: readonly [number, number, number] }

/** First, second and linear axis of each plane; G18 is ZX, so that its turning sense is right-handed. */
export const planeAxes: { readonly [plane: number]: readonly [number, number, number] } = {
  17: [0, 1, 2],
  18: [2, 0, 1],
  19: [1, 2, 0],
}

/** The centre offset of an arc given by its radius, or error 34 where no circle of that radius joins the two points. */
export function centreFromRadius(dx: number, dy: number, radius: number, clockwise: boolean): [number, number] | { error: number } {
  const square = 4 * radius * radius - dx * dx - dy * dy
  if (square < 0) return { error: 34 }
  const chord = Math.hypot(dx, dy)
  let height = -Math.sqrt(square) / chord
  if (!clockwise) height = -height
  // A negative radius asks for the longer way round.
  if (radius < 0) height = -height
  return [0.5 * (dx - dy * height), 0.5 * (dy + dx * height)]
}

/** The chords' end points, the last one exact. */
export function* chords(
  from: Readonly<Vector>,
  to: Readonly<Vector>,
  arc: ArcPlan,
  clockwise: boolean,
  tolerance: number,
): Generator<Vector> {
  const [first, second, linear] = arc.axes
  const startX = at(from, first) - arc.centre[0]
  const startY = at(from, second) - arc.centre[1]
  const endX = at(to, first) - arc.centre[0]
  const endY = at(to, second) - arc.centre[1]
  let angle = Math.atan2(startX * endY - startY * endX, startX * endX + startY * endY)
  // Start and end in one place mean a full circle; the small margin catches rounding.
  if (clockwise) {
    if (angle >= -5e-7) angle -= 2 * Math.PI
  } else if (angle <= 5e-7) angle += 2 * Math.PI
  const sagitta = Math.sqrt(Math.max(tolerance * (2 * arc.radius - tolerance), 0))
  // Sixteen bits count the chords.
  const count = Math.min(65_535, Math.floor(Math.abs(0.5 * angle * arc.radius) / sagitta))
  const startAngle = Math.atan2(startY, startX)
  const rise = (at(to, linear) - at(from, linear)) / Math.max(1, count)
  for (let i = 1; i < count; i += 1) {
    const theta = startAngle + (angle * i) / count
    const point: Vector = [0, 0, 0]
    point[first] = arc.centre[0] + arc.radius * Math.cos(theta)
    point[second] = arc.centre[1] + arc.radius * Math.sin(theta)
    point[linear] = at(from, linear) + rise * i
    yield point
  }
  yield [...to]
}

function at(vector: Readonly<Vector>, axis: number): number {
  return vector[axis] ?? 0
}
