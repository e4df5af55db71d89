// Pages on paper in a real Chromium: the school's queue as a table with room for a pen, no page with anything to press or a dark ground.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { roster } from './roster.ts'
import { atSchool, schoolPath, setStage } from './stage.ts'

const stage = setStage()
/** Set to look at the sheets: they are left there as PDF and as pictures. */
const pictures = process.env.TSEKH_PICTURES

const toPaper = () => stage.page.emulateMedia({ media: 'print', colorScheme: 'dark' })

async function picture(name: string): Promise<void> {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await stage.page.setViewportSize({ width: 720, height: 1000 })
  await stage.page.screenshot({ path: join(pictures, `paper-${name}.png`), fullPage: true })
  writeFileSync(join(pictures, `paper-${name}.pdf`), await stage.page.pdf({ format: 'A4' }))
}

describe('a school on paper', () => {
  it('is its queue, its shelf and its machines, by ticket and pseudonym', async () => {
    await stage.open(schoolPath, atSchool)
    await stage.page.getByRole('region', { name: 'Очередь' }).waitFor()
    expect(await stage.page.getByRole('table').count()).toBe(0)
    await toPaper()
    await stage.page.getByRole('table').first().waitFor()
    const [queue, shelf, machines] = await stage.page.getByRole('table').all()
    const rows = async (table: typeof queue) =>
      (await table?.getByRole('row').allInnerTexts())?.map(text => text.replace(/\s+/g, ' ').trim())
    expect(await rows(queue)).toEqual([
      'Место Талон Чьё Файл Станок Займёт Отметка',
      expect.stringMatching(/^в работе №41 /),
      expect.stringMatching(/^в работе №42 /),
      expect.stringMatching(/^в работе №43 /),
      '1 №44 Ирина Петровна Крышка.gcode Принтер 1 1 ч 21 мин',
      expect.stringMatching(/^2 №45 .*Стриж-17 Колесо робота.gcode любой подходящий 40 мин$/),
      expect.stringMatching(/^3 №45 /),
      expect.stringMatching(/^4 №46 .*\(отложено\)/),
      expect.stringMatching(/^5 №48 /),
    ])
    expect(await rows(shelf)).toEqual(['Талон Чьё Файл Выдано', '№37 Ирина Петровна Клипса.gcode'])
    expect(await rows(machines)).toHaveLength(6)
    await picture('queue')
  })

  it('goes from the page again when the paper is done', async () => {
    await stage.open(schoolPath, atSchool)
    await stage.page.getByRole('region', { name: 'Очередь' }).waitFor()
    await toPaper()
    await stage.page.getByRole('table').first().waitFor()
    await stage.page.emulateMedia({ media: 'screen' })
    await expect.poll(() => stage.page.getByRole('table').count()).toBe(0)
  })
})

describe('a page on paper', () => {
  it.for([
    ['school', schoolPath],
    ['people', `${schoolPath}/people`],
    ['machine', `${schoolPath}/machines/printer-1`],
    ['city', '/'],
    ['health', '/health'],
  ] as const)('%s has nothing to press and is black on white, in the dark too', async ([name, path]) => {
    await stage.open(path, path === '/' ? { as: 'technician', sites: 'all', roster } : { ...atSchool, as: 'technician', roster })
    await stage.page.getByRole('heading', { level: 1 }).waitFor()
    await stage.page.waitForTimeout(300)
    await toPaper()
    const found = await stage.page.evaluate(() => ({
      pressed: [...document.querySelectorAll('button, input, select, textarea, nav a')]
        .filter(each => each.checkVisibility())
        .map(each => each.getAttribute('aria-label') ?? each.textContent),
      ground: getComputedStyle(document.body).backgroundColor,
      ink: getComputedStyle(document.body).color,
    }))
    expect(found).toEqual({ pressed: [], ground: 'rgb(255, 255, 255)', ink: 'rgb(0, 0, 0)' })
    await picture(name)
  })
})
