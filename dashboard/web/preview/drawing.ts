// A tool path made ready to be drawn many times: strokes gathered by look, in millimetres, so that panning only changes a matrix.
import type { Preview } from '../../../protocols/contract/screen.ts'

/** Shades of laser power that can be told apart. */
const shadesMax = 6

export type Strokes = {
  travel: Path2D
  /** Work by shade, faintest first; one shade where power is not known. */
  work: { shade: number; path: Path2D }[]
}

export type View = { scale: number; x: number; y: number }

export type Inks = { work: string; done: string; travel: string; under: string; bed: string }

/** Where each layer's points begin and end; one layer for a program that has none. */
export function layerRanges(preview: Preview): { from: number; to: number }[] {
  const count = Math.floor(preview.points.length / 3)
  const starts = preview.layers ?? []
  if (starts.length < 2) return [{ from: 0, to: count }]
  return starts.map((from, index) => ({ from: index === 0 ? 0 : from, to: starts[index + 1] ?? count }))
}

/** Index of the first point not yet reached at this share of the time. */
export function pointAt(preview: Preview, done: number): number {
  let low = 0
  let high = preview.times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((preview.times[middle] ?? 1) <= done) low = middle + 1
    else high = middle
  }
  return low
}

/** Strokes of the points from…to (exclusive); the move into `from` belongs to them. */
export function strokesOf(preview: Preview, from: number, to: number): Strokes {
  const travel = new Path2D()
  const work = new Map<number, Path2D>()
  const { points, power } = preview
  let pen: Path2D | undefined
  for (let point = Math.max(1, from); point < to; point += 1) {
    const x = points[point * 3] ?? 0
    const y = points[point * 3 + 1] ?? 0
    const shade = power === undefined ? shadesMax : Math.max(1, Math.ceil((power[point] ?? 1) * shadesMax))
    const path = preview.work[point] === 1 ? pathOf(work, shade) : travel
    if (path !== pen) {
      path.moveTo(points[point * 3 - 3] ?? 0, points[point * 3 - 2] ?? 0)
      pen = path
    }
    path.lineTo(x, y)
  }
  return {
    travel,
    work: [...work].map(([shade, path]) => ({ shade: shade / shadesMax, path })).sort((a, b) => a.shade - b.shade),
  }
}

function pathOf(paths: Map<number, Path2D>, shade: number): Path2D {
  const known = paths.get(shade)
  if (known !== undefined) return known
  const fresh = new Path2D()
  paths.set(shade, fresh)
  return fresh
}

/** Extent of what is made, mm. The first layer of a print is left out: its priming line at the bed's edge would make the part a dot. */
function extentOf(preview: Preview): { min: [number, number]; max: [number, number] } {
  const { points, work, layers = [] } = preview
  const from = layers.length > 2 ? (layers[1] ?? 1) : 1
  const min: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const max: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let point = Math.max(1, from); point < work.length; point += 1) {
    if (work[point] !== 1) continue
    for (const end of [point - 1, point]) {
      for (const axis of [0, 1] as const) {
        const at = points[end * 3 + axis] ?? 0
        min[axis] = Math.min(min[axis], at)
        max[axis] = Math.max(max[axis], at)
      }
    }
  }
  if (min[0] <= max[0]) return { min, max }
  const { bounds } = preview
  return { min: [bounds.min[0], bounds.min[1]], max: [bounds.max[0], bounds.max[1]] }
}

/** The view that shows all that is made, with a margin. Width and height in CSS pixels. */
export function fitView(preview: Preview, width: number, height: number): View {
  const { min, max } = extentOf(preview)
  const margin = 18
  const spanX = Math.max(1, max[0] - min[0])
  const spanY = Math.max(1, max[1] - min[1])
  const scale = Math.min((width - 2 * margin) / spanX, (height - 2 * margin) / spanY)
  return { scale, x: width / 2 - ((min[0] + max[0]) / 2) * scale, y: height / 2 + ((min[1] + max[1]) / 2) * scale }
}

export type Layers = { under: Strokes | undefined; todo: Strokes; done: Strokes | undefined }

/** Draws one picture. y grows upwards, as on the machine. */
export function draw(
  context: CanvasRenderingContext2D,
  layers: Layers,
  view: View,
  inks: Inks,
  showTravel: boolean,
  pixelRatio: number,
): void {
  const { canvas } = context
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.setTransform(view.scale * pixelRatio, 0, 0, -view.scale * pixelRatio, view.x * pixelRatio, view.y * pixelRatio)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  const thin = 1 / view.scale
  const stroke = (path: Path2D, colour: string, width: number, alpha = 1) => {
    context.globalAlpha = alpha
    context.strokeStyle = colour
    context.lineWidth = width
    context.stroke(path)
  }
  const strokeWork = (strokes: Strokes, colour: string) => {
    for (const { shade, path } of strokes.work) stroke(path, colour, thin * 1.3, 0.2 + 0.8 * shade)
  }
  if (layers.under !== undefined) for (const { path } of layers.under.work) stroke(path, inks.under, thin, 0.5)
  if (showTravel) stroke(layers.todo.travel, inks.travel, thin * 0.7, 0.8)
  strokeWork(layers.todo, inks.work)
  if (layers.done !== undefined) strokeWork(layers.done, inks.done)
  context.globalAlpha = 1
}
