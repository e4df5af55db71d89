// Calls on the machine's page of the large screen: a pupil calls and reports, staff sees what was said and settles it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../protocols/contract/words.ts'
import { machineCard } from './pages.ts'
import { phone, schoolPath, setStage, wide } from './stage.ts'

const stage = setStage()
const machine = `${schoolPath}/machines/printer-1`
const pictures = process.env.TSEKH_PICTURES
const called: Fault = { code: 'help-called', text: { ru: 'К станку зовут учителя.', en: 'Called.' } }
const reported: Fault = {
  code: 'problem-reported',
  text: { ru: 'Сообщили о станке: дым или запах гари. «Пахнет от платы»', en: 'Reported: smoke.' },
  help: { ru: 'Если дым или огонь — красная кнопка на станке и отойти.', en: 'Red button.' },
}

function raise(...faults: Fault[]): void {
  stage.fake.change('school-5', picture => {
    const known = picture.machines['printer-1']
    return known === undefined ? picture : { ...picture, machines: { ...picture.machines, 'printer-1': { ...known, faults } } }
  })
}
async function look(name: string): Promise<void> {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await stage.page.waitForTimeout(600)
  await stage.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: name.startsWith('page') })
}

describe('a pupil at the machine’s page', () => {
  it('calls the teacher, and then no more', async () => {
    await stage.open(machine, { as: 'pupil' }, phone)
    await stage.page.getByRole('button', { name: 'Позвать учителя' }).click()
    await stage.page.getByText('Учителя позвали к станку').waitFor()
    expect(stage.asks()).toEqual([{ kind: 'machine.help', machine: 'printer-1' }])
    raise(called)
    await stage.page.getByText('Сюда зовут учителя').waitFor()
    expect(await stage.page.getByRole('button', { name: 'Позвать учителя' }).count()).toBe(0)
    expect(await stage.page.getByRole('button', { name: 'Иду' }).count()).toBe(0)
    expect(await stage.page.getByRole('link', { name: 'QR-страница' }).count()).toBe(0)
    await look('page-pupil-phone')
  })

  it('reports what is wrong by keyboard, in a dialog that keeps the words when the school will not', async () => {
    await stage.open(machine, { as: 'pupil' }, phone)
    await stage.page.getByRole('button', { name: 'Сообщить о проблеме' }).focus()
    await stage.page.keyboard.press('Enter')
    const dialog = stage.page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Сообщить', exact: true }).isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Странный звук' }).focus()
    await stage.page.keyboard.press('Space')
    await dialog.getByLabel('Своими словами').fill(' скрипит ')
    await look('dialog-phone')
    stage.fake.answering(() => ({
      outcome: 'refused',
      command: 'x'.repeat(8),
      at: 0,
      denial: { code: 'called-often', text: { ru: 'Уже звали много раз подряд.', en: 'Often.' } },
    }))
    await dialog.getByRole('button', { name: 'Сообщить', exact: true }).click()
    await stage.page.getByText('Уже звали много раз подряд.').waitFor()
    expect(await dialog.getByLabel('Своими словами').inputValue()).toBe(' скрипит ')
    stage.fake.answering(() => undefined)
    await dialog.getByRole('button', { name: 'Сообщить', exact: true }).click()
    await stage.page.getByText('Спасибо, сообщили.').waitFor()
    expect(stage.asks().at(-1)).toEqual({ kind: 'machine.report', machine: 'printer-1', problem: 'noise', text: 'скрипит' })
  })

  it('does not read what others wrote', async () => {
    await stage.open(machine, { as: 'pupil' })
    raise(reported)
    await stage.page.getByText('Сообщили о проблеме', { exact: true }).waitFor()
    expect(await stage.page.getByText('Пахнет от платы').count()).toBe(0)
  })
})

describe('staff at the machine’s page', () => {
  it('reads what was reported and settles it; the QR page is a link away', async () => {
    await stage.open(machine, {}, wide)
    raise(called, reported)
    await stage.page.getByText('Пахнет от платы').waitFor()
    await look('page-staff-wide')
    await stage.page.setViewportSize(phone)
    await look('page-staff-phone')
    await stage.page.emulateMedia({ colorScheme: 'dark' })
    await look('page-staff-phone-dark')
    await stage.page.getByRole('button', { name: 'Устранено' }).click()
    await stage.page.getByRole('button', { name: 'Иду' }).click()
    await expect.poll(() => stage.asks().length).toBe(2)
    expect(stage.asks()).toEqual([
      { kind: 'machine.settle', machine: 'printer-1', fault: 'problem-reported' },
      { kind: 'machine.settle', machine: 'printer-1', fault: 'help-called' },
    ])
    expect(await stage.page.getByRole('link', { name: 'QR-страница' }).getAttribute('href')).toBe('/m/school-5/printer-1')
  })
})

describe('the screens beyond the machine’s page', () => {
  it('show a free machine of which something was reported as waiting for a person: card, headline and city row alike', async () => {
    await stage.open(schoolPath, { scene: 'empty', as: 'technician', sites: 'all' }, wide)
    await stage.page.getByText('2 свободны').waitFor()
    raise(reported)
    await stage.page.getByText('1 свободен · 1 ждёт человека').waitFor()
    const card = machineCard(stage.page, 'Принтер 1')
    await card.getByText('Ждёт человека').waitFor()
    expect(await card.textContent()).toContain('сообщили о проблеме')
    expect(await card.textContent()).not.toContain('Пахнет')
    await look('school-reported')
    await stage.page.goto(`${stage.fake.url}/`)
    const row = stage.page.getByRole('row').filter({ hasText: /^Школа № 5/ })
    await row.getByText('О станке сообщили.').waitFor()
    expect(await row.textContent()).toContain('Ждёт человека 1')
    expect(await row.textContent()).not.toContain('никто не ждёт')
    await look('city-reported')
  })
})
