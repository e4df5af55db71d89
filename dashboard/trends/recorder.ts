// Watches the machines of every site: each few seconds it looks at the picture and adds what it sees to quarters of an hour and to days, kept on the shelf.
import type { Logger } from 'pino'
import type { Calendar } from '../../protocols/contract/calendar.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import { type Drift, type Trends, trendBucketMs, trendDaysMax } from '../../protocols/contract/trends.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { confidence, own } from '../fleet/picture.ts'
import type { SeriesName, SeriesRow, SeriesShelf } from '../workplace.ts'
import {
  addHeating,
  addSample,
  type Bucket,
  emptyBucket,
  isEmpty,
  loseSight,
  readBucket,
  secondsToHeat,
  type Watch,
  writeBucket,
} from './bucket.ts'
import { addPresence, noPresence, type Presence, presenceKeptMs, readPresence } from './presence.ts'
import { trendsOf } from './show.ts'
import { dutyDrifts, heatingDrifts, learn, nothingUsual, type Usual } from './usual.ts'

/** A mean of so many looks is good to a few parts in a hundred, and a school's second is not worth more. */
const lookEveryMs = 5_000
/** What was between two looks further apart than this nobody knows. */
const gapMaxMs = 3 * lookEveryMs
/** After a crash so much is missing at most. */
const keepEveryMs = 5 * 60_000
const writeEveryMs = 100
/** One site at a time: a school's old rows are found in a few milliseconds, a city's would stop the screens. */
const pruneEveryMs = 10 * 60_000
const dayMs = 24 * 3_600_000
/** What is usual is read back at the start, a machine at a time: a city must not stand still for it. */
const readBackEveryMs = 10
const usualDays = 9

/** What the trends of a machine say now, for the rules of conditions. */
export type Signs = { duty: Record<string, Drift>; heating: Record<string, Drift>; lines: number; resends: number }

export type Recorder = {
  trends(site: string, machine: string, days: number): Trends | undefined
  signs(site: string, machine: string): Signs | undefined
  /** What was seen of a machine's presence since then, by day: those on the shelf and those of now. */
  presence(site: string, sinceMs: number): Map<string, { at: number; presence: Presence }[]>
  /** Looks now; the timer does so by itself. */
  look(): void
  close(): void
}

type Watched = {
  watch: Watch
  bucket: Bucket
  bucketAt: number
  /** Quarters of the last day that are over, for sums over a day: [start, lines, resends]. */
  day: [number, number, number][]
  usual: Usual
  presence: Presence
  presenceAt: number
  dirty: boolean
}

export type RecorderOptions = { fleet: Fleet; shelf: SeriesShelf; clock: () => number; log: Logger }

