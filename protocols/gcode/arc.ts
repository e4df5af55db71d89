// The geometry of G2 and G3, alike in both dialects: centre from IJK or R, angle travelled, extent.

/** An arc in its plane: axes a and b span it (G17 XY, G18 ZX, G19 YZ), c is the third. mm. */
export type ArcEnds = {
  plane: 17 | 18 | 19
  clockwise: boolean
  fromA: number
  fromB: number
  fromC: number
  toA: number
  toB: number
  toC: number
  centerA: number
  centerB: number
  /** Whole circles added (Marlin's P). */
  turns: number
}

/** An arc to be filled in again and again: the analysis makes no garbage. */
export function newArc(): ArcEnds {
  return { plane: 17, clockwise: false, fromA: 0, fromB: 0, fromC: 0, toA: 0, toB: 0, toC: 0, centerA: 0, centerB: 0, turns: 0 }
}

type Point = { readonly x: number; readonly y: number; readonly z: number }

/** Fills in an arc of a plane from one point to x, y, z, with the centre by I, J, K from the beginning. */
export function setArc(
  ends: ArcEnds,
  plane: 17 | 18 | 19,
  from: Point,
  x: number,
  y: number,
  z: number,
  i: number,
  j: number,
  k: number,
): void {
  ends.plane = plane
  if (plane === 17) fill(ends, from.x, from.y, from.z, x, y, z, i, j)
  else if (plane === 18) fill(ends, from.z, from.x, from.y, z, x, y, k, i)
  else fill(ends, from.y, from.z, from.x, y, z, x, j, k)
}

function fill(
  ends: ArcEnds,
  fromA: number,
  fromB: number,
  fromC: number,
  toA: number,
  toB: number,
  toC: number,
  da: number,
  db: number,
): void {
  ends.fromA = fromA
  ends.fromB = fromB
  ends.fromC = fromC
  ends.toA = toA
  ends.toB = toB
  ends.toC = toC
  ends.centerA = fromA + da
  ends.centerB = fromB + db
  ends.turns = 0
}

/** Radius in mm and signed angle in radians (counter-clockwise positive). `still`: an angle this small is a whole circle. */
export function arcTravel(ends: ArcEnds, still: number): { radius: number; travel: number } {
  const ra = ends.fromA - ends.centerA
  const rb = ends.fromB - ends.centerB
  const ta = ends.toA - ends.centerA
  const tb = ends.toB - ends.centerB
  let travel = Math.atan2(ra * tb - rb * ta, ra * ta + rb * tb)
  // ARC_ANGULAR_TRAVEL_EPSILON: equal ends are a full circle, not nothing (motion_control.c).
  if (ends.clockwise) {
    if (travel >= -still) travel -= 2 * Math.PI
    travel -= 2 * Math.PI * ends.turns
  } else {
    if (travel <= still) travel += 2 * Math.PI
    travel += 2 * Math.PI * ends.turns
  }
  return { radius: Math.hypot(ra, rb), travel }
}

/**
 * Centre by radius (RS-274/NGC): of the two circles through both ends the shorter arc's for R > 0, the longer's for R < 0.
 * Undefined where both ends are one point or too far apart (Grbl error:34; Marlin takes the middle, `clamp`).
 */
export function centerByRadius(ends: ArcEnds, radius: number, clamp: boolean): { a: number; b: number } | undefined {
  const x = ends.toA - ends.fromA
  const y = ends.toB - ends.fromB
  const d = Math.hypot(x, y)
  if (d === 0 || radius === 0) return undefined
  const h2 = radius * radius - (d * d) / 4
  if (h2 < 0 && !clamp) return undefined
  const h = Math.sqrt(Math.max(0, h2)) * (ends.clockwise !== radius < 0 ? -1 : 1)
  return { a: ends.fromA + x / 2 - (y / d) * h, b: ends.fromB + y / 2 + (x / d) * h }
}
