// Marlin's G commands: moves, arcs, dwell, homing, probing, units and coordinates.
import type { Steps } from '../machine.ts'
import type { MarlinCore } from './core.ts'
import type { Axes } from './options.ts'
import type { Parameters } from './parameters.ts'

const letters = ['X', 'Y', 'Z', 'E'] as const

/** Arc pieces: at most 1 mm, at least 0.1 mm, and 72 to a full circle (MAX/MIN_ARC_SEGMENT_MM, MIN_CIRCLE_SEGMENTS). */
const arcSegmentMaxMm = 1
const arcSegmentMinMm = 0.1
const circleSegmentsMin = 72
/** Extrusion below this is prevented (EXTRUDE_MINTEMP). */
const extrudeCelsiusMin = 170

/** Where a move's words lead, in machine coordinates; soft endstops cut it off silently. */
function destination(core: MarlinCore, words: Parameters): Axes {
  const unit = core.inches ? 25.4 : 1
  const target: Axes = [...core.position]
  for (const [axis, letter] of letters.entries()) {
    const value = words.number(letter)
    if (value === undefined) continue
    const absolute = axis === 3 ? core.absoluteE : core.absolute
    const mm = value * unit
    target[axis] = absolute ? mm - (core.shift[axis] ?? 0) : (core.position[axis] ?? 0) + mm
  }
  for (const axis of [0, 1, 2] as const) {
    if (core.homed[axis]) target[axis] = Math.min(core.options.area[axis], Math.max(0, target[axis]))
  }
  if (core.flowPercent !== 100) {
    const by = target[3] - core.position[3]
    target[3] = core.position[3] + (by * core.flowPercent) / 100
  }
  if (target[3] !== core.position[3] && core.heaters.T0.reading < extrudeCelsiusMin && !core.options.instant) {
    core.warm()
    if (core.heaters.T0.reading < extrudeCelsiusMin) {
      core.send('echo: cold extrusion prevented\n')
      core.shift[3] += core.position[3] - target[3]
      target[3] = core.position[3]
    }
  }
  return target
}

function feedOf(core: MarlinCore, words: Parameters): number {
  const f = words.number('F')
  if (f !== undefined && f > 0) core.feed = (f * (core.inches ? 25.4 : 1)) / 60
  return (core.feed * core.feedPercent) / 100
}

export function* straight(core: MarlinCore, words: Parameters): Steps {
  const feed = feedOf(core, words)
  yield* core.moveTo(destination(core, words), feed)
}

export function* arc(core: MarlinCore, words: Parameters, clockwise: boolean): Steps {
  const feed = feedOf(core, words)
  const from: Axes = [...core.position]
  const to = destination(core, words)
  const unit = core.inches ? 25.4 : 1
  let i = (words.number('I') ?? 0) * unit
  let j = (words.number('J') ?? 0) * unit
  const radiusWord = words.number('R')
  if (radiusWord !== undefined) {
    const dx = to[0] - from[0]
    const dy = to[1] - from[1]
    const chord = Math.hypot(dx, dy)
    const r = radiusWord * unit
    const height = Math.sqrt(Math.max(0, r * r - (chord * chord) / 4))
    const side = clockwise !== r < 0 ? 1 : -1
    if (chord > 0) {
      i = dx / 2 + (side * dy * height) / chord
      j = dy / 2 - (side * dx * height) / chord
    }
  }
  if (i === 0 && j === 0) {
    core.send('Error:G2/G3 bad parameters\n')
    return
  }
  const centreX = from[0] + i
  const centreY = from[1] + j
  const radius = Math.hypot(i, j)
  const endX = to[0] - centreX
  const endY = to[1] - centreY
  let angle = Math.atan2(-i * endY + j * endX, -i * endX - j * endY)
  if (clockwise && angle >= 0) angle -= 2 * Math.PI
  if (!clockwise && angle <= 0) angle += 2 * Math.PI
  const length = Math.abs(angle) * radius
  const wanted = Math.max(length / arcSegmentMaxMm, (circleSegmentsMin * Math.abs(angle)) / (2 * Math.PI))
  const count = Math.max(1, Math.floor(Math.min(wanted, length / arcSegmentMinMm)))
  const start = Math.atan2(-j, -i)
  for (let k = 1; k < count; k += 1) {
    const part = k / count
    const theta = start + angle * part
    yield* core.moveTo(
      [
        centreX + radius * Math.cos(theta),
        centreY + radius * Math.sin(theta),
        from[2] + (to[2] - from[2]) * part,
        from[3] + (to[3] - from[3]) * part,
      ],
      feed,
    )
  }
  yield* core.moveTo(to, feed)
}

export function* dwell(core: MarlinCore, words: Parameters): Steps {
  yield* core.synchronize()
  const seconds = (words.number('P') ?? 0) / 1000 + (words.number('S') ?? 0)
  yield* core.pause(seconds)
}

/** G28: as long as the axes need to their switches, bump twice, then the position is known. */
export function* home(core: MarlinCore, words: Parameters): Steps {
  yield* core.synchronize()
  const all = !words.has('X') && !words.has('Y') && !words.has('Z')
  const at = core.planner.end
  let seconds = 0
  for (const axis of [0, 1, 2] as const) {
    if (!all && !words.has(letters[axis])) continue
    const feed = core.options.homingFeed[axis]
    // Unhomed, the machine may stand anywhere: half its travel away. Then back off and come again at half speed.
    const distance = core.homed[axis] ? Math.abs(at[axis]) : core.options.area[axis] / (axis === 2 ? 10 : 2)
    const bump = axis === 2 ? 2 : 5
    seconds += distance / feed + bump / feed + (2 * bump) / feed
    core.homed[axis] = true
    at[axis] = 0
    core.shift[axis] = 0
  }
  yield* core.pause(seconds)
  core.planner.setPosition(at)
  core.position = [...core.planner.end]
  core.send(core.positionLine())
}

/** G29: one touch after another; some seconds each. */
export function* probeBed(core: MarlinCore): Steps {
  yield* core.synchronize()
  if (core.homed.includes(false)) {
    core.send('echo:Home XYZ first\n')
    return
  }
  yield* core.pause(core.options.probePoints * 3)
  core.leveled = true
  core.send('Bilinear Leveling Grid:\n      0      1      2\n 0 +0.010 +0.000 -0.010\n 1 +0.005 +0.000 -0.005\n 2 +0.010 +0.000 +0.010\n\n')
}

export function setPosition(core: MarlinCore, words: Parameters): void {
  const unit = core.inches ? 25.4 : 1
  const any = letters.some(letter => words.has(letter))
  for (const [axis, letter] of letters.entries()) {
    const value = words.number(letter)
    if (value !== undefined) core.shift[axis] = value * unit - (core.position[axis] ?? 0)
    else if (!any) core.shift[axis] = -(core.position[axis] ?? 0)
  }
}
