// What the link asks of whoever owns it, and what it tells when a line cannot be brought across.
import type { ProgramLine } from '../session.ts'
import type { Said } from './window.ts'

export type Trouble = 'silent' | 'unacknowledged' | 'resend-storm' | 'outside-history' | 'restarted' | 'cannot-resend'

export type LinkWorld = {
  send(bytes: Uint8Array): void
  /** The next program line that may go out now; undefined: none for the time being. */
  take(nowMs: number): ProgramLine | undefined
  acked(said: Said, nowMs: number): void
  /** Something that takes its time went out, or ended. */
  waitChanged(): void
  /** Nothing of anybody's runs, and the firmware is one that is heard every few seconds all the same: its silence means something. */
  atRest(): boolean
  counted(): void
  trouble(trouble: Trouble, nowMs: number, detail: string): void
}
