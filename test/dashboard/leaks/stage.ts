// A city and two schools, whole, with something planted in every place where a name, a secret or a file lies; and everybody who might look.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { startSchool } from '../../../daemon/main.ts'
import { startCity } from '../../../dashboard/main.ts'
import { until } from '../../daemon/kit.ts'
import { Visitor } from '../../daemon/school-kit.ts'
import { startDevice } from '../../devices/device.ts'
import { temporaryFolder } from '../house.ts'

export type Role = 'nobody' | 'pupil' | 'teacher' | 'technician' | 'administrator'
export type Site = 'alpha' | 'beta'
export type Server = 'city' | Site
/** Somebody before a server. `key`: whose things are this viewer's own. */
export type Viewer = { name: string; role: Role; server: Server; sites: readonly Site[]; key?: Owner; visitor: Visitor }
/** Pupils whose files are planted. fox and wolf sit in one class, lynx in another; petya sends from the city; hare is in the other school. */
export const owners = ['fox', 'wolf', 'lynx', 'petya', 'hare'] as const
export type Owner = (typeof owners)[number]
export type Planted = { job: string; ticket: string; sha256: string; site: Site; command: string }

/** Nobody may ever read these after they were told once: not in an answer, not in a frame, not in a log. */
export const secrets = {
  'password of the site': 'canary-site-password-alpha',
  'password of the other site': 'canary-site-password-beta',
  'password of an observer': 'canary-observer-password',
  'password of a person': 'canary-password-of',
  'password hash': 'scrypt$',
  'secret of the sign-on': 'canary-sign-on-secret',
  'password of a camera': 'canary-camera-password',
  'address of a camera': 'canary-camera-address',
  'a PIN': '83519246',
  'address of a telephone': 'canary-push-endpoint',
} as const

/** What a pupil planted: the file's name and the comment, seen by the pupil and the staff of the school. */
export const fileOf = (owner: Owner) => `canary-file-${owner}.gcode`
const commentOf = (owner: Owner) => `canary-comment-${owner}`
/** Known to the school alone: to its staff and to the pupil. */
export const nicknameOf: Record<Exclude<Owner, 'petya'>, string> = { fox: 'Лисичка', wolf: 'Волчонок', lynx: 'Рысёнок', hare: 'Зайчонок' }
/** Names of staff: for whoever is signed in. */
export const staffNames = ['Канарейкина Анна', 'Канарейкин Борис', 'Канарейко Тимофей', 'Канареев Админ']

const site = (id: Site) => ({
  id,
  name: `Школа ${id}`,
  password: secrets[id === 'alpha' ? 'password of the site' : 'password of the other site'],
})
const passwordOf = (login: string) => `canary-password-of-${login}`
const people = [
  { login: 'anna', name: staffNames[0], role: 'teacher', sites: ['alpha'] },
  { login: 'boris', name: staffNames[1], role: 'teacher', sites: ['beta'] },
  { login: 'tech', name: staffNames[2], role: 'technician', sites: 'all' },
  { login: 'tech-beta', name: staffNames[2], role: 'technician', sites: ['beta'] },
  { login: 'admin', name: staffNames[3], role: 'administrator', sites: 'all' },
  { login: 'petya', name: 'П-ПЕТЯ', role: 'pupil', sites: ['alpha'] },
] as const

/** A print of a second, each its own: the bytes are told apart by a number. */
const print = (seed: number) =>
  Buffer.from(['M83', `; ${seed}`, 'M104 S200', 'G28', 'M109 S200', 'G90', 'G1 X50 Y50 E0.05 F3000', 'M104 S0'].join('\n'))

/** A browser that keeps what it was told once. */
class Guest extends Visitor {
  recovery = ''

