// The live side of the screens: a snapshot on watching, then frames. A frame is built once a room; a slow browser skips and catches up.
import type { Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import type { Reply } from '../../protocols/contract/command.ts'
import { type Frame, type View, viewSchema } from '../../protocols/contract/screen.ts'
import { createRate } from '../accounts/throttle.ts'
import { type Audience, frames, roomOf, type Shown } from '../fleet/picture.ts'
import type { Visitor, WebContext } from './context.ts'
import { denial } from './denials.ts'
import { audienceOf, comesFromUs, visitorOf } from './people.ts'
import { isKeeper } from './rights.ts'

const socketsMax = 2_000
/** A school on one shared account, or a wall of screens. */
const socketsPerAccountMax = 400
/** A browser that has not taken its last frame for so long is gone or stuck: it comes back by itself and starts from a snapshot. */
const slowMs = 15_000
/** Rights change seldom; so often open pages are checked against them. */
const recheckMs = 30_000
const watchRate = { perSecond: 5, burst: 30 }
/** A view or nothing is all a browser ever sends. */
const messageBytesMax = 4_096

/** Everybody who sees the same bytes. `shown` is what those in step have. */
type Room = { view: View; audience: Audience; shown: Shown }
/** A socket that fell behind: what it has seen, and since when it has not read. */
type Behind = { shown: Shown; since: number }
type Watcher = { visitor: Visitor; cookie: string | undefined; room?: string; behind?: Behind }

export type Sockets = {
  tell(authorId: string, reply: Reply): void
  signedOut(session: string): void
  watching(): number
  close(): Promise<void>
}

/** A view whose machine is gone shows nothing, so that the frame says it. */
const empty: Shown = { sites: {}, machines: {}, telemetry: {}, jobs: {} }

export function startSockets(http: HttpServer, context: WebContext, frameMs: number): Sockets {
  const { workplace, shelf, origins, log, clock } = context
  const { fleet } = workplace
  const rooms = new Map<string, Room>()
  const watchers = new Map<Socket, Watcher>()
  const dirty = new Set<string>()
  const withinRate = createRate(watchRate)

  const io = new Server(http, {
    path: '/socket.io',
    serveClient: false,
    // Compression took 90 % of a core where frames without it took 12 %; rooms send less instead.
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: messageBytesMax,
    connectTimeout: 10_000,
    allowRequest: (request, answer) => answer(null, comesFromUs(request.headers, origins) && io.engine.clientsCount < socketsMax),
  })

  io.use((socket, next) => {
    const { cookie } = socket.handshake.headers
    const visitor = visitorOf(cookie, workplace, shelf, clock())
    if (visitor === undefined) return next(new Error('not-signed-in'))
    if ((io.sockets.adapter.rooms.get(accountRoom(visitor.account.id))?.size ?? 0) >= socketsPerAccountMax)
      return next(new Error('too-many'))
    socket.data = { visitor, cookie } satisfies Watcher
    next()
  })

  io.on('connection', socket => {
    const watcher = socket.data as Watcher
    watchers.set(socket, watcher)
    socket.join([accountRoom(watcher.visitor.account.id), sessionRoom(watcher.visitor.session)])
    socket.on('disconnect', () => {
      leave(socket, watcher)
      watchers.delete(socket)
    })
    socket.on('watch', (asked: unknown, answer: unknown) => {
      if (typeof answer !== 'function') return
      answer(watch(socket, watcher, asked))
    })
  })

  function watch(socket: Socket, watcher: Watcher, asked: unknown) {
    if (!withinRate(socket.id, clock())) return { denial: denial('too-fast') }
    const view = viewSchema.safeParse(asked)
    if (!view.success) return { denial: denial('bad-request') }
    const { account } = watcher.visitor
    if (view.data.kind === 'conditions' && !isKeeper(account)) return { denial: denial('no-right') }
    const audience = audienceOf(account)
    const snapshot = fleet.snapshot(view.data, audience)
    const shown = fleet.show(view.data, audience)
    if (snapshot === undefined || shown === undefined) return { denial: denial('not-found') }
    leave(socket, watcher)
    const name = `view|${roomOf(view.data, audience)}`
    watcher.room = name
    // What came and went between the room's last frame and this snapshot would never leave the newcomer's page: all are brought up to now first.
    const room = rooms.get(name)
    if (room === undefined) rooms.set(name, { view: view.data, audience, shown })
    else bringUp(name, room, lateSockets(), clock())
    socket.join(name)
    return snapshot
  }

  function leave(socket: Socket, watcher: Watcher): void {
    const name = watcher.room
    if (name === undefined) return
    socket.leave(name)
    delete watcher.room
    delete watcher.behind
    if ((io.sockets.adapter.rooms.get(name)?.size ?? 0) === 0) rooms.delete(name)
  }

  const unsubscribe = fleet.onChange(site => dirty.add(site))
  const framing = setInterval(sendFrames, frameMs)
  const rechecking = setInterval(recheck, recheckMs)

  function sendFrames(): void {
    catchUp()
    if (dirty.size === 0) return
    const at = clock()
    const late = lateSockets()
    for (const [name, room] of rooms) {
      if (!('site' in room.view) || dirty.has(room.view.site)) bringUp(name, room, late, at)
    }
    dirty.clear()
  }

  /** Sends a room what changed since its last frame, but for those who are late, or become so by not having taken the last one. */
  function bringUp(name: string, room: Room, late: readonly string[], at: number): void {
    const { view, audience, shown } = room
    const after = fleet.show(view, audience) ?? empty
    const frame = frameOf(shown, after, at)
    if (frame === undefined) return
    const skipped = [...late]
    for (const [socket, watcher] of watchers) {
      if (watcher.room !== name || watcher.behind !== undefined || !isBusy(socket)) continue
      watcher.behind = { shown, since: at }
      skipped.push(socket.id)
    }
    io.to(name).except(skipped).emit('frame', frame)
    room.shown = after
  }

  function lateSockets(): string[] {
    return [...watchers].flatMap(([socket, { behind }]) => (behind === undefined ? [] : [socket.id]))
  }

  /** Sends those behind what they missed as soon as they read again; cuts off those who never do. */
  function catchUp(): void {
    const at = clock()
    for (const [socket, watcher] of watchers) {
      const { behind } = watcher
      if (behind === undefined) continue
      if (isBusy(socket)) {
        if (at - behind.since > slowMs) {
          log.warn({ account: watcher.visitor.account.id, view: watcher.room, ms: at - behind.since }, 'slow browser cut off')
          socket.conn.close(true)
        }
        continue
      }
      delete watcher.behind
      const shown = watcher.room === undefined ? undefined : rooms.get(watcher.room)?.shown
      const frame = shown === undefined ? undefined : frameOf(behind.shown, shown, at)
      if (frame !== undefined) socket.emit('frame', frame)
    }
  }

  function recheck(): void {
    for (const [socket, { visitor, cookie }] of watchers) {
      const now = visitorOf(cookie, workplace, shelf, clock())
      if (now === undefined || JSON.stringify(now.account) !== JSON.stringify(visitor.account)) socket.disconnect(true)
    }
  }

  return {
    tell: (authorId, reply) => void io.to(accountRoom(authorId)).emit('reply', reply),
    signedOut: session => io.in(sessionRoom(session)).disconnectSockets(true),
    watching: () => watchers.size,
    close: async () => {
      clearInterval(framing)
      clearInterval(rechecking)
      unsubscribe()
      for (const socket of watchers.keys()) socket.conn.close(true)
      await io.close()
    },
  }
}

function frameOf(before: Shown, after: Shown, at: number): Frame | undefined {
  const { state, telemetry } = frames(before, after, at)
  return state === undefined ? telemetry : { ...state, ...telemetry }
}

/** The last thing we sent has not left us yet. */
function isBusy(socket: Socket): boolean {
  // engine.io keeps what it could not write in `writeBuffer`, private in its types.
  const { writeBuffer } = socket.conn as unknown as { writeBuffer: unknown[] }
  return writeBuffer.length > 0 || !socket.conn.transport.writable
}

function accountRoom(id: string): string {
  return `account|${id}`
}

function sessionRoom(session: string): string {
  return `session|${session}`
}
