// Sentences of the checks: for a pupil without jargon, for a technician with numbers.
import type { Finding, Severity } from '../contract/program.ts'
import type { Sentence } from '../contract/words.ts'

type Words = { severity: Severity; text: Sentence; technical?: Sentence }

/** `{value}`, `{limit}`, `{text}` are filled in. */
const words = {
  empty: {
    severity: 'stop',
    text: { ru: 'В файле нет ни одной команды.', en: 'The file holds not a single command.' },
    technical: { ru: 'Ни одного движения в {value} строках.', en: 'No motion in {value} lines.' },
  },
  binary: {
    severity: 'stop',
    text: {
      ru: 'Это не G-код, а двоичный файл. Сохраните программу из слайсера как G-код.',
      en: 'This is a binary file, not G-code. Save the program from the slicer as G-code.',
    },
    technical: { ru: 'Нулевые байты и нечитаемые строки: {value}.', en: 'NUL bytes and unreadable lines: {value}.' },
  },
  'unreadable-line': {
    severity: 'stop',
    text: {
      ru: 'В файле есть строки, которые не разобрать. Сохраните его заново.',
      en: 'The file has lines that cannot be read. Save it again.',
    },
    technical: { ru: 'Нечитаемая строка: {text}', en: 'Unreadable line: {text}' },
  },
  'absurd-number': {
    severity: 'stop',
    text: {
      ru: 'В программе немыслимо большие числа. Похоже, файл повреждён.',
      en: 'The program has impossibly large numbers. The file seems damaged.',
    },
    technical: { ru: 'Координата больше 100 м.', en: 'A coordinate beyond 100 m.' },
  },
  'bad-arc': {
    severity: 'stop',
    text: {
      ru: 'В программе неправильная дуга: станок на ней остановится.',
      en: 'The program has a wrong arc: the machine would stop there.',
    },
    technical: {
      ru: 'Концы дуги не лежат на одной окружности (Grbl: error:33–35).',
      en: 'The ends of the arc are not on one circle (Grbl error:33–35).',
    },
  },
  'no-feed': {
    severity: 'stop',
    text: { ru: 'Не задана скорость резания.', en: 'No cutting speed is given.' },
    technical: { ru: 'G1–G3 без F (Grbl: error:22).', en: 'G1–G3 without F (Grbl error:22).' },
  },
  'wrong-kind': {
    severity: 'stop',
    text: { ru: 'Этот файл сделан не для такого станка.', en: 'This file was made for another kind of machine.' },
    technical: { ru: 'Программа: {text}; станок: {limit}.', en: 'Program: {text}; machine: {limit}.' },
  },
  'kind-unknown': {
    severity: 'ask',
    text: {
      ru: 'По файлу не понять, для какого он станка. Пусть посмотрит учитель.',
      en: 'The file does not tell for which machine it is. Let a teacher look.',
    },
    technical: {
      ru: 'Ни нагрева, ни подачи пластика, ни мощности луча, ни шпинделя.',
      en: 'No heating, no extrusion, no beam power, no spindle.',
    },
  },
  'laser-or-mill': {
    severity: 'ask',
    text: {
      ru: 'По файлу не понять, для лазерного он гравёра или для фрезерного станка. Пусть посмотрит учитель.',
      en: 'The file may be for a laser engraver or for a milling machine. Let a teacher look.',
    },
    technical: {
      ru: 'Есть M3 или M4, но нет ни заголовка CAM-программы, ни M4 с S на ходу, ни врезания по Z.',
      en: 'M3 or M4, but no CAM header, no M4 with S on moves, no plunge in Z.',
    },
  },
  'wrong-machine': {
    severity: 'ask',
    text: { ru: 'В слайсере был выбран другой принтер.', en: 'Another printer was chosen in the slicer.' },
    technical: { ru: 'В файле: {text}; здесь: {limit}.', en: 'In the file: {text}; here: {limit}.' },
  },
  'wrong-flavour': {
    severity: 'stop',
    text: {
      ru: 'Файл нарезан для другой прошивки. Выберите профиль этого принтера.',
      en: 'The file was sliced for another firmware. Choose this printer’s profile.',
    },
    technical: { ru: 'Вид G-кода: {text}.', en: 'G-code flavour: {text}.' },
  },
  'outside-area': {
    severity: 'stop',
    text: { ru: 'Работа выходит за край стола.', en: 'The work leaves the machine’s bed.' },
    technical: { ru: '{text}; область станка {limit}.', en: '{text}; the machine’s area is {limit}.' },
  },
  'travel-outside': {
    severity: 'note',
    text: { ru: 'Холостой ход выходит за край стола.', en: 'A travel move leaves the bed.' },
    technical: { ru: '{text}; область станка {limit}.', en: '{text}; the machine’s area is {limit}.' },
  },
  'too-large': {
    severity: 'stop',
    text: { ru: 'Изделие больше рабочей области станка.', en: 'The work is larger than the machine can hold.' },
    technical: { ru: '{text}; область станка {limit}.', en: '{text}; the machine’s area is {limit}.' },
  },
  'tiny-part': {
    severity: 'ask',
    text: {
      ru: 'Изделие меньше 2 мм. Проверьте, в тех ли единицах сохранён файл.',
      en: 'The part is smaller than 2 mm. See whether the units are right.',
    },
    technical: { ru: 'Наибольший размер {value} мм.', en: 'The largest size is {value} mm.' },
  },
  'nozzle-too-hot': {
    severity: 'stop',
    text: { ru: 'Сопло в программе горячее, чем можно этому принтеру.', en: 'The nozzle would be hotter than this printer may be.' },
    technical: { ru: 'Сопло {value} °C при пределе {limit} °C.', en: 'Nozzle {value} °C, limit {limit} °C.' },
  },
  'bed-too-hot': {
    severity: 'stop',
    text: { ru: 'Стол в программе горячее, чем можно этому принтеру.', en: 'The bed would be hotter than this printer may be.' },
    technical: { ru: 'Стол {value} °C при пределе {limit} °C.', en: 'Bed {value} °C, limit {limit} °C.' },
  },
  'chamber-too-hot': {
    severity: 'stop',
    text: { ru: 'Камера в программе горячее, чем можно этому принтеру.', en: 'The chamber would be hotter than this printer may be.' },
    technical: { ru: 'Камера {value} °C при пределе {limit} °C.', en: 'Chamber {value} °C, limit {limit} °C.' },
  },
  'material-too-hot': {
    severity: 'ask',
    text: { ru: 'Для такого пластика сопло слишком горячее.', en: 'The nozzle is too hot for this plastic.' },
    technical: { ru: '{text}: {value} °C, обычно не выше {limit} °C.', en: '{text}: {value} °C, commonly at most {limit} °C.' },
  },
  'nozzle-never-heated': {
    severity: 'stop',
    text: { ru: 'Программа подаёт пластик, но не греет сопло.', en: 'The program feeds plastic but never heats the nozzle.' },
    technical: { ru: 'Подача E при заданной температуре ниже 150 °C.', en: 'E moves forward with a nozzle target below 150 °C.' },
  },
  'bed-never-heated': {
    severity: 'note',
    text: { ru: 'Стол не греется: деталь может отклеиться.', en: 'The bed is not heated: the part may come off.' },
  },
  'never-homed': {
    severity: 'ask',
    text: { ru: 'Программа не ищет начало координат перед печатью.', en: 'The program does not home the machine before printing.' },
    technical: { ru: 'Нет G28 до первой подачи пластика.', en: 'No G28 before the first extrusion.' },
  },
  'heaters-left-on': {
    severity: 'note',
    text: { ru: 'После печати программа не выключает нагрев.', en: 'The program leaves the heaters on.' },
    technical: { ru: 'В конце: сопло {value} °C, стол {limit} °C.', en: 'At the end: nozzle {value} °C, bed {limit} °C.' },
  },
  'nozzle-size': {
    severity: 'ask',
    text: { ru: 'Файл нарезан для другого сопла.', en: 'The file was sliced for another nozzle.' },
    technical: { ru: 'В файле сопло {value} мм, на принтере {limit} мм.', en: 'Nozzle {value} mm in the file, {limit} mm on the printer.' },
  },
  'constant-power': {
    severity: 'stop',
    text: {
      ru: 'Лазер жжёт с постоянной мощностью (M3). Сохраните файл с динамической мощностью (M4) или попросите техника.',
      en: 'The laser burns at constant power (M3). Save the file with dynamic power (M4), or ask a technician.',
    },
    technical: {
      ru: 'M3: при остановке луч не гаснет. Пропускает только техник.',
      en: 'M3: the beam stays on when motion stops. Only a technician may allow it.',
    },
  },
  'laser-mode-off': {
    severity: 'stop',
    text: {
      ru: 'У станка выключен лазерный режим: луч не погаснет на холостом ходу. Позовите техника.',
      en: 'The machine’s laser mode is off: the beam would stay on in travel moves. Call a technician.',
    },
    technical: { ru: '$32=0; для лазера должно быть $32=1.', en: '$32=0; a laser needs $32=1.' },
  },
  'no-beam': {
    severity: 'ask',
    text: { ru: 'Лазер ни разу не включается.', en: 'The laser is never switched on.' },
    technical: { ru: 'Нет M4 с S больше 0.', en: 'No M4 with S above 0.' },
  },
  'beam-left-on': {
    severity: 'ask',
    text: { ru: 'В конце программы лазер не выключается.', en: 'The laser is not switched off at the end.' },
    technical: { ru: 'Нет M5, M2 или M30 после последнего M3/M4.', en: 'No M5, M2 or M30 after the last M3/M4.' },
  },
  'spindle-left-on': {
    severity: 'ask',
    text: { ru: 'В конце программы фреза не останавливается.', en: 'The spindle is not stopped at the end.' },
    technical: { ru: 'Нет M5, M2 или M30 после последнего M3/M4.', en: 'No M5, M2 or M30 after the last M3/M4.' },
  },
  'burning-dwell': {
    severity: 'stop',
    text: {
      ru: 'Луч горит, пока станок стоит на месте: это прожог и огонь.',
      en: 'The beam burns while the machine stands: it would burn through and may catch fire.',
    },
    technical: { ru: 'G4 на {value} с при включённом M3.', en: 'G4 of {value} s with M3 on.' },
  },
  'power-too-high': {
    severity: 'stop',
    text: { ru: 'Мощность лазера больше разрешённой.', en: 'The laser power is above what is allowed.' },
    technical: { ru: 'S{value} при пределе S{limit}.', en: 'S{value}, limit S{limit}.' },
  },
  'speed-too-high': {
    severity: 'note',
    text: { ru: 'Обороты фрезы больше, чем умеет станок.', en: 'The spindle speed is above what the machine can do.' },
    technical: { ru: 'S{value} при пределе S{limit}.', en: 'S{value}, limit S{limit}.' },
  },
  'impossible-raster': {
    severity: 'note',
    text: {
      ru: 'Так быстро станок не успеет: гравировка пойдёт медленнее, чем задано.',
      en: 'The machine cannot keep up: it will engrave slower than asked.',
    },
    technical: {
      ru: 'Задано {value} мм/с, выйдет около {limit} мм/с при шаге {text} мм.',
      en: 'Asked {value} mm/s, about {limit} mm/s will be reached with segments of {text} mm.',
    },
  },
  'spindle-never-started': {
    severity: 'ask',
    text: { ru: 'Программа не включает фрезу.', en: 'The program never starts the spindle.' },
    technical: { ru: 'Нет M3 перед G1–G3 ниже нуля.', en: 'No M3 before G1–G3 below zero.' },
  },
  'too-deep': {
    severity: 'ask',
    text: { ru: 'Фреза уходит слишком глубоко.', en: 'The tool goes very deep.' },
    technical: { ru: 'Z {value} мм; ход станка {limit} мм.', en: 'Z {value} mm; the machine’s travel is {limit} mm.' },
  },
  'rapid-into-stock': {
    severity: 'ask',
    text: { ru: 'Фреза опускается в заготовку на полной скорости.', en: 'The tool plunges into the stock at full speed.' },
    technical: { ru: 'G0 до Z {value} мм.', en: 'G0 down to Z {value} mm.' },
  },
  'feed-above-machine': {
    severity: 'note',
    text: {
      ru: 'Скорость в программе больше, чем умеет станок: он пойдёт медленнее.',
      en: 'The program asks for more speed than the machine has: it will go slower.',
    },
    technical: { ru: 'F{value} мм/мин при пределе {limit} мм/мин.', en: 'F{value} mm/min, limit {limit} mm/min.' },
  },
  'unknown-command': {
    severity: 'stop',
    text: {
      ru: 'Станок не знает некоторых команд из файла. Выберите другой постпроцессор.',
      en: 'The machine does not know some commands of the file. Choose another post-processor.',
    },
    technical: { ru: 'Неизвестно: {text}.', en: 'Unknown: {text}.' },
  },
  'ignored-command': {
    severity: 'note',
    text: { ru: 'Некоторые команды из файла станок пропустит.', en: 'The machine will pass over some commands of the file.' },
    technical: { ru: 'Неизвестно: {text}.', en: 'Unknown: {text}.' },
  },
  'bare-words': {
    severity: 'ask',
    text: {
      ru: 'Часть движений записана без команды, и станок их пропустит.',
      en: 'Some moves stand without a command; the machine will pass over them.',
    },
    technical: { ru: 'Слова X, Y, Z без G0/G1.', en: 'Words X, Y, Z without G0/G1.' },
  },
  waits: {
    severity: 'note',
    text: { ru: 'Станок остановится и будет ждать человека.', en: 'The machine will stop and wait for a person.' },
    technical: { ru: 'M0, M1, M25 или M600.', en: 'M0, M1, M25 or M600.' },
  },
  'other-zero': {
    severity: 'ask',
    text: { ru: 'Программа использует другой ноль (G55–G59).', en: 'The program uses another zero (G55–G59).' },
  },
  'machine-coordinates': {
    severity: 'ask',
    text: { ru: 'Программа ездит по координатам самого станка (G53).', en: 'The program moves in the machine’s own coordinates (G53).' },
  },
  'goes-home': {
    severity: 'note',
    text: {
      ru: 'Программа едет в запомненную точку (G28/G30). Убедитесь, что путь свободен.',
      en: 'The program goes to a stored point (G28/G30). See that the way is free.',
    },
  },
  probing: {
    severity: 'ask',
    text: { ru: 'Программа щупает заготовку (G38). Нужен щуп.', en: 'The program probes the stock (G38). A probe is needed.' },
  },
  'home-offset': {
    severity: 'ask',
    text: { ru: 'Программа сдвигает начало координат принтера.', en: 'The program shifts the printer’s home.' },
    technical: { ru: 'M206 или M428.', en: 'M206 or M428.' },
  },
  'endstops-off': {
    severity: 'ask',
    text: { ru: 'Программа выключает защиту от выезда за край.', en: 'The program switches the end stops’ protection off.' },
    technical: { ru: 'M211 S0.', en: 'M211 S0.' },
  },
  'cold-extrusion-allowed': {
    severity: 'ask',
    text: { ru: 'Программа разрешает подавать холодный пластик.', en: 'The program allows feeding cold plastic.' },
    technical: { ru: 'M302.', en: 'M302.' },
  },
  'model-file': {
    severity: 'stop',
    text: {
      ru: 'Это модель или рисунок, а не программа для станка. Откройте файл в слайсере или CAM-программе и сохраните G-код.',
      en: 'This is a model or a drawing, not a program. Open it in a slicer or CAM program and save G-code.',
    },
    technical: { ru: 'Вид файла: {text}.', en: 'Kind of file: {text}.' },
  },
  'container-damaged': {
    severity: 'stop',
    text: {
      ru: 'Файл повреждён или передан не целиком: распаковать его не удалось. Сохраните программу из слайсера ещё раз.',
      en: 'The file is damaged or cut short and cannot be unpacked. Export the program from the slicer again.',
    },
  },
  'container-swells': {
    severity: 'stop',
    text: {
      ru: 'Распакованная программа слишком велика. Сохраните её из слайсера как обычный G-код.',
      en: 'Unpacked, the program would be too large. Export it from the slicer as plain G-code.',
    },
    technical: {
      ru: 'Распаковка прервана на пределе размера или времени.',
      en: 'Unpacking was ended at its limit of size or time.',
    },
  },
  'container-unknown': {
    severity: 'stop',
    text: {
      ru: 'Файл упакован незнакомым способом. Сохраните программу из слайсера как обычный G-код.',
      en: 'The file is packed in a way we do not know. Export the program from the slicer as plain G-code.',
    },
    technical: { ru: 'Новая версия формата или шифрование.', en: 'A newer version of the format, or encryption.' },
  },
  'other-plates': {
    severity: 'note',
    text: {
      ru: 'В файле несколько столов; здесь только первый. Остальные сохраните отдельными файлами.',
      en: 'The file holds several plates; this is the first only. Export the others as files of their own.',
    },
    technical: { ru: 'Взято {text}, осталось программ: {value}.', en: 'Taken: {text}; programs left: {value}.' },
  },
  container: {
    severity: 'stop',
    text: { ru: 'Файл упакован и сначала должен быть распакован.', en: 'The file is packed and must be unpacked first.' },
    technical: { ru: 'Вид файла: {text}.', en: 'Kind of file: {text}.' },
  },
} satisfies Record<string, Words>

