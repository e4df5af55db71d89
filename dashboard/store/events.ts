// What schools told, numbered: stored once each, confirmed up to the first gap, and folded for the next start.
import { type Job, jobSchema } from '../../protocols/contract/job.ts'
import { endedStates } from '../../protocols/contract/job-states.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import { type MachineMessage, machineMessageSchema } from '../../protocols/contract/machine.ts'
import { type Event, eventSchema, type Status, statusSchema } from '../../protocols/contract/wire.ts'
import { type Fault, faultSchema } from '../../protocols/contract/words.ts'
import { endedKeptMs } from '../fleet/fold.ts'
import { createBookingStore } from './bookings.ts'
import { createCareStore } from './care.ts'
import { createRosterStore } from './roster.ts'
import type { Store } from './store.ts'

/** More events than a school writes in a thousand years: an epoch's ranks lie above all of the one before. */
const ranksPerEpoch = 2 ** 40

type Birth = Extract<Status, { status: 'online' }>

/** A site as the store knows it; `contiguous`: every event up to it is here. */
type SiteRow = { epoch: number; contiguous: number; session: string | undefined }

type StoredEvents = {
  site: SiteRow
  /** Those not known before and not overtaken by a later one of the same job or fault: what the picture should fold. */
  fresh: Event[]
  /** A number is missing below one that came. */
  gap: boolean
  /** Numbers that came again with other content: the school's history was restarted. */
  conflict: boolean
}

type Restored = {
  machines: MachineMessage[]
  jobs: Job[]
  faults: { machine: string; fault: Fault }[]
  lessons: Lesson[]
  birth: Birth | undefined
}

export interface EventStore {
  site(site: string): SiteRow
  /** Stores a batch in one transaction; numbers already here are left as they are. */
  add(site: string, events: readonly Event[]): StoredEvents
  /** Notes a birth. A daemon never seen before that knows fewer events than we hold has lost its disk: a new epoch begins. */
  born(site: string, birth: Birth): SiteRow
  /** Gives up waiting for the events of the first gap: they stay unknown. Answers the site after it. */
  skipGap(site: string): SiteRow
  keepMachines(messages: Iterable<[string, MachineMessage]>): void
  restore(site: string, nowMs: number): Restored
  /** All copies of a ticket, the first one first. */
  jobsOfTicket(site: string, ticket: number): Job[]
  /** Those that have not ended, and those that ended since the instant. */
  jobsSince(site: string, instant: number): Job[]
  /** Where there is or was a job of this program. */
  sitesOfProgram(sha256: string): string[]
  /** Newest first; `before`: only lower numbers of the present epoch. */
  journal(site: string, before: number | undefined, limit: number): Event[]
}

