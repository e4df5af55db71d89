// A server for looking at the screens without a city: the built pages, canned schools, and every command it was sent.
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { Server, type Socket } from 'socket.io'
import { frames, showCity, showConditions, showMachine, showSite, summarise } from '../../dashboard/fleet/picture.ts'
import type { Ask, Reply } from '../../protocols/contract/command.ts'
import type { Condition } from '../../protocols/contract/condition.ts'
import type { Author } from '../../protocols/contract/job.ts'
import type { Roster, SitePicture } from '../../protocols/contract/screen.ts'
import { type CommandBody, commandBodySchema, type Me, type View, type ViewSnapshot, viewSchema } from '../../protocols/contract/screen.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { pathOf, previewOf, programOf } from './programs.ts'
import { city, heatHistory, people, type SceneName } from './scenes.ts'

export type FakeOptions = {
  /** Folder of the built pages. */
  dist: string
  scene: SceneName
  scope?: Me['scope']
  /** Signed in from the start as this one. */
  as?: keyof typeof people | 'nobody'
  /** Schools this person sees; all when absent. */
  sites?: string[] | 'all'
  port?: number
  /** People of every school. */
  roster?: Roster
  /** Of whoever is signed in, and the digits that are right. */
  pin?: NonNullable<Me['pin']> & { digits: string }
  /** What a technician finds on the page of conditions. */
  conditions?: Record<string, Condition>
  conditionEvents?: Event[]
  /** Over what it says of itself. */
  me?: Partial<Me>
  /** Answers ready made, by `GET /api/v1/staff`. */
  canned?: Readonly<Record<string, unknown>>
  /** In place of the scene's own school 5. */
  picture?: (now: number) => SitePicture
  /** What a command makes of its school, where the server is to behave like one. */
  behaves?: (picture: SitePicture, ask: Ask, author: Author) => SitePicture
  /** Uploads are held back after this share until `releaseUploads`. */
  holdUploads?: boolean
}

/** silent: 202 and an answer only later, by `answerWaiting`. */
export type Answering = (ask: Ask) => Reply | 'silent' | { denial: Denial; status: number } | undefined

export type FakeServer = {
  url: string
  /** Asks in the order they came. */
  asked: { site: string; id: string; ask: Ask }[]
  uploads: { name: string; bytes: number }[]
  /** Deeds on conditions: the path after /conditions/, and the body. */
  settled: { path: string; body: unknown }[]
  /** What was sent about PINs: the path's last part, and the body. */
  pins: { path: string; body: unknown }[]
  /** Replaces the usual answers where it returns something. */
  answering(answer: Answering): void
  /** Changes the picture of a school and sends frames to whoever watches it. */
  change(site: string, how: (picture: SitePicture) => SitePicture): void
  /** Answers what was left silent. */
  answerWaiting(): void
  releaseUploads(): void
  /** Cuts every socket and refuses new ones until called with false. */
  cut(on: boolean): void
  close(): Promise<void>
}

