// The desk of conditions: what outlives a restart, what is noted, and what the web server lets whom see and settle.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import { type Health, startHealth } from '../../dashboard/health/desk.ts'
import type { HealthNote, HealthShelf } from '../../dashboard/workplace.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { Person } from '../dashboard/house.ts'
import { openPage, openScreen } from '../dashboard/screen-house.ts'
import { down, endedJob, machineOf, minute, ready, start } from './pictures.ts'

const author = { id: 'oleg', name: 'Олег', role: 'technician' } as const
const key = 'school-5.down-heating-failed'

type House = { fleet: Fleet; shelf: HealthShelf; notes: HealthNote[]; now: number; journal: Event[]; open(): Health }

/** A school whose machine has a fault, and a desk that can be closed and opened again. */
function house(): House {
  const bodies = new Map<string, string>()
  const notes: HealthNote[] = []
  const shelf: HealthShelf = {
    load: site => bodies.get(site),
    save: (site, body) => void bodies.set(site, body),
    note: note => void notes.push(note),
  }
  const self: House = {
    fleet: new Fleet({ sites: [{ id: 'school-5', name: 'Школа № 5' }], clock: () => self.now }),
    shelf,
    notes,
    now: start,
    journal: [],
    open: () => {
      const { fleet, journal } = self
      return startHealth({ fleet, shelf, journal: () => [...journal].reverse(), clock: () => self.now, log: pino({ level: 'silent' }) })
    },
  }
  const status = {
    status: 'online',
    site: 'school-5',
    name: 'Школа № 5',
    session: 's-000001',
    version: '1',
    clock: start,
    lastEvent: 0,
  } as const
  self.fleet.apply('school-5', { name: 'status', payload: { ...status, machines: ['one'] } })
  say(self, 'one', down)
  return self
}

function say({ fleet }: House, id: string, state: typeof down): void {
  const { declaration, inService, readOnly, at } = machineOf(id, state)
  fleet.apply('school-5', { name: 'machine', machine: id, payload: { declaration, state, inService, readOnly, at } })
}

function pass(at: House, health: Health, ms: number): void {
  for (let passed = 0; passed < ms; passed += 5_000) {
    at.now += 5_000
    at.fleet.apply('school-5', { name: 'heard' })
    health.look()
  }
}

describe('the desk', () => {
  it('keeps what people said over its own restart, and tells nothing twice', () => {
    const at = house()
    const before = at.open()
    pass(at, before, 2 * minute)
    expect(before.settle(key, { kind: 'acknowledge', reason: 'еду' }, author)).toBe(true)
    before.close()
    const after = at.open()
    expect(after.condition(key)?.standing).toMatchObject({ state: 'acknowledged', by: 'Олег', reason: 'еду' })
    pass(at, after, 2 * minute)
    expect(after.conditions().map(({ standing }) => standing.state)).toEqual(['acknowledged'])
    after.close()
    expect(at.notes).toEqual([{ at: start + 2 * minute, site: 'school-5', condition: key, deed: 'acknowledge', author, reason: 'еду' }])
  })

  it('reads from the journal what happened while it was away, and counts nothing twice', () => {
    const at = house()
    say(at, 'one', ready)
    const failed = (number: number): Event => ({ kind: 'job', number, at: start, change: 'failed', job: endedJob(`job-0000${number}`) })
    at.journal = [failed(1), failed(2)]
    const first = at.open()
    at.fleet.apply('school-5', { name: 'events', events: [failed(2)] })
    pass(at, first, 3 * minute)
    expect(first.conditions()).toEqual([])
    first.close()
    at.journal.push(failed(3))
    const second = at.open()
    pass(at, second, 2 * minute)
    expect(second.conditions().map(({ id }) => id)).toEqual(['school-5.repeat-failure-heating-failed'])
    expect(second.events('school-5.repeat-failure-heating-failed').map(({ number }) => number)).toEqual([3, 2, 1])
    second.close()
  })

  it('takes settings as they are for right, and complains when they change', () => {
    const at = house()
    const tell = (value: string) => {
      const { declaration, inService, readOnly } = machineOf('one', ready, {}, 'laser')
      const firmware = { name: 'Grbl 1.1h', family: 'grbl', settings: { $32: value } } as const
      const differences = [{ setting: '$32', what: { ru: 'Режим лазера', en: 'Laser mode' }, model: '1', machine: value }]
      at.fleet.apply('school-5', {
        name: 'machine',
        machine: 'one',
        payload: { declaration, state: ready, inService, readOnly, firmware, differences, at: at.now },
      })
    }
    tell('0')
    const health = at.open()
    pass(at, health, 2 * minute)
    expect(health.settle('school-5.settings', { kind: 'approve', reason: 'диодный, так надо' }, author)).toBe(true)
    pass(at, health, 2 * minute)
    expect(health.conditions()).toEqual([])
    tell('1')
    pass(at, health, 2 * minute)
    expect(health.conditions().map(({ cause }) => cause)).toEqual(['settings'])
    health.close()
  })
})

describe('conditions over the web', () => {
  const roles = [
    ['petya', 403],
    ['anna', 403],
    ['tech', 200],
    ['admin', 200],
  ] as const
  it('are shown to technicians and administrators, and to nobody else, by REST and by socket', async () => {
    await using screen = await openScreen()
    screen.fleet.setConditions('alpha', {})
    const answers = await Promise.all(
      roles.map(async ([login]) => {
        const person = await Person.signIn(screen.url, login)
        using page = await openPage(person)
        const view = await page.watch({ kind: 'conditions' })
        return [login, (await person.get('/api/v1/conditions')).status, 'denial' in view ? view.denial.code : view.kind]
      }),
    )
    expect(answers).toEqual(roles.map(([login, status]) => [login, status, status === 200 ? 'conditions' : 'no-right']))
    expect((await fetch(`${screen.url}/api/v1/conditions`)).status).toBe(401)
  })

  it.for([
    ['acknowledge', 'anna', { reason: 'вижу' }, 403],
    ['acknowledge', 'tech', { reason: 'вижу' }, 404],
    ['unshelve', 'tech', {}, 404],
    ['shelve', 'petya', { reason: 'потом', until: 1 }, 403],
  ] as const)('%s by %s is answered', async ([deed, login, body, status]) => {
    await using screen = await openScreen()
    const person = await Person.signIn(screen.url, login)
    expect((await person.post(`/api/v1/conditions/alpha.down/${deed}`, body)).status).toBe(status)
  })
})
