// A machine's figures as its card among the school's shows them: whole degrees, half percents, and nothing a card has no place for. Pure.
// Thirty machines that speak each second would fill a school's page with 90 kbit/s of which nobody sees a tenth; the machine's own page has all of it.
import type { Heater, Telemetry } from '../../protocols/contract/machine.ts'

type Progress = NonNullable<Telemetry['progress']>

/** A shown degree stays until the heater is this far from it [°C]: a thermistor's noise at a half degree would flicker. */
const degreeSlack = 0.75
/** Of a bar some hundred pixels long. */
const fractionStep = 0.005
/** What is left counts down by itself on the page; it is told anew when it is off by this share, or by so many seconds. */
const remainingSlack = { share: 0.02, seconds: 5 }

/** The figures to show now; `before` itself, where nobody would see the difference. */
export function cardFigures(before: Telemetry | undefined, now: Telemetry): Telemetry {
  const heaters = now.heaters && heatersOnCard(before?.heaters, now.heaters)
  const { progress } = now
  const same =
    before !== undefined &&
    heaters === before.heaters &&
    (progress === undefined || before.progress === undefined
      ? progress === before.progress
      : sameProgress(before.progress, before.at, progress, now.at))
  if (same) return before
  return {
    at: now.at,
    ...(heaters && { heaters }),
    ...(progress && { progress: rounded(progress) }),
  }
}

function heatersOnCard(before: Telemetry['heaters'], now: NonNullable<Telemetry['heaters']>): NonNullable<Telemetry['heaters']> {
  const names = Object.keys(now)
  const entries = names.map(name => {
    const known = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined
    return [name, heaterOnCard(known, now[name] ?? { actual: 0 })] as const
  })
  const same =
    before !== undefined && Object.keys(before).length === names.length && entries.every(([name, heater]) => before[name] === heater)
  return same ? before : Object.fromEntries(entries)
}

function heaterOnCard(before: Heater | undefined, { actual, target }: Heater): Heater {
  if (before !== undefined && before.target === target && Math.abs(actual - before.actual) < degreeSlack) return before
  return { actual: Math.round(actual), ...(target !== undefined && { target }) }
}

function sameProgress(before: Progress, beforeAt: number, now: Progress, at: number): boolean {
  if (before.job !== now.job || before.layer !== now.layer || before.layers !== now.layers) return false
  if (now.fraction >= 1 || Math.abs(now.fraction - before.fraction) >= fractionStep) return now.fraction === before.fraction
  const [was, left] = [before.remainingSeconds, now.remainingSeconds]
  if (was === undefined || left === undefined) return was === left
  const expected = was - (at - beforeAt) / 1000
  return Math.abs(left - expected) <= Math.max(remainingSlack.seconds, left * remainingSlack.share)
}

function rounded(progress: Progress): Progress {
  const { remainingSeconds } = progress
  return {
    ...progress,
    fraction: Math.round(progress.fraction * 10_000) / 10_000,
    elapsedSeconds: Math.round(progress.elapsedSeconds),
    ...(remainingSeconds !== undefined && { remainingSeconds: Math.round(remainingSeconds) }),
  }
}
