// What the daemon and its machine room say to each other over a local socket: one JSON object a line, either way.
import { z } from 'zod'
import { instantSchema, machineIdSchema, sha256Schema, tokenSchema } from './ids.ts'
import { jobEndSchema } from './job.ts'
import { firmwareSchema, machineDeclarationSchema, machineStateSchema, telemetrySchema } from './machine.ts'
import { modelSchema } from './model.ts'
import { faultSchema } from './words.ts'

/** A machine as the room needs it: what the school declared, and the model's data resolved. */
export const machineSetupSchema = z.object({
  declaration: machineDeclarationSchema,
  /** `/dev/…` or `tcp://host:port`. */
  port: z.string(),
  baud: z.int().positive().optional(),
  model: modelSchema,
  readOnly: z.boolean().default(false),
})
export type MachineSetup = z.infer<typeof machineSetupSchema>

/** A program ready to be streamed: the daemon has checked it and stored it as `path`. */
export const runSchema = z.object({
  job: tokenSchema,
  path: z.string(),
  sha256: sha256Schema,
  size: z.int().nonnegative(),
  /** Lines that will be sent (after comments and blanks are gone), where known. */
  lines: z.int().nonnegative().optional(),
  /**
   * Pairs [byte offset, seconds from the start], ascending: progress in time rather than bytes. Two pairs one byte apart are a line for which the
   * machine stands (heating, homing, dwell): its time is over when the line is acknowledged.
   */
  timeMap: z
    .array(z.tuple([z.number(), z.number()]))
    .max(4096)
    .optional(),
  estimatedSeconds: z.number().nonnegative().optional(),
  /** Byte offsets at which layers begin, where the program has layers. */
  layers: z.array(z.number()).max(20_000).optional(),
  /** A technician allowed constant laser power (M3). */
  allowConstantPower: z.boolean().optional(),
  /** Lasers and mills: nothing moves until somebody presses the machine's own start button (Grbl: cycle start). */
  button: z.literal(true).optional(),
})
export type Run = z.infer<typeof runSchema>

/** What a machine can be told to do at once. A session answers each with a report or a fault. */
export const deedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('resume') }),
  /** Ends the running job in an orderly way: Grbl hold → Hold:0 → reset; Marlin stop feeding, heaters off. Position kept where possible. */
  z.strictObject({ kind: z.literal('cancel') }),
  /** At once, whatever it costs: Grbl hold byte first, then reset; Marlin M112/M410 by the emergency parser. */
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('home') }),
  z.strictObject({ kind: z.literal('unlock') }),
  /** Soft reset of the controller after an alarm or a halt. */
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({
    kind: z.literal('jog'),
    x: z.number().optional(),
    y: z.number().optional(),
    z: z.number().optional(),
    feed: z.number().positive(),
  }),
  /** Lasers: traces a rectangle in work coordinates, mm, at `feed` mm/min, and comes to rest; `power` in S, 0 for a dark beam. Answered when it stands again. */
  z.strictObject({
    kind: z.literal('frame'),
    min: z.object({ x: z.number(), y: z.number() }),
    max: z.object({ x: z.number(), y: z.number() }),
    feed: z.number().positive(),
    power: z.number().nonnegative(),
  }),
  z.strictObject({ kind: z.literal('override'), feed: z.number().optional(), rapid: z.number().optional(), power: z.number().optional() }),
  z.strictObject({ kind: z.literal('heat'), heater: z.string(), target: z.number() }),
  z.strictObject({ kind: z.literal('answer'), choice: z.int() }),
  z.strictObject({ kind: z.literal('console'), line: z.string() }),
])
export type Deed = z.infer<typeof deedSchema>

/** Daemon → room. Each order with an `id` is answered once by `answer`. */
export const orderSchema = z.discriminatedUnion('kind', [
  /** First on every connection. The room answers with `snapshot`, then the reports after `confirmed`. */
  z.object({ kind: z.literal('hello'), confirmed: z.int().nonnegative() }),
  /** The whole list; machines not in it are closed, unchanged ones are not touched. */
  z.object({ kind: z.literal('machines'), id: tokenSchema, machines: z.array(machineSetupSchema) }),
  z.object({ kind: z.literal('run'), id: tokenSchema, machine: machineIdSchema, run: runSchema }),
  z.object({ kind: z.literal('deed'), id: tokenSchema, machine: machineIdSchema, deed: deedSchema }),
  /** Reports up to this number are in the daemon's store; the room may forget them. */
  z.object({ kind: z.literal('confirm'), number: z.int().nonnegative() }),
  /** End: running jobs are cancelled safely first when `cancel`, otherwise refused while a job runs. */
  z.object({ kind: z.literal('shutdown'), id: tokenSchema, cancel: z.boolean() }),
])
export type Order = z.infer<typeof orderSchema>

const numbered = { number: z.int().positive(), at: instantSchema }

/** Room → daemon. Numbered ones are kept until confirmed; the others are of the moment. */
export const reportSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('snapshot'),
    room: tokenSchema,
    /** Of its process; absent from an older room. */
    pid: z.int().positive().optional(),
    at: instantSchema,
    lastNumber: z.int().nonnegative(),
    machines: z.array(
      z.object({
        machine: machineIdSchema,
        state: machineStateSchema,
        firmware: firmwareSchema.optional(),
        job: tokenSchema.optional(),
        telemetry: telemetrySchema.optional(),
      }),
    ),
  }),
  z.object({ kind: z.literal('answer'), id: tokenSchema, fault: faultSchema.optional() }),
  z.object({
    kind: z.literal('state'),
    machine: machineIdSchema,
    at: instantSchema,
    state: machineStateSchema,
    firmware: firmwareSchema.optional(),
  }),
  z.object({ kind: z.literal('telemetry'), machine: machineIdSchema, telemetry: telemetrySchema }),
  z.object({ kind: z.literal('heard'), machine: machineIdSchema, at: instantSchema, line: z.string() }),
  z.object({ ...numbered, kind: z.literal('job-started'), machine: machineIdSchema, job: tokenSchema }),
  z.object({
    ...numbered,
    kind: z.literal('job-paused'),
    machine: machineIdSchema,
    job: tokenSchema,
    by: z.enum(['person', 'firmware', 'program']),
  }),
  z.object({ ...numbered, kind: z.literal('job-resumed'), machine: machineIdSchema, job: tokenSchema }),
  z.object({ ...numbered, kind: z.literal('job-ended'), machine: machineIdSchema, job: tokenSchema, end: jobEndSchema }),
  z.object({ ...numbered, kind: z.literal('fault'), machine: machineIdSchema, fault: faultSchema }),
])
export type Report = z.infer<typeof reportSchema>
