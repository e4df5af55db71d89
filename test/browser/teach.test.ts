// A teacher's work in a real Chromium: thirty files approved, one returned with a pin, parts handed over, the queue put in order.
import { describe, expect, it } from 'vitest'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { simple } from './fake-server.ts'
import { overflow, region } from './pages.ts'
import { atSchool, must, phone, schoolPath, setStage, wide } from './stage.ts'
import { approveAllClean, batch, checks, collects, dragRow, grip, openReturn, queueTickets } from './teach-pages.ts'
import { teacherStage } from './teach-school.ts'

const stage = setStage()
const open = (checks = 30, viewport = wide) => stage.open(schoolPath, { ...teacherStage(checks), ...atSchool }, viewport)
const asksOf = <Kind extends Ask['kind']>(kind: Kind) => stage.asks().filter((ask): ask is Ask & { kind: Kind } => ask.kind === kind)

describe('approving many', () => {
  it('approves thirty files with at most five clicks', async () => {
    await open()
    await stage.page.evaluate(() => {
      const counted = window as unknown as { clicks: number }
      counted.clicks = 0
      document.addEventListener('pointerdown', () => {
        counted.clicks += 1
      })
    })
    await checks(stage.page).getByRole('button', { name: 'Все: 30' }).click()
    await stage.page.getByRole('button', { name: 'Одобрить 30' }).click()
    await batch(stage.page).getByRole('button', { name: 'Сразу' }).click()
    await batch(stage.page).getByText('Одобрено: 30').waitFor()
    expect(asksOf('job.approve')).toHaveLength(30)
    expect(new Set(asksOf('job.approve').map(({ job }) => job)).size).toBe(30)
    await checks(stage.page).waitFor({ state: 'detached' })
    expect(await stage.page.evaluate(() => (window as unknown as { clicks: number }).clicks)).toBeLessThanOrEqual(5)
  })

  it('leaves what the check asks about to be looked at', async () => {
    await open()
    await approveAllClean(stage.page)
    await batch(stage.page).getByText('Одобрено: 28').waitFor({ timeout: 15_000 })
    await checks(stage.page).getByText('Сопло нагреется до 265 °C. Для PLA это много.').first().waitFor()
    expect(asksOf('job.approve')).toHaveLength(28)
  })

  it('is taken back before anything is sent', async () => {
    await open()
    await approveAllClean(stage.page)
    await batch(stage.page).getByText('Пока ничего не отправлено.').waitFor()
    await batch(stage.page).getByRole('button', { name: 'Отменить' }).click()
    await batch(stage.page).waitFor({ state: 'detached' })
    expect(stage.asks()).toEqual([])
  })

  it('goes on after “too fast”, tells what was refused and why, and tries those again', async () => {
    await open(8)
    let refusals = 0
    stage.fake.answering(ask => {
      if (ask.kind !== 'job.approve') return undefined
      refusals += 1
      if (refusals === 2) return { status: 429, denial: simple('too-fast', 'Слишком много запросов подряд.', 'Too fast.') }
      if (refusals === 4)
        return { status: 409, denial: simple('wrong-state', 'Задание уже отменил ученик.', 'The pupil has cancelled it.') }
      return undefined
    })
    await checks(stage.page).getByRole('button', { name: 'Все: 8' }).click()
    await stage.page.getByRole('button', { name: 'Одобрить 8' }).click()
    await batch(stage.page).getByRole('button', { name: 'Сразу' }).click()
    await batch(stage.page).getByText('Одобрено: 7').waitFor()
    await batch(stage.page).getByText('Задание уже отменил ученик.').waitFor()
    await batch(stage.page).getByRole('button', { name: 'Повторить для 1' }).click()
    await batch(stage.page).getByText('Одобрено: 8').waitFor()
  })

  it('chooses by keys and ranges, and approves with a key on a Russian keyboard too', async () => {
    await open(6)
    const box = (k: number) => checks(stage.page).getByRole('checkbox').nth(k)
    await box(1).focus()
    await stage.page.keyboard.press('KeyX')
    expect(await box(1).isChecked()).toBe(true)
    await box(3).click({ modifiers: ['Shift'] })
    expect(await checks(stage.page).getByRole('checkbox', { checked: true }).count()).toBe(3)
    await stage.page.keyboard.press('KeyA')
    await batch(stage.page).getByRole('button', { name: 'Сразу' }).press('Enter')
    await expect.poll(() => asksOf('job.approve').map(({ job }) => job)).toEqual(['submit0001', 'submit0002', 'submit0003'])
  })

  it('chooses a class', async () => {
    await open()
    await checks(stage.page).getByLabel('Группа').selectOption({ label: '5А, кружок: 6' })
    await stage.page.getByRole('button', { name: 'Одобрить 6' }).waitFor()
  })
})

