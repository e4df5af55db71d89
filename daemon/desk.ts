// The desk: takes every Command, from the city or from the school's own screen, judges it, carries it out once, and answers.
import type { Logger } from 'pino'
import type { Ask, Command, Origin, Reply } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import { activeStates } from '../protocols/contract/job-states.ts'
import type { MachineState } from '../protocols/contract/machine.ts'
import { judge } from '../protocols/contract/rights.ts'
import type { Denial } from '../protocols/contract/words.ts'
import { type BookingAsk, bookingDeed } from './booking-deeds.ts'
import type { Cameras } from './camera/cameras.ts'
import { type CareAsk, type CareContext, careDeed } from './care-deeds.ts'
import { actionEvent } from './drafts.ts'
import type { FairQueue } from './fair-queue.ts'
import { floorDeed } from './floor-calls.ts'
import type { Framing } from './framing.ts'
import { clearDeed, type QueueAsk, queueDeed } from './job-deeds.ts'
import { isLate } from './lateness.ts'
import type { Listening } from './listening.ts'
import { deedOf, type MachineAsk, mayRepeat } from './machine-deeds.ts'
import type { Machines } from './machines.ts'
import type { People } from './people.ts'
import { type PeopleAsk, type PeopleContext, peopleDeed } from './people-deeds.ts'
import type { Permits } from './permits.ts'
import type { Pins } from './pins.ts'
import { estimateFor, type Programs } from './programs.ts'
import { withQuarantine } from './quarantine.ts'
import type { Room } from './room.ts'
import type { Starter } from './starter.ts'
import type { Store } from './store.ts'
import type { Decide, Done, Submissions } from './submissions.ts'
import { deny } from './words.ts'

export type DeskOptions = {
  readonly site: string
  readonly store: Store
  readonly machines: Machines
  readonly people: Pick<People, 'vouch' | 'person'>
  /** Who may start lasers and mills. */
  readonly permits: Pick<Permits, 'judge' | 'permit'>
  /** Takes the PIN's confirmation of a start; absent where the session of the school's screen is enough (rules.startPin). */
  readonly pins?: Pick<Pins, 'take'>
  readonly pupils: Pick<PeopleContext, 'freshCode' | 'forget'>
  readonly room: Pick<Room, 'order'>
  readonly starter: Pick<Starter, 'start'>
  readonly programs: Pick<Programs, 'stored'>
  readonly submissions: Submissions
  /** Finds the place of what joins the queue; last where absent. */
  readonly queue?: Pick<FairQueue, 'join'>
  /** The school's own. */
  readonly timeZone?: string
  /** Hears what firmwares say to a console's commands. */
  readonly listening?: Pick<Listening, 'listen'>
  /** The machines' maintenance plans. */
  readonly care?: Pick<CareContext, 'task'>
  /** Absent where there are no lasers. */
  readonly framing?: Framing
  readonly nowMs: () => number
  /** What the clocks say by which a command from there may have been written. */
  readonly clocksOf: (origin: Origin) => readonly number[]
  readonly log: Logger
  /** Absent where there are none. */
  readonly cameras?: Pick<Cameras, 'show' | 'note'>
  /** Ends what waits for files when the school closes. */
  readonly signal: AbortSignal
}

/** Fetching and analysing may take this long at most, whatever the command's expiry says. */
const fileWorkMs = 30 * 60_000
/** Commands carried out at once; each may hold a fetch or wait for a machine. A stop is never counted. */
const underWayMax = 200
/** Asked of a machine that may only be watched, too: they say or note something of it, and send it nothing. */
const movesNothing: readonly Ask['kind'][] = [
  'machine.clear',
  'machine.service',
  'machine.report',
  'machine.help',
  'machine.settle',
  'machine.look',
]
/** Something is being made: nobody has anything to take off yet. */
const workingStates: readonly MachineState['state'][] = ['foreign', 'preparing', 'running', 'paused']

