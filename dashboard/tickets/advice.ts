// What to try after a failure, in words for an eleven-year-old: by what the teacher saw, or by what the firmware said.
import type { Sentence } from '../../protocols/contract/words.ts'

type Advice = { readonly of: RegExp; readonly tries: readonly Sentence[] }

/** By the teacher's word in either language (dashboard/web/words, clear.causes) or a fault's code. The first that fits speaks. */
const table: readonly Advice[] = [
  {
    of: /прилип|отклеил|stick|came off/i,
    tries: [
      { ru: 'Добавь кайму (brim) в слайсере.', en: 'Add a brim in the slicer.' },
      { ru: 'Положи модель самой широкой стороной вниз.', en: 'Lay the model on its widest side.' },
      { ru: 'Первый слой — медленнее, стол — протёртый.', en: 'Print the first layer slower, on a wiped bed.' },
    ],
  },
  {
    of: /спагетти|spaghetti/i,
    tries: [
      { ru: 'Включи поддержки там, где деталь висит в воздухе.', en: 'Turn on supports where the part hangs in the air.' },
      { ru: 'Поверни модель, чтобы нависаний было меньше.', en: 'Turn the model so that less of it hangs.' },
    ],
  },
  {
    of: /засор|clog|heater|thermal|temperature|runaway/i,
    tries: [
      {
        ru: 'Файл не виноват: станок посмотрит техник. Потом отправь задание снова.',
        en: 'Your file is fine: a technician looks at the machine. Send it again later.',
      },
    ],
  },
  {
    of: /филамент|filament|runout/i,
    tries: [
      { ru: 'Файл не виноват: кончился пластик. Отправь задание снова.', en: 'Your file is fine: the filament ran out. Send it again.' },
      { ru: 'Уменьши заполнение — пластика уйдёт меньше.', en: 'Less infill takes less filament.' },
    ],
  },
  {
    of: /сдвиг слоя|layer shift|шагов|lost steps/i,
    tries: [{ ru: 'Уменьши скорость на четверть и попробуй снова.', en: 'Slow it down by a quarter and try again.' }],
  },
  {
    of: /прорезал|cut through/i,
    tries: [
      { ru: 'Добавь проход или уменьши скорость.', en: 'Add a pass or go slower.' },
      { ru: 'Проверь, тот ли материал и какой толщины.', en: 'Check the material and its thickness.' },
    ],
  },
  { of: /подгор|burnt/i, tries: [{ ru: 'Уменьши мощность или увеличь скорость.', en: 'Less power, or more speed.' }] },
  {
    of: /фокус|focus/i,
    tries: [
      {
        ru: 'Файл не виноват: фокус настроит учитель. Отправь снова.',
        en: 'Your file is fine: the teacher sets the focus. Send it again.',
      },
    ],
  },
  {
    of: /заготовк|workpiece/i,
    tries: [
      { ru: 'Проси закрепить заготовку с двух сторон.', en: 'Ask for the workpiece to be clamped on both sides.' },
      { ru: 'Оставь в модели перемычки, чтобы деталь не вырвало.', en: 'Leave tabs in the model so that the part stays in place.' },
    ],
  },
  {
    of: /фреза|cutter/i,
    tries: [
      { ru: 'Уменьши глубину за проход вдвое.', en: 'Halve the depth of a pass.' },
      { ru: 'Уменьши подачу.', en: 'Lower the feed.' },
    ],
  },
  {
    of: /модел|файл|model|file|program|line|forbidden/i,
    tries: [
      {
        ru: 'Посмотри модель послойно в слайсере: видно, где ошибка.',
        en: 'Look through the layers in the slicer: you will see where it goes wrong.',
      },
      { ru: 'Не получается — покажи учителю.', en: 'If you cannot find it, show it to your teacher.' },
    ],
  },
  {
    of: /./,
    tries: [
      { ru: 'Спроси учителя, что он увидел.', en: 'Ask your teacher what there was to see.' },
      { ru: 'Потом отправь задание снова.', en: 'Then send it again.' },
    ],
  },
]

const nothingKnown: readonly Sentence[] = [
  { ru: 'Спроси учителя, что случилось, и отправь задание снова.', en: 'Ask your teacher what happened, and send it again.' },
]

/** At most three things to try. `cause`: a person's word or a fault's code. */
export function adviceFor(cause: string): readonly Sentence[] {
  return table.find(({ of }) => of.test(cause))?.tries ?? nothingKnown
}
