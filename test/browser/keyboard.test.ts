// Each role's main work with the keyboard alone, every stop on the way seen; dialogs keep the focus, give it back and close with Esc.
import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { conditionsToSee, eventsToSee } from './conditions.ts'
import { focusContrast, press, tabTo, write } from './keyboard.ts'
import { region } from './pages.ts'
import { roster } from './roster.ts'
import { atSchool, gcode, phone, schoolPath, setStage, wide } from './stage.ts'

const stage = setStage()
const button = (name: string | RegExp, within?: Locator) => (within ?? stage.page).getByRole('button', { name, exact: true })
const key = (name: string) => stage.page.keyboard.press(name)
const focused = () =>
  stage.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')

describe('a pupil, by keyboard', () => {
  it('signs in, sends a file with a wish, and opens the ticket', async () => {
    await stage.open(schoolPath, { as: 'nobody', ...atSchool }, phone)
    await write(stage.page, stage.page.getByLabel('Имя для входа'), 'pupil')
    await write(stage.page, stage.page.getByLabel('Пароль', { exact: true }), 'demo')
    await key('Enter')
    await region(stage.page, 'Очередь').waitFor()
    const chooser = stage.page.waitForEvent('filechooser')
    await press(stage.page, button('Отправить файл'))
    const { name, content } = gcode('кубик.gcode')
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
    const panel = stage.page.getByRole('dialog', { name: /^Новое задание/ })
    await write(stage.page, panel.getByLabel('Цвет'), 'красный')
    await press(stage.page, button('Отправить на проверку', panel))
    await tabTo(stage.page, stage.page.getByRole('link', { name: 'Открыть талон' }))
    expect(stage.asks().at(-1)).toMatchObject({ kind: 'job.submit', wishes: { colour: 'красный' } })
  })
})

describe('a teacher, by keyboard', () => {
  it('skips to the content with the first stop of the page', async () => {
    await stage.open(schoolPath)
    await region(stage.page, 'Очередь').waitFor()
    await key('Tab')
    expect(await focused()).toBe('К содержанию')
    await key('Enter')
    await key('Tab')
    expect(await stage.page.evaluate(() => document.querySelector('main')?.contains(document.activeElement))).toBe(true)
  })

  it.for<[string, () => Promise<void>, object]>([
    [
      'approves',
      async () => {
        await press(stage.page, button('Одобрить'))
        await press(stage.page, button('Сразу'))
      },
      { kind: 'job.approve', job: 'job-submitted' },
    ],
    [
      'returns with a remark',
      async () => {
        await press(stage.page, button('Вернуть'))
        const dialog = stage.page.getByRole('dialog')
        await write(stage.page, dialog.getByLabel('Замечание ученику'), 'Поверни деталь')
        await press(stage.page, button('Вернуть на доработку', dialog))
      },
      { kind: 'job.return', job: 'job-submitted', comment: 'Поверни деталь' },
    ],
    [
      'starts the laser',
      () => press(stage.page, button('Запустить', region(stage.page, 'Ждёт меня')).first()),
      { kind: 'job.start', machine: 'laser' },
    ],
    ['clears the bed', () => press(stage.page, button('Годно', region(stage.page, 'Ждёт меня'))), { kind: 'machine.clear', quality: 'ok' }],
    [
      'answers the firmware',
      () => press(stage.page, button('Продолжить', region(stage.page, 'Ждёт меня'))),
      { kind: 'machine.answer', choice: 0 },
    ],
    ['puts a job higher', () => press(stage.page, button('Поднять №46 в очереди')), { kind: 'job.move', job: 'job-000q4' }],
    [
      'holds a job from its menu',
      async () => {
        await press(stage.page, button('Действия с заданием №44'))
        const hold = stage.page.getByRole('menuitem', { name: 'Отложить' })
        for (let presses = 0; presses < 12 && !(await hold.evaluate(each => each === document.activeElement)); presses++)
          await key('ArrowDown')
        await key('Enter')
      },
      { kind: 'job.hold', job: 'job-000q1' },
    ],
  ])('%s', async ([, deed, ask]) => {
    await stage.open(schoolPath, { scene: 'attention', ...atSchool })
    await region(stage.page, 'Ждёт меня').waitFor()
    await deed()
    await expect.poll(() => stage.asks().at(-1)).toMatchObject(ask)
  })

  it('hands a part over', async () => {
    await stage.open(schoolPath)
    await press(stage.page, button(/^Выдано: №37/))
    await press(stage.page, button('Сразу'))
    await expect.poll(() => stage.asks().at(-1)).toMatchObject({ kind: 'job.collect', job: 'job-000e1' })
  })

  it('opens a group', async () => {
    await stage.open(`${schoolPath}/people`, { ...atSchool, as: 'teacher', roster })
    await press(stage.page, button('Открыть группу'))
    const form = stage.page.getByRole('dialog')
    await write(stage.page, form.getByLabel('Название'), '8А')
    await press(stage.page, button('Открыть группу', form))
    await expect.poll(() => stage.asks().at(-1)).toMatchObject({ kind: 'group.open', name: '8А' })
  })
})

