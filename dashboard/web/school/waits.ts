// What wants a person in a school, and why a job waits: read off the picture, nothing remembered.
import { problemReported } from '../../../protocols/contract/floor.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { MachineKind } from '../../../protocols/contract/machine.ts'
import type { MachinePicture, SitePicture } from '../../../protocols/contract/screen.ts'
import { followersOf, toHandOver } from '../../../protocols/contract/shelf.ts'
import type { Fault } from '../../../protocols/contract/words.ts'
import { callAt } from '../../fleet/picture.ts'
import { asksForPerson, worstFirst } from '../looks.ts'
import type { Words } from '../words/ru.ts'

// The pages of a school read these from here, beside what else a school waits for.
export { followersOf }

export type Wait =
  | { kind: 'call'; key: string; machine: MachinePicture; fault: Fault; called: Called }
  | { kind: 'machine'; key: string; since: number; machine: MachinePicture }
  | { kind: 'clear'; key: string; since: number; machine: MachinePicture; job: Job | undefined }
  | { kind: 'start'; key: string; since: number; machine: MachinePicture; job: Job }
  /** All copies of one ticket. */
  | { kind: 'check'; key: string; since: number; jobs: Requested }
  /** Made, cleared, and its owner has not had it yet; all copies of one ticket. */
  | { kind: 'collect'; key: string; since: number; jobs: Requested }

/** Jobs of one request: never none. */
export type Requested = readonly [Job, ...Job[]]
type Called = 'help-called' | 'problem-reported'

/**
 * Most pressing first: whoever called, a machine in trouble, a bed that keeps the next job waiting, a start; then what may wait an hour; each the
 * longest waiting first. When the school is silent its machines' wants are not known, only its jobs'.
 */
export function waitsOf(picture: SitePicture, sure: boolean): Wait[] {
  const jobs = Object.values(picture.jobs)
  const machines = sure ? Object.values(picture.machines) : []
  const calls = machines.flatMap(callsAt)
  const atMachines = machines
    .filter(asksForPerson)
    .sort((a, b) => worstFirst.indexOf(a.state.state) - worstFirst.indexOf(b.state.state) || a.state.since - b.state.since)
    .map(machine => waitAt(machine, picture))
  const starts = machines.flatMap(machine => {
    const job = startable(machine, jobs)
    const key = `start-${machine.declaration.id}`
    return job === undefined ? [] : [{ kind: 'start' as const, key, since: Math.max(machine.state.since, job.submittedAt), machine, job }]
  })
  const checks = requestsOf(
    // Whoever put it on a bed together with others has looked at it.
    jobs.filter(job => job.state === 'submitted' && job.plate === undefined),
    ({ submittedAt }) => submittedAt,
  ).map(({ jobs, since }) => ({ kind: 'check' as const, key: `check-${jobs[0].id}`, since, jobs }))
  const parts = requestsOf(toHandOver(jobs), job => job.endedAt ?? job.submittedAt)
  const collects = parts.map(({ jobs, since }) => ({ kind: 'collect' as const, key: `collect-${jobs[0].id}`, since, jobs }))
  return [...calls, ...atMachines, ...starts, ...checks, ...collects]
}

/** Jobs by request, the longest waiting first; copies in their order. */
function requestsOf(jobs: readonly Job[], sinceOf: (job: Job) => number): { jobs: Requested; since: number }[] {
  const byTicket = new Map<number, [Job, ...Job[]]>()
  for (const job of jobs.toSorted((a, b) => a.copy - b.copy)) {
    const known = byTicket.get(job.ticket)
    if (known === undefined) byTicket.set(job.ticket, [job])
    else known.push(job)
  }
  return [...byTicket.values()]
    .map(jobs => ({ jobs, since: Math.min(...jobs.map(sinceOf)) }))
    .sort((a, b) => a.since - b.since || a.jobs[0].ticket - b.jobs[0].ticket)
}