describe('approving one', () => {
  const row = (name: string) => checks(stage.page).getByRole('listitem').filter({ hasText: name })
  const approve = (name: string) => row(name).getByRole('button', { name: 'Одобрить', exact: true }).click()

  it('is taken back where it was given, before anything is sent', async () => {
    await open(4)
    await approve('Кубик 4')
    await row('Кубик 4').getByText('Пока ничего не отправлено.').waitFor()
    expect(await row('Кубик 4').getByRole('checkbox').isDisabled()).toBe(true)
    await row('Кубик 4').getByRole('button', { name: 'Отменить' }).press('Enter')
    const again = row('Кубик 4').getByRole('button', { name: 'Одобрить', exact: true })
    await expect.poll(() => again.evaluate(each => each === document.activeElement)).toBe(true)
    expect(stage.asks()).toEqual([])
  })

  it('leaves the others free, goes by itself, and is not sent twice with the others', async () => {
    await open(4)
    await approve('Кубик 4')
    await approve('Подставка для ручек 3')
    await checks(stage.page).getByRole('button', { name: 'Все: 4' }).click()
    await stage.page.getByRole('button', { name: 'Одобрить 4' }).click()
    await checks(stage.page).waitFor({ state: 'detached', timeout: 15_000 })
    expect(
      asksOf('job.approve')
        .map(({ job }) => job)
        .sort(),
    ).toEqual(['submit0000', 'submit0001', 'submit0002', 'submit0003'])
  })

  it('goes on while another page is open, and its trouble stands where it was given, to be tried again', async () => {
    await open(4)
    let refuse = true
    stage.fake.answering(ask =>
      refuse && ask.kind === 'job.approve'
        ? { status: 409, denial: simple('wrong-state', 'Задание уже отменил ученик.', 'The pupil has cancelled it.') }
        : undefined,
    )
    await approve('Кубик 4')
    await stage.page.getByRole('link', { name: 'План и занятия' }).click()
    await expect.poll(() => asksOf('job.approve').length, { timeout: 10_000 }).toBe(1)
    await stage.page.goBack()
    await row('Кубик 4').getByText('Задание уже отменил ученик.').waitFor()
    refuse = false
    await row('Кубик 4').getByRole('button', { name: 'Повторить для 1' }).click()
    await row('Кубик 4').waitFor({ state: 'detached' })
    // Sent again by its pupil, it is a request like any other.
    stage.fake.change('school-5', picture => ({
      ...picture,
      jobs: { ...picture.jobs, submit0003: { ...must(picture.jobs.submit0003), state: 'submitted' } },
    }))
    await row('Кубик 4').getByRole('button', { name: 'Одобрить', exact: true }).waitFor()
  })

  it('is asked once, however often many and one were pressed and taken back before', async () => {
    await open(4)
    const all = async () => {
      await checks(stage.page).getByRole('button', { name: 'Все: 4' }).click()
      await stage.page.getByRole('button', { name: 'Одобрить 4' }).click()
    }
    await all()
    await batch(stage.page).getByRole('button', { name: 'Отменить' }).click()
    await approve('Кубик 4')
    await row('Кубик 4').getByText('Пока ничего не отправлено.').waitFor()
    await all()
    await checks(stage.page).waitFor({ state: 'detached', timeout: 15_000 })
    expect(
      asksOf('job.approve')
        .map(({ job }) => job)
        .sort(),
    ).toEqual(['submit0000', 'submit0001', 'submit0002', 'submit0003'])
  })

  it('that was refused does not stand where the part is handed over later', async () => {
    await open(4)
    const answered = { status: 409, denial: simple('wrong-job-state', 'Задание уже в очереди.', 'Already queued.') }
    stage.fake.answering(ask => (ask.kind === 'job.approve' ? answered : undefined))
    const become = (more: Partial<Job>) =>
      stage.fake.change('school-5', picture => ({
        ...picture,
        jobs: { ...picture.jobs, submit0003: { ...must(picture.jobs.submit0003), ...more } },
      }))
    await approve('Кубик 4')
    // Another teacher was quicker.
    become({ state: 'queued' })
    await expect.poll(() => asksOf('job.approve').length, { timeout: 10_000 }).toBe(1)
    const verdict = { quality: 'ok' as const, by: { id: 'teacher', name: 'Т', role: 'teacher' as const }, at: Date.now() }
    become({ state: 'completed', machine: 'printer-2', startedAt: Date.now() - 60_000, endedAt: Date.now(), verdict })
    await collects(stage.page)
      .getByRole('button', { name: /^Выдано: №\d+ Кубик 4/ })
      .waitFor()
  })

  it('on its way keeps the tab open, whatever page it shows', async () => {
    await open(4)
    const asks = () =>
      stage.page.evaluate(() => {
        const event = new Event('beforeunload', { cancelable: true })
        window.dispatchEvent(event)
        return event.defaultPrevented
      })
    expect(await asks()).toBe(false)
    await approve('Кубик 4')
    await stage.page.getByRole('link', { name: 'План и занятия' }).click()
    await checks(stage.page).waitFor({ state: 'detached' })
    expect(await asks()).toBe(true)
    await expect.poll(asks, { timeout: 10_000 }).toBe(false)
    expect(asksOf('job.approve')).toHaveLength(1)
  })

  it('leaves the keyboard where it has gone meanwhile', async () => {
    await open(4)
    await row('Кубик 4').getByRole('button', { name: 'Одобрить', exact: true }).press('Enter')
    await row('Кубик 4').getByText('Пока ничего не отправлено.').waitFor()
    await row('Подставка для ручек 3').getByRole('button', { name: 'Одобрить', exact: true }).focus()
    await row('Кубик 4').waitFor({ state: 'detached', timeout: 10_000 })
    const focused = () => stage.page.evaluate(() => document.activeElement?.closest('[data-request]')?.getAttribute('data-request'))
    expect(await focused()).toBe('submit0002')
  })

  it('stands in the job’s own sheet too', async () => {
    await open(4)
    await row('Кубик 4')
      .getByRole('button', { name: /^Подробно о задании/ })
      .click()
    const sheet = stage.page.getByRole('dialog')
    await sheet.getByRole('button', { name: 'Одобрить', exact: true }).click()
    await sheet.getByRole('button', { name: 'Сразу' }).click()
    await expect.poll(() => asksOf('job.approve').map(({ job }) => job)).toEqual(['submit0003'])
  })
})

