// The plan, lessons, limits and shared beds in a real Chromium; and the plan's lines by themselves.
import { describe, expect, it } from 'vitest'
import { lessonTrouble } from '../../dashboard/web/teach/lesson-times.ts'
import { closedTimes, planOf, spanOf } from '../../dashboard/web/teach/plan-lines.ts'
import { enPlan } from '../../dashboard/web/words/en-plan.ts'
import { ruPlan } from '../../dashboard/web/words/ru-plan.ts'
import type { Ask } from '../../protocols/contract/command.ts'
import { overflow, region } from './pages.ts'
import { atSchool, gcode, must, phone, schoolPath, setStage, wide } from './stage.ts'
import { checks } from './teach-pages.ts'
import { quotasToSee, teacherSchool, teacherStage } from './teach-school.ts'

const stage = setStage()
const hour = 3_600_000
const planPath = `${schoolPath}/plan`
const open = (path: string, viewport = wide) => stage.open(path, { ...teacherStage(3), ...atSchool }, viewport)
const asksOf = <Kind extends Ask['kind']>(kind: Kind) => stage.asks().filter((ask): ask is Ask & { kind: Kind } => ask.kind === kind)

describe('the lines of a plan', () => {
  const now = new Date(2026, 10, 20, 12, 10).getTime()
  const picture = teacherSchool(now, 0)
  const lines = planOf(picture, true, spanOf('hours', now, picture.hours), now)
  const kindsAt = (machine: string) => must(lines.find(line => line.machine.declaration.id === machine)).bars.map(({ kind }) => kind)

  it('have what runs, what is likely next and the lessons, in time', () => {
    expect(kindsAt('printer-1')).toEqual(['run', 'lesson', 'queued'])
    expect(kindsAt('mill')).toEqual([])
  })
  it('put one job behind the other, though their ranges overlap, and say where the machine is a guess', () => {
    const queued = lines.flatMap(({ bars }) => bars.flatMap(bar => (bar.kind === 'queued' ? [bar] : [])))
    expect(queued.map(({ job, guessed }) => [job.id, guessed]).sort()).toEqual([
      ['job-000q1', false],
      ['job-000q2', true],
      ['job-000q3', true],
    ])
    for (const { from, sure, until } of queued) expect(from <= sure && sure <= until).toBe(true)
  })
  it('put a job on the machine the school expects it on', () => {
    const told = structuredClone(picture)
    must(told.forecasts?.['job-000q2']).machine = 'mill'
    const bars = must(planOf(told, true, spanOf('hours', now, told.hours), now).find(line => line.machine.declaration.id === 'mill')).bars
    expect(bars.map(bar => bar.kind === 'queued' && bar.job.id)).toEqual(['job-000q2'])
  })
  it('promise nothing for a school that is silent', () => {
    expect(
      planOf(picture, false, spanOf('hours', now, picture.hours), now)
        .flatMap(({ bars }) => bars)
        .some(({ kind }) => kind === 'queued'),
    ).toBe(false)
  })
  it('end at closing time, and shade what is outside the hours', () => {
    const day = spanOf('day', now, picture.hours)
    expect(new Date(day.until).getHours()).toBe(18)
    expect(closedTimes(picture.hours, { from: day.until - hour, until: day.until + 2 * hour })).toEqual([
      { from: day.until, until: day.until + 2 * hour },
    ])
    expect(closedTimes(undefined, day)).toEqual([])
  })
  it.for([
    ['ends before it begins', 2, 1, ['mill'], 'noTime'],
    ['is over already', -3, -2, ['mill'], 'past'],
    ['has no machine', 1, 2, [], 'noMachine'],
    ['meets another lesson on a machine', 3, 4, ['prusa'], 'overlap'],
    ['is outside the hours', 7, 8, ['mill'], 'closedThen'],
    ['is as it should be', 3, 4, ['mill'], undefined],
  ] as const)('a lesson that %s', ([, from, until, machines, trouble]) => {
    const wanted = { id: 'new', machines: new Set<string>(machines), from: now + from * hour, until: now + until * hour }
    expect(lessonTrouble(wanted, picture, now)?.kind).toBe(trouble)
  })
})

