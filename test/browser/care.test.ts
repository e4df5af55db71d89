// The page of care in a real browser: what is due and done, orders with photos, the shelf; for technicians, teachers and the whole city.
import { describe, expect, it } from 'vitest'
import { addPhoto, openOrder, part, row } from './care-pages.ts'
import { careToSee, cityCareToSee, redPixel } from './care-scene.ts'
import { phone, setStage } from './stage.ts'

const stage = setStage()
const path = '/sites/school-5/care'
const photo = 'c'.repeat(64)
const canned = () => ({
  'GET /api/v1/sites/school-5/care': careToSee(Date.now()),
  'GET /api/v1/care': cityCareToSee(Date.now()),
  'POST /api/v1/photos': { sha256: photo },
})
const technician = () => ({ as: 'technician', canned: canned() }) as const
const teacher = () => ({ as: 'teacher', canned: canned() }) as const
const done = () => stage.page.getByRole('alert')

describe('maintenance', () => {
  it('is noted in one tap, and taken back', async () => {
    await stage.open(path, technician())
    const { page } = stage
    await page.getByRole('button', { name: 'Сделано: Протереть защитное стекло линзы, Лазер' }).click()
    await done().filter({ hasText: 'Записано: Протереть защитное стекло линзы' }).waitFor()
    await page.getByRole('button', { name: 'Отменить запись: Вымыть пластину стола, Пруша у окна' }).click()
    await done().filter({ hasText: 'Запись отменена' }).waitFor()
    expect(stage.asks()).toEqual([
      { kind: 'care.done', machine: 'laser', task: 'lens' },
      { kind: 'care.undo', machine: 'prusa', task: 'plate' },
    ])
  })

  it('that uses up a part asks for it, by keyboard', async () => {
    await stage.open(path, technician(), phone)
    const { page } = stage
    await page.getByRole('button', { name: 'Сделано: Заменить сопло, Принтер 2' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Сделано' })
    expect(await dialog.getByLabel('Сколько взято: Сопло 0,4 мм').inputValue()).toBe('1')
    await dialog.getByLabel('Заметка').fill('латунное')
    await page.keyboard.press('Tab')
    await dialog.getByRole('button', { name: 'Сделано' }).press('Enter')
    await dialog.waitFor({ state: 'detached' })
    expect(stage.asks()).toEqual([
      { kind: 'care.done', machine: 'printer-2', task: 'nozzle-change', note: 'латунное', parts: [{ part: 'part-nozzle', count: 1 }] },
    ])
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBe(0)
  })

  it('says what is due, soon and later, with hours', async () => {
    await stage.open(path, technician())
    const { page } = stage
    await page.getByText('пора: 3 работы · скоро: 1 · 2 открытые заявки · 1 запчасть заканчивается').waitFor()
    expect(await row(page, 'Обслуживание', 'Вымыть пластину стола').first().textContent()).toContain('наработка 37 из 25 ч')
    await page.getByText('Остальное по плану: 2 работы').click()
    await page.getByText('Вычистить цангу и гайку').waitFor()
  })

  it('is a teacher’s to see and to order, not to note', async () => {
    await stage.open(path, teacher())
    const { page } = stage
    await page.getByRole('link', { name: 'Завести заявку' }).first().waitFor()
    expect(await page.getByRole('button', { name: /^Сделано|^Изменить|^Отменить/ }).count()).toBe(0)
    await page.getByRole('link', { name: 'Завести заявку' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Новая заявка' })
    expect(await dialog.getByLabel('Что случилось').inputValue()).toBe('Вымыть пластину стола')
    expect(await dialog.getByLabel('Станок').inputValue()).toBe('printer-1')
  })
})

describe('a work order', () => {
  it('is opened with a photo taken at the machine', async () => {
    await stage.open(`${path}?order=new&machine=prusa&condition=school-5.down`, teacher(), phone)
    const { page } = stage
    const dialog = page.getByRole('dialog', { name: 'Новая заявка' })
    await dialog.getByLabel('Что случилось').fill('Гудит блок питания')
    await addPhoto(page, dialog, Buffer.from(redPixel, 'base64'))
    await dialog.getByRole('img', { name: 'Фото 1 из 1' }).waitFor()
    // The camera has a way of its own: with it a phone offers no photo taken before.
    expect(await dialog.locator('input[capture=environment]').count()).toBe(1)
    await dialog.getByRole('button', { name: 'Завести заявку' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(stage.asks()).toMatchObject([
      { kind: 'order.open', machine: 'prusa', title: 'Гудит блок питания', photos: [photo], condition: 'school-5.down' },
    ])
    expect(new URL(page.url()).search).toBe('')
  })

  it('refuses a file that is no photo, and says so', async () => {
    await stage.open(`${path}?order=new`, teacher())
    const { page } = stage
    await addPhoto(page, page.getByRole('dialog'), Buffer.from('<svg/>'))
    await done().filter({ hasText: 'не похож на фото' }).waitFor()
  })

  it('is noted with parts and closed by a technician', async () => {
    await stage.open(path, technician())
    const { page } = stage
    const order = await openOrder(page, 'Стучит ось X')
    stage.fake.change('school-5', picture => {
      const machine = picture.machines['printer-2']
      return machine ? { ...picture, machines: { ...picture.machines, 'printer-2': { ...machine, inService: true } } } : picture
    })
    await order.getByText('Подтянул ремень, закажу подшипник.').waitFor()
    await order.getByText('Взято со склада: Тефлоновая трубка: 1 шт.').waitFor()
    await order.getByRole('button', { name: 'Записать' }).click()
    await order.getByText('Напишите несколько слов, добавьте фото или запчасть.').waitFor()
    await order.getByLabel('Что сделано').fill('сменил подшипник')
    await order.getByLabel('Сколько взято: Сопло 0,4 мм').fill('1')
    await order.getByRole('button', { name: 'Починено, закрыть заявку' }).click()
    await done().filter({ hasText: 'Заявка закрыта' }).waitFor()
    await part(page, 'Заявки на ремонт').getByRole('button', { name: 'Вернуть в работу' }).waitFor()
    expect(stage.asks()).toEqual([
      { kind: 'order.note', order: 'order-knock', text: 'сменил подшипник', parts: [{ part: 'part-nozzle', count: 1 }], close: true },
    ])
  })

  it('closed offers to bring the machine back to work, where it stands in service', async () => {
    await stage.open(path, technician())
    const { page, fake } = stage
    fake.change('school-5', picture => {
      const machine = picture.machines['printer-1']
      return machine ? { ...picture, machines: { ...picture.machines, 'printer-1': { ...machine, inService: true } } } : picture
    })
    await page.getByText('Закрытые за 90 дней: 1').click()
    const order = await openOrder(page, 'Шумит вентилятор')
    await order.getByRole('button', { name: 'Вернуть в работу' }).click()
    await done().filter({ hasText: 'Станок снова в работе' }).waitFor()
    expect(stage.asks()).toEqual([{ kind: 'machine.service', machine: 'printer-1', on: false }])
  })

  it('is a teacher’s own to close, and another’s to note only, without parts', async () => {
    await stage.open(path, teacher())
    const { page } = stage
    const own = await openOrder(page, 'Стучит ось X')
    await own.getByRole('button', { name: 'Починено, закрыть заявку' }).waitFor()
    const foreign = await openOrder(page, 'Засор сопла')
    await foreign.getByRole('button', { name: 'Записать' }).waitFor()
    expect(await foreign.getByRole('button', { name: 'Починено' }).count()).toBe(0)
    expect(await page.getByLabel(/Сколько взято/).count()).toBe(0)
  })

  it('shows that a photo has not come yet', async () => {
    await stage.open(path, technician())
    const order = await openOrder(stage.page, 'Стучит ось X')
    await order.getByText('Фото ещё не доехало сюда').first().waitFor()
  })
})

describe('the shelf', () => {
  it('is counted anew and added to', async () => {
    await stage.open(path, technician())
    const { page } = stage
    expect(await part(page, 'Запчасти').getByRole('listitem').first().textContent()).toContain('заканчивается')
    await page.getByRole('button', { name: 'Изменить: Сопло 0,4 мм' }).click()
    await page.getByLabel('Сколько лежит').fill('12')
    await page.getByRole('button', { name: 'Записать' }).click()
    await done().filter({ hasText: 'Записано: Сопло 0,4 мм' }).waitFor()
    await page.getByRole('button', { name: 'Добавить запчасть' }).click()
    await page.getByLabel('Название').fill('Ремень')
    await page.getByRole('button', { name: 'Записать' }).click()
    await expect.poll(() => stage.asks().length).toBe(2)
    expect(stage.asks()).toMatchObject([
      { kind: 'part.put', part: 'part-nozzle', name: 'Сопло 0,4 мм', count: 12, least: 3 },
      { kind: 'part.put', name: 'Ремень', count: 1, least: 1 },
    ])
  })
})

describe('the city’s page', () => {
  it('says where a round is needed and who has a spare nozzle', async () => {
    await stage.open('/care', { ...technician(), sites: 'all' }, phone)
    const { page } = stage
    expect(await row(page, 'Обслуживание', 'Школа № 5').textContent()).toContain('Лазер: Протереть защитное стекло линзы')
    await page.getByLabel('Найти запчасть').fill('сопло')
    expect(await row(page, 'Запчасти', 'Сопло 0,4 мм').first().textContent()).toMatch(
      /Школа № 7.*: 12 шт\..*Школа № 5.*: 1 шт\. · заканчивается/,
    )
    expect(await page.getByText('Фреза 3 мм').count()).toBe(0)
    expect(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))).toBe(0)
  })

  it('is in everybody’s menu but a pupil’s, each to their own', async () => {
    for (const [as, sites, href] of [
      ['technician', 'all', '/care'],
      ['teacher', ['school-5'], '/sites/school-5/care'],
      ['pupil', ['school-5'], undefined],
    ] as const) {
      await stage.open('/sites/school-5', { as, sites: sites === 'all' ? 'all' : [...sites] })
      await stage.page.locator('.top-right button').last().click()
      await stage.page.getByRole('menuitem', { name: 'Выйти' }).waitFor()
      const link = stage.page.getByRole('menuitem', { name: 'Уход и ремонт' })
      expect(href === undefined ? await link.count() : await link.getAttribute('href')).toBe(href ?? 0)
      await stage.close()
    }
  })
})
