// How the demo starts a simulated machine so that it is the product its school says it is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Model, modelSchema } from '../../protocols/contract/model.ts'
import type { DemoMachine } from './demo-plan.ts'

/** Arguments of `tsekh device` for this machine; a Grbl board has stored what its model's file says. */
export function deviceArgs(machine: DemoMachine, listen: string, speed: number, models: string): string[] {
  const model = modelSchema.parse(parse(readFileSync(join(models, `${machine.model}.yaml`), 'utf8')))
  const settings = model.dialect === 'grbl' ? grblSettings(model).flatMap(([name, value]) => ['--setting', `$${name}=${value}`]) : []
  const options = model.dialect === 'marlin' ? ['--option', `machineType=${model.name}`] : []
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
  ]
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
