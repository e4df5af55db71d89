// Names that become MQTT topics, file names and URLs: checked at every door before they are used.
import { z } from 'zod'

/** Lower-case latin, digits and hyphens: safe as an MQTT topic level, a file name and a URL segment. */
const slug = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/

export const siteIdSchema = z.string().regex(slug)
export const machineIdSchema = z.string().regex(slug)
/** UUID v4/v7 or any other URL-safe token of 8 to 64 characters, made by whoever issues the thing. */
export const tokenSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** Milliseconds since the Unix epoch by the clock of whoever wrote it. */
export const instantSchema = z.number().int().nonnegative()
