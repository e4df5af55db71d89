// What the buttons of a school and of a machine ask, in a real Chromium against a canned server.
import { describe, expect, it } from 'vitest'
import { simple } from './fake-server.ts'
import { clearBed, pauseJob, region, resumeJob, startJob, stopJob, stopNow, waitForState } from './pages.ts'
import { atSchool, must, schoolPath, setStage } from './stage.ts'

const stage = setStage()

describe('what waits for me', () => {
  it.for<[string, () => Promise<void>, object]>([
    ['a part is judged in one tap', () => clearVerdict('Годно'), { kind: 'machine.clear', machine: 'printer-1', quality: 'ok' }],
    [
      'a spoiled part with its cause in two',
      () => clearVerdict('Брак', 'Сдвиг слоя'),
      { kind: 'machine.clear', machine: 'printer-1', quality: 'failed', cause: 'Сдвиг слоя' },
    ],
    ['a job is approved', () => press('Одобрить', 'Сразу'), { kind: 'job.approve', job: 'job-submitted' }],
    ['a firmware’s question is answered', () => press('Прочистить ещё'), { kind: 'machine.answer', machine: 'prusa', choice: 1 }],
    ['a laser is started at the school', () => startJob(stage.page, 'Лазер'), { kind: 'job.start', job: 'job-to-cut', machine: 'laser' }],
  ])('%s', async ([, deed, ask]) => {
    await stage.open(schoolPath, { scene: 'attention', ...atSchool })
    await deed()
    await expect.poll(stage.asks).toEqual([ask])
  })

  async function press(...names: string[]): Promise<void> {
    for (const name of names) await region(stage.page, 'Ждёт меня').getByRole('button', { name, exact: true }).click()
  }
  async function clearVerdict(verdict: 'Годно' | 'Брак', cause?: string): Promise<void> {
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    const cleared = clearBed(stage.page, 'Принтер 1', verdict, cause)
    await expect.poll(() => stage.fake.asked.length).toBe(1)
    stage.fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        'printer-1': { ...must(picture.machines['printer-1']), state: { state: 'ready', since: Date.now() } },
      },
    }))
    await cleared
  }

  it('is returned with a remark', async () => {
    await stage.open(schoolPath, { scene: 'attention' })
    await region(stage.page, 'Ждёт меня').getByRole('button', { name: 'Вернуть', exact: true }).click()
    await stage.page.getByLabel('Замечание ученику').fill('Поверните деталь')
    await stage.page.getByRole('button', { name: 'Вернуть на доработку' }).click()
    await expect.poll(stage.asks).toEqual([{ kind: 'job.return', job: 'job-submitted', comment: 'Поверните деталь' }])
  })

  it('a laser is never started from the city, and the page says where', async () => {
    await stage.open(schoolPath, { scene: 'attention' })
    const wait = region(stage.page, 'Ждёт меня').getByRole('listitem').filter({ hasText: 'Запустить: Лазер' })
    await wait.getByText('Запуск — у станка, на экране школы').waitFor()
    expect(await wait.getByRole('button', { name: 'Запустить' }).count()).toBe(0)
  })

  it('a refusal is told in its own words', async () => {
    await stage.open(schoolPath, { scene: 'attention' })
    stage.fake.answering(() => ({ status: 409, denial: simple('busy', 'Станок занят: на нём уже идёт задание.', 'The machine is busy.') }))
    await press('Прочистить ещё')
    await stage.page.getByRole('alert').getByText('Станок занят: на нём уже идёт задание.').waitFor()
  })
})

