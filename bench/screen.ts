// From a touch to paint in a real Chromium, with 565 machines speaking once a second: a technician's wall, a school with 60 machines, a machine, the conditions.
// `npm run bench -- screen`. Figures are the browser's own: Event Timing (what Interaction to Next Paint is made of), long tasks, and what its main thread spent.
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession, Locator, Page } from 'playwright-core'
import { buildWeb } from '../dashboard/web/build.ts'
import { startBrowser } from '../test/browser/browser.ts'
import { designed, password, planCity } from './city-plan.ts'
import { startCity, startSchools, temporary } from './city-processes.ts'

const largest = 60
const rounds = 6
const watchedMs = 10_000
const budgetMs = 100
/** The browser tells only of events that took longer than this; the rest count as this. */
const thresholdMs = 16

type Seen = { interaction: number; name: string; ms: number; waitedMs: number }
/** `wholeMs`: until a page that was gone to stood there whole, by the frame that showed it. */
type Touch = { seen: Seen[]; wholeMs: number[] }
type Spent = { what: string; scriptMs: number; layoutMs: number; taskMs: number; longTasks: number; seconds: number }

export async function benchScreen(): Promise<void> {
  await buildWeb()
  await using stack = new AsyncDisposableStack()
  const folder = temporary(stack)
  const plan = planCity(designed.machines, 0, largest)
  const planFile = join(folder, 'plan.json')
  writeFileSync(planFile, JSON.stringify(plan))
  const { url, broker } = await startCity(stack, plan, folder)
  await startSchools(stack, planFile, broker)
  const browser = await startBrowser()
  stack.defer(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  const [name = '', value = ''] = (await signIn(url)).split('=')
  await context.addCookies([{ name, value, url }])
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.addInitScript(watch, thresholdMs)
  const devtools = await context.newCDPSession(page)
  // By the thread's own clock: what else this computer does is not counted.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(url)
  await page.getByRole('link', { name: 'Школа № 1', exact: true }).waitFor()
  await sleep(3_000)
  console.log(
    `\n${designed.machines} machines at 1 Hz, one school with ${largest}; ${rounds} rounds; load average ${loadavg()
      .map(one => one.toFixed(1))
      .join(' ')}\n`,
  )

  const spent: Spent[] = []
  const touches = new Map<string, Touch>()
  let made = 0
  /** Does it, waits for what it brings, and takes the events it made. */
  const touch = async (what: string, deed: () => Promise<void>, brings?: Locator) => {
    await page.evaluate(() => void (window as unknown as Watched).tsekhSeen.splice(0))
    await deed()
    await brings?.first().waitFor()
    await sleep(250)
    made += 1
    const told = await page.evaluate(() => {
      const { tsekhSeen, tsekhWhole } = window as unknown as Watched
      return { seen: tsekhSeen.splice(0), whole: tsekhWhole.splice(0) }
    })
    const before = touches.get(what) ?? { seen: [], wholeMs: [] }
    touches.set(what, { seen: [...before.seen, ...worst(told.seen)], wholeMs: [...before.wholeMs, ...told.whole] })
  }
  const heading = (level: number, text: RegExp | string) => page.getByRole('heading', { level, name: text })

  for (let round = 0; round < rounds; round++) {
    if (round === 0) spent.push(await watchFor(page, devtools, "the city's wall"))
    await touch('wall → school', () => page.getByRole('link', { name: 'Школа № 1', exact: true }).click(), heading(1, 'Школа № 1'))
    if (round === 0) spent.push(await watchFor(page, devtools, `a school with ${largest} machines`))
    const details = page.getByRole('button', { name: /^Подробно о задании/ })
    if ((await details.count()) > 0) {
      await touch("a job's details open", () => details.first().click(), page.getByRole('dialog'))
      await touch('… and close', () => page.keyboard.press('Escape'))
    }
    await touch(
      'language',
      () => page.getByRole('button', { name: 'Switch to English' }).click(),
      page.getByRole('button', { name: 'Переключить на русский' }),
    )
    await touch(
      'language',
      () => page.getByRole('button', { name: 'Переключить на русский' }).click(),
      page.getByRole('button', { name: 'Switch to English' }),
    )
    await touch(
      'school → machine',
      () => page.getByRole('link', { name: 'Принтер 3', exact: true }).first().click(),
      heading(1, 'Принтер 3'),
    )
    if (round === 0) spent.push(await watchFor(page, devtools, "a machine's page"))
    await touch('a tab of the machine', () => page.getByRole('tab').nth(2).click())
    await touch('back to the wall', () => page.locator('a.brand').click(), page.getByRole('link', { name: 'Школа № 2', exact: true }))
    await page.evaluate(() => history.pushState({}, '', '/health'))
    await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')))
    await heading(1, /./).waitFor()
    await sleep(500)
    if (round === 0) spent.push(await watchFor(page, devtools, 'the conditions'))
    const row = page.locator('.condition-head').first()
    if ((await row.count()) > 0) {
      await touch('a condition opens', () => row.click())
      await touch('… and closes', () => row.click())
    }
    await touch('conditions → wall', () => page.locator('a.brand').click(), page.getByRole('link', { name: 'Школа № 2', exact: true }))
  }
  print(touches, made, spent)
}

type Watched = { tsekhSeen: Seen[]; tsekhLong: number[]; tsekhWhole: number[] }

/** Runs in the page before anything of ours. */
function watch(durationThreshold: number): void {
  const kept = window as unknown as Watched
  kept.tsekhSeen = []
  kept.tsekhLong = []
  kept.tsekhWhole = []
  const whole = (touched: number) =>
    requestAnimationFrame(now => {
      if (document.querySelector('.drawing-page, .page[aria-busy="true"]') === null) kept.tsekhWhole.push(now - touched)
      else whole(touched)
    })
  for (const name of ['click', 'keydown']) addEventListener(name, event => whole(event.timeStamp), { capture: true })
  new PerformanceObserver(list => {
    for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      if (entry.interactionId === 0) continue
      const { interactionId: interaction, name, duration: ms, processingStart, startTime } = entry
      kept.tsekhSeen.push({ interaction, name, ms, waitedMs: processingStart - startTime })
    }
  }).observe({ type: 'event', buffered: true, durationThreshold } as PerformanceObserverInit)
  new PerformanceObserver(list => kept.tsekhLong.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  })
}

