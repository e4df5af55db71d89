// Which rows a technician sees: one a cause and site, what each rule asks for, and what people may do with a row.
import { describe, expect, it } from 'vitest'
import { noAlarms, type SiteAlarms, stepAlarms } from '../../dashboard/health/alarms.ts'
import { careSeen } from '../../dashboard/health/care.ts'
import { acknowledge, byNeed, conditionsOf, shelve, unshelve } from '../../dashboard/health/conditions.ts'
import { foldEvent, followLink, noHistory, type SiteHistory } from '../../dashboard/health/history.ts'
import { followHeaters, keyOf, observe } from '../../dashboard/health/observe.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import { down, endedJob, heardAt, live, machineOf, minute, ready, school, start, viewOf } from './pictures.ts'

const hour = 60 * minute
const day = 24 * hour
const deed = { by: 'Олег', at: start, reason: 'еду' }
const many = (state: MachineState) => school(Array.from({ length: 30 }, (_, at) => machineOf(`p${at}`, state)))
const rows = (alarms: SiteAlarms, picture = many(down)) => Object.values(conditionsOf(alarms, picture))

describe('conditions', () => {
  it('are one row for one cause, however many machines show it', () => {
    const [row, ...more] = rows(live(many(down), start, start + 2 * minute))
    expect(more).toEqual([])
    expect(row).toMatchObject({ id: 'school-5.down-heating-failed', priority: 'urgent', standing: { state: 'active' } })
    expect(row?.machines).toHaveLength(30)
  })

  it('of a silent school are one: its machines are not spoken of, and are as they were when it is heard again', () => {
    const before = live(many(down), start, start + 2 * minute)
    const silent = live(many(down), start + 2 * minute, start + 10 * minute, before, { silent: true })
    expect(rows(silent).map(({ id }) => id)).toEqual(['school-5.site-silent'])
    const back = live(many(down), start + 10 * minute, start + 12 * minute, silent)
    const list = rows(back).sort(byNeed)
    expect(list.map(({ id, standing }) => [id, standing.state])).toEqual([
      ['school-5.down-heating-failed', 'active'],
      ['school-5.site-silent', 'cleared'],
    ])
  })

  it('of a school never heard are none: it has not begun', () => {
    const picture = { ...many(down), link: { link: 'unknown' } as const }
    expect(stepAlarms(noAlarms, observe(viewOf(picture), start), start)).toBe(noAlarms)
  })

  it('are none while all is well', () => {
    expect(live(many(ready), start, start + hour)).toBe(noAlarms)
  })

  it('tell at once what people reported, a row for each machine in their words; that the teacher is called is not a technician’s', () => {
    const said = (code: string, text: string) => ({ faults: [{ code, text: { ru: text, en: text } }] })
    const picture = school([
      machineOf('p0', ready, said('problem-reported', 'Сообщили: шум.')),
      machineOf('p1', ready, said('problem-reported', 'Сообщили: дым.')),
      machineOf('p2', ready, said('help-called', 'Зовут')),
    ])
    const list = rows(live(picture, start, start), picture)
    expect(list.map(({ id, text, priority }) => [id, text.ru, priority])).toEqual([
      ['school-5.problem-reported-p0', 'Сообщили: шум.', 'soon'],
      ['school-5.problem-reported-p1', 'Сообщили: дым.', 'soon'],
    ])
  })

  it('forget a machine that was taken out of the school', () => {
    const before = live(many(down), start, start + 2 * minute)
    expect(rows(live(school([machineOf('p0', ready)]), start + 2 * minute, start + 2 * minute, before))).toHaveLength(1)
    expect(live(school([]), start + 2 * minute, start + 2 * minute, before).alarms).toEqual({})
  })

  const since = { since: start }
  it.for<[string, MachineState, number, boolean, string[]]>([
    ['a machine offline', { state: 'offline', ...since }, 9, false, []],
    ['a machine offline', { state: 'offline', ...since }, 11, false, ['offline']],
    ['an alarm', down, 2, false, ['down-heating-failed']],
    ['an alarm in service', down, 60, true, []],
    ['a runout', { state: 'attention', ...since, why: 'runout' }, 4, false, []],
    ['a runout', { state: 'attention', ...since, why: 'runout' }, 6, false, ['attention-runout']],
    ['a part on the bed', { state: 'uncleared', ...since, job: 'job-00001' }, 29, false, []],
    ['a part on the bed', { state: 'uncleared', ...since, job: 'job-00001' }, 31, false, ['uncleared']],
    ['a pause by a person', { state: 'paused', ...since, by: 'person' }, 60, false, []],
    ['a pause by the firmware', { state: 'paused', ...since, by: 'firmware' }, 6, false, ['attention-paused']],
    ['a machine at work', { state: 'running', ...since }, 600, false, []],
  ])('%s for %j gives %j', ([, state, minutes, inService, keys]) => {
    const picture = school([machineOf('one', state, { inService })])
    const found = rows(live(picture, start, start + minutes * minute), picture)
    expect(found.map(({ id }) => id.split('.')[1])).toEqual(keys)
  })

  it('do not count a part on the bed while the workshop is closed', () => {
    const picture = heardAt(school([machineOf('one', { state: 'uncleared', ...since, job: 'job-00001' })]), start)
    expect(observe(viewOf(picture, { open: false }), start).held).toEqual([])
  })
})

