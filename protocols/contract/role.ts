// The roles of people. By itself, so that a page may judge rights without the library that checks messages.
import { z } from 'zod'

export const roleSchema = z.enum(['pupil', 'teacher', 'technician', 'administrator'])
export type Role = z.infer<typeof roleSchema>
