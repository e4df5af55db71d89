// Heating commands: set, set and wait, report; the waits print a line a second and end by residency or M108.
import type { Steps } from '../machine.ts'
import type { MarlinCore } from './core.ts'
import type { HeaterName } from './heaters.ts'
import type { Parameters } from './parameters.ts'

/** Configuration.h TEMP_RESIDENCY_TIME, TEMP_WINDOW, TEMP_HYSTERESIS (and the same for the bed). */
const residencySeconds = 10
const windowDegrees = 1
const hysteresisDegrees = 3
const maxCelsius = { T0: 275, B: 125 }

export function setTarget(core: MarlinCore, name: HeaterName, celsius: number): void {
  core.warm()
  core.heaters[name].setTarget(Math.min(Math.max(0, celsius), maxCelsius[name]), core.now)
  if (core.options.instant) core.heaters[name].jump()
}

/** M109 and M190: S waits for warming only, R for cooling too. */
export function* heatAndWait(core: MarlinCore, name: HeaterName, words: Parameters): Steps {
  yield* core.synchronize()
  const heater = core.heaters[name]
  const s = words.number('S')
  const r = words.number('R')
  if (s !== undefined || r !== undefined) setTarget(core, name, s ?? r ?? 0)
  if (core.options.instant || heater.target === 0) return
  if (s !== undefined && heater.celsius > heater.target + windowDegrees) return
  core.waitingForHeat = true
  let since: number | undefined
  let reportAt = core.now
  while (core.waitingForHeat && core.killed === undefined) {
    core.warm()
    const off = Math.abs(heater.reading - heater.target)
    if (since === undefined) {
      if (off < windowDegrees) since = core.now
    } else if (off > hysteresisDegrees) since = core.now
    if (core.now >= reportAt) {
      reportAt += 1
      const rest = since === undefined ? '?' : String(Math.max(0, Math.ceil(residencySeconds - (core.now - since))))
      core.send(` ${core.temperatures()} W:${rest}\n`)
    }
    if (since !== undefined && core.now - since >= residencySeconds) break
    core.wakeAt = core.now + 0.1
    yield 'event'
  }
  core.wakeAt = Number.POSITIVE_INFINITY
  core.waitingForHeat = false
}
