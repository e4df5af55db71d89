// Scenes of the teacher's plan and of care: their pages, and each of the dialogs in which something is written down.
import { careToSee, cityCareToSee } from './care-scene.ts'
import type { Shot } from './shots.ts'
import { teacherStage } from './teach-school.ts'

const both: Shot['sizes'] = ['wide', 'phone']
const everything = { sizes: both, languages: ['ru', 'en'], schemes: ['light', 'dark'] } satisfies Partial<Shot>
const school = '/sites/school-5'
const atSchool: Pick<Shot['options'], 'scope' | 'sites'> = { scope: { kind: 'school', site: 'school-5' }, sites: ['school-5'] }
const teaching: Shot['options'] = { scene: 'normal', as: 'teacher', ...atSchool, ...teacherStage(6) }
const caring: Shot['options'] = {
  scene: 'normal',
  as: 'technician',
  ...atSchool,
  canned: { 'GET /api/v1/sites/school-5/care': careToSee(Date.now()), 'GET /api/v1/care': cityCareToSee(Date.now()) },
}
const dialog = (name: string, options: Shot['options'], path: string, prepare: NonNullable<Shot['prepare']>): Shot => ({
  name,
  over: true,
  options,
  path,
  sizes: both,
  prepare: async (page, fake) => {
    await prepare(page, fake)
    await page.getByRole('dialog').waitFor()
  },
})

export const deedShots: readonly Shot[] = [
  { name: 'teach', options: teaching, path: school, sizes: both, schemes: ['light', 'dark'] },
  { name: 'plan', options: teaching, path: `${school}/plan`, ...everything },
  { name: 'lesson', options: teaching, path: `${school}/lessons/lesson-0001`, ...everything },
  dialog('lesson-book', teaching, `${school}/plan`, page => page.getByRole('button', { name: 'Записать занятие' }).click()),
  dialog('lesson-cancel', teaching, `${school}/plan`, page =>
    page
      .getByRole('button', { name: /^Отменить занятие/ })
      .first()
      .click(),
  ),
  dialog('quota', teaching, `${school}/plan`, page => page.getByRole('button', { name: 'Добавить лимит' }).click()),
  dialog('quota-drop', teaching, `${school}/plan`, page =>
    page
      .getByRole('button', { name: /^Убрать лимит/ })
      .first()
      .click(),
  ),
  dialog('deny', teaching, school, page => page.getByRole('button', { name: 'Отклонить' }).first().click()),
  dialog('plate', { scene: 'normal', as: 'teacher', ...atSchool }, school, async page => {
    await page.getByRole('button', { name: 'Действия с заданием №44' }).click()
    await page.getByRole('menuitem', { name: 'На один стол' }).click()
  }),
  dialog('report', { scene: 'normal', as: 'teacher', ...atSchool }, `${school}/machines/printer-1`, page =>
    page.getByRole('button', { name: 'Сообщить о проблеме' }).click(),
  ),
  { name: 'care', options: caring, path: `${school}/care`, ...everything },
  { name: 'care-city', options: { ...caring, scope: { kind: 'city' }, sites: 'all' }, path: '/care', ...everything },
  dialog('care-done', caring, `${school}/care`, page => page.getByRole('button', { name: 'Сделано: Заменить сопло, Принтер 2' }).click()),
  dialog('care-order', caring, `${school}/care?order=new`, async () => undefined),
  dialog('care-part', caring, `${school}/care`, page => page.getByRole('button', { name: 'Добавить запчасть' }).click()),
]
