// What every simulated firmware is to the world around it: bytes in, text out, and time that someone else drives.
// A machine has no timers of its own: it lives in device seconds, so it can be run at any speed or in no time at all.
import type { Record } from './record.ts'

export type DeviceKind = 'grbl' | 'grblhal' | 'fluidnc' | 'marlin'

type Heater = { readonly celsius: number; readonly target: number; readonly power: number }

export type DeviceState = {
  /** The firmware's own word: Grbl's report state with sub-state ("Hold:0"), Marlin's "idle", "busy", "waiting", "halted". */
  readonly mode: string
  /** Machine position in millimetres: XYZ, for Marlin XYZE. */
  readonly position: readonly number[]
  readonly moving: boolean
  /** Millimetres per second along the path now. */
  readonly speed: number
  readonly heaters: Readonly<{ [name: string]: Heater }>
  /** Milliseconds (device time) in which a laser was on and nothing moved. */
  readonly burnAtStandstillMs: number
  /** Blocks waiting in or executed from the planner's buffer. */
  readonly plannedBlocks: number
  /** Device seconds since the machine was made. */
  readonly seconds: number
  /** Device seconds in which axes moved under the planner. */
  readonly motionSeconds: number
  /** Times that motion ended because no block followed. */
  readonly ranDry: number
}

/** Something that happens to a machine from outside its serial line. */
export type Provocation =
  | { readonly kind: 'door'; readonly open: boolean }
  | { readonly kind: 'hard-limit'; readonly axis: 'X' | 'Y' | 'Z' }
  | { readonly kind: 'runout' }
  /** Prints the text as an error and halts for ever; `splitSeconds` puts a pause in its middle. */
  | { readonly kind: 'kill'; readonly text: string; readonly splitSeconds?: number }
  /** The main loop works on something else: nothing is parsed; with `word`, the keepalive says so. */
  | { readonly kind: 'stall'; readonly seconds: number; readonly word?: 'processing' | 'paused for user' | 'paused for input' }
  /** The heater's element comes loose: power no longer warms. */
  | { readonly kind: 'heater-fails'; readonly heater: 'T0' | 'B' }
  /** The thermistor's wire breaks. */
  | { readonly kind: 'sensor-fails'; readonly heater: 'T0' | 'B' }
  /** Someone starts a file from the card on the machine's own panel. */
  | { readonly kind: 'panel-print'; readonly file: string }
  /** Someone presses a button of the machine itself. */
  | { readonly kind: 'button'; readonly button: 'hold' | 'start' | 'reset' | 'continue' }

/** What a machine needs from its surroundings. */
export type MachineIo = {
  /** Text for the host, terminators included, at the machine's present second. */
  send(text: string): void
  /** A whole line was taken from the receive buffer (before it is judged). */
  lineTaken(line: string): void
  /** A realtime byte or an emergency line acted, at the machine's present second. */
  urgent(what: number | string): void
}

export interface Machine {
  readonly now: number
  /** G-code lines accepted for execution, in order. */
  readonly executed: Record
  /** Of these, the ones that move (G0…G3 and modal moves). */
  readonly moved: Record
  readonly overruns: number
  readonly maxBuffered: number
  readonly rxFree: number
  readonly linesTaken: number
  /** The reset line, power or DTR: everything in RAM is gone, the boot begins. */
  reset(): void
  receive(byte: number, at: number): void
  advance(to: number): void
  /** Earliest second at which something visible may happen by itself; Infinity while only the host or a person can cause it. */
  nextAt(): number
  state(): DeviceState
  provoke(what: Provocation): void
}

/** A firmware's main loop, written as it is in the firmware: it stops wherever the firmware would spin. */
export type Steps<T = void> = Generator<Wait, T, void>

/** `input`: only bytes or people can end this wait. `event`: time can, too. */
export type Wait = 'input' | 'event'
