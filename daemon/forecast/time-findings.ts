// What the clock has against a program: it would run past closing or past the lesson, or it is too long for a pupil. Pure.

import type { MachineKind } from '../../protocols/contract/machine.ts'
import type { Finding, Program, Severity, Suitability } from '../../protocols/contract/program.ts'
import type { Role } from '../../protocols/contract/rights.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { firstStart, type Hours } from './hours.ts'
import { momentWords } from './reasons.ts'

export type TimeRules = {
  readonly runPastClosing: boolean
  /** A pupil's job longer than this… */
  readonly jobMaxHours?: number | undefined
  /** …is asked about, or refused. */
  readonly jobTooLong: 'ask' | 'stop'
}

export type TimeQuestion = {
  readonly hours: Hours
  readonly rules: TimeRules
  readonly role: Role
  readonly nowMs: number
  readonly kindOf: (machine: string) => MachineKind | undefined
}

/** The program with what the clock says of each machine that could take it; `fits` turns false where a pupil's job is too long to be queued. */
export function withTimeFindings(program: Program, question: TimeQuestion): Program {
  const machines = program.machines.map((one): Suitability => {
    const found = findingsFor(one, question)
    if (found.length === 0) return one
    return { ...one, fits: one.fits && found.every(({ severity }) => severity !== 'stop'), findings: [...one.findings, ...found] }
  })
  return { ...program, machines }
}

/** Does a teacher have to look, because of the clock, on one of these machines? */
export function asksForTeacher(program: Program, machines: readonly string[]): boolean {
  return program.machines.some(
    ({ machine, findings }) =>
      machines.includes(machine) && findings.some(({ code, severity }) => severity === 'ask' && codes.includes(code)),
  )
}

const codes: readonly string[] = ['too-long', 'past-hours', 'past-lesson']

function findingsFor({ machine, fits, estimatedSeconds }: Suitability, question: TimeQuestion): Finding[] {
  const { hours, rules, role, nowMs, kindOf } = question
  const kind = kindOf(machine)
  if (!fits || estimatedSeconds === undefined || kind === undefined) return []
  const facts = { seconds: estimatedSeconds }
  const found: Finding[] = []
  if (role === 'pupil' && rules.jobMaxHours !== undefined && estimatedSeconds > rules.jobMaxHours * 3600) {
    found.push(finding('too-long', rules.jobTooLong, { ...facts, limit: rules.jobMaxHours }))
  }
  const printer = kind === 'printer'
  const calendar = printer ? hours.open : hours.supervised
  const runsOn = printer && rules.runPastClosing
  if (firstStart(calendar, nowMs, estimatedSeconds, false) === undefined) {
    // No day is long enough: a printer may be allowed to go on alone, a laser never is.
    found.push(finding('past-hours', runsOn ? 'note' : 'ask', facts))
    return found
  }
  const begin = firstStart(calendar, nowMs, estimatedSeconds, runsOn) ?? nowMs
  const end = begin + estimatedSeconds * 1000
  const window = calendar.next(begin)
  if (runsOn && window !== undefined && end > window.to) found.push(finding('past-closing', 'note', facts))
  const lesson = hours.lessons?.next(nowMs)
  if (lesson && lesson.from <= nowMs && nowMs + estimatedSeconds * 1000 > lesson.to) {
    found.push(finding('past-lesson', 'note', { ...facts, moment: momentWords(lesson.to, nowMs, hours.timeZone) }))
  }
  return found
}

type Facts = { seconds: number; limit?: number; moment?: Sentence }
type Words = { text: (facts: Facts) => Sentence; technical?: (facts: Facts) => Sentence }

const words = {
  'too-long': {
    text: ({ seconds, limit = 0 }) => ({
      ru: `Работа на ${length(seconds).ru}, а ученику можно до ${length(limit * 3600).ru}. Разделите деталь или уменьшите её.`,
      en: `This takes ${length(seconds).en}; a pupil may ask for ${length(limit * 3600).en}. Split the part or make it smaller.`,
    }),
    technical: ({ seconds, limit = 0 }) => ({
      ru: `Прогноз ${Math.round(seconds)} с, rules.jobMaxHours = ${limit}.`,
      en: `Forecast ${Math.round(seconds)} s, rules.jobMaxHours = ${limit}.`,
    }),
  },
  'past-hours': {
    text: ({ seconds }) => ({
      ru: `Работа на ${length(seconds).ru}: за один день мастерская столько не открыта.`,
      en: `This takes ${length(seconds).en}: longer than the workshop is open on any day.`,
    }),
  },
  'past-closing': {
    text: () => ({
      ru: 'Закончится после закрытия: деталь можно будет забрать в следующий раз.',
      en: 'It ends after closing: the part can be taken when the workshop is open again.',
    }),
  },
  'past-lesson': {
    text: ({ moment }) => ({
      ru: `Не закончится до конца занятия (${moment?.ru ?? ''}).`,
      en: `It will not be done by the end of the lesson (${moment?.en ?? ''}).`,
    }),
  },
} satisfies Record<string, Words>

function finding(code: keyof typeof words, severity: Severity, facts: Facts): Finding {
  const { text, technical }: Words = words[code]
  return { code, severity, text: text(facts), ...(technical && { technical: technical(facts) }) }
}

function length(seconds: number): Sentence {
  const minutes = Math.max(1, Math.round(seconds / 60))
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours === 0) return { ru: `${minutes} мин`, en: `${minutes} min` }
  return rest === 0 ? { ru: `${hours} ч`, en: `${hours} h` } : { ru: `${hours} ч ${rest} мин`, en: `${hours} h ${rest} min` }
}