const password = 'demo'
const demoAccounts = Object.entries(people).map(([login, { role }]) => ({ login, password, role }))
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
/** The real server's policy (dashboard/server/pages.ts): what it forbids must not be needed. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; script-src 'self'; connect-src 'self'"

export async function startFake(options: FakeOptions): Promise<FakeServer> {
  const sites = new Map(city(options.scene, Date.now()).map(picture => [picture.site, picture]))
  if (options.picture !== undefined) sites.set('school-5', options.picture(Date.now()))
  const scope = options.scope ?? { kind: 'city' }
  const visible = () =>
    [...sites.values()].filter(({ site }) => options.sites === undefined || options.sites === 'all' || options.sites.includes(site))
  let author: Me['author'] = options.as === undefined || options.as === 'nobody' ? undefined : people[options.as]
  let answer: Answering = () => undefined
  let ticket = 60
  let isCut = false
  const asked: FakeServer['asked'] = []
  const uploads: FakeServer['uploads'] = []
  const settled: FakeServer['settled'] = []
  const pins: FakeServer['pins'] = []
  let pinSet = options.pin?.set === true
  const silent: { id: string; ask: Ask }[] = []
  const held = new Set<() => void>()
  const watching = new Map<Socket, View>()
  const staff = { kind: 'staff', sites: 'all' } as const

  const me = (): Me => ({
    ...(author && { author }),
    ...(author && options.pin && { pin: { set: pinSet, atStart: options.pin.atStart } }),
    sites: author === undefined ? [] : visible().map(({ site, name }) => ({ id: site, name })),
    scope,
    demoAccounts,
    ...options.me,
  })

  const replyTo = (id: string, ask: Ask): Reply => {
    const done = { outcome: 'done', command: id, at: Date.now() } as const
    if (ask.kind === 'program.check') return { ...done, program: programOf(ask.name, ask.sha256, ask.size) }
    if (ask.kind !== 'job.submit') return done
    ticket += 1
    return { ...done, ticket, jobs: [ask.request] }
  }

  const http = createServer((request, response) => {
    serve(request, response).catch(error => {
      response.writeHead(500).end(String(error))
    })
  })
  const io = new Server(http, { serveClient: false, allowRequest: (_request, allow) => allow(null, !isCut) })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    const [, api, , what, ...rest] = url.pathname.split('/')
    if (api !== 'api') return page(url.pathname, response)
    if (isCut) return void request.socket.destroy()
    const canned = options.canned?.[`${request.method} ${url.pathname}`]
    if (canned !== undefined) return json(response, request.method === 'POST' ? 201 : 200, canned)
    if (what === 'me') return json(response, 200, me())
    if (what === 'pin' || rest[1] === 'confirmations') {
      const body = JSON.parse((await read(request)).toString()) as { pin: string }
      pins.push({ path: rest[1] ?? 'pin', body })
      if (rest[1] === 'confirmations' && body.pin !== options.pin?.digits) {
        return json(response, 403, { denial: simple('wrong-pin', 'Неверный ПИН-код.', 'Wrong PIN.') })
      }
      pinSet = true
      response.writeHead(204).end()
      return
    }
    if (rest[1] === 'roster') return json(response, 200, options.roster ?? {})
    if (rest[1] === 'tickets') return json(response, 200, { path: '/t/61-abcdefghjkmn' })
    if (what === 'login') {
      const body = JSON.parse((await read(request)).toString())
      const found = Object.entries(people).find(([login]) => login === body.login)
      if (found === undefined || body.password !== password)
        return json(response, 401, { denial: simple('wrong-login', 'Неверное имя или пароль.', 'Wrong name or password.') })
      author = found[1]
      return json(response, 200, me())
    }
    if (what === 'logout') {
      author = undefined
      response.writeHead(204).end()
      return
    }
    if (what === 'conditions' && request.method === 'POST') {
      settled.push({ path: rest.join('/'), body: JSON.parse((await read(request)).toString()) })
      response.writeHead(204).end()
      return
    }
    if (what === 'tv' && request.method === 'POST') return json(response, 201, { path: '/tv/school-5?kiosk=1&token=secret', screen: {} })
    if (what === 'tv') return json(response, 200, { screens: [] })
    if (what === 'conditions' && rest[1] === 'events') return json(response, 200, { events: options.conditionEvents ?? [] })
    if (what === 'files') return upload(request, response, url.searchParams.get('name') ?? '')
    if (what === 'programs' && rest[1] === 'path') return bytes(response, pathOf(rest[0] ?? ''))
    if (what === 'programs' && rest[1] === 'progress') return void response.writeHead(204).end()
    if (what === 'programs' && rest[1] === 'preview') return json(response, 200, previewOf(rest[0] ?? ''))
    if (what === 'sites' && rest[1] === 'commands' && request.method === 'POST') return command(request, response, rest[0] ?? '')
    if (what === 'sites' && rest[1] === 'commands') return json(response, 202, { command: rest[2] })
    json(response, 404, { denial: simple('not-found', 'Такого здесь нет.', 'There is no such thing here.') })
  }

  async function command(request: IncomingMessage, response: ServerResponse, site: string): Promise<void> {
    const body: CommandBody = commandBodySchema.parse(JSON.parse((await read(request)).toString()))
    asked.push({ site, id: body.id, ask: body.ask })
    const said = answer(body.ask)
    if (said === 'silent') {
      silent.push({ id: body.id, ask: body.ask })
      return json(response, 202, { command: body.id })
    }
    if (said !== undefined && 'denial' in said && 'status' in said) return json(response, said.status, { denial: said.denial })
    const reply = said === undefined ? replyTo(body.id, body.ask) : { ...said, command: body.id }
    const { behaves } = options
    if (reply.outcome === 'done' && behaves !== undefined && author !== undefined) {
      const by = author
      change(site, picture => behaves(picture, body.ask, by))
    }
    json(response, 200, { reply })
  }

  async function upload(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    let bytes = 0
    for await (const chunk of request) {
      bytes += chunk.length
      if (options.holdUploads === true && bytes > 400_000 && held.size === 0) await new Promise<void>(resolve => held.add(resolve))
    }
    uploads.push({ name, bytes })
    const kind = /\.nc$/i.test(name) ? 'b' : 'a'
    json(response, 201, { sha256: kind.repeat(64), name, size: bytes })
  }

  function page(path: string, response: ServerResponse): void {
    const asset = normalize(join(options.dist, path))
    const file = asset.startsWith(options.dist) && extname(path) !== '' && existsSync(asset) ? asset : join(options.dist, 'index.html')
    response.writeHead(200, {
      'content-type': `${types[extname(file)] ?? 'application/octet-stream'}; charset=utf-8`,
      'content-security-policy': policy,
    })
    createReadStream(file).pipe(response)
  }

  const summaries = () => Object.fromEntries(visible().map(picture => [picture.site, summarise(picture)]))
  const snapshotOf = (view: View): ViewSnapshot | undefined => {
    const at = Date.now()
    if (view.kind === 'city') return { kind: 'city', at, sites: summaries() }
    if (view.kind === 'conditions') return { kind: 'conditions', at, conditions: options.conditions ?? {} }
    const picture = sites.get(view.site)
    if (picture === undefined) return undefined
    if (view.kind === 'site') return { kind: 'site', at, picture }
    const machine = picture.machines[view.machine]
    if (machine === undefined) return undefined
    const telemetry = picture.telemetry[view.machine]
    const { jobs } = showMachine(picture, view.machine, staff)
    const history = telemetry?.heaters === undefined ? [] : heatHistory(at)
    return {
      kind: 'machine',
      at,
      site: view.site,
      name: picture.name,
      link: picture.link,
      machine,
      ...(telemetry && { telemetry }),
      jobs: { ...jobs },
      history,
    }
  }
  const showing = (view: View) => {
    if (view.kind === 'city') return showCity(summaries(), staff)
    if (view.kind === 'conditions') return showConditions(new Map([['', options.conditions ?? {}]]), staff)
    const picture = sites.get(view.site)
    if (picture === undefined) return undefined
    return view.kind === 'site' ? showSite(picture, staff) : showMachine(picture, view.machine, staff)
  }

  const change: FakeServer['change'] = (site, how) => {
    const before = [...watching].map(([socket, view]) => ({ socket, view, shown: showing(view) }))
    const picture = sites.get(site)
    if (picture === undefined) throw new Error(`no school ${site}`)
    sites.set(site, how(picture))
    for (const { socket, view, shown } of before) {
      const after = showing(view)
      if (shown === undefined || after === undefined) continue
      const { state, telemetry } = frames(shown, after, Date.now())
      if (state !== undefined) socket.emit('frame', state)
      if (telemetry !== undefined) socket.emit('frame', telemetry)
    }
  }

  io.use((_socket, next) => (author === undefined ? next(new Error('not-signed-in')) : next()))
  io.on('connection', socket => {
    socket.on('watch', (asks: unknown, answerWatch: (snapshot: unknown) => void) => {
      const view = viewSchema.parse(asks)
      const snapshot = snapshotOf(view)
      if (snapshot === undefined) return answerWatch({ denial: simple('not-found', 'Такого здесь нет.', 'There is no such thing here.') })
      watching.set(socket, view)
      answerWatch(snapshot)
    })
    socket.on('disconnect', () => watching.delete(socket))
  })

  await new Promise<void>(resolve => http.listen(options.port ?? 0, '127.0.0.1', resolve))
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    settled,
    pins,
    uploads,
    answering: next => {
      answer = next
    },
    change,
    answerWaiting: () => {
      for (const { id, ask } of silent.splice(0)) io.emit('reply', replyTo(id, ask))
    },
    releaseUploads: () => {
      for (const release of held) release()
    },
    cut: on => {
      isCut = on
      if (on) io.disconnectSockets(true)
    },
    close: async () => {
      for (const release of held) release()
      await io.close()
      http.closeAllConnections()
    },
  }
}

export function simple(code: string, ru: string, en: string): Denial {
  return { code, text: { ru, en } }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function bytes(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body)
}
