// One program on its way through the machine: fed, paused, resumed, broken off, and ended on evidence.
import type { JobEnd } from '../contract/job.ts'
import type { Fault } from '../contract/words.ts'
import type { ProgramCursor, ProgramLine, SessionReport } from '../session.ts'
import { codeOf, waitOf } from './codes.ts'
import type { Core } from './core.ts'
import { framedLength } from './frame.ts'
import type { Parked } from './modes.ts'
import { parkLines, safeLines, unparkLines } from './modes.ts'
import type { Said } from './window.ts'
import { fault } from './words.ts'

type By = Extract<SessionReport, { kind: 'job-paused' }>['by']

type Step =
  | { readonly kind: 'feeding' }
  /** Nothing more is fed; what is planned runs out, then the nozzle leaves the part. */
  | { readonly kind: 'pausing'; readonly by: By }
  | { readonly kind: 'paused'; readonly by: By; readonly parked: Parked | undefined }
  | { readonly kind: 'resuming'; readonly by: By }
  /** The firmware paused by itself and will resume by itself. */
  | { readonly kind: 'held' }
  | { readonly kind: 'finishing' }
  | { readonly kind: 'cancelling'; readonly outcome: 'cancelled' | 'failed'; readonly evidence: string; readonly fault: Fault | undefined }

type Running = {
  readonly id: string
  readonly cursor: ProgramCursor
  readonly startedAt: number
  readonly resendsBefore: number
  step: Step
  announced: boolean
  resumeWanted: boolean
  lines: number
  endByte: number
  lastSaid: number
}

/** People look at progress; the journal is written once a second. */
const progressMs = 100
/** Breaking off a heat-up is said again until it takes: noise may have eaten the word. */
const nudgeMs = 2_000
/** Below this nothing can be pulled back; Marlin's own limit for extrusion. */
const hotEnoughC = 170

export class JobLife {
  readonly #core: Core
  #job: Running | undefined
  #progressAt = Number.NEGATIVE_INFINITY
  /** Lines were acknowledged since. */
  #untold = false
  #nudgeAt = Number.POSITIVE_INFINITY

  constructor(core: Core) {
    this.#core = core
  }

  get id(): string | undefined {
    return this.#job?.id
  }

  get step(): Step['kind'] | undefined {
    return this.#job?.step.kind
  }

  /** Set while the machine stands still for the job's sake. */
  get pausedBy(): By | undefined {
    const step = this.#job?.step
    if (step?.kind === 'held') return 'firmware'
    return step?.kind === 'paused' || step?.kind === 'resuming' ? step.by : undefined
  }

  get deadline(): number {
    return Math.min(this.#nudgeAt, this.#untold ? this.#progressAt + progressMs : Number.POSITIVE_INFINITY)
  }

  start(id: string, cursor: ProgramCursor, nowMs: number): void {
    const { link } = this.#core
    link.newJob()
    this.#progressAt = Number.NEGATIVE_INFINITY
    this.#job = {
      id,
      cursor,
      startedAt: nowMs,
      resendsBefore: link.resends,
      step: { kind: 'feeding' },
      announced: false,
      resumeWanted: false,
      lines: 0,
      endByte: 0,
      lastSaid: 0,
    }
    this.#core.stale = true
  }

  /** The next line for the wire. */
  take(nowMs: number): ProgramLine | undefined {
    const job = this.#job
    while (job && job.step.kind === 'feeding') {
      const line = job.cursor.next()
      if (line === 'waiting') return undefined
      if (line === 'end') {
        this.#finish(job)
        return undefined
      }
      if ('fault' in line) {
        this.#breakOff('failed', `the program could not be read on: ${line.fault.code}`, line.fault, nowMs)
        return undefined
      }
      if (this.#isForUs(line, nowMs)) continue
      const { text } = line
      if (this.#tooLong(text)) {
        this.#breakOff(
          'failed',
          `line ${line.number} is too long for the firmware`,
          fault('line-too-long', text.slice(0, 120), line.number),
          nowMs,
        )
        return undefined
      }
      if (!job.announced) {
        job.announced = true
        this.#core.report({ kind: 'job-started', job: job.id })
      }
      job.lastSaid = line.number
      return line
    }
    return undefined
  }

  acked(said: Said, nowMs: number): void {
    const job = this.#job
    const line = said.program
    if (!job || !line || said.ordinal <= job.lines) return
    job.lines = said.ordinal
    job.endByte = line.endByte
    // The last line before a long wait must be told, too: the wait's time counts from there.
    this.#untold = true
    this.#tell(job, nowMs)
  }

