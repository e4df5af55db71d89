// The gate: what one line of a program becomes on the wire. Nothing a file holds reaches a port except through here.
import { grblGate } from './gate-grbl.ts'
import type { Gate, GateRules } from './gate-line.ts'
import { marlinGate } from './gate-marlin.ts'

export type { Gate, GateRules } from './gate-line.ts'

/** `firstLine`: the number in the file of the first line handed in, where a program is not fed from its beginning. */
export function createGate(rules: GateRules, firstLine = 1): Gate {
  return rules.dialect === 'grbl' ? grblGate(rules, firstLine) : marlinGate(rules, firstLine)
}
