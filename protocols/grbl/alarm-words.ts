// ALARM:N — the codes that all share (1–9), and each firmware's own from 10 on.
import type { CodeTable } from './help-words.ts'

/** Grbl 1.1 interface.md, "Alarm Message"; the same on grblHAL and FluidNC. */
export const sharedAlarms: CodeTable = {
  1: [
    'Сработал концевой выключатель: станок остановлен рывком, положение потеряно.',
    'A hard limit was triggered: the machine stopped dead and its position is lost.',
    'limits',
  ],
  2: [
    'Программа ведёт за пределы рабочего поля; станок остановлен, положение сохранено.',
    'The program leaves the work area; the machine stopped and kept its position.',
    'placement',
  ],
  3: ['Контроллер сброшен на ходу: положение потеряно.', 'The controller was reset while moving: the position is lost.', 'home'],
  4: ['Щуп перед измерением был в неверном состоянии.', 'The probe was not in its initial state before the probing cycle.', 'probe'],
  5: ['Щуп не коснулся детали на заданном пути.', 'The probe did not touch the workpiece within the programmed travel.', 'probe'],
  6: ['Поиск нуля прерван сбросом.', 'Homing failed: the cycle was reset.', 'homeFirst'],
  7: ['Поиск нуля прерван: открылась дверца.', 'Homing failed: the safety door was opened.', 'door'],
  8: [
    'Поиск нуля не удался: ось не сошла с концевого выключателя.',
    'Homing failed: the axis did not come off its limit switch.',
    'switches',
  ],
  9: ['Поиск нуля не удался: концевой выключатель не найден.', 'Homing failed: the limit switch was not found.', 'switches'],
}

export const grblAlarms: CodeTable = {
  10: [
    'Поиск нуля не удался: второй выключатель сдвоенной оси не найден.',
    'Homing failed: the second switch of a dual axis was not found.',
    'switches',
  ],
}

export const grblhalAlarms: CodeTable = {
  10: ['Нажата красная кнопка (аварийный останов).', 'The emergency stop is pressed.', 'redButton'],
  11: ['После включения нужен поиск нуля.', 'The machine must be homed after power-up.', 'homeFirst'],
  12: ['Нажат концевой выключатель.', 'A limit switch is pressed.', 'limits'],
  13: ['Сработала защита щупа.', 'The probe protection was triggered.', 'probe'],
  14: ['Шпиндель не набрал обороты вовремя.', 'The spindle did not reach its speed in time.', 'spindle'],
  15: [
    'Поиск нуля не удался: второй выключатель выравниваемой оси не найден.',
    'Homing failed: the second switch of an auto-squared axis was not found.',
    'switches',
  ],
  16: ['Контроллер не прошёл самопроверку при включении.', 'The power-on self test failed.', 'technician'],
  17: ['Неисправен привод двигателя.', 'A motor driver reports a fault.', 'technician'],
  18: ['Поиск нуля не удался: он неверно настроен.', 'Homing failed: its configuration is wrong.', 'settings'],
  19: ['Нет связи со шпинделем по Modbus.', 'The Modbus link (spindle) failed.', 'spindle'],
  20: ['Нет связи с платой расширения.', 'The I/O expander failed.', 'technician'],
  21: ['Память настроек неисправна.', 'The settings memory failed.', 'technician'],
  22: ['Буфер контроллера переполнен: часть команд потеряна.', 'The receive buffer overflowed: commands were lost.', 'reset'],
}

export const fluidncAlarms: CodeTable = {
  10: ['Шпиндель не отвечает на управление.', 'The spindle does not respond to control.', 'spindle'],
  11: ['При включении активен управляющий вход.', 'A control input is active at start-up.', 'technician'],
  12: [
    'Поиск нуля не удался: непонятно, какой из выключателей нажат.',
    'Homing failed: it is not clear which switch is pressed.',
    'switches',
  ],
  13: ['Сработал вход аварийной остановки движения.', 'The hard stop input was triggered.', 'redButton'],
  14: ['Станок ещё не искал ноль.', 'The machine has not been homed.', 'homeFirst'],
  15: ['Контроллер не смог запуститься с этими настройками.', 'The controller could not start with its configuration.', 'settings'],
  16: ['Плата расширения перезапустилась.', 'The I/O expander was reset.', 'technician'],
  17: [
    'Ошибка G-кода в программе с карты памяти контроллера.',
    "A G-code error in a program run from the controller's own card.",
    'program',
  ],
  18: ['Во время измерения сработал концевой выключатель.', 'A limit switch was triggered while probing.', 'limits'],
}
