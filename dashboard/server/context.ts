// What the parts of the web server share.
import type { Request, Response } from 'express'
import type { Logger } from 'pino'
import type { SessionShelf } from '../accounts/sessions.ts'
import type { SentFiles } from '../slicers/sent-files.ts'
import type { Account, Workplace } from '../workplace.ts'

/** What one place gives to all its routes. */
export type WebContext = {
  workplace: Workplace
  shelf: SessionShelf
  log: Logger
  sentFiles: SentFiles
  origins: readonly string[]
  uploadLimitBytes: number
  clock: () => number
  /** Aborted when the server closes. */
  closing: AbortSignal
}

/** Who asks; when nobody is signed in it has refused already and answers undefined. */
export type Asked = (request: Request, response: Response) => Visitor | undefined

/** Signed in now: the account and the session's hash, which names it without giving it away. */
export type Visitor = { account: Account; session: string }
