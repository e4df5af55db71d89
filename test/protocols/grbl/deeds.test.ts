// What a person may do to a Grbl machine: carried out, confirmed, and answered exactly once.
import { describe, expect, it } from 'vitest'
import type { Deed } from '../../../protocols/contract/room.ts'
import { Bench, banners } from './bench.ts'

const idle = '<Idle|MPos:0.000,0.000,0.000|FS:0,0>'
const running = '<Run|MPos:1.000,0.000,0.000|FS:500,0>'
const held = '<Hold:0|MPos:1.000,0.000,0.000|FS:0,0>'
const sync = 'G4 P0.01'

function ready(): Bench {
  return Bench.ready('grbl')
}

function busy(): Bench {
  const bench = Bench.ready('grbl')
  bench.run(['G1 X1 F100', 'G1 X2'])
  bench.hear(running)
  bench.takeSent()
  return bench
}

describe('pause and resume', () => {
  it('are answered when the report says so, and hold the feed meanwhile', () => {
    const bench = Bench.ready('grbl')
    bench.run(Array.from({ length: 40 }, (_, at) => `G1 X${at} F100`))
    bench.hear(running)
    bench.takeSent()
    const pause = bench.deed({ kind: 'pause' })
    bench.hear('ok', 'ok', 'ok')
    expect(bench.takeOrders()).toEqual(['0x84'])
    expect(bench.answersOf(pause)).toEqual([])
    bench.hear('<Door:0|MPos:1.000,0.000,0.000|FS:0,0>')
    expect(bench.answersOf(pause)).toEqual([undefined])
    expect(bench.all('job-paused')).toMatchObject([{ by: 'person' }])
    expect(bench.session.state).toMatchObject({ state: 'paused', by: 'person', job: 'job-0001' })

    const resume = bench.deed({ kind: 'resume' })
    bench.hear('<Door:3|MPos:1.000,0.000,0.000|FS:0,0>')
    expect(bench.answersOf(resume)).toEqual([])
    bench.hear(running)
    expect(bench.answersOf(resume)).toEqual([undefined])
    expect(bench.all('job-resumed')).toHaveLength(1)
    expect(bench.takeOrders()[0]).toBe('~')
    expect(bench.session.state).toMatchObject({ state: 'running' })
  })

  it('fall back to an ordinary hold where 0x84 is ignored (grblHAL built without a door)', () => {
    const bench = busy()
    const id = bench.deed({ kind: 'pause' })
    for (let turn = 0; turn < 17; turn++) {
      bench.pass(100)
      bench.hear(running)
    }
    expect(bench.takeOrders()).toEqual(['0x84', '!'])
    bench.hear(held)
    expect(bench.answersOf(id)).toEqual([undefined])
  })

  it('tell when the machine does not confirm, and let the program go on', () => {
    const bench = busy()
    const id = bench.deed({ kind: 'pause' })
    for (let turn = 0; turn < 320; turn++) {
      bench.pass(100)
      bench.hear(running)
    }
    expect(bench.answersOf(id)).toEqual(['no-answer'])
    bench.hear('ok', 'ok', 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed' }])
  })

  it('refuse to go on with the door open', () => {
    const bench = busy()
    bench.hear('<Door:1|MPos:1.000,0.000,0.000|FS:0,0|Pn:D>')
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'door', job: 'job-0001' })
    expect(bench.all('job-paused')).toMatchObject([{ by: 'firmware' }])
    expect(bench.answersOf(bench.deed({ kind: 'resume' }))).toEqual(['door-open'])
    expect(bench.takeOrders()).toEqual([])
    bench.hear('<Door:0|MPos:1.000,0.000,0.000|FS:0,0>')
    const id = bench.deed({ kind: 'resume' })
    bench.hear(running)
    expect(bench.answersOf(id)).toEqual([undefined])
  })

  it('know the machine’s own hold button from a person at the screen', () => {
    const bench = busy()
    bench.hear(held)
    expect(bench.session.state).toMatchObject({ state: 'paused', by: 'firmware' })
    bench.hear(running)
    expect(bench.session.state).toMatchObject({ state: 'running' })
    expect(bench.all('job-resumed')).toHaveLength(1)
  })

  it('confirm a tool change on grblHAL', () => {
    const bench = Bench.ready('grblhal')
    bench.run(['M6 T2', 'G1 X1 F100'])
    bench.hear('<Tool|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'tool', job: 'job-0001' })
    bench.takeSent()
    bench.deed({ kind: 'answer', choice: 0 })
    expect(bench.takeOrders()).toEqual(['0xa3', '~'])
  })
})

