// The page of slicers' keys in a real Chromium, before the real server: a key is made, copied, used by a slicer and ended.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from '../../../dashboard/web/build.ts'
import { startBrowser } from '../../browser/browser.ts'
import { openScreen, type Screen } from '../screen-house.ts'
import { ask } from './bench-of-slicers.ts'

let screen: Screen
let browser: Browser
const troubles: string[] = []

beforeAll(async () => {
  screen = await openScreen({ webRoot: await buildWeb() })
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await screen[Symbol.asyncDispose]()
})

async function openAs(login: string, path: string, viewport = { width: 1280, height: 860 }): Promise<Page> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) troubles.push(message.text())
  })
  await page.goto(`${screen.url}${path}`)
  await page.getByLabel('Имя для входа').fill(login)
  await page.getByLabel('Пароль', { exact: true }).fill(`${login}-password`)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await page.getByRole('form', { name: 'Вход' }).waitFor({ state: 'detached' })
  return page
}

describe('the page of slicers’ keys', () => {
  it('is reached from the menu; a key made there lets a slicer in until it is deleted there', async () => {
    const page = await openAs('anna', '/')
    await page.getByRole('button', { name: 'anna' }).click()
    await page.getByRole('menuitem', { name: 'Ключи слайсеров' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ключи слайсеров' }).waitFor()
    await page.getByLabel('Куда отправлять').selectOption('Станок ender')
    await page.getByRole('button', { name: 'Создать ключ' }).click()
    await page.getByRole('heading', { name: 'Ключ готов: Станок ender' }).waitFor()
    const address = await page.getByLabel('Адрес', { exact: true }).inputValue()
    const secret = await page.getByLabel('Ключ', { exact: true }).inputValue()
    expect(address).toBe(`${screen.url}/o/alpha/ender`)
    const version = () => ask(`${address}/api/version`, { headers: { 'x-api-key': secret } })
    expect((await version()).status).toBe(200)
    await page.getByRole('button', { name: 'Скопировать: Ключ' }).click()
    await page.getByText('Скопировано').waitFor()
    await page.getByRole('tab', { name: 'Cura' }).click()
    expect(await page.getByLabel('Путь', { exact: true }).inputValue()).toBe('/o/alpha/ender')

    await page.reload()
    await page.getByText(/последний раз сегодня/).waitFor()
    expect(await page.content()).not.toContain(secret)
    await page.getByRole('button', { name: 'Удалить ключ: Станок ender' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Удалить' }).click()
    await page.getByText('Ключей пока нет.').waitFor()
    expect((await version()).status).toBe(403)
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('replaces a key only after asking, on a phone and without anything running off its side', async () => {
    const page = await openAs('anna', '/keys', { width: 360, height: 740 })
    await page.getByRole('button', { name: 'Создать ключ' }).click()
    const key = page.getByLabel('Ключ', { exact: true })
    const first = await key.inputValue()
    await page.getByRole('button', { name: 'Заменить ключ' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Заменить ключ' }).click()
    await expect.poll(() => key.inputValue()).not.toBe(first)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    await page.context().close()
    expect(troubles).toEqual([])
  })

  it('is not there for pupils', async () => {
    const page = await openAs('petya', '/keys')
    await page.getByRole('heading', { name: 'Здесь ничего нет' }).waitFor()
    await page.getByRole('button', { name: 'petya' }).click()
    await page.getByRole('menuitem', { name: 'Выйти' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Ключи слайсеров' }).count()).toBe(0)
    await page.context().close()
  })
})
