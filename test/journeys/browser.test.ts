// The whole way in a real Chromium: a city, a school, machines on real bytes; wide and on a phone. Screenshots land in test/screens.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from '../browser/browser.ts'
import {
  chooseFile,
  clearBed,
  dropFile,
  openMachine,
  openSchool,
  overflow,
  region,
  signIn,
  startJob,
  stopJob,
  stopNow,
  submitJob,
  switchLanguage,
  waitForState,
} from '../browser/pages.ts'
import { startTown, type Town, until } from './town.ts'

const fixtures = join(import.meta.dirname, '../fixtures/programs')
const shots = join(import.meta.dirname, '../screens')
const cube = { name: 'куб для урока.gcode', content: readFileSync(join(fixtures, 'prusaslicer-cube.gcode')) }
const ball = { name: 'шар.nc', content: readFileSync(join(fixtures, 'laser-raster.nc')) }
const school = 'Школа № 4'
const printer = 'Принтер 1'
const second = 'Принтер 2'
const laser = 'Лазер 1'

const sizes = [
  { name: 'wide', viewport: { width: 1280, height: 900 }, phone: false },
  { name: 'phone', viewport: { width: 360, height: 780 }, phone: true },
]

let town: Town
let browser: Browser

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await buildWeb()
  town = await startTown(
    folder => [
      {
        id: 'printer-1',
        name: printer,
        model: 'creality-ender-3',
        device: { kind: 'marlin', listen: `pty://${join(folder, 'printer')}`, speed: 60, wire: { baud: 250_000 } },
      },
      {
        id: 'printer-2',
        name: second,
        model: 'prusa-mk3s',
        device: { kind: 'marlin', listen: 'tcp://127.0.0.1:0', speed: 8, wire: { baud: 250_000 }, resetsOnOpen: true, bootMs: 300 },
      },
      {
        id: 'laser-1',
        name: laser,
        model: 'ortur-laser-master-2',
        device: {
          kind: 'grbl',
          listen: `pty://${join(folder, 'laser')}`,
          speed: 6,
          wire: { baud: 115_200 },
          settings: { $30: 1000, $32: 1 },
        },
      },
    ],
    true,
  )
  browser = await startBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await town?.[Symbol.asyncDispose]()
}, 60_000)

