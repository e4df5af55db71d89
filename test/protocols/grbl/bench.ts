// A Grbl session on a bench: a hand that feeds it lines and time, and a record of what it sent and reported.
import type { Deed } from '../../../protocols/contract/room.ts'
import { createGrblSession } from '../../../protocols/grbl/session.ts'
import type { Effect, ProgramCursor, Session, SessionInput, SessionOptions, SessionReport } from '../../../protocols/session.ts'

const defaults: SessionOptions = {
  bootMs: 2000,
  windowLines: 1,
  windowBytes: 120,
  lineLengthMax: 79,
  quirks: [],
  constantPowerAllowed: true,
  machineKind: 'mill',
}

export const banners = {
  grbl: "Grbl 1.1h ['$' for help]",
  grblhal: "GrblHAL 1.1f ['$' or '$HELP' for help]",
  fluidnc: "Grbl 3.7 [FluidNC v3.7.16 (esp32-wifi) '$' for help]",
} as const
export type Flavour = keyof typeof banners

const settings = ['$10=3', '$13=0', '$22=1', '$30=1000', '$31=0', '$110=5000.000', '$130=300.000']
const parser = '[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]'

/** What each firmware answers to the questions of the hello, the final ok left out. */
export const answers: Record<Flavour, Record<string, string[]>> = {
  grbl: {
    $I: ['[VER:1.1h.20190825:]', '[OPT:V,15,128]'],
    $$: ['$32=0', ...settings],
    $G: [parser],
    '$#': ['[G54:0.000,0.000,0.000]', '[TLO:0.000]'],
  },
  grblhal: {
    $I: [
      '[VER:1.1f.20240817:]',
      '[OPT:VNML+,100,1024,3,0]',
      '[AXS:3:XYZ]',
      '[NEWOPT:ENUMS,RT+,TC,SED]',
      '[FIRMWARE:grblHAL]',
      '[DRIVER:Simulator]',
    ],
    $$: ['$32=0', ...settings],
    $G: [parser],
    '$#': ['[G54:0.000,0.000,0.000]'],
    $EE: ['[ERRORCODE:2||Bad number]', '[ERRORCODE:95||The moon is in the wrong phase.]'],
    $EA: ['[ALARMCODE:31||The roof is leaking.]'],
  },
  fluidnc: {
    $I: ['[VER:3.7 FluidNC v3.7.16 (esp32-wifi):]', '[OPT:MPHS]', '[MSG: Machine: Laser of school 7]'],
    $$: settings,
    $G: [parser],
    '$#': ['[G54:0.000,0.000,0.000]'],
  },
}

const realtimeNames: Readonly<Record<number, string>> = { 24: '0x18', 33: '!', 63: '?', 126: '~' }

function cursorOf(lines: readonly string[]): ProgramCursor {
  let at = 0
  let endByte = 0
  return {
    next() {
      const text = lines[at]
      if (text === undefined) return 'end'
      at++
      endByte += text.length + 1
      return { text, number: at, endByte }
    },
  }
}

export class Bench {
  readonly session: Session
  readonly reports: SessionReport[] = []
  /** Everything sent, in order: lines as text, realtime bytes by name. */
  sent: string[] = []
  /** Raw pieces, with how they were sent. */
  readonly pieces: { how: 'send' | 'sendNow'; bytes: Uint8Array }[] = []
  dropped = 0
  reopened: string[] = []
  nowMs = 1_700_000_000_000
  #wakeAtMs = Number.POSITIVE_INFINITY
  #deeds = 0
  #line = ''

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = createGrblSession({ ...defaults, ...options })
  }

  input(input: SessionInput): readonly Effect[] {
    const effects = this.session.receive(input, this.nowMs)
    for (const effect of effects) this.#note(effect)
    return effects
  }

  hear(...lines: readonly string[]): void {
    for (const line of lines) this.input({ kind: 'line', line })
  }

  /** Lets the time pass, waking the session whenever it asked for it. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms
    for (let wakes = 0; this.#wakeAtMs <= endMs; wakes++) {
      if (wakes > 10_000) throw new Error('the session wakes without end')
      this.nowMs = Math.max(this.nowMs, this.#wakeAtMs)
      this.#wakeAtMs = Number.POSITIVE_INFINITY
      this.input({ kind: 'wake' })
    }
    this.nowMs = endMs
  }

  /** What was sent since the last call. */
  takeSent(): string[] {
    const sent = this.sent
    this.sent = []
    return sent
  }

  /** Sent since the last call, without status queries. */
  takeOrders(): string[] {
    return this.takeSent().filter(piece => piece !== '?')
  }

  deed(deed: Deed): string {
    const id = `deed-${++this.#deeds}`
    this.input({ kind: 'deed', id, deed })
    return id
  }

  run(lines: readonly string[], allowConstantPower = false, button = false): string {
    this.input({ kind: 'run', job: 'job-0001', cursor: cursorOf(lines), allowConstantPower, button })
    return 'job-0001'
  }

  all<Kind extends SessionReport['kind']>(kind: Kind): Extract<SessionReport, { kind: Kind }>[] {
    return this.reports.filter((report): report is Extract<SessionReport, { kind: Kind }> => report.kind === kind)
  }

  get ends(): Extract<SessionReport, { kind: 'job-ended' }>['end'][] {
    return this.all('job-ended').map(report => report.end)
  }

  answersOf(id: string): (string | undefined)[] {
    return this.all('answer')
      .filter(answer => answer.id === id)
      .map(answer => answer.fault?.code)
  }

  /** Answers the questions of the hello as that firmware would, until no more come. */
  identify(flavour: Flavour, overrides: Record<string, string[]> = {}): void {
    for (let turn = 0; turn < 40; turn++) {
      let asked = false
      for (const piece of this.takeSent()) {
        if (piece === '?') this.hear('<Idle|MPos:0.000,0.000,0.000|FS:0,0>')
        const answer = overrides[piece] ?? answers[flavour][piece]
        if (answer === undefined) continue
        asked = true
        this.hear(...answer, 'ok')
      }
      if (asked || this.sent.length > 0) continue
      if (this.session.state.state === 'ready') return
      this.pass(250)
    }
    throw new Error(`never became ready: ${JSON.stringify(this.session.state)}`)
  }

  /** A machine connected, greeted, identified and idle. */
  static ready(flavour: Flavour, options: Partial<SessionOptions> = {}, overrides: Record<string, string[]> = {}): Bench {
    const bench = new Bench(options)
    bench.input({ kind: 'opened' })
    bench.hear('', banners[flavour])
    bench.identify(flavour, overrides)
    return bench
  }

  #note(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
      case 'sendNow':
        this.pieces.push({ how: effect.kind, bytes: effect.bytes })
        this.#read(effect.bytes, effect.kind)
        return
      case 'dropUnsent':
        this.dropped++
        return
      case 'wakeAt':
        this.#wakeAtMs = effect.atMs
        return
      case 'reopen':
        this.reopened.push(effect.reason)
        return
      case 'report':
        this.reports.push(effect.report)
    }
  }

  #read(bytes: Uint8Array, how: 'send' | 'sendNow'): void {
    for (const byte of bytes) {
      if (how === 'sendNow') this.sent.push(realtimeNames[byte] ?? `0x${byte.toString(16)}`)
      else if (byte === 0x0a) {
        this.sent.push(this.#line)
        this.#line = ''
      } else this.#line += String.fromCharCode(byte)
    }
  }
}
