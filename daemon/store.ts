// The school's store: numbered events are the truth, everything else is a fold of them, in one SQLite file.
import Database from 'better-sqlite3'
import type { Reply } from '../protocols/contract/command.ts'
import type { Job } from '../protocols/contract/job.ts'
import { endedStates } from '../protocols/contract/job-states.ts'
import type { Event } from '../protocols/contract/wire.ts'
import { foldMachine, freshMachine, type MachineMemory, machineOf } from './folds.ts'
import { followed } from './plates.ts'
import { RecordBook, recordOf } from './records.ts'
import { migrate } from './schema.ts'
import { createSeriesShelf } from './series-shelf.ts'
import { createSlicerKeys } from './slicer-keys.ts'
import { createVault, type Vault } from './vault.ts'

type WithoutNumber<E> = E extends unknown ? Omit<E, 'number'> : never
/** An event before the store gave it its number. */
export type EventDraft = WithoutNumber<Event>

/** What becomes true together or not at all. */
export type Commit = {
  readonly events: readonly EventDraft[]
  /** The last word on a command; its id will not run again. */
  readonly reply?: Reply
  /** The machine room's report these events came from: it is confirmed only once they are stored. */
  readonly report?: { readonly room: string; readonly number: number }
}

export type StoredProgram = { readonly facts: string; readonly body: string }

/** Either what a command was answered, or that it was taken up and the answer is not known. */
export type SeenCommand = { readonly seen: 'answered'; readonly reply: Reply } | { readonly seen: 'begun' }

/** Replies are kept longer than any city sends a command again. */
const commandsKeptMs = 30 * 24 * 3600_000

const isOpen = (job: Job) => !endedStates.includes(job.state)

/**
 * Opens (or makes) the store at `path`. WAL with synchronous=FULL: what was committed survives kill -9 and a power cut.
 * All calls are synchronous and short; no transaction is ever held over I/O.
 */
export class Store implements Disposable {
  readonly #database: Database.Database
  readonly #open = new Map<string, Job>()
  readonly #machines = new Map<string, MachineMemory>()
  readonly #statements
  #lastNumber: number
  #lastTicket: number
  readonly #watchers = new Set<(events: readonly Event[]) => void>()
  /** Keys with which people's slicers send files to this school. */
  readonly slicerKeys: ReturnType<typeof createSlicerKeys>
  /** Permits, instructions and groups, as the events left them. */
  readonly records = new RecordBook()
  readonly vault: Vault
  /** What the school's own screen watched of its machines. */
  readonly series: ReturnType<typeof createSeriesShelf>

  constructor(path: string) {
    const database = new Database(path)
    this.#database = database
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('busy_timeout = 2000')
    migrate(database)
    this.#statements = prepare(database)
    this.slicerKeys = createSlicerKeys(database)
    this.vault = createVault(database)
    this.series = createSeriesShelf(database)
    for (const row of database.prepare<[], { kind: string; body: string }>('SELECT kind, body FROM records').iterate()) {
      this.records.restore(row.kind, row.body)
    }
    this.#lastNumber = Number(database.prepare('SELECT coalesce(max(number), 0) FROM events').pluck().get())
    this.#lastTicket = Number(database.prepare('SELECT coalesce(max(ticket), 0) FROM jobs').pluck().get())
    for (const body of database.prepare<[], string>('SELECT body FROM jobs WHERE open = 1').pluck().iterate()) {
      const job: Job = JSON.parse(body)
      this.#open.set(job.id, job)
    }
    for (const row of database.prepare<[], { id: string; body: string }>('SELECT id, body FROM machines').iterate()) {
      this.#machines.set(row.id, JSON.parse(row.body))
    }
  }

  get lastNumber(): number {
    return this.#lastNumber
  }

  /** The next ticket number of this school. */
  get nextTicket(): number {
    return this.#lastTicket + 1
  }