  /** Stops feeding, lets the planner run out, notes the place, lifts the nozzle off the part. */
  pause(by: By): Fault | undefined {
    const job = this.#job
    if (!job) return fault('no-job')
    switch (job.step.kind) {
      case 'held':
      case 'paused':
        return undefined
      case 'pausing':
        job.resumeWanted = false
        return undefined
      case 'resuming':
      case 'finishing':
      case 'cancelling':
        return fault('not-ready')
      case 'feeding':
        this.#pause(job, by)
        return undefined
    }
  }

  resume(nowMs: number): Fault | undefined {
    const job = this.#job
    switch (job?.step.kind) {
      case 'pausing':
        job.resumeWanted = true
        return undefined
      case 'paused':
        this.#resume(job, job.step.by, job.step.parked)
        return undefined
      case 'held': {
        const refused = this.#core.personWanted ? this.letGo(nowMs) : undefined
        if (!refused) this.firmwareResumed()
        return refused
      }
      default:
        return this.#core.personWanted || this.#core.prompts.open ? this.letGo(nowMs) : fault('not-paused')
    }
  }

  /** Ends a wait of the firmware for a person (M0, M600, a prompt), where it can be ended from here. */
  letGo(nowMs: number): Fault | undefined {
    const { link, prompts } = this.#core
    const open = prompts.open
    if (open && this.#core.can('PROMPT_SUPPORT')) {
      const going = open.buttons.findIndex(button => /continue|resume|reheat|ok|продолж/i.test(button))
      link.sayNow(`M876 S${Math.max(0, going)}`, nowMs)
      return undefined
    }
    if (!this.#core.can('EMERGENCY_PARSER')) return fault('press-button')
    link.sayNow('M108', nowMs)
    return undefined
  }

  /** `//action:paused`: the firmware stands still already and needs no words of ours. */
  firmwarePaused(): void {
    const job = this.#job
    if (job?.step.kind !== 'feeding') return
    job.step = { kind: 'held' }
    this.#core.stale = true
    this.#core.report({ kind: 'job-paused', job: job.id, by: 'firmware' })
  }

  firmwareResumed(): void {
    const job = this.#job
    this.#core.runout = false
    this.#core.personWanted = false
    this.#core.stale = true
    if (job?.step.kind !== 'held') return
    job.step = { kind: 'feeding' }
    this.#core.report({ kind: 'job-resumed', job: job.id })
  }

  cancel(evidence: string, nowMs: number): Fault | undefined {
    if (!this.#job) return fault('no-job')
    this.#breakOff('cancelled', evidence, undefined, nowMs)
    return undefined
  }

  tick(nowMs: number): void {
    if (this.#job && this.#untold) this.#tell(this.#job, nowMs)
    if (nowMs < this.#nudgeAt) return
    this.#nudgeAt = Number.POSITIVE_INFINITY
    if (this.#job?.step.kind === 'cancelling') this.#nudge(nowMs)
  }

  /** The end, whatever the machine still does. */
  end(outcome: JobEnd['outcome'], evidence: string, nowMs: number, why?: Fault): void {
    const job = this.#job
    if (!job) return
    this.#job = undefined
    this.#nudgeAt = Number.POSITIVE_INFINITY
    const { link } = this.#core
    link.endJob()
    this.#progress(job, nowMs)
    this.#core.stale = true
    this.#core.report({
      kind: 'job-ended',
      job: job.id,
      end: {
        outcome,
        evidence,
        ...(why ? { fault: why } : {}),
        lines: job.lines,
        bytes: job.endByte,
        seconds: Math.max(0, (nowMs - job.startedAt) / 1000),
        resends: Math.max(0, link.resends - job.resendsBefore),
      },
    })
  }

  /** The last line's ok is not the end, nor is M400's alone where oks may have been miscounted: the M105 behind it is answered last. */
  #finish(job: Running): void {
    const { link } = this.#core
    job.step = { kind: 'finishing' }
    this.#core.stale = true
    link.say('M400')
    link.say('M105', (nowMs, lost) => {
      if (lost !== undefined || this.#job !== job) return
      this.end(
        'completed',
        `the last line (${job.lastSaid}) and M400 behind it were acknowledged, and the M105 behind both answered`,
        nowMs,
      )
    })
  }

  #pause(job: Running, by: By): void {
    const core = this.#core
    const { link } = core
    job.step = { kind: 'pausing', by }
    job.resumeWanted = false
    core.position = undefined
    link.say('M400')
    link.say('M114')
    // By its answer the position was heard, also from firmwares that acknowledge first.
    link.say('M105', (_, lost) => {
      if (lost === undefined && job.step.kind === 'pausing') this.#park(job, by)
    })
  }

  #park(job: Running, by: By): void {
    const core = this.#core
    const { position } = core
    const lifted = position !== undefined && core.modes.homed && !core.quirk('no-lift')
    const nozzle = core.heaters.nozzle
    const retracted = position?.e !== undefined && (nozzle?.target ?? 0) >= hotEnoughC && (nozzle?.actual ?? 0) >= hotEnoughC
    const parked = position && { position, lifted, retracted, restore: core.modes.restore() }
    const paused = () => {
      job.step = { kind: 'paused', by, parked }
      core.stale = true
      this.#progress(job, core.link.heardAt)
      core.report({ kind: 'job-paused', job: job.id, by })
      if (job.resumeWanted) this.#resume(job, by, parked)
    }
    this.#script(parkLines(lifted, retracted), paused, () => this.#job === job && job.step.kind === 'pausing')
  }

  #resume(job: Running, by: By, parked: Parked | undefined): void {
    const core = this.#core
    job.resumeWanted = false
    job.step = { kind: 'resuming', by }
    core.runout = false
    const resumed = () => {
      job.step = { kind: 'feeding' }
      core.stale = true
      core.report({ kind: 'job-resumed', job: job.id })
    }
    this.#script(parked ? unparkLines(parked, core.modes.feed) : [], resumed, () => this.#job === job && job.step.kind === 'resuming')
  }

