// A plan of the marked place for the ticket: the layer from above and a pin, in an SVG of a few kilobytes. Pure.
import type { Mark } from '../../protocols/contract/job.ts'
import type { Preview } from '../../protocols/contract/screen.ts'

/** What a plan needs of a preview. */
export type Drawn = Pick<Preview, 'bounds' | 'points' | 'work' | 'layers'>

/** The plan is this wide, in units of its own; as high as the part wants. */
const width = 300
const heights = { min: 90, max: 420 }
const margin = 14
/** So many segments are drawn as lines; of more only where they lie, cell by cell. */
const linesMax = 420
/** A ticket is read on a slow telephone: the path and what stands around it. */
const pathBytesMax = 6_500
const cellsAcross = [72, 48, 32, 20]

type Segment = readonly [number, number, number, number]

/** The plan as SVG text, under 8 kB whatever the program. */
export function drawPlan(drawn: Drawn, mark: Mark): string {
  const { min, max } = withMark(drawn.bounds, mark)
  const scale = (width - 2 * margin) / Math.max(max[0] - min[0], max[1] - min[1], 1)
  // The longer side fills the width; a tall part is drawn narrower rather than taller than a screen.
  const across = Math.max(width, Math.ceil((max[0] - min[0]) * scale + 2 * margin))
  const height = Math.min(heights.max, Math.max(heights.min, Math.ceil((max[1] - min[1]) * scale + 2 * margin)))
  const left = (across - (max[0] - min[0]) * scale) / 2
  const top = (height - (max[1] - min[1]) * scale) / 2
  const x = (mm: number) => left + (mm - min[0]) * scale
  // G-code's Y grows away from whoever stands there, a picture's towards the reader.
  const y = (mm: number) => height - top - (mm - min[1]) * scale
  const segments = segmentsOf(drawn, mark.layer).map(([a, b, c, d]): Segment => [x(a), y(b), x(c), y(d)])
  const shape = segments.length <= linesMax ? lines(segments) : cells(segments, across, height)
  const [px, py] = [Math.round(x(mark.x)), Math.round(y(mark.y))]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${across} ${height}" width="${across}" height="${height}"><rect width="${across}" height="${height}" rx="8" fill="#fff"/>${shape}<path d="M${px} 0V${height}M0 ${py}H${across}" stroke="#c3212c" stroke-width="1" stroke-dasharray="4 4"/><circle cx="${px}" cy="${py}" r="11" fill="none" stroke="#fff" stroke-width="7"/><circle cx="${px}" cy="${py}" r="11" fill="none" stroke="#c3212c" stroke-width="4"/></svg>`
}

/** What is made in the layer, or in the whole program where it has no such layer: x, y to x, y in mm. */
function segmentsOf({ points, work, layers = [] }: Drawn, layer: number | undefined): Segment[] {
  const from = layer === undefined ? undefined : layers[layer]
  const first = from ?? 0
  const last = from === undefined || layer === undefined ? work.length : (layers[layer + 1] ?? work.length)
  const found: Segment[] = []
  for (let at = Math.max(1, first); at < last; at++) {
    if (work[at] !== 1) continue
    const segment = [points[at * 3 - 3], points[at * 3 - 2], points[at * 3], points[at * 3 + 1]]
    if (segment.every(value => Number.isFinite(value))) found.push(segment as unknown as Segment)
  }
  return found
}

function lines(segments: readonly Segment[]): string {
  let path = ''
  let [x, y] = [Number.NaN, Number.NaN]
  for (const [a, b, c, d] of segments.map(segment => segment.map(tenth))) {
    if (a === undefined || b === undefined || c === undefined || d === undefined) continue
    if (a !== x || b !== y) path += `M${a} ${b}`
    path += `L${c} ${d}`
    ;[x, y] = [c, d]
  }
  return path.length <= pathBytesMax ? stroked(path, 1.6) : ''
}

/** Where the tool was, as rows of cells: infill of any density costs no more than its outline. */
function cells(segments: readonly Segment[], across: number, height: number): string {
  for (const count of cellsAcross) {
    const size = across / count
    const taken = new Set<number>()
    for (const [a, b, c, d] of segments) {
      const steps = Math.min(cellStepsMax, Math.ceil((Math.hypot(c - a, d - b) / size) * 2) + 1)
      for (let step = 0; step <= steps; step++) {
        const share = step / steps
        const column = Math.floor((a + (c - a) * share) / size)
        const row = Math.floor((b + (d - b) * share) / size)
        if (column >= 0 && column < count && row >= 0 && row * size < height) taken.add(row * count + column)
      }
    }
    const path = runs(taken, count, size)
    if (path.length <= pathBytesMax) return stroked(path, tenth(size))
  }
  return ''
}
/** A segment crosses the picture at most once, corner to corner. */
const cellStepsMax = 400

function runs(taken: ReadonlySet<number>, count: number, size: number): string {
  let path = ''
  for (const cell of [...taken].sort((a, b) => a - b)) {
    const starts = cell % count === 0 || !taken.has(cell - 1)
    if (!starts) continue
    let length = 1
    while ((cell + length) % count !== 0 && taken.has(cell + length)) length++
    path += `M${tenth((cell % count) * size)} ${tenth((Math.floor(cell / count) + 0.5) * size)}h${tenth(length * size)}`
  }
  return path
}

function stroked(path: string, strokeWidth: number): string {
  return `<path d="${path}" fill="none" stroke="#7b8692" stroke-width="${strokeWidth}"/>`
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

/** A mark may lie beside the part; the plan shows it all the same. */
function withMark({ min, max }: Drawn['bounds'], mark: Mark): { min: [number, number]; max: [number, number] } {
  return { min: [Math.min(min[0], mark.x), Math.min(min[1], mark.y)], max: [Math.max(max[0], mark.x), Math.max(max[1], mark.y)] }
}
