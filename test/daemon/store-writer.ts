// A process that writes events until it is killed, and says after each commit which number is safe.
import { Store } from '../../daemon/store.ts'
import { aJob, person } from './kit.ts'

const [path = '', life = '0'] = process.argv.slice(2)
const store = new Store(path)
const start = store.lastNumber
for (let turn = 0; turn < 20_000; turn++) {
  const id = `job-${life}-${String(turn % 50).padStart(5, '0')}`
  const job = aJob({ id, ticket: turn + 1, order: turn, state: 'running', startedAt: turn, machine: 'printer-1' })
  const events = store.commit({
    events: [
      { kind: 'job', at: turn, change: 'started', job },
      { kind: 'counters', at: turn, machine: 'printer-1', runningSeconds: turn, jobs: turn, resends: 0 },
      { kind: 'action', at: turn, action: 'machine.stop', machine: 'printer-1', by: person('teacher') },
    ],
    report: { room: 'room-0001', number: start + turn + 1 },
  })
  process.stdout.write(`${events.at(-1)?.number}\n`)
}
