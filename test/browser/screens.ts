// Takes a picture of every screen into test/screens (git-ignored), for people to look at: npm run screens [-- part of a name]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { buildWeb } from '../../dashboard/web/build.ts'
import { startBrowser } from './browser.ts'
import { conditionsToSee, eventsToSee } from './conditions.ts'
import { type FakeOptions, type FakeServer, startFake } from './fake-server.ts'

const folder = join(import.meta.dirname, '../screens')
const sizes = { wide: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } } as const
type Size = keyof typeof sizes
type Shot = {
  name: string
  options: Omit<FakeOptions, 'dist'>
  path: string
  sizes: Size[]
  languages?: ('ru' | 'en')[]
  schemes?: ('light' | 'dark')[]
  prepare?: (page: Page, fake: FakeServer) => Promise<void>
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
const pause = async (page: Page) => {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(900)
}

const shots: Shot[] = [
  { name: 'sign-in', options: { scene: 'normal' }, path: '/', ...everything },
  { name: 'city', options: technician('attention'), path: '/', ...everything },
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
    options: teacher('normal'),
    path: school,
    sizes: both,
    schemes: ['light', 'dark'],
    prepare: page => page.getByRole('button', { name: /Рычаг/ }).click(),
  },
  {
    name: 'submit-uploading',
    options: teacher('normal', { holdUploads: true }),
    path: school,
    sizes: both,
    prepare: page => send(page, 'Кронштейн.gcode'),
  },
  { name: 'submit-checked', options: teacher('normal'), path: school, ...everything, prepare: page => send(page, 'Кронштейн.gcode') },
  {
    name: 'submit-bad',
    options: technician('normal'),
    path: school,
    sizes: both,
    schemes: ['light', 'dark'],
    prepare: page => send(page, 'bad деталь.gcode', 'вторая.gcode'),
  },
  { name: 'submit-m3', options: technician('normal'), path: school, sizes: ['wide'], prepare: page => send(page, 'табличка M3.nc') },
  {
    name: 'submit-silent',
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
    options: teacher('attention', atSchool),
    path: school,
    sizes: both,
    prepare: async (page, fake) => {
      fake.answering(() => ({
        status: 409,
        denial: { code: 'busy', text: { ru: 'Станок занят: на нём уже идёт задание №41.', en: 'The machine is busy with job №41.' } },
      }))
      await page.getByRole('button', { name: 'Одобрить' }).click()
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
    options: teacher('normal'),
    path: `${school}/machines/printer-1`,
    sizes: both,
    prepare: page => page.getByRole('button', { name: 'Остановить задание' }).click(),
  },
]

async function take(
  browser: Browser,
  dist: string,
  shot: Shot,
  size: Size,
  language: 'ru' | 'en',
  scheme: 'light' | 'dark',
): Promise<void> {
  const fake = await startFake({ dist, ...shot.options })
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
  })
  if (language === 'en') await context.addInitScript("localStorage.setItem('tsekh.language', 'en')")
  const page = await context.newPage()
  page.on('pageerror', error => console.error(`${shot.name}: ${error.message}`))
  page.on('console', message => {
    if (message.type() === 'error') console.error(`${shot.name}: ${message.text()}`)
  })
  try {
    await page.goto(`${fake.url}${shot.path}`)
    await page.locator('h1').first().waitFor()
    await pause(page)
    await shot.prepare?.(page, fake)
    await pause(page)
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    if (Number(wide) > 0) console.error(`${shot.name} ${size}: ${wide} px too wide`)
    const modal =
      shot.prepare !== undefined &&
      shot.name !== 'health' &&
      !shot.name.startsWith('machine-t') &&
      shot.name !== 'clear-cause' &&
      shot.name !== 'return'
    await page.screenshot({ path: join(folder, `${shot.name}-${size}-${language}-${scheme}.png`), fullPage: !modal })
  } finally {
    await context.close()
    await fake.close()
  }
}

const [wanted] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const dist = await buildWeb()
const browser = await startBrowser()
try {
  for (const shot of shots.filter(({ name }) => wanted === undefined || name.includes(wanted))) {
    for (const size of shot.sizes)
      for (const language of shot.languages ?? ['ru'])
        for (const scheme of shot.schemes ?? ['light'])
          await take(browser, dist, shot, size, language, scheme).catch(error => console.error(`${shot.name}: ${error}`))
  }
} finally {
  await browser.close()
}
