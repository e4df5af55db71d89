// What a school and the city say to each other over MQTT (DESIGN §5): topics, payloads, and who may use which.
import { z } from 'zod'
import { caredSchema, carePlansSchema, partSchema, workOrderSchema } from './care.ts'
import { commandSchema, replySchema } from './command.ts'
import { queueForecastSchema } from './forecast.ts'
import { groupSchema } from './group.ts'
import { openHoursSchema } from './hours.ts'
import { instantSchema, machineIdSchema, siteIdSchema, tokenSchema } from './ids.ts'
import { authorSchema, jobSchema } from './job.ts'
import { lessonSchema, quotaSchema } from './lesson.ts'
import { machineMessageSchema, telemetrySchema } from './machine.ts'
import { instructionSchema, permitSchema } from './permit.ts'
import { faultSchema } from './words.ts'

/** Birth and death of a daemon; the death is its last will. */
export const statusSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('online'),
    site: siteIdSchema,
    name: z.string(),
    /** New at each start of the daemon; with it the city recognises a re-birth. */
    session: tokenSchema,
    version: z.string(),
    /** The school's clock when this was written: the city computes the drift from it. */
    clock: instantSchema,
    /** When it is open; absent: always, or it does not say. */
    hours: openHoursSchema.optional(),
    machines: z.array(machineIdSchema),
    /** Highest event number the school has written. */
    lastEvent: z.int().nonnegative(),
  }),
  z.object({ status: z.literal('offline'), site: siteIdSchema, session: tokenSchema }),
])
export type Status = z.infer<typeof statusSchema>

const numbered = { number: z.int().positive(), at: instantSchema }

/** Numbered from 1 in each school without gaps. Each carries the whole thing after the change, so a fold never needs the past. */
export const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    ...numbered,
    kind: z.literal('job'),
    /** What happened, e.g. submitted, approved, started, completed, moved. */
    change: z.string(),
    job: jobSchema,
    by: authorSchema.optional(),
  }),
  z.object({ ...numbered, kind: z.literal('fault'), machine: machineIdSchema, change: z.enum(['raised', 'cleared']), fault: faultSchema }),
  /** A person's deed on a machine (pause, stop, clear, unlock, …), for the journal of actions. */
  z.object({
    ...numbered,
    kind: z.literal('action'),
    machine: machineIdSchema.optional(),
    action: z.string(),
    by: authorSchema,
    detail: z.record(z.string(), z.unknown()).optional(),
  }),
  /** Running counters of a machine: absolute values, so that losing none or seeing one twice changes nothing. */
  z.object({
    ...numbered,
    kind: z.literal('counters'),
    machine: machineIdSchema,
    runningSeconds: z.number(),
    jobs: z.int(),
    resends: z.int(),
  }),
  /** A heater's way from one temperature to another, as it was watched: forecasts learn from it, and a slow one is a failing one. */
  z.object({
    ...numbered,
    kind: z.literal('heated'),
    machine: machineIdSchema,
    /** As telemetry names it. */
    heater: z.string().min(1).max(16),
    /** [°C, seconds since the first point], at most each 10 °C; falling temperatures are a cooling. */
    curve: z
      .array(z.tuple([z.number(), z.number().nonnegative()]))
      .min(2)
      .max(64),
  }),
  z.object({ ...numbered, kind: z.literal('instruction'), instruction: instructionSchema }),
  z.object({ ...numbered, kind: z.literal('permit'), change: z.enum(['granted', 'revoked']), permit: permitSchema, by: authorSchema }),
  z.object({ ...numbered, kind: z.literal('group'), change: z.enum(['opened', 'closed']), group: groupSchema, by: authorSchema }),
  z.object({
    ...numbered,
    kind: z.literal('lesson'),
    change: z.enum(['booked', 'changed', 'cancelled']),
    lesson: lessonSchema,
    by: authorSchema,
  }),
  z.object({ ...numbered, kind: z.literal('quota'), change: z.enum(['set', 'dropped']), quota: quotaSchema, by: authorSchema }),
  z.object({ ...numbered, kind: z.literal('part'), part: partSchema, by: authorSchema }),
  z.object({
    ...numbered,
    kind: z.literal('order'),
    change: z.enum(['opened', 'noted', 'closed']),
    order: workOrderSchema,
    by: authorSchema,
  }),
  z.object({ ...numbered, kind: z.literal('cared'), cared: caredSchema }),
])
export type Event = z.infer<typeof eventSchema>

