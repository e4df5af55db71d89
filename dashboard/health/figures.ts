// The health figures as sums over ended jobs and watched opening hours; sums, so that machines pool into schools and schools into the city. Pure.
import { casesMin, type Figure, type FigureName, type Figures, mtbfMinHours } from '../../protocols/contract/figures.ts'
import type { OpenTime } from '../../protocols/contract/hours.ts'
import type { Presence } from '../trends/presence.ts'
import type { Fact } from './facts.ts'

/** What the figures of some machines over some days stand on. Seconds; samples are not sorted. */
export type Sums = {
  /** The school told its hours. */
  hours: boolean
  planned: number
  seen: number
  fit: number
  runOpen: number
  run: number
  jobs: number
  failures: number
  repairs: number[]
  judged: number
  firstOk: number
  unjudged: number
  waits: number[]
  misses: number[]
  ranged: number
  inside: number
}

export function noSums(): Sums {
  return {
    hours: false,
    planned: 0,
    seen: 0,
    fit: 0,
    runOpen: 0,
    run: 0,
    jobs: 0,
    failures: 0,
    repairs: [],
    judged: 0,
    firstOk: 0,
    unjudged: 0,
    waits: [],
    misses: [],
    ranged: 0,
    inside: 0,
  }
}

/** Shorter forecasts are all overhead: how far they miss says nothing of a machine. */
const forecastMinSeconds = 20

export type MachinePast = {
  /** Ended jobs of the machine, oldest end first; those before the window too. */
  facts: readonly Fact[]
  /** Watched days: when each began (UTC), and what was seen in its opening hours. */
  presence: readonly { at: number; presence: Presence }[]
  /** The job on it that has not ended: since when, and until when it is known to have run. */
  running?: { from: number; until: number }
  /** Second and later tries, by the whole school's past. */
  retries: ReadonlySet<Fact>
}

/**
 * The sums of one machine from one instant to another. `open`: the school's open stretches in order, undefined where it told none.
 * Opening hours before anything is known of the machine are not held against it: of the day it was first seen, only those in which it was.
 */
export function sumsOf(
  { facts, presence, running, retries }: MachinePast,
  open: readonly OpenTime[] | undefined,
  fromMs: number,
  untilMs: number,
): Sums {
  const sums = noSums()
  const ranFrom = Math.min(facts[0]?.startedAt ?? Number.POSITIVE_INFINITY, running?.from ?? Number.POSITIVE_INFINITY)
  if (open !== undefined) {
    sums.hours = true
    sums.planned = Math.max(openSeconds(open, Math.max(fromMs, ranFrom), untilMs), plannedBySight(presence[0], open, fromMs, untilMs))
    if (running !== undefined) sums.runOpen += openSeconds(open, Math.max(running.from, fromMs), Math.min(running.until, untilMs))
    for (const { at, presence: day } of presence) {
      if (at < fromMs - dayMs || at >= untilMs) continue
      // A day cut by the window's edge counts for its part: when in the day it was seen is not kept.
      const part = at >= fromMs ? 1 : (at + dayMs - fromMs) / dayMs
      sums.seen += day.seen * part
      sums.fit += day.fit * part
    }
    sums.seen = Math.min(sums.seen, sums.planned)
    sums.fit = Math.min(sums.fit, sums.seen)
  }
  let brokenAt: number | undefined
  for (const fact of facts) {
    const { startedAt, endedAt, verdict, clearedAt } = fact
    if (endedAt >= untilMs) break
    const within = endedAt >= fromMs
    if (verdict === 'ok' && clearedAt !== undefined && brokenAt !== undefined && startedAt >= brokenAt) {
      if (clearedAt >= fromMs && clearedAt < untilMs) sums.repairs.push((clearedAt - brokenAt) / 1000)
      brokenAt = undefined
    }
    if (fact.fault) brokenAt ??= endedAt
    if (within) addFact(sums, fact, retries.has(fact), open, fromMs)
  }
  return sums
}
const dayMs = 24 * 3_600_000

/** Opening seconds since it was first seen. When in its first day that was is not kept: the day counts for what was seen of it. */
function plannedBySight(
  first: MachinePast['presence'][number] | undefined,
  open: readonly OpenTime[],
  fromMs: number,
  untilMs: number,
): number {
  if (first === undefined) return 0
  const { at, presence } = first
  const onFirstDay = Math.min(openSeconds(open, Math.max(fromMs, at), Math.min(untilMs, at + dayMs)), presence.seen)
  return onFirstDay + openSeconds(open, Math.max(fromMs, at + dayMs), untilMs)
}

