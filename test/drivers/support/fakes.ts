// Stand-ins for tests of the room itself: a transport in memory, a session that counts, a clock that is turned by hand.

import type { Clock } from '../../../drivers/clock.ts'
import type { RunnerLog } from '../../../drivers/runner.ts'
import type { Ear, OpenPort, Transport } from '../../../drivers/transport.ts'
import { faults } from '../../../drivers/words.ts'
import type { MachineSetup } from '../../../protocols/contract/room.ts'
import type { Effect, Session, SessionInput } from '../../../protocols/session.ts'

export const silentLog: RunnerLog = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const realClock: Clock = { now: () => Date.now(), wall: atMs => atMs }

export type FakePort = { written: string[]; ear: Ear; closed: boolean }

/** Each opening makes a new FakePort; `refuse` makes the next openings fail. */
export function fakePorts(): { open: OpenPort; ports: FakePort[]; refuse: (times: number) => void } {
  const ports: FakePort[] = []
  let refusals = 0
  return {
    ports,
    refuse: times => {
      refusals = times
    },
    open: async (name, { ear }) => {
      if (refusals > 0) {
        refusals--
        return { fault: faults.portMissing(name) }
      }
      const port: FakePort = { written: [], ear, closed: false }
      ports.push(port)
      const note = (bytes: Uint8Array) => {
        port.written.push(Buffer.from(bytes).toString('latin1'))
      }
      const transport: Transport = {
        send: note,
        sendNow: note,
        dropUnsent: () => undefined,
        close: async () => {
          port.closed = true
        },
      }
      return transport
    },
  }
}

/** A session that answers each input with what `react` says, and is ready as soon as it is open. */
export function scriptedSession(react: (input: SessionInput, nowMs: number) => Effect[] = () => []): Session {
  let state: Session['state'] = { state: 'preparing', since: 0, what: 'connecting' }
  return {
    receive(input, nowMs) {
      if (input.kind === 'opened') {
        state = { state: 'ready', since: nowMs }
        return [{ kind: 'report', report: { kind: 'state', state } }, ...react(input, nowMs)]
      }
      return react(input, nowMs)
    },
    get state() {
      return state
    },
    firmware: undefined,
  }
}

/** A session that streams one line an `ok`, as simple as can be: job-started, progress, job-ended; pause and cancel. */
export function streamingSession(): Session {
  let job:
    | { id: string; lines: number; cursor: Extract<SessionInput, { kind: 'run' }>['cursor']; startedAt: number; endByte: number }
    | undefined
  const say = (report: Extract<Effect, { kind: 'report' }>['report']): Effect => ({ kind: 'report', report })
  const bytes = (text: string) => Buffer.from(text, 'latin1')
  const end = (outcome: 'completed' | 'cancelled' | 'failed' | 'interrupted', evidence: string, nowMs: number): Effect[] => {
    if (job === undefined) return []
    const { id, lines, endByte, startedAt } = job
    job = undefined
    return [
      say({
        kind: 'job-ended',
        job: id,
        end: { outcome, evidence, lines, bytes: endByte, seconds: (nowMs - startedAt) / 1000, resends: 0 },
      }),
    ]
  }
  const feed = (nowMs: number): Effect[] => {
    if (job === undefined) return []
    const next = job.cursor.next()
    if (next === 'waiting') return []
    if (next === 'end') return end('completed', 'last line acknowledged', nowMs)
    if ('fault' in next) return end('failed', next.fault.code, nowMs)
    job.endByte = next.endByte
    return [{ kind: 'send', bytes: bytes(`${next.text}\n`) }]
  }
  return scriptedSession((input, nowMs) => {
    switch (input.kind) {
      case 'run':
        job = { id: input.job, lines: 0, cursor: input.cursor, startedAt: nowMs, endByte: 0 }
        return [say({ kind: 'job-started', job: input.job }), ...feed(nowMs)]
      case 'more':
        return feed(nowMs)
      case 'line': {
        if (input.line !== 'ok' || job === undefined) return [say({ kind: 'heard', line: input.line })]
        job.lines++
        return [say({ kind: 'progress', job: job.id, lines: job.lines, endByte: job.endByte }), ...feed(nowMs)]
      }
      case 'deed':
        if (input.deed.kind === 'cancel' || input.deed.kind === 'stop') {
          const answered = say({ kind: 'answer', id: input.id })
          return [{ kind: 'sendNow', bytes: bytes('\x18') }, ...end('cancelled', 'cancelled', nowMs), answered]
        }
        return [say({ kind: 'answer', id: input.id })]
      case 'closed':
        return end('interrupted', input.reason, nowMs)
      case 'opened':
      case 'wake':
        return []
    }
  })
}

export function machineSetup(id: string, port: string, kind: 'printer' | 'laser' | 'mill' = 'printer'): MachineSetup {
  const dialect = kind === 'printer' ? 'marlin' : 'grbl'
  return {
    declaration: { id, name: id, kind, dialect, model: 'test', modelName: 'Test', area: { x: 200, y: 200, z: 200 } },
    port,
    readOnly: false,
    model: {
      id: 'test',
      name: 'Test',
      kind,
      dialect,
      source: 'tests',
      area: { x: [0, 200], y: [0, 200], z: [0, 200] },
      serial: { baud: 115_200, bootMs: 200 },
      limits: {},
      motion: {
        maxRate: { x: 200, y: 200, z: 10 },
        acceleration: { x: 500, y: 500, z: 100 },
        stepsPerMm: { x: 80, y: 80, z: 400 },
        plannerBlocks: 16,
      },
      stream: { windowLines: 1, windowBytes: 120, lineLengthMax: dialect === 'marlin' ? 95 : 79 },
      quirks: [],
    },
  }
}

/** Waits until `ready` holds; fails with `what` after `limitMs`. */
export async function until(ready: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!ready()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
