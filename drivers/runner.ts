// Joins a session to a transport: carries out its effects, wakes it, and opens the port again for as long as it takes.
import type { Firmware, MachineState, Telemetry } from '../protocols/contract/machine.ts'
import type { Deed } from '../protocols/contract/room.ts'
import type { Fault } from '../protocols/contract/words.ts'
import type { Effect, ProgramCursor, Session, SessionInput, SessionReport } from '../protocols/session.ts'
import type { Clock } from './clock.ts'
import type { OpenPort, Transport } from './transport.ts'
import { faults } from './words.ts'

const retryFirstMs = 500
/** With the jitter at most 12 s: whoever plugs a machine in stands beside it and waits. */
const retryMostMs = 8_000
/** A connection that held so long was a good one: the next trouble starts from the short wait again. */
const goodAfterMs = 10_000
/** setTimeout turns anything above 2³¹−1 ms into 1 ms. */
const timerMostMs = 2_000_000_000

export type RunnerParts = {
  readonly port: string
  readonly baud: number
  readonly open: OpenPort
  /** A fresh session for each connection: what one learnt of a board says nothing about the next. */
  readonly createSession: () => Session
  readonly report: (report: SessionReport) => void
  readonly clock: Clock
  /** 0…1, for the jitter: thirty machines on one hub must not come back in step. */
  readonly random: () => number
  readonly log: RunnerLog
}

export interface RunnerLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

type Link = NonNullable<Telemetry['link']>

/**
 * One machine. Reports what its session reports, with these promises on top: link counters go on over reconnections; a job that was given to a session always ends with
 * one `job-ended`, and a deed with one `answer`, even where the port is lost or the session stumbles.
 */
export class Runner {
  readonly #parts: RunnerParts
  #transport: Transport | undefined
  #session: Session | undefined
  /** Which connection an event belongs to: what comes late from an earlier one is not ours. */
  #connection = 0
  #openedAt = 0
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #stopped = true
  #closing: Promise<void> = Promise.resolve()

  #wakeAt = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY

  #inputs: SessionInput[] = []
  #feeding = false

