// What a school remembers of the calls from a machine: what was reported and not settled, and who called lately. A pure fold.
import { holdingProblems, type Problem, problems } from '../protocols/contract/floor.ts'
import type { Event } from '../protocols/contract/wire.ts'

export type Report = { readonly problem: Problem; readonly text?: string; readonly by: string; readonly at: number }

export type FloorMemory = {
  /** Said of the machine and not settled, oldest first. */
  readonly reports?: readonly Report[]
  /** Who called from it, and when; for the limit. */
  readonly calls?: readonly { readonly by: string; readonly at: number }[]
}

/** More than a machine is allowed to gather in the limit's window (floor-calls.ts). */
const callsKept = 40
/** The first word of each kind stays, whatever comes after. */
const reportsKept = 20

/** The memory after a person's deed. Answers the same object when it says nothing of calls. */
export function foldCall<Memory extends FloorMemory>(memory: Memory, event: Extract<Event, { kind: 'action' }>): Memory {
  const { action, at, by, detail = {} } = event
  const calls = [...(memory.calls ?? []), { by: by.id, at }].slice(-callsKept)
  if (action === 'machine.help') return { ...memory, calls }
  if (action === 'machine.settle' && detail.fault === 'problem-reported') {
    const { reports: _settled, ...rest } = memory
    return rest as Memory
  }
  const problem = problems.find(one => one === detail.problem)
  if (action !== 'machine.report' || problem === undefined) return memory
  const text = typeof detail.text === 'string' ? { text: detail.text } : {}
  const reports = [...(memory.reports ?? []), { problem, ...text, by: by.id, at }]
  return { ...memory, calls, reports: bounded(reports) }
}

/** Something was said for which nothing new may begin on the machine. */
export function isHeldByReport({ reports = [] }: FloorMemory): boolean {
  return reports.some(({ problem }) => holdingProblems.includes(problem))
}

function bounded(reports: readonly Report[]): readonly Report[] {
  if (reports.length <= reportsKept) return reports
  const first = reports.findIndex((report, index) => reports.findIndex(({ problem }) => problem === report.problem) < index)
  return reports.filter((_report, index) => index !== (first === -1 ? 0 : first))
}
