// Keeps the conditions of every site: looks at the picture now and then, remembers what people said, and tells the fleet what changed.
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Care } from '../../protocols/contract/care.ts'
import type { Condition } from '../../protocols/contract/condition.ts'
import type { Author } from '../../protocols/contract/job.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { emptySite } from '../fleet/fold.ts'
import { cityItself, confidence, own } from '../fleet/picture.ts'
import type { Signs } from '../trends/recorder.ts'
import type { HealthShelf } from '../workplace.ts'
import { type Alarm, idOf, type Notes, noAlarms, type Observation, type SiteAlarms, stepAlarms, wholeSite } from './alarms.ts'
import { fallenTogether } from './all-silent.ts'
import { careSeen, type SiteCare } from './care.ts'
import { causes } from './causes.ts'
import { acknowledge, conditionsOf, shelve, unshelve } from './conditions.ts'
import { foldEvent, followLink, type MachineHistory, noHistory, type SiteHistory } from './history.ts'
import { followHeaters, observe, type Reached } from './observe.ts'
import type { Settings } from './settings.ts'

/** Well below the shortest grace; nineteen sites of thirty machines take a millisecond. */
const everyMs = 5_000
/** Maintenance is a matter of hours and days. */
const careEveryMs = 60_000
/** What a fold of new events amounts to is written so often; after a crash the events are folded again. */
const keepEveryMs = 60_000
/** Read back at the start, at most: more than a school does in the week that counts. */
const readBackMax = 3_000
const readBackStep = 200
const readBackMs = 8 * 24 * 3_600_000
/** Of one condition's machines. */
const eventsShown = 10

export type HealthOptions = {
  fleet: Fleet
  shelf: HealthShelf
  /** Newest first, below `before` (dashboard/workplace.ts). */
  journal: (site: string, before: number | undefined, limit: number) => Event[]
  clock: () => number
  log: Logger
  /** Whether a workshop is open then; always, where nobody knows its hours. */
  open?: (site: string, atMs: number) => boolean
  /** The care of a site's machines, where it is known. */
  care?: ((site: string) => Care) | undefined
  /** What the trends of a machine say (trends/recorder.ts). */
  signs?: (site: string, machine: string) => Signs | undefined
}

export type ConditionDeed =
  | { kind: 'acknowledge'; reason: string }
  | { kind: 'shelve'; reason: string; until: number }
  | { kind: 'unshelve' }
  /** Takes the firmware's settings as they are for right. */
  | { kind: 'approve'; reason: string; machine?: string | undefined }

export type Health = {
  condition(id: string): Condition | undefined
  conditions(): Condition[]
  /** Does it and notes who did. False when there is no such condition now, or it is not one for this deed. */
  settle(id: string, deed: ConditionDeed, author: Author): boolean
  /** The last events of the machines in a condition, newest first. */
  events(id: string): Event[]
  /** Looks at every site now; the timer does so by itself. */
  look(): void
  close(): void
}

type Kept = { history: SiteHistory; alarms: SiteAlarms; approved: Readonly<Record<string, Settings>> }
type Held = Kept & {
  reached: Record<string, Reached>
  shown: Record<string, Condition>
  hushed: boolean
  dirty: boolean
  care?: { seen: SiteCare; at: number }
}

/** Where the city's own conditions stand, as if it were a site without machines. */
const cityPicture = emptySite('city', 'Город').picture

