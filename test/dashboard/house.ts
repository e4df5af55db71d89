// A city in a temporary folder, schools as plain MQTT clients, and people with cookies: what the tests of the dashboard share.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { type RunningCity, startCity } from '../../dashboard/main.ts'
import type { Command, Reply } from '../../protocols/contract/command.ts'
import { commandSchema } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineMessage, MachineState } from '../../protocols/contract/machine.ts'
import { type Event, topicOf } from '../../protocols/contract/wire.ts'

export const silent = pino({ level: 'silent' })
export const sha = (letter: string) => letter.repeat(64)

const people = [
  { login: 'admin', name: 'Админ', role: 'administrator', sites: 'all' },
  { login: 'tech', name: 'Техник', role: 'technician', sites: 'all' },
  { login: 'anna', name: 'Анна Сергеевна', role: 'teacher', sites: ['alpha'] },
  { login: 'boris', name: 'Борис', role: 'teacher', sites: ['beta'] },
  { login: 'petya', name: 'Петя', role: 'pupil', sites: ['alpha'] },
  { login: 'vasya', name: 'Вася', role: 'pupil', sites: ['alpha'] },
]

/** A folder that goes away with the test. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'tsekh-city-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export type Ports = { screen: number; broker: number }

/** Writes a city.yaml (JSON is YAML) with sites alpha and beta. */
export function writeConfig(folder: string, ports: Ports = { screen: 0, broker: 0 }, extra: object = {}): string {
  const path = join(folder, 'city.yaml')
  const config = {
    data: 'data',
    screen: { port: ports.screen },
    broker: { port: ports.broker },
    sites: [
      { id: 'alpha', name: 'Школа «Альфа»', password: 'alpha-password' },
      { id: 'beta', name: 'Школа «Бета»', password: 'beta-password' },
    ],
    observers: [{ login: 'watcher', password: 'watcher-password', sites: 'all' }],
    people: people.map(person => ({ ...person, password: `${person.login}-password` })),
    demo: true,
    ...extra,
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

/** A port nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export async function openCity(folder: string, ports?: Ports, extra?: object): Promise<RunningCity & AsyncDisposable> {
  const city = await startCity({ configPath: writeConfig(folder, ports, extra), log: silent, webRoot: join(folder, 'screens') })
  return { ...city, [Symbol.asyncDispose]: () => city.stop() }
}

/** What a browser is to the server: a cookie and a way to ask. */
export class Person {
  readonly url: string
  cookie = ''

  constructor(url: string) {
    this.url = url
  }

  static async signIn(url: string, login: string, password = `${login}-password`): Promise<Person> {
    const person = new Person(url)
    const response = await person.post('/api/v1/login', { login, password })
    if (response.status !== 200) throw new Error(`sign-in of ${login}: ${response.status}`)
    person.cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return person
  }

  get(path: string): Promise<Response> {
    return fetch(this.url + path, { headers: { cookie: this.cookie } })
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.cookie, ...headers },
      body: JSON.stringify(body),
    })
  }

  async upload(name: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<{ status: number; body: { sha256: string; size: number } }> {
    const response = await fetch(`${this.url}/api/v1/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { cookie: this.cookie },
      body: bytes,
    })
    return { status: response.status, body: (await response.json()) as { sha256: string; size: number } }
  }
}

/** A school's end of the wire, without a school behind it. */
export class School {
  readonly site: string
  readonly mqtt: MqttClient
  readonly heard: { topic: string; json: unknown; retain: boolean }[] = []
  answer: (command: Command) => Reply | undefined = ({ id }) => ({ outcome: 'done', command: id, at: Date.now() })

  private constructor(site: string, mqtt: MqttClient) {
    this.site = site
    this.mqtt = mqtt
    mqtt.on('message', (topic, payload, packet) => {
      const json: unknown = JSON.parse(payload.toString())
      this.heard.push({ topic, json, retain: packet.retain })
      if (topic !== topicOf('commands', site)) return
      const reply = this.answer(commandSchema.parse(json))
      if (reply !== undefined) mqtt.publish(topicOf('replies', site), JSON.stringify(reply), { qos: 1 })
    })
  }

  static async join(
    brokerUrl: string,
    site: string,
    options: { session?: string; lastEvent?: number; clock?: number; machines?: string[] } = {},
  ) {
    const { session = 'session-1', lastEvent = 0, clock = Date.now(), machines = ['ender'] } = options
    const will = {
      topic: topicOf('status', site),
      payload: Buffer.from(JSON.stringify({ status: 'offline', site, session })),
      qos: 1,
      retain: true,
    } as const
    const mqtt = await connectAsync(brokerUrl, {
      username: site,
      password: `${site}-password`,
      clientId: `daemon-${site}`,
      clean: true,
      reconnectPeriod: 0,
      will,
    })
    const school = new School(site, mqtt)
    await mqtt.subscribeAsync([topicOf('commands', site), topicOf('confirmed', site), topicOf('directory', site)], { qos: 1 })
    const birth = { status: 'online', site, name: `Школа ${site}`, session, version: '0.1.0', clock, machines, lastEvent }
    await school.say(topicOf('status', site), birth, true)
    return Object.assign(school, { [Symbol.asyncDispose]: async () => void (await mqtt.endAsync(true)) })
  }

  async say(topic: string, json: unknown, retain = false): Promise<void> {
    await this.mqtt.publishAsync(topic, JSON.stringify(json), { qos: 1, retain })
  }

  tellMachine(machine: string, state: MachineState = ready): Promise<void> {
    return this.say(topicOf('machine', this.site, machine), machineMessage(machine, state), true)
  }

  tellEvents(events: Event[], session = 'session-1'): Promise<void> {
    return this.say(topicOf('events', this.site), { session, events })
  }

  commands(): Command[] {
    return this.heard.filter(({ topic }) => topic === topicOf('commands', this.site)).map(({ json }) => commandSchema.parse(json))
  }

  confirmed(): number[] {
    return this.heard
      .filter(({ topic }) => topic === topicOf('confirmed', this.site))
      .map(({ json }) => (json as { number: number }).number)
  }
}

export const ready: MachineState = { state: 'ready', since: 1_000 }

export function machineMessage(machine: string, state: MachineState = ready): MachineMessage {
  return {
    declaration: {
      id: machine,
      name: `Станок ${machine}`,
      kind: 'printer',
      dialect: 'marlin',
      model: 'ender-3',
      modelName: 'Ender-3',
      area: { x: 220, y: 220, z: 250 },
    },
    state,
    inService: false,
    readOnly: false,
    at: 1_000,
  }
}

export function job(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    site: 'alpha',
    ticket: 1,
    copy: 1,
    copies: 1,
    program: { sha256: sha('a'), name: 'кубик.gcode', size: 10, kind: 'printer', lines: 3 },
    suitable: ['ender'],
    state: 'queued',
    order: 1,
    held: false,
    author: { id: 'petya', name: 'Петя', role: 'pupil' },
    submittedAt: 1_000,
    ...change,
  }
}

export function jobEvent(number: number, of: Job, change = 'submitted'): Event {
  return { kind: 'job', number, at: 1_000 + number, change, job: of }
}

/** Waits until something holds; fails with its name when it does not within ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
