// Looking through a school's camera, at school and from the city, end to end: who may, what is noted, what leaves the school, and what never does.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSchool } from '../../../daemon/main.ts'
import { startCity } from '../../../dashboard/main.ts'
import { numberOf, SimulatedCamera } from '../../devices/camera.ts'
import { temporaryFolder, until } from '../kit.ts'
import { Visitor, writeSchool } from '../school-kit.ts'

const path = '/api/v1/sites/school-1/machines/laser-1/camera'
const password = 'canary-camera-password'
const key = 'canary-camera-address'

function writeCity(folder: string): string {
  const file = join(folder, 'city.yaml')
  const text = [
    'data: city-data',
    'screen: { port: 0 }',
    'broker: { port: 0 }',
    'demo: true',
    'sites: [{ id: school-1, name: Школа № 1, password: a-long-site-password }, { id: school-2, name: Школа № 2, password: another-long-password }]',
    'people:',
    '  - { id: teacher-1, name: Анна, login: teacher, role: teacher, sites: [school-1], password: teacher }',
    '  - { id: teacher-2, name: Борис, login: stranger, role: teacher, sites: [school-2], password: stranger }',
    '  - { id: technician-1, name: Олег, login: technician, role: technician, sites: all, password: technician }',
    '  - { id: pupil-1, name: П-ПЕТЯ, login: pupil, role: pupil, sites: [school-1], password: pupil }',
  ]
  writeFileSync(file, text.join('\n'))
  return file
}

