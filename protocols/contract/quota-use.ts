// How much of each quota is used, and which one a new job would break: one rule for the school that judges and the pages that show. Pure.
import { zoneOf } from './calendar.ts'
import { failureOf } from './failures.ts'
import { type Group, takesPupils } from './group.ts'
import type { Author, Job } from './job.ts'
import { endedStates } from './job-states.ts'
import type { Period, Quota, QuotaUse } from './lesson.ts'

export type QuotaQuestion = {
  /** Dropped ones are passed over. */
  readonly quotas: readonly Quota[]
  /** All that have not ended, and those that ended since `quotaJobsSince`. */
  readonly jobs: readonly Job[]
  readonly groups: readonly Group[]
  /** The school's own. */
  readonly timeZone: string
  readonly nowMs: number
}

/** How much a job takes from a quota. */
export type Cost = { readonly jobs: number; readonly hours: number; readonly grams: number }

const free: Cost = { jobs: 0, hours: 0, grams: 0 }
const dayMs = 86_400_000

/** The running calendar period of the school: from its first midnight to the one at which all begins anew. Weeks begin on Monday. */
export function periodOf(per: Period, atMs: number, timeZone: string): { from: number; until: number } {
  const today = Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs))
  const date = new Date(today)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const monday = today - ((date.getUTCDay() + 6) % 7) * dayMs
  const [first, next] = {
    day: [today, today + dayMs],
    week: [monday, monday + 7 * dayMs],
    month: [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)],
  }[per] as [number, number]
  const zone = zoneOf(timeZone)
  return { from: zone.instant(new Date(first), 0), until: zone.instant(new Date(next), 0) }
}

/** Jobs that ended before it count in none of these quotas. */
export function quotaJobsSince({ quotas, timeZone, nowMs }: Pick<QuotaQuestion, 'quotas' | 'timeZone' | 'nowMs'>): number {
  return Math.min(nowMs, ...live(quotas).map(({ per }) => periodOf(per, nowMs, timeZone).from))
}

/**
 * The use of every quota by everybody it bounds: groups that take pupils also where nothing is used, pupils where they used something.
 * With `whom` only that pupil's own rows and those of the pupil's group, all of them.
 */
export function quotaUses(question: QuotaQuestion, whom?: Pick<Author, 'id' | 'name' | 'group'>): QuotaUse[] {
  const { jobs, groups, nowMs, timeZone } = question
  const costs = costsOf(jobs)
  return live(question.quotas).flatMap(quota => {
    const { from, until } = periodOf(quota.per, nowMs, timeZone)
    const rows = new Map<string, QuotaUse>()
    const row = (id: string, name: string): QuotaUse => {
      const known = rows.get(id) ?? { quota, whom: id, name, jobs: 0, hours: 0, grams: 0, resetsAt: until }
      rows.set(id, known)
      return known
    }
    const bound = (group: string | undefined) => quota.group === undefined || quota.group === group
    if (quota.of === 'group') for (const { id, name } of groups.filter(one => bound(one.id) && isAsked(one, nowMs, whom))) row(id, name)
    else if (whom !== undefined && bound(whom.group)) row(whom.id, whom.name)
    for (const job of jobs) {
      const { id, name, role, group } = job.author
      if (role !== 'pupil' || !bound(group) || (job.endedAt !== undefined && endedStates.includes(job.state) && job.endedAt < from))
        continue
      const key = quota.of === 'pupil' ? id : group
      if (key === undefined || (whom !== undefined && key !== (quota.of === 'pupil' ? whom.id : whom.group))) continue
      const cost = costs.get(job.id) ?? free
      if (cost.jobs === 0 && !rows.has(key)) continue
      const use = row(key, quota.of === 'pupil' ? name : (groups.find(one => one.id === group)?.name ?? '?'))
      use.jobs += cost.jobs
      use.hours += cost.hours
      use.grams += cost.grams
    }
    return [...rows.values()]
  })
}

