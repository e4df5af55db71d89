// How far each row of a machine's maintenance plan has come: from its plan, its hours and when the row was last done. Pure; school, city and screen reckon alike.
import type { Care, CareDue, Cared, CarePlans, Part, WorkOrder } from './care.ts'

/** From this share of the interval on a row is soon due; from 1 it is due. */
export const soonShare = 0.9
/** A closed order stays on the page, and its photos in the house, this long. */
export const closedShownMs = 90 * 24 * 3_600_000

export type CareStanding = 'due' | 'soon' | 'fine'

export function standingOf({ share }: Pick<CareDue, 'share'>): CareStanding {
  return share >= 1 ? 'due' : share >= soonShare ? 'soon' : 'fine'
}

/** The rows of every machine's plan, the most used up first. `cared`: the last word on each row. */
export function careDue(plans: CarePlans, cared: readonly Cared[], nowMs: number): CareDue[] {
  const lastOf = new Map(cared.map(one => [keyOf(one.machine, one.task), one]))
  const rows = Object.entries(plans.machines).flatMap(([machine, { plan, since, runningSeconds }]) =>
    (Object.hasOwn(plans.plans, plan) ? (plans.plans[plan] ?? []) : []).map((task): CareDue => {
      const known = lastOf.get(keyOf(machine, task.id))
      const last = known?.undone === true ? undefined : known
      // A clock set back, or a counter that began anew, makes nothing older than new.
      const hours = Math.max(0, (runningSeconds - (last?.runningSeconds ?? 0)) / 3600)
      const days = Math.max(0, (nowMs - (last?.at ?? since)) / 86_400_000)
      const share = Math.max(shareOf(hours, task.everyHours), shareOf(days, task.everyDays))
      return { machine, task, ...(last && { last }), hours: rounded(hours), days: rounded(days), share: Math.round(share * 1000) / 1000 }
    }),
  )
  return rows.sort((a, b) => b.share - a.share || (a.machine < b.machine ? -1 : a.machine > b.machine ? 1 : a.task.id < b.task.id ? -1 : 1))
}

export function isLow({ count, least }: Pick<Part, 'count' | 'least'>): boolean {
  return count < least
}

/** Open ones and those closed lately, the newest first. */
export function shownOrders(orders: readonly WorkOrder[], nowMs: number): WorkOrder[] {
  const shown = orders.filter(({ closedAt }) => closedAt === undefined || nowMs - closedAt <= closedShownMs)
  return shown.sort((a, b) => lastAt(b) - lastAt(a) || (a.id < b.id ? -1 : 1))
}

/** What the page of care shows of a site. */
export function careOf(
  plans: CarePlans | undefined,
  records: { cared: readonly Cared[]; parts: readonly Part[]; orders: readonly WorkOrder[] },
  nowMs: number,
): Care {
  return {
    plan: plans === undefined ? [] : careDue(plans, records.cared, nowMs),
    parts: [...records.parts].sort((a, b) => a.name.localeCompare(b.name, 'ru') || (a.id < b.id ? -1 : 1)),
    orders: shownOrders(records.orders, nowMs),
  }
}

/** Photos that these orders show, each once. */
export function photosOf(orders: readonly WorkOrder[]): string[] {
  return [...new Set(orders.flatMap(({ remarks }) => remarks.flatMap(({ photos = [] }) => photos)))]
}

function lastAt({ openedAt, closedAt, remarks }: WorkOrder): number {
  return closedAt ?? remarks.at(-1)?.at ?? openedAt
}

function keyOf(machine: string, task: string): string {
  return `${machine}/${task}`
}

function shareOf(used: number, every: number | undefined): number {
  return every === undefined ? 0 : used / every
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
