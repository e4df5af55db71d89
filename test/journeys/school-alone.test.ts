// A school whose line to the city is cut in mid-print: it works on alone, lets nobody at the laser without a permit, and the city learns all of it afterwards.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { startBrowser } from '../browser/browser.ts'
import { chooseFile, clearBed, region, signIn, startJob, submitJob, waitForState } from '../browser/pages.ts'
import { startTown, type Town, townSite, until } from './town.ts'

const fixtures = join(import.meta.dirname, '../fixtures/programs')
const shots = join(import.meta.dirname, '../screens')
const cube = { name: 'куб для урока.gcode', content: readFileSync(join(fixtures, 'prusaslicer-cube.gcode')) }
const ball = { name: 'шар.nc', content: readFileSync(join(fixtures, 'laser-raster.nc')) }
const school = 'Школа № 4'
const printer = 'Принтер 1'
const laser = 'Лазер 1'
const pin = '2580'

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
        device: { kind: 'marlin', listen: `pty://${join(folder, 'printer')}`, speed: 40, wire: { baud: 250_000 } },
      },
      {
        id: 'laser-1',
        name: laser,
        model: 'ortur-laser-master-2',
        device: {
          kind: 'grbl',
          listen: `pty://${join(folder, 'laser')}`,
          speed: 20,
          wire: { baud: 115_200 },
          settings: { $30: 1000, $32: 1 },
        },
      },
    ],
    true,
    { school: { rules: { startPin: 'pin' } } },
  )
  browser = await startBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await town?.[Symbol.asyncDispose]()
}, 60_000)

async function visitor(url: string, login: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ru-RU', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(url)
  await signIn(page, login, login)
  await page.getByRole('heading', { level: 1, name: school }).waitFor()
  return page
}

const shot = (page: Page, what: string) => page.screenshot({ path: join(shots, `journey-alone-${what}.png`), fullPage: true })

async function journal(page: Page): Promise<Event[]> {
  const said = await page.request.get(`${new URL(page.url()).origin}/api/v1/sites/${townSite}/journal`)
  return ((await said.json()) as { events: Event[] }).events
}

describe('a school without its city', () => {
  it('finishes what runs, refuses the laser without a permit and starts it with one; the city hears all of it later', {
    timeout: 240_000,
  }, async () => {
    const far = await visitor(town.url, 'teacher')
    await waitForState(far, printer, 'Свободен')
    await chooseFile(far, cube)
    await submitJob(far, { machine: printer })
    await waitForState(far, printer, 'Печатает', 90_000)
    town.cutCity()
    await far.getByText('Школа не на связи', { exact: false }).first().waitFor({ timeout: 30_000 })
    await shot(far, 'silent')

    const near = await visitor(town.schoolUrl, 'teacher')
    await waitForState(near, printer, 'Снимите деталь', 120_000)
    await clearBed(near, printer)
    await chooseFile(near, ball)
    await submitJob(near, { machine: laser })

    const unfit = await visitor(town.schoolUrl, 'administrator')
    await startJob(unfit, laser)
    await unfit.getByRole('dialog').getByRole('button', { name: 'Задать ПИН-код' }).click()
    await unfit.getByLabel('Новый ПИН-код, 4–8 цифр').fill(pin)
    await unfit.getByLabel('Ваш пароль').fill('administrator')
    await unfit.getByRole('button', { name: 'Задать ПИН-код' }).last().click()
    await unfit.getByText('ПИН-код сохранён').waitFor()
    const dialog = unfit.getByRole('dialog', { name: /^Запуск/ })
    await dialog.getByLabel('ПИН-код', { exact: true }).fill(pin)
    await dialog.getByLabel('ПИН-код', { exact: true }).press('Enter')
    await unfit
      .getByRole('alert')
      .filter({ hasText: /нет допуска/ })
      .waitFor()
    await shot(unfit, 'no-permit')
    expect(town.devices['laser-1']?.executed.count ?? 0, 'the laser has not moved').toBe(0)

    const technician = await visitor(town.schoolUrl, 'technician')
    await technician.getByRole('link', { name: 'Люди и допуски' }).click()
    await technician.getByRole('button', { name: 'Оформить допуск' }).click()
    const form = technician.getByRole('dialog')
    await form.getByLabel('Кому').selectOption('administrator-1')
    await form.getByLabel('К чему').selectOption({ label: 'Все лазерные гравёры' })
    await form.getByLabel('Инструктаж: какой текст').fill('ИОТ-12 Лазерный гравёр')
    await form.getByLabel('Редакция').fill('3')
    await form.getByLabel('Я сам провёл инструктаж этому человеку').check()
    await form.getByRole('button', { name: 'Оформить', exact: true }).click()
    await technician.getByText('Допуск оформлен').first().waitFor()

    await startJob(unfit, laser)
    await unfit.getByRole('dialog').getByLabel('ПИН-код', { exact: true }).fill(pin)
    await unfit.getByRole('dialog').getByLabel('ПИН-код', { exact: true }).press('Enter')
    await waitForState(unfit, laser, 'Работает', 30_000)
    await shot(unfit, 'with-permit')
    await waitForState(unfit, laser, 'Снимите деталь', 60_000)
    await clearBed(unfit, laser)
    expect(await far.getByText('Школа не на связи', { exact: false }).first().isVisible(), 'the city invents nothing').toBe(true)

    town.mendCity()
    await waitForState(far, printer, 'Свободен', 60_000)
    await waitForState(far, laser, 'Свободен', 30_000)
    expect(await region(far, 'Завершено за сутки').getByRole('listitem').count()).toBe(2)
    const told = await until('the city has every event of the school', 30_000, async () => {
      const [city, own] = await Promise.all([journal(far), journal(near)])
      return city[0]?.number === own[0]?.number && { city, own }
    })
    // As it happened, in the order in which it happened, each once.
    expect(told.city.map(({ number, kind }) => [number, kind])).toEqual(told.own.map(({ number, kind }) => [number, kind]))
    expect(told.city.some(event => event.kind === 'permit' && event.permit.person.id === 'administrator-1')).toBe(true)
    expect(told.city.some(event => event.kind === 'action' && event.action === 'job.start' && event.by.id === 'administrator-1')).toBe(true)
    await shot(far, 'again')
  })
})
