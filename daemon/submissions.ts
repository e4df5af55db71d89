// Files become programs and programs become jobs: the asks that need the file itself.
import type { Ask, Reply } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import type { Program } from '../protocols/contract/program.ts'
import type { Cost } from '../protocols/contract/quota-use.ts'
import type { Role } from '../protocols/contract/rights.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { jobEvent } from './drafts.ts'
import type { Hours } from './forecast/hours.ts'
import { asksForTeacher, type TimeRules, withTimeFindings } from './forecast/time-findings.ts'
import { jobProgram } from './job-program.ts'
import type { Machines } from './machines.ts'
import { notForPlate, onPlate } from './plates.ts'
import { asksOf, estimateFor, machinesFor, type Programs, type Wanted } from './programs.ts'
import { lastOrder, take, whyWaiting } from './queue.ts'
import type { EventDraft, Store } from './store.ts'
import { deny } from './words.ts'

export type SubmissionsOptions = {
  readonly site: string
  readonly store: Store
  readonly machines: Machines
  readonly programs: Pick<Programs, 'obtain'>
  readonly rules: { readonly approvals: 'pupils' | 'nobody'; readonly autoStartPrinters: boolean }
  /** Opening hours and what they forbid; nothing where absent. */
  readonly time?: { readonly hours: Hours; readonly rules: TimeRules }
  /** What the author's quotas say against new jobs that take so much; nobody is limited where absent. */
  readonly quota?: (author: Author, wants: Cost) => Denial | undefined
  /** Order numbers for jobs that join the queue; last where absent. */
  readonly join?: (jobs: readonly Job[]) => ReadonlyMap<string, number>
  readonly nowMs: () => number
}

type DoneReply = Extract<Reply, { outcome: 'done' }>
/** What was done: events to store and what the reply says beside its id and instant. */
export type Done = { readonly events: readonly EventDraft[]; readonly reply: Omit<DoneReply, 'outcome' | 'command' | 'at'> }

/**
 * What becomes of an ask once its file is known. Decided in the same breath as it is stored: of two who ask at once the second one meets
 * what the first one made (a ticket's number, a quota's last hour, a job that is mended already).
 */
export type Decide = () => Done | { denial: Denial }

/** More open jobs than a school works off in a year are a mistake of somebody's script. */
const openJobsMax = 5_000
const tokenLengthMax = 64

/** What a file turned out to be, for whoever sent it. */
type Judged = {
  readonly program: Program
  readonly about: Pick<Job, 'program' | 'suitable' | 'asks'> & { readonly estimatedSeconds?: number; readonly wanted?: string }
  /** Whether it may join the queue, or a teacher has to look first. */
  readonly state: 'submitted' | 'queued'
}

export class Submissions {
  readonly #options: SubmissionsOptions

  constructor(options: SubmissionsOptions) {
    this.#options = options
  }

