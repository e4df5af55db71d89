// Reads one line of a Marlin-family firmware into a value. Generous: what it does not know is a value, too.

import type { Action } from './prompts.ts'
import { readAction } from './prompts.ts'
import type { Heaters } from './temperature.ts'
import { readTemperatures } from './temperature.ts'

export type Position = { readonly x: number; readonly y: number; readonly z: number; readonly e?: number }

export type HaltCause =
  | 'thermal-runaway'
  | 'heating-failed'
  | 'thermal-malfunction'
  | 'max-temp'
  | 'min-temp'
  | 'probing-failed'
  | 'homing-failed'
  | 'watchdog'
  | 'killed'
  | 'stopped'

export type Heard =
  /** `count` > 1 where oks ran together; `line` where the firmware names the line it acknowledges. */
  | { readonly kind: 'ok'; readonly count: number; readonly line?: number; readonly buffer?: number; readonly heaters?: Heaters }
  | { readonly kind: 'resend'; readonly line: number }
  /** The firmware refused a line; a Resend usually follows. `lastLine` is the last one it took. */
  | { readonly kind: 'line-error'; readonly lastLine?: number; readonly text: string }
  | { readonly kind: 'busy'; readonly waiting: boolean }
  | { readonly kind: 'wait' }
  | { readonly kind: 'start' }
  /** A line that is printed at boot only: as good as `start`, which noise may have eaten. */
  | { readonly kind: 'boot'; readonly text: string }
  | { readonly kind: 'temperatures'; readonly heaters: Heaters; readonly count: number }
  | { readonly kind: 'position'; readonly position: Position; readonly count: number }
  | { readonly kind: 'firmware'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'capability'; readonly name: string; readonly on: boolean }
  | { readonly kind: 'setting'; readonly code: string; readonly value: string }
  | { readonly kind: 'card'; readonly printing: boolean; readonly fraction?: number }
  | { readonly kind: 'action'; readonly action: Action }
  /** `final`: the firmware has stopped for good. `soft`: M999 revives it. */
  | {
      readonly kind: 'halt'
      readonly cause: HaltCause
      readonly heater?: string
      readonly final: boolean
      readonly soft: boolean
      readonly text: string
    }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unknown-command'; readonly command: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'unknown'; readonly text: string; readonly count: number }

/** Reads a line; the terminator is gone already. The session answers a bare `ok` itself before it comes here. */
export function readLine(raw: string): Heard {
  const line = clean(raw)
  if (line === '') return { kind: 'blank' }
  const resend = readResend(line)
  if (resend !== undefined) return { kind: 'resend', line: resend }
  if (line.startsWith('ok') || line === 'OK') return readOk(line)
  if (line.startsWith('//')) return { kind: 'action', action: readAction(line) }
  const halt = readHalt(line)
  if (halt) return halt
  if (/^error/i.test(line)) return readError(line)
  if (/^(?:echo:\s*)?busy:/i.test(line)) return { kind: 'busy', waiting: /paused for/i.test(line) }
  if (line === 'wait') return { kind: 'wait' }
  if (line === 'start') return { kind: 'start' }
  if (isBoot(line)) return { kind: 'boot', text: line }
  if (line.startsWith('Cap:')) return readCapability(line)
  if (/(?:^|\s)FIRMWARE_NAME:/.test(line)) return { kind: 'firmware', fields: readFields(line) }
  // SD printing byte 1234/56789
  const card = /SD printing byte (\d+)\/(\d+)/i.exec(line)
  if (card) return { kind: 'card', printing: true, fraction: fraction(Number(card[1]), Number(card[2])) }
  if (/^(?:echo:)?(?:not sd printing|done printing file)/i.test(line)) return { kind: 'card', printing: false }
  if (line.startsWith('echo:') || line.startsWith('Unknown command:')) return readEcho(line)
  const position = readPosition(line)
  if (position) return { kind: 'position', position, count: trailingOks(line) }
  const heaters = /^(?:T\d?|B|C|Target\w+):/.test(line) ? readTemperatures(line) : undefined
  if (heaters) return { kind: 'temperatures', heaters, count: trailingOks(line) }
  const setting = readSetting(line)
  if (setting) return setting
  // File deleted:print.gcook — the newline was forgotten (OctoPrint's list of firmware quirks).
  const swallowed = line.length <= 5 || line.startsWith('File deleted:') ? trailingOks(line) : 0
  return { kind: 'unknown', text: line, count: swallowed }
}

