// A firmware's settings against its model: what is another value, and what is only rounding, guessing or not told.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadModels } from '../../daemon/models.ts'
import type { Model } from '../../protocols/contract/model.ts'
import { differencesOf } from '../../protocols/gcode/differences.ts'

const models = loadModels(join(import.meta.dirname, '../../drivers/models'))
const model = (id: string): Model => {
  const found = models.get(id)
  if (found === undefined) throw new Error(`no model ${id}`)
  return found
}
const found = (id: string, settings: Record<string, string>) =>
  differencesOf(model(id), settings).map(one => `${one.setting}: ${one.machine}, model ${one.model}`)

describe('the differences of a Grbl machine', () => {
  it.for<[string, string, Record<string, string>, string[]]>([
    ['none where it says what its model says', 'sculpfun-s9', { $32: '1', $30: '1000', $100: '80.000', $130: '410.000' }, []],
    ['none where it says nothing', 'sculpfun-s9', {}, []],
    ['rounding is none', 'shapeoko-3', { $110: '5000.000', $120: '400.1', $11: '0.020' }, []],
    ['a laser whose beam burns on while it stands', 'sculpfun-s9', { $32: '0' }, ['$32: 0, model 1']],
    ['a mill that stops its spindle at each turn', 'genmitsu-3018-pro', { $32: '1' }, ['$32: 1, model 0']],
    ['steps', 'shapeoko-3', { $101: '40.6' }, ['$101: 40.6 1/mm, model 40 1/mm']],
    ['a rate', 'shapeoko-3', { $111: '8000' }, ['$111: 8000 mm/min, model 4999.8 mm/min']],
    ['an acceleration', 'shapeoko-3', { $122: '50' }, ['$122: 50 mm/s², model 400 mm/s²']],
    ['a junction deviation', 'shapeoko-3', { $11: '0.2' }, ['$11: 0.2 mm, model 0.02 mm']],
    ['full power', 'sculpfun-s9', { $30: '255' }, ['$30: 255, model 1000']],
    ['travel beyond a tenth', 'sculpfun-s9', { $130: '300', $131: '430' }, ['$130: 300 mm, model 410 mm']],
    ['the height of a mill’s work is no travel', 'genmitsu-3018-pro', { $132: '45' }, []],
    ['soft limits that guard an unknown place', 'sculpfun-s9', { $20: '1', $22: '0' }, ['$20: 1, model 0']],
    ['soft limits after homing are none', 'sculpfun-s9', { $20: '1', $22: '1' }, []],
    ['homing into a frame without switches', 'genmitsu-3018-pro', { $22: '1' }, ['$22: 1, model 0']],
    [
      'a guessed model measures no motion, but the laser mode',
      'generic-grbl-laser',
      { $32: '0', $110: '9000', $11: '1' },
      ['$32: 0, model 1'],
    ],
    ['a guessed acceleration measures none', 'ortur-laser-master-2', { $120: '2200', $100: '81' }, ['$100: 81 1/mm, model 80 1/mm']],
    ['what is no figure is none', 'sculpfun-s9', { $32: 'on', $100: '' }, []],
  ])('%s', ([, id, settings, expected]) => {
    expect(found(id, settings)).toEqual(expected)
  })
})

describe('the differences of a Marlin machine', () => {
  const ender = {
    M92: 'X80.00 Y80.00 Z400.00 E93.00',
    M203: 'X500.00 Y500.00 Z5.00 E25.00',
    M201: 'X500.00 Y500.00 Z100.00 E5000.00',
    M204: 'P500.00 R500.00 T500.00',
    M205: 'B20000.00 S0.00 T0.00 J0.08',
  }
  it.for<[string, string, Record<string, string>, string[]]>([
    ['none where it says what its model says', 'creality-ender-3', ender, []],
    [
      'an extruder that was measured anew',
      'creality-ender-3',
      { ...ender, M92: 'X80 Y80 Z400 E98.4' },
      ['M92 E: 98.4 1/mm, model 93 1/mm'],
    ],
    [
      'speeds and accelerations',
      'creality-ender-3',
      { ...ender, M203: 'X500 Y500 Z10 E25', M204: 'P500 R500 T1000' },
      ['M203 Z: 10 mm/s, model 5 mm/s', 'M204 T: 1000 mm/s², model 500 mm/s²'],
    ],
    ['jerk', 'creality-ender-3-v2', { M205: 'X20.00 Y10.00 Z0.30 E5.00' }, ['M205 X: 20 mm/s, model 10 mm/s']],
    ['two digits of a junction deviation are none', 'anycubic-mega-s', { M205: 'B20000.00 S0.00 T0.00 J0.01' }, []],
    ['another rule for bends is no other value of it', 'creality-ender-3-v2', { M205: 'J0.08' }, []],
    ['a guessed model measures nothing', 'generic-marlin', { M92: 'X160 Y160 Z800 E400' }, []],
  ])('%s', ([, id, settings, expected]) => {
    expect(found(id, settings)).toEqual(expected)
  })

  it('are told in both languages', () => {
    const [one] = differencesOf(model('creality-ender-3'), { M92: 'E98' })
    expect(one?.what).toEqual({ ru: 'Шагов на миллиметр, экструдер', en: 'Steps per millimetre, extruder' })
  })
})