  /** Called with the events of each commit, in order, after they are on the disk. Returns how to stop. */
  watch(watcher: (events: readonly Event[]) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Writes the events, and what they mean for jobs that follow a plate, under the next numbers, folds them, and tells the watchers. Answers the numbered events. */
  commit(commit: Commit): readonly Event[] {
    const events = this.#withFollowers(commit.events).map((draft, index): Event => ({ number: this.#lastNumber + 1 + index, ...draft }))
    const machines = new Map<string, MachineMemory>()
    this.#database.transaction(() => {
      for (const event of events) {
        this.#statements.addEvent.run(event.number, event.at, JSON.stringify(event))
        if (event.kind === 'job') this.#putJob(event.job)
        const record = recordOf(event)
        if (record) this.#statements.putRecord.run(record.kind, record.id, JSON.stringify(record.body))
        const machine = machineOf(event)
        if (machine === undefined) continue
        machines.set(machine, foldMachine(machines.get(machine) ?? this.machine(machine), event))
      }
      for (const [id, memory] of machines) this.#statements.putMachine.run(id, JSON.stringify(memory))
      if (commit.reply) this.#statements.putCommand.run(commit.reply.command, commit.reply.at, JSON.stringify(commit.reply))
      if (commit.report) this.#statements.putNote.run('room', JSON.stringify(commit.report))
    })()
    this.#lastNumber += events.length
    for (const [id, memory] of machines) this.#machines.set(id, memory)
    for (const event of events) {
      this.records.fold(event)
      if (event.kind !== 'job') continue
      this.#lastTicket = Math.max(this.#lastTicket, event.job.ticket)
      if (isOpen(event.job)) this.#open.set(event.job.id, event.job)
      else this.#open.delete(event.job.id)
    }
    if (events.length > 0) for (const watcher of this.#watchers) watcher(events)
    return events
  }

  /** Jobs whose parts are made on this job's bed. */
  followers(plate: string): Job[] {
    return this.#statements.followers.all(plate).map((body): Job => JSON.parse(body))
  }

  /** Jobs that have not ended, in no particular order. */
  openJobs(): Job[] {
    return [...this.#open.values()]
  }

  job(id: string): Job | undefined {
    const open = this.#open.get(id)
    if (open) return open
    const body = this.#statements.jobBody.get(id)
    return body === undefined ? undefined : JSON.parse(body)
  }

  /** All copies of a ticket, the first one first. */
  jobsOfTicket(ticket: number): Job[] {
    const jobs = this.#statements.jobsOfTicket.all(ticket).map((body): Job => JSON.parse(body))
    return jobs.sort((a, b) => a.copy - b.copy)
  }

  /** Jobs that ended at or after the instant. */
  endedSince(instant: number): Job[] {
    return this.#statements.jobsEndedSince.all(instant).map((body): Job => JSON.parse(body))
  }

  /** Jobs that ended, newest first, at most so many. */
  endedJobs(limit: number): Job[] {
    return this.#statements.jobsEnded.all(limit).map((body): Job => JSON.parse(body))
  }

  machine(id: string): MachineMemory {
    return this.#machines.get(id) ?? freshMachine
  }

  /** Events with numbers above `after`, ascending, until one of the bounds is reached; at least one where there is one. */
  eventsAfter(after: number, countMax: number, bytesMax: number): Event[] {
    const events: Event[] = []
    let bytes = 0
    for (const body of this.#statements.eventsAfter.iterate(after)) {
      bytes += Buffer.byteLength(body)
      if (events.length > 0 && bytes > bytesMax) break
      events.push(JSON.parse(body))
      if (events.length >= countMax) break
    }
    return events
  }

  /** Newest first, with numbers below `before` where given. */
  journal(before: number | undefined, limit: number): Event[] {
    return this.#statements.eventsBefore.all(before ?? Number.MAX_SAFE_INTEGER, limit).map((body): Event => JSON.parse(body))
  }

  command(id: string): SeenCommand | undefined {
    const row = this.#statements.command.get(id)
    if (row === undefined) return undefined
    return row.reply === null ? { seen: 'begun' } : { seen: 'answered', reply: JSON.parse(row.reply) }
  }

  /** Notes that a command which must not happen twice is about to be carried out. */
  beginCommand(id: string, at: number): void {
    this.#statements.putCommand.run(id, at, null)
  }

  program(sha256: string): StoredProgram | undefined {
    return this.#statements.program.get(sha256)
  }

  /** Seconds by machine, as the program's analysis forecast them; read out by SQLite, since the whole may be megabytes. */
  estimates(sha256: string): Map<string, number> {
    return new Map(this.#statements.estimates.all(sha256).map(({ machine, seconds }) => [machine, seconds]))
  }

  putProgram(sha256: string, at: number, program: StoredProgram, pictures: readonly string[]): void {
    this.#database.transaction(() => {
      this.#statements.putProgram.run(sha256, at, program.facts, program.body)
      for (const what of pictures) this.#statements.putPictureDue.run(sha256, what)
    })()
  }

  /** Hashes of all programs that were ever analysed and are not forgotten. */
  programHashes(): string[] {
    return this.#statements.programHashes.all()
  }

