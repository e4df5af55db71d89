// What a person asks of a Marlin machine, and what goes out on the wire for it.
import { describe, expect, it } from 'vitest'
import { Desk, type Introduction } from './desk.ts'

const hot = 'ok T:210.00 /210.00 B:60.00 /60.00 @:85 B@:31'
const capable: Introduction = { capabilities: ['AUTOREPORT_TEMP', 'EMERGENCY_PARSER', 'PROMPT_SUPPORT'] }
const plain: Introduction = { capabilities: ['AUTOREPORT_TEMP'] }
const program = ['G28', 'G90', 'M83', 'G1 X10 Y10 Z0.2 F3000', 'G1 X20 E1 F1500', 'G1 X30 E1', 'G1 X40 E1', 'G1 X50 E1']
const place = 'X:10.00 Y:20.00 Z:3.20 E:7.50 Count X:800 Y:1600 Z:1280'

/** Homed, hot, in the middle of the program; the last line said waits for its ok. */
function printing(introduction = capable, lines = program): Desk {
  const desk = new Desk().hello(introduction)
  desk.run(lines)
  desk.hear('T:210.00 /210.00 B:60.00 /60.00')
  for (let n = 0; n < 5; n++) desk.hear('ok')
  desk.said()
  return desk
}

describe('cancel', () => {
  const safe = ['M104 S0', 'M140 S0', 'M107', 'G21', 'G91', 'G1 Z5 F600', 'G90', 'M82', 'M400', 'M105']

  it('feeds no more, cools, lifts, and is over when the machine says so', () => {
    const desk = printing()
    expect(desk.deed({ kind: 'cancel' })).toBeUndefined()
    expect(desk.said()).toEqual([])
    desk.hear('ok')
    expect(desk.ended).toBeUndefined()
    expect(desk.obey(hot)).toEqual(safe)
    expect(desk.ended).toMatchObject({ outcome: 'cancelled', lines: 6 })
    expect(desk.state).toBe('ready')
  })

  it('breaks a heat-up by M108, said again until it takes', () => {
    const desk = new Desk().hello(capable)
    desk.run(['M109 S210', 'G28'])
    expect(desk.state).toBe('preparing heating')
    desk.said()
    desk.deed({ kind: 'cancel' })
    expect(desk.said()).toEqual(['M108'])
    desk.pass(2000)
    expect(desk.said()).toEqual(['M108'])
    desk.hear('ok', 'ok', 'ok')
    expect(desk.obey()).toEqual(safe.filter(text => !/^G(21|91|1)/.test(text)))
    expect(desk.ended?.outcome).toBe('cancelled')
  })

  it('says honestly that it must wait where nothing can break a heat-up', () => {
    const desk = new Desk().hello(plain)
    desk.run(['M109 S210', 'G28'])
    desk.said()
    expect(desk.deed({ kind: 'cancel' })).toBeUndefined()
    expect(desk.faults).toEqual(['cancel-waits'])
    expect(desk.said()).toEqual([])
    expect(desk.state).toBe('preparing heating')
    desk.hear('ok')
    expect(desk.obey()[0]).toBe('M104 S0')
  })

  it('works from a pause without lifting twice', () => {
    const desk = printing()
    desk.deed({ kind: 'pause' })
    desk.obey(hot)
    desk.hear('ok', 'ok', place, 'ok', hot)
    desk.obey(hot)
    desk.deed({ kind: 'cancel' })
    expect(desk.obey(hot)).toEqual(['M104 S0', 'M140 S0', 'M107', 'G90', 'M82', 'M400', 'M105'])
    expect(desk.ended?.outcome).toBe('cancelled')
  })
})

