// The shop floor: what the machine room reports of running jobs and machines becomes events; after an absence both sides are brought together.
import type { Logger } from 'pino'
import { peoplesFaults } from '../protocols/contract/floor.ts'
import type { Job, JobEnd } from '../protocols/contract/job.ts'
import { activeStates } from '../protocols/contract/job-states.ts'
import type { MachineState } from '../protocols/contract/machine.ts'
import type { Report } from '../protocols/contract/room.ts'
import type { Fault } from '../protocols/contract/words.ts'
import { faultEvent, stepJob, withoutMachine } from './drafts.ts'
import type { Machines } from './machines.ts'
import { withQuarantine } from './quarantine.ts'
import type { Step } from './queue.ts'
import type { RoomListener, Snapshot } from './room.ts'
import type { EventDraft, Store } from './store.ts'
import { deny } from './words.ts'

export type FloorOptions = {
  readonly store: Store
  readonly machines: Machines
  /** Confirms a report to the room. */
  readonly confirm: (number: number) => void
  /** A line of a machine that no protocol consumed. */
  readonly heard?: (machine: string, line: string) => void
  /** Something changed that may let a job start. */
  readonly stirred: () => void
  /** An armed job came back: its machine was reset on the way. */
  readonly disarmed?: (machine: string) => void
  readonly nowMs: () => number
  readonly log: Logger
}

const endStep: Readonly<Record<JobEnd['outcome'], Step>> = {
  completed: 'complete',
  failed: 'fail',
  cancelled: 'cancel',
  interrupted: 'interrupt',
}

/** States in which nothing is wrong with the machine; coming back to one clears what was raised. */
const healthy: readonly MachineState['state'][] = ['ready', 'running']
const unhealthy: readonly MachineState['state'][] = ['offline', 'down', 'attention']

type JobReport = Extract<Report, { kind: 'job-started' | 'job-paused' | 'job-resumed' | 'job-ended' }>

export class Floor implements RoomListener {
  readonly #options: FloorOptions
  #room = ''
  /** Jobs that were on a machine, by our store, when the room greeted us: they must turn up or have ended. */
  #expected = new Set<string>()
  #sameRoom = false

  constructor(options: FloorOptions) {
    this.#options = options
  }

