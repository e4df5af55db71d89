// A request: all waiting copies of one ticket, as one row and one deed. Pure.
import type { Ask } from '../../../protocols/contract/command.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import { freshToken } from '../live/server.ts'
import type { Requested } from '../school/waits.ts'
import type { BatchItem, HeldDeed } from './batch.ts'

export const idOf = (request: Requested): string => request[0].id

/** This turn of the request: sent back and mended, it is another. */
export const roundOf = ([job]: Requested): string => `${job.id}/${job.returned?.at ?? 0}`

/** What the check left to the teacher, over all copies: they are of one file. Undefined: the school did not say. */
export function asksOf(request: Requested): Job['asks'] {
  return request[0].asks
}

export function isClean(request: Requested): boolean {
  return asksOf(request)?.length === 0
}

/** One command a copy; `kind`: a deed that needs only the job. */
export function itemsFor(requests: readonly Requested[], kind: HeldDeed, ticket: (n: number) => string): BatchItem[] {
  return requests.flat().map(job => ({
    id: freshToken(),
    name: `${ticket(job.ticket)} ${job.program.name}`,
    ask: { kind, job: job.id } satisfies Ask,
  }))
}

/** Requests by their pupils' group, largest first; '' for those of no group. */
export function byGroup(requests: readonly Requested[]): [group: string, requests: Requested[]][] {
  const groups = new Map<string, Requested[]>()
  for (const request of requests) {
    const group = request[0].author.group ?? ''
    groups.set(group, [...(groups.get(group) ?? []), request])
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length)
}
