// The secret in a ticket's link: made from what the school and the city both know, so that it never travels and stands in no event.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Job } from '../../protocols/contract/job.ts'

/** Without letters that are taken for one another, in case somebody types it. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
/** 31¹² is about 59 bits: with tries counted nobody finds one, and the QR code stays small. */
const secretLength = 12

/** A site's key for ticket links, from the password with which the school joins the city. */
export function ticketKey(site: string, sitePassword: string): Buffer {
  return createHmac('sha256', sitePassword).update(`tsekh ticket links of ${site}`).digest()
}

/** The secret of a request; its copies share it. `job`: any copy's request is the id of the first one. */
export function ticketSecret(key: Buffer, first: Pick<Job, 'site' | 'ticket' | 'id'>): string {
  return secretFor(key, `${first.site}/${first.ticket}/${first.id}`)
}

/** Twelve letters that only who holds the key can make of this text. */
export function secretFor(key: Buffer, text: string): string {
  const digest = createHmac('sha256', key).update(text).digest()
  return Array.from({ length: secretLength }, (_, index) => letters[(digest[index] ?? 0) % letters.length]).join('')
}

/** `/t/12-…`: what the QR code says. */
export function ticketPath(key: Buffer, first: Pick<Job, 'site' | 'ticket' | 'id'>): string {
  return `/t/${first.ticket}-${ticketSecret(key, first)}`
}

export function readTicketPath(text: string): { ticket: number; secret: string } | undefined {
  const [, ticket, secret] = /^(\d{1,9})-([a-z0-9]{12})$/.exec(text) ?? []
  return ticket === undefined || secret === undefined ? undefined : { ticket: Number(ticket), secret }
}

/** Compares in a time that tells nothing. */
export function sameSecret(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
