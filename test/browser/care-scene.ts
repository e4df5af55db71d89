// A school's care to look at: maintenance due, soon, just done and later; orders open and closed; a shelf of parts.
import type { Care, CareDue, Part, SiteCare, WorkOrder } from '../../protocols/contract/care.ts'
import { people } from './scenes.ts'

const hour = 3_600_000
const day = 24 * hour

export const redPixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

export function careToSee(now: number): Care {
  const { technician, teacher } = people
  const row = (
    machine: string,
    id: string,
    ru: string,
    en: string,
    hours: number,
    every: number,
    more: Partial<CareDue> = {},
  ): CareDue => ({
    machine,
    task: { id, text: { ru, en }, everyHours: every, ...more.task },
    hours,
    days: 20,
    share: hours / every,
    ...(more.last && { last: more.last }),
  })
  const done = (at: number) => ({ machine: 'prusa', task: 'plate', at, runningSeconds: 1, by: technician, note: 'мыл с мылом' })
  const plan: CareDue[] = [
    row('printer-1', 'plate', 'Вымыть пластину стола', 'Wash the build plate', 37.4, 25),
    row('laser', 'lens', 'Протереть защитное стекло линзы', "Wipe the lens's protective window", 9.2, 8),
    {
      ...row('printer-2', 'nozzle-change', 'Заменить сопло', 'Change the nozzle', 512, 500),
      task: { id: 'nozzle-change', text: { ru: 'Заменить сопло', en: 'Change the nozzle' }, everyHours: 500, part: 'Сопло 0,4 мм' },
    },
    row('printer-1', 'belts', 'Проверить натяжение и износ ремней', 'Check the belts for tension and wear', 186, 200, {
      last: { ...done(now - 60 * day), machine: 'printer-1', task: 'belts' },
    }),
    row('prusa', 'plate', 'Вымыть пластину стола', 'Wash the build plate', 1.5, 25, { last: done(now - 3 * hour) }),
    row('prusa', 'rods', 'Протереть валы, ролики и направляющие', 'Wipe rods, wheels and rails clean', 20, 100),
    row('mill', 'collet', 'Вычистить цангу и гайку', 'Clean the collet and its nut', 3, 25),
  ]
  const part = (id: string, name: string, count: number, least: number): Part => ({
    id,
    site: 'school-5',
    name,
    count,
    least,
    models: [],
    by: technician,
    at: now - day,
  })
  const parts = [
    part('part-nozzle', 'Сопло 0,4 мм', 1, 3),
    part('part-tube01', 'Тефлоновая трубка', 2, 1),
    part('part-belt01', 'Ремень GT2, 1 м', 0, 0),
    part('part-bit001', 'Фреза 3 мм', 8, 2),
  ]
  const orders: WorkOrder[] = [
    {
      id: 'order-knock',
      site: 'school-5',
      machine: 'printer-2',
      title: 'Стучит ось X на углах',
      openedAt: now - 2 * day,
      by: teacher,
      remarks: [
        {
          at: now - 2 * day,
          by: teacher,
          text: 'Слышно с прошлой недели, на мелких деталях виден сдвиг.',
          photos: ['a'.repeat(64), 'b'.repeat(64)],
        },
        { at: now - 5 * hour, by: technician, text: 'Подтянул ремень, закажу подшипник.', parts: [{ part: 'part-tube01', count: 1 }] },
      ],
    },
    {
      id: 'q-quarantine',
      site: 'school-5',
      machine: 'prusa',
      title: 'Засор сопла: 3 раза за неделю',
      said: { ru: 'Засор сопла: 3 раза за неделю', en: 'Clogged nozzle: 3 times in a week' },
      openedAt: now - 4 * hour,
      by: { id: 'tsekh', name: 'Цех', role: 'technician' },
      remarks: [],
    },
    {
      id: 'order-fan01',
      site: 'school-5',
      machine: 'printer-1',
      title: 'Шумит вентилятор',
      openedAt: now - 20 * day,
      by: teacher,
      remarks: [{ at: now - 19 * day, by: technician, text: 'Заменил.' }],
      closedAt: now - 19 * day,
      closedBy: technician,
    },
  ]
  return { plan, parts, orders }
}

export function cityCareToSee(now: number): { sites: Record<string, SiteCare> } {
  const care = careToSee(now)
  const names = { 'printer-1': 'Принтер 1', 'printer-2': 'Принтер 2', prusa: 'Пруша у окна', laser: 'Лазер', mill: 'Фрезер' }
  const spare = care.parts.filter(({ id }) => id === 'part-nozzle').map(part => ({ ...part, count: 12, site: 'school-7' }))
  return {
    sites: {
      'school-5': { ...care, plan: care.plan.filter(({ share }) => share >= 0.9), names },
      'school-7': { plan: [], parts: spare, orders: [], names: {} },
    },
  }
}
