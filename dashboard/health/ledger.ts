// Keeps the ledger of ended jobs by machine and day, out of the numbered events, and reckons the figures from it: once for everybody who asks.
import type { Logger } from 'pino'
import type { CityFigures, FigureDays, SiteFigures } from '../../protocols/contract/figures.ts'
import type { Range } from '../../protocols/contract/forecast.ts'
import { openTimes } from '../../protocols/contract/hours.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { own } from '../fleet/picture.ts'
import type { Recorder } from '../trends/recorder.ts'
import type { SeriesShelf } from '../workplace.ts'
import { type Fact, factOf, readDay, readFacts, writeDay } from './facts.ts'
import { addSums, figuresOf, type MachinePast, noSums, retriesOf, type Sums, sumsOf } from './figures.ts'

const dayMs = 24 * 3_600_000
/** The longest window, and what a repair or a first try in its first days may go back to. */
const keptMs = 120 * dayMs
const keepEveryMs = 30_000
const pruneEveryMs = 10 * 60_000
/** Figures of weeks do not change by the minute; a city of 565 machines is reckoned a school at a time. */
const goodForMs = 2 * 60_000
const refreshEveryMs = 1_000
/** Kept fresh while somebody looks. */
const askedMs = 10 * 60_000
/** What was told while we were away is read back a page at a time. */
const readBackEveryMs = 20
const readBackStep = 200
/** Ranges told at the start of jobs that run now. */
const rangesMax = 2_000
const rangeWithinMs = 5 * 60_000

export type Ledger = {
  city(days: FigureDays, sites: readonly string[]): CityFigures
  site(site: string, days: FigureDays): SiteFigures | undefined
  close(): void
}

export type LedgerOptions = {
  fleet: Fleet
  shelf: SeriesShelf
  recorder: Pick<Recorder, 'presence'>
  /** Newest first, below `before` (dashboard/workplace.ts). */
  journal: (site: string, before: number | undefined, limit: number) => Event[]
  clock: () => number
  log: Logger
}

type Open = Map<string, { machine: string; at: number; facts: Map<string, Fact> }>
type Reckoned = { at: number; of: (days: FigureDays) => { sums: Sums; figures: SiteFigures } }
type Book = {
  /** Days that were changed and are not written. */
  days: Open
  /** The highest number folded, and the one that is written. */
  mark: number
  marked: number
  reckoned?: Reckoned
  /** How far back has been read; undefined once all has. */
  back?: { before?: number; mark: number; seen: Set<string> }
}

