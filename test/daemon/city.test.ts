// A school and a real city, end to end: files and orders go down, states, events and pictures climb, through a city that goes away.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { startCity } from '../../dashboard/main.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { startDevice } from '../devices/device.ts'
import { silent, temporaryFolder, until } from './kit.ts'
import { Visitor, writeSchool } from './school-kit.ts'

const print = (moves: number) =>
  Buffer.from(
    [
      'M104 S200',
      'G28',
      'M109 S200',
      'G90',
      'M83',
      ...Array.from({ length: moves }, (_, n) => `G1 X${50 + (n % 40)} Y50 E0.05 F3000`),
      'M104 S0',
    ].join('\n'),
  )

function writeCity(folder: string, screenPort: number, brokerPort: number): string {
  const path = join(folder, 'city.yaml')
  const text = [
    'data: city-data',
    `screen: { port: ${screenPort} }`,
    `broker: { port: ${brokerPort} }`,
    'demo: true',
    'sites: [{ id: school-1, name: Школа № 1, password: a-long-site-password }]',
    'people:',
    '  - { id: teacher-1, name: Анна, login: teacher, role: teacher, sites: [school-1], password: teacher }',
    '  - { id: technician-1, name: Олег, login: technician, role: technician, sites: all, password: technician }',
  ]
  writeFileSync(path, text.join('\n'))
  return path
}

const jobOf = (reply: Reply) => {
  if (reply.outcome !== 'done' || !reply.jobs?.[0]) throw new Error(`not submitted: ${JSON.stringify(reply)}`)
  return reply.jobs[0]
}

describe('a school and its city', () => {
  it('carry a file down, a print through, its events and picture up, and go on as if nothing had been when the city was away', async () => {
    using folder = temporaryFolder()
    const device = await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 })
    const laser = await startDevice({ kind: 'grbl', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10, settings: { $32: 1 } })
    let city = await startCity({ configPath: writeCity(folder.path, 0, 0), log: silent })
    const [screenPort, brokerPort] = [Number(new URL(city.url).port), Number(new URL(city.brokerUrl).port)]
    const wire = `city: { broker: "${city.brokerUrl}", web: "${city.url}", password: a-long-site-password }`
    const list = [
      { id: 'printer-1', model: 'generic-marlin', port: device.url },
      { id: 'laser-1', model: 'generic-grbl-laser', port: laser.url },
    ]
    const school = await startSchool({ configPath: writeSchool(folder.path, list, wire), log: silent })
    try {
      await until(
        () => city.fleet.site('school-1')?.machines['printer-1']?.state.state === 'ready',
        'the city sees the printer ready',
        60_000,
      )
      const teacher = await new Visitor(city.url).signIn('teacher')
      const reply = await teacher.submit('из города.gcode', print(200))
      const job = jobOf(reply)
      await until(() => city.fleet.site('school-1')?.jobs[job]?.state === 'completed', 'the city sees it done', 60_000)
      await until(() => city.fleet.site('school-1')?.machines['printer-1']?.state.state === 'uncleared', 'and the bed to be cleared')
      const sha256 = reply.outcome === 'done' ? reply.program?.sha256 : undefined
      await until(async () => (await teacher.get(`/api/v1/programs/${sha256}/preview`)).status === 200, 'the city has its preview')

      // From the city nobody starts a laser; the school says so whatever the city's own screen thinks.
      const burn = Buffer.from('G21\nG90\nM4 S100\nG1 X5 F1000\nX0\nM5\n')
      const laserJob = jobOf(await teacher.submit('лазер.nc', burn))
      const start = await teacher.ask({ kind: 'job.start', job: laserJob, machine: 'laser-1' })
      expect(start.outcome).toBe('refused')
      const technician = await new Visitor(city.url).signIn('technician')
      expect((await technician.ask({ kind: 'machine.console', machine: 'laser-1', line: 'M3 S1000' })).outcome).toBe('refused')

      // The city goes away; the school works on at its own screen.
      await city.stop()
      const near = await new Visitor(school.url).signIn('teacher')
      expect((await near.ask({ kind: 'machine.clear', machine: 'printer-1', quality: 'ok' })).outcome).toBe('done')
      const offline = jobOf(await near.submit('без города.gcode', print(50)))
      await until(async () => (await near.job(offline))?.state === 'completed', 'it is printed without a city', 60_000)

      city = await startCity({ configPath: writeCity(folder.path, screenPort, brokerPort), log: silent })
      await until(() => city.fleet.site('school-1')?.jobs[offline]?.state === 'completed', 'the city learns of it', 60_000)
      const again = await new Visitor(city.url).signIn('teacher')
      const [here, there] = [await near.journal(), await again.journal()]
      expect(there.map(event => event.number)).toEqual(here.map(event => event.number))
      // Its file is at the school alone; what the city needs to judge it, it has or asks for.
      const { sha256: sent = '', name = '', size = 0 } = (await near.job(offline))?.program ?? {}
      await until(async () => (await again.get(`/api/v1/programs/${sent}/preview`)).status === 200, 'the city has its drawing', 20_000)
      expect(await again.ask({ kind: 'program.check', sha256: sent, name, size })).toMatchObject({ outcome: 'done', program: { size } })
      expect((await again.get(`/api/v1/programs/${sent}/file`)).status).toBe(404)
      expect((await again.ask({ kind: 'machine.clear', machine: 'printer-1', quality: 'partial', cause: 'отклеилось' })).outcome).toBe(
        'done',
      )
    } finally {
      await school.stop({ stopRoom: true })
      await city.stop()
      await device[Symbol.asyncDispose]()
      await laser[Symbol.asyncDispose]()
    }
  }, 240_000)
})
