// Conditions know the clock and one another: nothing is told of a closed workshop but what burns, and a city that fell silent at once is one trouble.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import { noAlarms, type SiteAlarms, stepAlarms } from '../../dashboard/health/alarms.ts'
import { fallenTogether } from '../../dashboard/health/all-silent.ts'
import { acknowledge, conditionsOf } from '../../dashboard/health/conditions.ts'
import { startHealth } from '../../dashboard/health/desk.ts'
import { observe } from '../../dashboard/health/observe.ts'
import { createMemoryHealth } from '../../dashboard/server/conditions.ts'
import type { Signs } from '../../dashboard/trends/recorder.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { Link } from '../../protocols/contract/screen.ts'
import { Person } from '../dashboard/house.ts'
import { openPage, openScreen } from '../dashboard/screen-house.ts'
import { down, heardAt, machineOf, minute, ready, school, start, viewOf } from './pictures.ts'

const since = { since: start }

/** The school as it is for so many minutes, open or closed. */
function pass(alarms: SiteAlarms, state: MachineState, fromMinute: number, minutes: number, open: boolean, signs?: Signs): SiteAlarms {
  let after = alarms
  for (let at = fromMinute * minute; at <= (fromMinute + minutes) * minute; at += 5_000) {
    const now = start + at
    const raised = (key: string, machine: string) => after.alarms[`${key}|${machine}`]?.stage === 'raised'
    const view = viewOf(heardAt(school([machineOf('one', state)]), now), { open, raised, ...(signs && { signs: () => signs }) })
    after = stepAlarms(after, observe(view, now), now)
  }
  return after
}
const rows = (alarms: SiteAlarms) =>
  Object.values(conditionsOf(alarms, school([machineOf('one', ready)]))).map(({ id, standing }) => [id.split('.')[1], standing.state])

describe('a closed workshop', () => {
  it.for<[string, MachineState, string[]]>([
    ['a machine that is off', { state: 'offline', ...since }, []],
    ['a part on the bed', { state: 'uncleared', ...since, job: 'job-00001' }, []],
    ['a machine that waits for somebody', { state: 'attention', ...since, why: 'runout' }, []],
    ['a fault', down, ['down-heating-failed']],
  ])('%s', ([, state, keys]) => expect(rows(pass(noAlarms, state, 0, 120, false)).map(([key]) => key)).toEqual(keys))

  it('drops what was told in the day, and tells it anew in the morning after its grace', () => {
    const off: MachineState = { state: 'offline', ...since }
    const day = pass(noAlarms, off, 0, 20, true)
    expect(rows(day)).toEqual([['offline', 'active']])
    const night = pass(day, off, 20, 60, false)
    expect(rows(night)).toEqual([])
    expect(rows(pass(night, off, 80, 9, true))).toEqual([])
    expect(rows(pass(night, off, 80, 11, true))).toEqual([['offline', 'active']])
  })

  it('keeps what somebody has taken up: nobody is called twice for it', () => {
    const off: MachineState = { state: 'offline', ...since }
    const known = acknowledge(pass(noAlarms, off, 0, 20, true), 'offline', { by: 'Олег', at: start, reason: 'жду деталь' })
    const morning = pass(pass(known, off, 20, 60, false), off, 80, 5, true)
    expect(rows(morning)).toEqual([['offline', 'acknowledged']])
  })

  it('that falls silent for the night is no alarm; one that fell silent in the day stays one', () => {
    const silent = (alarms: SiteAlarms, fromMinute: number, minutes: number, open: boolean) => {
      let after = alarms
      for (let at = fromMinute * minute; at <= (fromMinute + minutes) * minute; at += 5_000) {
        const now = start + at
        const raised = (key: string, machine: string) => after.alarms[`${key}|${machine}`]?.stage === 'raised'
        after = stepAlarms(after, observe(viewOf(heardAt(school([machineOf('one', ready)]), now, true), { open, raised }), now), now)
      }
      return after
    }
    expect(rows(silent(noAlarms, 0, 600, false))).toEqual([])
    const day = silent(noAlarms, 0, 5, true)
    expect(rows(silent(day, 5, 600, false))).toEqual([['site-silent', 'active']])
    expect(rows(silent(silent(noAlarms, 0, 600, false), 600, 3, true))).toEqual([['site-silent', 'active']])
  })
})