describe('stop', () => {
  it('goes out at once, ahead of everything, raw and then numbered', () => {
    const desk = printing()
    desk.order.length = 0
    expect(desk.deed({ kind: 'stop' })).toBeUndefined()
    expect(desk.order.slice(0, 2)).toEqual(['dropUnsent', 'sendNow "\\nM112\\n"'])
    expect(desk.order[2]).toMatch(/^send "N\d+ M112\*\d+\\n"$/)
    expect(desk.ended).toMatchObject({ outcome: 'cancelled', fault: { code: 'stopped-by-order' } })
    expect(desk.state).toBe('down stopped-by-order')
  })

  it('is said again until the halt is heard', () => {
    const desk = printing()
    desk.deed({ kind: 'stop' })
    desk.pass(600)
    expect(desk.urgent).toEqual(['\nM112\n', '\nM112\n', '\nM112\n'])
    desk.hear('Error:Printer halted. kill() called!')
    desk.pass(10_000)
    expect(desk.urgent.length).toBe(3)
    expect(desk.faults).toEqual([])
    expect(desk.state).toBe('down stopped-by-order')
  })

  it('that nobody confirms is said to be unconfirmed', () => {
    const desk = printing()
    desk.deed({ kind: 'stop' })
    desk.hear('ok', 'ok')
    desk.pass(6000)
    expect(desk.faults).toEqual(['stop-unconfirmed'])
  })

  it('leaves nothing running until a reset, and the reset opens the port anew', () => {
    const desk = printing()
    desk.deed({ kind: 'stop' })
    desk.run(['G28'], 'job-00002')
    expect(desk.ended).toMatchObject({ outcome: 'failed', fault: { code: 'down' } })
    expect(desk.deed({ kind: 'home' })).toMatchObject({ code: 'down' })
    expect(desk.deed({ kind: 'reset' })).toBeUndefined()
    expect(desk.reopened).toEqual(['reset asked'])
    desk.give({ kind: 'closed', reason: 'reset asked' })
    desk.said()
    expect(desk.hello().state).toBe('ready')
  })

  it('is over when the board starts anew by itself', () => {
    const desk = printing()
    desk.deed({ kind: 'stop' })
    desk.hear('start')
    desk.pass(1000)
    expect(desk.introduce().state).toBe('ready')
  })
})

describe('a halt by the firmware', () => {
  it.for([
    [['Error:Thermal Runaway, system stopped! Heater_ID: bed', 'Error:Printer halted. kill() called!'], 'thermal-runaway', 'стол'],
    [['Error:', 'Heating failed, system stopped! Heater_ID: 0'], 'heating-failed', 'сопло'],
    [['Error:MINTEMP triggered, system stopped! Heater_ID: 0'], 'min-temp', 'сопло'],
    [['Error:Printer halted. kill() called!'], 'killed', ''],
  ] as const)('%j puts the machine down and fails the job', ([lines, code, heater]) => {
    const desk = printing()
    desk.hear(...lines)
    expect(desk.session.state).toMatchObject({ state: 'down', fault: { code } })
    expect(desk.ended).toMatchObject({ outcome: 'failed', lines: 5, fault: { code } })
    expect(desk.ended?.fault?.text.ru).toContain(heater)
    desk.hear('ok', 'ok')
    desk.pass(100_000)
    expect(desk.said()).toEqual([])
  })

  it('that only stopped is revived by M999', () => {
    const desk = printing()
    desk.hear('Error:Printer stopped due to errors. Fix the error and use M999 to restart. (Temperature is reset. Set it after restarting)')
    expect(desk.state).toBe('down stopped')
    expect(desk.deed({ kind: 'unlock' })).toBeUndefined()
    expect(desk.urgent).toEqual(['\nM999\n'])
    expect(desk.introduce().state).toBe('ready')
  })
})

