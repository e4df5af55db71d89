// A process of the demo: started with its own log, awaited until it says it is ready, ended by its pid and no other.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Child = {
  readonly pid: number | undefined
  name: string
  /** What it said on standard output when it was ready. Rejects with one sentence that names the log when it ends or keeps silent instead. */
  ready: Promise<string>
  /** Resolves when the process has ended, however it did. */
  ended: Promise<void>
  /** Asks it to end and insists after `patienceMs`. */
  stop(patienceMs: number): Promise<void>
  /** kill -9: no chance to finish anything. */
  kill(): Promise<void>
}

/** How long a process may take from its start to its word that it is ready: an old school computer is slow. */
const readyWithinMs = 60_000

const launcher = join(import.meta.dirname, 'tsekh.js')

/** Starts `tsekh …args`; it is ready once a line of its standard output satisfies `isReady`. */
export function startChild(name: string, args: string[], logFolder: string, isReady: (line: string) => boolean): Child {
  const logPath = join(logFolder, `${name}.log`)
  const log = createWriteStream(logPath, { flags: 'w' })
  // Its own process group, so that Ctrl-C reaches only the demo, which ends the others in the right order.
  // The channel is a lifeline: whoever loses it ends by itself (commands.ts).
  const child: ChildProcess = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    // As tsekh.js and the scripts of package.json have it.
    env: { MALLOC_ARENA_MAX: '1', ...process.env },
  })
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  child.stderr?.pipe(log, { end: false })
  const ready = new Promise<string>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${name} ${what}; its log is ${logPath}`))
    const timer = setTimeout(() => fail(`was not ready within ${readyWithinMs / 1000} s`), readyWithinMs)
    child.once('error', error => fail(`could not be started: ${error.message}`))
    child.once('exit', code => {
      clearTimeout(timer)
      fail(`ended with status ${code}`)
    })
    if (child.stdout === null) return fail('has no standard output')
    createInterface({ input: child.stdout }).on('line', line => {
      log.write(`${line}\n`)
      if (!isReady(line)) return
      clearTimeout(timer)
      resolve(line)
    })
  })
  // Whoever stops the demo before anybody awaits this must not meet an unhandled rejection.
  ready.catch(() => undefined)
  return {
    name,
    pid: child.pid,
    ready,
    ended,
    async stop(patienceMs) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await ended
      clearTimeout(timer)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