/** Whoever called from a machine, help before problems. */
function callsAt(machine: MachinePicture): Wait[] {
  return (['help-called', 'problem-reported'] as const).flatMap(called => {
    const fault = machine.faults.find(({ code }) => code === called)
    const key = `${called}-${machine.declaration.id}`
    return fault === undefined ? [] : [{ kind: 'call' as const, key, machine, fault, called }]
  })
}

function waitAt(machine: MachinePicture, picture: SitePicture): Wait {
  const key = `machine-${machine.declaration.id}`
  const { state } = machine
  if (state.state !== 'uncleared') return { kind: 'machine', key, since: state.since, machine }
  return { kind: 'clear', key, since: state.since, machine, job: picture.jobs[state.job] }
}

/** The job a free laser or mill would begin with, once a person there says go; printers begin by themselves. */
export function startable(machine: MachinePicture, jobs: readonly Job[]): Job | undefined {
  if (machine.declaration.kind === 'printer' || machine.inService || machine.readOnly || machine.state.state !== 'ready') return undefined
  return queueOf(jobs).find(job => !job.held && takes(machine, job))
}

/** The school's one queue, in its order; what is made on another job's bed stands there and not by itself. */
export function queueOf(jobs: readonly Job[]): Job[] {
  return jobs
    .filter(job => job.state === 'queued' && job.plate === undefined)
    .sort((a, b) => a.order - b.order || a.submittedAt - b.submittedAt)
}

/** Kinds of the machines that may get it. */
export function kindsOf(job: Job, picture: SitePicture): ReadonlySet<MachineKind> {
  const machines = job.wanted === undefined ? job.suitable : [job.wanted]
  return new Set(machines.flatMap(id => picture.machines[id]?.declaration.kind ?? []))
}

export function takes(machine: MachinePicture, job: Job): boolean {
  const { id } = machine.declaration
  return job.wanted === undefined ? job.suitable.includes(id) : job.wanted === id
}

/** One sentence on why a queued job is not on a machine yet; undefined for jobs that do not wait in the queue. */
export function whyWaits(job: Job, picture: SitePicture, sure: boolean, words: Words): string | undefined {
  const { why } = words.job
  if (job.state !== 'queued') return undefined
  if (!sure) return why.silent
  if (job.held) return why.held
  const machines = Object.values(picture.machines).filter(machine => takes(machine, job))
  const [first, second] = machines
  if (first === undefined) return why.noMachine
  const inWork = machines.filter(machine => !machine.inService)
  if (inWork.length === 0) return why.service
  const free = inWork.filter(machine => machine.state.state === 'ready' && !isReported(machine))
  const ahead = queueOf(Object.values(picture.jobs)).filter(
    other => !other.held && other.order < job.order && inWork.some(machine => takes(machine, other)),
  ).length
  if (free.length > 0) {
    if (ahead >= free.length) return why.ahead(ahead)
    return free.some(machine => machine.declaration.kind === 'printer') ? why.soon : why.start
  }
  if (ahead > 0) return why.ahead(ahead)
  const uncleared = inWork.find(machine => machine.state.state === 'uncleared')
  if (uncleared !== undefined) return why.uncleared(uncleared.declaration.name)
  if (second !== undefined && inWork.some(isBusy)) return why.busyAll
  return whyAlone(first, why)
}

/** Somebody looks at it first; a call for help alone keeps no job waiting. */
function isReported(machine: MachinePicture): boolean {
  return callAt(machine) === problemReported
}

function isBusy({ state }: MachinePicture): boolean {
  return state.state === 'running' || state.state === 'preparing' || state.state === 'paused' || state.state === 'foreign'
}

function whyAlone(machine: MachinePicture, why: Words['job']['why']): string {
  const { name } = machine.declaration
  switch (machine.state.state) {
    case 'offline':
      return why.offline
    case 'down':
      return why.down
    case 'uncleared':
      return why.uncleared(name)
    case 'attention':
      return why.attention(name)
    case 'foreign':
    case 'preparing':
    case 'running':
    case 'paused':
      return why.busy(name)
    case 'ready':
      return isReported(machine) ? why.attention(name) : why.soon
  }
}
