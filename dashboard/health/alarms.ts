// From what holds now to what a person is told: grace, hysteresis and the states of ISA-18.2 over each cause and machine. Pure.
import type { Fault, Sentence } from '../../protocols/contract/words.ts'
import { type CauseName, causes } from './causes.ts'

/** What holds now. `key`: what makes one row; a fault code or a kind of failure has its own. `machine`: '' for the site itself. */
export type Observation = { cause: CauseName; key: string; machine: string; fault?: Fault; figure?: Sentence }

/** pending: held, but not for long enough. raised: told; `awayFrom` while it seems over. cleared: over, and nobody has acknowledged it. */
type Stage = { stage: 'pending'; from: number } | { stage: 'raised'; awayFrom?: number } | { stage: 'cleared'; at: number; from?: number }

/** One cause on one machine (or on the site itself). `since`: when it began to hold, by our clock. */
export type Alarm = Stage & Pick<Observation, 'cause' | 'key' | 'machine' | 'fault' | 'figure'> & { since: number }

type Deed = { by: string; at: number; reason: string }
/** What people said of a condition. An acknowledgement covers the machines that were in it; another machine raises it anew. */
export type Notes = { acknowledged?: Deed & { covers: readonly string[] }; shelved?: Deed & { until: number } }

export type SiteAlarms = { alarms: Readonly<Record<string, Alarm>>; notes: Readonly<Record<string, Notes>> }

export const noAlarms: SiteAlarms = { alarms: {}, notes: {} }

/** What nobody acknowledged in a week is history. */
const clearedKeptMs = 7 * 24 * 3_600_000

/** Beside the machine's id: the site itself. */
export const wholeSite = ''

/** What can be told at a moment. `unknown`: neither holding nor over, as nobody can see it now; it stays as it was. */
export type Sight = {
  held: readonly Observation[]
  unknown: (cause: CauseName, machine: string) => boolean
  /** Of no concern to anybody now, whether it holds or not: it is dropped without a word, unless somebody has taken it up. */
  lapsed?: (cause: CauseName) => boolean
  /** Those there are; alarms of others are dropped. */
  machines: ReadonlySet<string>
}

/** The alarms a moment later. Answers the same object where nothing changed. */
export function stepAlarms(before: SiteAlarms, sight: Sight, nowMs: number): SiteAlarms {
  const held = new Map(sight.held.map(one => [idOf(one), one]))
  const alarms: Record<string, Alarm> = {}
  for (const [id, alarm] of Object.entries(before.alarms)) {
    if (alarm.machine !== wholeSite && !sight.machines.has(alarm.machine)) continue
    const now = held.get(id)
    const after = sight.lapsed?.(alarm.cause)
      ? covered(before, alarm)
        ? frozen(alarm)
        : undefined
      : sight.unknown(alarm.cause, alarm.machine)
        ? frozen(alarm)
        : now
          ? holding(alarm, now, nowMs)
          : away(alarm, covered(before, alarm), nowMs)
    if (after !== undefined) alarms[id] = after
  }
  for (const [id, now] of held) {
    if (Object.hasOwn(before.alarms, id) || sight.unknown(now.cause, now.machine) || sight.lapsed?.(now.cause)) continue
    alarms[id] = risen({ ...now, since: nowMs, stage: 'pending', from: nowMs }, nowMs)
  }
  const notes = settled(before.notes, alarms, nowMs)
  const same = notes === before.notes && sameRecords(before.alarms, alarms)
  return same ? before : { alarms, notes }
}

export function idOf({ key, machine }: Pick<Observation, 'key' | 'machine'>): string {
  return `${key}|${machine}`
}

/** Told to somebody: raised, or cleared and not acknowledged. */
export function isTold(alarm: Alarm): boolean {
  return alarm.stage !== 'pending'
}

/** Out of sight: what was counted so far starts again, since nobody saw it hold meanwhile. */
function frozen(alarm: Alarm): Alarm | undefined {
  switch (alarm.stage) {
    case 'pending':
      return undefined
    case 'raised':
      return alarm.awayFrom === undefined ? alarm : withoutAway(alarm)
    case 'cleared':
      return alarm.from === undefined ? alarm : { ...bare(alarm), stage: 'cleared', at: alarm.at }
  }
}

