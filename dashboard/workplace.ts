// What a web server stands on. The city's stands on the broker and its store; a school's own screen stands on the daemon's data.
// Both serve the same pages through dashboard/server/web.ts, which knows nothing else of either.
import type { Readable } from 'node:stream'
import type { Picture } from '../protocols/contract/camera.ts'
import type { Care } from '../protocols/contract/care.ts'
import type { Command, Reply } from '../protocols/contract/command.ts'
import type { TvScreen } from '../protocols/contract/condition.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import type { QuotaReport } from '../protocols/contract/quota-use.ts'
import type { Me, PictureKind, Progress, Roster, Upload } from '../protocols/contract/screen.ts'
import type { SignOn, StaffBody, StaffChange, StaffMember } from '../protocols/contract/staff.ts'
import type { Event } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { Fleet } from './fleet/fleet.ts'

export type Account = Author & {
  login: string
  /** scrypt, as dashboard/accounts/password.ts writes it. */
  passwordHash: string
  sites: string[] | 'all'
  /** Of a pupil, at the pupil's own school only. */
  nickname?: string | undefined
}

/** PINs of staff: set everywhere, used on a school's own screen. */
export interface PinDesk {
  /** Whether a start of a laser or mill here asks for it. */
  readonly atStart: boolean
  has(account: Account): boolean
  set(account: Account, pin: string): Promise<Denial | undefined>
  /** Whether it is the person's PIN; absent where nobody signs in with one. */
  check?(account: Account, pin: string): Promise<Denial | undefined>
  /** Notes that the person stands at the machine and means this job. */
  confirm?(account: Account, asked: { job: string; machine: string; pin: string }): Promise<Denial | undefined>
}

/** Where pupils come in: with a group's code, or back with their words. */
export interface PupilDoor {
  join(code: string, nickname: string): Promise<{ account: Account; recovery: string } | { denial: Denial }>
  recover(pseudonym: string, words: string): Promise<{ account: Account } | { denial: Denial }>
}

/** Accounts an administrator makes on the screen; the people themselves choose their passwords. */
export interface StaffOffice {
  list(): StaffMember[]
  /** A new account with an invitation; denials: `login-taken`, `unknown-site`, `too-many-staff`. */
  add(body: StaffBody, by: Account): { member: StaffMember; token: string } | { denial: Denial }
  /** Denials: `not-found`, `in-the-file`, `not-yourself`, `unknown-site`. */
  change(login: string, change: StaffChange, by: Account): { member: StaffMember } | { denial: Denial }
  /** A new invitation, for a new account or a forgotten password; an older one ends. */
  invite(login: string, by: Account): { member: StaffMember; token: string } | { denial: Denial }
  /** Whom an invitation is for, while it lasts. */
  invited(token: string): { login: string; name: string } | undefined
  /** Takes the password the person chose; the invitation is used up. Denials: `not-found`, `weak-password`. */
  accept(token: string, password: string): Promise<{ account: Account } | { denial: Denial }>
}

/** What a ticket page stands on. */
export interface TicketDesk {
  /** With which a site's ticket links are made (the first) and checked (all). */
  keys(site: string): readonly Buffer[]
  /** All copies of a ticket, the first one first, also long after their end. */
  jobs(site: string, ticket: number): Job[]
}

/** Devices that want to hear of a ticket; `body` is the sender's own. */
export interface PushShelf {
  all(): string[]
  put(endpoint: string, ticket: string, body: string): void
  remove(endpoint: string, ticket: string): void
}

/** A slicer's key as it is kept: what it opens and for whom, and hashes of it; the key itself is nowhere. */
export type KeptKey = {
  id: string
  login: string
  site: string
  /** A machine's id, or `queue`. */
  target: string
  name: string
  /** SHA-256 of the key, hex. The key is 160 random bits: there is nothing to guess, so no slow hash is needed. */
  secretHash: string
  /** H(login:realm:key), RFC 7616 §3.4.2: what a digest is checked against. */
  digests: { md5: string; sha256: string }
  createdAt: number
  usedAt?: number | undefined
}

/** Where slicers' keys are kept: in the city's store, and in the school's own. */
export interface KeyShelf {
  /** Keeps a key in place of any other of the same login, site and target. */
  put(key: KeptKey): void
  /** Of a person, newest first. */
  ofLogin(login: string): KeptKey[]
  bySecret(secretHash: string): KeptKey | undefined
  /** The person's key for this target. */
  find(login: string, site: string, target: string): KeptKey | undefined
  /** False when the person has no such key. */
  remove(login: string, id: string): boolean
  used(id: string, at: number): void
}

/** What somebody did about a condition, for the journal of actions. */
export type HealthNote = { at: number; site: string; condition: string; deed: string; author: Author; reason?: string; until?: number }

/** Where a server keeps what it knows of its machines' health (dashboard/health/desk.ts); the body is the desk's own business. */
export interface HealthShelf {
  load(site: string): string | undefined
  save(site: string, body: string): void
  note(note: HealthNote): void
}

