// A pupil's part from the class code to the shelf: sent from a phone, sent back with a marked place, mended, approved, kept waiting with a reason,
// printed, cleared at the machine by its QR page with a verdict, handed over. The pupil's end is the ticket page, the teacher's is dark and wide.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from '../browser/browser.ts'
import { chooseFile, overflow, region, signIn, submitJob, waitForState } from '../browser/pages.ts'
import { startTown, type Town, townSite, until, visit } from './town.ts'

const fixtures = join(import.meta.dirname, '../fixtures/programs')
const shots = join(import.meta.dirname, '../screens')
const cube = readFileSync(join(fixtures, 'prusaslicer-cube.gcode'))
const school = 'Школа № 4'
const printer = 'Принтер 1'
const phone = { width: 360, height: 740 }

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
    ],
    true,
  )
  browser = await startBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await town?.[Symbol.asyncDispose]()
}, 60_000)

async function shot(page: Page, what: string): Promise<void> {
  expect(await overflow(page), `${what} is not wider than its window`).toBe(0)
  await page.screenshot({ path: join(shots, `journey-pupil-${what}.png`), fullPage: true })
}

describe('a pupil’s part', () => {
  it('goes from the class code to the shelf', { timeout: 240_000 }, async () => {
    const teacherContext = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'ru-RU',
      colorScheme: 'dark',
      reducedMotion: 'reduce',
    })
    const teacher = await teacherContext.newPage()
    await teacher.goto(town.schoolUrl)
    await signIn(teacher, 'teacher', 'teacher')
    await teacher.getByRole('heading', { level: 1, name: school }).waitFor()

    // The class gets its code; a pupil comes in with a nickname and nothing else.
    await teacher.getByRole('link', { name: 'Люди и допуски' }).click()
    await teacher.getByRole('button', { name: 'Открыть группу' }).click()
    await teacher.getByRole('dialog').getByLabel('Название').fill('7Б')
    await teacher.getByRole('dialog').getByRole('button', { name: 'Открыть группу' }).click()
    const row = teacher.getByRole('listitem').filter({ hasText: '7Б' })
    const code = await until(
      'the code is shown',
      10_000,
      async () => /[АВЕКМНРСТХ245679]{3}[ -]?[АВЕКМНРСТХ245679]{3}/.exec(await row.innerText())?.[0],
    )
    const pupilContext = await browser.newContext({ viewport: phone, locale: 'ru-RU', hasTouch: true, reducedMotion: 'reduce' })
    const pupil = await pupilContext.newPage()
    await pupil.goto(`${town.schoolUrl}/join`)
    await pupil.getByLabel('Код группы').fill(code.toLowerCase())
    await pupil.getByLabel('Прозвище').fill('Лис')
    await pupil.getByRole('button', { name: 'Войти' }).click()
    await pupil.getByText('Готово, Лис!').waitFor()
    await shot(pupil, 'joined')
    await pupil.getByRole('link', { name: 'Отправить файл' }).click()

    await chooseFile(pupil, { name: 'брелок.gcode', content: cube })
    const panel = pupil.getByRole('dialog', { name: /^Новое задание/ })
    await panel.getByRole('button', { name: 'Отправить на проверку' }).waitFor()
    await panel.getByLabel('Цвет').fill('синий')
    await panel.getByRole('button', { name: 'Отправить на проверку' }).click()
    const ticketPath = await pupil.getByRole('link', { name: 'Открыть талон' }).getAttribute('href')
    await pupil.goto(town.schoolUrl + ticketPath)
    await pupil.getByRole('heading', { name: 'Учитель проверяет' }).waitFor()
    await shot(pupil, 'checking')

    const phase = (name: string) => pupil.getByRole('heading', { name, exact: true })

    // Back with a comment and a place on the model.
    await teacher.goto(`${town.schoolUrl}/sites/${townSite}`)
    await teacher.getByRole('button', { name: 'Вернуть', exact: true }).click()
    const returning = teacher.getByRole('dialog')
    await returning.getByRole('button', { name: /Отклеится от стола/ }).click()
    await returning.getByText('Указать числами').click()
    await returning.getByLabel('X, мм').fill('110')
    await returning.getByLabel('Y, мм').fill('110')
    await returning.getByLabel('Слой').last().fill('3')
    await shot(teacher, 'return')
    await returning.getByRole('button', { name: 'Вернуть на доработку' }).click()
    await phase('Нужно исправить').waitFor({ timeout: 20_000 })
    await pupil.getByText(/Отклеится от стола/).waitFor()
    await pupil.getByText(/слой 3, X 110(,0)?, Y 110(,0)? мм/).waitFor()
    await shot(pupil, 'returned')

    // Mended on the ticket's own page: the number stays.
    await pupil.getByLabel('Исправленный файл').setInputFiles({
      name: 'брелок с каймой.gcode',
      mimeType: 'application/octet-stream',
      buffer: Buffer.concat([cube, Buffer.from('\n; mended\n')]),
    })
    await pupil.getByRole('button', { name: 'Отправить на проверку' }).click()
    await phase('Учитель проверяет').waitFor({ timeout: 20_000 })

    // A stranger's print lies on the only bed: the approved job waits, and its ticket says for what.
    await chooseFile(teacher, { name: 'образец.gcode', content: cube })
    await submitJob(teacher, { machine: printer })
    await waitForState(teacher, printer, 'Снимите деталь', 120_000)
    await teacher.getByRole('button', { name: 'Одобрить', exact: true }).click()
    await phase('В очереди').waitFor({ timeout: 20_000 })
    await pupil
      .getByText(/Снимите деталь|стол/i)
      .first()
      .waitFor({ timeout: 20_000 })
    await shot(pupil, 'waits')

    // The QR page of the machine, on the teacher's telephone: one tap, and the next part begins.
    const atMachine = await teacherContext.newPage()
    await atMachine.setViewportSize(phone)
    await atMachine.goto(`${town.schoolUrl}/m/${townSite}/stickers`)
    const sticker = await atMachine.locator('img[src*="/printer-1-"]').getAttribute('src')
    await atMachine.goto(town.schoolUrl + sticker?.replace(/\/qr$/, ''))
    await shot(atMachine, 'qr-page')
    await atMachine.getByRole('button', { name: 'Годно: стол очищен' }).click()
    await phase('В работе').waitFor({ timeout: 90_000 })
    await shot(pupil, 'working')
    await phase('Готово, ждёт на станке').waitFor({ timeout: 120_000 })

    await atMachine.reload()
    await atMachine.getByRole('link', { name: 'Частично' }).click()
    await shot(atMachine, 'verdict')
    await atMachine
      .getByRole('button', { name: /прилипло|отклеил/i })
      .first()
      .click()
    await phase('Можно забрать').waitFor({ timeout: 20_000 })
    await shot(pupil, 'ready')

    // Handed over from the inbox; taken for handed over after a pause in which it may be taken back.
    const shelf = teacher.getByRole('listitem').filter({ hasText: 'брелок с каймой' })
    await shelf
      .getByRole('button', { name: /Выдано/ })
      .first()
      .click()
    await phase('Выдано').waitFor({ timeout: 30_000 })
    await shot(pupil, 'collected')
    await shot(teacher, 'shelf')
    expect(await region(teacher, 'Ждёт меня').getByText('брелок с каймой').count()).toBe(0)

    // The city knows the part's whole life, and of the pupil a pseudonym alone.
    const far = await visit(town.url, 'teacher')
    const known = await until('the city has heard of the end', 20_000, async () => {
      const jobs = Object.values(await far.jobs())
      const part = jobs.find(({ program }) => program.name.includes('каймой'))
      return part?.state === 'collected' && { part, all: JSON.stringify(jobs) }
    })
    expect(known.part.verdict).toMatchObject({ quality: 'partial' })
    expect(known.all).not.toContain('Лис')
  })
})
