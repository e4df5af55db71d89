// The room's log: a file of bounded size in its data folder, since nobody holds its output.
import { existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'

const logBytesMax = 5 * 1024 * 1024
const checkMs = 60_000

/** One event a line. At 5 MB the file becomes `room.log.1` and a new one begins. */
export function openLog(folder: string): { log: Logger; close(): void } {
  const path = join(folder, 'room.log')
  rotate(path)
  // Buffered and asynchronous: a slow card must not hold up a port.
  const destination = pino.destination({ dest: path, sync: false, mkdir: true, mode: 0o600 })
  const timer = setInterval(() => {
    if (rotate(path)) destination.reopen()
  }, checkMs)
  timer.unref()
  return {
    log: pino({ base: { pid: process.pid } }, destination),
    close: () => {
      clearInterval(timer)
      try {
        destination.flushSync()
      } catch {
        // It ended before it was open: nothing was written, nothing is lost.
      }
    },
  }
}

function rotate(path: string): boolean {
  if (!existsSync(path) || statSync(path).size < logBytesMax) return false
  renameSync(path, `${path}.1`)
  return true
}
