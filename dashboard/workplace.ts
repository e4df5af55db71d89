// What a web server stands on. The city's stands on the broker and its store; a school's own screen stands on the daemon's data.
// Both serve the same pages through dashboard/server/web.ts, which knows nothing else of either.
import type { Readable } from 'node:stream'
import type { Command, Reply } from '../protocols/contract/command.ts'
import type { Author } from '../protocols/contract/job.ts'
import type { Me, Progress, Upload } from '../protocols/contract/screen.ts'
import type { Event } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { Fleet } from './fleet/fleet.ts'

export type Account = Author & {
  login: string
  /** scrypt, as dashboard/accounts/password.ts writes it. */
  passwordHash: string
  sites: string[] | 'all'
}

export interface Workplace {
  readonly scope: Me['scope']
  /** The live picture; the web server subscribes to its changes. */
  readonly fleet: Fleet
  /** Finds an account by login; password checking is the web server's. */
  account(login: string): Account | undefined
  readonly demoAccounts?: Me['demoAccounts']
  /** Takes a command for a site. Resolves with the school's last word (refused or done), or undefined when it has not answered by the signal. */
  command(site: string, command: Command, signal: AbortSignal): Promise<Reply | undefined>
  /** The school's answer to an earlier command, where there is one. */
  reply(commandId: string): Reply | undefined
  /** Stores an upload whole or not at all; a half-sent file leaves nothing behind. */
  receiveFile(name: string, body: Readable): Promise<Upload | { denial: Denial }>
  /** Path of a stored file on this machine, if it is here. */
  filePath(sha256: string): string | undefined
  /** Path of a stored preview or picture. */
  picturePath(sha256: string, what: 'preview' | 'picture'): string | undefined
  storePicture(sha256: string, what: 'preview' | 'picture', body: Readable): Promise<void>
  journal(site: string, before: number | undefined, limit: number): Event[]
  /** Checks a daemon's HTTP Basic credentials; a school's own screen has none and answers false. */
  siteCredentials(site: string, password: string): boolean
}
  /** How far the work on a file is, where this workplace does it itself. */
  progress?(sha256: string): Progress | undefined
  /** How far the work on a file is, where this workplace does it itself. */
  progress?(sha256: string): Progress | undefined