export type QuotaReport = { quotas: Quota[]; uses: QuotaUse[] }

/** What a page shows: all quotas and uses, or those that bound a pupil, who is not told which teacher set them. */
export function quotaReport(question: QuotaQuestion, whom?: Pick<Author, 'id' | 'name' | 'group'>): QuotaReport {
  const uses = quotaUses(question, whom)
  if (whom === undefined) return { quotas: live(question.quotas), uses }
  const told = uses.map(use => ({ ...use, quota: { ...use.quota, by: somebody } }))
  return { quotas: told.map(({ quota }) => quota), uses: told }
}

const somebody: Author = { id: 'staff', name: '—', role: 'teacher' }

/** The first quota these new jobs of a pupil would break, with what it limits. */
export function brokenQuota(question: QuotaQuestion, author: Author, wants: Cost): { use: QuotaUse; what: keyof Cost } | undefined {
  for (const use of quotaUses(question, author)) {
    for (const what of ['jobs', 'hours', 'grams'] as const) {
      const limit = use.quota[what]
      if (limit === undefined) continue
      // A job of unknown length wants no hours that we know of; but where all are used, nothing more begins. A cut takes no plastic, ever.
      const full = use[what] >= limit && (what !== 'grams' || wants.grams > 0)
      if (full || use[what] + wants[what] > limit + rounding) return { use, what }
    }
  }
  return undefined
}

/** Sums of hours and grams are no exact numbers. */
const rounding = 1e-6

function live(quotas: readonly Quota[]): Quota[] {
  return quotas.filter(({ droppedAt }) => droppedAt === undefined)
}

function isAsked(group: Group, nowMs: number, whom: Pick<Author, 'group'> | undefined): boolean {
  return whom === undefined ? takesPupils(group, nowMs) : whom.group === group.id
}

/** What each job takes: those on a plate share that plate's time and plastic evenly. */
function costsOf(jobs: readonly Job[]): Map<string, Cost> {
  const byId = new Map(jobs.map(job => [job.id, job]))
  const onPlate = new Map<string, number>()
  for (const job of jobs) if (isOnPlate(job)) onPlate.set(job.plate, (onPlate.get(job.plate) ?? 0) + 1)
  return new Map(
    jobs.map(job => {
      const plate = isOnPlate(job) ? byId.get(job.plate) : undefined
      if (plate === undefined) return [job.id, costOf(job)]
      const { jobs: counts, hours, grams } = costOf(plate)
      const parts = onPlate.get(plate.id) ?? 1
      return [job.id, { jobs: counts, hours: hours / parts, grams: grams / parts }]
    }),
  )
}

/** What was taken back before its plate began is made by nobody, though it still names the plate. */
function isOnPlate(job: Job): job is Job & { plate: string } {
  return job.plate !== undefined && job.state !== 'cancelled' && job.state !== 'denied'
}

/**
 * A job that waits or runs counts with its forecast, one that ran with what it took. What never began costs nothing, and neither does
 * what failed by the machine's fault or was cut short by power or line: that is not the pupil's doing.
 */
export function costOf(job: Job): Cost {
  const { state, program, estimatedSeconds, end } = job
  const grams = program.grams ?? 0
  if (state === 'returned') return free
  if (!endedStates.includes(state)) return { jobs: 1, hours: (estimatedSeconds ?? 0) / 3600, grams }
  if (job.startedAt === undefined || end === undefined || end.outcome === 'interrupted' || failureOf(job) !== undefined) return free
  if (end.fault !== undefined && notByPupil.includes(end.fault.code)) return free
  const done = end.outcome === 'completed' || !estimatedSeconds ? 1 : Math.min(1, end.seconds / estimatedSeconds)
  return { jobs: 1, hours: end.seconds / 3600, grams: grams * done }
}

/** The school's own trouble, which is neither the machine's nor the pupil's. */
const notByPupil: readonly string[] = ['file-missing', 'room-away', 'unknown-to-room']
