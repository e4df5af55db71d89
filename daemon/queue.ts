// The school's one queue, as pure decisions: the life of a job, its order, which job a machine takes next, and why a job waits.
import type { Job, JobState } from '../protocols/contract/job.ts'
import { activeStates } from '../protocols/contract/job-states.ts'
import type { MachineKind, MachineState } from '../protocols/contract/machine.ts'
import type { Denial, Sentence } from '../protocols/contract/words.ts'
import { deny } from './words.ts'

/** What can happen to a job: people's deeds and what the machine room reports. */
export type Step =
  | 'approve'
  | 'return'
  | 'mend'
  | 'deny'
  | 'cancel'
  | 'hold'
  | 'release'
  | 'move'
  | 'assign'
  | 'start'
  | 'begin'
  | 'requeue'
  | 'pause'
  | 'resume'
  | 'complete'
  | 'fail'
  | 'interrupt'
  | 'judge'
  | 'collect'

/** From each state, the steps that are open and where they lead (DESIGN §2). What is not here cannot happen. */
export const life: Readonly<Record<JobState, Readonly<Partial<Record<Step, JobState>>>>> = {
  submitted: { approve: 'queued', return: 'returned', deny: 'denied', cancel: 'cancelled' },
  returned: { mend: 'submitted', deny: 'denied', cancel: 'cancelled' },
  denied: {},
  queued: {
    return: 'returned',
    deny: 'denied',
    cancel: 'cancelled',
    hold: 'queued',
    release: 'queued',
    move: 'queued',
    assign: 'queued',
    start: 'starting',
  },
  // The room may say how a job ended before it said that it began: a program that fails at once, a room found again after our own restart.
  starting: {
    begin: 'running',
    requeue: 'queued',
    pause: 'paused',
    complete: 'completed',
    fail: 'failed',
    cancel: 'cancelled',
    interrupt: 'interrupted',
  },
  running: { pause: 'paused', complete: 'completed', fail: 'failed', cancel: 'cancelled', interrupt: 'interrupted' },
  paused: { resume: 'running', complete: 'completed', fail: 'failed', cancel: 'cancelled', interrupt: 'interrupted' },
  completed: { judge: 'completed', collect: 'collected' },
  failed: { judge: 'failed', collect: 'collected' },
  cancelled: { judge: 'cancelled', collect: 'collected' },
  interrupted: { judge: 'interrupted', collect: 'collected' },
  collected: { judge: 'collected' },
}

/** Where a step leads from the job's state, or why it is not open. */
export function take(job: Pick<Job, 'state' | 'ticket'>, step: Step): { state: JobState } | { denial: Denial } {
  const state = life[job.state][step]
  return state === undefined ? { denial: deny('wrong-job-state', { ticket: job.ticket, state: job.state }) } : { state }
}

/** Is it in the queue itself? A job whose part is made on a plate follows that plate's job instead. */
export function inQueue(job: Job): boolean {
  return job.state === 'queued' && job.plate === undefined
}

/** As much of a machine as the queue looks at. */
export type QueueMachine = {
  readonly id: string
  readonly name: string
  readonly kind: MachineKind
  readonly state: MachineState['state']
  readonly inService: boolean
  readonly readOnly: boolean
  /** Smoke, smell or damage was reported and nobody has settled it. */
  readonly reported?: boolean
}

