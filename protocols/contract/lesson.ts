// A lesson (занятие): a time in which machines are kept for a class. And a quota: how much of the machines a class or a pupil may use.
import { z } from 'zod'
import { instantSchema, machineIdSchema, siteIdSchema, tokenSchema } from './ids.ts'
import { authorSchema } from './job.ts'

export const lessonSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  title: z.string().min(1).max(80),
  /** Whose jobs may run on these machines meanwhile, beside those of staff; absent: staff's only. */
  group: tokenSchema.optional(),
  machines: z.array(machineIdSchema).min(1).max(60),
  from: instantSchema,
  until: instantSchema,
  by: authorSchema,
  cancelledAt: instantSchema.optional(),
})
export type Lesson = z.infer<typeof lessonSchema>

export const periodSchema = z.enum(['day', 'week', 'month'])
export type Period = z.infer<typeof periodSchema>

export const quotaSchema = z
  .object({
    id: tokenSchema,
    site: siteIdSchema,
    /** Of each pupil, or of a whole group together. */
    of: z.enum(['pupil', 'group']),
    /** Of this group (its pupils, or itself) only; absent: of every one. */
    group: tokenSchema.optional(),
    /** Calendar periods by the school's own clock. */
    per: periodSchema,
    /** At most so many jobs, hours on machines, grams of plastic; absent: not limited. */
    jobs: z.int().min(0).max(10_000).optional(),
    hours: z.number().min(0).max(10_000).optional(),
    grams: z.number().min(0).max(1_000_000).optional(),
    by: authorSchema,
    at: instantSchema,
    droppedAt: instantSchema.optional(),
  })
  .refine(({ jobs, hours, grams }) => jobs !== undefined || hours !== undefined || grams !== undefined, 'a quota limits something')
export type Quota = z.infer<typeof quotaSchema>

/** How much of a quota is used in the running period; what waits or runs is counted with its forecast. */
export type QuotaUse = {
  quota: Quota
  /** The pupil's pseudonym or the group's name, by id. */
  whom: string
  name: string
  jobs: number
  hours: number
  grams: number
  /** When the period ends and all begins anew. */
  resetsAt: number
}
