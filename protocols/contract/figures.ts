// The health figures of machines, schools and the city over 7, 30 or 90 days: what there is, when it is abnormal, how little is too little to say.

export const figureDays = [7, 30, 90] as const
export type FigureDays = (typeof figureDays)[number]

/** `cases`: on how many hours, jobs, failures it stands. over: no case at all in so much; few: too little to say; no-hours: the school told no opening hours. */
export type Figure =
  | { state: 'known'; value: number; cases: number }
  | { state: 'over'; value: number }
  | { state: 'few'; cases: number }
  | { state: 'no-hours' }

export type Figures = {
  /** Share of opening hours in which it was on, whole and not under maintenance. Cases: hours in which it was seen. */
  availability: Figure
  /** Share of opening hours in which jobs ran. Cases: opening hours. */
  load: Figure
  /** Running hours from one failure of the machine to the next. Cases: failures. */
  mtbf: Figure
  /** Seconds from a failure to the next job that came out well. Cases: repairs. */
  mttr: Figure
  /** Share of finished jobs that came out well at the first try. Cases: finished jobs with a verdict. */
  firstPass: Figure
  /** Open seconds from a job's end to the cleared bed, of the middle one; and of nine in ten. Cases: parts. */
  wait: Figure
  waitMost: Figure
  /** By how much a job's length missed its forecast, of the middle one; and of nine in ten. Cases: jobs. */
  forecast: Figure
  forecastMost: Figure
  /** Share of jobs that ended inside the range told at their start, which should hold eight in ten. Cases: jobs with one. */
  inside: Figure
  runningHours: number
  jobs: number
  /** Share of opening hours in which nobody saw the machines: left out of the availability. Undefined without hours. */
  unseen?: number
  /** Share of finished jobs nobody judged: left out of the first pass. Undefined without jobs. */
  unjudged?: number
}
export type FigureName = Exclude<keyof Figures, 'runningHours' | 'jobs' | 'unseen' | 'unjudged'>

export type MachineFigures = { machine: string; name: string; kind: 'printer' | 'laser' | 'mill'; figures: Figures }
export type SiteFigures = { site: string; name: string; figures: Figures; machines?: MachineFigures[] }
/** GET /api/v1/figures: pooled over all machines, never a mean of means. `at`: when it was reckoned. */
export type CityFigures = { days: FigureDays; at: number; city: Figures; sites: SiteFigures[] }

/** Too little to say anything below this many cases. */
export const casesMin: Readonly<Record<FigureName, number>> = {
  availability: 5,
  load: 5,
  mtbf: 1,
  mttr: 2,
  firstPass: 5,
  wait: 5,
  waitMost: 10,
  forecast: 5,
  forecastMost: 10,
  inside: 10,
}
/** A mean time between failures wants this much running behind it, with failures or without. */
export const mtbfMinHours = 20

type Limits = { worse: 'low' | 'high'; warn: number; alarm?: number }
const hour = 3_600
const day = 24 * hour
/** From where a figure is abnormal. Studies of school workshops: 58.9 % first pass; availability, MTBF, MTTR by proposal of the design. */
export const figureLimits: Readonly<Partial<Record<FigureName, Limits>>> = {
  availability: { worse: 'low', warn: 0.95, alarm: 0.85 },
  mtbf: { worse: 'low', warn: 40, alarm: 15 },
  mttr: { worse: 'high', warn: 2 * day, alarm: 5 * day },
  firstPass: { worse: 'low', warn: 0.75, alarm: 0.59 },
  wait: { worse: 'high', warn: hour / 2 },
  forecastMost: { worse: 'high', warn: 0.25 },
}
/** Load is abnormal at both ends: an idle machine, and one that holds up everybody. */
export const loadLimits = { idle: 0.2, full: 0.85 } as const

export type Band = 'normal' | 'warn' | 'alarm'

export function bandOf(name: FigureName, figure: Figure): Band {
  if (figure.state !== 'known') return 'normal'
  const { value } = figure
  if (name === 'load') return value < loadLimits.idle || value > loadLimits.full ? 'warn' : 'normal'
  const limits = figureLimits[name]
  if (limits === undefined) return 'normal'
  const beyond = (limit: number) => (limits.worse === 'low' ? value < limit : value > limit)
  if (limits.alarm !== undefined && beyond(limits.alarm)) return 'alarm'
  return beyond(limits.warn) ? 'warn' : 'normal'
}
