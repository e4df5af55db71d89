// What the screens show of the picture: how sure it is, one row a site, one view a page, and the frames that keep a view true. Pure: server and browser share it.
import type { Condition } from '../../protocols/contract/condition.ts'
import { helpCalled, problemReported } from '../../protocols/contract/floor.ts'
import type { JobForecast } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Lesson } from '../../protocols/contract/lesson.ts'
import type { MachineState, Telemetry } from '../../protocols/contract/machine.ts'
import { patched, patchOf } from '../../protocols/contract/patch.ts'
import type {
  Frame,
  HeatSample,
  Link,
  MachinePicture,
  SitePicture,
  SiteSummary,
  View,
  ViewSnapshot,
} from '../../protocols/contract/screen.ts'

/** A daemon pings its broker every 30 s; three missed and what it said last is history, not news. */
export const heartbeatMs = 90_000
const wantsMax = 12

/**
 * How far the site's word can be trusted now.
 * `sure: false` means "no data": the last state is shown only together with its age. `ageMs` is undefined when nothing was ever heard.
 */
export function confidence(link: Link, nowMs: number): { sure: boolean; ageMs: number | undefined } {
  if (link.link === 'unknown') return { sure: false, ageMs: undefined }
  const ageMs = Math.max(0, nowMs - link.heardAt)
  return { sure: link.link === 'online' && ageMs <= heartbeatMs, ageMs }
}

/** The state to show for a machine: its own, or `no-data` when its site is not sure to be there. */
export function shownState(link: Link, state: MachineState, nowMs: number): MachineState['state'] | 'no-data' {
  return confidence(link, nowMs).sure ? state.state : 'no-data'
}

/** What a record holds under a name that came over a wire: a machine may be called `constructor` and a job `__proto__`. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** One row of the city wall. Counts are the last states said; the link beside them says how old they may be. */
export function summarise(picture: SitePicture): SiteSummary {
  const counts: SiteSummary['counts'] = {}
  const kinds: NonNullable<SiteSummary['kinds']> = {}
  const wants: SiteSummary['wants'] = []
  for (const [id, machine] of Object.entries(picture.machines)) {
    const { declaration, state, inService } = machine
    const shown = seenState(machine)
    counts[shown] = (counts[shown] ?? 0) + 1
    const ofKind = kinds[declaration.kind] ?? { counts: {}, inService: 0 }
    kinds[declaration.kind] = ofKind
    if (inService) ofKind.inService += 1
    else ofKind.counts[shown] = (ofKind.counts[shown] ?? 0) + 1
    if (inService) continue
    const want = { machine: id, name: declaration.name, since: state.since }
    // Whoever called from a machine that works or is off waits all the same.
    const called = state.state === 'down' || state.state === 'attention' ? undefined : callAt(machine)
    if (called !== undefined) wants.push({ ...want, state: 'attention', fault: { code: called, text: calledText[called] } })
    else if (wantsPerson(state)) wants.push({ ...want, state: state.state, ...('fault' in state && state.fault && { fault: state.fault }) })
  }
  wants.sort((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state) || a.since - b.since || (a.machine < b.machine ? -1 : 1))
  let queued = 0
  for (const job of Object.values(picture.jobs)) if (job.state === 'queued' && job.plate === undefined) queued += 1
  return { site: picture.site, name: picture.name, link: picture.link, counts, kinds, queued, wants: wants.slice(0, wantsMax) }
}

/** What people said at the machine and nobody has seen to yet; a report before a call for help. */
export function callAt({ faults }: Pick<MachinePicture, 'faults'>): typeof problemReported | typeof helpCalled | undefined {
  return ([problemReported, helpCalled] as const).find(called => faults.some(({ code }) => code === called))
}

/** The machine's own word, but for one at which people called: it is not free, it waits for a person. */
export function seenState(machine: Pick<MachinePicture, 'state' | 'faults'>): MachineState['state'] {
  const { state } = machine.state
  return state === 'ready' && callAt(machine) !== undefined ? 'attention' : state
}

