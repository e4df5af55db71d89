// Every page the server writes itself held to WCAG 2.2 AA, as the screens are in axe.test.ts.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Person } from '../dashboard/house.ts'
import { startBrowser } from './browser.ts'
import { faultsOf } from './measures.ts'
import { openStages, served } from './served.ts'

let browser: Browser
let stages: Awaited<ReturnType<typeof openStages>>
beforeAll(async () => {
  browser = await startBrowser()
  stages = await openStages()
})
afterAll(async () => {
  await browser?.close()
  await stages?.[Symbol.asyncDispose]()
})

describe.concurrent('a page of the server', () => {
  it.for(served.map((scene, at) => [scene.name, scene, at] as const))('%s is open to everybody', async ([, scene, at]) => {
    const address = await scene.at(stages)
    const { origin } = new URL(address)
    // What the tests write into the page its own policy would not let in.
    const context = await browser.newContext({
      bypassCSP: true,
      locale: at % 2 === 0 || scene.prepare !== undefined ? 'ru-RU' : 'en-GB',
      reducedMotion: 'reduce',
    })
    try {
      if (scene.as !== undefined) {
        const [name = '', value = ''] = (await Person.signIn(origin, scene.as)).cookie.split('=')
        await context.addCookies([{ name, value, url: origin }])
      }
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      await page.goto(address)
      await scene.prepare?.(page)
      expect(await faultsOf(page, at % 2 === 0 ? ['light', 'dark'] : ['dark', 'light'])).toEqual([])
    } finally {
      await context.close()
    }
  })
})
