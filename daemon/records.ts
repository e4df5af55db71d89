// What the events say of permits, instructions and groups: the last word on each, folded as they are told.
import type { Group } from '../protocols/contract/group.ts'
import type { Instruction, Permit } from '../protocols/contract/permit.ts'
import type { Event } from '../protocols/contract/wire.ts'

type Records = { permit: Permit; instruction: Instruction; group: Group }
export type RecordKind = keyof Records

/** The record an event is the last word on, if it is. */
export function recordOf(event: Event): { kind: RecordKind; id: string; body: Records[RecordKind] } | undefined {
  switch (event.kind) {
    case 'permit':
      return { kind: 'permit', id: event.permit.id, body: event.permit }
    case 'instruction':
      return { kind: 'instruction', id: event.instruction.id, body: event.instruction }
    case 'group':
      return { kind: 'group', id: event.group.id, body: event.group }
    case 'job':
    case 'fault':
    case 'action':
    case 'counters':
    case 'heated':
    case 'lesson':
    case 'quota':
    case 'part':
    case 'order':
    case 'cared':
      return undefined
  }
}

/** All records in memory: a school has hundreds of permits and a few dozen groups. */
export class RecordBook {
  readonly #permits = new Map<string, Permit>()
  readonly #instructions = new Map<string, Instruction>()
  readonly #groups = new Map<string, Group>()

  /** Puts back a row of the store. */
  restore(kind: string, body: string): void {
    const value: unknown = JSON.parse(body)
    if (kind === 'permit') this.#put(this.#permits, value as Permit)
    if (kind === 'instruction') this.#put(this.#instructions, value as Instruction)
    if (kind === 'group') this.#put(this.#groups, value as Group)
  }

  fold(event: Event): void {
    if (event.kind === 'permit') this.#put(this.#permits, event.permit)
    if (event.kind === 'instruction') this.#put(this.#instructions, event.instruction)
    if (event.kind === 'group') this.#put(this.#groups, event.group)
  }

  permits(): Permit[] {
    return [...this.#permits.values()]
  }

  permit(id: string): Permit | undefined {
    return this.#permits.get(id)
  }

  instructions(): Instruction[] {
    return [...this.#instructions.values()]
  }

  instruction(id: string): Instruction | undefined {
    return this.#instructions.get(id)
  }

  groups(): Group[] {
    return [...this.#groups.values()]
  }

  group(id: string): Group | undefined {
    return this.#groups.get(id)
  }

  #put<T extends { id: string }>(map: Map<string, T>, value: T): void {
    map.set(value.id, value)
  }
}