it('has the words of the plan in both languages', () => {
  const keys = (of: object): string[] =>
    Object.entries(of).flatMap(([key, value]) =>
      typeof value === 'object' ? keys(value as object).map(inner => `${key}.${inner}`) : [key],
    )
  expect(keys(enPlan)).toEqual(keys(ruPlan))
})

describe('the plan', () => {
  it.for(['light', 'dark'] as const)(
    'hatches closed hours as its legend does, unlike a sure forecast and unlike a lesson: %s',
    async scheme => {
      await open(planPath)
      await stage.page.emulateMedia({ colorScheme: scheme })
      const hatch = (selector: string) =>
        stage.page
          .locator(selector)
          .first()
          .evaluate(element => getComputedStyle(element).backgroundImage)
      // Of a week some hours are always closed.
      await stage.page.getByRole('radio', { name: 'Неделя' }).check()
      await stage.page.locator('.gantt-closed').first().waitFor()
      const closed = await hatch('.legend-closed')
      expect(closed).toContain('repeating-linear-gradient')
      expect(await hatch('.gantt-closed')).toBe(closed)
      expect(await hatch('.legend-sure')).toBe('none')
      expect(await hatch('.legend-lesson')).not.toBe(closed)
    },
  )

  it('leads from each bar to its job, and says the same as a table', async () => {
    await open(planPath)
    const chart = region(stage.page, 'План по станкам')
    await chart.getByRole('button', { name: 'То же таблицей' }).click()
    await chart.getByRole('row', { name: /Принтер 1 №44 Крышка\.gcode/ }).waitFor()
    await chart.getByRole('link', { name: /^№44 Крышка\.gcode: по прогнозу/ }).click()
    await stage.page.getByRole('dialog', { name: /№44 · Крышка\.gcode/ }).waitFor()
  })

  it('books, changes and cancels a lesson', async () => {
    await open(planPath)
    const lessons = region(stage.page, 'Занятия')
    await lessons.getByRole('button', { name: 'Записать занятие' }).click()
    const form = stage.page.getByRole('dialog', { name: 'Новое занятие' })
    await form.getByLabel('Название').fill('Кружок')
    await form.getByLabel('Группа').selectOption({ label: '7Б' })
    await form.getByLabel('День').fill('2030-03-04')
    await form.getByLabel('Начало').fill('10:00')
    await form.getByLabel('Конец').fill('09:00')
    await form.getByRole('button', { name: 'Записать', exact: true }).click()
    await form.getByText('Конец раньше начала: проверьте время.').waitFor()
    await form.getByLabel('Конец').fill('10:45')
    await form.getByLabel('Все 3D-принтеры').check()
    await form.getByRole('button', { name: 'Записать', exact: true }).click()
    await form.waitFor({ state: 'detached' })
    const from = new Date('2030-03-04T10:00:00').getTime()
    expect(asksOf('lesson.book').at(0)).toMatchObject({
      title: 'Кружок',
      group: 'group-7b',
      machines: ['printer-1', 'printer-2', 'prusa'],
      from,
      until: from + 45 * 60_000,
    })
    await lessons.getByRole('button', { name: 'Отменить занятие «Робототехника»' }).click()
    await stage.page
      .getByRole('dialog', { name: 'Отменить занятие «Робототехника»?' })
      .getByRole('button', { name: 'Отменить занятие' })
      .click()
    await expect.poll(() => asksOf('lesson.cancel')).toEqual([{ kind: 'lesson.cancel', lesson: 'lesson-0002' }])
  })

  it('sets a limit and removes one', async () => {
    await open(planPath)
    const limits = region(stage.page, 'Лимиты')
    await limits.getByText('5 из 5 заданий').waitFor()
    await limits.getByRole('button', { name: 'Добавить лимит' }).click()
    const form = stage.page.getByRole('dialog', { name: 'Лимит' })
    await form.getByRole('button', { name: 'Сохранить' }).click()
    await form.getByText('Укажите хотя бы одно число.').waitFor()
    await form.getByLabel('Часов на станках').fill('2,5'.replace(',', '.'))
    await form.getByRole('button', { name: 'Сохранить' }).click()
    await form.waitFor({ state: 'detached' })
    expect(asksOf('quota.set').at(0)).toMatchObject({ of: 'pupil', per: 'week', hours: 2.5 })
    await limits.getByRole('button', { name: /^Убрать лимит: Группе 7Б/ }).click()
    await stage.page.getByRole('dialog', { name: 'Убрать лимит?' }).getByRole('button', { name: 'Убрать' }).click()
    await expect
      .poll(() => asksOf('quota.set').at(1))
      .toEqual({ kind: 'quota.set', quota: 'quota-0002', of: 'group', group: 'group-7b', per: 'month' })
  })

  it('fits a telephone: only the chart itself scrolls sideways', async () => {
    await open(planPath, phone)
    await region(stage.page, 'Лимиты').getByText('5 из 5 заданий').waitFor()
    expect(await overflow(stage.page)).toBe(0)
  })
})

