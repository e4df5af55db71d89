// Why a job waits and what would help, in words for the pupil who looks at the ticket.
import type { Unblocker, Wait, WaitCode } from './forecast.ts'
import type { Sentence } from './words.ts'

/** What the sentences may name. Nobody's name: a pupil's ticket is read by everyone who passes the screen. */
export type WaitFacts = {
  /** Name of a machine. */
  machine?: string
  count?: number
  /** A moment in words, e.g. «завтра в 9:00». */
  moment?: Sentence
  /** Of a lesson. */
  title?: string
}

type Words = { by: Unblocker; text: (facts: WaitFacts) => Sentence; unblock: Sentence | ((facts: WaitFacts) => Sentence) }

const time: Sentence = { ru: 'Ничего делать не нужно.', en: 'Nothing needs to be done.' }
const said = (ru: string, en: string) => () => ({ ru, en })
const ofMachine =
  (ru: (name: string) => string, en: (name: string) => string) =>
  ({ machine = '?' }: WaitFacts) => ({ ru: ru(`«${machine}»`), en: en(`“${machine}”`) })
const atMoment =
  (ru: (moment: string) => string, en: (moment: string) => string, never: Sentence) =>
  ({ moment }: WaitFacts) =>
    moment === undefined ? never : { ru: ru(moment.ru), en: en(moment.en) }

