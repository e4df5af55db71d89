// The plan of a school's machines as bars on lines: what runs, what is likely next, lessons, closed hours. Pure; instants in ms.
import type { Range } from '../../../protocols/contract/forecast.ts'
import type { Job } from '../../../protocols/contract/job.ts'
import type { Lesson } from '../../../protocols/contract/lesson.ts'
import type { MachinePicture, SitePicture } from '../../../protocols/contract/screen.ts'
import { forecastOf } from '../school/forecast.ts'
import { queueOf, takes } from '../school/waits.ts'

/** `sure`: until then it is almost certainly busy with it; `until`: it may last so long. */
export type Bar = { from: number; sure: number; until: number } & (
  | { kind: 'run'; job: Job; fraction: number | undefined }
  /** `guessed`: any of several machines may get it, and this one is likely. */
  | { kind: 'queued'; job: Job; guessed: boolean; start: readonly [number, number]; end: readonly [number, number] }
  | { kind: 'lesson'; lesson: Lesson }
)
export type Line = { machine: MachinePicture; bars: Bar[] }
export type Span = { from: number; until: number }

/** More bars on a line than these nobody tells apart. */
const barsMax = 40

export function planOf(picture: SitePicture, sure: boolean, { from, until }: Span, now: number): Line[] {
  const machines = Object.values(picture.machines).sort((a, b) =>
    a.declaration.name.localeCompare(b.declaration.name, 'ru', { numeric: true }),
  )
  const bars = new Map<string, Bar[]>(machines.map(({ declaration }) => [declaration.id, []]))
  const add = (machine: string, bar: Bar) => {
    const line = bars.get(machine)
    if (line !== undefined && line.length < barsMax && bar.until > from && bar.from < until) line.push(bar)
  }
  for (const lesson of Object.values(picture.lessons ?? {})) {
    for (const machine of lesson.machines) {
      add(machine, { kind: 'lesson', lesson, from: lesson.from, sure: lesson.until, until: lesson.until })
    }
  }
  const freeAt = new Map<string, number>()
  for (const machine of machines) {
    const run = runOf(machine, picture, sure, now)
    if (run === undefined) continue
    freeAt.set(machine.declaration.id, (run.sure + run.until) / 2)
    add(machine.declaration.id, run)
  }
  for (const { job, start, end, machine } of queueWithTimes(picture, sure)) {
    const takers = machines.filter(machine => takes(machine, job) && !machine.inService)
    // The school says where; one that does not say so yet leaves us the machine that is free first.
    const soonest = takers.toSorted((a, b) => (freeAt.get(a.declaration.id) ?? now) - (freeAt.get(b.declaration.id) ?? now))[0]
    const id = machine ?? soonest?.declaration.id
    if (id === undefined) continue
    // A range overlaps the one before it; on the line one follows the other.
    const begin = Math.max((start[0] + start[1]) / 2, freeAt.get(id) ?? 0)
    const solid = Math.max(end[0], begin)
    freeAt.set(id, Math.max((end[0] + end[1]) / 2, begin))
    add(id, { kind: 'queued', job, guessed: takers.length > 1, start, end, from: begin, sure: solid, until: Math.max(end[1], solid) })
  }
  return machines.map(machine => ({ machine, bars: (bars.get(machine.declaration.id) ?? []).sort((a, b) => a.from - b.from) }))
}

function runOf({ state }: MachinePicture, picture: SitePicture, sure: boolean, now: number): Extract<Bar, { kind: 'run' }> | undefined {
  const job = 'job' in state && state.job !== undefined ? picture.jobs[state.job] : undefined
  if (job === undefined || state.state === 'uncleared' || job.machine === undefined) return undefined
  const progress = picture.telemetry[job.machine]?.progress
  const end = forecastOf(job, picture, sure)?.end ?? guess(job, now)
  const from = job.startedAt ?? state.since
  const fraction = progress?.job === job.id ? progress.fraction : undefined
  return { kind: 'run', job, fraction, from, sure: Math.max(end[0], now), until: Math.max(end[1], now) }
}

/** Where the school forecasts nothing: what the check said, from the start on. */
function guess(job: Job, now: number): [number, number] {
  const at = (job.startedAt ?? now) + (job.estimatedSeconds ?? 0) * 1000
  return [at, at]
}

type Timed = { job: Job; start: Range; end: Range; machine: string | undefined }

function queueWithTimes(picture: SitePicture, sure: boolean): Timed[] {
  return queueOf(Object.values(picture.jobs))
    .flatMap(job => {
      const { start, end, machine } = forecastOf(job, picture, sure) ?? {}
      return start === undefined || end === undefined ? [] : [{ job, start, end, machine }]
    })
    .sort((a, b) => a.start[0] + a.start[1] - b.start[0] - b.start[1])
}

export type SpanName = 'hours' | 'day' | 'week'

const hourMs = 3_600_000
const shortestMs = 2 * hourMs

/** What the plan shows, from a little before now. `day`: until the school closes, today or when it is next open. */
export function spanOf(name: SpanName, now: number, hours: SitePicture['hours']): Span {
  const from = Math.floor((now - hourMs / 2) / (hourMs / 2)) * (hourMs / 2)
  if (name === 'week') return { from, until: from + 7 * 24 * hourMs }
  if (name === 'hours') return { from, until: from + 8.5 * hourMs }
  const closing = hours?.find(([, until]) => until > now)?.[1]
  return { from, until: Math.max(from + shortestMs, Math.min(closing ?? endOfDay(now), from + 7 * 24 * hourMs)) }
}

/** When the school is closed within the span; nothing where it did not say its hours. */
export function closedTimes(hours: SitePicture['hours'], { from, until }: Span): Span[] {
  if (hours === undefined) return []
  const closed: Span[] = []
  let at = from
  for (const [opens, closes] of hours) {
    if (closes <= at) continue
    if (opens >= until) break
    if (opens > at) closed.push({ from: at, until: opens })
    at = closes
  }
  if (at < until) closed.push({ from: at, until })
  return closed
}

/** Marks on the time axis: whole hours, every so many of the reader's clock; midnights where days are shown. */
export function ticksOf({ from, until }: Span, name: SpanName): number[] {
  const everyHours = name === 'week' ? 24 : until - from > 14 * hourMs ? 2 : 1
  const ticks: number[] = []
  const at = new Date(from)
  at.setMinutes(0, 0, 0)
  if (everyHours === 24) at.setHours(0)
  while (at.getTime() < until) {
    if (at.getTime() > from && (everyHours === 24 || at.getHours() % everyHours === 0)) ticks.push(at.getTime())
    if (everyHours === 24) at.setDate(at.getDate() + 1)
    else at.setHours(at.getHours() + 1)
  }
  return ticks
}

function endOfDay(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0)
}
