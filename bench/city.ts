// The city under a working day's load: how long from a machine's word to the screens, what each browser is sent, what the process costs. `npm run bench -- city`
// Beside it in the same run: the naive full broadcast, and the broker alone. `--knee`: how much more it carries. Schools and browsers are processes of their own.
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { BrowsersOrder, BrowsersWord, PageBytes } from './city-browsers.ts'
import { Histogram, readProcess } from './city-figures.ts'
import type { FloorWord } from './city-floor.ts'
import type { NaiveWord } from './city-naive.ts'
import { type CityPlan, designed, planCity } from './city-plan.ts'
import { heard, start, startCity, startSchools, temporary } from './city-processes.ts'
import { type KneeRow, printCity, printKnee } from './city-report.ts'
import type { SchoolsWord } from './city-schools.ts'

/** What one run found. `cpu`: share of a core; `memory`: MB, the most seen. */
export type Run = {
  plan: CityPlan
  seconds: number
  measured: Map<string, Histogram>
  bytes: PageBytes[]
  frames: number
  lost: number
  cpu: number
  memory: number
  telemetryPerSecond: number
  /** Events the city had not confirmed at the end. */
  behind: number
  /** How late the load's own processes were, ms, p99, and how busy: what they waited is in the latencies, too. */
  loadLoopMs: number
  loadCpu: number
}

const settleMs = 8_000
const browserProcesses = 2
const listeners = 3
/** Beyond this a figure is no longer live. */
const kneeMs = 300
/** What the design's city is multiplied by. A city takes 2,000 sockets and no more (dashboard/server/sockets.ts): four in five of its pages are sockets. */
const kneeTimes = { machines: [1, 2, 4, 8, 16, 24, 32], pages: [2, 4, 6, 8] } as const

export async function benchCity(argv: string[]): Promise<void> {
  const options = {
    machines: { type: 'string' },
    clients: { type: 'string' },
    seconds: { type: 'string' },
    knee: { type: 'boolean' },
    alone: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ args: argv, options })
  const machines = Number(values.machines ?? designed.machines)
  const clients = Number(values.clients ?? designed.pages)
  const seconds = Number(values.seconds ?? 40)
  if (values.knee) return findKnee(Number(values.seconds ?? 15))
  const plan = planCity(machines, clients)
  console.log(`\n${plan.sites.length} sites, ${machines} machines at 1 Hz, ${clients} pages, ${seconds} s; load average ${load()}\n`)
  const city = await measureCity(plan, seconds)
  const [naive, floor] = values.alone
    ? []
    : [await measureNaive(plan, Math.min(10, seconds)), await measureFloor(plan, Math.min(20, seconds))]
  printCity(city, naive, floor)
}

async function findKnee(seconds: number): Promise<void> {
  console.log(`\nMore machines, then more pages, until p99 passes ${kneeMs} ms; ${seconds} s each, load average ${load()}\n`)
  const rows: KneeRow[] = []
  for (const grown of ['machines', 'pages'] as const) {
    for (const times of kneeTimes[grown]) {
      const plan = planCity(designed.machines * (grown === 'machines' ? times : 1), designed.pages * (grown === 'pages' ? times : 1))
      const run = await measureCity(plan, seconds)
      const all = new Histogram()
      for (const histogram of run.measured.values()) all.merge(histogram.counts())
      rows.push({
        machines: plan.sites.reduce((sum, site) => sum + site.machines.length, 0),
        pages: plan.pages.length,
        p50: all.at(0.5),
        p99: all.at(0.99),
        run,
      })
      if (all.at(0.99) > kneeMs) break
    }
  }
  printKnee(rows)
}

/** The real thing: `tsekh city`, its store on disk, all pages open. */
async function measureCity(plan: CityPlan, seconds: number): Promise<Run> {
  await using stack = new AsyncDisposableStack()
  const folder = temporary(stack)
  const { url, broker, pid } = await startCity(stack, plan, folder)
  const load = await startLoad(stack, plan, folder, broker)
  await load.look(browserProcesses, at => ({ url, plan: load.planFile, ...slice(plan.pages.length, at) }))
  return await load.measure(plan, seconds, pid)
}

