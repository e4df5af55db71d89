// What the school says about people: permits, PINs, groups and pupils, by code, in both languages.
import { homeZone } from '../protocols/contract/calendar.ts'
import type { Sentence } from '../protocols/contract/words.ts'

type Facts = { readonly machine?: string; readonly day?: number; readonly seconds?: number; readonly name?: string }
type Words = { readonly text: (facts: Facts) => Sentence; readonly help?: Sentence }

const said = (ru: string, en: string, help?: Sentence): Words => ({ text: () => ({ ru, en }), ...(help ? { help } : {}) })

const askForPermit: Sentence = {
  ru: 'Пройдите инструктаж: допуск оформляет учитель или техник на странице «Люди и допуски».',
  en: 'Have the instruction; a teacher or a technician then grants the permit on the page “People and permits”.',
}

export const peopleWords = {
  'no-permit': {
    text: ({ machine = '?' }: Facts) => ({
      ru: `У вас нет допуска к станку «${machine}».`,
      en: `You have no permit for “${machine}”.`,
    }),
    help: askForPermit,
  },
  'permit-expired': {
    text: ({ machine = '?', day = 0 }: Facts) => ({
      ru: `Ваш допуск к станку «${machine}» закончился ${date(day, 'ru')}.`,
      en: `Your permit for “${machine}” ended on ${date(day, 'en')}.`,
    }),
    help: askForPermit,
  },
  'permit-revoked': {
    text: ({ machine = '?', day = 0 }: Facts) => ({
      ru: `Ваш допуск к станку «${machine}» отозван ${date(day, 'ru')}.`,
      en: `Your permit for “${machine}” was taken back on ${date(day, 'en')}.`,
    }),
    help: { ru: 'Спросите того, кто его отозвал.', en: 'Ask whoever took it back.' },
  },
  'unknown-permit': said('Такого допуска нет.', 'There is no such permit.'),
  'not-instructed': said(
    'Этот человек не значится в записи об инструктаже.',
    'This person does not stand in the record of that instruction.',
    { ru: 'Сначала запишите инструктаж.', en: 'Record the instruction first.' },
  ),
  'unknown-person-named': said('Такого человека площадка не знает.', 'This school knows no such person.'),
  'bad-date': said('Срок должен быть в будущем и не слишком далеко.', 'The date must lie ahead, and not too far.'),
  'unknown-group': said('Такой группы нет.', 'There is no such group.'),
  'no-pin': said('У вас ещё нет ПИН-кода.', 'You have no PIN yet.', {
    ru: 'Задайте его в меню под своим именем.',
    en: 'Choose one in the menu under your name.',
  }),
  'bad-pin': said('ПИН-код — от 4 до 8 цифр, не подряд и не одинаковые.', 'A PIN is 4 to 8 digits, neither in a row nor all the same.'),
  'wrong-pin': said('Неверный ПИН-код.', 'Wrong PIN.'),
  'pin-wait': {
    text: ({ seconds = 0 }: Facts) => ({
      ru: `Слишком много неверных ПИН-кодов. Подождите ${waiting(seconds, 'ru')}.`,
      en: `Too many wrong PINs. Wait ${waiting(seconds, 'en')}.`,
    }),
    help: { ru: 'Можно войти паролем.', en: 'You can sign in with your password.' },
  },
  'pin-needed': said('Запуск нужно подтвердить ПИН-кодом у станка.', 'A start has to be confirmed with your PIN at the machine.', {
    ru: 'Нажмите «Запустить» на экране мастерской и введите ПИН-код.',
    en: 'Press “Start” on the workshop’s screen and enter your PIN.',
  }),
  'confirmation-late': said('ПИН-код введён больше минуты назад.', 'The PIN was entered more than a minute ago.', {
    ru: 'Введите его ещё раз.',
    en: 'Enter it again.',
  }),
  'unknown-code': said('Нет группы с таким кодом.', 'No group has this code.', {
    ru: 'Проверьте буквы: код на доске или у учителя.',
    en: 'Check the letters: the code is on the board or with your teacher.',
  }),
  'group-closed': said('В эту группу больше не принимают.', 'This group takes nobody any more.', {
    ru: 'Попросите у учителя новый код.',
    en: 'Ask your teacher for a new code.',
  }),
  'group-full': said('В группе уже слишком много участников.', 'This group is full.', {
    ru: 'Скажите об этом учителю.',
    en: 'Tell your teacher.',
  }),
  'nickname-length': said('Прозвище — от 2 до 20 букв.', 'A nickname has 2 to 20 letters.'),
  'nickname-personal': said(
    'Не пиши фамилию, телефон или почту: хватит короткого прозвища.',
    'No surname, phone or e-mail: a short nickname will do.',
    {
      ru: 'Например: Лис, Комета, Дизель.',
      en: 'For example: Fox, Comet, Diesel.',
    },
  ),
  'nickname-rude': said('Выбери другое прозвище: его увидит учитель.', 'Choose another nickname: your teacher will see it.'),
  'nickname-taken': said('Такое прозвище в группе уже есть.', 'Somebody in the group has this nickname.', {
    ru: 'Выбери другое. Если это ты — войди по секретным словам.',
    en: 'Choose another one. If it is yours, come back with your secret words.',
  }),
  'wrong-recovery': said('Псевдоним и секретные слова не подошли друг к другу.', 'The pseudonym and the secret words do not match.', {
    ru: 'Проверь их на карточке, которую ты сохранил.',
    en: 'Look at the card you kept.',
  }),
  'join-too-fast': said('Слишком много попыток. Подожди несколько минут.', 'Too many attempts. Wait a few minutes.'),
} satisfies Record<string, Words>

/** 5 марта 2027 г. · 5 March 2027. */
function date(instant: number, language: 'ru' | 'en'): string {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB'
  return new Date(instant).toLocaleDateString(locale, { timeZone: homeZone, day: 'numeric', month: 'long', year: 'numeric' })
}

function waiting(seconds: number, language: 'ru' | 'en'): string {
  if (seconds < 90) return language === 'ru' ? `${seconds} с` : `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return language === 'ru' ? `${minutes} мин` : `${minutes} min`
}
