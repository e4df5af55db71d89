// Takes a picture of every scene of shots.ts into test/screens (git-ignored), for people to look at: npm run screens [-- part of a name]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from './browser.ts'
import { startFake } from './fake-server.ts'
import { type Shot, type Size, shots, sizes } from './shots.ts'

const folder = join(import.meta.dirname, '../screens')
const pause = async (page: Page) => {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(900)
}

async function take(
  browser: Browser,
  dist: string,
  shot: Shot,
  size: Size,
  language: 'ru' | 'en',
  scheme: 'light' | 'dark',
): Promise<void> {
  const fake = await startFake({ dist, ...shot.options })
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
  })
  if (language === 'en') await context.addInitScript("localStorage.setItem('tsekh.language', 'en')")
  const page = await context.newPage()
  page.on('pageerror', error => console.error(`${shot.name}: ${error.message}`))
  page.on('console', message => {
    if (message.type() === 'error') console.error(`${shot.name}: ${message.text()}`)
  })
  try {
    await page.goto(`${fake.url}${shot.path}`)
    await page.locator('h1').first().waitFor()
    await pause(page)
    await shot.prepare?.(page, fake)
    await pause(page)
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    if (Number(wide) > 0) console.error(`${shot.name} ${size}: ${wide} px too wide`)
    await page.screenshot({ path: join(folder, `${shot.name}-${size}-${language}-${scheme}.png`), fullPage: shot.over !== true })
  } finally {
    await context.close()
    await fake.close()
  }
}

const [wanted] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const dist = await buildWeb()
const browser = await startBrowser()
try {
  for (const shot of shots.filter(({ name }) => wanted === undefined || name.includes(wanted))) {
    for (const size of shot.sizes)
      for (const language of shot.languages ?? ['ru'])
        for (const scheme of shot.schemes ?? ['light'])
          await take(browser, dist, shot, size, language, scheme).catch(error => console.error(`${shot.name}: ${error}`))
  }
} finally {
  await browser.close()
}
