// Makes acquaintance with a firmware: the banner waited out, the line count set, name, capabilities and settings asked.
import type { Firmware } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { Core } from './core.ts'
import { afterNewline, bareLine, frameLine } from './frame.ts'
import { coolLines } from './modes.ts'
import type { Heard } from './read.ts'
import { fault } from './words.ts'

/** Behind `start` come settings, card and version lines; the first words are better said into quiet. */
const bannerQuietMs = 400
const askMs = 1_500
const asksMax = 8
/** A firmware that lives but works (busy, temperatures) may not answer for a while. */
const asksWhileBusyMs = 10_000
const settleMs = 120
const settleMaxMs = 1_000
const settingsMax = 128
const bootLoopStarts = 5
const bootLoopMs = 60_000

type Step =
  | { readonly kind: 'none' }
  | { readonly kind: 'boot'; readonly until: number }
  | { readonly kind: 'greet'; readonly asks: number; readonly until: number }
  | { readonly kind: 'settle'; readonly until: number; readonly latest: number }
  | { readonly kind: 'ask' }

export class Hello {
  readonly #core: Core
  readonly #ended: (nowMs: number) => void
  #step: Step = { kind: 'none' }
  #fields: Record<string, string> = {}
  #settings: Record<string, string> = {}
  #starts: number[] = []
  #readable = 0
  #garbled = 0
  #busyAt = Number.NEGATIVE_INFINITY
  #coolOrphans = false
  #keepaliveRefused = false

  constructor(core: Core, ended: (nowMs: number) => void) {
    this.#core = core
    this.#ended = ended
  }

  get deadline(): number {
    const step = this.#step
    return step.kind === 'none' || step.kind === 'ask' ? Number.POSITIVE_INFINITY : step.until
  }

  /** While the settings are listed every `M203 …` line is an answer to us. */
  get asking(): boolean {
    return this.#step.kind === 'ask'
  }

  /** Waits for the banner up to `bootMs`, then asks; some greet nobody (native USB, network). */
  begin(nowMs: number, bootMs: number): void {
    const core = this.#core
    core.phase = { kind: 'hello' }
    core.forget()
    core.link.reset(nowMs, 'hello')
    this.#fields = {}
    this.#settings = {}
    core.capabilities = {}
    this.#readable = 0
    this.#garbled = 0
    this.#coolOrphans = true
    this.#step = { kind: 'boot', until: nowMs + bootMs }
  }

  end(): void {
    this.#step = { kind: 'none' }
  }

  /** The board has just booted, whatever we were at. */
  started(nowMs: number): void {
    this.begin(nowMs, bannerQuietMs)
    this.#starts = [...this.#starts.filter(at => nowMs - at < bootLoopMs), nowMs].slice(-bootLoopStarts)
    if (this.#starts.length === bootLoopStarts) {
      this.#starts = []
      this.#core.fault(fault('boot-loop'))
    }
  }

  /** A line before the firmware is known. */
  hear(heard: Heard, nowMs: number): void {
    const step = this.#step
    if (heard.kind === 'unknown') this.#garbled++
    else if (heard.kind !== 'blank') this.#readable++
    switch (step.kind) {
      case 'boot':
        // The banner is being printed: stay quiet until it has ended.
        if (heard.kind !== 'blank' && step.until - nowMs < bannerQuietMs && this.#readable < 60)
          this.#step = { kind: 'boot', until: nowMs + bannerQuietMs }
        return
      case 'greet':
        if (heard.kind === 'busy' || heard.kind === 'temperatures') this.#busyAt = nowMs
        // A Resend or a complaint is an answer, too; the second greeting sets the count right.
        if (heard.kind === 'ok' || heard.kind === 'resend' || heard.kind === 'line-error') {
          this.#say()
          this.#step = { kind: 'settle', until: nowMs + settleMaxMs, latest: nowMs + settleMaxMs }
        }
        return
      case 'settle':
        if (heard.kind === 'ok') this.#step = { ...step, until: Math.min(nowMs + settleMs, step.latest) }
        return
      case 'ask':
        this.#learn(heard)
        return
      case 'none':
        return
    }
  }

  tick(nowMs: number): void {
    const step = this.#step
    switch (step.kind) {
      case 'none':
      case 'ask':
        return
      case 'boot':
        if (nowMs >= step.until) this.#greet(nowMs, 1)
        return
      case 'greet':
        if (nowMs >= step.until) this.#again(step.asks, nowMs)
        return
      case 'settle':
        if (nowMs >= step.until) this.#ask(nowMs)
        return
    }
  }

  /** Noise at the opening eats the first greeting as a rule: it is said again until answered, and once more then. */
  #greet(nowMs: number, asks: number): void {
    this.#say()
    this.#step = { kind: 'greet', asks, until: nowMs + askMs }
  }

