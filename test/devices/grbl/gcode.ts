// What a line of words means for this machine now: checked in Grbl's order, turned into one Deed, or refused by number.
import type { ArcPlan } from './arc.ts'
import { centreFromRadius, planeAxes } from './arc.ts'
import type { Settings, Vector } from './settings.ts'
import type { Words } from './words.ts'

/** The parser's memory: modal groups, offsets, and where its last target was (ahead of the motion). */
export type GcodeState = {
  motion: number
  plane: 17 | 18 | 19
  units: 20 | 21
  absolute: boolean
  feedMode: 93 | 94
  coordinates: number
  spindle: 3 | 4 | 5
  mist: boolean
  flood: boolean
  tool: number
  /** mm/min, or 1/min under G93. */
  feed: number
  rpm: number
  /** Machine millimetres. */
  position: Vector
  g92: Vector
  toolLength: number
  lineNumber: number
}

/** What outlives a reset: work offsets and stored places. */
export type Stored = { offsets: Vector[]; g28: Vector; g30: Vector }

export function freshState(position: Readonly<Vector>): GcodeState {
  return {
    motion: 0,
    plane: 17,
    units: 21,
    absolute: true,
    feedMode: 94,
    coordinates: 0,
    spindle: 5,
    mist: false,
    flood: false,
    tool: 0,
    feed: 0,
    rpm: 0,
    position: [...position],
    g92: [0, 0, 0],
    toolLength: 0,
    lineNumber: 0,
  }
}

export function freshStored(): Stored {
  return { offsets: Array.from({ length: 6 }, (): Vector => [0, 0, 0]), g28: [0, 0, 0], g30: [0, 0, 0] }
}

export type Deed = {
  readonly words: Words
  readonly feed: number
  readonly rpm: number
  readonly dwellSeconds?: number
  readonly setOffset?: { index: number; value: Vector }
  readonly setG92?: Vector
  readonly setToolLength?: number
  /** G28/G30: through this point (if words were given) to the stored place. */
  readonly goHome?: { through: Vector | undefined; place: 'g28' | 'g30' }
  readonly move?:
    | { kind: 'line' | 'rapid' | 'probe'; target: Vector; code: number }
    | { kind: 'arc'; target: Vector; arc: ArcPlan; clockwise: boolean }
}

const axisLetters = ['X', 'Y', 'Z'] as const
const offsetLetters = ['I', 'J', 'K'] as const

