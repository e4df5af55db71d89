// The screens in a real Chromium against a canned server: what a person sees, and which commands the buttons send.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from './browser.ts'
import { type FakeOptions, type FakeServer, simple, startFake } from './fake-server.ts'
import {
  chooseFile,
  clearBed,
  dropFile,
  machineCard,
  openMachine,
  openSchool,
  overflow,
  pauseJob,
  region,
  signIn,
  signOut,
  startJob,
  stopJob,
  submitJob,
  switchLanguage,
  waitForState,
} from './pages.ts'
import { sceneNames } from './scenes.ts'

let dist: string
let browser: Browser
let fake: FakeServer
let page: Page
let troubles: string[]

beforeAll(async () => {
  dist = await buildWeb()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
})
beforeEach(() => {
  troubles = []
})
afterEach(async () => {
  await page.context().close()
  await fake.close()
  // Ours or the browser's: a page that works says nothing on its console.
  expect(troubles).toEqual([])
})

const wide = { width: 1280, height: 860 }
const phone = { width: 360, height: 740 }

async function open(path: string, options: Partial<FakeOptions> = {}, viewport = wide): Promise<void> {
  fake = await startFake({ dist, scene: 'normal', as: 'teacher', sites: ['school-5'], ...options })
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => {
    // A refused request is written there by the browser itself.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) troubles.push(message.text())
  })
  await page.goto(`${fake.url}${path}`)
}

const school = '/sites/school-5'
const atSchool = { scope: { kind: 'school', site: 'school-5' } } as const
const gcode = (name: string, bytes = 4_000) => ({ name, content: Buffer.alloc(bytes, 'G1 X10 Y10 F1200\n') })
const asks = () => fake.asked.map(({ ask }) => ask)

describe('signing in', () => {
  it('lets a person in by name and password, and out again', async () => {
    await open('/', { as: 'nobody' })
    await page.getByLabel('Имя для входа').fill('teacher')
    await page.getByLabel('Пароль', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: 'Войти', exact: true }).click()
    await page.getByText('Имя или пароль не подошли').waitFor()
    await signIn(page, 'teacher', 'demo')
    await page.getByRole('heading', { level: 1, name: 'Школа № 5' }).waitFor()
    await signOut(page, 'Ирина Петровна')
  })

  it('offers the names of a demo', async () => {
    await open('/', { as: 'nobody' })
    await page.getByRole('button', { name: 'Войти как teacher' }).click()
    await page.getByRole('heading', { level: 1, name: 'Школа № 5' }).waitFor()
  })
})

describe('the city', () => {
  it('is one row a school, and leads to each', async () => {
    await open('/', { as: 'technician', scene: 'attention', sites: 'all' })
    await page.getByRole('heading', { level: 1, name: 'Школы города' }).waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(20)
    const row = page.getByRole('row').filter({ hasText: 'Школа № 5' })
    expect(await row.textContent()).toContain('Неисправность')
    await openSchool(page, 'Школа № 5')
    await openMachine(page, 'Принтер 2')
    expect(await region(page, 'Состояние').textContent()).toContain('Сопло греется не так, как должно')
  })
})

