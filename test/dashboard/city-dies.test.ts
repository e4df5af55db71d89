// The city killed with -9 in the middle of everything: what it confirmed it has, and what it has not confirmed comes again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { expect, it } from 'vitest'
import { createEventStore } from '../../dashboard/store/events.ts'
import { openStore } from '../../dashboard/store/store.ts'
import { confirmedSchema, topicOf } from '../../protocols/contract/wire.ts'
import { freePort, job, jobEvent, temporaryFolder, until, writeConfig } from './house.ts'

const eventsInAll = 600
const batchLength = 15

async function startCityProcess(configPath: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['daemon/cli/tsekh.js', 'city', configPath], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child
}

it('loses no event and stores none twice, killed three times while a school reports', async () => {
  using folder = temporaryFolder()
  const ports = { screen: await freePort(), broker: await freePort() }
  const configPath = writeConfig(folder.path, ports)
  let city = await startCityProcess(configPath)
  let confirmed = 0
  let highest = 0
  let done = false

  /** A school that keeps what is not confirmed, and sends on from there after every connect. */
  const school = (async () => {
    while (!done) {
      const mqtt = await connectAsync(`mqtt://127.0.0.1:${ports.broker}`, {
        username: 'alpha',
        password: 'alpha-password',
        reconnectPeriod: 0,
      }).catch(() => undefined)
      if (mqtt === undefined) {
        await new Promise(resolve => setTimeout(resolve, 50))
        continue
      }
      let open = true
      let sentTo: number | undefined
      mqtt.on('close', () => {
        open = false
      })
      mqtt.on('error', () => undefined)
      mqtt.on('message', (_topic, payload) => {
        const { number } = confirmedSchema.parse(JSON.parse(payload.toString()))
        // A number once confirmed is never taken back.
        expect(number).toBeGreaterThanOrEqual(confirmed)
        confirmed = number
        sentTo ??= number
      })
      await mqtt.subscribeAsync(topicOf('confirmed', 'alpha'), { qos: 1 }).catch(() => undefined)
      while (open && !done) {
        if (sentTo !== undefined && sentTo < eventsInAll) {
          const from = sentTo
          const events = Array.from({ length: batchLength }, (_, index) => jobEvent(from + index + 1, job(`job-${from + index + 1}-dies`)))
          sentTo += batchLength
          highest = Math.max(highest, sentTo)
          mqtt.publish(topicOf('events', 'alpha'), JSON.stringify({ session: 'session-1', events }), { qos: 1 })
        }
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      await mqtt.endAsync(true).catch(() => undefined)
    }
  })()

  try {
    for (const mark of [100, 250, 400]) {
      await until(`some more were sent, ${mark}`, () => highest >= mark)
      city.kill('SIGKILL')
      await once(city, 'exit')
      city = await startCityProcess(configPath)
    }
    await until('all are confirmed', () => confirmed === eventsInAll)
  } finally {
    done = true
    city.kill('SIGTERM')
    await Promise.all([school, city.exitCode === null && once(city, 'exit')])
  }
  const store = openStore(join(folder.path, 'data', 'city.db'))
  const events = createEventStore(store)
  expect(events.journal('alpha', undefined, 10_000).map(({ number }) => number)).toEqual(
    Array.from({ length: eventsInAll }, (_, index) => eventsInAll - index),
  )
  expect(events.restore('alpha', 1_000).jobs.length).toBe(eventsInAll)
  store.close()
})
