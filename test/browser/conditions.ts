// Conditions to look at: a silent school, a fault on two machines, one taken up, one laid aside, one that passed by itself.
import type { Affected, Condition } from '../../protocols/contract/condition.ts'
import { someoneAt } from '../../protocols/contract/floor.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { job, people } from './scenes.ts'

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

/** Somebody at the machine told of smoke. */
export function reportToSee(now: number): Condition {
  const text = {
    ru: 'Сообщили о станке: дым или запах гари. «Пахнет от платы»',
    en: 'Reported: smoke or a burning smell. “Пахнет от платы”',
  }
  return {
    id: 'school-5.problem-reported-printer-1',
    site: 'school-5',
    siteName: 'Школа № 5',
    cause: 'problem-reported',
    priority: 'soon',
    since: now - 9 * minute,
    text,
    help: { ru: 'Осмотрите станок и отметьте «Устранено».', en: 'Look at the machine and mark it as settled.' },
    machines: [
      { machine: 'printer-1', name: 'Принтер 1', kind: 'printer', since: now - 9 * minute, fault: { code: 'problem-reported', text } },
    ],
    standing: { state: 'active' },
  }
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

/** Calls, how they ended, and a part that came out badly; newest first. */
export function callsToSee(now: number): Event[] {
  const there = { machine: 'printer-1' }
  const someone = someoneAt('printer-1')
  const { fault } = reportToSee(now).machines[0] ?? {}
  const called = { code: 'help-called', text: { ru: 'К станку зовут учителя.', en: 'The teacher is called.' } }
  const part = job('job-000b1', 5, 'completed', now, { machine: 'printer-1', endedAt: now - 50 * minute })
  const bad = { ...part, verdict: { quality: 'failed', cause: 'Засор сопла', by: people.teacher, at: now - 40 * minute } } as const
  const [report, came, call, judged] = [now - 9 * minute, now - 20 * minute, now - 22 * minute, now - 40 * minute]
  const smoke = { problem: 'smell', text: 'Пахнет от платы' }
  return [
    ...(fault ? [{ number: 29, at: report, kind: 'fault', ...there, change: 'raised', fault } as const] : []),
    { number: 28, at: report, kind: 'action', ...there, action: 'machine.report', by: someone, detail: smoke },
    { number: 27, at: came, kind: 'fault', ...there, change: 'cleared', fault: called },
    { number: 26, at: came, kind: 'action', ...there, action: 'machine.settle', by: people.teacher, detail: { fault: 'help-called' } },
    { number: 25, at: call, kind: 'fault', ...there, change: 'raised', fault: called },
    { number: 24, at: call, kind: 'action', ...there, action: 'machine.help', by: someone },
    { number: 23, at: judged, kind: 'action', ...there, action: 'machine.clear', by: people.teacher, detail: { quality: 'failed' } },
    { number: 22, at: judged, kind: 'job', change: 'cleared', job: bad, by: people.teacher },
    { number: 21, at: now - 50 * minute, kind: 'job', change: 'completed', job: part },
    // Its deed is further back than the list reaches.
    { number: 20, at: now - 300 * minute, kind: 'fault', ...there, change: 'cleared', fault: called },
  ]
}