describe('checking', () => {
  it('says why there are no remarks, in the words of whoever refused them', async () => {
    const answered = { status: 404, denial: simple('file-missing', 'Файла больше нет в школе.', 'The school has the file no more.') }
    await open(2)
    stage.fake.answering(ask => (ask.kind === 'program.check' ? answered : undefined))
    await checks(stage.page)
      .getByRole('button', { name: /^Подробно о задании/ })
      .first()
      .click()
    await stage.page.getByRole('dialog').getByText('Файла больше нет в школе.').waitFor()
  })
})

describe('a file from the slicer', () => {
  it('that will never be a job says why until it is read; one that waits says so', async () => {
    const denial = { code: 'model-file', text: { ru: 'Это модель, а не программа.', en: 'This is a model, not a program.' } }
    const files = [
      { id: 'file-1', site: 'school-5', name: 'башня.stl', at: Date.now() - 60_000, denial },
      { id: 'file-2', site: 'school-5', name: 'мост.gcode', at: Date.now() - 30_000 },
      { id: 'file-3', site: 'school-6', name: 'чужой.gcode', at: Date.now() },
    ]
    const told = teacherStage(0)
    await stage.open(schoolPath, { ...told, ...atSchool, canned: { ...told.canned, 'GET /api/v1/slicer-files': { files } } }, phone)
    const panel = stage.page.getByRole('region', { name: 'Из слайсера' })
    await panel.getByText('Задания не будет. Это модель, а не программа.').waitFor()
    expect(await panel.locator('.check-row').count()).toBe(2)
    expect(await overflow(stage.page)).toBe(0)
    await panel.getByRole('button', { name: 'Понятно: башня.stl' }).click()
    await panel.getByText('башня.stl').waitFor({ state: 'detached' })
    await panel.getByText('Файл принят. Задание появится, когда школа ответит и проверит его.').waitFor()
  })
})

