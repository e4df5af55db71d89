// The wall's screen: what it receives and what never reaches it, who lets it in, and how its token ends.
import { describe, expect, it } from 'vitest'
import { tvScript } from '../../dashboard/tv/page.ts'
import { tvPicture } from '../../dashboard/tv/picture.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { Person } from '../dashboard/house.ts'
import { openScreen } from '../dashboard/screen-house.ts'
import { down, endedJob, heardAt, machineOf, ready, school, start } from '../health/pictures.ts'

const since = { since: start }
const states: MachineState[] = [
  ready,
  { state: 'running', ...since, job: 'job-00001' },
  { state: 'uncleared', ...since, job: 'job-00002' },
  { state: 'attention', ...since, why: 'runout', prompt: { title: 'Тайна.gcode: смените филамент', buttons: [] } },
  down,
]

function workshop() {
  const machines = states.map((state, at) => machineOf(`m${at}`, state))
  const at = { at: start, progress: { job: 'job-00001', lines: 1, bytes: 1, fraction: 0.5, elapsedSeconds: 60, remainingSeconds: 61.4 } }
  const secret = { name: 'Секретный кулон.gcode', sha256: 'a'.repeat(64), size: 1, kind: 'printer', lines: 1 } as const
  const teacher = { id: 'anna', name: 'Анна Петровна', role: 'teacher' } as const
  const verdict = { quality: 'ok', by: teacher, at: start, cause: 'Васин кулон' } as const
  const jobs = [
    endedJob('job-00001', { machine: 'm1', state: 'running', ticket: 41, program: secret, comment: 'для Маши' }),
    endedJob('job-00002', { machine: 'm2', state: 'completed', ticket: 40, program: secret }),
    endedJob('job-00003', { state: 'completed', ticket: 39, program: secret, verdict }),
    endedJob('job-00004', { state: 'collected', ticket: 38, program: secret, verdict }),
    endedJob('job-00005', { state: 'completed', ticket: 37, verdict: { ...verdict, quality: 'failed' } }),
  ]
  return heardAt({ ...school(machines, { m1: at }), jobs: Object.fromEntries(jobs.map(job => [job.id, job])) }, start)
}

