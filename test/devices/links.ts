// Where a simulated machine is reached: a TCP port of this host, or a real pseudo-terminal held by socat.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'

/** What a link tells the device. One host at a time. */
export type LinkEvents = {
  connected(): void
  disconnected(): void
  bytes(chunk: Uint8Array): void
}

export interface Link {
  /** `tcp://127.0.0.1:5001` or `pty:///path`, as really taken. */
  readonly address: string
  /** What a host opens: "127.0.0.1:5001" or the path. */
  readonly target: string
  readonly connected: boolean
  write(bytes: Uint8Array): void
  close(): Promise<void>
}

/** Bytes that may wait for a host that reads too slowly; more vanish as they would in a UART. */
const unwrittenBytesMax = 1 << 18

/** While it waits for a user socat does not notice that we have died: this tells the kernel to end it then (util-linux). */
const setpriv = '/usr/bin/setpriv'

/** Opens `tcp://host:port` (0 picks a free port) or `pty:///path`. */
export async function openLink(address: string, events: LinkEvents): Promise<Link> {
  if (address.startsWith('tcp://')) return openTcp(address, events)
  if (address.startsWith('pty://')) return openPty(address.slice('pty://'.length), events)
  throw new Error(`cannot listen on "${address}"; write tcp://127.0.0.1:5001 or pty:///path`)
}

async function openTcp(address: string, events: LinkEvents): Promise<Link> {
  const url = new URL(address)
  const host = url.hostname
  let client: Socket | undefined
  const server: Server = createServer(socket => {
    // A serial port has one user; a second one is turned away.
    if (client !== undefined) {
      socket.destroy()
      return
    }
    client = socket
    socket.setNoDelay(true)
    socket.on('data', chunk => events.bytes(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (client !== socket) return
      client = undefined
      events.disconnected()
    })
    events.connected()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(url.port), host, () => resolve())
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : Number(url.port)
  return {
    address: `tcp://${host}:${port}`,
    target: `${host}:${port}`,
    get connected() {
      return client !== undefined
    },
    write(bytes) {
      if (client !== undefined && client.writableLength < unwrittenBytesMax) client.write(bytes)
    },
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      client?.destroy()
      await closed
    },
  }
}

// socat holds the master side and waits until someone opens the slave; when the last user closes it, socat ends.
// Spares are kept ready so that the path leads to a fresh terminal the moment the old one is closed.
async function openPty(path: string, events: LinkEvents): Promise<Link> {
  let generation = 0
  let closing = false
  let current: Terminal | undefined
  const spares: Terminal[] = []
  let open = false

  const being = new Set<Promise<void>>()

  const makeSpare = (): Promise<void> => {
    generation += 1
    const made = startTerminal(`${path}.${process.pid}.${generation}`).then(async terminal => {
      if (closing) await terminal.kill()
      else spares.push(terminal)
    })
    being.add(made)
    return made.finally(() => being.delete(made))
  }
  const promote = (): void => {
    const next = spares.shift()
    current = next
    if (next === undefined) return
    renameSync(next.link, path)
    next.begin({
      opened() {
        open = true
        events.connected()
      },
      bytes: chunk => events.bytes(chunk),
      closed() {
        if (current !== next) return
        current = undefined
        const wasOpen = open
        open = false
        if (closing) return
        promote()
        if (wasOpen) events.disconnected()
        // Where no terminal can be made any more (the folder is gone), the port stays away: that is what a host then sees.
        makeSpare().then(
          () => {
            if (current === undefined && !closing) promote()
          },
          () => {},
        )
      },
    })
  }

  const close = async (): Promise<void> => {
    closing = true
    const ends = [current, ...spares].map(terminal => terminal?.kill())
    removeLink(path)
    // One that is still being made leaves its link behind otherwise.
    await Promise.allSettled([...ends, ...being])
    removeLink(path)
  }
  removeLink(path)
  try {
    await makeSpare()
    promote()
    await Promise.all([makeSpare(), makeSpare()])
  } catch (error) {
    await close()
    throw error
  }
  return {
    address: `pty://${path}`,
    target: path,
    get connected() {
      return open
    },
    write(bytes) {
      if (open) current?.write(bytes)
    },
    close,
  }
}

type TerminalEvents = { opened(): void; bytes(chunk: Uint8Array): void; closed(): void }
type Terminal = { readonly link: string; begin(events: TerminalEvents): void; write(bytes: Uint8Array): void; kill(): Promise<void> }

/** Resolves when the terminal exists and its link points to it. */
async function startTerminal(link: string): Promise<Terminal> {
  removeLink(link)
  const socat = ['socat', '-d', '-d', '-t', '0.001', `pty,raw,echo=0,link=${link},wait-slave,pty-interval=0.01`, 'STDIO']
  const [command = '', ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', ...socat] : socat
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let events: TerminalEvents | undefined
  let ended = false
  let opened = false
  // The end of socat's output comes with the hang-up; the process itself takes a little longer to go.
  const end = (): void => {
    if (ended) return
    ended = true
    events?.closed()
  }
  child.stdout.on('end', end)
  const closed = new Promise<void>(resolve => {
    child.on('close', () => {
      end()
      removeLink(link)
      resolve()
    })
  })
  try {
    await whenLinked(child, link)
  } catch (error) {
    child.kill('SIGTERM')
    throw error
  }
  // socat says so in its diagnostics when someone has opened the slave and bytes may pass, and when the last one closed it.
  child.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1')
    if (!opened && text.includes('data transfer loop')) {
      opened = true
      events?.opened()
    }
    if (text.includes('is at EOF')) end()
  })
  child.stdout.on('data', (chunk: Buffer) => {
    if (!opened) {
      opened = true
      events?.opened()
    }
    events?.bytes(chunk)
  })
  child.stdin.on('error', () => {})
  return {
    link,
    begin(given) {
      events = given
      if (opened) given.opened()
      if (ended) given.closed()
    },
    write(bytes) {
      if (child.stdin.writable && child.stdin.writableLength < unwrittenBytesMax) child.stdin.write(bytes)
    },
    async kill() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

async function whenLinked(child: ChildProcess, link: string): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', error => reject(new Error(`socat does not start (${error.message}); install it with: apt-get install socat`)))
    child.once('exit', code => {
      const missing = code === 127 ? 'socat is not installed; install it with: apt-get install socat' : undefined
      reject(new Error(missing ?? `socat ended with status ${code} before its terminal ${link} was there`))
    })
  })
  failed.catch(() => {})
  for (let tries = 0; tries < 500; tries += 1) {
    if (linkExists(link)) return
    await Promise.race([failed, new Promise(resolve => setTimeout(resolve, 5))])
  }
  throw new Error(`socat made no terminal at ${link}`)
}

function linkExists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

/** Removes a link of ours; a file or device that is no link is left alone and complained about. */
function removeLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSymbolicLink()) throw new Error(`${path} exists and is no link of a pseudo-terminal`)
  try {
    unlinkSync(path)
  } catch {
    rmSync(path, { force: true })
  }
}
