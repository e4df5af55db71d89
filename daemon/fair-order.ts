// The fair order of the queue: who waited longer, whose class used less, whose deadline is near; a short job may pass a long one once. Pure.
import type { Author, Job } from '../protocols/contract/job.ts'
import { byOrder, inQueue } from './queue.ts'

/** What a job has to say for itself, in points; the greater sum stands first. docs/decisions/0007-fair-order.md tells why these. */
export type Standing = {
  /** 40 for each day since it was sent: whoever was sent 30 hours later never passes, whatever else speaks for it. */
  readonly age: number
  /** Up to 30, in tenths: half for a class that used the machines as much as the others, more for one that used them less. */
  readonly share: number
  /** Up to 20, rising in tenths over the last day in which its deadline can be kept. */
  readonly deadline: number
  /** Up to 10, for less than two hours; only to pass one longer job, see passes. */
  readonly short: number
  readonly seconds: number | undefined
}

/** Hours on machines by class (shareKey) in the last 14 days. */
export type Use = ReadonlyMap<string, number>

export type FairQuestion = { readonly nowMs: number; readonly use: Use }

export type FairOrder = {
  /** All queued jobs, the first to be taken first. */
  readonly sequence: readonly Job[]
  readonly standings: ReadonlyMap<string, Standing>
  /** Short job → the long ones it stands before although it came later: they are noted as jumped when it starts. */
  readonly passes: ReadonlyMap<string, readonly string[]>
}

export const weights = { age: 40, share: 30, deadline: 20, short: 10 } as const
const dayMs = 24 * 3_600_000
/** Waiting so long is worth the whole weight of age; it goes on growing. */
const ageFullMs = dayMs
const deadlineMs = dayMs
const shortSeconds = 2 * 3600
/** Passed is only what takes at least so many times longer. */
const longerTimes = 2
/** A class that used the machines less than this has hardly used them. */
const useFloorHours = 1
/** Of the time that fair shares look back. */
export const shareMs = 14 * dayMs

/** Whose use counts together: the class, a pupil without one alone; staff's for nobody. */
export function shareKey({ id, role, group }: Author): string | undefined {
  if (role !== 'pupil') return undefined
  return group === undefined ? `pupil ${id}` : `group ${group}`
}

/**
 * The queue in fair order. Age grows evenly for all, so between two jobs it never changes: only shares, deadlines and passing do.
 * A pinned job keeps its place counted from the head of the queue; the others fill the places between in their fair order.
 */
export function fairOrder(jobs: readonly Job[], question: FairQuestion): FairOrder {
  const queued = jobs.filter(inQueue).sort(byOrder)
  const standings = standingsOf(queued, question)
  const free = queued.filter(job => job.pinned !== true).sort((a, b) => byFairness(a, b, standings))
  const passes = letShortPass(free, standings)
  const next = free.values()
  const sequence = queued.flatMap(job => (job.pinned === true ? job : (next.next().value ?? [])))
  return { sequence, standings, passes }
}

/** What speaks for each of these jobs now. Staff's count as those of a class that uses as much as the others. */
export function standingsOf(jobs: readonly Job[], { nowMs, use }: FairQuestion): Map<string, Standing> {
  const classes = new Set([...use.keys(), ...jobs.flatMap(({ author }) => shareKey(author) ?? [])])
  const total = [...use.values()].reduce((sum, hours) => sum + hours, 0)
  const usual = Math.max(useFloorHours, total / Math.max(1, classes.size))
  return new Map(
    jobs.map(job => {
      const key = shareKey(job.author)
      const used = key === undefined ? usual : (use.get(key) ?? 0)
      const takes = job.estimatedSeconds
      const standing: Standing = {
        age: (weights.age * (nowMs - job.submittedAt)) / ageFullMs,
        share: weights.share * tenths(usual / (usual + used)),
        deadline: weights.deadline * tenths(urgency(job, nowMs, takes ?? 0)),
        short: takes === undefined ? 0 : weights.short * Math.max(0, 1 - takes / shortSeconds),
        seconds: takes,
      }
      return [job.id, standing]
    }),
  )
}

/** Steps that are worth changing places for: each minute of use would otherwise make an event of half the queue. */
function tenths(share: number): number {
  return Math.round(share * 10) / 10
}

/** 0 until a day before the last instant at which it could begin, 1 from there on. A deadline that was over when it was asked for is none. */
function urgency({ wishes, submittedAt }: Job, nowMs: number, takes: number): number {
  const deadline = wishes?.deadline
  if (deadline === undefined || deadline <= submittedAt) return 0
  const slackMs = deadline - nowMs - takes * 1000
  return Math.min(1, Math.max(0, 1 - slackMs / deadlineMs))
}

