// Simulated machines as they stand in a workshop: a port, a wire with a pace, one host at a time, and stumbles.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { afterAll, describe, expect, it } from 'vitest'
import * as stumble from '../devices/behaviours.ts'
import { type DeviceOptions, startDevice } from '../devices/device.ts'
import { recordOf } from '../devices/record.ts'
import { numbered, quickAxes } from './bench.ts'
import { talkTo } from './talk.ts'

const tcp = 'tcp://127.0.0.1:0'
const folder = mkdtempSync(join(tmpdir(), 'tsekh-devices-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const instant = { listen: tcp, speed: Number.POSITIVE_INFINITY } as const

/** Send-response: each line waits for its answer. */
async function feed(options: DeviceOptions, lines: readonly string[]) {
  const device = await startDevice(options)
  const host = await talkTo(device)
  for (const line of lines) {
    host.send(`${line}\n`)
    await host.until(/^(?:ok|error)/m)
  }
  return { device, host }
}

describe('a port', () => {
  it('takes one host at a time, and the next when that one has gone', async () => {
    await using device = await startDevice({ ...instant, kind: 'grbl' })
    const first = await talkTo(device)
    const second = await talkTo(device)
    await second.closed
    first.send('?')
    await first.until(/<Idle/)
    await first.end()
    await expect.poll(() => device.connected).toBe(false)
    const third = await talkTo(device)
    third.send('?')
    await third.until(/<Idle/)
    expect(device.connections).toBe(2)
    await third.end()
  })

  it('reboots the board on opening where the board is built so: deaf first, then the banner', async () => {
    await using device = await startDevice({ kind: 'grbl', listen: tcp, resetsOnOpen: true, bootMs: 80 })
    const host = await talkTo(device)
    host.send('?G0X1\n')
    expect(await host.until(/help\]/)).toBe("\r\nGrbl 1.1h ['$' for help]\r\n")
    host.send('?')
    await host.until(/<Idle/)
    expect(device.executed.count).toBe(0)
    await host.end()
  })

  it('is a real terminal on pty://, opened again as often as one likes, gone when the device stops', async () => {
    const path = join(folder, 'tty')
    const device = await startDevice({ kind: 'grbl', listen: `pty://${path}`, resetsOnOpen: true })
    for (let i = 0; i < 3; i += 1) {
      const port = new SerialPort({ path, baudRate: 115200, autoOpen: false })
      await new Promise<void>((resolve, reject) => port.open(error => (error === null ? resolve() : reject(error))))
      let heard = ''
      port.on('data', (chunk: Buffer) => {
        heard += chunk.toString()
      })
      await expect.poll(() => heard).toMatch(/^\r\nGrbl 1\.1h/)
      port.write('G0X1\n?')
      await expect.poll(() => heard).toMatch(/ok\r\n/)
      await expect.poll(() => heard).toMatch(/<(Idle|Run)/)
      await new Promise<void>(resolve => port.close(() => resolve()))
      await expect.poll(() => device.connected).toBe(false)
    }
    expect(device.connections).toBe(3)
    await device.stop()
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })

  it('vanishes and comes back under another name; the machine ran on meanwhile', async () => {
    const path = join(folder, 'usb0')
    await using device = await startDevice({ kind: 'grbl', listen: `pty://${path}`, settings: quickAxes })
    const port = new SerialPort({ path, baudRate: 115200, autoOpen: false })
    await new Promise<void>((resolve, reject) => port.open(error => (error === null ? resolve() : reject(error))))
    const closed = new Promise<void>(resolve => port.on('close', () => resolve()))
    port.resume()
    port.write('G1X100F600\n')
    await expect.poll(() => device.executed.count).toBe(1)
    await device.unplug()
    await closed
    expect(existsSync(path)).toBe(false)
    await device.plug(`pty://${join(folder, 'usb1')}`)
    expect(device.port).toBe(join(folder, 'usb1'))
    expect(device.state().moving).toBe(true)
  })
})

describe('a wire', () => {
  it('lets 115200 baud pass 11,520 bytes a second, exact on average', async () => {
    await using device = await startDevice({ kind: 'grbl', ...instant, wire: { baud: 115_200 }, machine: { rxBytes: 8192 } })
    const host = await talkTo(device)
    const line = 'G1X1.234F6000\n'
    const count = 300
    const begin = performance.now()
    host.send(line.repeat(count))
    await expect.poll(() => device.executed.count, { interval: 2 }).toBe(count)
    const ms = performance.now() - begin
    const shouldMs = (line.length * count * 10_000) / 115_200
    expect(ms).toBeGreaterThan(shouldMs - 1)
    // Generous above: the machine under test may be busy. It must not drift by a timer's error per line.
    expect(ms).toBeLessThan(shouldMs * 1.5 + 50)
    await host.end()
  })

  it('rests replies in the adapter', async () => {
    await using device = await startDevice({ ...instant, kind: 'marlin', wire: { baud: 250_000, latencyMs: 30 } })
    const host = await talkTo(device)
    const begin = performance.now()
    host.send('M17\n')
    await host.until(/^ok/m)
    expect(performance.now() - begin).toBeGreaterThan(30)
    await host.end()
  })

  it('loses bytes like a UART, or makes the sender wait like USB', async () => {
    const flood = 'G4P0\n'.repeat(200)
    await using uart = await startDevice({ kind: 'grbl', listen: tcp, machine: { lineSeconds: 0.001 } })
    const first = await talkTo(uart)
    first.send(flood)
    await expect.poll(() => uart.overruns).toBeGreaterThan(100)
    await first.end()
    await using usb = await startDevice({ kind: 'grbl', listen: tcp, flowControl: true, machine: { lineSeconds: 0.001 } })
    const second = await talkTo(usb)
    second.send(flood)
    await expect.poll(() => usb.executed.count).toBe(200)
    expect(usb.overruns).toBe(0)
    expect(usb.maxBuffered).toBe(128)
    await second.end()
  })

  it('marks realtime bytes with the moment of their arrival', async () => {
    await using device = await startDevice({ ...instant, kind: 'grbl' })
    const heard: [number | string, number][] = []
    device.onByte((what, atMs) => heard.push([what, atMs]))
    const host = await talkTo(device)
    const begin = performance.now()
    host.send([0x84])
    await expect.poll(() => heard.length).toBe(1)
    expect(heard[0]?.[0]).toBe(0x84)
    expect(heard[0]?.[1]).toBeGreaterThanOrEqual(begin)
    expect(heard[0]?.[1]).toBeLessThanOrEqual(performance.now())
    await host.end()
  })
})

describe('time', () => {
  it('runs as many times faster as asked', async () => {
    await using device = await startDevice({ kind: 'grbl', listen: tcp, speed: 50, settings: quickAxes })
    const host = await talkTo(device)
    const begin = performance.now()
    host.send('G1X100F600\nG4P0.01\n')
    await host.until(/ok\r\nok/)
    const ms = performance.now() - begin
    expect(ms).toBeGreaterThan(200)
    expect(device.state().motionSeconds).toBeCloseTo(10, 0)
    await host.end()
  })

  it('with infinite speed takes thousands of lines a second, and proves each by count and hash', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `G1X${i % 100}Y${i % 7}F6000`)
    await using device = await startDevice({ ...instant, kind: 'grbl', machine: { rxBytes: 1 << 20 } })
    const host = await talkTo(device)
    host.send(`${lines.join('\n')}\n`)
    await expect.poll(() => device.executed.count, { timeout: 5000 }).toBe(lines.length)
    expect(device.executed.hash).toBe(recordOf(lines).hash)
    expect(recordOf([...lines].reverse()).hash).not.toBe(recordOf(lines).hash)
    await host.end()
  })
})