  /** Analyses a file; the program with all its findings is the answer, also where no machine can take it. */
  async check(ask: Extract<Ask, { kind: 'program.check' }>, by: Author, signal: AbortSignal): Promise<Decide> {
    const obtained = await this.#options.programs.obtain(ask, signal)
    return () => ('denial' in obtained ? obtained : { events: [], reply: { program: this.#timed(obtained.known.program, by.role) } })
  }

  /**
   * Makes the jobs of a request. The same request asked for twice answers with the jobs of the first time.
   * Denials: those of Programs.obtain, a finding's own code where one stops the program, unknown-machine, no-machine-fits, request-taken, too-busy, quota-used.
   */
  async submit(ask: Extract<Ask, { kind: 'job.submit' }>, by: Author, signal: AbortSignal): Promise<Decide> {
    const { store } = this.#options
    const ids = Array.from({ length: ask.copies }, (_, index) => (index === 0 ? ask.request : `${ask.request}-${index + 1}`))
    if (ids.some(id => id.length > tokenLengthMax)) return () => ({ denial: deny('bad-command', { detail: 'the request id is too long' }) })
    const before = this.#earlier(ids, ask, by)
    if (before) return () => before
    if (store.openJobs().length + ids.length > openJobsMax) return () => ({ denial: deny('too-busy') })
    const judged = await this.#judge(ask, ask.machine, ask.allowConstantPower === true, by, signal)
    return () => this.#submitted(ask, ids, judged, by)
  }

  #submitted(
    ask: Extract<Ask, { kind: 'job.submit' }>,
    ids: readonly string[],
    judged: Judged | { denial: Denial },
    by: Author,
  ): Done | { denial: Denial } {
    const { store, machines, rules } = this.#options
    // The same request may have been carried out while the file was fetched.
    const meanwhile = this.#earlier(ids, ask, by)
    if (meanwhile) return meanwhile
    if ('denial' in judged) return judged
    const { program, about, state } = judged
    const used = this.#overQuota(by, about, ids.length)
    if (used) return { denial: used }
    const at = this.#options.nowMs()
    const ticket = store.nextTicket
    const jobs = this.#placed(
      ids.map(
        (id, index): Job => ({
          ...this.#fresh(id, ticket, by, judged, at),
          copy: index + 1,
          copies: ask.copies,
          held: ask.held === true,
          ...(ask.allowConstantPower ? { allowConstantPower: true } : {}),
          ...(ask.comment === undefined ? {} : { comment: ask.comment }),
          ...(ask.wishes === undefined ? {} : { wishes: ask.wishes }),
          state,
        }),
      ),
    )
    const [first] = jobs
    const all = [...store.openJobs(), ...jobs]
    const waiting = first && whyWaiting(first, machines.allForQueue(), all, rules.autoStartPrinters)
    return {
      events: jobs.map(job => jobEvent(job, 'submitted', at, by)),
      reply: { jobs: [...ids], ticket, program, ...(waiting ? { waiting } : {}) },
    }
  }

  /**
   * Puts a mended file in place of the one that was sent back, in all returned copies of the ticket; they wait as if they were sent now.
   * Denials: those of submit, already-mended.
   */
  async mend(ask: Extract<Ask, { kind: 'job.mend' }>, by: Author, signal: AbortSignal): Promise<Decide> {
    const { store } = this.#options
    const known = store.job(ask.job)
    if (known === undefined) return () => ({ denial: deny('unknown-job') })
    const denial = deny('already-mended', { ticket: known.ticket })
    if ('denial' in take(known, 'mend')) return () => ({ denial })
    // A technician's leave for constant power was for the file it was given for.
    const judged = await this.#judge(ask, known.wanted, false, by, signal)
    return () => ('denial' in judged ? judged : this.#mended(ask, known.ticket, judged, by))
  }

  #mended(ask: Extract<Ask, { kind: 'job.mend' }>, ticket: number, judged: Judged, by: Author): Done | { denial: Denial } {
    const { store, nowMs } = this.#options
    // Somebody else may have mended or denied it while the file was looked at.
    const returned = store.jobsOfTicket(ticket).filter(({ state }) => state === 'returned')
    if (!returned.some(({ id }) => id === ask.job)) return { denial: deny('already-mended', { ticket }) }
    const used = this.#overQuota(by, judged.about, returned.length)
    if (used) return { denial: used }
    const at = nowMs()
    const jobs = returned.map(({ allowConstantPower: _, estimatedSeconds: _old, queuedAt: _queued, jumped: _jumped, ...job }): Job => {
      const { returned: history, ...rest } = job
      return {
        ...rest,
        ...judged.about,
        ...(ask.comment === undefined ? {} : { comment: ask.comment }),
        submittedAt: at,
        state: judged.state,
        // Whoever approves it wants to see what was wrong; in the queue it is settled.
        ...(judged.state === 'queued' ? { queuedAt: at } : history === undefined ? {} : { returned: history }),
      }
    })
    return {
      events: this.#placed(jobs).map(job => jobEvent(job, 'mended', at, by)),
      reply: { jobs: jobs.map(({ id }) => id), ticket, program: judged.program },
    }
  }

  /**
   * Makes the job of a plate, whose file holds the parts of these jobs: they follow it from now on (daemon/plates.ts).
   * Denials: those of submit, unknown-job, plate-needs-waiting, already-on-plate.
   */
  async plate(ask: Extract<Ask, { kind: 'job.plate' }>, by: Author, signal: AbortSignal): Promise<Decide> {
    const ids = [...new Set(ask.jobs)]
    const unfit = () => this.#earlier([ask.plate], ask, by) ?? this.#notForPlate(ids)
    const before = unfit()
    if (before) return () => before
    const judged = await this.#judge(ask, ask.machine, false, by, signal)
    return () => unfit() ?? this.#plated(ask, ids, judged, by)
  }

  #plated(
    ask: Extract<Ask, { kind: 'job.plate' }>,
    ids: readonly string[],
    judged: Judged | { denial: Denial },
    by: Author,
  ): Done | { denial: Denial } {
    const { store, nowMs } = this.#options
    if ('denial' in judged) return judged
    const at = nowMs()
    const ticket = store.nextTicket
    const parts = ids.flatMap(id => store.job(id) ?? [])
    const deadlines = parts.flatMap(({ wishes }) => wishes?.deadline ?? []).filter(deadline => deadline > at)
    const made: Job = {
      ...this.#fresh(ask.plate, ticket, by, judged, at),
      // It is needed when the first of its parts is that can still be in time.
      ...(deadlines.length === 0 ? {} : { wishes: { deadline: Math.min(...deadlines) } }),
    }
    return {
      events: [
        ...this.#placed([made]).map(job => jobEvent(job, 'submitted', at, by)),
        ...parts.map(part => jobEvent(onPlate(part, ask.plate), 'plated', at, by)),
      ],
      reply: { jobs: [ask.plate], ticket, program: judged.program },
    }
  }

