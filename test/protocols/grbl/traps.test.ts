// The traps this field has fallen into, each by name, against the session's own table of what it hears and sends.
import { describe, expect, it } from 'vitest'
import { answers, Bench, banners, type Flavour } from './bench.ts'

const flavours: Flavour[] = ['grbl', 'grblhal', 'fluidnc']
const idle = '<Idle|MPos:0.000,0.000,0.000|FS:0,0>'
const running = '<Run|MPos:1.000,0.000,0.000|FS:500,0>'
const sync = 'G4 P0.01'

describe('what reaches the port', () => {
  it.for([
    ['G1 X1 (фреза)', 'the second byte of ф opens the door'],
    ['; Программа', 'a Cyrillic comment raises the feed'],
    ['G1 X1 (hello!)', '! holds'],
    ['G1 X1?', '? asks'],
    ['G1 X1~', '~ resumes'],
    ['G1 X1\u0091', '0x91 raises the feed'],
    ['G1 X1\r', '\\r is a second line on Grbl 1.1'],
    ['G1 X1\nG1 X2', 'a newline within a line'],
    ['$X', '$ lines unlock'],
    ['[ESP444]RESTART', '[ lines command the network module'],
  ] as const)('refuses %j, should it have come past the gate: %s', ([line]) => {
    const bench = Bench.ready('grbl')
    bench.run(['G21', line])
    expect(bench.takeOrders()).toEqual(['G21', '!'])
    bench.hear('ok')
    bench.pass(150)
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>')
    bench.hear(banners.grbl)
    expect(bench.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'forbidden-line', line: 2 } }])
  })

  it('ends lines with a bare \\n, and writes a realtime byte as one byte', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2'])
    const sent = bench.pieces.at(-1)
    expect(Buffer.from(sent?.bytes ?? []).toString()).toBe(`G1 X1 F100\nG1 X2\n${sync}\n`)
    bench.deed({ kind: 'override', feed: 110 })
    expect(bench.pieces.at(-1)).toEqual({ how: 'sendNow', bytes: Uint8Array.of(0x91) })
  })

  it.for([
    ['grbl', 79],
    ['grblhal', 256],
    ['fluidnc', 254],
  ] as const)(
    'refuses a line longer than %s takes (%d) before a byte of it is sent, and sends one that is just as long',
    ([flavour, most]) => {
      const whole = (length: number): string => `G1 X${'1'.repeat(length - 4)}`
      const long = Bench.ready(flavour, {}, { $I: answers[flavour].$I?.map(line => line.replace(/^\[OPT:.*/, '[OPT:V,15,1024]')) ?? [] })
      long.run([whole(most), whole(most + 1)])
      expect(long.takeOrders()).toEqual([whole(most), '!'])
      long.hear('ok', '<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners[flavour])
      expect(long.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'line-too-long', line: 2 } }])
    },
  )

  it('refuses a line that would never fit into the buffer', () => {
    const bench = Bench.ready('fluidnc')
    bench.run([`G1 X${'1'.repeat(140)}`])
    expect(bench.takeOrders()).toEqual(['!'])
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners.fluidnc)
    expect(bench.ends).toMatchObject([{ outcome: 'failed', fault: { code: 'line-too-long', line: 1 } }])
  })

  it('sends no blank line, and neither $G nor anything else of its own, while a job runs', () => {
    const bench = Bench.ready('grblhal')
    bench.run(['G1 X1 F100', '', '  ', 'G1 X2'])
    for (let turn = 0; turn < 20; turn++) {
      bench.pass(250)
      bench.hear(running)
    }
    expect(bench.takeOrders()).toEqual(['G1 X1 F100', 'G1 X2', sync])
  })
})

