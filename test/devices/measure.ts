// How long a simulated machine takes for a program, found in virtual time: no sockets, no waiting.
// A perfect host feeds it (Grbl: as many bytes as its buffer takes; Marlin: as many lines as its ring takes).

import { GrblMachine } from './grbl/machine.ts'
import type { GrblOptions } from './grbl/options.ts'
import type { GrblKind } from './grbl/variants.ts'
import type { Machine } from './machine.ts'
import { MarlinMachine } from './marlin/machine.ts'
import type { MarlinOptions } from './marlin/options.ts'

export type Measurement = {
  /** Device seconds from the first byte until everything has come to rest. */
  readonly seconds: number
  /** Of these, seconds in which axes moved under the planner. */
  readonly motionSeconds: number
  /** Where the machine stands at the end. */
  readonly position: readonly number[]
  /** Anything but ok that was answered, the first few. */
  readonly complaints: readonly string[]
  /** Times that motion ran out of blocks. */
  readonly ranDry: number
}

export type MeasureOptions = {
  /** Bits per second of the wire; absent: no limit. */
  readonly baud?: number
} & (
  | { readonly kind: GrblKind; readonly machine?: GrblOptions }
  | { readonly kind: 'marlin'; readonly machine?: Partial<MarlinOptions>; readonly windowLines?: number }
)

const complaintsMax = 10
/** Nothing a school machine does takes longer than this; a program that waits for a person would never end. */
const secondsMax = 30 * 24 * 3600

/** Runs a program's lines (no comments needed, none forbidden) to their end. */
export function measureProgram(options: MeasureOptions, lines: Iterable<string>): Measurement {
  const complaints: string[] = []
  let acknowledged = 0
  let said = ''
  const io = {
    send(text: string) {
      said += text
      let end = said.indexOf('\n')
      while (end >= 0) {
        const line = said.slice(0, end).trim()
        said = said.slice(end + 1)
        if (line.startsWith('ok')) acknowledged += 1
        else if (line.startsWith('error:')) {
          acknowledged += 1
          if (complaints.length < complaintsMax) complaints.push(line)
        } else if (/^(ALARM|Error)/.test(line) && complaints.length < complaintsMax) complaints.push(line)
        end = said.indexOf('\n')
      }
    },
    lineTaken() {},
    urgent() {},
  }
  const machine: Machine =
    options.kind === 'marlin'
      ? begun(new MarlinMachine({ banner: false, ...options.machine }, io))
      : begun(new GrblMachine(options.kind, { banner: false, ...options.machine }, io))
  acknowledged = 0
  const windowBytes = machine.rxFree
  const windowLines = options.kind === 'marlin' ? (options.windowLines ?? 4) : Number.POSITIVE_INFINITY
  const byteSeconds = options.baud === undefined ? 0 : 10 / options.baud
  const flying: number[] = []
  let flyingBytes = 0
  let answered = 0
  let wireAt = 0
  const settle = (): void => {
    while (answered < acknowledged) {
      answered += 1
      flyingBytes -= flying.shift() ?? 0
    }
  }
  const step = (): void => {
    const at = machine.nextAt()
    if (at === Number.POSITIVE_INFINITY || at > secondsMax)
      throw new Error(`the machine waits for something at ${machine.now.toFixed(1)} s: ${machine.state().mode}`)
    machine.advance(Math.max(at, machine.now))
    settle()
  }
  for (const raw of lines) {
    const line = raw.trim()
    if (line === '') continue
    const size = line.length + 1
    while (flyingBytes + size > windowBytes || flying.length >= windowLines) step()
    flying.push(size)
    flyingBytes += size
    for (let i = 0; i <= line.length; i += 1) {
      wireAt = Math.max(wireAt, machine.now) + byteSeconds
      machine.receive(i === line.length ? 10 : line.charCodeAt(i) & 0xff, wireAt)
    }
    settle()
  }
  while (flying.length > 0) step()
  // Acknowledged is not done: blocks still wait in the planner.
  while (machine.state().moving || machine.state().plannedBlocks > 0) machine.advance(machine.now + 0.01)
  const end = machine.state()
  return { seconds: machine.now, motionSeconds: end.motionSeconds, position: end.position, complaints, ranDry: end.ranDry }
}

function begun<M extends GrblMachine | MarlinMachine>(machine: M): M {
  machine.begin()
  return machine
}
