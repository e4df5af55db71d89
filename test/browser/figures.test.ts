// The page of figures and the trends behind a condition, in a real Chromium: worst first, a name opens its meaning, a file for a spreadsheet, deeds from a row.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { watched, watchedConditions } from './shots-health.ts'
import { phone, schoolPath, setStage } from './stage.ts'

const stage = setStage()
const asTechnician = { as: 'technician', sites: 'all', canned: watched } as const

describe('the figures', () => {
  it('of the city show the worst school first, and by name when asked', async () => {
    await stage.open('/figures', asTechnician)
    const rows = stage.page.getByRole('row')
    await rows.nth(20).waitFor()
    expect(await rows.count()).toBe(21)
    expect(await rows.nth(1).getByRole('rowheader').innerText()).toBe('Весь город')
    expect(await rows.nth(2).getByRole('rowheader').innerText()).toBe('Школа № 9')
    expect(await rows.nth(2).textContent()).toMatch(/81\s%, разобраться/)
    await stage.page.getByLabel('Сначала').selectOption('name')
    expect(await rows.nth(3).getByRole('rowheader').innerText()).toBe('Школа № 5')
    await stage.page.getByLabel('Сначала').selectOption('Ожидание человека')
    expect(await rows.nth(2).getByRole('rowheader').innerText()).toBe('Школа № 9')
  })

  it('say what each means, by keyboard, and give the focus back', async () => {
    await stage.open('/figures', asTechnician)
    const name = stage.page.getByRole('columnheader').getByRole('button', { name: 'Доступность' })
    await name.focus()
    await stage.page.keyboard.press('Enter')
    const dialog = stage.page.getByRole('dialog', { name: 'Доступность' })
    await dialog.getByText('Как считается').waitFor()
    expect(await dialog.textContent()).toContain('рабочего времени станки не было видно')
    await stage.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await name.evaluate(element => element === element.ownerDocument.activeElement)).toBe(true)
  })

  it('come as a file that a Russian spreadsheet opens', async () => {
    await stage.open('/figures', asTechnician)
    const coming = stage.page.waitForEvent('download')
    await stage.page.getByRole('button', { name: 'Скачать таблицу' }).click()
    const file = await coming
    expect(file.suggestedFilename()).toBe('показатели-30-дней.csv')
    const text = readFileSync(await file.path(), 'utf8')
    expect(text.startsWith('\uFEFFШкола;Доступность;')).toBe(true)
    const lines = text.trim().split('\r\n')
    expect(lines).toHaveLength(20)
    expect(lines[5]?.startsWith('Школа № 9;0,81;188;0,91;')).toBe(true)
    expect(lines[10]).toContain('Школа № 14;;;')
  })

  it('lead from a school to its machines; a teacher sees the own school at once', async () => {
    await stage.open('/figures', { as: 'teacher', canned: watched })
    await stage.page.getByRole('heading', { level: 1, name: 'Показатели: Школа № 5' }).waitFor()
    expect(await stage.page.getByRole('row').nth(2).getByRole('rowheader').innerText()).toBe('Принтер 1')
    await stage.page.getByRole('link', { name: 'Принтер 1' }).click()
    await stage.page.getByRole('heading', { level: 1, name: 'Принтер 1' }).waitFor()
  })

  it('are cards on a phone, each figure with its name', async () => {
    await stage.open('/figures/school-5', asTechnician, phone)
    await stage.page.getByRole('button', { name: 'Загрузка' }).first().click()
    await stage.page.getByRole('dialog', { name: 'Загрузка' }).getByText('Меньше 20 %').waitFor()
    expect(await stage.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })

  it('that did not come are said so, and asked for again', async () => {
    await stage.open('/figures', { as: 'technician', sites: 'all' })
    await stage.page.getByRole('alert').getByText('Показатели не загрузились').waitFor()
    await stage.page.getByRole('button', { name: 'Загрузить снова' }).waitFor()
  })

  it('are no page for a pupil', async () => {
    await stage.open('/figures', { as: 'pupil' })
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await stage.page.getByRole('heading', { name: 'Показатели' }).count()).toBe(0)
  })
})

describe('behind a condition', () => {
  const options = { ...asTechnician, conditions: watchedConditions }

  it('stands the trend in words, as plots and as a table', async () => {
    await stage.open('/health', options)
    await stage.page.getByRole('button', { name: /Нагревателю нужно больше/ }).click()
    const said = stage.page.getByRole('listitem').filter({ hasText: /^стол: мощность \d\d\s%, обычно \d\d\s% при 60\s°C$/i })
    await said.waitFor()
    await stage.page.locator('.trend-plot canvas').nth(2).waitFor()
    await stage.page.getByText('Таблицей по дням').click()
    expect(await stage.page.getByRole('region', { name: 'Таблицей по дням' }).getByRole('row').count()).toBeGreaterThan(10)
    expect(await stage.page.getByText('прошивка Marlin 2.1.2.4').count()).toBe(1)
  })

  it('a machine goes into service after its job, and a work order is opened once', async () => {
    await stage.open('/health', options)
    await stage.page.getByRole('button', { name: /Нагревателю нужно больше/ }).click()
    await stage.page.getByRole('button', { name: 'В обслуживание после задания: Принтер 1' }).click()
    await stage.page.getByText('новых заданий станок не возьмёт').waitFor()
    const order = stage.page.getByRole('button', { name: 'Завести заявку на ремонт: Принтер 1' })
    await order.click()
    await expect.poll(() => order.isDisabled()).toBe(true)
    expect(stage.asks()).toEqual([
      { kind: 'machine.service', machine: 'printer-1', on: true, after: 'job' },
      expect.objectContaining({
        kind: 'order.open',
        machine: 'printer-1',
        condition: 'school-5.heater-duty-drift',
        title: expect.stringContaining('мощность 62 %'),
      }),
    ])
  })

  it('a silent city leads to the city, not to a school', async () => {
    await stage.open('/health', options)
    await stage.page.getByRole('button', { name: /Замолчали почти все школы/ }).click()
    await stage.page.getByRole('link', { name: 'Открыть город' }).click()
    await stage.page.getByRole('heading', { level: 1, name: 'Школы города' }).waitFor()
  })
})

describe('the machine’s own page', () => {
  it('shows a technician the trends, and a teacher none', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`, asTechnician)
    await stage.page.getByRole('tab', { name: 'Тренды' }).click()
    await stage.page.getByText('Коротко').waitFor()
    await stage.close()
    await stage.open(`${schoolPath}/machines/printer-1`)
    await stage.page.getByRole('tab', { name: 'Работа' }).waitFor()
    expect(await stage.page.getByRole('tab', { name: 'Тренды' }).count()).toBe(0)
  })
})
