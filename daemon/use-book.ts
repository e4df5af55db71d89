// How long each class has used the machines lately: a fold of jobs that ran, for fair shares.
import type { Job } from '../protocols/contract/job.ts'
import { activeStates } from '../protocols/contract/job-states.ts'
import { shareKey, shareMs } from './fair-order.ts'

type Fact = { readonly key: string | undefined; readonly plate: string | undefined; readonly seconds: number; readonly at: number }

/** More jobs in a fortnight than thirty machines end; the oldest are forgotten first. */
const factsMax = 20_000

export class UseBook {
  readonly #facts = new Map<string, Fact>()

  /** Learns a job that is on a machine (with its forecast) or has ended on one (with what it took); forgets one that is back in the queue. */
  learn(job: Job): void {
    this.#facts.delete(job.id)
    const active = activeStates.includes(job.state)
    const ended = job.endedAt !== undefined && job.startedAt !== undefined
    if (!active && !ended) return
    const seconds = active ? (job.estimatedSeconds ?? 0) : (job.end?.seconds ?? 0)
    this.#facts.set(job.id, { key: shareKey(job.author), plate: job.plate, seconds, at: job.endedAt ?? Number.POSITIVE_INFINITY })
    const oldest = this.#facts.keys().next().value
    if (this.#facts.size > factsMax && oldest !== undefined) this.#facts.delete(oldest)
  }

  /** Hours by class over the last 14 days. What was made on a plate is shared out evenly among those whose parts were on it. */
  use(nowMs: number): Map<string, number> {
    const onPlate = new Map<string, number>()
    for (const [id, { at, plate }] of this.#facts) {
      if (nowMs - at > shareMs) this.#facts.delete(id)
      else if (plate !== undefined) onPlate.set(plate, (onPlate.get(plate) ?? 0) + 1)
    }
    const use = new Map<string, number>()
    for (const { key, plate, seconds } of this.#facts.values()) {
      if (key === undefined) continue
      const took = plate === undefined ? seconds : (this.#facts.get(plate)?.seconds ?? 0) / (onPlate.get(plate) ?? 1)
      use.set(key, (use.get(key) ?? 0) + took / 3600)
    }
    return use
  }
}