describe('the end of a job', () => {
  it.for(flavours)('is not the last ok, and not Idle: it is the ok of the sync and Idle (%s)', flavour => {
    const bench = Bench.ready(flavour)
    bench.run(['G1 X1 F100', 'G4 P5'])
    bench.hear('ok')
    bench.pass(300)
    // Idle during the dwell.
    bench.hear(idle)
    bench.pass(300)
    bench.hear(idle)
    expect(bench.ends).toEqual([])
    bench.hear('ok')
    bench.pass(300)
    bench.hear(idle)
    expect(bench.ends).toEqual([])
    bench.hear('ok')
    expect(bench.ends).toEqual([])
    bench.hear(running)
    expect(bench.ends).toEqual([])
    bench.pass(150)
    bench.hear(idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed', lines: 2, bytes: 17 }])
    expect(bench.session.state.state).toBe('ready')
  })

  it('counts M30 and its message as a line like another', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'M30'])
    expect(bench.takeOrders()).toEqual(['G1 X1 F100', 'M30', sync])
    bench.hear('ok', '[MSG:Pgm End]', 'ok', 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed', lines: 2 }])
  })

  it('switches off the beam that a program has left on, before its own dwell', () => {
    const bench = Bench.ready('grbl', { machineKind: 'laser' })
    bench.run(['M4 S100', 'G1 X1 F100'])
    expect(bench.takeOrders()).toEqual(['M4 S100', 'G1 X1 F100', 'M5', sync])
  })

  it.for(flavours)('is "interrupted" when a banner comes in mid-job on %s, and nothing resumes by itself', flavour => {
    const bench = Bench.ready(flavour)
    bench.run(['G1 X1 F100', 'G1 X2'])
    bench.hear('ok', banners[flavour], 'ok', 'ok')
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', lines: 1, fault: { code: 'controller-restarted' } }])
    bench.takeSent()
    bench.identify(flavour)
    bench.pass(20_000)
    expect(bench.takeOrders().filter(line => line.includes('X'))).toEqual([])
    expect(bench.ends).toHaveLength(1)
  })

  it('is "interrupted" when the port closes, and nothing resumes after the reconnection', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2'])
    bench.input({ kind: 'closed', reason: 'device disconnected' })
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', fault: { code: 'port-closed' } }])
    expect(bench.session.state).toMatchObject({ state: 'offline' })
    bench.takeSent()
    bench.input({ kind: 'opened' })
    bench.hear(banners.grbl)
    bench.identify('grbl')
    bench.pass(10_000)
    expect(bench.takeOrders()).toEqual([])
    expect(bench.ends).toHaveLength(1)
  })
})

