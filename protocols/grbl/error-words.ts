// error:N — the codes that Grbl 1.1, grblHAL and FluidNC share, and Grbl's own.
import type { CodeTable } from './help-words.ts'

/** 1–17 and 20–37 mean the same on all three (Grbl 1.1 interface.md; grblHAL errors.h; FluidNC Error.h). */
export const sharedErrors: CodeTable = {
  1: ['Команда G-кода должна начинаться с буквы, а в строке стоит что-то другое.', 'A G-code word must begin with a letter.', 'noise'],
  2: ['Число в строке пропущено или записано неверно.', 'A number is missing or malformed.', 'noise'],
  3: ['Контроллер не знает такой команды с «$».', 'The controller does not know this $ command.', 'technician'],
  4: ['Отрицательное число там, где допустимо только положительное.', 'A negative number where only a positive one may stand.', 'program'],
  5: ['Поиск нуля выключен в настройках контроллера.', 'Homing is switched off in the settings.', 'settings'],
  6: ['Импульс шага в настройках слишком короткий.', 'The step pulse setting is too short.', 'settings'],
  7: [
    'Память настроек не читается: контроллер вернул заводские значения.',
    'The settings memory could not be read: factory values were restored.',
    'settings',
  ],
  8: ['Эта команда принимается, только когда станок свободен.', 'This command is accepted only while the machine is idle.', 'idle'],
  9: [
    'Станок заблокирован после аварии или перемещается вручную: G-код не принимается.',
    'The machine is locked by an alarm or is jogging: no G-code is accepted.',
    'unlock',
  ],
  10: ['Программные границы поля требуют включённого поиска нуля.', 'Soft limits need homing to be switched on.', 'settings'],
  11: ['Строка длиннее, чем принимает контроллер.', 'The line is longer than the controller accepts.', 'program'],
  12: [
    'Такая настройка требует больше шагов в секунду, чем успевает контроллер.',
    'This setting needs more steps per second than the controller can make.',
    'settings',
  ],
  13: ['Открыта защитная дверца.', 'The safety door is open.', 'door'],
  14: ['Строка не помещается в память настроек.', 'The line does not fit into the settings memory.', 'technician'],
  15: [
    'Перемещение выходит за пределы рабочего поля; станок остался на месте.',
    'The jog leaves the work area; the machine did not move.',
    'placement',
  ],
  16: ['Команда ручного перемещения записана неверно.', 'The jog command is malformed.', 'technician'],
  17: ['Лазерный режим требует выхода с ШИМ.', 'Laser mode needs a PWM output.', 'settings'],
  20: ['Такой команды G-кода контроллер не поддерживает.', 'The controller does not support this G-code command.', 'program'],
  21: ['В одной строке две команды, которые исключают друг друга.', 'Two commands of one modal group stand in one line.', 'program'],
  22: ['Не задана скорость подачи (F).', 'No feed rate (F) has been set.', 'program'],
  23: ['Эта команда требует целого числа.', 'This command needs a whole number.', 'program'],
  24: ['Две команды в строке претендуют на одни и те же координаты.', 'Two commands in the line want the same axis words.', 'program'],
  25: ['Одна и та же буква стоит в строке дважды.', 'A word is repeated in the line.', 'noise'],
  26: ['Команде нужны координаты, а в строке их нет.', 'The command needs axis words and the line has none.', 'program'],
  27: ['Номер строки (N) вне допустимых границ.', 'The line number (N) is out of range.', 'program'],
  28: ['Команде не хватает параметра P или L.', 'The command lacks its P or L word.', 'program'],
  29: ['Системы координат G59.1–G59.3 не поддерживаются.', 'Coordinate systems G59.1 to G59.3 are not supported.', 'program'],
  30: ['G53 допустима только вместе с G0 или G1.', 'G53 is allowed only with G0 or G1.', 'program'],
  31: ['Координаты в строке ни к одной команде не относятся.', 'The line has axis words that no command uses.', 'program'],
  32: ['Для дуги не заданы координаты в её плоскости.', 'The arc has no axis words in its plane.', 'program'],
  33: ['Цель движения недостижима или дуга невозможна.', 'The target of the motion is invalid or the arc is impossible.', 'noise'],
  34: ['Дуга с таким радиусом невозможна.', 'The arc radius is impossible.', 'program'],
  35: ['Для дуги не задан центр (I, J, K).', 'The arc lacks its centre (I, J, K).', 'program'],
  36: ['В строке остались лишние слова, которые не нужны ни одной команде.', 'The line has words that no command uses.', 'noise'],
  37: ['Поправка на длину инструмента задана не для той оси.', 'The tool length offset names the wrong axis.', 'program'],
}

export const grblErrors: CodeTable = {
  38: ['Номер инструмента больше допустимого.', 'The tool number is greater than the controller supports.', 'program'],
}
