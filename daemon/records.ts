// What the events say of permits, instructions, groups, lessons, quotas and the care of machines: the last word on each, folded as they are told.

import type { Group } from '../protocols/contract/group.ts'
import type { Lesson, Quota } from '../protocols/contract/lesson.ts'
import type { Instruction, Permit } from '../protocols/contract/permit.ts'
import type { Event } from '../protocols/contract/wire.ts'
import { CareBook, type CareRecords, careRecordOf } from './care-book.ts'

type Records = CareRecords & { permit: Permit; instruction: Instruction; group: Group; lesson: Lesson; quota: Quota }
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
    case 'lesson':
      return { kind: 'lesson', id: event.lesson.id, body: event.lesson }
    case 'quota':
      return { kind: 'quota', id: event.quota.id, body: event.quota }
    case 'job':
    case 'fault':
    case 'action':
    case 'counters':
    case 'heated':
      return undefined
    case 'part':
    case 'order':
    case 'cared':
      return careRecordOf(event)
  }
}

/** All records in memory: a school has hundreds of permits and a few dozen groups. */
export class RecordBook {
  readonly #permits = new Map<string, Permit>()
  readonly #instructions = new Map<string, Instruction>()
  readonly #groups = new Map<string, Group>()
  readonly #lessons = new Map<string, Lesson>()
  readonly #quotas = new Map<string, Quota>()
  /** What comes at any instant from `from` on and before `until`: between them no lesson ends. */
  #coming: { readonly lessons: readonly Lesson[]; readonly from: number; readonly until: number } | undefined
  /** Parts, work orders, maintenance done. */
  readonly care = new CareBook()

  /** Puts back a row of the store. */
  restore(kind: string, body: string): void {
    const value: unknown = JSON.parse(body)
    this.care.restore(kind, value)
    if (kind === 'permit') this.#put(this.#permits, value as Permit)
    if (kind === 'instruction') this.#put(this.#instructions, value as Instruction)
    if (kind === 'group') this.#put(this.#groups, value as Group)
    if (kind === 'lesson') this.#put(this.#lessons, value as Lesson)
    if (kind === 'quota') this.#put(this.#quotas, value as Quota)
  }

  fold(event: Event): void {
    this.care.fold(event)
    if (event.kind === 'permit') this.#put(this.#permits, event.permit)
    if (event.kind === 'instruction') this.#put(this.#instructions, event.instruction)
    if (event.kind === 'group') this.#put(this.#groups, event.group)
    if (event.kind === 'lesson') this.#put(this.#lessons, event.lesson)
    if (event.kind === 'quota') this.#put(this.#quotas, event.quota)
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

  lessons(): Lesson[] {
    return [...this.#lessons.values()]
  }

  /** Those that are not over and not cancelled. Asked at every look at the queue, hence kept. */
  comingLessons(at: number): readonly Lesson[] {
    // Earlier too: when a clock that was ahead is set right, what was over comes again.
    if (this.#coming === undefined || at < this.#coming.from || at >= this.#coming.until) this.#coming = this.#comingAt(at)
    return this.#coming.lessons
  }

  #comingAt(at: number): { lessons: readonly Lesson[]; from: number; until: number } {
    const lessons: Lesson[] = []
    let [from, until] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (const lesson of this.#lessons.values()) {
      if (lesson.cancelledAt !== undefined) continue
      if (lesson.until <= at) from = Math.max(from, lesson.until)
      else {
        until = Math.min(until, lesson.until)
        lessons.push(lesson)
      }
    }
    return { lessons, from, until }
  }

  lesson(id: string): Lesson | undefined {
    return this.#lessons.get(id)
  }

  /** Those that were dropped too. */
  quotas(): Quota[] {
    return [...this.#quotas.values()]
  }

  quota(id: string): Quota | undefined {
    return this.#quotas.get(id)
  }

  #put<T extends { id: string }>(map: Map<string, T>, value: T): void {
    map.set(value.id, value)
    this.#coming = undefined
  }
}
