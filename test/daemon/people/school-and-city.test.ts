// Two schools and their city, whole: a pupil's name stays at school, a ticket opens in both places, permits and PINs go round.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../../daemon/main.ts'
import { startCity } from '../../../dashboard/main.ts'
import type { Me, Roster, View } from '../../../protocols/contract/screen.ts'
import { startDevice } from '../../devices/device.ts'
import { silent, temporaryFolder, until } from '../kit.ts'
import { Visitor } from '../school-kit.ts'

const print = Buffer.from(['M104 S200', 'G28', 'M109 S200', 'G90', 'M83', 'G1 X50 Y50 E0.05 F3000', 'M104 S0'].join('\n'))
const staff = [
  ['teacher-1', 'teacher'],
  ['technician-1', 'technician'],
  ['administrator-1', 'administrator'],
] as const

function writeFiles(folder: string, printer: string) {
  const people = (sites: string) =>
    staff.map(([id, role]) => `  - { id: ${id}, name: The ${role}, login: ${role}, role: ${role}, password: ${role}${sites} }`)
  const city = join(folder, 'city.yaml')
  const cityText = (screen: number, broker: number) =>
    [
      'data: city-data',
      `screen: { port: ${screen} }`,
      `broker: { port: ${broker} }`,
      'demo: true',
      'sites:',
      ...[1, 2].map(n => `  - { id: school-${n}, name: Школа № ${n}, password: a-long-site-password-${n} }`),
      'people:',
      ...people(', sites: all'),
    ].join('\n')
  const school = (n: number, broker: string, web: string) => {
    const path = join(folder, `school-${n}.yaml`)
    const text = [
      `site: { id: school-${n}, name: Школа № ${n} }`,
      `data: data-${n}`,
      'screen: { port: 0 }',
      'demo: true',
      `city: { broker: "${broker}", web: "${web}", password: a-long-site-password-${n} }`,
      'rules: { startPin: pin }',
      ...(n === 1 ? ['machines:', `  - { id: printer-1, name: Принтер, model: generic-marlin, port: "${printer}" }`] : ['machines: []']),
      'people:',
      ...people(''),
    ]
    writeFileSync(path, text.join('\n'))
    return path
  }
  return { city, cityText, school }
}

/** A pupil's browser: joins by the plain form, then asks as anybody. */
class Pupil extends Visitor {
  pseudonym = ''
  recovery = ''

  async join(code: string, nickname: string): Promise<this> {
    const body = new URLSearchParams({ code, nickname })
    const response = await fetch(`${this.url}/join`, { method: 'POST', body })
    const page = await response.text()
    if (response.status !== 200) throw new Error(`${response.status} ${page}`)
    this.carry(response.headers.get('set-cookie')?.split(';')[0] ?? '')
    this.pseudonym = /П-[2-9A-Z]{4}/.exec(page)?.[0] ?? ''
    this.recovery = /[а-я]+-[а-я]+-[а-я]+-\d\d/.exec(page)?.[0] ?? ''
    return this
  }
}

/** What the page of a view is told at once. */
async function snapshot(visitor: Visitor, view: View): Promise<unknown> {
  const socket = io(visitor.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie: visitor.cookie },
  })
  try {
    return await socket.timeout(5_000).emitWithAck('watch', view)
  } finally {
    socket.close()
  }
}

const json = async <T>(visitor: Visitor, path: string): Promise<T> => (await (await visitor.get(path)).json()) as T
const roster = (visitor: Visitor, n = 1) => json<Roster>(visitor, `/api/v1/sites/school-${n}/roster`)

