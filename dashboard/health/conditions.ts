// The rows people see: alarms gathered by cause, with where each stands; and what people may do with a row. Pure.
import type { Affected, Condition, Priority, Standing } from '../../protocols/contract/condition.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import { own } from '../fleet/picture.ts'
import { type Alarm, isTold, type Notes, type SiteAlarms, wholeSite } from './alarms.ts'
import { causes } from './causes.ts'

const priorities: readonly Priority[] = ['urgent', 'soon', 'plan']
const standings: readonly Standing['state'][] = ['active', 'cleared', 'acknowledged', 'shelved']

/**
 * The conditions of a site by id. A site that is silent has this one only: of its machines nobody can say anything.
 * `hushed`: it is silent, and that is no trouble now.
 */
export function conditionsOf({ alarms, notes }: SiteAlarms, picture: SitePicture, hushed = false): Record<string, Condition> {
  const told = Object.values(alarms).filter(isTold)
  const silent = hushed || told.some(alarm => alarm.cause === 'site-silent' && alarm.stage === 'raised')
  const rows = new Map<string, Alarm[]>()
  for (const alarm of told) {
    if (silent && alarm.machine !== wholeSite) continue
    rows.set(alarm.key, [...(rows.get(alarm.key) ?? []), alarm])
  }
  const found = [...rows].map(([key, members]) => conditionOf(key, members, own(notes, key) ?? {}, picture))
  return Object.fromEntries(found.flatMap(condition => (condition === undefined ? [] : [[condition.id, condition]])))
}

export function conditionId(site: string, key: string): string {
  return `${site}.${key}`
}

function conditionOf(key: string, members: Alarm[], notes: Notes, picture: SitePicture): Condition | undefined {
  const [first] = members
  if (first === undefined) return undefined
  const { cause } = first
  const { priority, text, help } = causes[cause]
  // A fault has a better name of its own than its kind; a machine's advice goes before the general one.
  const fault = cause === 'down' || cause === 'attention' || cause === 'problem-reported' || cause === 'parts-low' ? first.fault : undefined
  const machines = members.flatMap(alarm => affected(alarm, picture)).sort((a, b) => a.since - b.since || (a.machine < b.machine ? -1 : 1))
  return {
    id: conditionId(picture.site, key),
    site: picture.site,
    siteName: picture.name,
    cause,
    priority,
    since: Math.min(...members.map(({ since }) => since)),
    text: fault?.text ?? text,
    help: fault?.help ?? help,
    machines,
    standing: standingOf(members, notes),
  }
}

function affected({ machine, since, fault, figure, ...alarm }: Alarm, picture: SitePicture): Affected[] {
  if (machine === wholeSite) return []
  const seen = own(picture.machines, machine)
  if (seen === undefined) return []
  const { declaration, firmware } = seen
  const { name, kind } = declaration
  const cleared = alarm.stage === 'cleared' ? { cleared: alarm.at } : {}
  return [
    {
      machine,
      name,
      kind,
      since,
      ...cleared,
      ...(fault && { fault }),
      ...(figure && { figure }),
      ...(firmware && { firmware: firmware.name }),
    },
  ]
}

function standingOf(members: readonly Alarm[], { acknowledged, shelved }: Notes): Standing {
  if (shelved !== undefined) return { state: 'shelved', ...shelved }
  const raised = members.filter(({ stage }) => stage === 'raised')
  if (raised.length === 0) return { state: 'cleared', at: Math.max(...members.map(one => (one.stage === 'cleared' ? one.at : 0))) }
  if (acknowledged !== undefined && raised.every(({ machine }) => acknowledged.covers.includes(machine))) {
    const { by, at, reason } = acknowledged
    return { state: 'acknowledged', by, at, reason }
  }
  return { state: 'active' }
}

type Deed = { by: string; at: number; reason: string }

/** Somebody has seen it: what has cleared leaves the list, the rest stays in it, quietly. */
export function acknowledge({ alarms, notes }: SiteAlarms, key: string, deed: Deed): SiteAlarms {
  const kept = Object.entries(alarms).filter(([, alarm]) => alarm.key !== key || alarm.stage !== 'cleared')
  const covers = kept.flatMap(([, alarm]) => (alarm.key === key && alarm.stage === 'raised' ? [alarm.machine] : []))
  const { acknowledged: _before, ...rest } = own(notes, key) ?? {}
  return {
    alarms: Object.fromEntries(kept),
    notes: { ...notes, [key]: covers.length > 0 ? { ...rest, acknowledged: { ...deed, covers } } : rest },
  }
}

/** Laid aside until then: it is listed apart and calls nobody. */
export function shelve({ alarms, notes }: SiteAlarms, key: string, deed: Deed & { until: number }): SiteAlarms {
  return { alarms, notes: { ...notes, [key]: { ...own(notes, key), shelved: deed } } }
}

export function unshelve({ alarms, notes }: SiteAlarms, key: string): SiteAlarms {
  const { shelved: _shelved, ...rest } = own(notes, key) ?? {}
  return { alarms, notes: { ...notes, [key]: rest } }
}

/** Most pressing first: unacknowledged before acknowledged before shelved, then by priority, then the oldest. */
export function byNeed(a: Condition, b: Condition): number {
  return rank(a) - rank(b) || priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || a.since - b.since || (a.id < b.id ? -1 : 1)
}

function rank({ standing }: Condition): number {
  return standings.indexOf(standing.state)
}