  /** The state while there is no session to ask. */
  #idle: MachineState
  /** The code of the offline state that was told last, until something else was told. */
  #offlineTold: string | undefined
  #ending = false
  #firmware: Firmware | undefined
  #job: { id: string; lines: number; bytes: number; startedAt: number; armed: boolean } | undefined
  readonly #deeds = new Set<string>()
  #carried: Link = { resends: 0, badLines: 0, reconnects: 0 }
  #heard: Link = { resends: 0, badLines: 0, reconnects: 0 }

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.#idle = { state: 'preparing', since: parts.clock.now(), what: 'connecting' }
  }

  start(): void {
    if (!this.#stopped) return
    this.#stopped = false
    void this.#connect()
  }

  /** Closes the port. A job still running is reported as interrupted. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#end('the room closed the port')
    await this.#closing
  }

  get state(): MachineState {
    return this.#session !== undefined && this.#transport !== undefined ? this.#session.state : this.#idle
  }

  get firmware(): Firmware | undefined {
    return this.#firmware
  }

  get link(): Link {
    return {
      resends: this.#carried.resends + this.#heard.resends,
      badLines: this.#carried.badLines + this.#heard.badLines,
      reconnects: this.#carried.reconnects + this.#heard.reconnects,
    }
  }

  /** Gives a program to the machine, which begins at once or, with `button`, at its own start button. Answers with a fault where there is no machine; else `job-ended` will come. */
  run(job: string, cursor: ProgramCursor, allowConstantPower: boolean, button = false): Fault | undefined {
    if (this.#session === undefined || this.#transport === undefined) return faults.offline()
    if (this.#job !== undefined) return faults.occupied(this.#job.id)
    this.#job = { id: job, lines: 0, bytes: 0, startedAt: this.#parts.clock.now(), armed: button }
    this.#feed({ kind: 'run', job, cursor, allowConstantPower, button })
    return undefined
  }

  /** A cursor has lines again. */
  more(): void {
    if (this.#session !== undefined && this.#job !== undefined) this.#feed({ kind: 'more' })
  }

  /** Told to the machine at once; one `answer` report with this id comes. */
  deed(id: string, deed: Deed): void {
    if (this.#session === undefined || this.#transport === undefined) {
      this.#parts.report({ kind: 'answer', id, fault: faults.offline() })
      return
    }
    this.#deeds.add(id)
    this.#feed({ kind: 'deed', id, deed })
  }

  async #connect(): Promise<void> {
    const connection = ++this.#connection
    const mine = () => connection === this.#connection && !this.#stopped
    await this.#closing
    if (!mine()) return
    const opened = await this.#open(mine)
    if ('fault' in opened) {
      if (mine()) this.#offline(opened.fault)
      return
    }
    if (!mine()) return void opened.close()
    this.#transport = opened
    this.#session = this.#parts.createSession()
    this.#openedAt = this.#parts.clock.now()
    this.#parts.log.info({ port: this.#parts.port }, 'port opened')
    this.#feed({ kind: 'opened' })
  }

  async #open(mine: () => boolean): Promise<Transport | { readonly fault: Fault }> {
    const ear = {
      line: (line: string) => {
        if (mine()) this.#feed({ kind: 'line', line })
      },
      overlong: () => {
        if (!mine()) return
        this.#carried = { ...this.#carried, badLines: this.#carried.badLines + 1 }
        this.#parts.report({ kind: 'telemetry', telemetry: { link: this.link } })
      },
      closed: (reason: string) => {
        if (mine()) this.#end(reason)
      },
    }
    try {
      return await this.#parts.open(this.#parts.port, { baud: this.#parts.baud, ear })
    } catch (error) {
      // An opener answers with faults; should one throw, the machine is retried rather than the room ended.
      this.#parts.log.error({ port: this.#parts.port, err: error }, 'opening stumbled')
      return { fault: faults.portFailed(this.#parts.port, String(error)) }
    }
  }

  /** The connection is over: the session hears of it, what it owes is settled, and the next attempt is due. */
  #end(reason: string): void {
    const transport = this.#transport
    if (transport === undefined) {
      this.#connection++
      return
    }
    this.#ending = true
    this.#feed({ kind: 'closed', reason })
    this.#ending = false
    // A session that gave up knows better why: nothing answered, or what answered is no such machine.
    const said = this.#session?.state
    const fault = said?.state === 'offline' && said.fault !== undefined ? said.fault : faults.portLost(reason)
    this.#parts.log.warn({ port: this.#parts.port, reason }, 'port closed')
    if (this.#parts.clock.now() - this.#openedAt >= goodAfterMs) this.#failures = 0
    this.#part(transport, fault)
  }

  /** Lets go of a connection, whatever became of its session. */
  #part(transport: Transport, fault: Fault): void {
    this.#connection++
    this.#transport = undefined
    this.#session = undefined
    this.#inputs = []
    this.#wakeAt = Number.POSITIVE_INFINITY
    this.#timerAt = Number.POSITIVE_INFINITY
    clearTimeout(this.#timer)
    this.#settle(fault)
    this.#carried = { ...this.link, reconnects: this.link.reconnects + 1 }
    this.#heard = { resends: 0, badLines: 0, reconnects: 0 }
    this.#closing = transport.close()
    if (!this.#stopped) this.#offline(fault)
  }

  /** Whatever was begun and not ended by the session is ended here: nobody waits for ever. */
  #settle(fault: Fault): void {
    const job = this.#job
    this.#job = undefined
    if (job !== undefined) {
      const seconds = (this.#parts.clock.now() - job.startedAt) / 1000
      const { id, lines, bytes, armed } = job
      const end = {
        outcome: 'interrupted',
        evidence: fault.detail ?? fault.code,
        fault,
        lines,
        bytes,
        seconds,
        resends: this.#heard.resends,
        ...(armed ? { again: true as const } : {}),
      } as const
      this.#parts.report({ kind: 'job-ended', job: id, end })
    }
    for (const id of this.#deeds) this.#parts.report({ kind: 'answer', id, fault })
    this.#deeds.clear()
  }

  #offline(fault: Fault): void {
    const since = this.#idle.state === 'offline' && this.#failures > 0 ? this.#idle.since : this.#parts.clock.now()
    this.#idle = { state: 'offline', since, fault }
    if (this.#offlineTold !== fault.code) this.#parts.report({ kind: 'state', state: this.#idle })
    this.#offlineTold = fault.code
    const waitMs = Math.min(retryMostMs, retryFirstMs * 2 ** Math.min(this.#failures, 10)) * (0.5 + this.#parts.random())
    this.#failures++
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#connect(), waitMs)
  }

  /** One input at a time: what an effect causes at once (a port that fails within a write) waits for its turn. */
  #feed(input: SessionInput): void {
    this.#inputs.push(input)
    if (this.#feeding) return
    this.#feeding = true
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const session = this.#session
        if (session === undefined) return
        for (const effect of session.receive(next, this.#parts.clock.now())) this.#perform(effect)
      }
    } catch (error) {
      // Our own mistake in one machine's session; the other machines' jobs must not pay for it.
      this.#parts.log.error({ port: this.#parts.port, err: error }, 'session stumbled')
      const transport = this.#transport
      if (transport !== undefined) this.#part(transport, faults.stumbled(String(error)))
    } finally {
      this.#feeding = false
    }
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#transport?.send(effect.bytes)
        return
      case 'sendNow':
        this.#transport?.sendNow(effect.bytes)
        return
      case 'dropUnsent':
        this.#transport?.dropUnsent()
        return
      case 'wakeAt':
        this.#wake(effect.atMs)
        return
      case 'report':
        this.#pass(effect.report)
        return
      case 'reopen': {
        const connection = this.#connection
        // After this input is done with: its other effects still belong to the old connection.
        setImmediate(() => {
          if (connection === this.#connection) this.#end(effect.reason)
        })
        return
      }
    }
  }

  #pass(report: SessionReport): void {
    switch (report.kind) {
      case 'firmware':
        this.#firmware = report.firmware
        this.#failures = 0
        break
      case 'progress':
        if (this.#job !== undefined) {
          this.#job.lines = report.lines
          this.#job.bytes = report.endByte
        }
        break
      case 'job-started':
        if (this.#job?.id === report.job) this.#job.armed = false
        break
      case 'job-ended':
        // Said once, whoever says it first.
        if (this.#job?.id !== report.job) return
        this.#job = undefined
        break
      case 'answer':
        if (!this.#deeds.delete(report.id)) return
        break
      case 'telemetry':
        if (report.telemetry.link !== undefined) {
          this.#heard = report.telemetry.link
          this.#parts.report({ kind: 'telemetry', telemetry: { ...report.telemetry, link: this.link } })
          return
        }
        break
      case 'state':
        // A session whose port is gone says offline; we say it, with the reason, and once over all attempts.
        if (this.#ending && report.state.state === 'offline') return
        this.#offlineTold = undefined
        break
    }
    this.#parts.report(report)
  }

  #wake(atMs: number): void {
    this.#wakeAt = atMs
    // A later alarm needs no new timer: the earlier one finds out when it rings. A stream moves its deadline with every line.
    if (atMs < this.#timerAt) this.#arm(atMs)
  }

  #arm(atMs: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = atMs
    const waitMs = Math.min(timerMostMs, Math.max(0, atMs - this.#parts.clock.now()))
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      const wakeAt = this.#wakeAt
      if (wakeAt === Number.POSITIVE_INFINITY) return
      if (this.#parts.clock.now() < wakeAt) return this.#arm(wakeAt)
      this.#wakeAt = Number.POSITIVE_INFINITY
      this.#feed({ kind: 'wake' })
    }, waitMs)
  }
}
