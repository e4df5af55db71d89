// Lays an arc into a path as chords: its true extent and its picture, whatever the firmware cuts it into.
import type { ArcEnds } from './arc.ts'
import type { Path } from './path.ts'

/** The chord error of arcs in the picture and in extents, mm. */
const chordMm = 0.02

/** Draws an arc into the path as chords that hold its true extent to 0.02 mm. */
export function drawArc(
  path: Path,
  ends: ArcEnds,
  radius: number,
  angle: number,
  making: boolean,
  power: number,
  line: number,
  offset: number,
): void {
  const step = 2 * Math.acos(Math.max(-1, Math.min(1, 1 - chordMm / Math.max(radius, chordMm))))
  const count = Math.max(1, Math.min(720, Math.ceil(Math.abs(angle) / step)))
  const ra = ends.fromA - ends.centerA
  const rb = ends.fromB - ends.centerB
  for (let n = 1; n <= count; n++) {
    const cos = Math.cos((angle * n) / count)
    const sin = Math.sin((angle * n) / count)
    const last = n === count
    const a = last ? ends.toA : ends.centerA + ra * cos - rb * sin
    const b = last ? ends.toB : ends.centerB + ra * sin + rb * cos
    const c = ends.fromC + ((ends.toC - ends.fromC) * n) / count
    if (ends.plane === 17) path.to(a, b, c, true, making, power, line, offset)
    else if (ends.plane === 18) path.to(b, c, a, true, making, power, line, offset)
    else path.to(c, a, b, true, making, power, line, offset)
  }
}
