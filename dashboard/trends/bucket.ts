// A quarter of an hour of one machine, as sums: what was seen of its heaters, its cable and its presence. Sums, so that a half-kept quarter can go on.
import { z } from 'zod'
import type { MachineState, Telemetry } from '../../protocols/contract/machine.ts'

/** Steady: this near the target, for so long. */
const steadyC = 3
const steadyMs = 60_000
/** More of either on one machine in a quarter of an hour is noise. */
const heatersMax = 8
const holdsMax = 4
const heatingsMax = 8

/** [°C, seconds, share of power × seconds] */
type Hold = [number, number, number]
/** [heater, °C, seconds from 40 °C, when] */
export type Heating = [string, number, number, number]
/** `target`: the last one of the quarter. */
type HeaterSums = { seconds: number; sum: number; low: number; high: number; target?: number; holds: Hold[] }

/** `seen` and `off`: seconds heard from with the machine there, and not there. Changed in place: a city adds a hundred samples a second. */
export type Bucket = {
  seen: number
  off: number
  heaters: Map<string, HeaterSums>
  lines: number
  resends: number
  breaks: number
  heatings: Heating[]
}

/** What must be known of the sample before to read the next one. */
export type Watch = {
  steady: Map<string, { target: number; since: number }>
  job?: string
  lines?: number
  resends?: number
  away?: boolean
  reconnects?: number
}

export function emptyBucket(): Bucket {
  return { seen: 0, off: 0, heaters: new Map(), lines: 0, resends: 0, breaks: 0, heatings: [] }
}

export function isEmpty({ seen, off, heatings }: Bucket): boolean {
  return seen === 0 && off === 0 && heatings.length === 0
}

/** Adds `seconds` in which the machine was as it is now. */
export function addSample(
  bucket: Bucket,
  watch: Watch,
  state: MachineState['state'],
  telemetry: Telemetry | undefined,
  seconds: number,
  nowMs: number,
): void {
  addBreaks(bucket, watch, state, telemetry)
  if (state === 'offline') {
    bucket.off += seconds
    watch.steady.clear()
    return
  }
  bucket.seen += seconds
  addLines(bucket, watch, telemetry)
  for (const [name, heater] of Object.entries(telemetry?.heaters ?? {})) {
    const { actual, target = 0, power } = heater
    const sums = sumsOf(bucket, name, actual)
    if (sums === undefined) continue
    sums.seconds += seconds
    sums.sum += actual * seconds
    sums.low = Math.min(sums.low, actual)
    sums.high = Math.max(sums.high, actual)
    if (target > 0) sums.target = target
    const steady = watch.steady.get(name)
    if (target <= 0 || Math.abs(actual - target) > steadyC) watch.steady.delete(name)
    else if (steady?.target !== target) watch.steady.set(name, { target, since: nowMs })
    else if (power !== undefined && nowMs - steady.since >= steadyMs) addHold(sums, [target, seconds, power * seconds])
  }
}

/** Nobody sees the machine: what was steady may not be so any more, and counters may have begun anew. */
export function loseSight(watch: Watch): void {
  watch.steady.clear()
}

export function addHeating(bucket: Bucket, heating: Heating): void {
  if (bucket.heatings.length < heatingsMax) bucket.heatings.push(heating)
}

/** Seconds from 40 °C to the end of a way up; undefined for a way that did not begin below or went nowhere: such ways cannot be compared. */
export function secondsToHeat(curve: readonly (readonly [number, number])[]): { to: number; seconds: number } | undefined {
  const first = curve[0]
  const last = curve.at(-1)
  if (first === undefined || last === undefined || first[0] > heatingFromC || last[0] < heatingFromC + 10) return undefined
  const after = curve.findIndex(([celsius]) => celsius >= heatingFromC)
  const [c1, t1] = curve[after] ?? last
  const [c0, t0] = curve[after - 1] ?? first
  const began = c1 === c0 ? t0 : t0 + ((heatingFromC - c0) / (c1 - c0)) * (t1 - t0)
  return { to: last[0], seconds: last[1] - began }
}
/** Warmer than any workshop, cooler than any target. */
const heatingFromC = 40