describe('the people of two schools and their city', () => {
  it('keep names at school, share tickets, permits and PINs, and need no city for what they have', async () => {
    using folder = temporaryFolder()
    await using printer = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const files = writeFiles(folder.path, printer.url)
    writeFileSync(files.city, files.cityText(0, 0))
    const city = await startCity({ configPath: files.city, log: silent })
    const schools = await Promise.all([1, 2].map(n => startSchool({ configPath: files.school(n, city.brokerUrl, city.url), log: silent })))
    const [first, second] = schools
    if (first === undefined || second === undefined) throw new Error('no schools')
    let cityOpen = true
    try {
      await until(() => ['school-1', 'school-2'].every(site => city.fleet.site(site)?.link.link === 'online'), 'both have joined', 30_000)
      const cityTeacher = await new Visitor(city.url).signIn('teacher')

      // A group is opened from the city; pupils join it at school.
      const opened = await cityTeacher.ask({
        kind: 'group.open',
        group: 'group-0001',
        name: '7Б',
        endsAt: Date.now() + 30 * 24 * 3_600_000,
      })
      const code = opened.outcome === 'done' ? (opened.code ?? '') : ''
      await until(async () => (await roster(cityTeacher)).groups.some(group => group.code === code), 'the city knows the code')
      const fox = await new Pupil(first.url).join(code, 'Ушастик')
      const wolf = await new Pupil(first.url).join(code, 'Хвостик')
      expect(await json<Me>(fox, '/api/v1/me')).toMatchObject({
        nickname: 'Ушастик',
        author: { name: fox.pseudonym, role: 'pupil', group: 'group-0001' },
      })
      expect((await fetch(`${city.url}/join`, { method: 'POST', body: new URLSearchParams({ code, nickname: 'Кто-то' }) })).status).toBe(
        404,
      )

      // The pupil's job: the nickname on the school's screen, the pseudonym in the city, nowhere the other way round.
      await until(() => city.fleet.site('school-1')?.machines['printer-1']?.state.state === 'ready', 'the printer is ready', 60_000)
      const sent = await fox.submit('ушки.gcode', print, { comment: 'белый, пожалуйста', wishes: { material: 'PLA', colour: 'белый' } })
      const job = sent.outcome === 'done' ? (sent.jobs?.[0] ?? '') : ''
      await until(() => city.fleet.site('school-1')?.jobs[job] !== undefined, 'the city has the job')
      expect(city.fleet.site('school-1')?.jobs[job]).toMatchObject({
        author: { name: fox.pseudonym, group: 'group-0001' },
        wishes: { material: 'PLA' },
      })
      const teacher = await new Visitor(first.url).signIn('teacher')
      const atSchool = JSON.stringify(await snapshot(teacher, { kind: 'site', site: 'school-1' }))
      expect(atSchool).toContain(`Ушастик (${fox.pseudonym})`)
      const told = await Promise.all([
        snapshot(cityTeacher, { kind: 'site', site: 'school-1' }),
        snapshot(cityTeacher, { kind: 'city' }),
        json(cityTeacher, '/api/v1/sites/school-1/journal'),
        json(teacher, '/api/v1/sites/school-1/journal'),
        roster(cityTeacher),
      ])
      expect(JSON.stringify(told)).not.toMatch(/Ушастик|Хвостик/)
      expect(JSON.stringify(told[0])).toContain(fox.pseudonym)

      // Another pupil sees neither job nor ticket nor nickname of the first.
      expect(JSON.stringify(await snapshot(wolf, { kind: 'site', site: 'school-1' }))).not.toMatch(/Ушастик|ушки/)
      expect((await wolf.get(`/api/v1/sites/school-1/tickets/${job}`)).status).toBe(404)
      for (const path of ['/api/v1/sites/school-1/roster', '/api/v1/sites/school-1/journal'])
        expect((await wolf.get(path)).status).toBe(403)

      // One link opens the ticket at school and in the city.
      const { path } = await json<{ path: string }>(fox, `/api/v1/sites/school-1/tickets/${job}`)
      for (const url of [first.url, city.url]) {
        const page = await (await fetch(url + path)).text()
        expect(page).toContain('Учитель проверяет')
        expect(page).not.toMatch(/Ушастик|Хвостик/)
        expect(page).not.toContain(fox.pseudonym)
      }
      expect((await fetch(second.url + path)).status).toBe(404)

      // Its owner cancels it from the city's page.
      const cancelled = await fetch(`${city.url}${path}/cancel`, { method: 'POST', redirect: 'manual' })
      expect(cancelled.headers.get('location')).toContain('said=cancelled')
      expect(await (await fetch(first.url + path)).text()).toContain('Отменено')

      // Whoever lost the cookie comes back with the words.
      const body = new URLSearchParams({ who: fox.pseudonym, words: fox.recovery })
      const back = await fetch(`${first.url}/join/back`, { method: 'POST', body, redirect: 'manual' })
      expect([back.status, back.headers.get('location')]).toEqual([303, '/'])

      // A permit given at one school is good at the other, and taken back there it is gone here.
      const technician = await new Visitor(first.url).signIn('technician')
      const lesson = { instruction: 'instruction-1', people: ['administrator-1'], title: 'ИОТ-12', version: '3' }
      await technician.ask({ kind: 'instruction.record', ...lesson })
      const until2028 = Date.now() + 300 * 24 * 3_600_000
      const grant = {
        permit: 'permit-0001',
        person: 'administrator-1',
        covers: { of: 'kind', kind: 'laser' },
        until: until2028,
        instruction: 'instruction-1',
      } as const
      expect(await technician.ask({ kind: 'permit.grant', ...grant })).toMatchObject({ outcome: 'done' })
      const elsewhere = await new Visitor(second.url, 'school-2').signIn('technician')
      const there = async () => (await roster(elsewhere, 2)).permits.find(({ id }) => id === 'permit-0001')
      await until(async () => (await there()) !== undefined, 'the other school knows the permit')
      expect(await elsewhere.ask({ kind: 'permit.revoke', permit: 'permit-0001' })).toMatchObject({ outcome: 'done' })
      const here = async () => (await roster(technician)).permits.find(({ id }) => id === 'permit-0001')
      await until(async () => (await here())?.revoked !== undefined, 'the first school knows it was taken back')

      // A PIN chosen in the city opens the school's screen, also when the city is gone.
      const setPin = (visitor: Visitor, password: string) =>
        fetch(`${visitor.url}/api/v1/pin`, {
          method: 'POST',
          headers: { cookie: visitor.cookie, 'content-type': 'application/json' },
          body: JSON.stringify({ pin: '2580', password }),
        })
      expect((await setPin(cityTeacher, 'wrong')).status).toBe(403)
      expect((await setPin(cityTeacher, 'teacher')).status).toBe(204)
      await until(async () => (await json<Me>(teacher, '/api/v1/me')).pin?.set === true, 'the school has the PIN')
      await city.stop()
      cityOpen = false
      const byPin = (url: string, login: string, pin: string) =>
        fetch(`${url}/api/v1/login/pin`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ login, pin }),
        }).then(({ status }) => status)
      expect(await byPin(second.url, 'teacher', '2580')).toBe(200)
      expect(await byPin(second.url, 'teacher', '1111')).toBe(403)
      expect(await byPin(second.url, 'technician', '2580')).toBe(403)
      expect((await fetch(first.url + path)).status).toBe(200)
      await new Pupil(first.url).join(code, 'Без города')
    } finally {
      await Promise.all(schools.map(school => school.stop({ stopRoom: true })))
      if (cityOpen) await city.stop()
    }

    // Not one byte of a nickname in what the city keeps; the school's secrets are its own user's.
    const kept = readdirSync(join(folder.path, 'city-data'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    for (const entry of kept) expect(readFileSync(join(entry.parentPath, entry.name)).includes('Ушастик')).toBe(false)
    for (const name of ['secret.key', 'push.json']) expect(statSync(join(folder.path, 'data-1', name)).mode & 0o077).toBe(0)
  }, 180_000)
})
