// Reads the temperatures out of a report line, in every spelling the family knows.
import type { Heater } from '../contract/machine.ts'

export type Heaters = Record<string, Heater>

/** What a heater can plausibly show; a line cut by noise shows anything. */
const plausible = (value: number) => Number.isFinite(value) && value >= -100 && value <= 600

// T:210.04 /210.00 B:52.00 /52.00 T0:… @:85 B@:31 W:3      T:-55.7/0      T:23.0 E:0 W:?
const reading =
  /(?:^|\s|,)(T\d{0,2}|[ABCLP]|TargetExtr\d|TargetBed):\s*(-?\d+(?:\.\d+)?)(?![\d.]*[^\s\d./,])(?:\s*\/\s*(-?\d+(?:\.\d+)?))?/g
// @ and B@ are the PWM of the heater, 0…127; @0 @1 where there are several nozzles.
const powerOf = /(?:^|\s)([BC]?)@(\d?):\s*(\d{1,3})(?=\s|$)/g

/** The heaters a line speaks of, or undefined. `T` repeats the active tool where `T0` stands beside it (Marlin M105). */
export function readTemperatures(line: string): Heaters | undefined {
  let heaters: Record<string, { actual: number; target?: number; power?: number }> | undefined
  let fromActive = false
  const targets: [string, number][] = []
  for (const [, key, actualText, targetText] of line.matchAll(reading)) {
    if (key === undefined) continue
    const actual = Number(actualText)
    if (!plausible(actual)) continue
    // Repetier: TargetExtr0:210.00 TargetBed:60.00 on lines of their own.
    if (key.startsWith('Target')) {
      targets.push([key === 'TargetBed' ? 'bed' : nozzle(key.slice('TargetExtr'.length)), actual])
      continue
    }
    heaters ??= {}
    const name = nameOf(key)
    if (name === 'nozzle' && fromActive && key === 'T0') fromActive = false
    else if (heaters[name] !== undefined) continue
    if (key === 'T') fromActive = true
    const target = targetText === undefined ? undefined : Number(targetText)
    heaters[name] = target !== undefined && plausible(target) ? { actual, target } : { actual }
  }
  if (!heaters) return targets.length > 0 ? targetsAlone(targets) : undefined
  for (const [name, target] of targets) if (heaters[name]) heaters[name].target = target
  for (const [, letter, index, text] of line.matchAll(powerOf)) {
    const name = letter === 'B' ? 'bed' : letter === 'C' ? 'chamber' : nozzle(index ?? '')
    const power = Number(text) / 127
    const heater = heaters[name]
    if (heater && power <= 1) heater.power = Math.round(power * 100) / 100
  }
  return heaters
}

/** A target without a reading says nothing we could show as a heater: NaN marks the reading as unknown to the caller. */
function targetsAlone(targets: readonly [string, number][]): Heaters {
  return Object.fromEntries(targets.map(([name, target]) => [name, { actual: Number.NaN, target }]))
}

function nameOf(key: string): string {
  if (key === 'B') return 'bed'
  if (key === 'C') return 'chamber'
  if (key.startsWith('T')) return nozzle(key.slice(1))
  return key
}

const nozzle = (index: string) => (index === '' || Number(index) === 0 ? 'nozzle' : `nozzle${Number(index)}`)
