// Plays a school forward: machines end, people clear and start, hours open and close, and each free machine takes the first job it may. Pure.
import type { Calendar } from '../../protocols/contract/calendar.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import type { MachineKind } from '../../protocols/contract/machine.ts'
import type { Distribution } from './calibrate.ts'
import { seedOf, strata } from './chance.ts'
import { lessonInWay } from './lessons.ts'
import { type ForecastInput, type ForecastMachine, possibleFor, takesJobs } from './question.ts'

/** Futures played: with stratified chances enough for steady tenths, and few enough for a Raspberry Pi. */
export const futuresCount = 64
const never = Number.POSITIVE_INFINITY
/** What connects or homes is ready in about so long. */
const preparingSeconds = 60
/** Whoever waits beyond all experience waits at least this much longer. */
const leastSeconds = 20
/** Windows a job is tried in before it counts as one that never fits. */
const windowsMax = 28
/** The correction of a running job's rest trusts the machine as soon as this much has run (drivers/progress.ts, trustSeconds). */
const trustSeconds = 60

type Waiting = {
  readonly job: Job
  readonly kind: MachineKind
  /** Chances, one for each future. */
  readonly ratio: Float64Array
  readonly clear: Float64Array
  readonly start: Float64Array
  readonly fails: Float64Array
  readonly failsAt: Float64Array
  readonly checked: Float64Array
  readonly starts: Float64Array
  readonly ends: Float64Array
  /** Machine id → raw seconds there. */
  readonly seconds: Map<string, number>
  /** Machine id → futures in which it got the job. */
  readonly taken: Map<string, number>
}

type Line = {
  readonly machine: ForecastMachine
  readonly active: Job | undefined
  readonly rest: Float64Array
  readonly person: Float64Array
  readonly clear: Float64Array
  readonly ends: Float64Array
  /** Indices of the jobs it may take, in order. */
  readonly takes: readonly number[]
  /** How a person's start, or the machine's own, is bound to hours. */
  readonly calendar: Calendar
  readonly byHand: boolean
  readonly mayRunOn: boolean
  readonly lessons: readonly Lesson[]
}

export class Futures {
  readonly #input: ForecastInput
  readonly #waiting: Waiting[] = []
  readonly #lines: Line[] = []
  readonly #results = new Map<string, { starts?: Float64Array; ends: Float64Array; taken?: ReadonlyMap<string, number> }>()
  #next = 0

  /** First `know` each machine, then `queue` the waiting jobs in their order, then `enter` the machines, then play. */
  constructor(input: ForecastInput) {
    this.#input = input
  }

  /** Reckons what the past says of the machine, which is kept there for the next time. */
  know(machine: ForecastMachine): void {
    const { past } = this.#input
    past.run(machine.id, machine.kind, undefined).quantile(0.5)
    past.clear(machine.id).quantile(0.5)
    past.start(machine.id).quantile(0.5)
  }

