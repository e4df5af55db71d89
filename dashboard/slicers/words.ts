// What slicers are told, in the reader's language: every sentence by its code, with the HTTP status it travels with.
// Cura shows the first hundred characters of an answer, PrusaSlicer all of it: what happened comes first, what helps after.
import type { Denial, Sentence } from '../../protocols/contract/words.ts'

type Words = Sentence & { status: number }

const refusals = {
  'no-key': {
    status: 401,
    ru: 'Нужен ключ слайсера. Создайте его на странице «Ключи слайсеров» и вставьте в настройки слайсера.',
    en: 'A slicer key is needed. Make one on the page “Slicer keys” and paste it into the slicer.',
  },
  'wrong-key': {
    status: 403,
    ru: 'Ключ слайсера не подошёл. Создайте новый на странице «Ключи слайсеров».',
    en: 'This slicer key does not fit. Make a new one on the page “Slicer keys”.',
  },
  'wrong-digest': {
    status: 401,
    ru: 'Имя или ключ слайсера не подошли. Имя — то же, что для входа, пароль — ключ слайсера.',
    en: 'Wrong name or slicer key. The name is the one you sign in with, the password is the slicer key.',
  },
  'owner-gone': {
    status: 403,
    ru: 'Владелец ключа больше не может отправлять сюда задания. Обратитесь к администратору.',
    en: 'The owner of this key may no longer send jobs here. Ask the administrator.',
  },
  'too-fast': { status: 429, ru: 'Слишком много запросов подряд. Подождите немного.', en: 'Too many requests in a row. Wait a little.' },
  'too-many-uploads': {
    status: 429,
    ru: 'Сейчас загружается слишком много файлов. Подождите немного и отправьте ещё раз.',
    en: 'Too many files are being uploaded now. Wait a little and send it again.',
  },
  'not-a-form': {
    status: 415,
    ru: 'Файл пришёл не в том виде. Выберите в слайсере тип «OctoPrint» или «PrusaLink».',
    en: 'The file came in another form. Choose the type “OctoPrint” or “PrusaLink” in the slicer.',
  },
  'bad-form': {
    status: 400,
    ru: 'Запрос слайсера составлен неверно.',
    en: 'The slicer’s request is not well formed.',
  },
  'no-file': { status: 400, ru: 'В запросе нет файла.', en: 'There is no file in the request.' },
  'no-name': { status: 400, ru: 'У файла нет имени.', en: 'The file has no name.' },
  'half-file': {
    status: 400,
    ru: 'Передача файла оборвалась. Отправьте его ещё раз.',
    en: 'The upload broke off. Send the file again.',
  },
  'file-exists': {
    status: 409,
    ru: 'Задание с таким файлом у вас уже есть. Назовите файл иначе; если разрешить замену, прежнее задание останется и деталей будет две.',
    en: 'You already have a job with a file of this name. Name the file otherwise; if you allow overwriting, the earlier job stays and two parts are made.',
  },
  'no-such-file': {
    status: 404,
    ru: 'Такого файла среди ваших заданий нет. Отправьте его ещё раз.',
    en: 'There is no such file among your jobs. Send it again.',
  },
  'no-such-thing': {
    status: 404,
    ru: 'Слайсерам здесь доступна только отправка файлов в очередь.',
    en: 'Slicers may only send files to the queue here.',
  },
  'not-from-a-slicer': {
    status: 409,
    ru: 'Станком управляют со страницы школы, а не из слайсера.',
    en: 'The machine is controlled from the school’s page, not from a slicer.',
  },
  'machine-away': { status: 409, ru: 'Станок сейчас не в сети.', en: 'The machine is offline now.' },
} as const satisfies Record<string, Words>

export type RefusalCode = keyof typeof refusals

/** A refusal as a denial, so that all of them travel one way. */
export function refusal(code: RefusalCode): Denial & { status: number } {
  const { status, ru, en } = refusals[code]
  return { code, status, text: { ru, en } }
}

