// Traps of the cable and of the beam: answers damaged on the way, and a laser that must never stand and burn.
import { describe, expect, it } from 'vitest'
import { Bench, banners } from './bench.ts'

const idle = '<Idle|MPos:0.000,0.000,0.000|FS:0,0>'
const running = '<Run|MPos:1.000,0.000,0.000|FS:500,0>'
const sync = 'G4 P0.01'

describe('a noisy cable', () => {
  it.for(['o', 'k', 'ok\u00ff', 'oj', 'o*', 'okok', '\u0080\u0081', '<Idle|MPos:0.0#0,0.000', 'ALARN:1'])(
    'does not take %j for an answer',
    text => {
      const bench = Bench.ready('grbl')
      bench.run(['G1 X1 F100', 'G1 X2'])
      bench.hear(text, 'ok', 'ok')
      bench.hear(idle)
      expect(bench.ends).toEqual([])
      expect(bench.all('telemetry').at(-1)?.telemetry.link?.badLines).toBe(1)
    },
  )

  it('never guesses a lost ok: Idle with lines unanswered ends the job safely and tells about the cable', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2', 'G1 X3'])
    bench.hear('ok', 'o\u00ff', 'ok', 'ok')
    bench.takeSent()
    for (let turn = 0; turn < 8; turn++) {
      bench.pass(250)
      bench.hear('<Idle|MPos:3.000,0.000,0.000|Bf:15,128|FS:0,0>')
    }
    expect(bench.takeOrders()).toEqual(['!'])
    bench.hear('<Hold:0|MPos:3.000,0.000,0.000|FS:0,0>', banners.grbl)
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', lines: 3, fault: { code: 'answers-lost' } }])
  })

  it('does not call a job done that got an answer too many: a line was cut in two, or the buffer was overrun', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100'])
    bench.hear('ok', 'ok', 'ok', idle)
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners.grbl)
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', lines: 1, fault: { code: 'answers-lost' } }])
  })

  it.for(['eror:9', 'err\u00ffr:20', 'e\u0000ror:2', 'rror:22'])('holds at once when what came was plainly an error, as %j', text => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2'])
    bench.takeSent()
    bench.hear(text)
    expect(bench.takeOrders()).toEqual(['!'])
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners.grbl)
    expect(bench.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'rejected-line', line: 1 } }])
  })
})

describe('lasers', () => {
  it('refuse M3 unless a technician allowed it, and run M4', () => {
    const laser = { machineKind: 'laser', constantPowerAllowed: false } as const
    const refused = Bench.ready('grbl', laser)
    refused.run(['G21', 'G1 X1 M03 S500'])
    expect(refused.takeOrders()).toEqual(['G21', '!'])
    refused.hear('ok', '<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners.grbl)
    expect(refused.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'constant-power', line: 2 } }])

    const allowed = Bench.ready('grbl', laser)
    allowed.run(['M3 S500', 'M5'], true)
    expect(allowed.takeOrders()).toEqual(['M3 S500', 'M5', sync])

    const dynamic = Bench.ready('grbl', laser)
    dynamic.run(['M4 S500', 'M5', 'M30'])
    expect(dynamic.takeOrders()).toEqual(['M4 S500', 'M5', 'M30', sync])
  })

  it('with M3 go dark when the program does not come in time, and wait for a person', () => {
    const bench = Bench.ready('grbl', { machineKind: 'laser' })
    const lines = ['M3 S500', 'G1 X1 F100', 'G1 X2']
    let ready = 2
    let at = 0
    bench.input({
      kind: 'run',
      job: 'job-0001',
      cursor: {
        next() {
          const text = lines[at]
          if (text === undefined) return 'end'
          if (at >= ready) return 'waiting'
          return { text, number: ++at, endByte: at * 10 }
        },
      },
    })
    bench.hear('ok', 'ok')
    bench.takeSent()
    bench.pass(120)
    expect(bench.takeOrders()).toEqual(['0x84'])
    bench.hear('<Door:0|MPos:1.000,0.000,0.000|FS:0,0>')
    expect(bench.all('job-paused')).toMatchObject([{ by: 'firmware' }])
    expect(bench.all('fault').at(-1)?.fault.code).toBe('starved')
    ready = 3
    bench.input({ kind: 'more' })
    expect(bench.takeOrders()).toEqual([])
    bench.deed({ kind: 'resume' })
    bench.hear(running)
    expect(bench.takeOrders()).toEqual(['~', 'G1 X2', 'M5', sync])
  })

  it.for(['laser', 'mill'] as const)('and mills pause by 0x84, which switches beam and spindle off (%s)', machineKind => {
    const bench = Bench.ready('grbl', { machineKind })
    bench.run(['M4 S100', 'G1 X1 F100'])
    bench.takeSent()
    const id = bench.deed({ kind: 'pause' })
    expect(bench.pieces.filter(piece => piece.how === 'sendNow').map(piece => [...piece.bytes])).toContainEqual([0x84])
    bench.hear('<Door:2|MPos:0.500,0.000,0.000|FS:0,0>')
    expect(bench.answersOf(id)).toEqual([])
    bench.hear('<Door:0|MPos:0.500,0.000,0.000|FS:0,0>')
    expect(bench.answersOf(id)).toEqual([undefined])
    expect(bench.session.state).toMatchObject({ state: 'paused', by: 'person' })
  })
})
