// The machine's own page and a mended ticket in a real Chromium: without script at 320 px, by keyboard; with script, live.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { machinePath } from '../../dashboard/floor/secret.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { machineMessage, Person, sha } from '../dashboard/house.ts'
import { openTickets } from '../dashboard/tickets/stage.ts'
import { startBrowser } from './browser.ts'
import { must } from './stage.ts'

/** Set to look at the pages: pictures of each are left there. */
const pictures = process.env.TSEKH_PICTURES
let browser: Browser
let stage: Awaited<ReturnType<typeof openTickets>>
let path = ''
beforeAll(async () => {
  browser = await startBrowser()
  stage = await openTickets()
  path = machinePath(stage.key, 'alpha', 'ender')
  if (pictures) mkdirSync(pictures, { recursive: true })
})
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})
beforeEach(() => {
  stage.commands.length = 0
  say({ state: 'ready', since: 1 })
  fault('help-called', 'cleared')
  fault('problem-reported', 'cleared')
})

const say = (state: MachineState) =>
  stage.fleet.apply('alpha', { name: 'machine', machine: 'ender', payload: machineMessage('ender', state) })
let number = 5_000
function fault(code: string, change: 'raised' | 'cleared'): void {
  const text = { ru: 'Сообщили о станке: дым или запах гари. «Пахнет от платы»', en: 'Reported: smoke.' }
  const help = { ru: 'Осмотрите станок и нажмите «Устранено». До этого новое на нём не начнётся.', en: 'Look at it.' }
  const event = { kind: 'fault', number: number++, at: 1, machine: 'ender', change, fault: { code, text, help } } as const
  stage.fleet.apply('alpha', { name: 'events', events: [event] })
}

type Look = { javaScriptEnabled?: boolean; width?: number; dark?: boolean; locale?: string; as?: string }

async function open(at: string, { javaScriptEnabled = false, width = 320, dark = false, locale = 'ru-RU', as }: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled,
    viewport: { width, height: 640 },
    colorScheme: dark ? 'dark' : 'light',
    locale,
  })
  if (as !== undefined) {
    const [name = '', value = ''] = (await Person.signIn(stage.url, as)).cookie.split('=')
    await context.addCookies([{ name, value, url: stage.url }])
  }
  const page = await context.newPage()
  await page.goto(stage.url + at)
  return page
}

/** Nothing wider than the screen, nothing too small for a finger. */
async function fits(page: Page, width: number, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  const client = await page.context().newCDPSession(page)
  const { cssContentSize } = await client.send('Page.getLayoutMetrics')
  expect(cssContentSize.width, name).toBeLessThanOrEqual(width)
  const controls = await page.locator('a.button, button:not([hidden]), input:not([type=radio]):not([type=hidden]), label.chip').all()
  for (const control of controls) expect((await control.boundingBox())?.height ?? 0, name).toBeGreaterThanOrEqual(44)
}

const scenes: [string, MachineState, string | undefined, string, boolean][] = [
  ['free', { state: 'ready', since: 1 }, undefined, '', false],
  ['working', { state: 'running', since: 1, job: 'job-working' }, undefined, '', true],
  ['part', { state: 'uncleared', since: 1, job: 'job-onBed' }, 'petya', '', false],
  ['report', { state: 'ready', since: 1 }, undefined, '?ask=report', false],
  ['staff-part', { state: 'uncleared', since: 1, job: 'job-onBed' }, 'anna', '', true],
  ['staff-cause', { state: 'uncleared', since: 1, job: 'job-onBed' }, 'anna', '?ask=failed', false],
  ['staff-working', { state: 'running', since: 1, job: 'job-working' }, 'anna', '', false],
]

