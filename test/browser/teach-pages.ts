// What a teacher does on the teacher's own parts of the screens, for tests: by names and roles, in Russian.
//
// Stable names (Russian; English by words/en-teach.ts, en-plan.ts):
//   «Ждёт меня»   radios «Всё: N», «Станки: N», «Проверить: N», «Запустить: N», «Снять деталь: N», «Выдать: N»; regions «Проверить и одобрить», «Готово, лежит на полке»
//   many at once  check boxes «Выбрать №N {file}»; buttons «Все без замечаний: N», «Все: N», «Одобрить N», «На один стол»; then status with «Отменить», «Сразу», «Повторить для N»
//   return        dialog «Что исправить? №N {file}»: buttons of ready-made remarks, field «Замечание ученику», button «Поставить отметку», a pin «Отметка 1. …»
//   queue row     button «Переставить №N: …»; menu items «Поставить первым», «Поставить последним», «Вернуть в общий порядок»; button «Вернуть как было»
//   plan          regions «План по станкам», «Занятия», «Лимиты»
import type { Locator, Page } from 'playwright-core'
import { region } from './pages.ts'

export const checks = (page: Page): Locator => page.getByRole('region', { name: 'Проверить и одобрить' })
export const collects = (page: Page): Locator => page.getByRole('region', { name: 'Готово, лежит на полке' })

/** The state of many commands sent as one deed. */
export const batch = (page: Page): Locator => page.locator('.batch')

export async function approveAllClean(page: Page): Promise<void> {
  await checks(page)
    .getByRole('button', { name: /^Все без замечаний/ })
    .click()
  await page.getByRole('button', { name: /^Одобрить \d+$/ }).click()
}

/** Opens the return of one request of the inbox. */
export async function openReturn(page: Page, file: string): Promise<Locator> {
  const row = checks(page).getByRole('listitem').filter({ hasText: file })
  await row.getByRole('button', { name: 'Вернуть', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /^Что исправить\?/ })
  await dialog.locator('canvas').waitFor()
  return dialog
}

/** Tickets of the queue's rows in their order. */
export async function queueTickets(page: Page): Promise<string[]> {
  const rows = region(page, 'Очередь').locator('[data-row] .queue-what > :first-child .ticket')
  return rows.allTextContents()
}

export function grip(page: Page, ticket: number): Locator {
  return page.getByRole('button', { name: new RegExp(`^Переставить №${ticket}:`) })
}

/** Drags a row by its handle onto the upper half of another. */
export async function dragRow(page: Page, from: number, before: number): Promise<void> {
  const handle = grip(page, from)
  await handle.scrollIntoViewIfNeeded()
  const start = await handle.boundingBox()
  const goal = await page
    .locator('[data-row]')
    .filter({ has: grip(page, before) })
    .boundingBox()
  if (start === null || goal === null) throw new Error('the rows are not on the screen')
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + start.width / 2, goal.y + goal.height / 2, { steps: 4 })
  await page.mouse.move(start.x + start.width / 2, goal.y + 6, { steps: 4 })
  await page.mouse.up()
}
