// From a stop by HTTP to its first byte at the machine, with 30 machines streaming; and their streams while a 50-MB upload is stored.
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startChild } from '../daemon/cli/child.ts'
import { freePort } from '../daemon/cli/free-port.ts'
import type { Ask, Reply } from '../protocols/contract/command.ts'
import type { FromDevices, ToDevices } from './stop-devices.ts'

const marlins = 15
const mills = 15
const stops = 200
const site = 'bench-school'

export async function benchStop(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-bench-stop-'))
  const devices = fork(join(import.meta.dirname, 'stop-devices.ts'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  stack.defer(async () => {
    tell(devices, { kind: 'end' })
    await new Promise(resolve => devices.once('exit', resolve))
  })
  const portsSaid = heard(devices, 'ports')
  tell(devices, { kind: 'start', marlins, mills })
  const ports = await portsSaid
  const machines = [
    ...ports.marlins.map((port, i) => ({ id: `printer-${i + 1}`, name: `printer ${i + 1}`, model: 'generic-marlin', port })),
    ...ports.mills.map((port, i) => ({ id: `mill-${i + 1}`, name: `mill ${i + 1}`, model: 'generic-grbl-mill', port })),
  ]
  const port = await freePort(0, new Set())
  const config = {
    site: { id: site, name: 'Bench' },
    data: join(folder, 'data'),
    screen: { port },
    machines,
    people: [{ id: 'technician', name: 'Technician', login: 'technician', role: 'technician', password: 'technician' }],
    demo: true,
  }
  const file = join(folder, 'school.yaml')
  writeFileSync(file, stringify(config))
  const child = startChild('school', ['school', file, '--stop-room'], folder, line => line.includes('"url"'))
  stack.defer(() => child.stop(60_000))
  await child.ready
  const school = await signIn(`http://127.0.0.1:${port}`)

  const print = await school.upload('stop-print.gcode', longPrint(400_000))
  const cut = await school.upload('stop-cut.nc', longCut(400_000))
  const run = async (machine: string) => {
    const [kind, file] = machine.startsWith('mill') ? (['cut', cut] as const) : (['print', print] as const)
    const request = randomUUID()
    const reply = await school.ask({ kind: 'job.submit', request, ...file, machine, copies: 1 })
    if (reply?.outcome === 'refused') throw new Error(`${machine}: ${reply.denial.code}: ${reply.denial.text.en}`)
    const job = reply?.outcome === 'done' ? reply.jobs?.[0] : undefined
    if (kind === 'cut' && job !== undefined) await insist(() => school.ask({ kind: 'job.start', job, machine }))
  }
  await sleep(3_000)
  for (const { id } of machines) await run(id)
  await sleep(3_000)

  console.log(
    `\n${machines.length} machines streaming at 115200 in one school; a stop is measured from the HTTP request to its first byte at the machine\n`,
  )
  const roomBefore = roomCpuSeconds(folder)
  const quiet = await gapsDuring(devices, () => sleep(5_000))
  const roomShare = (roomCpuSeconds(folder) - roomBefore) / quiet.seconds
  const big = longPrint(1_900_000)
  const loaded = await gapsDuring(devices, async () => {
    await school.upload('stop-big.gcode', big)
    await sleep(500)
  })
  console.log(`lines a second over all machines       ${Math.round(quiet.linesPerSecond)}`)
  console.log(
    `the machine room's share of a core      ${(roomShare * 100).toFixed(0)} %, ${((roomShare * 1e6) / quiet.linesPerSecond).toFixed(1)} µs a line`,
  )
  console.log(`longest pause of any stream, quiet     ${quiet.longestMs.toFixed(1)} ms`)
  console.log(
    `while ${(big.length / 1e6).toFixed(0)} MB are uploaded and stored   ${loaded.longestMs.toFixed(1)} ms in ${loaded.seconds.toFixed(1)} s (target ≤ 50 ms)`,
  )

  const latencies: number[] = []
  // A machine that was stopped is made ready and given its next job while others are stopped; it takes its turn again once it streams.
  const streaming = [...machines]
  while (latencies.length < stops) {
    const machine = streaming.shift()
    if (machine === undefined || streaming.length < machines.length / 2) {
      if (machine !== undefined) streaming.push(machine)
      await sleep(100)
      continue
    }
    const arrived = urgent(devices, machine.port)
    const askedAt = performance.timeOrigin + performance.now()
    const answered = school.ask({ kind: 'machine.stop', machine: machine.id })
    latencies.push((await arrived) - askedAt)
    await answered
    void again(school, machine.id, run).then(
      () => sleep(1_500).then(() => void streaming.push(machine)),
      error => console.error(`  ${machine.id}: ${error.message}`),
    )
    // A person may ask ten things a second; making a machine ready takes some four.
    await sleep(500)
  }
  latencies.sort((a, b) => a - b)
  const at = (share: number) => (latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? Number.NaN).toFixed(1)
  console.log(
    `\n${latencies.length} stops: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms (target p99 ≤ 20 ms)\n`,
  )
}

async function again(school: School, machine: string, run: (machine: string) => Promise<void>): Promise<void> {
  if (machine.startsWith('printer')) await insist(() => school.ask({ kind: 'machine.reset', machine }))
  await insist(() => school.ask({ kind: 'machine.clear', machine, quality: 'failed' }))
  await run(machine)
}

/** A machine that is still making itself safe refuses; it is asked again until it takes it. */
export async function insist(deed: () => Promise<Reply | undefined>): Promise<void> {
  let reply: Reply | undefined
  for (let attempt = 0; attempt < 60; attempt++) {
    reply = await deed()
    if (reply?.outcome === 'done' || reply?.outcome === 'accepted') return
    // A job that was stopped before its first line leaves a clear bed.
    if (reply?.outcome === 'refused' && reply.denial.code === 'nothing-to-clear' && attempt > 4) return
    await sleep(500)
  }
  throw new Error(`refused to the end: ${reply?.outcome === 'refused' ? `${reply.denial.code}: ${reply.denial.text.en}` : 'no answer'}`)
}

type Stored = { sha256: string; name: string; size: number }
type School = {
  ask(ask: Ask): Promise<Reply | undefined>
  upload(name: string, content: string | ReadableStream<Uint8Array>): Promise<Stored>
}

export async function signIn(url: string): Promise<School> {
  const json = { 'content-type': 'application/json' }
  const login = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: json,
    body: '{"login":"technician","password":"technician"}',
  })
  if (!login.ok) throw new Error(`the school did not let the bench in: ${login.status} ${await login.text()}`)
  const cookie = login.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
  return {
    async ask(ask) {
      const body = JSON.stringify({ id: randomUUID(), ask })
      const answer = await fetch(`${url}/api/v1/sites/${site}/commands`, { method: 'POST', headers: { ...json, cookie }, body })
      const said = (await answer.json()) as { reply?: Reply }
      return said.reply
    },
    async upload(name, content) {
      const answer = await fetch(`${url}/api/v1/files?name=${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', cookie },
        body: content,
        duplex: 'half',
      } as RequestInit)
      if (!answer.ok) throw new Error(`${name} was not taken: ${answer.status} ${await answer.text()}`)
      const { sha256, size } = (await answer.json()) as Stored
      return { sha256, name, size }
    },
  }
}

export function longPrint(lines: number): string {
  const rows = ['G28', 'M190 S60', 'M109 S200', 'M83', 'G1 F6000']
  for (let i = 0; i < lines; i++) rows.push(`G1 X${(60 + (i % 997) * 0.1).toFixed(2)} Y${(60 + (i % 499) * 0.2).toFixed(2)} E0.0312`)
  return rows.join('\n')
}

export function longCut(lines: number): string {
  const rows = ['G21', 'G90', 'G0 Z5', 'M3 S8000', 'G1 Z-1 F300', 'G1 F3000']
  for (let i = 0; i < lines; i++) rows.push(`G1X${(20 + (i % 997) * 0.1).toFixed(2)}Y${(20 + (i % 499) * 0.2).toFixed(2)}`)
  return [...rows, 'M5'].join('\n')
}

export const tell = (devices: ChildProcess, message: ToDevices) => devices.send(message)

export function heard<Kind extends FromDevices['kind']>(devices: ChildProcess, kind: Kind): Promise<Extract<FromDevices, { kind: Kind }>> {
  return new Promise(resolve => {
    const listen = (message: FromDevices) => {
      if (message.kind !== kind) return
      devices.off('message', listen)
      resolve(message as Extract<FromDevices, { kind: Kind }>)
    }
    devices.on('message', listen)
  })
}

/** When the machine at this port gets the first byte of a stop: Grbl's hold or reset, Marlin's M112. Questions (`?`) are not it. */
function urgent(devices: ChildProcess, port: string): Promise<number> {
  const stopWords: (string | number)[] = [0x21, 0x84, 0x18, 'M112', 'M410']
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no stop arrived at ${port} within 5 s`)), 5_000)
    const listen = (message: FromDevices) => {
      if (message.kind !== 'urgent' || message.port !== port || !stopWords.includes(message.what)) return
      clearTimeout(timer)
      devices.off('message', listen)
      resolve(message.at)
    }
    devices.on('message', listen)
  })
}

/** User and system seconds of the machine room that works in this folder (Linux, /proc). */
function roomCpuSeconds(folder: string): number {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`room.sock\0--data\0${folder}`)) continue
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    } catch {
      // A process that ended while we looked is not ours.
    }
  }
  return Number.NaN
}

export async function gapsDuring(
  devices: ChildProcess,
  deed: () => Promise<void>,
): Promise<{ longestMs: number; seconds: number; linesPerSecond: number }> {
  const count = async () => {
    const said = heard(devices, 'gaps')
    tell(devices, { kind: 'gaps' })
    return said
  }
  const before = await count()
  const from = performance.now()
  tell(devices, { kind: 'watch' })
  await deed()
  const after = await count()
  const seconds = (performance.now() - from) / 1000
  return { longestMs: Math.max(...after.gaps), seconds, linesPerSecond: (after.lines - before.lines) / seconds }
}
