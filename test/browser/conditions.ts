// Conditions to look at: a silent school, a fault on two machines, one taken up, one laid aside, one that passed by itself.
import type { Affected, Condition } from '../../protocols/contract/condition.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { people } from './scenes.ts'

const minute = 60_000

export function conditionsToSee(now: number): Record<string, Condition> {
  const at = (machine: string, name: string, minutes: number, more: Partial<Affected> = {}): Affected => ({
    machine,
    name,
    kind: 'printer',
    since: now - minutes * minute,
    ...more,
  })
  const { name: by } = people.technician
  const list: Omit<Condition, 'id'>[] = [
    {
      site: 'school-7',
      siteName: 'Школа № 7 «Лицей имени Лобачевского»',
      cause: 'site-silent',
      priority: 'urgent',
      since: now - 14 * minute,
      text: { ru: 'Школа не на связи', en: 'The school is not heard' },
      help: { ru: 'Позвоните в школу: включён ли узел и есть ли интернет.', en: 'Call the school: is the node on, is there a network?' },
      machines: [],
      standing: { state: 'active' },
    },
    {
      site: 'school-5',
      siteName: 'Школа № 5',
      cause: 'down',
      priority: 'urgent',
      since: now - 6 * minute,
      text: { ru: 'Нагрев сопла не удался', en: 'The nozzle did not heat up' },
      help: { ru: 'Проверьте термистор и его провод.', en: 'Check the thermistor and its wire.' },
      machines: [at('printer-1', 'Принтер 1', 6, { fault: heating }), at('printer-2', 'Принтер 2', 3, { fault: heating })],
      standing: { state: 'active' },
    },
    {
      site: 'school-5',
      siteName: 'Школа № 5',
      cause: 'settings',
      priority: 'soon',
      since: now - 190 * minute,
      text: { ru: 'Настройки прошивки отличаются', en: 'Firmware settings differ' },
      help: { ru: 'Сверьте их на странице станка.', en: "Compare them on the machine's page." },
      machines: [at('laser', 'Лазер', 190, { kind: 'laser', figure: { ru: '$32 = 0 (надо 1)', en: '$32 = 0 (should be 1)' } })],
      standing: { state: 'cleared', at: now - 60 * minute },
    },
    {
      site: 'school-5',
      siteName: 'Школа № 5',
      cause: 'service-due',
      priority: 'plan',
      since: now - 3 * 24 * 60 * minute,
      text: { ru: 'Пора провести ТО', en: 'Maintenance is due' },
      help: { ru: 'Переведите станок в обслуживание.', en: 'Put the machine into service.' },
      machines: [
        at('prusa', 'Пруша у окна', 4_000, {
          figure: { ru: 'наработка после ТО 104 ч из 100', en: '104 of 100 running hours since service' },
        }),
      ],
      standing: { state: 'acknowledged', by, at: now - 40 * minute, reason: 'в четверг еду с ремнями' },
    },
    {
      site: 'school-5',
      siteName: 'Школа № 5',
      cause: 'offline',
      priority: 'plan',
      since: now - 900 * minute,
      text: { ru: 'Станок не в сети', en: 'The machine is offline' },
      help: { ru: 'Проверьте питание и кабель.', en: 'Check its power and its cable.' },
      machines: [at('mill', 'Фрезер', 900, { kind: 'mill' })],
      standing: { state: 'shelved', by, at: now - 300 * minute, until: now + 2 * 24 * 60 * minute, reason: 'ждём фрезу' },
    },
  ]
  return Object.fromEntries(list.map(one => [`${one.site}.${one.cause}`, { ...one, id: `${one.site}.${one.cause}` }]))
}

const heating = {
  code: 'heating-failed',
  text: { ru: 'Нагрев сопла не удался', en: 'The nozzle did not heat up' },
  detail: 'Heating failed, system stopped!',
}

export function eventsToSee(now: number): Event[] {
  return [
    { number: 12, at: now - 6 * minute, kind: 'fault', machine: 'printer-1', change: 'raised', fault: heating },
    { number: 11, at: now - 90 * minute, kind: 'action', machine: 'printer-1', action: 'machine.clear', by: people.teacher },
  ]
}