describe('a dropped file', () => {
  it('is uploaded, checked and put into the queue for the chosen machine', async () => {
    await open(school)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const panel = await dropFile(page, gcode('Кронштейн с пробелом.gcode', 600_000))
    await panel.getByText('Задание длиннее занятия').waitFor()
    expect(await panel.getByRole('radio', { name: 'Лазер' }).isDisabled()).toBe(true)
    const ticket = await submitJob(page, { machine: 'Пруша у окна', copies: 3, comment: 'белый' })
    expect(ticket).toBe('№61')
    expect(fake.uploads).toEqual([{ name: 'Кронштейн с пробелом.gcode', bytes: 600_000 }])
    const sha256 = 'a'.repeat(64)
    expect(asks()).toEqual<unknown[]>([
      { kind: 'program.check', sha256, name: 'Кронштейн с пробелом.gcode', size: 600_000 },
      {
        kind: 'job.submit',
        request: expect.stringMatching(/^[0-9a-f]{32}$/),
        sha256,
        name: 'Кронштейн с пробелом.gcode',
        size: 600_000,
        machine: 'prusa',
        copies: 3,
        comment: 'белый',
      },
    ])
  })

  it('with findings that forbid it cannot be queued by anybody, and says why', async () => {
    await open(school, { as: 'technician' })
    const panel = await chooseFile(page, gcode('bad.gcode'))
    await panel.getByText('В файле есть команда, которая меняет память станка').waitFor()
    await panel.getByText('Ни один станок этой школы не может выполнить этот файл').waitFor()
    expect(await panel.getByRole('button', { name: 'Поставить в очередь' }).count()).toBe(0)
  })

  it('burning with M3 waits for a technician’s leave', async () => {
    await open(school, { as: 'technician' })
    const panel = await chooseFile(page, gcode('знак M3.nc'))
    const send = panel.getByRole('button', { name: 'Поставить в очередь' })
    await send.waitFor()
    expect(await send.isDisabled()).toBe(true)
    await panel.getByLabel('Разрешить постоянную мощность луча (M3)').check()
    await submitJob(page)
    expect(asks().at(-1)).toMatchObject({ kind: 'job.submit', allowConstantPower: true })
  })

  it('burning with M3 is not a teacher’s to allow', async () => {
    await open(school)
    const panel = await chooseFile(page, gcode('знак M3.nc'))
    await panel.getByText('Ни один станок этой школы').waitFor()
    expect(await panel.getByText('Разрешить постоянную мощность').count()).toBe(0)
  })

  it('shows how much of it has gone, and can be stopped', async () => {
    await open(school, { holdUploads: true })
    const panel = await chooseFile(page, gcode('большой.gcode', 4_000_000))
    await panel.getByRole('progressbar', { name: 'Отправляем файл' }).waitFor()
    await panel.getByRole('button', { name: 'Прервать отправку' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(asks()).toEqual([])
  })

  it('that is empty is refused before anything is sent', async () => {
    await open(school)
    const panel = await chooseFile(page, { name: 'пусто.gcode', content: new Uint8Array() })
    await panel.getByRole('alert').getByText('Файл пуст').waitFor()
    expect(fake.uploads).toEqual([])
  })

  it('comes one after the other where several were dropped', async () => {
    await open(school)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const panel = await dropFile(page, gcode('первый.gcode'), gcode('второй.gcode'))
    await panel.getByText('файл 1 из 2').waitFor()
    await panel.getByRole('button', { name: 'Поставить в очередь' }).click()
    await panel.getByText('файл 2 из 2').waitFor()
    await submitJob(page)
    expect(asks().flatMap(ask => (ask.kind === 'job.submit' ? [ask.name] : []))).toEqual(['первый.gcode', 'второй.gcode'])
  })

  it('for a silent school is kept, may be sent unchecked, and is checked when the school answers', async () => {
    await open(school, { scene: 'silent' })
    fake.answering(() => 'silent')
    const panel = await chooseFile(page, gcode('потом.gcode'))
    await panel.getByText('Школа пока не отвечает').waitFor()
    await panel.getByRole('button', { name: 'Отправить без проверки' }).waitFor()
    fake.answerWaiting()
    await panel.getByText('Задание длиннее занятия').waitFor()
    await panel.getByRole('button', { name: 'Поставить в очередь' }).click()
    await page.getByRole('alert').getByText('Школа ответит, когда появится связь').waitFor()
  })

  it('by a pupil is sent for checking', async () => {
    await open(school, { as: 'pupil' })
    const panel = await chooseFile(page, gcode('моё.gcode'))
    await panel.getByRole('button', { name: 'Отправить на проверку' }).waitFor()
    expect(await region(page, 'Ждёт меня').count()).toBe(0)
  })
})

describe('what waits for me', () => {
  it.for<[string, () => Promise<void>, object]>([
    ['a part is judged in one tap', () => clearVerdict('Годно'), { kind: 'machine.clear', machine: 'printer-1', quality: 'ok' }],
    [
      'a spoiled part with its cause in two',
      () => clearVerdict('Брак', 'Сдвиг слоя'),
      { kind: 'machine.clear', machine: 'printer-1', quality: 'failed', cause: 'Сдвиг слоя' },
    ],
    ['a job is approved', () => press('Одобрить'), { kind: 'job.approve', job: 'job-submitted' }],
    ['a firmware’s question is answered', () => press('Прочистить ещё'), { kind: 'machine.answer', machine: 'prusa', choice: 1 }],
    ['a laser is started at the school', () => startJob(page, 'Лазер'), { kind: 'job.start', job: 'job-to-cut', machine: 'laser' }],
  ])('%s', async ([, deed, ask]) => {
    await open(school, { scene: 'attention', ...atSchool })
    await deed()
    await expect.poll(asks).toEqual([ask])
  })

  async function press(name: string): Promise<void> {
    await region(page, 'Ждёт меня').getByRole('button', { name, exact: true }).click()
  }
  async function clearVerdict(verdict: 'Годно' | 'Брак', cause?: string): Promise<void> {
    await page.getByRole('heading', { level: 1 }).waitFor()
    const cleared = clearBed(page, 'Принтер 1', verdict, cause)
    await expect.poll(() => fake.asked.length).toBe(1)
    fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        'printer-1': { ...must(picture.machines['printer-1']), state: { state: 'ready', since: Date.now() } },
      },
    }))
    await cleared
  }

  it('is returned with a remark', async () => {
    await open(school, { scene: 'attention' })
    await region(page, 'Ждёт меня').getByRole('button', { name: 'Вернуть', exact: true }).click()
    await page.getByLabel('Замечание ученику').fill('Поверните деталь')
    await page.getByRole('button', { name: 'Вернуть на доработку' }).click()
    await expect.poll(asks).toEqual([{ kind: 'job.return', job: 'job-submitted', comment: 'Поверните деталь' }])
  })

  it('a laser is never started from the city, and the page says where', async () => {
    await open(school, { scene: 'attention' })
    const wait = region(page, 'Ждёт меня').getByRole('listitem').filter({ hasText: 'Запустить: Лазер' })
    await wait.getByText('Запуск — у станка, на экране школы').waitFor()
    expect(await wait.getByRole('button', { name: 'Запустить' }).count()).toBe(0)
  })

  it('a refusal is told in its own words', async () => {
    await open(school, { scene: 'attention' })
    fake.answering(() => ({ status: 409, denial: simple('busy', 'Станок занят: на нём уже идёт задание.', 'The machine is busy.') }))
    await page.getByRole('button', { name: 'Одобрить' }).click()
    await page.getByRole('alert').getByText('Станок занят: на нём уже идёт задание.').waitFor()
  })
})