describe('errors in mid-job', () => {
  it.for(flavours)('are held at once on %s, name the line, and end the job as failed', flavour => {
    const bench = Bench.ready(flavour)
    bench.run(['G1 X1 F100', 'G1 X2Q', 'G1 X3', 'G1 X4'])
    bench.takeSent()
    bench.hear('ok', 'error:2')
    expect(bench.takeOrders()).toEqual(['!'])
    // grblHAL refuses the rest, the others carry it out: none of it is counted, and nothing more is sent.
    bench.hear('error:2', 'ok', 'error:2')
    bench.pass(150)
    bench.hear('<Hold:1|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).toEqual([])
    bench.pass(150)
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).toEqual(['0x18'])
    bench.hear(banners[flavour])
    expect(bench.ends).toMatchObject([{ outcome: 'failed', lines: 1, fault: { code: 'rejected-line', line: 2 } }])
    expect(bench.ends[0]?.fault?.text.ru).toContain('строку 2 «G1 X2Q»')
    expect(bench.ends[0]?.fault?.text.en).toContain('line 2 "G1 X2Q"')
  })

  it.for([
    ['grbl', 'error:20', 'M6 T2', 'grbl-error-20'],
    ['grblhal', 'error:46', 'G0 X1', 'grblhal-error-46'],
    ['fluidnc', 'error:39', 'G10 L2 P900', 'fluidnc-error-39'],
    ['grblhal', 'error:39', 'G10 L2 P900', 'grblhal-error-39'],
  ] as const)('reads %s %s in that firmware’s own table', ([flavour, text, line, code]) => {
    const bench = Bench.ready(flavour)
    bench.run([line])
    bench.hear(text, '<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>', banners[flavour])
    expect(bench.ends[0]?.fault?.detail).toContain(code)
  })

  it('learns an unknown code from grblHAL itself, by $EE and $EA, once it is idle', () => {
    const bench = Bench.ready('grblhal')
    bench.run(['G0 X1'])
    bench.hear('error:95', '<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).not.toContain('$EE')
    bench.hear(banners.grblhal)
    bench.identify('grblhal')
    bench.pass(1500)
    bench.hear(idle)
    bench.identify('grblhal')
    const id = bench.deed({ kind: 'console', line: 'G0 X1' })
    bench.hear('error:95')
    expect(bench.all('answer').find(answer => answer.id === id)?.fault?.text.en).toBe('The moon is in the wrong phase.')
  })
})

describe('an alarm that only the board knows', () => {
  it('is told in its own words as soon as it has been asked for them', () => {
    const bench = Bench.ready('grblhal')
    bench.hear('ALARM:31', banners.grblhal)
    bench.pass(1200)
    bench.hear('<Alarm:31|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.session.state).toMatchObject({ state: 'attention', fault: { code: 'grblhal-alarm-31' } })
    for (const question of ['$EE', '$EA']) {
      expect(bench.takeOrders().at(-1)).toBe(question)
      bench.hear(...(answers.grblhal[question] ?? []), 'ok')
    }
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'locked', fault: { text: { en: 'The roof is leaking.' } } })
  })
})

describe('cancel', () => {
  it('is hold, wait for Hold:0, reset: however long the machine takes, and never a fixed sleep', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2', 'G1 X3'])
    bench.hear(running)
    bench.takeSent()
    const id = bench.deed({ kind: 'cancel' })
    expect(bench.takeOrders()).toEqual(['!'])
    expect(bench.dropped).toBe(1)
    bench.hear(running)
    for (let turn = 0; turn < 100; turn++) {
      bench.pass(100)
      bench.hear('<Hold:1|MPos:2.000,0.000,0.000|FS:300,0>', 'ok')
    }
    expect(bench.takeOrders()).toEqual([])
    expect(bench.answersOf(id)).toEqual([])
    bench.pass(100)
    bench.hear('<Hold:0|MPos:3.000,0.000,0.000|FS:0,0>')
    expect(bench.takeOrders()).toEqual(['0x18'])
    bench.hear(banners.grbl)
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled', evidence: 'cancelled by a person; hold, Hold:0, reset, banner' }])
    expect(bench.ends[0]?.fault).toBeUndefined()
    expect(bench.answersOf(id)).toEqual([undefined])
    bench.pass(300)
    bench.identify('grbl')
    expect(bench.session.state.state).toBe('ready')
  })

  it('says the hold again when the machine has not heard it', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100'])
    bench.takeSent()
    bench.deed({ kind: 'cancel' })
    for (let turn = 0; turn < 12; turn++) {
      bench.pass(100)
      bench.hear(running)
    }
    expect(bench.takeOrders()).toEqual(['!', '!'])
  })

  it('needs no banner where the greeting is a user’s setting: a report after the reset will do', () => {
    const bench = Bench.ready('fluidnc')
    bench.run(['G1 X1 F100'])
    bench.deed({ kind: 'cancel' })
    bench.hear('<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>')
    bench.takeSent()
    bench.pass(800)
    expect(bench.takeSent()).toEqual(['?'])
    bench.hear(idle)
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled', evidence: 'cancelled by a person; hold, Hold:0, reset, Idle' }])
  })

  it('tells that the position is lost where the reset came in motion', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100'])
    bench.deed({ kind: 'stop' })
    bench.takeSent()
    for (let turn = 0; turn < 22; turn++) {
      bench.pass(100)
      bench.hear('<Hold:1|MPos:2.000,0.000,0.000|FS:300,0>')
    }
    expect(bench.takeOrders()).toEqual(['0x18'])
    bench.hear('ALARM:3', banners.grbl, "[MSG:'$H'|'$X' to unlock]")
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled', fault: { code: 'position-lost' } }])
    bench.pass(300)
    bench.hear('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'locked', fault: { code: 'grbl-alarm-3' } })
  })
})

