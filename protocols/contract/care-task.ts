// A row of a model's maintenance plan.
import { z } from 'zod'
import { sentenceSchema } from './words.ts'

export const careTaskSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,48}$/),
  text: sentenceSchema,
  /** Hours of running between two times; at least one of hours and days. */
  everyHours: z.number().positive().optional(),
  everyDays: z.number().positive().optional(),
  /** Name of the spare part it uses up, as the school's stock calls it. */
  part: z.string().min(1).max(60).optional(),
})
export type CareTask = z.infer<typeof careTaskSchema>
