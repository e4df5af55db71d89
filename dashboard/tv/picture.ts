// What a screen on the workshop's wall receives: machines, counts and ticket numbers. No name of a person, no file, no fault in somebody's words; of words people wrote only a lesson's title. Pure.
import { helpCalled, waitsForALook } from '../../protocols/contract/floor.ts'
import { activeStates } from '../../protocols/contract/job-states.ts'
import type { MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import { toHandOver } from '../../protocols/contract/shelf.ts'
import { confidence, own } from '../fleet/picture.ts'

/** What a tile looks like; `unknown` also where the school itself is not heard. */
export type TvLook = 'fault' | 'attention' | 'part' | 'paused' | 'unknown' | 'running' | 'preparing' | 'free' | 'service'

export type TvTile = { name: string; look: TvLook; ticket?: number; fraction?: number; remainingSeconds?: number }

export type TvPicture = {
  /** Changes with the program that serves the screen: then the screen loads itself anew. */
  version: string
  /** The server's clock. */
  at: number
  site: string
  /** When the school was last heard; absent: never. */
  heardAt?: number
  sure: boolean
  working: number
  waiting: number
  broken: number
  tiles: TvTile[]
  /** Machines there is no room for. */
  more: number
  /** Tickets whose parts wait on the shelf. */
  collect: number[]
  /** Machines to which the teacher is called. */
  calls: string[]
  /** Lessons that keep machines now: what they are called, and until when. */
  lessons: { title: string; until: number }[]
}

export const tilesMax = 24
const collectMax = 24
/** More calls than this at once are one: come to the workshop. */
const callsMax = 6
const lessonsMax = 3
const titleMax = 40
/** What needs somebody comes first. */
const byNeed: readonly TvLook[] = ['fault', 'attention', 'part', 'paused', 'unknown', 'running', 'preparing', 'free', 'service']

export function tvPicture(picture: SitePicture, version: string, nowMs: number): TvPicture {
  const { sure, ageMs } = confidence(picture.link, nowMs)
  const tiles = Object.entries(picture.machines)
    .map(([id, machine]) => tileOf(id, machine, picture, sure))
    .sort((a, b) => byNeed.indexOf(a.look) - byNeed.indexOf(b.look) || a.name.localeCompare(b.name, 'ru', { numeric: true }))
  const count = (...looks: TvLook[]) => tiles.filter(({ look }) => looks.includes(look)).length
  const done = toHandOver(Object.values(picture.jobs))
  return {
    version,
    at: nowMs,
    site: picture.name,
    ...(ageMs === undefined ? {} : { heardAt: nowMs - ageMs }),
    sure,
    working: count('running', 'preparing'),
    waiting: count('attention', 'part', 'paused'),
    broken: count('fault'),
    tiles: tiles.slice(0, tilesMax),
    more: Math.max(0, tiles.length - tilesMax),
    collect: [...new Set(done.map(({ ticket }) => ticket))].sort((a, b) => a - b).slice(0, collectMax),
    calls: sure ? called(picture) : [],
    lessons: Object.values(picture.lessons ?? {})
      .filter(({ cancelledAt, from, until }) => cancelledAt === undefined && from <= nowMs && nowMs < until)
      .sort((a, b) => a.until - b.until || (a.id < b.id ? -1 : 1))
      .slice(0, lessonsMax)
      .map(({ title, until }) => ({ title: title.slice(0, titleMax), until })),
  }
}

function called({ machines }: SitePicture): string[] {
  return Object.values(machines)
    .filter(({ faults }) => faults.some(({ code }) => code === helpCalled))
    .map(({ declaration }) => declaration.name)
    .sort((a, b) => a.localeCompare(b, 'ru', { numeric: true }))
    .slice(0, callsMax)
}

/** One machine as the wall and its own page show it. */
export function tileOf(id: string, machine: MachinePicture, picture: SitePicture, sure: boolean): TvTile {
  const look = sure ? lookOf(machine) : 'unknown'
  // Of a shared bed the bed's own job speaks: the progress is that one's.
  const job = Object.values(picture.jobs).find(one => one.machine === id && one.plate === undefined && activeStates.includes(one.state))
  const progress = own(picture.telemetry, id)?.progress
  const moving = sure && job !== undefined && progress?.job === job.id
  return {
    name: machine.declaration.name,
    look,
    ...(job === undefined || !sure ? {} : { ticket: job.ticket }),
    ...(moving ? { fraction: progress.fraction } : {}),
    ...(moving && progress.remainingSeconds !== undefined ? { remainingSeconds: Math.round(progress.remainingSeconds) } : {}),
  }
}

function lookOf(machine: MachinePicture): TvLook {
  const { state, inService } = machine
  if (inService) return 'service'
  if (waitsForALook(machine)) return 'attention'
  switch (state.state) {
    case 'offline':
      return 'unknown'
    case 'down':
      return 'fault'
    case 'attention':
      return 'attention'
    case 'uncleared':
      return 'part'
    case 'ready':
      return 'free'
    case 'preparing':
      return 'preparing'
    case 'foreign':
    case 'running':
      return 'running'
    case 'paused':
      return state.by === 'person' ? 'running' : 'paused'
  }
}