  /** Its pictures are gone, too: none of them is due any more. */
  forgetProgram(sha256: string): void {
    this.#database.transaction(() => {
      this.#statements.forgetProgram.run(sha256)
      this.#statements.forgetPictures.run(sha256)
    })()
  }

  /** Pictures the city has not got, a few at a time: of programs of which there is a job, or that are asked for. */
  picturesDue(asked: readonly string[] = []): { sha256: string; what: string }[] {
    return this.#statements.picturesDue.all(JSON.stringify(asked))
  }

  /** It stays due, after all others. */
  pictureLater(sha256: string, what: string): void {
    this.#database.transaction(() => {
      this.#statements.pictureSent.run(sha256, what)
      this.#statements.putPictureDue.run(sha256, what)
    })()
  }

  pictureSent(sha256: string, what: string): void {
    this.#statements.pictureSent.run(sha256, what)
  }

  note(key: string): string | undefined {
    return this.#statements.note.get(key)
  }

  putNote(key: string, value: string): void {
    this.#statements.putNote.run(key, value)
  }

  /** Sessions of the school's own screen: people stay signed in when the daemon starts anew. */
  readonly sessions = {
    put: (tokenHash: string, record: { login: string; expiresAt: number }): void => {
      this.#statements.putSession.run(tokenHash, record.login, record.expiresAt)
    },
    get: (tokenHash: string): { login: string; expiresAt: number } | undefined => this.#statements.session.get(tokenHash),
    delete: (tokenHash: string): void => {
      this.#statements.deleteSession.run(tokenHash)
    },
    deleteExpired: (nowMs: number): void => {
      this.#statements.pruneSessions.run(nowMs)
    },
  }

  /** Forgets replies nobody will ask for again. */
  prune(nowMs: number): void {
    this.#statements.pruneCommands.run(nowMs - commandsKeptMs)
  }

  /** Folds every event again and compares with the tables, byte for byte. Answers what differs: nothing, unless the store was tampered with. */
  refold(): string[] {
    const jobs = new Map<string, string>()
    const memories = new Map<string, MachineMemory>()
    const records = new Map<string, string>()
    const differences: string[] = []
    let expected = 1
    for (const body of this.#statements.eventsAfter.iterate(0)) {
      const event: Event = JSON.parse(body)
      if (event.number !== expected) differences.push(`event ${expected} is missing`)
      expected = event.number + 1
      if (event.kind === 'job') jobs.set(event.job.id, JSON.stringify(event.job))
      const record = recordOf(event)
      if (record) records.set(`${record.kind}/${record.id}`, JSON.stringify(record.body))
      const machine = machineOf(event)
      if (machine !== undefined) memories.set(machine, foldMachine(memories.get(machine) ?? freshMachine, event))
    }
    const machines = new Map([...memories].map(([id, memory]) => [id, JSON.stringify(memory)]))
    differences.push(...this.#compare('jobs', jobs), ...this.#compare('machines', machines), ...this.#compare('records', records))
    return differences
  }

  #compare(table: 'jobs' | 'machines' | 'records', folded: ReadonlyMap<string, string>): string[] {
    const differences: string[] = []
    const stored = new Map<string, string>()
    const id = table === 'records' ? "kind || '/' || id AS id" : 'id'
    for (const row of this.#database.prepare<[], { id: string; body: string }>(`SELECT ${id}, body FROM ${table}`).iterate()) {
      stored.set(row.id, row.body)
      if (folded.get(row.id) !== row.body) differences.push(`${table}/${row.id} is not what the events say`)
    }
    for (const id of folded.keys()) if (!stored.has(id)) differences.push(`${table}/${id} is missing`)
    return differences
  }

  /** What happens to a plate's job happens at once to those on it: nobody who says the one can forget the others. */
  #withFollowers(drafts: readonly EventDraft[]): EventDraft[] {
    const after = new Map<string, Job>()
    return drafts.flatMap((draft): EventDraft[] => {
      if (draft.kind !== 'job') return [draft]
      const { job } = draft
      after.set(job.id, job)
      const followers = this.followers(job.id).map(one => after.get(one.id) ?? one)
      const more = followed(
        draft,
        followers.filter(one => one.plate === job.id),
      )
      for (const one of more) after.set(one.job.id, one.job)
      return [draft, ...more.map(one => ({ ...draft, ...one }))]
    })
  }

  #putJob(job: Job): void {
    this.#statements.putJob.run(job.id, job.ticket, isOpen(job) ? 1 : 0, job.endedAt ?? null, JSON.stringify(job))
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function prepare(database: Database.Database) {
  return {
    addEvent: database.prepare<[number, number, string]>('INSERT INTO events (number, at, body) VALUES (?, ?, ?)'),
    eventsAfter: database.prepare<[number], string>('SELECT body FROM events WHERE number > ? ORDER BY number').pluck(),
    eventsBefore: database
      .prepare<[number, number], string>('SELECT body FROM events WHERE number < ? ORDER BY number DESC LIMIT ?')
      .pluck(),
    putJob: database.prepare<[string, number, number, number | null, string]>(
      `INSERT INTO jobs (id, ticket, open, ended_at, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET ticket = excluded.ticket, open = excluded.open, ended_at = excluded.ended_at, body = excluded.body`,
    ),
    jobBody: database.prepare<[string], string>('SELECT body FROM jobs WHERE id = ?').pluck(),
    followers: database.prepare<[string], string>("SELECT body FROM jobs WHERE body ->> '$.plate' = ? ORDER BY ticket, id").pluck(),
    jobsEndedSince: database.prepare<[number], string>('SELECT body FROM jobs WHERE open = 0 AND ended_at >= ?').pluck(),
    jobsEnded: database
      .prepare<[number], string>('SELECT body FROM jobs WHERE open = 0 AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT ?')
      .pluck(),
    putMachine: database.prepare<[string, string]>(
      'INSERT INTO machines (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    ),
    jobsOfTicket: database.prepare<[number], string>('SELECT body FROM jobs WHERE ticket = ?').pluck(),
    putRecord: database.prepare<[string, string, string]>(
      'INSERT INTO records (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body',
    ),
    command: database.prepare<[string], { reply: string | null }>('SELECT reply FROM commands WHERE id = ?'),
    putCommand: database.prepare<[string, number, string | null]>(
      'INSERT INTO commands (id, at, reply) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET reply = excluded.reply',
    ),
    pruneCommands: database.prepare<[number]>('DELETE FROM commands WHERE at < ?'),
    program: database.prepare<[string], StoredProgram>('SELECT facts, body FROM programs WHERE sha256 = ?'),
    programHashes: database.prepare<[], string>('SELECT sha256 FROM programs').pluck(),
    forgetProgram: database.prepare<[string]>('DELETE FROM programs WHERE sha256 = ?'),
    estimates: database.prepare<[string], { machine: string; seconds: number }>(
      `SELECT one.value ->> 'machine' AS machine, one.value ->> 'estimatedSeconds' AS seconds
       FROM programs, json_each(programs.body, '$.program.machines') AS one WHERE sha256 = ? AND seconds IS NOT NULL`,
    ),
    putProgram: database.prepare<[string, number, string, string]>(
      `INSERT INTO programs (sha256, at, facts, body) VALUES (?, ?, ?, ?)
       ON CONFLICT (sha256) DO UPDATE SET at = excluded.at, facts = excluded.facts, body = excluded.body`,
    ),
    note: database.prepare<[string], string>('SELECT value FROM notes WHERE key = ?').pluck(),
    putNote: database.prepare<[string, string]>(
      'INSERT INTO notes (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    picturesDue: database.prepare<[string], { sha256: string; what: string }>(
      `SELECT sha256, what FROM pictures_due AS due
       WHERE sha256 IN (SELECT value FROM json_each(?)) OR EXISTS (SELECT 1 FROM jobs WHERE body ->> '$.program.sha256' = due.sha256)
       ORDER BY rowid LIMIT 20`,
    ),
    putPictureDue: database.prepare<[string, string]>('INSERT OR IGNORE INTO pictures_due (sha256, what) VALUES (?, ?)'),
    session: database.prepare<[string], { login: string; expiresAt: number }>(
      'SELECT login, expires_at AS expiresAt FROM sessions WHERE token_hash = ?',
    ),
    putSession: database.prepare<[string, string, number]>(
      'INSERT OR REPLACE INTO sessions (token_hash, login, expires_at) VALUES (?, ?, ?)',
    ),
    deleteSession: database.prepare<[string]>('DELETE FROM sessions WHERE token_hash = ?'),
    pruneSessions: database.prepare<[number]>('DELETE FROM sessions WHERE expires_at <= ?'),
    forgetPictures: database.prepare<[string]>('DELETE FROM pictures_due WHERE sha256 = ?'),
    pictureSent: database.prepare<[string, string]>('DELETE FROM pictures_due WHERE sha256 = ? AND what = ?'),
  }
}
