// A school as the city hears it: what a daemon with thirty machines would say, second by second. Says nothing itself; city-schools.ts does.
import type { JobForecast, QueueForecast } from '../protocols/contract/forecast.ts'
import type { Job } from '../protocols/contract/job.ts'
import type { MachineMessage, MachineState, Telemetry } from '../protocols/contract/machine.ts'
import type { Event, Status } from '../protocols/contract/wire.ts'
import { firstTickets, jobId, type SitePlan } from './city-plan.ts'

/** Jobs in the queue behind those at work. */
const queued = 12
/** What a lesson's machines do: a job takes one to eight minutes, heating a quarter of one, and a part lies on the bed for half of one. */
const seconds = { running: [60, 480], preparing: [10, 30], uncleared: [10, 60], ready: [5, 60], attention: [15, 60] } as const
/** One job in so many wants a person in its middle. */
const promptOneIn = 12
const forecastStepMs = 60_000

type Phase = keyof typeof seconds
type Machine = { phase: Phase; since: number; until: number; job: Job | undefined; progressed: number; message: MachineMessage }
/** What there is to say after a step: states first, then events. */
export type Said = { states: MachineMessage[]; events: Event[] }

const pupil = { id: 'a-pupil', name: 'Стриж-17', role: 'pupil' } as const
const teacher = { id: 'a-teacher', name: 'Ирина Петровна', role: 'teacher' } as const
const names = ['Кронштейн датчика.gcode', 'Шестерня 24 зуба.gcode', 'Коробка фанера 4мм.nc', 'Корпус метеостанции v7.gcode']

export class SchoolImage {
  readonly plan: SitePlan
  readonly session: string
  readonly #random: () => number
  readonly #machines = new Map<string, Machine>()
  readonly #jobs = new Map<string, Job>()
  #ticket = 0
  #number = 0

  constructor(plan: SitePlan, seed: number, nowMs: number) {
    this.plan = plan
    this.session = `bench-session-${plan.id}`
    this.#random = randomFrom(seed)
    for (const declaration of plan.machines) {
      const message: MachineMessage = {
        declaration,
        state: { state: 'ready', since: nowMs },
        inService: false,
        readOnly: false,
        firmware: declaration.dialect === 'marlin' ? marlin : grbl,
        at: nowMs,
      }
      this.#machines.set(declaration.id, { phase: 'ready', since: nowMs, until: nowMs, job: undefined, progressed: 0, message })
    }
  }

  birth(nowMs: number): Status {
    const { id: site, name, machines } = this.plan
    const { session } = this
    return {
      status: 'online',
      site,
      name,
      session,
      version: '0.1.0',
      clock: nowMs,
      machines: machines.map(({ id }) => id),
      lastEvent: this.#number,
    }
  }

