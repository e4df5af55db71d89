// Ten machines stream while a 300-MB file arrives and is analysed: the longest pause of each stream, beside the same without the file.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startChild } from '../daemon/cli/child.ts'
import { freePort } from '../daemon/cli/free-port.ts'
import { gapsDuring, heard, insist, longCut, longPrint, signIn, tell } from './stop.ts'

const machinesOfEach = 5
const megabytes = 300
const site = 'bench-school'

export async function benchBeside(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tsekh-bench-beside-'))
  const devices = fork(join(import.meta.dirname, 'stop-devices.ts'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  stack.defer(async () => {
    tell(devices, { kind: 'end' })
    await new Promise(resolve => devices.once('exit', resolve))
  })
  const said = heard(devices, 'ports')
  tell(devices, { kind: 'start', marlins: machinesOfEach, mills: machinesOfEach })
  const ports = await said
  const machines = [
    ...ports.marlins.map((port, i) => ({ id: `printer-${i + 1}`, name: `printer ${i + 1}`, model: 'generic-marlin', port })),
    ...ports.mills.map((port, i) => ({ id: `mill-${i + 1}`, name: `mill ${i + 1}`, model: 'generic-grbl-mill', port })),
  ]
  const port = await freePort(0, new Set())
  const people = [{ id: 'technician', name: 'Technician', login: 'technician', role: 'technician', password: 'technician' }]
  const file = join(folder, 'school.yaml')
  writeFileSync(
    file,
    stringify({ site: { id: site, name: 'Bench' }, data: join(folder, 'data'), screen: { port }, machines, people, demo: true }),
  )
  const child = startChild('school', ['school', file, '--stop-room'], folder, line => line.includes('"url"'))
  stack.defer(() => child.stop(60_000))
  await child.ready
  const school = await signIn(`http://127.0.0.1:${port}`)
  const print = await school.upload('print.gcode', longPrint(400_000))
  const cut = await school.upload('cut.nc', longCut(400_000))
  await sleep(3_000)
  for (const { id } of machines) {
    const mills = id.startsWith('mill')
    const request = randomUUID()
    const reply = await school.ask({ kind: 'job.submit', request, ...(mills ? cut : print), machine: id, copies: 1 })
    if (reply?.outcome === 'refused') throw new Error(`${id}: ${reply.denial.code}: ${reply.denial.text.en}`)
    if (mills) await insist(() => school.ask({ kind: 'job.start', job: request, machine: id }))
  }
  await sleep(3_000)

  console.log(`\n${machines.length} machines streaming at 115200 beside a file of ${megabytes} MB\n`)
  const rows: Record<string, unknown>[] = []
  const note = (what: string, { longestMs, seconds, linesPerSecond }: Awaited<ReturnType<typeof gapsDuring>>) =>
    rows.push({ while: what, seconds: seconds.toFixed(1), 'longest pause ms': longestMs.toFixed(0), 'lines/s': Math.round(linesPerSecond) })
  note('nothing else', await gapsDuring(devices, () => sleep(10_000)))
  let large: { sha256: string; name: string; size: number } | undefined
  const uploaded = await gapsDuring(devices, async () => {
    large = await school.upload('relief.nc', largeCut(megabytes))
  })
  note('it is uploaded', uploaded)
  const stored = large
  if (stored === undefined) throw new Error('nothing was stored')
  const analysed = await gapsDuring(devices, async () => {
    // Asked under new ids until it is known: the same file is analysed once, whoever asks.
    for (;;) {
      const reply = await school.ask({ kind: 'program.check', ...stored })
      if (reply?.outcome === 'refused') throw new Error(reply.denial.text.en)
      if (reply?.outcome === 'done') return
    }
  })
  note('it is analysed for all of them', analysed)
  console.table(rows)
}

/** A relief of short moves, made row by row: it is never whole in memory. */
function largeCut(megabytes: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let made = 0
  let row = 0
  return new ReadableStream({
    pull(controller) {
      if (made >= megabytes * 1e6) return controller.close()
      const lines = row === 0 ? ['G21', 'G90', 'M3 S8000', 'G0 Z5', 'G1 Z-1 F300', 'G1 F3000'] : []
      for (let i = 0; i < 5000; i++)
        lines.push(`G1X${(i * 0.03).toFixed(3)}Y${((row % 1500) * 0.1).toFixed(2)}Z${(-1 - 0.5 * Math.sin(i / 40 + row)).toFixed(3)}`)
      row++
      const bytes = encoder.encode(`${lines.join('\n')}\n`)
      made += bytes.length
      controller.enqueue(bytes)
    },
  })
}
