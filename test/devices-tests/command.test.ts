// `tsekh device` at the prompt: what it takes, what it complains of, and that it ends cleanly.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseDeviceArguments } from '../devices/main.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsekh-device-command-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const listen = ['--listen', 'tcp://127.0.0.1:0']

describe('the words of tsekh device', () => {
  it.for([
    [[], /say which machine/],
    [['prusa'], /not "prusa"/],
    [['grbl'], /say where to listen/],
    [['grbl', '--listen', 'udp://x'], /cannot listen on "udp:\/\/x"/],
    [['grbl', '--listen', 'tcp://0.0.0.0:5001'], /this computer only/],
    [['grbl', '--listen', 'tcp://127.0.0.1:99999'], /no port 99999/],
    [['grbl', ...listen, '--sped', '2'], /"--sped" is not an option/],
    [['grbl', ...listen, '--speed', 'fast'], /--speed wants a number, not "fast"/],
    [['grbl', ...listen, '--speed', '0'], /stand still/],
    [['grbl', ...listen, '--baud', '9'], /slower than any machine/],
    [['grbl', ...listen, '--behaviour', 'explode'], /no behaviour is called "explode"/],
    [['grbl', ...listen, '--behaviour', 'reset:soon'], /write reset:LINES/],
    [['marlin', ...listen, '--setting', '$110=1'], /for a Grbl board/],
    [['grbl', ...listen, '--speed'], /--speed wants a value/],
  ] as const)('%j is refused in one sentence', ([argv, shape]) => {
    const parsed = parseDeviceArguments(argv)
    expect('complaint' in parsed && parsed.complaint).toMatch(shape)
  })

  it('takes every option', () => {
    const parsed = parseDeviceArguments(
      'grbl --listen tcp://127.0.0.1:0 --speed=20 --baud 115200 --latency 2 --behaviour lose-ok:100 --behaviour corrupt:0.001,in --setting $110=8000 --boot-ms 1500 --seed 7 --trace'.split(
        ' ',
      ),
    )
    if ('complaint' in parsed) throw new Error(parsed.complaint)
    expect(parsed.trace).toBe(true)
    expect(parsed.options).toMatchObject({
      speed: 20,
      wire: { baud: 115200, latencyMs: 2 },
      settings: { $110: '8000' },
      bootMs: 1500,
      resetsOnOpen: true,
      seed: 7,
    })
    expect(parsed.options.behaviours?.map(behaviour => behaviour.name)).toEqual(['lose-ok', 'corrupt'])
  })

  it('says where it listens, traces realtime bytes, and takes its terminal away on SIGTERM', async () => {
    const path = join(folder, 'tty')
    const script = `import('${join(import.meta.dirname, '../devices/main.ts')}').then(m => m.deviceCommand(process.argv.slice(1)))`
    const child = spawn(process.execPath, ['-e', script, '--', 'grbl', '--listen', `pty://${path}`, '--trace'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ended = new Promise<number | null>(resolve => child.on('exit', code => resolve(code)))
    await expect.poll(() => said, { timeout: 10_000 }).toBe(`listening pty://${path}\n`)
    expect(existsSync(path)).toBe(true)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(existsSync(path)).toBe(false)
  })
})
