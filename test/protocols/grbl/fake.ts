// A controller of a few lines for property tests: a receive buffer that tells of its overruns, a planner that only counts, realtime bytes.
import { answers, banners, type Flavour } from './bench.ts'

export type FakeState = 'Idle' | 'Run' | 'Hold:1' | 'Hold:0' | 'Door:2' | 'Door:0' | 'Alarm'

/** Bytes that the session may put on the wire besides printable ASCII and newline. */
const realtimeAllowed = new Set([0x18, 0x21, 0x3f, 0x7e, 0x84, 0x85, ...range(0x90, 0x9d), 0xa3])

export class Fake {
  readonly flavour: Flavour
  readonly bufferBytes: number
  state: FakeState = 'Idle'
  /** Lines the controller has carried out. */
  readonly executed: string[] = []
  /** What went wrong on our side: overruns, bytes that must not come. */
  readonly complaints: string[] = []
  /** Heard by the host, oldest first; a test lets them through as it likes. */
  readonly replies: string[] = []
  mostBytes = 0
  #buffer = ''
  #locked = false
  /** M0 is being carried out: its ok comes with the cycle start. */
  #paused = false

  constructor(flavour: Flavour, bufferBytes: number) {
    this.flavour = flavour
    this.bufferBytes = bufferBytes
  }

  receive(bytes: Uint8Array, how: 'send' | 'sendNow'): void {
    for (const byte of bytes) {
      if (how === 'sendNow') this.#realtime(byte)
      else if (byte === 0x0a || (byte >= 0x20 && byte <= 0x7d && byte !== 0x21 && byte !== 0x3f)) {
        this.#buffer += String.fromCharCode(byte)
        if (this.#buffer.length > this.bufferBytes) this.complaints.push(`overrun: ${this.#buffer.length}`)
      } else this.complaints.push(`byte ${byte} in a line`)
    }
    this.mostBytes = Math.max(this.mostBytes, this.#buffer.length)
  }

  /** One turn of its main loop: takes a line where one is whole, else finishes its motion. */
  turn(): void {
    if (this.state === 'Hold:1') this.state = 'Hold:0'
    else if (this.state === 'Door:2') this.state = 'Door:0'
    if (this.state === 'Hold:0' || this.state === 'Door:0') return
    const end = this.#buffer.indexOf('\n')
    if (end < 0) {
      if (this.state === 'Run') this.state = 'Idle'
      return
    }
    const line = this.#buffer.slice(0, end)
    const alone = end === this.#buffer.length - 1
    this.#buffer = this.#buffer.slice(end + 1)
    this.#carryOut(line, alone)
  }

  /** Its own start button: the same as `~` from the wire (Grbl, system.c). */
  press(): void {
    this.#start()
  }

  /** Something happens that nobody asked for. */
  stumble(kind: 'banner' | 'alarm' | 'error' | 'garbage'): void {
    if (kind === 'garbage') this.replies.push('o\u00ff', '\u0000\u0081', '<Ru')
    else if (kind === 'banner') this.#restart('Idle')
    else if (kind === 'alarm') {
      this.state = 'Alarm'
      this.#buffer = ''
      this.replies.push('ALARM:1')
    } else this.#locked = true
  }

  #carryOut(line: string, alone: boolean): void {
    if (line === 'M0' && this.state !== 'Alarm' && !this.#locked) {
      this.state = 'Hold:0'
      this.#paused = true
      return
    }
    const answer = answers[this.flavour][line]
    if (answer !== undefined) this.replies.push(...answer, 'ok')
    else if (this.state === 'Alarm') this.replies.push('error:9')
    else if (this.#locked) {
      this.replies.push('error:20')
      this.#locked = this.flavour === 'grblhal'
    } else {
      if (line === '') this.complaints.push('a blank line')
      if (line === 'G10 L2 P1 X0' && !alone) this.complaints.push('bytes beside an EEPROM write')
      this.executed.push(line)
      this.state = line.startsWith('G4') ? 'Idle' : 'Run'
      this.replies.push('ok')
    }
  }

  #realtime(byte: number): void {
    if (!realtimeAllowed.has(byte)) this.complaints.push(`realtime byte ${byte}`)
    const moves = this.state === 'Run' || this.state === 'Idle'
    if (byte === 0x3f) this.replies.push(`<${this.state}|MPos:0.000,0.000,0.000|FS:0,0>`)
    else if (byte === 0x18) this.#restart(this.state === 'Run' || this.state === 'Alarm' ? 'Alarm' : 'Idle')
    else if (byte === 0x21 && moves) this.state = 'Hold:1'
    else if (byte === 0x84 && moves) this.state = 'Door:2'
    else if (byte === 0x7e) this.#start()
  }

  #start(): void {
    if (this.state !== 'Hold:0' && this.state !== 'Door:0') return
    this.state = this.#paused ? 'Idle' : 'Run'
    if (this.#paused) this.replies.push('ok')
    this.#paused = false
  }

  #restart(state: FakeState): void {
    if (this.state === 'Run') this.replies.push('ALARM:3')
    this.state = state
    this.#buffer = ''
    this.#locked = false
    this.#paused = false
    this.replies.push('', banners[this.flavour])
    if (state === 'Alarm') this.replies.push("[MSG:'$H'|'$X' to unlock]")
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
