// A Command: what a person asks of a school, and the school's answer.
import { z } from 'zod'
import { partUseSchema } from './care.ts'
import { problems } from './floor.ts'
import { ageBandSchema } from './group.ts'
import { instantSchema, machineIdSchema, sha256Schema, tokenSchema } from './ids.ts'
import { authorSchema, markSchema, wishesSchema } from './job.ts'
import { periodSchema } from './lesson.ts'
import { coverageSchema } from './permit.ts'
import { programSchema } from './program.ts'
import { denialSchema, sentenceSchema } from './words.ts'

const machine = { machine: machineIdSchema }
const job = { job: tokenSchema }

export const askSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('job.submit'),
    /** Chosen by the asker: the first copy's id is `request`, the others get `request-2`, … */
    request: tokenSchema,
    sha256: sha256Schema,
    name: z.string().min(1).max(200),
    size: z.int().nonnegative(),
    machine: machineIdSchema.optional(),
    copies: z.int().min(1).max(50).default(1),
    comment: z.string().max(1000).optional(),
    wishes: wishesSchema.optional(),
    /** A technician's leave for a program that burns with M3. */
    allowConstantPower: z.boolean().optional(),
    /** Comes into the queue held back, until a person releases it: a slicer's "upload" without "print". */
    held: z.boolean().optional(),
  }),
  /** Analyse an uploaded file for this school's machines; queues nothing. Answered with the Program. */
  z.strictObject({ kind: z.literal('program.check'), sha256: sha256Schema, name: z.string().min(1).max(200), size: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('job.approve'), ...job }),
  z.strictObject({ kind: z.literal('job.return'), ...job, comment: z.string().max(1000), mark: markSchema.optional() }),
  /** The author's mended file in place of the one that was sent back; the ticket stays, and the job is checked again. All its returned copies take it. */
  z.strictObject({
    kind: z.literal('job.mend'),
    ...job,
    sha256: sha256Schema,
    name: z.string().min(1).max(200),
    size: z.int().nonnegative(),
    comment: z.string().max(1000).optional(),
  }),
  z.strictObject({ kind: z.literal('job.deny'), ...job, comment: z.string().max(1000).optional() }),
  z.strictObject({ kind: z.literal('job.cancel'), ...job }),
  z.strictObject({ kind: z.literal('job.hold'), ...job }),
  z.strictObject({ kind: z.literal('job.release'), ...job }),
  /** Puts the job before another, or last, where it stays (job.pinned); with `release` it goes back to where the fair order has it. */
  z.strictObject({ kind: z.literal('job.move'), ...job, before: tokenSchema.optional(), release: z.literal(true).optional() }),
  /** Chooses or frees the machine of a queued job. */
  z.strictObject({ kind: z.literal('job.assign'), ...job, machine: machineIdSchema.optional() }),
  /** Lasers and mills: a person at the machine says go. Refused when it does not come from the school's own screen. */
  z.strictObject({ kind: z.literal('job.start'), ...job, ...machine }),
  /** As job.start, but it begins when the machine's own start button is pressed, within two minutes. From the school's own screen. */
  z.strictObject({ kind: z.literal('job.arm'), ...job, ...machine }),
  /** These jobs' parts are made on one bed by one file: `plate` is the job made for it, the others follow it to its end and verdict. */
  z.strictObject({
    kind: z.literal('job.plate'),
    plate: tokenSchema,
    jobs: z.array(tokenSchema).min(1).max(60),
    sha256: sha256Schema,
    name: z.string().min(1).max(200),
    size: z.int().nonnegative(),
    machine: machineIdSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('job.collect'), ...job }),
  z.strictObject({ kind: z.literal('machine.pause'), ...machine }),
  z.strictObject({ kind: z.literal('machine.resume'), ...machine }),
  /** The software order. Not an emergency stop: that is the red button. Ends the running job as cancelled. */
  z.strictObject({ kind: z.literal('machine.stop'), ...machine }),
  z.strictObject({
    kind: z.literal('machine.clear'),
    ...machine,
    quality: z.enum(['ok', 'partial', 'failed']).default('ok'),
    cause: z.string().max(200).optional(),
  }),
  /** "Something is wrong with this machine": for the technician. */
  z.strictObject({
    kind: z.literal('machine.report'),
    ...machine,
    problem: z.enum(problems),
    text: z.string().trim().max(400).optional(),
  }),
  /** "Come here, please": for the teacher. */
  z.strictObject({ kind: z.literal('machine.help'), ...machine }),
  /** A person has come, or has seen to it: ends what machine.help or machine.report raised. */
  z.strictObject({ kind: z.literal('machine.settle'), ...machine, fault: z.enum(['help-called', 'problem-reported']) }),
  /** Takes a picture now; the city is sent it (PUT …/wire/cameras/{machine}). */
  z.strictObject({ kind: z.literal('machine.look'), ...machine }),
  z.strictObject({ kind: z.literal('machine.home'), ...machine }),
  /** Lasers: trace the rectangle a queued job needs, the beam dark or at pointer power. Refused when it does not come from the school's own screen. */
  z.strictObject({ kind: z.literal('machine.frame'), ...machine, ...job }),
  z.strictObject({ kind: z.literal('machine.unlock'), ...machine }),
  z.strictObject({ kind: z.literal('machine.reset'), ...machine }),
  z.strictObject({
    kind: z.literal('machine.jog'),
    ...machine,
    /** mm, relative; mm/min. */
    x: z.number().min(-1000).max(1000).optional(),
    y: z.number().min(-1000).max(1000).optional(),
    z: z.number().min(-1000).max(1000).optional(),
    feed: z.number().positive().max(60_000),
  }),
  z.strictObject({
    kind: z.literal('machine.override'),
    ...machine,
    /** Percent. */
    feed: z.int().min(10).max(200).optional(),
    rapid: z.union([z.literal(25), z.literal(50), z.literal(100)]).optional(),
    power: z.int().min(10).max(200).optional(),
  }),
  z.strictObject({ kind: z.literal('machine.heat'), ...machine, heater: z.string().max(16), target: z.number().min(0).max(500) }),
  z.strictObject({ kind: z.literal('machine.answer'), ...machine, choice: z.int().min(0).max(9) }),
  /** `after`: goes into service when the job on it has ended. */
  z.strictObject({ kind: z.literal('machine.service'), ...machine, on: z.boolean(), after: z.literal('job').optional() }),
  z.strictObject({ kind: z.literal('machine.console'), ...machine, line: z.string().min(1).max(200) }),
  /** A row of the maintenance plan was done. */
  z.strictObject({
    kind: z.literal('care.done'),
    ...machine,
    task: z.string().regex(/^[a-z0-9-]{1,48}$/),
    note: z.string().trim().max(400).optional(),
    parts: z.array(partUseSchema).max(20).optional(),
  }),
  /** Takes the last care.done of this row back, with its parts, within a day. */
  z.strictObject({ kind: z.literal('care.undo'), ...machine, task: z.string().regex(/^[a-z0-9-]{1,48}$/) }),
  /** Enters a spare part, or counts it anew. */
  z.strictObject({
    kind: z.literal('part.put'),
    part: tokenSchema,
    name: z.string().trim().min(1).max(60),
    count: z.int().min(0).max(100_000),
    least: z.int().min(0).max(100_000),
    models: z.array(z.string().max(80)).max(40).default([]),
  }),
  z.strictObject({
    kind: z.literal('order.open'),
    order: tokenSchema,
    ...machine,
    title: z.string().trim().min(1).max(120),
    text: z.string().trim().max(1000).optional(),
    photos: z.array(sha256Schema).max(6).optional(),
    condition: z.string().max(140).optional(),
    task: z.string().max(48).optional(),
  }),
  z.strictObject({
    kind: z.literal('order.note'),
    order: tokenSchema,
    text: z.string().trim().max(1000).optional(),
    photos: z.array(sha256Schema).max(6).optional(),
    parts: z.array(partUseSchema).max(20).optional(),
    /** Mended: the order is closed. */
    close: z.boolean().optional(),
  }),
  /** Keeps machines for a class; saying it again with the same id changes it. */
  z.strictObject({
    kind: z.literal('lesson.book'),
    lesson: tokenSchema,
    title: z.string().trim().min(1).max(80),
    group: tokenSchema.optional(),
    machines: z.array(machineIdSchema).min(1).max(60),
    from: instantSchema,
    until: instantSchema,
  }),
  z.strictObject({ kind: z.literal('lesson.cancel'), lesson: tokenSchema }),
  /** Sets a quota, or changes it; with no limit at all it is dropped. */
  z.strictObject({
    kind: z.literal('quota.set'),
    quota: tokenSchema,
    of: z.enum(['pupil', 'group']),
    group: tokenSchema.optional(),
    per: periodSchema,
    jobs: z.int().min(0).max(10_000).optional(),
    hours: z.number().min(0).max(10_000).optional(),
    grams: z.number().min(0).max(1_000_000).optional(),
  }),
  /** Notes that the author instructed these people (ids) in this text. */
  z.strictObject({
    kind: z.literal('instruction.record'),
    instruction: tokenSchema,
    people: z.array(z.string().min(1).max(64)).min(1).max(60),
    title: z.string().trim().min(1).max(120),
    version: z.string().trim().min(1).max(40),
  }),
  /** Clears a person for machines, on the strength of an instruction that person had. */
  z.strictObject({
    kind: z.literal('permit.grant'),
    permit: tokenSchema,
    person: z.string().min(1).max(64),
    covers: coverageSchema,
    until: instantSchema,
    instruction: tokenSchema,
  }),
  z.strictObject({ kind: z.literal('permit.revoke'), permit: tokenSchema, reason: z.string().max(200).optional() }),
  /** Opens a group for pupils to join; answered with the group and its code. */
  z.strictObject({
    kind: z.literal('group.open'),
    group: tokenSchema,
    name: z.string().trim().min(1).max(40),
    ageBand: ageBandSchema.optional(),
    endsAt: instantSchema,
  }),
  z.strictObject({ kind: z.literal('group.close'), group: tokenSchema }),
  /** Forgets a pupil: the nickname and the way back in are erased, the pseudonym in old jobs stays and means nobody. */
  z.strictObject({ kind: z.literal('pupil.forget'), person: z.string().min(1).max(64) }),
])
export type Ask = z.infer<typeof askSchema>

