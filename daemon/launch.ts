// Starts the machine room as a process of its own, which goes on when we die.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launched } from './room.ts'

/** sun_path holds 108 bytes on Linux and 104 elsewhere, its terminator included. */
const socketPathMax = 100

/** Where the room of this data folder listens: in the folder, or under a short name where the folder's is too long for a socket. */
export function roomSocket(data: string): string {
  const path = join(data, 'room.sock')
  if (Buffer.byteLength(path) <= socketPathMax) return path
  return join(tmpdir(), `tsekh-${createHash('sha256').update(data).digest('hex').slice(0, 16)}.sock`)
}

/** Its own group and no pipes: neither our SIGKILL nor a closed terminal reaches it. Its log is its own. */
export function launchRoom(socketPath: string, data: string): Launched {
  const main = fileURLToPath(new URL('../drivers/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--socket', socketPath, '--data', join(data, 'room')], {
    detached: true,
    stdio: 'ignore',
    cwd: data,
  })
  let alive = true
  const end = () => {
    alive = false
  }
  child.on('exit', end).on('error', end)
  child.unref()
  return { alive: () => alive }
}
