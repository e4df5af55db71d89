// The picture of a site is what its daemon said and nothing else; frames keep a page equal to a fresh snapshot.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import { applyMessage, applyToSite, emptySite, forgetOldJobs, type SiteFold, type SiteMessage } from '../../dashboard/fleet/fold.ts'
import {
  type Audience,
  addHeat,
  applyFrame,
  confidence,
  frames,
  heartbeatMs,
  roomOf,
  showMachine,
  shownState,
  showSite,
  summarise,
} from '../../dashboard/fleet/picture.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import type { View } from '../../protocols/contract/screen.ts'
import { job, jobEvent, machineMessage } from './house.ts'

const birth = (session = 's-first-1', machines = ['ender', 'prusa']): SiteMessage => ({
  name: 'status',
  payload: { status: 'online', site: 'alpha', name: 'Альфа', session, version: '1', clock: 0, machines, lastEvent: 0 },
})
const death = (session = 's-first-1'): SiteMessage => ({ name: 'status', payload: { status: 'offline', site: 'alpha', session } })
const machine = (id: string, state: MachineState): SiteMessage => ({ name: 'machine', machine: id, payload: machineMessage(id, state) })
const telemetry = (id: string, values: object): SiteMessage => ({ name: 'telemetry', machine: id, payload: { at: 5_000, ...values } })
const told = (...messages: SiteMessage[]): SiteFold =>
  messages.reduce((fold, message, index) => applyToSite(fold, message, 1_000 * (index + 1)), emptySite('alpha', 'Альфа'))
const running: MachineState = { state: 'running', since: 1, job: 'job-00001' }

describe('the link', () => {
  it.for([
    ['nothing was said', [], { link: 'unknown' }],
    ['it was born', [birth()], { link: 'online', since: 1_000, heardAt: 1_000 }],
    ['it was born and its will came', [birth(), death()], { link: 'offline', since: 2_000, heardAt: 1_000 }],
    [
      'the will of an earlier life comes after the birth',
      [birth('s-second'), death('s-first-1')],
      { link: 'online', since: 1_000, heardAt: 1_000 },
    ],
    ['the connection is gone without a word', [birth(), { name: 'gone' }], { link: 'offline', since: 2_000, heardAt: 1_000 }],
    ['the same daemon says its birth again', [birth(), birth()], { link: 'online', since: 1_000, heardAt: 2_000 }],
    ['another life begins', [birth(), birth('s-second')], { link: 'online', since: 2_000, heardAt: 2_000 }],
    ['a straggler comes after the will', [birth(), death(), telemetry('ender', {})], { link: 'offline', since: 2_000, heardAt: 1_000 }],
  ] as const)('when %s', ([, messages, link]) => {
    expect(told(...messages).picture.link).toEqual(link)
  })

  it.for([
    [{ link: 'unknown' }, { sure: false, ageMs: undefined }, 'no-data'],
    [{ link: 'online', since: 0, heardAt: 1_000_000 - heartbeatMs }, { sure: true, ageMs: heartbeatMs }, 'ready'],
    [{ link: 'online', since: 0, heardAt: 1_000_000 - heartbeatMs - 1 }, { sure: false, ageMs: heartbeatMs + 1 }, 'no-data'],
    [{ link: 'offline', since: 0, heardAt: 999_000 }, { sure: false, ageMs: 1_000 }, 'no-data'],
  ] as const)('%j is shown as %j', ([link, expected, state]) => {
    expect(confidence(link, 1_000_000)).toEqual(expected)
    expect(shownState(link, { state: 'ready', since: 0 }, 1_000_000)).toBe(state)
  })
})