describe('silence that is not death', () => {
  it('is homing: no answer to ? for minutes', () => {
    const bench = Bench.ready('grbl')
    const id = bench.deed({ kind: 'home' })
    expect(bench.takeOrders()).toEqual(['$H'])
    bench.pass(300_000)
    expect(bench.session.state).toMatchObject({ state: 'preparing', what: 'homing' })
    expect(bench.reopened).toEqual([])
    bench.hear('ok')
    expect(bench.answersOf(id)).toEqual([undefined])
    bench.hear(idle)
    expect(bench.session.state.state).toBe('ready')
  })

  it.for(['laser', 'mill'] as const)('is the limit-alarm loop of a %s: reset once, and again only while no banner comes', machineKind => {
    const bench = Bench.ready('grbl', { machineKind })
    bench.run(['G1 X1 F100', 'G1 X2'])
    bench.takeSent()
    bench.hear('ok', 'ALARM:1')
    expect(bench.takeOrders()).toEqual(['0x18'])
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', lines: 1, fault: { code: 'grbl-alarm-1' } }])
    bench.hear('[MSG:Reset to continue]')
    // Grbl forgets a reset that comes within half a second of its ALARM line.
    bench.pass(1600)
    expect(bench.takeOrders()).toEqual(['0x18'])
    bench.hear(banners.grbl, "[MSG:'$H'|'$X' to unlock]")
    bench.pass(1500)
    expect(bench.takeOrders()).toEqual([])
    bench.hear('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>')
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'locked', fault: { code: 'grbl-alarm-1' } })
  })

  it('is M0: its ok is withheld for an hour, and a person goes on', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'M0', 'G1 X2'])
    bench.hear('ok')
    for (let turn = 0; turn < 3600; turn++) {
      bench.pass(1000)
      bench.hear('<Hold:0|MPos:1.000,0.000,0.000|FS:0,0>')
    }
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'program', job: 'job-0001' })
    expect(bench.all('job-paused')).toMatchObject([{ by: 'program' }])
    bench.takeSent()
    const id = bench.deed({ kind: 'answer', choice: 0 })
    expect(bench.takeOrders()).toEqual(['~'])
    bench.hear('ok')
    expect(bench.answersOf(id)).toEqual([undefined])
    expect(bench.all('job-resumed')).toHaveLength(1)
    bench.hear('ok', 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed' }])
  })

  it('is a dwell of a minute that reports Idle', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G4 P60', 'G1 X2 F100'])
    for (let turn = 0; turn < 60; turn++) {
      bench.pass(1000)
      bench.hear('<Idle|MPos:0.000,0.000,0.000|Bf:15,128|FS:0,0>')
    }
    expect(bench.ends).toEqual([])
    bench.hear('ok', 'ok', 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed' }])
  })

  it('ends where the machine really says nothing more in mid-job: interrupted, and made safe in case it hears', () => {
    const bench = Bench.ready('grbl')
    bench.run(['G1 X1 F100', 'G1 X2'])
    bench.takeSent()
    bench.pass(9500)
    expect(bench.ends).toMatchObject([{ outcome: 'interrupted', fault: { code: 'silent' } }])
    expect(bench.takeOrders()).toEqual(['0x18'])
    expect(bench.session.state).toMatchObject({ state: 'offline', fault: { code: 'silent' } })
    bench.pass(30_000)
    expect(bench.reopened).toHaveLength(1)
  })
})
