// The picture of one site, folded from what its daemon says. Pure: the server and a test hold it alike, and nothing is invented.
import type { JobForecast, QueueForecast } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { endedStates } from '../../protocols/contract/job-states.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import type { MachineMessage, Telemetry } from '../../protocols/contract/machine.ts'
import type { MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import type { Event, Status } from '../../protocols/contract/wire.ts'
import type { Fault } from '../../protocols/contract/words.ts'
import { foldHours, type SiteHours, withHours } from './hours.ts'
import { own } from './picture.ts'

/** How often a mere sign of life changes the picture: often enough for the heartbeat, seldom enough to cost nothing. */
const heardEveryMs = 10_000
/** Ended jobs stay in the picture this long (protocols/contract/screen.ts, SitePicture). */
export const endedKeptMs = 24 * 3_600_000
/** More than a school queues in a month; the oldest ended ones go first. */
const jobsMax = 1_000
const faultsPerMachineMax = 20

/** What the wire (or, on a school's own screen, the daemon itself) tells the picture. */
export type SiteMessage =
  | { name: 'status'; payload: Status }
  | { name: 'machine'; machine: string; payload: MachineMessage }
  | { name: 'telemetry'; machine: string; payload: Telemetry }
  | { name: 'queue'; payload: QueueForecast }
  | { name: 'events'; events: readonly Event[] }
  /** A sign of life without content: an MQTT ping. */
  | { name: 'heard' }
  /** The connection is gone and left no word. */
  | { name: 'gone' }

/** A site as folded so far. `faults` waits here for machines that have not declared themselves yet. */
export type SiteFold = {
  picture: SitePicture
  session?: string
  faults: Readonly<Record<string, readonly Fault[]>>
  /** Absent where the school told none. */
  hours?: SiteHours
}

export type FleetPicture = Readonly<Record<string, SiteFold>>

export function emptySite(site: string, name: string): SiteFold {
  return { picture: { site, name, link: { link: 'unknown' }, machines: {}, telemetry: {}, jobs: {} }, faults: {} }
}

/** Folds a message of one site into the whole picture; a site we do not know changes nothing. */
export function applyMessage(picture: FleetPicture, site: string, message: SiteMessage, nowMs: number): FleetPicture {
  const before = picture[site]
  if (before === undefined) return picture
  const after = applyToSite(before, message, nowMs)
  return after === before ? picture : { ...picture, [site]: after }
}

/** The site after the message. What did not change keeps its identity, so that a frame is a comparison of references. `nowMs`: the holder's clock. */
export function applyToSite(before: SiteFold, message: SiteMessage, nowMs: number): SiteFold {
  switch (message.name) {
    case 'status':
      return applyStatus(before, message.payload, nowMs)
    case 'machine':
      return applyMachine(heard(before, nowMs), message.machine, message.payload)
    case 'telemetry':
      return applyTelemetry(heard(before, nowMs), message.machine, message.payload)
    case 'queue':
      return applyQueue(heard(before, nowMs), message.payload.jobs)
    case 'events':
      return message.events.reduce((fold, event) => applyEvent(fold, event), heard(before, nowMs))
    case 'heard':
      return heard(before, nowMs)
    case 'gone':
      return cutOff(before, nowMs)
  }
}

/** Leaves out jobs that ended more than 24 h ago, and the oldest ended ones above the bound. */
export function forgetOldJobs(before: SiteFold, nowMs: number): SiteFold {
  const jobs = Object.values(before.picture.jobs)
  const ended = jobs.filter(job => endedStates.includes(job.state)).sort((a, b) => endOf(a) - endOf(b))
  const surplus = Math.max(0, jobs.length - jobsMax)
  const gone = new Set(ended.filter((job, index) => index < surplus || nowMs - endOf(job) > endedKeptMs).map(job => job.id))
  if (gone.size === 0) return before
  const kept = Object.fromEntries(jobs.filter(job => !gone.has(job.id)).map(job => [job.id, job]))
  return { ...before, picture: { ...before.picture, jobs: kept } }
}

/** Leaves out lessons that are over. */
export function forgetOldLessons(before: SiteFold, nowMs: number): SiteFold {
  const known = Object.values(before.picture.lessons ?? {})
  const coming = known.filter(({ until }) => until > nowMs)
  return coming.length === known.length
    ? before
    : withPicture(before, { lessons: Object.fromEntries(coming.map(lesson => [lesson.id, lesson])) })
}

function withLesson(lessons: Readonly<Record<string, Lesson>>, lesson: Lesson, at: number): Record<string, Lesson> {
  const { [lesson.id]: _, ...others } = lessons
  return lesson.cancelledAt !== undefined || lesson.until <= at ? others : { ...others, [lesson.id]: lesson }
}

function endOf(job: Job): number {
  return job.endedAt ?? job.submittedAt
}

function withPicture(fold: SiteFold, change: Partial<SitePicture>): SiteFold {
  return { ...fold, picture: { ...fold.picture, ...change } }
}

function heard(fold: SiteFold, nowMs: number): SiteFold {
  const { link } = fold.picture
  // Only a birth makes a site online: a straggler from a dead connection must not wake it.
  if (link.link !== 'online' || nowMs - link.heardAt < heardEveryMs) return fold
  return withPicture(fold, { link: { ...link, heardAt: nowMs } })
}

function cutOff(fold: SiteFold, nowMs: number): SiteFold {
  const { link } = fold.picture
  if (link.link !== 'online') return fold
  return withPicture(fold, { link: { link: 'offline', since: nowMs, heardAt: link.heardAt } })
}

function applyStatus(before: SiteFold, status: Status, nowMs: number): SiteFold {
  if (status.status === 'offline') {
    // The will of an earlier life may arrive after the next birth.
    return before.session === undefined || before.session === status.session ? cutOff(before, nowMs) : before
  }
  const { link } = before.picture
  const since = link.link === 'online' && before.session === status.session ? link.since : nowMs
  const declared = new Set(status.machines)
  const hours = foldHours(before.hours, status.hours)
  const { hours: _old, ...picture } = before.picture
  return {
    ...(hours && { hours }),
    session: status.session,
    faults: only(before.faults, declared),
    picture: {
      ...withHours(picture, hours, nowMs),
      name: status.name,
      link: { link: 'online', since, heardAt: nowMs },
      machines: only(before.picture.machines, declared),
      telemetry: only(before.picture.telemetry, declared),
    },
  }
}

/** The record without the keys that are not declared; the same record when all are. */
function only<T>(record: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> {
  const entries = Object.entries(record)
  const kept = entries.filter(([key]) => keys.has(key))
  return kept.length === entries.length ? record : Object.fromEntries(kept)
}

function applyMachine(fold: SiteFold, machine: string, message: MachineMessage): SiteFold {
  const { picture } = fold
  const faults = [...(own(fold.faults, machine) ?? [])]
  const { firmware, differences, declaration, state, inService, drain, readOnly, at } = message
  const next: MachinePicture = {
    declaration,
    state,
    inService,
    readOnly,
    at,
    faults,
    ...(drain && { drain }),
    ...(firmware && { firmware }),
    ...(differences && { differences }),
  }
  return withPicture(fold, {
    machines: { ...picture.machines, [machine]: next },
    telemetry: stillTrue(picture.telemetry, machine, message),
  })
}

/** A machine that is not there has no temperature, and a machine without a job has no progress: old figures would be invented ones. */
function stillTrue(telemetry: SitePicture['telemetry'], machine: string, { state, at }: MachineMessage): SitePicture['telemetry'] {
  const known = own(telemetry, machine)
  // From its first word on a machine has figures, if empty ones: what a page knew of an earlier life is then replaced.
  if (known === undefined || state.state === 'offline') return { ...telemetry, [machine]: { at } }
  const job = 'job' in state ? state.job : undefined
  if (known.progress === undefined || known.progress.job === job) return telemetry
  const { progress: _ended, ...rest } = known
  return { ...telemetry, [machine]: rest }
}

function applyTelemetry(fold: SiteFold, machine: string, telemetry: Telemetry): SiteFold {
  const { picture } = fold
  // Absent keys mean "unchanged": the picture keeps what it knew of them.
  return withPicture(fold, { telemetry: { ...picture.telemetry, [machine]: { ...own(picture.telemetry, machine), ...telemetry } } })
}

/** What is as it was keeps its identity: a forecast is told whole, and a frame should carry only what is new. */
function applyQueue(fold: SiteFold, told: Readonly<Record<string, JobForecast>>): SiteFold {
  const known = fold.picture.forecasts ?? {}
  const entries = Object.entries(told).map(([job, forecast]) => {
    const before = own(known, job)
    return [job, before !== undefined && JSON.stringify(before) === JSON.stringify(forecast) ? before : forecast] as const
  })
  const same = entries.length === Object.keys(known).length && entries.every(([job, forecast]) => own(known, job) === forecast)
  return same ? fold : withPicture(fold, { forecasts: Object.fromEntries(entries) })
}

function applyEvent(fold: SiteFold, event: Event): SiteFold {
  switch (event.kind) {
    case 'job':
      return withPicture(fold, { jobs: { ...fold.picture.jobs, [event.job.id]: event.job } })
    case 'fault':
      return applyFault(fold, event.machine, event.change, event.fault)
    case 'lesson':
      return withPicture(fold, { lessons: withLesson(fold.picture.lessons ?? {}, event.lesson, event.at) })
    case 'action':
    case 'counters':
    case 'heated':
    case 'quota':
    case 'part':
    case 'order':
    case 'cared':
    case 'instruction':
    case 'permit':
    case 'group':
      return fold
  }
}

function applyFault(fold: SiteFold, machine: string, change: 'raised' | 'cleared', fault: Fault): SiteFold {
  const others = (own(fold.faults, machine) ?? []).filter(known => known.code !== fault.code)
  const faults = change === 'raised' ? [...others, fault].slice(-faultsPerMachineMax) : others
  const known = own(fold.picture.machines, machine)
  const next = { ...fold, faults: { ...fold.faults, [machine]: faults } }
  if (known === undefined) return next
  return withPicture(next, { machines: { ...fold.picture.machines, [machine]: { ...known, faults: [...faults] } } })
}
