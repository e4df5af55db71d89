// Permits as a page lists them: of whom, for which machine, how near their end. Pure.

import type { MachineDeclaration } from '../../../protocols/contract/machine.ts'
import { type Coverage, covers, type Permit } from '../../../protocols/contract/permit.ts'
import type { Words } from '../words/ru.ts'

export type Standing = 'valid' | 'soon' | 'ended' | 'revoked'

const dayMs = 24 * 3_600_000
/** Time enough to arrange the next instruction. */
const soonMs = 30 * dayMs

export function standingOf(permit: Permit, nowMs: number): Standing {
  if (permit.revoked !== undefined) return 'revoked'
  if (nowMs >= permit.until) return 'ended'
  return permit.until - nowMs <= soonMs ? 'soon' : 'valid'
}

/** Whole days left, counted up: on the last day there is one. */
export function daysLeft(permit: Permit, nowMs: number): number {
  return Math.max(0, Math.ceil((permit.until - nowMs) / dayMs))
}

/** By person, those that count before those that do not, the longest first; for one machine where it is given. */
export function listPermits(permits: readonly Permit[], site: string, machine: MachineDeclaration | undefined, nowMs: number): Permit[] {
  const rank = (permit: Permit) => ({ valid: 0, soon: 0, ended: 1, revoked: 2 })[standingOf(permit, nowMs)]
  return permits
    .filter(permit => machine === undefined || covers(permit, { site, id: machine.id, model: machine.model, kind: machine.kind }))
    .sort((a, b) => a.person.name.localeCompare(b.person.name) || rank(a) - rank(b) || b.until - a.until)
}

export function coverageText(
  { covers: what, site }: Pick<Permit, 'covers' | 'site'>,
  machines: readonly MachineDeclaration[],
  here: string,
  words: Words,
): string {
  switch (what.of) {
    case 'kind':
      return words.people.kinds[what.kind]
    case 'model':
      return words.people.model(machines.find(({ model }) => model === what.model)?.modelName ?? what.model)
    case 'machine':
      return site === here ? (machines.find(({ id }) => id === what.machine)?.name ?? what.machine) : words.people.otherSchool
  }
}

/** What a permit may be given for here: kinds and models of lasers and mills, and each of them. */
export function coveragesHere(machines: readonly MachineDeclaration[]): Coverage[] {
  const dangerous = machines.filter(({ kind }) => kind !== 'printer')
  const kinds = [...new Set(dangerous.map(({ kind }) => kind))]
  const models = [...new Set(dangerous.map(({ model }) => model))]
  return [
    ...kinds.map((kind): Coverage => ({ of: 'kind', kind })),
    ...models.map((model): Coverage => ({ of: 'model', model })),
    ...dangerous.map(({ id }): Coverage => ({ of: 'machine', machine: id })),
  ]
}
