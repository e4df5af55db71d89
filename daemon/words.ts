// Every sentence the school says to a person, in both languages, by code.
import type { JobState } from '../protocols/contract/job.ts'
import type { Denial, Sentence } from '../protocols/contract/words.ts'
import { bookingWords } from './booking-words.ts'
import { cameraWords } from './camera/words.ts'
import { careWords } from './care-words.ts'
import { floorWords } from './floor-words.ts'
import { peopleWords } from './people-words.ts'

/** What the sentences may name. */
type Facts = {
  ticket?: number
  machine?: string
  state?: JobState
  count?: number
  name?: string
  megabytes?: number
  detail?: string
  /** An instant whose date is told. */
  day?: number
  seconds?: number
  /** In words: «завтра в 9:00». */
  moment?: Sentence
}

type Words = { text: (facts: Facts) => Sentence; help?: Sentence }

const jobStates: Record<JobState, Sentence> = {
  submitted: { ru: 'ждёт проверки', en: 'waits for approval' },
  returned: { ru: 'возвращено на доработку', en: 'was sent back' },
  denied: { ru: 'отклонено', en: 'was denied' },
  queued: { ru: 'в очереди', en: 'is queued' },
  starting: { ru: 'запускается', en: 'is starting' },
  running: { ru: 'выполняется', en: 'is running' },
  paused: { ru: 'на паузе', en: 'is paused' },
  completed: { ru: 'завершено', en: 'is finished' },
  failed: { ru: 'не удалось', en: 'failed' },
  cancelled: { ru: 'отменено', en: 'was cancelled' },
  interrupted: { ru: 'прервано', en: 'was interrupted' },
  collected: { ru: 'выдано', en: 'was handed over' },
}

const said = (ru: string, en: string, help?: Sentence): Words => ({ text: () => ({ ru, en }), ...(help ? { help } : {}) })
const ofMachine = (ru: (name: string) => string, en: (name: string) => string, help?: Sentence): Words => ({
  text: ({ machine = '?' }) => ({ ru: ru(`«${machine}»`), en: en(`“${machine}”`) }),
  ...(help ? { help } : {}),
})

