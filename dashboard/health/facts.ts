// What is kept of an ended job for the figures: a line of numbers, without its file and its people. Pure.
import { failureOf } from '../../protocols/contract/failures.ts'
import type { Range } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'

export type Fact = {
  startedAt: number
  endedAt: number
  /** Of running, as the machine room counted them. */
  seconds: number
  outcome: 'completed' | 'failed' | 'cancelled' | 'interrupted'
  /** It ended by the machine's fault (failures.ts). */
  fault: boolean
  verdict?: 'ok' | 'partial' | 'failed'
  /** When the bed was cleared, which is when somebody judged. */
  clearedAt?: number
  forecastSeconds?: number
  /** Whether it ended inside the range told at its start; absent where nobody heard one. */
  inside?: boolean
  /** The same for a second try of the same file by the same person. */
  key: string
}

/** The fact of a job that ran and ended; undefined for others. `told`: the range of its end, heard at its start. `before`: what was known of it. */
export function factOf(job: Job, told: Range | undefined, before: Fact | undefined): Fact | undefined {
  const { startedAt, endedAt, end, machine, verdict, estimatedSeconds } = job
  if (startedAt === undefined || endedAt === undefined || end === undefined || machine === undefined) return undefined
  // A part of a plate is that plate's work: counted with each part it would be counted many times.
  if (job.plate !== undefined) return undefined
  const inside = before?.inside ?? (told && end.outcome === 'completed' ? told[0] <= endedAt && endedAt <= told[1] : undefined)
  return {
    startedAt,
    endedAt,
    seconds: end.seconds,
    outcome: end.outcome,
    fault: failureOf(job) !== undefined,
    ...(verdict && { verdict: verdict.quality, clearedAt: verdict.at }),
    ...(estimatedSeconds !== undefined && { forecastSeconds: estimatedSeconds }),
    ...(inside !== undefined && { inside }),
    key: keyOf(job.program.sha256, job.author.id),
  }
}

/** Tells tries apart and nobody's name: 32 bits of the person beside the file's. */
function keyOf(sha256: string, author: string): string {
  let hash = 2166136261
  for (let at = 0; at < author.length; at++) hash = Math.imul(hash ^ author.charCodeAt(at), 16777619)
  return `${sha256.slice(0, 10)}${(hash >>> 0).toString(36)}`
}

const outcomes = ['completed', 'failed', 'cancelled', 'interrupted'] as const
const verdicts = ['ok', 'partial', 'failed'] as const

/** In short, since a city keeps a quarter of a million: [id, started, run ms, seconds, outcome, fault, verdict, cleared, forecast, inside, key]. */
type Line = [string, number, number, number, number, number, number, number, number, number, string]

/** The jobs of a machine that ended on one day, by id. */
export type Day = ReadonlyMap<string, Fact>

export function writeDay(day: Day): string {
  return JSON.stringify([...day].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, fact]) => lineOf(id, fact)))
}

/** Our own shelf is believed in its lines; a body that is none (of another version) is as nothing. */
export function readDay(body: string): Map<string, Fact> {
  return new Map(readLines(body).map(line => [line[0], factOfLine(line)]))
}

/** The same without the ids. */
export function readFacts(body: string): Fact[] {
  return readLines(body).map(factOfLine)
}

function readLines(body: string): Line[] {
  try {
    const lines: unknown = JSON.parse(body)
    return Array.isArray(lines) ? lines.filter(isLine) : []
  } catch {
    return []
  }
}

function isLine(line: unknown): line is Line {
  return Array.isArray(line) && line.length === 11 && typeof line[1] === 'number' && typeof line[10] === 'string'
}

function lineOf(id: string, fact: Fact): Line {
  const { startedAt, endedAt, seconds, outcome, fault: byMachine, verdict, clearedAt, forecastSeconds, inside, key } = fact
  return [
    id,
    startedAt,
    endedAt - startedAt,
    Math.round(seconds),
    outcomes.indexOf(outcome),
    byMachine ? 1 : 0,
    verdict === undefined ? -1 : verdicts.indexOf(verdict),
    clearedAt ?? 0,
    forecastSeconds === undefined ? -1 : Math.round(forecastSeconds),
    inside === undefined ? -1 : inside ? 1 : 0,
    key,
  ]
}

function factOfLine([_id, startedAt, ranMs, seconds, outcome, fault, verdict, clearedAt, forecastSeconds, inside, key]: Line): Fact {
  const said = verdicts[verdict]
  return {
    startedAt,
    endedAt: startedAt + ranMs,
    seconds,
    outcome: outcomes[outcome] ?? 'interrupted',
    fault: fault === 1,
    key,
    ...(said && { verdict: said }),
    ...(clearedAt > 0 && { clearedAt }),
    ...(forecastSeconds >= 0 && { forecastSeconds }),
    ...(inside >= 0 && { inside: inside === 1 }),
  }
}