describe('stop', () => {
  it('sends the hold byte first, ahead of everything unsent', () => {
    const bench = busy()
    const before = bench.pieces.length
    bench.deed({ kind: 'stop' })
    expect(bench.pieces[before]).toEqual({ how: 'sendNow', bytes: Uint8Array.of(0x21) })
    expect(bench.dropped).toBe(1)
  })

  it('resets after two seconds whatever the machine does', () => {
    const bench = busy()
    bench.deed({ kind: 'stop' })
    bench.pass(1900)
    expect(bench.takeOrders()).not.toContain('0x18')
    bench.pass(200)
    expect(bench.takeOrders()).toContain('0x18')
  })

  it('resets at once in homing, where nothing else is heard', () => {
    const bench = ready()
    const home = bench.deed({ kind: 'home' })
    bench.takeSent()
    const stop = bench.deed({ kind: 'stop' })
    expect(bench.takeOrders()).toEqual(['0x18'])
    expect(bench.answersOf(home)).toEqual(['no-answer'])
    bench.hear('ALARM:6', banners.grbl)
    expect(bench.answersOf(stop)).toEqual([undefined])
  })

  it('shortens the wait of a cancel that is under way', () => {
    const bench = busy()
    const cancel = bench.deed({ kind: 'cancel' })
    const stop = bench.deed({ kind: 'stop' })
    for (let turn = 0; turn < 22; turn++) {
      bench.pass(100)
      bench.hear('<Hold:1|MPos:1.000,0.000,0.000|FS:90,0>')
    }
    expect(bench.takeOrders()).toContain('0x18')
    bench.hear(banners.grbl)
    expect([...bench.answersOf(cancel), ...bench.answersOf(stop)]).toEqual([undefined, undefined])
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled' }])
  })

  it('works on an idle machine too: spindle and beam are off after it', () => {
    const bench = ready()
    const id = bench.deed({ kind: 'stop' })
    bench.hear(held, banners.grbl)
    expect(bench.answersOf(id)).toEqual([undefined])
    expect(bench.takeOrders()).toEqual(['!', '0x18'])
  })

  it('tells when not even a reset is answered', () => {
    const bench = busy()
    const id = bench.deed({ kind: 'stop' })
    bench.pass(12_000)
    expect(bench.answersOf(id)).toEqual(['no-answer'])
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled', fault: { code: 'silent' } }])
    expect(bench.session.state).toMatchObject({ state: 'offline' })
  })
})

