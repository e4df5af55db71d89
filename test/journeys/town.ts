// A small town for the journeys: devices, a school and, if asked, a city, each a process as in life, on loopback and in a folder of its own.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { type Child, startChild } from '../../daemon/cli/child.ts'
import { freePort } from '../../daemon/cli/free-port.ts'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Role } from '../../protocols/contract/rights.ts'
import { type DeviceOptions, type RunningDevice, startDevice } from '../devices/device.ts'
import { type Line, openLine } from './line.ts'

export type TownMachine = { id: string; name: string; model: string; device: DeviceOptions }

export type Town = AsyncDisposable & {
  folder: string
  /** Of the city's screen where there is a city, else of the school's. */
  url: string
  schoolUrl: string
  devices: Record<string, RunningDevice>
  /** Cuts and mends the line between the school and the city: the broker's and the web's. */
  cutCity(): void
  mendCity(): void
  /** kill -9 of the school's daemon; its machine room stays. */
  killSchool(): Promise<void>
  startSchool(): Promise<void>
  /** A pseudo-terminal's or a TCP device's place under the town's folder. */
  pathOf(name: string): string
}

export const townSite = 'school-4'

const taken = new Set<number>()

export type TownOptions = {
  /** Options of the school's file over those of every town. */
  school?: Record<string, unknown>
}

/** Starts everything; disposing ends everything, the machine room included. */
export async function startTown(machines: (folder: string) => TownMachine[], withCity = false, options: TownOptions = {}): Promise<Town> {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-town-'))
  const stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const devices: Record<string, RunningDevice> = {}
  const declared = machines(folder)
  for (const { id, device } of declared) {
    const running = await startDevice(device)
    stack.defer(() => running.stop())
    devices[id] = running
  }
  const password = randomUUID()
  const [schoolPort, cityPort, brokerPort] = [await freePort(0, taken), await freePort(0, taken), await freePort(0, taken)]
  const people = (['teacher', 'technician', 'administrator', 'pupil'] as const satisfies Role[]).map(role => ({
    id: `${role}-1`,
    login: role,
    name: role === 'pupil' ? 'Стриж' : 'Мария Ильина',
    role,
    password: role,
  }))
  if (withCity) {
    const file = join(folder, 'city.yaml')
    const city = {
      data: join(folder, 'city'),
      screen: { port: cityPort },
      broker: { port: brokerPort },
      sites: [{ id: townSite, name: 'Школа № 4', password }],
      people: people.map(person => ({ ...person, sites: [townSite] })),
      demo: true,
    }
    writeFileSync(file, stringify(city))
    const child = startChild('city', ['city', file], folder, line => line.includes('"url"'))
    stack.defer(() => child.stop(10_000))
    await child.ready
  }
  const lines: Line[] = []
  const lineTo = async (port: number): Promise<number> => {
    const line = await openLine(port)
    stack.use(line)
    lines.push(line)
    return line.port
  }
  const schoolFile = join(folder, 'school.yaml')
  const school = {
    site: { id: townSite, name: 'Школа № 4' },
    data: join(folder, 'school'),
    screen: { port: schoolPort },
    ...(withCity && {
      city: { broker: `mqtt://127.0.0.1:${await lineTo(brokerPort)}`, web: `http://127.0.0.1:${await lineTo(cityPort)}`, password },
    }),
    machines: declared.map(({ id, name, model }) => ({ id, name, model, port: portOf(devices[id]?.url ?? '') })),
    people,
    demo: true,
    ...options.school,
  }
  writeFileSync(schoolFile, stringify(school))
  let daemon: Child | undefined
  const startSchool = async () => {
    daemon = startChild('school', ['school', schoolFile, '--stop-room'], folder, line => line.includes('"url"'))
    await daemon.ready
  }
  stack.defer(async () => {
    // A town whose daemon was killed still has its room: only a daemon can tell it to end.
    if (daemon === undefined) await startSchool()
    await daemon?.stop(30_000)
  })
  await startSchool()
  const schoolUrl = `http://127.0.0.1:${schoolPort}`
  return {
    folder,
    url: withCity ? `http://127.0.0.1:${cityPort}` : schoolUrl,
    schoolUrl,
    devices,
    cutCity: () => lines.forEach(line => void line.cut()),
    mendCity: () => lines.forEach(line => void line.mend()),
    startSchool,
    async killSchool() {
      const dead = daemon
      daemon = undefined
      await dead?.kill()
    },
    pathOf: name => join(folder, name),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const portOf = (url: string) => (url.startsWith('pty://') ? url.slice('pty://'.length) : url)

/** A person signed in over HTTP. */
export type Visitor = {
  ask(ask: Ask): Promise<Reply>
  upload(name: string, content: string | Uint8Array): Promise<{ sha256: string; name: string; size: number }>
  jobs(): Promise<Record<string, Job>>
}

export async function visit(url: string, login: Role): Promise<Visitor> {
  const json = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v1/login`, { method: 'POST', headers: json, body: JSON.stringify({ login, password: login }) })
  if (!answer.ok) throw new Error(`${login} was not let in: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
  return {
    async ask(ask) {
      const body = JSON.stringify({ id: randomUUID(), ask })
      const said = await fetch(`${url}/api/v1/sites/${townSite}/commands`, { method: 'POST', headers: { ...json, cookie }, body })
      const { reply, denial } = (await said.json()) as { reply?: Reply; denial?: { code: string; text: { en: string } } }
      if (reply === undefined) throw new Error(`no reply: ${said.status} ${denial?.code ?? ''} ${denial?.text.en ?? ''}`)
      return reply
    },
    async upload(name, content) {
      const path = `${url}/api/v1/files?name=${encodeURIComponent(name)}`
      const said = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', cookie },
        body: content as BodyInit,
      })
      if (!said.ok) throw new Error(`${name} was not taken: ${said.status} ${await said.text()}`)
      return (await said.json()) as { sha256: string; name: string; size: number }
    },
    async jobs() {
      const said = await fetch(`${url}/api/v1/sites/${townSite}/journal`, { headers: { cookie } })
      const { events } = (await said.json()) as { events: { number: number; kind: string; job?: Job }[] }
      const jobs: Record<string, Job> = {}
      for (const event of events.toReversed()) if (event.job !== undefined) jobs[event.job.id] = event.job
      return jobs
    },
  }
}

/** Asks again until `look` gives something; fails with `what` after `withinMs`. */
export async function until<Value>(
  what: string,
  withinMs: number,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
): Promise<Value> {
  const end = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`)
    await sleep(50)
  }
}