/** Worst first. */
const urgency: readonly MachineState['state'][] = ['down', 'attention', 'offline', 'paused', 'uncleared']

function wantsPerson(state: MachineState): boolean {
  if (state.state === 'paused') return state.by !== 'person'
  return urgency.includes(state.state)
}

/** Who looks. A pupil sees the machines and own jobs; staff sees the jobs of the sites it may see. */
export type Audience =
  | { kind: 'staff'; sites: readonly string[] | 'all' }
  | { kind: 'pupil'; author: string; sites: readonly string[] | 'all' }

/** In place of a site's id: what is wrong with the city, which every keeper sees. No site can be called so (ids.ts). */
export const cityItself = ''

export function maySee(audience: Audience, site: string): boolean {
  return audience.sites === 'all' || audience.sites.includes(site)
}

/** The name of the room in which everybody sees the same bytes. */
export function roomOf(view: View, audience: Audience): string {
  // Seen by technicians and administrators only: the server asks before it opens the room (server/sockets.ts).
  if (view.kind === 'conditions') return `conditions:${sitesKey(audience)}`
  const where = view.kind === 'city' ? `city:${sitesKey(audience)}` : `${view.kind}:${view.site}`
  const machine = view.kind === 'machine' ? `/${view.machine}` : ''
  // Of the city a pupil sees what staff sees: counts, and no job.
  return view.kind === 'city' || audience.kind === 'staff' ? `${where}${machine}` : `${where}${machine}|pupil:${audience.author}`
}

function sitesKey({ sites }: Audience): string {
  return sites === 'all' ? '*' : [...sites].sort().join(',')
}

/** The jobs this audience may know of. */
function jobsFor(audience: Audience, jobs: Readonly<Record<string, Job>>): Record<string, Job> {
  if (audience.kind === 'staff') return jobs
  return Object.fromEntries(Object.entries(jobs).filter(([, job]) => job.author.id === audience.author))
}

/** The whole view without its clock and history; two of them make a frame. */
export type Shown = Pick<Frame, 'link'> & {
  sites: Readonly<Record<string, SiteSummary>>
  machines: Readonly<Record<string, MachinePicture>>
  telemetry: Readonly<Record<string, Telemetry>>
  jobs: Readonly<Record<string, Job>>
  /** Of the jobs above only. */
  forecasts?: Readonly<Record<string, JobForecast>>
  conditions?: Readonly<Record<string, Condition>>
  lessons?: Readonly<Record<string, Lesson>>
}

const nothing: Shown = { sites: {}, machines: {}, telemetry: {}, jobs: {}, forecasts: {}, lessons: {} }

export function showSite(picture: SitePicture, audience: Audience): Shown {
  const { link, machines } = picture
  const jobs = jobsFor(audience, picture.jobs)
  return {
    ...nothing,
    link,
    machines: machinesFor(audience, machines),
    telemetry: ofKnown(picture),
    jobs,
    forecasts: forecastsOf(picture, jobs),
    lessons: lessonsFor(audience, picture),
  }
}

/** A pupil sees when machines are kept and for what, and not who keeps them. */
function lessonsFor(audience: Audience, { lessons = {} }: SitePicture): Readonly<Record<string, Lesson>> {
  if (audience.kind === 'staff') return lessons
  return Object.fromEntries(Object.entries(lessons).map(([id, lesson]) => [id, { ...lesson, by: somebody }]))
}

const somebody: Lesson['by'] = { id: 'staff', name: '—', role: 'teacher' }

function machinesFor(audience: Audience, machines: SitePicture['machines']): SitePicture['machines'] {
  const entries = Object.entries(machines)
  const shown = entries.map(([id, machine]) => [id, machineFor(audience, machine)] as const)
  return shown.every(([, machine], index) => machine === entries[index]?.[1]) ? machines : Object.fromEntries(shown)
}

