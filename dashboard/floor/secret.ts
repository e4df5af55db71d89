// The secret in the address on a machine's sticker: made from what the school and the city both know, so one sticker works at either.
import { sameSecret, secretFor } from '../tickets/secret.ts'

/** `/m/{site}/{machine}-{secret}`. It lasts as long as the school's password: a sticker is not printed anew for years. */
export function machinePath(key: Buffer, site: string, machine: string): string {
  return `/m/${site}/${machine}-${machineSecret(key, site, machine)}`
}

/** The machine of `{machine}-{secret}`, if one of the site's keys made the secret. */
export function readMachinePath(keys: readonly Buffer[], site: string, text: string): string | undefined {
  const [, machine, secret] = /^([a-z0-9-]{1,48})-([a-z0-9]{12})$/.exec(text) ?? []
  if (machine === undefined || secret === undefined) return undefined
  return keys.some(key => sameSecret(secret, machineSecret(key, site, machine))) ? machine : undefined
}

// No id holds a space: no ticket's text can be this one.
function machineSecret(key: Buffer, site: string, machine: string): string {
  return secretFor(key, `machine page of ${site}/${machine}`)
}
