// Keeps the queue's forecast up to date: hears what changes, reckons in small bites, and tells whoever listens when it says something new.
import type { Logger } from 'pino'
import { forecastJobsMax, type QueueForecast } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { activeStates } from '../../protocols/contract/job-states.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import type { MachineFacts } from '../../protocols/gcode/analyse.ts'
import type { Machines } from '../machines.ts'
import type { Store } from '../store.ts'
import { HeatWatch, typicalCurve } from './heat-curves.ts'
import { History } from './history.ts'
import type { Hours } from './hours.ts'
import type { FairView, ForecastInput, ForecastMachine, ForecastRules } from './question.ts'
import { forecastSteps } from './queue-forecast.ts'

export type ForecasterOptions = {
  readonly store: Pick<Store, 'openJobs' | 'endedJobs' | 'estimates' | 'watch' | 'commit' | 'machine'>
  readonly machines: Machines
  readonly hours: Hours
  readonly rules: ForecastRules
  /** May anybody start this machine? Lasers and mills ask for a permit. */
  readonly startable?: (machine: string) => boolean
  /** How the queue stands (fair-queue.ts), and the lessons to come. */
  readonly fair?: () => FairView
  readonly lessons?: () => readonly Lesson[]
  /** The hours may have changed what may begin. */
  readonly stirred?: () => void
  readonly nowMs: () => number
  readonly log: Logger
  /** Between two tellings; between two looks at running machines; between two looks at the clock alone. */
  readonly paceMs?: { readonly told: number; readonly busy: number; readonly idle: number }
}

const paceDefault = { told: 5_000, busy: 15_000, idle: 60_000 }
/** After a change so long is waited for the next: a submission of thirty copies is one change. */
const gatherMs = 150
const historyMax = 1_500
/** Raw forecasts of programs kept in memory; a busy school's queue. */
const programsMax = 2_000

export class Forecaster {
  readonly #options: ForecasterOptions
  readonly #history: History
  readonly #heat = new HeatWatch()
  readonly #seconds = new Map<string, ReadonlyMap<string, number>>()
  readonly #listeners = new Set<(forecast: QueueForecast) => void>()
  readonly #stops: (() => void)[] = []
  #told: QueueForecast | undefined
  #toldText = ''
  #toldAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #clock: NodeJS.Timeout | undefined
  #reckoning = false
  #dirty = false
  #closed = false

  constructor(options: ForecasterOptions) {
    this.#options = options
    const { store, machines, hours } = options
    this.#history = new History({ hours, kindOf: machine => machines.forQueue(machine)?.kind })
    for (const job of store.endedJobs(historyMax).reverse()) this.#history.learn(job)
  }

  /** What was told last, if anything was. */
  get last(): QueueForecast | undefined {
    return this.#told
  }

