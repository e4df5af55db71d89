// Every scene of the screens, once: npm run screens takes their pictures, axe.test.ts holds each to WCAG. A new page or dialog is a new line here.
import type { Page } from 'playwright-core'
import { conditionsToSee, eventsToSee } from './conditions.ts'
import type { FakeOptions, FakeServer } from './fake-server.ts'
import { cameraShots } from './shots-camera.ts'
import { deedShots } from './shots-deeds.ts'
import { healthShots } from './shots-health.ts'
import { moreShots } from './shots-more.ts'
import { teachShots } from './shots-teach.ts'
import { staffToSee } from './staff.ts'

export const sizes = { wide: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } } as const
export type Size = keyof typeof sizes
export type Shot = {
  name: string
  options: Omit<FakeOptions, 'dist'>
  path: string
  sizes: Size[]
  languages?: ('ru' | 'en')[]
  schemes?: ('light' | 'dark')[]
  prepare?: (page: Page, fake: FakeServer) => Promise<void>
  /** Something lies over the page: the picture is of the window, not of the whole page. */
  over?: true
}

const both: Size[] = ['wide', 'phone']
const everything = { sizes: both, languages: ['ru', 'en'], schemes: ['light', 'dark'] } satisfies Partial<Shot>
const file = (name: string, bytes = 2_400_000) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(bytes, 'G1 X1\n') })
const send = async (page: Page, ...names: string[]) => {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /Отправить файл|Send a file/ }).click()
  await (await chooser).setFiles(names.map(name => file(name)))
}
const teacher = (scene: FakeOptions['scene'], more: Partial<FakeOptions> = {}): Shot['options'] => ({
  scene,
  as: 'teacher',
  sites: ['school-5'],
  ...more,
})
const technician = (scene: FakeOptions['scene']): Shot['options'] => ({ scene, as: 'technician' })
const atSchool: Partial<FakeOptions> = { scope: { kind: 'school', site: 'school-5' } }
const school = '/sites/school-5'
export const shots: readonly Shot[] = [
  { name: 'sign-in', options: { scene: 'normal' }, path: '/', ...everything },
  { name: 'city', options: technician('attention'), path: '/', ...everything },
  {
    name: 'sign-in-elsewhere',
    options: { scene: 'normal', me: { signOn: [{ id: 'district', name: 'Вход через «Мою школу»' }], demoAccounts: [] } },
    path: '/?sign-on=unknown',
    ...everything,
  },
  {
    name: 'staff',
    options: {
      scene: 'normal',
      as: 'administrator',
      me: { keepsStaff: true },
      canned: {
        'GET /api/v1/staff': { staff: staffToSee(Date.now()) },
        'POST /api/v1/staff/s.late/invitation': { member: staffToSee(Date.now())[4], path: '/invite/b2xnYS1pcy1pbnZpdGVkLWhlcmU' },
      },
    },
    path: '/staff',
    ...everything,
    prepare: async page => {
      await page.getByRole('button', { name: /(Действия|More): Степан/ }).click()
      await page.getByRole('menuitem', { name: /Новое приглашение|New invitation/ }).click()
    },
  },
  {
    name: 'staff-add',
    options: { scene: 'normal', as: 'administrator', me: { keepsStaff: true }, canned: { 'GET /api/v1/staff': { staff: [] } } },
    path: '/staff',
    sizes: both,
    over: true,
    prepare: async page => {
      await page.getByRole('button', { name: 'Добавить сотрудника' }).click()
      await page.getByRole('button', { name: 'Пригласить' }).click()
    },
  },
  {
    name: 'health',
    options: { ...technician('normal'), conditions: conditionsToSee(Date.now()), conditionEvents: eventsToSee(Date.now()) },
    path: '/health',
    ...everything,
    prepare: page => page.locator('.condition-head').nth(1).click(),
  },
  { name: 'health-calm', options: technician('normal'), path: '/health', sizes: both },
  { name: 'school-normal', options: teacher('normal'), path: school, ...everything },
  { name: 'school-attention', options: teacher('attention', atSchool), path: school, ...everything },
  { name: 'school-attention-city', options: teacher('attention'), path: school, sizes: ['wide'] },
  { name: 'school-silent', options: teacher('silent'), path: school, sizes: both, schemes: ['light', 'dark'] },
  { name: 'school-never', options: teacher('never'), path: school, sizes: ['wide'] },
  { name: 'school-empty', options: teacher('empty'), path: school, sizes: both },
  { name: 'school-long', options: teacher('long'), path: school, sizes: both },
  { name: 'school-pupil', options: { scene: 'normal', as: 'pupil', sites: ['school-5'] }, path: school, sizes: ['phone'] },
  {
    name: 'school-lost',
    over: true,
    options: teacher('normal'),
    path: school,
    sizes: both,
    prepare: async (page, fake) => {
      fake.cut(true)
      await page.waitForTimeout(2500)
    },
  },
  {
    name: 'clear-cause',
    options: teacher('attention', atSchool),
    path: school,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Брак' }).click(),
  },
  {
    name: 'return',
    options: teacher('attention', atSchool),
    path: school,
    sizes: ['phone'],
    prepare: page => page.getByRole('button', { name: 'Вернуть', exact: true }).click(),
  },
  {
    name: 'job-details',
    over: true,
    options: teacher('normal'),
    path: school,
    sizes: both,
    schemes: ['light', 'dark'],
    prepare: page => page.getByRole('button', { name: /Рычаг/ }).click(),
  },
  {
    name: 'submit-uploading',
    over: true,
    options: teacher('normal', { holdUploads: true }),
    path: school,
    sizes: both,
    prepare: page => send(page, 'Кронштейн.gcode'),
  },
  {
    name: 'submit-checked',
    over: true,
    options: teacher('normal'),
    path: school,
    ...everything,
    prepare: page => send(page, 'Кронштейн.gcode'),
  },
  {
    name: 'submit-bad',
    over: true,
    options: technician('normal'),
    path: school,
    sizes: both,
    schemes: ['light', 'dark'],
    prepare: page => send(page, 'bad деталь.gcode', 'вторая.gcode'),
  },
  {
    name: 'submit-m3',
    over: true,
    options: technician('normal'),
    path: school,
    sizes: ['wide'],
    prepare: page => send(page, 'табличка M3.nc'),
  },
  {
    name: 'submit-silent',
    over: true,
    options: teacher('silent'),
    path: school,
    sizes: both,
    prepare: async (page, fake) => {
      fake.answering(() => 'silent')
      await send(page, 'Кронштейн.gcode')
    },
  },
  {
    name: 'submit-refused',
    over: true,
    options: teacher('normal'),
    path: school,
    sizes: ['wide'],
    prepare: async (page, fake) => {
      fake.answering(() => ({
        outcome: 'refused',
        command: 'x'.repeat(8),
        at: 0,
        denial: {
          code: 'binary',
          text: { ru: 'Это не программа для станка, а двоичный файл.', en: 'This is a binary file, not a program.' },
          help: { ru: 'Сохраните модель в слайсере как G-код.', en: 'Export the model as G-code.' },
        },
      }))
      await send(page, 'photo.jpg')
    },
  },
  {
    name: 'refused',
    over: true,
    options: teacher('attention', atSchool),
    path: school,
    sizes: both,
    prepare: async (page, fake) => {
      fake.answering(() => ({
        status: 409,
        denial: { code: 'busy', text: { ru: 'Станок занят: на нём уже идёт задание №41.', en: 'The machine is busy with job №41.' } },
      }))
      await page.getByRole('button', { name: 'Прочистить ещё' }).click()
    },
  },
  {
    name: 'approved-alone',
    options: teacher('attention', atSchool),
    path: school,
    sizes: both,
    prepare: async page => {
      await page.getByRole('button', { name: 'Одобрить' }).click()
      await page.getByText('Пока ничего не отправлено.').or(page.getByText('Nothing has been sent yet.')).waitFor()
    },
  },
  {
    name: 'handed-alone',
    options: teacher('attention', atSchool),
    path: school,
    sizes: both,
    prepare: async page => {
      await page.getByRole('button', { name: /^(Выдано|Handed over): №37/ }).click()
      await page.getByText('Пока ничего не отправлено.').or(page.getByText('Nothing has been sent yet.')).waitFor()
    },
  },
  { name: 'machine-running', options: teacher('normal'), path: `${school}/machines/printer-1`, ...everything },
  { name: 'machine-laser', options: teacher('normal', atSchool), path: `${school}/machines/laser`, sizes: both },
  { name: 'machine-prompt', options: teacher('attention'), path: `${school}/machines/prusa`, sizes: both },
  { name: 'machine-down', options: technician('attention'), path: `${school}/machines/printer-2`, sizes: both, schemes: ['light', 'dark'] },
  { name: 'machine-uncleared', options: teacher('attention'), path: `${school}/machines/printer-1`, sizes: ['phone'] },
  { name: 'machine-silent', options: teacher('silent'), path: `${school}/machines/printer-1`, sizes: ['wide'] },
  {
    name: 'machine-tune',
    options: technician('empty'),
    path: `${school}/machines/printer-1`,
    sizes: both,
    prepare: page => page.getByRole('tab', { name: 'Наладка' }).click(),
  },
  {
    name: 'machine-technical',
    options: technician('attention'),
    path: `${school}/machines/printer-2`,
    sizes: both,
    prepare: page => page.getByRole('tab', { name: 'Техника' }).click(),
  },
  {
    name: 'machine-stop',
    over: true,
    options: teacher('normal'),
    path: `${school}/machines/printer-1`,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Остановить задание' }).click(),
  },
  ...cameraShots,
  ...moreShots,
  ...teachShots,
  ...deedShots,
  ...healthShots,
]
