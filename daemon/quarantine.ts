// Takes a machine out of work by itself after three failures of one cause in a week: nobody's parts should be the fourth.
import { repeated } from '../protocols/contract/failures.ts'
import type { Author } from '../protocols/contract/job.ts'
import { actionEvent } from './drafts.ts'
import { foldMachine, type MachineMemory } from './folds.ts'
import type { EventDraft } from './store.ts'

/** Who stands in the journal where no person did it. */
const ourselves: Author = { id: 'tsekh', name: 'Цех', role: 'technician' }

/** The events, and after them the one that puts the machine into service, where they make one failure too many. */
export function withQuarantine(events: readonly EventDraft[], machine: string, memory: MachineMemory, at: number): EventDraft[] {
  const after = events.reduce((known, event) => (concerns(event, machine) ? foldMachine(known, { number: 1, ...event }) : known), memory)
  const worst = after.inService || after.failures === memory.failures ? undefined : repeated(after.failures ?? [], at)
  if (worst === undefined) return [...events]
  return [...events, actionEvent('machine.service', at, ourselves, machine, { on: true, reason: 'repeat-failure', ...worst })]
}

function concerns(event: EventDraft, machine: string): boolean {
  return (event.kind === 'job' ? event.job.machine : 'machine' in event ? event.machine : undefined) === machine
}