/** Lower order first; ids decide between equals, so that every screen shows one sequence. */
export function byOrder(a: Job, b: Job): number {
  return a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** May this job be put on this machine at all, now or later? */
export function suits(job: Job, machine: string): boolean {
  return job.suitable.includes(machine) && (job.wanted === undefined || job.wanted === machine)
}

/** Why a machine cannot take a new job now, whichever; undefined when it can. */
export function machineObstacle(machine: QueueMachine): Denial | undefined {
  const { name } = machine
  if (machine.readOnly) return deny('machine-read-only', { machine: name })
  if (machine.inService) return deny('machine-in-service', { machine: name })
  if (machine.reported) return deny('machine-reported', { machine: name })
  switch (machine.state) {
    case 'ready':
      return undefined
    case 'uncleared':
      return deny('machine-uncleared', { machine: name })
    case 'offline':
      return deny('machine-offline', { machine: name })
    case 'down':
      return deny('machine-down', { machine: name })
    case 'attention':
      return deny('machine-attention', { machine: name })
    case 'foreign':
    case 'preparing':
    case 'running':
    case 'paused':
      return deny('machine-busy', { machine: name })
  }
}

/** Why this job cannot be started on this machine now; undefined when it can. */
export function obstacle(job: Job, machine: QueueMachine): Denial | undefined {
  const step = take(job, 'start')
  if ('denial' in step) return step.denial
  if (job.plate !== undefined) return deny('follows-plate', { ticket: job.ticket })
  if (job.held) return deny('job-held', { ticket: job.ticket })
  if (!suits(job, machine.id)) return deny('machine-unsuitable', { machine: machine.name, ticket: job.ticket })
  return machineObstacle(machine)
}

/** The job a free machine takes next, or undefined: the first in order that suits it, is not held and may begin now. */
export function nextJob(machine: QueueMachine, jobs: readonly Job[], mayBegin: (job: Job) => boolean = () => true): Job | undefined {
  let first: Job | undefined
  for (const job of jobs) {
    if (!inQueue(job) || job.held || !suits(job, machine.id)) continue
    // Asked last and only of what would come first: a rule may look at the clock, the lessons and the forecast.
    if ((first === undefined || byOrder(job, first) < 0) && mayBegin(job)) first = job
  }
  return first !== undefined && obstacle(first, machine) === undefined ? first : undefined
}

/** Below this distance between two orders there may be no number left between them. */
const orderGapMin = 1e-6

/**
 * New orders that put the job right before another one, or last: usually its own only; all of them when the numbers between two neighbours are used up.
 * Only the relative order of queued jobs changes.
 */
export function reorder(jobs: readonly Job[], id: string, before: string | undefined): Map<string, number> {
  const others = jobs.filter(job => inQueue(job) && job.id !== id).sort(byOrder)
  const found = before === undefined ? -1 : others.findIndex(job => job.id === before)
  const at = found === -1 ? others.length : found
  const previous = others[at - 1]?.order
  const next = others[at]?.order
  if (next === undefined) return new Map([[id, (previous ?? 0) + 1]])
  if (previous === undefined) return new Map([[id, next - 1]])
  if (next - previous > orderGapMin) return new Map([[id, (previous + next) / 2]])
  const sequence = [...others.slice(0, at).map(job => job.id), id, ...others.slice(at).map(job => job.id)]
  return new Map(sequence.map((one, index) => [one, index + 1]))
}

/** Order for a job that joins the end of the queue. */
export function lastOrder(jobs: readonly Job[]): number {
  return jobs.reduce((most, job) => Math.max(most, job.order), 0) + 1
}

/** Why a job is not on a machine, in one sentence for whoever waits for it; undefined when nothing is in its way or it is past waiting. */
export function whyWaiting(
  job: Job,
  machines: readonly QueueMachine[],
  jobs: readonly Job[],
  autoStartPrinters: boolean,
): Sentence | undefined {
  if (job.state === 'submitted') return deny('waits-for-approval', {}).text
  if (job.state === 'returned') return deny('waits-for-author', {}).text
  if (job.state !== 'queued') return undefined
  if (job.held) return deny('job-held', { ticket: job.ticket }).text
  const possible = machines.filter(machine => suits(job, machine.id))
  if (possible.length === 0) return deny('no-machine-left', {}).text
  const free = possible.find(machine => machineObstacle(machine) === undefined)
  if (free !== undefined) {
    const ahead = jobs.filter(one => inQueue(one) && !one.held && suits(one, free.id) && byOrder(one, job) < 0).length
    if (ahead > 0) return deny('waits-behind', { count: ahead }).text
    return free.kind === 'printer' && autoStartPrinters ? undefined : deny('waits-for-start', { machine: free.name }).text
  }
  // What a person nearby can mend is worth saying before what only time mends.
  const mendable = possible.find(machine => machine.state === 'uncleared' && !machine.inService && !machine.readOnly)
  if (mendable !== undefined) return deny('machine-uncleared', { machine: mendable.name }).text
  const working = possible.filter(machine => !machine.inService && ['running', 'paused', 'preparing'].includes(machine.state))
  if (working.length > 0) {
    const busy = jobs.filter(
      one => one.plate === undefined && activeStates.includes(one.state) && one.machine !== undefined && suits(job, one.machine),
    ).length
    const waiting = jobs.filter(one => inQueue(one) && !one.held && byOrder(one, job) < 0 && possible.some(m => suits(one, m.id)))
    return deny('waits-behind', { count: Math.max(1, busy + waiting.length) }).text
  }
  const [first] = possible
  return first === undefined ? undefined : machineObstacle(first)?.text
}
