// Ranges that come true as often as they claim: quantiles of what happened, shrunk towards what is known in general. Pure.
//
// The rule, in the order it is applied:
// 1. Samples come in levels, the closest first: this machine and material, this machine and kind, this kind anywhere, and last a prior.
//    Each level's samples fade by order (the newest counts 1, half as much every `halfCount` newer ones): a machine drifts with use, not with the calendar.
// 2. All further levels together may weigh as much as `borrowed` samples, the prior never more than `prior.weight`: a machine with a history of
//    its own soon speaks for itself, a new one is spoken for.
// 3. Quantiles are conformal: the sample to come is counted too, with a weight of one and nowhere in between, so the tails of a short
//    history are widened by what is not known yet (Vovk; Barber et al. 2023, "Conformal prediction beyond exchangeability", for weights).
// 4. Each tail is then tuned by its own past (Gibbs and Candès 2021, "Adaptive conformal inference"): played through the closest levels in order,
//    a tail that was passed too often is widened, one that was passed too seldom is narrowed. That is what keeps the claim under drift.

/** One thing that was forecast and happened. `value`: a ratio actual / forecast, or seconds of waiting; positive. */
export type Sample = { readonly value: number; readonly at: number }

/** What is known before anything happened: log-normal, worth `weight` samples. */
export type Prior = { readonly median: number; readonly sigma: number; readonly weight: number }

export type CalibrateOptions = { readonly halfCount?: number; readonly borrowed?: number; readonly adapt?: boolean }

export interface Distribution {
  /** The value below which a share `p` (0…1) of what comes is expected; ascending in p. */
  quantile(p: number): number
  /** The share expected below a value. */
  below(value: number): number
  /** Samples of the levels themselves, the prior left out. */
  readonly samples: number
}

/** Each tail outside the range we show: 10 %. */
export const tail = 0.1
const halfCountDefault = 40
const borrowedDefault = 6
/** More than this per level changes little: its weight has faded below an eighth. */
const samplesMax = 120
/** Adaptive tails: a step per outcome, how far they may wander, and how many outcomes are played through. */
const step = 0.03
const tailMin = 0.02
const tailMax = 0.4
const playedMax = 80
/** The first outcomes say more of the prior than of the rule. */
const adaptAfter = 8

/** Mid-points of nine equal shares of the standard normal distribution. */
const normalNinths = [-1.593, -0.967, -0.589, -0.282, 0, 0.282, 0.589, 0.967, 1.593]

/** The distribution of the next value. `levels`: the closest first, disjoint; each in any order. */
export function calibrate(levels: readonly (readonly Sample[])[], prior: Prior, options: CalibrateOptions = {}): Distribution {
  const { halfCount = halfCountDefault, borrowed = borrowedDefault, adapt = true } = options
  const ordered = levels.map(level => level.toSorted((a, b) => a.at - b.at).slice(-samplesMax))
  const raw = blend(ordered, prior, halfCount, borrowed)
  const tails = adapt ? tailsOf(ordered, prior, halfCount, borrowed) : { low: tail, high: tail }
  const samples = ordered.reduce((sum, level) => sum + level.length, 0)
  return { samples, ...gridded(p => raw.quantile(tuned(p, tails))) }
}

/** Asked thousands of times at each reckoning: read off a grid, straight between its points. */
const gridSteps = 200

function gridded(quantile: (p: number) => number): Omit<Distribution, 'samples'> {
  let grid: Float64Array | undefined
  const points = (): Float64Array => {
    grid ??= Float64Array.from({ length: gridSteps + 1 }, (_, index) => quantile(index / gridSteps))
    return grid
  }
  return {
    quantile: p => {
      const at = Math.min(1, Math.max(0, p)) * gridSteps
      const low = Math.floor(at)
      const value = points()[low] ?? 0
      return value + ((points()[low + 1] ?? value) - value) * (at - low)
    },
    below: value => {
      const known = points()
      let [low, high] = [0, gridSteps]
      if (value <= (known[low] ?? 0)) return 0
      if (value >= (known[high] ?? 0)) return 1
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if ((known[middle] ?? 0) < value) low = middle
        else high = middle
      }
      const [before, after] = [known[low] ?? 0, known[high] ?? 0]
      return (low + (after > before ? (value - before) / (after - before) : 0)) / gridSteps
    },
  }
}

