// What the screen lets each role ask for (DESIGN §6). A first judgement that saves a way; the daemon judges again and has the last word.
import type { Ask } from '../../protocols/contract/command.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import { mayEver, type Role } from '../../protocols/contract/rights.ts'
import type { Me, SitePicture } from '../../protocols/contract/screen.ts'
import type { Denial } from '../../protocols/contract/words.ts'
import { own } from '../fleet/picture.ts'
import type { Account } from '../workplace.ts'
import { denial } from './denials.ts'

/** Those who look after machines. */
const keepers: readonly Role[] = ['technician', 'administrator']

/** Orders that must never wait behind anything. */
export const urgent: readonly Ask['kind'][] = ['machine.stop', 'machine.pause', 'job.cancel']

/** Why this person may not ask this of this site, or undefined when it may. */
export function judge(author: Author, ask: Ask, picture: SitePicture, scope: Me['scope']): Denial | undefined {
  if (!mayEver(author.role, ask.kind)) return denial('no-right')
  // What stands still under a beam burns: nobody far away starts it (DESIGN §4).
  if ((ask.kind === 'job.start' || ask.kind === 'job.arm' || ask.kind === 'machine.frame') && scope.kind === 'city')
    return denial('at-the-machine')
  if (ask.kind === 'job.submit' && ask.allowConstantPower === true && author.role !== 'technician') return denial('no-right')
  if (author.role === 'pupil' && (ask.kind === 'job.cancel' || ask.kind === 'job.mend') && !isOwn(author, own(picture.jobs, ask.job)))
    return denial('not-yours')
  return undefined
}

function isOwn(author: Author, job: Job | undefined): boolean {
  return job !== undefined && job.author.id === author.id
}

/** How long a command stays worth carrying out, ms: an order to a machine is for now, a job may wait for the school to return. */
export function lifetimeMs(kind: Ask['kind']): number {
  if (kind === 'machine.jog') return 5_000
  // What somebody saw stays true when the school was not reachable at that moment.
  if (kind === 'machine.report' || kind === 'machine.help' || kind === 'machine.settle') return 10 * 60_000
  if (kind.startsWith('machine.')) return 30_000
  return kind === 'job.submit' || kind === 'job.mend' ? 24 * 3_600_000 : 10 * 60_000
}

export function maySeeSite(account: Account, site: string): boolean {
  return account.sites === 'all' || account.sites.includes(site)
}

/** Who looks after machines: sees what is wrong with them, and settles it. */
export function isKeeper(account: Account): boolean {
  return keepers.includes(account.role)
}

export function isStaff(account: Account): boolean {
  return account.role !== 'pupil'
}