describe('lines, cables and failures', () => {
  const event = (job: Job, number: number) => ({ kind: 'job', number, at: start, change: 'failed', job }) as const
  const ended = (lines: number, resends: number) =>
    foldEvent(noHistory, event(endedJob('job-00001', { end: { ...must(endedJob('x').end), lines, resends } }), 1), start)
  const seen = (history: SiteHistory, raised = false) =>
    observe(viewOf(heardAt(school([machineOf('one', ready)]), start), { history, raised: () => raised }), start).held.map(({ key }) => key)

  it.for<[number, number, boolean, string[]]>([
    [99, 99, false, []],
    [1000, 9, false, []],
    [1000, 10, false, ['resends']],
    [1000, 8, true, ['resends']],
    [1000, 6, true, []],
    [1000, 100, false, ['resends-critical']],
    [1000, 80, false, ['resends']],
    [1000, 80, true, ['resends-critical']],
  ])('%d lines with %d repeats, raised before: %j, give %j', ([lines, resends, raised, keys]) => {
    expect(seen(ended(lines, resends), raised)).toEqual(keys)
  })

  it('counts three reconnects in a day, by the state or by the machine’s own counter, and never one twice', () => {
    let history = noHistory
    for (let at = 0; at < 3; at++) {
      history = followLink(history, 'one', 'offline', undefined, start + at)
      history = followLink(history, 'one', 'ready', undefined, start + at)
    }
    expect(seen(history)).toEqual(['reconnects'])
    const told = (reconnects: number): Telemetry => ({ at: start, link: { resends: 0, badLines: 0, reconnects } })
    let counted = followLink(noHistory, 'one', 'ready', told(40), start)
    expect(seen(counted)).toEqual([])
    counted = followLink(counted, 'one', 'ready', told(43), start)
    counted = followLink(counted, 'one', 'ready', told(43), start)
    expect(seen(counted)).toEqual(['reconnects'])
    expect(
      observe(viewOf(heardAt(school([machineOf('one', ready)]), start + 2 * day), { history: counted }), start + 2 * day).held,
    ).toEqual([])
  })

  it('asks for a technician after three failures of one cause in a week, until the machine comes back from service', () => {
    let history = noHistory
    for (let at = 1; at <= 3; at++) history = foldEvent(history, event(endedJob(`job-0000${at}`), at), start)
    history = foldEvent(history, event(endedJob('job-00003'), 3), start)
    expect(seen(history)).toEqual(['repeat-failure-heating-failed'])
    expect(observe(viewOf(heardAt(school([machineOf('one', ready)]), start + 8 * day), { history }), start + 8 * day).held).toEqual([])
    const by = { id: 't', name: 'Т', role: 'technician' } as const
    const back = foldEvent(
      history,
      { kind: 'action', number: 4, at: start, action: 'machine.service', machine: 'one', by, detail: { on: false } },
      start,
    )
    expect(seen(back)).toEqual([])
  })

  it('knows the failures of a file and of a person from those of a machine', () => {
    const causes = ['rejected-line', 'forbidden-line', 'stopped-by-order']
    const failures = causes.map((code, at) => {
      const job = endedJob(`job-0000${at}`, { end: { ...must(endedJob('x').end), fault: { code, text: { ru: '', en: '' } } } })
      return foldEvent(noHistory, event(job, 1), start).machines.one?.failures.length
    })
    expect(failures).toEqual([1, 0, 0])
  })

  it('asks for due maintenance in one row of the school, and for parts that run out in another', () => {
    const by = { id: 't', name: 'Т', role: 'technician' as const }
    const row = (machine: string, id: string, share: number) => ({
      machine,
      task: { id, text: { ru: `Работа ${id}`, en: `Task ${id}` }, everyHours: 100 },
      hours: share * 100,
      days: 0,
      share,
    })
    const part = (id: string, count: number) => ({ id, site: 's', name: `Сопло ${id}`, count, least: 2, models: [], by, at: 1 })
    const plan = [row('one', 'belts', 1.4), row('one', 'plate', 1), row('two', 'plate', 0.95)]
    const care = careSeen({ plan, parts: [part('one', 1), part('two', 2)], orders: [] })
    const picture = heardAt(school([machineOf('one', ready), machineOf('two', ready)]), start)
    const held = observe(viewOf(picture, { care }), start).held
    expect(held.map(({ cause, machine, figure, fault }) => [cause, machine, figure?.ru ?? fault?.text.ru])).toEqual([
      ['service-due', 'one', 'Работа belts … +1'],
      ['parts-low', '', 'Заканчивается: Сопло one (1 из 2)'],
    ])
  })
})

