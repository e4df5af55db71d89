// Scenes of trends and figures: what a technician and a teacher look at when they ask how the machines do.
import type { Affected, Condition } from '../../protocols/contract/condition.ts'
import { careToSee } from './care-scene.ts'
import { callsToSee, eventsToSee, reportToSee } from './conditions.ts'
import type { FakeServer } from './fake-server.ts'
import { cityFigures, siteFigures, trendsToSee } from './figures.ts'
import type { Shot } from './shots.ts'

const both: Shot['sizes'] = ['wide', 'phone']
const everything = { sizes: both, languages: ['ru', 'en'], schemes: ['light', 'dark'] } satisfies Partial<Shot>
const now = Date.now()
const minute = 60_000

export const watched = {
  'GET /api/v1/figures': cityFigures(now, 30),
  'GET /api/v1/sites/school-5/figures': siteFigures(),
  'GET /api/v1/sites/school-5/care': careToSee(now),
  'GET /api/v1/sites/school-5/machines/printer-1/trends': trendsToSee(now, 7),
}
const technician = { scene: 'normal', as: 'technician', canned: watched } satisfies Shot['options']

const bed: Affected = {
  machine: 'printer-1',
  name: 'Принтер 1',
  kind: 'printer',
  since: now - 190 * minute,
  firmware: 'Marlin 2.1.2.4',
  figure: { ru: 'стол: мощность 62 %, обычно 48 % при 60 °C', en: 'bed: power 62%, usually 48% at 60 °C' },
}

/** A heater that creeps up, and a city whose broker has gone. */
export const watchedConditions: Record<string, Condition> = {
  'city.all-silent': {
    id: 'city.all-silent',
    site: 'city',
    siteName: 'Город',
    cause: 'all-silent',
    priority: 'urgent',
    since: now - 3 * minute,
    text: { ru: 'Замолчали почти все школы сразу', en: 'Nearly all schools fell silent at once' },
    help: { ru: 'Дело не в школах: проверьте брокер MQTT.', en: 'It is not the schools: check the MQTT broker.' },
    machines: [],
    standing: { state: 'active' },
  },
  'school-5.heater-duty-drift': {
    id: 'school-5.heater-duty-drift',
    site: 'school-5',
    siteName: 'Школа № 5',
    cause: 'heater-duty-drift',
    priority: 'plan',
    since: bed.since,
    text: { ru: 'Нагревателю нужно больше мощности, чем обычно', en: 'A heater needs more power than usual' },
    help: { ru: 'Проверьте утепление, прижим термистора и клеммы.', en: 'Check the insulation, the thermistor and the terminals.' },
    machines: [bed],
    standing: { state: 'active' },
  },
}

/** Nineteen schools of thirty machines, as the city is meant to be. */
function fillCity(fake: FakeServer): void {
  for (let number = 5; number <= 23; number++) {
    fake.change(`school-${number}`, picture => {
      const base = Object.values(picture.machines)
      const machines = Array.from({ length: 30 }, (_, at) => at).flatMap(at => {
        const one = base[at % base.length]
        if (one === undefined) return []
        const id = `${one.declaration.id}-${at}`
        return [[id, { ...one, declaration: { ...one.declaration, id, name: `${one.declaration.name} № ${at + 1}` } }] as const]
      })
      return { ...picture, machines: Object.fromEntries(machines) }
    })
  }
}

export const healthShots: readonly Shot[] = [
  {
    name: 'city-full',
    options: { scene: 'attention', as: 'technician' },
    path: '/',
    ...everything,
    prepare: async (page, fake) => {
      fillCity(fake)
      await page
        .getByText(/540 (станк|machin)/)
        .first()
        .waitFor()
    },
  },
  { name: 'figures', options: technician, path: '/figures', ...everything },
  { name: 'figures-school', options: { ...technician, as: 'teacher', sites: ['school-5'] }, path: '/figures/school-5', ...everything },
  {
    name: 'figures-definition',
    over: true,
    options: technician,
    path: '/figures/school-5',
    ...everything,
    prepare: page =>
      page
        .getByRole('button', { name: 'Ждёт человека' })
        .or(page.getByRole('button', { name: 'Waits' }))
        .first()
        .click(),
  },
  {
    name: 'health-trend',
    options: { ...technician, conditions: watchedConditions, conditionEvents: eventsToSee(now) },
    path: '/health',
    ...everything,
    prepare: page => page.locator('.condition-head').nth(1).click(),
  },
  {
    name: 'health-report',
    options: { ...technician, conditions: { report: reportToSee(now) }, conditionEvents: callsToSee(now) },
    path: '/health',
    ...everything,
    prepare: page => page.locator('.condition-head').first().click(),
  },
  {
    name: 'machine-trends',
    options: technician,
    path: '/sites/school-5/machines/printer-1',
    ...everything,
    prepare: page => page.getByRole('tab', { name: /Тренды|Trends/ }).click(),
  },
]
