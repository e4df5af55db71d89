// Permits as the school judges them: its own, those other schools gave its people, and in a demonstration those of its file.
import type { Author } from '../protocols/contract/job.ts'
import { type Clearance, clearanceOf, type Permit, type PermitMachine, wantsPermit } from '../protocols/contract/permit.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { RecordBook } from './records.ts'
import { deny } from './words.ts'

export type PermitsOptions = {
  readonly site: string
  readonly records: Pick<RecordBook, 'permits'>
  /** What the city told of permits given elsewhere. */
  readonly directory: () => readonly Permit[]
  /** Given by the school's file, in a demonstration only. */
  readonly given?: readonly Permit[]
  readonly nowMs: () => number
}

export class Permits {
  readonly #options: PermitsOptions

  constructor(options: PermitsOptions) {
    this.#options = options
  }

  /** Every permit that counts here. One taken back anywhere is taken back: of two words on a permit the stricter holds. */
  all(): Permit[] {
    const { site, records, directory, given = [] } = this.#options
    const known = new Map(given.map(permit => [permit.id, permit]))
    for (const permit of [...directory(), ...records.permits()]) {
      const before = known.get(permit.id)
      known.set(permit.id, before?.revoked !== undefined && permit.revoked === undefined ? before : permit)
    }
    return [...known.values()].filter(permit => permit.covers.of !== 'machine' || permit.site === site)
  }

  permit(id: string): Permit | undefined {
    return this.all().find(permit => permit.id === id)
  }

  clearance(person: string, machine: PermitMachine): Clearance {
    return clearanceOf(this.all(), person, machine, this.#options.nowMs())
  }

  /** Why this person may not start this machine: no-permit, permit-expired, permit-revoked; undefined when cleared, or for a printer. */
  judge(person: Author, machine: Omit<PermitMachine, 'site'>, name: string): Denial | undefined {
    if (!wantsPermit(machine.kind)) return undefined
    const found = this.clearance(person.id, { ...machine, site: this.#options.site })
    switch (found.clearance) {
      case 'valid':
        return undefined
      case 'none':
        return deny('no-permit', { machine: name })
      case 'expired': {
        const { revoked, until } = found.permit
        return revoked ? deny('permit-revoked', { machine: name, day: revoked.at }) : deny('permit-expired', { machine: name, day: until })
      }
    }
  }
}

const yearMs = 365 * 24 * 3_600_000

/** Permits of a demonstration's teachers and technicians, so that it can be shown at once; its administrator has none, to show what then happens. */
export function demoPermits(site: string, people: readonly Author[], nowMs: number): Permit[] {
  const cleared = people.filter(({ role }) => role === 'teacher' || role === 'technician')
  const by: Author = { id: 'demo', name: 'Демонстрация', role: 'administrator' }
  return cleared.flatMap(({ id, name, role }) =>
    (['laser', 'mill'] as const).map(
      (kind): Permit => ({
        id: `demo-${kind}-${id}`.slice(0, 64),
        site,
        person: { id, name, role },
        covers: { of: 'kind', kind },
        from: 0,
        until: nowMs + yearMs,
        instruction: { id: `demo-${kind}`, title: 'Учебный инструктаж демонстрации', version: '1', by, at: nowMs },
        by,
      }),
    ),
  )
}