  #notForPlate(ids: readonly string[]): { denial: Denial } | undefined {
    const { store } = this.#options
    const denial = notForPlate(
      ids,
      id => store.job(id),
      id => store.followers(id).length > 0,
    )
    return denial && { denial }
  }

  /** Obtains the file and judges it for whoever sent it: what it is, where it may run, and whether a teacher has to look. */
  async #judge(
    file: Wanted,
    wanted: string | undefined,
    allowConstantPower: boolean,
    by: Author,
    signal: AbortSignal,
  ): Promise<Judged | { denial: Denial }> {
    const { machines, programs } = this.#options
    if (wanted !== undefined && machines.forQueue(wanted) === undefined) return { denial: deny('unknown-machine') }
    const { sha256, name, size } = file
    const obtained = await programs.obtain({ sha256, name, size }, signal)
    if ('denial' in obtained) return obtained
    const program = this.#timed(obtained.known.program, by.role)
    const { suitable, denial } = machinesFor(program, wanted, allowConstantPower)
    if (denial) return { denial }
    const meant = wanted === undefined ? suitable : [wanted]
    const [first] = meant
    const seconds = estimateFor(program, { suitable, ...(wanted === undefined ? {} : { wanted }) })
    const about: Judged['about'] = {
      program: jobProgram(program, file, first === undefined ? undefined : machines.setup(first)?.model.filamentMm),
      ...(wanted === undefined ? {} : { wanted }),
      suitable,
      ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
      asks: asksOf(program, meant),
    }
    const asks = by.role === 'pupil' && (this.#needsApproval(meant) || asksForTeacher(program, meant))
    return { program, about, state: asks ? 'submitted' : 'queued' }
  }

  #fresh(id: string, ticket: number, by: Author, { about, state }: Judged, at: number): Job {
    const { program, wanted, suitable, estimatedSeconds, asks } = about
    return {
      id,
      site: this.#options.site,
      ticket,
      copy: 1,
      copies: 1,
      program,
      ...(wanted === undefined ? {} : { wanted }),
      suitable,
      state,
      order: 0,
      held: false,
      author: by,
      ...(estimatedSeconds === undefined ? {} : { estimatedSeconds }),
      ...(asks === undefined ? {} : { asks }),
      submittedAt: at,
      ...(state === 'queued' ? { queuedAt: at } : {}),
    }
  }

  /** Each where it belongs in the queue; what is not approved yet stands last, until it is. */
  #placed(jobs: readonly Job[]): Job[] {
    const { store, join } = this.#options
    const queued = jobs.filter(({ state }) => state === 'queued')
    const orders = queued.length > 0 ? join?.(queued) : undefined
    const last = lastOrder(store.openJobs())
    return jobs.map((job, index) => ({ ...job, order: orders?.get(job.id) ?? last + index }))
  }

  #overQuota(by: Author, about: Judged['about'], copies: number): Denial | undefined {
    const { program, estimatedSeconds = 0 } = about
    return this.#options.quota?.(by, { jobs: copies, hours: (copies * estimatedSeconds) / 3600, grams: copies * (program.grams ?? 0) })
  }

  /** With what the clock says of it, now and for this person: hence not stored with the program. */
  #timed(program: Program, role: Role): Program {
    const { time, machines, nowMs } = this.#options
    if (time === undefined) return program
    return withTimeFindings(program, { ...time, role, nowMs: nowMs(), kindOf: id => machines.forQueue(id)?.kind })
  }

  #earlier(ids: readonly string[], ask: { readonly sha256: string }, by: Author): Done | { denial: Denial } | undefined {
    const found = ids.flatMap(id => this.#options.store.job(id) ?? [])
    const [first] = found
    if (first === undefined) return undefined
    const same = found.length === ids.length && found.every(job => job.author.id === by.id && job.program.sha256 === ask.sha256)
    return same ? { events: [], reply: { jobs: [...ids], ticket: first.ticket } } : { denial: deny('request-taken') }
  }

  /** A laser or mill that might get the job always wants a teacher's eye; a printer what the school says. */
  #needsApproval(machines: readonly string[]): boolean {
    const { rules } = this.#options
    return machines.some(id => {
      const kind = this.#options.machines.forQueue(id)?.kind
      return kind !== 'printer' || (this.#options.machines.config(id)?.approval ?? rules.approvals === 'pupils')
    })
  }
}
