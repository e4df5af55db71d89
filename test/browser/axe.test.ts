// Every scene held to WCAG 2.2 AA: axe with nothing to say, no sideways scrolling at 320 px, room for a finger, text that may be spaced wider.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from './browser.ts'
import { startFake } from './fake-server.ts'
import { faultsOf, settled } from './measures.ts'
import { type Shot, shots, sizes } from './shots.ts'

let dist = ''
let browser: Browser
beforeAll(async () => {
  dist = await buildWeb()
  browser = await startBrowser()
})
afterAll(() => browser?.close())

/** As many pages at once as CI has cores: models are drawn without a graphics card. */
const atOnce = 2
let open = 0
const waiting: (() => void)[] = []

async function visit(shot: Shot, language: 'ru' | 'en', look: (page: Page) => Promise<void>): Promise<void> {
  if (open >= atOnce) await new Promise<void>(go => waiting.push(go))
  open++
  const fake = await startFake({ dist, ...shot.options })
  const context = await browser.newContext({ viewport: sizes.wide, reducedMotion: 'reduce' })
  if (language === 'en') await context.addInitScript("localStorage.setItem('tsekh.language', 'en')")
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  try {
    await page.goto(`${fake.url}${shot.path}`)
    await page.locator('h1').first().waitFor()
    await settled(page)
    await shot.prepare?.(page, fake)
    // Its code comes first; until it is there nothing on the page changes, and it would look settled.
    if (shot.over) await page.locator(over).first().waitFor()
    await look(page)
  } finally {
    await context.close()
    await fake.close()
    open--
    waiting.shift()?.()
  }
}

/** What a scene shows over its page: a dialog, a menu, a notice, a bar that sticks. */
const over = '[role=dialog], [role=menu], [role=alert], dialog, .banner, .chosen-bar, .batch'

/** English says the same in other lengths: seen too where somebody asks for all of it (npm run axe), for half as long again. */
const spoken = (shot: Shot): readonly ('ru' | 'en')[] => (process.env.TSEKH_AXE === 'all' ? (shot.languages ?? ['ru']) : ['ru'])

// Each scene is seen wide and narrow, light and dark; which goes with which changes from scene to scene.
const visits = shots.flatMap((shot, at) =>
  spoken(shot).map((language, turn) => ({
    shot,
    language,
    schemes: ((at + turn) % 2 === 0 ? ['light', 'dark'] : ['dark', 'light']) as ['light', 'dark'] | ['dark', 'light'],
  })),
)

describe.concurrent('a scene', () => {
  it.for(visits.map(each => [each.shot.name, each.language, each] as const))(
    '%s (%s) is open to everybody',
    { timeout: 180_000 },
    async ([, , { shot, language, schemes }]) => {
      await visit(shot, language, async page => {
        expect(await faultsOf(page, schemes)).toEqual([])
      })
    },
  )
})