describe('the wall', () => {
  it('shows what needs somebody first, three counts, and which tickets to collect', () => {
    const picture = tvPicture(workshop(), 'v', start)
    expect(picture.tiles.map(({ look }) => look)).toEqual(['fault', 'attention', 'part', 'running', 'free'])
    expect(picture).toMatchObject({ working: 1, waiting: 2, broken: 1, collect: [39], more: 0 })
    expect(picture.tiles[3]).toEqual({ name: 'Станок m1', look: 'running', ticket: 41, fraction: 0.5, remainingSeconds: 61 })
  })

  it('receives no name of a person, no file, no comment and nobody’s own words', () => {
    const told = JSON.stringify(tvPicture(workshop(), 'v', start))
    for (const secret of ['Анна', 'Стриж', 'gcode', 'кулон', 'Маши', 'Нагрев', 'job-0', 'anna', 'a'.repeat(64)])
      expect(told).not.toContain(secret)
  })

  it('calls the teacher to a machine, without who called, and tells which lesson is on', () => {
    const call = { code: 'help-called', text: { ru: 'Зовёт Вася', en: 'x' } }
    const report = { code: 'problem-reported', text: { ru: 'Вася: дым', en: 'x' } }
    const by = { id: 'anna', name: 'Анна Петровна', role: 'teacher' } as const
    const lesson = (id: string, from: number, until: number, more: object = {}) => ({
      [id]: { id, site: 's', title: id, machines: ['m0'], from: start + from, until: start + until, by, ...more },
    })
    const picture = workshop()
    const called = ['m0', 'm4'].map(id => ({ ...machineOf(id, ready), faults: [call, report] }))
    const machines = { ...picture.machines, ...Object.fromEntries(called.map(one => [one.declaration.id, one])) }
    const lessons = {
      ...lesson('7Б', -1, 60_000),
      ...lesson('8А', -1, 60_000, { cancelledAt: 1 }),
      ...lesson('9В', 60_000, 90_000),
      ...lesson('6Г', -9, -1),
    }
    const told = tvPicture({ ...picture, machines, lessons }, 'v', start)
    expect(told).toMatchObject({ calls: ['Станок m0', 'Станок m4'], lessons: [{ title: '7Б', until: start + 60_000 }] })
    expect(JSON.stringify(told)).not.toMatch(/Вася|дым|Анна/)
    expect(tvPicture({ ...picture, machines, lessons }, 'v', start + 10 * 60_000).calls).toEqual([])
  })

  it('shows a machine of which something was reported as waiting for a person, until that is settled', () => {
    const faults = [{ code: 'problem-reported', text: { ru: 'Дым', en: 'Smoke' } }]
    const reported = heardAt(school([machineOf('m0', ready, { faults }), machineOf('m1', ready)]), start)
    expect(tvPicture(reported, 'v', start)).toMatchObject({
      waiting: 1,
      tiles: [{ name: 'Станок m0', look: 'attention' }, { look: 'free' }],
    })
    const settled = heardAt(school([machineOf('m0', ready), machineOf('m1', ready)]), start)
    expect(tvPicture(settled, 'v', start)).toMatchObject({ waiting: 0, tiles: [{ look: 'free' }, { look: 'free' }] })
    const repaired = heardAt(school([machineOf('m0', ready, { faults, inService: true })]), start)
    expect(tvPicture(repaired, 'v', start).tiles[0]?.look).toBe('service')
  })

  it('calls for the parts of a shared bed, and for the bed’s own job nobody: it is handed to no one', () => {
    const verdict = { quality: 'ok', by: { id: 'anna', name: 'Анна Петровна', role: 'teacher' }, at: start } as const
    const jobs = [
      endedJob('plate-00001', { state: 'completed', ticket: 9, verdict }),
      endedJob('job-00011', { state: 'completed', ticket: 7, plate: 'plate-00001', verdict }),
      endedJob('job-00012', { state: 'collected', ticket: 8, plate: 'plate-00001', verdict }),
    ]
    const shelf = { ...workshop(), jobs: Object.fromEntries(jobs.map(job => [job.id, job])) }
    expect(tvPicture(shelf, 'v', start).collect).toEqual([7])
  })

  it('holds twenty-four machines and says how many more there are', () => {
    const many = heardAt(school(Array.from({ length: 30 }, (_, at) => machineOf(`m${at}`, ready))), start)
    const { tiles, more } = tvPicture(many, 'v', start)
    expect([tiles.length, more]).toEqual([24, 6])
  })

  it('calls nothing by its last state when the school is not heard', () => {
    const { sure, tiles, working, broken } = tvPicture(workshop(), 'v', start + 10 * 60_000)
    expect([sure, working, broken]).toEqual([false, 0, 0])
    expect(new Set(tiles.map(({ look }) => look))).toEqual(new Set(['unknown']))
    expect(tiles.some(tile => 'fraction' in tile)).toBe(false)
  })

  it('runs a script that is plain JavaScript and names nothing outside itself', () => {
    expect(() => new Function(tvScript)).not.toThrow()
    expect(tvScript).not.toMatch(/\bimport\b|__vite|__name\(/)
  })
})

describe('a screen is let in', () => {
  const body = { site: 'alpha', name: 'У входа', days: 365 }
  it.for([
    ['petya', body, 403],
    ['anna', body, 403],
    ['tech', body, 201],
    ['admin', body, 201],
    ['tech', { ...body, days: 366 }, 400],
    ['tech', { ...body, site: 'nowhere' }, 404],
  ] as const)('by %s with %j: %d', async ([login, asked, status]) => {
    await using screen = await openScreen()
    const person = await Person.signIn(screen.url, login)
    expect((await person.post('/api/v1/tv', asked)).status).toBe(status)
  })

  it('with a token that leaves the address line, opens its own school only, and ends when it is taken back', async () => {
    await using screen = await openScreen()
    const tech = await Person.signIn(screen.url, 'tech')
    const made = (await (await tech.post('/api/v1/tv', body)).json()) as { path: string; screen: { id: string } }
    const first = await fetch(screen.url + made.path, { redirect: 'manual' })
    expect([first.status, first.headers.get('location')]).toEqual([303, '/tv/alpha?kiosk=1'])
    const cookie = first.headers.getSetCookie()[0] ?? ''
    expect(cookie).toMatch(/HttpOnly/i)
    const wall = (path: string) => fetch(screen.url + path, { headers: { cookie: cookie.split(';')[0] ?? '' } })
    expect((await wall('/tv/alpha?kiosk=1')).status).toBe(200)
    const told = await (await wall('/tv/alpha/data')).text()
    expect(JSON.parse(told)).toMatchObject({ site: 'Альфа', sure: true })
    for (const secret of ['Вася', 'тайна', 'vasya', 'petya', 'gcode']) expect(told).not.toContain(secret)
    // It opens nothing else of the house.
    for (const path of ['/tv/beta/data', '/api/v1/conditions', '/api/v1/sites/alpha/journal']) expect((await wall(path)).status).toBe(401)
    const list = await (await tech.get('/api/v1/tv')).text()
    expect(list).not.toContain('tokenHash')
    expect(list).not.toContain(made.path.split('token=')[1] ?? '?')
    const gone = await fetch(`${screen.url}/api/v1/tv/${made.screen.id}`, { method: 'DELETE', headers: { cookie: tech.cookie } })
    expect(gone.status).toBe(204)
    expect((await wall('/tv/alpha/data')).status).toBe(401)
    expect((await fetch(screen.url + made.path, { redirect: 'manual' })).status).toBe(401)
  })

  it('until its time is over', async () => {
    let now = Date.now()
    await using screen = await openScreen({ clock: () => now })
    const tech = await Person.signIn(screen.url, 'tech')
    const made = (await (await tech.post('/api/v1/tv', { ...body, days: 1 })).json()) as { path: string }
    now += 25 * 3_600_000
    expect((await fetch(screen.url + made.path, { redirect: 'manual' })).status).toBe(401)
  })
})