  async enter(login: string): Promise<this> {
    const response = await fetch(`${this.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password: passwordOf(login) }),
    })
    if (!response.ok) throw new Error(`${login} at ${this.url}: ${response.status} ${await response.text()}`)
    this.carry(response.headers.getSetCookie()[0]?.split(';')[0] ?? '')
    return this
  }

  async join(code: string, nickname: string): Promise<this> {
    const response = await fetch(`${this.url}/join`, { method: 'POST', body: new URLSearchParams({ code, nickname }) })
    const page = await response.text()
    if (response.status !== 200) throw new Error(`${nickname} did not come in: ${response.status} ${page.slice(0, 500)}`)
    this.carry(response.headers.getSetCookie()[0]?.split(';')[0] ?? '')
    this.recovery = /[а-я]+-[а-я]+-[а-я]+-\d\d/.exec(page)?.[0] ?? ''
    return this
  }

  async send(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.cookie },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} }
  }
}

export async function setLeakStage() {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const lines: string[] = []
  const log = pino(
    { level: 'trace' },
    new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const device = stack.use(await startDevice({ kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 100, bootMs: 10 }))

  const cityFile = join(folder.path, 'city.yaml')
  const signOn = [
    { id: 'edu', name: 'Вход области', issuer: 'http://127.0.0.1:1', clientId: 'tsekh', clientSecret: secrets['secret of the sign-on'] },
  ]
  const cityConfig = {
    data: 'city',
    screen: { port: 0 },
    broker: { port: 0 },
    sites: [site('alpha'), site('beta')],
    observers: [{ login: 'watcher', password: secrets['password of an observer'], sites: 'all' }],
    people: people.map(person => ({ ...person, password: passwordOf(person.login) })),
    signOn,
  }
  writeFileSync(cityFile, JSON.stringify(cityConfig))
  const city = await startCity({ configPath: cityFile, log })
  stack.defer(() => city.stop())

  const openSchool = async (id: Site) => {
    const { name, password } = site(id)
    const camera = {
      snapshot: `http://127.0.0.1:1/${secrets['address of a camera']}`,
      username: 'camera',
      password: secrets['password of a camera'],
    }
    const printer = {
      id: 'printer-1',
      name: `Принтер ${id}`,
      model: 'generic-marlin',
      port: id === 'alpha' ? device.url : 'tcp://127.0.0.1:2',
      camera,
    }
    const laser = { id: 'laser-1', name: `Лазер ${id}`, model: 'generic-grbl-laser', port: 'tcp://127.0.0.1:1' }
    const path = join(folder.path, `${id}.yaml`)
    const config = {
      site: { id, name },
      data: id,
      screen: { port: 0 },
      city: { broker: city.brokerUrl, web: city.url, password },
      machines: [printer, laser],
    }
    writeFileSync(path, JSON.stringify(config))
    const school = await startSchool({ configPath: path, log })
    stack.defer(() => school.stop({ stopRoom: true }))
    return school
  }
  const schools = { alpha: await openSchool('alpha'), beta: await openSchool('beta') }
  await until(
    () => (['alpha', 'beta'] as const).every(id => city.fleet.site(id)?.link.link === 'online'),
    'both schools have joined',
    30_000,
  )

