// A web server on a workplace made by hand: a school's screen or a city's, without a broker behind it.
import { randomBytes, scryptSync } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { Fleet } from '../../dashboard/fleet/fleet.ts'
import { openFileStore } from '../../dashboard/server/files.ts'
import { startWeb, type WebOptions } from '../../dashboard/server/web.ts'
import { createMemoryKeys } from '../../dashboard/slicers/keys.ts'
import type { Account, Workplace } from '../../dashboard/workplace.ts'
import type { Command, Reply } from '../../protocols/contract/command.ts'
import type { Frame, Me, View, ViewSnapshot } from '../../protocols/contract/screen.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { job, jobEvent, machineMessage, type Person, sha, silent, temporaryFolder } from './house.ts'

/** The cheapest hash we accept: tests sign in often. */
function cheapHash(password: string): string {
  const salt = randomBytes(16)
  const key = scryptSync(password, salt, 32, { N: 1_024, r: 8, p: 1 })
  return `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`
}

const accounts: Account[] = (
  [
    ['admin', 'administrator', 'all'],
    ['tech', 'technician', 'all'],
    ['anna', 'teacher', ['alpha']],
    ['boris', 'teacher', ['beta']],
    ['petya', 'pupil', ['alpha']],
    ['vasya', 'pupil', ['alpha']],
  ] as const
).map(([login, role, sites]) => ({
  id: login,
  login,
  name: login,
  role,
  sites: sites === 'all' ? 'all' : [...sites],
  passwordHash: cheapHash(`${login}-password`),
}))

export type Screen = AsyncDisposable & {
  url: string
  fleet: Fleet
  folder: string
  commands: Command[]
  accounts: Account[]
  /** The last words on commands, by id. */
  replies: Map<string, Reply>
  /** What the workplace answers; undefined: nothing until the signal. */
  answer: (command: Command) => Reply | undefined
  stored(): string[]
  /** Open pages, as the server counts them. */
  watching(): number
}

/** Site alpha with machine ender, a job of petya's and one of vasya's; site beta empty. */
export async function openScreen(options: Partial<WebOptions> & { scope?: Me['scope']; more?: Partial<Workplace> } = {}): Promise<Screen> {
  const folder = temporaryFolder()
  const webRoot = join(folder.path, 'screens')
  mkdirSync(join(webRoot, 'assets'), { recursive: true })
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Цех</title><script>1</script>')
  writeFileSync(join(webRoot, 'assets', 'main-abc.js'), '1')
  const fleet = new Fleet({
    sites: [
      { id: 'alpha', name: 'Альфа' },
      { id: 'beta', name: 'Бета' },
    ],
  })
  fleet.apply('alpha', {
    name: 'status',
    payload: {
      status: 'online',
      site: 'alpha',
      name: 'Альфа',
      session: 's-first-1',
      version: '1',
      clock: 0,
      machines: ['ender'],
      lastEvent: 0,
    },
  })
  fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender') })
  const ofVasya = job('job-vasya', {
    author: { id: 'vasya', name: 'Вася', role: 'pupil' },
    program: { sha256: sha('b'), name: 'тайна.gcode', size: 1, kind: 'printer', lines: 1 },
  })
  fleet.apply('alpha', { name: 'events', events: [jobEvent(1, job('job-petya')), jobEvent(2, ofVasya)] })

  const files = openFileStore(join(folder.path, 'data'))
  const screen: Omit<Screen, typeof Symbol.asyncDispose | 'url' | 'watching'> = {
    fleet,
    folder: folder.path,
    commands: [],
    replies: new Map(),
    accounts: [...accounts],
    answer: ({ id }) => ({ outcome: 'done', command: id, at: 1 }),
    stored: () =>
      ['incoming', 'files', 'previews', 'pictures'].flatMap(kind =>
        readdirSync(join(folder.path, 'data', kind)).map(name => `${kind}/${name}`),
      ),
  }
  const workplace: Workplace = {
    scope: options.scope ?? { kind: 'city' },
    fleet,
    keys: createMemoryKeys(),
    account: login => screen.accounts.find(account => account.login === login),
    command: (_site, command, signal) => {
      screen.commands.push(command)
      const reply = screen.answer(command)
      if (reply === undefined) return new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined)))
      screen.replies.set(command.id, reply)
      return Promise.resolve(reply)
    },
    reply: (_site, id) => screen.replies.get(id),
    receiveFile: (name, body) => files.receive(name, body),
    filePath: sha256 => files.path(sha256),
    picturePath: (sha256, what) => files.picturePath(sha256, what),
    storePicture: (sha256, what, body) => files.storePicture(sha256, what, body),
    journal: () => [],
    siteCredentials: (site, password) => site === 'alpha' && password === 'alpha-password',
    ...options.more,
  }
  const web = await startWeb({ workplace, host: '127.0.0.1', port: 0, webRoot, log: silent, frameMs: 20, ...options })
  return Object.assign(screen, {
    url: web.url,
    watching: () => web.watching(),
    [Symbol.asyncDispose]: async () => {
      await web.close()
      folder[Symbol.dispose]()
    },
  })
}

/** A browser's page: what it watches, patched by frames by hand of the test. */
export type Page = Disposable & {
  socket: Socket
  frames: Frame[]
  replies: Reply[]
  watch(view: View): Promise<ViewSnapshot | { denial: Denial }>
}

export async function openPage(person: Person, transport: 'websocket' | 'polling' = 'websocket'): Promise<Page> {
  const socket = io(person.url, { transports: [transport], reconnection: false, forceNew: true, extraHeaders: { cookie: person.cookie } })
  const frames: Frame[] = []
  const replies: Reply[] = []
  socket.on('frame', frame => frames.push(frame))
  socket.on('reply', reply => replies.push(reply))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    socket,
    frames,
    replies,
    watch: view => socket.timeout(5_000).emitWithAck('watch', view),
    [Symbol.dispose]: () => void socket.close(),
  }
}
