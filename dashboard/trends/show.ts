// Quarters of an hour as the screens read them: a line a heater, a bar for the cable, and gaps where nobody looked. Pure.
import type { Drift, HeaterTrend, Trends } from '../../protocols/contract/trends.ts'
import type { Bucket } from './bucket.ts'

/** `buckets`: [start, quarter], in order. */
export function trendsOf(
  about: Pick<Trends, 'site' | 'machine' | 'from' | 'until'>,
  buckets: readonly (readonly [number, Bucket])[],
  duty: Readonly<Record<string, Drift>>,
  heating: Readonly<Record<string, Drift>>,
): Trends {
  const trends: Trends = { ...about, heaters: {}, lines: [], breaks: [], offline: [], seenSeconds: 0 }
  const heaterOf = (name: string): HeaterTrend => {
    const known = Object.hasOwn(trends.heaters, name) ? trends.heaters[name] : undefined
    if (known !== undefined) return known
    const [dutyDrift, heatingDrift] = [duty[name], heating[name]]
    const made: HeaterTrend = {
      points: [],
      targets: [],
      duty: [],
      heatings: [],
      ...(dutyDrift && { dutyDrift }),
      ...(heatingDrift && { heatingDrift }),
    }
    trends.heaters[name] = made
    return made
  }
  for (const [at, bucket] of buckets) {
    trends.seenSeconds += bucket.seen + bucket.off
    for (const [name, { seconds, sum, low, high, target, holds }] of bucket.heaters) {
      if (seconds === 0) continue
      const heater = heaterOf(name)
      heater.points.push([at, tenth(low), tenth(sum / seconds), tenth(high)])
      if (target !== undefined) heater.targets.push([at, target])
      const longest = holds.toSorted((a, b) => b[1] - a[1])[0]
      if (longest !== undefined && longest[1] > 0) heater.duty.push([at, longest[0], Math.round((longest[2] / longest[1]) * 1000) / 1000])
    }
    for (const [name, target, seconds, when] of bucket.heatings) heaterOf(name).heatings.push([when, target, seconds])
    if (bucket.lines > 0) trends.lines.push([at, bucket.lines, bucket.resends])
    if (bucket.breaks > 0) trends.breaks.push([at, bucket.breaks])
    if (bucket.off > 0) trends.offline.push([at, Math.round(bucket.off)])
  }
  trends.seenSeconds = Math.round(trends.seenSeconds)
  return trends
}

const tenth = (value: number) => Math.round(value * 10) / 10
