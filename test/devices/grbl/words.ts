// One G-code line split into words and sorted into modal groups, as Grbl 1.1 reads it; answers Grbl's error numbers.
import type { Variant } from './variants.ts'

type NonModal = 4 | 10 | 28 | 28.1 | 30 | 30.1 | 53 | 92 | 92.1

/** What one line says, before it is judged against the machine's state. Numbers are as written, in the line's units. */
export type Words = {
  motion?: number
  nonModal?: NonModal
  plane?: 17 | 18 | 19
  units?: 20 | 21
  absolute?: boolean
  feedMode?: 93 | 94
  coordinates?: number
  toolLength?: 43.1 | 49
  flow?: 0 | 1 | 2 | 30
  spindle?: 3 | 4 | 5
  mist?: boolean
  flood?: boolean
  coolantOff?: boolean
  toolChange?: boolean
  /** Value words by letter. */
  readonly values: Map<string, number>
}

/** Groups whose words exclude each other in one line (error 21); names after RS274/NGC's table of modal groups. */
type Group = 'G0' | 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'G12' | 'G13' | 'M4' | 'M6' | 'M7' | 'M8' | 'M9'

const valueLetters = new Set(['F', 'I', 'J', 'K', 'L', 'N', 'P', 'R', 'S', 'T', 'X', 'Y', 'Z'])
const neverNegative = new Set(['F', 'N', 'P', 'S', 'T'])
/** Grbl keeps line numbers below ten million (error 27). */
const lineNumberMax = 10_000_000

export function readWords(line: string, variant: Variant): Words | { error: number } {
  const words: Words = { values: new Map() }
  const seen = new Set<Group>()
  let at = 0
  let axisCommand = false
  while (at < line.length) {
    const letter = line.charAt(at)
    if (letter < 'A' || letter > 'Z') return { error: 1 }
    const number = readNumber(line, at + 1)
    if (number === undefined) return { error: 2 }
    at = number.end
    const value = number.value
    if (letter === 'G' || letter === 'M') {
      const group = letter === 'G' ? takeG(words, value) : takeM(words, value, variant)
      if (typeof group === 'number') return { error: group }
      if (group === 'ignored') continue
      if (letter === 'G' && usesAxes(value)) {
        if (axisCommand) return { error: 24 }
        axisCommand = true
      }
      // Two words of one group exclude each other, but M7 and M8 may stand together.
      if (seen.has(group) && group !== 'M8') return { error: 21 }
      seen.add(group)
      continue
    }
    if (!valueLetters.has(letter)) return { error: 20 }
    if (words.values.has(letter)) return { error: 25 }
    if (value < 0 && neverNegative.has(letter)) return { error: 4 }
    if (letter === 'N' && value > lineNumberMax) return { error: 27 }
    if (letter === 'T' && value > 255) return { error: 38 }
    words.values.set(letter, value)
  }
  return words
}

/** The motions and commands that claim the axis words of their line; two of them are error 24. */
function usesAxes(code: number): boolean {
  return (code >= 0 && code <= 3) || (code > 38 && code < 39) || [10, 28, 30, 92, 43.1].includes(code)
}

function takeG(words: Words, code: number): Group | number {
  switch (code) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 38.2:
    case 38.3:
    case 38.4:
    case 38.5:
    case 80:
      words.motion = code
      return 'G1'
    case 4:
    case 10:
    case 28:
    case 28.1:
    case 30:
    case 30.1:
    case 53:
    case 92:
    case 92.1:
      words.nonModal = code
      return 'G0'
    case 17:
    case 18:
    case 19:
      words.plane = code
      return 'G2'
    case 90:
    case 91:
      words.absolute = code === 90
      return 'G3'
    case 91.1:
      return 'G4'
    case 93:
    case 94:
      words.feedMode = code
      return 'G5'
    case 20:
    case 21:
      words.units = code
      return 'G6'
    case 40:
      return 'G7'
    case 43.1:
    case 49:
      words.toolLength = code
      return 'G8'
    case 54:
    case 55:
    case 56:
    case 57:
    case 58:
    case 59:
      words.coordinates = code - 54
      return 'G12'
    case 61:
      return 'G13'
    default:
      // A code that exists, written with decimals that do not, is error 23; a code that does not exist is error 20.
      return !Number.isInteger(code) && knownWhole.has(Math.trunc(code)) ? 23 : 20
  }
}

const knownWhole = new Set([0, 1, 2, 3, 4, 10, 17, 18, 19, 20, 21, 40, 49, 53, 54, 55, 56, 57, 58, 59, 80, 93, 94])

function takeM(words: Words, code: number, variant: Variant): Group | 'ignored' | number {
  switch (code) {
    case 0:
    case 1:
    case 2:
    case 30:
      words.flow = code
      return 'M4'
    case 3:
    case 4:
    case 5:
      words.spindle = code
      return 'M7'
    case 6:
      if (variant.toolChange === 'unsupported') return 20
      words.toolChange = true
      return 'M6'
    case 7:
      if (!variant.mist) return 20
      words.mist = true
      return 'M8'
    case 8:
      words.flood = true
      return 'M8'
    case 9:
      words.coolantOff = true
      return 'M8'
    case 48:
    case 49:
    case 50:
    case 51:
    case 53:
      return variant.kind === 'grblhal' ? 'M9' : 20
    default:
      return Number.isInteger(code) ? 20 : 23
  }
}

/** A number as Grbl reads it: sign, digits, one point, at least one digit; no exponent. */
export function readNumber(line: string, from: number): { value: number; end: number } | undefined {
  let at = from
  const first = line.charCodeAt(at)
  if (first === 43 || first === 45) at += 1
  let digits = 0
  let points = 0
  for (; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    if (code >= 48 && code <= 57) digits += 1
    else if (code === 46 && points === 0) points = 1
    else break
  }
  if (digits === 0) return undefined
  return { value: Number(line.slice(from, at)), end: at }
}
