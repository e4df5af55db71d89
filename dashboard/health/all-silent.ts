// When nearly every school falls silent at once it is not the schools: one urgent condition of the city itself, in place of nineteen. Pure.
import type { Link } from '../../protocols/contract/screen.ts'
import { heartbeatMs } from '../fleet/picture.ts'

/** "At once": a broker that dies is noticed by its clients within a heartbeat, and some go on a little longer than others. */
const withinMs = 3 * 60_000
/** Of those that were there before: all of two, or most of three and more. */
const shareMin = 0.8
/** Schools come back one by one over a minute or two: until most are back, it is still the city. */
const shareLeft = 0.4

export type SiteLink = { site: string; link: Link }

/** Since when a site is silent; undefined for one that is heard, or never was. `upMs`: when we began to listen: before that nobody could be heard. */
function silentSince(link: Link, upMs: number, nowMs: number): number | undefined {
  if (link.link === 'unknown') return undefined
  if (link.link === 'offline') return Math.max(link.since, upMs)
  return nowMs - link.heardAt > heartbeatMs ? Math.max(link.heardAt + heartbeatMs, upMs) : undefined
}

/**
 * The sites that fell silent together, when they are nearly all that were there; none otherwise.
 * `before`: those that did at the last look. While most of them are still away they stay together.
 */
export function fallenTogether(sites: readonly SiteLink[], before: readonly string[], upMs: number, nowMs: number): string[] {
  const heard: string[] = []
  const silent: { site: string; since: number }[] = []
  for (const { site, link } of sites) {
    const since = silentSince(link, upMs, nowMs)
    if (since !== undefined) silent.push({ site, since })
    else if (link.link !== 'unknown') heard.push(site)
  }
  const still = silent.filter(({ site }) => before.includes(site)).map(({ site }) => site)
  if (before.length > 0 && still.length >= before.length * shareLeft) return still.length === before.length ? [...before] : still
  // The largest group that begins with any of them; those silent from earlier are not counted as having been there.
  let found: string[] = []
  for (const { since: from } of silent) {
    const group = silent.filter(({ since }) => since >= from && since - from <= withinMs)
    const wereThere = heard.length + silent.filter(({ since }) => since >= from).length
    const enough = wereThere === 2 ? group.length === 2 : wereThere >= 3 && group.length >= wereThere * shareMin
    if (enough && group.length > found.length) found = group.map(({ site }) => site)
  }
  return found
}
