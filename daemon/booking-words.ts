// What the school says about lessons, quotas, plates and mended jobs, by code, in both languages.
import type { Sentence } from '../protocols/contract/words.ts'

type Facts = {
  readonly machine?: string
  readonly name?: string
  readonly ticket?: number
  readonly moment?: Sentence
  readonly count?: number
}
type Words = { readonly text: (facts: Facts) => Sentence; readonly help?: Sentence }

const said = (ru: string, en: string, help?: Sentence): Words => ({ text: () => ({ ru, en }), ...(help ? { help } : {}) })
const ofTicket = (ru: (ticket: number) => string, en: (ticket: number) => string, help?: Sentence): Words => ({
  text: ({ ticket = 0 }) => ({ ru: ru(ticket), en: en(ticket) }),
  ...(help ? { help } : {}),
})

export const bookingWords = {
  'lesson-times': said(
    'Занятие кончается раньше, чем начинается, или длится больше 12 часов.',
    'The lesson ends before it begins, or is longer than 12 hours.',
    {
      ru: 'Поправьте время начала и конца.',
      en: 'Correct its beginning and end.',
    },
  ),
  'lesson-past': said('Это время уже прошло.', 'That time is over.', { ru: 'Выберите время впереди.', en: 'Choose a time to come.' }),
  'lesson-too-far': said('Занятия записывают не больше чем на год вперёд.', 'Lessons are booked for a year ahead at most.'),
  'lessons-too-many': said('Записано слишком много занятий.', 'Too many lessons are booked.', {
    ru: 'Отмените те, что не нужны.',
    en: 'Cancel those that are not needed.',
  }),
  'lesson-overlap': {
    text: ({ machine = '?', name = '?', moment }: Facts) => ({
      ru: `Станок «${machine}» в это время уже занят занятием «${name}» (${moment?.ru ?? ''}).`,
      en: `“${machine}” is kept for the lesson “${name}” then (${moment?.en ?? ''}).`,
    }),
    help: { ru: 'Выберите другое время или другой станок.', en: 'Choose another time or another machine.' },
  },
  'unknown-lesson': said('Такого занятия нет.', 'There is no such lesson.'),
  'group-over': {
    text: ({ name = '?' }: Facts) => ({ ru: `Группа «${name}» закрыта.`, en: `The group “${name}” is closed.` }),
    help: { ru: 'Выберите другую группу или откройте новую.', en: 'Choose another group or open a new one.' },
  },
  'unknown-quota': said('Такой квоты нет.', 'There is no such quota.'),
  'quotas-too-many': said('Квот уже слишком много.', 'There are too many quotas.', {
    ru: 'Уберите те, что не нужны.',
    en: 'Drop those that are not needed.',
  }),
  'kept-for-lesson': {
    text: ({ machine = '?', name = '?', moment }: Facts) => ({
      ru: `На станке «${machine}» идёт занятие «${name}»; он освободится ${moment?.ru ?? 'позже'}.`,
      en: `“${machine}” is kept for the lesson “${name}”; it is free ${moment?.en ?? 'later'}.`,
    }),
    help: { ru: 'Во время занятия на нём работает только эта группа.', en: 'During the lesson only that group works on it.' },
  },
  'lesson-soon': {
    text: ({ machine = '?', name = '?', moment }: Facts) => ({
      ru: `До занятия «${name}» (${moment?.ru ?? ''}) на станке «${machine}» не успеет.`,
      en: `It would not be done on “${machine}” before the lesson “${name}” (${moment?.en ?? ''}).`,
    }),
  },
  'plate-needs-waiting': ofTicket(
    ticket => `Задание № ${ticket} уже не ждёт: на общий стол берут только то, что ждёт проверки или очереди.`,
    ticket => `Job no. ${ticket} waits no more: only what waits for a check or in the queue can be put on a plate.`,
  ),
  'already-on-plate': ofTicket(
    ticket => `Деталь задания № ${ticket} уже делают на другом общем столе.`,
    ticket => `The part of job no. ${ticket} is made on another plate already.`,
  ),
  'follows-plate': ofTicket(
    ticket => `Деталь задания № ${ticket} делают на общем столе вместе с другими: само оно не запускается и не двигается.`,
    ticket => `The part of job no. ${ticket} is made on a plate together with others: by itself it neither starts nor moves.`,
    { ru: 'Управляйте заданием общего стола.', en: 'Use the job of the plate.' },
  ),
  'already-mended': ofTicket(
    ticket => `Задание № ${ticket} не ждёт исправления.`,
    ticket => `Job no. ${ticket} does not wait to be mended.`,
    { ru: 'Посмотрите на странице талона, что с ним.', en: 'See on its ticket page how it stands.' },
  ),
} satisfies Record<string, Words>
