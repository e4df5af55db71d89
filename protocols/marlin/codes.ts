// What a command is, as far as its acknowledgement is concerned: how long its ok may take, and what the machine does meanwhile.

/** `G28` → 1028, `M109` → 2109, `T1` → 3001; 0 for what has no such code. Cheap: it runs on every line sent. */
export function codeOf(text: string): number {
  const letter = text.charCodeAt(0) & ~0x20
  const base = letter === 0x47 ? 1000 : letter === 0x4d ? 2000 : letter === 0x54 ? 3000 : 0
  if (base === 0) return 0
  let at = 1
  while (text.charCodeAt(at) === 0x20) at++
  let value = -1
  for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 0x30) {
    value = (value < 0 ? 0 : value * 10) + digit
    if (value > 999) return 0
  }
  return value < 0 ? 0 : base + value
}

export const G = (number: number): number => 1000 + number
export const M = (number: number): number => 2000 + number
export const m105 = M(105)

export type Wait = {
  /** Who ends it: the machine by itself, or a person at it. */
  readonly who: 'machine' | 'person'
  readonly what: 'heating' | 'homing' | 'other'
}

const heating: Wait = { who: 'machine', what: 'heating' }
const homing: Wait = { who: 'machine', what: 'homing' }
const other: Wait = { who: 'machine', what: 'other' }
const person: Wait = { who: 'person', what: 'other' }

/** Commands whose ok comes only when the thing is done (Marlin holds `ok` until the handler returns). */
const waits = new Map<number, Wait>([
  ...[G(28), G(29), G(30), G(32), G(33), G(34), G(80), G(81), G(425)].map(code => [code, homing] as const),
  ...[M(109), M(116), M(190), M(191), M(192), M(193), M(303)].map(code => [code, heating] as const),
  ...[G(4), G(12), G(27), G(76), M(48), M(400), M(701), M(702)].map(code => [code, other] as const),
  // M601: Prusa's pause. M226: wait for a pin. M125: park and wait. M25 may park, too (PARK_HEAD_ON_PAUSE).
  ...[M(0), M(1), M(125), M(226), M(600), M(601)].map(code => [code, person] as const),
])

/** undefined for what is acknowledged as soon as it is planned. A tool change may be a long affair on a multi-material unit. */
export function waitOf(code: number): Wait | undefined {
  return code >= 3000 ? other : waits.get(code)
}

/** G words that only set a mode or pass time: they leave the nozzle where it is. */
const standing = new Set([G(4), G(17), G(18), G(19), G(20), G(21), G(90), G(91)])
/** M words that park, or have a filament changed. */
const parking = new Set([M(125), M(600), M(601), M(701), M(702)])

/** Whether the machine may stand elsewhere when this is done. */
export function moves(code: number): boolean {
  if (code < 2000) return code >= 1000 && !standing.has(code)
  return code >= 3000 || parking.has(code)
}

/** Seconds of `G4 S…`/`G4 P…` (ms); 0 where it names none. */
export function dwellSeconds(text: string): number {
  const seconds = /S\s*(\d+(?:\.\d+)?)/i.exec(text)
  if (seconds) return Number(seconds[1])
  const milliseconds = /P\s*(\d+(?:\.\d+)?)/i.exec(text)
  return milliseconds ? Number(milliseconds[1]) / 1000 : 0
}
