// The care of machines with a real school and a real city: opened on one side, shown on the other; photos follow; the school alone needs no city.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSchool } from '../../daemon/main.ts'
import { Store } from '../../daemon/store.ts'
import { startCity } from '../../dashboard/main.ts'
import type { Care } from '../../protocols/contract/care.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import { silent, temporaryFolder, until } from '../daemon/kit.ts'
import { Visitor } from '../daemon/school-kit.ts'
import { freePort } from '../dashboard/house.ts'

const redPng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const bluePng = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg=='
const password = 'a-long-password-of-the-site'

const staff = (site: string) =>
  JSON.stringify(
    ['teacher', 'technician'].map(role => ({
      id: `${role}-1`,
      name: role,
      login: role,
      role,
      password: role,
      ...(site && { sites: 'all' }),
    })),
  )

function writeFiles(folder: string, ports: { screen: number; broker: number }) {
  const city = join(folder, 'city.yaml')
  const site = { id: 'school-1', name: 'Школа № 1', password }
  writeFileSync(
    city,
    `{"data":"city","screen":{"port":${ports.screen}},"broker":{"port":${ports.broker}},"sites":${JSON.stringify([site])},"demo":true,"people":${staff('all')}}`,
  )
  const school = join(folder, 'school.yaml')
  const machines = [{ id: 'printer-1', name: 'Принтер 1', model: 'creality-ender-3', port: 'tcp://127.0.0.1:1' }]
  const cityLine = {
    broker: `mqtt://127.0.0.1:${ports.broker}`,
    web: `http://127.0.0.1:${ports.screen}`,
    username: 'school-1',
    password,
  }
  writeFileSync(
    school,
    JSON.stringify({
      site: { id: 'school-1', name: 'Школа № 1' },
      data: 'school',
      screen: { port: 0 },
      demo: true,
      machines,
      people: JSON.parse(staff('')),
      city: cityLine,
    }),
  )
  return { city, school }
}

const careOf = async (visitor: Visitor): Promise<Care> => (await (await visitor.get('/api/v1/sites/school-1/care')).json()) as Care
const sendPhoto = async (visitor: Visitor, base64: string): Promise<string> => {
  const response = await fetch(`${visitor.url}/api/v1/photos`, {
    method: 'POST',
    headers: { cookie: visitor.cookie, 'content-type': 'image/png' },
    body: Buffer.from(base64, 'base64'),
  })
  return ((await response.json()) as { sha256: string }).sha256
}
const photoStatus = async (visitor: Visitor, sha256: string) => (await visitor.get(`/api/v1/sites/school-1/photos/${sha256}`)).status

describe('care in a school and its city', () => {
  it('is done at school without the city, and known in the city when it is there; an order of either side shows its photo on both', async () => {
    using folder = temporaryFolder()
    const ports = { screen: await freePort(), broker: await freePort() }
    const files = writeFiles(folder.path, ports)
    const school = await startSchool({ configPath: files.school, log: silent })
    let city: Awaited<ReturnType<typeof startCity>> | undefined
    try {
      // Alone.
      const here = await new Visitor(school.url).signIn('technician')
      const part: Ask = { kind: 'part.put', part: 'part-00001', name: 'Сопло 0,4 мм', count: 2, least: 2, models: [] }
      expect((await here.ask(part)).outcome).toBe('done')
      const parts = [{ part: 'part-00001', count: 1 }]
      expect((await here.ask({ kind: 'care.done', machine: 'printer-1', task: 'nozzle-change', parts })).outcome).toBe('done')
      expect(
        await here.ask({ kind: 'care.done', machine: 'printer-1', task: 'nozzle-change', parts: [{ part: 'part-00001', count: 2 }] }),
      ).toMatchObject({ outcome: 'refused', denial: { code: 'part-short' } })
      const red = await sendPhoto(here, redPng)
      const order: Ask = { kind: 'order.open', order: 'order-0001', machine: 'printer-1', title: 'Стучит ось X', photos: [red] }
      expect((await here.ask(order)).outcome).toBe('done')
      expect(await photoStatus(here, red)).toBe(200)
      expect((await careOf(here)).parts).toMatchObject([{ count: 1, least: 2 }])

      // The city comes.
      city = await startCity({ configPath: files.city, log: silent })
      const there = await new Visitor(city.url).signIn('technician')
      await until(async () => (await careOf(there)).orders.length === 1, 'the city knows the order', 30_000)
      await until(async () => (await photoStatus(there, red)) === 200, 'and has its photo', 20_000)
      await until(async () => (await careOf(there)).plan.length > 5, 'and the plan', 20_000)
      const known = await careOf(there)
      expect(known.plan.find(({ task }) => task.id === 'nozzle-change')?.last?.by.name).toBe('technician')
      expect(known.parts).toMatchObject([{ name: 'Сопло 0,4 мм', count: 1 }])

      // Opened in the city, by a teacher, with a photo the school has not seen.
      const teacher = await new Visitor(city.url).signIn('teacher')
      const blue = await sendPhoto(teacher, bluePng)
      const asked: Ask = { kind: 'order.open', order: 'order-0002', machine: 'printer-1', title: 'Шумит', photos: [blue] }
      expect((await teacher.ask(asked)).outcome).toBe('done')
      expect((await careOf(here)).orders.map(({ id }) => id)).toContain('order-0002')
      await until(async () => (await photoStatus(here, blue)) === 200, 'the photo came to the school', 20_000)
      expect(await teacher.ask({ kind: 'care.done', machine: 'printer-1', task: 'plate' })).toMatchObject({ outcome: 'refused' })
      expect((await there.ask({ kind: 'order.note', order: 'order-0002', text: 'смазал', close: true })).outcome).toBe('done')
      await until(
        async () => (await careOf(there)).orders.find(({ id }) => id === 'order-0002')?.closedAt !== undefined,
        'it is closed in the city',
      )
      expect(readFileSync(join(folder.path, 'school', 'photos', blue)).equals(Buffer.from(bluePng, 'base64'))).toBe(true)
    } finally {
      await city?.stop()
      await school.stop({ stopRoom: true })
    }
    // What the tables say is what the events say.
    const store = new Store(join(folder.path, 'school', 'school.sqlite'))
    expect(store.refold()).toEqual([])
    expect(store.records.care.order('order-0002')?.remarks).toHaveLength(2)
    store.close()
  }, 90_000)
})