export function judge(words: Words, gc: GcodeState, stored: Stored, settings: Settings): Deed | { error: number } {
  const { values } = words
  const unused = new Set(values.keys())
  for (const letter of ['F', 'S', 'T', 'N']) unused.delete(letter)
  const axes = axisLetters.filter(letter => values.has(letter))
  const scale = (words.units ?? gc.units) === 20 ? 25.4 : 1
  const feedMode = words.feedMode ?? gc.feedMode
  const motion = words.motion ?? gc.motion
  const nonModal = words.nonModal
  const takesAxes = nonModal === 10 || nonModal === 28 || nonModal === 30 || nonModal === 92 || words.toolLength === 43.1
  const moves = !takesAxes && (words.motion !== undefined || axes.length > 0)

  let feed = gc.feed
  if (feedMode === 93) {
    if (moves && motion !== 0 && motion !== 80 && !values.has('F')) return { error: 22 }
    feed = values.get('F') ?? 0
  } else if (values.has('F')) feed = (values.get('F') ?? 0) * scale
  else if (gc.feedMode === 93) feed = 0
  const deed: { -readonly [K in keyof Deed]: Deed[K] } = { words, feed, rpm: values.get('S') ?? gc.rpm }

  if (nonModal === 4) {
    const seconds = values.get('P')
    if (seconds === undefined) return { error: 28 }
    unused.delete('P')
    deed.dwellSeconds = seconds
  }
  if (words.toolLength === 43.1) {
    if (axes.length !== 1 || axes[0] !== 'Z') return { error: 37 }
    deed.setToolLength = (values.get('Z') ?? 0) * scale
    unused.delete('Z')
  } else if (words.toolLength === 49) deed.setToolLength = 0

  const offset = stored.offsets[words.coordinates ?? gc.coordinates] ?? [0, 0, 0]
  const absolute = words.absolute ?? gc.absolute
  const target: Vector = [...gc.position]
  for (const [axis, letter] of axisLetters.entries()) {
    const value = values.get(letter)
    if (value === undefined) continue
    const mm = value * scale
    if (nonModal === 53) target[axis] = mm
    else if (absolute) target[axis] = mm + (offset[axis] ?? 0) + (gc.g92[axis] ?? 0) + (axis === 2 ? gc.toolLength : 0)
    else target[axis] = (gc.position[axis] ?? 0) + mm
  }

  if (nonModal === 10) {
    const fault = judgeOffset(words, gc, stored, scale, deed, unused)
    if (fault !== 0) return { error: fault }
  } else if (nonModal === 92) {
    if (axes.length === 0) return { error: 26 }
    const g92: Vector = [...gc.g92]
    for (const [axis, letter] of axisLetters.entries()) {
      const value = values.get(letter)
      if (value !== undefined) g92[axis] = (gc.position[axis] ?? 0) - (offset[axis] ?? 0) - (axis === 2 ? gc.toolLength : 0) - value * scale
    }
    deed.setG92 = g92
    for (const letter of axes) unused.delete(letter)
  } else if (nonModal === 92.1) deed.setG92 = [0, 0, 0]
  else if (nonModal === 28 || nonModal === 30) {
    deed.goHome = { through: axes.length > 0 ? target : undefined, place: nonModal === 28 ? 'g28' : 'g30' }
    for (const letter of axes) unused.delete(letter)
  } else if (nonModal === 53 && motion !== 0 && motion !== 1) return { error: 30 }

  if (moves) {
    const fault = judgeMove(words, gc, motion, target, scale, feed, deed, unused, settings)
    if (fault !== 0) return { error: fault }
  }
  return unused.size > 0 ? { error: 36 } : deed
}

type OpenDeed = { -readonly [K in keyof Deed]: Deed[K] }

function judgeOffset(words: Words, gc: GcodeState, stored: Stored, scale: number, deed: OpenDeed, unused: Set<string>): number {
  const { values } = words
  const axes = axisLetters.filter(letter => values.has(letter))
  if (axes.length === 0) return 26
  const place = values.get('P')
  const mode = values.get('L')
  if (place === undefined || mode === undefined) return 28
  if (Math.trunc(place) > 6) return 29
  if (mode !== 2 && mode !== 20) return 20
  if (mode === 2 && values.has('R')) return 20
  const index = Math.trunc(place) === 0 ? gc.coordinates : Math.trunc(place) - 1
  const value: Vector = [...(stored.offsets[index] ?? [0, 0, 0])]
  for (const [axis, letter] of axisLetters.entries()) {
    const word = values.get(letter)
    if (word === undefined) continue
    if (mode === 2) value[axis] = word * scale
    else value[axis] = (gc.position[axis] ?? 0) - (gc.g92[axis] ?? 0) - (axis === 2 ? gc.toolLength : 0) - word * scale
  }
  deed.setOffset = { index, value }
  for (const letter of ['P', 'L', ...axes]) unused.delete(letter)
  return 0
}

function judgeMove(
  words: Words,
  gc: GcodeState,
  motion: number,
  target: Vector,
  scale: number,
  feed: number,
  deed: OpenDeed,
  unused: Set<string>,
  settings: Settings,
): number {
  const { values } = words
  const axes = axisLetters.filter(letter => values.has(letter))
  if (motion === 80) return axes.length > 0 ? 31 : 0
  for (const letter of axes) unused.delete(letter)
  if (motion === 0) {
    if (axes.length > 0) deed.move = { kind: 'rapid', target, code: 0 }
    return 0
  }
  if (feed === 0) return 22
  if (motion === 1) {
    if (axes.length > 0) deed.move = { kind: 'line', target, code: 1 }
    return 0
  }
  if (axes.length === 0) return 26
  if (motion !== 2 && motion !== 3) {
    if (same(target, gc.position)) return 33
    deed.move = { kind: 'probe', target, code: motion }
    return 0
  }
  return judgeArc(values, gc, words.plane ?? gc.plane, motion === 2, target, scale, deed, unused, settings)
}

