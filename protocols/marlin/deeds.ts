// What a person can ask of the machine at once, told in Marlin's words. Each deed is answered once.
import type { Deed } from '../contract/room.ts'
import type { Fault } from '../contract/words.ts'
import { codeOf, M } from './codes.ts'
import type { Core } from './core.ts'
import { bareLine, framedLength, frameLine } from './frame.ts'
import type { Hello } from './hello.ts'
import type { JobLife } from './job.ts'
import { fault } from './words.ts'

/** The order to stop is said again until the firmware says that it halted: noise may have eaten it. */
const stopAgainMs = 250
const stopTimes = 5
const stopConfirmMs = 5_000

export class Deeds {
  readonly #core: Core
  readonly #job: JobLife
  readonly #hello: Hello
  #stopping: { times: number; nextAt: number; readonly latestAt: number } | undefined
  #homing = 0

  constructor(core: Core, job: JobLife, hello: Hello) {
    this.#core = core
    this.#job = job
    this.#hello = hello
  }

  get deadline(): number {
    return this.#stopping?.nextAt ?? Number.POSITIVE_INFINITY
  }

  get homing(): boolean {
    return this.#homing > 0
  }

  perform(id: string, deed: Deed, nowMs: number): void {
    const core = this.#core
    const refused = this.#refusal(deed)
    if (refused) {
      core.answer(id, refused)
      return
    }
    switch (deed.kind) {
      case 'stop':
        this.#stop(nowMs)
        core.answer(id)
        return
      case 'pause':
        core.answer(id, this.#job.pause('person'))
        return
      case 'resume':
        core.answer(id, this.#job.resume(nowMs))
        return
      case 'cancel':
        core.answer(id, this.#job.cancel('ordered by a person', nowMs))
        return
      case 'reset':
        this.#reset('reset asked')
        core.answer(id)
        return
      case 'unlock':
        core.answer(id, this.#unlock(nowMs))
        return
      case 'answer':
        core.answer(id, this.#choose(deed.choice, nowMs))
        return
      case 'home':
        core.modes.homed = true
        this.#homing++
        core.stale = true
        this.#say(id, ['G28', 'M114'], () => {
          this.#homing = Math.max(0, this.#homing - 1)
          core.stale = true
        })
        return
      case 'jog':
        this.#say(id, this.#jogLines(deed))
        return
      case 'frame':
        core.answer(id, fault('unsupported-frame'))
        return
      case 'override':
        this.#override(id, deed)
        return
      case 'heat':
        this.#heat(id, deed)
        return
      case 'console':
        this.#console(id, deed.line)
        return
    }
  }

  tick(nowMs: number): void {
    const stopping = this.#stopping
    if (!stopping || nowMs < stopping.nextAt) return
    if (nowMs >= stopping.latestAt) {
      this.#stopping = undefined
      this.#core.fault(fault('stop-unconfirmed'))
      return
    }
    if (stopping.times < stopTimes) {
      stopping.times++
      this.#core.sendNow('M112')
    }
    stopping.nextAt = stopping.times < stopTimes ? nowMs + stopAgainMs : stopping.latestAt
  }

  /** The firmware said that it halted, or its board started anew. */
  halted(): void {
    this.#stopping = undefined
  }

  #refusal(deed: Deed): Fault | undefined {
    const { phase, down, foreign } = this.#core
    if (phase.kind === 'closed' || phase.kind === 'lost') return deed.kind === 'reset' ? undefined : fault('not-connected')
    if (deed.kind === 'stop') return undefined
    if (down) return deed.kind === 'reset' || deed.kind === 'unlock' ? undefined : fault('down', down.code)
    if (phase.kind === 'hello') return deed.kind === 'reset' ? undefined : fault('not-connected')
    const step = this.#job.step
    switch (deed.kind) {
      case 'reset':
      case 'home':
        return step ? fault('job-running') : foreign ? fault('foreign') : undefined
      case 'jog':
        return step && step !== 'paused' ? fault('job-running') : foreign ? fault('foreign') : undefined
      default:
        return undefined
    }
  }

  /**
   * M112 by the emergency parser, ahead of everything: motors and heaters off, the firmware halts until a reset. M410 would
   * leave the ring's lines to run on. Raw first (it acts in the receive interrupt), then numbered, as the line may be
   * the only form an old firmware takes; without the parser it acts when the command before it has ended, and we say so.
   */
  #stop(nowMs: number): void {
    const core = this.#core
    core.effects.push({ kind: 'dropUnsent' })
    core.sendNow('M112')
    core.send(core.quirk('no-numbering') ? bareLine('M112') : frameLine(core.link.nextNumber, 'M112'))
    core.send(bareLine('M104 S0'))
    core.send(bareLine('M140 S0'))
    core.down = fault('stopped-by-order')
    core.stale = true
    this.#stopping = { times: 1, nextAt: nowMs + stopAgainMs, latestAt: nowMs + stopConfirmMs }
    this.#hello.end()
    core.phase = { kind: 'ready' }
    this.#job.end('cancelled', 'stopped by order: M112 sent ahead of everything', nowMs, core.down)
    core.link.reset(nowMs, 'stopped')
  }

  #reset(reason: string): void {
    const core = this.#core
    // Revives a firmware that only stopped; a halted one needs the reset that opening the port gives to most boards.
    if (core.phase.kind === 'ready' || core.phase.kind === 'hello') core.sendNow('M999')
    core.phase = { kind: 'lost' }
    core.stale = true
    this.#stopping = undefined
    this.#hello.end()
    core.effects.push({ kind: 'reopen', reason })
  }

