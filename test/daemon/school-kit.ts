// A whole school for tests: its file, its screen as a person uses it over HTTP, and its process where it must be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Upload } from '../../protocols/contract/screen.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { until } from './kit.ts'

/** `more`: further options as they stand in the file, e.g. `startButton: true`. */
export type TestMachine = { id: string; model: string; port: string; more?: string }

/** Writes school.yaml into the folder and answers its path. Everybody's password is the login. */
export function writeSchool(folder: string, machines: readonly TestMachine[], more = ''): string {
  const rows = machines.map(
    ({ id, model, port, more }) => `  - { id: ${id}, name: ${id}, model: ${model}, port: "${port}"${more ? `, ${more}` : ''} }`,
  )
  const people = ['pupil', 'teacher', 'technician', 'administrator'].map(
    role => `  - { id: ${role}-1, name: The ${role}, login: ${role}, role: ${role}, password: ${role} }`,
  )
  const text = [
    'site: { id: school-1, name: Школа № 1 }',
    'data: data',
    'screen: { port: 0 }',
    'demo: true',
    'machines:',
    ...rows,
    'people:',
    ...people,
    more,
  ]
  const path = join(folder, 'school.yaml')
  writeFileSync(path, text.join('\n'))
  return path
}

/** A person at a screen. */
export class Visitor {
  readonly url: string
  readonly site: string
  #cookie = ''

  get cookie(): string {
    return this.#cookie
  }

  /** Takes over a session begun elsewhere. */
  carry(cookie: string): void {
    this.#cookie = cookie
  }

  constructor(url: string, site = 'school-1') {
    this.url = url
    this.site = site
  }

  async signIn(login: string): Promise<this> {
    const body = JSON.stringify({ login, password: login })
    const response = await fetch(`${this.url}/api/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`)
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    return this
  }

  async upload(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Upload | { denial: Denial }> {
    const response = await fetch(`${this.url}/api/v1/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { cookie: this.#cookie, 'content-type': 'application/octet-stream' },
      body: bytes,
    })
    return (await response.json()) as Upload | { denial: Denial }
  }

  /** The school's last word, waited for. */
  async ask(ask: Ask, id: string = randomUUID()): Promise<Reply> {
    const headers = { cookie: this.#cookie, 'content-type': 'application/json' }
    const path = `${this.url}/api/v1/sites/${this.site}/commands`
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ id, ask }) })
    let answer = (await response.json()) as { reply?: Reply; denial?: Denial }
    if (answer.denial) return { outcome: 'refused', command: id, at: 0, denial: answer.denial }
    await until(async () => {
      if (answer.reply !== undefined && answer.reply.outcome !== 'accepted') return true
      answer = (await (await fetch(`${path}/${id}`, { headers })).json()) as { reply?: Reply }
      return false
    }, `${ask.kind} is answered`)
    if (answer.reply === undefined) throw new Error('no reply')
    return answer.reply
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: { cookie: this.#cookie } })
  }

  async journal(): Promise<Event[]> {
    const response = await fetch(`${this.url}/api/v1/sites/${this.site}/journal`, { headers: { cookie: this.#cookie } })
    return ((await response.json()) as { events: Event[] }).events
  }

  async job(id: string): Promise<Job | undefined> {
    for (const event of await this.journal()) if (event.kind === 'job' && event.job.id === id) return event.job
    return undefined
  }

  async submit(name: string, bytes: Uint8Array<ArrayBuffer>, more: Partial<Extract<Ask, { kind: 'job.submit' }>> = {}): Promise<Reply> {
    const upload = await this.upload(name, bytes)
    if ('denial' in upload) return { outcome: 'refused', command: '', at: 0, denial: upload.denial }
    return this.ask({ kind: 'job.submit', request: randomUUID(), ...upload, copies: 1, ...more })
  }
}

export type SchoolProcess = { url: string; child: ChildProcess; kill(): Promise<void>; end(): Promise<number | null> }

/** `tsekh school` as a process of its own, which can be killed. */
export async function spawnSchool(configPath: string, args: string[] = []): Promise<SchoolProcess> {
  const launcher = join(import.meta.dirname, '../../daemon/cli/tsekh.js')
  const child = spawn(process.execPath, [launcher, 'school', configPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSEKH_LOG: 'error' },
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{')) continue
    const { url } = JSON.parse(line) as { url: string }
    const finish = async (signal: NodeJS.Signals) => {
      child.kill(signal)
      await exited
    }
    return {
      url,
      child,
      kill: () => finish('SIGKILL'),
      end: async () => {
        await finish('SIGTERM')
        return child.exitCode
      },
    }
  }
  throw new Error('the school ended before it was open')
}
