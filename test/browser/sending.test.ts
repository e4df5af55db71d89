// Signing in and sending a file, in a real Chromium against a canned server.
import { describe, expect, it } from 'vitest'
import { chooseFile, dropFile, region, signIn, signOut, submitJob } from './pages.ts'
import { gcode, phone, schoolPath, setStage } from './stage.ts'

const stage = setStage()

describe('signing in', () => {
  it('lets a person in by name and password, and out again', async () => {
    await stage.open('/', { as: 'nobody' })
    await stage.page.getByLabel('Имя для входа').fill('teacher')
    await stage.page.getByLabel('Пароль', { exact: true }).fill('wrong')
    await stage.page.getByRole('button', { name: 'Войти', exact: true }).click()
    await stage.page.getByText('Имя или пароль не подошли').waitFor()
    await signIn(stage.page, 'teacher', 'demo')
    await stage.page.getByRole('heading', { level: 1, name: 'Школа № 5' }).waitFor()
    await signOut(stage.page, 'Ирина Петровна')
  })

  it('offers the names of a demo', async () => {
    await stage.open('/', { as: 'nobody' })
    await stage.page.getByRole('button', { name: 'Войти как teacher' }).click()
    await stage.page.getByRole('heading', { level: 1, name: 'Школа № 5' }).waitFor()
  })
})

describe('a dropped file', () => {
  it('is uploaded, checked and put into the queue for the chosen machine', async () => {
    await stage.open(schoolPath)
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    const panel = await dropFile(stage.page, gcode('Кронштейн с пробелом.gcode', 600_000))
    await panel.getByText('Задание длиннее занятия').waitFor()
    expect(await panel.getByRole('radio', { name: 'Лазер' }).isDisabled()).toBe(true)
    const ticket = await submitJob(stage.page, { machine: 'Пруша у окна', copies: 3, comment: 'белый' })
    expect(ticket).toBe('№61')
    expect(stage.fake.uploads).toEqual([{ name: 'Кронштейн с пробелом.gcode', bytes: 600_000 }])
    const sha256 = 'a'.repeat(64)
    expect(stage.asks()).toEqual<unknown[]>([
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

  it('has nothing of the dialog show through or below its row of deeds on a phone, wherever it is scrolled', async () => {
    await stage.open(schoolPath, { as: 'pupil' }, phone)
    const panel = await chooseFile(stage.page, gcode('Кронштейн.gcode'))
    await panel.getByRole('button', { name: 'Отправить на проверку' }).waitFor()
    await panel.getByRole('slider').first().waitFor()
    const through = await panel.locator('.submit-deeds').evaluate(deeds => {
      const scroller = deeds.closest('.mantine-Modal-content') ?? deeds
      const seen = new Set<string>()
      for (let top = 0; top <= scroller.scrollHeight - scroller.clientHeight; top += 16) {
        scroller.scrollTop = top
        for (let y = deeds.getBoundingClientRect().top + 1; y < innerHeight; y += 3)
          for (let x = 4; x < innerWidth; x += 12) {
            const hit = document.elementFromPoint(x, y)
            if (hit !== null && !deeds.contains(hit) && !hit.contains(deeds)) seen.add(hit.className.toString())
          }
      }
      return [...seen]
    })
    expect(through).toEqual([])
  })

  it('with findings that forbid it cannot be queued by anybody, and says why', async () => {
    await stage.open(schoolPath, { as: 'technician' })
    const panel = await chooseFile(stage.page, gcode('bad.gcode'))
    await panel.getByText('В файле есть команда, которая меняет память станка').waitFor()
    await panel.getByText('Ни один станок этой школы не может выполнить этот файл').waitFor()
    expect(await panel.getByRole('button', { name: 'Поставить в очередь' }).count()).toBe(0)
  })

  it('burning with M3 waits for a technician’s leave', async () => {
    await stage.open(schoolPath, { as: 'technician' })
    const panel = await chooseFile(stage.page, gcode('знак M3.nc'))
    const send = panel.getByRole('button', { name: 'Поставить в очередь' })
    await send.waitFor()
    expect(await send.isDisabled()).toBe(true)
    await panel.getByLabel('Разрешить постоянную мощность луча (M3)').check()
    await submitJob(stage.page)
    expect(stage.asks().at(-1)).toMatchObject({ kind: 'job.submit', allowConstantPower: true })
  })

  it('burning with M3 is not a teacher’s to allow', async () => {
    await stage.open(schoolPath)
    const panel = await chooseFile(stage.page, gcode('знак M3.nc'))
    await panel.getByText('Ни один станок этой школы').waitFor()
    expect(await panel.getByText('Разрешить постоянную мощность').count()).toBe(0)
  })

  it('shows how much of it has gone, and can be stopped', async () => {
    await stage.open(schoolPath, { holdUploads: true })
    const panel = await chooseFile(stage.page, gcode('большой.gcode', 4_000_000))
    await panel.getByRole('progressbar', { name: 'Отправляем файл' }).waitFor()
    await panel.getByRole('button', { name: 'Прервать отправку' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(stage.asks()).toEqual([])
  })

  it('that is empty is refused before anything is sent', async () => {
    await stage.open(schoolPath)
    const panel = await chooseFile(stage.page, { name: 'пусто.gcode', content: new Uint8Array() })
    await panel.getByRole('alert').getByText('Файл пуст').waitFor()
    expect(stage.fake.uploads).toEqual([])
  })

  it('comes one after the other where several were dropped', async () => {
    await stage.open(schoolPath)
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    const panel = await dropFile(stage.page, gcode('первый.gcode'), gcode('второй.gcode'))
    await panel.getByText('файл 1 из 2').waitFor()
    await panel.getByRole('button', { name: 'Поставить в очередь' }).click()
    await panel.getByText('файл 2 из 2').waitFor()
    await submitJob(stage.page)
    expect(stage.asks().flatMap(ask => (ask.kind === 'job.submit' ? [ask.name] : []))).toEqual(['первый.gcode', 'второй.gcode'])
  })

  it('for a silent school is kept, may be sent unchecked, and is checked when the school answers', async () => {
    await stage.open(schoolPath, { scene: 'silent' })
    stage.fake.answering(() => 'silent')
    const panel = await chooseFile(stage.page, gcode('потом.gcode'))
    await panel.getByText('Школа пока не отвечает').waitFor()
    await panel.getByRole('button', { name: 'Отправить без проверки' }).waitFor()
    stage.fake.answerWaiting()
    await panel.getByText('Задание длиннее занятия').waitFor()
    await panel.getByRole('button', { name: 'Поставить в очередь' }).click()
    await stage.page.getByRole('alert').getByText('Школа ответит, когда появится связь').waitFor()
  })

  it('by a pupil is sent for checking', async () => {
    await stage.open(schoolPath, { as: 'pupil' })
    const panel = await chooseFile(stage.page, gcode('моё.gcode'))
    await panel.getByRole('button', { name: 'Отправить на проверку' }).waitFor()
    expect(await region(stage.page, 'Ждёт меня').count()).toBe(0)
  })
})