export function startRecorder({ fleet, shelf, clock, log }: RecorderOptions): Recorder {
  const sites = new Map<string, Map<string, Watched>>(fleet.sites().map(({ id }) => [id, new Map()]))
  let lookedAt: number | undefined
  const toReadBack: [string, string][] = []
  const toPrune: string[] = []
  /** Emptied many times faster than it is filled. */
  const toWrite: { name: SeriesName; site: string; rows: SeriesRow[] }[] = []

  const watchedOf = (site: string, machine: string, now: number): Watched => {
    const machines = sites.get(site) ?? new Map<string, Watched>()
    sites.set(site, machines)
    const known = machines.get(machine)
    if (known !== undefined) return known
    const bucketAt = quarterOf(now)
    const presenceAt = dayOf(now)
    const rows = shelf.read('presence', site, machine, presenceAt)
    const bucket = shelf.read('trend', site, machine, bucketAt).flatMap(({ body }) => readBucket(body) ?? [])[0]
    const presence = rows.flatMap(({ body }) => readPresence(body) ?? [])[0]
    const made: Watched = {
      watch: { steady: new Map() },
      bucket: bucket ?? emptyBucket(),
      bucketAt,
      day: [],
      usual: nothingUsual(),
      presence: presence ?? noPresence,
      presenceAt,
      dirty: false,
    }
    machines.set(machine, made)
    toReadBack.push([site, machine])
    return made
  }

  const readBack = () => {
    const next = toReadBack.shift()
    if (next === undefined) return
    const [site, machine] = next
    const watched = sites.get(site)?.get(machine)
    if (watched === undefined) return
    const now = clock()
    for (const { at, body } of shelf.read('trend', site, machine, now - usualDays * dayMs)) {
      const bucket = at < watched.bucketAt ? readBucket(body) : undefined
      if (bucket === undefined) continue
      learn(watched.usual, bucket, at)
      if (bucket.lines > 0 && now - at <= dayMs) watched.day.push([at, bucket.lines, bucket.resends])
    }
  }

  const look = () => {
    const now = clock()
    const passed = lookedAt === undefined ? 0 : now - lookedAt
    lookedAt = now
    const seconds = passed > 0 && passed <= gapMaxMs ? passed / 1000 : 0
    for (const { id } of fleet.sites()) {
      const picture = fleet.site(id)
      if (picture !== undefined) lookAt(id, picture, seconds, now)
    }
  }

  function lookAt(site: string, picture: SitePicture, seconds: number, now: number): void {
    const { sure } = confidence(picture.link, now)
    const open = isOpen(fleet.calendar(site), now)
    turn(site, now)
    for (const [machine, { state, inService }] of Object.entries(picture.machines)) {
      const watched = watchedOf(site, machine, now)
      if (!sure || seconds === 0) {
        loseSight(watched.watch)
        continue
      }
      addSample(watched.bucket, watched.watch, state.state, own(picture.telemetry, machine), seconds, now)
      if (open) watched.presence = addPresence(watched.presence, state.state, inService, seconds)
      watched.dirty = true
    }
    const machines = sites.get(site)
    // Of machines that are no more what was seen stays on the shelf until it is too old.
    if (machines !== undefined && machines.size > Object.keys(picture.machines).length)
      for (const machine of machines.keys()) if (own(picture.machines, machine) === undefined) machines.delete(machine)
  }

  /** Begins the next quarter and the next day when it is time. */
  function turn(site: string, now: number): void {
    const quarter = quarterOf(now)
    const over = [...(sites.get(site) ?? [])].filter(([, { bucketAt }]) => bucketAt !== quarter)
    if (over.length === 0) return
    gather(site, over)
    for (const [, watched] of over) {
      const { bucket, bucketAt } = watched
      learn(watched.usual, bucket, bucketAt)
      if (bucket.lines > 0) watched.day.push([bucketAt, bucket.lines, bucket.resends])
      watched.day = watched.day.filter(([at]) => now - at <= dayMs)
      watched.bucket = emptyBucket()
      watched.bucketAt = quarter
      if (dayOf(now) !== watched.presenceAt) {
        watched.presence = noPresence
        watched.presenceAt = dayOf(now)
      }
    }
  }

  /** Takes what is to be written; the disk's turn comes a school at a time, so that screens do not wait for nineteen commits. */
  function gather(site: string, machines: Iterable<readonly [string, Watched]>): void {
    const dirty = [...machines].filter(([, { dirty }]) => dirty)
    const trend = dirty.flatMap(([machine, { bucket, bucketAt }]): SeriesRow[] =>
      isEmpty(bucket) ? [] : [{ machine, at: bucketAt, body: writeBucket(bucket) }],
    )
    const presence = dirty.flatMap(([machine, watched]): SeriesRow[] =>
      watched.presence === noPresence ? [] : [{ machine, at: watched.presenceAt, body: JSON.stringify(watched.presence) }],
    )
    for (const [, watched] of dirty) watched.dirty = false
    if (trend.length > 0) toWrite.push({ name: 'trend', site, rows: trend })
    if (presence.length > 0) toWrite.push({ name: 'presence', site, rows: presence })
  }
  const gatherAll = () => {
    for (const [site, machines] of sites) gather(site, machines)
  }
  const write = () => {
    const next = toWrite.shift()
    if (next === undefined) return
    try {
      shelf.put(next.name, next.site, next.rows)
    } catch (error) {
      // A full disk: what cannot be written stays unknown; the next turn tries with what is known then.
      log.error({ err: error, site: next.site }, 'trends could not be stored')
    }
  }
  /** What is on the shelf, and what is on its way there. */
  function written(site: string, machine: string, since: number): Map<number, string> {
    const bodies = new Map(shelf.read('trend', site, machine, since).map(({ at, body }) => [at, body]))
    for (const { name, site: of, rows } of toWrite) {
      if (name !== 'trend' || of !== site) continue
      for (const row of rows) if (row.machine === machine && row.at >= since) bodies.set(row.at, row.body)
    }
    return bodies
  }

  const prune = () => {
    const now = clock()
    const site = toPrune.shift()
    if (site === undefined) return void toPrune.push(...sites.keys())
    try {
      shelf.prune('trend', site, now - trendDaysMax * dayMs)
      shelf.prune('presence', site, now - presenceKeptMs)
    } catch (error) {
      log.error({ err: error, site }, 'old trends could not be removed')
    }
  }

  const stopEvents = fleet.onEvents((site, events) => {
    for (const event of events) {
      if (event.kind !== 'heated') continue
      const heat = secondsToHeat(event.curve)
      const watched = heat && sites.get(site)?.get(event.machine)
      // A school that was away tells of its past: that is not of this quarter.
      if (watched && Math.abs(clock() - event.at) < dayMs) {
        addHeating(watched.bucket, [event.heater, heat.to, Math.round(heat.seconds), event.at])
        watched.dirty = true
      }
    }
  })

  const timers = [
    setInterval(look, lookEveryMs),
    setInterval(gatherAll, keepEveryMs),
    setInterval(write, writeEveryMs),
    setInterval(prune, pruneEveryMs),
    setInterval(readBack, readBackEveryMs),
  ]
  for (const timer of timers) timer.unref()

  return {
    trends: (site, machine, days) => {
      const picture = fleet.site(site)
      if (picture === undefined || own(picture.machines, machine) === undefined) return undefined
      const now = clock()
      const from = now - Math.min(days, trendDaysMax) * dayMs
      const watched = sites.get(site)?.get(machine)
      const kept = [...written(site, machine, from)].flatMap(([at, body]): [number, Bucket][] => {
        const bucket = at === watched?.bucketAt ? undefined : readBucket(body)
        return bucket === undefined ? [] : [[at, bucket]]
      })
      const buckets = watched === undefined || isEmpty(watched.bucket) ? kept : [...kept, [watched.bucketAt, watched.bucket] as const]
      const duty = watched === undefined ? {} : dutyDrifts(watched.usual, watched.bucket, now)
      const heating = watched === undefined ? {} : heatingDrifts(watched.usual, watched.bucket)
      return trendsOf({ site, machine, from, until: now }, buckets, duty, heating)
    },
    signs: (site, machine) => {
      const watched = sites.get(site)?.get(machine)
      if (watched === undefined) return undefined
      const { usual, bucket, day } = watched
      const sum = (which: 1 | 2) => day.reduce((total, quarter) => total + quarter[which], 0)
      return {
        duty: dutyDrifts(usual, bucket, clock()),
        heating: heatingDrifts(usual, bucket),
        lines: sum(1) + bucket.lines,
        resends: sum(2) + bucket.resends,
      }
    },
    presence: (site, sinceMs) => {
      const found = new Map<string, { at: number; presence: Presence }[]>()
      const add = (machine: string, at: number, presence: Presence) =>
        found.set(machine, [...(found.get(machine) ?? []).filter(one => one.at !== at), { at, presence }])
      for (const { machine, at, body } of shelf.read('presence', site, undefined, sinceMs)) {
        const presence = readPresence(body)
        if (presence !== undefined) add(machine, at, presence)
      }
      for (const [machine, { presence, presenceAt }] of sites.get(site) ?? [])
        if (presence !== noPresence) add(machine, presenceAt, presence)
      return found
    },
    look,
    close: () => {
      for (const timer of timers) clearInterval(timer)
      stopEvents()
      gatherAll()
      while (toWrite.length > 0) write()
    },
  }
}

function quarterOf(atMs: number): number {
  return Math.floor(atMs / trendBucketMs) * trendBucketMs
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs
}

/** A school that told no hours is neither open nor closed: its presence cannot be held against any plan. */
function isOpen(calendar: Calendar | undefined, atMs: number): boolean {
  const window = calendar?.next(atMs)
  return window !== undefined && window.from <= atMs
}