/** trend: quarters of an hour of a machine. presence: its days by the clock. jobs: its days by what ran on it. */
export type SeriesName = 'trend' | 'presence' | 'jobs'
/** `at`: when the quarter or day began; the body is its writer's own business. */
export type SeriesRow = { machine: string; at: number; body: string }

/** Where a server keeps what it watched: the city in its store, a school in its own. */
export interface SeriesShelf {
  /** In one transaction; a row of the same machine and time is replaced. */
  put(name: SeriesName, site: string, rows: readonly SeriesRow[]): void
  /** By machine, oldest first. */
  read(name: SeriesName, site: string, machine: string | undefined, sinceMs: number): SeriesRow[]
  prune(name: SeriesName, site: string, beforeMs: number): void
  /** The highest event number that is in the days of jobs. */
  mark(site: string): number
  putMark(site: string, mark: number): void
}

/** A wall screen as it is kept: never its token, only the hash. */
export type KeptScreen = TvScreen & { tokenHash: string }

export interface TvShelf {
  all(): KeptScreen[]
  byToken(tokenHash: string): KeptScreen | undefined
  put(screen: KeptScreen): void
  remove(id: string): void
  seen(id: string, at: number): void
}

/** The care of a site's machines; nothing where the site told none. */
export interface CareShelf {
  of(site: string, nowMs: number): Care
}

/** Photos of work orders, cleaned, named by their SHA-256. */
export interface PhotoShelf {
  /** Keeps the bytes as they are; denials: `disk-full`. */
  put(bytes: Uint8Array): Promise<{ sha256: string } | { denial: Denial }>
  /** Path on this machine, if it is here. */
  path(sha256: string): string | undefined
}

/** Cameras over machines' beds. The school's takes pictures; the city's asks the school for one, and keeps the last. */
export interface CameraDesk {
  /** As fresh a picture as can be had now, or the last one; with neither, why not, where that is known. */
  look(site: string, machine: string, by: Account): Promise<{ picture?: Picture; denial?: Denial }>
  /** On the school's own screen: pictures as they come, the slow viewer misses some. */
  watch?(site: string, machine: string, by: Account, signal: AbortSignal): AsyncIterable<Picture> | { denial: Denial }
  /** Instants of what the school keeps, oldest first; and one of them. */
  kept?(site: string, machine: string): number[]
  keptAt?(site: string, machine: string, at: number, by: Account): Promise<Picture | undefined>
  /** In the city: takes what a school sends. False when nobody has asked for it. */
  receive?(site: string, machine: string, picture: Picture): boolean
}

export interface Workplace {
  readonly scope: Me['scope']
  /** The live picture; the web server subscribes to its changes. */
  readonly fleet: Fleet
  /** Finds an account by login; password checking is the web server's. */
  account(login: string): Account | undefined
  readonly demoAccounts?: Me['demoAccounts']
  /** Accounts made on the screen; in the city only. */
  readonly staff?: StaffOffice
  /** Other houses whose word opens accounts here (OpenID Connect). */
  readonly signOn?: readonly SignOn[]
  /** Finds whom another house's sign-on names so (protocols/contract/staff.ts). */
  bySignOn?(name: string): Account | undefined
  /** Keys with which people's slicers send files. */
  readonly keys: KeyShelf
  /** In memory where there is none. */
  readonly health?: HealthShelf
  /** In memory where there is none. */
  readonly series?: SeriesShelf
  /** Wall screens that were let in; in memory where there is none. */
  readonly screens?: TvShelf
  /** The people of a site; undefined for a site that is not known. */
  roster?(site: string): Roster | undefined
  readonly pins?: PinDesk
  readonly cameras?: CameraDesk
  /** On a school's own screen only: names never leave the school. */
  readonly door?: PupilDoor
  readonly tickets?: TicketDesk
  readonly pushes?: PushShelf
  /** Takes a command for a site. Resolves with the school's last word (refused or done), or undefined when it has not answered by the signal. */
  command(site: string, command: Command, signal: AbortSignal): Promise<Reply | undefined>
  readonly care?: CareShelf
  /** The quotas of a site and their uses; of a pupil those that bound the pupil. Undefined for a site that is not known. */
  quotas?(site: string, whom?: Author): QuotaReport | undefined
  readonly photos?: PhotoShelf
  /** The school's answer to an earlier command, where there is one. */
  reply(site: string, commandId: string): Reply | undefined
  /** Sites that have or had a job of this program; absent where all there is belongs to one. */
  sitesOfProgram?(sha256: string): readonly string[]
  /** Stores an upload whole or not at all; a half-sent file leaves nothing behind. */
  receiveFile(name: string, body: Readable): Promise<Upload | { denial: Denial }>
  /** Path of a stored file on this machine, if it is here. */
  filePath(sha256: string): string | undefined
  /** Path of a stored preview or picture. */
  picturePath(sha256: string, what: PictureKind): string | undefined
  /** How far the work on a file is, where this workplace does it itself. */
  progress?(sha256: string): Progress | undefined
  storePicture(sha256: string, what: PictureKind, body: Readable): Promise<void>
  journal(site: string, before: number | undefined, limit: number): Event[]
  /** Checks a daemon's HTTP Basic credentials; a school's own screen has none and answers false. */
  siteCredentials(site: string, password: string): boolean
}
