// Why the web server says no: each code, its sentence in both languages, and the HTTP status it travels with.
import type { Denial, Sentence } from '../../protocols/contract/words.ts'

const sentences = {
  'bad-request': { status: 400, ru: 'Запрос составлен неверно.', en: 'The request is not well formed.' },
  'wrong-page': {
    status: 403,
    ru: 'Запрос пришёл с чужой страницы и отклонён.',
    en: 'The request came from a foreign page and was refused.',
  },
  'not-signed-in': { status: 401, ru: 'Войдите, чтобы продолжить.', en: 'Sign in to go on.' },
  'wrong-login': { status: 401, ru: 'Неверное имя или пароль.', en: 'Wrong name or password.' },
  'wrong-pin': {
    status: 403,
    ru: 'Имя и ПИН-код не подошли друг к другу. Можно войти паролем.',
    en: 'The name and the PIN do not match. You can sign in with your password.',
  },
  'bad-pin': {
    status: 400,
    ru: 'ПИН-код — от 4 до 8 цифр, не подряд и не одинаковые.',
    en: 'A PIN is 4 to 8 digits, neither in a row nor all the same.',
  },
  'wrong-password': { status: 403, ru: 'Неверный пароль.', en: 'Wrong password.' },
  'too-many-tries': {
    status: 429,
    ru: 'Слишком много попыток входа. Подождите несколько минут.',
    en: 'Too many attempts to sign in. Wait a few minutes.',
  },
  'too-fast': { status: 429, ru: 'Слишком много запросов подряд. Подождите немного.', en: 'Too many requests in a row. Wait a little.' },
  'no-right': { status: 403, ru: 'На это у вас нет прав.', en: 'You have no right to do this.' },
  'not-yours': { status: 403, ru: 'Это не ваше задание.', en: 'This job is not yours.' },
  'other-site': { status: 403, ru: 'Эта площадка вам не доступна.', en: 'This site is not open to you.' },
  'at-the-machine': {
    status: 403,
    ru: 'Лазер и фрезерный станок запускает только человек у самого станка, с экрана школы.',
    en: "A laser or a mill is started only by a person beside it, from the school's own screen.",
  },
  'not-found': { status: 404, ru: 'Такого здесь нет.', en: 'There is no such thing here.' },
  'not-asked': { status: 409, ru: 'Об этой картинке город не спрашивал.', en: 'The city did not ask for this picture.' },
  'no-file': {
    status: 404,
    ru: 'Этого файла нет на сервере. Загрузите его ещё раз.',
    en: 'This file is not on the server. Upload it again.',
  },
  'too-many-screens': {
    status: 409,
    ru: 'У этой школы уже двадцать экранов. Уберите лишние.',
    en: 'This school has twenty screens already. Remove some.',
  },
  'login-taken': {
    status: 409,
    ru: 'Это имя для входа уже занято. Выберите другое.',
    en: 'This name to sign in with is taken. Choose another.',
  },
  'bad-staff': {
    status: 400,
    ru: 'Имя для входа — от 3 до 40 латинских букв, цифр, точек и дефисов; нужны имя, роль и хотя бы одна площадка.',
    en: 'The name to sign in with is 3 to 40 latin letters, digits, dots and hyphens; a name, a role and at least one site are needed.',
  },
  'unknown-site': { status: 400, ru: 'Такой площадки нет в файле города.', en: 'The city’s file knows no such site.' },
  'too-many-staff': {
    status: 409,
    ru: 'Учётных записей сотрудников больше пяти тысяч: закройте лишние в файле города.',
    en: 'There are more than five thousand staff accounts: no more can be made.',
  },
  'in-the-file': {
    status: 409,
    ru: 'Эта учётная запись стоит в файле города и меняется там.',
    en: 'This account stands in the city’s file and is changed there.',
  },
  'not-yourself': {
    status: 409,
    ru: 'Свою роль и доступ меняет другой администратор.',
    en: 'Your own role and access are changed by another administrator.',
  },
  'weak-password': {
    status: 400,
    ru: 'Пароль слишком простой: не короче 10 знаков, не одинаковые и без имени для входа.',
    en: 'The password is too simple: at least 10 characters, not all alike, and without the sign-in name.',
  },
  'passwords-differ': { status: 400, ru: 'Пароли не совпали. Введите их ещё раз.', en: 'The passwords differ. Type them again.' },
  'no-name': { status: 400, ru: 'У файла нет имени.', en: 'The file has no name.' },
  'empty-file': { status: 400, ru: 'Файл пуст: в нём нет ни одного байта.', en: 'The file is empty: not one byte in it.' },
  'not-a-photo': {
    status: 400,
    ru: 'Это не фото в формате JPEG или PNG, или оно повреждено.',
    en: 'This is no photo in JPEG or PNG, or it is damaged.',
  },
  'half-file': { status: 400, ru: 'Передача файла оборвалась. Загрузите его ещё раз.', en: 'The upload broke off. Send the file again.' },
  'disk-full': {
    status: 507,
    ru: 'На диске сервера не осталось места. Позовите техника.',
    en: "The server's disk is full. Call the technician.",
  },
  'too-many-uploads': {
    status: 429,
    ru: 'Сейчас загружается слишком много файлов. Подождите немного.',
    en: 'Too many files are being uploaded now. Wait a little.',
  },
  'id-taken': { status: 409, ru: 'Команда с таким номером уже есть.', en: 'There is already a command with this id.' },
  'too-many-waiting': {
    status: 409,
    ru: 'Школа не отвечает, и команд для неё накопилось слишком много.',
    en: 'The school does not answer and too many commands wait for it.',
  },
  'no-answer': {
    status: 409,
    ru: 'Школа не ответила вовремя; исполнена ли команда, неизвестно. Посмотрите на состояние станка.',
    en: 'The school did not answer in time; whether it was carried out is not known. Look at the state of the machine.',
  },
  'server-error': { status: 500, ru: 'На сервере произошла ошибка. Попробуйте ещё раз.', en: 'The server made a mistake. Try again.' },
  'no-screens': {
    status: 503,
    ru: 'Страницы не собраны. Выполните на сервере: npm run build',
    en: 'The pages are not built. Run on the server: npm run build',
  },
} as const satisfies Record<string, Sentence & { status: number }>

export type DenialCode = keyof typeof sentences

/** The refusal of this code, ready for the wire. */
export function denial(code: DenialCode): Denial {
  const { ru, en } = sentences[code]
  return { code, text: { ru, en } }
}

/** 413 with the limit in it: the number is what helps. */
export function tooBig(limitBytes: number): Denial {
  const megabytes = Math.floor(limitBytes / 1_048_576)
  return {
    code: 'too-big',
    text: {
      ru: `Файл больше ${megabytes} МБ: столько сервер не принимает.`,
      en: `The file is larger than ${megabytes} MB, the most this server takes.`,
    },
    help: {
      ru: 'Уменьшите модель, увеличьте толщину слоя или разделите программу на части.',
      en: 'Make the model smaller, the layers thicker, or split the program.',
    },
  }
}

/** The HTTP status a denial travels with; denials made elsewhere (by a daemon, a store) are bad input. */
export function statusOf({ code }: Denial): number {
  if (code === 'too-big') return 413
  return Object.hasOwn(sentences, code) ? sentences[code as DenialCode].status : 400
}
