// What waits for a person and why a job waits, as the school's page reads it off the picture.
import { describe, expect, it } from 'vitest'
import { startable, waitsOf, whyWaits } from '../../dashboard/web/school/waits.ts'
import { asksLeave, findingsFor, takers } from '../../dashboard/web/submit/fitting.ts'
import { ru } from '../../dashboard/web/words/ru.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import { programOf } from './programs.ts'
import { job, school } from './scenes.ts'

const now = Date.UTC(2026, 10, 20, 9)

function withState(machine: string, state: MachineState, picture = school('empty', now)): SitePicture {
  const before = picture.machines[machine]
  if (before === undefined) throw new Error(machine)
  return { ...picture, machines: { ...picture.machines, [machine]: { ...before, state } } }
}

describe('what waits for a person', () => {
  it('comes worst first: fault, question, part on the bed, start, approval', () => {
    const waits = waitsOf(school('attention', now), true)
    expect(waits.map(({ key }) => key)).toEqual([
      'machine-printer-2',
      'machine-prusa',
      'machine-printer-1',
      'start-laser',
      'check-job-submitted',
      'collect-job-000e1',
    ])
  })

  it('knows only what does not depend on machines while the school is silent', () => {
    expect(waitsOf(school('attention', now), false).map(({ kind }) => kind)).toEqual(['check', 'collect'])
  })

  it('wants nobody for a machine that is switched off, in service, or paused by a person', () => {
    const off = withState('printer-1', { state: 'offline', since: now })
    const paused = withState('printer-1', { state: 'paused', since: now, by: 'person' })
    expect([off, paused].map(picture => waitsOf(picture, true))).toEqual([[], []])
    expect(waitsOf(withState('printer-1', { state: 'paused', since: now, by: 'firmware' }), true)).toHaveLength(1)
  })

  it('offers the first job in order that the laser may take, never a held one', () => {
    const { laser } = school('attention', now).machines
    if (laser === undefined) throw new Error('no laser')
    const jobs = [
      job('held', 1, 'queued', now, { kind: 'laser', held: true }),
      job('second', 3, 'queued', now, { kind: 'laser' }),
      job('first', 2, 'queued', now, { kind: 'laser' }),
      job('elsewhere', 1, 'queued', now, { kind: 'mill' }),
    ]
    expect(startable(laser, jobs)?.id).toBe('first')
    expect(startable({ ...laser, inService: true }, jobs)).toBeUndefined()
    expect(startable({ ...laser, readOnly: true }, jobs)).toBeUndefined()
  })
})

describe('why a job waits', () => {
  const why = (picture: SitePicture, id: string, sure = true) => {
    const found = picture.jobs[id]
    if (found === undefined) throw new Error(id)
    return whyWaits(found, picture, sure, ru)
  }
  const alone = (state: MachineState, wish = {}) => {
    const picture = withState('printer-1', state)
    return { ...picture, jobs: { j: job('j', 1, 'queued', now, { suitable: ['printer-1'], ...wish }) } }
  }

  it.for<[string, MachineState, object, string]>([
    ['held', { state: 'ready', since: now }, { held: true }, 'отложено человеком'],
    ['nothing fits', { state: 'ready', since: now }, { suitable: [] }, 'ни один станок не подходит'],
    ['next', { state: 'ready', since: now }, {}, 'следующее'],
    ['a part on the bed', { state: 'uncleared', since: now, job: 'jjjjjjjj' }, {}, 'ждёт, пока очистят стол: Принтер 1'],
    ['offline', { state: 'offline', since: now }, {}, 'подходящий станок не в сети'],
    ['busy', { state: 'running', since: now }, {}, 'станок занят: Принтер 1'],
    ['used from its panel', { state: 'foreign', since: now }, {}, 'станок занят: Принтер 1'],
  ])('says it: %s', ([, state, wish, said]) => expect(why(alone(state, wish), 'j')).toBe(said))

  it('counts those before it', () => {
    const picture = school('normal', now)
    expect(why(picture, 'job-000q3')).toBe('перед ним 2 задания')
    expect(why(picture, 'job-000q5')).toBe('подходящий станок на обслуживании')
    expect(why(picture, 'job-000q1', false)).toBe('школа не на связи')
    expect(why(picture, 'job-running')).toBeUndefined()
  })
})

describe('where a checked file may run', () => {
  it('offers only machines that fit, and with a technician’s leave the laser that M3 kept away', () => {
    const steady = programOf('M3.nc', 'b'.repeat(64), 10)
    expect(takers(steady, false)).toEqual([])
    expect(takers(steady, true).map(({ machine }) => machine)).toEqual(['laser'])
    expect([
      asksLeave(steady),
      asksLeave(programOf('a.nc', 'b'.repeat(64), 10)),
      asksLeave(programOf('bad.gcode', 'a'.repeat(64), 10)),
    ]).toEqual([true, false, false])
  })

  it('tells the worst finding first, and the chosen machine’s own', () => {
    const bad = findingsFor(programOf('bad.gcode', 'a'.repeat(64), 10), undefined)
    expect(bad.map(({ severity }) => severity)).toEqual(['stop', 'ask', 'note'])
    const good = programOf('good.gcode', 'a'.repeat(64), 10)
    expect(findingsFor(good, 'prusa').map(({ code }) => code)).toEqual(['other-profile', 'long'])
    expect(findingsFor(good, 'printer-1').map(({ code }) => code)).toEqual(['long'])
  })
})
