// A model of machine as data: one YAML file per product in drivers/models. What the firmware itself says overrides it.
import { z } from 'zod'
import { careTaskSchema } from './care-task.ts'
import { dialectSchema, machineKindSchema } from './machine.ts'

const range = z.tuple([z.number(), z.number()])
const perAxis = z.strictObject({
  x: z.number().positive(),
  y: z.number().positive(),
  z: z.number().positive(),
  e: z.number().positive().optional(),
})

export const modelSchema = z.strictObject({
  /** Same as the file's name without .yaml. */
  id: z.string(),
  name: z.string(),
  kind: machineKindSchema,
  dialect: dialectSchema,
  /** Where the figures were read. */
  source: z.string(),
  /** Work area in mm: what a program may reach, in work coordinates with the origin the school uses. */
  area: z.strictObject({ x: range, y: range, z: range }),
  serial: z.strictObject({
    baud: z.int().positive(),
    /** Opening the port pulses DTR and reboots the board: wait this long for its banner before asking. */
    bootMs: z.int().nonnegative(),
  }),
  limits: z.strictObject({
    nozzleMaxC: z.number().optional(),
    bedMaxC: z.number().optional(),
    chamberMaxC: z.number().optional(),
    /** The S that means full power or speed ($30), and what a program of this school may ask. */
    powerFull: z.number().optional(),
    powerMax: z.number().optional(),
    /** Pointer power for framing, in S; 0 where the diode shows nothing at that power. */
    pointerPower: z.number().optional(),
  }),
  /** Motion defaults, used until the machine says its own (M503, $$). mm/s, mm/s². */
  motion: z.strictObject({
    maxRate: perAxis,
    acceleration: perAxis,
    printAcceleration: z.number().positive().optional(),
    travelAcceleration: z.number().positive().optional(),
    retractAcceleration: z.number().positive().optional(),
    junctionDeviation: z.number().nonnegative().optional(),
    /** Classic jerk, mm/s. Exactly one of jerk and junctionDeviation is the firmware's rule; jerk wins where both stand. */
    jerk: perAxis.optional(),
    arcTolerance: z.number().positive().optional(),
    minimumSegmentMs: z.number().nonnegative().optional(),
    stepsPerMm: perAxis,
    /** Blocks the planner looks ahead. */
    plannerBlocks: z.int().positive(),
    /** What the controller parses and plans at most; a fast raster starves beyond it. */
    linesPerSecond: z.number().positive().optional(),
  }),
  stream: z.strictObject({
    /** Marlin: lines unacknowledged at most (1 where nothing better was proven on this board). */
    windowLines: z.int().min(1).max(4).default(1),
    /** Marlin: unacknowledged bytes at most. Grbl: the receive buffer where the controller does not say. */
    windowBytes: z.int().min(16).max(1024).default(120),
    lineLengthMax: z.int().positive(),
  }),
  /** Tags that a dialect's session or the checks know, e.g. no-numbering, ok-before-output, laser-m3-only. */
  quirks: z.array(z.string()).default([]),
  /** It is sold with a start button on the controller's cycle start. */
  startButton: z.literal(true).optional(),
  /** What it wants done, by running hours or days. */
  care: z.array(careTaskSchema).max(30).optional(),
  /** Nozzles, tools, filament diameter: free facts that screens and checks may show. */
  nozzleMm: z.number().positive().optional(),
  filamentMm: z.number().positive().optional(),
})
export type Model = z.infer<typeof modelSchema>