describe('stumbles', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `G1X${i}F600`)

  it('lose an ok', async () => {
    await using device = await startDevice({ ...instant, kind: 'grbl', behaviours: [stumble.loseOk({ nth: 3 })] })
    const host = await talkTo(device)
    host.send('G21\nG21\nG21\nG21\n?')
    await host.until(/<Idle/)
    expect(host.text().match(/ok/g)).toHaveLength(3)
    await host.end()
  })

  it('merge and split oks', async () => {
    await using merging = await startDevice({ ...instant, kind: 'grbl', behaviours: [stumble.mergeOk({ nth: 1 })] })
    const first = await talkTo(merging)
    first.send('G21\nG21\n')
    expect(await first.until(/okok\r\n/)).toBe('okok\r\n')
    await first.end()
    await using splitting = await startDevice({ ...instant, kind: 'grbl', behaviours: [stumble.splitOk({ nth: 1 }, 60)] })
    const second = await talkTo(splitting)
    second.send('G21\n')
    expect(await second.until(/o/)).toBe('o')
    expect(await second.until(/k/)).toBe('k\r\n')
    await second.end()
  })

  it('spoil bytes the same way for the same seed', async () => {
    const heard: string[] = []
    for (const seed of [1, 1, 2]) {
      await using device = await startDevice({ ...instant, kind: 'grbl', seed, behaviours: [stumble.corrupt(0.05, 'in')] })
      const host = await talkTo(device)
      host.send(`${lines.join('\n')}\n`)
      await expect.poll(() => device.bytesIn).toBeGreaterThan(150)
      await new Promise(resolve => setTimeout(resolve, 20))
      heard.push(host.text())
      await host.end()
    }
    expect(heard[0]).toBe(heard[1])
    expect(heard[0]).not.toBe(heard[2])
  })

  it('Marlin notices a spoilt line and asks for it again', async () => {
    await using device = await startDevice({ ...instant, kind: 'marlin', behaviours: [stumble.dropNewline({ nth: 1 })] })
    const host = await talkTo(device)
    host.send(numbered(1, 'G1 X1') + numbered(2, 'G1 X2'))
    await host.until(/Resend: 1\n/)
    expect(device.moved.count).toBe(0)
    await host.end()
  })

  it('reset in mid-job, with banner', async () => {
    const { device, host } = await feed({ ...instant, kind: 'grbl', behaviours: [stumble.resetAfter(5)] }, lines.slice(0, 5))
    await expect.poll(() => host.text()).toMatch(/Grbl 1\.1h/)
    expect(device.state().position).toEqual([0, 0, 0])
    await device.stop()
  })

  it('fall silent, for ever or for a while', async () => {
    await using device = await startDevice({ ...instant, kind: 'grbl', behaviours: [stumble.silenceAfter(2, 150)] })
    const host = await talkTo(device)
    host.send('G21\nG21\n')
    await new Promise(resolve => setTimeout(resolve, 50))
    host.send('?')
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(host.text()).not.toContain('<')
    await expect
      .poll(() => {
        host.send('?')
        return host.text()
      })
      .toContain('<')
    await host.end()
  })

  it.for([
    ['a door', stumble.doorAfter(5), /Check Door/, 'grbl'],
    ['a hard limit', stumble.hardLimitAfter(5), /ALARM:1/, 'grblhal'],
    ['chatter', stumble.chatter(5), /unbekannt/, 'fluidnc'],
    ['a kill', stumble.killAfter(5), /Printer halted/, 'marlin'],
    ['a kill cut in two', stumble.killAfter(5, undefined, 30), /Printer halted/, 'marlin'],
    ['a runout', stumble.runoutAfter(5), /paused filament_runout 0/, 'marlin'],
    ['a broken wire', stumble.sensorFailsAfter(5), /MINTEMP/, 'marlin'],
  ] as const)('%s comes after five lines', async ([, behaviour, shape, kind]) => {
    await using device = await startDevice({ ...instant, kind, behaviours: [behaviour] })
    const host = await talkTo(device)
    host.send(`${lines.slice(0, 4).join('\n')}\n`)
    await host.until(/(?:ok\s+){4}/)
    expect(host.text()).not.toMatch(shape)
    host.send(`${lines[4]}\n`)
    await host.until(shape)
    await host.end()
  })

  it('someone else prints from the card', async () => {
    const card = { 'A.GCO': 'G1 X1 F600\n'.repeat(50) }
    await using device = await startDevice({
      kind: 'marlin',
      listen: tcp,
      speed: 20,
      machine: { card },
      behaviours: [stumble.panelPrintAfter(1, 'A.GCO')],
    })
    const host = await talkTo(device)
    host.send('M17\n')
    // Both may come at once.
    await host.until(/\/\/action:start[\s\S]*Done printing file/)
    await host.end()
  })

  it('are busy, and say so', async () => {
    await using device = await startDevice({
      kind: 'marlin',
      listen: tcp,
      speed: 100,
      behaviours: [stumble.busyAfter(1, 20, 'paused for user')],
    })
    const host = await talkTo(device)
    host.send('M17\nM17\n')
    const said = await host.until(/ok\nok|ok\n(?:echo.*\n)+ok/)
    expect(said.match(/echo:busy: paused for user/g)?.length).toBeGreaterThan(5)
    await host.end()
  })

  it('stall, so that the receive buffer overflows under a host that counts on speed', async () => {
    await using device = await startDevice({
      kind: 'marlin',
      listen: tcp,
      wire: { baud: 250_000 },
      behaviours: [stumble.stallEvery(1, 100)],
    })
    const host = await talkTo(device)
    host.send('M17\n'.repeat(100))
    await expect.poll(() => device.overruns).toBeGreaterThan(100)
    await host.end()
  })

  it('vanish and return', async () => {
    await using device = await startDevice({ ...instant, kind: 'grbl', behaviours: [stumble.vanishAfter(2, 50)] })
    const host = await talkTo(device)
    host.send('G21\nG21\n')
    await host.closed
    await expect.poll(() => device.port, { interval: 5 }).not.toBe('')
    const again = await talkTo(device)
    again.send('?')
    await again.until(/<Idle/)
    await again.end()
  })

  it('greet nobody, or complain before they greet', async () => {
    await using silent = await startDevice({ kind: 'grbl', listen: tcp, resetsOnOpen: true, behaviours: [stumble.noBanner()] })
    const first = await talkTo(silent)
    first.send('?')
    expect(await first.until(/>/)).toMatch(/^</)
    await first.end()
    await using torn = await startDevice({ kind: 'grblhal', listen: tcp, resetsOnOpen: true, behaviours: [stumble.bootError()] })
    const second = await talkTo(torn)
    expect(await second.until(/help\]/)).toMatch(/^error:7\r\n\r\nGrblHAL 1\.1f/)
    await second.end()
  })
})
