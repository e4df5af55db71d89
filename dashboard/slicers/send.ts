// A received file becomes a job: asked of the school as its owner would ask on the page, and told honestly what came of it.
import { randomUUID } from 'node:crypto'
import type { Ask } from '../../protocols/contract/command.ts'
import type { Upload } from '../../protocols/contract/screen.ts'
import type { Denial, Sentence } from '../../protocols/contract/words.ts'
import { confidence } from '../fleet/picture.ts'
import type { WebContext } from '../server/context.ts'
import { denial } from '../server/denials.ts'
import { authorOf } from '../server/people.ts'
import { judge, lifetimeMs } from '../server/rights.ts'
import type { Caller } from './door.ts'
import { queueTarget } from './keys.ts'
import { told } from './words.ts'

/** Slicers wait as long as they are let; a large file is analysed in seconds. */
const answerWithinMs = 25_000
/** A school that is away is not waited for; this is for one that comes back this very moment. */
const awayMs = 500

export type Sent =
  /** `starts`: a machine takes it at once. */
  | { kind: 'taken'; message: Sentence; jobs: string[]; ticket?: number; starts: boolean }
  /** The file is safe and the job asked for; the school has not said its word. */
  | { kind: 'kept'; message: Sentence }
  | { kind: 'refused'; denial: Denial }

/**
 * Submits the upload to the key's target. With `print` it queues; without, it comes into the queue held back,
 * since here an uploaded file that is no job would be seen by nobody.
 */
export async function sendToQueue({ account, key }: Caller, upload: Upload, print: boolean, context: WebContext): Promise<Sent> {
  const request = randomUUID()
  const ask: Ask = {
    kind: 'job.submit',
    request,
    ...upload,
    copies: 1,
    ...(key.target === queueTarget ? {} : { machine: key.target }),
    ...(print ? {} : { held: true }),
  }
  const id = randomUUID()
  const reply = await command({ account, key }, ask, context, id)
  if (reply === 'away' || reply === undefined || reply.outcome === 'accepted') {
    // The slicer is answered now; what the school says later its owner reads on the page.
    context.sentFiles.put({ id, site: key.site, login: account.login, name: upload.name, at: context.clock() })
    return { kind: 'kept', message: reply === 'away' ? told.away(print) : told.silent(print) }
  }
  if (reply.outcome === 'refused') return { kind: 'refused', denial: reply.denial }
  const { ticket, waiting, jobs = [request] } = reply
  return {
    kind: 'taken',
    message: print ? told.queued(ticket, waiting) : told.held(ticket),
    jobs,
    ...(ticket !== undefined && { ticket }),
    starts: print && waiting === undefined,
  }
}

/** Lets a job go that came held back (OctoPrint's "select" with "print"). Undefined: done. */
export async function releaseJob(caller: Pick<Caller, 'account' | 'key'>, job: string, context: WebContext): Promise<Denial | undefined> {
  const reply = await command(caller, { kind: 'job.release', job }, context)
  if (reply === 'away' || reply === undefined) return denial('no-answer')
  return reply.outcome === 'refused' ? reply.denial : undefined
}

/** The school's word; `away` when it cannot be asked now, undefined when it did not answer in time. */
async function command(
  { account, key }: Pick<Caller, 'account' | 'key'>,
  ask: Ask,
  { workplace, log, clock, closing }: WebContext,
  id: string = randomUUID(),
) {
  const author = authorOf(account)
  const issuedAt = clock()
  const picture = workplace.fleet.site(key.site)
  if (picture === undefined) return { outcome: 'refused', command: id, at: issuedAt, denial: denial('not-found') } as const
  const no = judge(author, ask, picture, workplace.scope)
  if (no !== undefined) return { outcome: 'refused', command: id, at: issuedAt, denial: no } as const
  const { sure } = confidence(picture.link, issuedAt)
  const away = workplace.scope.kind === 'city' && !sure
  const signal = AbortSignal.any([AbortSignal.timeout(away ? awayMs : answerWithinMs), closing])
  const reply = await workplace.command(key.site, { id, author, issuedAt, expiresAt: issuedAt + lifetimeMs(ask.kind), ask }, signal)
  const ms = clock() - issuedAt
  log.info({ account: account.id, key: key.id, site: key.site, ask: ask.kind, command: id, outcome: reply?.outcome, ms }, 'slicer command')
  return reply ?? (away ? 'away' : undefined)
}
