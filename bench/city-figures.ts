// What the bench of the city counts with: a histogram that travels between processes, and what the system says of a process.
import { readFileSync } from 'node:fs'

/** Counts by whole millisecond; a minute and more is one. */
export type Counts = [ms: number, times: number][]
const longestMs = 60_000

export class Histogram {
  readonly #counts = new Map<number, number>()

  add(ms: number, times = 1): void {
    const at = Math.min(longestMs, Math.max(0, Math.round(ms)))
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + times)
  }

  merge(counts: Counts): void {
    for (const [ms, times] of counts) this.add(ms, times)
  }

  counts(): Counts {
    return [...this.#counts].sort(([a], [b]) => a - b)
  }

  get samples(): number {
    return [...this.#counts.values()].reduce((sum, times) => sum + times, 0)
  }

  /** The value below which this share of the samples lies, ms; NaN where there are none. */
  at(share: number): number {
    const due = share * this.samples
    let passed = 0
    for (const [ms, times] of this.counts()) {
      passed += times
      if (passed >= due) return ms
    }
    return Number.NaN
  }

  get longest(): number {
    return this.counts().at(-1)?.[0] ?? Number.NaN
  }
}

/** User and system seconds of a process so far, and what it holds in memory now and held at most, MB (Linux, /proc). */
export function readProcess(pid: number): { cpuSeconds: number; memory: number; memoryMost: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, memory: megabytes('VmRSS'), memoryMost: megabytes('VmHWM') }
}
