// What a person does on the screens, for tests: by the names and roles that person meets, in Russian, on a wide page and a phone alike.
//
// Stable names the screens promise (Russian; English by words/en.ts):
//   sign-in        form «Вход»: text fields «Имя для входа», «Пароль», button «Войти»; buttons «Войти как {login}» in a demo
//   header         button «Switch to English» / «Переключить на русский», button «Оформление», button {name of the person} → menu item «Выйти»
//   city           table rows, one a school, each with a link {school}
//   school         heading level 1 {school}; regions «Ждёт меня», «Станки», «Очередь», «Завершено за сутки»; button «Отправить файл»
//   machine card   list item in «Станки» with a link {machine} and its state in words (words/ru.ts, state)
//   dropped file   dialog «Новое задание»: radio {machine} and «Любой подходящий», field «Копий», field «Замечание для мастерской»,
//                  button «Поставить в очередь» (pupil: «Отправить на проверку»; school silent: «Отправить без проверки»)
//   queue row      button «Подробно о задании №N {file}», buttons «Поднять №N в очереди» / «Опустить №N в очереди»,
//                  button «Действия с заданием №N» → menu items «Отложить», «Вернуть в очередь», «Отменить задание», radio items of machines
//   machine        heading level 1 {machine}; region «Состояние» with the state; region «Сейчас в работе» with a progress bar;
//                  buttons «Пауза», «Продолжить», «Остановить задание» → dialog «Остановить задание?» → «Остановить задание»;
//                  group «Какой вышла деталь: {machine}» with «Годно», «Частично», «Брак»; button «Запустить»;
//                  tabs «Работа», «Наладка», «Техника»
//   bottom         notifications have role alert
import type { Locator, Page } from 'playwright-core'

export async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('Имя для входа').fill(login)
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await page.getByRole('form', { name: 'Вход' }).waitFor({ state: 'detached' })
}

export async function signOut(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: person }).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.getByRole('form', { name: 'Вход' }).waitFor()
}

/** From the city's wall to a school, by its name. */
export async function openSchool(page: Page, school: string): Promise<void> {
  await page.getByRole('link', { name: school, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: school }).waitFor()
}

/** From a school's page to one of its machines. */
export async function openMachine(page: Page, machine: string): Promise<void> {
  await region(page, 'Станки').getByRole('link', { name: machine, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: machine }).waitFor()
}

/** One of the school page's parts: «Ждёт меня», «Станки», «Очередь», «Завершено за сутки»; of the machine's: «Состояние», «Сейчас в работе», … */
export function region(page: Page, name: string): Locator {
  return page.getByRole('region', { name })
}

export function machineCard(page: Page, machine: string): Locator {
  return region(page, 'Станки')
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: machine, exact: true }) })
}

export type DroppedFile = { name: string; content: Uint8Array }

/** Drops files on the page as a mouse would. */
export async function dropFile(page: Page, ...files: DroppedFile[]): Promise<Locator> {
  // The page takes files from when it says so.
  await page.getByRole('button', { name: 'Отправить файл' }).waitFor()
  const plain = files.map(({ name, content }) => ({ name, base64: Buffer.from(content).toString('base64') }))
  const transfer = await page.evaluateHandle(dropped => {
    const data = new DataTransfer()
    for (const { name, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
      data.items.add(new File([bytes], name))
    }
    return data
  }, plain)
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer: transfer })
  return submitPanel(page)
}

/** Chooses files with the button, as on a phone. */
export async function chooseFile(page: Page, ...files: DroppedFile[]): Promise<Locator> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Отправить файл' }).click()
  await (await chooser).setFiles(
    files.map(({ name, content }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })),
  )
  return submitPanel(page)
}

async function submitPanel(page: Page): Promise<Locator> {
  const panel = page.getByRole('dialog', { name: /^Новое задание/ })
  await panel.waitFor()
  return panel
}

/** Waits for the check and puts the job into the queue; `machine` absent: any that fits. Answers with the ticket as shown («№12»), or '' where the school has not answered. */
export async function submitJob(page: Page, wish: { machine?: string; copies?: number; comment?: string } = {}): Promise<string> {
  const panel = await submitPanel(page)
  const send = panel.getByRole('button', { name: /^(Поставить в очередь|Отправить на проверку|Отправить без проверки)$/ })
  await send.waitFor()
  await panel.getByRole('radio', { name: wish.machine ?? 'Любой подходящий', exact: true }).check()
  if (wish.copies !== undefined) await panel.getByLabel('Копий', { exact: true }).fill(String(wish.copies))
  if (wish.comment !== undefined) await panel.getByLabel('Замечание для мастерской').fill(wish.comment)
  await send.click()
  await panel.waitFor({ state: 'detached' })
  const said = page.getByRole('alert').filter({ hasText: /Задание №|Отправлено/ })
  await said.first().waitFor()
  // Earlier notices may still be there: the newest job has the highest number.
  const numbers = (await said.allTextContents()).flatMap(text => text.match(/№(\d+)/)?.[1] ?? [])
  return numbers.length === 0 ? '' : `№${Math.max(...numbers.map(Number))}`
}

/** On a machine's page. */
export async function stopJob(page: Page): Promise<void> {
  await region(page, 'Сейчас в работе').getByRole('button', { name: 'Остановить задание' }).click()
  await page.getByRole('dialog', { name: 'Остановить задание?' }).getByRole('button', { name: 'Остановить задание' }).click()
}

/** On a printer's page, when it must not wait: the firmware halts and wants a restart. */
export async function stopNow(page: Page): Promise<void> {
  await region(page, 'Сейчас в работе').getByRole('button', { name: 'Остановить задание' }).click()
  await page.getByRole('dialog', { name: 'Остановить задание?' }).getByRole('button', { name: 'Остановить немедленно' }).click()
}

export async function pauseJob(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Пауза', exact: true }).click()
}

export async function resumeJob(page: Page): Promise<void> {
  await region(page, 'Сейчас в работе').getByRole('button', { name: 'Продолжить', exact: true }).click()
}

/** On a school's page or the machine's own. `cause` is one of the offered ones and only with «Частично» or «Брак». */
export async function clearBed(
  page: Page,
  machine: string,
  verdict: 'Годно' | 'Частично' | 'Брак' = 'Годно',
  cause?: string,
): Promise<void> {
  const group = page.getByRole('group', { name: `Какой вышла деталь: ${machine}` })
  await group.getByRole('button', { name: verdict, exact: true }).click()
  if (cause !== undefined) await group.getByRole('button', { name: cause, exact: true }).click()
  await group.waitFor({ state: 'detached' })
}

/** Lasers and mills, on the school's own screen. */
export async function startJob(page: Page, machine: string): Promise<void> {
  const wait = region(page, 'Ждёт меня')
    .getByRole('listitem')
    .filter({ hasText: `Запустить: ${machine}` })
  await wait.getByRole('button', { name: 'Запустить', exact: true }).click()
}

/** Waits until a machine's card, or on its own page its state, says this (words/ru.ts, state). */
export async function waitForState(page: Page, machine: string, state: string, timeoutMs = 30_000): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  const onOwnPage = await page.getByRole('heading', { level: 1, name: machine, exact: true }).isVisible()
  const place = onOwnPage ? region(page, 'Состояние') : machineCard(page, machine)
  await place.getByText(state, { exact: true }).waitFor({ timeout: timeoutMs })
}

export async function switchLanguage(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Switch to English|Переключить на русский/ }).click()
}

/** Pixels by which the page is wider than its window; 0 where nothing has to be scrolled sideways. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth))
}