describe('work at the machine', () => {
  it('homes and shows where it is', () => {
    const desk = new Desk().hello()
    expect(desk.deed({ kind: 'home' })).toBe('waiting')
    expect(desk.said()).toEqual(['G28'])
    expect(desk.state).toBe('preparing homing')
    desk.hear('ok')
    desk.hear('X:0.00 Y:0.00 Z:5.00 E:0.00 Count X:0 Y:0 Z:0', 'ok')
    expect(desk.answerTo(desk.lastDeed)).toBeUndefined()
    expect(desk.state).toBe('ready')
    expect(desk.reports).toContainEqual({ kind: 'telemetry', telemetry: { position: { x: 0, y: 0, z: 5, e: 0 } } })
  })

  it('shows no position as present once a program moves, asks for none in mid-print, and shows it again when it is told', () => {
    const desk = new Desk().hello()
    const shown = () => Object.assign({}, ...desk.reports.map(report => (report.kind === 'telemetry' ? report.telemetry : {})))
    desk.deed({ kind: 'home' })
    desk.said()
    desk.hear('ok', 'X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0', 'ok')
    expect(shown().positionPast).not.toBe(true)
    desk.said()
    desk.run(['M104 S0', 'G90', 'G1 X50', 'G1 X60'])
    desk.hear('ok', 'ok')
    expect(shown().positionPast).not.toBe(true)
    desk.hear('ok')
    expect(shown()).toMatchObject({ position: { x: 0, y: 0, z: 0 }, positionPast: true })
    expect(desk.obey()).not.toContain('M114')
    // At the very same place, too, a word is a word.
    desk.deed({ kind: 'home' })
    desk.said()
    desk.hear('ok', 'X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0', 'ok')
    expect(shown()).toMatchObject({ position: { x: 0, y: 0, z: 0 }, positionPast: false })
  })

  it.for([
    ['the nozzle is lifted for a pause', (desk: Desk) => desk.deed({ kind: 'pause' })],
    ['someone prints from the card', (desk: Desk) => desk.hear('//action:start')],
    ['the board starts anew', (desk: Desk) => desk.hear('start')],
  ] as const)('shows the position as past when %s', ([why, happens]) => {
    const desk = new Desk().hello({ temperatures: 'ok T:210.00 /210.00 B:60.00 /60.00 @:85 B@:31' })
    desk.deed({ kind: 'jog', x: 1, feed: 600 })
    desk.obey()
    if (why.includes('pause')) desk.run(['G28', 'M104 S0'])
    desk.reports = []
    happens(desk)
    desk.obey()
    expect(desk.reports).toContainEqual({ kind: 'telemetry', telemetry: { positionPast: true } })
  })

  it('shows a position that the firmware keeps telling by itself while it prints', () => {
    const desk = new Desk().hello()
    desk.run(['M154 S2', ...Array.from({ length: 20 }, (_, n) => `G1 X${n}`)])
    for (let n = 0; n < 20; n++) {
      desk.pass(1000)
      if (n % 2 === 0) desk.hear(`X:${n}.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0`)
      desk.hear('ok')
    }
    expect(desk.reports).not.toContainEqual({ kind: 'telemetry', telemetry: { positionPast: true } })
    expect(desk.reports).toContainEqual({ kind: 'telemetry', telemetry: { position: { x: 18, y: 0, z: 0, e: 0 } } })
  })

  it('jogs by relative moves and puts the modes back', () => {
    const desk = new Desk().hello()
    desk.deed({ kind: 'jog', x: 10, z: -0.1, feed: 1500 })
    expect(desk.obey()).toEqual(['G21', 'G91', 'G1 X10 Z-0.1 F1500', 'G90', 'M82', 'M400', 'M114'])
    expect(desk.answerTo(desk.lastDeed)).toBeUndefined()
    const running = printing()
    expect(running.deed({ kind: 'jog', x: 1, feed: 600 })).toMatchObject({ code: 'job-running' })
  })

  it.for([
    ['nozzle', 205.4, 'M104 S205'],
    ['nozzle1', 200, 'M104 T1 S200'],
    ['bed', 60, 'M140 S60'],
    ['chamber', 40, 'M141 S40'],
  ] as const)('heats %s to %d °C by %s', ([heater, target, line]) => {
    const desk = new Desk().hello()
    desk.deed({ kind: 'heat', heater, target })
    expect(desk.obey()).toEqual([line])
  })

  it.for([
    [{ kind: 'heat', heater: 'P', target: 10 }, 'unknown-heater'],
    [{ kind: 'heat', heater: 'bed', target: Number.NaN }, 'unknown-heater'],
    [{ kind: 'override', rapid: 50 }, 'unsupported-override'],
    [{ kind: 'console', line: 'M110 N5' }, 'bad-line'],
    [{ kind: 'console', line: 'M112' }, 'bad-line'],
    [{ kind: 'console', line: 'M117 фреза' }, 'bad-line'],
    [{ kind: 'console', line: 'G1 X1\nG1 X2' }, 'bad-line'],
    [{ kind: 'console', line: '' }, 'bad-line'],
    [{ kind: 'answer', choice: 0 }, 'no-prompt'],
    [{ kind: 'unlock' }, 'nothing-to-unlock'],
  ] as const)('refuses %j as %s', ([deed, code]) => {
    const desk = new Desk().hello()
    expect(desk.deed(deed)).toMatchObject({ code })
    expect(desk.said()).toEqual([])
  })

  it('overrides feed and flow', () => {
    const desk = printing()
    desk.deed({ kind: 'override', feed: 80, power: 95 })
    desk.hear('ok')
    expect(desk.said()).toEqual(['M220 S80'])
    desk.hear('ok')
    expect(desk.said()).toEqual(['M221 S95'])
    desk.hear('ok')
    expect(desk.reports).toContainEqual({ kind: 'telemetry', telemetry: { overrides: { feed: 80, power: 95 } } })
  })

  it('answers a console command when it is acknowledged, and shows what was said meanwhile', () => {
    const desk = new Desk().hello()
    desk.deed({ kind: 'console', line: 'M503' })
    expect(desk.said()).toEqual(['M503'])
    desk.hear('echo:  M92 X80.00', 'echo:; more')
    expect(desk.answerTo(desk.lastDeed)).toBe('waiting')
    desk.hear('ok')
    expect(desk.answerTo(desk.lastDeed)).toBeUndefined()
    expect(desk.reports.flatMap(report => (report.kind === 'heard' ? [report.line] : []))).toEqual(['echo:  M92 X80.00', 'echo:; more'])
  })

  it('answers every deed once, also those the port took down', () => {
    const desk = new Desk().hello()
    desk.deed({ kind: 'home' })
    desk.deed({ kind: 'console', line: 'M503' })
    desk.give({ kind: 'closed', reason: 'unplugged' })
    const answers = desk.reports.filter(report => report.kind === 'answer')
    expect(answers.map(answer => answer.kind === 'answer' && answer.fault?.code)).toEqual(['lost', 'lost'])
    expect(desk.deed({ kind: 'home' })).toMatchObject({ code: 'not-connected' })
  })
})