describe('heaters and settings', () => {
  const warm = (actual: number, target: number): Telemetry => ({ at: start, heaters: { nozzle: { actual, target } } })
  it.for<[string, [number, number][], string[]]>([
    ['one still heating up', [[100, 210]], []],
    [
      'one that holds',
      [
        [209, 210],
        [208, 210],
      ],
      [],
    ],
    [
      'one that drifts after it was there',
      [
        [209, 210],
        [206, 210],
      ],
      ['heater-drift'],
    ],
    [
      'one far off after it was there',
      [
        [209, 210],
        [199, 210],
      ],
      ['heater-off-target'],
    ],
    [
      'one with a new target',
      [
        [209, 210],
        [209, 60],
      ],
      [],
    ],
    [
      'one switched off',
      [
        [209, 210],
        [150, 0],
      ],
      [],
    ],
  ])('%s', ([, steps, keys]) => {
    let reached = {}
    for (const [actual, target] of steps) reached = followHeaters(reached, warm(actual, target))
    const [actual, target] = must(steps.at(-1))
    const picture = heardAt(school([machineOf('one', { state: 'running', since: start })], { one: warm(actual, target) }), start)
    expect(observe(viewOf(picture, { reached: { one: reached } }), start).held.map(({ key }) => key)).toEqual(keys)
  })

  it.for<[string, Record<string, string>, Record<string, string> | undefined, string[]]>([
    ['what the school finds no different from the model', { $32: '1', $130: '400.000' }, undefined, []],
    ['a laser whose beam would burn on while it stands', { $32: '0' }, undefined, ['settings']],
    ['what was approved so', { $32: '1', $130: '300.000' }, { $32: '1', $130: '300' }, []],
    ['what was approved otherwise', { $32: '1', $110: '6000' }, { $32: '1', $110: '5000' }, ['settings']],
    ['a firmware that tells none', {}, { $32: '1' }, []],
  ])('%s', ([, settings, approved, keys]) => {
    const firmware = { name: 'Grbl 1.1h', family: 'grbl', settings } as const
    // As protocols/gcode/differences.ts of the school finds it.
    const what = { ru: 'Режим лазера', en: 'Laser mode' }
    const differences = settings.$32 === '0' ? [{ setting: '$32', what, model: '1', machine: '0' }] : []
    const picture = heardAt(school([machineOf('one', ready, { firmware, differences }, 'laser')]), start)
    expect(observe(viewOf(picture, approved ? { approved: { one: approved } } : {}), start).held.map(({ key }) => key)).toEqual(keys)
  })
})

describe('a person and a condition', () => {
  const told = live(many(down), start, start + 2 * minute)
  const key = 'down-heating-failed'
  const standing = (alarms: SiteAlarms) => rows(alarms)[0]?.standing.state

  it('acknowledges it, and it leaves by itself when it is over', () => {
    const known = acknowledge(told, key, deed)
    expect(rows(known)[0]?.standing).toMatchObject({ state: 'acknowledged', by: 'Олег', reason: 'еду' })
    const over = live(many(ready), start + 3 * minute, start + 6 * minute, known)
    expect(over).toEqual(noAlarms)
  })

  it('is called again when the same cause comes to another machine', () => {
    const one = school([machineOf('p0', down), machineOf('p1', ready)])
    const two = school([machineOf('p0', down), machineOf('p1', down)])
    const known = acknowledge(live(one, start, start + 2 * minute), key, deed)
    expect(Object.values(conditionsOf(live(two, start + 2 * minute, start + 4 * minute, known), two))[0]?.standing.state).toBe('active')
  })

  it('still finds it in the list when it was over before anybody saw it, until acknowledged', () => {
    const over = live(many(ready), start + 3 * minute, start + 6 * minute, told)
    expect(standing(over)).toBe('cleared')
    expect(rows(acknowledge(over, key, deed))).toEqual([])
  })

  it('lays it aside for a while, and it comes back by itself', () => {
    const aside = shelve(told, key, { ...deed, until: start + hour })
    expect(standing(live(many(down), start + 3 * minute, start + 30 * minute, aside))).toBe('shelved')
    expect(standing(live(many(down), start + 61 * minute, start + 61 * minute, aside))).toBe('active')
    expect(standing(unshelve(aside, key))).toBe('active')
  })
})

describe('the key of a row', () => {
  it.for([
    ['heating-failed', 'down-heating-failed'],
    ['Сломалась фреза', 'down-qvokiw'],
    ['../../etc', 'down-'],
  ])('for %j is fit for a URL', ([kind, like]) => {
    const key = keyOf('down', must(kind))
    expect(key).toMatch(/^[a-z0-9-]{1,80}$/)
    expect(key.startsWith(must(like).slice(0, 5))).toBe(true)
    expect(keyOf('down', `${kind}!`)).not.toBe(key)
  })
})

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test lacks it')
  return value
}
