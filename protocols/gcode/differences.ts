// Where a firmware's own settings are not what the machine's model says: steps, speeds, accelerations, laser mode, limits, travel. Pure.
import type { Difference } from '../contract/difference.ts'
import type { Model } from '../contract/model.ts'
import type { Sentence } from '../contract/words.ts'
import { grblSetting, readAxes } from './plans.ts'

/** Farther off than this is another value, as is what rounding explains: `$$` prints three digits behind the point, M503 two (J0.01 for 0.013). */
const tolerance = 0.01
/** Makers name the area they print on, firmwares the way they may go: a little more or less is both right. */
const travelTolerance = 0.1
const axes = ['x', 'y', 'z'] as const

type Pair = { setting: string; what: Sentence; is: number | undefined; should: number | undefined; unit: string; within?: number }

/**
 * The differences of a machine, nothing where the firmware has not told its settings. Figures that the model only guesses (quirks `motion-guessed`,
 * `acceleration-guessed`) are no measure; a setting that the firmware did not tell is no difference.
 */
export function differencesOf(model: Model, settings: Readonly<Record<string, string>>): Difference[] {
  const pairs = model.dialect === 'grbl' ? ofGrbl(model, settings) : ofMarlin(model, settings)
  const rounding = model.dialect === 'grbl' ? 0.0005 : 0.005
  return pairs.flatMap(({ setting, what, is, should, unit, within = tolerance }) => {
    if (is === undefined || should === undefined || Math.abs(is - should) <= Math.max(Math.abs(should) * within, rounding) + 1e-9) return []
    return [{ setting, what, model: figure(should, unit), machine: figure(is, unit) }]
  })
}

/** Grbl 1.1 settings.md. Rates are mm/min there, mm/s in a model. */
function ofGrbl(model: Model, settings: Readonly<Record<string, string>>): Pair[] {
  const { kind, limits, motion, area } = model
  const said = (key: number) => grblSetting(settings, key)
  const one = (key: number, what: Sentence, should: number | undefined, unit = '', within?: number): Pair => ({
    setting: `$${key}`,
    what,
    is: said(key),
    should,
    unit,
    ...(within === undefined ? {} : { within }),
  })
  const homes = model.quirks.includes('homing') ? 1 : model.quirks.includes('no-homing') ? 0 : undefined
  // Soft limits without homing guard a place nobody knows.
  const soft = said(20) === 1 && said(22) === 0 ? 0 : undefined
  const rows: Pair[] = [
    one(32, laserMode, kind === 'laser' ? 1 : 0),
    one(30, fullPower, limits.powerFull),
    one(20, softLimits, soft),
    one(22, homing, homes),
    ...axes.flatMap((axis, index) => {
      const [from, to] = area[axis]
      // A mill's height is reckoned from wherever the work's zero is set: no measure of the way its axis can go.
      const travel = from < 0 ? 0 : to - from
      return [
        one(130 + index, travelOf(axis), travel > 0 ? travel : undefined, 'mm', travelTolerance),
        ...(guessed(model) ? [] : [one(100 + index, stepsOf(axis), motion.stepsPerMm[axis], '1/mm')]),
        ...(guessed(model) ? [] : [one(110 + index, rateOf(axis), motion.maxRate[axis] * 60, 'mm/min')]),
        ...(guessed(model, 'acceleration') ? [] : [one(120 + index, accelerationOf(axis), motion.acceleration[axis], 'mm/s²')]),
      ]
    }),
  ]
  return guessed(model) ? rows : [...rows, one(11, junction, motion.junctionDeviation, 'mm')]
}