/** What people wrote when they reported a problem is for those who see to it: a pupil sees that something was reported. */
function machineFor(audience: Audience, machine: MachinePicture): MachinePicture {
  if (audience.kind === 'staff' || machine.faults.every(({ code }) => code !== problemReported)) return machine
  const before = withoutWords.get(machine)
  if (before !== undefined) return before
  const faults = machine.faults.map(fault => (fault.code === problemReported ? { code: fault.code, text: reportedText } : fault))
  const shown = { ...machine, faults }
  withoutWords.set(machine, shown)
  return shown
}
/** The same machine is shown to a class as the same thing, or each frame would carry it anew. */
const withoutWords = new WeakMap<MachinePicture, MachinePicture>()
const reportedText = { ru: 'О станке сообщили.', en: 'Something was reported.' }
/** The wall is read by everybody: it says that people called, in none of their words. */
const calledText = { [problemReported]: reportedText, [helpCalled]: { ru: 'Зовут учителя.', en: 'A teacher is called.' } } as const

/** A forecast goes with its job or not at all: who may not see the one may not see the other. */
function forecastsOf({ forecasts = {} }: SitePicture, jobs: Readonly<Record<string, Job>>): Record<string, JobForecast> {
  return Object.fromEntries(Object.entries(forecasts).filter(([job]) => Object.hasOwn(jobs, job)))
}

/** Figures may arrive before the machine has declared itself; they are shown with it, never alone. */
function ofKnown({ machines, telemetry }: SitePicture): Shown['telemetry'] {
  const entries = Object.entries(telemetry)
  const known = entries.filter(([machine]) => Object.hasOwn(machines, machine))
  return known.length === entries.length ? telemetry : Object.fromEntries(known)
}

export function showMachine(picture: SitePicture, machine: string, audience: Audience): Shown {
  const known = own(picture.machines, machine)
  const one = known && machineFor(audience, known)
  const telemetry = own(picture.telemetry, machine)
  const jobs = Object.fromEntries(Object.entries(jobsFor(audience, picture.jobs)).filter(([, job]) => concerns(job, machine)))
  return {
    ...nothing,
    link: picture.link,
    machines: one === undefined ? {} : { [machine]: one },
    telemetry: telemetry === undefined ? {} : { [machine]: telemetry },
    jobs,
    forecasts: forecastsOf(picture, jobs),
  }
}

export function showConditions(bySite: ReadonlyMap<string, Readonly<Record<string, Condition>>>, audience: Audience): Shown {
  const seen = [...bySite]
    .filter(([site]) => site === cityItself || maySee(audience, site))
    .flatMap(([, conditions]) => Object.entries(conditions))
  return { ...nothing, conditions: Object.fromEntries(seen) }
}

export function showCity(summaries: Readonly<Record<string, SiteSummary>>, audience: Audience): Shown {
  return { ...nothing, sites: Object.fromEntries(Object.entries(summaries).filter(([site]) => maySee(audience, site))) }
}

/** It runs or ran here, is meant for here, or may end up here. */
function concerns(job: Job, machine: string): boolean {
  return (
    job.machine === machine ||
    (job.machine === undefined && (job.wanted === undefined ? job.suitable.includes(machine) : job.wanted === machine))
  )
}