export class Desk {
  readonly #options: DeskOptions
  readonly #underWay = new Map<string, Promise<Reply>>()

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /**
   * Carries a command out, or says why not; the same id a second time gets the answer of the first.
   * `accepted` is called when the answer will take a while. Never rejects.
   */
  execute(command: Command, origin: Origin, accepted: (reply: Reply) => void = () => undefined): Promise<Reply> {
    const running = this.#underWay.get(command.id)
    if (running) return running
    const work = this.#answer(command, origin, accepted)
      .catch((error: unknown) => {
        this.#options.log.error({ command: command.id, ask: command.ask.kind, error }, 'a command broke')
        // The store may be closed by now; unanswered, the command will come again.
        if (this.#options.signal.aborted) return this.#refusal(command, deny('outcome-unknown'))
        return this.#refuse(command, deny('outcome-unknown', { detail: error instanceof Error ? error.message : String(error) }))
      })
      .finally(() => this.#underWay.delete(command.id))
    this.#underWay.set(command.id, work)
    return work
  }

  /** Async, so that a store that throws at once (a full disk) rejects like one that throws later. */
  async #answer(command: Command, origin: Origin, accepted: (reply: Reply) => void): Promise<Reply> {
    const seen = this.#options.store.command(command.id)
    if (seen?.seen === 'answered') return seen.reply
    if (seen?.seen === 'begun') return this.#refuse(command, deny('outcome-unknown'))
    const refused = this.#judge(command, origin)
    return refused ? this.#refuse(command, refused) : await this.#carryOut(command, accepted)
  }

  #judge(command: Command, origin: Origin): Denial | undefined {
    const { author, ask } = command
    const { store, machines, people, clocksOf } = this.#options
    if (isLate(command, clocksOf(origin))) return deny('expired')
    const stranger = people.vouch(author, origin, ask)
    if (stranger) return stranger
    const job = 'job' in ask ? store.job(ask.job) : undefined
    const machine = 'machine' in ask ? ask.machine : job && activeStates.includes(job.state) ? job.machine : undefined
    const view = machine === undefined ? undefined : machines.forQueue(machine)
    const subject = 'person' in ask ? people.person(ask.person) : undefined
    const right = judge(author, ask, {
      origin,
      ...(subject ? { personRole: subject.role } : {}),
      ...(job ? { jobAuthor: job.author.id } : {}),
      ...(view ? { machineKind: view.kind } : {}),
    })
    if (right) return right
    if ('job' in ask && job === undefined) return deny('unknown-job')
    if ('machine' in ask && ask.machine !== undefined && view === undefined) return deny('unknown-machine')
    if (this.#underWay.size >= underWayMax && ask.kind !== 'machine.stop') return deny('too-busy')
    if (view?.readOnly && ask.kind.startsWith('machine.') && !movesNothing.includes(ask.kind)) {
      return deny('machine-read-only', { machine: view.name })
    }
    return undefined
  }

  #carryOut(command: Command, accepted: (reply: Reply) => void): Reply | Promise<Reply> {
    const { ask, author } = command
    const { store, machines, nowMs, submissions } = this.#options
    switch (ask.kind) {
      case 'program.check':
        accepted(this.#accepted(command))
        return this.#fileWork(command, signal => submissions.check(ask, author, signal))
      case 'job.submit':
        accepted(this.#accepted(command))
        return this.#fileWork(command, signal => submissions.submit(ask, author, signal))
      case 'job.mend':
        accepted(this.#accepted(command))
        return this.#fileWork(command, signal => submissions.mend(ask, author, signal))
      case 'job.plate':
        accepted(this.#accepted(command))
        return this.#fileWork(command, signal => submissions.plate(ask, author, signal))
      case 'job.cancel': {
        const job = store.job(ask.job)
        // The machine makes others' parts too: only its own job may stop it.
        if (job?.machine !== undefined && job.plate === undefined && activeStates.includes(job.state))
          return this.#onMachine(command, { ...ask, machine: job.machine }, accepted)
        return this.#onQueue(command, ask)
      }
      case 'job.approve':
      case 'job.return':
      case 'job.deny':
      case 'job.hold':
      case 'job.release':
      case 'job.move':
      case 'job.assign':
      case 'job.collect':
        return this.#onQueue(command, ask)
      case 'job.start':
      case 'job.arm':
        return this.#start(command, ask, ask.kind === 'job.arm')
      case 'instruction.record':
      case 'permit.grant':
      case 'permit.revoke':
      case 'group.open':
      case 'group.close':
      case 'pupil.forget':
        return this.#onPeople(command, ask)
      case 'machine.clear': {
        const { uncleared } = store.machine(ask.machine)
        if (uncleared === undefined) {
          const code = this.#atWork(ask.machine) ? 'still-at-work' : 'nothing-to-clear'
          return this.#refuse(command, deny(code, { machine: machines.name(ask.machine) }))
        }
        const cleared = clearDeed(ask, store.job(uncleared.job), author, nowMs())
        const events = withQuarantine(cleared, ask.machine, store.machine(ask.machine), nowMs(), store.records.care.orders())
        return this.#done(command, { events, reply: {} })
      }
      case 'machine.service': {
        const after = ask.on && ask.after === 'job' && this.#jobOn(ask.machine) ? { after: ask.after } : {}
        const event = actionEvent(ask.kind, nowMs(), author, ask.machine, { on: ask.on, ...after })
        return this.#done(command, { events: [event], reply: {} })
      }
      case 'machine.report':
      case 'machine.help':
      case 'machine.settle': {
        const called = floorDeed(ask, store.machine(ask.machine), machines.name(ask.machine), author, nowMs())
        return 'denial' in called ? this.#refuse(command, called.denial) : this.#done(command, { ...called, reply: {} })
      }
      case 'lesson.book':
      case 'lesson.cancel':
      case 'quota.set':
        return this.#onBooking(command, ask)
      case 'care.done':
      case 'care.undo':
      case 'part.put':
      case 'order.open':
      case 'order.note':
        return this.#onCare(command, ask)
      case 'machine.look':
        return this.#look(command, ask.machine)
      case 'machine.frame':
        return this.#frame(command, ask, accepted)
      case 'machine.pause':
      case 'machine.resume':
      case 'machine.stop':
      case 'machine.home':
      case 'machine.unlock':
      case 'machine.reset':
      case 'machine.jog':
      case 'machine.override':
      case 'machine.heat':
      case 'machine.answer':
      case 'machine.console':
        return this.#onMachine(command, ask, accepted)
    }
  }

  #jobOn(machine: string): boolean {
    return this.#options.store.openJobs().some(job => job.machine === machine && activeStates.includes(job.state))
  }

  /** On a job of ours, or on what somebody started at the machine itself. */
  #atWork(machine: string): boolean {
    const state = this.#options.machines.forQueue(machine)?.state
    return this.#jobOn(machine) || (state !== undefined && workingStates.includes(state))
  }

  #onCare(command: Command, ask: CareAsk): Reply {
    const { site, store, care, nowMs } = this.#options
    const context: CareContext = {
      site,
      book: store.records.care,
      task: (machine, task) => care?.task(machine, task),
      runningSeconds: machine => store.machine(machine).runningSeconds,
    }
    const decided = careDeed(ask, context, command.author, nowMs())
    return 'denial' in decided ? this.#refuse(command, decided.denial) : this.#done(command, { events: decided.events, reply: {} })
  }

  #onQueue(command: Command, ask: QueueAsk): Reply {
    const { store, machines, programs, nowMs } = this.#options
    const job = store.job(ask.job)
    if (job === undefined) return this.#refuse(command, deny('unknown-job'))
    const context = {
      jobs: store.openJobs(),
      join: (jobs: readonly Job[]) => this.#options.queue?.join(jobs) ?? new Map<string, number>(),
      machineName: (machine: string) => machines.name(machine),
      estimate: (of: typeof job) => {
        const known = programs.stored(of.program.sha256)
        return known && estimateFor(known.program, of)
      },
    }
    const decided = queueDeed(ask, job, context, command.author, nowMs())
    return 'denial' in decided ? this.#refuse(command, decided.denial) : this.#done(command, { events: decided.events, reply: {} })
  }

