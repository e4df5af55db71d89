// The machine's own start button and its camera on the screen, in a real browser.
import { describe, expect, it } from 'vitest'
import { answerCamera, armedFor, laserPath, withButton } from './camera-scenes.ts'
import { atSchool, setStage } from './stage.ts'

const stage = setStage()
const button = (name: string) => stage.page.getByRole('button', { name, exact: true })
const arm = 'Взвести: пуск кнопкой на станке'

describe('a machine with a start button of its own', () => {
  it('is armed from the school’s own screen, and the job that came back says why', async () => {
    await stage.open(laserPath, { ...atSchool, picture: withButton(true) })
    await stage.page.getByText('Кнопку на станке не нажали за две минуты').waitFor()
    await button(arm).click()
    await expect.poll(() => stage.asks()).toMatchObject([{ kind: 'job.arm', machine: 'laser' }])
  })

  it('is not armed from the city', async () => {
    await stage.open(laserPath, { picture: withButton() })
    await stage.page.getByText('Следующее').waitFor()
    expect(await button(arm).count()).toBe(0)
  })

  it('counts down while it waits, offers no way to go on from the screen, and is called off in one tap', async () => {
    await stage.open(laserPath, { ...atSchool, picture: armedFor(30) })
    const timer = stage.page.getByRole('timer')
    await timer.waitFor()
    const [minutes = 0, seconds = 0] = (/(\d):(\d\d)/.exec(await timer.innerText()) ?? []).slice(1).map(Number)
    expect(minutes * 60 + seconds).toBeLessThanOrEqual(90)
    expect(minutes * 60 + seconds).toBeGreaterThan(60)
    const before = await timer.innerText()
    await expect.poll(() => timer.innerText(), { timeout: 6_000 }).not.toBe(before)
    expect(await button('Продолжить').count()).toBe(0)
    expect(await button('Остановить задание').count()).toBe(0)
    await button('Отменить').click()
    await expect.poll(() => stage.asks()).toEqual([{ kind: 'machine.stop', machine: 'laser' }])
  })

  it('says so among what waits for a person', async () => {
    await stage.open('/sites/school-5', { ...atSchool, picture: armedFor(5) })
    await stage.page.getByRole('timer').waitFor()
  })
})

describe('a camera', () => {
  it('shows nothing until it is asked to, tells the age of the picture, and asks again every few seconds', async () => {
    await stage.open(laserPath, { picture: withButton() })
    const count = await answerCamera(stage.page, { kind: 'picture', age: 40 })
    await stage.page.getByText('Камера видит только стол станка.').waitFor()
    expect(count.asked).toBe(0)
    await button('Показать').click()
    await stage.page.getByRole('img', { name: /Стол станка/ }).waitFor()
    await stage.page.getByText(/Снято 4\d с назад/).waitFor()
    await expect.poll(() => count.asked, { timeout: 8_000 }).toBe(2)
    await button('Убрать').click()
    expect(await stage.page.getByRole('img', { name: /Стол станка/ }).count()).toBe(0)
    const asked = count.asked
    await stage.page.waitForTimeout(3_500)
    expect(count.asked).toBe(asked)
  })

  it('stops when the tab is hidden, and starts again only when it is asked to', async () => {
    await stage.open(laserPath, { picture: withButton() })
    const count = await answerCamera(stage.page, { kind: 'picture' })
    await button('Показать').click()
    await expect.poll(() => count.asked).toBe(1)
    await stage.page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    `)
    await stage.page.getByText('показ остановлен').waitFor()
    await stage.page.waitForTimeout(3_500)
    expect(count.asked).toBe(1)
  })

  it('says that there is no picture, or why', async () => {
    await stage.open(laserPath, { picture: withButton() })
    await answerCamera(stage.page, { kind: 'none' })
    await button('Показать').click()
    await stage.page.getByText('Картинки пока нет.').waitFor()
  })

  it('is a stream on the school’s own screen, with what was kept beside it', async () => {
    await stage.open(laserPath, { ...atSchool, picture: withButton(false, 90) })
    const now = Date.now()
    await answerCamera(stage.page, { kind: 'picture' }, [now - 3_600_000])
    await button('Показать').click()
    const image = stage.page.getByRole('img', { name: /Стол станка/ })
    expect(await image.getAttribute('src')).toContain('/camera/stream')
    expect(await image.getAttribute('style')).toContain('90deg')
    await stage.page
      .getByRole('list')
      .filter({ has: stage.page.getByRole('button', { name: /^\d\d:\d\d$/ }) })
      .getByRole('button')
      .first()
      .click()
    await stage.page.getByText(/Снято 1 ч/).waitFor()
    await button('Сейчас').click()
    expect(await image.getAttribute('src')).toContain('/camera/stream')
  })

  it('is nothing to pupils', async () => {
    await stage.open(laserPath, { picture: withButton(), as: 'pupil' })
    await stage.page.locator('h1').first().waitFor()
    expect(await stage.page.getByText('Камера видит только стол станка.').count()).toBe(0)
  })
})