  queue(job: Job): void {
    const waiting = waitingOf(job, this.#input)
    this.#waiting.push(waiting)
    this.#results.set(job.id, waiting)
  }

  enter(machine: ForecastMachine, active: readonly Job[]): void {
    const { hours, rules, lessons = [] } = this.#input
    const automatic = machine.kind === 'printer' && rules.autoStartPrinters
    const seed = seedOf(machine.id)
    const job = active.find(one => one.machine === machine.id)
    const ends = new Float64Array(futuresCount).fill(never)
    if (job) this.#results.set(job.id, { ends })
    // The chance of a job's pace stays its own when it gets onto a machine.
    const own = job === undefined ? seed : seedOf(job.id)
    this.#lines.push({
      machine,
      active: job,
      rest: strata(futuresCount, (own ^ 1) >>> 0),
      person: strata(futuresCount, (seed ^ 2) >>> 0),
      clear: strata(futuresCount, (own ^ 3) >>> 0),
      ends,
      takes: this.#waiting.flatMap(({ seconds }, index) => (seconds.has(machine.id) ? [index] : [])),
      calendar: machine.kind === 'printer' ? hours.open : hours.supervised,
      byHand: !automatic,
      mayRunOn: machine.kind === 'printer' && rules.runPastClosing,
      lessons: lessons.filter(lesson => lesson.machines.includes(machine.id)),
    })
  }

  /** Plays one more future; false when all are played. */
  play(): boolean {
    if (this.#next >= futuresCount) return false
    this.#playOne(this.#next)
    this.#next++
    return true
  }

  /** When the job began in each future, ms; infinite where it never did. Undefined for a job that is not waiting. */
  starts(job: string): Float64Array | undefined {
    return this.#results.get(job)?.starts
  }

  /** When it ended well in each future. */
  ends(job: string): Float64Array | undefined {
    return this.#results.get(job)?.ends
  }

  /** The machine that got it in the most futures; of equals the first that did, so that the name does not waver. */
  machine(job: string): string | undefined {
    let likely: string | undefined
    let most = 0
    for (const [machine, times] of this.#results.get(job)?.taken ?? []) {
      if (times <= most) continue
      most = times
      likely = machine
    }
    return likely
  }

  #playOne(future: number): void {
    const { nowMs, past, hours } = this.#input
    const taken = new Set<number>()
    const released = this.#waiting.map(one => releaseOf(one, future, this.#input))
    const freeAt = this.#lines.map(line => freeOf(line, future, this.#input))
    const waited = this.#lines.map(() => 0)
    const started = this.#lines.map(() => false)
    /** A person has come to start something on a machine without automatic start. */
    const attended = this.#lines.map(() => false)
    for (;;) {
      const index = earliest(freeAt)
      const line = this.#lines[index]
      const at = freeAt[index] ?? never
      if (line === undefined || at === never) return
      const pick = this.#pick(line, at, taken, released)
      if (pick.kind === 'nothing') {
        freeAt[index] = never
        continue
      }
      if (pick.kind === 'later') {
        waited[index] = (waited[index] ?? 0) + 1
        freeAt[index] = (waited[index] ?? 0) > windowsMax ? never : pick.at
        continue
      }
      const waiting = this.#waiting[pick.job]
      if (waiting === undefined) return
      if (line.byHand && !attended[index]) {
        attended[index] = true
        const since =
          started[index] || line.machine.state !== 'ready'
            ? at
            : Math.max(line.machine.since, waiting.job.queuedAt ?? waiting.job.submittedAt)
        const done = line.calendar.between(Math.min(since, nowMs), nowMs)
        const wait = restOf(past.start(line.machine.id), started[index] ? 0 : done, waiting.start[future] ?? 0.5)
        freeAt[index] = line.calendar.add(pick.at, wait) ?? never
        continue
      }
      taken.add(pick.job)
      waiting.taken.set(line.machine.id, (waiting.taken.get(line.machine.id) ?? 0) + 1)
      attended[index] = false
      started[index] = true
      waited[index] = 0
      const seconds = waiting.seconds.get(line.machine.id) ?? 0
      const ratio = past.run(line.machine.id, waiting.kind, waiting.job.program.material).quantile(waiting.ratio[future] ?? 0.5)
      const endAt = pick.at + seconds * ratio * 1000
      waiting.starts[future] = pick.at
      waiting.ends[future] = endAt
      // Its own range is told for the case that it ends well; for those behind it counts that it may not.
      const early = (waiting.fails[future] ?? 1) < past.failing(waiting.kind) ? (waiting.failsAt[future] ?? 1) : 1
      const wait = past.clear(line.machine.id).quantile(waiting.clear[future] ?? 0.5)
      freeAt[index] = hours.open.add(pick.at + (endAt - pick.at) * early, wait) ?? never
    }
  }

  /** The first job in order that this machine may begin at the instant, or when to look again. */
  #pick(
    line: Line,
    at: number,
    taken: ReadonlySet<number>,
    released: readonly number[],
  ): { kind: 'start'; job: number; at: number } | { kind: 'later'; at: number } | { kind: 'nothing' } {
    const window = line.calendar.next(at)
    if (window === undefined) return { kind: 'nothing' }
    const begin = Math.max(at, window.from)
    const room = line.mayRunOn ? never : (window.to - begin) / 1000
    let later = never
    for (const index of line.takes) {
      if (taken.has(index)) continue
      const from = released[index] ?? never
      const waiting = this.#waiting[index]
      if (waiting === undefined) continue
      const seconds = waiting.seconds.get(line.machine.id) ?? 0
      const kept = lessonInWay(line.lessons, waiting.job, line.machine.id, begin, line.byHand ? 0 : seconds)
      if (from > begin) later = Math.min(later, from)
      else if (kept !== undefined) later = Math.min(later, kept.lesson.until)
      else if (seconds <= room) return { kind: 'start', job: index, at: begin }
      else later = Math.min(later, window.to)
    }
    return Number.isFinite(later) ? { kind: 'later', at: later } : { kind: 'nothing' }
  }
}