describe.each(sizes)('on a $name screen', ({ name, viewport, phone }) => {
  const shot = (page: Page, what: string) => page.screenshot({ path: join(shots, `journey-${name}-${what}.png`), fullPage: true })

  async function visitor(url: string, login: string): Promise<Page> {
    const context = await browser.newContext({ viewport, locale: 'ru-RU', hasTouch: phone })
    const page = await context.newPage()
    await page.goto(url)
    await signIn(page, login, login)
    return page
  }

  it('takes a print from the dropped file to a cleared bed', { timeout: 180_000 }, async () => {
    const page = await visitor(town.url, 'teacher')
    await page.getByRole('heading', { level: 1, name: school }).waitFor()
    await waitForState(page, printer, 'Свободен')
    const panel = phone ? await chooseFile(page, cube) : await dropFile(page, cube)
    await panel.getByText('PrusaSlicer', { exact: false }).first().waitFor()
    await shot(page, 'check')
    expect(await overflow(page)).toBe(0)
    expect(await submitJob(page, { machine: printer })).toMatch(/^№\d+$/)
    await openMachine(page, printer)
    await waitForState(page, printer, 'Печатает', 90_000)
    await page.getByRole('progressbar').first().waitFor()
    await shot(page, 'running')
    expect(await overflow(page)).toBe(0)
    await waitForState(page, printer, 'Снимите деталь', 120_000)
    await shot(page, 'uncleared')
    await clearBed(page, printer)
    await waitForState(page, printer, 'Свободен')
    await page.context().close()
  })

  it('cuts on the laser only when a person starts it on the school’s own screen', { timeout: 120_000 }, async () => {
    const far = await visitor(town.url, 'teacher')
    if (phone) await chooseFile(far, ball)
    else await dropFile(far, ball)
    await submitJob(far, { machine: laser })
    await far
      .getByText(/на экране школы/)
      .first()
      .waitFor()
    await far.context().close()
    const near = await visitor(town.schoolUrl, 'teacher')
    await near.getByRole('heading', { level: 1, name: school }).waitFor()
    await startJob(near, laser)
    await waitForState(near, laser, 'Работает', 30_000)
    await shot(near, 'laser')
    await waitForState(near, laser, 'Снимите деталь', 60_000)
    await clearBed(near, laser)
    await near.context().close()
  })

  it('stops a job, and shows a machine that was unplugged in mid-job', { timeout: 180_000 }, async () => {
    const device = town.devices['printer-2']
    if (device === undefined) throw new Error('no second printer')
    const page = await visitor(town.url, 'technician')
    if (
      await page
        .getByRole('link', { name: school, exact: true })
        .isVisible()
        .catch(() => false)
    )
      await openSchool(page, school)
    await page.getByRole('heading', { level: 1, name: school }).waitFor()
    await waitForState(page, second, 'Свободен', 60_000)
    await chooseFile(page, cube)
    await submitJob(page, { machine: second })
    await until('the printer heats', 60_000, () => device.state().heaters.B !== undefined && device.executed.count > 5)
    await openMachine(page, second)
    await stopJob(page)
    await waitForState(page, second, 'Снимите деталь', 60_000)
    await shot(page, 'stopped')
    expect(device.state().heaters, 'a stopped printer does not heat').toMatchObject({ T0: { target: 0 }, B: { target: 0 } })
    await clearBed(page, second, 'Брак', 'Ошибка в модели')
    await waitForState(page, second, 'Свободен')
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: school }).waitFor()
    // A second print is stopped at once: the firmware halts, and a teacher or technician restarts the board.
    await chooseFile(page, cube)
    await submitJob(page, { machine: second })
    await openMachine(page, second)
    await until('the printer heats again', 60_000, () => (device.state().heaters.B?.target ?? 0) > 0)
    await stopNow(page)
    await waitForState(page, second, 'Неисправность', 30_000)
    await shot(page, 'halted')
    await page.getByRole('tab', { name: 'Наладка' }).click()
    await page.getByRole('button', { name: 'Перезапустить контроллер' }).click()
    await waitForState(page, second, 'Снимите деталь', 60_000)
    await page.getByRole('tab', { name: 'Работа' }).click()
    await clearBed(page, second, 'Брак', 'Ошибка в модели')
    await waitForState(page, second, 'Свободен')
    // And a third loses its cable in mid-job: what the screen says is what is known.
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: school }).waitFor()
    await chooseFile(page, cube)
    const ticket = await submitJob(page, { machine: second })
    await until('the printer heats once more', 60_000, () => (device.state().heaters.B?.target ?? 0) > 0)
    await device.unplug()
    await waitForState(page, second, 'Не в сети', 30_000)
    await region(page, 'Завершено за сутки')
      .getByRole('listitem')
      .filter({ hasText: ticket })
      .getByText(/прерван/)
      .waitFor()
    await shot(page, 'unplugged')
    expect(await overflow(page)).toBe(0)
    await device.plug()
    await waitForState(page, second, 'Снимите деталь', 90_000)
    await clearBed(page, second, 'Брак', 'Ошибка в модели')
    await waitForState(page, second, 'Свободен')
    await page.context().close()
  })

  it('speaks English when asked', { timeout: 60_000 }, async () => {
    const page = await visitor(town.url, 'teacher')
    await page.getByRole('heading', { level: 1, name: school }).waitFor()
    await switchLanguage(page)
    await page.getByRole('button', { name: 'Send a file' }).waitFor()
    await shot(page, 'english')
    expect(await overflow(page)).toBe(0)
    await page.reload()
    await page.getByRole('button', { name: 'Send a file' }).waitFor()
    await page.context().close()
  })
})