export function startLedger({ fleet, shelf, recorder, journal, clock, log }: LedgerOptions): Ledger {
  const books = new Map<string, Book>()
  for (const { id } of fleet.sites()) {
    const mark = shelf.mark(id)
    books.set(id, { days: new Map(), mark, marked: mark, back: { mark, seen: new Set() } })
  }
  const ranges = new Map<string, Range>()
  const begun = new Map<string, { site: string; at: number }>()
  const toPrune: string[] = []
  let askedAt = Number.NEGATIVE_INFINITY
  /** The last answer for the whole city: most who ask see all of it. */
  const answers = new Map<FigureDays, { stamp: string; answer: CityFigures }>()

  function fold(site: string, book: Book, event: Event): void {
    if (event.kind !== 'job') return
    const { job, change } = event
    if (change === 'started' && begun.size < rangesMax) begun.set(job.id, { site, at: clock() })
    if (job.endedAt === undefined || job.machine === undefined || clock() - job.endedAt > keptMs) return
    const day = dayOf(book, site, job.machine, job.endedAt)
    const fact = factOf(job, ranges.get(job.id), day.facts.get(job.id))
    if (fact === undefined) return
    day.facts.set(job.id, fact)
    book.days.set(`${day.machine} ${day.at}`, day)
    ranges.delete(job.id)
  }

  function dayOf(book: Book, site: string, machine: string, atMs: number) {
    const at = Math.floor(atMs / dayMs) * dayMs
    const known = book.days.get(`${machine} ${at}`)
    if (known !== undefined) return known
    const row = shelf.read('jobs', site, machine, at).find(one => one.at === at)
    return { machine, at, facts: row === undefined ? new Map<string, Fact>() : readDay(row.body) }
  }

  const stopEvents = fleet.onEvents((site, events) => {
    const book = books.get(site)
    if (book === undefined) return
    for (const event of events) {
      if (event.kind === 'job') book.back?.seen.add(event.job.id)
      fold(site, book, event)
      book.mark = event.number
    }
  })

  /** The forecast's first word on a job after it began. */
  const hearRanges = () => {
    const now = clock()
    for (const [job, { site, at }] of begun) {
      const range = own(fleet.site(site)?.forecasts ?? {}, job)?.end
      const running = own(fleet.site(site)?.jobs ?? {}, job)?.state === 'running'
      if (range !== undefined && running && now - at >= refreshEveryMs) ranges.set(job, range)
      if (ranges.has(job) || now - at > rangeWithinMs) begun.delete(job)
    }
    for (const oldest of ranges.keys()) {
      if (ranges.size <= rangesMax) break
      ranges.delete(oldest)
    }
  }

  const readBack = () => {
    const next = [...books].find(([, { back }]) => back !== undefined)
    if (next === undefined) return void clearInterval(reading)
    const [site, book] = next
    const { back } = book
    if (back === undefined) return
    const page = journal(site, back.before, readBackStep)
    const [newest] = page
    // A school that lost its disk counts from one again: nothing of its new life is in the ledger.
    if (back.before === undefined && newest !== undefined && newest.number < back.mark) back.mark = 0
    let last = back.before ?? Number.POSITIVE_INFINITY
    for (const event of page) {
      const over = event.number <= back.mark || event.number >= last || clock() - event.at > keptMs
      if (over) return void delete book.back
      last = event.number
      if (event.kind !== 'job' || back.seen.has(event.job.id)) continue
      // Newest first: the first word met on a job is its last one.
      back.seen.add(event.job.id)
      fold(site, book, event)
    }
    if (back.before === undefined) book.mark = Math.max(book.mark, newest?.number ?? 0)
    if (page.length < readBackStep || last <= 1) delete book.back
    else back.before = last
  }

  const keep = (site: string, book: Book) => {
    if (book.days.size === 0 && (book.back !== undefined || book.mark === book.marked)) return
    const rows = [...book.days.values()].map(({ machine, at, facts }) => ({ machine, at, body: writeDay(facts) }))
    try {
      if (rows.length > 0) shelf.put('jobs', site, rows)
      // Half-read pasts are read again after a crash.
      if (book.back === undefined) {
        shelf.putMark(site, book.mark)
        book.marked = book.mark
      }
      book.days.clear()
    } catch (error) {
      log.error({ err: error, site }, 'the ledger of jobs could not be stored')
    }
  }
  const keepAll = () => {
    for (const [site, book] of books) keep(site, book)
  }
  const prune = () => {
    const site = toPrune.shift()
    if (site === undefined) return void toPrune.push(...books.keys())
    try {
      shelf.prune('jobs', site, clock() - keptMs)
    } catch (error) {
      log.error({ err: error, site }, 'old days of jobs could not be removed')
    }
  }

  function reckon(site: string, book: Book): Reckoned | undefined {
    const picture = fleet.site(site)
    if (picture === undefined) return undefined
    const now = clock()
    const pasts = new Map<string, Fact[]>()
    const add = (machine: string, facts: Iterable<Fact>) => {
      const known = pasts.get(machine) ?? []
      pasts.set(machine, known)
      known.push(...facts)
    }
    for (const { machine, at, body } of shelf.read('jobs', site, undefined, now - keptMs)) {
      if (!book.days.has(`${machine} ${at}`)) add(machine, readFacts(body))
    }
    for (const { machine, facts } of book.days.values()) add(machine, facts.values())
    for (const facts of pasts.values()) facts.sort(byEnd)
    const retries = retriesOf([...pasts.values()].flat())
    const presence = recorder.presence(site, now - keptMs)
    const calendar = fleet.calendar(site)
    const open = calendar && openTimes(calendar, now - keptMs, now)
    const machines = Object.values(picture.machines)
      .map(({ declaration }) => declaration)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const known = new Map<FigureDays, { sums: Sums; figures: SiteFigures }>()
    const ofDays = (days: FigureDays): { sums: Sums; figures: SiteFigures } => {
      const sums = noSums()
      const rows = machines.map(({ id, name, kind }) => {
        const running = runningOn(id, picture)
        const past: MachinePast = { facts: pasts.get(id) ?? [], presence: presence.get(id) ?? [], ...(running && { running }), retries }
        const own = sumsOf(past, open, now - days * dayMs, now)
        addSums(sums, own)
        return { machine: id, name, kind, figures: figuresOf(own) }
      })
      return { sums, figures: { site, name: picture.name, figures: figuresOf(sums), machines: rows } }
    }
    return {
      at: now,
      of: days => {
        const found = known.get(days) ?? ofDays(days)
        known.set(days, found)
        return found
      },
    }
  }

  function fresh(site: string): Reckoned | undefined {
    const book = books.get(site)
    if (book === undefined) return undefined
    const { reckoned } = book
    if (reckoned !== undefined && clock() - reckoned.at <= 2 * goodForMs) return reckoned
    const made = reckon(site, book)
    if (made !== undefined) book.reckoned = made
    return made
  }

  /** One school at a time, and only while somebody looks. */
  const refresh = () => {
    hearRanges()
    const now = clock()
    if (now - askedAt > askedMs) return
    for (const [site, book] of books) {
      if (book.reckoned !== undefined && now - book.reckoned.at <= goodForMs) continue
      const made = reckon(site, book)
      if (made !== undefined) book.reckoned = made
      return
    }
  }

  const reading = setInterval(readBack, readBackEveryMs)
  const timers = [reading, setInterval(keepAll, keepEveryMs), setInterval(prune, pruneEveryMs), setInterval(refresh, refreshEveryMs)]
  for (const timer of timers) timer.unref()

  return {
    city: (days, sites) => {
      askedAt = clock()
      const all = sites.flatMap(site => fresh(site) ?? [])
      const stamp = `${sites.join()} ${all.map(({ at }) => at).join()}`
      const known = answers.get(days)
      if (known?.stamp === stamp) return known.answer
      const sums = noSums()
      for (const one of all) addSums(sums, one.of(days).sums)
      const rows = all.map((one): SiteFigures => {
        const { machines: _machines, ...row } = one.of(days).figures
        return row
      })
      const answer = { days, at: Math.min(clock(), ...all.map(({ at }) => at)), city: figuresOf(sums), sites: rows }
      answers.set(days, { stamp, answer })
      return answer
    },
    site: (site, days) => {
      askedAt = clock()
      return fresh(site)?.of(days).figures
    },
    close: () => {
      for (const timer of timers) clearInterval(timer)
      stopEvents()
      keepAll()
    },
  }
}

function byEnd(a: Fact, b: Fact): number {
  return a.endedAt - b.endedAt || a.startedAt - b.startedAt || (a.key < b.key ? -1 : 1)
}

/** A job of hours is load before it ends. Of a silent school nobody knows whether it still runs. */
function runningOn(machine: string, { jobs, machines, link }: SitePicture): MachinePast['running'] {
  const state = own(machines, machine)?.state
  const job = state !== undefined && 'job' in state && state.job !== undefined ? own(jobs, state.job) : undefined
  if (job?.startedAt === undefined || job.endedAt !== undefined || link.link === 'unknown') return undefined
  return { from: job.startedAt, until: link.heardAt }
}
