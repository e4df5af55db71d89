// A firmware's settings against what somebody approved, or, where nobody has, against what its model makes certain. Pure.
import type { MachineDeclaration } from '../../protocols/contract/machine.ts'

export type Settings = Readonly<Record<string, string>>
export type Difference = { key: string; is: string; should: string }

/** Farther off than this and the machine runs into its frame, or stops short of it. */
const travelTolerance = 0.1

/** What differs, by key; nothing where the firmware has not told its settings. */
export function differences(declaration: MachineDeclaration, settings: Settings, approved: Settings | undefined): Difference[] {
  if (Object.keys(settings).length === 0) return []
  if (approved !== undefined) {
    // A setting the firmware did not tell this time is not a difference: some are told in parts.
    return Object.entries(approved).flatMap(([key, should]) => {
      const is = Object.hasOwn(settings, key) ? settings[key] : undefined
      return is === undefined || same(is, should) ? [] : [{ key, is, should }]
    })
  }
  return declaration.dialect === 'grbl' ? grblDifferences(declaration, settings) : []
}

/** Grbl 1.1 settings.md: $32 laser mode, $130–$132 maximum travel in mm. */
function grblDifferences({ kind, area }: MachineDeclaration, settings: Settings): Difference[] {
  const found: Difference[] = []
  // Without laser mode the beam burns on while the head stands; with it a mill's spindle stops at every turn.
  const mode = settings.$32
  if (mode !== undefined && kind === 'laser' && Number(mode) !== 1) found.push({ key: '$32', is: mode, should: '1' })
  if (mode !== undefined && kind === 'mill' && Number(mode) !== 0) found.push({ key: '$32', is: mode, should: '0' })
  for (const [key, should] of [
    ['$130', area.x],
    ['$131', area.y],
    ['$132', area.z],
  ] as const) {
    const is = settings[key]
    if (is === undefined || should === 0 || !Number.isFinite(Number(is))) continue
    if (Math.abs(Number(is) - should) > should * travelTolerance) found.push({ key, is, should: String(should) })
  }
  return found
}

/** `100` and `100.000` are one value. */
function same(a: string, b: string): boolean {
  if (a.trim() === b.trim()) return true
  return a.trim() !== '' && Number.isFinite(Number(a)) && Number(a) === Number(b)
}
