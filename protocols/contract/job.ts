// A Job: one program on one machine, once. N copies are N jobs with one ticket.
import { z } from 'zod'
import { instantSchema, machineIdSchema, sha256Schema, siteIdSchema, tokenSchema } from './ids.ts'
import { jobStates } from './job-states.ts'
import { machineKindSchema } from './machine.ts'
import { roleSchema } from './role.ts'
import { faultSchema, sentenceSchema } from './words.ts'

export const authorSchema = z.object({
  /** Account id, or the pupil's pseudonymous key. */
  id: z.string().min(1).max(64),
  /** What may be shown: a staff name, or a pupil's pseudonym; a nickname only on the screen of the pupil's own school. */
  name: z.string().min(1).max(80),
  role: roleSchema,
  /** Id of the pupil's group (group.ts). */
  group: z.string().max(64).optional(),
})
export type Author = z.infer<typeof authorSchema>

export const jobStateSchema = z.enum(jobStates)
export type JobState = z.infer<typeof jobStateSchema>

/** What the author would like, beside the machine and the number of copies; nobody promises it. */
export const wishesSchema = z.object({
  material: z.string().trim().min(1).max(40).optional(),
  colour: z.string().trim().min(1).max(40).optional(),
  /** When it is needed. */
  deadline: instantSchema.optional(),
})
export type Wishes = z.infer<typeof wishesSchema>

/** A place in a program that somebody points at, e.g. a teacher who sends it back: mm, work coordinates. */
export const markSchema = z.object({
  x: z.number(),
  y: z.number(),
  z: z.number().optional(),
  /** Index of the layer, from 0, where the program has layers. */
  layer: z.int().nonnegative().optional(),
})
export type Mark = z.infer<typeof markSchema>

export const verdictSchema = z.object({
  quality: z.enum(['ok', 'partial', 'failed']),
  cause: z.string().max(200).optional(),
  by: authorSchema,
  at: instantSchema,
})

/** The evidence on which an end was said (DESIGN §2); kept with the job for whoever doubts it. */
export const jobEndSchema = z.object({
  outcome: z.enum(['completed', 'failed', 'cancelled', 'interrupted']),
  evidence: z.string(),
  fault: faultSchema.optional(),
  lines: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  seconds: z.number().nonnegative(),
  resends: z.int().nonnegative(),
  /** It was armed and never began: it goes back into the queue. */
  again: z.literal(true).optional(),
})
export type JobEnd = z.infer<typeof jobEndSchema>

export const jobSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  /** Number of the request within the school: short, spoken aloud, shared by copies. */
  ticket: z.int().positive(),
  copy: z.int().positive(),
  copies: z.int().positive(),
  program: z.object({
    sha256: sha256Schema,
    name: z.string().min(1).max(200),
    size: z.int().nonnegative(),
    kind: machineKindSchema.or(z.literal('unknown')),
    lines: z.int().nonnegative(),
    /** As the slicer named it, e.g. PLA. */
    material: z.string().max(40).optional(),
    /** Of plastic, as the slicer or the file's own lengths tell. */
    grams: z.number().nonnegative().optional(),
  }),
  /** The machine asked for; absent: any that can. */
  wanted: machineIdSchema.optional(),
  /** Machines that can take it, by the analysis. */
  suitable: z.array(machineIdSchema),
  /** The machine it runs or ran on. */
  machine: machineIdSchema.optional(),
  state: jobStateSchema,
  /** Position in the school's one queue, lower first; meaningful while queued. */
  order: z.number(),
  /** Kept back by a person. */
  held: z.boolean(),
  /** A person put it where it stands: the fair order leaves it there. */
  pinned: z.literal(true).optional(),
  /** A shorter job was let past it; no other will be. */
  jumped: z.literal(true).optional(),
  /** The job on whose bed its part is made, together with others: it follows that job. */
  plate: tokenSchema.optional(),
  author: authorSchema,
  /** On the machine it is meant for, or the least of those that can; from its start on, on the machine it runs on. */
  estimatedSeconds: z.number().nonnegative().optional(),
  /** A technician allowed constant laser power (M3) for this job. */
  allowConstantPower: z.boolean().optional(),
  comment: z.string().max(1000).optional(),
  wishes: wishesSchema.optional(),
  /** What the check of its file leaves to a teacher (findings `ask`), on any of the machines it may get; empty: nothing. Absent: an older school did not say. */
  asks: z.array(sentenceSchema).max(6).optional(),
  /** Why it was sent back or denied, and where to look; gone when it is approved. */
  returned: z.object({ comment: z.string().max(1000), mark: markSchema.optional(), by: authorSchema, at: instantSchema }).optional(),
  /** Why it came back into the queue from a machine on which it never began; until it is started again. */
  back: faultSchema.optional(),
  submittedAt: instantSchema,
  /** When it joined the queue: with its submission, or when it was approved. */
  queuedAt: instantSchema.optional(),
  startedAt: instantSchema.optional(),
  endedAt: instantSchema.optional(),
  end: jobEndSchema.optional(),
  verdict: verdictSchema.optional(),
  /** When its part was handed over. */
  collectedAt: instantSchema.optional(),
})
export type Job = z.infer<typeof jobSchema>
