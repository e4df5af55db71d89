// The one machine of `tsekh stream`: found, identified, made ready, and told what the person at the keyboard wants.
import type { Firmware } from '../../protocols/contract/machine.ts'
import type { Model } from '../../protocols/contract/model.ts'
import type { Deed } from '../../protocols/contract/room.ts'
import type { Fault } from '../../protocols/contract/words.ts'
import type { ProgramCursor, SessionReport } from '../../protocols/session.ts'
import { systemClock } from '../clock.ts'
import { dialects } from '../dialects.ts'
import { createPorts } from '../ports.ts'
import { Runner } from '../runner.ts'
import { sessionOptions } from '../setup.ts'
import { faults } from '../words.ts'
import type { StreamArguments } from './arguments.ts'
import { streamFaults } from './words.ts'

/** Homing, or heating that somebody began at the panel: a machine that has said who it is gets this long to become ready. */
const readyMs = 180_000

/** A status report comes within a second on every firmware. */
const afterDeedMs = 5_000

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export class Contact {
  readonly clock = systemClock()
  readonly #args: StreamArguments
  readonly #runner: Runner
  readonly #listeners = new Set<(report: SessionReport) => void>()
  #deeds = 0

  constructor(args: StreamArguments, model: Model) {
    this.#args = args
    this.#runner = new Runner({
      port: args.port,
      baud: args.baud ?? model.serial.baud,
      open: createPorts(),
      createSession: () => {
        const options = sessionOptions({ declaration: { kind: model.kind }, model })
        return dialects[args.dialect]({ ...options, constantPowerAllowed: options.constantPowerAllowed || args.allowConstantPower })
      },
      report: report => {
        for (const listener of this.#listeners) listener(report)
      },
      clock: this.clock,
      random: Math.random,
      log: silent,
    })
    this.#runner.start()
  }

  get firmware(): Firmware | undefined {
    return this.#runner.firmware
  }

  get resends(): number {
    return this.#runner.link.resends
  }

  listen(listener: (report: SessionReport) => void): void {
    this.#listeners.add(listener)
  }

  run(job: string, cursor: ProgramCursor): Fault | undefined {
    return this.#runner.run(job, cursor, this.#args.allowConstantPower)
  }

  more(): void {
    this.#runner.more()
  }

  deed(deed: Deed): string {
    const id = `by-hand-${++this.#deeds}`
    this.#runner.deed(id, deed)
    return id
  }

  async close(): Promise<void> {
    await this.#runner.stop()
    this.#listeners.clear()
  }

  /** Waits until the machine can take a program, homing or unlocking it first where that was asked for. Answers with what is in the way. */
  async becomeReady(): Promise<Fault | undefined> {
    const { answerSeconds, first, port } = this.#args
    const state = () => this.#runner.state
    // Until it has said who it is, it takes no orders, whatever its state looks like.
    const spoken = await this.#waits(
      () => this.#runner.firmware !== undefined || state().state === 'offline' || state().state === 'down',
      answerSeconds * 1000,
    )
    if (!spoken) return streamFaults.noAnswer(port, answerSeconds)
    await this.#waits(() => state().state !== 'preparing', readyMs)
    const found = state()
    const locked = found.state === 'attention' && found.why === 'locked'
    if (first === undefined || !(locked || (first === 'home' && found.state === 'ready'))) return this.#inTheWay()
    const fault = await this.#do({ kind: first })
    if (fault !== undefined) return fault
    // Done is said before the next status report is heard.
    await this.#waits(() => state().state === 'ready', afterDeedMs)
    return this.#inTheWay()
  }

  #inTheWay(): Fault | undefined {
    const { state } = this.#runner
    switch (state.state) {
      case 'ready':
        return undefined
      case 'offline':
        return state.fault ?? faults.offline()
      case 'down':
        return state.fault
      case 'attention':
        return state.why === 'locked' ? streamFaults.locked(state.fault?.detail) : (state.fault ?? faults.notReady(state.why))
      case 'preparing':
      case 'foreign':
      case 'uncleared':
      case 'running':
      case 'paused':
        return faults.notReady(state.state)
    }
  }

  /** Resolves with true once `settled` holds, with false when it does not in `limitMs`. Looks at every report. */
  #waits(settled: () => boolean, limitMs: number): Promise<boolean> {
    if (settled()) return Promise.resolve(true)
    return new Promise(resolve => {
      const end = (result: boolean) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        resolve(result)
      }
      const timer = setTimeout(() => end(false), limitMs)
      const look = () => {
        if (settled()) end(true)
      }
      this.#listeners.add(look)
    })
  }

  #do(deed: Deed): Promise<Fault | undefined> {
    return new Promise(resolve => {
      const wanted = `by-hand-${this.#deeds + 1}`
      const timer = setTimeout(() => resolve(faults.notReady(this.#runner.state.state)), readyMs)
      const hear = (report: SessionReport) => {
        if (report.kind !== 'answer' || report.id !== wanted) return
        clearTimeout(timer)
        this.#listeners.delete(hear)
        resolve(report.fault)
      }
      this.#listeners.add(hear)
      this.deed(deed)
    })
  }
}