  #again(asks: number, nowMs: number): void {
    if (nowMs < this.#busyAt + asksWhileBusyMs) {
      this.#step = { kind: 'greet', asks, until: this.#busyAt + asksWhileBusyMs }
      if (asks < 3) this.#greet(nowMs, asks + 1)
      return
    }
    if (asks < asksMax) this.#greet(nowMs, asks + 1)
    else this.#giveUp(fault(this.#garbled > this.#readable ? 'wrong-baud' : 'no-answer'))
  }

  #giveUp(reason: Fault): void {
    const core = this.#core
    this.#step = { kind: 'none' }
    core.phase = { kind: 'lost' }
    core.offline = reason
    core.stale = true
    core.effects.push({ kind: 'reopen', reason: reason.code })
  }

  #say(): void {
    // Next line expected after this: N1 (Marlin takes the second N of `N0 M110 N0*125`).
    const line = this.#core.quirk('no-numbering') ? bareLine('M105') : frameLine(0, 'M110 N0')
    this.#core.send(afterNewline(line))
  }

  #ask(nowMs: number): void {
    const { link } = this.#core
    this.#step = { kind: 'ask' }
    link.reset(nowMs, 'hello')
    link.say('M115')
    // Settings behind the capabilities: by its ok all lines of M115 were heard, also from firmwares that acknowledge first.
    link.say('M503', (_, lost) => {
      if (lost === undefined) this.#introduce()
    })
  }

  #introduce(): void {
    const core = this.#core
    const { link } = core
    core.firmware = this.#firmware()
    core.tools = Math.max(1, Math.min(8, Number(this.#fields.EXTRUDER_COUNT ?? 1) || 1))
    core.modes.extruderFollows = core.firmware.family === 'marlin' && !/Marlin\D{0,3}1\./.test(core.firmware.name)
    if (core.firmware.family === 'repetier' || /^malyan/i.test(core.firmware.name)) link.keepNarrow()
    core.report({ kind: 'firmware', firmware: core.firmware })
    if (core.capabilities.THERMAL_PROTECTION === false) core.fault(fault('thermal-protection-off', 'Cap:THERMAL_PROTECTION:0'))
    this.#keepaliveRefused = false
    link.say('M113 S2', (_, lost) => {
      if (lost === undefined && !this.#keepaliveRefused) link.expectKeepalive()
    })
    if (core.can('AUTOREPORT_TEMP')) link.say('M155 S2')
    if (core.can('PROMPT_SUPPORT')) link.say('M876 P1')
    if (core.can('SDCARD')) link.say('M27')
    link.say('M105', (nowMs, lost) => {
      if (lost === undefined) this.#acquainted(nowMs)
    })
  }

  #acquainted(nowMs: number): void {
    const core = this.#core
    this.#step = { kind: 'none' }
    core.phase = { kind: 'ready' }
    core.offline = undefined
    core.down = undefined
    core.stale = true
    this.orphans()
    this.#ended(nowMs)
  }

  /**
   * Marlin keeps its targets for ever when a host dies: without a job of anybody's, heat that we find is switched off.
   * Judged on the first temperatures after the hello.
   */
  orphans(): void {
    const core = this.#core
    if (!this.#coolOrphans || core.phase.kind !== 'ready' || Object.keys(core.heaters).length === 0) return
    this.#coolOrphans = false
    if (core.foreign) return
    const hot = core.hot()
    if (hot.length === 0) return
    const detail = hot.map(name => `${name} ${core.heaters[name]?.target}`).join(', ')
    core.fault(fault('heaters-left-on', detail))
    for (const line of coolLines(core.tools)) core.link.say(line)
    if (hot.includes('chamber')) core.link.say('M141 S0')
  }

  /** Heat from now on is ours. */
  own(): void {
    this.#coolOrphans = false
  }

  #learn(heard: Heard): void {
    switch (heard.kind) {
      case 'firmware':
        this.#fields = { ...this.#fields, ...heard.fields }
        return
      case 'capability':
        this.#core.capabilities[heard.name] = heard.on
        return
      case 'setting': {
        if (Object.keys(this.#settings).length >= settingsMax) return
        // M145 S0 …, M145 S1 …: the second of a name is known by its first word.
        const key = this.#settings[heard.code] === undefined ? heard.code : `${heard.code} ${heard.value.split(' ')[0]}`
        this.#settings[key] = heard.value
        return
      }
      case 'unknown-command':
        if (heard.command.startsWith('M113')) this.#keepaliveRefused = true
        return
      default:
        return
    }
  }

  #firmware(): Firmware {
    const fields = this.#fields
    const said = fields.FIRMWARE_NAME ?? ''
    // Marlin 2.1.2.4 (Dec  1 2023 12:00:00)
    const name = said.replace(/\s*\(.*$/, '').trim()
    const version = fields.FIRMWARE_VERSION
    const machine = fields.MACHINE_TYPE
    const uuid = fields.UUID
    return {
      name: name === '' ? 'unknown' : version && !name.includes(version) ? `${name} ${version}` : name,
      family: familyOf(said),
      ...(machine ? { machine } : {}),
      ...(uuid ? { uuid } : {}),
      capabilities: { ...this.#core.capabilities },
      settings: { ...this.#settings },
    }
  }
}

function familyOf(name: string): Firmware['family'] {
  if (/prusa/i.test(name)) return 'prusa'
  if (/repetier/i.test(name)) return 'repetier'
  if (/klipper/i.test(name)) return 'klipper'
  return /marlin/i.test(name) ? 'marlin' : 'unknown-marlin'
}
