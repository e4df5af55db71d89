// Draws a program small, for lists and tickets, where the slicer left no picture: the path from above, or a print from the side.
import type { Preview } from '../contract/screen.ts'
import { writeIndexedPng } from './qoi.ts'

/** Pixels of a side. */
const size = 240
const margin = 10
/** Grey on nothing for travel, shades of one blue for work: the palette of a 4-bit PNG, RGBA. */
const palette: number[][] = [
  [0, 0, 0, 0],
  [205, 205, 205, 255],
]
for (let shade = 2; shade < 16; shade++) {
  const dark = (shade - 2) / 13
  palette.push([Math.round(165 - 137 * dark), Math.round(200 - 113 * dark), Math.round(235 - 53 * dark), 255])
}

/** A PNG of the tool path; undefined where nothing is made. */
export function drawPreview(preview: Preview): Uint8Array | undefined {
  const { points, work } = preview
  if (!work.includes(1)) return undefined
  const print = preview.kind === 'printer'
  // A print leans a little, so that its height shows; everything else is seen from above.
  const flatX = (i: number) => (print ? (points[i * 3] ?? 0) * 0.87 - (points[i * 3 + 1] ?? 0) * 0.5 : (points[i * 3] ?? 0))
  const flatY = (i: number) =>
    print ? (points[i * 3 + 2] ?? 0) + (points[i * 3] ?? 0) * 0.25 + (points[i * 3 + 1] ?? 0) * 0.43 : (points[i * 3 + 1] ?? 0)
  let [minX, minY, maxX, maxY] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < work.length; i++) {
    if (work[i] !== 1) continue
    for (const end of i > 0 ? [i - 1, i] : [i]) {
      minX = Math.min(minX, flatX(end))
      maxX = Math.max(maxX, flatX(end))
      minY = Math.min(minY, flatY(end))
      maxY = Math.max(maxY, flatY(end))
    }
    low = Math.min(low, points[i * 3 + 2] ?? 0)
    high = Math.max(high, points[i * 3 + 2] ?? 0)
  }
  const scale = (size - 2 * margin) / Math.max(maxX - minX, maxY - minY, 0.01)
  const left = (size - (maxX - minX) * scale) / 2
  const top = (size - (maxY - minY) * scale) / 2
  const pixels = new Uint8Array(size * size)
  for (let i = 1; i < work.length; i++) {
    const making = work[i] === 1
    if (!making && print) continue
    const share = preview.power?.[i] ?? (high > low ? ((points[i * 3 + 2] ?? 0) - low) / (high - low) : 1)
    // Deep cuts are dark, as strong burns and high layers are.
    const shade = making ? 2 + Math.round(13 * Math.min(1, Math.max(0, preview.kind === 'mill' ? 1 - share : 0.3 + 0.7 * share))) : 1
    stroke(
      pixels,
      left + (flatX(i - 1) - minX) * scale,
      size - top - (flatY(i - 1) - minY) * scale,
      left + (flatX(i) - minX) * scale,
      size - top - (flatY(i) - minY) * scale,
      shade,
    )
  }
  return writeIndexedPng(size, size, pixels, palette)
}

/** A line of pixels; work is never painted over by travel. */
function stroke(pixels: Uint8Array, x0: number, y0: number, x1: number, y1: number, shade: number): void {
  const steps = Math.min(2 * size, Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)))))
  for (let n = 0; n <= steps; n++) {
    const x = Math.round(x0 + ((x1 - x0) * n) / steps)
    const y = Math.round(y0 + ((y1 - y0) * n) / steps)
    if (x < 0 || y < 0 || x >= size || y >= size) continue
    const at = y * size + x
    if (shade > 1 || pixels[at] === 0) pixels[at] = shade
  }
}
