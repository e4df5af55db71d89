// Sits at the session's table: says what the machine says, lets time pass, and keeps what the session did.
import type { Deed } from '../../../protocols/contract/room.ts'
import type { Fault } from '../../../protocols/contract/words.ts'
import { createMarlinSession } from '../../../protocols/marlin/session.ts'
import type { ProgramCursor, ProgramLine, Session, SessionInput, SessionOptions, SessionReport } from '../../../protocols/session.ts'

export const printer: SessionOptions = {
  bootMs: 1000,
  windowLines: 1,
  windowBytes: 120,
  lineLengthMax: 95,
  quirks: [],
  constantPowerAllowed: true,
  machineKind: 'printer',
}

export type Introduction = {
  readonly firmware?: string
  readonly capabilities?: readonly string[]
  readonly settings?: readonly string[]
  readonly temperatures?: string
  /** What M27 answers. */
  readonly card?: string
  /** Whether M113 is known; it is, where not said. */
  readonly keepalive?: boolean
}

export const marlin21 = 'Marlin 2.1.2.4 (Dec  1 2023 12:00:00) SOURCE_CODE_URL:https://github.com/MarlinFirmware/Marlin'
export const cold = 'ok T:21.00 /0.00 B:20.50 /0.00 @:0 B@:0'

export class Desk {
  readonly session: Session
  now = 1_700_000_000_000
  /** Commands put on the wire, without number and checksum, in order; read and emptied by `said`. */
  #sent: string[] = []
  /** Frames as they went out. */
  readonly frames: string[] = []
  readonly urgent: string[] = []
  readonly order: string[] = []
  reports: SessionReport[] = []
  readonly reopened: string[] = []
  wakeAt = Number.POSITIVE_INFINITY
  #deeds = 0

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = createMarlinSession({ ...printer, ...options })
  }

  give(input: SessionInput): void {
    for (const effect of this.session.receive(input, this.now)) {
      switch (effect.kind) {
        case 'send':
        case 'sendNow': {
          const text = new TextDecoder('latin1').decode(effect.bytes)
          this.order.push(`${effect.kind} ${JSON.stringify(text)}`)
          if (effect.kind === 'sendNow') this.urgent.push(text)
          else {
            this.frames.push(text)
            for (const line of text.split('\n').slice(0, -1)) if (line !== '') this.#sent.push(unframed(line))
          }
          break
        }
        case 'dropUnsent':
          this.order.push('dropUnsent')
          break
        case 'wakeAt':
          this.wakeAt = effect.atMs
          break
        case 'reopen':
          this.reopened.push(effect.reason)
          break
        case 'report':
          this.reports.push(effect.report)
          break
      }
    }
  }

  /** Commands that went out since this was asked last. */
  said(): string[] {
    const sent = this.#sent
    this.#sent = []
    return sent
  }

  hear(...lines: string[]): void {
    for (const line of lines) this.give({ kind: 'line', line })
  }

  /** Time passes; alarms ring on the way. */
  pass(ms: number): void {
    const until = this.now + ms
    while (this.wakeAt <= until) {
      this.now = Math.max(this.now, this.wakeAt)
      this.wakeAt = Number.POSITIVE_INFINITY
      this.give({ kind: 'wake' })
    }
    this.now = until
  }

  /** From the opened port to `ready`, with a firmware that answers well. */
  hello(introduction: Introduction = {}): this {
    this.give({ kind: 'opened' })
    this.hear('start', 'echo: External Reset')
    return this.introduce(introduction)
  }

  introduce(introduction: Introduction = {}): this {
    for (let n = 0; n < 60; n++) {
      const said = this.said()
      if (said.length === 0) {
        if (!(this.session.state.state === 'preparing' && 'what' in this.session.state && this.session.state.what === 'connecting')) break
        this.pass(100)
      }
      for (const text of said) this.hear(...answersTo(text, introduction))
    }
    this.said()
    return this
  }

  /** Starts a job of these lines. */
  run(lines: readonly string[], job = 'job-00001'): void {
    this.give({ kind: 'run', job, cursor: cursorOf(lines) })
  }

  /** The fault with which a deed was answered, `undefined` for done, `'waiting'` for no answer yet. */
  deed(deed: Deed): Fault | undefined | 'waiting' {
    const id = `deed-${++this.#deeds}`
    this.give({ kind: 'deed', id, deed })
    return this.answerTo(id)
  }

  answerTo(id: string): Fault | undefined | 'waiting' {
    const answer = this.reports.find(report => report.kind === 'answer' && report.id === id)
    return answer?.kind === 'answer' ? answer.fault : 'waiting'
  }

  get lastDeed(): string {
    return `deed-${this.#deeds}`
  }

  /** Answers everything that is said with a plain ok, until nothing more is said. */
  obey(temperatures = cold): string[] {
    const all: string[] = []
    for (let said = this.said(); said.length > 0; said = this.said()) {
      for (const text of said) {
        all.push(text)
        this.hear(
          ...(text === 'M105' ? [temperatures] : text === 'M114' ? ['X:10.00 Y:20.00 Z:3.20 E:7.50 Count X:0 Y:0 Z:0', 'ok'] : ['ok']),
        )
      }
    }
    return all
  }

  get ended(): Extract<SessionReport, { kind: 'job-ended' }>['end'] | undefined {
    const report = this.reports.findLast(one => one.kind === 'job-ended')
    return report?.kind === 'job-ended' ? report.end : undefined
  }

  get faults(): string[] {
    return this.reports.flatMap(report => (report.kind === 'fault' ? [report.fault.code] : []))
  }

  /** States gone through, shortest names. */
  get states(): string[] {
    return this.reports.flatMap(report => (report.kind === 'state' ? [stateWords(report.state)] : []))
  }

  get state(): string {
    return stateWords(this.session.state)
  }
}

