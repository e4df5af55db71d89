// What helps: the advice that error and alarm codes of the Grbl family share.
import type { Sentence } from '../contract/words.ts'

export const helpWords = {
  program: {
    ru: 'Сохраните программу заново с постпроцессором для Grbl и проверьте эту строку.',
    en: 'Export the program again with a Grbl post-processor and check this line.',
  },
  noise: {
    ru: 'Если эта программа раньше работала, виновата помеха в кабеле: возьмите короткий экранированный кабель с ферритовым кольцом и уведите его от проводов шпинделя.',
    en: 'If this program has worked before, it is noise in the cable: use a short shielded cable with a ferrite and keep it away from the spindle wires.',
  },
  settings: {
    ru: 'Позовите техника: настройки контроллера ($$) нужно сверить с паспортом станка.',
    en: "Call the technician: the controller's settings ($$) must be compared with the machine's data sheet.",
  },
  idle: {
    ru: 'Дождитесь, пока станок освободится, и повторите.',
    en: 'Wait until the machine is idle and try again.',
  },
  unlock: {
    ru: 'Осмотрите станок. Если всё в порядке, выполните поиск нуля или снимите блокировку.',
    en: 'Look at the machine. If all is well, home it or unlock it.',
  },
  home: {
    ru: 'Положение станка потеряно: выполните поиск нуля и заново проверьте начало координат.',
    en: 'The position is lost: home the machine and check the work zero again.',
  },
  homeFirst: {
    ru: 'Выполните поиск нуля.',
    en: 'Home the machine.',
  },
  door: {
    ru: 'Закройте защитную дверцу и нажмите «Продолжить».',
    en: 'Close the safety door and press Resume.',
  },
  limits: {
    ru: 'Станок упёрся в концевой выключатель. Осмотрите его, отведите ось от выключателя и выполните поиск нуля.',
    en: 'The machine has run into a limit switch. Look at it, move the axis off the switch and home.',
  },
  switches: {
    ru: 'Позовите техника: проверьте концевые выключатели, их провода и настройку отвода ($27).',
    en: 'Call the technician: check the limit switches, their wires and the pull-off setting ($27).',
  },
  placement: {
    ru: 'Проверьте начало координат и размер заготовки: программа выходит за пределы рабочего поля.',
    en: 'Check the work zero and the size of the blank: the program leaves the work area.',
  },
  probe: {
    ru: 'Проверьте щуп, его зажим и провод, подведите инструмент ближе и повторите.',
    en: 'Check the probe, its clip and its wire, bring the tool closer and try again.',
  },
  spindle: {
    ru: 'Позовите техника: проверьте шпиндель, его питание и провод управления.',
    en: 'Call the technician: check the spindle, its power and its control wire.',
  },
  tool: {
    ru: 'Установите нужный инструмент и подтвердите смену инструмента.',
    en: 'Fit the right tool and confirm the tool change.',
  },
  redButton: {
    ru: 'Найдите причину, отпустите красную кнопку и сбросьте контроллер.',
    en: 'Find the cause, release the red button and reset the controller.',
  },
  reset: {
    ru: 'Сбросьте контроллер; если не поможет, выключите и включите станок.',
    en: 'Reset the controller; if that does not help, switch the machine off and on.',
  },
  storage: {
    ru: 'Проверьте карту памяти контроллера и файл на ней.',
    en: "Check the controller's memory card and the file on it.",
  },
  technician: {
    ru: 'Позовите техника.',
    en: 'Call the technician.',
  },
} as const satisfies Record<string, Sentence>

export type HelpKey = keyof typeof helpWords

/** Code → what it means in both languages, and which advice fits. */
export type CodeTable = Readonly<Record<number, readonly [ru: string, en: string, help: HelpKey]>>
