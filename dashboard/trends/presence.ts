// How much of a day's opening hours a machine was seen, and seen fit for work: what availability is reckoned from. Pure.
import { z } from 'zod'
import type { MachineState } from '../../protocols/contract/machine.ts'

/** Seconds of opening hours in which its school was heard, and of these the ones in which the machine was on, whole and not under maintenance. */
const presenceSchema = z.object({ seen: z.number(), fit: z.number() })
export type Presence = Readonly<z.infer<typeof presenceSchema>>

export const noPresence: Presence = { seen: 0, fit: 0 }

/** A quarter's report looks back 90 days; a little more, so that the first of them is whole. */
export const presenceKeptMs = 100 * 24 * 3_600_000

export function addPresence({ seen, fit }: Presence, state: MachineState['state'], inService: boolean, seconds: number): Presence {
  const isFit = !inService && state !== 'offline' && state !== 'down'
  return { seen: seen + seconds, fit: fit + (isFit ? seconds : 0) }
}

export function readPresence(body: string): Presence | undefined {
  try {
    const read = presenceSchema.safeParse(JSON.parse(body))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