/** Starts looking. What was known before comes from the shelf, and the events since from the journal. */
export function startHealth({ fleet, shelf, journal, clock, log, open = () => true, signs, care }: HealthOptions): Health {
  const upMs = clock()
  const sites = new Map<string, Held>()
  for (const { id } of fleet.sites()) {
    const kept = readKept(shelf.load(id))
    const read = readBack(id, kept.history)
    sites.set(id, { ...kept, history: read, reached: {}, shown: {}, hushed: false, dirty: read !== kept.history })
  }
  // A school's own screen sees one school: of a city it can say nothing.
  if (sites.size > 1) sites.set(cityItself, { ...readKept(shelf.load(cityItself)), reached: {}, shown: {}, hushed: false, dirty: false })
  const pictureOf = (site: string) => (site === cityItself ? cityPicture : fleet.site(site))
  let fallen: readonly string[] = []

  function readBack(site: string, known: SiteHistory): SiteHistory {
    const now = clock()
    const missed: Event[] = []
    let before: number | undefined
    while (missed.length < readBackMax) {
      const page = journal(site, before, readBackStep)
      // Numbers that fall back are another life of the school: its events are folded by what they say.
      const fresh = page.filter(({ number, at }) => number > known.upTo && now - at <= readBackMs)
      missed.push(...fresh)
      const last = page.at(-1)
      if (last === undefined || fresh.length < page.length || last.number <= 1) break
      before = last.number
    }
    return missed.reverse().reduce((history, event) => foldEvent(history, event, now), known)
  }

  const stopEvents = fleet.onEvents((site, events) => {
    const held = sites.get(site)
    if (held === undefined) return
    held.history = events.reduce((history, event) => foldEvent(history, event, clock()), held.history)
    held.dirty = true
  })

  const look = () => {
    const now = clock()
    const together = lookAtCity(now)
    for (const [site, held] of sites) if (site !== cityItself) lookAt(site, held, together.includes(site), now)
  }

  /** The sites whose silence is the city's own trouble, once that has been told. */
  function lookAtCity(now: number): readonly string[] {
    const held = sites.get(cityItself)
    if (held === undefined) return []
    const links = fleet.sites().flatMap(({ id }) => {
      const link = fleet.site(id)?.link
      return link === undefined ? [] : [{ site: id, link }]
    })
    fallen = fallenTogether(links, fallen, upMs, now)
    const seen: Observation[] = fallen.length === 0 ? [] : [{ cause: 'all-silent', key: 'all-silent', machine: wholeSite }]
    show(cityItself, held, stepAlarms(held.alarms, { held: seen, unknown: () => false, machines: new Set() }, now), false)
    const told = Object.values(held.alarms.alarms).some(({ stage }) => stage === 'raised')
    return told ? fallen : []
  }

  function lookAt(site: string, held: Held, inhibited: boolean, now: number): void {
    const picture = fleet.site(site)
    if (picture === undefined) return
    for (const [machine, { state }] of Object.entries(picture.machines)) {
      const telemetry = own(picture.telemetry, machine)
      held.history = followLink(held.history, machine, state.state, telemetry, now)
      held.reached[machine] = followHeaters(own(held.reached, machine) ?? {}, telemetry)
    }
    const raised = (key: string, machine: string) => own(held.alarms.alarms, idOf({ key, machine }))?.stage === 'raised'
    if (care !== undefined && (held.care === undefined || now - held.care.at >= careEveryMs))
      held.care = { seen: careSeen(care(site)), at: now }
    const { history, reached, approved } = held
    const isOpen = open(site, now)
    const ofMachine = signs && ((machine: string) => signs(site, machine))
    const view = {
      picture,
      history,
      reached,
      approved,
      raised,
      open: isOpen,
      inhibited,
      care: held.care?.seen,
      ...(ofMachine && { signs: ofMachine }),
    }
    // Of a school that is switched off for the night nothing is told, and nothing forgotten.
    const asleep = !isOpen && !confidence(picture.link, now).sure
    show(site, held, stepAlarms(held.alarms, observe(view, now), now), inhibited || asleep)
  }

  function show(site: string, held: Held, alarms: SiteAlarms, hushed = held.hushed): void {
    const picture = pictureOf(site)
    if (picture === undefined || (alarms === held.alarms && hushed === held.hushed)) return
    held.alarms = alarms
    held.hushed = hushed
    const after = kept(held.shown, conditionsOf(alarms, picture, hushed))
    if (after === held.shown) return
    for (const [id, { standing, machines }] of Object.entries(after)) {
      if (own(held.shown, id)?.standing.state !== standing.state) {
        log.info({ site, condition: id, standing: standing.state, machines: machines.map(({ machine }) => machine) }, 'condition')
      }
    }
    held.shown = after
    held.dirty = true
    fleet.setConditions(site, after)
    keep(site, held)
  }

  function keep(site: string, held: Held): void {
    const { history, alarms, approved } = held
    try {
      shelf.save(site, JSON.stringify({ history, alarms, approved } satisfies Kept))
      held.dirty = false
    } catch (error) {
      // A full disk: the conditions are still shown, and written when there is room.
      log.error({ err: error, site }, 'conditions could not be stored')
    }
  }
  const keepAll = () => {
    for (const [site, held] of sites) if (held.dirty) keep(site, held)
  }

  const looking = setInterval(look, everyMs)
  const keeping = setInterval(keepAll, keepEveryMs)
  // What was told before the restart is shown at once; nothing new is said before the first look.
  for (const [site, held] of sites) show(site, held, { ...held.alarms })

  const find = (id: string) => {
    for (const [site, held] of sites) {
      const condition = own(held.shown, id)
      if (condition !== undefined) return { site, held, condition, key: id.slice(id.indexOf('.') + 1) }
    }
    return undefined
  }

  return {
    condition: id => find(id)?.condition,
    conditions: () => [...sites.values()].flatMap(({ shown }) => Object.values(shown)),
    settle: (id, deed, author) => {
      const found = find(id)
      if (found === undefined) return false
      const { site, held, condition, key } = found
      const at = clock()
      const by = author.name
      switch (deed.kind) {
        case 'acknowledge':
          show(site, held, acknowledge(held.alarms, key, { by, at, reason: deed.reason }))
          break
        case 'shelve':
          show(site, held, shelve(held.alarms, key, { by, at, reason: deed.reason, until: deed.until }))
          break
        case 'unshelve':
          show(site, held, unshelve(held.alarms, key))
          break
        case 'approve': {
          if (condition.cause !== 'settings') return false
          const machines = fleet.site(site)?.machines ?? {}
          const meant = condition.machines.filter(({ machine }) => deed.machine === undefined || machine === deed.machine)
          if (meant.length === 0) return false
          const now = meant.flatMap(({ machine }) => {
            const settings = own(machines, machine)?.firmware?.settings
            return settings === undefined ? [] : [[machine, settings] as const]
          })
          held.approved = { ...held.approved, ...Object.fromEntries(now) }
          // Of several machines the others still wait for somebody.
          if (meant.length === condition.machines.length) show(site, held, acknowledge(held.alarms, key, { by, at, reason: deed.reason }))
          keep(site, held)
          break
        }
      }
      shelf.note({
        at,
        site,
        condition: id,
        deed: deed.kind,
        author,
        ...('reason' in deed && { reason: deed.reason }),
        ...('until' in deed && { until: deed.until }),
      })
      log.info({ site, condition: id, deed: deed.kind, account: author.id }, 'condition settled')
      return true
    },
    events: id => {
      const found = find(id)
      if (found === undefined) return []
      const machines = new Set(found.condition.machines.map(({ machine }) => machine))
      const concerns = (event: Event) => {
        const machine = event.kind === 'job' ? event.job.machine : 'machine' in event ? event.machine : undefined
        return machine !== undefined && machines.has(machine) && event.kind !== 'counters' && event.kind !== 'heated'
      }
      return machines.size === 0 ? [] : journal(found.site, undefined, 500).filter(concerns).slice(0, eventsShown)
    },
    look,
    close: () => {
      clearInterval(looking)
      clearInterval(keeping)
      stopEvents()
      keepAll()
    },
  }
}