export function createEventStore(store: Store): EventStore {
  const roster = createRosterStore(store)
  const care = createCareStore(store)
  const bookings = createBookingStore(store)
  // Copies of a request are asked for by its number, from a ticket's page, also long after their end.
  store.exec("CREATE INDEX IF NOT EXISTS jobs_by_ticket ON jobs (site, json_extract(json, '$.ticket'))")
  const readTicket = store.prepare<[string, number], { json: string }>(
    "SELECT json FROM jobs WHERE site = ? AND json_extract(json, '$.ticket') = ? ORDER BY json_extract(json, '$.copy')",
  )
  // Who may look at a program is whoever sees a school that made it, also long after its end.
  store.exec("CREATE INDEX IF NOT EXISTS jobs_by_program ON jobs (json_extract(json, '$.program.sha256'))")
  const readProgramSites = store.prepare<[string], { site: string }>(
    "SELECT DISTINCT site FROM jobs WHERE json_extract(json, '$.program.sha256') = ?",
  )
  const readSite = store.prepare<[string], { epoch: number; contiguous: number; session: string | null }>(
    'SELECT epoch, contiguous, session FROM sites WHERE site = ?',
  )
  const writeSite = store.prepare(
    `INSERT INTO sites (site, epoch, contiguous, session) VALUES (?, ?, ?, ?)
     ON CONFLICT (site) DO UPDATE SET epoch = excluded.epoch, contiguous = excluded.contiguous, session = excluded.session`,
  )
  const writeBirth = store.prepare('UPDATE sites SET birth = ? WHERE site = ?')
  const readBirth = store.prepare<[string], { birth: string | null }>('SELECT birth FROM sites WHERE site = ?')
  const insert = store.prepare('INSERT INTO events (site, epoch, number, at, kind, json) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const readEvent = store.prepare<[string, number, number], { json: string }>(
    'SELECT json FROM events WHERE site = ? AND epoch = ? AND number = ?',
  )
  const numbersAfter = store.prepare<[string, number, number], { number: number }>(
    'SELECT number FROM events WHERE site = ? AND epoch = ? AND number > ? ORDER BY number',
  )
  const writeJob = store.prepare(
    `INSERT INTO jobs (site, id, rank, ended_at, json) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (site, id) DO UPDATE SET rank = excluded.rank, ended_at = excluded.ended_at, json = excluded.json WHERE excluded.rank > rank`,
  )
  const writeFault = store.prepare(
    `INSERT INTO faults (site, machine, code, rank, raised, json) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site, machine, code) DO UPDATE SET rank = excluded.rank, raised = excluded.raised, json = excluded.json WHERE excluded.rank > rank`,
  )
  const writeMachine = store.prepare(
    'INSERT INTO machines (site, machine, json) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
  )
  const readMachines = store.prepare<[string], { json: string }>('SELECT json FROM machines WHERE site = ?')
  const readJobs = store.prepare<[string, number], { json: string }>(
    'SELECT json FROM jobs WHERE site = ? AND (ended_at IS NULL OR ended_at > ?) ORDER BY rank DESC LIMIT 1000',
  )
  const readJobsSince = store.prepare<[string, number], { json: string }>(
    'SELECT json FROM jobs WHERE site = ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY rank DESC LIMIT 20000',
  )
  const readFaults = store.prepare<[string], { machine: string; json: string }>(
    'SELECT machine, json FROM faults WHERE site = ? AND raised = 1 ORDER BY rank',
  )
  const readJournal = store.prepare<[string, number, number, number], { json: string }>(
    'SELECT json FROM events WHERE site = ? AND (epoch * 1099511627776 + number) < ? AND epoch <= ? ORDER BY epoch DESC, number DESC LIMIT ?',
  )

  const site: EventStore['site'] = id => {
    const row = readSite.get(id)
    return { epoch: row?.epoch ?? 0, contiguous: row?.contiguous ?? 0, session: row?.session ?? undefined }
  }

  /** Writes one event into its fold; true when nothing later is there already. */
  const fold = (id: string, epoch: number, event: Event): boolean => {
    const rank = epoch * ranksPerEpoch + event.number
    switch (event.kind) {
      case 'job': {
        const { job } = event
        const endedAt = endedStates.includes(job.state) ? (job.endedAt ?? event.at) : null
        return writeJob.run(id, job.id, rank, endedAt, JSON.stringify(job)).changes > 0
      }
      case 'fault':
        return (
          writeFault.run(id, event.machine, event.fault.code, rank, event.change === 'raised' ? 1 : 0, JSON.stringify(event.fault))
            .changes > 0
        )
      case 'instruction':
      case 'permit':
      case 'group':
        return roster.fold(id, rank, event)
      case 'part':
      case 'order':
      case 'cared':
        return care.fold(id, rank, event)
      case 'lesson':
      case 'quota':
        return bookings.fold(id, rank, event)
      case 'action':
      case 'counters':
      case 'heated':
        return true
    }
  }

  /** The highest number without a gap below it, and whether something lies beyond. */
  const reach = (id: string, { epoch, contiguous }: SiteRow): { contiguous: number; gap: boolean } => {
    let reached = contiguous
    for (const { number } of numbersAfter.iterate(id, epoch, contiguous)) {
      if (number !== reached + 1) return { contiguous: reached, gap: true }
      reached = number
    }
    return { contiguous: reached, gap: false }
  }

  const skipGap = store.transaction((id: string): SiteRow => {
    const known = site(id)
    const first = numbersAfter.get(id, known.epoch, known.contiguous)
    if (first === undefined) return known
    const after = { ...known, ...reach(id, { ...known, contiguous: first.number - 1 }) }
    writeSite.run(id, after.epoch, after.contiguous, after.session ?? null)
    return { epoch: after.epoch, contiguous: after.contiguous, session: after.session }
  })

  const add = store.transaction((id: string, events: readonly Event[]): StoredEvents => {
    const known = site(id)
    const fresh: Event[] = []
    let conflict = false
    for (const event of [...events].sort((a, b) => a.number - b.number)) {
      const json = JSON.stringify(event)
      if (insert.run(id, known.epoch, event.number, event.at, event.kind, json).changes === 0) {
        conflict ||= readEvent.get(id, known.epoch, event.number)?.json !== json
      } else if (fold(id, known.epoch, event)) fresh.push(event)
    }
    const { contiguous, gap } = reach(id, known)
    const after = { ...known, contiguous }
    if (contiguous !== known.contiguous || readSite.get(id) === undefined) writeSite.run(id, after.epoch, contiguous, after.session ?? null)
    return { site: after, fresh, gap, conflict }
  })

  const born = store.transaction((id: string, birth: Birth): SiteRow => {
    const known = site(id)
    const restarted = known.session !== birth.session && birth.lastEvent < known.contiguous
    const after = restarted ? { epoch: known.epoch + 1, contiguous: 0, session: birth.session } : { ...known, session: birth.session }
    writeSite.run(id, after.epoch, after.contiguous, after.session)
    writeBirth.run(JSON.stringify(birth), id)
    return after
  })

  const keepMachines = store.transaction((messages: Iterable<[string, MachineMessage]>) => {
    for (const [id, message] of messages) writeMachine.run(id, message.declaration.id, JSON.stringify(message))
  })

  return {
    site,
    add,
    born,
    skipGap,
    keepMachines,
    restore: (id, nowMs) => {
      const birth = readBirth.get(id)?.birth
      const status = birth ? statusSchema.parse(JSON.parse(birth)) : undefined
      return {
        machines: readMachines.all(id).map(({ json }) => machineMessageSchema.parse(JSON.parse(json))),
        jobs: readJobs.all(id, nowMs - endedKeptMs).map(({ json }) => jobSchema.parse(JSON.parse(json))),
        faults: readFaults.all(id).map(({ machine, json }) => ({ machine, fault: faultSchema.parse(JSON.parse(json)) })),
        lessons: bookings.lessons(id, nowMs),
        birth: status?.status === 'online' ? status : undefined,
      }
    },
    jobsOfTicket: (id, ticket) => readTicket.all(id, ticket).map(({ json }) => jobSchema.parse(JSON.parse(json))),
    jobsSince: (id, instant) => readJobsSince.all(id, instant).map(({ json }) => jobSchema.parse(JSON.parse(json))),
    sitesOfProgram: sha256 => readProgramSites.all(sha256).map(({ site: of }) => of),
    journal: (id, before, limit) => {
      const { epoch } = site(id)
      const below = before === undefined ? (epoch + 1) * ranksPerEpoch : epoch * ranksPerEpoch + before
      return readJournal.all(id, below, epoch, limit).map(({ json }) => eventSchema.parse(JSON.parse(json)))
    },
  }
}
