// The door of the city: bytes from the wire become messages we believe, or are dropped with one line in the log.
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { CarePlans } from '../../protocols/contract/care.ts'
import type { Reply } from '../../protocols/contract/command.ts'
import { forecastJobsMax } from '../../protocols/contract/forecast.ts'
import { eventSchema, type ReadTopic, type TopicName, topics } from '../../protocols/contract/wire.ts'
import type { SiteMessage } from '../fleet/fold.ts'

type Batch = z.infer<(typeof topics)['events']['payload']>

/** What a school may tell the city. Events come as their batch: the store decides which of them are new. */
export type Heard =
  | Exclude<SiteMessage, { name: 'events' | 'heard' | 'gone' }>
  | { name: 'batch'; batch: Batch }
  | { name: 'reply'; reply: Reply }
  | { name: 'care'; payload: CarePlans }

/** Larger than any honest message of its kind: a reply carries a checked program, a batch 500 events, a state a firmware's settings. */
const payloadBytesMax: Partial<Record<TopicName, number>> = {
  status: 32_768,
  machine: 131_072,
  telemetry: 16_384,
  replies: 524_288,
  queue: 786_432,
  care: 262_144,
  events: 1_048_576,
}
/** Sites times topics times kinds of complaint; more means that somebody makes them up. */
const complaintsMax = 2_000

export type Door = { read(topic: ReadTopic, payload: Buffer): Heard | undefined }

/** Reads payloads by the schema of their topic. What does not fit is logged once for each site, topic and reason, and dropped. */
export function createDoor(log: Logger): Door {
  const complained = new Set<string>()

  const complain = (topic: ReadTopic, bytes: number, why: string, what = 'message dropped; said once') => {
    const key = `${topic.site} ${topic.name} ${topic.machine ?? ''} ${why}`
    if (complained.has(key) || complained.size >= complaintsMax) return
    complained.add(key)
    log.warn({ site: topic.site, topic: topic.name, machine: topic.machine, bytes, why }, what)
  }

  return {
    read: (topic, payload) => {
      // An empty retained message only clears what the broker keeps.
      if (payload.length === 0) return undefined
      if (payload.length > (payloadBytesMax[topic.name] ?? 0)) {
        complain(topic, payload.length, 'too large')
        return undefined
      }
      let json: unknown
      try {
        json = JSON.parse(payload.toString('utf8'))
      } catch {
        complain(topic, payload.length, 'not JSON')
        return undefined
      }
      let result = interpret(topic, json)
      const sound = typeof result === 'string' && topic.name === 'events' ? soundEvents(json) : undefined
      if (typeof result === 'string' && sound !== undefined) {
        complain(topic, payload.length, result, 'events dropped from their batch; said once')
        result = interpret(topic, sound)
      }
      if (typeof result === 'string') {
        complain(topic, payload.length, result)
        return undefined
      }
      return result
    },
  }
}

/** The message, or why it is none. */
function interpret({ site, name, machine }: ReadTopic, json: unknown): Heard | string {
  switch (name) {
    case 'status': {
      const status = topics.status.payload.safeParse(json)
      if (!status.success) return whyNot(status.error)
      return status.data.site === site ? { name, payload: status.data } : 'speaks of another site'
    }
    case 'machine': {
      const message = topics.machine.payload.safeParse(json)
      if (!message.success) return whyNot(message.error)
      if (machine === undefined || message.data.declaration.id !== machine) return 'speaks of another machine'
      return { name, machine, payload: message.data }
    }
    case 'telemetry': {
      const telemetry = topics.telemetry.payload.safeParse(json)
      if (!telemetry.success) return whyNot(telemetry.error)
      return machine === undefined ? 'speaks of no machine' : { name, machine, payload: telemetry.data }
    }
    case 'queue': {
      const queue = topics.queue.payload.safeParse(json)
      if (!queue.success) return whyNot(queue.error)
      return Object.keys(queue.data.jobs).length > forecastJobsMax ? 'too many jobs' : { name, payload: queue.data }
    }
    case 'care': {
      const care = topics.care.payload.safeParse(json)
      return care.success ? { name, payload: care.data } : whyNot(care.error)
    }
    case 'events': {
      const batch = topics.events.payload.safeParse(json)
      if (!batch.success) return whyNot(batch.error)
      const foreign = batch.data.events.some(event => siteIn(event) !== undefined && siteIn(event) !== site)
      return foreign ? 'speaks of another site' : { name: 'batch', batch: batch.data }
    }
    case 'replies': {
      const reply = topics.replies.payload.safeParse(json)
      return reply.success ? { name: 'reply', reply: reply.data } : whyNot(reply.error)
    }
    case 'commands':
    case 'confirmed':
    case 'directory':
      return 'only the city says this'
  }
}

/**
 * A batch without the events that do not fit, or undefined where that leaves none. A school sends again what is not confirmed:
 * dropping the whole batch for one of them would cut it off for good. What is missing then is a gap, which the intake waits for and passes.
 */
function soundEvents(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('events' in json) || !Array.isArray(json.events)) return undefined
  const events = json.events.filter(event => eventSchema.safeParse(event).success)
  return events.length === 0 || events.length === json.events.length ? undefined : { ...json, events }
}

/** The site an event says it is of, where it says so. */
function siteIn(event: Batch['events'][number]): string | undefined {
  if (event.kind === 'job') return event.job.site
  if (event.kind === 'part') return event.part.site
  return event.kind === 'order' ? event.order.site : undefined
}

function whyNot(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'does not fit' : `${issue.path.join('.')}: ${issue.message}`.slice(0, 200)
}
