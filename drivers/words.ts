// What the machine room says to people, in both languages; codes for programs.
import type { Fault } from '../protocols/contract/words.ts'

type Text = readonly [ru: string, en: string]

function fault(code: string, text: Text, help?: Text, detail?: string): Fault {
  return {
    code,
    text: { ru: text[0], en: text[1] },
    ...(help === undefined ? {} : { help: { ru: help[0], en: help[1] } }),
    ...(detail === undefined ? {} : { detail }),
  }
}

export const faults = {
  portName: (port: string) =>
    fault(
      'port-name',
      [`«${port}» — не порт.`, `"${port}" is not a port.`],
      ['Укажите /dev/serial/by-id/… или tcp://адрес:порт.', 'Give /dev/serial/by-id/… or tcp://host:port.'],
    ),
  portMissing: (port: string) =>
    fault(
      'port-missing',
      [`Порта ${port} нет: машина выключена или отсоединена.`, `There is no port ${port}: the machine is off or unplugged.`],
      ['Включите машину и проверьте кабель USB.', 'Switch the machine on and check its USB cable.'],
    ),
  portBusy: (port: string, detail: string) =>
    fault(
      'port-busy',
      [`Порт ${port} занят другой программой.`, `Port ${port} is in use by another program.`],
      [
        'Закройте слайсер или другую программу, которая подключена к машине.',
        'Close the slicer or sender that is connected to the machine.',
      ],
      detail,
    ),
  portForbidden: (port: string, detail: string) =>
    fault(
      'port-forbidden',
      [`Нет прав на порт ${port}.`, `Access to port ${port} is denied.`],
      [
        'Добавьте пользователя службы в группу dialout и запустите её снова.',
        "Add the service's user to the group dialout and start it again.",
      ],
      detail,
    ),
  portUnreachable: (port: string, detail: string) =>
    fault(
      'port-unreachable',
      [`Машина не отвечает по адресу ${port}.`, `The machine does not answer at ${port}.`],
      ['Проверьте, что машина включена и подключена к сети школы.', "Check that the machine is on and in the school's network."],
      detail,
    ),
  portFailed: (port: string, detail: string) =>
    fault(
      'port-failed',
      [`Порт ${port} не открылся.`, `Port ${port} did not open.`],
      ['Отсоедините и снова подключите кабель машины.', "Unplug the machine's cable and plug it in again."],
      detail,
    ),
  portLost: (detail: string) =>
    fault(
      'port-lost',
      ['Связь с машиной пропала.', 'The connection to the machine is lost.'],
      ['Проверьте питание машины и кабель.', "Check the machine's power and cable."],
      detail,
    ),
  offline: () =>
    fault(
      'machine-offline',
      ['Машина не в сети.', 'The machine is offline.'],
      ['Включите машину и проверьте кабель.', 'Switch the machine on and check its cable.'],
    ),
  notReady: (state: string) =>
    fault(
      'machine-not-ready',
      ['Машина сейчас не готова начать задание.', 'The machine is not ready to start a job now.'],
      ['Подождите, пока она станет свободна, или посмотрите, чего она ждёт.', 'Wait until it is idle, or see what it waits for.'],
      state,
    ),
  occupied: (job: string) =>
    fault('machine-occupied', ['На машине уже идёт задание.', 'A job already runs on the machine.'], undefined, job),
  readOnly: () =>
    fault('machine-read-only', [
      'За этой машиной можно только наблюдать: управление выключено в настройках школы.',
      "This machine may only be watched: control is switched off in the school's settings.",
    ]),
  unknownMachine: (machine: string) =>
    fault('machine-unknown', [`Машины «${machine}» в мастерской нет.`, `There is no machine "${machine}" in the workshop.`]),
  badOrder: (detail: string) => fault('order-unreadable', ['Распоряжение не понято.', 'The order was not understood.'], undefined, detail),
  closing: () => fault('room-closing', ['Служба, ведущая машины, завершается.', 'The process that feeds the machines is ending.']),
  jobsRun: () => fault('jobs-run', ['Идут задания: сначала завершите или отмените их.', 'Jobs are running: finish or cancel them first.']),
  cancelledBeforeStart: () => fault('job-cancelled', ['Задание отменено до начала.', 'The job was cancelled before it began.']),
  programMissing: (detail: string) =>
    fault(
      'program-missing',
      ['Файл программы не читается.', 'The program file cannot be read.'],
      ['Загрузите файл ещё раз.', 'Upload the file again.'],
      detail,
    ),
  programChanged: (detail: string) =>
    fault(
      'program-changed',
      ['Файл программы изменился после проверки.', 'The program file has changed since it was checked.'],
      ['Загрузите файл ещё раз.', 'Upload the file again.'],
      detail,
    ),
  lineEndless: (line: number): Fault => ({
    ...fault(
      'line-too-long',
      [
        `Строка ${line} слишком длинна: это не программа станка или файл повреждён.`,
        `Line ${line} is too long: this is not a machine program, or the file is damaged.`,
      ],
      ['Сохраните программу из слайсера заново.', 'Save the program from the slicer again.'],
    ),
    line,
  }),
  stumbled: (detail: string) =>
    fault(
      'room-stumbled',
      ['Программа управления машиной споткнулась и начала заново.', "The machine's driver stumbled and started afresh."],
      ['Сообщите технику: в журнале есть подробности.', 'Tell the technician: the log has the details.'],
      detail,
    ),
  roomDied: (line: number) =>
    fault(
      'room-died',
      [
        `Служба, ведущая машины, прервалась, когда машина приняла ${line} строк программы.`,
        `The process that feeds the machines ended when the machine had taken ${line} lines of the program.`,
      ],
      [
        'Осмотрите машину: нагрев, шпиндель и лазер должны быть выключены. Задание нужно начать заново.',
        'Look at the machine: heaters, spindle and laser must be off. The job has to start afresh.',
      ],
    ),
}
