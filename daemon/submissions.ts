// Files become programs and programs become jobs: the two asks that need the file itself.
import type { Ask, Reply } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import type { Program } from '../protocols/contract/program.ts'
import type { Role } from '../protocols/contract/rights.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { jobEvent } from './drafts.ts'
import type { Hours } from './forecast/hours.ts'
import { asksForTeacher, type TimeRules, withTimeFindings } from './forecast/time-findings.ts'
import type { Machines } from './machines.ts'
import { asksOf, estimateFor, machinesFor, type Programs } from './programs.ts'
import { lastOrder, whyWaiting } from './queue.ts'
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
  readonly nowMs: () => number
}

type DoneReply = Extract<Reply, { outcome: 'done' }>
/** What was done: events to store and what the reply says beside its id and instant. */
export type Done = { readonly events: readonly EventDraft[]; readonly reply: Omit<DoneReply, 'outcome' | 'command' | 'at'> }

/** More open jobs than a school works off in a year are a mistake of somebody's script. */
const openJobsMax = 5_000
const tokenLengthMax = 64
const materialLengthMax = 40

export class Submissions {
  readonly #options: SubmissionsOptions

  constructor(options: SubmissionsOptions) {
    this.#options = options
  }

  /** Analyses a file; the program with all its findings is the answer, also where no machine can take it. */
  async check(ask: Extract<Ask, { kind: 'program.check' }>, by: Author, signal: AbortSignal): Promise<Done | { denial: Denial }> {
    const obtained = await this.#options.programs.obtain(ask, signal)
    return 'denial' in obtained ? obtained : { events: [], reply: { program: this.#timed(obtained.known.program, by.role) } }
  }

  /**
   * Makes the jobs of a request. The same request asked for twice answers with the jobs of the first time.
   * Denials: those of Programs.obtain, a finding's own code where one stops the program, unknown-machine, no-machine-fits, request-taken, too-busy.
   */
  async submit(ask: Extract<Ask, { kind: 'job.submit' }>, by: Author, signal: AbortSignal): Promise<Done | { denial: Denial }> {
    const { store, machines, programs, rules } = this.#options
    const ids = Array.from({ length: ask.copies }, (_, index) => (index === 0 ? ask.request : `${ask.request}-${index + 1}`))
    if (ids.some(id => id.length > tokenLengthMax)) return { denial: deny('bad-command', { detail: 'the request id is too long' }) }
    const before = this.#earlier(ids, ask, by)
    if (before) return before
    if (ask.machine !== undefined && machines.forQueue(ask.machine) === undefined) return { denial: deny('unknown-machine') }
    if (store.openJobs().length + ids.length > openJobsMax) return { denial: deny('too-busy') }
    const obtained = await programs.obtain(ask, signal)
    if ('denial' in obtained) return obtained
    // The same request may have been carried out while the file was fetched.
    const meanwhile = this.#earlier(ids, ask, by)
    if (meanwhile) return meanwhile
    const program = this.#timed(obtained.known.program, by.role)
    const material = program.filament?.material
    const { suitable, denial } = machinesFor(program, ask.machine, ask.allowConstantPower === true)
    if (denial) return { denial }
    const meant = ask.machine === undefined ? suitable : [ask.machine]
    const state = by.role === 'pupil' && (this.#needsApproval(meant) || asksForTeacher(program, meant)) ? 'submitted' : 'queued'
    const at = this.#options.nowMs()
    const ticket = store.nextTicket
    const seconds = estimateFor(program, { suitable, ...(ask.machine === undefined ? {} : { wanted: ask.machine }) })
    const order = lastOrder(store.openJobs())
    const jobs = ids.map(
      (id, index): Job => ({
        id,
        site: this.#options.site,
        ticket,
        copy: index + 1,
        copies: ask.copies,
        program: {
          sha256: program.sha256,
          name: ask.name,
          size: ask.size,
          kind: program.kind,
          lines: program.lines,
          ...(material === undefined ? {} : { material: material.slice(0, materialLengthMax) }),
        },
        ...(ask.machine === undefined ? {} : { wanted: ask.machine }),
        suitable,
        state,
        order: order + index,
        held: ask.held === true,
        author: by,
        ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
        ...(ask.allowConstantPower ? { allowConstantPower: true } : {}),
        ...(ask.comment === undefined ? {} : { comment: ask.comment }),
        ...(ask.wishes === undefined ? {} : { wishes: ask.wishes }),
        asks: asksOf(program, meant),
        submittedAt: at,
        ...(state === 'queued' ? { queuedAt: at } : {}),
      }),
    )
    const [first] = jobs
    const all = [...store.openJobs(), ...jobs]
    const waiting = first && whyWaiting(first, machines.allForQueue(), all, rules.autoStartPrinters)
    return {
      events: jobs.map(job => jobEvent(job, 'submitted', at, by)),
      reply: { jobs: ids, ticket, program, ...(waiting ? { waiting } : {}) },
    }
  }

  /** With what the clock says of it, now and for this person: hence not stored with the program. */
  #timed(program: Program, role: Role): Program {
    const { time, machines, nowMs } = this.#options
    if (time === undefined) return program
    return withTimeFindings(program, { ...time, role, nowMs: nowMs(), kindOf: id => machines.forQueue(id)?.kind })
  }

  #earlier(ids: readonly string[], ask: Extract<Ask, { kind: 'job.submit' }>, by: Author): Done | { denial: Denial } | undefined {
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