/** The greater sum first, shortness left out; of equals the one sent first, then by id: total, and the same each time. */
export function byFairness(a: Job, b: Job, standings: ReadonlyMap<string, Standing>): number {
  const difference = sum(standings.get(b.id)) - sum(standings.get(a.id))
  if (Math.abs(difference) > sameSum) return difference
  return a.submittedAt - b.submittedAt || a.ticket - b.ticket || a.copy - b.copy || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** What floating point makes of equal sums is no reason to change places. */
const sameSum = 1e-9

function sum(standing: Standing | undefined): number {
  // Rounded to a grid, so that "equal" holds for chains of jobs too.
  return standing === undefined ? 0 : Math.round((standing.age + standing.share + standing.deadline) * 1e6) / 1e6
}

/**
 * Moves short jobs before longer ones that came just before them. Each long job is passed by one at most, and by none where `jumped` says
 * that it has been; what cannot meet on a machine, or is held back, is neither passed nor in the way.
 */
function letShortPass(free: Job[], standings: ReadonlyMap<string, Standing>): Map<string, readonly string[]> {
  const passes = new Map<string, readonly string[]>()
  const passed = new Set<string>()
  for (let from = 1; from < free.length; from++) {
    const short = free[from]
    if (short === undefined || short.held || (standings.get(short.id)?.short ?? 0) <= 0) continue
    let to = from
    const over: string[] = []
    for (let at = from - 1; at >= 0 && from - at <= lookBackMax; at--) {
      const long = free[at]
      if (long === undefined) break
      if (long.held || !compete(short, long)) continue
      if (long.jumped === true || passed.has(long.id) || passes.has(long.id) || !mayPass(short, long, standings)) break
      over.push(long.id)
      to = at
    }
    if (over.length === 0) continue
    for (const id of over) passed.add(id)
    passes.set(short.id, over)
    free.splice(from, 1)
    free.splice(to, 0, short)
  }
  return passes
}

/** A short job is not carried past more than this: farther away the points differ by more than shortness is worth, or the queue is a heap. */
const lookBackMax = 50

function mayPass(short: Job, long: Job, standings: ReadonlyMap<string, Standing>): boolean {
  const [mine, other] = [standings.get(short.id), standings.get(long.id)]
  if (mine?.seconds === undefined || other === undefined) return false
  if (mine.seconds * longerTimes > (other.seconds ?? Number.POSITIVE_INFINITY)) return false
  return sum(other) - sum(mine) < mine.short - other.short
}

/** Can both want the same machine? */
export function compete(a: Job, b: Job): boolean {
  const [mine, other] = [machinesOf(a), machinesOf(b)]
  return mine.some(machine => other.includes(machine))
}

function machinesOf({ wanted, suitable }: Job): readonly string[] {
  if (wanted === undefined) return suitable
  return suitable.includes(wanted) ? [wanted] : []
}

/** Nearer to each other than this no two orders are put; double numbers would allow less, screens need not. */
const orderGapMin = 1e-9
/** Newcomers mostly follow one another before the same job: each leaves seven eighths of the gap to the next. */
const gapShare = 7

/**
 * New order numbers that make the queue stand in this sequence, for as few jobs as can be: those in the longest run that stands rightly keep theirs.
 * Where no numbers are left between two neighbours, those behind make room, as many as it takes.
 */
export function renumbered(sequence: readonly Job[]): Map<string, number> {
  const kept = longestRun(sequence)
  const orders = new Map<string, number>()
  let index = 0
  let previous: number | undefined
  while (index < sequence.length) {
    const job = sequence[index]
    if (job !== undefined && kept.has(index)) {
      previous = job.order
      index += 1
      continue
    }
    let end = index
    let step = 1
    let next: number | undefined
    do {
      while (end < sequence.length && !kept.has(end)) end += 1
      next = sequence[end]?.order
      step = next === undefined || previous === undefined ? 1 : (next - previous) / (end - index + gapShare)
      if (step < orderGapMin) kept.delete(end)
    } while (step < orderGapMin)
    const count = end - index
    const base = previous ?? (next === undefined ? 0 : next - count - 1)
    for (let at = index; at < end; at++) orders.set(sequence[at]?.id ?? '', base + step * (at - index + 1))
    previous = base + step * count
    index = end
  }
  return orders
}

/** Indices of a longest ascending run of order numbers (patience sorting); equal numbers are told apart by id as everywhere. */
function longestRun(sequence: readonly Job[]): Set<number> {
  const tails: number[] = []
  const before = new Array<number>(sequence.length).fill(-1)
  for (const [index, job] of sequence.entries()) {
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const tail = sequence[tails[middle] ?? 0]
      // Strictly ascending numbers: between two equal ones nothing could ever be put.
      if (tail !== undefined && tail.order < job.order) low = middle + 1
      else high = middle
    }
    before[index] = low === 0 ? -1 : (tails[low - 1] ?? -1)
    tails[low] = index
  }
  const run = new Set<number>()
  for (let at = tails.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) run.add(at)
  return run
}
