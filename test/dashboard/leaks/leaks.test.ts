// No name, secret or other pupil's file anywhere a role may not see it: every address, ask and view × everybody × own and other school, in the city and at school.
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askSchema } from '../../../protocols/contract/command.ts'
import type { Frame, View } from '../../../protocols/contract/screen.ts'
import { viewSchema } from '../../../protocols/contract/screen.ts'
import { askExamples } from './asks.ts'
import { askers, type Row, rows } from './rows.ts'
import { type LeakStage, leaksIn, type Owner, owners, type Server, type Site, secrets, setLeakStage, type Viewer } from './stage.ts'

let stage: LeakStage
beforeAll(async () => {
  stage = await setLeakStage()
}, 120_000)
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
})

const sites: readonly Site[] = ['alpha', 'beta']
const servers: readonly Server[] = ['city', 'alpha', 'beta']
const refused = [401, 403, 404]

function routesOf(server: Server): string[] {
  return server === 'city' ? stage.city.routes() : stage.schools[server].routes()
}

describe('the table of addresses', () => {
  it('has a row for each that a city or a school answers, and none for any that is gone', () => {
    const mounted = new Set(servers.flatMap(routesOf))
    expect([...mounted].filter(route => rows[route] === undefined)).toEqual([])
    expect(Object.keys(rows).filter(route => !mounted.has(route))).toEqual([])
  })
})

/** One try of an address: whose thing it names, and whether its right is in the address itself. */
type Try = { path: string; site: Site; owner: Owner; linked: boolean; headers: Record<string, string>; elsewhere?: true }

function triesOf(route: string, row: Row, viewer: Viewer): Try[] {
  const pattern = route.slice(route.indexOf(' ') + 1)
  const fillWith = (site: Site, owner: Owner, link: string) => {
    const { sha256, job, command } = stage.planted[owner]
    const values: Record<string, string> = {
      site,
      machine: row.who === 'link' ? link : 'laser-1',
      sha256,
      job,
      id: command,
      ticket: link,
      target: 'queue',
      storage: 'local',
      path: 'x.gcode',
      ...row.fill,
    }
    const path = pattern.startsWith('/^') ? '/sites/alpha' : pattern.replace(/[:*](\w+)/g, (_, name: string) => values[name] ?? 'nothing')
    return `${path}${row.query ?? ''}`
  }
  const plain = (site: Site, owner: Owner, linked = false, link = '1-aaaaaaaaaaaa', headers = {}): Try => ({
    path: fillWith(site, owner, link),
    site,
    owner,
    linked,
    headers,
  })
  switch (row.who) {
    case 'owner':
    case 'staffOfOwner':
      return owners.flatMap(owner => {
        const home = stage.planted[owner].site
        const away = home === 'alpha' ? 'beta' : 'alpha'
        // A thing of one school, asked for under the name of the other.
        return row.ofSite ? [plain(home, owner), { ...plain(away, owner), elsewhere: true }] : [plain(home, owner)]
      })
    case 'link': {
      if (pattern.startsWith('/m/')) {
        const link = stage.machineLink
        return [plain('alpha', 'fox'), plain('alpha', 'fox', viewer.server !== 'beta', link), plain('beta', 'fox', false, link)]
      }
      const own = { city: 'fox', alpha: 'fox', beta: 'hare' } as const
      return [plain('alpha', 'fox'), plain('alpha', own[viewer.server], true, stage.planted[own[viewer.server]].ticket)]
    }
    case 'wall': {
      const cookie = `tsekh-tv-alpha=${stage.wallToken}`
      return [
        ...sites.map(site => plain(site, 'fox')),
        plain('alpha', 'fox', viewer.server === 'city', '', { cookie }),
        plain('beta', 'fox', false, '', { cookie }),
      ]
    }
    case 'key': {
      const headers = { 'x-api-key': stage.slicerKey }
      return [
        ...sites.map(site => plain(site, 'fox')),
        plain('alpha', 'fox', viewer.server === 'city', '', headers),
        plain('beta', 'fox', false, '', headers),
      ]
    }
    case 'daemon': {
      const basic = (password: string) => ({ authorization: `Basic ${btoa(`alpha:${password}`)}` })
      // A school's own screen has no schools under it.
      return [plain('alpha', 'petya'), plain('alpha', 'petya', viewer.server === 'city', '', basic(secrets['password of the site']))]
    }
    case 'anyone':
    case 'signed':
    case 'staff':
    case 'keepers':
    case 'administrators':
      return row.ofSite ? sites.map(site => plain(site, 'fox')) : [plain('alpha', 'fox')]
  }
}

