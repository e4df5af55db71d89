// From a code to a Fault: what error:N and ALARM:N mean on this firmware, and what to do about an alarm.
import type { Firmware } from '../contract/machine.ts'
import type { Fault, Sentence } from '../contract/words.ts'
import { fluidncAlarms, grblAlarms, grblhalAlarms, sharedAlarms } from './alarm-words.ts'
import { grblErrors, sharedErrors } from './error-words.ts'
import { fluidncErrors } from './error-words-fluidnc.ts'
import { grblhalErrors } from './error-words-grblhal.ts'
import { type CodeTable, type HelpKey, helpWords } from './help-words.ts'

export type GrblFamily = Extract<Firmware['family'], 'grbl' | 'grblhal' | 'fluidnc' | 'unknown-grbl'>
type CodeKind = 'error' | 'alarm'

/** Errors from 18 and alarms from 10 mean different things on each firmware: a table each. */
const ownTables: Record<CodeKind, Record<GrblFamily, CodeTable>> = {
  error: { grbl: grblErrors, grblhal: grblhalErrors, fluidnc: fluidncErrors, 'unknown-grbl': {} },
  alarm: { grbl: grblAlarms, grblhal: grblhalAlarms, fluidnc: fluidncAlarms, 'unknown-grbl': {} },
}
const sharedTables: Record<CodeKind, CodeTable> = { error: sharedErrors, alarm: sharedAlarms }

/** What a grblHAL board said about its own codes ($EE, $EA): `error:93` → its English sentence. */
export type LearnedCodes = ReadonlyMap<string, string>

/**
 * A Fault for one code. `text` is the raw line, kept as the technician's detail.
 * An unknown code still makes a Fault: with the board's own sentence where it has told one, else with the bare number.
 */
export function codeFault(kind: CodeKind, family: GrblFamily, code: number | undefined, text: string, learned?: LearnedCodes): Fault {
  const shared = code === undefined ? undefined : sharedTables[kind][code]
  const known = shared ?? (code === undefined ? undefined : ownTables[kind][family][code])
  const namespace = shared === undefined ? (family === 'unknown-grbl' ? 'grbl' : family) : 'grbl'
  const name = `${namespace}-${kind}-${code ?? 'unnumbered'}`
  if (known !== undefined) {
    const [ru, en, help] = known
    return { code: name, text: { ru, en }, help: helpFor(kind, help), detail: text }
  }
  const own = learned?.get(`${kind}:${code}`)
  const number = code === undefined ? text : String(code)
  return {
    code: name,
    text:
      own === undefined
        ? kind === 'error'
          ? { ru: `Контроллер сообщил об ошибке ${number}.`, en: `The controller reports error ${number}.` }
          : { ru: `Контроллер сообщил об аварии ${number}.`, en: `The controller reports alarm ${number}.` }
        : { ru: `Контроллер сообщил: «${own}»`, en: own },
    help: helpWords.technician,
    detail: text,
  }
}

export function isKnownCode(kind: CodeKind, family: GrblFamily, code: number, learned: LearnedCodes): boolean {
  return sharedTables[kind][code] !== undefined || ownTables[kind][family][code] !== undefined || learned.has(`${kind}:${code}`)
}

function helpFor(kind: CodeKind, key: HelpKey): Sentence {
  // After an alarm nothing can be repeated before the lock is off.
  return kind === 'alarm' && key === 'program' ? helpWords.unlock : helpWords[key]
}

export type AlarmKind = {
  /** The controller spins until it is reset and answers nothing, not even `?`. */
  readonly loops: boolean
  /** A technician must look: unlocking or homing does not cure it. */
  readonly down: boolean
  /** Spindle and beam may still be on, and a reset switches them off. Never where a reset would lift a homing lock or cannot help. */
  readonly reset: boolean
  /** What the program itself caused is a failure; everything else is an interruption. */
  readonly byProgram: boolean
}

const loopsOf: Record<GrblFamily, readonly number[]> = {
  grbl: [1, 2],
  grblhal: [1, 2, 10, 17, 20],
  fluidnc: [1, 2],
  'unknown-grbl': [1, 2],
}
const downOf: Record<GrblFamily, readonly number[]> = {
  grbl: [],
  grblhal: [10, 16, 17, 19, 20, 21],
  fluidnc: [10, 13, 15, 16],
  'unknown-grbl': [],
}
/** Raised at start-up, before anything can move or burn. A reset on grblHAL's 11 would override the homing lock. */
const bootOf: Record<GrblFamily, readonly number[]> = {
  grbl: [],
  grblhal: [10, 11, 12, 16, 17],
  fluidnc: [11, 14, 15],
  'unknown-grbl': [10, 11, 14],
}

/** A reset in motion and a failed homing: Grbl and grblHAL reset themselves then, and their banner follows unasked. */
const resetsItself: Record<GrblFamily, readonly number[]> = {
  grbl: [3, 6, 7, 8, 9],
  grblhal: [3, 6, 7, 8, 9, 15, 18],
  fluidnc: [3],
  'unknown-grbl': [3, 6, 7, 8, 9],
}

/** Sources: Grbl protocol.c (critical events); grblHAL alarms.h and protocol.c; FluidNC Alarm.h. */
export function alarmKind(family: GrblFamily, code: number | undefined): AlarmKind {
  const has = (codes: readonly number[]): boolean => code !== undefined && codes.includes(code)
  return {
    loops: has(loopsOf[family]),
    down: has(downOf[family]),
    reset: !has(bootOf[family]) && !has(resetsItself[family]),
    byProgram: has([2, 4, 5]) || (family === 'fluidnc' && has([17])),
  }
}
