// Scenes of the pages and dialogs besides the school's own: people, keys, the header's menus, questions before a deed, the end of the road.
import { roster } from './roster.ts'
import type { Shot } from './shots.ts'

const both: Shot['sizes'] = ['wide', 'phone']
const everything = { sizes: both, languages: ['ru', 'en'], schemes: ['light', 'dark'] } satisfies Partial<Shot>
const school = '/sites/school-5'
const atSchool: Pick<Shot['options'], 'scope' | 'sites'> = { scope: { kind: 'school', site: 'school-5' }, sites: ['school-5'] }
const keeper = { scene: 'normal', as: 'technician', ...atSchool, roster } satisfies Shot['options']
const teacher = { scene: 'normal', as: 'teacher', sites: ['school-5'] } satisfies Shot['options']
const beforeLaser = { scene: 'attention', as: 'teacher', ...atSchool } satisfies Shot['options']
const slicerKey = {
  id: 'key-00001',
  site: 'school-5',
  target: 'printer-1',
  name: 'Принтер 1',
  path: '/o/school-5/printer-1',
  createdAt: Date.now() - 86_400_000,
  usedAt: Date.now() - 600_000,
}

export const moreShots: readonly Shot[] = [
  { name: 'people', options: keeper, path: `${school}/people`, ...everything },
  {
    name: 'people-empty',
    options: { ...keeper, roster: { staff: [], permits: [], instructions: [], groups: [], pupils: [] } },
    path: `${school}/people`,
    sizes: both,
  },
  {
    name: 'people-grant',
    over: true,
    options: keeper,
    path: `${school}/people`,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Оформить допуск' }).click(),
  },
  {
    name: 'people-revoke',
    over: true,
    options: keeper,
    path: `${school}/people`,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Отозвать допуск: Вера Павловна' }).click(),
  },
  {
    name: 'people-group',
    over: true,
    options: keeper,
    path: `${school}/people`,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Открыть группу' }).click(),
  },
  {
    name: 'people-close',
    over: true,
    options: keeper,
    path: `${school}/people`,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Закрыть группу 7Б' }).click(),
  },
  {
    name: 'people-forget',
    over: true,
    options: keeper,
    path: `${school}/people`,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Забыть: Лис' }).click(),
  },
  { name: 'keys', options: { ...teacher, canned: { 'GET /api/v1/keys': { keys: [] } } }, path: '/keys', ...everything },
  {
    name: 'keys-end',
    over: true,
    options: { ...teacher, canned: { 'GET /api/v1/keys': { keys: [slicerKey] } } },
    path: '/keys',
    sizes: both,
    prepare: page =>
      page
        .getByRole('button', { name: /^(Отключить|Удалить|Отозвать|Закрыть)/ })
        .first()
        .click(),
  },
  {
    name: 'menu-person',
    over: true,
    options: { ...teacher, pin: { set: false, atStart: true, digits: '2580' } },
    path: school,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Ирина Петровна' }).click(),
  },
  {
    name: 'menu-looks',
    over: true,
    options: teacher,
    path: school,
    sizes: ['phone'],
    schemes: ['light', 'dark'],
    prepare: page => page.getByRole('button', { name: 'Оформление' }).click(),
  },
  {
    name: 'menu-job',
    over: true,
    options: teacher,
    path: school,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Действия с заданием №44' }).click(),
  },
  {
    name: 'cancel-job',
    over: true,
    options: teacher,
    path: school,
    sizes: ['phone'],
    prepare: async page => {
      await page.getByRole('button', { name: 'Действия с заданием №44' }).click()
      await page.getByRole('menuitem', { name: 'Отменить задание' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'pin',
    over: true,
    options: { ...teacher, pin: { set: false, atStart: true, digits: '2580' } },
    path: school,
    sizes: ['phone'],
    prepare: async page => {
      await page.getByRole('button', { name: 'Ирина Петровна' }).click()
      await page.getByRole('menuitem', { name: 'Задать ПИН-код' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'start-pin',
    over: true,
    options: { ...beforeLaser, pin: { set: true, atStart: true, digits: '2580' } },
    path: school,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Запустить', exact: true }).first().click(),
  },
  { name: 'missing', options: teacher, path: '/nowhere', ...everything },
  { name: 'missing-machine', options: teacher, path: `${school}/machines/nowhere`, sizes: ['phone'] },
  {
    name: 'machine-pupil',
    options: { scene: 'normal', as: 'pupil', sites: ['school-5'] },
    path: `${school}/machines/printer-1`,
    sizes: both,
  },
  { name: 'health-none', options: { ...teacher, as: 'administrator' }, path: '/health', sizes: ['phone'] },
  {
    name: 'screen-end',
    over: true,
    options: {
      scene: 'normal',
      as: 'technician',
      canned: {
        'GET /api/v1/tv': {
          screens: [
            { id: 's-1', site: 'school-5', name: 'у входа', by: 'Олег', createdAt: Date.now(), expiresAt: Date.now() + 30 * 86_400_000 },
          ],
        },
      },
    },
    path: '/health',
    sizes: both,
    prepare: async page => {
      await page.getByText('Экраны в мастерских').click()
      await page.getByRole('button', { name: 'Отозвать: у входа' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
]
