// What we say when something goes wrong with a Marlin-family machine, in both languages.
import type { Fault, Sentence } from '../contract/words.ts'
import type { HaltCause } from './read.ts'

type Words = { readonly text: Sentence; readonly help?: Sentence }

const powerCycle: Sentence = {
  ru: 'Нажмите кнопку сброса на принтере или выключите его и включите через 10 секунд. Если повторится — позовите техника.',
  en: 'Press the reset button of the printer, or switch it off and on again after 10 seconds. If it happens again, call the technician.',
}
const checkCable: Sentence = {
  ru: 'Проверьте кабель USB и блок питания, уберите кабель от двигателей и нагревателей.',
  en: 'Check the USB cable and the power supply, and keep the cable away from motors and heaters.',
}

const words = {
  'no-answer': {
    text: { ru: 'Порт открыт, но принтер не отвечает.', en: 'The port is open, but the printer does not answer.' },
    help: {
      ru: 'Проверьте, что принтер включён, а скорость порта в настройках станка верна.',
      en: "Check that the printer is switched on and that the port's speed is right in the machine's settings.",
    },
  },
  'wrong-baud': {
    text: {
      ru: 'От принтера приходит неразборчивый шум: похоже, скорость порта указана неверно.',
      en: 'The printer sends unreadable noise: the speed of the port is probably wrong.',
    },
    help: {
      ru: 'Обычно это 115200 или 250000; исправьте в настройках станка.',
      en: 'Usually it is 115200 or 250000; change it in the machine’s settings.',
    },
  },
  'boot-loop': {
    text: { ru: 'Принтер снова и снова перезапускается.', en: 'The printer restarts again and again.' },
    help: checkCable,
  },
  closed: { text: { ru: 'Связь с принтером прервалась.', en: 'The connection to the printer was lost.' }, help: checkCable },
  restarted: {
    text: {
      ru: 'Принтер перезапустился во время работы и потерял своё положение.',
      en: 'The printer restarted while working and no longer knows its position.',
    },
    help: {
      ru: 'Снимите деталь и начните задание заново. Если повторится — проверьте питание.',
      en: 'Remove the part and start the job again. If it happens again, check the power supply.',
    },
  },
  silent: {
    text: { ru: 'Принтер замолчал и не отвечает на вопросы.', en: 'The printer fell silent and does not answer.' },
    help: powerCycle,
  },
  unacknowledged: {
    text: {
      ru: 'Принтер присылает температуры, но больше не принимает команды.',
      en: 'The printer reports temperatures but takes no commands any more.',
    },
    help: powerCycle,
  },
  'resend-storm': {
    text: {
      ru: 'Принтер десять раз подряд просил повтор одной и той же строки.',
      en: 'The printer asked for the same line ten times.',
    },
    help: checkCable,
  },
  'resend-outside-history': {
    text: {
      ru: 'Принтер просит строку, которой уже нет в памяти: продолжить без ошибки нельзя.',
      en: 'The printer asks for a line that is no longer kept: the job cannot go on without a mistake.',
    },
    help: checkCable,
  },
  'cannot-resend': {
    text: {
      ru: 'Принтер просит повтор строки, но для него включена работа без номеров строк.',
      en: 'The printer asks for a line again, but it is set up to work without line numbers.',
    },
    help: { ru: 'Уберите у модели признак no-numbering.', en: 'Remove the quirk no-numbering from the model.' },
  },
  'thermal-runaway': {
    text: {
      ru: 'Авария нагрева: температура ушла от заданной, принтер остановился.',
      en: 'Thermal runaway: the temperature left its target and the printer stopped.',
    },
    help: {
      ru: 'Выключите принтер. Техник должен проверить датчик температуры и нагреватель.',
      en: 'Switch the printer off. A technician must check the thermistor and the heater.',
    },
  },
  'heating-failed': {
    text: { ru: 'Нагреватель не греет, принтер остановился.', en: 'A heater does not heat, and the printer stopped.' },
    help: {
      ru: 'Выключите принтер. Техник должен проверить нагреватель и его провода.',
      en: 'Switch the printer off. A technician must check the heater and its wires.',
    },
  },
  'thermal-malfunction': {
    text: { ru: 'Неисправность нагрева, принтер остановился.', en: 'Thermal malfunction: the printer stopped.' },
    help: {
      ru: 'Выключите принтер. Техник должен проверить нагреватель и датчик.',
      en: 'Switch the printer off. A technician must check heater and sensor.',
    },
  },
  'max-temp': {
    text: { ru: 'Температура выше допустимой, принтер остановился.', en: 'The temperature is above the maximum, and the printer stopped.' },
    help: {
      ru: 'Выключите принтер. Чаще всего это замыкание датчика температуры.',
      en: 'Switch the printer off. Most often the thermistor is shorted.',
    },
  },
  'min-temp': {
    text: {
      ru: 'Датчик показывает слишком низкую температуру, принтер остановился.',
      en: 'The sensor shows too low a temperature, and the printer stopped.',
    },
    help: {
      ru: 'Чаще всего датчик отсоединился или оборван провод; иногда в комнате холодно.',
      en: 'Most often the thermistor is unplugged or its wire is broken; sometimes the room is cold.',
    },
  },
  'probing-failed': {
    text: { ru: 'Не удалось измерить стол.', en: 'Probing the bed failed.' },
    help: { ru: 'Очистите сопло и стол, проверьте датчик стола.', en: 'Clean the nozzle and the bed, and check the probe.' },
  },
  'homing-failed': {
    text: { ru: 'Принтер не нашёл нулевую точку.', en: 'The printer did not find its home position.' },
    help: {
      ru: 'Проверьте, не мешает ли что-нибудь движению, и концевые выключатели.',
      en: 'Check that nothing blocks the axes, and the end switches.',
    },
  },
  watchdog: { text: { ru: 'Сработал сторожевой таймер принтера.', en: "The printer's watchdog has tripped." }, help: powerCycle },
  killed: { text: { ru: 'Принтер остановился и ждёт сброса.', en: 'The printer has halted and waits for a reset.' }, help: powerCycle },
  stopped: {
    text: { ru: 'Принтер остановился из-за ошибки.', en: 'The printer stopped because of an error.' },
    help: { ru: 'Устраните причину и снимите блокировку.', en: 'Mend the cause and unlock the printer.' },
  },
  'stopped-by-order': {
    text: { ru: 'Принтер остановлен по приказу и ждёт сброса.', en: 'The printer was stopped by order and waits for a reset.' },
    help: {
      ru: 'Когда всё в порядке, нажмите «Сброс» здесь или на принтере.',
      en: 'When all is well, press “Reset” here or on the printer.',
    },
  },
  'stop-unconfirmed': {
    text: {
      ru: 'Приказ остановиться отправлен, но принтер его не подтвердил.',
      en: 'The order to stop was sent, but the printer did not confirm it.',
    },
    help: {
      ru: 'Если принтер ещё работает, выключите его кнопкой на корпусе или красной кнопкой.',
      en: 'If it still moves or heats, switch it off at the machine or by the red button.',
    },
  },
  'thermal-protection-off': {
    text: {
      ru: 'В прошивке выключена защита от перегрева: без присмотра этот принтер опасен.',
      en: 'Thermal protection is off in the firmware: this printer is dangerous unattended.',
    },
    help: { ru: 'Техник должен обновить прошивку.', en: 'A technician must update the firmware.' },
  },
  'heaters-left-on': {
    text: {
      ru: 'При подключении нагреватели были включены, хотя задания нет; они выключены.',
      en: 'The heaters were on at connection though no job runs; they were switched off.',
    },
  },
  'cancel-waits': {
    text: {
      ru: 'Эта прошивка не умеет прерывать нагрев: задание остановится, когда температура будет достигнута.',
      en: 'This firmware cannot break off heating: the job ends when the temperature is reached.',
    },
    help: { ru: 'Если ждать нельзя, выключите принтер.', en: 'If it cannot wait, switch the printer off.' },
  },
  'line-too-long': {
    text: {
      ru: 'Строка программы длиннее, чем принимает прошивка.',
      en: 'A line of the program is longer than the firmware takes.',
    },
    help: { ru: 'Сохраните программу из слайсера заново.', en: 'Save the program from the slicer again.' },
  },
  'not-connected': { text: { ru: 'Принтер не подключён.', en: 'The printer is not connected.' } },
  'no-button': {
    text: {
      ru: 'У принтеров нет кнопки «Пуск», которой ждут: запустите задание с экрана.',
      en: 'Printers have no start button to wait for: start the job from the screen.',
    },
  },
  'not-ready': {
    text: { ru: 'Принтер сейчас не может начать задание.', en: 'The printer cannot start a job now.' },
  },
  down: { text: { ru: 'Принтер остановлен и ждёт сброса.', en: 'The printer has halted and waits for a reset.' }, help: powerCycle },
  'job-running': { text: { ru: 'Идёт задание.', en: 'A job is running.' } },
  foreign: {
    text: { ru: 'Принтер печатает с карты памяти или с панели.', en: 'The printer prints from its card or panel.' },
  },
  'no-job': { text: { ru: 'Задания нет.', en: 'There is no job.' } },
  'not-paused': { text: { ru: 'Принтер не на паузе.', en: 'The printer is not paused.' } },
  'press-button': {
    text: {
      ru: 'Эта прошивка ждёт нажатия кнопки на самом принтере.',
      en: 'This firmware waits for a press of the button on the printer itself.',
    },
  },
  'no-prompt': { text: { ru: 'Принтер ни о чём не спрашивает.', en: 'The printer asks nothing.' } },
  'unknown-heater': { text: { ru: 'У принтера нет такого нагревателя.', en: 'The printer has no such heater.' } },
  'nothing-to-unlock': { text: { ru: 'Принтер не заблокирован.', en: 'The printer is not locked.' } },
  'unsupported-frame': {
    text: { ru: 'Обводить рамку умеют только лазерные гравёры с Grbl.', en: 'Only laser engravers with Grbl trace a frame.' },
  },
  'unsupported-override': {
    text: { ru: 'Marlin не меняет скорость холостых перемещений отдельно.', en: 'Marlin has no separate override for rapid moves.' },
  },
  'bad-line': {
    text: { ru: 'Такую строку отправить нельзя.', en: 'This line cannot be sent.' },
    help: {
      ru: 'Нужна одна команда латиницей; M110 и M112 отправляет только сама программа.',
      en: 'One command in Latin letters; M110 and M112 are sent by the system only.',
    },
  },
  locked: { text: { ru: 'Панель принтера заблокирована паролем.', en: 'The printer is locked by a passcode.' } },
  'command-missing': {
    text: {
      ru: 'Прошивка не знает команды паузы из программы; печать приостановлена здесь.',
      en: 'The firmware does not know the pause command of the program; the print is paused from here.',
    },
  },
  lost: { text: { ru: 'Ответ принтера на команду потерян.', en: "The printer's answer to the command was lost." } },
} as const satisfies Record<string, Words>

export type FaultCode = keyof typeof words

/** A fault of this family. `detail` is the raw word of the firmware, `line` the 1-based line of the program. */
export function fault(code: FaultCode, detail?: string, line?: number): Fault {
  const { text, help }: Words = words[code]
  return { code, text, ...(help ? { help } : {}), ...(detail ? { detail } : {}), ...(line === undefined ? {} : { line }) }
}

/** A halt by the firmware itself, naming the heater where it does. */
export function haltFault(cause: HaltCause, heater: string | undefined, detail: string): Fault {
  const said = fault(cause, detail)
  if (heater === undefined) return said
  const name = heaterNames[heater] ?? { ru: heater, en: heater }
  return { ...said, text: { ru: `${said.text.ru} (${name.ru})`, en: `${said.text.en} (${name.en})` } }
}

const heaterNames: Record<string, Sentence> = {
  nozzle: { ru: 'сопло', en: 'nozzle' },
  nozzle1: { ru: 'второе сопло', en: 'second nozzle' },
  bed: { ru: 'стол', en: 'bed' },
  chamber: { ru: 'камера', en: 'chamber' },
}
