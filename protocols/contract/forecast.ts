// The queue's forecast: when each job will begin and end, how many stand before it, why it waits and what would help.
import { z } from 'zod'
import { instantSchema, machineIdSchema, tokenSchema } from './ids.ts'
import { sentenceSchema } from './words.ts'

/** An honest range: the thing happens before the first instant in one case of ten, and after the second in one of ten. */
export const rangeSchema = z.tuple([instantSchema, instantSchema])
export type Range = z.infer<typeof rangeSchema>

/** Why a job is not on a machine yet; the words stand in forecast-words.ts. */
export const waitCodeSchema = z.enum([
  'needs-check',
  'needs-author',
  'held',
  'no-machine',
  'no-permit',
  'machine-offline',
  'machine-down',
  'machine-in-service',
  'machine-reported',
  'machine-read-only',
  'machine-attention',
  'machine-foreign',
  'bed-uncleared',
  'outside-hours',
  'unsupervised',
  'closing-soon',
  'never-long-enough',
  'kept-for-lesson',
  'lesson-soon',
  'needs-start',
  'others-ahead',
  'starts-soon',
  'school-silent',
])
export type WaitCode = z.infer<typeof waitCodeSchema>

/** Who can take the obstacle away: `time` where nobody need do anything. */
export const unblockerSchema = z.enum(['author', 'anyone', 'teacher', 'technician', 'time'])
export type Unblocker = z.infer<typeof unblockerSchema>

export const waitSchema = z.object({
  code: waitCodeSchema,
  text: sentenceSchema,
  /** What would help, in one sentence. */
  unblock: sentenceSchema,
  by: unblockerSchema,
  /** The machine the reason speaks of. */
  machine: machineIdSchema.optional(),
})
export type Wait = z.infer<typeof waitSchema>

/** Where a job stands among those that want one of its machines, and why there. Counts jobs, names nobody. */
export const placeSchema = z.object({ position: z.int().positive(), text: sentenceSchema })
export type Place = z.infer<typeof placeSchema>

export const jobForecastSchema = z.object({
  /** When it begins; absent when it has begun, or when nobody can say. */
  start: rangeSchema.optional(),
  /** When it ends, if it ends well; absent when nobody can say. */
  end: rangeSchema.optional(),
  /** Where it begins in most futures, of a queued job several machines could take; told only with its start. */
  machine: machineIdSchema.optional(),
  /** Absent for a job that is on a machine. */
  why: waitSchema.optional(),
  /** Jobs before it in the queue that want one of its machines, and one more where all of these are at work. */
  ahead: z.int().nonnegative(),
  /** Of a queued job that is not held back. */
  place: placeSchema.optional(),
})
export type JobForecast = z.infer<typeof jobForecastSchema>

/** More rows than this nobody reads; jobs behind them have no forecast yet. */
export const forecastJobsMax = 500

export const queueForecastSchema = z.object({
  /** The school's clock when this was reckoned. */
  at: instantSchema,
  jobs: z.record(tokenSchema, jobForecastSchema),
})
export type QueueForecast = z.infer<typeof queueForecastSchema>
