// What the school's own screen stands on: the daemon's data, in the shape the web server asks for (dashboard/workplace.ts).
import type { Readable } from 'node:stream'
import type { Care } from '../protocols/contract/care.ts'
import { careOf } from '../protocols/contract/care-due.ts'
import type { Command, Reply } from '../protocols/contract/command.ts'
import type { Author, Job } from '../protocols/contract/job.ts'
import type { QuotaReport } from '../protocols/contract/quota-use.ts'
import type { Me, PictureKind, Progress, Upload } from '../protocols/contract/screen.ts'
import type { Event } from '../protocols/contract/wire.ts'
import type { Denial } from '../protocols/contract/words.ts'
import type { SchoolCameras } from './camera/screen.ts'
import type { CareDesk } from './care-plans.ts'
import type { Desk } from './desk.ts'
import type { Files } from './files.ts'
import { createHealthShelf } from './health-shelf.ts'
import type { People, Person } from './people.ts'
import type { PeopleOffice } from './people-office.ts'
import type { Programs } from './programs.ts'
import type { Quotas } from './quotas.ts'
import { createScreenShelf } from './screen-shelf.ts'
import type { Store } from './store.ts'
import { deny } from './words.ts'

export type SchoolWorkplaceOptions<Fleet> = {
  readonly site: string
  /** The live picture, fed by the composition root. */
  readonly fleet: Fleet
  readonly store: Pick<
    Store,
    'command' | 'commit' | 'note' | 'putNote' | 'journal' | 'slicerKeys' | 'vault' | 'series' | 'jobsOfTicket' | 'records'
  >
  readonly desk: Pick<Desk, 'execute'>
  readonly files: Files
  readonly programs: Pick<Programs, 'progress'>
  readonly cameras?: SchoolCameras
  /** Told when a file begins to arrive. */
  readonly fileComes?: () => void
  readonly care: Pick<CareDesk, 'plans'>
  readonly quotas: Pick<Quotas, 'report'>
  readonly photos: PhotoFolder
  readonly people: Pick<People, 'account' | 'shown'>
  readonly office: PeopleOffice['screen']
  /** With which ticket links are made and checked. */
  readonly ticketKeys: readonly Buffer[]
  readonly demoAccounts?: Me['demoAccounts']
  readonly nowMs: () => number
}

/** Where the photos of work orders lie. */
export type PhotoFolder = {
  put(bytes: Uint8Array): Promise<{ sha256: string } | { denial: Denial }>
  path(sha256: string): string | undefined
}

/** Answers at once from memory and SQLite; only files and machines make it wait. */
export function schoolWorkplace<Fleet>(options: SchoolWorkplaceOptions<Fleet>) {
  const { site, fleet, store, desk, files, programs, people, office, ticketKeys, demoAccounts, nowMs } = options
  return {
    scope: { kind: 'school', site } as Me['scope'],
    fleet,
    keys: store.slicerKeys,
    health: createHealthShelf(store),
    series: store.series,
    screens: createScreenShelf(store),
    ...office,
    tickets: {
      keys: (ofSite: string): readonly Buffer[] => (ofSite === site ? ticketKeys : []),
      jobs: (ofSite: string, ticket: number): Job[] => (ofSite === site ? store.jobsOfTicket(ticket) : []),
    },
    pushes: store.vault.pushes,
    care: {
      of: (ofSite: string, at: number): Care => {
        const { care: book } = store.records
        const records = { cared: book.cared(), parts: book.parts(), orders: book.orders() }
        return ofSite === site ? careOf(options.care.plans(), records, at) : { plan: [], parts: [], orders: [] }
      },
    },
    photos: options.photos,
    quotas: (ofSite: string, whom?: Author): QuotaReport | undefined => {
      if (ofSite !== site) return undefined
      const { quotas, uses } = options.quotas.report(whom)
      // Here, and only here, a pupil is shown by the nickname.
      const named = uses.map(use =>
        use.quota.of === 'pupil' ? { ...use, name: people.shown({ id: use.whom, name: use.name, role: 'pupil' }).name } : use,
      )
      return { quotas, uses: named }
    },
    ...(options.cameras ? { cameras: options.cameras } : {}),
    ...(demoAccounts ? { demoAccounts } : {}),
    account: (login: string): Person | undefined => people.account(login),
    async command(toSite: string, command: Command, signal: AbortSignal): Promise<Reply | undefined> {
      if (toSite !== site) return { outcome: 'refused', command: command.id, at: nowMs(), denial: deny('unknown-machine') }
      return Promise.race([desk.execute(command, 'school'), abortion(signal)])
    },
    reply(ofSite: string, commandId: string): Reply | undefined {
      const seen = ofSite === site ? store.command(commandId) : undefined
      return seen?.seen === 'answered' ? seen.reply : undefined
    },
    receiveFile: (name: string, body: Readable): Promise<Upload | { denial: Denial }> => {
      options.fileComes?.()
      return files.receive(name, body)
    },
    filePath: (sha256: string): string | undefined => files.path(sha256),
    picturePath: (sha256: string, what: PictureKind): string | undefined => files.picturePath(sha256, what),
    progress: (sha256: string): Progress | undefined => programs.progress(sha256),
    storePicture: (sha256: string, what: PictureKind, body: Readable): Promise<void> => files.storePicture(sha256, what, body),
    journal: (ofSite: string, before: number | undefined, limit: number): Event[] => (ofSite === site ? store.journal(before, limit) : []),
    siteCredentials: (): boolean => false,
  }
}

/** Undefined once the signal says that nobody waits any more; the command goes on. */
function abortion(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
