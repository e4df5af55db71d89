// Holds the picture of all sites on a server: takes messages, remembers temperatures, tells who asks what changed.
import type { Calendar } from '../../protocols/contract/calendar.ts'
import type { Condition } from '../../protocols/contract/condition.ts'
import type { Telemetry } from '../../protocols/contract/machine.ts'
import type { HeatSample, SitePicture, SiteSummary, View, ViewSnapshot } from '../../protocols/contract/screen.ts'
import type { Event } from '../../protocols/contract/wire.ts'
import { cardFigures } from './card.ts'
import { applyToSite, emptySite, forgetOldJobs, forgetOldLessons, type SiteFold, type SiteMessage } from './fold.ts'
import { keepHours } from './hours.ts'
import {
  type Audience,
  addHeat,
  cityItself,
  maySee,
  own,
  type Shown,
  showCity,
  showConditions,
  showMachine,
  showSite,
  summarise,
} from './picture.ts'

/** A site's part of the fleet; the summary is kept while nothing in it changed, and the cards while nobody would see that something did. */
type Held = { fold: SiteFold; summary: SiteSummary; heat: Map<string, readonly HeatSample[]>; cards: Cards }
/** `of`: the figures these cards were made of. */
type Cards = { of: SitePicture['telemetry']; shown: SitePicture['telemetry'] }

export type FleetOptions = { sites: readonly { id: string; name: string }[]; clock?: () => number }

/** The live picture. Only the sites it was given exist; messages of others are ignored. */
export class Fleet {
  readonly #sites = new Map<string, Held>()
  readonly #listeners = new Set<(site: string) => void>()
  readonly #eventListeners = new Set<(site: string, events: readonly Event[]) => void>()
  readonly #conditions = new Map<string, Readonly<Record<string, Condition>>>()
  readonly #clock: () => number

  constructor({ sites, clock = Date.now }: FleetOptions) {
    this.#clock = clock
    for (const { id, name } of sites) {
      const fold = emptySite(id, name)
      this.#sites.set(id, { fold, summary: summarise(fold.picture), heat: new Map(), cards: { of: {}, shown: {} } })
    }
  }

