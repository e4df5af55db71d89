// A process of `npm run bench -- city`: all schools' ends of the wire, each a connection of its own, every machine once a second.
import { readFileSync } from 'node:fs'
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt'
import { type Event, type Status, type TopicName, topicOf, topics } from '../protocols/contract/wire.ts'
import type { SitePlan } from './city-plan.ts'
import { SchoolImage } from './city-school.ts'

export type SchoolsOrder = { brokerUrl: string; plan: string; hertz: number }
export type SchoolsWord = { kind: 'joined' } | { kind: 'count'; telemetry: number; others: number; confirmedBehind: number }

const stepMs = 1_000
/** The forecaster's own pace (daemon/forecast/forecaster.ts). */
const forecastMs = 15_000

const counts = { telemetry: 0, others: 0 }
const schools: School[] = []

process.on('message', (message: SchoolsOrder | 'count' | 'end') => {
  if (message === 'end') process.exit(0)
  else if (message === 'count') {
    const confirmedBehind = schools.reduce((sum, school) => sum + school.behind, 0)
    process.send?.({ kind: 'count', ...counts, confirmedBehind } satisfies SchoolsWord)
  } else void join(message)
})

async function join({ brokerUrl, plan, hertz }: SchoolsOrder): Promise<void> {
  const sites: SitePlan[] = JSON.parse(readFileSync(plan, 'utf8')).sites
  for (const [index, site] of sites.entries()) schools.push(await School.join(brokerUrl, site, index, hertz))
  process.send?.({ kind: 'joined' } satisfies SchoolsWord)
}

class School {
  readonly #client: MqttClient
  readonly #image: SchoolImage
  readonly #waiting: Event[] = []
  #sent = 0

  private constructor(client: MqttClient, image: SchoolImage) {
    this.#client = client
    this.#image = image
  }

  static async join(brokerUrl: string, site: SitePlan, seed: number, hertz: number): Promise<School> {
    const image = new SchoolImage(site, seed + 1, Date.now())
    const death: Status = { status: 'offline', site: site.id, session: image.session }
    const client = await connectAsync(brokerUrl, {
      clientId: `tsekh-${site.id}`,
      username: site.id,
      password: site.password,
      clean: true,
      reconnectPeriod: 0,
      will: { topic: topicOf('status', site.id), payload: Buffer.from(JSON.stringify(death)), qos: 1, retain: true },
    })
    const school = new School(client, image)
    client.on('message', (topic, payload) => school.#hear(topic, payload))
    await client.subscribeAsync(
      (['commands', 'confirmed', 'directory'] as const).map(name => topicOf(name, site.id)),
      { qos: 1 },
    )
    const { states, events } = image.begin(Date.now())
    await school.#say('status', image.birth(Date.now()))
    await Promise.all(states.map(state => school.#say('machine', state, state.declaration.id)))
    school.#waiting.push(...events)
    school.#sendEvents()
    await school.#say('queue', image.forecast(Date.now()))
    school.#run(hertz)
    return school
  }

  /** Events the city has not confirmed. */
  get behind(): number {
    return this.#waiting.length
  }

  #run(hertz: number): void {
    for (const { id } of this.#image.plan.machines) {
      // Machines do not speak in step.
      const telling = () => {
        counts.telemetry += 1
        void this.#say('telemetry', this.#image.telemetry(id, Date.now()), id)
      }
      setTimeout(() => setInterval(telling, 1000 / hertz), (Math.random() * 1000) / hertz)
    }
    setInterval(() => {
      const { states, events } = this.#image.step(Date.now())
      for (const state of states) void this.#say('machine', state, state.declaration.id)
      this.#waiting.push(...events)
      this.#sendEvents()
    }, stepMs)
    setInterval(() => void this.#say('queue', this.#image.forecast(Date.now())), forecastMs)
  }

  /** One batch on its way, kept until the city has it: as daemon/conversation.ts. */
  #sendEvents(): void {
    if (this.#sent > 0 || this.#waiting.length === 0) return
    const events = this.#waiting.slice(0, 200)
    this.#sent = events.at(-1)?.number ?? 0
    void this.#say('events', { session: this.#image.session, events })
  }

  #hear(topic: string, payload: Buffer): void {
    if (topic !== topicOf('confirmed', this.#image.plan.id)) return
    const { number } = topics.confirmed.payload.parse(JSON.parse(payload.toString()))
    while ((this.#waiting[0]?.number ?? Number.POSITIVE_INFINITY) <= number) this.#waiting.shift()
    if (number >= this.#sent) {
      this.#sent = 0
      this.#sendEvents()
    }
  }

  async #say(name: TopicName, payload: unknown, machine?: string): Promise<void> {
    if (name !== 'telemetry') {
      counts.others += 1
      // What does not fit the contract would be dropped at the city's door, and the bench would measure silence.
      topics[name].payload.parse(payload)
    }
    const { qos, retain } = topics[name]
    const options: IClientPublishOptions = { qos, retain }
    await this.#client.publishAsync(topicOf(name, this.#image.plan.id, machine), JSON.stringify(payload), options)
  }
}