export type CheckCode = keyof typeof words

export type FindingFacts = {
  readonly line?: number
  readonly count?: number
  readonly value?: number
  readonly limit?: number | string
  readonly text?: string
  readonly severity?: Severity
  /** Said behind the technical sentence. */
  readonly more?: Sentence
}

/** A finding with its sentences; `severity` overrides the usual one. */
export function finding(code: CheckCode, facts: FindingFacts = {}): Finding {
  const entry: Words = words[code]
  const fill = (sentence: string) =>
    sentence
      .replaceAll('{value}', show(facts.value))
      .replaceAll('{limit}', typeof facts.limit === 'string' ? facts.limit : show(facts.limit))
      .replaceAll('{text}', facts.text ?? '?')
  const result: Finding = { code, severity: facts.severity ?? entry.severity, text: entry.text }
  if (entry.technical !== undefined) {
    const { more } = facts
    const behind = (language: 'ru' | 'en') => (more === undefined ? '' : ` ${more[language]}`)
    result.technical = { ru: fill(entry.technical.ru) + behind('ru'), en: fill(entry.technical.en) + behind('en') }
  }
  if (facts.line !== undefined && facts.line > 0) result.line = facts.line
  if (facts.count !== undefined && facts.count > 0) result.count = facts.count
  return result
}

function show(value: number | undefined): string {
  return value === undefined ? '?' : String(Math.round(value * 100) / 100)
}
