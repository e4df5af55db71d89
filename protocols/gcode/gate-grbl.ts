// The gate of Grbl: words without blanks and comments, nothing that writes settings or zeros, no realtime character.
import type { Fault } from '../contract/words.ts'
import { leaveOf } from './forbidden.ts'
import type { Gate, GateRules } from './gate-line.ts'
import {
  dot,
  letterA,
  letterG,
  letterM,
  letterN,
  letterO,
  letterT,
  letterZ,
  lineFeed,
  minus,
  nine,
  parenthesis,
  plus,
  rawCharsMax,
  refusal,
  semicolon,
  skipMark,
  slash,
  space,
  zero,
} from './gate-line.ts'
import { type GateFault, gateFault } from './gate-words.ts'

export function grblGate(rules: GateRules, firstLine: number): Gate {
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
    let negative = false
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
        negative = code === minus
        if (runStart < 0 && !dropping) runStart = i
        continue
      }
      const lower = code >= 97 && code <= 122
      if (lower) code -= space
      const isLetter = code >= letterA && code <= letterZ
      if (isLetter || i === length) {
        if (letter !== 0 && digits === 0) return bad('unreadable-line', raw)
        // The word that ends here.
        if (negative) value = -value
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
        negative = false
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