function holding(alarm: Alarm, now: Observation, nowMs: number): Alarm {
  const fresh = sameFacts(alarm, now) ? alarm : { ...alarm, ...facts(now) }
  switch (fresh.stage) {
    case 'pending':
      return risen(fresh, nowMs)
    case 'raised':
      return fresh.awayFrom === undefined ? fresh : withoutAway(fresh)
    case 'cleared': {
      // A clock set back must not hold an alarm down.
      const from = fresh.from === undefined || fresh.from > nowMs ? nowMs : fresh.from
      const again = risen({ ...bare(fresh), since: from, stage: 'pending', from }, nowMs)
      return again.stage === 'raised' ? again : { ...fresh, from }
    }
  }
}

function risen(alarm: Alarm & { stage: 'pending' }, nowMs: number): Alarm {
  const from = Math.min(alarm.from, nowMs)
  if (nowMs - from < causes[alarm.cause].raiseMs) return from === alarm.from ? alarm : { ...alarm, from }
  return { ...bare(alarm), since: from, stage: 'raised' }
}

function away(alarm: Alarm, acknowledged: boolean, nowMs: number): Alarm | undefined {
  switch (alarm.stage) {
    case 'pending':
      return undefined
    case 'raised': {
      const from = Math.min(alarm.awayFrom ?? nowMs, nowMs)
      if (nowMs - from < causes[alarm.cause].clearMs) return alarm.awayFrom === from ? alarm : { ...alarm, awayFrom: from }
      return acknowledged ? undefined : { ...bare(alarm), stage: 'cleared', at: nowMs }
    }
    case 'cleared': {
      if (nowMs - alarm.at > clearedKeptMs) return undefined
      return alarm.from === undefined ? alarm : { ...bare(alarm), stage: 'cleared', at: alarm.at }
    }
  }
}

function covered({ notes }: SiteAlarms, { key, machine }: Alarm): boolean {
  const known = Object.hasOwn(notes, key) ? notes[key] : undefined
  return known?.shelved !== undefined || known?.acknowledged?.covers.includes(machine) === true
}

/** Notes end with what they were about; a shelf ends by its time, also when the thing has gone: it may be one that comes and goes. */
function settled(before: SiteAlarms['notes'], alarms: SiteAlarms['alarms'], nowMs: number): SiteAlarms['notes'] {
  const told = new Map<string, Set<string>>()
  for (const alarm of Object.values(alarms)) if (isTold(alarm)) told.set(alarm.key, (told.get(alarm.key) ?? new Set()).add(alarm.machine))
  let changed = false
  const notes: Record<string, Notes> = {}
  for (const [key, note] of Object.entries(before)) {
    const there = told.get(key)
    const covers = note.acknowledged?.covers.filter(machine => there?.has(machine) === true) ?? []
    const acknowledged = note.acknowledged && covers.length > 0 ? { ...note.acknowledged, covers } : undefined
    const shelved = note.shelved && note.shelved.until > nowMs ? note.shelved : undefined
    const same = covers.length === (note.acknowledged?.covers.length ?? 0) && shelved === note.shelved
    if (same) notes[key] = note
    else {
      changed = true
      if (acknowledged || shelved) notes[key] = { ...(acknowledged && { acknowledged }), ...(shelved && { shelved }) }
    }
  }
  return changed ? notes : before
}

function facts({ fault, figure }: Pick<Alarm, 'fault' | 'figure'>): Pick<Alarm, 'fault' | 'figure'> {
  return { ...(fault && { fault }), ...(figure && { figure }) }
}

function bare(alarm: Alarm): Omit<Alarm, 'stage' | 'from' | 'awayFrom' | 'at'> {
  const { cause, key, machine, since } = alarm
  return { cause, key, machine, since, ...facts(alarm) }
}

function withoutAway(alarm: Alarm & { stage: 'raised' }): Alarm {
  return { ...bare(alarm), stage: 'raised' }
}

function sameFacts(alarm: Alarm, now: Observation): boolean {
  return alarm.fault === now.fault && (alarm.figure === now.figure || alarm.figure?.ru === now.figure?.ru)
}

function sameRecords(before: Readonly<Record<string, Alarm>>, after: Readonly<Record<string, Alarm>>): boolean {
  const keys = Object.keys(after)
  return keys.length === Object.keys(before).length && keys.every(key => before[key] === after[key])
}
