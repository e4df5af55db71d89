// A machine room without machines: speaks the contract on a real socket, keeps numbered reports until they are confirmed, does what a test says.
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { JobEnd } from '../../protocols/contract/job.ts'
import type { MachineState } from '../../protocols/contract/machine.ts'
import { type Order, orderSchema, type Report, type Run } from '../../protocols/contract/room.ts'
import type { Fault } from '../../protocols/contract/words.ts'

type NumberedReport = Extract<Report, { number: number }>
type WithoutNumber<R> = R extends NumberedReport ? Omit<R, 'number'> : never

type Place = { state: MachineState; job?: string }

export class FakeRoom {
  readonly orders: Order[] = []
  readonly confirmed: number[] = []
  readonly places = new Map<string, Place>()
  pending: NumberedReport[] = []
  lastNumber = 0
  id = 'room-00000001'
  /** What the room answers to an order; `silent` answers nothing. */
  answer: (order: Order) => Fault | undefined | 'silent' = () => undefined
  /** Called when a run was taken; by default the job starts at once. */
  onRun: (machine: string, run: Run) => void = (machine, run) => this.begin(machine, run.job)
  #server: Server | undefined
  #socket: Socket | undefined

  async listen(path: string): Promise<void> {
    rmSync(path, { force: true })
    const server = createServer(socket => {
      this.#socket?.destroy()
      this.#socket = socket
      socket.on('error', () => undefined)
      createInterface(socket).on('line', line => this.#hear(orderSchema.parse(JSON.parse(line))))
    })
    this.#server = server
    await new Promise<void>(resolve => server.listen(path, resolve))
  }

  /** The connection breaks; the room itself goes on. */
  cut(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>(resolve => (this.#server ? this.#server.close(() => resolve()) : resolve()))
    this.#server = undefined
  }

  setState(machine: string, state: MachineState, job?: string): void {
    this.places.set(machine, { state, ...(job ? { job } : {}) })
    this.say({ kind: 'state', machine, at: Date.now(), state })
  }

  begin(machine: string, job: string): void {
    this.setState(machine, { state: 'running', since: Date.now(), job }, job)
    this.report({ kind: 'job-started', machine, job, at: Date.now() })
  }

  end(machine: string, job: string, outcome: JobEnd['outcome'], more: Partial<JobEnd> = {}): void {
    const end = { outcome, evidence: 'a test said so', lines: 10, bytes: 100, seconds: 2, resends: 1, ...more }
    this.report({ kind: 'job-ended', machine, job, at: Date.now(), end })
    this.setState(machine, { state: 'ready', since: Date.now() })
  }

  report(report: WithoutNumber<NumberedReport>): void {
    const numbered = { ...report, number: ++this.lastNumber } as NumberedReport
    this.pending.push(numbered)
    this.say(numbered)
  }

  say(report: Report): void {
    this.#socket?.write(`${JSON.stringify(report)}\n`)
  }

  #hear(order: Order): void {
    this.orders.push(order)
    switch (order.kind) {
      case 'hello':
        this.#confirm(order.confirmed)
        this.say({
          kind: 'snapshot',
          room: this.id,
          at: Date.now(),
          lastNumber: this.lastNumber,
          machines: [...this.places].map(([machine, place]) => ({ machine, ...place })),
        })
        for (const report of this.pending) this.say(report)
        return
      case 'confirm':
        this.#confirm(order.number)
        return
      default: {
        const fault = this.answer(order)
        if (fault === 'silent') return
        this.say({ kind: 'answer', id: order.id, ...(fault ? { fault } : {}) })
        if (fault) return
        if (order.kind === 'run') this.onRun(order.machine, order.run)
        if (order.kind === 'machines') this.#arrange(order.machines.map(({ declaration }) => declaration.id))
        if (order.kind === 'deed' && (order.deed.kind === 'stop' || order.deed.kind === 'cancel')) {
          const job = this.places.get(order.machine)?.job
          if (job) this.end(order.machine, job, 'cancelled')
        }
      }
    }
  }

  #arrange(machines: string[]): void {
    for (const machine of machines) if (!this.places.has(machine)) this.setState(machine, { state: 'ready', since: Date.now() })
  }

  #confirm(number: number): void {
    this.confirmed.push(number)
    this.lastNumber = Math.max(this.lastNumber, number)
    this.pending = this.pending.filter(report => report.number > number)
  }
}