describe('the queue', () => {
  const menu = async (item: string) => {
    await stage.page.getByRole('button', { name: 'Действия с заданием №44' }).click()
    await stage.page
      .getByRole('menuitem', { name: item })
      .or(stage.page.getByRole('menuitemradio', { name: item }))
      .click()
  }
  it.for<[string, () => Promise<void>, object]>([
    [
      'moves a job down',
      () => stage.page.getByRole('button', { name: 'Опустить №44 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q1', before: 'job-000q3' },
    ],
    [
      'moves a job to the end',
      () => stage.page.getByRole('button', { name: 'Опустить №46 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q4' },
    ],
    [
      'moves a job up',
      () => stage.page.getByRole('button', { name: 'Поднять №46 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q4', before: 'job-000q3' },
    ],
    ['holds a job', () => menu('Отложить'), { kind: 'job.hold', job: 'job-000q1' }],
    ['chooses a machine', () => menu('Принтер 2'), { kind: 'job.assign', job: 'job-000q1', machine: 'printer-2' }],
    ['frees the machine', () => menu('любой подходящий'), { kind: 'job.assign', job: 'job-000q1' }],
    [
      'cancels after a question',
      async () => {
        await menu('Отменить задание')
        await stage.page.getByRole('dialog').getByRole('button', { name: 'Отменить задание' }).click()
      },
      { kind: 'job.cancel', job: 'job-000q1' },
    ],
    [
      'hands a part over',
      async () => {
        await region(stage.page, 'Ждёт меня').getByRole('button', { name: 'Выдано: №37' }).click()
        await region(stage.page, 'Ждёт меня').getByRole('button', { name: 'Сразу' }).click()
      },
      { kind: 'job.collect', job: 'job-000e1' },
    ],
  ])('%s', async ([, deed, ask]) => {
    await stage.open(schoolPath)
    await region(stage.page, 'Очередь').waitFor()
    await deed()
    await expect.poll(stage.asks).toEqual([ask])
  })

  it('tells of a job how it ended and how we know', async () => {
    await stage.open(schoolPath)
    await stage.page.getByRole('button', { name: /Подробно о задании №36/ }).click()
    const details = stage.page.getByRole('dialog', { name: /№36/ })
    await details.getByText('Принтер перезапустился посреди задания.').waitFor()
    await details.getByText('Мы не угадываем, чем кончилось').waitFor()
  })
})

describe('a machine', () => {
  it('is paused, stopped after a question, and its figures move live', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`)
    await waitForState(stage.page, 'Принтер 1', 'Печатает')
    await stage.page.getByRole('img', { name: 'График температур за последние 15 минут' }).locator('canvas').waitFor()
    stage.fake.change('school-5', picture => {
      const telemetry = must(picture.telemetry['printer-1'])
      return {
        ...picture,
        telemetry: {
          ...picture.telemetry,
          'printer-1': { ...telemetry, at: Date.now(), progress: { ...must(telemetry.progress), fraction: 0.81, layer: 120 } },
        },
      }
    })
    await stage.page.getByText('слой 120 из 145').waitFor()
    expect(await stage.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('81')
    await pauseJob(stage.page)
    await stopJob(stage.page)
    await expect.poll(stage.asks).toEqual([
      { kind: 'machine.pause', machine: 'printer-1' },
      { kind: 'job.cancel', job: expect.any(String) },
    ])
    await stopNow(stage.page)
    await expect.poll(() => stage.asks().at(-1)).toEqual({ kind: 'machine.stop', machine: 'printer-1' })
    stage.fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        'printer-1': { ...must(picture.machines['printer-1']), state: { state: 'offline', since: Date.now() } },
      },
    }))
    await waitForState(stage.page, 'Принтер 1', 'Не в сети')
  })

  it('goes on where a person paused it', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`)
    await waitForState(stage.page, 'Принтер 1', 'Печатает')
    stage.fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        'printer-1': {
          ...must(picture.machines['printer-1']),
          state: { state: 'paused', since: Date.now(), by: 'person', job: 'job-running' },
        },
      },
    }))
    await waitForState(stage.page, 'Принтер 1', 'На паузе')
    await resumeJob(stage.page)
    await expect.poll(stage.asks).toEqual([{ kind: 'machine.resume', machine: 'printer-1' }])
  })

  it('is set up by hand behind its own tab', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`, { scene: 'empty', as: 'technician', ...atSchool })
    await stage.page.getByRole('tab', { name: 'Наладка' }).click()
    await stage.page.getByRole('radio', { name: '10', exact: true }).check()
    await stage.page.getByRole('button', { name: 'X− 10 мм' }).click()
    await stage.page.getByRole('button', { name: 'Найти ноль' }).click()
    await stage.page.getByLabel('Цель для «сопло», °C').fill('200')
    await stage.page.getByRole('button', { name: 'Задать' }).first().click()
    await expect.poll(stage.asks).toEqual([
      { kind: 'machine.jog', machine: 'printer-1', x: -10, feed: 1500 },
      { kind: 'machine.home', machine: 'printer-1' },
      { kind: 'machine.heat', machine: 'printer-1', heater: 'nozzle', target: 200 },
    ])
  })

  it('is put into service and spoken to by the technician only', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`, { scene: 'empty', as: 'technician' })
    await stage.page.getByRole('tab', { name: 'Техника' }).click()
    await stage.page.getByLabel('Строка станку').fill('M115')
    await stage.page.getByRole('button', { name: 'Отправить строку' }).click()
    await stage.page.getByRole('switch', { name: 'На обслуживании' }).click()
    await expect.poll(stage.asks).toEqual([
      { kind: 'machine.console', machine: 'printer-1', line: 'M115' },
      { kind: 'machine.service', machine: 'printer-1', on: true },
    ])
  })

  it('offers a teacher no technician’s tab, and a pupil no buttons at all', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`)
    await stage.page.getByRole('tab', { name: 'Наладка' }).waitFor()
    expect(await stage.page.getByRole('tab').allTextContents()).toEqual(['Работа', 'Наладка'])
    await stage.close()
    await stage.open(`${schoolPath}/machines/printer-1`, { as: 'pupil' })
    await waitForState(stage.page, 'Принтер 1', 'Печатает')
    expect(await stage.page.getByRole('button', { name: /Пауза|Остановить/ }).count()).toBe(0)
    expect(await stage.page.getByRole('tab').count()).toBe(0)
  })

  it('that is taken out of the school’s file is said to be gone', async () => {
    await stage.open(`${schoolPath}/machines/printer-1`)
    await waitForState(stage.page, 'Принтер 1', 'Печатает')
    stage.fake.change('school-5', picture => {
      const { 'printer-1': _gone, ...machines } = picture.machines
      return { ...picture, machines }
    })
    await stage.page.getByRole('heading', { level: 1, name: 'Здесь ничего нет' }).waitFor()
  })
})
