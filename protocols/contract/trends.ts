// The trends of a machine: what its heaters and its cable did, a quarter of an hour a point, beside what is usual for this machine.

export const trendBucketMs = 15 * 60_000
export const trendDaysMax = 14

/** A figure of today beside the machine's own of the days before, at the same target. */
export type Drift = {
  /** °C */
  target: number
  now: number
  usual: number
}

export type HeaterTrend = {
  /** [start of the quarter, lowest, mean, highest °C]. Quarters in which nobody saw the machine are absent: nothing is invented. */
  points: [number, number, number, number][]
  /** [start, °C], of quarters in which it had one. */
  targets: [number, number][]
  /** Mean share of power, 0…1, while a target was held within 3 °C for a minute and more: [start, target, share]. */
  duty: [number, number, number][]
  dutyDrift?: Drift
  /** From 40 °C to the target: [when, target, seconds]. */
  heatings: [number, number, number][]
  heatingDrift?: Drift
}

/** GET /api/v1/sites/{site}/machines/{machine}/trends */
export type Trends = {
  site: string
  machine: string
  from: number
  until: number
  heaters: Record<string, HeaterTrend>
  /** [start, lines, lines sent again], of quarters in which lines went out. */
  lines: [number, number, number][]
  /** [start, times], of quarters in which the connection came back. */
  breaks: [number, number][]
  /** [start, seconds], of quarters in which the machine was off while its school was heard. */
  offline: [number, number][]
  /** Seconds of the whole time in which the machine was seen, on or off. */
  seenSeconds: number
}

/** At which a figure against its usual is told, and left again. Sources: OctoPrint's resend check; the rest by proposal of the design. */
export const driftLimits = {
  duty: { raise: 1.25, leave: 1.15 },
  heating: { raise: 1.3, leave: 1.2 },
  heatingFar: { raise: 1.6, leave: 1.45 },
} as const

/** Below this a share of power is all rounding. */
const leastDuty = 0.05

/** How far today's figure is above the usual one: 1 is as usual. */
export function ratioOf({ now, usual }: Drift): number {
  return now / Math.max(usual, leastDuty)
}
