// What people standing at a machine may say without signing in: "come here", "something is wrong". And what they see wrong, in words.
import type { Author } from './job.ts'
import type { MachineKind, MachineState } from './machine.ts'
import type { Fault, Sentence } from './words.ts'

export const problems = ['noise', 'smell', 'stuck', 'quality', 'material', 'screen', 'broken', 'other'] as const
export type Problem = (typeof problems)[number]

export const problemWords: Readonly<Record<Problem, Sentence>> = {
  smell: { ru: 'Дым или запах гари', en: 'Smoke or a burning smell' },
  broken: { ru: 'Сломалось', en: 'Something broke' },
  noise: { ru: 'Странный звук', en: 'A strange noise' },
  stuck: { ru: 'Застрял, не двигается', en: 'Stuck, does not move' },
  quality: { ru: 'Плохо получается', en: 'Parts come out badly' },
  material: { ru: 'Кончился материал', en: 'Out of material' },
  screen: { ru: 'Экран или кнопки', en: 'Screen or buttons' },
  other: { ru: 'Другое', en: 'Something else' },
}

/** Until a person has looked, nothing new begins on a machine of which this was said. */
export const holdingProblems: readonly Problem[] = ['smell', 'broken']

/** The fault codes of the two calls (command.ts, machine.settle). */
export const helpCalled = 'help-called' as const
export const problemReported = 'problem-reported' as const
export const peoplesFaults: readonly string[] = [helpCalled, problemReported]

/**
 * Free by its own word, yet something was reported of it: outside the school nobody can tell smoke from a noise,
 * so it is shown as waiting for a person rather than as free.
 */
export function waitsForALook({ state, faults }: { state: Pick<MachineState, 'state'>; faults: readonly Pick<Fault, 'code'>[] }): boolean {
  return state.state === 'ready' && faults.some(({ code }) => code === problemReported)
}

const someone = 'at-'

/** Whoever stands at the machine and has not signed in: known by the place alone, and heard there alone. */
export function someoneAt(machine: string): Author {
  // An account's id is at most 64 long and a machine's 48: it fits.
  return { id: `${someone}${machine}`, name: 'У станка', role: 'pupil' }
}

/** The machine such an author stands at; undefined for everybody else. */
export function standsAt(author: Author): string | undefined {
  const { id, name, role } = author
  return role === 'pupil' && name === 'У станка' && id.startsWith(someone) ? id.slice(someone.length) : undefined
}

/** What may have gone wrong with a part, as a person says it with the verdict; the first ones are the commonest. */
export const clearCauses: Readonly<Record<MachineKind, readonly Sentence[]>> = {
  printer: [
    { ru: 'Не прилипло или отклеилось', en: 'Did not stick or came off' },
    { ru: '«Спагетти»', en: '“Spaghetti”' },
    { ru: 'Засор сопла', en: 'Clogged nozzle' },
    { ru: 'Кончился филамент', en: 'Out of filament' },
    { ru: 'Сдвиг слоя', en: 'Layer shift' },
    { ru: 'Ошибка в модели', en: 'Mistake in the model' },
  ],
  laser: [
    { ru: 'Не прорезал', en: 'Not cut through' },
    { ru: 'Подгорело', en: 'Burnt' },
    { ru: 'Сбит фокус', en: 'Out of focus' },
    { ru: 'Сдвинулась заготовка', en: 'The workpiece moved' },
    { ru: 'Ошибка в файле', en: 'Mistake in the file' },
  ],
  mill: [
    { ru: 'Сломалась фреза', en: 'Broken cutter' },
    { ru: 'Сорвало заготовку', en: 'The workpiece came loose' },
    { ru: 'Пропуск шагов', en: 'Lost steps' },
    { ru: 'Ошибка в файле', en: 'Mistake in the file' },
  ],
}

/** A verdict's cause: one of these in both languages, whichever it was pressed in; what a person wrote as it stands. */
export function causeSentence(cause: string): Sentence {
  const known = Object.values(clearCauses).flat()
  return known.find(({ ru, en }) => ru === cause || en === cause) ?? { ru: cause, en: cause }
}