  /** Folds a message in and tells the listeners, if it changed anything. */
  apply(site: string, message: SiteMessage): void {
    const held = this.#sites.get(site)
    if (held === undefined) return
    if (message.name === 'telemetry') {
      held.heat.set(message.machine, addHeat(held.heat.get(message.machine) ?? [], message.payload))
    }
    this.#settle(site, held, applyToSite(held.fold, message, this.#clock()))
    if (message.name === 'events') for (const listener of this.#eventListeners) listener(site, message.events)
  }

  /** What wants a technician at the site (or the city itself) now, as health/desk.ts found it. */
  setConditions(site: string, conditions: Readonly<Record<string, Condition>>): void {
    if (!this.#sites.has(site) && site !== cityItself) return
    this.#conditions.set(site, conditions)
    for (const listener of this.#listeners) listener(site)
  }

  /** Puts back what was known before a restart, as of `heardAtMs`: the last word of a site that is not there now. */
  restore(site: string, messages: readonly SiteMessage[], heardAtMs: number): void {
    const held = this.#sites.get(site)
    if (held === undefined) return
    const known = [...messages, { name: 'gone' } as const].reduce((fold, message) => applyToSite(fold, message, heardAtMs), held.fold)
    this.#settle(site, held, known)
  }

  /** Drops jobs that ended more than a day ago, and days that have passed; to be called now and then. */
  tidy(): void {
    for (const [site, held] of this.#sites) {
      for (const machine of held.heat.keys()) if (own(held.fold.picture.machines, machine) === undefined) held.heat.delete(machine)
      const now = this.#clock()
      this.#settle(site, held, keepHours(forgetOldLessons(forgetOldJobs(held.fold, now), now), now))
    }
  }

  sites(): { id: string; name: string }[] {
    return [...this.#sites].map(([id, { fold }]) => ({ id, name: fold.picture.name }))
  }

  site(site: string): SitePicture | undefined {
    return this.#sites.get(site)?.fold.picture
  }

  /** When the site is open; undefined where it never said. */
  calendar(site: string): Calendar | undefined {
    return this.#sites.get(site)?.fold.hours?.calendar
  }

  /** The school's own time zone; undefined where it told no hours. */
  timeZone(site: string): string | undefined {
    return this.#sites.get(site)?.fold.hours?.told.timeZone
  }

  /** The daemon's session of the last birth. */
  session(site: string): string | undefined {
    return this.#sites.get(site)?.fold.session
  }

  /** What a view shows this audience now; undefined when there is no such site or machine, or it is none of theirs. */
  show(view: View, audience: Audience): Shown | undefined {
    if (view.kind === 'city') return showCity(this.#summaries(), audience)
    if (view.kind === 'conditions') return showConditions(this.#conditions, audience)
    const picture = this.site(view.site)
    if (picture === undefined || !maySee(audience, view.site)) return undefined
    if (view.kind === 'site') return showSite({ ...picture, telemetry: this.#cards(view.site) }, audience)
    return own(picture.machines, view.machine) === undefined ? undefined : showMachine(picture, view.machine, audience)
  }

  /** The whole view, for a page that has just been opened. */
  snapshot(view: View, audience: Audience): ViewSnapshot | undefined {
    const shown = this.show(view, audience)
    if (shown === undefined) return undefined
    const at = this.#clock()
    if (view.kind === 'city') return { kind: 'city', at, sites: shown.sites }
    if (view.kind === 'conditions') return { kind: 'conditions', at, conditions: { ...shown.conditions } }
    const held = this.#sites.get(view.site)
    if (held === undefined) return undefined
    const { site, name, link, hours } = held.fold.picture
    const { machines, telemetry, jobs, forecasts = {}, lessons = {} } = shown
    if (view.kind === 'site') {
      return { kind: 'site', at, picture: { site, name, link, machines, telemetry, jobs, forecasts, lessons, ...(hours && { hours }) } }
    }
    const machine = own(machines, view.machine)
    if (machine === undefined) return undefined
    const figures = own(telemetry, view.machine)
    const history = [...(held.heat.get(view.machine) ?? [])]
    return { kind: 'machine', at, site, name, link, machine, jobs, forecasts, history, ...(figures && { telemetry: figures }) }
  }

  /** Calls `listener` with each site that changed; many times a second, so mark and return. Answers the way to stop it. */
  onChange(listener: (site: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` with new events as they come, each once; those put back at the start are not new. Answers the way to stop it. */
  onEvents(listener: (site: string, events: readonly Event[]) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  #cards(site: string): SitePicture['telemetry'] {
    const held = this.#sites.get(site)
    if (held === undefined) return {}
    const { of, shown } = held.cards
    const { telemetry } = held.fold.picture
    if (of !== telemetry) {
      const card = ([machine, figures]: [string, Telemetry]) =>
        [machine, own(of, machine) === figures ? (own(shown, machine) ?? figures) : cardFigures(own(shown, machine), figures)] as const
      held.cards = { of: telemetry, shown: Object.fromEntries(Object.entries(telemetry).map(card)) }
    }
    return held.cards.shown
  }

  #summaries(): Record<string, SiteSummary> {
    return Object.fromEntries([...this.#sites].map(([site, { summary }]) => [site, summary]))
  }

  #settle(site: string, held: Held, after: SiteFold): void {
    const before = held.fold
    if (after === before) return
    held.fold = after
    const { picture: old } = before
    const { picture } = after
    const same = old.machines === picture.machines && old.jobs === picture.jobs && old.link === picture.link && old.name === picture.name
    if (!same) held.summary = summarise(picture)
    for (const listener of this.#listeners) listener(site)
  }
}
