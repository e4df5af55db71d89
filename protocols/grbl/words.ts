// The faults of the Grbl session itself: what went wrong between us and the controller, ru and en.
import type { Fault, Sentence } from '../contract/words.ts'

const noiseHelp: Sentence = {
  ru: 'Деталь может быть целой: осмотрите её. Замените кабель на короткий экранированный с ферритовым кольцом и уведите его от проводов шпинделя и лазера.',
  en: 'The part may be whole: look at it. Use a short shielded cable with a ferrite and keep it away from spindle and laser wires.',
}
const cableHelp: Sentence = {
  ru: 'Проверьте питание станка и кабель. Потом осмотрите станок и заново проверьте начало координат.',
  en: "Check the machine's power and cable. Then look at the machine and check the work zero again.",
}
const redo: Sentence = {
  ru: 'Осмотрите станок и деталь, проверьте начало координат и запустите задание заново.',
  en: 'Look at the machine and the part, check the work zero and start the job again.',
}

/** Every fault as a function of what it speaks of. Nothing else in this dialect writes sentences for people. */
export const faults = {
  portClosed: (reason: string): Fault => ({
    code: 'port-closed',
    text: { ru: 'Связь со станком оборвалась.', en: 'The link to the machine was cut.' },
    help: cableHelp,
    detail: reason,
  }),
  silent: (detail: string): Fault => ({
    code: 'silent',
    text: { ru: 'Станок не отвечает.', en: 'The machine does not answer.' },
    help: {
      ru: 'Проверьте, что станок включён, кабель на месте и скорость порта указана верно.',
      en: 'Check that the machine is on, the cable is in place and the baud rate is right.',
    },
    detail,
  }),
  restarted: (banner: string): Fault => ({
    code: 'controller-restarted',
    text: { ru: 'Контроллер станка перезапустился посреди задания.', en: 'The controller restarted in the middle of the job.' },
    help: redo,
    detail: banner,
  }),
  answersLost: (detail: string): Fault => ({
    code: 'answers-lost',
    text: {
      ru: 'Ответы станка не сошлись с посланными строками, виноваты помехи в кабеле: нельзя поручиться, что программа выполнена целиком.',
      en: "The machine's answers do not match the lines sent, because of noise in the cable: nobody can vouch that the whole program was carried out.",
    },
    help: noiseHelp,
    detail,
  }),
  /** A line was refused: which one, and the table's meaning. */
  rejectedLine: (line: number, text: string, meaning: Fault): Fault => ({
    code: 'rejected-line',
    text: {
      ru: `Станок не принял строку ${line} «${text}». ${meaning.text.ru}`,
      en: `The machine refused line ${line} "${text}". ${meaning.text.en}`,
    },
    ...(meaning.help === undefined ? {} : { help: meaning.help }),
    detail: `${meaning.detail ?? meaning.code} (${meaning.code})`,
    ...(line > 0 ? { line } : {}),
  }),
  forbiddenLine: (line: number, text: string): Fault => ({
    code: 'forbidden-line',
    text: {
      ru: `В строке ${line} есть знаки или команды, которые нельзя посылать станку из программы.`,
      en: `Line ${line} has characters or commands that must not be sent to the machine from a program.`,
    },
    help: { ru: 'Сохраните программу заново без служебных команд.', en: 'Export the program again without control commands.' },
    detail: text,
    ...(line > 0 ? { line } : {}),
  }),
  lineTooLong: (line: number, length: number, limit: number): Fault => ({
    code: 'line-too-long',
    text: {
      ru: `Строка ${line} длиннее, чем принимает станок (${length} из ${limit} знаков).`,
      en: `Line ${line} is longer than the machine accepts (${length} of ${limit} characters).`,
    },
    help: {
      ru: 'Сохраните программу с меньшим числом знаков после запятой.',
      en: 'Export the program with fewer decimal places.',
    },
    ...(line > 0 ? { line } : {}),
  }),
  constantPower: (line: number): Fault => ({
    code: 'constant-power',
    text: {
      ru: `Строка ${line} включает лазер с постоянной мощностью (M3): остановившийся луч прожигает насквозь.`,
      en: `Line ${line} switches the laser to constant power (M3): a beam that stands still burns through.`,
    },
    help: {
      ru: 'Сохраните программу с M4 или попросите разрешения у техника.',
      en: 'Export the program with M4 or ask the technician for leave.',
    },
    ...(line > 0 ? { line } : {}),
  }),
  starved: (): Fault => ({
    code: 'starved',
    text: {
      ru: 'Программа не успела подойти, а лазер работает с постоянной мощностью: луч выключен, задание на паузе.',
      en: 'The program did not arrive in time while the laser runs at constant power: the beam is off and the job is paused.',
    },
    help: {
      ru: 'Осмотрите деталь и нажмите «Продолжить» или остановите задание.',
      en: 'Look at the part and press Resume, or stop the job.',
    },
  }),
  positionLost: (detail: string): Fault => ({
    code: 'position-lost',
    text: {
      ru: 'Станок остановлен на ходу, его положение могло сбиться.',
      en: 'The machine was stopped while moving; its position may be lost.',
    },
    help: { ru: 'Выполните поиск нуля и заново проверьте начало координат.', en: 'Home the machine and check the work zero again.' },
    detail,
  }),
  notReady: (state: string): Fault => ({
    code: 'not-ready',
    text: { ru: 'Станок не готов к этой команде.', en: 'The machine is not ready for this.' },
    help: { ru: 'Посмотрите на состояние станка и устраните причину.', en: "Look at the machine's state and remove the cause." },
    detail: state,
  }),
  offline: (): Fault => ({
    code: 'offline',
    text: { ru: 'Станок не в сети.', en: 'The machine is offline.' },
    help: { ru: 'Включите станок и проверьте кабель.', en: 'Switch the machine on and check its cable.' },
  }),
  jobRuns: (): Fault => ({
    code: 'job-runs',
    text: { ru: 'На станке выполняется задание.', en: 'A job is running on the machine.' },
    help: { ru: 'Дождитесь его конца или остановите задание.', en: 'Wait for its end or stop the job.' },
  }),
  armed: (): Fault => ({
    code: 'armed',
    text: {
      ru: 'Задание ждёт кнопки «Пуск» на самом станке: с экрана его не запустить.',
      en: 'The job waits for the start button on the machine itself; it cannot be started from a screen.',
    },
    help: { ru: 'Нажмите кнопку на станке или отмените пуск.', en: 'Press the button on the machine, or call the start off.' },
  }),
  notPressed: (): Fault => ({
    code: 'not-pressed',
    text: {
      ru: 'Кнопку на станке не нажали за две минуты: задание вернулось в очередь.',
      en: 'The button on the machine was not pressed within two minutes: the job is back in the queue.',
    },
    help: { ru: 'Подойдите к станку и запустите ещё раз.', en: 'Go to the machine and start it again.' },
  }),
  disarmed: (detail: string): Fault => ({
    code: 'disarmed',
    text: {
      ru: 'Пока задание ждало кнопки, со станком что-то случилось: задание вернулось в очередь, ничего не начато.',
      en: 'Something happened to the machine while the job waited for its button: the job is back in the queue, nothing was begun.',
    },
    help: { ru: 'Осмотрите станок и запустите ещё раз.', en: 'Look at the machine and start it again.' },
    detail,
  }),
  nothingRuns: (): Fault => ({
    code: 'nothing-runs',
    text: { ru: 'На станке ничего не выполняется.', en: 'Nothing is running on the machine.' },
  }),
  nothingAsked: (): Fault => ({
    code: 'nothing-asked',
    text: { ru: 'Станок ничего не ждёт.', en: 'The machine waits for nothing.' },
  }),
  stillStopping: (): Fault => ({
    code: 'still-stopping',
    text: { ru: 'Станок ещё останавливается.', en: 'The machine is still stopping.' },
    help: { ru: 'Подождите пару секунд и повторите.', en: 'Wait a moment and try again.' },
  }),
  doorOpen: (): Fault => ({
    code: 'door-open',
    text: { ru: 'Защитная дверца открыта.', en: 'The safety door is open.' },
    help: { ru: 'Закройте дверцу и нажмите «Продолжить».', en: 'Close the door and press Resume.' },
  }),
  noAnswer: (what: string): Fault => ({
    code: 'no-answer',
    text: { ru: 'Станок не подтвердил команду.', en: 'The machine did not confirm the order.' },
    help: {
      ru: 'Посмотрите на станок: команда могла не выполниться.',
      en: 'Look at the machine: the order may not have been carried out.',
    },
    detail: what,
  }),
  notSupported: (what: string): Fault => ({
    code: 'not-supported',
    text: { ru: 'Этот станок такого не умеет.', en: 'This machine cannot do that.' },
    detail: what,
  }),
  badConsoleLine: (): Fault => ({
    code: 'bad-console-line',
    text: {
      ru: 'Такую строку нельзя послать станку: допустимы только латиница, цифры и знаки, кроме «!», «?», «~».',
      en: 'This line cannot be sent: only ASCII without "!", "?" and "~" is allowed.',
    },
    help: { ru: 'Пауза, продолжение и запрос состояния делаются кнопками.', en: 'Use the buttons to pause, resume and ask for the state.' },
  }),
  locked: (detail: string): Fault => ({
    code: 'locked',
    text: { ru: 'Станок заблокирован.', en: 'The machine is locked.' },
    help: {
      ru: 'Осмотрите станок, затем выполните поиск нуля или снимите блокировку.',
      en: 'Look at the machine, then home it or unlock it.',
    },
    detail,
  }),
  asleep: (): Fault => ({
    code: 'asleep',
    text: { ru: 'Контроллер станка спит: двигатели обесточены.', en: 'The controller sleeps: its motors are off.' },
    help: { ru: 'Сбросьте контроллер и выполните поиск нуля.', en: 'Reset the controller and home the machine.' },
  }),
  checkMode: (): Fault => ({
    code: 'check-mode',
    text: {
      ru: 'Контроллер в режиме проверки: он читает программы, но не двигается.',
      en: 'The controller is in check mode: it reads programs but does not move.',
    },
    help: { ru: 'Сбросьте контроллер.', en: 'Reset the controller.' },
  }),
  laserMode: (found: string, wanted: string): Fault => ({
    code: 'laser-mode-wrong',
    text:
      wanted === '1'
        ? {
            ru: 'У лазера выключен лазерный режим ($32=0): луч не гаснет при остановке.',
            en: 'Laser mode is off ($32=0) on a laser: the beam does not go dark when it stands still.',
          }
        : {
            ru: 'У фрезерного станка включён лазерный режим ($32=1): шпиндель не успеет раскрутиться.',
            en: 'Laser mode is on ($32=1) on a mill: the spindle will not spin up in time.',
          },
    help: { ru: `Позовите техника: нужно $32=${wanted}.`, en: `Call the technician: $32=${wanted} is needed.` },
    detail: `$32=${found}`,
  }),
  overrideStuck: (detail: string): Fault => ({
    code: 'override-not-confirmed',
    text: { ru: 'Станок не подтвердил новую скорость или мощность.', en: 'The machine did not confirm the new speed or power.' },
    detail,
  }),
} as const