export const commandSchema = z.object({
  id: tokenSchema,
  author: authorSchema,
  issuedAt: instantSchema,
  /** By the clock of whoever issued it; a late command is refused, never run. */
  expiresAt: instantSchema,
  ask: askSchema,
})
export type Command = z.infer<typeof commandSchema>

/** Where a command came in: the school's own screen, or the city's wire. Never taken from the message itself. */
export type Origin = 'school' | 'city'

export const replySchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('accepted'), command: tokenSchema, at: instantSchema }),
  z.object({
    outcome: z.literal('refused'),
    command: tokenSchema,
    at: instantSchema,
    denial: denialSchema,
    /** After machine.console: what the firmware said before it refused. */
    heard: z.array(z.string().max(200)).max(200).optional(),
  }),
  z.object({
    outcome: z.literal('done'),
    command: tokenSchema,
    at: instantSchema,
    jobs: z.array(tokenSchema).optional(),
    ticket: z.int().optional(),
    /** After group.open: what pupils type to join. */
    code: z.string().max(16).optional(),
    program: programSchema.optional(),
    /** After machine.console: what the firmware said to it, its last lines. */
    heard: z.array(z.string().max(200)).max(200).optional(),
    /** After machine.look: when the picture was taken. */
    picturedAt: instantSchema.optional(),
    /** After job.submit: why the job is not on a machine yet, in one sentence. */
    waiting: sentenceSchema.optional(),
  }),
])
export type Reply = z.infer<typeof replySchema>