async function openTown() {
  const folder = temporaryFolder()
  const logs: string[] = []
  const paper = new Writable({
    write: (chunk, _encoding, done) => {
      logs.push(String(chunk))
      done()
    },
  })
  const log = pino({ level: 'debug' }, paper)
  const camera = await SimulatedCamera.start({ login: { name: 'school', password } })
  const city = await startCity({ configPath: writeCity(folder.path), log })
  const wire = `city: { broker: "${city.brokerUrl}", web: "${city.url}", password: a-long-site-password }`
  writeFileSync(join(folder.path, 'camera.txt'), `${password}\n`)
  const told = `camera: { snapshot: "${camera.snapshot}&key=${key}", stream: "${camera.stream}&key=${key}", rotate: 90, keepHours: 1, username: school, passwordFile: camera.txt }`
  const machines = [
    { id: 'laser-1', model: 'generic-grbl-laser', port: 'tcp://127.0.0.1:9', more: told },
    { id: 'printer-1', model: 'generic-marlin', port: 'tcp://127.0.0.1:10' },
  ]
  const school = await startSchool({ configPath: writeSchool(folder.path, machines, wire), log })
  return {
    camera,
    city,
    school,
    logs,
    close: async () => {
      await school.stop({ stopRoom: true })
      await city.stop()
      await camera[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

let town: Awaited<ReturnType<typeof openTown>>
beforeAll(async () => {
  town = await openTown()
  const technician = await new Visitor(town.city.url).signIn('technician')
  await until(async () => (await technician.get(path)).status === 200, 'the city sees the laser and its camera', 30_000)
}, 60_000)
afterAll(async () => town?.close())

const at = (where: 'city' | 'school', login: string) => new Visitor(town[where].url).signIn(login)

describe('looking', () => {
  it.for(['city', 'school'] as const)('in the %s is for staff of the place, and for nobody else', async where => {
    expect((await fetch(town[where].url + path)).status).toBe(401)
    const pupil = await at(where, 'pupil')
    for (const tail of ['', '/stream', '/kept', '/kept/1']) expect((await pupil.get(path + tail)).status, tail).toBe(403)
    expect(await pupil.ask({ kind: 'machine.look', machine: 'laser-1' })).toMatchObject({ outcome: 'refused' })
    const teacher = await at(where, 'teacher')
    const response = await teacher.get(path)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect(Number(response.headers.get('age'))).toBeLessThan(10)
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect(numberOf(new Uint8Array(await response.arrayBuffer()))).toBeGreaterThan(0)
    expect((await teacher.get(path.replace('laser-1', 'printer-1'))).status).toBe(404)
    expect((await teacher.get(path.replace('laser-1', 'nothing'))).status).toBe(404)
  })

  it('is refused to the teacher of another school', async () => {
    const stranger = await at('city', 'stranger')
    for (const tail of ['', '/stream', '/kept']) expect((await stranger.get(path + tail)).status, tail).toBe(403)
    expect(await stranger.ask({ kind: 'machine.look', machine: 'laser-1' })).toMatchObject({ denial: { code: 'other-site' } })
  })

  it('asks the school once in three seconds, however many look', async () => {
    const watchers = await Promise.all(['teacher', 'technician'].flatMap(login => [at('city', login), at('city', login)]))
    await Promise.all(watchers.map(one => one.get(path)))
    const before = town.camera.pictures
    const until = Date.now() + 4_000
    while (Date.now() < until) await Promise.all(watchers.map(one => one.get(path).then(response => response.arrayBuffer())))
    expect(town.camera.pictures - before).toBeGreaterThan(0)
    expect(town.camera.pictures - before).toBeLessThanOrEqual(3)
  })

  it('streams on the school’s own screen, ends when the page goes, and nothing streams to the city', async () => {
    const inCity = await at('city', 'teacher')
    expect((await inCity.get(`${path}/stream`)).status).toBe(404)
    const teacher = await at('school', 'teacher')
    const gone = new AbortController()
    const response = await fetch(`${town.school.url}${path}/stream`, { headers: { cookie: teacher.cookie }, signal: gone.signal })
    expect(response.headers.get('content-type')).toContain('multipart/x-mixed-replace')
    let heard = ''
    for await (const chunk of response.body ?? []) {
      heard += Buffer.from(chunk).toString('latin1')
      if (heard.split('Content-Type: image/jpeg').length > 4) break
    }
    gone.abort()
    await until(() => town.camera.connections === 0, 'the camera is let go', 10_000)
  })

  it('lets no more watch a stream than the camera bears', async () => {
    const teacher = await at('school', 'teacher')
    const gone = new AbortController()
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(`${town.school.url}${path}/stream`, { headers: { cookie: teacher.cookie }, signal: gone.signal }),
      ),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 503, 503])
    expect(town.camera.connections).toBe(1)
    gone.abort()
    await until(() => town.camera.connections === 0, 'the camera is let go', 10_000)
  })

  it('is noted once for each who looked, by name of the person', async () => {
    const technician = await at('school', 'technician')
    const looks = (await technician.journal()).flatMap(event =>
      event.kind === 'action' && event.action === 'machine.look' ? [event.by.id] : [],
    )
    expect([...looks].sort()).toEqual([...new Set(looks)].sort())
    expect(looks).toContain('teacher-1')
    expect(looks).toContain('technician-1')
    expect(looks).not.toContain('pupil-1')
  })

  it('takes no picture from a school that was not asked for it, nor from anybody else', async () => {
    const put = (name: string, secret: string, machine: string, body: string) =>
      fetch(`${town.city.url}/api/v1/wire/cameras/${machine}`, {
        method: 'PUT',
        headers: { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`, 'content-type': 'image/jpeg' },
        body,
      }).then(({ status }) => status)
    expect(await put('school-1', 'wrong', 'laser-1', 'x')).toBe(401)
    expect(await put('school-1', 'a-long-site-password', 'laser-1', '<script>alert(1)</script>')).toBe(400)
    expect(await put('school-2', 'another-long-password', 'laser-1', '\u00ff\u00d8')).toBe(400)
  })

  it('tells nobody the camera’s address or password: no answer, no event, no log', async () => {
    const answers: string[] = []
    for (const where of ['city', 'school'] as const) {
      const technician = await at(where, 'technician')
      for (const asked of ['/api/v1/me', '/api/v1/sites/school-1/journal', `${path}/kept`, '/'])
        answers.push(await (await technician.get(asked)).text())
      answers.push(JSON.stringify([...(await technician.get(path)).headers]))
    }
    town.camera.options = { login: { name: 'school', password: 'changed' } }
    await new Promise(resolve => setTimeout(resolve, 1_100))
    const teacher = await at('school', 'teacher')
    const stale = await teacher.get(path)
    answers.push(JSON.stringify([...stale.headers]))
    expect(stale.status).toBe(200)
    const all = [...answers, ...town.logs].join('\n')
    expect(all).not.toContain(password)
    expect(all).not.toContain(key)
    expect(all).not.toContain(new URL(town.camera.url).host)
    expect(town.logs.join('')).toContain('camera-refused')
  })
})