function judgeArc(
  values: Map<string, number>,
  gc: GcodeState,
  plane: number,
  clockwise: boolean,
  target: Vector,
  scale: number,
  deed: OpenDeed,
  unused: Set<string>,
  settings: Settings,
): number {
  const axes = planeAxes[plane] ?? [0, 1, 2]
  const [first, second] = axes
  const nameOf = (axis: number): string => axisLetters[axis] ?? 'X'
  if (!values.has(nameOf(first)) && !values.has(nameOf(second))) return 32
  const startFirst = gc.position[first] ?? 0
  const startSecond = gc.position[second] ?? 0
  const radiusWord = values.get('R')
  let offset: [number, number]
  let radius: number
  if (radiusWord !== undefined) {
    unused.delete('R')
    if (same(target, gc.position)) return 33
    const centre = centreFromRadius((target[first] ?? 0) - startFirst, (target[second] ?? 0) - startSecond, radiusWord * scale, clockwise)
    if ('error' in centre) return centre.error
    offset = centre
    radius = Math.abs(radiusWord * scale)
  } else {
    const i = values.get(offsetLetters[first] ?? 'I')
    const j = values.get(offsetLetters[second] ?? 'J')
    if (i === undefined && j === undefined) return 35
    for (const letter of offsetLetters) unused.delete(letter)
    offset = [(i ?? 0) * scale, (j ?? 0) * scale]
    radius = Math.hypot(offset[0], offset[1])
    const endRadius = Math.hypot((target[first] ?? 0) - startFirst - offset[0], (target[second] ?? 0) - startSecond - offset[1])
    const off = Math.abs(endRadius - radius)
    // The end point must lie on the circle: within 5 µm, or within a thousandth of the radius and half a millimetre.
    if (off > 0.005 && (off > 0.5 || off > 0.001 * radius)) return 33
  }
  if (radius <= settings.number(12) / 2) return 33
  deed.move = { kind: 'arc', target, clockwise, arc: { centre: [startFirst + offset[0], startSecond + offset[1]], radius, axes } }
  return 0
}

/** `$J=`: its own little language; F and an axis are a must, everything modal but G20/21, G90/91 and G53 is error 16. */
export function judgeJog(words: Words, gc: GcodeState, stored: Stored): { target: Vector; feed: number } | { error: number } {
  const { values } = words
  const strange =
    words.motion !== undefined ||
    (words.nonModal !== undefined && words.nonModal !== 53) ||
    words.plane !== undefined ||
    words.feedMode !== undefined ||
    words.coordinates !== undefined ||
    words.toolLength !== undefined ||
    words.flow !== undefined ||
    words.spindle !== undefined ||
    words.mist !== undefined ||
    words.flood !== undefined ||
    words.coolantOff !== undefined ||
    words.toolChange !== undefined
  if (strange) return { error: 16 }
  const scale = (words.units ?? gc.units) === 20 ? 25.4 : 1
  const feed = values.get('F')
  if (!axisLetters.some(letter => values.has(letter))) return { error: 26 }
  if (feed === undefined || feed === 0) return { error: 22 }
  for (const letter of values.keys()) if (!['F', 'X', 'Y', 'Z', 'N'].includes(letter)) return { error: 36 }
  const offset = stored.offsets[gc.coordinates] ?? [0, 0, 0]
  const absolute = words.absolute ?? gc.absolute
  const target: Vector = [...gc.position]
  for (const [axis, letter] of axisLetters.entries()) {
    const value = values.get(letter)
    if (value === undefined) continue
    const mm = value * scale
    if (words.nonModal === 53) target[axis] = mm
    else if (absolute) target[axis] = mm + (offset[axis] ?? 0) + (gc.g92[axis] ?? 0) + (axis === 2 ? gc.toolLength : 0)
    else target[axis] = (gc.position[axis] ?? 0) + mm
  }
  return { target, feed: feed * scale }
}

function same(a: Readonly<Vector>, b: Readonly<Vector>): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2]
}