describe('figures', () => {
  it('keeps what telemetry does not name', () => {
    const { picture } = told(birth(), telemetry('ender', { feed: 100 }), telemetry('ender', { spindle: 5 }))
    expect(picture.telemetry.ender).toEqual({ at: 5_000, feed: 100, spindle: 5 })
  })

  const progress = { job: 'job-00001', lines: 1, bytes: 1, fraction: 0.1, elapsedSeconds: 1 }
  it.for([
    ['runs the same job', running, { at: 5_000, feed: 1, progress }],
    ['is ready', { state: 'ready', since: 1 }, { at: 5_000, feed: 1 }],
    ['runs another job', { state: 'running', since: 1, job: 'job-00002' }, { at: 5_000, feed: 1 }],
    ['is offline', { state: 'offline', since: 1 }, { at: 1_000 }],
  ] as const)('of a machine that %s are never invented', ([, state, left]) => {
    const { picture } = told(birth(), machine('ender', running), telemetry('ender', { feed: 1, progress }), machine('ender', state))
    expect(picture.telemetry.ender).toEqual(left)
  })

  it('of machines the school no longer declares are gone with them', () => {
    const { picture } = told(birth(), machine('prusa', running), telemetry('prusa', { feed: 1 }), birth('s-first-1', ['ender']))
    expect([picture.machines, picture.telemetry]).toEqual([{}, {}])
  })

  it('make a plot of one point each two seconds for a quarter of an hour', () => {
    let history = addHeat([], { at: 0, feed: 1 })
    expect(history).toEqual([])
    for (let at = 0; at <= 3_600_000; at += 500)
      history = addHeat(history, { at, heaters: { bed: { actual: 60, target: 60, power: 0.3 } } })
    expect(history.length).toBe(451)
    expect(history.at(-1)).toEqual({ at: 3_600_000, heaters: { bed: { actual: 60, target: 60 } } })
  })
})

describe('faults and jobs', () => {
  const fault = (code: string) => ({ code, text: { ru: code, en: code } })
  const event = (number: number, change: 'raised' | 'cleared', code: string): SiteMessage => ({
    name: 'events',
    events: [{ kind: 'fault', number, at: 1, machine: 'ender', change, fault: fault(code) }],
  })

  it.for([
    ['one raised', [event(1, 'raised', 'cold')], ['cold']],
    ['raised twice', [event(1, 'raised', 'cold'), event(2, 'raised', 'cold')], ['cold']],
    ['raised and cleared', [event(1, 'raised', 'cold'), event(2, 'cleared', 'cold')], []],
    ['two, one cleared', [event(1, 'raised', 'cold'), event(2, 'raised', 'hot'), event(3, 'cleared', 'cold')], ['hot']],
  ] as const)('shows faults: %s', ([, events, codes]) => {
    for (const messages of [
      [birth(), machine('ender', running), ...events],
      [birth(), ...events, machine('ender', running)],
    ]) {
      expect(told(...messages).picture.machines.ender?.faults.map(({ code }) => code)).toEqual(codes)
    }
  })

  it('forgets jobs a day after their end, and never one that has not ended', () => {
    const jobs = [
      job('job-00001', { state: 'completed', endedAt: 1 }),
      job('job-00002', { state: 'queued' }),
      job('job-00003', { state: 'failed', endedAt: 50_000_000 }),
    ]
    const fold = told(birth(), { name: 'events', events: jobs.map((one, index) => jobEvent(index + 1, one)) })
    expect(Object.keys(forgetOldJobs(fold, 86_400_002).picture.jobs)).toEqual(['job-00002', 'job-00003'])
    expect(forgetOldJobs(fold, 1_000)).toBe(fold)
  })
})

it('summarises a site by what wants a person, worst first, without what is in service', () => {
  const fault = { code: 'halted', text: { ru: 'стоп', en: 'halted' } }
  const serviced: SiteMessage = {
    name: 'machine',
    machine: 'serviced',
    payload: { ...machineMessage('serviced', { state: 'down', since: 0, fault }), inService: true },
  }
  const { picture } = told(
    birth('s-first-1', ['a', 'b', 'c', 'd', 'e', 'serviced']),
    machine('a', { state: 'uncleared', since: 1, job: 'job-00001' }),
    machine('b', { state: 'attention', since: 3, why: 'runout' }),
    machine('c', { state: 'attention', since: 2, why: 'door' }),
    machine('d', { state: 'down', since: 9, fault }),
    machine('e', { state: 'paused', since: 1, by: 'person' }),
    serviced,
    { name: 'events', events: [jobEvent(1, job('job-00001'))] },
  )
  const { counts, queued, wants } = summarise(picture)
  expect(counts).toEqual({ uncleared: 1, attention: 2, down: 2, paused: 1 })
  expect(queued).toBe(1)
  expect(wants.map(want => want.machine)).toEqual(['d', 'c', 'b', 'a'])
  expect(wants[0]?.fault).toEqual(fault)
})

