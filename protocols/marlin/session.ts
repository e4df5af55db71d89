// The Marlin family's session: what is heard and asked goes in, effects come out (protocols/session.ts).
import type { Firmware, MachineState } from '../contract/machine.ts'
import type { Effect, Session, SessionInput, SessionOptions } from '../session.ts'
import { codeOf, M } from './codes.ts'
import { Core, sameState } from './core.ts'
import { Deeds } from './deeds.ts'
import { Hello } from './hello.ts'
import { JobLife } from './job.ts'
import type { Trouble } from './link.ts'
import type { Action } from './prompts.ts'
import type { Heard } from './read.ts'
import { readLine } from './read.ts'
import { fault, haltFault } from './words.ts'

/** Temperatures are asked for only where the firmware does not report them by itself. */
const askTemperaturesMs = 4_000
const askCardMs = 10_000
/** A machine that says nothing at all this long while idle is asked whether it is there. */
const idleSilenceMs = 30_000

/**
 * Marlin 1.1, 2.0, 2.1, Prusa (8-bit and Buddy), Repetier and vendors' forks. Every line is numbered and checksummed
 * (except under the quirk `no-numbering`). Other quirks: `no-lift` (never raise the nozzle by ourselves).
 */
export function createMarlinSession(options: SessionOptions): Session {
  return new MarlinSession(options)
}

class MarlinSession implements Session {
  readonly #core: Core
  readonly #hello: Hello
  readonly #job: JobLife
  readonly #deeds: Deeds
  #state: MachineState = { state: 'offline', since: 0 }
  #armedAt = Number.POSITIVE_INFINITY
  #temperaturesAt = Number.NEGATIVE_INFINITY
  #cardAt = Number.NEGATIVE_INFINITY
  /** `Error:` stood alone: what it is about comes on the next line (split kill messages). */
  #errorOpen = false
  /** The stump of an ok that was cut in two. */
  #halfOk = false

