// A school's process with thirty machines: how soon it is open, what it holds idle, and what after large files. `npm run bench -- school`
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startChild } from '../daemon/cli/child.ts'
import { freePort } from '../daemon/cli/free-port.ts'
import { readProcess } from './city-figures.ts'
import { heard, longPrint, signIn, tell } from './stop.ts'

const ofEach = 15
const starts = 5
const idleMs = 15_000
/** The worker that analyses is let go after a minute (daemon/analyst.ts). */
const restedMs = 75_000
const uploads = 3
const uploadLines = 1_900_000

export async function benchSchool(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-bench-school-'))
  const devices = fork(join(import.meta.dirname, 'stop-devices.ts'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  stack.defer(async () => {
    tell(devices, { kind: 'end' })
    await new Promise(resolve => devices.once('exit', resolve))
  })
  const said = heard(devices, 'ports')
  tell(devices, { kind: 'start', marlins: ofEach, mills: ofEach })
  const ports = await said
  const machines = [
    ...ports.marlins.map((port, i) => ({ id: `printer-${i + 1}`, name: `printer ${i + 1}`, model: 'generic-marlin', port })),
    ...ports.mills.map((port, i) => ({ id: `mill-${i + 1}`, name: `mill ${i + 1}`, model: 'generic-grbl-mill', port })),
  ]
  const port = await freePort(0, new Set())
  const people = [{ id: 'technician', name: 'Technician', login: 'technician', role: 'technician', password: 'technician' }]
  const file = join(folder, 'school.yaml')
  const config = { site: { id: 'bench-school', name: 'Bench' }, data: join(folder, 'data'), screen: { port }, machines, people, demo: true }
  writeFileSync(file, stringify(config))
  console.log(
    `\n${machines.length} machines in one school; load average ${loadavg()
      .map(one => one.toFixed(1))
      .join(' ')}\n`,
  )

  const open = async () => {
    const from = performance.now()
    const child = startChild('school', ['school', file, '--stop-room'], folder, line => line.includes('"url"'))
    await child.ready
    return { child, ms: performance.now() - from }
  }
  const times: number[] = []
  for (let at = 0; at < starts; at++) {
    const { child, ms } = await open()
    times.push(ms)
    await child.stop(60_000)
  }
  const { child, ms } = await open()
  stack.defer(() => child.stop(60_000))
  times.push(ms)
  times.sort((a, b) => a - b)
  const middle = times[Math.floor(times.length / 2)] ?? Number.NaN
  console.log(
    `from its start to its screen    ${middle.toFixed(0)} ms in the middle, ${times.at(-1)?.toFixed(0)} ms at most, of ${times.length} (target ≤ 1500 ms)`,
  )

  const { pid = 0 } = child
  await sleep(idleMs)
  const before = readProcess(pid)
  await sleep(10_000)
  const idle = readProcess(pid)
  console.log(
    `idle, every machine answering   ${idle.memory.toFixed(0)} MB, ${((idle.cpuSeconds - before.cpuSeconds) * 10).toFixed(0)} % of a core (target ≤ 150 MB)`,
  )
  const school = await signIn(`http://127.0.0.1:${port}`)
  for (let at = 0; at < uploads; at++) {
    const stored = await school.upload(`large-${at}.gcode`, `; ${at}\n${longPrint(uploadLines)}`)
    for (;;) {
      const reply = await school.ask({ kind: 'program.check', ...stored })
      if (reply?.outcome === 'refused') throw new Error(reply.denial.text.en)
      if (reply?.outcome === 'done') break
    }
  }
  const after = readProcess(pid)
  await sleep(restedMs)
  const later = readProcess(pid)
  console.log(
    `after ${uploads} files of 60 MB          ${after.memory.toFixed(0)} MB, ${restedMs / 1000} s later ${later.memory.toFixed(0)} MB, at most ${later.memoryMost.toFixed(0)} MB on the way`,
  )
}
