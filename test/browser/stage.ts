// The stage of the browser tests: a page before a canned server, new for each test, silent on its console.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import { startBrowser } from './browser.ts'
import { type FakeOptions, type FakeServer, startFake } from './fake-server.ts'

export type Stage = {
  readonly page: Page
  readonly fake: FakeServer
  readonly dist: string
  /** Opens a path, at first as the teacher of School No. 5 in its normal scene, on a wide page. */
  open(path: string, options?: Partial<FakeOptions>, viewport?: { width: number; height: number }): Promise<void>
  /** Closes the page and its server before another is opened. */
  close(): Promise<void>
  /** What the buttons asked so far, in order. */
  asks(): Ask[]
}

export const wide = { width: 1280, height: 860 }
export const phone = { width: 360, height: 740 }
export const schoolPath = '/sites/school-5'
/** The school's own screen, where lasers and mills start. */
export const atSchool = { scope: { kind: 'school', site: 'school-5' } } as const

export function gcode(name: string, bytes = 4_000): { name: string; content: Uint8Array } {
  return { name, content: Buffer.alloc(bytes, 'G1 X10 Y10 F1200\n') }
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scene lacks it')
  return value
}

/** Sets the stage for the tests of one file. */
export function setStage(): Stage {
  let dist = ''
  let browser: Browser | undefined
  let open: { page: Page; fake: FakeServer } | undefined
  let troubles: string[] = []

  beforeAll(async () => {
    dist = await buildWeb()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach(() => {
    troubles = []
  })
  afterEach(async () => {
    await close()
    // Ours or the browser's: a page that works says nothing on its console.
    expect(troubles).toEqual([])
  })

  async function close(): Promise<void> {
    await open?.page.context().close()
    await open?.fake.close()
    open = undefined
  }

  return {
    get page() {
      return must(open).page
    },
    get fake() {
      return must(open).fake
    },
    get dist() {
      return dist
    },
    asks: () => must(open).fake.asked.map(({ ask }) => ask),
    close,
    open: async (path, options = {}, viewport = wide) => {
      const fake = await startFake({ dist, scene: 'normal', as: 'teacher', sites: ['school-5'], ...options })
      const context = await must(browser).newContext({ viewport, reducedMotion: 'reduce' })
      const page = await context.newPage()
      open = { page, fake }
      page.setDefaultTimeout(10_000)
      page.on('pageerror', error => troubles.push(error.message))
      page.on('console', message => {
        // A refused request is written there by the browser itself.
        if (message.type() === 'error' && !message.text().includes('Failed to load resource')) troubles.push(message.text())
      })
      await page.goto(`${fake.url}${path}`)
    },
  }
}
