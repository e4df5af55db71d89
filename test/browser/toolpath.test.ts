// The tool path as people hold it: in the round and from above, layer by layer, also where there is no graphics card.
import { expect, it } from 'vitest'
import { chooseFile } from './pages.ts'
import { gcode, schoolPath, setStage } from './stage.ts'

const stage = setStage()

/** What a canvas shows, as a number that changes with it; 0 where it is empty. */
async function look(): Promise<number> {
  const picture = await stage.page.locator('figure.toolpath canvas').screenshot()
  return picture.reduce((sum, byte, at) => (sum * 31 + byte * (at % 251)) % 1_000_003, 0)
}

async function changed(before: number): Promise<void> {
  await expect.poll(async () => (await look()) !== before, { timeout: 15_000 }).toBe(true)
}

it('a print turns, comes nearer, goes down layer by layer, and lies flat when asked', async () => {
  await stage.open(schoolPath)
  await chooseFile(stage.page, gcode('ваза.gcode'))
  const canvas = stage.page.getByRole('img', { name: /Объёмный рисунок/ })
  await canvas.waitFor()
  await stage.page.waitForTimeout(500)
  let before = await look()
  await canvas.focus()
  for (const key of ['ArrowRight', 'ArrowUp', '+', '0']) {
    await stage.page.keyboard.press(key)
    await changed(before)
    before = await look()
  }
  await stage.page.getByRole('slider', { name: 'Слой' }).focus()
  await stage.page.keyboard.press('Home')
  await stage.page.getByText('слой 1 из 60').waitFor()
  await changed(before)
  before = await look()
  await stage.page.getByRole('radio', { name: 'Сверху' }).check()
  await stage.page.getByRole('img', { name: /^Рисунок траектории/ }).waitFor()
  await changed(before)
}, 90_000)

it('a burn is seen from above only', async () => {
  await stage.open(schoolPath)
  await chooseFile(stage.page, gcode('знак.nc'))
  await stage.page.getByRole('img', { name: /^Рисунок траектории/ }).waitFor()
  expect(await stage.page.getByText('Сверху', { exact: true }).count()).toBe(0)
}, 60_000)

it('without WebGL the plain canvas draws it', async () => {
  await stage.open(schoolPath)
  await stage.page.evaluate(() => {
    const real = HTMLCanvasElement.prototype.getContext
    Object.assign(HTMLCanvasElement.prototype, {
      getContext(this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind === 'webgl2' ? null : Reflect.apply(real, this, [kind, ...rest])
      },
    })
  })
  await chooseFile(stage.page, gcode('ваза.gcode'))
  await stage.page.getByRole('img', { name: /^Рисунок траектории/ }).waitFor()
  await stage.page.getByText('слой 60 из 60').waitFor()
}, 60_000)

it('a large file shows how far the school is with it', async () => {
  await stage.open(schoolPath)
  stage.fake.answering(ask => (ask.kind === 'program.check' ? 'silent' : undefined))
  let asked = 0
  await stage.page.route('**/commands', async route => {
    await new Promise(resolve => setTimeout(resolve, 2500))
    await route.continue()
  })
  await stage.page.route('**/progress', route => {
    asked++
    return route.fulfill({ json: asked < 3 ? { stage: 'waiting' } : { stage: 'analysing', done: 4_200_000, total: 10_000_000 } })
  })
  await chooseFile(stage.page, gcode('рельеф.nc'))
  await stage.page.getByText('Перед ним проверяются другие файлы.').waitFor()
  await stage.page.getByText(/Проверяем файл 42/).waitFor()
}, 60_000)