function may({ role, sites: seen, key }: Viewer, row: Row, { site, owner, linked, elsewhere }: Try): boolean {
  if (elsewhere) return false
  const staff = role !== 'nobody' && role !== 'pupil'
  const there = row.ofSite !== true || seen.includes(site)
  switch (row.who) {
    case 'anyone':
      return true
    case 'signed':
      return role !== 'nobody' && there
    case 'staff':
      return staff && there
    case 'keepers':
      return (role === 'technician' || role === 'administrator') && there
    case 'administrators':
      return role === 'administrator'
    case 'owner':
      return key === owner || (staff && seen.includes(site))
    case 'staffOfOwner':
      return staff && seen.includes(site)
    case 'link':
    case 'key':
    case 'wall':
    case 'daemon':
      return linked
  }
}

describe('an address', () => {
  it.for(Object.keys(rows).filter(route => route !== 'POST /api/v1/logout' && route !== 'POST /t/:ticket/cancel'))('%s', async route => {
    const row = rows[route]
    if (row === undefined) throw new Error('no row')
    const wrong: string[] = []
    const method = route.slice(0, route.indexOf(' '))
    const trying = stage.viewers.filter(({ server }) => routesOf(server).includes(route))
    const tries = trying.map(async viewer => {
      for (const one of triesOf(route, row, viewer)) {
        const { status, text } = await request(viewer, method, one, row)
        const allowed = may(viewer, row, one)
        const expected = allowed ? row.ok : [...refused, ...(row.no ?? [])]
        const how = `${viewer.name}: ${method} ${one.path}${one.linked ? ' (with the right secret)' : ''}`
        if (!expected.includes(status)) wrong.push(`${how}: ${status}, not ${expected.join(' or ')}`)
        const shown = allowed && (row.who === 'link' || row.who === 'daemon') ? [one.owner] : []
        const reader: Viewer = allowed && row.who === 'key' ? { ...viewer, role: 'teacher', sites: ['alpha'] } : viewer
        for (const leak of leaksIn(withoutAsked(text, one), reader, stage, shown)) wrong.push(`${how}: shows the ${leak}`)
      }
    })
    await Promise.all(tries)
    expect(wrong).toEqual([])
  })

  it('that signs out ends nobody else’s session and tells nothing', async () => {
    const response = await fetch(`${stage.urlOf('city')}/api/v1/logout`, { method: 'POST' })
    expect([response.status, await response.text()]).toEqual([204, ''])
  })
})