  constructor(options: SessionOptions) {
    const core = new Core(options, {
      take: nowMs => this.#job.take(nowMs),
      acked: (said, nowMs) => this.#job.acked(said, nowMs),
      trouble: (trouble, nowMs, detail) => this.#trouble(trouble, nowMs, detail),
    })
    this.#core = core
    this.#job = new JobLife(core)
    this.#hello = new Hello(core, nowMs => {
      this.#temperaturesAt = nowMs
      this.#cardAt = nowMs
    })
    this.#deeds = new Deeds(core, this.#job, this.#hello)
  }

  get state(): MachineState {
    return this.#state
  }

  get firmware(): Firmware | undefined {
    return this.#core.firmware
  }

  receive(input: SessionInput, nowMs: number): readonly Effect[] {
    const core = this.#core
    core.effects = []
    this.#take(input, nowMs)
    if ((core.phase.kind === 'ready' && !core.down) || this.#hello.asking) core.link.pump(nowMs)
    if (core.stale) this.#derive(nowMs)
    // What is due but could not be done is looked at again a moment later, never in a loop.
    const deadline = Math.max(this.#deadline(nowMs), nowMs + 1)
    if (deadline < this.#armedAt) {
      this.#armedAt = deadline
      core.effects.push({ kind: 'wakeAt', atMs: deadline })
    }
    return core.effects
  }

  #take(input: SessionInput, nowMs: number): void {
    const core = this.#core
    switch (input.kind) {
      case 'line':
        // The way of nearly every line of a print: nothing is parsed for it.
        if (input.line === 'ok' && core.phase.kind === 'ready' && !core.personWanted && !this.#errorOpen) core.link.ok(nowMs)
        else this.#line(input.line, nowMs)
        return
      case 'wake':
        this.#armedAt = Number.POSITIVE_INFINITY
        this.#tick(nowMs)
        return
      case 'more':
        return
      case 'opened':
        core.offline = undefined
        core.opened()
        this.#hello.begin(nowMs, core.options.bootMs)
        return
      case 'closed':
        this.#closed(input.reason, nowMs)
        return
      case 'run':
        this.#run(input, nowMs)
        return
      case 'deed':
        this.#deeds.perform(input.id, input.deed, nowMs)
        return
    }
  }

  #run({ job, cursor }: Extract<SessionInput, { kind: 'run' }>, nowMs: number): void {
    const core = this.#core
    const why =
      this.#job.id !== undefined
        ? 'job-running'
        : core.foreign
          ? 'foreign'
          : core.down
            ? 'down'
            : core.phase.kind !== 'ready'
              ? 'not-connected'
              : undefined
    if (why) {
      const end = { outcome: 'failed', evidence: 'never started', fault: fault(why), lines: 0, bytes: 0, seconds: 0, resends: 0 } as const
      core.report({ kind: 'job-ended', job, end })
      return
    }
    this.#hello.own()
    this.#job.start(job, cursor, nowMs)
  }

  #line(line: string, nowMs: number): void {
    const core = this.#core
    if (core.phase.kind === 'closed' || core.phase.kind === 'lost') return
    const heard = this.#joined(line)
    if (!heard) return
    // Everything heard while a person's own command is out belongs on the console, an ok of Marlin's without words excepted.
    if (core.consoles > 0 && line !== 'ok' && heard.kind !== 'blank') core.report({ kind: 'heard', line })
    core.link.alive(nowMs)
    if (core.down && heard.kind !== 'start' && heard.kind !== 'boot' && heard.kind !== 'halt') return
    if (core.phase.kind === 'hello') {
      this.#hello.hear(heard, nowMs)
      if (!this.#hello.asking && heard.kind !== 'start' && heard.kind !== 'halt') {
        if (heard.kind === 'temperatures') core.heat(heard.heaters)
        return
      }
    }
    this.#act(heard, line, nowMs)
  }

  /** Puts together what noise or a slow firmware cut in two: `o` `k`, `Error:` `Heating failed, …`. */
  #joined(line: string): Heard | undefined {
    if (this.#halfOk) {
      this.#halfOk = false
      if (line === 'k') return { kind: 'ok', count: 1 }
    }
    if (line === 'o') {
      this.#halfOk = true
      // Alone it is noise, and noise asks for a probe; the other half will have come by then.
      return { kind: 'unknown', text: line, count: 0 }
    }
    if (this.#errorOpen) {
      this.#errorOpen = false
      const whole = readLine(`Error:${line}`)
      if (whole.kind === 'halt' || whole.kind === 'line-error') return whole
    }
    const heard = readLine(line)
    this.#errorOpen = heard.kind === 'error' && /^error:\s*$/i.test(heard.text)
    return heard
  }

  #act(heard: Heard, line: string, nowMs: number): void {
    const core = this.#core
    const { link } = core
    switch (heard.kind) {
      case 'ok':
        this.#personCame()
        if (heard.heaters) {
          core.heat(heard.heaters)
          this.#hello.orphans()
        }
        if (heard.line !== undefined) link.okLine(heard.line, heard.buffer, nowMs)
        else if (heard.heaters) link.okTemperature(nowMs)
        else this.#oks(heard.count, nowMs)
        return
      case 'resend':
        link.resend(heard.line, nowMs)
        return
      case 'line-error':
        link.refused(heard.lastLine === undefined ? undefined : heard.lastLine + 1, nowMs)
        return
      case 'busy':
        link.busy(nowMs)
        if (heard.waiting !== core.personWanted) {
          core.personWanted = heard.waiting
          core.stale = true
        }
        return
      case 'wait':
        // The queue is empty: an ok of ours that is still out was lost.
        link.garbled(nowMs)
        return
      case 'start':
      case 'boot':
        this.#booted(heard.kind === 'start' ? 'start' : heard.text, nowMs)
        return
      case 'temperatures':
        core.heat(heard.heaters)
        this.#hello.orphans()
        this.#oks(heard.count, nowMs)
        return
      case 'position':
        core.moved(heard.position)
        this.#oks(heard.count, nowMs)
        return
      case 'firmware':
      case 'capability':
      case 'setting':
      case 'blank':
        return
      case 'card':
        this.#card(heard.printing, heard.fraction)
        return
      case 'action':
        this.#action(heard.action, line, nowMs)
        return
      case 'halt':
        this.#halt(heard, nowMs)
        return
      case 'locked':
        core.locked = true
        core.stale = true
        return
      case 'unknown-command':
        if (core.consoles === 0) core.report({ kind: 'heard', line })
        this.#unknownCommand(heard.command)
        return
      case 'error':
        if (core.consoles === 0) core.report({ kind: 'heard', line })
        link.garbled(nowMs)
        return
      case 'echo':
        if (core.consoles === 0 && !this.#hello.asking) core.report({ kind: 'heard', line })
        return
      case 'unknown':
        if (core.consoles === 0 && !this.#hello.asking) core.report({ kind: 'heard', line })
        if (heard.count > 0) this.#oks(heard.count, nowMs)
        else link.garbled(nowMs)
        return
    }
  }

  #oks(count: number, nowMs: number): void {
    for (let n = 0; n < count; n++) this.#core.link.ok(nowMs)
  }

  #personCame(): void {
    if (!this.#core.personWanted) return
    this.#core.personWanted = false
    this.#core.stale = true
  }

  #booted(word: string, nowMs: number): void {
    const core = this.#core
    this.#deeds.halted()
    if (this.#job.id !== undefined)
      this.#job.end('interrupted', `the firmware restarted in mid-job: it said "${word}"`, nowMs, fault('restarted', word))
    core.down = undefined
    // The lines behind `start` belong to the same boot.
    if (word === 'start' || core.phase.kind !== 'hello' || this.#hello.asking) this.#hello.started(nowMs)
  }

  #halt(heard: Extract<Heard, { kind: 'halt' }>, nowMs: number): void {
    const core = this.#core
    this.#deeds.halted()
    const said = haltFault(heard.cause, heard.heater, heard.text)
    if (!heard.final) {
      core.fault(said)
      return
    }
    if (core.down) {
      // The second line of a kill says less than the first; `use M999` says that it can be revived.
      if (heard.soft && core.down.code !== 'stopped-by-order' && core.down.code === 'killed') core.down = said
      return
    }
    core.down = said
    core.stale = true
    core.fault(said)
    this.#job.end('failed', `the firmware halted: ${heard.text}`, nowMs, said)
    this.#hello.end()
    core.phase = { kind: 'ready' }
    core.link.reset(nowMs, 'halted')
  }

  #card(printing: boolean, fraction: number | undefined): void {
    const core = this.#core
    if (this.#job.id !== undefined) return
    if (!printing && !core.foreign) return
    core.foreign = printing ? { fraction } : undefined
    core.stale = true
  }

  #action(action: Action, line: string, nowMs: number): void {
    const core = this.#core
    core.stale = true
    if (core.prompts.hear(action)) {
      if (/runout/i.test(action.text)) core.runout = true
      if (action.verb === 'prompt_end') core.personWanted = false
      return
    }
    switch (action.verb) {
      case 'pause':
        this.#job.pause('firmware')
        return
      case 'out_of_filament':
      case 'filament_runout':
        core.runout = true
        return
      case 'paused':
        if (/runout/i.test(action.text)) core.runout = true
        this.#job.firmwarePaused()
        return
      case 'resume':
        if (this.#job.step === 'paused' || this.#job.step === 'pausing') this.#job.resume(nowMs)
        else this.#job.firmwareResumed()
        return
      case 'resumed':
        this.#job.firmwareResumed()
        return
      case 'cancel':
        core.foreign = undefined
        this.#job.cancel('cancelled at the machine', nowMs)
        return
      case 'start':
        if (this.#job.id === undefined) core.foreign ??= { fraction: undefined }
        return
      default:
        if (core.consoles === 0) core.report({ kind: 'heard', line })
    }
  }

  /** A program that asks for a filament change must not print on without it. */
  #unknownCommand(command: string): void {
    const code = codeOf(command)
    if (![M(0), M(1), M(125), M(600), M(601)].includes(code)) return
    if (this.#job.pause('program') === undefined) this.#core.fault(fault('command-missing', command))
  }

  #closed(reason: string, nowMs: number): void {
    const core = this.#core
    this.#job.end('interrupted', `the port closed: ${reason}`, nowMs, fault('closed', reason))
    this.#hello.end()
    this.#deeds.halted()
    core.phase = { kind: 'closed' }
    core.offline ??= fault('closed', reason)
    core.forget()
    core.link.reset(nowMs, 'closed')
  }

  #trouble(trouble: Trouble, nowMs: number, detail: string): void {
    const core = this.#core
    switch (trouble) {
      case 'silent':
      case 'unacknowledged': {
        const why = fault(trouble, detail)
        core.fault(why)
        this.#job.end(
          'interrupted',
          `no acknowledgement, and ${trouble === 'silent' ? 'nothing heard' : 'probes unanswered'}: ${detail}`,
          nowMs,
          why,
        )
        core.offline = why
        core.phase = { kind: 'lost' }
        core.stale = true
        this.#hello.end()
        core.link.reset(nowMs, trouble)
        core.effects.push({ kind: 'reopen', reason: trouble })
        return
      }
      case 'restarted': {
        const why = fault('restarted', detail)
        core.fault(why)
        this.#job.end('interrupted', `the firmware lost its place: ${detail}`, nowMs, why)
        this.#hello.begin(nowMs, 0)
        return
      }
      case 'resend-storm':
      case 'outside-history':
      case 'cannot-resend': {
        const why = fault(trouble === 'outside-history' ? 'resend-outside-history' : trouble, detail)
        core.fault(why)
        this.#job.end('failed', `the stream could not be kept whole: ${detail}`, nowMs, why)
        // A fresh count; the hello switches the heaters off, as no job is left.
        this.#hello.begin(nowMs, 0)
        return
      }
    }
  }

  #tick(nowMs: number): void {
    this.#hello.tick(nowMs)
    this.#deeds.tick(nowMs)
    this.#job.tick(nowMs)
    const { core, ready } = { core: this.#core, ready: this.#core.phase.kind === 'ready' && !this.#core.down }
    if (ready || this.#hello.asking) core.link.tick(nowMs)
    if (ready) this.#poll(nowMs)
  }

  #poll(nowMs: number): void {
    const { link } = this.#core
    if (nowMs >= this.#temperaturesDue() && link.mayAsk) {
      this.#temperaturesAt = nowMs
      link.say('M105')
    }
    if (nowMs >= this.#cardDue() && link.idle) {
      this.#cardAt = nowMs
      link.say('M27')
    }
  }

  /** Never behind a command that blocks: the answer would come when it is over. */
  #temperaturesDue(): number {
    const core = this.#core
    if (!core.can('AUTOREPORT_TEMP')) return this.#temperaturesAt + askTemperaturesMs
    return this.#job.id === undefined ? Math.max(this.#temperaturesAt, core.link.heardAt) + idleSilenceMs : Number.POSITIVE_INFINITY
  }

  #cardDue(): number {
    const core = this.#core
    return this.#job.id === undefined && (core.can('SDCARD') || core.foreign) ? this.#cardAt + askCardMs : Number.POSITIVE_INFINITY
  }

  #deadline(nowMs: number): number {
    const core = this.#core
    let at = Math.min(this.#hello.deadline, this.#deeds.deadline, this.#job.deadline)
    if (this.#hello.asking) return Math.min(at, core.link.deadline)
    if (core.phase.kind !== 'ready' || core.down) return at
    at = Math.min(at, core.link.deadline)
    // A poll that is due but must wait is looked at again a little later, not at once.
    return Math.min(at, Math.max(this.#temperaturesDue(), nowMs + 500), Math.max(this.#cardDue(), nowMs + 500))
  }

  #derive(nowMs: number): void {
    this.#core.stale = false
    const next = this.#now(Math.max(0, Math.round(nowMs)))
    if (sameState(next, this.#state) && this.#state.since > 0) return
    this.#state = next
    this.#core.report({ kind: 'state', state: next })
  }

  #now(since: number): MachineState {
    const core = this.#core
    const { phase } = core
    const id = this.#job.id
    const ofJob = id === undefined ? {} : { job: id }
    if (phase.kind === 'closed' || (phase.kind === 'lost' && core.offline)) {
      return { state: 'offline', since, ...(core.offline ? { fault: core.offline } : {}) }
    }
    if (core.down) return { state: 'down', since, fault: core.down }
    if (phase.kind !== 'ready') return { state: 'preparing', since, what: 'connecting' }
    const attention = this.#attention()
    if (attention) return { state: 'attention', since, ...ofJob, ...attention }
    const by = this.#job.pausedBy
    if (by) return { state: 'paused', since, ...ofJob, by }
    const wait = core.link.waiting
    // Our own M400 at a pause or at the end is no preparation.
    if (wait && wait.what !== 'other') return { state: 'preparing', since, ...ofJob, what: wait.what }
    if (id !== undefined) return { state: 'running', since, ...ofJob }
    if (core.foreign)
      return { state: 'foreign', since, ...(core.foreign.fraction === undefined ? {} : { fraction: core.foreign.fraction }) }
    return { state: 'ready', since }
  }

  #attention(): Omit<Extract<MachineState, { state: 'attention' }>, 'state' | 'since' | 'job'> | undefined {
    const core = this.#core
    const prompt = core.prompts.open
    if (core.runout && (prompt || core.personWanted || this.#job.step === 'held')) return { why: 'runout', ...(prompt ? { prompt } : {}) }
    if (prompt) return { why: 'prompt', prompt }
    if (core.personWanted) return { why: [M(0), M(1)].includes(core.link.waitingCode) ? 'program' : 'prompt' }
    return core.locked ? { why: 'locked' } : undefined
  }
}
