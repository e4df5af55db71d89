// What counts as a machine's failure, and when the same one has come too often. The school acts on it, the screens show it: one rule for both.
import type { Job } from './job.ts'

/** A failure laid to the machine. */
export type Failure = { job: string; cause: string; at: number }

/** So many of one cause within so long take the machine out of work until a person has looked. */
export const quarantineAfter = 3
export const failuresCountMs = 7 * 24 * 3_600_000

/** The file, a person or the power, not the machine: they say nothing of its health. */
const notTheMachine: readonly string[] = [
  'bad-arguments',
  'constant-power',
  'file-missing',
  'forbidden-line',
  'interrupted-by-hand',
  'job-cancelled',
  'line-too-long',
  'program-empty',
  'room-away',
  'stopped-by-order',
  'unknown-to-room',
]
/** A teacher's words for the same. */
const notTheMachineWords = /в модели|в файле|in the (?:model|file)/i

/**
 * The failure an ended job tells of, if it is the machine's: the firmware's fault, or the cause a person gave with the verdict.
 * A person's word outranks the firmware's, since the person has seen the part. `cause` is a code or that word.
 */
export function failureOf(job: Job): Failure | undefined {
  const { verdict, end, endedAt } = job
  // What was made on a plate is told of by that plate's job, once.
  if (endedAt === undefined || job.machine === undefined || job.plate !== undefined) return undefined
  if (verdict !== undefined) {
    const cause = verdict.cause?.trim() ?? ''
    if (verdict.quality === 'failed' && cause !== '') {
      return notTheMachineWords.test(cause) ? undefined : { job: job.id, cause: cause.slice(0, 80), at: endedAt }
    }
    if (verdict.quality === 'ok') return undefined
  }
  const bad = end?.outcome === 'failed' || end?.outcome === 'interrupted'
  const code = end?.fault?.code
  if (!bad || code === undefined || notTheMachine.includes(code)) return undefined
  return { job: job.id, cause: code, at: endedAt }
}

/** The failures with this job's last word in them; those out of the window are dropped. `afterMs`: what was before has been seen to. */
export function withJob(failures: readonly Failure[], job: Job, nowMs: number, afterMs = 0): readonly Failure[] {
  const told = failureOf(job)
  const failure = told !== undefined && told.at > afterMs ? told : undefined
  const others = failures.filter(one => one.job !== job.id && nowMs - one.at <= failuresCountMs)
  if (failure === undefined) return others.length === failures.length ? failures : others
  if (failures.some(one => one.job === failure.job && one.cause === failure.cause && one.at === failure.at)) return failures
  return [...others, failure].slice(-failuresKept)
}
/** More in a week than any machine is allowed to have. */
const failuresKept = 30

/** The cause that came too often, if one did. */
export function repeated(failures: readonly Failure[], nowMs: number): { cause: string; count: number } | undefined {
  const counts = new Map<string, number>()
  for (const { cause, at } of failures) if (nowMs - at <= failuresCountMs) counts.set(cause, (counts.get(cause) ?? 0) + 1)
  const [worst] = [...counts].sort(([, a], [, b]) => b - a)
  return worst !== undefined && worst[1] >= quarantineAfter ? { cause: worst[0], count: worst[1] } : undefined
}