describe('returning', () => {
  it('says what and where: ready words and a tap on the model', async () => {
    await open(4)
    const dialog = await openReturn(stage.page, 'Кубик 4')
    await dialog.getByRole('button', { name: /добавь кайму/ }).click()
    const canvas = await dialog.locator('canvas').boundingBox()
    if (canvas === null) throw new Error('no model')
    await stage.page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2)
    await dialog.getByText(/^Отмечено: X/).waitFor()
    await dialog.getByRole('button', { name: 'Вернуть на доработку' }).click()
    await dialog.waitFor({ state: 'detached' })
    const [sent] = asksOf('job.return')
    expect(sent).toMatchObject({ job: 'submit0003', comment: 'Отклеится от стола: добавь кайму.' })
    expect(sent?.mark?.x).toBeGreaterThan(60)
    expect(sent?.mark?.x).toBeLessThan(160)
    expect(sent?.mark?.layer).toBeGreaterThan(40)
  })

  it('sets and moves the pin by keys alone', async () => {
    await open(4)
    const dialog = await openReturn(stage.page, 'Кубик 4')
    await dialog.getByLabel('Замечание ученику').fill('Здесь')
    await dialog.getByRole('button', { name: 'Поставить отметку' }).press('Enter')
    const pin = dialog.getByRole('button', { name: /^Отметка 1/ })
    await expect.poll(() => pin.evaluate(each => each === document.activeElement)).toBe(true)
    const before = (await dialog.getByText(/^Отмечено/).textContent()) ?? ''
    await stage.page.keyboard.press('Shift+ArrowRight')
    await stage.page.keyboard.press('ArrowRight')
    await stage.page.keyboard.press('ArrowDown')
    await expect.poll(() => dialog.getByText(/^Отмечено/).textContent()).not.toBe(before)
    await dialog.getByText('Указать числами').click()
    await dialog.getByLabel('Слой', { exact: true }).last().fill('12')
    await dialog.getByRole('button', { name: 'Вернуть на доработку' }).click()
    await expect.poll(() => asksOf('job.return')).toHaveLength(1)
    const mark = asksOf('job.return').at(0)?.mark
    const x = Number(before.match(/X (\d+,\d)/)?.[1]?.replace(',', '.'))
    expect(mark).toEqual({ x: Math.round((x + 11) * 10) / 10, y: mark?.y, layer: 11 })
  })

  it('shows the pin, the words and whose turn it is wherever the job is opened again', async () => {
    await open(2)
    await region(stage.page, 'Очередь').getByText('ждём исправленный файл: Кедр-8').waitFor()
    await stage.page.getByRole('button', { name: /Подробно о задании №66/ }).click()
    const drawer = stage.page.getByRole('dialog')
    await drawer.getByText('Отклеится от стола: добавь кайму.').waitFor()
    await drawer.getByRole('img', { name: 'Отметка 1: где исправить' }).waitFor()
    await drawer.getByText('слой 2 из 60').waitFor()
  })
})

