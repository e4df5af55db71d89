// Where a firmware's setting is not what the machine's model says.
import { z } from 'zod'
import { sentenceSchema } from './words.ts'

export const differenceSchema = z.object({
  /** As the firmware names it: `$110`, `M203 X`. */
  setting: z.string().max(40),
  what: sentenceSchema,
  /** Figures with their unit. */
  model: z.string().max(40),
  machine: z.string().max(40),
})
export type Difference = z.infer<typeof differenceSchema>