describe('what creeps up', () => {
  const signs = (duty: number, heating: number, lines = 0, resends = 0): Signs => ({
    duty: { bed: { target: 60, now: 0.48 * duty, usual: 0.48 } },
    heating: { nozzle: { target: 208, now: 90 * heating, usual: 90 } },
    lines,
    resends,
  })
  it.for<[string, Signs, string[]]>([
    ['as usual', signs(1, 1), []],
    ['a fifth more power', signs(1.2, 1), []],
    ['a quarter more power', signs(1.26, 1), ['heater-duty-drift']],
    ['a third slower', signs(1, 1.34), ['slow-to-heat']],
    ['two thirds slower', signs(1, 1.67), ['slow-to-heat-critical']],
    ['a long job with many repeats, before its end', signs(1, 1, 5_000, 600), ['resends-critical']],
    ['too few lines to say', signs(1, 1, 90, 90), []],
  ])('%s', ([, now, keys]) => expect(rows(pass(noAlarms, ready, 0, 3, true, now)).map(([key]) => key)).toEqual(keys))

  it('is left at a lower value than it is told at', () => {
    const told = pass(noAlarms, ready, 0, 3, true, signs(1.3, 1))
    expect(rows(pass(told, ready, 3, 10, true, signs(1.2, 1)))).toEqual([['heater-duty-drift', 'active']])
    expect(rows(pass(told, ready, 3, 10, true, signs(1.1, 1)))).toEqual([['heater-duty-drift', 'cleared']])
  })

  it('is told with what it was and what is usual', () => {
    const told = conditionsOf(pass(noAlarms, ready, 0, 3, true, signs(1.3, 1)), school([machineOf('one', ready)]))
    expect(told['school-5.heater-duty-drift']?.machines[0]?.figure?.ru).toBe('стол: мощность 62 %, обычно 48 % при 60 °C')
  })
})

describe('schools that fall silent', () => {
  const now = start + 60 * minute
  const online: Link = { link: 'online', since: start, heardAt: now }
  const silent = (minutesAgo: number): Link => ({ link: 'offline', since: now - minutesAgo * minute, heardAt: now - minutesAgo * minute })
  const links = (list: Link[]) => list.map((link, at) => ({ site: `s${at}`, link }))
  it.for<[string, Link[], string[], number]>([
    ['all at once', [silent(2), silent(1), silent(2), silent(0)], [], 4],
    ['four of five at once', [silent(1), silent(1), silent(1), silent(1), online], [], 4],
    ['three of five', [silent(1), silent(1), silent(1), online, online], [], 0],
    ['all, an hour apart', [silent(50), silent(30), silent(10), silent(1)], [], 0],
    ['all that were still there', [silent(50), silent(1), silent(1), silent(2)], [], 3],
    ['both of two', [silent(1), silent(1)], [], 2],
    ['one of two', [silent(1), online], [], 0],
    ['the only one', [silent(1)], [], 0],
    ['none ever heard', [{ link: 'unknown' }, { link: 'unknown' }, { link: 'unknown' }], [], 0],
    ['half are back', [silent(20), silent(20), online, online], ['s0', 's1', 's2', 's3'], 2],
    ['most are back', [silent(20), online, online, online], ['s0', 's1', 's2', 's3'], 0],
  ])('%s', ([, list, before, together]) => expect(fallenTogether(links(list), before, start, now)).toHaveLength(together))

  it('counts what was silent before we came up as silent since then: a restarted city that hears nobody says so', () => {
    const sites = links([silent(500), silent(90), silent(10_000)])
    expect(fallenTogether(sites, [], now - minute, now)).toHaveLength(3)
    expect(fallenTogether(sites, [], start - 1e9, now)).toHaveLength(0)
  })

  const house = (count: number) => {
    const at = { now: start }
    const sites = Array.from({ length: count }, (_, index) => ({ id: `s${index}`, name: `Школа ${index}` }))
    const fleet = new Fleet({ sites, clock: () => at.now })
    const birth = (id: string, name: string) =>
      fleet.apply(id, {
        name: 'status',
        payload: { status: 'online', site: id, name, session: 's-000001', version: '1', clock: at.now, machines: ['one'], lastEvent: 0 },
      })
    for (const { id, name } of sites) {
      birth(id, name)
      const { declaration, inService, readOnly } = machineOf('one', down)
      fleet.apply(id, { name: 'machine', machine: 'one', payload: { declaration, state: down, inService, readOnly, at: at.now } })
    }
    const health = startHealth({
      fleet,
      shelf: createMemoryHealth(),
      journal: () => [],
      clock: () => at.now,
      log: pino({ level: 'silent' }),
    })
    const pass = (ms: number, heard: (site: string) => boolean) => {
      for (let passed = 0; passed < ms; passed += 5_000) {
        at.now += 5_000
        for (const { id } of sites) if (heard(id)) fleet.apply(id, { name: 'heard' })
        health.look()
      }
    }
    const keys = () =>
      health
        .conditions()
        .filter(({ standing }) => standing.state !== 'cleared')
        .map(({ id }) => id)
        .sort()
    return { at, sites, fleet, health, pass, birth, keys }
  }

  it('together are one condition of the city, and none of theirs nor of their machines; those that stay away are told when the city is back', () => {
    const { sites, fleet, health, pass, birth, keys } = house(5)
    pass(2 * minute, () => true)
    expect(keys()).toHaveLength(5)
    for (const { id } of sites) fleet.apply(id, { name: 'gone' })
    pass(10 * minute, () => false)
    expect(keys()).toEqual(['city.all-silent'])
    expect(
      health.settle('city.all-silent', { kind: 'acknowledge', reason: 'меняю сервер' }, { id: 'o', name: 'Олег', role: 'technician' }),
    ).toBe(true)
    expect(health.condition('city.all-silent')?.standing).toMatchObject({ state: 'acknowledged', by: 'Олег' })
    for (const { id, name } of sites.slice(1)) birth(id, name)
    pass(5 * minute, id => id !== 's0')
    expect(keys()).toEqual([
      's0.site-silent',
      's1.down-heating-failed',
      's2.down-heating-failed',
      's3.down-heating-failed',
      's4.down-heating-failed',
    ])
    expect(health.conditions().filter(({ cause, site }) => cause === 'site-silent' && site !== 's0')).toEqual([])
    health.close()
  })

  it('one by one are told each for itself', () => {
    const { sites, fleet, pass, keys } = house(3)
    const gone = new Set<string>()
    for (const { id } of sites) {
      fleet.apply(id, { name: 'gone' })
      gone.add(id)
      pass(6 * minute, site => !gone.has(site))
    }
    expect(keys()).toEqual(['s0.site-silent', 's1.site-silent', 's2.site-silent'])
  })

  it('a school’s own screen sees one school and says nothing of a city', () => {
    const { fleet, pass, keys } = house(1)
    fleet.apply('s0', { name: 'gone' })
    pass(5 * minute, () => false)
    expect(keys()).toEqual(['s0.site-silent'])
  })

  it('the city’s own trouble is seen by every technician, whatever schools are theirs', async () => {
    await using screen = await openScreen()
    const tech = screen.accounts.find(({ login }) => login === 'tech')
    if (tech !== undefined) screen.accounts.splice(screen.accounts.indexOf(tech), 1, { ...tech, sites: ['beta'] })
    screen.fleet.setConditions('', {
      'city.all-silent': {
        id: 'city.all-silent',
        site: 'city',
        siteName: 'Город',
        cause: 'all-silent',
        priority: 'urgent',
        since: 1,
        text: { ru: 'т', en: 't' },
        help: { ru: 'п', en: 'h' },
        machines: [],
        standing: { state: 'active' },
      },
    })
    const person = await Person.signIn(screen.url, 'tech')
    using page = await openPage(person)
    const seen = await page.watch({ kind: 'conditions' })
    expect('conditions' in seen && Object.keys(seen.conditions)).toEqual(['city.all-silent'])
  })
})

