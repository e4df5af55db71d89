// How the demo starts a simulated machine so that it is the product its school says it is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Model, modelSchema } from '../../protocols/contract/model.ts'
import type { MarlinMotion } from '../../test/devices/marlin/options.ts'
import type { DemoMachine } from './demo-plan.ts'

/** Arguments of `tsekh device` for this machine; a Grbl board has stored what its model's file says. */
export function deviceArgs(machine: DemoMachine, listen: string, speed: number, models: string, window?: number): string[] {
  const model = modelSchema.parse(parse(readFileSync(join(models, `${machine.model}.yaml`), 'utf8')))
  const settings = model.dialect === 'grbl' ? grblSettings(model).flatMap(([name, value]) => ['--setting', `$${name}=${value}`]) : []
  const options =
    model.dialect === 'marlin' ? ['--option', `machineType=${model.name}`, '--option', `motion=${JSON.stringify(marlinMotion(model))}`] : []
  return [
    'device',
    machine.firmware,
    '--listen',
    listen,
    '--speed',
    String(speed),
    '--baud',
    String(model.serial.baud),
    ...settings,
    ...options,
    ...(window === undefined ? [] : ['--window', String(window), '--bed', `${extent(model.area.x)}x${extent(model.area.y)}`]),
  ]
}

/** What M503 of such a printer says, in the simulator's words. */
function marlinMotion({ motion }: Model): MarlinMotion {
  const { stepsPerMm, maxRate, acceleration, jerk, junctionDeviation = 0.013 } = motion
  const all = ({ x, y, z, e = 0 }: Model['motion']['maxRate']): [number, number, number, number] => [x, y, z, e]
  const print = motion.printAcceleration ?? acceleration.x
  return {
    stepsPerMm: all(stepsPerMm),
    maxFeed: all(maxRate),
    maxAcceleration: all(acceleration),
    printAcceleration: print,
    retractAcceleration: motion.retractAcceleration ?? print,
    travelAcceleration: motion.travelAcceleration ?? print,
    corner: jerk === undefined ? { kind: 'deviation', mm: junctionDeviation } : { kind: 'jerk', jerk: all(jerk) },
  }
}

/** `$n` and its value, from Grbl 1.1 settings.md: rates in mm/min, accelerations in mm/s². */
function grblSettings({ kind, area, limits, motion }: Model): [number, number][] {
  const axes = ['x', 'y', 'z'] as const
  return [
    [11, motion.junctionDeviation ?? 0.01],
    [12, motion.arcTolerance ?? 0.002],
    [30, limits.powerFull ?? 1000],
    [32, kind === 'laser' ? 1 : 0],
    ...axes.map((axis, index): [number, number] => [100 + index, motion.stepsPerMm[axis]]),
    ...axes.map((axis, index): [number, number] => [110 + index, motion.maxRate[axis] * 60]),
    ...axes.map((axis, index): [number, number] => [120 + index, motion.acceleration[axis]]),
    ...axes.map((axis, index): [number, number] => [130 + index, area[axis][1] - area[axis][0]]),
  ]
}

const extent = ([from, to]: readonly [number, number]): number => Math.abs(to - from)