const catalogue = {
  ...cameraWords,
  ...peopleWords,
  ...bookingWords,
  ...careWords,
  ...floorWords,
  'unknown-machine': said('На этой площадке нет такого станка.', 'There is no such machine at this school.'),
  'unknown-job': said('Такого задания нет.', 'There is no such job.'),
  'unknown-person': said('Этого человека нет в списках площадки.', 'This person is not known to this school.', {
    ru: 'Войдите заново; если не поможет — обратитесь к администратору.',
    en: 'Sign in again; if that does not help, ask the administrator.',
  }),
  expired: said('Команда пришла слишком поздно и не выполнена.', 'The order came too late and was not carried out.', {
    ru: 'Проверьте, что происходит со станком, и повторите.',
    en: 'Look at the machine and try again.',
  }),
  'outcome-unknown': said(
    'Площадка перезапустилась во время этой команды: выполнена ли она, неизвестно.',
    'The school restarted during this order: whether it was carried out is not known.',
    { ru: 'Посмотрите на станок, прежде чем повторять.', en: 'Look at the machine before you repeat it.' },
  ),
  'bad-command': said('Команда составлена неверно.', 'The order is malformed.'),
  'too-busy': said('Площадка занята: слишком много команд сразу.', 'The school is busy: too many orders at once.', {
    ru: 'Повторите через минуту.',
    en: 'Try again in a minute.',
  }),
  'room-away': said('Нет связи с модулем станков: команда не отправлена.', 'The machine room is not there: the order was not sent.', {
    ru: 'Он перезапускается сам; если станок опасен — красная кнопка.',
    en: 'It restarts by itself; in danger use the red button.',
  }),
  'room-silent': said('Станок не подтвердил команду вовремя.', 'The machine did not confirm the order in time.', {
    ru: 'Посмотрите на станок; если он опасен — красная кнопка.',
    en: 'Look at the machine; in danger use the red button.',
  }),
  'wrong-job-state': {
    text: ({ ticket = 0, state = 'queued' }: Facts) => ({
      ru: `Так нельзя: задание № ${ticket} сейчас ${jobStates[state].ru}.`,
      en: `Not possible: job no. ${ticket} ${jobStates[state].en}.`,
    }),
  },
  'job-held': {
    text: ({ ticket = 0 }: Facts) => ({ ru: `Задание № ${ticket} придержано.`, en: `Job no. ${ticket} is held back.` }),
    help: { ru: 'Учитель может отпустить его.', en: 'A teacher can release it.' },
  },
  'machine-unsuitable': {
    text: ({ ticket = 0, machine = '?' }: Facts) => ({
      ru: `Задание № ${ticket} не подходит для станка «${machine}».`,
      en: `Job no. ${ticket} does not suit “${machine}”.`,
    }),
  },
  'machine-read-only': ofMachine(
    name => `Станок ${name} подключён только для наблюдения.`,
    name => `${name} may only be watched.`,
  ),
  'machine-in-service': ofMachine(
    name => `Станок ${name} на обслуживании и не берёт новых заданий.`,
    name => `${name} is under maintenance and takes no new jobs.`,
  ),
  'machine-uncleared': ofMachine(
    name => `На станке ${name} лежит готовая деталь.`,
    name => `A finished part lies on ${name}.`,
    { ru: 'Снимите деталь и нажмите «стол очищен».', en: 'Take the part off and press “bed cleared”.' },
  ),
  'machine-offline': ofMachine(
    name => `Станок ${name} не в сети.`,
    name => `${name} is offline.`,
    { ru: 'Проверьте питание и кабель.', en: 'Check its power and its cable.' },
  ),
  'machine-down': ofMachine(
    name => `Станок ${name} остановлен своей защитой; нужен техник.`,
    name => `${name} was halted by its firmware; a technician must look.`,
  ),
  'machine-attention': ofMachine(
    name => `Станок ${name} ждёт человека.`,
    name => `${name} waits for a person.`,
    { ru: 'Подойдите и посмотрите, что он просит.', en: 'Go and see what it asks for.' },
  ),
  'machine-busy': ofMachine(
    name => `Станок ${name} занят.`,
    name => `${name} is busy.`,
  ),
  'nothing-runs': ofMachine(
    name => `На станке ${name} сейчас ничего не выполняется.`,
    name => `Nothing runs on ${name} now.`,
  ),
  'nothing-to-clear': ofMachine(
    name => `Стол станка ${name} уже отмечен очищенным.`,
    name => `The bed of ${name} is already marked as cleared.`,
  ),
  'still-at-work': ofMachine(
    name => `Станок ${name} ещё работает: снимать с него пока нечего.`,
    name => `${name} is still at work: there is nothing to take off it yet.`,
    { ru: 'Когда он закончит, снимите деталь и нажмите «стол очищен».', en: 'When it is done, take the part off and press “bed cleared”.' },
  ),
  'outside-hours': said('Мастерская закрыта.', 'The workshop is closed.'),
  unsupervised: ofMachine(
    name => `Станок ${name} запускают только в часы, когда есть ответственный.`,
    name => `${name} is started only while a supervisor is there.`,
    { ru: 'Часы записаны в файле школы.', en: 'The hours stand in the school’s file.' },
  ),
  'closing-soon': said('До закрытия не успеет.', 'It would not be done before closing.'),
  'waits-for-approval': said('Ждёт проверки учителем.', 'Waits for a teacher’s approval.'),
  'waits-for-author': said(
    'Возвращено: автор должен исправить и прислать снова.',
    'Sent back: its author has to mend it and send it again.',
  ),
  'no-machine-left': said(
    'Ни один станок площадки больше не подходит для этого задания.',
    'No machine of this school suits this job any more.',
  ),
  'waits-behind': {
    text: ({ count = 1 }: Facts) => ({
      ru: `Перед ним в очереди ${count} ${plural(count, 'задание', 'задания', 'заданий')}.`,
      en: `${count} ${count === 1 ? 'job is' : 'jobs are'} before it.`,
    }),
  },
  'waits-for-start': ofMachine(
    name => `Станок ${name} свободен: задание запускает человек у станка.`,
    name => `${name} is free: a person at the machine starts the job.`,
  ),
  'empty-file': said('Файл пустой.', 'The file is empty.', {
    ru: 'Сохраните программу из слайсера ещё раз.',
    en: 'Export the program from the slicer again.',
  }),
  'file-too-large': {
    text: ({ megabytes = 0 }: Facts) => ({
      ru: `Файл слишком большой: площадка берёт до ${megabytes} МБ.`,
      en: `The file is too large: this school takes up to ${megabytes} MB.`,
    }),
  },
  'file-missing': said('Такого файла на площадке нет.', 'This file is not here.', {
    ru: 'Загрузите его ещё раз.',
    en: 'Upload it again.',
  }),
  'file-damaged': said('Файл пришёл повреждённым.', 'The file arrived damaged.', { ru: 'Загрузите его ещё раз.', en: 'Upload it again.' }),
  'file-unreachable': said('Не удалось получить файл из города.', 'The file could not be fetched from the city.', {
    ru: 'Проверьте связь и повторите или загрузите файл на экране мастерской.',
    en: 'Check the link and try again, or upload the file on the workshop’s screen.',
  }),
  'disk-full': said('На диске площадки не осталось места.', 'The school’s disk is full.', {
    ru: 'Позовите техника.',
    en: 'Call a technician.',
  }),
  'analysis-failed': said('Файл не удалось проверить.', 'The file could not be checked.', {
    ru: 'Сохраните программу из слайсера ещё раз.',
    en: 'Export the program from the slicer again.',
  }),
  'no-machine-fits': {
    text: ({ name = '' }: Facts) => ({
      ru: `Ни один станок площадки не может выполнить «${name}».`,
      en: `No machine of this school can run “${name}”.`,
    }),
  },
  'request-taken': said('Заявка с таким номером уже есть.', 'There is already a request of this name.'),
  'unknown-to-room': said(
    'Связь со станком прервалась, и чем кончилось задание, неизвестно.',
    'The machine room lost this job; how it ended is not known.',
    { ru: 'Осмотрите станок и деталь.', en: 'Look at the machine and the part.' },
  ),
  'no-start-button': ofMachine(
    name => `У станка ${name} нет своей кнопки «Пуск», о которой знает контроллер.`,
    name => `${name} has no start button of its own that its controller knows.`,
    {
      ru: 'Запустите с экрана. Если кнопка есть, техник впишет startButton: true в файл школы.',
      en: 'Start it from the screen. If there is a button, a technician writes startButton: true into the school’s file.',
    },
  ),
  'frame-lasers-only': said('Рамку обводят только лазерные гравёры.', 'Only laser engravers trace a frame.'),
  'nothing-to-frame': {
    text: ({ ticket = 0 }: Facts) => ({
      ru: `В задании № ${ticket} нечего обводить.`,
      en: `Job no. ${ticket} has nothing to frame.`,
    }),
  },
  'not-framed': {
    text: ({ ticket = 0 }: Facts) => ({
      ru: `Рамка задания № ${ticket} ещё не обведена.`,
      en: `The frame of job no. ${ticket} has not been traced yet.`,
    }),
    help: {
      ru: 'Обведите рамку и посмотрите, лежит ли она на заготовке. После поиска нуля и ручных перемещений — снова.',
      en: 'Trace the frame and see whether it lies on the sheet; again after homing and jogging.',
    },
  },
  'start-refused': {
    text: ({ machine = '?', ticket = 0 }: Facts) => ({
      ru: `Станок «${machine}» не взял задание № ${ticket}; оно придержано.`,
      en: `“${machine}” would not take job no. ${ticket}; it is held back.`,
    }),
  },
} satisfies Record<string, Words>

export type DenialCode = keyof typeof catalogue

/** A denial by code, with what it names filled in. `detail` is the raw word of the system for a technician. */
export function deny(code: DenialCode, facts: Facts = {}): Denial {
  const words: Words = catalogue[code]
  return {
    code,
    text: words.text(facts),
    ...(words.help ? { help: words.help } : {}),
    ...(facts.detail === undefined ? {} : { detail: facts.detail }),
  }
}

/** Russian plural: 1 задание, 2 задания, 5 заданий. */
function plural(count: number, one: string, few: string, many: string): string {
  const tens = count % 100
  const units = count % 10
  if (tens >= 11 && tens <= 14) return many
  if (units === 1) return one
  return units >= 2 && units <= 4 ? few : many
}