describe('the hours a school told', () => {
  const open = [[480, 1080] as const]
  const hours = {
    timeZone: 'Europe/Moscow',
    week: { mon: open, tue: open },
    exceptions: [{ from: '2026-09-08', to: '2026-09-08', spans: [] }],
  }
  const fleetWith = (now: number) => {
    const fleet = new Fleet({ sites: [{ id: 's', name: 'Ш' }], clock: () => now })
    const told = (more: object) =>
      fleet.apply('s', {
        name: 'status',
        payload: {
          status: 'online',
          site: 's',
          name: 'Ш',
          session: 's-000001',
          version: '1',
          clock: now,
          machines: [],
          lastEvent: 0,
          ...more,
        },
      })
    return { fleet, told }
  }
  it('become the days to come, without the exceptions, and go when it tells none', () => {
    const now = Date.UTC(2026, 8, 7, 3)
    const { fleet, told } = fleetWith(now)
    told({ hours })
    const hour = 3_600_000
    expect(fleet.site('s')?.hours?.slice(0, 2)).toEqual([
      [now + 2 * hour, now + 12 * hour],
      [now + 7 * 24 * hour + 2 * hour, now + 7 * 24 * hour + 12 * hour],
    ])
    const snapshot = fleet.snapshot({ kind: 'site', site: 's' }, { kind: 'staff', sites: 'all' })
    expect(snapshot?.kind === 'site' && snapshot.picture.hours).toEqual(fleet.site('s')?.hours)
    const before = fleet.calendar('s')
    told({ hours, session: 's-000002' })
    expect(fleet.calendar('s')).toBe(before)
    told({})
    expect([fleet.site('s')?.hours, fleet.calendar('s')]).toEqual([undefined, undefined])
  })

  it('of a time zone nobody here knows are as none', () => {
    const { fleet, told } = fleetWith(start)
    told({ hours: { ...hours, timeZone: 'Mars/Olympus' } })
    expect(fleet.calendar('s')).toBeUndefined()
  })
})
