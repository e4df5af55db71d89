// The queue's forecast: the school's rules are played forward through many futures, and of each job the range that holds eight of ten is told. Pure.
import { forecastJobsMax, type JobForecast, type Range } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { activeStates } from '../../protocols/contract/job-states.ts'
import { tail } from './calibrate.ts'
import { Futures } from './futures.ts'
import { placeOf } from './place.ts'
import { type ForecastInput, inTurn } from './question.ts'
import { aheadOf, whyWaits } from './reasons.ts'

/** Rows reckoned at one step. */
const rowsAtOnce = 20

/** A little at each step, so that whoever drives it may breathe in between (a stop must not wait for a forecast); returns the forecasts by job. */
export function* forecastSteps(input: ForecastInput): Generator<void, Record<string, JobForecast>> {
  const waiting = inTurn(input)
  const active = input.jobs.filter(job => activeStates.includes(job.state) && job.plate === undefined)
  const returned = input.jobs.filter(job => job.state === 'returned')
  const told = [...active, ...waiting, ...returned].slice(0, forecastJobsMax)
  const futures = new Futures(input)
  for (const machine of input.machines) {
    futures.know(machine)
    yield
  }
  for (const [index, job] of told.entries()) {
    if (!job.held && waiting.includes(job)) futures.queue(job)
    if (index % rowsAtOnce === 0) yield
  }
  for (const machine of input.machines) futures.enter(machine, active)
  while (futures.play()) yield
  const rows: [string, JobForecast][] = []
  for (const job of told) {
    rows.push([job.id, rowOf(job, input, futures, waiting)])
    if (rows.length % rowsAtOnce === 0) yield
  }
  // What is made on a plate goes as that plate's job goes.
  const known = new Map(rows)
  for (const { id, plate } of input.jobs) {
    const followed = plate === undefined ? undefined : known.get(plate)
    if (followed !== undefined && rows.length < forecastJobsMax) rows.push([id, followed])
  }
  return Object.fromEntries(rows)
}

/** All futures at once. */
export function forecastQueue(input: ForecastInput): Record<string, JobForecast> {
  const steps = forecastSteps(input)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function rowOf(job: Job, input: ForecastInput, futures: Futures, turns: readonly Job[]): JobForecast {
  const { nowMs } = input
  const end = rangeOf(futures.ends(job.id), nowMs)
  if (activeStates.includes(job.state)) return { ...(end && { end }), ahead: 0 }
  const start = rangeOf(futures.starts(job.id), nowMs)
  const why = whyWaits(job, input, turns)
  const place = placeOf(job, input, turns)
  const machine = futures.machine(job.id)
  return {
    ...(start && { start }),
    ...(start && end && { end }),
    ...(start && machine !== undefined && { machine }),
    ...(why && { why }),
    ahead: aheadOf(job, input, turns),
    ...(place && { place }),
  }
}

/** The tenth and the ninetieth of a hundred futures, in order; none where more than one in ten never comes. */
function rangeOf(instants: Float64Array | undefined, nowMs: number): Range | undefined {
  if (instants === undefined) return undefined
  const sorted = instants.toSorted()
  const early = at(sorted, tail)
  const late = at(sorted, 1 - tail)
  if (!Number.isFinite(late)) return undefined
  return [rounded(early, nowMs), rounded(late, nowMs)]
}

function at(sorted: Float64Array, share: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, share * sorted.length - 0.5))
  const low = sorted[Math.floor(place)] ?? Number.POSITIVE_INFINITY
  const high = sorted[Math.ceil(place)] ?? Number.POSITIVE_INFINITY
  return high === low ? low : low + (high - low) * (place - Math.floor(place))
}

const minuteMs = 60_000

/** Nobody plans by the second; and a row that changes each second is a row sent each second. */
function stepMs(distanceMs: number): number {
  if (distanceMs < 3_600_000) return minuteMs
  return distanceMs < 12 * 3_600_000 ? 5 * minuteMs : 15 * minuteMs
}

/** To the nearest step: outwards would make nine of ten out of eight of ten. */
function rounded(instant: number, nowMs: number): number {
  const step = stepMs(instant - nowMs)
  return Math.round(instant / step) * step
}