const words: Readonly<Record<WaitCode, Words>> = {
  'needs-check': {
    by: 'teacher',
    text: said('Ждёт проверки учителем.', 'Waits for a teacher’s check.'),
    unblock: { ru: 'Учитель проверит и одобрит.', en: 'A teacher will look at it and approve it.' },
  },
  'needs-author': {
    by: 'author',
    text: said('Возвращено на доработку.', 'Sent back to be mended.'),
    unblock: { ru: 'Исправьте по замечанию и отправьте снова.', en: 'Mend it as the comment says and send it again.' },
  },
  held: {
    by: 'teacher',
    text: said('Отложено.', 'Held back.'),
    unblock: { ru: 'Учитель может вернуть его в очередь.', en: 'A teacher can put it back into the queue.' },
  },
  'no-machine': {
    by: 'teacher',
    text: said('Ни один станок школы для него не подходит.', 'No machine of this school suits it.'),
    unblock: { ru: 'Подготовьте программу для другого станка.', en: 'Prepare the program for another machine.' },
  },
  'no-permit': {
    by: 'teacher',
    text: ofMachine(
      name => `Станок ${name} запускают с допуском, а его пока ни у кого нет.`,
      name => `${name} is started with a permit, and nobody has one yet.`,
    ),
    unblock: { ru: 'Учитель получит допуск после инструктажа.', en: 'A teacher gets one after the safety briefing.' },
  },
  'machine-offline': {
    by: 'teacher',
    text: ofMachine(
      name => `Станок ${name} не в сети.`,
      name => `${name} is offline.`,
    ),
    unblock: { ru: 'Нужно включить станок и проверить кабель.', en: 'Somebody must switch it on and check its cable.' },
  },
  'machine-down': {
    by: 'technician',
    text: ofMachine(
      name => `Станок ${name} неисправен.`,
      name => `${name} is out of order.`,
    ),
    unblock: { ru: 'Нужен техник.', en: 'A technician must look at it.' },
  },
  'machine-in-service': {
    by: 'technician',
    text: ofMachine(
      name => `Станок ${name} на обслуживании.`,
      name => `${name} is under maintenance.`,
    ),
    unblock: { ru: 'Техник вернёт его в работу.', en: 'A technician will bring it back.' },
  },
  'machine-reported': {
    by: 'teacher',
    text: ofMachine(
      name => `О станке ${name} сообщили: дым, запах гари или поломка.`,
      name => `Smoke, a burning smell or damage was reported on ${name}.`,
    ),
    unblock: { ru: 'Учитель осмотрит станок и отметит «Устранено».', en: 'A teacher looks at it and marks it as settled.' },
  },
  'machine-read-only': {
    by: 'teacher',
    text: ofMachine(
      name => `Станок ${name} подключён только для наблюдения.`,
      name => `${name} is connected for watching only.`,
    ),
    unblock: { ru: 'Задание на нём запускают вручную.', en: 'Jobs are started on it by hand.' },
  },
  'machine-attention': {
    by: 'anyone',
    text: ofMachine(
      name => `Станок ${name} ждёт человека.`,
      name => `${name} waits for a person.`,
    ),
    unblock: { ru: 'Подойдите к станку: он показывает, что нужно.', en: 'Go to the machine: it shows what it wants.' },
  },
  'machine-foreign': {
    by: 'time',
    text: ofMachine(
      name => `На станке ${name} печатают с карты или с панели.`,
      name => `Somebody uses ${name} from its card or panel.`,
    ),
    unblock: { ru: 'Задание начнётся, когда станок освободится.', en: 'The job begins when the machine is free.' },
  },
  'bed-uncleared': {
    by: 'anyone',
    text: ofMachine(
      name => `На столе станка ${name} лежит готовая деталь.`,
      name => `A finished part lies on the bed of ${name}.`,
    ),
    unblock: {
      ru: 'Учитель или дежурный снимет деталь и нажмёт «стол очищен».',
      en: 'The teacher or the pupil on duty takes it off and presses “bed cleared”.',
    },
  },
  'outside-hours': {
    by: 'time',
    text: atMoment(
      moment => `Мастерская закрыта, откроется ${moment}.`,
      moment => `The workshop is closed; it opens ${moment}.`,
      { ru: 'Мастерская закрыта.', en: 'The workshop is closed.' },
    ),
    unblock: time,
  },
  unsupervised: {
    by: 'time',
    text: atMoment(
      moment => `Лазер и фреза работают только при ответственном: он будет ${moment}.`,
      moment => `Lasers and mills run only with a supervisor near: the next is there ${moment}.`,
      { ru: 'Лазер и фреза работают только при ответственном.', en: 'Lasers and mills run only with a supervisor near.' },
    ),
    unblock: time,
  },
  'closing-soon': {
    by: 'time',
    text: atMoment(
      moment => `До закрытия не успеет: начнётся ${moment}.`,
      moment => `It would not be done before closing: it begins ${moment}.`,
      { ru: 'До закрытия не успеет.', en: 'It would not be done before closing.' },
    ),
    unblock: { ru: 'Задание короче начали бы сегодня.', en: 'A shorter job could begin today.' },
  },
  'never-long-enough': {
    by: 'teacher',
    text: said('Работа не укладывается ни в один день мастерской.', 'It fits into no day of the workshop.'),
    unblock: {
      ru: 'Разделите деталь на части или попросите учителя.',
      en: 'Split the part, or ask a teacher.',
    },
  },
  'kept-for-lesson': {
    by: 'time',
    text: ({ machine = '?', title, moment }) => ({
      ru: `На станке «${machine}» идёт занятие${named(title, '«', '»')}${moment === undefined ? '' : `, он освободится ${moment.ru}`}.`,
      en: `“${machine}” is kept for the lesson${named(title, '“', '”')}${moment === undefined ? '' : `; it is free ${moment.en}`}.`,
    }),
    unblock: { ru: 'Во время занятия на нём работает только эта группа.', en: 'During the lesson only that group works on it.' },
  },
  'lesson-soon': {
    by: 'teacher',
    text: ({ machine = '?', title, moment }) => ({
      ru: `До занятия${named(title, '«', '»')}${moment === undefined ? '' : ` (${moment.ru})`} на станке «${machine}» не успеет.`,
      en: `It would not be done on “${machine}” before the lesson${named(title, '“', '”')}${moment === undefined ? '' : ` (${moment.en})`}.`,
    }),
    unblock: {
      ru: 'Начнётся после занятия; учитель может запустить и раньше.',
      en: 'It begins after the lesson; a teacher may start it earlier.',
    },
  },
  'needs-start': {
    by: 'teacher',
    text: ofMachine(
      name => `Станок ${name} свободен и ждёт запуска.`,
      name => `${name} is free and waits to be started.`,
    ),
    unblock: { ru: 'Учитель запустит его, стоя у станка.', en: 'A teacher at the machine starts it.' },
  },
  'others-ahead': {
    by: 'time',
    text: ({ count = 1 }) => ({
      ru: `Перед ним ${count} ${plural(count, 'задание', 'задания', 'заданий')}.`,
      en: `${count} ${count === 1 ? 'job is' : 'jobs are'} before it.`,
    }),
    unblock: time,
  },
  'starts-soon': {
    by: 'time',
    text: said('Начнётся с минуты на минуту.', 'It begins any minute now.'),
    unblock: time,
  },
  'school-silent': {
    by: 'technician',
    text: said('Школа не на связи: прогноз может быть старым.', 'The school is silent: the forecast may be old.'),
    unblock: {
      ru: 'Станки там работают сами; связь вернётся — прогноз обновится.',
      en: 'Its machines go on by themselves; the forecast is renewed when the link is back.',
    },
  },
}

/** The reason with its words filled in. `machine` is the id, `facts.machine` the name. */
export function waitOf(code: WaitCode, facts: WaitFacts = {}, machine?: string): Wait {
  const { by, text, unblock } = words[code]
  return {
    code,
    text: text(facts),
    unblock: typeof unblock === 'function' ? unblock(facts) : unblock,
    by,
    ...(machine === undefined ? {} : { machine }),
  }
}

function named(title: string | undefined, open: string, close: string): string {
  return title === undefined ? '' : ` ${open}${title}${close}`
}

function plural(count: number, one: string, few: string, many: string): string {
  const tens = count % 100
  const units = count % 10
  if (tens >= 11 && tens <= 14) return many
  if (units === 1) return one
  return units >= 2 && units <= 4 ? few : many
}
