// Takes a machine out of work by itself after three failures of one cause in a week: nobody's parts should be the fourth.
import type { WorkOrder } from '../protocols/contract/care.ts'
import { repeated } from '../protocols/contract/failures.ts'
import type { Author } from '../protocols/contract/job.ts'
import { quarantineTitle } from './care-words.ts'
import { actionEvent } from './drafts.ts'
import { foldMachine, type MachineMemory } from './folds.ts'
import type { EventDraft } from './store.ts'

/** Who stands in the journal where no person did it. */
const ourselves: Author = { id: 'tsekh', name: 'Цех', role: 'technician' }

/**
 * The events, and after them the one that puts the machine into service, where they make one failure too many; before it the work order
 * for whoever looks, unless one of ours (`orders`) is open on the machine.
 */
export function withQuarantine(
  events: readonly EventDraft[],
  machine: string,
  memory: MachineMemory,
  at: number,
  orders: readonly WorkOrder[] = [],
): EventDraft[] {
  const after = events.reduce((known, event) => (concerns(event, machine) ? foldMachine(known, { number: 1, ...event }) : known), memory)
  const worst = after.inService || after.failures === memory.failures ? undefined : repeated(after.failures ?? [], at)
  if (worst === undefined) return [...events]
  return [
    ...events,
    ...orderFor(events, machine, worst, at, orders),
    actionEvent('machine.service', at, ourselves, machine, { on: true, reason: 'repeat-failure', ...worst }),
  ]
}

function orderFor(
  events: readonly EventDraft[],
  machine: string,
  { cause, count }: { cause: string; count: number },
  at: number,
  orders: readonly WorkOrder[],
): EventDraft[] {
  const known = orders.some(order => order.machine === machine && order.by.id === ourselves.id && order.closedAt === undefined)
  const site = events.flatMap(event => (event.kind === 'job' ? [event.job.site] : []))[0]
  if (known || site === undefined) return []
  const said = quarantineTitle(cause, count)
  // The same failure makes the same order, however often it is reckoned.
  const id = `q-${at.toString(36)}-${machine}`
  const order: WorkOrder = { id, site, machine, title: said.ru.slice(0, 120), said, openedAt: at, by: ourselves, remarks: [] }
  return [{ kind: 'order', at, change: 'opened', order, by: ourselves }]
}

function concerns(event: EventDraft, machine: string): boolean {
  return (event.kind === 'job' ? event.job.machine : 'machine' in event ? event.machine : undefined) === machine
}
