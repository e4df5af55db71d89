// What `tsekh stream` says besides what the machine room says.
import type { Fault, Sentence } from '../../protocols/contract/words.ts'

export const streamFaults = {
  badArguments: (detail: string): Fault => ({
    code: 'bad-arguments',
    text: { ru: 'Команда задана неверно.', en: detail },
    help: { ru: 'Справка: tsekh stream --help.', en: 'See tsekh stream --help.' },
    detail,
  }),
  unknownModel: (name: string, known: readonly string[]): Fault => ({
    code: 'model-unknown',
    text: { ru: `Модели «${name}» нет.`, en: `There is no model "${name}".` },
    help: { ru: `Есть: ${known.join(', ')}.`, en: `There are: ${known.join(', ')}.` },
  }),
  programEmpty: (name: string): Fault => ({
    code: 'program-empty',
    text: { ru: `В файле «${name}» нет ни одной команды для машины.`, en: `There is no command for a machine in "${name}".` },
    help: { ru: 'Сохраните программу из слайсера заново.', en: 'Save the program from the slicer again.' },
  }),
  noAnswer: (port: string, seconds: number): Fault => ({
    code: 'no-answer',
    text: { ru: `Машина на ${port} не ответила за ${seconds} с.`, en: `The machine at ${port} did not answer in ${seconds} s.` },
    help: {
      ru: 'Проверьте питание машины, скорость порта (--baud) и диалект (--dialect).',
      en: "Check the machine's power, the port's speed (--baud) and the dialect (--dialect).",
    },
  }),
  locked: (detail: string | undefined): Fault => ({
    code: 'machine-locked',
    text: { ru: 'Машина заблокирована после включения или аварии.', en: 'The machine is locked after power-up or an alarm.' },
    help: {
      ru: 'Добавьте --home, чтобы сначала найти начало координат, или --unlock, если положение станка известно.',
      en: 'Add --home to find the origin first, or --unlock if the position of the machine is known.',
    },
    ...(detail === undefined ? {} : { detail }),
  }),
  badLines: (first: Fault, count: number): Fault =>
    count === 1
      ? first
      : {
          ...first,
          detail: [first.detail, `${count} lines of the program are refused`].filter(part => part !== undefined).join('; '),
        },
  given: (signals: number): Fault => ({
    code: 'interrupted-by-hand',
    text: { ru: 'Передача прервана с клавиатуры.', en: 'Streaming was interrupted from the keyboard.' },
    help: { ru: 'Осмотрите машину: она могла не остановиться.', en: 'Look at the machine: it may not have stopped.' },
    detail: `signal ${signals}`,
  }),
}

export const says = {
  connecting: { ru: 'Подключаюсь', en: 'Connecting' },
  checking: { ru: 'Проверяю программу', en: 'Checking the program' },
  streaming: { ru: 'Передаю', en: 'Streaming' },
  homing: { ru: 'Ищу начало координат', en: 'Homing' },
  cancelling: {
    ru: 'Отменяю: машина останавливается. Ещё раз Ctrl-C — стоп сразу.',
    en: 'Cancelling: the machine is coming to rest. Ctrl-C again stops it at once.',
  },
  stopping: { ru: 'Стоп. Ещё раз Ctrl-C — выйти, не дожидаясь машины.', en: 'Stop. Ctrl-C again leaves without waiting for the machine.' },
  line: { ru: 'строка', en: 'line' },
  left: { ru: 'осталось', en: 'left' },
  forecast: { ru: 'прогноз', en: 'forecast' },
  outcomes: {
    completed: { ru: 'Готово', en: 'Done' },
    failed: { ru: 'Не удалось', en: 'Failed' },
    cancelled: { ru: 'Отменено', en: 'Cancelled' },
    interrupted: { ru: 'Прервано', en: 'Interrupted' },
  },
} satisfies Record<string, Sentence | Record<string, Sentence>>
