// A raw TCP port: ser2net, ESP3D, FluidNC's telnet, simulated machines.
import { connect, type Socket } from 'node:net'
import type { Fault } from '../protocols/contract/words.ts'
import { createInbox } from './inbox.ts'
import { Outbox } from './outbox.ts'
import { createTelnetFilter } from './telnet.ts'
import { type OpenOptions, type Transport, writeStallMs } from './transport.ts'
import { faults } from './words.ts'

const connectMs = 5_000
/** Idle seconds before the system asks whether the other side still lives. */
const keepAliveMs = 10_000
/** Port 23: what FluidNC and ESP3D listen on. */
const telnetPort = 23

/** Opens `tcp://host[:port]`. No delay, since each line waits for its answer; kept alive, since a Wi-Fi controller may leave without a word. */
export async function openTcp(name: string, { ear }: OpenOptions): Promise<Transport | { fault: Fault }> {
  const address = readTcpName(name)
  if (address === undefined) return { fault: faults.portName(name) }
  const socket = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs })
  const trouble = await connected(socket)
  if (trouble !== undefined) {
    socket.destroy()
    return { fault: faults.portUnreachable(name, trouble) }
  }

  const inbox = createInbox(ear)
  const plain = createTelnetFilter()
  let open = true
  let stall: NodeJS.Timeout | undefined
  const outbox = new Outbox(bytes => {
    stall = setTimeout(() => socket.destroy(new Error(`a write was not taken for ${writeStallMs / 1000} s`)), writeStallMs)
    socket.write(bytes, error => {
      clearTimeout(stall)
      if (open && (error === null || error === undefined)) outbox.drained()
    })
    return false
  })

  let reason = 'the other side closed the connection'
  socket.on('data', chunk => {
    if (open) inbox(plain(chunk))
  })
  socket.on('error', error => {
    reason = error.message
  })
  socket.on('end', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(stall)
    outbox.close()
    if (!open) return
    open = false
    ear.closed(reason)
  })

  return {
    send: bytes => outbox.send(bytes),
    sendNow: bytes => outbox.sendNow(bytes),
    dropUnsent: () => outbox.dropUnsent(),
    close: async () => {
      // What was sent in this turn goes out first.
      await Promise.resolve()
      open = false
      await new Promise<void>(done => {
        if (socket.destroyed) return done()
        socket.once('close', () => done())
        // What was sent last (heaters off, a reset) still has to go out: end first, force after a moment.
        socket.end()
        setTimeout(() => socket.destroy(), 500).unref()
      })
    },
  }
}

/** Resolves with what went wrong, or undefined once connected. */
function connected(socket: Socket): Promise<string | undefined> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(`no answer in ${connectMs / 1000} s`), connectMs)
    const settle = (trouble?: string) => {
      clearTimeout(timer)
      resolve(trouble)
    }
    // The listener stays: an error after the time-out must not be one that nobody listens to.
    socket.on('error', error => settle(error.message || ('code' in error ? String(error.code) : 'error')))
    socket.once('connect', () => settle())
  })
}

/** `tcp://192.168.1.20:2000`, `tcp://[fe80::1]:23`, `tcp://fluidnc.local`. */
export function readTcpName(name: string): { host: string; port: number } | undefined {
  const url = URL.parse(name)
  if (url === null || url.protocol !== 'tcp:' || url.hostname === '' || (url.pathname !== '' && url.pathname !== '/')) return undefined
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? telnetPort : Number(url.port) }
}
