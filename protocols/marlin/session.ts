// The Marlin family's session: what is heard and asked goes in, effects come out (protocols/session.ts).
import type { Firmware, MachineState } from '../contract/machine.ts'
import type { Effect, Session, SessionInput, SessionOptions } from '../session.ts'
import { hearAction, hearCard, hearUnknownCommand } from './actions.ts'
import { moves } from './codes.ts'
import { Core } from './core.ts'
import { Deeds } from './deeds.ts'
import { Hello } from './hello.ts'
import { JobLife } from './job.ts'
import { Polls } from './polls.ts'
import type { Heard } from './read.ts'
import { readLine } from './read.ts'
import { sameState, stateOf } from './state.ts'
import { fault, haltFault } from './words.ts'
import type { Trouble } from './world.ts'

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
  readonly #polls: Polls
  #state: MachineState = { state: 'offline', since: 0 }
  #armedAt = Number.POSITIVE_INFINITY
  /** `Error:` stood alone: what it is about comes on the next line (split kill messages). */
  #errorOpen = false
  /** The stump of an ok that was cut in two. */
  #halfOk = false

  constructor(options: SessionOptions) {
    const core = new Core(options, {
      take: nowMs => this.#job.take(nowMs),
      atRest: () => this.#atRest,
      acked: (said, nowMs) => {
        if (moves(said.code)) core.moved(nowMs)
        this.#job.acked(said, nowMs)
      },
      trouble: (trouble, nowMs, detail) => this.#trouble(trouble, nowMs, detail),
    })
    this.#core = core
    this.#job = new JobLife(core)
    this.#polls = new Polls(core, this.#job)
    this.#hello = new Hello(core, nowMs => this.#polls.begin(nowMs))
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

  #run({ job, cursor, button }: Extract<SessionInput, { kind: 'run' }>, nowMs: number): void {
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
              : button
                ? 'no-button'
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
        core.standsAt(heard.position, nowMs)
        this.#oks(heard.count, nowMs)
        return
      case 'firmware':
      case 'capability':
      case 'setting':
      case 'blank':
        return
      case 'card':
        hearCard(core, this.#job, heard.printing, heard.fraction)
        return
      case 'action':
        hearAction(core, this.#job, heard.action, line, nowMs)
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
        hearUnknownCommand(core, this.#job, heard.command)
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

  /** Before the hello is over moves of an earlier job may still run, and a print from the card is none of our jobs. */
  get #atRest(): boolean {
    const core = this.#core
    if (core.phase.kind !== 'ready' || this.#job.id !== undefined || core.foreign) return false
    return core.can('AUTOREPORT_TEMP') || core.link.saysBusy
  }

  #tick(nowMs: number): void {
    this.#hello.tick(nowMs)
    this.#deeds.tick(nowMs)
    this.#job.tick(nowMs)
    const core = this.#core
    const ready = core.phase.kind === 'ready' && !core.down
    if (ready || this.#hello.asking) core.link.tick(nowMs)
    if (ready) this.#polls.tick(nowMs)
  }

  #deadline(nowMs: number): number {
    const core = this.#core
    let at = Math.min(this.#hello.deadline, this.#deeds.deadline, this.#job.deadline)
    if (this.#hello.asking) return Math.min(at, core.link.deadline)
    if (core.phase.kind !== 'ready' || core.down) return at
    at = Math.min(at, core.link.deadline)
    // A question that is due but must wait is looked at again a little later, not at once.
    return Math.min(at, Math.max(this.#polls.deadline, nowMs + 500))
  }

  #derive(nowMs: number): void {
    this.#core.stale = false
    const next = stateOf(this.#core, this.#job, Math.max(0, Math.round(nowMs)))
    if (sameState(next, this.#state) && this.#state.since > 0) return
    this.#state = next
    if (next.state === 'foreign') this.#core.left()
    this.#core.report({ kind: 'state', state: next })
  }
}
