// The line grammar of the Grbl family: one line from the controller becomes one value.
import { readStatus, type StatusReport } from './status.ts'

export type GrblLine =
  | { readonly kind: 'ok' }
  /** `code` is missing where a firmware speaks in words (Grbl 0.9, FluidNC with verbose errors). */
  | { readonly kind: 'error'; readonly code?: number; readonly text: string }
  | { readonly kind: 'alarm'; readonly code?: number; readonly text: string }
  | { readonly kind: 'status'; readonly status: StatusReport }
  | { readonly kind: 'banner'; readonly text: string }
  /** A startup line was executed: not an acknowledgement of anything we sent. */
  | { readonly kind: 'startup'; readonly block: string; readonly result: string }
  | { readonly kind: 'setting'; readonly key: string; readonly value: string }
  | { readonly kind: 'version'; readonly version: string; readonly note: string }
  | { readonly kind: 'options'; readonly letters: string; readonly plannerBlocks?: number; readonly receiveBufferBytes?: number }
  | { readonly kind: 'newOptions'; readonly names: readonly string[] }
  | { readonly kind: 'firmware'; readonly name: string }
  | { readonly kind: 'axes'; readonly count: number; readonly letters: string }
  | { readonly kind: 'modal'; readonly words: readonly string[] }
  | { readonly kind: 'offset'; readonly name: string; readonly values: readonly number[] }
  | { readonly kind: 'probe'; readonly values: readonly number[]; readonly touched: boolean }
  /** grblHAL's own list of its codes ($EE, $EA). */
  | { readonly kind: 'codeText'; readonly of: 'error' | 'alarm'; readonly code: number; readonly text: string }
  | { readonly kind: 'message'; readonly text: string }
  /** Another bracketed line: [HLP:…], [echo:…], [DRIVER:…]. */
  | { readonly kind: 'info'; readonly name: string; readonly text: string }
  /** Damaged on the way: counted, and never taken for an ok. What was plainly an error is told apart, for a line was refused then. */
  | { readonly kind: 'garbled'; readonly text: string; readonly wasError?: true }
  | { readonly kind: 'unknown'; readonly text: string }

/** Reads any line; what is not understood is a value too. Shapes: Grbl 1.1 interface.md; grblHAL report.c; FluidNC Report.cpp. */
export function readGrblLine(raw: string): GrblLine {
  const text = raw.trimEnd()
  if (text === 'ok') return { kind: 'ok' }
  if (text === '') return { kind: 'unknown', text }
  // A board that has just been reset prefixes its greeting with line noise: look for the banner before judging the bytes.
  const banner = bannerPattern.exec(text)
  if (banner !== null && !text.startsWith('[')) return { kind: 'banner', text: banner[0] }
  if (!/^[\x20-\x7e\t]*$/.test(text)) return unprintable(text)
  switch (text[0]) {
    case '<': {
      const status = readStatus(text)
      return status === undefined ? { kind: 'garbled', text } : { kind: 'status', status }
    }
    case '[':
      return readBracket(text)
    case '$':
      return readSetting(text)
    case '>': {
      // >G54G20:ok
      const startup = /^>(.*):(ok|error:?\s*\d*)$/.exec(text)
      return startup === null ? { kind: 'unknown', text } : { kind: 'startup', block: startup[1] ?? '', result: startup[2] ?? '' }
    }
  }
  // error:20 · error: Unsupported command · ALARM:1 · ALARM: Hard limit
  const trouble = /^(error|ALARM)\s*:\s*(?:(\d{1,3})(?!\d))?[\s:]*(.*)$/.exec(text)
  if (trouble !== null) {
    const kind = trouble[1] === 'error' ? 'error' : 'alarm'
    return trouble[2] === undefined ? { kind, text } : { kind, code: Number(trouble[2]), text }
  }
  if (mangledError.test(text)) return { kind: 'garbled', text, wasError: true }
  return mangledAnswer.test(text) ? { kind: 'garbled', text } : { kind: 'unknown', text }
}

// Grbl 1.1h ['$' for help] · GrblHAL 1.1f ['$' or '$HELP' for help] · Grbl 3.7 [FluidNC v3.7.16 (esp32-wifi) '$' for help]
const bannerPattern = /(?<=^\S{0,8})Grbl(?:HAL)? v?\d+\.\d+\S*(?: \[.*\])?/i