describe('a machine at which people called', () => {
  const raised = (machine: string, code: string, number: number) => ({
    name: 'events' as const,
    events: [
      {
        kind: 'fault' as const,
        number,
        at: 1,
        machine,
        change: 'raised' as const,
        fault: { code, text: { ru: 'Пахнет', en: 'It smells' } },
      },
    ],
  })
  const ready = { state: 'ready', since: 1 } as const

  it.for(['problem-reported', 'help-called'])('waits for a person and is not counted as free: %s', code => {
    const { picture } = told(birth('s-first-1', ['a', 'b']), machine('a', ready), machine('b', ready), raised('a', code, 1))
    const { counts, kinds, wants } = summarise(picture)
    expect(counts).toEqual({ attention: 1, ready: 1 })
    expect(kinds?.printer?.counts).toEqual({ attention: 1, ready: 1 })
    expect(wants).toMatchObject([{ machine: 'a', state: 'attention', fault: { code } }])
    // A class reads the wall too.
    expect(JSON.stringify(wants)).not.toContain('Пахнет')
  })

  it('is wanted while it works or is off, and still counted for what it does; its own fault comes before the call', () => {
    const fault = { code: 'halted', text: { ru: 'стоп', en: 'halted' } }
    const { picture } = told(
      birth('s-first-1', ['a', 'b', 'c']),
      machine('a', running),
      machine('b', { state: 'offline', since: 2 }),
      machine('c', { state: 'down', since: 3, fault }),
      ...['a', 'b', 'c'].map((machine, index) => raised(machine, 'help-called', index + 1)),
    )
    const { counts, wants } = summarise(picture)
    expect(counts).toEqual({ running: 1, offline: 1, down: 1 })
    expect(wants.map(want => [want.machine, want.state])).toEqual([
      ['c', 'down'],
      ['a', 'attention'],
      ['b', 'attention'],
    ])
  })
})

describe('forecasts', () => {
  const forecast = (ahead: number) => ({ ahead, start: [1, 2] as [number, number] })
  const queue = (jobs: Record<string, ReturnType<typeof forecast>>): SiteMessage => ({ name: 'queue', payload: { at: 1, jobs } })
  const author = (id: string) => ({ id, name: id, role: 'pupil' as const })
  const both = {
    name: 'events' as const,
    events: [jobEvent(1, job('job-petya', { author: author('petya') })), jobEvent(2, job('job-vasya', { author: author('vasya') }))],
  }

  it('of a job go where the job goes: a pupil gets only those of own jobs', () => {
    const fleet = new Fleet({ sites: [{ id: 'alpha', name: 'Альфа' }], clock: () => 1 })
    for (const message of [birth(), machine('ender', running), both, queue({ 'job-petya': forecast(0), 'job-vasya': forecast(1) })])
      fleet.apply('alpha', message)
    for (const view of [
      { kind: 'site', site: 'alpha' },
      { kind: 'machine', site: 'alpha', machine: 'ender' },
    ] as const) {
      const of = (audience: Audience) => Object.keys(fleet.show(view, audience)?.forecasts ?? {})
      expect(of({ kind: 'pupil', author: 'petya', sites: ['alpha'] })).toEqual(['job-petya'])
      expect(of({ kind: 'staff', sites: 'all' })).toEqual(['job-petya', 'job-vasya'])
    }
  })

  it('told again change nothing, and one that changed is all that a frame carries', () => {
    const before = told(birth(), both, queue({ 'job-petya': forecast(0), 'job-vasya': forecast(1) }))
    expect(applyToSite(before, queue({ 'job-vasya': forecast(1), 'job-petya': forecast(0) }), 3_000).picture).toBe(before.picture)
    const after = applyToSite(before, queue({ 'job-petya': forecast(0), 'job-vasya': forecast(2) }), 3_000)
    const shown = ({ picture }: SiteFold) => showSite(picture, { kind: 'staff', sites: 'all' })
    expect(frames(shown(before), shown(after), 9).state).toEqual({ at: 9, forecasts: { 'job-vasya': { ahead: 2 } } })
    const gone = applyToSite(after, queue({}), 3_000)
    expect(frames(shown(after), shown(gone), 9).state?.forecasts).toEqual({ 'job-petya': null, 'job-vasya': null })
  })
})

it('ignores sites it was not given', () => {
  const picture = { alpha: emptySite('alpha', 'Альфа') }
  expect(applyMessage(picture, 'gamma', birth(), 1)).toBe(picture)
  expect(applyMessage(picture, 'alpha', birth(), 1)).not.toBe(picture)
})