  const urlOf = (server: Server) => (server === 'city' ? city.url : schools[server].url)
  const guest = (server: Server) => new Guest(urlOf(server), server === 'city' ? 'alpha' : server)
  const viewers: Viewer[] = []
  const staffAt = async (server: Server) => {
    for (const { login, role, sites } of people) {
      const all: readonly Site[] = sites === 'all' ? ['alpha', 'beta'] : sites
      if (server !== 'city' && (role === 'pupil' || !all.includes(server))) continue
      let visitor: Guest | undefined
      await until(
        async () => {
          visitor = await guest(server)
            .enter(login)
            .catch(() => undefined)
          return visitor !== undefined
        },
        `${login} is known at ${server}`,
        20_000,
      )
      if (visitor === undefined) continue
      viewers.push({
        name: `${login} at ${server}`,
        role,
        server,
        sites: server === 'city' ? all : [server],
        visitor,
        ...(login === 'petya' && { key: 'petya' }),
      })
    }
    viewers.push({ name: `nobody at ${server}`, role: 'nobody', server, sites: [], visitor: guest(server) })
  }
  await staffAt('city')
  await staffAt('alpha')
  await staffAt('beta')
  const find = (name: string) => {
    const found = viewers.find(viewer => viewer.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found.visitor as Guest
  }

  // Classes, and pupils who join them.
  const openGroup = async (server: Site, group: string, name: string) => {
    const teacher = find(server === 'alpha' ? 'anna at alpha' : 'boris at beta')
    const reply = await teacher.ask({ kind: 'group.open', group, name, endsAt: Date.now() + 30 * 24 * 3_600_000 })
    return reply.outcome === 'done' ? (reply.code ?? '') : ''
  }
  const own = await openGroup('alpha', 'group-7b-0001', '7Б')
  const other = await openGroup('alpha', 'group-8a-0001', '8А')
  const far = await openGroup('beta', 'group-9v-0001', '9В')
  const recoveries: string[] = []
  for (const [key, server, code] of [
    ['fox', 'alpha', own],
    ['wolf', 'alpha', own],
    ['lynx', 'alpha', other],
    ['hare', 'beta', far],
  ] as const) {
    const visitor = await guest(server).join(code, nicknameOf[key])
    recoveries.push(visitor.recovery)
    viewers.push({ name: `${key} at ${server}`, role: 'pupil', server, sites: [server], key, visitor })
  }

  // Files, jobs and tickets of theirs.
  const planted = {} as Record<Owner, Planted>
  for (const [index, viewer] of viewers.filter(({ key }) => key !== undefined).entries()) {
    const { key, visitor, sites } = viewer
    const [home = 'alpha'] = sites
    if (key === undefined) continue
    const upload = await visitor.upload(fileOf(key), print(index))
    if ('denial' in upload) throw new Error(upload.denial.code)
    const ask = { kind: 'job.submit' as const, request: `request-of-${key}`, ...upload, copies: 1, comment: commentOf(key) }
    const command = `command-of-${key}`
    const reply = await visitor.ask(ask, command)
    if (reply.outcome !== 'done') throw new Error(`${key}: ${JSON.stringify(reply)}`)
    const job = reply.jobs?.[0] ?? ''
    await until(() => city.fleet.site(home)?.jobs[job] !== undefined, `the city knows the job of ${key}`)
    const { path } = (await (await visitor.get(`/api/v1/sites/${home}/tickets/${job}`)).json()) as { path: string }
    planted[key] = { job, ticket: path.slice('/t/'.length), sha256: upload.sha256, site: home, command }
  }

  // Things that are told once: a PIN, a slicer's key, a wall's token, an invitation, a telephone's address.
  const once: Record<string, string> = {}
  for (const [index, words] of recoveries.entries()) once[`words of the way back ${index + 1}`] = words
  const pin = await find('anna at alpha').send('/api/v1/pin', { pin: secrets['a PIN'], password: passwordOf('anna') })
  const key = await find('anna at city').send('/api/v1/keys', { site: 'alpha', target: 'queue' })
  const keyAtSchool = await find('anna at alpha').send('/api/v1/keys', { site: 'alpha', target: 'queue' })
  const wall = await find('tech at city').send('/api/v1/tv', { site: 'alpha', name: 'Стена', days: 9 })
  const invited = await find('admin at city').send('/api/v1/staff', {
    login: 'newcomer',
    name: 'Новенькая',
    role: 'teacher',
    sites: ['beta'],
  })
  const told = { pin: pin.status, key: key.status, keyAtSchool: keyAtSchool.status, wall: wall.status, invited: invited.status }
  if (JSON.stringify(Object.values(told)) !== '[204,201,201,201,201]') throw new Error(`the stage is not set: ${JSON.stringify(told)}`)
  once["a slicer's key"] = String(key.body.secret)
  once["a slicer's key at school"] = String(keyAtSchool.body.secret)
  once['token of a wall'] = new URL(String(wall.body.path), city.url).searchParams.get('token') ?? ''
  once['token of an invitation'] = String(invited.body.path).slice('/invite/'.length)
  for (const viewer of viewers)
    if (viewer.visitor.cookie !== '') once[`session of ${viewer.name}`] = viewer.visitor.cookie.split('=')[1] ?? ''
  await fetch(`${schools.alpha.url}/t/${planted.fox.ticket}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      endpoint: `https://updates.push.services.mozilla.com/${secrets['address of a telephone']}`,
      keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
    }),
  })
  const stickers = await (await find('anna at city').get('/m/alpha/laser-1')).url
  const sticker = stickers.slice(stickers.lastIndexOf('/') + 1)
  const open = stack.move()
  return {
    city,
    schools,
    viewers,
    planted,
    once,
    lines,
    urlOf,
    ids: { key: String((key.body.key as { id: string }).id), screen: String((wall.body.screen as { id: string }).id) },
    wallToken: once['token of a wall'],
    slicerKey: once["a slicer's key"],
    /** What stands behind /m/alpha/ on the laser's sticker. */
    machineLink: sticker,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

export type LeakStage = Awaited<ReturnType<typeof setLeakStage>>

/** What of the planted things is in this text and is not for this viewer; `shown`: owners whose ticket or file was asked for with its own link. */
export function leaksIn(text: string, viewer: Viewer, stage: Pick<LeakStage, 'once' | 'planted'>, shown: readonly Owner[] = []): string[] {
  const staff = viewer.role !== 'nobody' && viewer.role !== 'pupil'
  const found = (what: string, canary: string, may: boolean) => (!may && canary !== '' && text.includes(canary) ? [what] : [])
  return [
    ...Object.entries({ ...secrets, ...stage.once }).flatMap(([what, canary]) => found(what, canary, false)),
    ...owners.flatMap(owner => {
      const home = stage.planted[owner].site
      const may = viewer.key === owner || shown.includes(owner) || (staff && viewer.sites.includes(home))
      const nickname = owner === 'petya' ? '' : nicknameOf[owner]
      return [
        ...found(`file of ${owner}`, fileOf(owner), may),
        ...found(`comment of ${owner}`, commentOf(owner), may),
        ...found(`hash of the file of ${owner}`, stage.planted[owner].sha256, may),
        ...found(`ticket of ${owner}`, stage.planted[owner].ticket, may),
        ...found(`nickname of ${owner}`, nickname, viewer.server === home && (viewer.key === owner || staff)),
      ]
    }),
    ...staffNames.flatMap(name => found(`name of ${name}`, name, viewer.role !== 'nobody')),
  ]
}
