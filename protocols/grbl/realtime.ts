// The realtime bytes of the Grbl family: picked off the wire before the receive buffer, without newline and without answer.

/** Grbl 1.1 commands.md, "Realtime commands"; the same on grblHAL and FluidNC. Always written as single bytes, never as text. */
export const realtime = {
  status: 0x3f,
  hold: 0x21,
  resume: 0x7e,
  reset: 0x18,
  /** Holds, and when the motion has stopped switches spindle, laser and coolant off. Needs no door switch. */
  door: 0x84,
  jogCancel: 0x85,
  /** grblHAL: the tool has been changed. */
  toolChanged: 0xa3,
} as const

type OverrideBytes = {
  readonly normal: number
  readonly up10: number
  readonly down10: number
  readonly up1: number
  readonly down1: number
}

const feedBytes: OverrideBytes = { normal: 0x90, up10: 0x91, down10: 0x92, up1: 0x93, down1: 0x94 }
const powerBytes: OverrideBytes = { normal: 0x99, up10: 0x9a, down10: 0x9b, up1: 0x9c, down1: 0x9d }

/** Percent, as `Ov:` reports them. */
export type Overrides = { readonly feed: number; readonly rapid: number; readonly power: number }

/**
 * The next bytes on the way from the current percentages to the wanted ones; empty when they are reached.
 * Grbl keeps a flag for each byte, so two equal ones in one turn of its loop count once:
 * each byte stands here at most once, and the next step waits until `Ov:` has been read back.
 */
export function overrideStep(now: Overrides, wanted: Partial<Overrides>): number[] {
  const bytes = stepTo(now.feed, wanted.feed, feedBytes)
  if (wanted.rapid !== undefined && wanted.rapid !== now.rapid) {
    bytes.push(wanted.rapid >= 100 ? 0x95 : wanted.rapid >= 50 ? 0x96 : 0x97)
  }
  bytes.push(...stepTo(now.power, wanted.power, powerBytes))
  return bytes
}

function stepTo(now: number, wanted: number | undefined, bytes: OverrideBytes): number[] {
  if (wanted === undefined || wanted === now) return []
  // From 100 the way is sometimes shorter; the firmware applies `normal` before the steps of the same turn.
  if (steps(100, wanted) + 1 < steps(now, wanted)) return [bytes.normal, ...stepTo(100, wanted, bytes)]
  const distance = wanted - now
  const step: number[] = []
  if (Math.abs(distance) >= 10) step.push(distance > 0 ? bytes.up10 : bytes.down10)
  if (distance % 10 !== 0) step.push(distance > 0 ? bytes.up1 : bytes.down1)
  return step
}

function steps(from: number, to: number): number {
  const distance = Math.abs(to - from)
  return Math.floor(distance / 10) + (distance % 10)
}
