// What people do about people, as decisions: instructions, permits, groups. An ask and what is known in, events or a denial out.
import type { Ask } from '../protocols/contract/command.ts'
import { type Group, takesPupils } from '../protocols/contract/group.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Instruction, Permit } from '../protocols/contract/permit.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent } from './drafts.ts'
import type { EventDraft } from './store.ts'
import type { Done } from './submissions.ts'
import { deny } from './words.ts'

export type PeopleAsk = Extract<
  Ask,
  { kind: 'instruction.record' | 'permit.grant' | 'permit.revoke' | 'group.open' | 'group.close' | 'pupil.forget' }
>

export type PeopleContext = {
  readonly site: string
  /** Anybody the school knows, as the journal may name that person. */
  readonly person: (id: string) => Author | undefined
  readonly permit: (id: string) => Permit | undefined
  readonly instruction: (id: string) => Instruction | undefined
  readonly group: (id: string) => Group | undefined
  readonly machineKnown: (id: string) => boolean
  /** A code no group has had. */
  readonly freshCode: () => string
  /** Erases a pupil; false when there was none. */
  readonly forget: (id: string) => boolean
}

/** Longer than any school's rule between two instructions. */
const permitMaxMs = 5 * 366 * 24 * 3_600_000
const groupMaxMs = 2 * 366 * 24 * 3_600_000

export function peopleDeed(ask: PeopleAsk, context: PeopleContext, by: Author, at: number): Done | { denial: Denial } {
  switch (ask.kind) {
    case 'instruction.record':
      return record(ask, context, by, at)
    case 'permit.grant':
      return grant(ask, context, by, at)
    case 'permit.revoke': {
      const permit = context.permit(ask.permit)
      if (permit === undefined) return { denial: deny('unknown-permit') }
      if (permit.revoked !== undefined) return done([])
      const revoked = { by, at, ...(ask.reason === undefined ? {} : { reason: ask.reason }) }
      return done([{ kind: 'permit', at, change: 'revoked', permit: { ...permit, revoked }, by }])
    }
    case 'group.open':
      return open(ask, context, by, at)
    case 'group.close': {
      const group = context.group(ask.group)
      if (group === undefined) return { denial: deny('unknown-group') }
      if (!takesPupils(group, at)) return done([])
      return done([{ kind: 'group', at, change: 'closed', group: { ...group, closedAt: at }, by }])
    }
    case 'pupil.forget': {
      const pupil = context.person(ask.person)
      if (pupil?.role !== 'pupil' || !context.forget(ask.person)) return { denial: deny('unknown-person-named') }
      return done([actionEvent('pupil.forget', at, by, undefined, { pupil: pupil.name })])
    }
  }
}

function record(
  ask: Extract<PeopleAsk, { kind: 'instruction.record' }>,
  context: PeopleContext,
  by: Author,
  at: number,
): Done | { denial: Denial } {
  if (context.instruction(ask.instruction) !== undefined) return done([])
  const people = [...new Set(ask.people)].map(id => context.person(id))
  const known = people.filter(person => person !== undefined)
  if (known.length < people.length) return { denial: deny('unknown-person-named') }
  const { instruction: id, title, version } = ask
  return done([{ kind: 'instruction', at, instruction: { id, site: context.site, title, version, people: known, by, at } }])
}

function grant(
  ask: Extract<PeopleAsk, { kind: 'permit.grant' }>,
  context: PeopleContext,
  by: Author,
  at: number,
): Done | { denial: Denial } {
  if (context.permit(ask.permit) !== undefined) return done([])
  const person = context.person(ask.person)
  if (person === undefined) return { denial: deny('unknown-person-named') }
  const instruction = context.instruction(ask.instruction)
  if (instruction === undefined || !instruction.people.some(({ id }) => id === person.id)) return { denial: deny('not-instructed') }
  if (ask.covers.of === 'machine' && !context.machineKnown(ask.covers.machine)) return { denial: deny('unknown-machine') }
  if (ask.until <= at || ask.until - at > permitMaxMs) return { denial: deny('bad-date') }
  const { id, title, version } = instruction
  const permit: Permit = {
    id: ask.permit,
    site: context.site,
    person,
    covers: ask.covers,
    from: at,
    until: ask.until,
    instruction: { id, title, version, by: instruction.by, at: instruction.at },
    by,
  }
  return done([{ kind: 'permit', at, change: 'granted', permit, by }])
}

function open(ask: Extract<PeopleAsk, { kind: 'group.open' }>, context: PeopleContext, by: Author, at: number): Done | { denial: Denial } {
  const known = context.group(ask.group)
  if (known !== undefined) return { events: [], reply: { code: known.code } }
  if (ask.endsAt <= at || ask.endsAt - at > groupMaxMs) return { denial: deny('bad-date') }
  const group: Group = {
    id: ask.group,
    site: context.site,
    name: ask.name,
    code: context.freshCode(),
    ...(ask.ageBand === undefined ? {} : { ageBand: ask.ageBand }),
    openedAt: at,
    endsAt: ask.endsAt,
    by,
  }
  return { events: [{ kind: 'group', at, change: 'opened', group, by }], reply: { code: group.code } }
}

function done(events: EventDraft[]): Done {
  return { events, reply: {} }
}