function sumsOf(bucket: Bucket, name: string, actual: number): HeaterSums | undefined {
  const known = bucket.heaters.get(name)
  if (known !== undefined || bucket.heaters.size >= heatersMax) return known
  const made: HeaterSums = { seconds: 0, sum: 0, low: actual, high: actual, holds: [] }
  bucket.heaters.set(name, made)
  return made
}

function addHold(sums: HeaterSums, [target, seconds, power]: Hold): void {
  const known = sums.holds.find(hold => hold[0] === target)
  if (known !== undefined) {
    known[1] += seconds
    known[2] += power
  } else if (sums.holds.length < holdsMax) sums.holds.push([target, seconds, power])
}

function addLines(bucket: Bucket, watch: Watch, telemetry: Telemetry | undefined): void {
  const { progress, link } = telemetry ?? {}
  if (progress !== undefined) {
    // Of a job that ran before we looked only what is new counts; one that begins under our eyes is counted from its first line.
    const before = watch.job === progress.job ? watch.lines : watch.lines === undefined ? undefined : 0
    if (before !== undefined) bucket.lines += Math.max(0, progress.lines - before)
    watch.job = progress.job
    watch.lines = progress.lines
  } else watch.lines ??= 0
  if (link !== undefined) {
    if (watch.resends !== undefined) bucket.resends += Math.max(0, link.resends - watch.resends)
    watch.resends = link.resends
  }
}

function addBreaks(bucket: Bucket, watch: Watch, state: MachineState['state'], telemetry: Telemetry | undefined): void {
  const away = state === 'offline'
  const counted = telemetry?.link?.reconnects
  bucket.breaks += breaksBetween(watch, away, counted)
  watch.away = away
  if (counted !== undefined) watch.reconnects = counted
}

/** How often the connection came back between two looks: by the machine's state, or by its own counter, whichever saw more. */
export function breaksBetween(
  before: { away?: boolean | undefined; reconnects?: number | undefined },
  away: boolean,
  counted: number | undefined,
): number {
  const cameBack = before.away === true && !away ? 1 : 0
  // A counter that fell began anew with the room: what it shows now may have been counted already.
  const rose = counted !== undefined && before.reconnects !== undefined ? Math.max(0, counted - before.reconnects) : 0
  return Math.max(cameBack, rose)
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** As it is kept: short, since a city keeps 750,000 of them. */
const bodySchema = z.object({
  s: z.number(),
  o: z.number(),
  h: z.record(
    z.string(),
    z.tuple([
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number().nullable(),
      z.array(z.tuple([z.number(), z.number(), z.number()])),
    ]),
  ),
  l: z.number(),
  r: z.number(),
  b: z.number(),
  w: z.array(z.tuple([z.string(), z.number(), z.number(), z.number()])),
})

export function writeBucket({ seen, off, heaters, lines, resends, breaks, heatings }: Bucket): string {
  const h = [...heaters].map(([name, { seconds, sum, low, high, target, holds }]) => [
    name,
    [tenth(seconds), tenth(sum), low, high, target ?? null, holds.map(([at, held, power]) => [at, tenth(held), tenth(power)])],
  ])
  return JSON.stringify({
    s: tenth(seen),
    o: tenth(off),
    h: Object.fromEntries(h),
    l: lines,
    r: resends,
    b: breaks,
    w: heatings,
  } satisfies Record<keyof z.infer<typeof bodySchema>, unknown>)
}

/** What was kept; undefined for a body this version cannot read. */
export function readBucket(body: string): Bucket | undefined {
  const read = bodySchema.safeParse(parse(body))
  if (!read.success) return undefined
  const { s, o, h, l, r, b, w } = read.data
  const heaters = Object.entries(h).map(([name, [seconds, sum, low, high, target, holds]]): [string, HeaterSums] => [
    name,
    { seconds, sum, low, high, holds, ...(target === null ? {} : { target }) },
  ])
  return { seen: s, off: o, heaters: new Map(heaters), lines: l, resends: r, breaks: b, heatings: w }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