/** Of the events of one interaction (pointerdown, pointerup, click) the longest is what a person feels. */
function worst(seen: readonly Seen[]): Seen[] {
  const byInteraction = new Map<number, Seen>()
  for (const one of seen) if (one.ms > (byInteraction.get(one.interaction)?.ms ?? 0)) byInteraction.set(one.interaction, one)
  return [...byInteraction.values()]
}

/** What the page's main thread does while nobody touches it and the figures stream in. */
async function watchFor(page: Page, devtools: CDPSession, what: string): Promise<Spent> {
  await sleep(1_500)
  const read = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return (name: string) => metrics.find(metric => metric.name === name)?.value ?? 0
  }
  await page.evaluate(() => void (window as unknown as Watched).tsekhLong.splice(0))
  const before = await read()
  const from = performance.now()
  await sleep(watchedMs)
  const after = await read()
  const seconds = (performance.now() - from) / 1000
  const ms = (name: string) => (after(name) - before(name)) * 1000
  const longTasks = await page.evaluate(() => (window as unknown as Watched).tsekhLong.splice(0).length)
  return {
    what,
    scriptMs: ms('ScriptDuration'),
    layoutMs: ms('LayoutDuration') + ms('RecalcStyleDuration'),
    taskMs: ms('TaskDuration'),
    longTasks,
    seconds,
  }
}

function print(touches: ReadonlyMap<string, Touch>, made: number, spent: readonly Spent[]): void {
  const all = [...touches.values()].flatMap(({ seen }) => seen)
  const row = (what: string, { seen, wholeMs }: Touch) => ({
    'p50 ms': at(seen, 0.5),
    'p98 ms': at(seen, 0.98),
    'most ms': at(seen, 1),
    [`over ${budgetMs}`]: seen.filter(({ ms }) => ms > budgetMs).length,
    'longer than a frame': seen.length,
    ...(/→|wall/.test(what) && {
      'whole page, p50': Math.round(wholeMs.toSorted((a, b) => a - b)[Math.floor(wholeMs.length / 2)] ?? 0),
      'most ': Math.round(Math.max(0, ...wholeMs)),
    }),
  })
  console.log('from a touch to the next paint')
  console.table(Object.fromEntries([...touches].map(([what, touch]) => [what, row(what, touch)])))
  console.log(`${made} touches; p50 ${at(all, 0.5)} ms, p98 ${at(all, 0.98)} ms of those longer than a frame (target ≤ ${budgetMs} ms)\n`)
  console.log('what the page spends while figures stream in, ms in a second')
  console.table(
    Object.fromEntries(
      spent.map(({ what, scriptMs, layoutMs, taskMs, longTasks, seconds }) => [
        what,
        {
          script: round(scriptMs / seconds),
          'style and layout': round(layoutMs / seconds),
          'all tasks': round(taskMs / seconds),
          'tasks over 50 ms': longTasks,
        },
      ]),
    ),
  )
}

function at(seen: readonly Seen[], share: number): number {
  const sorted = seen.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? thresholdMs
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'technician-0', password }),
  })
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}
