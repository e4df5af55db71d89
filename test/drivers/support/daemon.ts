// A daemon as the room sees it: a client of its socket.
import { connect, type Socket } from 'node:net'
import { type Order, type Report, reportSchema } from '../../../protocols/contract/room.ts'
import { until } from './fakes.ts'

export type Daemon = {
  reports: Report[]
  order(order: Order): void
  /** Sends an order and waits for its answer. */
  ask(order: Extract<Order, { id: string }>): Promise<Extract<Report, { kind: 'answer' }>>
  /** As kill -9 does it. */
  die(): void
  readonly gone: boolean
  socket: Socket
}

/** Connects and says hello; every report is checked against the contract. */
export async function startDaemon(path: string, confirmed = 0): Promise<Daemon> {
  const socket = connect(path)
  await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail))
  const reports: Report[] = []
  let rest = ''
  socket.on('data', chunk => {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) reports.push(reportSchema.parse(JSON.parse(line)))
  })
  socket.on('error', () => undefined)
  const order = (each: Order) => void socket.write(`${JSON.stringify(each)}\n`)
  order({ kind: 'hello', confirmed })
  await until(() => reports.some(report => report.kind === 'snapshot'), 'the room sent its snapshot')
  return {
    reports,
    socket,
    order,
    ask: async each => {
      order(each)
      const mine = () => reports.find(report => report.kind === 'answer' && report.id === each.id)
      await until(() => mine() !== undefined, `order ${each.id} is answered`)
      return mine() as Extract<Report, { kind: 'answer' }>
    },
    die: () => socket.destroy(),
    get gone() {
      return socket.destroyed
    },
  }
}
