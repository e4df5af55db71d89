// The machine room: carries out the daemon's orders over its machines, and goes on without the daemon.
import type { Dialect } from '../protocols/contract/machine.ts'
import type { MachineSetup, Order, Report } from '../protocols/contract/room.ts'
import type { Fault } from '../protocols/contract/words.ts'
import type { Session, SessionOptions } from '../protocols/session.ts'
import type { Clock } from './clock.ts'
import type { Journal, RunningJob, Unnumbered } from './journal.ts'
import { Place } from './place.ts'
import type { RunnerLog } from './runner.ts'
import type { OpenPort } from './transport.ts'
import { faults } from './words.ts'

/** 4 Hz a machine towards the daemon: what an eye takes in; the daemon thins further for the city. */
const telemetryMs = 250
/** How far a job is goes to the journal so often: a flash card lives from few writes. */
const noteMs = 5_000
/** Cancelling waits for the machine's Hold:0, its reset, its heaters' ok; then the room ends all the same. */
const cancelWaitMs = 15_000

export type RoomParts = {
  /** New at each start of the room. */
  readonly id: string
  readonly journal: Journal
  readonly open: OpenPort
  readonly dialects: Record<Dialect, (options: SessionOptions) => Session>
  readonly clock: Clock
  readonly random: () => number
  readonly log: RunnerLog
}

/** Where reports go; the room has one daemon or none. */
export type Speak = (report: Report) => void

export class Room {
  readonly #parts: RoomParts
  readonly #places = new Map<string, Place>()
  /** Setups that wait for a running job to end before they are opened with other figures; null: the machine is to go. */
  readonly #deferred = new Map<string, MachineSetup | null>()
  #speak: Speak | undefined
  #timer: NodeJS.Timeout | undefined
  #closing = false
  #ended: () => void = () => undefined
  /** Resolves when the room was told to end, and has. */
  readonly ended: Promise<void>

  constructor(parts: RoomParts, orphans: readonly RunningJob[] = []) {
    this.#parts = parts
    this.ended = new Promise(resolve => {
      this.#ended = resolve
    })
    for (const orphan of orphans) this.#mourn(orphan)
    this.#timer = setInterval(() => this.#tick(), telemetryMs)
  }