describe('what is reported', () => {
  it('is only what changed', () => {
    const desk = new Desk().hello()
    desk.reports = []
    desk.hear('T:21.00 /0.00 B:20.50 /0.00 @:0 B@:0', 'T:21.50 /0.00 B:20.50 /0.00 @:0 B@:0', 'T:21.50 /0.00 B:20.50 /0.00 @:0 B@:0')
    expect(desk.reports).toEqual([{ kind: 'telemetry', telemetry: { heaters: { nozzle: { actual: 21.5, target: 0, power: 0 } } } }])
  })

  it('temperatures are asked for where the firmware does not report them, never behind a command that blocks', () => {
    const desk = new Desk().hello({ capabilities: [] })
    desk.pass(4100)
    expect(desk.said()).toEqual(['M105'])
    desk.hear('ok T:22.00 /0.00')
    desk.run(['M109 S200', 'G1 X1'])
    desk.said()
    desk.pass(20_000)
    expect(desk.said()).toEqual([])
  })

  it('someone who prints from the card is foreign, until it is over', () => {
    const desk = new Desk().hello({ capabilities: ['AUTOREPORT_TEMP', 'SDCARD'] })
    desk.pass(5000)
    desk.hear('T:21.0 /0.0 B:20.5 /0.0 @:0 B@:0')
    desk.pass(5100)
    expect(desk.said()).toEqual(['M27'])
    desk.hear('SD printing byte 10/1000', 'ok')
    expect(desk.session.state).toMatchObject({ state: 'foreign', fraction: 0.01 })
    desk.hear('Done printing file')
    expect(desk.state).toBe('ready')
    desk.hear('//action:start')
    expect(desk.state).toBe('foreign')
  })

  it('a cable that makes noise is counted', () => {
    const desk = printing()
    const last = Number(/N(\d+) /.exec(desk.frames.at(-1) ?? '')?.[1])
    desk.hear(`Error:checksum mismatch, Last Line: ${last - 1}`, `Resend: ${last}`)
    desk.pass(100)
    expect(desk.said()).toEqual(['G1 X30 E1'])
    expect(desk.reports).toContainEqual({ kind: 'telemetry', telemetry: { link: { resends: 1, badLines: 1, reconnects: 0 } } })
  })
})