describe('the machine’s own page without script', () => {
  it.for(scenes)('%s fits 320 px', async ([name, state, as, asking, calls]) => {
    say(state)
    if (calls) {
      fault('help-called', 'raised')
      fault('problem-reported', 'raised')
    }
    const page = await open(path + asking, { ...(as === undefined ? {} : { as }) })
    await fits(page, 320, `floor-${name}`)
    expect(await page.locator('h1').count()).toBe(1)
    await page.context().close()
    if (!pictures) return
    const dark = await open(path + asking, { ...(as === undefined ? {} : { as }), dark: true, width: 360, locale: 'en-GB' })
    await fits(dark, 360, `floor-${name}-dark-en`)
    await dark.context().close()
  })

  it('calls and reports by keyboard, and thanks', async () => {
    const page = await open(path)
    await page.getByRole('button', { name: 'Позвать учителя' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Учителя позвали.').waitFor()
    await page.getByRole('link', { name: 'Сообщить о проблеме' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Дым или запах гари').focus()
    await page.keyboard.press('Space')
    await page.getByLabel('Своими словами').fill('пахнет от платы')
    await page.keyboard.press('Enter')
    await page.getByText('Спасибо, сообщили.').waitFor()
    expect(stage.commands.map(({ ask }) => ask)).toEqual([
      { kind: 'machine.help', machine: 'ender' },
      { kind: 'machine.report', machine: 'ender', problem: 'smell', text: 'пахнет от платы' },
    ])
    await page.context().close()
  })

  it('clears the bed in one tap, or in two with a cause', async () => {
    say({ state: 'uncleared', since: 1, job: 'job-onBed' })
    const page = await open(path, { as: 'anna' })
    await page.getByRole('button', { name: 'Годно: стол очищен' }).click()
    await page.getByRole('status').getByText('Стол очищен.').waitFor()
    await page.getByRole('link', { name: 'Брак' }).click()
    await page.getByLabel('Другая причина').fill('упала')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Стол очищен.').waitFor()
    expect(stage.commands.map(({ ask }) => ask)).toMatchObject([{ quality: 'ok' }, { quality: 'failed', cause: 'упала' }])
    await page.context().close()
  })

  it('prints stickers on one sheet for eight machines, each with its code', async () => {
    const page = await open('/m/alpha/stickers', { as: 'anna', width: 1280 })
    await fits(page, 1280, 'floor-stickers')
    expect(await page.locator('.stickers li').count()).toBe(1)
    expect(Number(await page.evaluate("document.querySelector('.stickers img').naturalWidth"))).toBeGreaterThan(0)
    await page.setViewportSize({ width: 320, height: 640 })
    await fits(page, 320, 'floor-stickers-phone')
    await page.context().close()
  })
})

describe('the machine’s own page with script', () => {
  it('follows the machine without reloading and breaks no rule of its own policy', async () => {
    const page = await open(path, { javaScriptEnabled: true, width: 360 })
    const broken: string[] = []
    page.on('console', message => message.type() === 'error' && broken.push(message.text()))
    page.on('pageerror', error => broken.push(error.message))
    say({ state: 'running', since: 1, job: 'job-working' })
    await page.locator('#live').getByText('Работает').waitFor({ timeout: 12_000 })
    expect(await page.locator('#say').innerText()).toBe('Работает')
    expect(broken).toEqual([])
    await page.context().close()
  })
})

describe('a ticket that was sent back', () => {
  const returned = {
    comment: 'Стенка тонкая: сделай 1,2 мм.',
    mark: { x: 30, y: 12.5, layer: 3 },
    by: { id: 'anna', name: 'Анна', role: 'teacher' as const },
    at: 2_000,
  }
  const file = { name: 'кубик 2.gcode', mimeType: 'text/plain', buffer: Buffer.from('G28\nG1 X1\n'.repeat(2_000)) }
  beforeEach(() => {
    const points: number[] = [0, 0, 0]
    const work = [0]
    const layers: number[] = []
    for (let layer = 0; layer < 6; layer++) {
      layers.push(work.length)
      for (let step = 0; step <= 120; step++) {
        const angle = (step / 120) * 2 * Math.PI
        const reach = 18 + 5 * Math.sign(Math.sin(angle * 12))
        points.push(25 + reach * Math.cos(angle), 25 + reach * Math.sin(angle), layer)
        work.push(step === 0 ? 0 : 1)
      }
    }
    const preview = { kind: 'printer', bounds: { min: [2, 2, 0], max: [48, 48, 6] }, segments: 1, points, work, layers, times: [] }
    const at = join(stage.folder, 'preview-a')
    writeFileSync(at, JSON.stringify(preview))
    stage.previews.set(sha('a'), at)
    stage.put({ ...must(stage.jobs.get('job-waiting')), id: 'job-back', ticket: 77, state: 'returned', returned })
  })

  it('shows the place, and takes the mended file without script, by keyboard', async () => {
    const page = await open(stage.path('back'))
    await page.getByAltText(/слой 4, X 30, Y 12,5 мм/).waitFor()
    await fits(page, 320, 'ticket-back')
    await page.getByLabel('Исправленный файл').setInputFiles(file)
    await page.getByLabel('Что исправлено').fill('Сделал 1,2 мм')
    await page.keyboard.press('Enter')
    await page.waitForURL(/said=mended/)
    await page.getByText('Исправленный файл принят').waitFor()
    expect(stage.commands).toMatchObject([{ ask: { kind: 'job.mend', job: 'job-back', size: 20_000, comment: 'Сделал 1,2 мм' } }])
    await page.context().close()
  })

  it('keeps the chosen file while it renews itself, tells how far it is, and the school’s no', async () => {
    const page = await open(stage.path('back'), { javaScriptEnabled: true, width: 360 })
    const troubles: string[] = []
    page.on('pageerror', error => troubles.push(error.message))
    await page.getByLabel('Исправленный файл').setInputFiles(file)
    await page.waitForResponse(response => response.url().includes('/live'), { timeout: 12_000 })
    expect(await page.getByLabel('Исправленный файл').inputValue()).toContain('кубик 2.gcode')
    const text = { ru: 'Квота на неделю исчерпана.', en: 'The quota is used up.' }
    stage.answer = ({ id }) => ({ outcome: 'refused', command: id, at: 1, denial: { code: 'quota', text } })
    await page.getByRole('button', { name: 'Отправить на проверку' }).click()
    await page.locator('#mendsaid').getByText('Квота на неделю исчерпана.').waitFor()
    await fits(page, 360, 'ticket-back-refused')
    stage.answer = ({ id }) => {
      stage.put({ ...must(stage.jobs.get('job-back')), state: 'submitted' })
      return { outcome: 'done', command: id, at: 1 }
    }
    await page.getByRole('button', { name: 'Отправить на проверку' }).click()
    await page.getByText('Исправленный файл принят').waitFor()
    await page.getByRole('heading', { name: 'Учитель проверяет' }).waitFor()
    expect(await page.locator('#mend').count()).toBe(0)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('grows the form by itself when the teacher sends the job back meanwhile', async () => {
    stage.put({ ...must(stage.jobs.get('job-back')), state: 'submitted' })
    const page = await open(stage.path('back'), { javaScriptEnabled: true, width: 360 })
    expect(await page.locator('#mend').count()).toBe(0)
    stage.put({ ...must(stage.jobs.get('job-back')), state: 'returned', returned })
    await page.locator('#mend').waitFor({ timeout: 12_000 })
    await page.context().close()
  })
})