/** What is left of `ok`, `error:N` or `ALARM:N` after a byte was lost or changed. Long words of other firmwares are no acknowledgements. */
const mangledAnswer = /^(?:.{0,2}|o?k?ok.{0,3}|.{0,3}ok|A.{1,3}[RM].{0,4})$/

/** Two or three letters of `error` in their places are no accident: nothing else a controller says is so short and looks like it. */
const mangledError = /^(?:err.{2,6}|er.or.{0,4}|e.ror.{0,4}|.?rror.{0,4}|eror.{0,4}|erro.{1,4})$/s

/** FluidNC and others may write UTF-8 inside a message (a file's or a network's name): only bytes outside a bracket are noise. */
function unprintable(text: string): GrblLine {
  if (/^\[[A-Za-z]+:.*\]$/.test(text) && !hasControl(text)) return readBracket(text)
  return mangledError.test(text) ? { kind: 'garbled', text, wasError: true } : { kind: 'garbled', text }
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x20) return true
  return false
}

// [VER:1.1h.20190825:] · [OPT:VL,15,128] · [MSG:'$H'|'$X' to unlock] · [GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0] · [PRB:0.000,0.000,0.000:0]
function readBracket(text: string): GrblLine {
  if (!text.endsWith(']')) return { kind: 'garbled', text }
  const inner = text.slice(1, -1)
  const colon = inner.indexOf(':')
  // Grbl 0.9 wrote its messages bare: ['$H'|'$X' to unlock]
  if (colon < 0) return { kind: 'message', text: inner }
  const name = inner.slice(0, colon)
  const value = inner.slice(colon + 1)
  switch (name) {
    case 'MSG':
      return { kind: 'message', text: value.trim() }
    case 'VER': {
      const end = value.indexOf(':')
      return { kind: 'version', version: end < 0 ? value : value.slice(0, end), note: end < 0 ? '' : value.slice(end + 1).trim() }
    }
    case 'OPT': {
      const [letters = '', planner, receive] = value.split(',')
      const plannerBlocks = wholeNumber(planner)
      const receiveBufferBytes = wholeNumber(receive)
      return {
        kind: 'options',
        letters,
        ...(plannerBlocks === undefined ? {} : { plannerBlocks }),
        ...(receiveBufferBytes === undefined ? {} : { receiveBufferBytes }),
      }
    }
    case 'NEWOPT':
      return { kind: 'newOptions', names: value.split(',').filter(each => each !== '') }
    case 'FIRMWARE':
      return { kind: 'firmware', name: value }
    case 'AXS': {
      const [count, letters = ''] = value.split(':')
      return { kind: 'axes', count: wholeNumber(count) ?? letters.length, letters }
    }
    case 'GC':
      return { kind: 'modal', words: value.split(' ').filter(word => word !== '') }
    case 'PRB': {
      const [values = '', touched] = value.split(':')
      return { kind: 'probe', values: values.split(',').map(Number), touched: touched === '1' }
    }
    case 'ERRORCODE':
    case 'ALARMCODE': {
      // [ERRORCODE:1||G-code words consist of a letter and a value. Letter was not found.]
      const [code, title = '', description = ''] = value.split('|')
      const number = wholeNumber(code)
      if (number === undefined) return { kind: 'info', name, text: value }
      return { kind: 'codeText', of: name === 'ERRORCODE' ? 'error' : 'alarm', code: number, text: description || title }
    }
  }
  if (/^(?:G5[4-9](?:\.\d)?|G28|G30|G92|TLO)$/.test(name)) {
    const values = value.split(',').map(Number)
    if (values.every(Number.isFinite)) return { kind: 'offset', name, values }
  }
  return { kind: 'info', name, text: value }
}

// $110=500.000 · $N0=G54 · $110=500.000 (x max rate, mm/min)
function readSetting(text: string): GrblLine {
  const setting = /^(\$[A-Za-z]*\d+)=(.*?)(?: \(.*\))?$/.exec(text)
  return setting === null ? { kind: 'unknown', text } : { kind: 'setting', key: setting[1] ?? '', value: setting[2] ?? '' }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
