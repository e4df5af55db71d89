// The gate of Marlin: one command a line, its own number and checksum gone, texts only as far as they are plain ASCII.
import type { Fault } from '../contract/words.ts'
import { isHarmlessName, leaveOf, takesText } from './forbidden.ts'
import type { Gate, GateRules } from './gate-line.ts'
import {
  dot,
  letterA,
  letterM,
  letterO,
  letterT,
  letterZ,
  minus,
  nine,
  parenthesis,
  parenthesisEnd,
  plus,
  quote,
  rawCharsMax,
  refusal,
  semicolon,
  skipMark,
  slash,
  space,
  star,
  zero,
} from './gate-line.ts'
import { type GateFault, gateFault } from './gate-words.ts'

/** `N123456 ` in front and `*123` behind: what a Marlin frame adds to a line. */
export const marlinFrameChars = 12

/**
 * Characters that end a line or its checksum on one build or another. Only a build with GCODE_QUOTED_STRINGS reads past them
 * in quotes; on the others `;` and `(` begin a comment and take our checksum with them, which the machine then asks for again
 * without end (Marlin queue.cpp, process_stream_char).
 */
const notQuotable = '!?~*$;()\\'

export function marlinGate(rules: GateRules, firstLine: number): Gate {
  const laser = rules.machineKind === 'laser'
  const textMax = rules.lineLengthMax - marlinFrameChars
  let number = firstLine - 1
  const bad = (code: GateFault, raw: string) => ({ fault: gateFault(code, number, raw) })
  const finish = (send: string, raw: string) => (send.length > textMax ? bad('line-too-long', raw) : { send })

  // Marlin finds its parameters by letter, blanks or not (parser.cpp); one blank between words keeps old parsers content.
  function line(raw: string): { send: string } | 'skip' | { fault: Fault } {
    number++
    const length = raw.length
    let i = number === 1 ? skipMark(raw) : 0
    while (i < length && raw.charCodeAt(i) <= space) i++
    // A program's own number and checksum give way to ours; of two numbers both, or the second would be read as ours.
    while (i < length && (raw.charCodeAt(i) | space) === 110) {
      let after = i + 1
      while (after < length && isNumberChar(raw.charCodeAt(after))) after++
      if (after === i + 1) break
      i = after
      while (i < length && raw.charCodeAt(i) <= space) i++
    }
    if (i >= length) return 'skip'
    const first = raw.charCodeAt(i)
    // Comments, tape marks, block delete (which Marlin does not know: it would only complain), commands to a host.
    if (first === semicolon || first === 37 || first === slash || first === 64) return 'skip'
    if (first === parenthesis) {
      const end = raw.indexOf(')', i)
      return end < 0 ? 'skip' : continueAfter(raw.slice(end + 1))
    }
    if (first === 36) return bad('setting-line', raw)
    const letter = first >= 97 && first <= 122 ? first - space : first
    if (letter < letterA || letter > letterZ) {
      return first === 91 || first === 123 || first === 35 ? bad('expression', raw) : bad('unreadable-line', raw)
    }
    let at = i + 1
    while (at < length && raw.charCodeAt(at) === space) at++
    let code = 0
    let digits = 0
    while (at < length) {
      const c = raw.charCodeAt(at)
      if (c < zero || c > nine) break
      code = code * 10 + (c - zero)
      digits++
      at++
    }
    if (letter === letterM && digits > 0) {
      const leave = leaveOf('marlin', code)
      if (leave === 'skip') return 'skip'
      if (leave !== undefined) return bad(refusal(leave), raw)
      if (code === 3 && laser && !rules.constantPowerAllowed) return bad('constant-power', raw)
      if (takesText(code)) return textLine(raw, code, at)
      // Names of printed objects, in whatever script; the printer can do without.
      if (code === 486 && /^\s*A/i.test(raw.slice(at))) return 'skip'
    } else if (digits === 0 && i + 1 < length) {
      const second = raw.charCodeAt(i + 1)
      const named = second === 95 || ((second | space) >= 97 && (second | space) <= 122)
      if (named && letter !== letterT) {
        if (isHarmlessName(raw.slice(i, i + 40))) return 'skip'
        return /^[A-Za-z_][A-Za-z0-9_]*(\s|$)/.test(raw.slice(i, i + 80)) && !/^[A-Za-z_]\s/.test(raw.slice(i, i + 2))
          ? bad('foreign-macro', raw)
          : bad('unreadable-line', raw)
      }
    }
    if (letter === letterO) return 'skip'
    return wordsLine(raw, i)
  }

  function continueAfter(rest: string): ReturnType<Gate['line']> {
    number--
    return line(rest)
  }

  function wordsLine(raw: string, start: number): { send: string } | 'skip' | { fault: Fault } {
    const length = raw.length
    let send = ''
    let runStart = -1
    let blank = false
    let quoted = false
    for (let i = start; i < length; i++) {
      const code = raw.charCodeAt(i)
      if (quoted) {
        if (code === quote) quoted = false
        else if (code < space || code > 126 || notQuotable.includes(raw.charAt(i))) return bad('unreadable-line', raw)
        continue
      }
      const plain =
        (code >= zero && code <= nine) ||
        (code >= letterA && code <= letterZ) ||
        code === dot ||
        code === minus ||
        code === plus ||
        code === 58
      if (plain) {
        if (runStart < 0) {
          if (blank && send !== '') send += ' '
          blank = false
          runStart = i
        }
        continue
      }
      // One blank inside a run goes out as it stands.
      if (code === space && runStart >= 0 && i + 1 < length) {
        const next = raw.charCodeAt(i + 1)
        if (next > space && next !== 0xa0 && next !== semicolon && next !== parenthesis && next !== star) continue
      }
      if (code === quote) {
        if (runStart < 0) {
          if (blank && send !== '') send += ' '
          blank = false
          runStart = i
        }
        quoted = true
        continue
      }
      if (runStart >= 0) {
        send += raw.slice(runStart, i)
        runStart = -1
      }
      if (code === 13 && raw.slice(i).trim() !== '') return bad('unreadable-line', raw)
      if (code <= space || code === 0xa0) {
        blank = true
        continue
      }
      if (code >= 97 && code <= 122) {
        if (blank && send !== '') send += ' '
        blank = false
        send += String.fromCharCode(code - space)
        continue
      }
      if (code === semicolon || code === star) break
      if (code === parenthesis) {
        const end = raw.indexOf(')', i)
        if (end < 0) break
        i = end
        blank = true
        continue
      }
      if (code === parenthesisEnd) return bad('unreadable-line', raw)
      if (code === 35 || code === 91 || code === 93 || code === 61 || code === 123 || code === 125) return bad('expression', raw)
      return bad('unreadable-line', raw)
    }
    if (quoted) return bad('unreadable-line', raw)
    if (runStart >= 0) send += runEnd(raw, runStart)
    return send === '' ? 'skip' : finish(send, raw)
  }

  // M117 text goes to the machine's own screen: what cannot be said in plain ASCII is left unsaid.
  function textLine(raw: string, code: number, at: number): { send: string } | 'skip' | { fault: Fault } {
    const comment = raw.indexOf(';', at)
    const text = raw.slice(at, comment < 0 ? raw.length : comment).trim()
    const sayable = /^[\x20-\x7e]*$/.test(text)
    if (code === 117 && !sayable) return 'skip'
    const said = sayable
      ? text
          .replace(/[!?~*$()\\]/g, '')
          .replace(/\s+/g, ' ')
          .trim()
      : ''
    const send = said === '' ? `M${code}` : `M${code} ${said}`
    // A message is decoration: shortened, never refused.
    return { send: send.slice(0, textMax).trimEnd() }
  }

  return {
    line(raw, at) {
      if (at !== undefined) number = at - 1
      if (raw.length <= rawCharsMax) return line(raw)
      // A very long line is read only if its length is a comment's; anything else is no program for a machine.
      const comment = raw.indexOf(';')
      if (comment >= 0 && comment <= rawCharsMax) return line(raw.slice(0, comment))
      number++
      return bad('line-too-long', raw)
    },
  }
}

/** The rest of the line from `start`, without blanks at its end. */
function runEnd(raw: string, start: number): string {
  let end = raw.length
  while (end > start && raw.charCodeAt(end - 1) <= space) end--
  return start === 0 && end === raw.length ? raw : raw.slice(start, end)
}

function isNumberChar(code: number): boolean {
  return (code >= zero && code <= nine) || code === minus || code === dot
}
