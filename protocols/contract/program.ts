// A Program: an analysed file.
import { z } from 'zod'
import { machineIdSchema, sha256Schema } from './ids.ts'
import { machineKindSchema } from './machine.ts'
import { sentenceSchema } from './words.ts'

/** stop: cannot be queued for that machine, whoever asks. ask: a teacher decides. note: good to know. */
export const severitySchema = z.enum(['stop', 'ask', 'note'])
export type Severity = z.infer<typeof severitySchema>

export const findingSchema = z.object({
  code: z.string(),
  severity: severitySchema,
  /** For a pupil: what is wrong and what to do, no jargon. */
  text: sentenceSchema,
  /** For a technician: with numbers. */
  technical: sentenceSchema.optional(),
  /** 1-based line in the file where it stands first, and how often it occurs. */
  line: z.int().positive().optional(),
  count: z.int().positive().optional(),
})
export type Finding = z.infer<typeof findingSchema>

export const boundsSchema = z.object({
  min: z.object({ x: z.number(), y: z.number(), z: z.number() }),
  max: z.object({ x: z.number(), y: z.number(), z: z.number() }),
})

/** May this program run on this machine, and how long would it take there. */
export const suitabilitySchema = z.object({
  machine: machineIdSchema,
  fits: z.boolean(),
  findings: z.array(findingSchema),
  estimatedSeconds: z.number().nonnegative().optional(),
  motionSeconds: z.number().nonnegative().optional(),
})
export type Suitability = z.infer<typeof suitabilitySchema>

export const programSchema = z.object({
  sha256: sha256Schema,
  /** As the person named it; any script, at most 200 characters, never a path. */
  name: z.string().min(1).max(200),
  size: z.int().nonnegative(),
  /** What kind of machine it was made for, as far as the file tells. */
  kind: machineKindSchema.or(z.literal('unknown')),
  slicer: z.string().optional(),
  lines: z.int().nonnegative(),
  /** Extent of moves that make something (extrusion, beam, cut), mm, work coordinates. */
  bounds: boundsSchema.optional(),
  layers: z.int().nonnegative().optional(),
  filament: z.object({ mm: z.number().optional(), grams: z.number().optional(), material: z.string().optional() }).optional(),
  /** The slicer's own figure, where the file has one. */
  slicerSeconds: z.number().optional(),
  findings: z.array(findingSchema),
  machines: z.array(suitabilitySchema),
})
export type Program = z.infer<typeof programSchema>