/** What did not change keeps its identity, so that a frame carries only what is new. */
function kept(before: Record<string, Condition>, after: Record<string, Condition>): Record<string, Condition> {
  const entries = Object.entries(after).map(([id, condition]) => {
    const known = own(before, id)
    return [id, known !== undefined && JSON.stringify(known) === JSON.stringify(condition) ? known : condition] as const
  })
  const same = entries.length === Object.keys(before).length && entries.every(([id, condition]) => own(before, id) === condition)
  return same ? before : Object.fromEntries(entries)
}

const keptSchema = z.object({
  history: z.object({ upTo: z.number(), machines: z.record(z.string(), z.custom<MachineHistory>(isGroup)) }),
  alarms: z.object({ alarms: z.record(z.string(), z.custom<Alarm>(isGroup)), notes: z.record(z.string(), z.custom<Notes>(isGroup)) }),
  approved: z.record(z.string(), z.record(z.string(), z.string())),
})

/** What an earlier run wrote; causes this version does not know are dropped, and a body it cannot read is as none. */
function readKept(body: string | undefined): Kept {
  const nothing: Kept = { history: noHistory, alarms: noAlarms, approved: {} }
  if (body === undefined) return nothing
  const read = keptSchema.safeParse(JSON.parse(body))
  if (!read.success) return nothing
  const { history, alarms, approved } = read.data
  const known = Object.entries(alarms.alarms).filter(([, { cause }]) => Object.hasOwn(causes, cause))
  return { history, alarms: { alarms: Object.fromEntries(known), notes: alarms.notes }, approved }
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
