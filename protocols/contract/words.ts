// A sentence for people, in both languages, and what we say when something goes wrong.
import { z } from 'zod'

/** One sentence in each language of the interface. Russian is written by hand, never translated by a machine. */
export const sentenceSchema = z.object({ ru: z.string(), en: z.string() })
export type Sentence = z.infer<typeof sentenceSchema>
export type Language = keyof Sentence

/**
 * Expected trouble: a code for programs, a sentence for the person at the machine, and what helps.
 * `code` is kebab-case and stable; `detail` is the raw word of the firmware or system, for the technician.
 */
export const faultSchema = z.object({
  code: z.string(),
  text: sentenceSchema,
  help: sentenceSchema.optional(),
  detail: z.string().optional(),
  /** 1-based line of the program the fault speaks of. */
  line: z.int().positive().optional(),
})
export type Fault = z.infer<typeof faultSchema>

/** Why an order was not carried out: rights, state or data. Same shape as a fault so that every screen shows it alike. */
export const denialSchema = faultSchema
export type Denial = Fault