/** The key is somebody's, but for another machine or queue. */
export function wrongTarget(address: string): Denial & { status: number } {
  return {
    code: 'wrong-target',
    status: 403,
    text: {
      ru: `Этот ключ для другого адреса: ${address}`,
      en: `This key is for another address: ${address}`,
    },
  }
}

/** The slicer was given the server's address alone. */
export function addressNeeded(origin: string): Denial & { status: number } {
  return {
    code: 'address-needed',
    status: 404,
    text: {
      ru: `Укажите в слайсере адрес целиком: ${origin}/o/ПЛОЩАДКА/queue или ${origin}/o/ПЛОЩАДКА/СТАНОК. Он есть на странице «Ключи слайсеров».`,
      en: `Give the slicer the whole address: ${origin}/o/SITE/queue or ${origin}/o/SITE/MACHINE. The page “Slicer keys” shows it.`,
    },
  }
}

/** Of a machine whose school is silent. */
export const unheard: Sentence = {
  ru: 'Школа не на связи: последние сведения о станке устарели.',
  en: 'The school is out of reach: what was last heard of the machine is old.',
}

/** What became of a file that was taken. `waiting`: the school's own sentence on why it does not run yet. */
export const told = {
  queued: (ticket: number | undefined, waiting: Sentence | undefined): Sentence => ({
    ru: `Задание${number(ticket, '№')} поставлено в очередь. ${waiting?.ru ?? 'Его сейчас возьмёт свободный станок.'}`,
    en: `Job${number(ticket, 'no.')} is in the queue. ${waiting?.en ?? 'A free machine takes it now.'}`,
  }),
  held: (ticket: number | undefined): Sentence => ({
    ru: `Задание${number(ticket, '№')} пришло отложенным: верните его в очередь на странице школы.`,
    en: `Job${number(ticket, 'no.')} came on hold: put it back to the queue on the school’s page.`,
  }),
  away: (print: boolean): Sentence => ({
    ru: `Школа не на связи. Файл принят городом; если связь вернётся в течение суток, школа проверит его и ${comes(print).ru}. Что вышло, скажет страница школы.`,
    en: `The school is out of reach. The city has the file; if the link is back within a day, the school checks it and ${comes(print).en}. The school’s page tells what came of it.`,
  }),
  silent: (print: boolean): Sentence => ({
    ru: `Файл принят, школа ещё проверяет его; затем ${comes(print).ru}. Что вышло, скажет страница школы.`,
    en: `The file is here and the school is still checking it; then ${comes(print).en}. The school’s page tells what came of it.`,
  }),
} as const

function comes(print: boolean): Sentence {
  return print
    ? { ru: 'задание встанет в очередь', en: 'the job joins the queue' }
    : { ru: 'задание придёт отложенным', en: 'the job comes on hold' }
}

function number(ticket: number | undefined, sign: string): string {
  return ticket === undefined ? '' : ` ${sign}\u00a0${ticket}`
}

/** HTTP statuses of what daemons, stores and rights answer by code; anything else is a finding in the file: 400. */
const statuses: Readonly<Record<string, number>> = {
  'too-big': 413,
  'file-too-large': 413,
  'model-file': 415,
  container: 415,
  'disk-full': 507,
  'unknown-machine': 404,
  'unknown-job': 404,
  'no-right': 403,
  'other-site': 403,
  'unknown-person': 403,
  'teacher-only': 403,
  'technician-only': 403,
  'constant-power-needs-technician': 403,
  'only-at-the-machine': 403,
  'at-the-machine': 403,
  'no-machine-fits': 409,
  'too-many-waiting': 409,
  'too-busy': 409,
  'no-answer': 409,
  'outcome-unknown': 409,
  expired: 409,
  'id-taken': 409,
  'request-taken': 409,
  'wrong-job-state': 409,
}

export function statusFor(denial: Denial): number {
  return Object.hasOwn(statuses, denial.code) ? (statuses[denial.code] ?? 400) : 400
}
