// What holds for every screen in a real Chromium: the wall, a lost link, languages, narrow pages, keyboards, weight.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { machineCard, openMachine, openSchool, overflow, region, switchLanguage, waitForState } from './pages.ts'
import { job, people, sceneNames } from './scenes.ts'
import { atSchool, must, phone, schoolPath, setStage } from './stage.ts'

const stage = setStage()

describe('the city', () => {
  it('is one row a school, and leads to each', async () => {
    await stage.open('/', { as: 'technician', scene: 'attention', sites: 'all' })
    await stage.page.getByRole('heading', { level: 1, name: 'Школы города' }).waitFor()
    await expect.poll(() => stage.page.getByRole('row').count()).toBe(20)
    const row = stage.page.getByRole('row').filter({ hasText: 'Школа № 5' })
    expect(await row.textContent()).toContain('Неисправность')
    await openSchool(stage.page, 'Школа № 5')
    await openMachine(stage.page, 'Принтер 2')
    expect(await region(stage.page, 'Состояние').textContent()).toContain('Сопло греется не так, как должно')
  })
})

describe('the link', () => {
  it('lost is said with the age of what is shown, and comes back by itself', async () => {
    await stage.open(schoolPath)
    await machineCard(stage.page, 'Принтер 1').waitFor()
    stage.fake.cut(true)
    await stage.page.getByText(/Нет связи с сервером\. На экране то, что было/).waitFor()
    await stage.page.getByRole('button', { name: 'Отправить файл' }).waitFor()
    stage.fake.cut(false)
    await stage.page.getByText(/Нет связи с сервером\. На экране/).waitFor({ state: 'detached' })
    stage.fake.change('school-5', picture => ({
      ...picture,
      machines: {
        ...picture.machines,
        prusa: { ...must(picture.machines.prusa), state: { state: 'foreign', since: Date.now(), fraction: 0.5 } },
      },
    }))
    await waitForState(stage.page, 'Пруша у окна', 'Занят с панели')
  })

  it('of a school lost is “no data” with its age, never “off”', async () => {
    await stage.open(schoolPath, { scene: 'silent' })
    await machineCard(stage.page, 'Принтер 1').getByText('нет данных · 3 мин').waitFor()
    await machineCard(stage.page, 'Принтер 1').getByText('было: печатает').waitFor()
  })
})

describe('the position of a machine', () => {
  it('is a dash while it is not kept up, and a figure again when it is told', async () => {
    const tell = (positionPast: boolean) =>
      stage.fake.change('school-5', picture => ({
        ...picture,
        telemetry: { ...picture.telemetry, 'printer-1': { ...must(picture.telemetry['printer-1']), positionPast } },
      }))
    await stage.open(`${schoolPath}/machines/printer-1`)
    const position = region(stage.page, 'Положение')
    await position.getByText('112,40').waitFor()
    tell(true)
    await expect.poll(() => position.getByText('—', { exact: true }).count()).toBe(3)
    expect(await position.textContent()).not.toContain('112,40')
    tell(false)
    await position.getByText('112,40').waitFor()
  })
})

