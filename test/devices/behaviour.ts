// The seam for stumbling: a behaviour is a small object that looks at lines, replies or bytes and does one thing wrong.
import type { Provocation } from './machine.ts'

/** A piece of a reply, and how many milliseconds (real time) it comes later than it should. */
export type ReplyPiece = { readonly text: string; readonly delayMs?: number }

/** What a behaviour may do to the device it is part of. */
export interface Stumbling {
  readonly random: () => number
  provoke(what: Provocation): void
  /** The machine's reset line: boot, banner, position gone. */
  reset(): void
  /** Nothing passes any more in either direction; with `ms`, for that long (machine time). */
  fallSilent(ms?: number): void
  /** The port disappears; with `ms` (real time) it returns then, at `newAddress` if given. */
  vanish(ms?: number, newAddress?: string): void
  /** Runs a deed later, in milliseconds of machine time. */
  later(ms: number, deed: () => void): void
  /** Text nobody asked for. */
  say(text: string): void
  /** Everything heard and said in this process until now; 1-based counts. */
  readonly linesTaken: number
}

export interface Behaviour {
  readonly name: string
  /** Called once, before the machine boots. */
  start?(device: Stumbling): void
  /** The firmware has taken its `count`th line (1-based) out of its receive buffer. */
  lineTaken?(count: number, line: string, device: Stumbling): void
  /** One reply line with its terminator becomes these pieces; an empty list swallows it. */
  reply?(line: string, device: Stumbling): readonly ReplyPiece[]
  /** Bytes from the host, before the wire; and bytes to the host, behind everything else. */
  bytesIn?(bytes: Uint8Array, device: Stumbling): Uint8Array
  bytesOut?(bytes: Uint8Array, device: Stumbling): Uint8Array
  /** Changes to how the machine is made. */
  readonly machine?: { readonly banner?: boolean; readonly bootError?: boolean }
}
