// Puts jobs on machines: printers by themselves when they are ready and cleared, lasers and mills only when a person says go.
import type { Logger } from 'pino'
import type { Author, Job } from '../protocols/contract/job.ts'
import { activeStates } from '../protocols/contract/job-states.ts'
import type { Run } from '../protocols/contract/room.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { actionEvent, faultEvent, jobEvent, stepJob, withoutMachine } from './drafts.ts'
import type { FairQueue } from './fair-queue.ts'
import type { BeginRule } from './forecast/begin-rule.ts'
import type { Machines } from './machines.ts'
import type { Programs } from './programs.ts'
import { nextJob, obstacle } from './queue.ts'
import type { Room } from './room.ts'
import type { EventDraft, Store } from './store.ts'
import { deny } from './words.ts'

export type StarterOptions = {
  readonly store: Store
  readonly machines: Machines
  readonly room: Pick<Room, 'order' | 'settled'>
  readonly programs: Pick<Programs, 'stored' | 'runnable'>
  readonly autoStartPrinters: boolean
  readonly nowMs: () => number
  readonly log: Logger
  readonly retryMs?: number
  /** By the school's hours; no rule where absent. */
  readonly mayBegin?: BeginRule
  /** Puts the queue right before anything is taken from it; as it stands where absent. */
  readonly queue?: Pick<FairQueue, 'settle' | 'passedBy'>
}

/** After so many refusals by a machine the job is held back for a person to look. */
const refusalsMax = 3
const retryDefaultMs = 5_000
/** Bounds of contract/room.ts, runSchema. */
const timeMapMax = 4096
const layersMax = 20_000