describe('for everybody', () => {
  it('is told to drag a file only where there is something to drag it with', async () => {
    await stage.open(schoolPath, { scene: 'empty', as: 'pupil' }, phone)
    const { page } = stage
    await page.getByText('перетащите файл на страницу').waitFor()
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: true })
    await page.getByText('нажмите «Отправить файл»').waitFor()
    expect(await page.getByText(/перетащите/i).count()).toBe(0)
  })

  it('reads why a part came out badly in the own language, whichever it was pressed in, and free words as they stand', async () => {
    await stage.open(schoolPath)
    const { page, fake } = stage
    const causes = ['Не прорезал', 'Burnt', 'стол был влажный']
    fake.change('school-5', picture => {
      const now = Date.now()
      const judged = causes.map((cause, index) => {
        const verdict = { quality: 'failed', cause, by: people.teacher, at: now } as const
        return job(`job-bad-${index}`, 70 + index, 'completed', now, { machine: 'laser', endedAt: now, verdict })
      })
      return { ...picture, jobs: Object.fromEntries(judged.map(one => [one.id, one])) }
    })
    const rows = page.locator('.part-finished .queue-row')
    const said = (ticket: number, cause: string) =>
      rows
        .filter({ hasText: `№${ticket}` })
        .getByText(cause, { exact: true })
        .waitFor()
    for (const [index, cause] of ['Не прорезал', 'Подгорело', 'стол был влажный'].entries()) await said(70 + index, cause)
    await switchLanguage(page)
    for (const [index, cause] of ['Not cut through', 'Burnt', 'стол был влажный'].entries()) await said(70 + index, cause)
  })

  it('speaks English when asked, and remembers it', async () => {
    await stage.open(schoolPath)
    await stage.page.getByRole('heading', { name: 'Очередь' }).waitFor()
    await switchLanguage(stage.page)
    await stage.page.getByRole('heading', { name: 'Queue' }).waitFor()
    expect(await stage.page.evaluate(() => document.documentElement.lang)).toBe('en')
    await stage.page.reload()
    await stage.page.getByRole('heading', { name: 'Queue' }).waitFor()
    await switchLanguage(stage.page)
    await stage.page.getByRole('heading', { name: 'Очередь' }).waitFor()
  })

  it('goes dark when asked, and remembers it', async () => {
    await stage.open(schoolPath)
    await stage.page.getByRole('button', { name: 'Оформление' }).click()
    await stage.page.getByRole('menuitemradio', { name: 'Тёмное оформление' }).click()
    await stage.page.reload()
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await stage.page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark')
  })

  it.for([...sceneNames.map(scene => [scene, 320] as const), ['attention', 360] as const])(
    'fits the %s school into %i px',
    async ([scene, width]) => {
      await stage.open(schoolPath, { scene, as: 'technician', sites: 'all' }, { ...phone, width })
      for (const path of ['/', schoolPath, `${schoolPath}/machines/printer-1`]) {
        await stage.page.goto(`${stage.fake.url}${path}`)
        await stage.page.getByRole('heading', { level: 1 }).waitFor()
        await stage.page.waitForTimeout(150)
        expect([path, await overflow(stage.page)]).toEqual([path, 0])
      }
    },
  )

  it('gives every control 44 px and a name', async () => {
    await stage.open(schoolPath, { scene: 'attention', ...atSchool }, phone)
    await region(stage.page, 'Очередь').waitFor()
    const small = await stage.page.evaluate(() =>
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
    await stage.open(schoolPath, { scene: 'attention' })
    await region(stage.page, 'Ждёт меня').waitFor()
    const approve = stage.page.getByRole('button', { name: 'Одобрить' })
    for (let presses = 0; presses < 60 && !(await approve.evaluate(each => each === document.activeElement)); presses += 1) {
      await stage.page.keyboard.press('Tab')
    }
    expect(await approve.evaluate(each => getComputedStyle(each).outlineStyle)).toBe('solid')
    await stage.page.keyboard.press('Enter')
    // It can be taken back for a moment; whoever is sure says so.
    for (const key of ['Tab', 'Tab', 'Enter']) await stage.page.keyboard.press(key)
    await expect.poll(stage.asks).toEqual([{ kind: 'job.approve', job: 'job-submitted' }])
  })

  it('asks nothing of any other host', async () => {
    await stage.open('/', { as: 'technician', sites: 'all' })
    const hosts = new Set<string>()
    stage.page.on('request', request => hosts.add(new URL(request.url()).host))
    await openSchool(stage.page, 'Школа № 5')
    await openMachine(stage.page, 'Принтер 1')
    await stage.page.reload()
    await stage.page.getByRole('heading', { level: 1, name: 'Принтер 1' }).waitFor()
    expect([...hosts]).toEqual([new URL(stage.fake.url).host])
  })

  it('first loads at most 250 kB, packed', async () => {
    await stage.open('/')
    const html = readFileSync(join(stage.dist, 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(match => match[1] ?? '')
    expect(files.length).toBeGreaterThan(1)
    const kilobytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(stage.dist, file))).length, 0) / 1000
    expect(kilobytes).toBeLessThan(250)
  })
})
