// What both gates are and know of a line: their rules, characters by code, the byte order mark, how long a line may be to be read at all.
import type { MachineKind } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { Leave } from './forbidden.ts'
import type { GateFault } from './gate-words.ts'

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

/** Lines longer than this are refused unread, so that a 1-MB line costs nothing. Comments count here. */
export const rawCharsMax = 4096

export const lineFeed = 10
export const space = 32
export const quote = 34
export const parenthesis = 40
export const parenthesisEnd = 41
export const star = 42
export const plus = 43
export const minus = 45
export const dot = 46
export const slash = 47
export const zero = 48
export const nine = 57
export const semicolon = 59
export const letterA = 65
export const letterZ = 90
export const letterG = 71
export const letterM = 77
export const letterN = 78
export const letterO = 79
export const letterT = 84

export function refusal(leave: Exclude<Leave, 'skip'>): GateFault {
  return `forbidden-${leave.slice('refuse-'.length)}` as GateFault
}

/** The byte order mark, whichever way the file was decoded. */
export function skipMark(raw: string): number {
  if (raw.charCodeAt(0) === 0xfeff) return 1
  return raw.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
}
