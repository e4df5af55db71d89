// The page of conditions in a real browser: what a technician sees, opens and settles, and that nobody else is led there.
import { describe, expect, it } from 'vitest'
import { callsToSee, conditionsToSee, eventsToSee, reportToSee } from './conditions.ts'
import { switchLanguage } from './pages.ts'
import { people } from './scenes.ts'
import { must, phone, setStage } from './stage.ts'

const stage = setStage()
const full = () => ({ as: 'technician', conditions: conditionsToSee(Date.now()), conditionEvents: eventsToSee(Date.now()) }) as const

describe('the page of conditions', () => {
  it('lists what waits, what is taken up and what is laid aside, with counts, and is grey when all is well', async () => {
    await stage.open('/health', full())
    const { page } = stage
    await page.getByRole('heading', { name: 'Ждут техника' }).waitFor()
    expect(await page.locator('.page-head p').textContent()).toBe('2 неотложных · 1 на сегодня · 1 принято · 1 отложено')
    expect(await page.locator('.condition-title').allTextContents()).toEqual([
      'Школа не на связи',
      'Нагрев сопла не удался',
      'Настройки прошивки отличаются',
      'Пора провести ТО',
      'Станок не в сети',
    ])
    await stage.close()
    await stage.open('/health', { as: 'technician' })
    await stage.page.getByText('Ни один станок не ждёт техника.').waitFor()
    expect(await stage.page.locator('.page-head p').textContent()).toBe('Всё в порядке')
  })

  it('opens a row by keyboard: machines with links, help, the last events', async () => {
    await stage.open('/health', full(), phone)
    const { page } = stage
    const row = page.getByRole('button', { name: /Нагрев сопла не удался/ })
    await row.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Олег Сергеевич').or(page.getByText('Ирина Петровна: стол очищен')).first().waitFor()
    expect(await page.getByRole('link', { name: 'Принтер 1' }).getAttribute('href')).toBe('/sites/school-5/machines/printer-1')
    expect(await row.getAttribute('aria-expanded')).toBe('true')
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBe(0)
  })

  it('acknowledges with a reason only, and shelves for the time chosen', async () => {
    await stage.open('/health', full())
    const { page, fake } = stage
    await page.getByRole('button', { name: /Нагрев сопла не удался/ }).click()
    await page.getByRole('button', { name: 'Принять', exact: true }).click()
    await page.getByText('Напишите несколько слов').waitFor()
    expect(fake.settled).toEqual([])
    await page.getByLabel('Причина или что сделано').fill('еду')
    await page.getByRole('button', { name: 'Принять', exact: true }).click()
    await page.getByText('Записано').waitFor()
    await page.getByLabel('Причина или что сделано').fill('жду деталь')
    await page.getByLabel('Отложить на').selectOption({ label: 'неделю' })
    await page.getByRole('button', { name: 'Отложить', exact: true }).click()
    await expect.poll(() => fake.settled.length).toBe(2)
    const [first, second] = fake.settled
    expect(first).toEqual({ path: 'school-5.down/acknowledge', body: { reason: 'еду' } })
    expect(second?.path).toBe('school-5.down/shelve')
    const until = Number((second?.body as { until: number } | undefined)?.until)
    expect(Math.abs(until - Date.now() - 7 * 24 * 3_600_000)).toBeLessThan(60_000)
  })

  it('opens one order for a trouble: where one is open already, the row leads to it', async () => {
    const canned: Record<string, unknown> = { 'GET /api/v1/sites/school-5/care': { plan: [], parts: [], orders: [] } }
    await stage.open('/health', { ...full(), canned })
    const { page } = stage
    const row = page.getByRole('button', { name: /Нагрев сопла не удался/ })
    await row.click()
    await page.getByRole('button', { name: 'Завести заявку на ремонт: Принтер 1' }).click()
    await expect.poll(() => stage.asks().length).toBe(1)
    const asked = must(stage.asks()[0])
    if (asked.kind !== 'order.open') throw new Error(asked.kind)
    const { order: id, machine, title, condition } = asked
    const order = { id, site: 'school-5', machine, title, condition, openedAt: Date.now(), by: people.technician, remarks: [] }
    canned['GET /api/v1/sites/school-5/care'] = { plan: [], parts: [], orders: [order] }
    await page.reload()
    await row.click()
    const link = page.getByRole('link', { name: 'Открытая заявка: Принтер 1' })
    await link.waitFor()
    expect(await page.getByRole('button', { name: 'Завести заявку на ремонт: Принтер 1' }).count()).toBe(0)
    await link.click()
    const head = page.getByRole('button', { name: title })
    await head.waitFor()
    expect(await head.getAttribute('aria-expanded')).toBe('true')
    await expect.poll(() => head.evaluate(element => element === document.activeElement)).toBe(true)
  })

  it('offers “Settled” on a reported machine, as its help says', async () => {
    const report = reportToSee(Date.now())
    const conditions = { ...conditionsToSee(Date.now()), [report.id]: report }
    await stage.open('/health', { ...full(), conditions })
    const { page } = stage
    await page.getByRole('button', { name: /Сообщили о станке/ }).click()
    await page.getByText('отметьте «Устранено»').waitFor()
    await page.getByRole('button', { name: 'Устранено: Принтер 1' }).click()
    await page.getByText('Записано').waitFor()
    expect(stage.asks()).toEqual([{ kind: 'machine.settle', machine: 'printer-1', fault: 'problem-reported' }])
    await page.getByRole('button', { name: /Нагрев сопла не удался/ }).click()
    const other = page.locator('[id="detail-school-5.down"]')
    await other.getByRole('button', { name: 'В обслуживание после задания: Принтер 1' }).waitFor()
    expect(await other.getByRole('button', { name: /^Устранено/ }).count()).toBe(0)
  })

  it.for([
    [
      'ru',
      [
        'У станка: сообщили о проблеме — дым или запах гари, «Пахнет от платы»',
        'Ирина Петровна: к станку подошли',
        'У станка: позвали учителя',
        'Ирина Петровна: стол очищен',
        'деталь задания №5: брак — Засор сопла',
        'задание №5: завершено',
        'вызов учителя окончен',
      ],
    ],
    [
      'en',
      [
        'At the machine: reported a problem — smoke or a burning smell, “Пахнет от платы”',
        'Ирина Петровна: came to the machine',
        'At the machine: called the teacher',
        'Ирина Петровна: bed cleared',
        'part of job №5: scrap — Clogged nozzle',
        'job №5: finished',
        'the call for the teacher ended',
      ],
    ],
  ] as const)(
    'tells what happened once and in its own words: calls, verdicts, and no fault where there was none, in %s',
    async ([language, lines]) => {
      const report = reportToSee(Date.now())
      await stage.open('/health', { ...full(), conditions: { [report.id]: report }, conditionEvents: callsToSee(Date.now()) })
      const { page } = stage
      if (language === 'en') await switchLanguage(page)
      await page.locator('.condition-head').click()
      const events = page.locator('.condition-detail ol li')
      await events.first().waitFor()
      const said = await events.allTextContents()
      // Each begins with its moment.
      expect(said.map((text, index) => text.endsWith(` ${lines[index]}`) || text)).toEqual(lines.map(() => true))
    },
  )

  it('gives a link for the workshop’s wall', async () => {
    await stage.open('/health', { as: 'technician' }, phone)
    const { page } = stage
    await page.getByText('Экраны в мастерских').click()
    await page.getByRole('button', { name: 'Получить ссылку' }).click()
    await page.getByText('/tv/school-5?kiosk=1&token=secret').waitFor()
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBe(0)
  })

  it('is a link in the header for technicians and administrators, and for no one else', async () => {
    for (const [as, links] of [
      ['technician', 1],
      ['administrator', 1],
      ['teacher', 0],
      ['pupil', 0],
    ] as const) {
      await stage.open('/sites/school-5', { as })
      await stage.page.locator('h1').first().waitFor()
      expect(await stage.page.getByRole('link', { name: 'Состояние станков' }).count()).toBe(links)
      await stage.close()
    }
  })
})
