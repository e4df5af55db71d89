// What a school's past says of the next job: how forecasts came out, how long people take, how often a job ends early. A fold of ended jobs.
import type { Job } from '../../protocols/contract/job.ts'
import type { MachineKind } from '../../protocols/contract/machine.ts'
import { calibrate, type Distribution, type Prior, type Sample } from './calibrate.ts'
import type { Hours } from './hours.ts'

/** The forecast asks this much of the past. */
export interface Past {
  /** Actual / forecast seconds of a job on this machine. */
  run(machine: string, kind: MachineKind, material: string | undefined): Distribution
  /** Seconds of a job nobody forecast. */
  length(kind: MachineKind): Distribution
  /** Open seconds from a job's end to the cleared bed. */
  clear(machine: string): Distribution
  /** Attended seconds from a free machine and a waiting job to a person's start. */
  start(machine: string): Distribution
  /** Open seconds from a submission to a teacher's approval. */
  check(): Distribution
  /** Share of jobs that end before their time. */
  failing(kind: MachineKind): number
}

/** Newest jobs remembered: two terms of a busy school. */
const jobsMax = 1500
/** Shorter forecasts are all overhead: their ratios say nothing of a machine. */
const forecastMinSeconds = 20
/** A ratio beyond this is a wrong map or a clock that was set, not a machine. */
const ratioBounds = [0.02, 50] as const

/** The planners are written after the firmwares: a little slow is likelier than a little fast. */
const runPrior: Prior = { median: 1.03, sigma: 0.12, weight: 3 }
const lengthPrior: Record<MachineKind, Prior> = {
  printer: { median: 5400, sigma: 1, weight: 3 },
  laser: { median: 900, sigma: 1, weight: 3 },
  mill: { median: 1800, sigma: 1, weight: 3 },
}
/** A part is taken off within a quarter of an hour where somebody looks, and after the lesson where nobody does. */
const clearPrior: Prior = { median: 900, sigma: 1, weight: 3 }
const startPrior: Prior = { median: 600, sigma: 1, weight: 3 }
const checkPrior: Prior = { median: 1800, sigma: 1.2, weight: 3 }
/** Students' prints fail in four cases of ten, experts' in one (Procedia CIRP, open studio study): until a school has figures of its own. */
const failingPrior = { share: 0.15, weight: 10 }

/** What is kept of a job; its text and its people are nobody's business here. */
type Fact = {
  machine: string
  kind: MachineKind
  material: string | undefined
  forecastSeconds: number | undefined
  outcome: 'completed' | 'failed' | 'cancelled' | 'interrupted'
  submittedAt: number
  queuedAt: number | undefined
  startedAt: number
  endedAt: number
  clearedAt: number | undefined
}

export type HistoryOptions = { readonly hours: Hours; readonly kindOf: (machine: string) => MachineKind | undefined }

export class History implements Past {
  readonly #options: HistoryOptions
  readonly #facts = new Map<string, Fact>()
  readonly #cache = new Map<string, Distribution>()
  readonly #cleared = new Map<string, number>()

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  /** When the machine's bed was last cleared, as far as is remembered. */
  clearedAt(machine: string): number | undefined {
    return this.#cleared.get(machine)
  }

  get jobs(): number {
    return this.#facts.size
  }

  /** Learns a job that has ended on a machine, and again when its bed was cleared; others teach nothing. Answers whether it did. */
  learn(job: Job): boolean {
    // A part of a plate tells nothing that its plate does not.
    const fact = job.plate === undefined ? this.#factOf(job) : undefined
    if (fact === undefined) return false
    this.#facts.delete(job.id)
    this.#facts.set(job.id, fact)
    const { machine, clearedAt = 0 } = fact
    if (clearedAt > (this.#cleared.get(machine) ?? 0)) this.#cleared.set(machine, clearedAt)
    const oldest = this.#facts.keys().next().value
    if (this.#facts.size > jobsMax && oldest !== undefined) this.#facts.delete(oldest)
    this.#cache.clear()
    return true
  }

  run(machine: string, kind: MachineKind, material: string | undefined): Distribution {
    return this.#known(`run ${machine} ${kind} ${material ?? ''}`, () => {
      const levels: Sample[][] = [[], [], []]
      for (const fact of this.#facts.values()) {
        const sample = ratioOf(fact)
        if (sample === undefined || fact.kind !== kind) continue
        const level = fact.machine !== machine ? 2 : fact.material !== material ? 1 : 0
        levels[level]?.push(sample)
      }
      // A material seen seldom on this machine would be tuned by a handful: then the machine's own past is the closest.
      const [exact = [], own = [], kindred = []] = levels
      return exact.length >= materialMin ? calibrate([exact, own, kindred], runPrior) : calibrate([[...exact, ...own], kindred], runPrior)
    })
  }

  length(kind: MachineKind): Distribution {
    return this.#known(`length ${kind}`, () => {
      const facts = [...this.#facts.values()].filter(fact => fact.kind === kind && fact.outcome === 'completed')
      return calibrate([facts.map(fact => ({ value: secondsOf(fact), at: fact.endedAt }))], lengthPrior[kind], { adapt: false })
    })
  }