function addFact(sums: Sums, fact: Fact, retry: boolean, open: readonly OpenTime[] | undefined, fromMs: number): void {
  const { startedAt, endedAt, seconds, outcome, verdict, clearedAt, forecastSeconds = 0, inside } = fact
  sums.jobs += 1
  sums.run += seconds
  if (fact.fault) sums.failures += 1
  if (open !== undefined) {
    sums.runOpen += openSeconds(open, Math.max(startedAt, fromMs), endedAt)
    if (clearedAt !== undefined) sums.waits.push(openSeconds(open, endedAt, clearedAt))
  }
  // What a person broke off is neither good nor bad, unless somebody said so.
  if (verdict !== undefined || outcome === 'failed' || outcome === 'interrupted') {
    sums.judged += 1
    if (verdict === 'ok' && !retry) sums.firstOk += 1
  } else if (outcome === 'completed') sums.unjudged += 1
  if (outcome !== 'completed') return
  if (forecastSeconds >= forecastMinSeconds) sums.misses.push(Math.abs((endedAt - startedAt) / 1000 / forecastSeconds - 1))
  if (inside !== undefined) {
    sums.ranged += 1
    if (inside) sums.inside += 1
  }
}

/** Tries after one that did not come out well, of the same file by the same person. `facts`: of a whole school, in any order. */
export function retriesOf(facts: readonly Fact[]): Set<Fact> {
  const bad = new Set<string>()
  const retries = new Set<Fact>()
  // Most files come out well: only those that once did not are put in order.
  const troubled = new Set(facts.filter(failed).map(({ key }) => key))
  for (const fact of facts.filter(({ key }) => troubled.has(key)).sort((a, b) => a.endedAt - b.endedAt)) {
    if (bad.has(fact.key)) retries.add(fact)
    if (failed(fact)) bad.add(fact.key)
    else if (fact.verdict === 'ok') bad.delete(fact.key)
  }
  return retries
}

function failed({ verdict, outcome }: Fact): boolean {
  return verdict === undefined ? outcome === 'failed' || outcome === 'interrupted' : verdict !== 'ok'
}

export function addSums(into: Sums, more: Sums): void {
  into.hours ||= more.hours
  into.planned += more.planned
  into.seen += more.seen
  into.fit += more.fit
  into.runOpen += more.runOpen
  into.run += more.run
  into.jobs += more.jobs
  into.failures += more.failures
  into.judged += more.judged
  into.firstOk += more.firstOk
  into.unjudged += more.unjudged
  into.ranged += more.ranged
  into.inside += more.inside
  for (const one of more.repairs) into.repairs.push(one)
  for (const one of more.waits) into.waits.push(one)
  for (const one of more.misses) into.misses.push(one)
}

export function figuresOf(sums: Sums): Figures {
  const { hours, planned, seen, fit, runOpen, run, jobs, failures, judged, firstOk, unjudged, ranged, inside } = sums
  const runningHours = run / 3600
  const inHours = (name: FigureName, value: number, cases: number): Figure => (hours ? known(name, value, cases) : { state: 'no-hours' })
  const [waits, misses] = [sums.waits.toSorted((a, b) => a - b), sums.misses.toSorted((a, b) => a - b)]
  return {
    availability: inHours('availability', fit / seen, Math.floor(seen / 3600)),
    load: inHours('load', runOpen / planned, Math.floor(planned / 3600)),
    mtbf:
      runningHours < mtbfMinHours
        ? { state: 'few', cases: failures }
        : failures === 0
          ? { state: 'over', value: round(runningHours) }
          : known('mtbf', runningHours / failures, failures),
    mttr: known('mttr', sums.repairs.reduce((sum, one) => sum + one, 0) / sums.repairs.length, sums.repairs.length),
    firstPass: known('firstPass', firstOk / judged, judged),
    wait: inHours('wait', quantile(waits, 0.5), waits.length),
    waitMost: inHours('waitMost', quantile(waits, 0.9), waits.length),
    forecast: known('forecast', quantile(misses, 0.5), misses.length),
    forecastMost: known('forecastMost', quantile(misses, 0.9), misses.length),
    inside: known('inside', inside / ranged, ranged),
    runningHours: round(runningHours),
    jobs,
    ...(hours && planned > 0 && { unseen: round((planned - seen) / planned) }),
    ...(judged + unjudged > 0 && { unjudged: round(unjudged / (judged + unjudged)) }),
  }
}

function known(name: FigureName, value: number, cases: number): Figure {
  return cases >= casesMin[name] && Number.isFinite(value) ? { state: 'known', value: round(value), cases } : { state: 'few', cases }
}

/** The value below which such a share lies, between two where it falls between them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return low + (high - low) * (at - Math.floor(at))
}

const round = (value: number) => Math.round(value * 10_000) / 10_000

/** Open seconds between two instants, by the stretches in order; none where the second is not later. */
export function openSeconds(open: readonly OpenTime[], fromMs: number, untilMs: number): number {
  if (untilMs <= fromMs) return 0
  let low = 0
  let high = open.length
  // The first stretch that ends after `from`.
  while (low < high) {
    const middle = (low + high) >> 1
    if ((open[middle]?.[1] ?? 0) > fromMs) high = middle
    else low = middle + 1
  }
  let sum = 0
  for (let at = low; at < open.length; at++) {
    const [from, until] = open[at] ?? [0, 0]
    if (from >= untilMs) break
    sum += Math.min(until, untilMs) - Math.max(from, fromMs)
  }
  return sum / 1000
}
