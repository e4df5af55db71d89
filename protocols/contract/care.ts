// The care of machines: what a model wants done by running hours, spare parts, work orders.
import { z } from 'zod'
import { type CareTask, careTaskSchema } from './care-task.ts'
import { instantSchema, machineIdSchema, sha256Schema, siteIdSchema, tokenSchema } from './ids.ts'
import { authorSchema } from './job.ts'
import { sentenceSchema } from './words.ts'

export const partSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  name: z.string().min(1).max(60),
  /** What lies on the shelf. */
  count: z.int().min(0).max(100_000),
  /** Fewer than this: order more. */
  least: z.int().min(0).max(100_000),
  /** Ids of models it belongs to; empty: any. */
  models: z.array(z.string().max(80)).max(40),
  by: authorSchema,
  at: instantSchema,
})
export type Part = z.infer<typeof partSchema>

export const partUseSchema = z.object({ part: tokenSchema, count: z.int().min(1).max(1_000) })

const remarkSchema = z.object({
  at: instantSchema,
  by: authorSchema,
  text: z.string().max(1000).optional(),
  photos: z.array(sha256Schema).max(6).optional(),
  parts: z.array(partUseSchema).max(20).optional(),
})

/** A work order (заявка на ремонт): one machine, one trouble, from "somebody must look" to "mended". */
export const workOrderSchema = z.object({
  id: tokenSchema,
  site: siteIdSchema,
  machine: machineIdSchema,
  title: z.string().min(1).max(120),
  /** The title in both languages, where Tsekh itself opened it. */
  said: sentenceSchema.optional(),
  /** The condition it was opened from. */
  condition: z.string().max(140).optional(),
  /** The row of the maintenance plan it does. */
  task: z.string().max(48).optional(),
  openedAt: instantSchema,
  by: authorSchema,
  remarks: z.array(remarkSchema).max(100),
  closedAt: instantSchema.optional(),
  closedBy: authorSchema.optional(),
})
export type WorkOrder = z.infer<typeof workOrderSchema>

const doneSchema = z.object({
  at: instantSchema,
  /** Of the machine's counter, then. */
  runningSeconds: z.number().nonnegative(),
  by: authorSchema,
  note: z.string().max(400).optional(),
  parts: z.array(partUseSchema).max(20).optional(),
})

/** When a row of the plan was last done on a machine. */
export const caredSchema = doneSchema.extend({
  machine: machineIdSchema,
  task: z.string().max(48),
  /** The time before, for whoever pressed by mistake. */
  before: doneSchema.optional(),
  /** It was taken back, and there was no time before: as if never done. */
  undone: z.literal(true).optional(),
})
export type Cared = z.infer<typeof caredSchema>

/** A site's maintenance plans, and which machine follows which; retained on the wire. */
export const carePlansSchema = z.object({
  /** Each list once, however many machines follow it. */
  plans: z.record(z.string().max(80), z.array(careTaskSchema).max(30)),
  machines: z.record(
    machineIdSchema,
    z.object({
      plan: z.string().max(80),
      /** Known to the school since then: of the time before nobody knows. */
      since: instantSchema,
      runningSeconds: z.number().nonnegative(),
    }),
  ),
})
export type CarePlans = z.infer<typeof carePlansSchema>

/** What the care page shows of a site (GET /api/v1/sites/{site}/care). */
export type Care = {
  plan: CareDue[]
  parts: Part[]
  /** Open ones, and those closed in the last 90 days, newest first. */
  orders: WorkOrder[]
}

/** Of one site among many; `names`: of its machines. */
export type SiteCare = Care & { names: Record<string, string> }

/** A row of the plan on a machine, and how far it has come. */
export type CareDue = {
  machine: string
  task: CareTask
  last?: Cared
  /** Hours of running and days since it was last done, or since the machine is known. */
  hours: number
  days: number
  /** Share of the interval that is used up: 1 is due. */
  share: number
}