describe('the queue', () => {
  const menu = async (item: string) => {
    await page.getByRole('button', { name: 'Действия с заданием №44' }).click()
    await page
      .getByRole('menuitem', { name: item })
      .or(page.getByRole('menuitemradio', { name: item }))
      .click()
  }
  it.for<[string, () => Promise<void>, object]>([
    [
      'moves a job down',
      () => page.getByRole('button', { name: 'Опустить №44 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q1', before: 'job-000q3' },
    ],
    [
      'moves a job to the end',
      () => page.getByRole('button', { name: 'Опустить №46 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q4' },
    ],
    [
      'moves a job up',
      () => page.getByRole('button', { name: 'Поднять №46 в очереди' }).click(),
      { kind: 'job.move', job: 'job-000q4', before: 'job-000q3' },
    ],
    ['holds a job', () => menu('Отложить'), { kind: 'job.hold', job: 'job-000q1' }],
    ['chooses a machine', () => menu('Принтер 2'), { kind: 'job.assign', job: 'job-000q1', machine: 'printer-2' }],
    ['frees the machine', () => menu('любой подходящий'), { kind: 'job.assign', job: 'job-000q1' }],
    [
      'cancels after a question',
      async () => {
        await menu('Отменить задание')
        await page.getByRole('dialog').getByRole('button', { name: 'Отменить задание' }).click()
      },
      { kind: 'job.cancel', job: 'job-000q1' },
    ],
    [
      'hands a part over',
      () => region(page, 'Завершено за сутки').getByRole('button', { name: 'Выдать' }).click(),
      { kind: 'job.collect', job: 'job-000e1' },
    ],
  ])('%s', async ([, deed, ask]) => {
    await open(school)
    await region(page, 'Очередь').waitFor()
    await deed()
    await expect.poll(asks).toEqual([ask])
  })

  it('tells of a job how it ended and how we know', async () => {
    await open(school)
    await page.getByRole('button', { name: /Подробно о задании №36/ }).click()
    const details = page.getByRole('dialog', { name: /№36/ })
    await details.getByText('Принтер перезапустился посреди задания.').waitFor()
    await details.getByText('Мы не угадываем, чем кончилось').waitFor()
  })
})

describe('a machine', () => {
  it('is paused, stopped after a question, and its figures move live', async () => {
    await open(`${school}/machines/printer-1`)
    await waitForState(page, 'Принтер 1', 'Печатает')
    await page.getByRole('img', { name: 'График температур за последние 15 минут' }).locator('canvas').waitFor()
    fake.change('school-5', picture => {
      const telemetry = must(picture.telemetry['printer-1'])
      return {
        ...picture,
        telemetry: {
          ...picture.telemetry,
          'printer-1': { ...telemetry, at: Date.now(), progress: { ...must(telemetry.progress), fraction: 0.81, layer: 120 } },
        },
      }
    })
    await page.getByText('слой 120 из 145').waitFor()
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('81')
    await pauseJob(page)
    await stopJob(page)
    await expect.poll(asks).toEqual([
      { kind: 'machine.pause', machine: 'printer-1' },
      { kind: 'machine.stop', machine: 'printer-1' },
    ])
    fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        'printer-1': { ...must(picture.machines['printer-1']), state: { state: 'offline', since: Date.now() } },
      },
    }))
    await waitForState(page, 'Принтер 1', 'Не в сети')
  })

  it('is set up by hand behind its own tab', async () => {
    await open(`${school}/machines/printer-1`, { scene: 'empty', as: 'technician', ...atSchool })
    await page.getByRole('tab', { name: 'Наладка' }).click()
    await page.getByText('10', { exact: true }).click()
    await page.getByRole('button', { name: 'X− 10 мм' }).click()
    await page.getByRole('button', { name: 'Найти ноль' }).click()
    await page.getByLabel('Цель для «сопло», °C').fill('200')
    await page.getByRole('button', { name: 'Задать' }).first().click()
    await expect.poll(asks).toEqual([
      { kind: 'machine.jog', machine: 'printer-1', x: -10, feed: 1500 },
      { kind: 'machine.home', machine: 'printer-1' },
      { kind: 'machine.heat', machine: 'printer-1', heater: 'nozzle', target: 200 },
    ])
  })

  it('is put into service and spoken to by the technician only', async () => {
    await open(`${school}/machines/printer-1`, { scene: 'empty', as: 'technician' })
    await page.getByRole('tab', { name: 'Техника' }).click()
    await page.getByLabel('Строка станку').fill('M115')
    await page.getByRole('button', { name: 'Отправить строку' }).click()
    await page.getByRole('switch', { name: 'На обслуживании' }).click()
    await expect.poll(asks).toEqual([
      { kind: 'machine.console', machine: 'printer-1', line: 'M115' },
      { kind: 'machine.service', machine: 'printer-1', on: true },
    ])
  })

  it('offers a teacher no technician’s tab, and a pupil no buttons at all', async () => {
    await open(`${school}/machines/printer-1`)
    await page.getByRole('tab', { name: 'Наладка' }).waitFor()
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Работа', 'Наладка'])
    await page.context().close()
    await fake.close()
    await open(`${school}/machines/printer-1`, { as: 'pupil' })
    await waitForState(page, 'Принтер 1', 'Печатает')
    expect(await page.getByRole('button', { name: /Пауза|Остановить/ }).count()).toBe(0)
    expect(await page.getByRole('tab').count()).toBe(0)
  })

  it('that is taken out of the school’s file is said to be gone', async () => {
    await open(`${school}/machines/printer-1`)
    await waitForState(page, 'Принтер 1', 'Печатает')
    fake.change('school-5', picture => {
      const { 'printer-1': _gone, ...machines } = picture.machines
      return { ...picture, machines }
    })
    await page.getByRole('heading', { level: 1, name: 'Здесь ничего нет' }).waitFor()
  })
})

