// A small independent model of Marlin's command queue (queue.cpp get_serial_commands), to hold the session against.
// It knows nothing of the session: bytes in, bytes out, at the times a UART and a busy main loop would make of them.

export type FirmwareHabits = {
  /** New Marlin drops a line it has just had without a word; old Marlin complains and asks for the next. */
  readonly duplicates: 'silent' | 'error'
  /** Marlin 1.1/2.0 and Prusa send `ok` behind `Resend:`. */
  readonly okAfterResend: boolean
  readonly advancedOk: boolean
  readonly keepalive: boolean
  readonly autoTemperature: boolean
  /** `wait` once a second while the queue is empty. */
  readonly waits: boolean
}

export const ring = 4
const receiveBytes = 128
const keepaliveMs = 2000

export type Executed = { readonly text: string; readonly number: number | undefined }

export class QueueModel {
  readonly executed: (entry: Executed) => void
  lastN = 0
  overruns = 0
  #rx = ''
  #line = ''
  readonly #queue: { text: string; number: number | undefined }[] = []
  #busyUntil = 0
  #executing = false
  #keepaliveAt = Number.POSITIVE_INFINITY
  #reportAt = Number.POSITIVE_INFINITY
  #waitAt = Number.POSITIVE_INFINITY
  readonly #habits: FirmwareHabits
  readonly #say: (text: string, nowMs: number) => void
  readonly #durationMs: (text: string) => number

  constructor(
    habits: FirmwareHabits,
    say: (text: string, nowMs: number) => void,
    durationMs: (text: string) => number,
    executed: (entry: Executed) => void,
  ) {
    this.#habits = habits
    this.#say = say
    this.#durationMs = durationMs
    this.executed = executed
  }

  /** When something happens by itself next. */
  get nextAt(): number {
    return Math.min(this.#executing ? this.#busyUntil : Number.POSITIVE_INFINITY, this.#keepaliveAt, this.#reportAt, this.#waitAt)
  }

  receive(bytes: string, nowMs: number): void {
    this.#waitAt = this.#habits.waits ? nowMs + 1000 : Number.POSITIVE_INFINITY
    this.#rx += bytes
    this.#read(nowMs)
    if (this.#rx.length > receiveBytes) {
      // The interrupt throws away what does not fit.
      this.overruns += this.#rx.length - receiveBytes
      this.#rx = this.#rx.slice(0, receiveBytes)
    }
  }

  tick(nowMs: number): void {
    if (this.#executing && nowMs >= this.#busyUntil) {
      const done = this.#queue.shift()
      this.#executing = false
      this.#keepaliveAt = Number.POSITIVE_INFINITY
      if (done) this.#finish(done, nowMs)
      this.#read(nowMs)
      this.#next(nowMs)
    }
    if (nowMs >= this.#keepaliveAt) {
      this.#keepaliveAt = nowMs + keepaliveMs
      this.#say('echo:busy: processing\n', nowMs)
    }
    if (nowMs >= this.#reportAt) {
      this.#reportAt = nowMs + 2000
      this.#say(' T:210.04 /210.00 B:60.02 /60.00 @:85 B@:31\n', nowMs)
    }
    if (nowMs >= this.#waitAt) {
      this.#waitAt = nowMs + 1000
      if (this.#queue.length === 0) this.#say('wait\n', nowMs)
    }
  }

  /** Reads while the ring has room; the rest stays in the receive buffer. */
  #read(nowMs: number): void {
    while (this.#queue.length < ring && this.#rx.length > 0) {
      const end = this.#rx.search(/[\n\r]/)
      if (end < 0) {
        this.#line += this.#rx
        this.#rx = ''
        return
      }
      const line = this.#line + this.#rx.slice(0, end)
      this.#line = ''
      this.#rx = this.#rx.slice(end + 1)
      this.#take(line, nowMs)
    }
  }

  #take(raw: string, nowMs: number): void {
    const line = raw.replace(/^ +/, '').slice(0, 95)
    if (line === '') return
    let number: number | undefined
    if (line[0] === 'N') {
      number = Number.parseInt(line.slice(1), 10)
      const m110 = line.includes('M110')
      if (m110) {
        const second = line.indexOf('N', line.indexOf('M110'))
        if (second > 0) number = Number.parseInt(line.slice(second + 1), 10)
      } else if (number === this.lastN || number === this.lastN - 1) {
        if (this.#habits.duplicates === 'silent') return
        this.#refuse('Line Number is not Last Line Number+1', nowMs)
        return
      }
      if (!m110 && number !== this.lastN + 1) {
        this.#refuse('Line Number is not Last Line Number+1', nowMs)
        return
      }
      const star = line.lastIndexOf('*')
      if (star < 0) {
        this.#refuse('No Checksum with line number', nowMs)
        return
      }
      let sum = 0
      for (let i = 0; i < star; i++) sum ^= line.charCodeAt(i) & 0xff
      if (Number.parseInt(line.slice(star + 1), 10) !== sum) {
        this.#refuse('checksum mismatch', nowMs)
        return
      }
      this.lastN = number
    }
    const text = line.replace(/^N-?\d+ */, '').replace(/\*.*$/, '')
    this.#queue.push({ text, number })
    this.#next(nowMs)
  }

  #refuse(why: string, nowMs: number): void {
    // Printing takes longer than the rest of a line takes to arrive; all of it is thrown away.
    this.#rx = ''
    this.#line = ''
    this.#say(`Error:${why}, Last Line: ${this.lastN}\n`, nowMs)
    this.#say(`Resend: ${this.lastN + 1}\n`, nowMs)
    if (this.#habits.okAfterResend) this.#say('ok\n', nowMs)
  }

  #next(nowMs: number): void {
    const first = this.#queue[0]
    if (this.#executing || !first) return
    this.#executing = true
    this.#busyUntil = nowMs + this.#durationMs(first.text)
    if (this.#habits.keepalive && this.#busyUntil > nowMs + keepaliveMs) this.#keepaliveAt = nowMs + keepaliveMs
  }

  #finish({ text, number }: { text: string; number: number | undefined }, nowMs: number): void {
    this.executed({ text, number })
    if (text.startsWith('M105')) {
      this.#say('ok T:210.04 /210.00 B:60.02 /60.00 @:85 B@:31\n', nowMs)
      return
    }
    if (text.startsWith('M115')) {
      this.#say(
        'FIRMWARE_NAME:Marlin 2.1.2 (Dec  1 2023) SOURCE_CODE_URL:https://x PROTOCOL_VERSION:1.0 MACHINE_TYPE:Model EXTRUDER_COUNT:1\n',
        nowMs,
      )
      if (this.#habits.autoTemperature) this.#say('Cap:AUTOREPORT_TEMP:1\n', nowMs)
    } else if (text.startsWith('M503')) this.#say('echo:  M203 X500.00 Y500.00 Z5.00 E25.00\n', nowMs)
    else if (text.startsWith('M155')) this.#reportAt = nowMs + 2000
    else if (!/^[GM]\d/.test(text)) this.#say(`echo:Unknown command: "${text}"\n`, nowMs)
    const place = number === undefined ? '' : ` N${number}`
    this.#say(this.#habits.advancedOk ? `ok${place} P15 B${ring - 1 - Math.min(this.#queue.length, ring - 1)}\n` : 'ok\n', nowMs)
  }
}
