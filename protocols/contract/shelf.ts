// What waits on the workshop's shelf for whoever ordered it.
import type { Job } from './job.ts'

/** The parts to be handed over. Of a shared bed its parts are, each to its owner; the bed's own job is nobody's. */
export function toHandOver(jobs: readonly Job[]): Job[] {
  const plates = followersOf(jobs)
  return jobs.filter(job => isToCollect(job) && !plates.has(job.id))
}

/** A good part that was taken off its machine and lies on the shelf. */
function isToCollect(job: Job): boolean {
  return job.state === 'completed' && job.verdict !== undefined && job.verdict.quality !== 'failed'
}

/** By the job on whose bed they are made: the jobs that follow it. */
export function followersOf(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const followers = new Map<string, Job[]>()
  for (const job of jobs) if (job.plate !== undefined) followers.set(job.plate, [...(followers.get(job.plate) ?? []), job])
  return followers
}
