// The seam between a protocol and the world: a session is told what happened and answers with effects.
// It is pure: no I/O, no clock, no randomness. One runner (drivers/runner.ts) joins any session to any transport.
import type { JobEnd } from './contract/job.ts'
import type { Firmware, MachineState, Telemetry } from './contract/machine.ts'
import type { Deed } from './contract/room.ts'
import type { Fault } from './contract/words.ts'

/** One line of a program, ready for the wire: gated, without comments, blanks or line ending. */
export type ProgramLine = {
  readonly text: string
  /** 1-based line in the file, for people. */
  readonly number: number
  /** Byte offset in the file just behind this line. */
  readonly endByte: number
}

/**
 * Pulls a program line by line; never the whole file in memory.
 * `waiting`: the reader has nothing buffered yet and will cause a `more` input when it has.
 */
export interface ProgramCursor {
  next(): ProgramLine | 'waiting' | 'end' | { readonly fault: Fault }
}

export type SessionInput =
  /** The transport is open. `fresh` is false where we know that the board was not reset by the opening. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed'; readonly reason: string }
  /** One line from the machine, terminator removed. */
  | { readonly kind: 'line'; readonly line: string }
  /** The moment asked for by `wakeAt` has come (it may come late, never early). */
  | { readonly kind: 'wake' }
  | {
      readonly kind: 'run'
      readonly job: string
      readonly cursor: ProgramCursor
      readonly allowConstantPower?: boolean
      /** Nothing moves until somebody presses the machine's own start button. */
      readonly button?: boolean
    }
  /** A cursor that answered `waiting` has lines again. */
  | { readonly kind: 'more' }
  | { readonly kind: 'deed'; readonly id: string; readonly deed: Deed }

export type SessionReport =
  | { readonly kind: 'state'; readonly state: MachineState }
  | { readonly kind: 'firmware'; readonly firmware: Firmware }
  /** Only what changed or was heard now; `progress` and `at` are filled in by the room. */
  | { readonly kind: 'telemetry'; readonly telemetry: Omit<Telemetry, 'at' | 'progress'> }
  /** Acknowledged so far in the running job: lines and the file offset behind the last of them. */
  | { readonly kind: 'progress'; readonly job: string; readonly lines: number; readonly endByte: number }
  | { readonly kind: 'job-started'; readonly job: string }
  | { readonly kind: 'job-paused'; readonly job: string; readonly by: 'person' | 'firmware' | 'program' }
  | { readonly kind: 'job-resumed'; readonly job: string }
  /** `seconds` is filled in by the session from its nowMs. */
  | { readonly kind: 'job-ended'; readonly job: string; readonly end: JobEnd }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** A deed was carried out (no fault) or refused. */
  | { readonly kind: 'answer'; readonly id: string; readonly fault?: Fault }
  /** A line for the console that nobody else consumed. */
  | { readonly kind: 'heard'; readonly line: string }

export type Effect =
  /** Appended to what the transport has to write. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Written ahead of everything not yet handed to the system: realtime bytes, emergency lines. */
  | { readonly kind: 'sendNow'; readonly bytes: Uint8Array }
  /** Discards what was handed over by `send` and not yet written. */
  | { readonly kind: 'dropUnsent' }
  /** One alarm per session: a later wakeAt replaces an earlier one; Infinity cancels. */
  | { readonly kind: 'wakeAt'; readonly atMs: number }
  /** The session gives the port up; the runner closes and opens it again with back-off. */
  | { readonly kind: 'reopen'; readonly reason: string }
  | { readonly kind: 'report'; readonly report: SessionReport }

export interface Session {
  /** Never throws for anything heard or asked; throws only for our own mistakes. */
  receive(input: SessionInput, nowMs: number): readonly Effect[]
  readonly state: MachineState
  readonly firmware: Firmware | undefined
}

/** What a session is made with; resolved from the model, over which the firmware's own word wins later. */
export type SessionOptions = {
  /** Milliseconds to wait for a banner after opening before asking. */
  readonly bootMs: number
  readonly windowLines: number
  readonly windowBytes: number
  readonly lineLengthMax: number
  readonly quirks: readonly string[]
  /** Whether a program may burn with M3 without a technician's leave (mills: true, lasers: false). */
  readonly constantPowerAllowed: boolean
  readonly machineKind: 'printer' | 'laser' | 'mill'
}
