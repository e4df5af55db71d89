// The machine's technical page in a real browser: a talk with the firmware, and settings that are not the model's.
import { describe, expect, it } from 'vitest'
import type { MachinePicture } from '../../protocols/contract/screen.ts'
import { faultsOf } from './measures.ts'
import { setStage, wide } from './stage.ts'

const stage = setStage()
const path = '/sites/school-5/machines/printer-1'
const settings = {
  'GET /api/v1/conditions': {
    conditions: [{ id: 'school-5.settings', site: 'school-5', cause: 'settings', machines: [{ machine: 'printer-1' }] }],
  },
}

async function technical(canned: Record<string, unknown> = {}): Promise<void> {
  await stage.open(path, { as: 'technician', canned }, wide)
  const { page, fake } = stage
  fake.answering(ask => {
    if (ask.kind !== 'machine.console') return undefined
    const reply = { command: 'x'.repeat(8), at: 0 }
    if (ask.line === 'G28') return 'silent'
    if (ask.line === 'M112') {
      const text = { ru: 'Такая строка станку не отправляется.', en: 'Such a line is not sent.' }
      return { ...reply, outcome: 'refused', denial: { code: 'bad-line', text, detail: 'M112' }, heard: ['echo:busy'] }
    }
    return { ...reply, outcome: 'done', heard: ['ok T:199.8 /200.0 B:60.1 /60.0'] }
  })
  fake.change('school-5', picture => {
    const machine = picture.machines['printer-1']
    const more: Partial<MachinePicture> = {
      firmware: { name: 'Marlin 2.1', family: 'marlin', settings: { M92: 'X80 Y80 Z400 E98.4' } },
      differences: [
        { setting: 'M92 E', what: { ru: 'Шагов на миллиметр, экструдер', en: 'Steps' }, model: '93 1/mm', machine: '98.4 1/mm' },
      ],
    }
    return machine ? { ...picture, machines: { ...picture.machines, 'printer-1': { ...machine, ...more } } } : picture
  })
  await page.getByRole('tab', { name: 'Техника' }).click()
}

describe('the console', () => {
  it('shows what the machine said, brings lines back by the arrow, and tells a refusal', async () => {
    await technical()
    const { page } = stage
    const input = page.getByLabel('Строка станку')
    const log = page.getByRole('log', { name: 'Разговор со станком' })
    await input.fill('M105')
    await input.press('Enter')
    await log.getByText('ok T:199.8 /200.0 B:60.1 /60.0').waitFor()
    await input.fill('M112')
    await input.press('Enter')
    await log.getByText('Такая строка станку не отправляется. (M112)').waitFor()
    await log.getByText('echo:busy').waitFor()
    await input.press('ArrowUp')
    expect(await input.inputValue()).toBe('M112')
    await input.press('ArrowUp')
    expect(await input.inputValue()).toBe('M105')
    await input.press('ArrowDown')
    await input.press('ArrowDown')
    expect(await input.inputValue()).toBe('')
    expect(await faultsOf(page, ['light', 'dark'])).toEqual([])
  })

  it('waits for a long answer, which comes by itself', async () => {
    await technical()
    const { page, fake } = stage
    await page.getByLabel('Строка станку').fill('G28')
    await page.getByLabel('Строка станку').press('Enter')
    const log = page.getByRole('log', { name: 'Разговор со станком' })
    await log.getByText('ждём ответа…').waitFor()
    await expect.poll(() => fake.asked.length).toBe(1)
    fake.answerWaiting()
    await log.getByText('станок ничего не сказал').waitFor()
  })

  it('hears an answer that overtakes the word that it takes longer', async () => {
    await technical()
    const { page, fake } = stage
    await page.route('**/commands', async route => {
      const response = await route.fetch()
      fake.answerWaiting()
      await page.waitForTimeout(300)
      await route.fulfill({ response })
    })
    await page.getByLabel('Строка станку').fill('G28')
    await page.getByLabel('Строка станку').press('Enter')
    await page.getByRole('log', { name: 'Разговор со станком' }).getByText('станок ничего не сказал').waitFor()
  })
})

describe('differing settings', () => {
  it('are told in the reader’s figures and approved for this machine, with a reason', async () => {
    await technical(settings)
    const { page, fake } = stage
    const region = page.getByRole('region', { name: 'Отличия от модели' })
    expect(await region.getByRole('row').last().allTextContents()).toEqual(['Шагов на миллиметр, экструдер M92 E93 1/мм98,4 1/мм'])
    await region.getByRole('button', { name: 'Одобрить' }).click()
    await region.getByText('Напишите несколько слов').waitFor()
    await region.getByLabel('Почему так и надо').fill('откалиброван')
    await region.getByRole('button', { name: 'Одобрить' }).click()
    await region.getByText('Эти отличия уже одобрены').waitFor()
    expect(fake.settled).toEqual([{ path: 'school-5.settings/approve', body: { reason: 'откалиброван', machine: 'printer-1' } }])
  })

  it('of which nothing waits for a word are only shown', async () => {
    await technical({ 'GET /api/v1/conditions': { conditions: [] } })
    const region = stage.page.getByRole('region', { name: 'Отличия от модели' })
    await region.getByText('уже одобрены или ещё не стали состоянием').waitFor()
    expect(await region.getByRole('button').count()).toBe(0)
  })
})
