// Sentences of the gate: why a line of a program may not go to the machine, and what helps.
import type { Fault, Sentence } from '../contract/words.ts'

export type GateFault =
  | 'line-too-long'
  | 'unreadable-line'
  | 'expression'
  | 'setting-line'
  | 'forbidden-settings'
  | 'forbidden-firmware'
  | 'forbidden-card'
  | 'forbidden-host'
  | 'forbidden-offsets'
  | 'constant-power'
  | 'tool-change'
  | 'foreign-macro'

const words: Record<GateFault, { text: Sentence; help: Sentence }> = {
  'line-too-long': {
    text: { ru: 'Строка программы длиннее, чем принимает станок.', en: 'A line of the program is longer than the machine takes.' },
    help: {
      ru: 'Сохраните программу заново с меньшим числом знаков после запятой или без длинных имён.',
      en: 'Save the program again with fewer decimals or without long names.',
    },
  },
  'unreadable-line': {
    text: { ru: 'Строку программы не разобрать: это не G-код.', en: 'A line of the program cannot be read: it is not G-code.' },
    help: {
      ru: 'Проверьте, тот ли файл вы выбрали, и сохраните его заново из слайсера или CAM-программы.',
      en: 'See that this is the right file and save it again from the slicer or CAM program.',
    },
  },
  expression: {
    text: {
      ru: 'В программе есть переменные или формулы, а станок их не понимает.',
      en: 'The program has variables or formulas, which the machine does not understand.',
    },
    help: {
      ru: 'Выберите в слайсере или CAM-программе постпроцессор для этого станка: в файле должны стоять готовые числа.',
      en: 'Choose the post-processor for this machine: the file must hold plain numbers.',
    },
  },
  'setting-line': {
    text: {
      ru: 'Программа пытается изменить настройки станка (строка с $).',
      en: 'The program tries to change the machine’s settings (a $ line).',
    },
    help: {
      ru: 'Удалите эту строку. Настройки меняет только техник.',
      en: 'Remove this line. Only a technician changes settings.',
    },
  },
  'forbidden-settings': {
    text: {
      ru: 'Программа пытается изменить настройки в памяти станка.',
      en: 'The program tries to change settings in the machine’s memory.',
    },
    help: {
      ru: 'Удалите команду из стартового кода слайсера. Настройки меняет только техник.',
      en: 'Remove the command from the slicer’s start code. Only a technician changes settings.',
    },
  },
  'forbidden-firmware': {
    text: { ru: 'Программа пытается перезапустить или обновить прошивку.', en: 'The program tries to restart or update the firmware.' },
    help: { ru: 'Удалите эту команду из файла.', en: 'Remove this command from the file.' },
  },
  'forbidden-card': {
    text: { ru: 'Программа обращается к карте памяти станка.', en: 'The program uses the machine’s memory card.' },
    help: {
      ru: 'Удалите эту команду: программу подаёт школа, карта не нужна.',
      en: 'Remove this command: the school feeds the program, no card is needed.',
    },
  },
  'forbidden-host': {
    text: {
      ru: 'В программе стоит команда, которую подаёт только сама система.',
      en: 'The program carries a command that only the system itself may give.',
    },
    help: { ru: 'Удалите эту команду из файла.', en: 'Remove this command from the file.' },
  },
  'forbidden-offsets': {
    text: {
      ru: 'Программа записывает в станок новые нули или опорные точки (G10, G28.1, G30.1).',
      en: 'The program writes new zeros or reference points into the machine (G10, G28.1, G30.1).',
    },
    help: { ru: 'Удалите команду: нули выставляет человек у станка.', en: 'Remove the command: a person at the machine sets the zeros.' },
  },
  'constant-power': {
    text: {
      ru: 'Программа жжёт с постоянной мощностью (M3): если станок замрёт, луч прожжёт заготовку.',
      en: 'The program burns at constant power (M3): should the machine stand still, the beam burns through.',
    },
    help: {
      ru: 'Сохраните файл с динамической мощностью (M4) или попросите разрешение техника.',
      en: 'Save the file with dynamic power (M4), or ask a technician for leave.',
    },
  },
  'tool-change': {
    text: {
      ru: 'Программа меняет фрезу в середине работы, а станок сам этого не умеет.',
      en: 'The program changes the tool in the middle, which this machine cannot.',
    },
    help: { ru: 'Сохраните отдельный файл для каждой фрезы.', en: 'Save one file for each tool.' },
  },
  'foreign-macro': {
    text: { ru: 'В программе есть макрос другой прошивки (Klipper).', en: 'The program calls a macro of another firmware (Klipper).' },
    help: {
      ru: 'Выберите в слайсере профиль этого принтера и нарежьте модель заново.',
      en: 'Choose this printer’s profile in the slicer and slice again.',
    },
  },
}

/** The longest piece of a program line that a fault shows to the technician. */
const detailCharsMax = 120

/** A fault of the gate about one line; `line` is 1-based, `raw` is shown shortened and without control characters. */
export function gateFault(code: GateFault, line: number, raw: string): Fault {
  const shown = raw.slice(0, detailCharsMax).replace(/[^\x20-\x7e\u0400-\u04ff]/g, '·')
  return { code, ...words[code], detail: shown, line }
}
