// The gate: what one line of a program becomes on the wire. Nothing a file holds reaches a port except through here.
import type { MachineKind } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import { isHarmlessName, type Leave, leaveOf, takesText } from './forbidden.ts'
import { type GateFault, gateFault } from './gate-words.ts'

export type GateRules = {
  readonly dialect: 'grbl' | 'marlin'
  /** Grbl 79 (stripped), FluidNC 254, grblHAL 256; Marlin 95, counting the number and checksum of the frame. */
  readonly lineLengthMax: number
  readonly machineKind: MachineKind
  /** Whether M3 may burn on a laser (a technician's leave). Means nothing for mills and printers. */
  readonly constantPowerAllowed: boolean
}

export interface Gate {
  /**
   * Takes one line of the program without its terminator, however it was decoded. `number` says which it is in the file
   * where not every line is shown; else lines are counted.
   * Answers with the text for the wire, with 'skip' where nothing need be sent, or with a Fault naming the line.
   */
  line(raw: string, number?: number): { send: string } | 'skip' | { fault: Fault }
}

/** `N123456 ` in front and `*123` behind: what a Marlin frame adds to a line. */
export const marlinFrameChars = 12

/** Lines longer than this are refused unread, so that a 1-MB line costs nothing. Comments count here. */
const rawCharsMax = 4096

const lineFeed = 10
const space = 32
const quote = 34
const parenthesis = 40
const parenthesisEnd = 41
const star = 42
const plus = 43
const minus = 45
const dot = 46
const slash = 47
const zero = 48
const nine = 57
const semicolon = 59
const letterA = 65
const letterZ = 90
const letterG = 71
const letterM = 77
const letterN = 78
const letterO = 79
const letterT = 84

/** `firstLine`: the number in the file of the first line handed in, where a program is not fed from its beginning. */
export function createGate(rules: GateRules, firstLine = 1): Gate {
  return rules.dialect === 'grbl' ? grblGate(rules, firstLine) : marlinGate(rules, firstLine)
}

function refusal(leave: Exclude<Leave, 'skip'>): GateFault {
  return `forbidden-${leave.slice('refuse-'.length)}` as GateFault
}

/** The byte order mark, whichever way the file was decoded. */
function skipMark(raw: string): number {
  if (raw.charCodeAt(0) === 0xfeff) return 1
  return raw.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
}

