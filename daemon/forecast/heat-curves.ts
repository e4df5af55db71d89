// How fast each heater of a school really warms and cools: watched off the telemetry, kept as events, averaged into one curve. Pure.
import type { Telemetry } from '../../protocols/contract/machine.ts'

/** [°C, seconds since the first point], rising or falling. */
export type Curve = readonly (readonly [celsius: number, seconds: number])[]

/** A recorded way of a heater, whole. */
export type Heated = { readonly machine: string; readonly heater: string; readonly curve: Curve }

/** Points lie this far apart, °C; what is shorter than two steps teaches nothing. */
const stepC = 10
const spanMinC = 20
/** Telemetry that comes seldomer than this has holes: what happened in them is not known. */
const gapMaxMs = 15_000
const pointsMax = 64
/** A heater that has not moved for so long has arrived, or stands. */
const standsMs = 60_000
/** Near its target a heater creeps, and the firmware's own window decides: the way counts up to here, °C. */
const nearC = 2

type Way = {
  rising: boolean
  target: number
  from: number
  startedAt: number
  points: [number, number][]
  lastAt: number
  movedAt: number
  last: number
}

/** Told every telemetry in order, answers with the ways that have just come to an end. */
export class HeatWatch {
  readonly #ways = new Map<string, Way>()

  hear(machine: string, telemetry: Telemetry): Heated[] {
    const done: Heated[] = []
    for (const [heater, { actual, target = 0 }] of Object.entries(telemetry.heaters ?? {})) {
      const key = `${machine} ${heater}`
      const way = this.#ways.get(key)
      const ended = way === undefined ? undefined : follow(way, telemetry.at, actual, target)
      if (way !== undefined && ended !== undefined) {
        this.#ways.delete(key)
        const span = Math.abs((way.points.at(-1)?.[0] ?? way.from) - way.from)
        if (ended === 'arrived' && span >= spanMinC) done.push({ machine, heater, curve: way.points })
      }
      if (!this.#ways.has(key)) {
        const begun = begin(telemetry.at, actual, target)
        if (begun) this.#ways.set(key, begun)
      }
    }
    return done
  }

  /** The machine is away: what its heaters do now nobody sees. */
  forget(machine: string): void {
    for (const key of this.#ways.keys()) if (key.startsWith(`${machine} `)) this.#ways.delete(key)
  }
}

function begin(at: number, actual: number, target: number): Way | undefined {
  const rising = target > actual + spanMinC
  const falling = target === 0 && actual > 60
  if (!rising && !falling) return undefined
  return { rising, target, from: actual, startedAt: at, points: [[round(actual), 0]], lastAt: at, movedAt: at, last: actual }
}

/** Adds what was heard; 'arrived' when the way is whole, 'broken' when it cannot be used. */
function follow(way: Way, at: number, actual: number, target: number): 'arrived' | 'broken' | undefined {
  if (at - way.lastAt > gapMaxMs || at < way.lastAt) return 'broken'
  const before = { celsius: way.last, at: way.lastAt }
  way.last = actual
  way.lastAt = at
  // Another target half-way: what was climbed so far was climbed.
  if (target !== way.target) return 'arrived'
  const forward = way.rising ? actual - before.celsius : before.celsius - actual
  if (forward > 0.3) way.movedAt = at
  // A door, a fan or a changed nozzle: the curve is of something else.
  if (forward < -5) return 'broken'
  for (;;) {
    const previous = way.points.at(-1)?.[0] ?? way.from
    const next = way.rising ? previous + stepC : previous - stepC
    const goal = way.rising ? Math.min(next, way.target - nearC) : next
    const passed = way.rising ? actual >= goal && goal > previous : actual <= goal
    if (!passed || way.points.length >= pointsMax) break
    // Between two telemetries the temperature ran straight.
    const share = actual === before.celsius ? 1 : Math.min(1, Math.max(0, (goal - before.celsius) / (actual - before.celsius)))
    way.points.push([round(goal), round((before.at + (at - before.at) * share - way.startedAt) / 1000)])
  }
  if (way.rising && actual >= way.target - nearC) return 'arrived'
  return at - way.movedAt > standsMs ? 'arrived' : undefined
}

const leastSeconds = 0.1
const round = (value: number) => Math.round(value * 10) / 10

/** Ways that are averaged: the last few, so that a new nozzle or a draught is learned within days. */
export const waysKept = 9

/**
 * One curve of several ways in the same direction: the median time of each 10 °C, from the lowest (for cooling: highest) temperature any began at.
 * Undefined without ways.
 */
export function typicalCurve(ways: readonly Curve[]): Curve | undefined {
  const rising = (ways[0]?.at(-1)?.[0] ?? 0) > (ways[0]?.[0]?.[0] ?? 0)
  const ends = ways.flatMap(way => [way[0]?.[0], way.at(-1)?.[0]]).filter(one => one !== undefined)
  if (ends.length === 0) return undefined
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const marks = marksBetween(low, high)
  const ordered = rising ? marks : marks.toReversed()
  const curve: [number, number][] = [[ordered[0] ?? low, 0]]
  let seconds = 0
  let before = 0
  for (const [index, mark] of ordered.slice(1).entries()) {
    const from = ordered[index] ?? mark
    const times = ways.flatMap(way => secondsOn(way, from, mark) ?? [])
    // A stretch nobody went goes on as the one before it.
    before = times.length > 0 ? median(times) / Math.abs(mark - from) : before
    // Whoever reads it goes both ways along it: it must never stand.
    seconds += Math.max(leastSeconds, before * Math.abs(mark - from))
    curve.push([mark, Math.round(seconds * 10) / 10])
  }
  return curve.length > 1 ? curve : undefined
}

function marksBetween(low: number, high: number): number[] {
  const inner = Array.from({ length: 64 }, (_, index) => index * stepC).filter(mark => mark > low + 1 && mark < high - 1)
  return [low, ...inner, high]
}

/** Seconds a way took between two temperatures, where it passed both. */
export function secondsOn(way: Curve, from: number, to: number): number | undefined {
  const [a, b] = [timeAt(way, from), timeAt(way, to)]
  return a === undefined || b === undefined ? undefined : Math.max(0, b - a)
}

function timeAt(way: Curve, celsius: number): number | undefined {
  for (let index = 1; index < way.length; index++) {
    const [c0, t0] = way[index - 1] ?? [0, 0]
    const [c1, t1] = way[index] ?? [0, 0]
    if ((celsius - c0) * (celsius - c1) <= 0 && c0 !== c1) return t0 + ((celsius - c0) / (c1 - c0)) * (t1 - t0)
  }
  return undefined
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