export function stateWords(state: Session['state']): string {
  switch (state.state) {
    case 'preparing':
      return `preparing ${state.what}`
    case 'attention':
      return `attention ${state.why}`
    case 'paused':
      return `paused ${state.by}`
    case 'down':
      return `down ${state.fault.code}`
    default:
      return state.state
  }
}

export function cursorOf(lines: readonly string[]): ProgramCursor {
  let at = 0
  let bytes = 0
  return {
    next(): ProgramLine | 'end' {
      const text = lines[at]
      if (text === undefined) return 'end'
      at++
      bytes += text.length + 1
      return { text, number: at, endByte: bytes }
    },
  }
}

function answersTo(text: string, { firmware, capabilities, settings, temperatures, card, keepalive }: Introduction): string[] {
  if (text.startsWith('M115')) {
    return [
      `FIRMWARE_NAME:${firmware ?? marlin21} PROTOCOL_VERSION:1.0 MACHINE_TYPE:Ender-3 EXTRUDER_COUNT:1 UUID:cede2a2f-41a2-4748-9b12-c55c62f367ff`,
      ...(capabilities ?? ['AUTOREPORT_TEMP']).map(name => (name.includes(':') ? `Cap:${name}` : `Cap:${name}:1`)),
      'ok',
    ]
  }
  if (text === 'M503') return [...(settings ?? ['echo:  M203 X500.00 Y500.00 Z5.00 E25.00']), 'ok']
  if (text === 'M105') return [temperatures ?? cold]
  if (text === 'M27') return [card ?? 'Not SD printing', 'ok']
  if (text === 'M113 S2' && keepalive === false) return ['echo:Unknown command: "M113 S2"', 'ok']
  return ['ok']
}

/** Number and checksum are checked as the firmware would, and taken off. */
export function unframed(line: string): string {
  const framed = /^N(-?\d+) (.*)\*(\d+)$/.exec(line)
  if (!framed) return line
  const [, , text = '', sum] = framed
  let xor = 0
  for (let i = 0; i < line.lastIndexOf('*'); i++) xor ^= line.charCodeAt(i)
  if (xor !== Number(sum)) throw new Error(`wrong checksum: ${line}`)
  if (line.length > 95) throw new Error(`too long for MAX_CMD_SIZE: ${line}`)
  return text
}
