// The bed of a simulated machine as a camera above it would see it: the table, the sheet, the head and where it has been.
import type { DeviceState } from './machine.ts'
import { Canvas, type Colour } from './png.ts'

const colours = {
  room: [38, 42, 48],
  table: [92, 99, 107],
  groove: [78, 85, 93],
  sheet: [205, 184, 148],
  trace: [92, 62, 40],
  gantry: [150, 158, 166],
  head: [228, 232, 236],
  lens: [40, 120, 220],
} satisfies Record<string, Colour>

/** Where the head may have been lately: enough for a drawing, no film. */
const traceMax = 4_000

export class BedView {
  readonly #area: { x: number; y: number }
  readonly #trace: [number, number][] = []

  /** The work area in mm. */
  constructor(area: { x: number; y: number }) {
    this.#area = area
  }

  /** Notes where the head is. */
  notice({ position, moving }: DeviceState): void {
    const [x = 0, y = 0] = position
    const last = this.#trace.at(-1)
    if (!moving || (last !== undefined && Math.hypot(x - last[0], y - last[1]) < 0.5)) return
    this.#trace.push([x, y])
    if (this.#trace.length > traceMax) this.#trace.shift()
  }

  png(state: DeviceState, width = 640, height = 480): Buffer {
    const canvas = new Canvas(width, height, colours.room)
    const margin = 28
    const scale = Math.min((width - 2 * margin) / this.#area.x, (height - 2 * margin) / this.#area.y)
    const bed = { width: this.#area.x * scale, height: this.#area.y * scale }
    const left = (width - bed.width) / 2
    const bottom = (height + bed.height) / 2
    const at = (x: number, y: number): [number, number] => [left + x * scale, bottom - y * scale]
    canvas.fill(left - 8, bottom - bed.height - 8, bed.width + 16, bed.height + 16, colours.table)
    for (let x = 0; x <= this.#area.x; x += 20) canvas.line(...at(x, 0), ...at(x, this.#area.y), colours.groove)
    const [sheetX, sheetY] = at(this.#area.x * 0.08, this.#area.y * 0.9)
    canvas.fill(sheetX, sheetY, bed.width * 0.84, bed.height * 0.82, colours.sheet)
    for (const [index, to] of this.#trace.entries()) {
      const from = this.#trace[index - 1]
      if (from !== undefined && Math.hypot(to[0] - from[0], to[1] - from[1]) < 15)
        canvas.line(...at(...from), ...at(...to), colours.trace, 2)
    }
    const [x = 0, y = 0] = state.position
    const [headX, headY] = at(x, y)
    canvas.fill(headX - 7, bottom - bed.height - 8, 14, bed.height + 16, colours.gantry)
    canvas.fill(headX - 18, headY - 18, 36, 36, colours.head)
    canvas.fill(headX - 5, headY - 5, 10, 10, colours.lens)
    return canvas.png()
  }
}
