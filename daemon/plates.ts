// Jobs whose parts are made together on one bed: they follow the plate's job to its end and verdict, or back to where they waited. Pure.
import type { Job, JobEnd, JobState } from '../protocols/contract/job.ts'
import { endedStates } from '../protocols/contract/job-states.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { deny } from './words.ts'

/** States in which the plate takes those on it along; before them they wait where they waited. */
const takesAlong: readonly JobState[] = ['starting', 'running', 'paused', 'completed', 'failed', 'interrupted']
/** The plate is not made: its parts go back, each to be made alone or on another one. */
const givesUp: readonly JobState[] = ['denied', 'cancelled']

/** What a change of a plate's job means for those on it: those that change by it, and what the journal calls it. */
export function followed({ job: plate, change }: { job: Job; change: string }, followers: readonly Job[]): { job: Job; change: string }[] {
  return followers.flatMap(job => {
    const after = following(job, plate)
    if (after === undefined || JSON.stringify(after) === JSON.stringify(job)) return []
    return [{ job: after, change: after.plate === undefined ? 'freed' : change }]
  })
}

function following(job: Job, plate: Job): Job | undefined {
  // What its author has taken back meanwhile stays so, whatever becomes of the plate.
  if (job.state === 'denied' || job.state === 'cancelled') return undefined
  if (givesUp.includes(plate.state)) {
    const { plate: _, ...free } = waiting(job)
    return free
  }
  const { state, machine, startedAt, endedAt, end, verdict } = plate
  if (state === 'collected') return verdict === undefined ? undefined : { ...job, verdict }
  if (!takesAlong.includes(state)) return endedStates.includes(job.state) ? undefined : waiting(job)
  return {
    ...job,
    // Handed over is each part for itself.
    state: job.state === 'collected' ? 'collected' : state,
    ...(machine === undefined ? {} : { machine }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(end === undefined ? {} : { end: shared(end) }),
    ...(verdict === undefined ? {} : { verdict }),
  }
}

/** As it was before the plate began. */
function waiting({ machine: _machine, startedAt: _started, endedAt: _ended, end: _end, ...job }: Job): Job {
  return { ...job, state: job.queuedAt === undefined ? 'submitted' : 'queued' }
}

/** The time, the lines and the bytes are the plate's own: counted with each of its parts they would be counted many times. */
function shared(end: JobEnd): JobEnd {
  return { ...end, lines: 0, bytes: 0, seconds: 0, resends: 0 }
}

/** Why these jobs cannot be put on a plate, if they cannot: plate-needs-waiting, already-on-plate, unknown-job. */
export function notForPlate(
  ids: readonly string[],
  job: (id: string) => Job | undefined,
  isPlate: (id: string) => boolean,
): Denial | undefined {
  for (const id of ids) {
    const found = job(id)
    if (found === undefined) return deny('unknown-job')
    const { ticket, state, plate } = found
    if (plate !== undefined || isPlate(id)) return deny('already-on-plate', { ticket })
    if (state !== 'submitted' && state !== 'queued') return deny('plate-needs-waiting', { ticket })
  }
  return undefined
}

/** The job that goes onto the plate: whatever place it was given in the queue is given up. */
export function onPlate({ pinned: _, ...job }: Job, plate: string): Job {
  return { ...job, plate }
}
