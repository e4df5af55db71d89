// What the events amount to: the state of jobs, machines and counters as pure folds. Two runs over the same events give the same bytes.
import { type Failure, withJob } from '../protocols/contract/failures.ts'
import type { Event } from '../protocols/contract/wire.ts'
import type { Fault } from '../protocols/contract/words.ts'
import { type FloorMemory, foldCall } from './floor-memory.ts'
import { type Curve, waysKept } from './forecast/heat-curves.ts'

/** What a school remembers of a machine beside what the machine itself says. */
export type MachineMemory = FloorMemory & {
  /** The job whose part lies on the bed, since when. */
  readonly uncleared?: { readonly job: string; readonly since: number }
  readonly inService: boolean
  /** Goes into service when the job on it has ended; takes no other until then. */
  readonly drain?: true
  /** Laid to the machine, of the last week; what was before `seenToAt` a person has seen to. */
  readonly failures?: readonly Failure[]
  readonly seenToAt?: number
  /** Raised and not cleared, oldest first. */
  readonly faults: readonly Fault[]
  readonly runningSeconds: number
  readonly jobs: number
  readonly resends: number
  /** The last ways of each heater, up and down, oldest first. */
  readonly warmings?: Readonly<Record<string, readonly Curve[]>>
  readonly coolings?: Readonly<Record<string, readonly Curve[]>>
}

export const freshMachine: MachineMemory = { inService: false, faults: [], runningSeconds: 0, jobs: 0, resends: 0 }

/** More faults than this at once on one machine say nothing new; the oldest make room. */
const faultsMax = 50

/** The machine an event changes the memory of, if it does. */
export function machineOf(event: Event): string | undefined {
  if (event.kind === 'job') return event.job.machine
  return 'machine' in event ? event.machine : undefined
}

/** The memory of a machine after an event of `machineOf(event)`. Answers the same object when nothing changed. */
export function foldMachine(memory: MachineMemory, event: Event): MachineMemory {
  switch (event.kind) {
    case 'job':
      return foldJobOnMachine(memory, event)
    case 'fault': {
      const others = memory.faults.filter(fault => fault.code !== event.fault.code)
      if (event.change === 'cleared') return others.length === memory.faults.length ? memory : { ...memory, faults: others }
      return { ...memory, faults: [...others, event.fault].slice(-faultsMax) }
    }
    case 'action': {
      if (event.action === 'machine.service') return foldService(memory, event)
      if (event.action === 'machine.clear') return withoutUncleared(memory)
      return foldCall(memory, event)
    }
    case 'heated':
      return foldHeated(memory, event)
    case 'instruction':
    case 'permit':
    case 'group':
    case 'lesson':
    case 'quota':
    case 'part':
    case 'order':
    case 'cared':
      return memory
    case 'counters':
      return { ...memory, runningSeconds: event.runningSeconds, jobs: event.jobs, resends: event.resends }
  }
}

/** The changes that end a job on a machine. */
const endings: readonly string[] = ['completed', 'failed', 'cancelled', 'interrupted']

function foldService(memory: MachineMemory, { at, detail }: Extract<Event, { kind: 'action' }>): MachineMemory {
  if (detail?.on !== true) {
    const { drain: _drain, failures: _failures, ...rest } = memory
    return { ...rest, inService: false, seenToAt: at }
  }
  if (detail.after === 'job') return memory.inService ? memory : { ...memory, drain: true }
  return { ...withoutDrain(memory), inService: true }
}

/** A job that began to move the machine leaves something on the bed, however it ended. */
function foldJobOnMachine(memory: MachineMemory, event: Extract<Event, { kind: 'job' }>): MachineMemory {
  // The bed, the drain and the failures are its plate's affair.
  if (event.job.plate !== undefined) return memory
  const known = memory.failures ?? []
  const failures = withJob(known, event.job, event.at, memory.seenToAt)
  const counted = failures === known ? memory : { ...memory, failures }
  if (!endings.includes(event.change)) return counted
  const drained = counted.drain === true ? { ...withoutDrain(counted), inService: true } : counted
  return event.job.startedAt === undefined ? drained : { ...drained, uncleared: { job: event.job.id, since: event.at } }
}

function foldHeated(memory: MachineMemory, { heater, curve }: Extract<Event, { kind: 'heated' }>): MachineMemory {
  const which = (curve.at(-1)?.[0] ?? 0) > (curve[0]?.[0] ?? 0) ? 'warmings' : 'coolings'
  const known = memory[which] ?? {}
  return { ...memory, [which]: { ...known, [heater]: [...(known[heater] ?? []), curve].slice(-waysKept) } }
}

function withoutDrain(memory: MachineMemory): MachineMemory {
  const { drain: _, ...rest } = memory
  return rest
}

function withoutUncleared(memory: MachineMemory): MachineMemory {
  const { uncleared: _, ...rest } = memory
  return rest
}