describe('what people reported of a machine', () => {
  const fault = { code: 'problem-reported', text: { ru: 'Сообщили: шум. «Вася сломал»', en: 'x' }, help: { ru: 'Осмотрите.', en: 'x' } }
  const event = { kind: 'fault' as const, number: 1, at: 1, machine: 'ender', change: 'raised' as const, fault }
  const { picture } = told(birth(), machine('ender', running), machine('prusa', running), { name: 'events', events: [event] })
  const pupil: Audience = { kind: 'pupil', author: 'petya', sites: ['alpha'] }

  it('is read by staff in their words; a pupil sees only that something was', () => {
    for (const show of [showSite(picture, pupil), showMachine(picture, 'ender', pupil)]) {
      expect(JSON.stringify(show)).not.toMatch(/Вася|Осмотрите/)
      expect(show.machines.ender?.faults).toMatchObject([{ code: 'problem-reported' }])
    }
    expect(JSON.stringify(showMachine(picture, 'ender', { kind: 'staff', sites: 'all' }))).toContain('Вася')
  })

  it('is the same thing in each frame until it changes', () => {
    expect(showSite(picture, pupil).machines.ender).toBe(showSite(picture, pupil).machines.ender)
    expect(showSite(picture, pupil).machines.prusa).toBe(picture.machines.prusa)
  })
})

describe('rooms', () => {
  const site: View = { kind: 'site', site: 'alpha' }
  const staff: Audience = { kind: 'staff', sites: 'all' }
  const teacher: Audience = { kind: 'staff', sites: ['alpha'] }
  const [petya, vasya]: Audience[] = [
    { kind: 'pupil', author: 'petya', sites: ['alpha'] },
    { kind: 'pupil', author: 'vasya', sites: ['alpha'] },
  ]
  it.for([
    ['two staff on one school', site, staff, teacher, true],
    ['two pupils on one school', site, petya, vasya, false],
    ['staff and a pupil', site, staff, petya, false],
    ['staff of all and staff of one on the city', { kind: 'city' }, staff, teacher, false],
    ['a pupil and a teacher of one school on the city', { kind: 'city' }, teacher, petya, true],
  ] as const)('%s', ([, view, one, other, same]) => {
    if (one === undefined || other === undefined) throw new Error('no audience')
    expect(roomOf(view, one) === roomOf(view, other)).toBe(same)
  })
})

// A machine may be called what every object has.
const ids = ['ender', 'constructor', 'orca']
const anyState: fc.Arbitrary<MachineState> = fc.oneof(
  fc.record({ state: fc.constant('ready' as const), since: fc.nat(9) }),
  fc.record({ state: fc.constant('offline' as const), since: fc.nat(9) }),
  fc.record({ state: fc.constant('running' as const), since: fc.nat(9), job: fc.constantFrom('job-00001', 'job-00002') }),
)
const anyMessage: fc.Arbitrary<SiteMessage> = fc.oneof(
  fc.tuple(fc.constantFrom('s-first-1', 's-second'), fc.subarray(ids)).map(([session, machines]) => birth(session, machines)),
  fc.constantFrom('s-first-1', 's-second').map(death),
  fc.constantFrom<SiteMessage>({ name: 'gone' }, { name: 'heard' }),
  fc.tuple(fc.constantFrom(...ids), anyState).map(([id, state]) => machine(id, state)),
  fc
    .tuple(fc.constantFrom(...ids), fc.nat(300), fc.option(fc.constantFrom('job-00001', 'job-00002'), { nil: undefined }))
    .map(([id, feed, of]) =>
      telemetry(id, {
        feed,
        heaters: { bed: { actual: feed } },
        ...(of && { progress: { job: of, lines: 1, bytes: 1, fraction: 0, elapsedSeconds: 0 } }),
      }),
    ),
  fc
    .tuple(
      fc.constantFrom('job-00001', '__proto__', 'toString'),
      fc.constantFrom('petya', 'vasya'),
      fc.constantFrom('queued', 'running', 'completed'),
      fc.constantFrom(...ids),
    )
    .map(
      ([id, author, state, on]): SiteMessage => ({
        name: 'events',
        events: [
          jobEvent(
            1,
            job(id, {
              state,
              machine: on,
              author: { id: author, name: author, role: 'pupil' },
              ...(state === 'completed' && { endedAt: 1 }),
            }),
          ),
        ],
      }),
    ),
)
const anyForecast: fc.Arbitrary<SiteMessage> = fc
  .dictionary(fc.constantFrom('job-00001', '__proto__', 'toString', 'job-unknown'), fc.nat(3))
  .map(jobs => ({
    name: 'queue',
    payload: { at: 1, jobs: Object.fromEntries(Object.entries(jobs).map(([id, ahead]) => [id, { ahead }])) },
  }))