function grblGate(rules: GateRules, firstLine: number): Gate {
  const laser = rules.machineKind === 'laser'
  let number = firstLine - 1
  let moved = false
  let tool = -1
  let fitted = -1
  const bad = (code: GateFault, raw: string) => ({ fault: gateFault(code, number, raw) })

  // Grbl itself drops blanks, comments and '/', and upper-cases (protocol.c, protocol_main_loop); a stripped line is the
  // same program in fewer bytes. Numbers are passed as they are written: Grbl's own digits-to-float rounds by the digits.
  function line(raw: string): { send: string } | 'skip' | { fault: Fault } {
    number++
    const length = raw.length
    let send = ''
    let runStart = -1
    let letter = 0
    let value = 0
    let scale = 0
    let digits = 0
    let signed = false
    let words = 0
    let motion = false
    let toolChange = false
    let dropping = false
    let i = number === 1 ? skipMark(raw) : 0
    for (; i <= length; i++) {
      // A line end is fed through behind the text to close the last word.
      let code = i < length ? raw.charCodeAt(i) : lineFeed
      if (code >= zero && code <= nine) {
        if (letter === 0) return bad('unreadable-line', raw)
        digits++
        if (scale === 0) value = value * 10 + (code - zero)
        else {
          value += (code - zero) * scale
          scale /= 10
        }
        if (runStart < 0 && !dropping) runStart = i
        continue
      }
      if (code === dot) {
        if (letter === 0 || scale !== 0) return bad('unreadable-line', raw)
        scale = 0.1
        if (runStart < 0 && !dropping) runStart = i
        continue
      }
      if (code === minus || code === plus) {
        if (letter === 0 || signed || digits > 0 || scale !== 0) return bad('unreadable-line', raw)
        signed = true
        if (runStart < 0 && !dropping) runStart = i
        continue
      }
      const lower = code >= 97 && code <= 122
      if (lower) code -= space
      const isLetter = code >= letterA && code <= letterZ
      if (isLetter || i === length) {
        if (letter !== 0 && digits === 0) return bad('unreadable-line', raw)
        // The word that ends here.
        if (letter === letterG) {
          const g = Math.round(value * 10)
          if (g === 100 || g === 281 || g === 301) return bad('forbidden-offsets', raw)
        } else if (letter === letterM) {
          const m = Math.round(value)
          if (m === 3 && laser && !rules.constantPowerAllowed) return bad('constant-power', raw)
          if (m === 6) toolChange = true
          else {
            const leave = leaveOf('grbl', m)
            if (leave === 'skip') return 'skip'
            if (leave !== undefined) return bad(refusal(leave), raw)
          }
        } else if (letter === letterT) tool = Math.round(value)
        else if (letter >= 88 && letter <= letterZ) motion = true
        if (i === length) break
        letter = code
        value = 0
        scale = 0
        digits = 0
        signed = false
        words++
        // Line numbers are ours or nobody's: a program's own would only cost bytes.
        if (code === letterN) {
          if (runStart >= 0) send += raw.slice(runStart, i)
          runStart = -1
          dropping = true
          continue
        }
        if (code === letterO) return words === 1 ? 'skip' : bad('unreadable-line', raw)
        dropping = false
        if (lower) {
          if (runStart >= 0) send += raw.slice(runStart, i)
          runStart = -1
          send += String.fromCharCode(code)
        } else if (runStart < 0) runStart = i
        continue
      }
      // Whatever follows ends the run of characters that go out as they are.
      if (runStart >= 0) {
        send += raw.slice(runStart, i)
        runStart = -1
      }
      // A carriage return ends a line for Grbl; in the middle it would make two lines of one.
      if (code === 13 && raw.slice(i).trim() !== '') return bad('unreadable-line', raw)
      if (code <= space || code === 0xa0) continue
      // Grbl has no block delete: it drops the '/' and runs the line (protocol.c).
      if (code === slash) continue
      if (code === parenthesis) {
        const end = raw.indexOf(')', i)
        i = end < 0 ? length - 1 : end
        continue
      }
      if (code === semicolon) {
        i = length - 1
        continue
      }
      // RS-274 tape marks.
      if (code === 37 && words === 0) return 'skip'
      if (code === 36 && words === 0) return bad('setting-line', raw)
      // # [ ] = { } < >: parameters, expressions, placeholders a slicer left.
      if (code === 35 || code === 91 || code === 93 || code === 61 || code === 123 || code === 125 || code === 60 || code === 62)
        return bad('expression', raw)
      return bad('unreadable-line', raw)
    }
    if (runStart >= 0) send += raw.slice(runStart, length)
    if (toolChange) {
      // Before the first move the tool is already in the spindle; Grbl has no M6 (error:20), so the word is left out.
      if (moved && tool !== fitted) return bad('tool-change', raw)
      fitted = tool
      send = send.replace(/M0*6(?![0-9.])/, '')
    }
    if (motion) moved = true
    if (send === '') return 'skip'
    if (send.length > rules.lineLengthMax) return bad('line-too-long', raw)
    return { send }
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

function marlinGate(rules: GateRules, firstLine: number): Gate {
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
    // A program's own number and checksum give way to ours.
    if (i < length && (raw.charCodeAt(i) | space) === 110) {
      let after = i + 1
      while (after < length && isNumberChar(raw.charCodeAt(after))) after++
      if (after > i + 1) {
        i = after
        while (i < length && raw.charCodeAt(i) <= space) i++
      }
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
        else if (code < space || code > 126 || code === 33 || code === 63 || code === 126 || code === star)
          return bad('unreadable-line', raw)
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
        if (next > space && next !== semicolon && next !== parenthesis && next !== star) continue
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
          .replace(/[!?~*]/g, '')
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