  #onBooking(command: Command, ask: BookingAsk): Reply {
    const { site, store, machines, timeZone = 'UTC', nowMs } = this.#options
    const { records } = store
    const context = {
      site,
      timeZone,
      lessons: records.lessons(),
      quotas: records.quotas(),
      group: (id: string) => records.group(id),
      machineName: (id: string) => machines.forQueue(id)?.name,
    }
    const decided = bookingDeed(ask, context, command.author, nowMs())
    return 'denial' in decided ? this.#refuse(command, decided.denial) : this.#done(command, decided)
  }

  #onPeople(command: Command, ask: PeopleAsk): Reply {
    const { store, people, permits, pupils, machines, nowMs, site } = this.#options
    const context: PeopleContext = {
      site,
      person: id => people.person(id),
      permit: id => permits.permit(id),
      instruction: id => store.records.instruction(id),
      group: id => store.records.group(id),
      machineKnown: id => machines.forQueue(id) !== undefined,
      freshCode: () => pupils.freshCode(),
      forget: id => pupils.forget(id),
    }
    const decided = peopleDeed(ask, context, command.author, nowMs())
    return 'denial' in decided ? this.#refuse(command, decided.denial) : this.#done(command, decided)
  }

  /** Lasers and mills: whoever says go is cleared for the machine, and has just said who it is. */
  #mayStart(author: Author, job: Job, machine: string, button: boolean): Denial | undefined {
    const { machines, permits, pins } = this.#options
    const config = machines.config(machine)
    const view = machines.forQueue(machine)
    if (view === undefined || config === undefined) return deny('unknown-machine')
    const denial = permits.judge(author, { id: machine, model: config.model, kind: view.kind }, view.name)
    if (button && machines.setup(machine)?.declaration.startButton === undefined) return deny('no-start-button', { machine: view.name })
    // Whoever presses the machine's own button stands at it: what a PIN would only say.
    if (denial || button || view.kind === 'printer') return denial
    return pins?.take(author.id, job, machine)
  }

  async #start(command: Command, { job: id, machine }: { job: string; machine: string }, button: boolean): Promise<Reply> {
    const { store, starter, nowMs } = this.#options
    const job = store.job(id)
    if (job === undefined) return this.#refuse(command, deny('unknown-job'))
    const unfit = this.#mayStart(command.author, job, machine, button) ?? this.#options.framing?.obstacle(job, machine)
    if (unfit) return this.#refuse(command, unfit)
    store.beginCommand(command.id, nowMs())
    const denial = await starter.start(job, machine, command.author, button)
    return denial ? this.#refuse(command, denial) : this.#done(command, { events: [], reply: {} })
  }

  /** A picture for the city. Who looks is noted now and then; the look itself is no deed that must be done once, and leaves nothing in the store. */
  async #look(command: Command, machine: string): Promise<Reply> {
    const { cameras, store } = this.#options
    if (cameras === undefined) return this.#refusal(command, deny('no-camera'))
    const events = cameras.note(command.author, machine)
    if (events.length > 0) store.commit({ events })
    const denial = await cameras.show(machine)
    if (denial) return this.#refusal(command, denial)
    return { outcome: 'done', command: command.id, at: this.#options.nowMs() }
  }

  async #frame(command: Command, ask: Extract<Ask, { kind: 'machine.frame' }>, accepted: (reply: Reply) => void): Promise<Reply> {
    const { store, framing } = this.#options
    const job = store.job(ask.job)
    if (job === undefined || framing === undefined) return this.#refuse(command, deny('unknown-job'))
    const framed = framing.frame(job, ask.machine)
    if ('denial' in framed) return this.#refuse(command, framed.denial)
    const reply = await this.#onMachine(command, { ...ask, deed: framed.deed }, accepted)
    if (reply.outcome === 'done') framing.traced(ask.machine, job)
    return reply
  }

  /** The order goes first and the books follow: nothing of ours stands between a stop and the port. */
  async #onMachine(command: Command, ask: MachineAsk, accepted: (reply: Reply) => void): Promise<Reply> {
    const { store, room, nowMs } = this.#options
    const { deed, detail } = deedOf(ask)
    this.#options.framing?.noticed(ask.machine, ask.kind)
    const repeatable = mayRepeat(ask)
    if (!repeatable) store.beginCommand(command.id, nowMs())
    const heardTo = ask.kind === 'machine.console' ? this.#options.listening?.listen(ask.machine) : undefined
    const answer = room.order({ kind: 'deed', machine: ask.machine, deed })
    accepted(this.#accepted(command))
    const denial = await answer
    const lines = await heardTo?.()
    const heard = lines === undefined ? {} : { heard: lines }
    // Who wanted to stop something, or typed what was refused, is worth knowing also when it failed.
    const noted = denial === undefined || repeatable || ask.kind === 'machine.console'
    const told = { ...detail, ...(denial ? { refused: denial.code } : {}) }
    const event = actionEvent(ask.kind, nowMs(), command.author, ask.machine, Object.keys(told).length > 0 ? told : undefined)
    const events = noted ? [event] : []
    if (denial === undefined) return this.#done(command, { events, reply: heard })
    const reply: Reply = { ...this.#refusal(command, denial), ...heard }
    store.commit({ events, reply })
    return reply
  }

  async #fileWork(command: Command, work: (signal: AbortSignal) => Promise<Decide>): Promise<Reply> {
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(fileWorkMs)])
    const decide = await work(signal)
    if (this.#options.signal.aborted) return this.#refusal(command, deny('outcome-unknown'))
    const result = decide()
    return 'denial' in result ? this.#refuse(command, result.denial) : this.#done(command, result)
  }

  #done(command: Command, done: Done): Reply {
    const reply: Reply = { outcome: 'done', command: command.id, at: this.#options.nowMs(), ...done.reply }
    this.#options.store.commit({ events: done.events, reply })
    return reply
  }

  #refuse(command: Command, denial: Denial): Reply {
    const reply = this.#refusal(command, denial)
    try {
      this.#options.store.commit({ events: [], reply })
    } catch (error) {
      // Unwritten it still holds: whoever asks again is judged again.
      this.#options.log.error({ command: command.id, error }, 'a refusal could not be kept')
    }
    this.#options.log.info({ command: command.id, ask: command.ask.kind, role: command.author.role, code: denial.code }, 'refused')
    return reply
  }

  #refusal(command: Command, denial: Denial): Extract<Reply, { outcome: 'refused' }> {
    return { outcome: 'refused', command: command.id, at: this.#options.nowMs(), denial }
  }

  #accepted(command: Command): Reply {
    return { outcome: 'accepted', command: command.id, at: this.#options.nowMs() }
  }
}
