// What is usual for a machine: the power its heaters need and the time they take, of its own last days, and how far today is from that. Pure but for its memory.
import type { Drift } from '../../protocols/contract/trends.ts'
import type { Bucket, Heating } from './bucket.ts'

const dayMs = 24 * 3_600_000
/** The baseline: so many days before the one that is looked at. */
const baselineDays = 7
/** Held for less than this a share of power says nothing; the baseline wants more, of two days at least. */
const nowMinSeconds = 600
const usualMinSeconds = 1_800
const usualMinDays = 2
/** "The same target". */
const targetC = 5
const heldPerDayMax = 8
const heatingsKept = 40
/** Ways that a usual one is made of. */
const heatingsMin = 3

/** °C, seconds it was held, share of power × seconds. */
type Held = { heater: string; target: number; seconds: number; power: number }

/** A machine's last days in small. */
export type Usual = { days: Map<number, Held[]>; heatings: Heating[] }

export function nothingUsual(): Usual {
  return { days: new Map(), heatings: [] }
}

/** Adds a quarter that is over. */
export function learn(usual: Usual, bucket: Bucket, atMs: number): void {
  const day = Math.floor(atMs / dayMs)
  const held = usual.days.get(day) ?? []
  for (const [heater, { holds }] of bucket.heaters) {
    for (const [target, seconds, power] of holds) {
      const known = held.find(one => one.heater === heater && one.target === target)
      if (known !== undefined) {
        known.seconds += seconds
        known.power += power
      } else if (held.length < heldPerDayMax) held.push({ heater, target, seconds, power })
    }
  }
  if (held.length > 0) usual.days.set(day, held)
  for (const known of usual.days.keys()) if (known < day - baselineDays - 1) usual.days.delete(known)
  usual.heatings = [...usual.heatings, ...bucket.heatings].slice(-heatingsKept)
}

/** Power needed today (or yesterday) against the seven days before; by heater, where both are known. `running`: the quarter that is not over. */
export function dutyDrifts({ days }: Usual, running: Bucket, atMs: number): Record<string, Drift> {
  const today = Math.floor(atMs / dayMs)
  const live = [...running.heaters].flatMap(([heater, { holds }]) =>
    holds.map(([target, seconds, power]): Held => ({ heater, target, seconds, power })),
  )
  const of = (day: number) => [...(days.get(day) ?? []), ...(day === today ? live : [])]
  const drifts: Record<string, Drift> = {}
  for (const day of [today, today - 1]) {
    for (const heater of new Set(of(day).map(one => one.heater))) {
      if (Object.hasOwn(drifts, heater)) continue
      const drift = dutyDrift(of, day, heater)
      if (drift !== undefined) drifts[heater] = drift
    }
  }
  return drifts
}

function dutyDrift(of: (day: number) => Held[], day: number, heater: string): Drift | undefined {
  const mine = of(day).filter(one => one.heater === heater)
  const longest = mine.reduce<Held | undefined>((best, one) => (best !== undefined && best.seconds >= one.seconds ? best : one), undefined)
  if (longest === undefined) return undefined
  const alike = (held: Held[]) => held.filter(one => one.heater === heater && Math.abs(one.target - longest.target) <= targetC)
  const now = shareOf(alike(mine))
  const before = Array.from({ length: baselineDays }, (_, index) => alike(of(day - 1 - index))).filter(held => held.length > 0)
  const usual = shareOf(before.flat())
  if (now.seconds < nowMinSeconds || usual.seconds < usualMinSeconds || before.length < usualMinDays) return undefined
  return { target: longest.target, now: now.share, usual: usual.share }
}

function shareOf(held: readonly Held[]): { seconds: number; share: number } {
  const seconds = held.reduce((sum, one) => sum + one.seconds, 0)
  return { seconds, share: seconds === 0 ? 0 : held.reduce((sum, one) => sum + one.power, 0) / seconds }
}

/**
 * Time of the last two ways up against the median of those before to the same target. The quicker of the two counts:
 * one slow way is a draught, two are a heater.
 */
export function heatingDrifts({ heatings }: Usual, running: Bucket): Record<string, Drift> {
  const all = [...heatings, ...running.heatings]
  const drifts: Record<string, Drift> = {}
  for (const heater of new Set(all.map(([name]) => name))) {
    const last = all.findLast(([name]) => name === heater)
    if (last === undefined) continue
    const alike = all.filter(([name, target]) => name === heater && Math.abs(target - last[1]) <= targetC).map(([, , seconds]) => seconds)
    const usual = medianOf(alike.slice(0, -2))
    if (alike.length - 2 < heatingsMin || usual === undefined) continue
    drifts[heater] = { target: last[1], now: Math.min(...alike.slice(-2)), usual }
  }
  return drifts
}

export function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : low === undefined || high === undefined ? undefined : (low + high) / 2
}
