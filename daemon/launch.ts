// Starts the machine room as a process of its own, which goes on when we die.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Launched } from './room.ts'

/** sun_path holds 108 bytes on Linux and 104 elsewhere, its terminator included. */
const socketPathMax = 100

/** Where the room of this data folder listens: in the folder, or under a short name where the folder's is too long for a socket. */
export function roomSocket(data: string): string {
  const path = join(data, 'room.sock')
  if (Buffer.byteLength(path) <= socketPathMax) return path
  return join(tmpdir(), `tsekh-${createHash('sha256').update(data).digest('hex').slice(0, 16)}.sock`)
}

/**
 * Its own group and no pipes: neither our SIGKILL nor a closed terminal reaches it. Its log is its own (room/room.log);
 * what it says before it has one, or with its last breath, goes to room-errors.log.
 */
export function launchRoom(socketPath: string, data: string, log: Logger): Launched {
  const main = fileURLToPath(new URL('../drivers/main.ts', import.meta.url))
  const errorsPath = join(data, 'room-errors.log')
  const errors = openSync(errorsPath, 'w', 0o600)
  const child = spawn(process.execPath, [main, '--socket', socketPath, '--data', join(data, 'room')], {
    detached: true,
    stdio: ['ignore', 'ignore', errors],
    cwd: data,
    // Compiled once: the room is back in half the time when it must be started again.
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(data, 'compiled') },
  })
  closeSync(errors)
  let alive = true
  let told = false
  child.on('exit', (code, signal) => {
    alive = false
    if (code !== 0 && !told) log.error({ code, signal, errors: lastWords(errorsPath) }, 'the machine room has died')
  })
  child.on('error', error => {
    alive = false
    log.error({ error }, 'the machine room could not be started')
  })
  child.unref()
  const end = () => {
    told = true
    if (alive) child.kill('SIGTERM')
  }
  return { alive: () => alive, end }
}

/** Whoever cleans up after a dead room may be quicker than we are. */
function lastWords(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').slice(0, 2000)
  } catch {
    return undefined
  }
}