describe('what waits', () => {
  it('puts a call first, and one tap answers it', async () => {
    await open(2)
    const first = region(stage.page, 'Ждёт меня').getByRole('listitem').first()
    await first.getByText('Позвали на помощь у станка «Принтер 1»').waitFor()
    await first.getByRole('button', { name: 'Иду' }).click()
    await expect.poll(stage.asks).toEqual([{ kind: 'machine.settle', machine: 'printer-1', fault: 'help-called' }])
    await region(stage.page, 'Ждёт меня').getByText('Позвали на помощь').waitFor({ state: 'detached' })
  })

  it('shows one kind at a time', async () => {
    await open(3)
    await stage.page.getByRole('radio', { name: 'Выдать: 5' }).check()
    await collects(stage.page).waitFor()
    expect(await checks(stage.page).count()).toBe(0)
  })

  it('hands the parts of a class over at once', async () => {
    await open(1)
    await collects(stage.page).getByRole('button', { name: 'Выдать группе 7Б: 3' }).click()
    await batch(stage.page).getByRole('button', { name: 'Сразу' }).click()
    await batch(stage.page).getByText('Выдано: 3').waitFor()
    expect(
      asksOf('job.collect')
        .map(({ job }) => job)
        .sort(),
    ).toEqual(['collect000', 'collect001', 'collect002'])
  })
})

describe('the order of the queue', () => {
  it.for<[string, () => Promise<void>, string | undefined]>([
    ['dragging', () => dragRow(stage.page, 48, 44), 'job-000q1'],
    ['keys', () => carryByKeys(48, ['Home']), 'job-000q1'],
    ['the menu', () => byMenu(48, 'Поставить первым'), 'job-000q1'],
    ['the menu, last', () => byMenu(44, 'Поставить последним'), undefined],
  ])('is changed by %s and changed back', async ([, deed, before]) => {
    await open(1)
    await region(stage.page, 'Очередь').waitFor()
    const tickets = await queueTickets(stage.page)
    await deed()
    await expect.poll(() => asksOf('job.move').at(0)?.before).toBe(before)
    await expect.poll(() => queueTickets(stage.page)).not.toEqual(tickets)
    await stage.page.getByRole('button', { name: 'Вернуть как было' }).click()
    await expect.poll(() => asksOf('job.move')).toHaveLength(2)
    await stage.page.getByText('снова на прежнем месте').waitFor()
  })

  it('keeps a carried row where it was when Escape is pressed', async () => {
    await open(1)
    await grip(stage.page, 46).focus()
    for (const key of ['Space', 'ArrowUp', 'ArrowUp', 'Escape']) await stage.page.keyboard.press(key)
    await stage.page.getByText('№46 осталось на своём месте').waitFor({ state: 'attached' })
    expect(stage.asks()).toEqual([])
  })

  it('gives a placed job back to the common order', async () => {
    await open(1)
    await byMenu(44, 'Вернуть в общий порядок')
    await expect.poll(() => asksOf('job.move')).toEqual([{ kind: 'job.move', job: 'job-000q1', release: true }])
  })

  it('says why each stands where it stands, and filters by kind of machine', async () => {
    await open(1)
    const queue = region(stage.page, 'Очередь')
    await queue.getByText('Первое: его класс сегодня печатал меньше других.').waitFor()
    await queue.getByRole('radio', { name: 'Фрезы: 1' }).check()
    expect(await queueTickets(stage.page)).toEqual(['№48'])
  })

  async function byMenu(ticket: number, item: string): Promise<void> {
    await stage.page.getByRole('button', { name: `Действия с заданием №${ticket}` }).click()
    await stage.page.getByRole('menuitem', { name: item }).click()
  }
  async function carryByKeys(ticket: number, keys: string[]): Promise<void> {
    await grip(stage.page, ticket).focus()
    for (const key of ['Space', ...keys, 'Space']) await stage.page.keyboard.press(key)
  }
})

it('fits a telephone', async () => {
  await open(30, phone)
  await checks(stage.page).waitFor()
  expect(await overflow(stage.page)).toBe(0)
})