  /** Says the lines in order; `then` when the last is acknowledged, at once where there are none. */
  #script(lines: readonly string[], then: () => void, stillWanted: () => boolean): void {
    if (lines.length === 0) {
      then()
      return
    }
    lines.forEach((line, index) => {
      if (index < lines.length - 1) this.#core.link.say(line)
      else this.#core.link.say(line, (_, lost) => lost === undefined && stillWanted() && then())
    })
  }

  /** Feeds no more, lets what is planned run out, makes the machine safe. */
  #breakOff(outcome: 'cancelled' | 'failed', evidence: string, why: Fault | undefined, nowMs: number): void {
    const job = this.#job
    if (!job || job.step.kind === 'cancelling') return
    const core = this.#core
    const { link } = core
    // The nozzle is up already when the job was paused.
    const lift = core.modes.homed && job.step.kind !== 'paused' && !core.quirk('no-lift')
    job.step = { kind: 'cancelling', outcome, evidence, fault: why }
    core.stale = true
    link.endJob()
    link.dropAsides(nowMs, 'cancelled')
    const wait = link.blocking && waitOf(link.blocking.code)
    if (wait && (wait.what === 'heating' || wait.who === 'person') && !core.can('EMERGENCY_PARSER')) core.fault(fault('cancel-waits'))
    this.#nudge(nowMs)
    for (const line of safeLines(core.tools, lift)) link.say(line)
    link.say('M105', (endedAt, lost) => {
      if (lost !== undefined || this.#job !== job) return
      this.end(outcome, `${evidence}; heaters off and M400 acknowledged`, endedAt, why)
    })
  }

  /** M108 breaks a heat-up or a wait for a person, where the emergency parser takes it out of the stream. */
  #nudge(nowMs: number): void {
    const { link } = this.#core
    const wait = link.blocking && waitOf(link.blocking.code)
    const stuck = this.#core.personWanted || (wait && (wait.what === 'heating' || wait.who === 'person'))
    if (!stuck || !this.#core.can('EMERGENCY_PARSER') || link.crowded) return
    link.sayNow('M108', nowMs)
    this.#nudgeAt = nowMs + nudgeMs
  }

  #tell(job: Running, nowMs: number): void {
    if (nowMs - this.#progressAt >= progressMs) this.#progress(job, nowMs)
  }

  #progress(job: Running, nowMs: number): void {
    this.#progressAt = nowMs
    this.#untold = false
    this.#core.report({ kind: 'progress', job: job.id, lines: job.lines, endByte: job.endByte })
  }

  /** Lines that are meant for the host, or that must not reach the firmware in mid-job. */
  #isForUs(line: ProgramLine, nowMs: number): boolean {
    const { text } = line
    if (text.charCodeAt(0) === 0x40) {
      const word = text.slice(1).trim().toLowerCase()
      if (word === 'pause') this.pause('program')
      else if (word === 'cancel' || word === 'abort')
        this.#breakOff('cancelled', `${text} in line ${line.number} of the program`, undefined, nowMs)
      return true
    }
    // A new count in mid-job would make every resend a lie; old firmwares look for the word anywhere in the line.
    if (text.includes('M110')) return true
    this.#core.modes.follow(codeOf(text), text)
    return false
  }

  #tooLong(text: string): boolean {
    const { lineLengthMax } = this.#core.options
    return text.length + 16 > lineLengthMax && framedLength(this.#core.link.nextNumber, text) > lineLengthMax
  }
}