describe('the link', () => {
  it('lost is said with the age of what is shown, and comes back by itself', async () => {
    await open(school)
    await machineCard(page, 'Принтер 1').waitFor()
    fake.cut(true)
    await page.getByText(/Нет связи с сервером\. На экране то, что было/).waitFor()
    await page.getByRole('button', { name: 'Отправить файл' }).waitFor()
    fake.cut(false)
    await page.getByText(/Нет связи с сервером\. На экране/).waitFor({ state: 'detached' })
    fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        prusa: { ...must(picture.machines.prusa), state: { state: 'foreign', since: Date.now(), fraction: 0.5 } },
      },
    }))
    await waitForState(page, 'Пруша у окна', 'Занят с панели')
  })

  it('of a school lost is “no data” with its age, never “off”', async () => {
    await open(school, { scene: 'silent' })
    await machineCard(page, 'Принтер 1').getByText('нет данных · 3 мин').waitFor()
    await machineCard(page, 'Принтер 1').getByText('было: печатает').waitFor()
  })
})

describe('for everybody', () => {
  it('speaks English when asked, and remembers it', async () => {
    await open(school)
    await page.getByRole('heading', { name: 'Очередь' }).waitFor()
    await switchLanguage(page)
    await page.getByRole('heading', { name: 'Queue' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    await page.reload()
    await page.getByRole('heading', { name: 'Queue' }).waitFor()
    await switchLanguage(page)
    await page.getByRole('heading', { name: 'Очередь' }).waitFor()
  })

  it('goes dark when asked, and remembers it', async () => {
    await open(school)
    await page.getByRole('button', { name: 'Оформление' }).click()
    await page.getByRole('menuitem', { name: 'Тёмное оформление' }).click()
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark')
  })

  it.for([...sceneNames.map(scene => [scene, 320] as const), ['attention', 360] as const])(
    'fits the %s school into %i px',
    async ([scene, width]) => {
      await open(school, { scene, as: 'technician', sites: 'all' }, { ...phone, width })
      for (const path of ['/', school, `${school}/machines/printer-1`]) {
        await page.goto(`${fake.url}${path}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForTimeout(150)
        expect([path, await overflow(page)]).toEqual([path, 0])
      }
    },
  )

  it('gives every control 44 px and a name', async () => {
    await open(school, { scene: 'attention', ...atSchool }, phone)
    await region(page, 'Очередь').waitFor()
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, a, input, select, textarea, [role=button]')]
        // Links inside a line of text may be as high as the line (2.5.8, inline), and a card's link fills the card.
        .filter(each => each.checkVisibility() && each.closest('h3, th, .job-name, .skip') === null && !each.matches('.skip, .job-name'))
        .map(each => ({ box: each.getBoundingClientRect(), name: each.getAttribute('aria-label') ?? each.textContent ?? '' }))
        .filter(({ box, name }) => box.height < 44 || box.width < 44 || name.trim() === '')
        .map(({ box, name }) => `${name} ${box.width}×${box.height}`),
    )
    expect(small).toEqual([])
  })

  it('is worked by keyboard alone: a job is approved with Tab and Enter', async () => {
    await open(school, { scene: 'attention' })
    await region(page, 'Ждёт меня').waitFor()
    const approve = page.getByRole('button', { name: 'Одобрить' })
    for (let presses = 0; presses < 60 && !(await approve.evaluate(each => each === document.activeElement)); presses += 1) {
      await page.keyboard.press('Tab')
    }
    expect(await approve.evaluate(each => getComputedStyle(each).outlineStyle)).toBe('solid')
    await page.keyboard.press('Enter')
    await expect.poll(asks).toEqual([{ kind: 'job.approve', job: 'job-submitted' }])
  })

  it('asks nothing of any other host', async () => {
    await open('/', { as: 'technician', sites: 'all' })
    const hosts = new Set<string>()
    page.on('request', request => hosts.add(new URL(request.url()).host))
    await openSchool(page, 'Школа № 5')
    await openMachine(page, 'Принтер 1')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Принтер 1' }).waitFor()
    expect([...hosts]).toEqual([new URL(fake.url).host])
  })

  it('first loads at most 250 kB, packed', async () => {
    await open('/')
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(match => match[1] ?? '')
    expect(files.length).toBeGreaterThan(1)
    const kilobytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1000
    expect(kilobytes).toBeLessThan(250)
  })
})

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scene lacks it')
  return value
}
