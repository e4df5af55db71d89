// What the school says about parts, orders and maintenance, in both languages.
import type { Sentence } from '../protocols/contract/words.ts'

const said = (ru: string, en: string, help?: Sentence) => ({ text: () => ({ ru, en }), ...(help ? { help } : {}) })

export const careWords = {
  'unknown-task': said('В плане ТО этого станка нет такой работы.', "There is no such row in this machine's maintenance plan.", {
    ru: 'Обновите страницу: план мог измениться.',
    en: 'Reload the page: the plan may have changed.',
  }),
  'unknown-part': said('Такой запчасти на складе школы нет.', "There is no such part in the school's stock."),
  'part-short': {
    text: ({ name = '?', count = 0 }: { name?: string; count?: number }) => ({
      ru: `«${name}»: на складе только ${count}.`,
      en: `“${name}”: only ${count} in stock.`,
    }),
    help: {
      ru: 'Уменьшите количество или пересчитайте запас на странице «Уход и ремонт».',
      en: 'Take fewer, or count the stock anew on the page of care.',
    },
  },
  'parts-full': said('На складе школы уже 500 запчастей: больше не помещается.', 'The stock holds 500 parts, the most there is room for.'),
  'part-name-taken': {
    text: ({ name = '?' }: { name?: string }) => ({
      ru: `«${name}» на складе уже есть.`,
      en: `“${name}” is in stock already.`,
    }),
    help: { ru: 'Измените количество у неё.', en: 'Change its count instead.' },
  },
  'order-taken': said('Заявка с таким номером уже есть.', 'There is already an order of this name.'),
  'orders-full': said('Открытых заявок уже 200.', 'There are 200 open orders already.', {
    ru: 'Закройте те, что сделаны.',
    en: 'Close those that are done.',
  }),
  'unknown-work-order': said('Такой заявки на ремонт нет.', 'There is no such work order.'),
  'order-closed': said('Эта заявка уже закрыта.', 'This order is closed already.', {
    ru: 'Если неисправность вернулась, заведите новую.',
    en: 'If the trouble is back, open a new one.',
  }),
  'order-empty': said('В записи нет ни слов, ни фото, ни запчастей.', 'The note has no words, no photo and no part.'),
  'order-long': said('В заявке уже 100 записей.', 'The order has 100 notes already.', {
    ru: 'Закройте её и заведите новую.',
    en: 'Close it and open a new one.',
  }),
  'not-your-order': said('Закрыть чужую заявку может техник.', 'An order of somebody else is closed by the technician.'),
  'parts-by-technician': said('Запчасти со склада списывает техник.', 'Parts are taken from the stock by the technician.'),
  'nothing-to-undo': said(
    'Отменять нечего: запись старше суток или уже отменена.',
    'There is nothing to undo: it is over a day old, or undone.',
  ),
}

/** The title of the order that three failures of one cause open. */
export function quarantineTitle(cause: string, count: number): Sentence {
  return { ru: `${cause}: ${count} раза за неделю`, en: `${cause}: ${count} times in a week` }
}
