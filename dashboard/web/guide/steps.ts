// The first steps of each role, and which of them what is seen shows to be done. Pure.
import type { Job } from '../../../protocols/contract/job.ts'
import type { Role } from '../../../protocols/contract/rights.ts'
import type { Me, Roster, SiteSummary } from '../../../protocols/contract/screen.ts'
import type { Words } from '../words/ru.ts'

export type StepName = keyof Words['guide']['steps']

/** What is known where the card stands; what is absent was not asked for or not answered. */
export type Seen = {
  me: Pick<Me, 'pin' | 'keepsStaff'>
  person: string
  jobs: readonly Job[]
  sites?: readonly Pick<SiteSummary, 'link' | 'counts' | 'queued'>[]
  roster?: Pick<Roster, 'groups' | 'permits'>
  /** Wall screens and accounts of staff there are. */
  screens?: number
  staff?: number
  /** Conditions somebody has taken up. */
  taken?: number
}

export type Step = { name: StepName; done: boolean }

/** In the order they are done. A step that is not offered here (no PIN, no accounts) is left out. */
export function stepsOf(role: Role, seen: Seen): Step[] {
  const { me, person, jobs, sites = [], roster } = seen
  const own = jobs.filter(({ author }) => author.id === person)
  const ofPupils = jobs.filter(({ author }) => author.role === 'pupil')
  const pin: Step[] = me.pin === undefined ? [] : [{ name: 'pin', done: me.pin.set }]
  const linked: Step = { name: 'linked', done: sites.length > 0 && sites.every(({ link }) => link.link === 'online') }
  const screen: Step = { name: 'screen', done: (seen.screens ?? 0) > 0 }
  switch (role) {
    case 'pupil':
      return [
        { name: 'send', done: own.length > 0 },
        { name: 'approved', done: own.some(({ state }) => passed(state)) },
        { name: 'fetch', done: own.some(({ state }) => state === 'collected') },
      ]
    case 'teacher':
      return [
        ...pin,
        { name: 'group', done: (roster?.groups.length ?? 0) > 0 },
        { name: 'approve', done: ofPupils.some(({ state }) => passed(state)) },
        { name: 'clear', done: jobs.some(({ verdict }) => verdict !== undefined) },
        { name: 'hand', done: jobs.some(({ state }) => state === 'collected') },
      ]
    case 'technician':
      return [...pin, linked, { name: 'take', done: (seen.taken ?? 0) > 0 }, screen]
    case 'administrator':
      return [
        ...(me.keepsStaff === true ? [{ name: 'staff', done: (seen.staff ?? 0) > 1 } as const] : []),
        linked,
        screen,
        { name: 'begun', done: sites.some(({ counts, queued }) => queued > 0 || (counts.running ?? 0) > 0) },
      ]
  }
}

/** Somebody has looked at it and let it through. */
function passed(state: Job['state']): boolean {
  return state !== 'submitted' && state !== 'returned' && state !== 'denied' && state !== 'cancelled'
}