type Tails = { readonly low: number; readonly high: number }

/** Bends the scale of shares so that 10 % and 90 % stand where the tails were found to be. */
function tuned(p: number, { low, high }: Tails): number {
  if (p <= tail) return (p / tail) * low
  if (p >= 1 - tail) return 1 - ((1 - p) / tail) * high
  const share = (p - tail) / (1 - 2 * tail)
  return share < 0.5 ? low + share * 2 * (0.5 - low) : 0.5 + (share - 0.5) * 2 * (0.5 - high)
}

/** Plays the closest level through as it happened and tunes each tail by how often it was passed. */
function tailsOf(levels: readonly (readonly Sample[])[], prior: Prior, halfCount: number, borrowed: number): Tails {
  const [own = [], ...others] = levels
  let [low, high] = [tail, tail]
  for (let index = Math.max(adaptAfter, own.length - playedMax); index < own.length; index++) {
    const sample = own[index]
    if (sample === undefined) break
    const before = blend([own.slice(0, index), ...others], prior, halfCount, borrowed)
    low = bounded(low + step * (tail - (sample.value < before.quantile(low) ? 1 : 0)))
    high = bounded(high + step * (tail - (sample.value > before.quantile(1 - high) ? 1 : 0)))
  }
  return { low, high }
}

const bounded = (share: number) => Math.min(tailMax, Math.max(tailMin, share))

type Weighed = { value: number; weight: number }

/** Rules 1 to 3 of the head of this file. */
function blend(levels: readonly (readonly Sample[])[], prior: Prior, halfCount: number, borrowed: number): { quantile(p: number): number } {
  const [own = [], ...others] = levels
  const points: Weighed[] = faded(own, halfCount)
  let room = borrowed
  for (const level of others) {
    const weighed = faded(level, halfCount)
    const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
    if (total === 0) continue
    const share = Math.min(1, room / total)
    points.push(...weighed.map(({ value, weight }) => ({ value, weight: weight * share })))
    room -= total * share
  }
  const happened = points.reduce((sum, { weight }) => sum + weight, 0)
  const priorWeight = Math.min(prior.weight, prior.weight * ((room + 1) / (borrowed + 1)))
  for (const z of normalNinths) points.push({ value: prior.median * Math.exp(z * prior.sigma), weight: priorWeight / normalNinths.length })
  points.sort((a, b) => a.value - b.value)
  return { quantile: quantilesOf(points, prior, Math.min(1, happened)) }
}

function faded(level: readonly Sample[], halfCount: number): Weighed[] {
  return level.map(({ value }, index) => ({ value, weight: 2 ** (-(level.length - 1 - index) / halfCount) }))
}

/** Weighted quantiles between the points; beyond the outermost ones the tail goes on as steeply as the prior's. */
function quantilesOf(points: readonly Weighed[], prior: Prior, coming: number): (p: number) => number {
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  // The sample to come: half of its weight may fall below everything, half above. A prior alone says itself how little it knows.
  const first = points[0]?.value ?? prior.median
  const last = points.at(-1)?.value ?? prior.median
  return p => {
    const goal = Math.min(1, Math.max(0, p)) * (total + coming) - coming / 2
    if (goal <= 0) return coming === 0 ? first : first * Math.exp((goal / (coming / 2)) * prior.sigma)
    if (goal >= total) return coming === 0 ? last : last * Math.exp(((goal - total) / (coming / 2)) * prior.sigma)
    let passed = 0
    let previous: { at: number; value: number } = { at: 0, value: first }
    for (const { value, weight } of points) {
      const at = passed + weight / 2
      if (at >= goal) {
        const share = at > previous.at ? (goal - previous.at) / (at - previous.at) : 1
        return previous.value + (value - previous.value) * share
      }
      passed += weight
      previous = { at, value }
    }
    const share = total > previous.at ? (goal - previous.at) / (total - previous.at) : 1
    return previous.value + (last - previous.value) * share
  }
}