function waitingOf(job: Job, input: ForecastInput): Waiting {
  const seed = seedOf(job.id)
  const chances = (dimension: number) => strata(futuresCount, (seed ^ dimension) >>> 0)
  const possible = possibleFor(job, input)
  const kind = job.program.kind === 'unknown' ? (possible[0]?.kind ?? 'printer') : job.program.kind
  const seconds = possible
    .filter(takesJobs)
    .map(({ id }) => [id, input.seconds(job, id) ?? job.estimatedSeconds ?? input.past.length(kind).quantile(0.5)] as const)
  return {
    job,
    kind,
    ratio: chances(1),
    clear: chances(3),
    start: chances(4),
    fails: chances(5),
    failsAt: chances(6),
    checked: chances(7),
    starts: new Float64Array(futuresCount).fill(never),
    ends: new Float64Array(futuresCount).fill(never),
    seconds: new Map(seconds),
    taken: new Map(),
  }
}

/** When the job may be taken at all: at once, or when a teacher has looked at it. */
function releaseOf({ job, checked }: Waiting, future: number, { nowMs, past, hours }: ForecastInput): number {
  if (job.state !== 'submitted') return nowMs
  const waitedFor = hours.open.between(job.submittedAt, nowMs)
  return hours.open.add(nowMs, restOf(past.check(), waitedFor, checked[future] ?? 0.5)) ?? never
}

/** When the machine can begin something new; tells the end of what runs on it on the way. */
function freeOf(line: Line, future: number, input: ForecastInput): number {
  const { machine, active } = line
  const { nowMs, past, hours } = input
  const attend = (from: number, since: number): number =>
    line.calendar.add(
      from,
      restOf(past.clear(machine.id), line.calendar.between(Math.min(since, nowMs), nowMs), line.person[future] ?? 0.5),
    ) ?? never
  const cleared = (endAt: number) => hours.open.add(endAt, past.clear(machine.id).quantile(line.clear[future] ?? 0.5)) ?? never
  if (machine.state === 'offline' || machine.state === 'down') return never
  if (active !== undefined) {
    const helped = machine.state === 'paused' || machine.state === 'attention' ? attend(nowMs, machine.since) : nowMs
    const endAt = helped + activeRest(active, line, future, input) * 1000
    line.ends[future] = endAt
    return takesJobs(machine) ? cleared(endAt) : never
  }
  if (!takesJobs(machine)) return never
  switch (machine.state) {
    case 'ready':
      return nowMs
    case 'preparing':
      return nowMs + preparingSeconds * 1000
    case 'uncleared': {
      const waitedFor = hours.open.between(machine.since, nowMs)
      return hours.open.add(nowMs, restOf(past.clear(machine.id), waitedFor, line.clear[future] ?? 0.5)) ?? never
    }
    case 'attention':
    case 'paused':
      return attend(nowMs, machine.since)
    case 'foreign':
    case 'running': {
      const passed = (nowMs - machine.since) / 1000
      return cleared(nowMs + restOf(past.length(machine.kind), passed, line.rest[future] ?? 0.5) * 1000)
    }
  }
}

/** Seconds left of the job on a machine. */
function activeRest(job: Job, line: Line, future: number, { nowMs, past, seconds }: ForecastInput): number {
  const { machine } = line
  const kind = job.program.kind === 'unknown' ? machine.kind : job.program.kind
  const pace = past.run(machine.id, kind, job.program.material)
  const chance = line.rest[future] ?? 0.5
  const forecast = job.estimatedSeconds ?? seconds(job, machine.id)
  if (machine.remainingSeconds !== undefined) {
    // The rest is corrected by the machine's own pace already, as far as it has been seen; only the doubt about it is left to add.
    const seen = ((machine.done ?? 0) * (forecast ?? 0)) / ((machine.done ?? 0) * (forecast ?? 0) + trustSeconds)
    const usual = pace.quantile(0.5)
    return machine.remainingSeconds * usual ** (1 - seen) * (pace.quantile(chance) / usual)
  }
  const passed = job.startedAt === undefined ? 0 : Math.max(0, (nowMs - job.startedAt) / 1000)
  if (forecast === undefined) return restOf(past.length(kind), passed, chance)
  return restOf(pace, passed / forecast, chance, leastSeconds / forecast) * forecast
}

/** What is left of a wait that has lasted `passed` already: of all that last so long, the share `chance`. Same unit in and out. */
function restOf(wait: Distribution, passed: number, chance: number, least = leastSeconds): number {
  if (passed <= 0) return wait.quantile(chance)
  const gone = Math.min(0.98, wait.below(passed))
  return Math.max(wait.quantile(gone + chance * (1 - gone)) - passed, least * (0.5 + chance))
}

function earliest(freeAt: readonly number[]): number {
  let best = 0
  for (let index = 1; index < freeAt.length; index++) if ((freeAt[index] ?? never) < (freeAt[best] ?? never)) best = index
  return best
}
