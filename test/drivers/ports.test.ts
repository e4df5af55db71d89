// Real ports: pseudo-terminals through serialport, sockets, and machines that come back under another name.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createPorts, findAgain } from '../../drivers/ports.ts'
import { readTcpName } from '../../drivers/tcp.ts'
import type { Transport } from '../../drivers/transport.ts'
import { until } from './support/fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsekh-ports-'))
const open: Transport[] = []
const children: ChildProcess[] = []
const servers: Server[] = []
afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
  rmSync(folder, { recursive: true, force: true })
})

function ear() {
  const heard = { lines: [] as string[], overlong: 0, closed: undefined as string | undefined }
  return {
    heard,
    line: (line: string) => void heard.lines.push(line),
    overlong: () => void heard.overlong++,
    closed: (reason: string) => {
      heard.closed = reason
    },
  }
}

/** A pseudo-terminal with the machine's end at our hands: what is written there comes back from the program behind it. */
async function terminal(program: string): Promise<{ path: string; child: ChildProcess }> {
  const path = join(mkdtempSync(join(tmpdir(), 'tsekh-pty-')), 'machine')
  const child = spawn('socat', [`pty,link=${path},raw,echo=0`, program], { stdio: 'ignore' })
  children.push(child)
  await until(() => existsSync(path), 'the pseudo-terminal is there')
  return { path, child }
}

async function openPort(port: string, listener = ear(), baud = 115_200) {
  const transport = await createPorts(async () => [])(port, { baud, ear: listener })
  if ('fault' in transport) return { fault: transport.fault, heard: listener.heard }
  open.push(transport)
  return { transport, heard: listener.heard }
}