/** Marlin's M503: M92 steps, M203 rates in mm/s, M201 and M204 accelerations, M205 jerk or junction deviation. */
function ofMarlin(model: Model, settings: Readonly<Record<string, string>>): Pair[] {
  if (guessed(model)) return []
  const { motion } = model
  const [m92, m203, m201, m204, m205] = ['M92', 'M203', 'M201', 'M204', 'M205'].map(key => readAxes(settings[key]))
  const perAxis = (
    command: string,
    said: Map<string, number> | undefined,
    what: (axis: Axis) => Sentence,
    of: PerAxis | undefined,
    unit: string,
  ) =>
    ([...axes, 'e'] as const).map(
      (axis): Pair => ({
        setting: `${command} ${axis.toUpperCase()}`,
        what: what(axis),
        is: said?.get(axis.toUpperCase()),
        should: of?.[axis],
        unit,
      }),
    )
  const one = (setting: string, what: Sentence, is: number | undefined, should: number | undefined, unit: string): Pair => ({
    setting,
    what,
    is,
    should,
    unit,
  })
  const fast = guessed(model, 'acceleration')
  // A firmware has one of the two rules; with the other one there is nothing to compare.
  const bends = m205?.has('J')
    ? [one('M205 J', junction, m205.get('J'), motion.jerk === undefined ? motion.junctionDeviation : undefined, 'mm')]
    : perAxis('M205', m205, jerkOf, motion.jerk, 'mm/s')
  return [
    ...perAxis('M92', m92, stepsOf, motion.stepsPerMm, '1/mm'),
    ...perAxis('M203', m203, rateOf, motion.maxRate, 'mm/s'),
    ...(fast ? [] : perAxis('M201', m201, accelerationOf, motion.acceleration, 'mm/s²')),
    ...(fast ? [] : [one('M204 P', printing, m204?.get('P') ?? m204?.get('S'), motion.printAcceleration, 'mm/s²')]),
    ...(fast ? [] : [one('M204 R', retracting, m204?.get('R'), motion.retractAcceleration, 'mm/s²')]),
    ...(fast ? [] : [one('M204 T', travelling, m204?.get('T'), motion.travelAcceleration, 'mm/s²')]),
    ...bends,
  ]
}

type Axis = 'x' | 'y' | 'z' | 'e'
type PerAxis = { x: number; y: number; z: number; e?: number | undefined }

function guessed({ quirks }: Model, what: 'motion' | 'acceleration' = 'motion'): boolean {
  return quirks.includes('motion-guessed') || (what === 'acceleration' && quirks.includes('acceleration-guessed'))
}

function figure(value: number, unit: string): string {
  const text = String(Math.round(value * 1000) / 1000)
  return unit === '' ? text : `${text} ${unit}`
}

const name = (axis: Axis) =>
  axis === 'e' ? { ru: 'экструдер', en: 'extruder' } : { ru: `ось ${axis.toUpperCase()}`, en: `${axis.toUpperCase()} axis` }
const ofAxis = (ru: string, en: string) => (axis: Axis) => ({ ru: `${ru}, ${name(axis).ru}`, en: `${en}, ${name(axis).en}` })
const stepsOf = ofAxis('Шагов на миллиметр', 'Steps per millimetre')
const rateOf = ofAxis('Наибольшая скорость', 'Maximum speed')
const accelerationOf = ofAxis('Наибольшее ускорение', 'Maximum acceleration')
const jerkOf = ofAxis('Рывок', 'Jerk')
const travelOf = ofAxis('Длина хода', 'Travel')
const laserMode = { ru: 'Режим лазера', en: 'Laser mode' }
const fullPower = { ru: 'Полная мощность или обороты, S', en: 'Full power or speed, S' }
const softLimits = { ru: 'Программные границы без поиска нуля', en: 'Soft limits without homing' }
const homing = { ru: 'Поиск нуля', en: 'Homing' }
const junction = { ru: 'Отклонение на стыке', en: 'Junction deviation' }
const printing = { ru: 'Ускорение при печати', en: 'Acceleration while printing' }
const retracting = { ru: 'Ускорение ретракта', en: 'Acceleration of retracts' }
const travelling = { ru: 'Ускорение холостых ходов', en: 'Acceleration of travel moves' }
