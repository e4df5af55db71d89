// Scenes of the teacher's own parts: the inbox of a full class, the return with its pin, a shared bed, the plan as a table.
import type { Page } from 'playwright-core'
import type { Shot } from './shots.ts'
import { checks, openReturn } from './teach-pages.ts'
import { teacherStage } from './teach-school.ts'

const both: Shot['sizes'] = ['wide', 'phone']
const bothSchemes = { sizes: both, schemes: ['light', 'dark'] } satisfies Partial<Shot>
const school = '/sites/school-5'
const options: Shot['options'] = {
  scene: 'normal',
  as: 'teacher',
  sites: ['school-5'],
  scope: { kind: 'school', site: 'school-5' },
  ...teacherStage(),
}
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()

export const teachShots: readonly Shot[] = [
  { name: 'teach-inbox', options, path: school, ...bothSchemes },
  {
    name: 'teach-slicer-files',
    options: {
      ...options,
      canned: {
        ...options?.canned,
        'GET /api/v1/slicer-files': {
          files: [
            {
              id: 'file-1',
              site: 'school-5',
              name: 'башня из прошлого года для кружка.stl',
              at: Date.now() - 3_600_000,
              denial: {
                code: 'model-file',
                text: { ru: 'Это модель, а не программа для станка.', en: 'This is a model, not a machine’s program.' },
                help: { ru: 'Нарежьте её в слайсере и отправьте снова.', en: 'Slice it and send it again.' },
              },
            },
            { id: 'file-2', site: 'school-5', name: 'мост.gcode', at: Date.now() - 60_000 },
          ],
        },
      },
    },
    path: school,
    sizes: both,
  },
  {
    name: 'teach-chosen',
    options,
    path: school,
    sizes: both,
    over: true,
    prepare: async page => {
      await press(page, /^Все без замечаний/)
      await checks(page).scrollIntoViewIfNeeded()
      // At the end of the list: while the bar sticks it covers part of a row, which scrolls out from under it.
      await page.locator('.check-row').last().scrollIntoViewIfNeeded()
      await page.mouse.wheel(0, 120)
    },
  },
  {
    name: 'teach-held',
    options,
    path: school,
    ...bothSchemes,
    over: true,
    prepare: async page => {
      await press(page, /^Все без замечаний/)
      await press(page, /^Одобрить \d+$/)
    },
  },
  {
    name: 'teach-return',
    options,
    path: school,
    ...bothSchemes,
    over: true,
    prepare: async page => {
      const dialog = await openReturn(page, 'Кубик 4')
      await dialog.getByRole('button', { name: /кайму/ }).click()
      await dialog.getByRole('button', { name: 'Поставить отметку' }).click()
    },
  },
  {
    name: 'teach-returned',
    options,
    path: `${school}?job=job-back01`,
    sizes: both,
    over: true,
  },
  { name: 'teach-check', options, path: `${school}?job=submit0003`, ...bothSchemes, over: true },
  {
    name: 'teach-plate',
    options,
    path: school,
    sizes: both,
    over: true,
    prepare: async page => {
      await press(page, /^Все без замечаний/)
      await press(page, 'На один стол')
    },
  },
  { name: 'teach-plan-table', options, path: `${school}/plan`, sizes: both, prepare: page => press(page, 'То же таблицей') },
]