  clear(machine: string): Distribution {
    const { open } = this.#options.hours
    return this.#known(`clear ${machine}`, () => {
      const waited = (fact: Fact): Sample[] =>
        fact.clearedAt === undefined ? [] : [{ value: atLeastASecond(open.between(fact.endedAt, fact.clearedAt)), at: fact.endedAt }]
      return calibrate(this.#byMachine(machine, waited), clearPrior)
    })
  }

  start(machine: string): Distribution {
    return this.#known(`start ${machine}`, () => calibrate(this.#startsByMachine(machine), startPrior))
  }

  check(): Distribution {
    const { open } = this.#options.hours
    return this.#known('check', () => {
      const waited = [...this.#facts.values()].flatMap(({ submittedAt, queuedAt }) =>
        queuedAt === undefined || queuedAt === submittedAt
          ? []
          : [{ value: atLeastASecond(open.between(submittedAt, queuedAt)), at: queuedAt }],
      )
      return calibrate([waited], checkPrior)
    })
  }

  failing(kind: MachineKind): number {
    let [all, early] = [failingPrior.weight, failingPrior.weight * failingPrior.share]
    for (const fact of this.#facts.values()) {
      if (fact.kind !== kind) continue
      all++
      if (fact.outcome !== 'completed') early++
    }
    return early / all
  }

  #known(key: string, make: () => Distribution): Distribution {
    const known = this.#cache.get(key)
    if (known) return known
    const made = make()
    this.#cache.set(key, made)
    return made
  }

  /** This machine's samples, and those of the others of its kind. */
  #byMachine(machine: string, samples: (fact: Fact) => Sample[]): [Sample[], Sample[]] {
    const kind = this.#options.kindOf(machine)
    const [own, others]: [Sample[], Sample[]] = [[], []]
    for (const fact of this.#facts.values()) {
      if (fact.machine === machine) own.push(...samples(fact))
      else if (this.#options.kindOf(fact.machine) === kind) others.push(...samples(fact))
    }
    return [own, others]
  }

  /** From the moment when both the machine was free and the job in the queue. */
  #startsByMachine(machine: string): [Sample[], Sample[]] {
    const { hours, kindOf } = this.#options
    const kind = kindOf(machine)
    const calendar = kind === 'printer' ? hours.open : hours.supervised
    const last = new Map<string, Fact>()
    const [own, others]: [Sample[], Sample[]] = [[], []]
    for (const fact of [...this.#facts.values()].sort((a, b) => a.startedAt - b.startedAt)) {
      const before = last.get(fact.machine)
      last.set(fact.machine, fact)
      if (kindOf(fact.machine) !== kind) continue
      // Without a word on when the bed was cleared nobody knows how long the machine was free.
      if (before !== undefined && before.clearedAt === undefined) continue
      const freeAt = Math.max(fact.queuedAt ?? fact.submittedAt, before?.clearedAt ?? 0)
      if (freeAt > fact.startedAt) continue
      const sample = { value: atLeastASecond(calendar.between(freeAt, fact.startedAt)), at: fact.startedAt }
      ;(fact.machine === machine ? own : others).push(sample)
    }
    return [own, others]
  }

  #factOf(job: Job): Fact | undefined {
    const { machine, startedAt, endedAt, end, program } = job
    if (machine === undefined || startedAt === undefined || endedAt === undefined || end === undefined) return undefined
    const kind = program.kind === 'unknown' ? this.#options.kindOf(machine) : program.kind
    if (kind === undefined) return undefined
    return {
      machine,
      kind,
      material: program.material,
      forecastSeconds: job.estimatedSeconds,
      outcome: end.outcome,
      submittedAt: job.submittedAt,
      queuedAt: job.queuedAt,
      startedAt,
      endedAt,
      clearedAt: job.verdict?.at,
    }
  }
}

/** With fewer of a material its samples count among the machine's. */
const materialMin = 12

/** By the clock on the wall: pauses are part of what people wait for. */
function secondsOf({ startedAt, endedAt }: Fact): number {
  return atLeastASecond((endedAt - startedAt) / 1000)
}

function ratioOf(fact: Fact): Sample | undefined {
  const { forecastSeconds = 0, outcome, endedAt } = fact
  if (outcome !== 'completed' || forecastSeconds < forecastMinSeconds) return undefined
  const value = secondsOf(fact) / forecastSeconds
  return value >= ratioBounds[0] && value <= ratioBounds[1] ? { value, at: endedAt } : undefined
}

function atLeastASecond(seconds: number): number {
  return Math.max(1, seconds)
}