async function measureNaive(plan: CityPlan, seconds: number): Promise<Run & { broadcastBytes: number }> {
  await using stack = new AsyncDisposableStack()
  const server = start(stack, './city-naive.ts')
  const { url, brokerUrl } = await heard<Extract<NaiveWord, { kind: 'ready' }>>(server, 'ready')
  const load = await startLoad(stack, plan, temporary(stack), brokerUrl)
  await load.look(browserProcesses, at => ({ url, plan: load.planFile, ...slice(plan.pages.length, at), naive: true }))
  server.send('begin')
  const run = await load.measure(plan, seconds, server.pid ?? 0)
  const size = heard<Extract<NaiveWord, { kind: 'size' }>>(server, 'size')
  server.send('size')
  return { ...run, broadcastBytes: (await size).bytes }
}

async function measureFloor(plan: CityPlan, seconds: number): Promise<Run> {
  await using stack = new AsyncDisposableStack()
  const server = start(stack, './city-floor.ts')
  const { brokerUrl } = await heard<FloorWord>(server, 'ready')
  const load = await startLoad(stack, plan, temporary(stack), brokerUrl)
  await load.look(1, () => ({ brokerUrl, listeners }))
  return await load.measure(plan, seconds, server.pid ?? 0)
}

async function startLoad(stack: AsyncDisposableStack, plan: CityPlan, folder: string, brokerUrl: string) {
  const planFile = join(folder, 'plan.json')
  writeFileSync(planFile, JSON.stringify(plan))
  const schools = await startSchools(stack, planFile, brokerUrl)
  const browsers: ChildProcess[] = []
  const count = async () => {
    const said = heard<Extract<SchoolsWord, { kind: 'count' }>>(schools, 'count')
    schools.send('count')
    return said
  }
  return {
    planFile,
    look: async (processes: number, order: (at: number) => BrowsersOrder) => {
      for (let at = 0; at < processes; at++) browsers.push(start(stack, './city-browsers.ts'))
      await Promise.all(
        browsers.map((browser, at) => {
          const open = heard<BrowsersWord>(browser, 'open')
          browser.send(order(at))
          return open
        }),
      )
    },
    measure: async (of: CityPlan, seconds: number, pid: number): Promise<Run> => {
      await sleep(settleMs)
      const load = [schools, ...browsers].map(({ pid: own = 0 }) => own)
      const cpuOf = (pids: number[]) => pids.map(own => readProcess(own).cpuSeconds)
      for (const browser of browsers) browser.send('begin')
      const [from, [cpuBefore = 0], loadBefore, said] = [performance.now(), cpuOf([pid]), cpuOf(load), await count()]
      let memory = 0
      while (performance.now() - from < seconds * 1000) {
        await sleep(500)
        memory = Math.max(memory, readProcess(pid).memory)
      }
      const passed = (performance.now() - from) / 1000
      const [[cpuAfter = 0], loadAfter, after] = [cpuOf([pid]), cpuOf(load), await count()]
      const words = await Promise.all(
        browsers.map(browser => {
          const figures = heard<Extract<BrowsersWord, { kind: 'figures' }>>(browser, 'figures')
          browser.send('figures')
          return figures
        }),
      )
      const measured = new Map<string, Histogram>()
      for (const { what, counts } of words.flatMap(word => word.measured)) {
        const histogram = measured.get(what) ?? new Histogram()
        histogram.merge(counts)
        measured.set(what, histogram)
      }
      return {
        plan: of,
        seconds: passed,
        measured,
        bytes: words.flatMap(({ bytes }) => bytes),
        frames: words.reduce((sum, word) => sum + word.frames, 0),
        lost: words.reduce((sum, word) => sum + word.lost, 0),
        cpu: (cpuAfter - cpuBefore) / passed,
        memory,
        telemetryPerSecond: (after.telemetry - said.telemetry) / passed,
        behind: after.confirmedBehind,
        loadLoopMs: Math.max(...words.map(({ loopMs }) => loopMs)),
        loadCpu: Math.max(...loadAfter.map((cpu, at) => (cpu - (loadBefore[at] ?? 0)) / passed)),
      }
    },
  }
}

function slice(pages: number, at: number): { from: number; upTo: number } {
  return { from: Math.floor((pages * at) / browserProcesses), upTo: Math.floor((pages * (at + 1)) / browserProcesses) }
}

function load(): string {
  return loadavg()
    .map(one => one.toFixed(1))
    .join(' ')
}