  states(): MachineMessage[] {
    return [...this.#machines.values()].map(({ message }) => message)
  }

  /** The queue as it stands when the bench begins: jobs that ended today, those at work, those that wait. */
  begin(nowMs: number): Said {
    const said: Said = { states: [], events: [] }
    for (let ticket = 1; ticket <= firstTickets; ticket++) {
      const job = this.#submit(nowMs - 3_600_000)
      if (ticket % 2 === 0) this.#end(job, nowMs - ticket * 60_000, said)
      else this.#tell(said, 'submitted', job, nowMs)
    }
    for (const machine of this.#machines.values()) {
      // Most are in the middle of something; their ends are spread over minutes.
      const busy = this.#random() < 0.7
      this.#enter(machine, busy ? 'running' : 'ready', nowMs, said)
      machine.until = nowMs + (machine.until - nowMs) * this.#random()
    }
    this.#fillQueue(nowMs, said)
    return said
  }

  /** Moves every machine whose time has come. */
  step(nowMs: number): Said {
    const said: Said = { states: [], events: [] }
    for (const machine of this.#machines.values()) {
      if (machine.until > nowMs) continue
      this.#enter(machine, this.#next(machine), nowMs, said)
    }
    this.#fillQueue(nowMs, said)
    return said
  }

  telemetry(id: string, nowMs: number): Telemetry {
    const machine = this.#machines.get(id)
    if (machine === undefined) throw new Error(`${this.plan.id} has no machine ${id}`)
    const { phase, job, message } = machine
    const atWork = phase === 'running' || phase === 'attention'
    if (phase === 'running') machine.progressed += 1
    const { estimatedSeconds = 1 } = job ?? {}
    const fraction = Math.min(1, machine.progressed / estimatedSeconds)
    const progress: Telemetry['progress'] =
      job === undefined || !atWork
        ? undefined
        : {
            job: job.id,
            lines: Math.round(fraction * job.program.lines),
            bytes: Math.round(fraction * job.program.size),
            fraction,
            elapsedSeconds: (nowMs - machine.since) / 1000,
            remainingSeconds: (1 - fraction) * estimatedSeconds * 1.0371,
            ...(job.program.kind === 'printer' && { layer: Math.round(fraction * 120), layers: 120 }),
          }
    const common = { at: nowMs, ...(progress && { progress }), link: { resends: 0, badLines: 0, reconnects: 1 } }
    const position = { x: this.#place(200), y: this.#place(180), z: this.#place(20) }
    if (message.declaration.dialect === 'grbl') {
      const workPosition = { x: position.x - 10, y: position.y - 10, z: position.z }
      return {
        ...common,
        position,
        workPosition,
        feed: atWork ? 1500 : 0,
        spindle: atWork ? 8000 : 0,
        overrides: { feed: 100, rapid: 100, power: 100 },
      }
    }
    const hot = phase === 'running' || phase === 'attention' || phase === 'preparing'
    return {
      ...common,
      heaters: {
        nozzle: { actual: this.#near(hot ? 210 : 24), target: hot ? 210 : 0, power: hot ? 0.42 : 0 },
        bed: { actual: this.#near(hot ? 60 : 23), target: hot ? 60 : 0, power: hot ? 0.2 : 0 },
      },
    }
  }

  /** As the daemon's forecaster tells it: all of the queue, instants to the minute. */
  forecast(nowMs: number): QueueForecast {
    const jobs: Record<string, JobForecast> = {}
    let ahead = 0
    for (const job of this.#jobs.values()) {
      const minute = (ms: number) => Math.round(ms / forecastStepMs) * forecastStepMs
      if (job.state === 'running') jobs[job.id] = { end: [minute(nowMs + 120_000), minute(nowMs + 300_000)], ahead: 0 }
      if (job.state !== 'queued') continue
      const from = nowMs + ahead * 240_000
      jobs[job.id] = {
        start: [minute(from), minute(from + 600_000)],
        end: [minute(from + 300_000), minute(from + 1_200_000)],
        why: waiting,
        ahead,
      }
      ahead += 1
    }
    return { at: nowMs, jobs }
  }

  #next({ phase, job, progressed }: Machine): Phase {
    switch (phase) {
      case 'ready':
        return 'preparing'
      case 'preparing':
      case 'attention':
        return 'running'
      case 'uncleared':
        return 'ready'
      case 'running':
        return progressed < (job?.estimatedSeconds ?? 0) / 2 && this.#random() * promptOneIn < 1 ? 'attention' : 'uncleared'
    }
  }

  #enter(machine: Machine, phase: Phase, nowMs: number, said: Said): void {
    const [least, most] = seconds[phase]
    const { declaration } = machine.message
    if (machine.job === undefined && (phase === 'preparing' || phase === 'running')) {
      const job = { ...this.#nextJob(nowMs), machine: declaration.id, state: 'running' as const, startedAt: nowMs }
      machine.job = this.#put(job, 'started', nowMs, said)
      machine.progressed = 0
    }
    if (phase === 'uncleared' && machine.job !== undefined) this.#end(machine.job, nowMs, said)
    if (phase === 'ready' && machine.job !== undefined) {
      this.#put({ ...machine.job, state: 'collected', verdict: { quality: 'ok', by: teacher, at: nowMs } }, 'collected', nowMs, said)
      machine.job = undefined
    }
    machine.phase = phase
    machine.since = nowMs
    machine.until = nowMs + (least + this.#random() * (most - least)) * 1000
    machine.message = { ...machine.message, state: stateOf(phase, nowMs, machine.job?.id), at: nowMs }
    said.states.push(machine.message)
  }

  #nextJob(nowMs: number): Job {
    for (const job of this.#jobs.values()) if (job.state === 'queued') return job
    return this.#submit(nowMs)
  }

  #fillQueue(nowMs: number, said: Said): void {
    let waitingJobs = [...this.#jobs.values()].filter(({ state }) => state === 'queued').length
    for (; waitingJobs < queued; waitingJobs++) this.#tell(said, 'submitted', this.#submit(nowMs), nowMs)
  }

  #submit(nowMs: number): Job {
    this.#ticket += 1
    const ticket = this.#ticket
    const job: Job = {
      id: jobId(this.plan.id, ticket),
      site: this.plan.id,
      ticket,
      copy: 1,
      copies: 1,
      program: {
        sha256: 'a'.repeat(64),
        name: names[ticket % names.length] ?? '',
        size: 1_940_000,
        kind: 'printer',
        lines: 48_210,
        material: 'PLA',
        grams: 23,
      },
      suitable: this.plan.machines.filter(({ kind }) => kind === 'printer').map(({ id }) => id),
      state: 'queued',
      order: ticket,
      held: false,
      author: ticket % 3 === 0 ? teacher : pupil,
      estimatedSeconds: 120 + (ticket % 7) * 60,
      submittedAt: nowMs,
      queuedAt: nowMs,
    }
    this.#jobs.set(job.id, job)
    return job
  }

  #end(job: Job, nowMs: number, said: Said): void {
    const { size: bytes, lines } = job.program
    const end = { outcome: 'completed', evidence: 'last ok and M400 ok', lines, bytes, seconds: 300, resends: 2 } as const
    this.#put({ ...job, state: 'completed', endedAt: nowMs, end }, 'completed', nowMs, said)
  }

  #put(job: Job, change: string, nowMs: number, said: Said): Job {
    this.#jobs.set(job.id, job)
    this.#tell(said, change, job, nowMs)
    return job
  }

  #tell(said: Said, change: string, job: Job, at: number): void {
    this.#number += 1
    said.events.push({ kind: 'job', number: this.#number, at, change, job })
  }

  #place(most: number): number {
    return Math.round(this.#random() * most * 100) / 100
  }

  /** A thermistor's noise. */
  #near(celsius: number): number {
    return Math.round((celsius + (this.#random() - 0.5) * 1.2) * 100) / 100
  }
}

const waiting: JobForecast['why'] = {
  code: 'others-ahead',
  text: { ru: 'Перед вами есть ещё задания, все станки заняты.', en: 'There are jobs before yours, and all machines are busy.' },
  unblock: { ru: 'Ничего делать не нужно: очередь дойдёт.', en: 'Nothing to do: its turn will come.' },
  by: 'time',
}

const marlin: MachineMessage['firmware'] = {
  name: 'Marlin 2.1.2.4',
  family: 'marlin',
  machine: 'Ender-3 V2',
  capabilities: { AUTOREPORT_TEMP: true, PROGRESS: false, EMERGENCY_PARSER: true, HOST_ACTION_COMMANDS: true },
  settings: {
    M92: 'X80.00 Y80.00 Z400.00 E93.00',
    M203: 'X500.00 Y500.00 Z5.00 E25.00',
    M201: 'X500.00 Y500.00 Z100.00 E5000.00',
    M204: 'P500.00 R500.00 T500.00',
  },
}
const grbl: MachineMessage['firmware'] = {
  name: 'Grbl 1.1h',
  family: 'grbl',
  receiveBufferBytes: 128,
  plannerBlocks: 15,
  settings: {
    $30: '1000',
    $32: '1',
    $110: '6000.000',
    $111: '6000.000',
    $112: '500.000',
    $120: '1000.000',
    $121: '1000.000',
    $130: '400.000',
    $131: '400.000',
  },
}

function stateOf(phase: Phase, since: number, job: string | undefined): MachineState {
  switch (phase) {
    case 'ready':
      return { state: 'ready', since }
    case 'preparing':
      return { state: 'preparing', since, what: 'heating', ...(job && { job }) }
    case 'running':
      return { state: 'running', since, ...(job && { job }) }
    case 'uncleared':
      return { state: 'uncleared', since, job: job ?? 'job-of-nobody' }
    case 'attention':
      return {
        state: 'attention',
        since,
        why: 'runout',
        ...(job && { job }),
        prompt: { title: 'Кончился филамент', buttons: ['Продолжить'] },
      }
  }
}

/** Mulberry32: two runs of the bench hear the same city. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
