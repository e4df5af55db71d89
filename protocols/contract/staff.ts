// Accounts of staff: those the city's file names, those an administrator made on the screen, and sign-ons that are not ours (OpenID Connect).
import { z } from 'zod'
import { siteIdSchema } from './ids.ts'

/** Pupils join with a code and are never in this list. */
const staffRoleSchema = z.enum(['teacher', 'technician', 'administrator'])
export type StaffRole = z.infer<typeof staffRoleSchema>

const loginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{2,39}$/)
const nameSchema = z.string().trim().min(1).max(80)
const sitesSchema = z.array(siteIdSchema).min(1).max(2_000).or(z.literal('all'))

export const staffBodySchema = z.strictObject({ login: loginSchema, name: nameSchema, role: staffRoleSchema, sites: sitesSchema })
export type StaffBody = z.infer<typeof staffBodySchema>

/** `closed`: may not sign in any more; what the person did stays in the journal. */
export const staffChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  role: staffRoleSchema.optional(),
  sites: sitesSchema.optional(),
  closed: z.boolean().optional(),
})
export type StaffChange = z.infer<typeof staffChangeSchema>

/** As an administrator sees one. `file`: stands in the city's file and is changed there. */
export type StaffMember = StaffBody & {
  id: string
  source: 'file' | 'screen'
  /** invited: has no password yet. */
  state: 'active' | 'invited' | 'closed'
  /** An invitation that was not used is good until then. */
  invitedUntil?: number
}

/** A word that opens everything must be longer than a PIN; longer ones need no odd signs (NIST SP 800-63B §5.1.1). */
export const passwordLengthMin = 10

export const signOnSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,32}$/, 'give an id of lower-case latin letters, digits and hyphens, at most 32'),
    name: z.string().min(1).max(60),
    issuer: z.url('give the address of the provider, as its discovery document says it'),
    clientId: z.string().min(1).max(200),
    clientSecret: z.string().min(1).max(400).optional(),
    /** What of the provider's word names the person: compared with the person's `signOn`, or login where there is none. */
    claim: z.enum(['sub', 'preferred_username', 'email']).default('sub'),
    /** Whose people it may speak for. A school's provider signs nobody in who works elsewhere too. */
    sites: sitesSchema.default('all'),
  })
  .refine(({ issuer }) => issuer.startsWith('https://') || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(issuer), {
    path: ['issuer'],
    message: 'give an https address: over plain http anybody on the way could sign in as anybody',
  })
export type SignOn = z.infer<typeof signOnSchema>