describe('a technician, by keyboard', () => {
  const open = () =>
    stage.open('/health', {
      as: 'technician',
      sites: 'all',
      conditions: conditionsToSee(Date.now()),
      conditionEvents: eventsToSee(Date.now()),
    })

  it.for([
    ['Принять', /\/acknowledge$/],
    ['Отложить', /\/shelve$/],
  ] as const)('opens a condition, writes a reason and presses «%s»', async ([deed, path]) => {
    await open()
    await press(stage.page, stage.page.locator('.condition-head').first())
    await write(stage.page, stage.page.getByLabel('Причина или что сделано'), 'Меняем сопло, готово к обеду')
    await press(stage.page, button(deed))
    await expect.poll(() => stage.fake.settled.map(each => each.path)).toEqual([expect.stringMatching(path)])
  })

  it('goes from the wall to a machine and stops its job', async () => {
    await stage.open('/', { as: 'technician', sites: 'all' })
    await press(stage.page, stage.page.getByRole('link', { name: 'Школа № 5', exact: true }))
    await press(stage.page, stage.page.getByRole('link', { name: 'Принтер 1', exact: true }))
    await press(stage.page, button('Остановить задание'))
    await press(stage.page, button('Остановить задание', stage.page.getByRole('dialog')))
    await expect.poll(() => stage.asks()).toMatchObject([{ kind: 'job.cancel' }])
  })
})

describe('a dialog', () => {
  it.for([
    ['a question', schoolPath, 'Действия с заданием №44', 'Отменить задание'],
    ['details', schoolPath, /^Подробно о задании №36/, undefined],
    ['an order form', `${schoolPath}/people`, 'Оформить допуск', undefined],
  ] as const)('%s keeps the focus while it is open, closes with Esc and gives the focus back', async ([, path, opener, item]) => {
    await stage.open(path, { as: 'technician', ...atSchool, roster })
    await press(stage.page, button(opener))
    if (item !== undefined) {
      const wanted = stage.page.getByRole('menuitem', { name: item })
      for (let presses = 0; presses < 12 && !(await wanted.evaluate(each => each === document.activeElement)); presses++)
        await key('ArrowDown')
      await key('Enter')
    }
    const dialog = stage.page.getByRole('dialog')
    await dialog.waitFor()
    const inside = () => dialog.evaluate(each => each.contains(document.activeElement))
    await expect.poll(inside).toBe(true)
    for (let stop = 0; stop < 14; stop++) {
      await key(stop % 5 === 4 ? 'Shift+Tab' : 'Tab')
      expect(await inside()).toBe(true)
    }
    await key('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => button(opener).evaluate(each => each === document.activeElement)).toBe(true)
    expect(stage.asks()).toEqual([])
  })
})

describe('a menu', () => {
  it('begins at its first item, closes with Esc and gives the focus back', async () => {
    await stage.open(schoolPath)
    await press(stage.page, button('Действия с заданием №44'))
    await expect.poll(() => stage.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('menuitem')
    await key('Escape')
    await expect.poll(focused).toBe('Действия с заданием №44')
  })
})

describe('the mark of the focus', () => {
  it.for(['light', 'dark'] as const)('stands out from what it lies on, %s', async scheme => {
    await stage.open(schoolPath, { scene: 'attention', ...atSchool }, wide)
    await stage.page.emulateMedia({ colorScheme: scheme })
    await region(stage.page, 'Ждёт меня').waitFor()
    const weak: string[] = []
    for (let stop = 0; stop < 40; stop++) {
      await key('Tab')
      if ((await focusContrast(stage.page)) < 3) weak.push(await focused())
    }
    expect(weak).toEqual([])
  })
})
