// A simulated machine on the table: no port, no clock; the test says what it hears and how long it lives.
import type { GrblMachine } from '../devices/grbl/machine.ts'
import { GrblMachine as Grbl } from '../devices/grbl/machine.ts'
import type { GrblOptions } from '../devices/grbl/options.ts'
import type { GrblKind } from '../devices/grbl/variants.ts'
import { MarlinMachine } from '../devices/marlin/machine.ts'
import type { MarlinOptions } from '../devices/marlin/options.ts'
import { xorOf } from '../devices/marlin/serial.ts'

export type Bench<M> = {
  readonly machine: M
  /** Everything said since the last look, as lines without terminators and empty lines; takes them away. */
  heard(): string[]
  /** Hands over bytes now (text as latin1, or raw bytes). */
  tell(what: string | readonly number[]): void
  /** Lets the machine live for so many seconds. */
  live(seconds: number): void
  /** `tell`, a breath of time, `heard`. */
  ask(what: string | readonly number[], seconds?: number): string[]
  readonly urgent: (number | string)[]
}

function bench<M extends GrblMachine | MarlinMachine>(make: (io: ConstructorParameters<typeof Grbl>[2]) => M): Bench<M> {
  let text = ''
  const urgent: (number | string)[] = []
  const machine = make({
    send(said) {
      text += said
    },
    lineTaken() {},
    urgent: what => urgent.push(what),
  })
  machine.begin()
  const heard = (): string[] => {
    const lines = text.split(/\r?\n/).filter(line => line !== '')
    text = ''
    return lines
  }
  const tell = (what: string | readonly number[]): void => {
    const bytes = typeof what === 'string' ? Buffer.from(what, 'latin1') : what
    for (const byte of bytes) machine.receive(byte, machine.now)
  }
  const live = (seconds: number): void => machine.advance(machine.now + seconds)
  return {
    machine,
    heard,
    tell,
    live,
    ask(what, seconds = 0.02) {
      tell(what)
      live(seconds)
      return heard()
    },
    urgent,
  }
}

/** A Grbl board that has just greeted; its greeting is thrown away. */
export function grblBench(kind: GrblKind = 'grbl', options: GrblOptions = {}): Bench<GrblMachine> {
  const made = bench(io => new Grbl(kind, options, io))
  made.live(0.001)
  made.heard()
  return made
}

export function marlinBench(options: Partial<MarlinOptions> = {}): Bench<MarlinMachine> {
  const made = bench(io => new MarlinMachine(options, io))
  made.live(0.001)
  made.heard()
  return made
}

/** `N<n> text*checksum`, newline included. */
export function numbered(number: number, text: string): string {
  const body = `N${number} ${text}`
  return `${body}*${xorOf(body, body.length)}\n`
}

/** Fast axes, so that a test need not wait long: 100 mm/s, 500 mm/s². */
export const quickAxes = { $100: 80, $101: 80, $102: 80, $110: 6000, $111: 6000, $112: 6000, $120: 500, $121: 500, $122: 500 }
