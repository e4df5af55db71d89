// Every cause of a condition: how long it must last before a person is told and before it counts as over, how urgent it is, what it is called, what helps.
import type { Priority } from '../../protocols/contract/condition.ts'
import type { Sentence } from '../../protocols/contract/words.ts'

export type Cause = {
  priority: Priority
  /** It must hold so long without a break before it is raised, and be away so long before it is over: a loose cable is one alarm, not fifty. */
  raiseMs: number
  clearMs: number
  /** Told in opening hours only: at night nobody is there to do it, and a machine that is off is no trouble. */
  inHours?: true
  text: Sentence
  help: Sentence
}

const second = 1_000
const minute = 60_000
/** No rule answers faster but those where something may burn: sub-minute rules are what tires people of alarms. */
const usual = { raiseMs: minute, clearMs: minute }

const causeTable = {
  // Of the city itself (all-silent.ts): its broker or its network, not nineteen schools.
  'all-silent': {
    priority: 'urgent',
    raiseMs: 30 * second,
    clearMs: 30 * second,
    text: { ru: 'Замолчали почти все школы сразу', en: 'Nearly all schools fell silent at once' },
    help: {
      ru: 'Дело не в школах: проверьте сервер города, брокер MQTT и его сеть. Станки в школах работают сами.',
      en: 'It is not the schools: check the city server, the MQTT broker and its network. The machines in the schools go on by themselves.',
    },
  },
  'site-silent': {
    priority: 'urgent',
    raiseMs: 2 * minute,
    clearMs: 30 * second,
    text: { ru: 'Школа не на связи', en: 'The school is not heard' },
    help: {
      ru: 'Станки там работают сами. Позвоните в школу: включён ли узел и есть ли интернет. Если есть — перезапустите узел.',
      en: 'The machines there go on by themselves. Call the school: is the node on, is there a network? If so, restart the node.',
    },
  },
  down: {
    ...usual,
    priority: 'urgent',
    text: { ru: 'Неисправность', en: 'Machine fault' },
    help: {
      ru: 'Осмотрите станок, устраните причину и сбросьте контроллер на странице станка.',
      en: "Look at the machine, remove the cause, then reset the controller on the machine's page.",
    },
  },
  'heater-off-target': {
    priority: 'urgent',
    raiseMs: 30 * second,
    clearMs: minute,
    text: { ru: 'Нагреватель не держит температуру', en: 'A heater is far from its target' },
    help: {
      ru: 'Остановите задание и выключите нагрев. Проверьте термистор, нагревательный патрон и их провода.',
      en: 'Stop the job and switch the heater off. Check the thermistor, the heater cartridge and their wires.',
    },
  },
  'heater-drift': {
    ...usual,
    priority: 'soon',
    text: { ru: 'Температура отклоняется от заданной', en: 'A heater drifts from its target' },
    help: {
      ru: 'Проверьте силиконовый чехол, обдув и контакты термистора, затем настройте PID.',
      en: 'Check the silicone sock, the part fan and the thermistor contacts, then tune the PID.',
    },
  },
  attention: {
    priority: 'soon',
    inHours: true,
    raiseMs: 5 * minute,
    clearMs: minute,
    text: { ru: 'Станок давно ждёт человека', en: 'A machine has long been waiting for a person' },
    help: {
      ru: 'Попросите учителя подойти к станку: вопрос станка показан на его странице.',
      en: "Ask the teacher to go to the machine: what it asks is on the machine's page.",
    },
  },
  // Somebody stood there and saw it: nothing is to be waited for.
  'problem-reported': {
    priority: 'soon',
    raiseMs: 0,
    clearMs: 0,
    text: { ru: 'Сообщили о проблеме', en: 'A problem was reported' },
    help: { ru: 'Осмотрите станок и отметьте «Устранено».', en: 'Look at the machine and mark it as settled.' },
  },
  'repeat-failure': {
    ...usual,
    priority: 'soon',
    text: { ru: 'Одна и та же неудача трижды за неделю', en: 'The same failure three times in a week' },
    help: {
      ru: 'Станок не берёт новых заданий, пока его не проверят. Устраните причину и верните станок в работу.',
      en: 'The machine takes no new jobs until somebody has looked. Remove the cause and put it back to work.',
    },
  },
  'resends-critical': {
    ...usual,
    priority: 'soon',
    text: { ru: 'Каждая десятая строка идёт с повтором', en: 'One line in ten is sent again' },
    help: {
      ru: 'Замените USB-кабель на короткий экранированный и уведите его от двигателей; проверьте заземление.',
      en: 'Replace the USB cable by a short shielded one, keep it away from motors, check the grounding.',
    },
  },
  resends: {
    ...usual,
    priority: 'plan',
    text: { ru: 'Много повторов строк', en: 'Many lines are sent again' },
    help: {
      ru: 'Проверьте USB-кабель и разъём: помехи портят строки, пока они лишь повторяются.',
      en: 'Check the USB cable and its plug: noise spoils lines, so far they are only repeated.',
    },
  },
  'heater-duty-drift': {
    ...usual,
    priority: 'plan',
    text: { ru: 'Нагревателю нужно больше мощности, чем обычно', en: 'A heater needs more power than usual' },
    help: {
      ru: 'Проверьте чехол и утепление, прижим термистора и нагревателя, клеммы. Так нагреватель начинает отказывать.',
      en: 'Check the sock or the insulation, how the thermistor and the heater sit, the terminals. So a heater begins to fail.',
    },
  },
  'slow-to-heat-critical': {
    ...usual,
    priority: 'soon',
    text: { ru: 'Нагрев идёт намного дольше обычного', en: 'Heating up takes much longer than usual' },
    help: {
      ru: 'Проверьте нагреватель, его провода и блок питания, пока станок не остановился сам.',
      en: 'Check the heater, its wires and the power supply before the machine stops by itself.',
    },
  },
  'slow-to-heat': {
    ...usual,
    priority: 'plan',
    text: { ru: 'Нагрев идёт дольше обычного', en: 'Heating up takes longer than usual' },
    help: {
      ru: 'Проверьте клеммы нагревателя и напряжение блока питания; зимой — не дует ли из окна.',
      en: "Check the heater's terminals and the supply voltage; in winter, whether there is a draught.",
    },
  },
  'reconnects-critical': {
    ...usual,
    priority: 'soon',
    text: { ru: 'Связь со станком рвётся весь день', en: 'The connection to the machine breaks all day' },
    help: {
      ru: 'Замените кабель и порт, проверьте блок питания узла: с такой связью задания будут прерываться.',
      en: "Replace the cable, change the port, check the node's power supply: jobs will be cut off like this.",
    },
  },
  reconnects: {
    ...usual,
    priority: 'plan',
    text: { ru: 'Связь со станком рвётся', en: 'The connection to the machine keeps breaking' },
    help: {
      ru: 'Проверьте кабель, питание USB-концентратора и блок питания узла.',
      en: "Check the cable, the USB hub's power and the node's power supply.",
    },
  },
  settings: {
    ...usual,
    priority: 'soon',
    text: { ru: 'Настройки прошивки отличаются', en: 'Firmware settings differ' },
    help: {
      ru: 'Сверьте их на странице станка. Если так и надо — утвердите нынешние, иначе верните прежние.',
      en: "Compare them on the machine's page. If they are right, approve them; otherwise put the old ones back.",
    },
  },
  offline: {
    priority: 'plan',
    inHours: true,
    raiseMs: 10 * minute,
    clearMs: minute,
    text: { ru: 'Станок не в сети', en: 'The machine is offline' },
    help: {
      ru: 'Если станок не выключен нарочно, проверьте питание и кабель.',
      en: 'Unless it is switched off on purpose, check its power and its cable.',
    },
  },
  uncleared: {
    priority: 'plan',
    inHours: true,
    raiseMs: 30 * minute,
    clearMs: 5 * second,
    text: { ru: 'Деталь лежит на столе больше получаса', en: 'A part has been on the bed for over half an hour' },
    help: { ru: 'Напомните учителю: станок свободен, но занят деталью.', en: 'Remind the teacher: the machine is free but for the part.' },
  },
  'service-due': {
    ...usual,
    priority: 'plan',
    text: { ru: 'Пора провести ТО', en: 'Maintenance is due' },
    help: {
      ru: 'Что именно — на странице «Уход и ремонт». Отметьте там сделанное: отсчёт начнётся заново.',
      en: 'What exactly stands on the page of care. Note there what was done: the count starts anew.',
    },
  },
  'parts-low': {
    ...usual,
    priority: 'plan',
    text: { ru: 'Заканчиваются запчасти', en: 'Spare parts run out' },
    help: {
      ru: 'Закажите их или возьмите в другой школе: у кого лежат лишние, видно на странице «Уход и ремонт».',
      en: 'Order them, or fetch them from another school: who has some to spare stands on the page of care.',
    },
  },
} as const satisfies Record<string, Cause>

export type CauseName = keyof typeof causeTable
export const causes: Readonly<Record<CauseName, Cause>> = causeTable