it('shows a lesson on the projector by numbers and pseudonyms, never by file', async () => {
  await open(`${schoolPath}/lessons/lesson-0001`)
  await stage.page.getByRole('heading', { level: 1, name: 'Технология, 7Б' }).waitFor()
  await region(stage.page, 'Вернули: подойди к учителю').getByText('№66').waitFor()
  await region(stage.page, 'На проверке').getByText('Рысь-4').waitFor()
  expect(await stage.page.locator('main').textContent()).not.toMatch(/gcode|Ваза|Брелок/)
})

it('puts several parts on one bed: their files to save, one file back', async () => {
  await open(schoolPath)
  await checks(stage.page).getByRole('button', { name: 'Все без замечаний: 3' }).click()
  await stage.page.getByRole('button', { name: 'На один стол' }).click()
  const dialog = stage.page.getByRole('dialog', { name: /^На один стол/ })
  expect(await dialog.getByRole('link', { name: /№70 Брелок 1\.gcode/ }).getAttribute('href')).toBe(
    `/api/v1/programs/${'a'.repeat(64)}/file`,
  )
  await dialog.getByLabel('Выбрать №72 Подставка для ручек 3.gcode').uncheck()
  const chooser = stage.page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Выбрать файл' }).click()
  const { name, content } = gcode('Общий стол.gcode')
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })
  await dialog.getByRole('button', { name: 'Собрать на один стол' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(asksOf('job.plate').at(0)).toMatchObject({ jobs: ['submit0000', 'submit0001'], name: 'Общий стол.gcode', sha256: 'a'.repeat(64) })
  const queue = region(stage.page, 'Очередь')
  await queue.getByText('на этом столе ещё 2 задания').click()
  await queue.getByRole('button', { name: /№71 Шестерня/ }).waitFor()
})

it('tells a pupil what is left before the file is sent, and shows no plan', async () => {
  const quotas = quotasToSee(Date.now())
  const uses = [must(quotas.uses[1])]
  await stage.open(schoolPath, { as: 'pupil', canned: { 'GET /api/v1/sites/school-5/quotas': { quotas: [], uses } } })
  const chooser = stage.page.waitForEvent('filechooser')
  await stage.page.getByRole('button', { name: 'Отправить файл' }).click()
  const { name, content } = gcode('Брелок.gcode')
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })
  await stage.page.getByRole('dialog').getByText('на эту неделю: 3 из 5 заданий, 4,8 из 6 ч').waitFor()
  expect(await stage.page.getByRole('link', { name: 'План и занятия' }).count()).toBe(0)
})