  #unlock(nowMs: number): Fault | undefined {
    const core = this.#core
    if (core.down?.code === 'stopped') {
      core.sendNow('M999')
      core.down = undefined
      this.#hello.begin(nowMs, 500)
      return undefined
    }
    if (core.down) return fault('down', core.down.code)
    return core.locked ? fault('locked') : fault('nothing-to-unlock')
  }

  #choose(choice: number, nowMs: number): Fault | undefined {
    const core = this.#core
    if (!core.prompts.open && !core.personWanted) return fault('no-prompt')
    if (core.can('PROMPT_SUPPORT')) core.link.sayNow(`M876 S${choice}`, nowMs)
    else if (core.can('EMERGENCY_PARSER')) core.link.sayNow('M108', nowMs)
    else return fault('press-button')
    return undefined
  }

  #jogLines(deed: Extract<Deed, { kind: 'jog' }>): readonly string[] {
    const axes = (['x', 'y', 'z'] as const).flatMap(axis => {
      const by = deed[axis]
      return by === undefined || by === 0 ? [] : [`${axis.toUpperCase()}${plain(by)}`]
    })
    if (axes.length === 0) return ['M114']
    const { modes } = this.#core
    // A feed rate of ours would stay for the program's next move without its own.
    const feed = modes.feed
    return [
      'G21',
      'G91',
      `G1 ${axes.join(' ')} F${plain(deed.feed)}`,
      ...modes.restore(),
      ...(feed === undefined ? [] : [`G1 F${feed}`]),
      'M400',
      'M114',
    ]
  }

  #override(id: string, deed: Extract<Deed, { kind: 'override' }>): void {
    const core = this.#core
    const lines = [
      ...(deed.feed === undefined ? [] : [`M220 S${Math.round(deed.feed)}`]),
      ...(deed.power === undefined ? [] : [`M221 S${Math.round(deed.power)}`]),
    ]
    if (lines.length === 0) {
      core.answer(id, fault('unsupported-override'))
      return
    }
    this.#say(id, lines, () => {
      const feed = deed.feed ?? core.overrides.feed
      const power = deed.power ?? core.overrides.power
      core.overrides = power === undefined ? { feed } : { feed, power }
      core.telemetry({ overrides: core.overrides })
    })
  }

  #heat(id: string, deed: Extract<Deed, { kind: 'heat' }>): void {
    const target = Math.round(deed.target)
    const tool = /^nozzle(\d*)$/.exec(deed.heater)
    const line =
      !Number.isFinite(target) || target < 0
        ? undefined
        : tool
          ? `M104 ${tool[1] ? `T${tool[1]} ` : ''}S${target}`
          : deed.heater === 'bed'
            ? `M140 S${target}`
            : deed.heater === 'chamber'
              ? `M141 S${target}`
              : undefined
    if (line === undefined) {
      this.#core.answer(id, fault('unknown-heater', deed.heater))
      return
    }
    this.#hello.own()
    this.#say(id, [line])
  }

  #console(id: string, typed: string): void {
    const core = this.#core
    const line = typed.trim()
    const code = codeOf(line)
    const tooLong = framedLength(core.link.nextNumber, line) > core.options.lineLengthMax
    // M110 would break the count; M112 and M999 have deeds of their own; `*`, `;` and what is not ASCII break the line.
    if (
      line === '' ||
      tooLong ||
      !/^[\x21-\x7e][\x20-\x7e]*$/.test(line) ||
      /[*;]|M110/i.test(line) ||
      code === M(112) ||
      code === M(999)
    ) {
      core.answer(id, fault('bad-line', line.slice(0, 120)))
      return
    }
    core.consoles++
    this.#hello.own()
    core.modes.follow(code, line)
    this.#say(id, [line], () => {
      core.consoles = Math.max(0, core.consoles - 1)
    })
  }

  /** Says the lines; the deed is answered with the ok of the last. `ended` runs in any case. */
  #say(id: string, lines: readonly string[], ended?: () => void): void {
    const core = this.#core
    lines.forEach((line, index) => {
      if (index < lines.length - 1) core.link.say(line)
      else
        core.link.say(line, (_, lost) => {
          ended?.()
          core.answer(id, lost === undefined ? undefined : fault('lost', lost))
        })
    })
  }
}

/** At most four decimals, never in exponents: `1e-7` is no number to Marlin. */
const plain = (value: number) => String(Number(value.toFixed(4)))
