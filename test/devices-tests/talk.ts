// A host that does nothing by itself: opens a socket to a simulated machine, sends raw bytes, waits for what it names.
import { connect, type Socket } from 'node:net'
import type { RunningDevice } from '../devices/device.ts'

export type Talk = {
  readonly socket: Socket
  /** Everything heard so far. */
  readonly text: () => string
  send(what: string | readonly number[]): void
  /** Waits until what was heard since the last `until` matches; answers that part. */
  until(shape: RegExp, timeoutMs?: number): Promise<string>
  readonly closed: Promise<void>
  end(): Promise<void>
}

export async function talkTo(device: RunningDevice): Promise<Talk> {
  const [host = '', port = ''] = device.port.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.setNoDelay(true)
  let all = ''
  let seen = 0
  let waiting: (() => void) | undefined
  socket.on('data', chunk => {
    all += chunk.toString('latin1')
    waiting?.()
  })
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  return {
    socket,
    text: () => all,
    send: what => socket.write(typeof what === 'string' ? Buffer.from(what, 'latin1') : Uint8Array.from(what)),
    async until(shape, timeoutMs = 5000) {
      const until = performance.now() + timeoutMs
      for (;;) {
        const fresh = all.slice(seen)
        if (shape.test(fresh)) {
          seen = all.length
          return fresh
        }
        const left = until - performance.now()
        if (left <= 0) throw new Error(`waited ${timeoutMs} ms for ${shape}, heard ${JSON.stringify(fresh.slice(-300))}`)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, left)
          waiting = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    closed,
    async end() {
      socket.destroy()
      await closed
    },
  }
}