const audiences: Audience[] = [
  { kind: 'staff', sites: 'all' },
  { kind: 'pupil', author: 'petya', sites: ['alpha'] },
]
const views: View[] = [{ kind: 'city' }, { kind: 'site', site: 'alpha' }, { kind: 'machine', site: 'alpha', machine: 'ender' }]

it('a machine that comes back is on its page as it is, with nothing of what it was', () => {
  const fleet = new Fleet({ sites: [{ id: 'alpha', name: 'Альфа' }], clock: () => 1_000 })
  const view: View = { kind: 'machine', site: 'alpha', machine: 'ender' }
  const staff: Audience = { kind: 'staff', sites: 'all' }
  const shown = () => fleet.show(view, staff) ?? { sites: {}, machines: {}, telemetry: {}, jobs: {} }
  fleet.apply('alpha', machine('ender', { state: 'running', since: 0, job: 'job-00001' }))
  let snapshot = fleet.snapshot(view, staff)
  let room = shown()
  for (const message of [birth('s-first-1', []), machine('ender', { state: 'ready', since: 0 })]) {
    fleet.apply('alpha', message)
    const { state } = frames(room, shown(), 1_000)
    if (snapshot !== undefined && state !== undefined) snapshot = applyFrame(snapshot, state)
    room = shown()
    if (message.name === 'status') expect(snapshot).toMatchObject({ gone: true, machine: { state: { state: 'running' } } })
  }
  expect(snapshot).toEqual(fleet.snapshot(view, staff))
})

it('a snapshot and the frames after it are a fresh snapshot, whatever is said and however it is cut into frames', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof({ weight: 5, arbitrary: anyMessage }, { weight: 1, arbitrary: anyForecast }), fc.boolean()), {
        maxLength: 60,
      }),
      fc.nat(20),
      (said, joinsAt) => {
        let now = 1_000
        const fleet = new Fleet({ sites: [{ id: 'alpha', name: 'Альфа' }], clock: () => now })
        fleet.apply('alpha', machine('ender', { state: 'ready', since: 0 }))
        const pages = audiences.flatMap(audience =>
          views.map(view => ({ view, audience, room: fleet.show(view, audience), snapshot: fleet.snapshot(view, audience) })),
        )
        for (const [index, [message, framed]] of said.entries()) {
          now += 700
          fleet.apply('alpha', message)
          if (index === 30) fleet.tidy()
          if (!framed && index < said.length - 1) {
            // Somebody joins between two frames: the room is brought up to date first (dashboard/server/sockets.ts).
            if (index === joinsAt) {
              for (const page of pages) {
                page.snapshot = fleet.snapshot(page.view, page.audience) ?? page.snapshot
                page.room = fleet.show(page.view, page.audience) ?? page.room
              }
            }
            continue
          }
          for (const page of pages) {
            const shown = fleet.show(page.view, page.audience) ?? { sites: {}, machines: {}, telemetry: {}, jobs: {} }
            if (page.room === undefined || page.snapshot === undefined) throw new Error('the page was there')
            const { state, telemetry: figures } = frames(page.room, shown, now)
            for (const frame of [state, figures])
              if (frame !== undefined) page.snapshot = applyFrame(page.snapshot, JSON.parse(JSON.stringify(frame)))
            page.room = shown
          }
        }
        for (const { view, audience, snapshot } of pages) {
          const fresh = fleet.snapshot(view, audience)
          // A machine that is gone leaves its page with its last word; everything else is equal.
          if (fresh === undefined || snapshot === undefined) continue
          expect(bare(snapshot)).toEqual(bare(fresh))
        }
      },
    ),
    { numRuns: 300 },
  )
})

/** Without the clock, the thinned history, and the name, which frames do not carry. */
function bare(snapshot: object): unknown {
  return JSON.parse(JSON.stringify(snapshot, (key, value) => (key === 'at' || key === 'history' || key === 'name' ? undefined : value)))
}