describe('lines one at a time', () => {
  it('home, and tell what went wrong', () => {
    const bench = ready()
    const first = bench.deed({ kind: 'home' })
    bench.hear('error:5')
    expect(bench.answersOf(first)).toEqual(['grbl-error-5'])
    const second = bench.deed({ kind: 'home' })
    bench.hear('ALARM:9', banners.grbl, "[MSG:'$H'|'$X' to unlock]")
    expect(bench.answersOf(second)).toEqual(['grbl-alarm-9'])
    expect(bench.takeOrders()).toEqual(['$H', '$H'])
    bench.pass(300)
    bench.hear('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'locked', fault: { code: 'grbl-alarm-9' } })
  })

  it('unlock', () => {
    const bench = ready()
    bench.hear('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>')
    const id = bench.deed({ kind: 'unlock' })
    bench.hear('[MSG:Caution: Unlocked]', 'ok', idle)
    expect(bench.answersOf(id)).toEqual([undefined])
    expect(bench.session.state.state).toBe('ready')
  })

  it('jog in millimetres, relative, with no trace in the modal state', () => {
    const bench = ready()
    const id = bench.deed({ kind: 'jog', x: 10.12345, z: -0.1, feed: 1500 })
    expect(bench.takeOrders()).toEqual(['$J=G91 G21 X10.123 Z-0.1 F1500'])
    bench.hear('ok')
    expect(bench.answersOf(id)).toEqual([undefined])
    bench.hear('<Jog|MPos:1.000,0.000,0.000|FS:1500,0>')
    expect(bench.session.state).toMatchObject({ state: 'preparing', what: 'other' })
    bench.takeSent()
    bench.deed({ kind: 'cancel' })
    expect(bench.takeOrders()).toEqual(['0x85'])
    const outside = bench.deed({ kind: 'jog', x: 9999, feed: 100 })
    bench.hear('error:15')
    expect(bench.answersOf(outside)).toEqual(['grbl-error-15'])
  })

  it('go to the console and their answers back, one after the other', () => {
    const bench = ready()
    const id = bench.deed({ kind: 'console', line: ' $# ' })
    const next = bench.deed({ kind: 'console', line: 'G0 X1' })
    expect(bench.takeOrders()).toEqual(['$#'])
    bench.hear('[G54:1.000,0.000,0.000]', 'ok')
    expect(bench.all('heard').map(report => report.line)).toContain('[G54:1.000,0.000,0.000]')
    expect(bench.takeOrders()).toEqual(['G0 X1'])
    bench.hear('ok')
    expect([...bench.answersOf(id), ...bench.answersOf(next)]).toEqual([undefined, undefined])
    bench.hear(running)
    expect(bench.session.state).toMatchObject({ state: 'preparing', what: 'other' })
  })

  it('make the settings be read anew when one was written', () => {
    const bench = ready()
    bench.deed({ kind: 'console', line: '$110=700' })
    bench.hear('ok')
    bench.identify('grbl', { $$: ['$110=700.000'] })
    expect(bench.session.firmware?.settings?.$110).toBe('700.000')
  })

  it.for(['!', '?', '~', 'G1 X1 (фреза)', 'G1\nG2', '', 'x'.repeat(100)])('refuse %j on the console', line => {
    const bench = ready()
    expect(bench.answersOf(bench.deed({ kind: 'console', line }))).toEqual(['bad-console-line'])
    expect(bench.takeOrders()).toEqual([])
  })
})

describe('what cannot be done now is refused with a reason', () => {
  it.for([
    ['busy', { kind: 'console', line: '$X' }, 'job-runs'],
    ['busy', { kind: 'home' }, 'job-runs'],
    ['busy', { kind: 'unlock' }, 'job-runs'],
    ['busy', { kind: 'jog', x: 1, feed: 100 }, 'job-runs'],
    ['busy', { kind: 'reset' }, 'job-runs'],
    ['busy', { kind: 'resume' }, 'nothing-runs'],
    ['busy', { kind: 'answer', choice: 0 }, 'nothing-asked'],
    ['busy', { kind: 'heat', heater: 'bed', target: 60 }, 'not-supported'],
    ['ready', { kind: 'pause' }, 'nothing-runs'],
    ['ready', { kind: 'cancel' }, 'nothing-runs'],
    ['ready', { kind: 'resume' }, 'nothing-runs'],
    ['closed', { kind: 'stop' }, 'offline'],
    ['closed', { kind: 'home' }, 'offline'],
    ['closed', { kind: 'override', feed: 50 }, 'offline'],
    ['booting', { kind: 'home' }, 'offline'],
    ['booting', { kind: 'pause' }, 'offline'],
  ] as ['busy' | 'ready' | 'closed' | 'booting', Deed, string][])('%s: %j', ([when, deed, code]) => {
    const bench = { busy, ready, closed: () => new Bench(), booting: () => new Bench() }[when]()
    if (when === 'booting') bench.input({ kind: 'opened' })
    expect(bench.answersOf(bench.deed(deed))).toEqual([code])
  })

  it.for([
    ['<Alarm|MPos:0,0,0|FS:0,0>', 'not-ready'],
    ['<Check|MPos:0,0,0|FS:0,0>', 'not-ready'],
    ['<Hold:0|MPos:0,0,0|FS:0,0>', 'not-ready'],
    ['<Run|MPos:0,0,0|FS:0,0>', 'not-ready'],
    ['<Sleep|MPos:0,0,0|FS:0,0>', 'not-ready'],
  ] as const)('a job on a machine that says %s', ([report, code]) => {
    const bench = ready()
    bench.hear(report)
    bench.run(['G1 X1 F100'])
    expect(bench.ends).toMatchObject([{ outcome: 'failed', lines: 0, fault: { code } }])
    expect(bench.all('job-started')).toEqual([])
    expect(bench.takeOrders()).toEqual([])
  })

  it('a second job beside the first', () => {
    const bench = busy()
    bench.run(['G1 X9'])
    expect(bench.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'job-runs' } }])
    expect(bench.takeOrders()).toEqual([])
  })
})