  /** Whether a job runs or is about to. */
  get busy(): boolean {
    return [...this.#places.values()].some(place => place.job !== undefined)
  }

  /** Carries out one order; answers and, after a `hello`, reports go to `speak`. */
  order(order: Order, speak: Speak): void {
    switch (order.kind) {
      case 'hello':
        this.#speak = speak
        this.#greet(order.confirmed, speak)
        return
      case 'confirm':
        this.#parts.journal.confirm(order.number)
        return
      case 'machines':
        this.#arrange(order.machines)
        speak({ kind: 'answer', id: order.id })
        return
      case 'deed': {
        const place = this.#places.get(order.machine)
        if (place === undefined) {
          speak(answer(order.id, faults.unknownMachine(order.machine)))
          return
        }
        place.deed(order.id, order.deed)
        return
      }
      case 'run': {
        const place = this.#places.get(order.machine)
        if (place === undefined) {
          speak(answer(order.id, faults.unknownMachine(order.machine)))
          return
        }
        if (this.#closing) {
          speak(answer(order.id, faults.closing()))
          return
        }
        void place.run(order.run).then(fault => speak(answer(order.id, fault)))
        return
      }
      case 'shutdown':
        if (this.busy && !order.cancel) {
          speak(answer(order.id, faults.jobsRun()))
          return
        }
        speak({ kind: 'answer', id: order.id })
        void this.close()
        return
    }
  }

  /** The daemon behind `speak` is gone: nothing more is said to it, everything goes on. */
  leave(speak: Speak): void {
    if (this.#speak === speak) this.#speak = undefined
  }

  /** Ends the room: running jobs are cancelled in an orderly way first, as far as their machines answer. */
  async close(): Promise<void> {
    if (this.#closing) return this.ended
    this.#closing = true
    for (const place of this.#places.values()) {
      // An armed job is stopped: that takes it back into the queue, where a cancelled one would not go.
      if (place.job !== undefined) place.deed(`closing-${this.#parts.id}`, { kind: place.armed ? 'stop' : 'cancel' })
    }
    const until = this.#parts.clock.now() + cancelWaitMs
    while (this.busy && this.#parts.clock.now() < until) await new Promise(resolve => setTimeout(resolve, 50))
    clearInterval(this.#timer)
    await Promise.all([...this.#places.values()].map(place => place.stop()))
    this.#places.clear()
    await this.#parts.journal.close()
    this.#ended()
  }

  #greet(confirmed: number, speak: Speak): void {
    this.#parts.journal.confirm(confirmed)
    speak({
      kind: 'snapshot',
      room: this.#parts.id,
      pid: process.pid,
      at: this.#parts.clock.wall(this.#parts.clock.now()),
      lastNumber: this.#parts.journal.lastNumber,
      machines: [...this.#places.values()].map(place => {
        const { firmware, job, telemetry } = place
        return {
          machine: place.id,
          state: place.state,
          ...(firmware === undefined ? {} : { firmware }),
          ...(job === undefined ? {} : { job }),
          ...(telemetry === undefined ? {} : { telemetry }),
        }
      }),
    })
    for (const report of this.#parts.journal.after(confirmed)) speak(report)
  }

  /** Makes the room's machines these. What runs is left to run: a changed or removed machine waits for its job's end. */
  #arrange(setups: readonly MachineSetup[]): void {
    const wanted = new Map(setups.map(setup => [setup.declaration.id, setup]))
    this.#deferred.clear()
    for (const [id, place] of this.#places) {
      const setup = wanted.get(id)
      if (setup !== undefined && sameIron(place.setup, setup)) {
        place.setup = setup
        continue
      }
      if (place.job !== undefined) this.#deferred.set(id, setup ?? null)
      else this.#replace(id, setup)
    }
    for (const [id, setup] of wanted) {
      if (!this.#places.has(id)) this.#replace(id, setup)
    }
  }

  #replace(id: string, setup: MachineSetup | undefined): void {
    const gone = this.#places.get(id)
    this.#places.delete(id)
    const closed = gone?.stop() ?? Promise.resolve()
    if (setup === undefined) return
    const place = this.#place(setup)
    this.#places.set(id, place)
    // The old one's port may be the new one's.
    void closed.then(() => {
      if (this.#places.get(id) === place) place.start()
    })
  }

  #place(setup: MachineSetup): Place {
    const { dialects, journal, open, clock, random, log } = this.#parts
    return new Place(setup, {
      createSession: dialects[setup.declaration.dialect],
      open,
      clock,
      random,
      log,
      jobs: journal,
      tell: report => this.#speak?.(report),
      keep: report => this.#keep(report),
    })
  }

  #keep(report: Unnumbered): void {
    const numbered = this.#parts.journal.add(report)
    this.#speak?.(numbered)
    if (report.kind !== 'job-ended') return
    const { machine } = report
    const waiting = this.#deferred.get(machine)
    if (waiting === undefined) return
    this.#deferred.delete(machine)
    // In a turn of its own: the session that reports is still at work.
    setImmediate(() => this.#replace(machine, waiting ?? undefined))
  }

  #tick(): void {
    for (const place of this.#places.values()) {
      place.note(noteMs)
      if (this.#speak === undefined) continue
      const telemetry = place.takeTelemetry()
      if (telemetry !== undefined) this.#speak({ kind: 'telemetry', machine: place.id, telemetry })
    }
  }

  /** A job that ran when an earlier room died: nobody knows where its machine stands, so a person decides. */
  #mourn({ machine, job, lines, bytes, seconds, armed }: RunningJob): void {
    const at = this.#parts.clock.wall(this.#parts.clock.now())
    const evidence = `the machine room ended; last acknowledged: line ${lines}, byte ${bytes}`
    const end = {
      outcome: 'interrupted',
      evidence,
      fault: faults.roomDied(lines),
      lines,
      bytes,
      seconds,
      resends: 0,
      ...(armed ? { again: armed } : {}),
    } as const
    this.#parts.journal.add({ kind: 'job-ended', machine, job, end, at })
    this.#parts.journal.jobEnded(job)
  }
}

/** Whether a change leaves the port and its session alone: names and places on the plan may change at any time. */
function sameIron(a: MachineSetup, b: MachineSetup): boolean {
  const iron = ({ port, baud, model, readOnly, declaration }: MachineSetup) =>
    JSON.stringify([port, baud, model, readOnly, declaration.dialect, declaration.kind])
  return iron(a) === iron(b)
}

function answer(id: string, fault: Fault | undefined): Report {
  return { kind: 'answer', id, ...(fault === undefined ? {} : { fault }) }
}
