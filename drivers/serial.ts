// A serial port: opened without resetting the board where the system allows it, written and read without a detour.
import { execFile } from 'node:child_process'
import { readSync, writeSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { SerialPort } from 'serialport'
import type { Fault } from '../protocols/contract/words.ts'
import { createInbox } from './inbox.ts'
import { Outbox } from './outbox.ts'
import { type OpenOptions, type Transport, writeStallMs } from './transport.ts'
import { faults } from './words.ts'

const readable = 1
const writable = 2
const readBytes = 4096

/**
 * Opens a serial port exclusively at `baud` (custom rates such as 250000 too), 8N1, no flow control.
 *
 * What Linux does, and what we can do about it: the kernel raises DTR and RTS at the first opening, which reboots an Uno, a CH340 or an FT232 board;
 * no option prevents that. At closing it lowers DTR only if HUPCL is set. serialport's `hupcl: false` leaves the flag as it is, and new ports have it set;
 * so it is cleared by `stty` while we hold the port. From then on DTR stays up over our own restarts, and opening again makes no edge: no reset.
 * Unplugging, a reboot of the host, or a board with its own mind still reset it; the session finds out by the banner.
 *
 * Reading and writing go straight to the descriptor on readiness: serialport's stream makes two trips to the thread pool for each read
 * (68 µs a line against 24 µs here), and a pool busy with a slow disk's fsync would hold up a stop.
 */
export async function openSerial(path: string, { baud, ear }: OpenOptions): Promise<Transport | { fault: Fault }> {
  let port: Awaited<ReturnType<typeof openBinding>>
  try {
    port = await openBinding(path, baud)
  } catch (error) {
    return { fault: openFault(path, String(error instanceof Error ? error.message : error)) }
  }
  const real = await realpath(path).catch(() => path)
  // A pseudo-terminal has neither modem lines nor latency.
  if (!real.startsWith('/dev/pts/')) await prepareLines(port, real)

  const { fd, poller } = port
  if (fd === null) return { fault: faults.portFailed(path, 'closed while opening') }
  const inbox = createInbox(ear)
  const buffer = Buffer.allocUnsafe(readBytes)
  let open = true
  let rest: Uint8Array | undefined
  let stall: NodeJS.Timeout | undefined

  const outbox = new Outbox(bytes => {
    rest = bytes
    return pour()
  })

  /** Writes what the system takes; true once nothing is left. */
  function pour(): boolean {
    while (open && rest !== undefined && rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(fd as number, rest))
      } catch (error) {
        if (!isAgain(error)) {
          fail(`write: ${reasonOf(error)}`)
          return false
        }
        stall ??= setTimeout(() => fail(`a write was not taken for ${writeStallMs / 1000} s`), writeStallMs)
        // Both, always: asked for `writable` alone, the poller forgets `readable` until the write is done, and a device that waits for us to read is stuck.
        poller.poll(readable | writable)
        return false
      }
    }
    clearTimeout(stall)
    stall = undefined
    rest = undefined
    return open
  }

  const onReadable = (error: Error | null) => {
    if (!open) return
    if (error !== null) return fail(reasonOf(error))
    let count = 0
    try {
      count = readSync(fd, buffer, 0, readBytes, null)
    } catch (failure) {
      if (!isAgain(failure)) return fail(`read: ${reasonOf(failure)}`)
      count = -1
    }
    if (count === 0) return fail('the port was hung up')
    // A copy: the parser keeps what has no line end yet.
    if (count > 0) inbox(Buffer.from(buffer.subarray(0, count)))
    if (open) poller.poll(rest === undefined ? readable : readable | writable)
  }
  const onWritable = (error: Error | null) => {
    if (open && error === null && rest !== undefined && pour()) outbox.drained()
  }
  poller.addListener('readable', onReadable)
  poller.addListener('writable', onWritable)
  poller.poll(readable)

  async function shut(): Promise<void> {
    open = false
    outbox.close()
    clearTimeout(stall)
    poller.removeListener('readable', onReadable)
    poller.removeListener('writable', onWritable)
    await port.close().catch(() => undefined)
  }

  function fail(reason: string): void {
    if (!open) return
    void shut()
    // Told in a turn of its own: the write that failed may have been asked for by the very session that hears of it.
    setImmediate(() => ear.closed(reason))
  }

  return {
    send: bytes => outbox.send(bytes),
    sendNow: bytes => outbox.sendNow(bytes),
    dropUnsent: () => outbox.dropUnsent(),
    close: async () => {
      // What was sent in this turn goes out first.
      await Promise.resolve()
      if (open) await shut()
    },
  }
}

async function openBinding(path: string, baudRate: number) {
  const port = await SerialPort.binding.open({ path, baudRate, lock: true, hupcl: false, rtscts: false })
  if (!('poller' in port)) throw new Error('serial ports need Linux or macOS')
  return port
}

type Binding = Awaited<ReturnType<typeof openBinding>>

/** Keeps DTR up over our own end, and asks the adapter not to wait 16 ms for more bytes (FTDI). Neither is had everywhere; the port works without. */
async function prepareLines(port: Binding, path: string): Promise<void> {
  await new Promise<void>(done => execFile('stty', [process.platform === 'linux' ? '-F' : '-f', path, '-hupcl'], () => done()))
  // DTR and RTS stay as the kernel raised them: native USB boards send nothing while DTR is down.
  const lines = { dtr: true, rts: true, cts: false, dsr: false, brk: false, lowLatency: true }
  await port.set(lines).catch(() => undefined)
}

/** `Error: No such file or directory, cannot open /dev/ttyUSB0` and its like, as serialport says them. */
function openFault(path: string, message: string): Fault {
  if (/no such (file|device)/i.test(message)) return faults.portMissing(path)
  if (/cannot lock|busy/i.test(message)) return faults.portBusy(path, message)
  if (/permission denied|not permitted/i.test(message)) return faults.portForbidden(path, message)
  return faults.portFailed(path, message)
}

function isAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR')
}

function reasonOf(error: unknown): string {
  // A hung-up terminal polls as EBADF, although the descriptor is ours and open.
  const text = error instanceof Error ? error.message : String(error)
  return /bad file descriptor/i.test(text) ? 'the port was hung up' : text
}
