// Tickets and joining in a real Chromium: without script, at 320 px, by keyboard; with script, live.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aForecast, openTickets, phases } from '../dashboard/tickets/stage.ts'
import { startBrowser } from './browser.ts'

/** Set to look at the pages: pictures of each are left there. */
const pictures = process.env.TSEKH_PICTURES
let browser: Browser
let stage: Awaited<ReturnType<typeof openTickets>>
beforeAll(async () => {
  browser = await startBrowser()
  stage = await openTickets({ forecast: aForecast(Date.now()) })
  if (pictures) mkdirSync(pictures, { recursive: true })
})
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

type Look = { javaScriptEnabled?: boolean; width?: number; dark?: boolean; locale?: string }

async function open(path: string, { javaScriptEnabled = false, width = 320, dark = false, locale = 'ru-RU' }: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled,
    viewport: { width, height: 640 },
    colorScheme: dark ? 'dark' : 'light',
    locale,
  })
  const page = await context.newPage()
  await page.goto(stage.url + path)
  return page
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

/** Widest thing on the page, px; layout is measured by the browser, not by the page's script. */
async function widthOf(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page)
  const { cssContentSize } = await client.send('Page.getLayoutMetrics')
  return cssContentSize.width
}

async function heightsOf(page: Page): Promise<number[]> {
  const controls = await page.locator('a.button, button:not([hidden]), input').all()
  return Promise.all(controls.map(async control => (await control.boundingBox())?.height ?? 0))
}

describe('a ticket without script at 320 px', () => {
  it.for(Object.keys(phases))('%s fits, and what is to be touched is large enough', async phase => {
    const page = await open(stage.path(phase))
    await picture(page, `ticket-${phase}`)
    expect(await widthOf(page)).toBeLessThanOrEqual(320)
    for (const height of await heightsOf(page)) expect(height).toBeGreaterThanOrEqual(44)
    expect(await page.locator('.number').innerText()).toMatch(/№ \d+/)
    expect(await page.locator('.steps li').count()).toBe(4)
    expect(await page.locator('.qr svg').isVisible()).toBe(true)
    await page.context().close()
  })

  it('in the dark, and in English', async () => {
    for (const phase of ['waiting', 'failed', 'ready']) {
      const page = await open(stage.path(phase), { dark: true, locale: 'en-GB', width: 360 })
      await picture(page, `ticket-${phase}-dark-en`)
      expect(await widthOf(page)).toBeLessThanOrEqual(360)
      await page.context().close()
    }
  })

  it('cancels by keyboard: a question first, then the deed', async () => {
    const page = await open(stage.path('waiting'))
    await page.getByRole('link', { name: 'Отменить задание' }).focus()
    await page.keyboard.press('Enter')
    await picture(page, 'ticket-cancel')
    stage.commands.length = 0
    await page.getByRole('button', { name: 'Да, отменить' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Задание отменено.').waitFor()
    expect(stage.commands).toMatchObject([{ ask: { kind: 'job.cancel', job: 'job-waiting' } }])
    await page.context().close()
  })

  it('asks for itself anew', async () => {
    const page = await open(stage.path('waiting'))
    expect(await page.content()).toContain('http-equiv="refresh"')
    await page.context().close()
  })
})

describe('a ticket with script', () => {
  it('follows the job without reloading, says aloud what changed, and breaks no rule of its own policy', async () => {
    const page = await open(stage.path('working'), { javaScriptEnabled: true, width: 360 })
    const broken: string[] = []
    page.on('console', message => message.type() === 'error' && broken.push(message.text()))
    page.on('pageerror', error => broken.push(error.message))
    await page.evaluate(() => Object.assign(window, { stayed: true }))
    const running = stage.jobs.get('job-working')
    if (running) stage.put({ ...running, state: 'paused' })
    await page.locator('#live').getByText('На паузе').waitFor({ timeout: 12_000 })
    expect(await page.locator('#say').innerText()).toBe('На паузе')
    expect(await page.evaluate(() => 'stayed' in window)).toBe(true)
    expect(broken).toEqual([])
    if (running) stage.put(running)
    await page.context().close()
  })
})

describe('joining without script at 320 px', () => {
  it('asks for a code and a nickname, hints at no surname, and gives the card once', async () => {
    const page = await open('/join')
    await picture(page, 'join')
    expect(await widthOf(page)).toBeLessThanOrEqual(320)
    for (const height of await heightsOf(page)) expect(height).toBeGreaterThanOrEqual(44)
    await page.getByLabel('Код группы').fill('нет')
    await page.getByLabel('Прозвище').fill('Лис')
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.getByRole('alert').waitFor()
    await picture(page, 'join-wrong')
    expect(await page.getByLabel('Прозвище').inputValue()).toBe('Лис')
    await page.getByLabel('Код группы').fill('АВЕК24')
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.getByText('ракета-медведь-яблоко-47').waitFor()
    await picture(page, 'join-card')
    expect(await widthOf(page)).toBeLessThanOrEqual(320)
    expect(page.url()).toBe(`${stage.url}/join?lang=ru`)
    const cookies = await page.context().cookies()
    expect(cookies.find(({ name }) => name === 'tsekh-alpha')).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    await page.context().close()
  })

  it('brings back whoever has the words', async () => {
    const page = await open('/join/back')
    await picture(page, 'join-back')
    await page.getByLabel('Твой псевдоним').fill('П-7F3K')
    await page.getByLabel('Секретные слова').fill('ракета-медведь-яблоко-47')
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.waitForURL(`${stage.url}/`)
    await page.context().close()
  })
})
