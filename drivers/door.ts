// The room's door: a local socket for one daemon at a time, one JSON object a line either way.
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Order, orderSchema, type Report } from '../protocols/contract/room.ts'
import type { RunnerLog } from './runner.ts'
import { faults } from './words.ts'

/** The largest order is a run with its time map and layers, some 500 KB. */
const orderBytesMax = 4 * 1024 * 1024
/** A daemon that reads nothing is stalled: telemetry is left out from the first mark on, at the second it is cut off. What is numbered waits in the journal. */
const thinBytes = 256 * 1024
const stalledBytes = 16 * 1024 * 1024

export interface Doorkeeper {
  order(order: Order, speak: (report: Report) => void): void
  leave(speak: (report: Report) => void): void
}

export type Door = { close(): Promise<void>; readonly visited: boolean }

/**
 * Listens at `path` (mode 0600: whoever may open it commands the machines). A daemon that says hello replaces the one before it: after a crash the system may hold the dead
 * one's socket for a while.
 * Answers undefined where another room listens there already; a socket file left by a dead room is taken over.
 */
export async function openDoor(path: string, keeper: Doorkeeper, log: RunnerLog): Promise<Door | undefined> {
  if (await answers(path)) return undefined
  await rm(path, { force: true })
  let guest: Socket | undefined
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    serve(socket, keeper, log, () => {
      if (guest !== undefined && guest !== socket) guest.destroy()
      guest = socket
      log.info({}, 'daemon connected')
    })
    socket.on('close', () => {
      sockets.delete(socket)
      if (guest !== socket) return
      guest = undefined
      log.info({}, 'daemon gone')
    })
  })
  // One daemon, one that comes while the old one's socket still hangs, somebody who only looks whether we live.
  server.maxConnections = 8
  // Closed from its first moment on: between listening and a chmod anybody could slip in.
  const mask = process.umask(0o177)
  const listening = listen(server, path)
  process.umask(mask)
  await listening
  return {
    get visited() {
      return guest !== undefined
    },
    close: async () => {
      // What was said last (the answer to the order to end) still goes out.
      for (const socket of sockets) socket.end()
      const forced = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, 500)
      await new Promise<void>(done => server.close(() => done()))
      clearTimeout(forced)
    },
  }
}

function serve(socket: Socket, keeper: Doorkeeper, log: RunnerLog, greeted: () => void): void {
  const speak = (report: Report) => {
    if (socket.destroyed || !socket.writable) return
    if (report.kind === 'telemetry' && socket.writableLength > thinBytes) return
    if (socket.writableLength > stalledBytes) return void socket.destroy(new Error('the daemon reads nothing'))
    socket.write(`${JSON.stringify(report)}\n`)
  }
  const order: Doorkeeper['order'] = (each, answer) => {
    if (each.kind === 'hello') greeted()
    keeper.order(each, answer)
  }
  let parts: Buffer[] = []
  let bytes = 0
  socket.on('data', chunk => {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8')
      parts = []
      bytes = 0
      start = end + 1
      if (line.trim() !== '') hear(line, order, speak, log)
    }
    if (start === chunk.length) return
    parts.push(chunk.subarray(start))
    bytes += chunk.length - start
    if (bytes > orderBytesMax) socket.destroy(new Error('an order without end'))
  })
  socket.on('error', error => log.warn({ err: error }, 'daemon connection failed'))
  socket.on('close', () => keeper.leave(speak))
}

function hear(line: string, order: Doorkeeper['order'], speak: (report: Report) => void, log: RunnerLog): void {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    log.warn({ line: line.slice(0, 200) }, 'order is no JSON')
    return
  }
  const read = orderSchema.safeParse(value)
  if (read.success) {
    order(read.data, speak)
    return
  }
  log.warn({ issues: read.error.issues.slice(0, 5) }, 'order refused')
  const id = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : undefined
  const first = read.error.issues[0]
  if (id !== undefined) speak({ kind: 'answer', id, fault: faults.badOrder(`${first?.path.join('.')}: ${first?.message}`) })
}

/** Whether somebody listens there. */
function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    const settle = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
