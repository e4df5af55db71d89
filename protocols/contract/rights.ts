// Who may do what (DESIGN §6). Judged at the daemon, again, whatever the screen allowed.
import { z } from 'zod'

export const roleSchema = z.enum(['pupil', 'teacher', 'technician', 'administrator'])
export type Role = z.infer<typeof roleSchema>
