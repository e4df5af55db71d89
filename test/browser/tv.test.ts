// The wall's screen in a real browser: filled from its own school, renewed by itself, refused without a token.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { Person } from '../dashboard/house.ts'
import { openScreen, type Screen } from '../dashboard/screen-house.ts'
import { down, endedJob, machineOf, ready, start } from '../health/pictures.ts'
import { startBrowser } from './browser.ts'

let browser: Browser
let screen: Screen
beforeAll(async () => {
  browser = await startBrowser()
  screen = await openScreen()
})
afterAll(async () => {
  await browser?.close()
  await screen?.[Symbol.asyncDispose]()
})

/** Where people look at it: git-ignored, as the other pictures are. */
const folder = join(import.meta.dirname, '../screens')

function say(id: string, state: MachineState, inService = false): void {
  const { declaration, readOnly, at } = machineOf(id, state)
  screen.fleet.apply('alpha', { name: 'machine', machine: id, payload: { declaration, state, inService, readOnly, at } })
}

function workshop(): void {
  const since = { since: start }
  const machines = Array.from({ length: 26 }, (_, at) => `p${at + 1}`)
  const birth = {
    status: 'online',
    site: 'alpha',
    name: 'Школа № 5',
    session: 's-first-1',
    version: '1',
    clock: 0,
    machines,
    lastEvent: 0,
  } as const
  screen.fleet.apply('alpha', { name: 'status', payload: birth })
  for (const id of machines) say(id, ready)
  say('p3', down)
  say('p7', { state: 'attention', ...since, why: 'runout' })
  say('p9', { state: 'uncleared', ...since, job: 'job-00009' })
  say('p4', { state: 'running', ...since, job: 'job-00004' })
  say('p5', { state: 'offline', ...since })
  say('p6', ready, true)
  const call = { code: 'help-called', text: { ru: 'Зовут', en: 'Called' } }
  const called = { kind: 'fault', number: 1, at: start, machine: 'p7', change: 'raised', fault: call } as const
  screen.fleet.apply('alpha', { name: 'events', events: [called] })
  const by = { id: 'anna', name: 'Анна', role: 'teacher' } as const
  const jobs = [
    endedJob('job-00004', { machine: 'p4', state: 'running', ticket: 1051, submittedAt: Date.now() }),
    ...[1042, 1047].map(ticket =>
      endedJob(`job-0${ticket}`, { state: 'completed', ticket, endedAt: Date.now(), verdict: { quality: 'ok', by, at: start } }),
    ),
  ]
  screen.fleet.apply('alpha', {
    name: 'events',
    events: jobs.map((job, at) => ({ kind: 'job', number: at + 1, at: start, change: 'x', job })),
  })
  const progress = { job: 'job-00004', lines: 1, bytes: 1, fraction: 0.42, elapsedSeconds: 900, remainingSeconds: 1500 }
  screen.fleet.apply('alpha', { name: 'telemetry', machine: 'p4', payload: { at: start, progress } })
}

describe('the wall', () => {
  it('says what to do where nobody let it in', async () => {
    const page = await browser.newPage()
    await page.goto(`${screen.url}/tv/alpha?kiosk=1`)
    expect(await page.locator('h1').textContent()).toBe('Этот экран не подключён или его срок вышел.')
    await page.close()
  })

  it.for([
    ['wide', { width: 1280, height: 720 }, ''],
    ['narrow', { width: 360, height: 740 }, '&lang=en'],
  ] as const)('shows the workshop, %s, with nothing on its console, and follows it', async ([size, viewport, language]) => {
    workshop()
    const tech = await Person.signIn(screen.url, 'tech')
    const made = (await (await tech.post('/api/v1/tv', { site: 'alpha', name: size, days: 1 })).json()) as { path: string }
    const page = await browser.newPage({ viewport, reducedMotion: 'reduce' })
    const troubles: string[] = []
    page.on('pageerror', error => troubles.push(error.message))
    page.on('console', message => message.type() === 'error' && troubles.push(message.text()))
    await page.goto(`${screen.url}${made.path}${language}`)
    await page.locator('.tile.fault').waitFor()
    expect(page.url()).not.toContain('token')
    expect(await page.locator('.tile').count()).toBe(24)
    expect(await page.locator('#ticker').textContent()).toContain('№1042, №1047')
    expect(await page.locator('.tile.running').textContent()).toContain('№1051')
    expect(await page.locator('#calls li').textContent()).toMatch(/Станок p7/)
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `tv-${size}.png`) })
    // Where it stands farthest to the right on its way against burn-in, too.
    await page.evaluate("document.getElementById('wall').style.transform = 'translate(5px, 2px)'")
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBe(0)
    // On the wall all of it is seen at once; on a phone it scrolls.
    if (size === 'wide')
      expect(
        Number(await page.evaluate("document.getElementById('ticker').getBoundingClientRect().bottom - innerHeight")),
      ).toBeLessThanOrEqual(0)
    say('p3', ready)
    await page.locator('.tile.fault').waitFor({ state: 'detached', timeout: 10_000 })
    expect(await page.locator('#broken').textContent()).toBe('0')
    expect(troubles).toEqual([])
    await page.close()
  })
})
