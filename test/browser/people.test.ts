// People in a real Chromium: who is cleared for what, granting, groups, the PIN at the machine, a pupil's ticket.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { roster } from './roster.ts'
import { atSchool, gcode, phone, schoolPath, setStage, wide } from './stage.ts'

const stage = setStage()
const pictures = process.env.TSEKH_PICTURES
const path = `${schoolPath}/people`
const open = (viewport = wide) => stage.open(path, { ...atSchool, as: 'technician', roster }, viewport)

async function picture(name: string): Promise<void> {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await stage.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

describe('people and permits', () => {
  it('are listed with how long each permit lasts, in words as well as in colour', async () => {
    await open()
    const rows = stage.page.getByRole('region', { name: 'Допуски' }).getByRole('listitem')
    await rows.first().waitFor()
    await picture('people')
    const said = (await rows.allInnerTexts()).map(text => text.replace(/\s+/g, ' '))
    expect(said).toHaveLength(4)
    expect(said.some(text => /Вера Павловна Все лазерные гравёры до /.test(text))).toBe(true)
    expect(said.some(text => /Олег Иванович .*осталось 12 дней/.test(text))).toBe(true)
    expect(said.some(text => /Все фрезерные станки закончился/.test(text))).toBe(true)
    expect(said.some(text => /отозван .*: Олег Иванович/.test(text))).toBe(true)
  })

  it('fit a telephone', async () => {
    await open(phone)
    await stage.page.getByText('АВЕК24').waitFor()
    await picture('people-phone')
    expect(await stage.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width)
  })

  it('a permit is granted on an instruction that is recorded with it, to anybody but oneself', async () => {
    await open()
    await stage.page.getByRole('button', { name: 'Оформить допуск' }).click()
    const form = stage.page.getByRole('dialog')
    await form.getByLabel('Кому').waitFor()
    expect(await form.getByLabel('Кому').innerText()).toContain('Лис (П-7F3K)')
    await form.getByLabel('Кому').selectOption('oleg')
    await form.getByLabel('К чему').selectOption({ index: 0 })
    await form.getByLabel('Действует до').fill('2030-05-31')
    await form.getByLabel('Инструктаж: какой текст').fill('ИОТ-12')
    await form.getByLabel('Редакция').fill('4')
    expect(await form.getByRole('button', { name: 'Оформить' }).isDisabled()).toBe(true)
    await form.getByLabel('Я сам провёл инструктаж этому человеку').check()
    await picture('people-grant')
    await form.getByRole('button', { name: 'Оформить' }).click()
    await stage.page.getByText('Допуск оформлен').waitFor()
    const [instruction, grant] = stage.asks()
    expect(instruction).toMatchObject({ kind: 'instruction.record', people: ['oleg'], title: 'ИОТ-12', version: '4' })
    expect(grant).toMatchObject({ kind: 'permit.grant', person: 'oleg', covers: { of: 'kind' } })
    expect(
      grant?.kind === 'permit.grant' && instruction?.kind === 'instruction.record' && grant.instruction === instruction.instruction,
    ).toBe(true)
  })

  it('a permit is taken back after a question', async () => {
    await open()
    await stage.page.getByRole('button', { name: 'Отозвать допуск: Вера Павловна' }).click()
    await stage.page.getByRole('dialog').getByRole('button', { name: 'Отозвать' }).click()
    await expect.poll(() => stage.asks()).toEqual([{ kind: 'permit.revoke', permit: 'permit-0001' }])
  })

  it('a group is opened, shown by its card and closed; a pupil is forgotten', async () => {
    await open()
    expect(await stage.page.getByRole('link', { name: 'Карточка группы 7Б' }).getAttribute('href')).toBe(
      '/groups/school-5/group-0001?lang=ru',
    )
    await stage.page.getByRole('button', { name: 'Открыть группу' }).click()
    const form = stage.page.getByRole('dialog')
    await form.getByLabel('Название').fill('Робототехника')
    await form.getByLabel('Возраст').selectOption('11-13')
    await form.getByRole('button', { name: 'Открыть группу' }).click()
    await expect.poll(() => stage.asks().at(-1)).toMatchObject({ kind: 'group.open', name: 'Робототехника', ageBand: '11-13' })
    await stage.page.getByRole('button', { name: 'Закрыть группу 7Б' }).click()
    await stage.page.getByRole('dialog').getByRole('button', { name: 'Закрыть', exact: true }).last().click()
    await expect.poll(() => stage.asks().at(-1)).toEqual({ kind: 'group.close', group: 'group-0001' })
    await stage.page.getByRole('button', { name: 'Забыть: Лис' }).click()
    await stage.page.getByRole('dialog').getByRole('button', { name: 'Забыть' }).click()
    await expect.poll(() => stage.asks().at(-1)).toEqual({ kind: 'pupil.forget', person: 'p-fox' })
  })
})

describe('a laser at the machine', () => {
  const start = () => stage.page.getByRole('button', { name: 'Запустить', exact: true }).first()

  it('starts after the PIN, and not after a wrong one', async () => {
    await stage.open(schoolPath, { ...atSchool, scene: 'attention', pin: { set: true, atStart: true, digits: '2580' } })
    await start().click()
    const dialog = stage.page.getByRole('dialog')
    await dialog.getByLabel('ПИН-код').fill('1111')
    await picture('start-pin')
    await dialog.getByRole('button', { name: 'Запустить' }).click()
    await dialog.getByText('Неверный ПИН-код.').waitFor()
    expect(stage.asks()).toEqual([])
    await dialog.getByLabel('ПИН-код').fill('2580')
    await dialog.getByLabel('ПИН-код').press('Enter')
    await expect.poll(() => stage.asks()).toMatchObject([{ kind: 'job.start' }])
    expect(stage.fake.pins).toMatchObject([
      { path: 'confirmations', body: { pin: '1111' } },
      { path: 'confirmations', body: { pin: '2580' } },
    ])
  })

  it('without a PIN of one’s own offers to choose one first', async () => {
    await stage.open(schoolPath, { ...atSchool, scene: 'attention', pin: { set: false, atStart: true, digits: '2580' } })
    await start().click()
    await stage.page.getByRole('dialog').getByRole('button', { name: 'Задать ПИН-код' }).click()
    await stage.page.getByLabel('Новый ПИН-код, 4–8 цифр').fill('2580')
    await stage.page.getByLabel('Ваш пароль').fill('demo')
    await stage.page.getByRole('button', { name: 'Задать ПИН-код' }).last().click()
    await stage.page.getByText('ПИН-код сохранён').waitFor()
    expect(stage.fake.pins).toEqual([{ path: 'pin', body: { pin: '2580', password: 'demo' } }])
  })

  it('starts at once where the session is enough', async () => {
    await stage.open(schoolPath, { ...atSchool, scene: 'attention' })
    await start().click()
    await expect.poll(() => stage.asks()).toMatchObject([{ kind: 'job.start' }])
  })
})

describe('a pupil', () => {
  it('sends wishes with the file and leaves with a ticket', async () => {
    await stage.open(schoolPath, { ...atSchool, as: 'pupil' }, phone)
    const chooser = stage.page.waitForEvent('filechooser')
    await stage.page
      .getByRole('button', { name: /Отправить/ })
      .first()
      .click()
    const { name, content } = gcode('кубик.gcode')
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
    await stage.page.getByLabel('Материал').fill('PLA')
    await stage.page.getByLabel('Цвет').fill('красный')
    await stage.page.getByLabel('К какому дню').fill('2030-05-20')
    await picture('pupil-wishes')
    await stage.page.getByRole('button', { name: 'Отправить на проверку' }).click()
    await stage.page.getByRole('link', { name: 'Открыть талон' }).waitFor()
    await picture('pupil-sent')
    expect(stage.asks().at(-1)).toMatchObject({ kind: 'job.submit', wishes: { material: 'PLA', colour: 'красный' } })
    expect(await stage.page.getByRole('link', { name: 'Открыть талон' }).getAttribute('href')).toBe('/t/61-abcdefghjkmn?lang=ru')
  })
})
