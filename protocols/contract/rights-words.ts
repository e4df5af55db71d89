// Why a right was refused, in words for the person who asked.
import type { Sentence } from './words.ts'

export type RightsCode =
  | 'unknown-order'
  | 'not-your-job'
  | 'teacher-only'
  | 'technician-only'
  | 'constant-power-needs-technician'
  | 'only-at-the-machine'
  | 'not-for-yourself'
  | 'colleagues-by-technician'

export const rightsWords: Readonly<Record<RightsCode, { readonly text: Sentence; readonly help?: Sentence }>> = {
  'unknown-order': {
    text: { ru: 'Площадка не знает такой команды.', en: 'This school does not know such an order.' },
  },
  'not-your-job': {
    text: {
      ru: 'Это чужое задание: отменять и исправлять можно только своё.',
      en: 'This job is somebody else’s: you may cancel or mend only your own.',
    },
    help: { ru: 'Попросите учителя.', en: 'Ask a teacher.' },
  },
  'teacher-only': {
    text: { ru: 'Это может сделать только учитель.', en: 'Only a teacher may do this.' },
    help: { ru: 'Попросите учителя.', en: 'Ask a teacher.' },
  },
  'technician-only': {
    text: { ru: 'Это может сделать только техник.', en: 'Only a technician may do this.' },
    help: { ru: 'Позовите техника.', en: 'Call a technician.' },
  },
  'constant-power-needs-technician': {
    text: {
      ru: 'Работу лазера на постоянной мощности (M3) может разрешить только техник.',
      en: 'Only a technician may allow constant laser power (M3).',
    },
    help: {
      ru: 'Пересохраните программу с динамической мощностью (M4).',
      en: 'Export the program again with dynamic power (M4).',
    },
  },
  'only-at-the-machine': {
    text: {
      ru: 'Лазером и фрезером управляют только стоя у станка, с экрана мастерской.',
      en: 'Lasers and mills are set moving only by a person at the machine, from the workshop’s own screen.',
    },
    help: { ru: 'Подойдите к станку и сделайте это там.', en: 'Go to the machine and do it there.' },
  },
  'not-for-yourself': {
    text: { ru: 'Себе самому инструктаж и допуск не оформляют.', en: 'Nobody records an instruction or grants a permit to oneself.' },
    help: { ru: 'Попросите коллегу, техника или администратора.', en: 'Ask a colleague, a technician or an administrator.' },
  },
  'colleagues-by-technician': {
    text: {
      ru: 'Учитель оформляет допуск ученикам; сотрудникам — техник или администратор.',
      en: 'A teacher grants permits to pupils; to staff a technician or an administrator does.',
    },
    help: { ru: 'Попросите техника или администратора.', en: 'Ask a technician or an administrator.' },
  },
}
