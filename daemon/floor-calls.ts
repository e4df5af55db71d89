// Calls from the floor: somebody wants the teacher, or says that something is wrong with a machine; and a person has come. Pure decisions.
import type { Ask } from '../protocols/contract/command.ts'
import { helpCalled, holdingProblems, problemReported } from '../protocols/contract/floor.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent, faultEvent } from './drafts.ts'
import type { FloorMemory } from './floor-memory.ts'
import { calledWords, reportedWords } from './floor-words.ts'
import type { MachineMemory } from './folds.ts'
import type { EventDraft } from './store.ts'
import { deny } from './words.ts'

export type FloorAsk = Extract<Ask, { kind: 'machine.help' | 'machine.report' | 'machine.settle' }>

/** Calls counted together. Whoever is in trouble calls twice; whoever calls a sixth time plays. */
const windowMs = 10 * 60_000
const ofPersonMax = 5
const ofMachineMax = 20

/**
 * The events of a call, or why it is not taken. One call stands at a machine at a time and reports gather in one fault, so a class that
 * presses together raises one; who called stands in the action, never in the fault. An empty list: it was known already.
 */
export function floorDeed(
  ask: FloorAsk,
  memory: FloorMemory & Pick<MachineMemory, 'faults'>,
  name: string,
  by: Author,
  at: number,
): { events: EventDraft[] } | { denial: Denial } {
  const stands = (code: string) => memory.faults.find(fault => fault.code === code)
  switch (ask.kind) {
    case 'machine.help': {
      if (stands(helpCalled)) return { events: [] }
      if (tooOften(memory, by, at)) return { denial: deny('called-often', { machine: name }) }
      const fault = { code: helpCalled, ...calledWords }
      return { events: [actionEvent(ask.kind, at, by, ask.machine), faultEvent(ask.machine, 'raised', fault, at)] }
    }
    case 'machine.report': {
      const { problem, text } = ask
      const words = text === undefined || text === '' ? {} : { text }
      const known = memory.reports ?? []
      if (stands(problemReported) && known.some(one => one.by === by.id && one.problem === problem && (one.text ?? '') === (text ?? '')))
        return { events: [] }
      // The first word of smoke is heard from anybody, however often that one has called.
      const first = holdingProblems.includes(problem) && !known.some(one => one.problem === problem)
      if (!first && tooOften(memory, by, at)) return { denial: deny('called-often', { machine: name }) }
      const fault = { code: problemReported, ...reportedWords([...known, { problem, ...words, by: by.id, at }]) }
      return {
        events: [actionEvent(ask.kind, at, by, ask.machine, { problem, ...words }), faultEvent(ask.machine, 'raised', fault, at)],
      }
    }
    case 'machine.settle': {
      const fault = stands(ask.fault)
      // Two teachers came at once: the second has nothing left to do.
      if (fault === undefined) {
        // Without the fault, what was said holds the machine all the same.
        const held = ask.fault === problemReported && (memory.reports ?? []).length > 0
        return { events: held ? [actionEvent(ask.kind, at, by, ask.machine, { fault: ask.fault })] : [] }
      }
      return {
        events: [actionEvent(ask.kind, at, by, ask.machine, { fault: ask.fault }), faultEvent(ask.machine, 'cleared', fault, at)],
      }
    }
  }
}

/** A call that nobody answered for so long is none any more: the lesson is over, and the wall need not cry through the night. */
const lapsesMs = 3 * 3_600_000

/** The events that end a call for help nobody came to. A report stays: what is broken does not mend itself. */
export function lapsedCall(memory: FloorMemory & Pick<MachineMemory, 'faults'>, machine: string, at: number): EventDraft[] {
  const fault = memory.faults.find(({ code }) => code === helpCalled)
  const called = memory.calls?.at(-1)?.at ?? 0
  return fault === undefined || at - called < lapsesMs ? [] : [faultEvent(machine, 'cleared', fault, at)]
}

function tooOften({ calls = [] }: FloorMemory, by: Author, at: number): boolean {
  if (by.role !== 'pupil') return false
  const lately = calls.filter(call => at - call.at < windowMs && call.at <= at)
  return lately.length >= ofMachineMax || lately.filter(call => call.by === by.id).length >= ofPersonMax
}