export class Starter {
  readonly #options: StarterOptions
  readonly #refusals = new Map<string, number>()
  /** By performance.now(): a clock set back by an hour must not keep a machine waiting for an hour. */
  readonly #notBefore = new Map<string, number>()
  #due = false
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: StarterOptions) {
    this.#options = options
  }

  /** Something changed: look at every free printer soon, once however often this is called. */
  stir(): void {
    if (this.#due || this.#closed) return
    this.#due = true
    setImmediate(() => {
      this.#due = false
      if (!this.#closed) this.#schedule()
    })
  }

  /**
   * Starts the job on the machine: noted first, ordered then. `by` is the person who said go.
   * With `button` it begins when the machine's own start button is pressed, or comes back into the queue.
   * Resolves with undefined when the room took it, or with why not.
   */
  async start(queued: Job, machine: string, by?: Author, button = false): Promise<Denial | undefined> {
    const { back: _, ...job } = queued
    const { store, machines, room, programs, nowMs, log } = this.#options
    const view = machines.forQueue(machine)
    if (view === undefined) return deny('unknown-machine')
    if (!room.settled) return deny('room-away')
    const blocked =
      obstacle(job, view) ??
      (this.#occupied(machine) ? deny('machine-busy', { machine: view.name }) : undefined) ??
      this.#options.mayBegin?.(job, view, by !== undefined)
    if (blocked) return blocked
    const file = programs.runnable(job.program.sha256)
    if (file === undefined) return this.#giveUp(job, machine, deny('file-missing'))
    // From now on the forecast is that of this machine: by it the school learns how true its forecasts are.
    const run = { ...this.#run(job, machine, file), ...(button ? { button: true as const } : {}) }
    const { estimatedSeconds } = run
    const stepped = stepJob(job, 'start', nowMs(), { machine, ...(estimatedSeconds === undefined ? {} : { estimatedSeconds }) }, by)
    if ('denial' in stepped) return stepped.denial
    const action = by === undefined ? [] : [actionEvent(button ? 'job.arm' : 'job.start', nowMs(), by, machine, { job: job.id })]
    // Whoever was passed is noted with the start itself: nobody passes them again.
    const passed = this.#options.queue?.passedBy(job.id, machine) ?? []
    const jumped = passed.map(long => jobEvent({ ...long, jumped: true }, 'jumped', nowMs()))
    store.commit({ events: [stepped.event, ...jumped, ...action] })
    log.info({ job: job.id, machine, button }, 'starting')
    const fault = await room.order({ kind: 'run', machine, run })
    if (fault === undefined) {
      this.#refusals.delete(job.id)
      return undefined
    }
    // Whether it arrived is not known: the room will tell when it is back, and then the floor decides.
    if (fault.code === 'room-away' || fault.code === 'room-silent') return fault
    this.#refused(job.id, machine, fault)
    return fault
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    const { store, machines, room, autoStartPrinters, mayBegin, log } = this.#options
    if (!room.settled || !autoStartPrinters) return
    this.#options.queue?.settle()
    let soonest = Number.POSITIVE_INFINITY
    for (const machine of machines.allForQueue()) {
      if (machine.kind !== 'printer' || this.#occupied(machine.id)) continue
      const wait = (this.#notBefore.get(machine.id) ?? 0) - performance.now()
      if (wait > 0) {
        soonest = Math.min(soonest, wait)
        continue
      }
      // Asked anew for each machine: the start before this one took a job out of the queue.
      const job = nextJob(machine, store.openJobs(), one => mayBegin?.(one, machine, false) === undefined)
      if (job === undefined) continue
      this.start(job, machine.id).then(
        denial => denial && log.warn({ job: job.id, machine: machine.id, code: denial.code, detail: denial.detail }, 'not started'),
        (error: unknown) => log.error({ job: job.id, machine: machine.id, error }, 'starting failed'),
      )
    }
    clearTimeout(this.#timer)
    if (Number.isFinite(soonest)) this.#timer = setTimeout(() => this.stir(), soonest + 1).unref()
  }

  #occupied(machine: string): boolean {
    return this.#options.store.openJobs().some(job => job.machine === machine && activeStates.includes(job.state))
  }

  /** Back into the queue; held back after a few refusals, so that one bad job does not stop a machine for ever. */
  #refused(id: string, machine: string, fault: Denial): void {
    const { store, nowMs, log, retryMs = retryDefaultMs } = this.#options
    const job = store.job(id)
    // It may have begun and ended meanwhile: then its end has been told.
    if (job === undefined || job.state !== 'starting') return
    const refusals = (this.#refusals.get(id) ?? 0) + 1
    this.#refusals.set(id, refusals)
    this.#notBefore.set(machine, performance.now() + retryMs)
    log.warn({ job: id, machine, refusals, code: fault.code, detail: fault.detail }, 'the machine would not take the job')
    if (refusals >= refusalsMax) {
      this.#giveUp(job, machine, fault)
      return
    }
    const stepped = stepJob(withoutMachine(job), 'requeue', nowMs())
    if ('event' in stepped) store.commit({ events: [stepped.event] })
    this.stir()
  }

  #giveUp(job: Job, machine: string, fault: Denial): Denial {
    const { store, machines, nowMs } = this.#options
    const events: EventDraft[] = []
    const step = job.state === 'starting' ? 'requeue' : 'hold'
    const stepped = stepJob(withoutMachine(job), step, nowMs(), { held: true })
    if ('event' in stepped) events.push(stepped.event)
    const refused = deny('start-refused', { machine: machines.name(machine), ticket: job.ticket, detail: fault.detail ?? fault.code })
    events.push(faultEvent(machine, 'raised', { ...refused, help: fault.text }, nowMs()))
    this.#refusals.delete(job.id)
    store.commit({ events })
    return fault
  }

  #run(job: Job, machine: string, file: NonNullable<ReturnType<Programs['runnable']>>): Run {
    const known = this.#options.programs.stored(job.program.sha256)
    const timeMap = known?.timeMaps[machine]
    const estimate = known?.program.machines.find(one => one.machine === machine)?.estimatedSeconds ?? job.estimatedSeconds
    const layers = known?.layers ?? []
    return {
      job: job.id,
      path: file.path,
      sha256: file.sha256,
      size: file.size ?? job.program.size,
      ...(timeMap && timeMap.length > 1 && timeMap.length <= timeMapMax ? { timeMap } : {}),
      ...(estimate === undefined ? {} : { estimatedSeconds: estimate }),
      ...(layers.length > 0 && layers.length <= layersMax ? { layers: [...layers] } : {}),
      ...(job.allowConstantPower ? { allowConstantPower: true } : {}),
    }
  }
}
