// The temperature plot's memory: one point each 2 s at most, the last 15 minutes. Pure, the same on the server and in the browser.
import type { Telemetry } from '../../protocols/contract/machine.ts'
import type { HeatSample } from '../../protocols/contract/screen.ts'

const heatEveryMs = 2_000
const heatKeptMs = 15 * 60_000

/** The history with this telemetry's point, where it has heaters and the last point is old enough; else the same history. */
export function addHeat(history: readonly HeatSample[], telemetry: Telemetry): readonly HeatSample[] {
  const { at, heaters } = telemetry
  if (heaters === undefined) return history
  const last = history.at(-1)
  if (last !== undefined) {
    // A clock set back would otherwise stop the plot until it catches up.
    if (at >= last.at && at - last.at < heatEveryMs) return history
    if (at < last.at) return last.at - at < heatKeptMs ? history : [sample(at, heaters)]
  }
  const first = history.findIndex(point => at - point.at <= heatKeptMs)
  return [...(first === -1 ? [] : history.slice(first)), sample(at, heaters)]
}

function sample(at: number, heaters: NonNullable<Telemetry['heaters']>): HeatSample {
  const points = Object.entries(heaters).map(([name, { actual, target }]) => [name, target === undefined ? { actual } : { actual, target }])
  return { at, heaters: Object.fromEntries(points) }
}
