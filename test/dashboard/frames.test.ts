// The live side over real sockets: who sees what, frames once a room, a slow browser skipped and caught up, rights that end.
import { once } from 'node:events'
import { createConnection, createServer, type Socket as TcpSocket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { applyFrame } from '../../dashboard/fleet/picture.ts'
import type { ViewSnapshot } from '../../protocols/contract/screen.ts'
import { job, jobEvent, machineMessage, Person, until } from './house.ts'
import { openPage, openScreen, type Page, type Screen } from './screen-house.ts'

const alpha = { kind: 'site', site: 'alpha' } as const
const ender = { kind: 'machine', site: 'alpha', machine: 'ender' } as const

async function pageOf(screen: Screen, login: string, transport?: 'websocket' | 'polling'): Promise<Page> {
  return openPage(await Person.signIn(screen.url, login), transport)
}

function isSnapshot(answer: Awaited<ReturnType<Page['watch']>>): asserts answer is ViewSnapshot {
  if ('denial' in answer) throw new Error(`denied: ${answer.denial.code}`)
}

describe('watching', () => {
  it.for(['websocket', 'polling'] as const)('begins with a snapshot and goes on with frames, over %s', async transport => {
    await using screen = await openScreen()
    using page = await pageOf(screen, 'anna', transport)
    const snapshot = await page.watch(alpha)
    isSnapshot(snapshot)
    screen.fleet.apply('alpha', { name: 'telemetry', machine: 'ender', payload: { at: 1, feed: 77 } })
    screen.fleet.apply('alpha', {
      name: 'machine',
      machine: 'ender',
      payload: machineMessage('ender', { state: 'running', since: 7, job: 'job-petya' }),
    })
    await until('the frames are there', () => page.frames.some(frame => frame.machines !== undefined))
    const shown = page.frames.reduce(applyFrame, snapshot)
    const fresh = screen.fleet.snapshot(alpha, { kind: 'staff', sites: ['alpha'] })
    expect({ ...shown, at: 0 }).toEqual({ ...fresh, at: 0 })
  })

  it('says nothing when nothing changed, and nothing of what is not watched', async () => {
    await using screen = await openScreen()
    using page = await pageOf(screen, 'tech')
    await page.watch({ kind: 'site', site: 'beta' })
    screen.fleet.apply('alpha', { name: 'telemetry', machine: 'ender', payload: { at: 1, feed: 1 } })
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(page.frames).toEqual([])
    await page.watch({ kind: 'city' })
    screen.fleet.apply('alpha', { name: 'telemetry', machine: 'ender', payload: { at: 2, feed: 2 } })
    await new Promise(resolve => setTimeout(resolve, 100))
    // Figures are no part of the wall.
    expect(page.frames).toEqual([])
  })

  it.for([
    ['anna', { kind: 'site', site: 'beta' }, 'not-found'],
    ['petya', { kind: 'machine', site: 'beta', machine: 'ender' }, 'not-found'],
    ['tech', { kind: 'site', site: 'gamma' }, 'not-found'],
    ['tech', { kind: 'machine', site: 'alpha', machine: 'nothing' }, 'not-found'],
    ['tech', { kind: 'everything' }, 'bad-request'],
    ['tech', 'city', 'bad-request'],
    ['tech', { kind: 'site', site: '../alpha' }, 'bad-request'],
  ] as const)('%s of %j is refused: %s', async ([login, view, code]) => {
    await using screen = await openScreen()
    using page = await pageOf(screen, login)
    expect(await page.watch(view as unknown as typeof alpha)).toMatchObject({ denial: { code } })
  })

  it('shows each on the wall only the sites that are open to them', async () => {
    await using screen = await openScreen()
    for (const [login, sites] of [
      ['admin', ['alpha', 'beta']],
      ['anna', ['alpha']],
      ['boris', ['beta']],
      ['petya', ['alpha']],
    ] as const) {
      using page = await pageOf(screen, login)
      const wall = await page.watch({ kind: 'city' })
      isSnapshot(wall)
      expect(wall.kind === 'city' && Object.keys(wall.sites)).toEqual(sites)
    }
  })

  it('shows a newcomer no job that came and went between two frames', async () => {
    await using screen = await openScreen({ frameMs: 200 })
    using first = await pageOf(screen, 'anna')
    await first.watch(alpha)
    screen.fleet.apply('alpha', { name: 'machine', machine: 'ghost', payload: machineMessage('ghost') })
    using second = await pageOf(screen, 'anna')
    const snapshot = await second.watch(alpha)
    isSnapshot(snapshot)
    screen.fleet.apply('alpha', {
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
    await until('the frame is there', () => second.frames.length > 0)
    const shown = second.frames.reduce(applyFrame, snapshot)
    expect(shown.kind === 'site' && Object.keys(shown.picture.machines)).toEqual(['ender'])
  })
})

describe('a pupil', () => {
  it('sees own jobs and no others, in the snapshot and in every frame', async () => {
    await using screen = await openScreen()
    using page = await pageOf(screen, 'petya')
    using staff = await pageOf(screen, 'anna')
    for (const view of [alpha, ender] as const) {
      const snapshot = await page.watch(view)
      await staff.watch(view)
      isSnapshot(snapshot)
      expect(JSON.stringify(snapshot)).not.toMatch(/vasya|Вася|тайна/)
      expect(JSON.stringify(snapshot)).toMatch(/job-petya/)
      const author = { id: 'vasya', name: 'Вася', role: 'pupil' } as const
      const [seen, staffSeen] = [page.frames.length, staff.frames.length]
      screen.fleet.apply('alpha', {
        name: 'events',
        events: [
          jobEvent(9, job('job-vasya-2', { author, order: screen.commands.length })),
          jobEvent(10, job('job-petya', { order: seen + 2 })),
        ],
      })
      await until('both have heard', () => page.frames.length > seen && staff.frames.length > staffSeen)
      expect(JSON.stringify(page.frames)).not.toMatch(/vasya/)
      expect(JSON.stringify(staff.frames.slice(staffSeen))).toMatch(/job-petya/)
    }
  })
})

describe('a session', () => {
  it('is asked for: nobody watches without one, nor from a foreign page', async () => {
    await using screen = await openScreen()
    await expect(openPage(new Person(screen.url))).rejects.toThrow(/not-signed-in/)
    const foreign = await fetch(`${screen.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
  })

  it('that is signed out closes its pages', async () => {
    await using screen = await openScreen()
    const anna = await Person.signIn(screen.url, 'anna')
    using page = await openPage(anna)
    const closed = once(page.socket as never, 'disconnect')
    await anna.post('/api/v1/logout', {})
    await closed
  })
})

it('tells all pages of an account the answers to its commands, and no page of another', async () => {
  await using screen = await openScreen()
  const [anna, tech] = [await Person.signIn(screen.url, 'anna'), await Person.signIn(screen.url, 'tech')]
  using page = await openPage(anna)
  using other = await openPage(tech)
  await anna.post('/api/v1/sites/alpha/commands', { id: 'command-0001', ask: { kind: 'machine.stop', machine: 'ender' } })
  await until('the answer is there', () => page.replies.length === 1)
  expect([page.replies[0], other.replies]).toMatchObject([{ command: 'command-0001', outcome: 'done' }, []])
})

describe('a browser that does not read', () => {
  /** A wire between browser and server that can be held. */
  async function heldWire(target: string): Promise<{ url: string; hold(): void; release(): void } & AsyncDisposable> {
    const { hostname, port } = new URL(target)
    const sockets = new Set<TcpSocket>()
    const pairs: [TcpSocket, TcpSocket][] = []
    const proxy = createServer(browser => {
      const server = createConnection(Number(port), hostname)
      server.pipe(browser)
      browser.pipe(server)
      for (const socket of [browser, server]) {
        sockets.add(socket)
        socket.on('error', () => undefined)
      }
      pairs.push([server, browser])
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    const address = proxy.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return {
      // The Host header names the wire; the server compares it with the origin, which a program does not send.
      url: `http://127.0.0.1:${address.port}`,
      hold: () => {
        for (const [server] of pairs) {
          server.unpipe()
          server.pause()
        }
      },
      release: () => {
        for (const [server, browser] of pairs) server.pipe(browser)
      },
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy()
        await new Promise(resolve => proxy.close(resolve))
      },
    }
  }

  it.for([
    ['reads again', 'is brought up to date in one frame'],
    ['never reads again', 'is dropped'],
  ] as const)('is skipped while the others go on, and when it %s, %s', async ([what]) => {
    let now = 1_000_000
    await using screen = await openScreen({ clock: () => now })
    await using wire = await heldWire(screen.url)
    const anna = await Person.signIn(screen.url, 'anna')
    const slow = new Person(wire.url)
    slow.cookie = anna.cookie
    using stuck = await openPage(slow)
    using lively = await openPage(anna)
    const [snapshot] = [await stuck.watch(alpha), await lively.watch(alpha)]
    isSnapshot(snapshot)
    wire.hold()
    // Enough for the kernel's buffers between us and the browser to fill.
    for (let round = 0; round < 60; round += 1) {
      const long = `${round}`.padEnd(900, 'x')
      const jobs = Array.from({ length: 300 }, (_, index) =>
        jobEvent(index + 1, job(`job-${index}-of-many`, { order: round, comment: long })),
      )
      screen.fleet.apply('alpha', { name: 'events', events: jobs })
      await until('the lively one has it', () => lively.frames.some(frame => frame.jobs?.['job-0-of-many']?.order === round))
    }
    expect(screen.watching()).toBe(2)
    if (what === 'reads again') {
      wire.release()
      const isThere = () => stuck.frames.some(frame => frame.jobs?.['job-0-of-many']?.order === 59)
      await until('it has caught up', isThere)
      // It did not get the sixty frames one after the other.
      expect(stuck.frames.length).toBeLessThan(lively.frames.length - 10)
      const shown = stuck.frames.reduce(applyFrame, snapshot)
      expect({ ...shown, at: 0 }).toEqual({ ...screen.fleet.snapshot(alpha, { kind: 'staff', sites: ['alpha'] }), at: 0 })
    } else {
      now += 20_000
      await until('it is gone', () => screen.watching() === 1)
    }
  })
})
