// One runner joins any session to any transport, and keeps its promises when either of them fails.
import { afterEach, describe, expect, it } from 'vitest'
import { Runner } from '../../drivers/runner.ts'
import type { Effect, Session, SessionInput, SessionReport } from '../../protocols/session.ts'
import { fakePorts, realClock, scriptedSession, silentLog, streamingSession, until } from './support/fakes.ts'

const running: Runner[] = []
afterEach(async () => {
  for (const runner of running.splice(0)) await runner.stop()
})

function startRunner(createSession: () => Session) {
  const ports = fakePorts()
  const reports: SessionReport[] = []
  const runner = new Runner({
    port: '/dev/ttyUSB0',
    baud: 115_200,
    open: ports.open,
    createSession,
    report: report => reports.push(report),
    clock: realClock,
    random: () => 0,
    log: silentLog,
  })
  running.push(runner)
  return { ...ports, runner, reports, kinds: () => reports.map(report => report.kind) }
}

const text = (bytes: string): Effect => ({ kind: 'send', bytes: Buffer.from(bytes, 'latin1') })
const endless = { next: () => ({ text: 'G1 X1', number: 1, endByte: 6 }) }

describe('a runner', () => {
  it('performs effects in the order the session gave them', async () => {
    const { runner, ports } = startRunner(() =>
      scriptedSession(input => (input.kind === 'line' ? [text('a'), { kind: 'sendNow', bytes: Buffer.from('!') }, text('b')] : [])),
    )
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    ports[0]?.ear.line('ok')
    expect(ports[0]?.written).toEqual(['a', '!', 'b'])
  })

  it('wakes a session at its moment, never early, and only at the latest moment asked for', async () => {
    const woken: number[] = []
    let asked = 0
    const { runner, ports } = startRunner(() =>
      scriptedSession((input, nowMs) => {
        if (input.kind === 'wake') woken.push(nowMs)
        if (input.kind !== 'line') return []
        asked = nowMs + Number(input.line)
        return [{ kind: 'wakeAt', atMs: asked }]
      }),
    )
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    ports[0]?.ear.line('30')
    ports[0]?.ear.line('120')
    await until(() => woken.length === 1, 'it is woken')
    expect(woken[0]).toBeGreaterThanOrEqual(asked)
    ports[0]?.ear.line('50')
    ports[0]?.ear.line('Infinity')
    ports[0]?.ear.line('60')
    await until(() => woken.length === 2, 'it is woken again')
    expect(woken[1]).toBeGreaterThanOrEqual(asked)
  })

  it('tells offline once, with its reason, however often the port is tried', async () => {
    const { runner, refuse, ports, reports } = startRunner(() => scriptedSession())
    refuse(2)
    runner.start()
    await until(() => ports.length === 1, 'the port is open at last')
    expect(
      reports.map(report => (report.kind === 'state' ? [report.state.state, 'fault' in report.state ? report.state.fault?.code : ''] : [])),
    ).toEqual([
      ['offline', 'port-missing'],
      ['ready', ''],
    ])
  })

  it('opens again with a fresh session, and counts the link on', async () => {
    let made = 0
    const { runner, ports, reports } = startRunner(() => {
      made++
      return scriptedSession(input =>
        input.kind === 'line'
          ? [{ kind: 'report', report: { kind: 'telemetry', telemetry: { link: { resends: 3, badLines: 1, reconnects: 0 } } } }]
          : [],
      )
    })
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    ports[0]?.ear.line('x')
    ports[0]?.ear.overlong()
    ports[0]?.ear.closed('unplugged')
    await until(() => ports.length === 2, 'the port is open again')
    expect(made).toBe(2)
    ports[1]?.ear.line('x')
    expect(reports.filter(report => report.kind === 'telemetry').at(-1)).toEqual({
      kind: 'telemetry',
      telemetry: { link: { resends: 6, badLines: 3, reconnects: 1 } },
    })
  })

  it('does not hear an earlier connection', async () => {
    const heard: SessionInput[] = []
    const { runner, ports } = startRunner(() =>
      scriptedSession(input => {
        heard.push(input)
        return []
      }),
    )
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    ports[0]?.ear.closed('unplugged')
    await until(() => ports.length === 2, 'the port is open again')
    ports[0]?.ear.line('late')
    ports[0]?.ear.closed('late')
    expect(heard).not.toContainEqual({ kind: 'line', line: 'late' })
    expect(ports[1]?.closed).toBe(false)
  })

  it('reopens when the session gives the port up', async () => {
    let made = 0
    const { runner, ports } = startRunner(() => {
      made++
      return scriptedSession(input => (input.kind === 'line' ? [{ kind: 'reopen', reason: 'nothing answers' }] : []))
    })
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    ports[0]?.ear.line('x')
    await until(() => made === 2, 'a second session is at work')
    expect(ports[0]?.closed).toBe(true)
  })

  it.for<[string, () => Session]>([
    ['says so itself', streamingSession],
    ['says nothing', () => scriptedSession()],
    ['throws', () => scriptedSession(input => (input.kind === 'closed' ? broken() : []))],
  ])('ends the job as interrupted, once, when the port is lost and the session %s', async ([, create]) => {
    const { runner, ports, reports } = startRunner(create)
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    expect(runner.run('job-00000001', endless, false)).toBeUndefined()
    runner.deed('deed-0000001', { kind: 'pause' })
    ports[0]?.ear.closed('unplugged')
    const ends = reports.filter(report => report.kind === 'job-ended')
    expect(ends).toHaveLength(1)
    expect(ends[0]).toMatchObject({ job: 'job-00000001', end: { outcome: 'interrupted' } })
    expect(reports.filter(report => report.kind === 'answer')).toHaveLength(1)
  })

  it('survives a session that throws in mid-job: the job is interrupted, the port opened afresh', async () => {
    const { runner, ports, reports } = startRunner(() => scriptedSession(input => (input.kind === 'line' ? broken() : [])))
    runner.start()
    await until(() => ports.length === 1, 'the port is open')
    runner.run('job-00000001', endless, false)
    ports[0]?.ear.line('ok')
    await until(() => ports.length === 2, 'the port is open again')
    expect(reports.find(report => report.kind === 'job-ended')).toMatchObject({
      end: { outcome: 'interrupted', fault: { code: 'room-stumbled' } },
    })
  })

  it('answers with a fault where there is no machine', () => {
    const { runner, reports } = startRunner(() => scriptedSession())
    expect(runner.run('job-00000001', endless, false)?.code).toBe('machine-offline')
    runner.deed('deed-0000001', { kind: 'stop' })
    expect(reports).toMatchObject([{ kind: 'answer', id: 'deed-0000001', fault: { code: 'machine-offline' } }])
  })

  it('lets the port go when it is stopped, also while it is being opened', async () => {
    const { runner, ports } = startRunner(() => scriptedSession())
    runner.start()
    await Promise.resolve()
    await runner.stop()
    await until(() => ports.every(port => port.closed), 'it is closed')
    expect(runner.run('job-00000001', endless, false)?.code).toBe('machine-offline')
  })
})

function broken(): never {
  throw new Error('a mistake of ours')
}
