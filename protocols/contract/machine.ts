// A Machine: what a school declares about it, what it is doing, and what it measures.
import { z } from 'zod'
import { differenceSchema } from './difference.ts'
import { instantSchema, machineIdSchema, tokenSchema } from './ids.ts'
import { faultSchema } from './words.ts'

export const machineKindSchema = z.enum(['printer', 'laser', 'mill'])
export type MachineKind = z.infer<typeof machineKindSchema>

export const dialectSchema = z.enum(['marlin', 'grbl'])
export type Dialect = z.infer<typeof dialectSchema>

/** What the city and the screens know of a machine besides its state. The port stays in the school. */
export const machineDeclarationSchema = z.object({
  id: machineIdSchema,
  name: z.string().min(1).max(80),
  kind: machineKindSchema,
  dialect: dialectSchema,
  /** id of the model file in drivers/models. */
  model: z.string(),
  modelName: z.string(),
  /** Work area in mm. */
  area: z.object({ x: z.number().positive(), y: z.number().positive(), z: z.number().nonnegative() }),
  /** It has a camera to look through, when somebody asks (screen.ts). */
  camera: z.literal(true).optional(),
  /** Degrees by which its picture is to be turned, clockwise. */
  cameraTurn: z.literal([90, 180, 270]).optional(),
  /** It has a start button of its own, on the controller's cycle start: a job can be armed (job.arm). */
  startButton: z.literal(true).optional(),
})
export type MachineDeclaration = z.infer<typeof machineDeclarationSchema>

/** A firmware that waits for an answer shows these (Marlin host prompts, M876; a door; a tool change). */
export const promptSchema = z.object({
  title: z.string(),
  buttons: z.array(z.string()),
})
export type Prompt = z.infer<typeof promptSchema>

const since = { since: instantSchema }
const ofJob = { job: tokenSchema.optional() }

/**
 * One model over all dialects (DESIGN §2). Each state has its own shape.
 * `uncleared` is known to the daemon only; a machine room never reports it.
 */
export const machineStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('offline'), ...since, fault: faultSchema.optional() }),
  z.object({ state: z.literal('down'), ...since, fault: faultSchema }),
  z.object({
    state: z.literal('attention'),
    ...since,
    ...ofJob,
    /** button: armed by a person; the machine's own start button sets it going. */
    why: z.enum(['prompt', 'runout', 'door', 'tool', 'program', 'locked', 'button']),
    prompt: promptSchema.optional(),
    fault: faultSchema.optional(),
  }),
  z.object({ state: z.literal('foreign'), ...since, fraction: z.number().min(0).max(1).optional() }),
  z.object({ state: z.literal('uncleared'), ...since, job: tokenSchema }),
  z.object({ state: z.literal('ready'), ...since }),
  z.object({ state: z.literal('preparing'), ...since, ...ofJob, what: z.enum(['connecting', 'heating', 'homing', 'other']) }),
  z.object({ state: z.literal('running'), ...since, ...ofJob }),
  z.object({ state: z.literal('paused'), ...since, ...ofJob, by: z.enum(['person', 'firmware', 'program']) }),
])
export type MachineState = z.infer<typeof machineStateSchema>

/** What a firmware said about itself. */
export const firmwareSchema = z.object({
  /** e.g. "Marlin 2.1.2.4", "Grbl 1.1h", "grblHAL 1.1f", "FluidNC v3.7". */
  name: z.string(),
  /** Which table of codes and which quirks apply. */
  family: z.enum(['marlin', 'prusa', 'repetier', 'klipper', 'unknown-marlin', 'grbl', 'grblhal', 'fluidnc', 'unknown-grbl']),
  machine: z.string().optional(),
  uuid: z.string().optional(),
  capabilities: z.record(z.string(), z.boolean()).optional(),
  /** `$n` → value or M503 line key → value, as the firmware said it. */
  settings: z.record(z.string(), z.string()).optional(),
  /** Bytes of the controller's receive buffer and blocks of its planner, where it says so. */
  receiveBufferBytes: z.int().positive().optional(),
  plannerBlocks: z.int().positive().optional(),
})
export type Firmware = z.infer<typeof firmwareSchema>

/** The retained message of a machine: declaration and state, whole, on change. */
export const machineMessageSchema = z.object({
  declaration: machineDeclarationSchema,
  state: machineStateSchema,
  inService: z.boolean(),
  /** Goes into service when the job on it has ended, and takes no other. */
  drain: z.literal(true).optional(),
  readOnly: z.boolean(),
  firmware: firmwareSchema.optional(),
  /** Where the firmware's settings are not what the model says. */
  differences: z.array(differenceSchema).max(60).optional(),
  at: instantSchema,
})
export type MachineMessage = z.infer<typeof machineMessageSchema>

export const heaterSchema = z.object({ actual: z.number(), target: z.number().optional(), power: z.number().min(0).max(1).optional() })
export type Heater = z.infer<typeof heaterSchema>

/** By change, at most 1 Hz, thinned; losing one loses nothing. Absent keys mean "unchanged or unknown", never zero. */
export const telemetrySchema = z.object({
  at: instantSchema,
  /** Keys: nozzle (T0), nozzle1…, bed, chamber, other sensor letters as the firmware names them. °C. */
  heaters: z.record(z.string(), heaterSchema).optional(),
  /** Machine coordinates, mm. */
  position: z.object({ x: z.number(), y: z.number(), z: z.number(), e: z.number().optional() }).optional(),
  /** true: the machine has moved since, and does not say where it is while it works (Marlin). `position` is then where it was. */
  positionPast: z.boolean().optional(),
  /** Work coordinates, mm (Grbl). */
  workPosition: z.object({ x: z.number(), y: z.number(), z: z.number() }).optional(),
  /** mm/min and rpm or laser S, as the firmware reports them. */
  feed: z.number().optional(),
  spindle: z.number().optional(),
  /** Percent. */
  overrides: z.object({ feed: z.number(), rapid: z.number().optional(), power: z.number().optional() }).optional(),
  progress: z
    .object({
      job: tokenSchema,
      /** Acknowledged lines and file bytes. */
      lines: z.int().nonnegative(),
      bytes: z.int().nonnegative(),
      /** Share of the time, not of the bytes, where a time map exists. */
      fraction: z.number().min(0).max(1),
      elapsedSeconds: z.number().nonnegative(),
      remainingSeconds: z.number().nonnegative().optional(),
      layer: z.int().optional(),
      layers: z.int().optional(),
    })
    .optional(),
  /** Counters since the port was opened: the health of the cable. */
  link: z.object({ resends: z.int(), badLines: z.int(), reconnects: z.int() }).optional(),
})
export type Telemetry = z.infer<typeof telemetrySchema>