/** Control characters and what is not ASCII at the front of a line are line noise; a NUL may stand anywhere. */
function clean(raw: string): string {
  let from = 0
  while (from < raw.length) {
    const code = raw.charCodeAt(from)
    if (code > 0x20 && code < 0x7f) break
    from++
  }
  const line = raw.slice(from).trimEnd()
  return line.includes('\0') ? line.replaceAll('\0', '') : line
}

// Resend: 23   Resend:23   Resend: N23   Resend: N:23   rs 23   rs N23 expected checksum 109 (Teacup)
// `rs` at the front only: words end in it. `Resend` anywhere: a lost newline glues it to the error before it.
const resendWord = /(?:^rs|Resend)\s*:?\s*N?\s*:?\s*(-?\d+)/i

function readResend(line: string): number | undefined {
  const first = line.charCodeAt(0) & ~0x20
  if (first !== 0x52 && !line.includes('esend')) return undefined
  const found = resendWord.exec(line)
  return found ? Number(found[1]) : undefined
}

// ok   okok   ok T:23.0 /220.0 B:60.0 /60.0   ok N12 P15 B3 (ADVANCED_OK)   ok 12 (Repetier)   ok P15 B3
function readOk(line: string): Heard {
  let count = 1
  for (let at = line.indexOf('ok', 2); at > 0; at = line.indexOf('ok', at + 2)) count++
  const rest = line.slice(2)
  // Where oks ran together the last one counts: the firmware executes in order.
  const named = count === 1 ? /^\s+N?(\d+)(?=\s|$)/.exec(rest) : /.*ok\s+N?(\d+)(?=\s|$)/.exec(rest)
  const buffer = /\sB(\d+)(?=\s|$)/.exec(rest)
  const heaters = rest.includes(':') ? readTemperatures(rest) : undefined
  return {
    kind: 'ok',
    count,
    ...(named ? { line: Number(named[1]) } : {}),
    ...(buffer ? { buffer: Number(buffer[1]) } : {}),
    ...(heaters ? { heaters } : {}),
  }
}

/** Oks whose newline was lost, glued to the end of a report: `… B@:31ok`. */
function trailingOks(line: string): number {
  let count = 0
  let end = line.length
  while (end >= 2 && line.slice(end - 2, end) === 'ok') {
    count++
    end -= 2
  }
  return count
}

// Error:Thermal Runaway, system stopped! Heater_ID: bed      Error:Printer halted. kill() called!
const halts: readonly (readonly [RegExp, HaltCause])[] = [
  [/thermal runaway/i, 'thermal-runaway'],
  [/heating failed/i, 'heating-failed'],
  [/thermal malfunction/i, 'thermal-malfunction'],
  [/maxtemp/i, 'max-temp'],
  [/mintemp/i, 'min-temp'],
  [/probing failed/i, 'probing-failed'],
  [/homing failed/i, 'homing-failed'],
  [/watchdog (?:barked|timeout)/i, 'watchdog'],
  [/printer halted|kill\(\) called|kill caused|emergency stop|^fatal:|^!!/i, 'killed'],
  [/printer stopped due to errors/i, 'stopped'],
]

/** Causes that `Error:` must introduce, or a line of their own: a display message may speak of them, too. */
function readHalt(line: string): Heard | undefined {
  const first = line.charCodeAt(0)
  // Only E(rror), f(atal), !, and split kill texts (T, H, M, W, K, P): anything else is not worth ten expressions.
  if (line.startsWith('echo:') || !/^[EeFf!THMWKP:]/.test(String.fromCharCode(first)) || /^M\d/.test(line)) return undefined
  for (const [words, cause] of halts) {
    if (!words.test(line)) continue
    const heater = /Heater_ID:\s*(\w+)/i.exec(line)?.[1] ?? /^Error:\s*(\d)\b/.exec(line)?.[1]
    return {
      kind: 'halt',
      cause,
      ...(heater === undefined ? {} : { heater: heaterName(heater) }),
      final: cause !== 'probing-failed' && cause !== 'homing-failed',
      soft: cause === 'stopped',
      text: line,
    }
  }
  return undefined
}

