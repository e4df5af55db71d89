// Writes docs/asyncapi.yaml from the one table of topics, so that a third party can join with that page alone: node dashboard/wire-docs.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type TopicName, topicRoot, topics } from '../protocols/contract/wire.ts'

const purposes: Record<TopicName, string> = {
  status:
    'Birth and death of a school. Published retained after every connect; the same topic with status "offline" is the last will. A new session id at each start of the daemon.',
  machine:
    'A machine as the school declares it and the state it is in: whole, retained, on every change, and all of them after every birth.',
  telemetry: 'Temperatures, position, progress: by change, at most once a second. Absent keys mean unchanged. Losing one loses nothing.',
  queue:
    'When each job of the queue will begin and end, how many stand before it, why it waits and what would help: whole, retained, on change, at most once in 5 s, at most 500 jobs. Words are in both languages and name no person.',
  care: 'The maintenance plans of the machines, which machine follows which, since when it is known and its running hours: whole, retained, on change. When a row was done is told by events of the kind cared.',
  events:
    'Numbered events in order, in batches, from 1 without gaps. Kept by the school until the city has confirmed the number; sent again from the confirmed number on after every connect and whenever a lower number is confirmed.',
  confirmed: 'The highest number up to which the city has stored every event. Lower than what was sent: send again from there.',
  commands:
    "What a person asks of the school. Sent again until answered or expired: run each id once, answer a known id with its last reply. Times are by the school's own clock, as its birth told it.",
  replies: 'The answer to a command by its id: accepted (work goes on), then refused with a reason, or done.',
  directory:
    'The staff that may act in this school, with password hashes, so that rights can be judged and people sign in with the link down.',
}

/** The document as YAML text. */
export function asyncApi(): string {
  const names = Object.keys(topics) as TopicName[]
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Tsekh: the wire between a school and the city',
      version: '1',
      description: [
        'MQTT 3.1.1, JSON payloads in UTF-8, checked at both ends; unknown keys are ignored, wrong ones drop the message.',
        "A school's user name is its site id; it may publish and subscribe under its own site only, exactly the topics below, no wildcards but a machine's `+`.",
        'Keep-alive at most 600 s (30 s is usual), frames of at most 1 MiB, 500 messages a second; whoever floods or does not read is cut off.',
        'Files travel by HTTPS with the same credentials (HTTP Basic): GET /api/v1/wire/files/{sha256}, by range.',
        'Instants are milliseconds since the Unix epoch. This page is written by dashboard/wire-docs.ts from protocols/contract/wire.ts.',
      ].join('\n'),
    },
    defaultContentType: 'application/json',
    servers: {
      city: {
        host: '{city}:1883',
        protocol: 'mqtt',
        protocolVersion: '3.1.1',
        variables: { city: { default: 'localhost', description: "The city's address; port 8883 where it speaks TLS." } },
        security: [{ type: 'userPassword' }],
      },
    },
    channels: Object.fromEntries(names.map(name => [name, channel(name)])),
    operations: Object.fromEntries(names.map(name => [operationName(name), operation(name)])),
    components: {
      messages: Object.fromEntries(names.map(name => [name, { name, summary: purposes[name], payload: schemaOf(name) }])),
    },
  }
  return `# Written by dashboard/wire-docs.ts; do not edit.\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

function channel(name: TopicName): object {
  const { level } = topics[name]
  const site = { description: "The school's id: lower-case latin letters, digits and hyphens, at most 48." }
  const machine = { description: 'The id of one of its machines, of the same letters.' }
  return {
    address: `${topicRoot}/{site}/${level.replace('+', '{machine}')}`,
    description: purposes[name],
    parameters: level.includes('+') ? { site, machine } : { site },
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  }
}

/** Written from the school's side, since a school is who reads this to join. */
function operationName(name: TopicName): string {
  return `${topics[name].from === 'school' ? 'publish' : 'hear'}-${name}`
}

function operation(name: TopicName): object {
  const { from, qos, retain } = topics[name]
  return {
    action: from === 'school' ? 'send' : 'receive',
    channel: { $ref: `#/channels/${name}` },
    messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
  }
}

function schemaOf(name: TopicName): unknown {
  const { $schema, ...schema } = z.toJSONSchema(topics[name].payload, { io: 'input', unrepresentable: 'any' })
  return schema
}

/** Where the page is kept. */
const asyncApiPath = fileURLToPath(new URL('../docs/asyncapi.yaml', import.meta.url))

/** True when the page says what the table says. */
export function isAsyncApiCurrent(): boolean {
  try {
    return readFileSync(asyncApiPath, 'utf8') === asyncApi()
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(asyncApiPath, asyncApi())
