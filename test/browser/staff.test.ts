// The administrator's page of staff, before a city that is real: invited on the screen, let in by the link, shut out and let in again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningCity, startCity } from '../../dashboard/main.ts'
import { buildWeb } from '../../dashboard/web/build.ts'
import { silent, writeConfig } from '../dashboard/house.ts'
import { startBrowser } from './browser.ts'
import { signIn } from './pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsekh-staff-'))
let city: RunningCity
let browser: Browser

beforeAll(async () => {
  city = await startCity({ configPath: writeConfig(folder), log: silent, webRoot: await buildWeb() })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await city?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function visitor(): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'ru-RU', reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(10_000)
  return page
}

describe('staff on the screen', () => {
  it('is invited, comes in by the link, is shut out and let in again', async () => {
    const admin = await visitor()
    await admin.goto(city.url)
    await signIn(admin, 'admin', 'admin-password')
    await admin.getByRole('button', { name: 'Админ' }).click()
    await admin.getByRole('menuitem', { name: 'Сотрудники' }).click()
    await admin.getByRole('button', { name: 'Добавить сотрудника' }).click()
    const form = admin.getByRole('dialog', { name: 'Добавить сотрудника' })
    await form.getByRole('button', { name: 'Пригласить' }).click()
    for (const complaint of ['Как зовут: например, Анна Сергеевна.', 'Выберите хотя бы одну площадку.']) {
      await form.getByText(complaint).waitFor()
    }
    await form.getByLabel('Имя и отчество').fill('Ольга Иванова')
    await form.getByLabel('Имя для входа').fill('anna')
    await form.getByRole('checkbox', { name: 'Школа «Альфа»' }).check()
    await form.getByRole('button', { name: 'Пригласить' }).click()
    await form.getByText('Это имя для входа уже занято. Выберите другое.').waitFor()
    await form.getByLabel('Имя для входа').fill('olga')
    await form.getByRole('button', { name: 'Пригласить' }).click()
    const link = await admin.getByRole('textbox', { name: 'Ссылка-приглашение' }).inputValue()
    await admin.getByText('приглашение до', { exact: false }).waitFor()

    const olga = await visitor()
    await olga.goto(link)
    await olga.getByLabel('Пароль', { exact: true }).fill('три зелёных крана')
    await olga.getByLabel('Пароль ещё раз').fill('три зелёных крана')
    await olga.getByRole('button', { name: 'Сохранить и войти' }).click()
    await olga.getByRole('heading', { level: 1, name: 'Школа «Альфа»' }).waitFor()
    expect(await olga.getByText('Сотрудники').count()).toBe(0)
    await olga.goto(`${city.url}/staff`)
    await olga.getByText('Здесь ничего нет').waitFor()

    await admin.getByRole('button', { name: 'Действия: Ольга Иванова' }).click()
    await admin.getByRole('menuitem', { name: 'Закрыть доступ' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Закрыть доступ' }).click()
    await admin.getByRole('button', { name: 'Вернуть доступ: Ольга Иванова' }).waitFor()
    await olga.goto(city.url)
    await olga.getByRole('form', { name: 'Вход' }).waitFor()
    await admin.getByRole('button', { name: 'Вернуть доступ: Ольга Иванова' }).click()
    await admin.getByRole('button', { name: 'Действия: Ольга Иванова' }).waitFor()
    await signIn(olga, 'olga', 'три зелёных крана')
  })
})