/** What changed from one showing to the next: the figures apart from the rest, each left out when nothing in it did. */
export function frames(before: Shown, after: Shown, at: number): { state?: Frame; telemetry?: Frame } {
  const link = before.link === after.link ? undefined : after.link
  const sites = patchOf(before.sites, after.sites)
  const machines = patchOf(before.machines, after.machines)
  const jobs = patchOf(before.jobs, after.jobs)
  const forecasts = patchOf(before.forecasts ?? {}, after.forecasts ?? {})
  const conditions = patchOf(before.conditions ?? {}, after.conditions ?? {})
  const lessons = patchOf(before.lessons ?? {}, after.lessons ?? {})
  const telemetry = patchOf(before.telemetry, after.telemetry)
  const parts = {
    ...(link && { link }),
    ...(sites && { sites }),
    ...(machines && { machines }),
    ...(jobs && { jobs }),
    ...(forecasts && { forecasts }),
    ...(conditions && { conditions }),
    ...(lessons && { lessons }),
  }
  return {
    ...(Object.keys(parts).length > 0 && { state: { at, ...parts } }),
    ...(telemetry && { telemetry: { at, telemetry } }),
  }
}

/** The snapshot with a frame's patches in it: what a browser does with each frame. Unchanged parts keep their identity. */
export function applyFrame(snapshot: ViewSnapshot, frame: Frame): ViewSnapshot {
  const { at } = frame
  switch (snapshot.kind) {
    case 'city':
      return { ...snapshot, at, sites: patched(snapshot.sites, frame.sites) }
    case 'conditions':
      return { ...snapshot, at, conditions: patched(snapshot.conditions, frame.conditions) }
    case 'site': {
      const machines = patched(snapshot.picture.machines, frame.machines)
      const telemetry = patched(snapshot.picture.telemetry, frame.telemetry)
      const jobs = patched(snapshot.picture.jobs, frame.jobs)
      const forecasts = patched(snapshot.picture.forecasts ?? {}, frame.forecasts)
      const lessons = patched(snapshot.picture.lessons ?? {}, frame.lessons)
      const link = frame.link ?? snapshot.picture.link
      return { ...snapshot, at, picture: { ...snapshot.picture, link, machines, telemetry, jobs, forecasts, lessons } }
    }
    case 'machine': {
      const id = snapshot.machine.declaration.id
      const { telemetry: known, gone, ...rest } = snapshot
      const figures = own(frame.telemetry ?? {}, id)
      const telemetry = figures === null ? undefined : figures === undefined ? known : patched(known ?? { at }, figures)
      const machine = own(frame.machines ?? {}, id)
      return {
        ...rest,
        at,
        link: frame.link ?? snapshot.link,
        // Of a machine that is gone the page keeps the last word; one that is there again comes whole, and nothing of the old one is in it.
        machine: machine === null ? snapshot.machine : gone && machine ? (machine as MachinePicture) : patched(snapshot.machine, machine),
        ...((machine === null || (gone && machine === undefined)) && { gone: true as const }),
        jobs: patched(snapshot.jobs, frame.jobs),
        forecasts: patched(snapshot.forecasts ?? {}, frame.forecasts),
        ...(telemetry && { telemetry, history: figures ? [...addHeat(snapshot.history, telemetry)] : snapshot.history }),
      }
    }
  }
}

/** The temperature plot: one point each 2 s at most, the last 15 minutes. */
const heatEveryMs = 2_000
const heatKeptMs = 15 * 60_000

/** The history with this telemetry's point, where it has heaters and the last point is old enough; else the same history. */
export function addHeat(history: readonly HeatSample[], telemetry: Telemetry): readonly HeatSample[] {
  const { at, heaters } = telemetry
  if (heaters === undefined) return history
  const last = history.at(-1)
  if (last !== undefined) {
    // A clock set back would otherwise stop the plot until it catches up.
    if (at >= last.at && at - last.at < heatEveryMs) return history
    if (at < last.at) return last.at - at < heatKeptMs ? history : [sample(at, heaters)]
  }
  const first = history.findIndex(point => at - point.at <= heatKeptMs)
  return [...(first === -1 ? [] : history.slice(first)), sample(at, heaters)]
}

function sample(at: number, heaters: NonNullable<Telemetry['heaters']>): HeatSample {
  const points = Object.entries(heaters).map(([name, { actual, target }]) => [name, target === undefined ? { actual } : { actual, target }])
  return { at, heaters: Object.fromEntries(points) }
}
