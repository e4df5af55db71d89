// What the events and figures of a site amount to for its machines' health: failures, repeated lines, reconnects, hours since the last service. Pure folds.
import { type Failure, withJob } from '../../protocols/contract/failures.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { breaksBetween } from '../trends/bucket.ts'

export const dayMs = 24 * 3_600_000

export type MachineHistory = {
  failures: readonly Failure[]
  /** What failed before a service ended has been seen to. */
  seenToAt?: number
  /** Lines and repeats of jobs that ended within a day. */
  ends: readonly { job: string; at: number; lines: number; resends: number }[]
  /** When the connection came back, within a day. */
  reconnects: readonly number[]
  /** The machine's own count of them since its port was opened. */
  counted?: number
  away?: boolean
  runningSeconds?: number
}

/** `upTo`: the highest event number folded in. */
export type SiteHistory = { upTo: number; machines: Readonly<Record<string, MachineHistory>> }

export const noHistory: SiteHistory = { upTo: 0, machines: {} }
const freshMachine: MachineHistory = { failures: [], ends: [], reconnects: [] }

/** More ends or breaks in a day than this say nothing new. */
const keptMax = 60

export function historyOf(site: SiteHistory, machine: string): MachineHistory {
  return (Object.hasOwn(site.machines, machine) ? site.machines[machine] : undefined) ?? freshMachine
}

/** The history with an event in it. Folding one twice changes nothing; older events must come first. */
export function foldEvent(site: SiteHistory, event: Event, nowMs: number): SiteHistory {
  const upTo = Math.max(site.upTo, event.number)
  const machine = event.kind === 'job' ? event.job.machine : 'machine' in event ? event.machine : undefined
  if (machine === undefined) return upTo === site.upTo ? site : { ...site, upTo }
  const before = historyOf(site, machine)
  return withMachine({ ...site, upTo }, machine, before, foldMachine(before, event, nowMs))
}

function foldMachine(history: MachineHistory, event: Event, nowMs: number): MachineHistory {
  switch (event.kind) {
    case 'job':
      return {
        ...history,
        failures: withJob(history.failures, event.job, nowMs, history.seenToAt),
        ends: withEnd(history.ends, event.job, nowMs),
      }
    case 'counters': {
      return { ...history, runningSeconds: event.runningSeconds }
    }
    case 'action': {
      if (event.action !== 'machine.service' || event.detail?.on !== false) return history
      // Somebody has looked: what was is forgiven, and the hours count anew.
      return { ...history, failures: [], seenToAt: event.at, reconnects: [], ends: [] }
    }
    case 'fault':
    case 'heated':
    case 'lesson':
    case 'quota':
    case 'part':
    case 'order':
    case 'cared':
    case 'instruction':
    case 'permit':
    case 'group':
      return history
  }
}

function withEnd(ends: MachineHistory['ends'], job: Job, nowMs: number): MachineHistory['ends'] {
  const { end, endedAt } = job
  if (end === undefined || endedAt === undefined || nowMs - endedAt > dayMs) return ends
  if (ends.some(one => one.job === job.id)) return ends
  const kept = ends.filter(one => nowMs - one.at <= dayMs)
  return [...kept, { job: job.id, at: endedAt, lines: end.lines, resends: end.resends }].slice(-keptMax)
}

/** Notes that a machine went away or came back, by its state and by its own counter where it has one. */
export function followLink(
  site: SiteHistory,
  machine: string,
  state: MachineState['state'],
  telemetry: Telemetry | undefined,
  nowMs: number,
): SiteHistory {
  const before = historyOf(site, machine)
  const away = state === 'offline'
  const counted = telemetry?.link?.reconnects
  const times = breaksBetween({ away: before.away, reconnects: before.counted }, away, counted)
  if (times === 0 && (before.away ?? false) === away && (counted === undefined || counted === before.counted)) return site
  const fresh = Array.from({ length: Math.min(times, keptMax) }, () => nowMs)
  const reconnects = [...before.reconnects.filter(at => nowMs - at <= dayMs), ...fresh].slice(-keptMax)
  return withMachine(site, machine, before, { ...before, away, reconnects, ...(counted === undefined ? {} : { counted }) })
}

function withMachine(site: SiteHistory, machine: string, before: MachineHistory, after: MachineHistory): SiteHistory {
  return after === before ? site : { ...site, machines: { ...site.machines, [machine]: after } }
}