export const eventBatchSchema = z.object({ session: tokenSchema, events: z.array(eventSchema).min(1).max(500) })
export const confirmedSchema = z.object({ number: z.int().nonnegative() })

/** What a school needs to judge rights with the link down. */
export const directorySchema = z.object({
  version: z.int().nonnegative(),
  people: z.array(
    authorSchema.extend({
      sites: z.array(siteIdSchema).or(z.literal('all')),
      login: z.string(),
      passwordHash: z.string(),
      /** For the school's own screen, where this person chose one in the city. */
      pinHash: z.string().optional(),
    }),
  ),
  /** Of these people, given by other schools; those taken back stay until they would have ended. */
  permits: z.array(permitSchema).max(20_000).optional(),
})
export type Directory = z.infer<typeof directorySchema>

/** Every topic by name, with its payload's schema, quality of service and retention: code, broker rights and docs read this one table. */
export const topics = {
  status: { level: 'status', from: 'school', qos: 1, retain: true, payload: statusSchema },
  machine: { level: 'machines/+/state', from: 'school', qos: 1, retain: true, payload: machineMessageSchema },
  telemetry: { level: 'machines/+/telemetry', from: 'school', qos: 0, retain: false, payload: telemetrySchema },
  queue: { level: 'queue', from: 'school', qos: 1, retain: true, payload: queueForecastSchema },
  care: { level: 'care', from: 'school', qos: 1, retain: true, payload: carePlansSchema },
  events: { level: 'events', from: 'school', qos: 1, retain: false, payload: eventBatchSchema },
  confirmed: { level: 'events/confirmed', from: 'city', qos: 1, retain: true, payload: confirmedSchema },
  commands: { level: 'commands', from: 'city', qos: 1, retain: false, payload: commandSchema },
  replies: { level: 'replies', from: 'school', qos: 1, retain: false, payload: replySchema },
  directory: { level: 'directory', from: 'city', qos: 1, retain: true, payload: directorySchema },
} as const
export type TopicName = keyof typeof topics

export const topicRoot = 'tsekh/v1'

/** `tsekh/v1/{site}/…`; the machine's id fills the `+` of a machine's topic. */
export function topicOf(name: TopicName, site: string, machine?: string): string {
  return `${topicRoot}/${site}/${topics[name].level.replace('+', machine ?? '+')}`
}

export type ReadTopic = { site: string; name: TopicName; machine?: string }

/** Which of our topics this is, or undefined for a topic that is not ours. Ids are checked here and nowhere else. */
export function readTopic(topic: string): ReadTopic | undefined {
  const [root, version, site, ...rest] = topic.split('/')
  if (`${root}/${version}` !== topicRoot || !siteIdSchema.safeParse(site).success || site === undefined) return undefined
  const level = rest.join('/')
  for (const name of Object.keys(topics) as TopicName[]) {
    // A `+` is a place for an id; as a level of a topic it stands for nothing.
    if (topics[name].level === level && !level.includes('+')) return { site, name }
  }
  const [machines, machine, last] = rest
  if (machines !== 'machines' || rest.length !== 3 || machine === undefined) return undefined
  if (!machineIdSchema.safeParse(machine).success) return undefined
  if (last === 'state') return { site, name: 'machine', machine }
  if (last === 'telemetry') return { site, name: 'telemetry', machine }
  return undefined
}
