// A group of pupils (группа): what they join with a code, and what pupils are called outside their school.
import { z } from 'zod'
import { instantSchema, siteIdSchema, tokenSchema } from './ids.ts'
import { authorSchema } from './job.ts'

/** Years; an age is not needed, and a date of birth would be personal data. */
export const ageBandSchema = z.enum(['7-10', '11-13', '14-17'])
export type AgeBand = z.infer<typeof ageBandSchema>

/** Letters that look alike in Cyrillic and Latin, and digits nobody takes for a letter: a code is typed rightly on either keyboard. */
export const codeLetters = 'АВЕКМНРСТХ245679'
const lookAlikes: Readonly<Record<string, string>> = {
  A: 'А',
  B: 'В',
  E: 'Е',
  K: 'К',
  M: 'М',
  H: 'Н',
  P: 'Р',
  C: 'С',
  T: 'Т',
  X: 'Х',
}
export const codeLength = 6

/** The code as it was given out, however it was typed: case, keyboard and gaps do not matter. Undefined when it cannot be one. */
export function readCode(typed: string): string | undefined {
  const letters = [...typed.toUpperCase().replace(/[\s-]/g, '')].map(letter => lookAlikes[letter] ?? letter)
  return letters.length === codeLength && letters.every(letter => codeLetters.includes(letter)) ? letters.join('') : undefined
}

export const groupSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  /** Of the class or circle, e.g. «7Б» or «Робототехника, вторник»; never of a person. */
  name: z.string().min(1).max(40),
  /** What pupils type to join. */
  code: z.string().length(codeLength),
  ageBand: ageBandSchema.optional(),
  openedAt: instantSchema,
  /** After it nobody joins, and its pupils are signed out. */
  endsAt: instantSchema,
  /** Closed earlier by a person: nobody new joins; those who are in stay until the end. */
  closedAt: instantSchema.optional(),
  by: authorSchema,
})
export type Group = z.infer<typeof groupSchema>

/** May somebody still join? */
export function takesPupils(group: Group, at: number): boolean {
  return group.closedAt === undefined && at < group.endsAt
}
