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
