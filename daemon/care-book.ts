// What the events say of the machines' care: spare parts, work orders, and when each row of a plan was last done. The last word on each.
import type { Cared, Part, WorkOrder } from '../protocols/contract/care.ts'
import type { Event } from '../protocols/contract/wire.ts'

export type CareRecords = { part: Part; order: WorkOrder; cared: Cared }
type CareKind = keyof CareRecords

/** Closed orders beyond these, the oldest, leave memory; the events keep them. */
const closedKeptMax = 500

/** The record an event of care is the last word on. */
export function careRecordOf(event: Extract<Event, { kind: CareKind }>): { kind: CareKind; id: string; body: CareRecords[CareKind] } {
  switch (event.kind) {
    case 'part':
      return { kind: 'part', id: event.part.id, body: event.part }
    case 'order':
      return { kind: 'order', id: event.order.id, body: event.order }
    case 'cared':
      return { kind: 'cared', id: caredId(event.cared.machine, event.cared.task), body: event.cared }
  }
}

export class CareBook {
  readonly #parts = new Map<string, Part>()
  readonly #orders = new Map<string, WorkOrder>()
  readonly #cared = new Map<string, Cared>()

  /** Puts back a row of the store; a row of another story is left alone. */
  restore(kind: string, body: unknown): void {
    if (kind === 'part') this.#putPart(body as Part)
    if (kind === 'order') this.#putOrder(body as WorkOrder)
    if (kind === 'cared') this.#putCared(body as Cared)
  }

  fold(event: Event): void {
    if (event.kind === 'part') this.#putPart(event.part)
    if (event.kind === 'order') this.#putOrder(event.order)
    if (event.kind === 'cared') this.#putCared(event.cared)
  }

  parts(): Part[] {
    return [...this.#parts.values()]
  }

  part(id: string): Part | undefined {
    return this.#parts.get(id)
  }

  orders(): WorkOrder[] {
    return [...this.#orders.values()]
  }

  order(id: string): WorkOrder | undefined {
    return this.#orders.get(id)
  }

  cared(): Cared[] {
    return [...this.#cared.values()]
  }

  lastCared(machine: string, task: string): Cared | undefined {
    return this.#cared.get(caredId(machine, task))
  }

  #putPart(part: Part): void {
    this.#parts.set(part.id, part)
  }

  #putCared(cared: Cared): void {
    this.#cared.set(caredId(cared.machine, cared.task), cared)
  }

  #putOrder(order: WorkOrder): void {
    this.#orders.set(order.id, order)
    const closed = [...this.#orders.values()].filter(({ closedAt }) => closedAt !== undefined)
    if (closed.length <= closedKeptMax) return
    // By the time of closing, not as they come: a restart reads them in the order in which they were opened.
    closed.sort((a, b) => (a.closedAt ?? 0) - (b.closedAt ?? 0))
    for (const { id } of closed.slice(0, -closedKeptMax)) this.#orders.delete(id)
  }
}

function caredId(machine: string, task: string): string {
  return `${machine}/${task}`
}
