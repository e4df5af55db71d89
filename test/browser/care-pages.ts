// What a person does on the page of care, by the names and roles that person meets, in Russian.
import type { Locator, Page } from 'playwright-core'

/** One of the page's parts: «Обслуживание», «Заявки на ремонт», «Запчасти». */
export function part(page: Page, name: string): Locator {
  return page.getByRole('region', { name })
}

/** The row of a task of the plan, or of a part, by words in it. */
export function row(page: Page, region: string, text: string): Locator {
  return part(page, region).getByRole('listitem').filter({ hasText: text })
}

export async function openOrder(page: Page, title: string): Promise<Locator> {
  const head = page.getByRole('button', { name: new RegExp(title) })
  await head.click()
  return part(page, 'Заявки на ремонт').getByRole('listitem').filter({ has: head })
}

/** Chooses a photo as a phone's camera would hand it over. */
export async function addPhoto(page: Page, within: Locator, bytes: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await within.getByRole('button', { name: 'Добавить фото' }).click()
  await (await chooser).setFiles({ name: 'IMG_0001.png', mimeType: 'image/png', buffer: bytes })
}
