// The seam between a runner and a port: bytes out in order, lines in, one end.
import type { Fault } from '../protocols/contract/words.ts'

/** What a transport tells its owner. After `closed` nothing more is told. */
export interface Ear {
  /** One line from the machine, terminator and NULs removed; never empty. */
  line(line: string): void
  /** Noise: more than `lineBytesMax` without a line end were thrown away. */
  overlong(): void
  /** The port is gone, for whatever reason but our own `close`. */
  closed(reason: string): void
}

/** A line of a firmware is some 300 bytes at most (M115); what is longer is a wrong baud rate or a wrong port. */
export const lineBytesMax = 4096

/** A write that the system has not taken for so long will never be taken: the port is dead, though still open. */
export const writeStallMs = 15_000

export interface Transport {
  /** Appends to what is to be written; sends of one turn go out in one write. */
  send(bytes: Uint8Array): void
  /** Written at once, ahead of everything not yet handed to the system. */
  sendNow(bytes: Uint8Array): void
  /** Forgets what `send` was given and the system has not got yet. */
  dropUnsent(): void
  /** Closes for good; resolves when the system has the port back. `closed` is not told. */
  close(): Promise<void>
}

export type OpenOptions = { readonly baud: number; readonly ear: Ear }

/** Opens `/dev/…` or `tcp://host:port`. Trouble is a fault: port-missing, port-busy, port-forbidden, port-unreachable, port-failed, port-name. */
export type OpenPort = (port: string, options: OpenOptions) => Promise<Transport | { readonly fault: Fault }>