describe('overrides', () => {
  it('step, read back, step again, and are answered when they are there', () => {
    const bench = busy()
    const id = bench.deed({ kind: 'override', feed: 122 })
    const bytes = (): number[][] =>
      bench.pieces.filter(piece => piece.how === 'sendNow' && piece.bytes[0] !== 0x3f).map(piece => [...piece.bytes])
    expect(bytes()).toEqual([[0x91, 0x93]])
    bench.hear('<Run|MPos:1.000,0.000,0.000|FS:500,0>')
    expect(bytes()).toHaveLength(1)
    bench.hear('<Run|MPos:1.000,0.000,0.000|FS:500,0|Ov:111,100,100>')
    expect(bytes()).toHaveLength(2)
    bench.hear('<Run|MPos:1.000,0.000,0.000|FS:500,0|Ov:122,100,100>')
    expect(bench.answersOf(id)).toEqual([undefined])
    expect(bench.all('telemetry').at(-1)?.telemetry.overrides).toEqual({ feed: 122, rapid: 100, power: 100 })
  })

  it('tell when the machine does not follow', () => {
    const bench = busy()
    const id = bench.deed({ kind: 'override', power: 50, rapid: 25 })
    for (let turn = 0; turn < 220; turn++) {
      bench.pass(100)
      bench.hear(running)
    }
    expect(bench.answersOf(id)).toEqual(['override-not-confirmed'])
  })
})

describe('the reports of a job', () => {
  it('say progress in lines and bytes of the file, and telemetry only of what changed', () => {
    const bench = busy()
    bench.hear('ok')
    bench.pass(250)
    bench.hear('<Run|MPos:1.500,0.000,0.000|FS:500,8000|WCO:1.000,0.000,0.000>')
    expect(bench.all('progress')).toEqual([{ kind: 'progress', job: 'job-0001', lines: 1, endByte: 11 }])
    expect(bench.all('telemetry').at(-1)?.telemetry).toEqual({
      position: { x: 1.5, y: 0, z: 0 },
      workPosition: { x: 0.5, y: 0, z: 0 },
      spindle: 8000,
    })
    const before = bench.all('telemetry').length
    bench.hear('<Run|MPos:1.500,0.000,0.000|FS:500,8000>')
    expect(bench.all('telemetry')).toHaveLength(before)
  })

  it('are in millimetres where the machine reports inches ($13=1)', () => {
    const bench = Bench.ready('grbl', {}, { $$: ['$13=1', '$32=0'] })
    bench.hear('<Idle|MPos:1.000,2.000,0.000|FS:10,0>')
    expect(bench.all('telemetry').at(-1)?.telemetry).toMatchObject({ position: { x: 25.4, y: 50.8, z: 0 }, feed: 254 })
  })

  it('start a job on known ground: what the console left behind is put right before the first line', () => {
    const bench = ready()
    bench.deed({ kind: 'console', line: 'G20 G91' })
    bench.hear('ok', idle)
    bench.run(['G1 X1 F100'])
    expect(bench.takeOrders()).toEqual(['G20 G91', '$G'])
    bench.hear('[GC:G0 G54 G17 G20 G91 G94 M5 M9 T0 F0 S0]', 'ok')
    expect(bench.takeOrders()).toEqual(['G21 G90', 'G1 X1 F100', sync])
    bench.hear('ok', 'ok', 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed', lines: 1 }])
  })
})
