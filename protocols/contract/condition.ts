// A condition: one cause at one site that wants a technician, whatever the number of machines it shows itself on.
import { z } from 'zod'
import { instantSchema, machineIdSchema, siteIdSchema } from './ids.ts'
import type { MachineKind } from './machine.ts'
import type { Fault, Sentence } from './words.ts'

/** urgent: now; soon: today; plan: with the next round. */
export type Priority = 'urgent' | 'soon' | 'plan'

type Deed = { by: string; at: number; reason: string }

/**
 * Where it stands, by ISA-18.2: unacknowledged, acknowledged, gone before anybody saw it, or laid aside for a while.
 * The names are of staff and are shown to staff only.
 */
export type Standing =
  | { state: 'active' }
  | ({ state: 'acknowledged' } & Deed)
  | { state: 'cleared'; at: number }
  | ({ state: 'shelved'; until: number } & Deed)

/** A machine on which the cause shows itself. */
export type Affected = {
  machine: string
  name: string
  kind: MachineKind
  /** When it began, by the clock of whoever noticed. */
  since: number
  /** It has passed on this machine, and nobody has acknowledged it. */
  cleared?: number
  fault?: Fault
  /** What was measured, in words. */
  figure?: Sentence
  /** As it names itself. */
  firmware?: string
}

export type Condition = {
  id: string
  site: string
  siteName: string
  /** Which rule; a fault or a kind of failure has its own row. */
  cause: string
  priority: Priority
  since: number
  text: Sentence
  help: Sentence
  /** None where it is the site itself. */
  machines: Affected[]
  standing: Standing
}

/** `{site}.{cause}`; a machine's settings may be approved, other causes end by themselves. */
export const conditionIdSchema = z.string().regex(/^[a-z0-9-]{1,48}\.[a-z0-9-]{1,80}$/)

const reasonSchema = z.string().trim().min(1).max(200)
export const acknowledgeBodySchema = z.strictObject({ reason: reasonSchema })
/** One machine's settings, or those of all in the row. */
export const approveBodySchema = acknowledgeBodySchema.extend({ machine: machineIdSchema.optional() })
export const shelveBodySchema = z.strictObject({ reason: reasonSchema, until: instantSchema })
/** Nothing is laid aside for longer: whoever needs more time says so again. */
export const shelvedMaxMs = 30 * 24 * 3_600_000

/** For a wall screen: made once, told once, kept as a hash. */
export const tvBodySchema = z.strictObject({ site: siteIdSchema, name: z.string().trim().min(1).max(80), days: z.int().min(1).max(365) })
export type TvScreen = { id: string; site: string; name: string; by: string; createdAt: number; expiresAt: number; seenAt?: number }
