// The machine room as a process: owns the ports, outlives the daemon, ends when told or when nobody needs it.
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import { systemClock } from './clock.ts'
import { dialects } from './dialects.ts'
import { type Door, openDoor } from './door.ts'
import { Journal } from './journal.ts'
import { takeLock } from './lock.ts'
import { openLog } from './log.ts'
import { createPorts } from './ports.ts'
import { Room } from './room.ts'

const aloneMinutes = 5

export type RoomArguments = { socket: string; data: string; aloneMs: number }

/**
 * `--socket PATH --data DIR [--alone-minutes N]`. Resolves with the exit status when the room has ended: 0 ended in order, 2 bad arguments, 3 another room is at work there.
 * To be started detached and without pipes: it takes no input, writes its log to DIR/room.log, and lives on when whoever started it dies.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const args = readArguments(argv)
  if (typeof args === 'string') {
    process.stderr.write(`tsekh room: ${args}\n`)
    return 2
  }
  await mkdir(args.data, { recursive: true, mode: 0o700 })
  const lock = await takeLock(args.data)
  if (lock === undefined) {
    process.stderr.write(`tsekh room: another machine room is at work in ${args.data}\n`)
    return 3
  }
  const { log, close } = openLog(args.data)
  goFirst()
  try {
    return await keepRoom(args, log)
  } catch (error) {
    log.fatal({ err: error }, 'room failed')
    throw error
  } finally {
    close()
    await lock.release()
  }
}

/** An Uno's buffer is 11 ms deep: who feeds machines goes before who answers people, where the system lets us ask (root, CAP_SYS_NICE). */
function goFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH)
  } catch {
    // Not allowed; everything works without, only less evenly on a busy computer.
  }
}

async function keepRoom(args: RoomArguments, log: ReturnType<typeof openLog>['log']): Promise<number> {
  const { journal, orphans } = await Journal.open(args.data, error => log.error({ err: error }, 'journal failed'))
  const id = randomUUID()
  const room = new Room({ id, journal, open: createPorts(), dialects, clock: systemClock(), random: Math.random, log }, orphans)
  const door = await openDoor(args.socket, room, log)
  if (door === undefined) {
    await room.close()
    process.stderr.write(`tsekh room: another machine room listens at ${args.socket}\n`)
    return 3
  }
  log.info({ room: id, orphans: orphans.length }, 'room open')

  const end = (reason: string) => {
    log.info({ reason }, 'room ends')
    void room.close()
  }
  const onTerm = () => end('signal')
  // A closed terminal is no reason to end; the daemon's terminal is not ours.
  const onHangup = () => log.info({}, 'hangup ignored')
  process.on('SIGTERM', onTerm).on('SIGINT', onTerm).on('SIGHUP', onHangup)
  const watch = watchAlone(room, door, args.aloneMs, () => end('no job and no daemon'))
  try {
    await room.ended
    await door.close()
    log.info({}, 'room ended')
    return 0
  } finally {
    clearInterval(watch)
    process.off('SIGTERM', onTerm).off('SIGINT', onTerm).off('SIGHUP', onHangup)
  }
}

/** Ends a room that nobody visits and that has nothing to do: an uninstalled school leaves no process behind. */
function watchAlone(room: Room, door: Door, aloneMs: number, end: () => void): NodeJS.Timeout {
  let aloneSince = performance.now()
  return setInterval(
    () => {
      if (room.busy || door.visited) aloneSince = performance.now()
      else if (performance.now() - aloneSince >= aloneMs) {
        aloneSince = Number.POSITIVE_INFINITY
        end()
      }
    },
    Math.min(1000, Math.max(20, aloneMs / 4)),
  )
}

function readArguments(argv: readonly string[]): RoomArguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { socket: { type: 'string' }, data: { type: 'string' }, 'alone-minutes': { type: 'string' } },
    })
    if (values.socket === undefined || values.data === undefined) return 'give --socket PATH and --data DIR'
    const minutes = Number(values['alone-minutes'] ?? aloneMinutes)
    if (!(minutes > 0)) return `--alone-minutes takes a number above 0, not "${values['alone-minutes']}"`
    return { socket: values.socket, data: values.data, aloneMs: minutes * 60_000 }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
