// What the room must not forget while the daemon is away, nor through its own death: numbered reports, and the jobs that run.
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Report, reportSchema } from '../protocols/contract/room.ts'

/** Three days of a machine that comes and goes each half minute; then its oldest faults go, jobs' reports never. */
const reportsMax = 20_000

export type NumberedReport = Extract<Report, { number: number }>
type WithoutNumber<T> = T extends NumberedReport ? Omit<T, 'number'> : never
/** A report before it has its number. */
export type Unnumbered = WithoutNumber<NumberedReport>

/** A job as it was last known to run, or to wait for the machine's own button: what is told of it when the room dies over it. */
export type RunningJob = { machine: string; job: string; lines: number; bytes: number; seconds: number; armed?: true }

/**
 * An append file of reports and one small file a running job, in one folder. Every write is asynchronous and in order; what ends a job is fsynced.
 * Nothing here is waited for by a stream: a slow card delays the journal, never a machine.
 */
export class Journal {
  readonly #folder: string
  readonly #problem: (error: unknown) => void
  #pending: NumberedReport[] = []
  #last = 0
  #file: FileHandle | undefined
  #work: Promise<void> = Promise.resolve()
  /** Jobs whose file is being rewritten now or waits for it: the newest word only. */
  readonly #latest = new Map<string, RunningJob>()

  private constructor(folder: string, problem: (error: unknown) => void) {
    this.#folder = folder
    this.#problem = problem
  }

  /** Reads what an earlier room left. `orphans`: jobs that ran when it died. A torn last line (power loss) is left out. */
  static async open(folder: string, problem: (error: unknown) => void): Promise<{ journal: Journal; orphans: RunningJob[] }> {
    await mkdir(join(folder, 'running'), { recursive: true })
    const journal = new Journal(folder, problem)
    const text = await readFile(journal.#path, 'utf8').catch(() => '')
    for (const line of text.split('\n')) {
      const read = readLine(line)
      if (read === undefined) continue
      if ('last' in read) journal.#last = Math.max(journal.#last, read.last)
      else {
        journal.#pending.push(read)
        journal.#last = Math.max(journal.#last, read.number)
      }
    }
    await journal.#rewrite()
    const ended = new Set(journal.#pending.flatMap(report => (report.kind === 'job-ended' ? [report.job] : [])))
    const started = new Set(journal.#pending.flatMap(report => (report.kind === 'job-started' ? [report.job] : [])))
    const orphans: RunningJob[] = []
    for (const name of await readdir(join(folder, 'running'))) {
      const path = join(folder, 'running', name)
      if (!name.endsWith('.json')) {
        await rm(path, { force: true })
        continue
      }
      const left = readJob(await readFile(path, 'utf8').catch(() => ''))
      if (left === undefined || ended.has(left.job)) await rm(path, { force: true })
      else {
        // Its report of the press may be on disk where this file was not rewritten any more.
        if (started.has(left.job)) delete left.armed
        orphans.push(left)
      }
    }
    return { journal, orphans }
  }

  get lastNumber(): number {
    return this.#last
  }

  /** Numbers a report and keeps it until confirmed. On disk soon; `job-ended` and `job-started` are forced there. */
  add(report: Unnumbered): NumberedReport {
    this.#last++
    const numbered = { ...report, number: this.#last } as NumberedReport
    this.#pending.push(numbered)
    const surplus = this.#pending.length > reportsMax ? this.#pending.findIndex(each => each.kind === 'fault') : -1
    if (surplus !== -1) this.#pending.splice(surplus, 1)
    const force = numbered.kind === 'job-ended' || numbered.kind === 'job-started'
    this.#do(async () => {
      await this.#file?.write(`${JSON.stringify(numbered)}\n`)
      if (force) await this.#file?.datasync()
    })
    return numbered
  }

  /** Reports after `number`, oldest first. */
  after(number: number): readonly NumberedReport[] {
    return this.#pending.filter(report => report.number > number)
  }

  /** Forgets what the daemon has. A daemon that knows more than we (our disk lost something) moves our numbers on. */
  confirm(number: number): void {
    this.#last = Math.max(this.#last, number)
    if (this.#pending.length === 0) return
    this.#pending = this.#pending.filter(report => report.number > number)
    // Only when nothing is left: rewriting for each confirmation would wear the card.
    if (this.#pending.length === 0) this.#do(() => this.#rewrite())
  }

  /** Resolves once the job's file is safely on disk: only then may its first byte go to a machine. */
  async jobStarts(job: RunningJob): Promise<void> {
    this.#do(() => this.#writeJob(job, true))
    await this.#work
  }

  /** Notes how far a job is, from time to time; not forced, and never queued twice. */
  jobGoesOn(job: RunningJob): void {
    const queued = this.#latest.has(job.job)
    this.#latest.set(job.job, job)
    if (queued) return
    this.#do(async () => {
      const latest = this.#latest.get(job.job)
      this.#latest.delete(job.job)
      if (latest !== undefined) await this.#writeJob(latest, false)
    })
  }

  /** To be called after the report of its end was added: the order on disk is what makes it safe. */
  jobEnded(job: string): void {
    this.#latest.delete(job)
    this.#do(() => rm(this.#jobPath(job), { force: true }))
  }

  /** Waits for everything asked for so far. */
  async settled(): Promise<void> {
    await this.#work
  }

  async close(): Promise<void> {
    await this.#work
    await this.#file?.close().catch(() => undefined)
    this.#file = undefined
  }

  get #path(): string {
    return join(this.#folder, 'reports.ndjson')
  }

  #jobPath(job: string): string {
    return join(this.#folder, 'running', `${job}.json`)
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch(this.#problem)
  }

  /** Only what is unconfirmed, whole and renamed into place; the first line keeps the numbers from starting over. */
  async #rewrite(): Promise<void> {
    const lines = [JSON.stringify({ last: this.#last }), ...this.#pending.map(report => JSON.stringify(report))]
    await this.#file?.close()
    this.#file = undefined
    await writeWhole(this.#path, `${lines.join('\n')}\n`, true)
    this.#file = await open(this.#path, 'a', 0o600)
  }

  async #writeJob(job: RunningJob, force: boolean): Promise<void> {
    await writeWhole(this.#jobPath(job.job), JSON.stringify(job), force)
  }
}

async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    if (force) await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
  if (force) await forceFolder(dirname(path))
}

/** A rename is safe from a power cut only once its folder is on disk. */
async function forceFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function readLine(line: string): NumberedReport | { last: number } | undefined {
  const value = readJson(line)
  if (typeof value !== 'object' || value === null) return undefined
  if ('last' in value && typeof value.last === 'number') return { last: value.last }
  const read = reportSchema.safeParse(value)
  return read.success && 'number' in read.data ? read.data : undefined
}

function readJob(text: string): RunningJob | undefined {
  const value = readJson(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { machine, job, lines, bytes, seconds, armed } = value as Record<string, unknown>
  if (typeof machine !== 'string' || typeof job !== 'string') return undefined
  if (typeof lines !== 'number' || typeof bytes !== 'number' || typeof seconds !== 'number') return undefined
  return { machine, job, lines, bytes, seconds, ...(armed === true ? { armed } : {}) }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