const heaterName = (id: string) => (/^\d$/.test(id) ? (id === '0' ? 'nozzle' : `nozzle${id}`) : id.toLowerCase())

// Error:Line Number is not Last Line Number+1, Last Line: 11      Error:checksum mismatch, Last Line: 11
// Error:No Checksum with line number, Last Line: 11               Error:No Line Number with checksum, Last Line: 11
const lineErrors = /line number|checksum|linenumber|last line|format error/i

function readError(line: string): Heard {
  if (!lineErrors.test(line)) return { kind: 'error', text: line }
  const last = /Last Line:\s*(-?\d+)/i.exec(line)
  return { kind: 'line-error', text: line, ...(last ? { lastLine: Number(last[1]) } : {}) }
}

// echo:Marlin 2.1.2   echo: Last Updated: 2022-12-17   echo: Free Memory: 3500  PlannerBufferBytes: 1136
// echo: External Reset   PowerUp   Brown out Reset   Watchdog Reset   Software Reset
const bootWords =
  /^(?:echo:)?\s*(?:Marlin\s+\S*\d+\.\d|Marlin bugfix|Last Updated:|Free Memory:|PowerUp$|External Reset$|Brown out Reset$|Watchdog Reset$|Software Reset$)/

const isBoot = (line: string) => bootWords.test(line)

// Cap:EMERGENCY_PARSER:1
function readCapability(line: string): Heard {
  const found = /^Cap:([A-Z0-9_]+):\s*([01])/.exec(line)
  return found ? { kind: 'capability', name: found[1] ?? '', on: found[2] === '1' } : { kind: 'unknown', text: line, count: 0 }
}

// FIRMWARE_NAME:Marlin 2.1.2 (Dec  1 2023 12:00:00) SOURCE_CODE_URL:https://… PROTOCOL_VERSION:1.0 MACHINE_TYPE:Ender-3 EXTRUDER_COUNT:1 UUID:…
function readFields(line: string): Record<string, string> {
  const fields: Record<string, string> = {}
  const marks = [...line.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*):/g)]
  marks.forEach((mark, index) => {
    const name = mark[1]
    const from = (mark.index ?? 0) + mark[0].length
    if (name !== undefined) fields[name] = line.slice(from, marks[index + 1]?.index ?? line.length).trim()
  })
  return fields
}

function readEcho(line: string): Heard {
  const text = line.replace(/^echo:\s*/, '')
  // echo:Unknown command: "M600"
  const unknown = /^Unknown command:\s*"?([^"]*)"?/.exec(text)
  if (unknown) return { kind: 'unknown-command', command: (unknown[1] ?? '').trim() }
  if (/^Printer locked/i.test(text)) return { kind: 'locked' }
  return readSetting(text) ?? { kind: 'echo', text }
}

// echo:  M203 X500.00 Y500.00 Z5.00 E25.00 ; units/s
function readSetting(line: string): Heard | undefined {
  const found = /^\s*([GM]\d{1,4})\s+([A-Z][^;]*)/.exec(line)
  if (!found) return undefined
  const [, code = '', rest = ''] = found
  return { kind: 'setting', code, value: rest.trim() }
}

// X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0
const positionWords = /^X:\s*(-?\d+(?:\.\d+)?)\s+Y:\s*(-?\d+(?:\.\d+)?)\s+Z:\s*(-?\d+(?:\.\d+)?)(?:\s+E0?:\s*(-?\d+(?:\.\d+)?)(?=\s|$))?/

function readPosition(line: string): Position | undefined {
  const found = positionWords.exec(line)
  if (!found) return undefined
  const [x, y, z] = [Number(found[1]), Number(found[2]), Number(found[3])]
  return found[4] === undefined ? { x, y, z } : { x, y, z, e: Number(found[4]) }
}

const fraction = (at: number, of: number) => (of > 0 ? Math.min(1, at / of) : 0)