  start(): void {
    const { store, machines } = this.#options
    this.#stops.push(
      store.watch(events => {
        for (const event of events) {
          if (event.kind !== 'job') continue
          this.#history.learn(event.job)
          // It may have been analysed anew, for machines that say something else of themselves now.
          if (event.change === 'submitted' || event.change === 'rejudged') this.#seconds.delete(event.job.program.sha256)
        }
        if (events.some(event => event.kind !== 'heated')) this.stir()
      }),
      machines.watch({
        machine: (id, { state }) => {
          if (state.state === 'offline') this.#heat.forget(id)
          this.stir()
        },
        telemetry: (id, telemetry) => {
          for (const heated of this.#heat.hear(id, telemetry)) {
            const { machine, heater, curve } = heated
            store.commit({ events: [{ kind: 'heated', at: telemetry.at, machine, heater, curve: curve.map(([c, s]) => [c, s]) }] })
          }
        },
      }),
    )
    this.#tick()
    this.stir()
  }

  /** Calls `listener` with each forecast that says something new. Answers how to stop. */
  watch(listener: (forecast: QueueForecast) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something changed: reckon soon, once however often this is called. */
  stir(): void {
    if (this.#closed) return
    if (this.#reckoning) {
      this.#dirty = true
      return
    }
    if (this.#timer !== undefined) return
    const { told } = this.#options.paceMs ?? paceDefault
    const wait = Math.max(gatherMs, this.#toldAt + told - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#begin()
    }, wait)
    this.#timer.unref()
  }

  /** The raw forecast of a job on a machine, as the analysis has it. */
  seconds(job: Job, machine: string): number | undefined {
    const { sha256 } = job.program
    let known = this.#seconds.get(sha256)
    if (known === undefined) {
      known = this.#options.store.estimates(sha256)
      this.#seconds.set(sha256, known)
      const oldest = this.#seconds.keys().next().value
      if (this.#seconds.size > programsMax && oldest !== undefined) this.#seconds.delete(oldest)
    }
    return known.get(machine)
  }

  /** How a machine warms, as it was watched; for the analysis. */
  heating(machine: string): MachineFacts['heating'] {
    return heatingOf(this.#options.store, machine)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#clock)
    for (const stop of this.#stops) stop()
  }

  /** Time passes although nothing happens: machines work, doors open. */
  #tick(): void {
    const { busy, idle } = this.#options.paceMs ?? paceDefault
    const working = this.#options.store.openJobs().some(job => activeStates.includes(job.state))
    this.#clock = setTimeout(
      () => {
        this.#options.stirred?.()
        this.stir()
        this.#tick()
      },
      working ? busy : idle,
    )
    this.#clock.unref()
  }

  #begin(): void {
    this.#reckoning = true
    this.#dirty = false
    this.#reckon()
      .catch((error: unknown) => this.#options.log.error({ error }, 'the forecast broke'))
      .finally(() => {
        this.#reckoning = false
        if (this.#dirty) this.stir()
      })
  }

  async #reckon(): Promise<void> {
    const input = this.#input()
    // One program is opened at a time: with the maps of thirty machines it is megabytes.
    for (const job of input.jobs.slice(0, forecastJobsMax)) {
      if (this.#seconds.has(job.program.sha256)) continue
      this.seconds(job, '')
      await breath()
    }
    const steps = forecastSteps(input)
    for (;;) {
      if (this.#closed) return
      const step = steps.next()
      if (step.done) {
        this.#tell({ at: input.nowMs, jobs: step.value })
        return
      }
      await breath()
    }
  }

  #tell(forecast: QueueForecast): void {
    const text = JSON.stringify(forecast.jobs)
    if (text === this.#toldText) return
    this.#toldText = text
    this.#told = forecast
    this.#toldAt = performance.now()
    for (const listener of this.#listeners) listener(forecast)
  }

  #input(): ForecastInput {
    const { store, machines, hours, rules, startable, fair, lessons, nowMs } = this.#options
    const now = nowMs()
    const seen = machines.allForQueue().map((view): ForecastMachine => {
      const progress = machines.telemetry(view.id)?.progress
      const state = machines.shownState(view.id)
      return {
        ...view,
        // The firmware is ready as soon as its job is done; for people the machine is free when the bed is.
        since: Math.min(now, Math.max(state?.since ?? now, (state?.state === 'ready' && this.#history.clearedAt(view.id)) || 0)),
        ...(progress?.remainingSeconds === undefined ? {} : { remainingSeconds: progress.remainingSeconds, done: progress.fraction }),
      }
    })
    const closed = new Set(startable === undefined ? [] : machines.ids.filter(id => !startable(id)))
    return {
      nowMs: now,
      machines: seen,
      jobs: store.openJobs(),
      seconds: (job, machine) => this.seconds(job, machine),
      past: this.#history,
      hours,
      rules,
      permitted: (_job, machine) => !closed.has(machine),
      ...(fair && { fair: fair() }),
      ...(lessons && { lessons: lessons() }),
    }
  }
}

/** The curves of a machine's heaters, as the events remember them. */
export function heatingOf(store: Pick<Store, 'machine'>, machine: string): MachineFacts['heating'] {
  const { warmings = {} } = store.machine(machine)
  const nozzle = warmings.nozzle && typicalCurve(warmings.nozzle)
  const bed = warmings.bed && typicalCurve(warmings.bed)
  return nozzle || bed ? { ...(nozzle && { nozzle }), ...(bed && { bed }) } : undefined
}

/** Lets everything else have its turn. */
function breath(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
