// A process of `npm run bench -- city`: the city's broker and nothing behind it. What it costs and how long it takes is the floor under the whole.
import { pino } from 'pino'
import { startBroker } from '../dashboard/broker/broker.ts'
import { password } from './city-plan.ts'

export type FloorWord = { kind: 'ready'; brokerUrl: string }

const broker = await startBroker({
  host: '127.0.0.1',
  port: 0,
  log: pino({ level: 'silent' }),
  login: (username, given) =>
    given === password ? { kind: 'observer', name: username, sites: 'all' } : { kind: 'school', site: username },
  heard: () => undefined,
  alive: () => undefined,
  gone: () => undefined,
})
process.on('message', (message: 'end') => {
  if (message === 'end') process.exit(0)
})
process.send?.({ kind: 'ready', brokerUrl: broker.url } satisfies FloorWord)