/** What came back: body and headers, where a secret may sit just as well. */
async function request(viewer: Viewer, method: string, { path, headers }: Try, row: Row): Promise<{ status: number; text: string }> {
  const body = row.body === undefined ? {} : { body: JSON.stringify(row.body) }
  const response = await fetch(stage.urlOf(viewer.server) + path, {
    method,
    redirect: 'manual',
    headers: { cookie: viewer.visitor.cookie, ...(row.body && { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(10_000),
    ...body,
  })
  const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return { status: response.status, text: `${head}\n\n${await response.text()}` }
}

/** An answer may repeat what the question said. */
function withoutAsked(text: string, { path }: Try): string {
  return path
    .split(/[/?=&]/)
    .filter(part => part.length > 8)
    .reduce((rest, part) => rest.replaceAll(part, ''), text)
}

describe('an ask', () => {
  const kinds = askSchema.options.map(({ shape }) => shape.kind.value)
  const rightsCodes = [
    'no-right',
    'not-yours',
    'other-site',
    'not-your-job',
    'teacher-only',
    'technician-only',
    'not-found',
    'not-signed-in',
  ]

  it('has a row for each kind', () => {
    expect(kinds.filter(kind => askers[kind] === undefined)).toEqual([])
  })

  it.for(kinds)('%s', async kind => {
    const wrong: string[] = []
    const asking = stage.viewers.map(async viewer => {
      for (const site of sites) {
        const { visitor, role, sites: seen } = viewer
        const ask = { kind, ...askExamples[kind] }
        const response = await fetch(`${stage.urlOf(viewer.server)}/api/v1/sites/${site}/commands`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie: visitor.cookie },
          body: JSON.stringify({ id: `leak-${kind.replace('.', '-')}-${viewer.name.replaceAll(' ', '-')}-${site}`, ask }),
        })
        const text = await response.text()
        const { denial, reply } = JSON.parse(text) as { denial?: { code: string }; reply?: { denial?: { code: string } } }
        const code = denial?.code ?? reply?.denial?.code
        const staff = role !== 'nobody' && role !== 'pupil'
        const roles = {
          everyone: role !== 'nobody',
          own: staff,
          staff,
          keepers: role === 'technician' || role === 'administrator',
          technician: role === 'technician',
        }
        const allowed = roles[askers[kind]] && seen.includes(site)
        const how = `${viewer.name} asks ${site} for ${kind}: ${response.status} ${code}`
        if (response.status === 400) wrong.push(`${how}: the example is wrong`)
        else if (!allowed && !(code !== undefined && rightsCodes.includes(code))) wrong.push(how)
        else if (allowed && code !== undefined && rightsCodes.includes(code)) wrong.push(how)
        for (const leak of leaksIn(text, viewer, stage)) wrong.push(`${how}: shows the ${leak}`)
      }
    })
    await Promise.all(asking)
    expect(wrong).toEqual([])
  })
})

describe('a view', () => {
  const kinds = viewSchema.options.map(({ shape }) => shape.kind.value)
  const views: { [Kind in View['kind']]: (site: Site) => View } = {
    city: () => ({ kind: 'city' }),
    conditions: () => ({ kind: 'conditions' }),
    site: site => ({ kind: 'site', site }),
    machine: site => ({ kind: 'machine', site, machine: 'laser-1' }),
  }

  it.for(kinds)('%s shows each only what is theirs, at once and in every frame after', async kind => {
    const wrong: string[] = []
    await using open = new AsyncDisposableStack()
    const heard: { viewer: Viewer; frames: Frame[] }[] = []
    for (const viewer of stage.viewers) {
      for (const site of sites) {
        const socket = io(stage.urlOf(viewer.server), {
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
          extraHeaders: { cookie: viewer.visitor.cookie },
        })
        open.defer(() => void socket.close())
        const frames: Frame[] = []
        socket.on('frame', frame => frames.push(frame))
        const answer = await new Promise<object>(resolve => {
          socket.once('connect_error', error => resolve({ denial: { code: error.message } }))
          socket.once('connect', () => socket.emit('watch', views[kind](site), resolve))
        })
        const seen = !('denial' in answer)
        const { role, sites: own } = viewer
        const allowed =
          kind === 'city'
            ? role !== 'nobody'
            : kind === 'conditions'
              ? role === 'technician' || role === 'administrator'
              : own.includes(site)
        const how = `${viewer.name} looks at ${kind} ${site}`
        if (seen !== allowed) wrong.push(`${how}: ${JSON.stringify(answer).slice(0, 200)}`)
        for (const leak of leaksIn(JSON.stringify(answer), viewer, stage)) wrong.push(`${how}: shows the ${leak}`)
        heard.push({ viewer, frames })
      }
    }
    // Every job changes, so that frames speak of each.
    for (const owner of owners) {
      const { job, site } = stage.planted[owner]
      const teacher = stage.viewers.find(({ name }) => name === (site === 'alpha' ? 'anna at city' : 'boris at city'))
      const change = { id: `hold-${kind}-${owner}-1`, ask: { kind: 'job.return', job, comment: `Canary of a comment to ${owner}` } }
      await fetch(`${stage.urlOf('city')}/api/v1/sites/${site}/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: teacher?.visitor.cookie ?? '' },
        body: JSON.stringify(change),
      })
    }
    await new Promise(resolve => setTimeout(resolve, 600))
    for (const { viewer, frames } of heard) {
      for (const leak of leaksIn(JSON.stringify(frames), viewer, stage))
        wrong.push(`a frame of ${kind} for ${viewer.name} shows the ${leak}`)
    }
    expect(wrong).toEqual([])
  })
})

it('no line of any log holds a secret, a nickname or the way into a ticket', () => {
  const canaries = {
    ...secrets,
    ...stage.once,
    ...Object.fromEntries(owners.map(owner => [`ticket of ${owner}`, stage.planted[owner].ticket])),
    ...Object.fromEntries(['Лисичка', 'Волчонок', 'Рысёнок', 'Зайчонок'].map(name => [`nickname ${name}`, name])),
  }
  const found = Object.entries(canaries).flatMap(([what, canary]) => {
    const line = stage.lines.find(each => each.includes(canary))
    return line === undefined ? [] : [`${what}: ${line.slice(0, 300)}`]
  })
  expect(found).toEqual([])
})
