// Who may start a laser or a mill: a permit (допуск), and the instruction (инструктаж) it stands on.
import { z } from 'zod'
import { instantSchema, machineIdSchema, siteIdSchema, tokenSchema } from './ids.ts'
import { authorSchema } from './job.ts'
import { type MachineKind, machineKindSchema } from './machine.ts'

/** What a permit is for: one machine of the school that gave it, or a model or kind of machine wherever it stands. */
export const coverageSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('machine'), machine: machineIdSchema }),
  z.strictObject({ of: z.literal('model'), model: z.string().min(1).max(80) }),
  z.strictObject({ of: z.literal('kind'), kind: machineKindSchema }),
])
export type Coverage = z.infer<typeof coverageSchema>

/** What was taught: which text, in which version. */
const lessonShape = { title: z.string().min(1).max(120), version: z.string().min(1).max(40) }

/** Somebody explained how to work safely, to these people, on that day. */
export const instructionSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  ...lessonShape,
  people: z.array(authorSchema).min(1).max(60),
  /** Who instructed. */
  by: authorSchema,
  at: instantSchema,
})
export type Instruction = z.infer<typeof instructionSchema>

export const permitSchema = z.object({
  id: tokenSchema,
  /** The school that gave it. */
  site: siteIdSchema,
  person: authorSchema,
  covers: coverageSchema,
  from: instantSchema,
  until: instantSchema,
  instruction: z.object({ id: tokenSchema, ...lessonShape, by: authorSchema, at: instantSchema }),
  by: authorSchema,
  revoked: z.object({ by: authorSchema, at: instantSchema, reason: z.string().max(200).optional() }).optional(),
})
export type Permit = z.infer<typeof permitSchema>

/** As much of a machine as a permit looks at. */
export type PermitMachine = { readonly site: string; readonly id: string; readonly model: string; readonly kind: MachineKind }

/** `expired`: there was one, or one was taken back; `valid` tells until when, the latest of several. */
export type Clearance =
  | { readonly clearance: 'valid'; readonly permit: Permit }
  | { readonly clearance: 'expired'; readonly permit: Permit }
  | { readonly clearance: 'none' }

/** Machines that nobody starts without a permit (DESIGN §4: software is no safety function, people who know are). */
export function wantsPermit(kind: MachineKind): boolean {
  return kind !== 'printer'
}

export function covers(permit: Permit, machine: PermitMachine): boolean {
  switch (permit.covers.of) {
    case 'machine':
      return permit.site === machine.site && permit.covers.machine === machine.id
    case 'model':
      return permit.covers.model === machine.model
    case 'kind':
      return permit.covers.kind === machine.kind
  }
}

/** Whether the person is cleared for the machine at the instant. Of several permits the one that lasts longest speaks. */
export function clearanceOf(permits: Iterable<Permit>, person: string, machine: PermitMachine, at: number): Clearance {
  let last: Permit | undefined
  let valid: Permit | undefined
  for (const permit of permits) {
    if (permit.person.id !== person || !covers(permit, machine)) continue
    if (last === undefined || permit.until > last.until) last = permit
    if (permit.revoked !== undefined || at < permit.from || at >= permit.until) continue
    if (valid === undefined || permit.until > valid.until) valid = permit
  }
  if (valid !== undefined) return { clearance: 'valid', permit: valid }
  return last === undefined ? { clearance: 'none' } : { clearance: 'expired', permit: last }
}