async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createServer(onSocket)
  servers.push(server)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return `tcp://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

describe('a serial port', () => {
  it.for([115_200, 250_000])('carries lines both ways at %d baud', async baud => {
    const { path } = await terminal('exec:cat')
    const { transport, heard } = await openPort(path, ear(), baud)
    transport?.send(Buffer.from('G1 X1\n'))
    transport?.send(Buffer.from('G1 X2\r\n'))
    await until(() => heard.lines.length === 2, 'both lines came back')
    expect(heard.lines).toEqual(['G1 X1', 'G1 X2'])
  })

  it('writes a realtime byte as one byte', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tsekh-pty-')), 'got')
    const { path } = await terminal(`exec:tee ${file}`)
    const { transport } = await openPort(path)
    transport?.sendNow(Uint8Array.of(0x91))
    await until(() => existsSync(file) && readFileSync(file).length > 0, 'the byte arrived')
    expect([...readFileSync(file)]).toEqual([0x91])
  })

  it('carries a flood both ways: nothing lost, nothing doubled, nothing out of order', async () => {
    const { path } = await terminal('exec:cat')
    const { transport, heard } = await openPort(path)
    const lines = Array.from({ length: 5000 }, (_, i) => `N${i} G1 X${i}.125 Y${i}.5 E0.0345`)
    for (const line of lines) transport?.send(Buffer.from(`${line}\n`))
    await until(() => heard.lines.length >= lines.length, 'all lines came back')
    expect(heard.lines).toEqual(lines)
  })

  it('is exclusive', async () => {
    const { path } = await terminal('exec:cat')
    await openPort(path)
    expect((await openPort(path)).fault?.code).toBe('port-busy')
  })

  it.for([
    ['is not there', '/dev/tsekh-no-such-port', 'port-missing'],
    ['is no port', '/etc/hostname', 'port-failed'],
    ['has no sensible name', 'COM3', 'port-name'],
  ])('that %s is a fault', async ([, path, code]) => {
    expect((await openPort(path ?? '')).fault?.code).toBe(code)
  })

  it('tells when it is pulled out', async () => {
    const { path, child } = await terminal('exec:cat')
    const { heard } = await openPort(path)
    child.kill('SIGKILL')
    await until(() => heard.closed !== undefined, 'the end was told')
  })

  it('can be opened again after it was closed', async () => {
    const { path } = await terminal('exec:cat')
    const first = await openPort(path)
    await first.transport?.close()
    const second = await openPort(path)
    second.transport?.send(Buffer.from('again\n'))
    await until(() => second.heard.lines.includes('again'), 'it carries')
    expect(first.heard.closed).toBeUndefined()
  })
})

describe('a TCP port', () => {
  it('carries lines both ways, and takes telnet out', async () => {
    const name = await listen(socket => {
      socket.write(Buffer.from([255, 251, 1, 255, 253, 3]))
      socket.on('data', chunk => socket.write(chunk))
    })
    const { transport, heard } = await openPort(name)
    transport?.send(Buffer.from('?\n'))
    await until(() => heard.lines.length === 1, 'the line came back')
    expect(heard.lines).toEqual(['?'])
  })

  it('tells when the other side goes', async () => {
    const name = await listen(socket => setTimeout(() => socket.destroy(), 20))
    const { heard } = await openPort(name)
    await until(() => heard.closed !== undefined, 'the end was told')
  })

  it('that nobody listens at is a fault', async () => {
    expect((await openPort('tcp://127.0.0.1:1')).fault?.code).toBe('port-unreachable')
  })

  it('sends what was said last before it closes', async () => {
    let got = ''
    const name = await listen(socket => socket.on('data', chunk => (got += chunk.toString('latin1'))))
    const { transport } = await openPort(name)
    transport?.send(Buffer.from('M104 S0\n'))
    await transport?.close()
    await until(() => got !== '', 'it arrived')
    expect(got).toBe('M104 S0\n')
  })

  it.for([
    ['tcp://192.168.1.20:2000', { host: '192.168.1.20', port: 2000 }],
    ['tcp://fluidnc.local', { host: 'fluidnc.local', port: 23 }],
    ['tcp://[fe80::1]:8080', { host: 'fe80::1', port: 8080 }],
    ['http://fluidnc.local', undefined],
    ['tcp://host/path', undefined],
    ['tcp://', undefined],
  ] as const)('is named %s', ([name, address]) => expect(readTcpName(name)).toEqual(address))
})

describe('a machine that comes back under another name', () => {
  const uno = {
    path: '/dev/ttyACM1',
    serialNumber: '5573932363',
    vendorId: '2341',
    productId: '0043',
    pnpId: 'usb-Arduino_Uno_5573932363-if00',
  }
  const prusa = { path: '/dev/ttyACM2', serialNumber: 'CZPX4720X004XC34242', vendorId: '2c99', productId: '0002' }
  const nameless = { path: '/dev/ttyUSB0', vendorId: '1a86', productId: '7523' }
  it.for<[string, Parameters<typeof findAgain>, string | undefined]>([
    ['its serial number', ['/dev/ttyACM0', { ...uno, path: '/dev/ttyACM0' }, [prusa, uno, nameless]], '/dev/ttyACM1'],
    ['its by-id name', ['/dev/serial/by-id/usb-Arduino_Uno_5573932363-if00', undefined, [prusa, uno]], '/dev/ttyACM1'],
    ['the number in its by-id name', ['/dev/serial/by-id/usb-Prusa_MK3_CZPX4720X004XC34242-if00', undefined, [uno, prusa]], '/dev/ttyACM2'],
    ['nothing: no number', ['/dev/ttyUSB1', { ...nameless, path: '/dev/ttyUSB1' }, [nameless]], undefined],
    ['nothing: never seen', ['/dev/ttyUSB1', undefined, [uno, prusa]], undefined],
    ['nothing: two with one number', ['/dev/ttyACM0', uno, [uno, { ...uno, path: '/dev/ttyACM3' }]], undefined],
    ['nothing: the same number on another product', ['/dev/ttyACM0', { ...uno, productId: '0001' }, [uno]], undefined],
    [
      'nothing: a number printed on every board',
      ['/dev/serial/by-id/usb-x_0001-if00', undefined, [{ ...nameless, serialNumber: '0001' }]],
      undefined,
    ],
  ])('is known by %s', ([, found, path]) => expect(findAgain(...found)).toBe(path))
})