  snapshot(snapshot: Snapshot): void {
    const { store, machines, log } = this.#options
    const known = confirmedBy(store)?.room
    this.#sameRoom = known === snapshot.room
    // A new room is noted only once both sides are together: if we die before, it must still count as new.
    this.#room = known ?? ''
    this.#expected = new Set(store.openJobs().flatMap(job => (activeStates.includes(job.state) && job.plate === undefined ? job.id : [])))
    log.info({ room: snapshot.room, same: this.#sameRoom, lastReport: snapshot.lastNumber }, 'the machine room is here')
    machines.snapshot(snapshot)
    for (const { machine, state } of snapshot.machines) this.#followState(machine, undefined, state)
  }

  report(report: Report): void {
    const { machines, stirred } = this.#options
    switch (report.kind) {
      case 'state': {
        const before = machines.roomState(report.machine)
        machines.hear(report)
        this.#followState(report.machine, before, report.state)
        stirred()
        return
      }
      case 'telemetry':
        machines.hear(report)
        return
      case 'fault':
        this.#commit(this.#raise(report.machine, report.fault, report.at), report.number)
        return
      case 'job-started':
      case 'job-paused':
      case 'job-resumed':
      case 'job-ended':
        this.#followJob(report)
        stirred()
        return
      case 'heard':
        this.#options.heard?.(report.machine, report.line)
        return
      case 'answer':
      case 'snapshot':
        return
    }
  }

  /** Jobs we thought to be on a machine and that the room neither runs nor has seen end. */
  settled(snapshot: Snapshot): void {
    const { store, nowMs, log, stirred } = this.#options
    const running = new Map(snapshot.machines.flatMap(({ job, state }) => (job === undefined ? [] : [[job, state] as const])))
    for (const id of this.#expected) {
      const job = store.job(id)
      if (job === undefined || !activeStates.includes(job.state)) continue
      const state = running.get(id)
      if (state !== undefined) this.#catchUp(job, state)
      else if (job.state === 'starting' && this.#sameRoom) {
        // The same room has never heard of it: our order was lost before it was sent, and nothing has moved.
        log.warn({ job: id, machine: job.machine }, 'the job never reached the machine room; it is queued again')
        this.#step(withoutMachine(job), 'requeue', nowMs())
      } else {
        log.error({ job: id, machine: job.machine }, 'the machine room does not know this job; it counts as interrupted')
        this.#step(job, 'interrupt', nowMs(), { end: lostEnd(), endedAt: nowMs(), startedAt: job.startedAt ?? nowMs() })
      }
    }
    this.#expected = new Set()
    this.#room = snapshot.room
    if (!this.#sameRoom) store.commit({ events: [], report: { room: snapshot.room, number: confirmedBy(store)?.number ?? 0 } })
    stirred()
  }

  gone(): void {
    this.#options.machines.gone()
  }

  /** What the snapshot says of a job that ran on while we were away and whose report we have not had. */
  #catchUp(job: Job, state: MachineState): void {
    const at = state.since
    if (job.state === 'starting' && (state.state === 'running' || state.state === 'paused')) {
      this.#step(job, 'begin', at, { startedAt: at })
      const begun = this.#options.store.job(job.id)
      if (begun && state.state === 'paused') this.#step(begun, 'pause', at)
    }
    if (job.state === 'running' && state.state === 'paused') this.#step(job, 'pause', at)
    if (job.state === 'paused' && state.state === 'running') this.#step(job, 'resume', at)
  }

  #step(job: Job, step: Step, at: number, more: Partial<Job> = {}): void {
    const stepped = stepJob(job, step, at, more)
    if ('event' in stepped) this.#commit([stepped.event])
  }

  #followJob(report: JobReport): void {
    const { store, log } = this.#options
    const found = store.job(report.job)
    if (found === undefined) {
      log.error({ job: report.job, machine: report.machine, report: report.kind }, 'the machine room reports a job we do not know')
      this.#commit([], report.number)
      return
    }
    const events: EventDraft[] = []
    let job = found
    const apply = (step: Step, more: Partial<Job> = {}): boolean => {
      const stepped = stepJob(job, step, report.at, more)
      if ('denial' in stepped) return false
      job = stepped.job
      events.push(stepped.event)
      return true
    }
    // The room is right about what runs: a job we put back into the queue and that began after all has begun.
    const armedAndBack = report.kind === 'job-ended' && report.end.again === true
    if (job.state === 'queued' && !armedAndBack) apply('start', { machine: report.machine })
    const begin = () => job.state === 'starting' && apply('begin', { machine: report.machine, startedAt: report.at })
    switch (report.kind) {
      case 'job-started':
        begin()
        break
      case 'job-paused':
        begin()
        apply('pause')
        break
      case 'job-resumed':
        apply('resume')
        break
      case 'job-ended': {
        const { end } = report
        if (end.again && job.state === 'starting') {
          const { fault } = end
          job = withoutMachine(job)
          apply('requeue', fault ? { back: fault } : {})
          log.info({ job: job.id, machine: report.machine, code: fault?.code, evidence: end.evidence }, 'armed, and not begun')
          this.#options.disarmed?.(report.machine)
          break
        }
        const moved = job.startedAt !== undefined || end.lines > 0
        const startedAt = job.startedAt ?? Math.max(0, Math.round(report.at - end.seconds * 1000))
        const ended = apply(endStep[end.outcome], { end, endedAt: report.at, ...(moved ? { startedAt } : {}) })
        if (ended) events.push(this.#count(report.machine, end, report.at))
        break
      }
    }
    if (report.kind === 'job-started') events.push(...this.#clearOwn(report.machine, report.at))
    const judged = withQuarantine(events, report.machine, store.machine(report.machine), report.at, store.records.care.orders())
    if (judged.length > events.length)
      log.warn({ machine: report.machine, job: job.id }, 'the same failure too often: the machine is taken out of work')
    if (events.length === 0) log.debug({ job: job.id, state: job.state, report: report.kind }, 'a report that changes nothing')
    this.#commit(judged, report.number)
  }

  #count(machine: string, end: JobEnd, at: number): EventDraft {
    const { runningSeconds, jobs, resends } = this.#options.store.machine(machine)
    return {
      kind: 'counters',
      at,
      machine,
      runningSeconds: Math.round((runningSeconds + end.seconds) * 1000) / 1000,
      jobs: jobs + 1,
      resends: resends + end.resends,
    }
  }

  #followState(machine: string, before: MachineState | undefined, state: MachineState): void {
    const events: EventDraft[] = []
    const at = this.#options.nowMs()
    if ('fault' in state && state.fault !== undefined) events.push(...this.#raise(machine, state.fault, at))
    const recovered = before === undefined || unhealthy.includes(before.state)
    if (recovered && healthy.includes(state.state)) events.push(...this.#clearOwn(machine, at))
    if (events.length > 0) this.#commit(events)
  }

  /** Once for each code until it is cleared: a noisy cable must not fill the journal. */
  #raise(machine: string, fault: Fault, at: number): EventDraft[] {
    const known = this.#options.store.machine(machine).faults.some(({ code }) => code === fault.code)
    return known ? [] : [faultEvent(machine, 'raised', fault, at)]
  }

  /** The machine is well: what it said of itself is over. What people said of it only people end. */
  #clearOwn(machine: string, at: number): EventDraft[] {
    const { faults } = this.#options.store.machine(machine)
    return faults.filter(({ code }) => !peoplesFaults.includes(code)).map(fault => faultEvent(machine, 'cleared', fault, at))
  }

  #commit(events: readonly EventDraft[], number?: number): void {
    const { store, confirm } = this.#options
    if (number === undefined) {
      store.commit({ events })
      return
    }
    // Never backwards: a report told twice is confirmed by the later one.
    const report = { room: this.#room, number: Math.max(number, confirmedBy(store)?.number ?? 0) }
    store.commit({ events, report })
    confirm(report.number)
  }
}

/** The room and the number of its last report in our store. */
export function confirmedBy(store: Store): { room: string; number: number } | undefined {
  const note = store.note('room')
  return note === undefined ? undefined : JSON.parse(note)
}

function lostEnd(): JobEnd {
  const fault = deny('unknown-to-room')
  return { outcome: 'interrupted', evidence: 'the machine room does not know the job', fault, lines: 0, bytes: 0, seconds: 0, resends: 0 }
}
