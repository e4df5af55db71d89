// The words on the workshop's wall.
import type { Language } from '../../protocols/contract/words.ts'
import type { TvLook } from './picture.ts'

export type TvWords = {
  title: string
  working: string
  waiting: string
  broken: string
  collect: string
  nothing: string
  more: string
  age: string
  noData: string
  lost: string
  seconds: string
  minutes: string
  hours: string
  left: string
  come: string
  lesson: string
  /** Where nobody let the screen in, and what helps. */
  closed: string
  closedHelp: string
  looks: Record<TvLook, string>
}

export const tvWords: Record<Language, TvWords> = {
  ru: {
    title: 'Экран мастерской',
    working: 'работают',
    waiting: 'ждут человека',
    broken: 'неисправны',
    collect: 'Заберите:',
    nothing: 'Готовых деталей пока нет',
    more: 'и ещё',
    age: 'данные {} назад',
    noData: 'нет данных {}',
    lost: 'нет связи с сервером {}',
    seconds: 'с',
    minutes: 'мин',
    hours: 'ч',
    left: 'ещё',
    come: 'Подойдите к станку «{}»',
    lesson: 'Идёт занятие «{}» до {}',
    closed: 'Этот экран не подключён или его срок вышел.',
    closedHelp: 'Ссылку для экрана выдаёт техник или администратор на странице «Состояние станков».',
    looks: {
      fault: 'неисправен',
      attention: 'ждёт человека',
      part: 'снимите деталь',
      paused: 'на паузе',
      unknown: 'нет данных',
      running: 'работает',
      preparing: 'готовится',
      free: 'свободен',
      service: 'на обслуживании',
    },
  },
  en: {
    title: 'Workshop screen',
    working: 'working',
    waiting: 'waiting for a person',
    broken: 'out of order',
    collect: 'Collect:',
    nothing: 'No finished parts yet',
    more: 'and',
    age: 'data {} old',
    noData: 'no data for {}',
    lost: 'server not heard for {}',
    seconds: 's',
    minutes: 'min',
    hours: 'h',
    left: 'in',
    come: 'Please come to “{}”',
    lesson: 'Lesson “{}” until {}',
    closed: 'This screen is not connected, or its time is over.',
    closedHelp: 'A technician or administrator gives a link for the screen on the page “Machine health”.',
    looks: {
      fault: 'out of order',
      attention: 'waiting for a person',
      part: 'take the part off',
      paused: 'paused',
      unknown: 'no data',
      running: 'working',
      preparing: 'preparing',
      free: 'free',
      service: 'in service',
    },
  },
}
