// The life of a job on a Marlin machine: done on evidence, and the traps this field has fallen into.
import { describe, expect, it } from 'vitest'
import { cold, cursorOf, Desk, type Introduction } from './desk.ts'

const hot = 'ok T:210.00 /210.00 B:60.00 /60.00 @:85 B@:31'
const full: Introduction = { capabilities: ['AUTOREPORT_TEMP', 'EMERGENCY_PARSER', 'PROMPT_SUPPORT', 'SDCARD'] }
const minute = 60_000

describe('getting acquainted', () => {
  it('waits the reboot out, says hello twice, then asks who is there', () => {
    const desk = new Desk({ bootMs: 4000 })
    desk.give({ kind: 'opened' })
    desk.pass(1500)
    expect(desk.said()).toEqual([])
    desk.hear('start', 'echo: External Reset', 'Marlin 2.1.2', 'echo: Last Updated: 2022-12-17', 'echo:Hardcoded Default Settings Loaded')
    desk.pass(399)
    expect(desk.said()).toEqual([])
    desk.pass(1)
    expect(desk.said()).toEqual(['M110 N0'])
    desk.hear('ok')
    expect(desk.said()).toEqual(['M110 N0'])
    desk.hear('ok')
    desk.pass(200)
    expect(desk.frames.slice(0, 3)).toEqual(['\nN0 M110 N0*125\n', '\nN0 M110 N0*125\n', 'N1 M115*39\n'])
  })

  it('finds by asking a controller that greets nobody', () => {
    const desk = new Desk({ bootMs: 2000 })
    desk.give({ kind: 'opened' })
    desk.pass(2000)
    expect(desk.said()).toEqual(['M110 N0'])
    desk.hear('ok')
    expect(desk.introduce().state).toBe('ready')
  })

  it('says hello again where noise ate the first', () => {
    const desk = new Desk({ bootMs: 0 })
    desk.give({ kind: 'opened' })
    desk.pass(5000)
    expect(desk.said()).toEqual(['M110 N0', 'M110 N0', 'M110 N0', 'M110 N0'])
    desk.hear('ok')
    expect(desk.introduce().state).toBe('ready')
  })

  it.for([
    ['nothing', [], 'no-answer'],
    ['noise of another speed', ['\u00fe\u0080x\u0011', '\u00f8\u00f8zz\u0007', '\u00ff~\u0080\u0080q'], 'wrong-baud'],
  ] as const)('gives up after %s, says why, and lets the port be opened again', ([, noise, code]) => {
    const desk = new Desk({ bootMs: 0 })
    desk.give({ kind: 'opened' })
    desk.hear(...noise)
    desk.pass(30_000)
    expect(desk.session.state).toMatchObject({ state: 'offline', fault: { code } })
    expect(desk.reopened).toEqual([code])
  })

  it.for([
    ['Marlin 2.1.2.4 (Dec  1 2023 12:00:00) SOURCE_CODE_URL:https://x', 'marlin', 'Marlin 2.1.2.4'],
    ['Prusa-Firmware 3.14.0 based on Marlin FIRMWARE_URL:https://github.com/prusa3d', 'prusa', 'Prusa-Firmware 3.14.0 based on Marlin'],
    ['Prusa-Firmware-Buddy 6.0.0 SOURCE_CODE_URL:https://x', 'prusa', 'Prusa-Firmware-Buddy 6.0.0'],
    ['Repetier_1.0.4 COMPILED:2020 FIRMWARE_VERSION:1.0.4', 'repetier', 'Repetier_1.0.4'],
    ['Klipper FIRMWARE_VERSION:v0.12', 'klipper', 'Klipper v0.12'],
    ['Teacup', 'unknown-marlin', 'Teacup'],
  ] as const)('knows %s as %s', ([firmware, family, name]) => {
    expect(new Desk().hello({ firmware }).session.firmware).toMatchObject({ family, name })
  })

  it('keeps what the firmware says of itself', () => {
    const desk = new Desk().hello({
      ...full,
      settings: [
        'echo:; Steps per unit:',
        'echo:  M92 X80.00 Y80.00 Z400.00 E93.00',
        'echo:  M145 S0 H200 B60 F0',
        'echo:  M145 S1 H240 B70 F0',
        '  M201 X500 Y500',
      ],
    })
    expect(desk.session.firmware).toEqual({
      name: 'Marlin 2.1.2.4',
      family: 'marlin',
      machine: 'Ender-3',
      uuid: 'cede2a2f-41a2-4748-9b12-c55c62f367ff',
      capabilities: { AUTOREPORT_TEMP: true, EMERGENCY_PARSER: true, PROMPT_SUPPORT: true, SDCARD: true },
      settings: { M92: 'X80.00 Y80.00 Z400.00 E93.00', M145: 'S0 H200 B60 F0', 'M145 S1': 'S1 H240 B70 F0', M201: 'X500 Y500' },
    })
  })

  it.for([
    [full, ['M113 S2', 'M155 S2', 'M876 P1', 'M27', 'M105']],
    [{ capabilities: [] }, ['M113 S2', 'M105']],
  ] as const)('asks only for what the firmware can: %j', ([introduction, said]) => {
    const desk = new Desk().hello(introduction)
    expect(desk.frames.slice(-said.length).map(frame => frame.replace(/^N\d+ |\*\d+\n$/g, ''))).toEqual(said)
  })

  it('tells the technician that thermal protection is off', () => {
    expect(new Desk().hello({ capabilities: ['THERMAL_PROTECTION:0'] }).faults).toEqual(['thermal-protection-off'])
  })

  it('switches heaters off that a dead host left on, and says so', () => {
    const desk = new Desk({ bootMs: 0 })
    desk.give({ kind: 'opened' })
    desk.pass(1)
    desk.hear('ok')
    desk.introduce({ temperatures: hot })
    expect(desk.faults).toEqual(['heaters-left-on'])
    expect(desk.frames.slice(-3).join('')).toMatch(/M104 S0.*M140 S0.*M107/s)
  })

  it('leaves the heaters to whoever prints from the card', () => {
    const desk = new Desk().hello({ ...full, temperatures: hot, card: 'SD printing byte 500/1000' })
    expect(desk.faults).toEqual([])
    expect(desk.session.state).toMatchObject({ state: 'foreign', fraction: 0.5 })
    desk.run(['G28'])
    expect(desk.ended).toMatchObject({ outcome: 'failed', evidence: 'never started', fault: { code: 'foreign' } })
  })
})

describe('done', () => {
  it('is the last line’s ok and M400’s, and not the last ok alone', () => {
    const desk = new Desk().hello()
    desk.run(['G28', 'G1 X1', 'G1 X2'])
    expect(desk.said()).toEqual(['G28'])
    expect(desk.state).toBe('preparing homing')
    desk.hear('ok')
    expect(desk.state).toBe('running')
    desk.hear('ok', 'ok')
    expect(desk.said()).toEqual(['G1 X1', 'G1 X2', 'M400'])
    expect(desk.ended).toBeUndefined()
    desk.hear('ok')
    expect(desk.ended).toBeUndefined()
    expect(desk.said()).toEqual(['M105'])
    desk.pass(2500)
    desk.hear(cold)
    expect(desk.ended).toMatchObject({ outcome: 'completed', lines: 3, bytes: 16, seconds: 2.5, resends: 0 })
    expect(desk.ended?.evidence).toContain('M400')
    expect(desk.state).toBe('ready')
  })

  it('is not said early by an ok too many', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'G1 X2'])
    // A doubled ok: the session believes that it is one line further than the machine.
    desk.hear('okok', 'ok', 'ok', 'ok', 'ok')
    expect(desk.ended).toBeUndefined()
    desk.hear(cold)
    expect(desk.ended).toMatchObject({ outcome: 'completed', lines: 2 })
  })

  it('may be reached without a single line', () => {
    const desk = new Desk().hello()
    desk.run([])
    expect(desk.obey()).toEqual(['M400', 'M105'])
    expect(desk.ended).toMatchObject({ outcome: 'completed', lines: 0, bytes: 0 })
  })

  it('comes after a cursor that had to wait for its file', () => {
    const desk = new Desk().hello()
    const cursor = cursorOf(['G1 X1', 'G1 X2'])
    let slow = true
    desk.give({ kind: 'run', job: 'job-00001', cursor: { next: () => (slow ? 'waiting' : cursor.next()) } })
    expect(desk.said()).toEqual([])
    slow = false
    desk.give({ kind: 'more' })
    expect(desk.obey()).toEqual(['G1 X1', 'G1 X2', 'M400', 'M105'])
    expect(desk.ended?.outcome).toBe('completed')
  })

  it('is never said of a program that cannot be read on', () => {
    const desk = new Desk().hello()
    const broken = { code: 'disk', text: { ru: 'диск', en: 'disk' } }
    desk.give({ kind: 'run', job: 'job-00001', cursor: { next: () => ({ fault: broken }) } })
    desk.obey()
    expect(desk.ended).toMatchObject({ outcome: 'failed', fault: broken })
  })
})

describe('traps of this field', () => {
  it('a `start` in mid-job ends it as interrupted though the port never closed, and nothing resumes by itself', () => {
    const desk = new Desk().hello()
    desk.run(['G28', 'G1 X1', 'G1 X2', 'G1 X3'])
    desk.hear('ok', 'ok')
    desk.said()
    desk.hear('start')
    expect(desk.ended).toMatchObject({ outcome: 'interrupted', lines: 2, fault: { code: 'restarted' } })
    expect(desk.state).toBe('preparing connecting')
    // Acknowledgements around a banner are nobody's.
    desk.hear('ok', 'ok', 'ok')
    expect(desk.said()).toEqual([])
    desk.pass(1000)
    desk.introduce()
    for (let n = 0; n < 60; n++) {
      desk.hear('T:21.0 /0.0 B:20.0 /0.0')
      desk.pass(10_000)
    }
    expect(desk.said().filter(text => text.startsWith('G'))).toEqual([])
    expect(desk.state).toBe('ready')
  })

  it.for([
    'echo:Marlin 2.1.2',
    'echo: External Reset',
    'echo: Watchdog Reset',
    'PowerUp',
    'echo: Free Memory: 3500  PlannerBufferBytes: 1136',
  ])('a lost `start` is recognised by the lines behind it: %s', line => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'G1 X2'])
    desk.hear(line)
    expect(desk.ended?.outcome).toBe('interrupted')
  })

  it('a silent restart is recognised by its wish for line 1', () => {
    const desk = new Desk().hello()
    desk.run(Array.from({ length: 60 }, (_, n) => `G1 X${n}`))
    for (let n = 0; n < 40; n++) desk.hear('ok')
    desk.hear('Error:Line Number is not Last Line Number+1, Last Line: 0', 'Resend: 1')
    expect(desk.ended).toBeUndefined()
    desk.pass(100)
    desk.hear('Error:Line Number is not Last Line Number+1, Last Line: 0', 'Resend: 1')
    expect(desk.ended).toMatchObject({ outcome: 'interrupted', fault: { code: 'restarted' } })
  })

  it('nothing resumes after the port was lost', () => {
    const desk = new Desk().hello()
    desk.run(['G28', 'G1 X1', 'G1 X2'])
    desk.hear('ok')
    desk.give({ kind: 'closed', reason: 'unplugged' })
    expect(desk.ended).toMatchObject({ outcome: 'interrupted', lines: 1, fault: { code: 'closed' } })
    expect(desk.state).toBe('offline')
    desk.said()
    desk.hello()
    for (let second = 0; second < 60; second += 2) {
      desk.pass(2000)
      desk.hear('T:21.0 /0.0 B:20.5 /0.0 @:0 B@:0')
    }
    expect(desk.said().filter(text => text.startsWith('G'))).toEqual([])
    expect(desk.state).toBe('ready')
  })

  it.for([
    ['M600', 'echo:busy: paused for user'],
    ['M0', 'echo:busy: paused for user'],
    ['M1', 'echo:busy: paused for input'],
  ])('an hour of %s with keepalive is not a dead machine', ([command, busy]) => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', String(command), 'G1 X2'])
    desk.hear('ok')
    desk.said()
    for (let n = 0; n < 1800; n++) {
      desk.hear(String(busy))
      desk.pass(2000)
    }
    expect(desk.faults).toEqual([])
    expect(desk.state).toBe(command === 'M600' ? 'attention prompt' : 'attention program')
    expect(desk.said()).toEqual([])
    desk.hear('ok')
    expect(desk.said()).toEqual(['G1 X2'])
    expect(desk.state).toBe('running')
  })

  it('an hour of M600 without a word is not a dead machine', () => {
    const desk = new Desk().hello({ capabilities: [] })
    desk.run(['M600', 'G1 X2'])
    desk.said()
    desk.pass(60 * minute)
    expect(desk.reopened).toEqual([])
    expect(desk.ended).toBeUndefined()
    // A bounded number of questions is out, each a numbered M105, and the last one again.
    expect(new Set(desk.frames.filter(frame => frame.includes('M105'))).size).toBeLessThan(6)
    const asked = desk.said().filter((text, index, all) => all.indexOf(text) === index)
    expect(asked).toEqual(['M105'])
    desk.hear('ok', cold, cold, cold)
    expect(desk.said()).toEqual(['G1 X2'])
  })

  it('ten minutes of G29 without a word is not a dead machine', () => {
    const desk = new Desk().hello({ capabilities: [] })
    desk.run(['G29', 'G1 X2'])
    desk.pass(10 * minute)
    expect(desk.state).toBe('preparing homing')
    expect(desk.ended).toBeUndefined()
  })

  it('tells the last line before a long wait, though lines before it were told just now', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'G1 X2', 'G1 X3', 'M190 S60'])
    desk.hear('ok', 'ok', 'ok')
    const told = () => desk.reports.findLast(report => report.kind === 'progress')
    expect(told()).toMatchObject({ lines: 1 })
    desk.pass(100)
    expect(told()).toMatchObject({ lines: 3, endByte: 18 })
    desk.pass(60_000)
    expect(desk.reports.filter(report => report.kind === 'progress').length).toBe(2)
  })

  it('busy is life, not progress', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'G1 X2'])
    for (let n = 0; n < 100; n++) {
      desk.hear('echo:busy: processing')
      desk.pass(2000)
    }
    expect(desk.said()).toEqual(['G1 X1'])
    expect(desk.reports.findLast(report => report.kind === 'progress')).toBeUndefined()
    // Busy has stopped and no ok came: now it is asked.
    desk.pass(6500)
    expect(desk.said()).toEqual(['M105'])
    desk.hear(cold)
    expect(desk.said()).toEqual(['G1 X2'])
  })

  it('reports of temperature are life, not acknowledgement: ten minutes of them alone end the job', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'G1 X2'])
    for (let n = 0; n < 400 && !desk.ended; n++) {
      desk.hear('T:210.0 /210.0 B:60.0 /60.0')
      desk.pass(2000)
    }
    expect(desk.ended).toMatchObject({ outcome: 'interrupted', fault: { code: 'unacknowledged' } })
    expect(desk.reopened).toEqual(['unacknowledged'])
  })

  it('a machine that fell silent is asked three times, then given up', () => {
    const desk = new Desk().hello({ capabilities: [], keepalive: false })
    desk.run(['G1 X1', 'G1 X2'])
    desk.said()
    desk.pass(3900)
    expect(desk.said()).toEqual([])
    desk.pass(5 * minute)
    const asked = desk.said()
    expect(new Set(asked)).toEqual(new Set(['M105']))
    expect(desk.ended).toMatchObject({ outcome: 'interrupted', fault: { code: 'silent' } })
    expect(desk.session.state).toMatchObject({ state: 'offline', fault: { code: 'silent' } })
    expect(desk.reopened).toEqual(['silent'])
  })

  it('a probe is a newline and a fresh numbered M105, never the doubtful line again', () => {
    const desk = new Desk().hello({ capabilities: [] })
    desk.run(['G1 X1', 'G1 X2'])
    const before = desk.frames.length
    desk.pass(3900)
    expect(desk.frames.length).toBe(before)
    desk.pass(2000)
    const number = Number(/N(\d+)/.exec(desk.frames[before - 1] ?? '')?.[1])
    expect(desk.frames[before]).toMatch(new RegExp(`^\\nN${number + 1} M105\\*\\d+\\n$`))
  })

  it('a line over 95 characters framed ends the job with a clear fault instead of being cut by the firmware', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', `M117 ${'x'.repeat(90)}`, 'G1 X2'])
    desk.obey()
    expect(desk.ended).toMatchObject({ outcome: 'failed', lines: 1, fault: { code: 'line-too-long', line: 2 } })
  })

  it('what goes out ends in a bare newline', () => {
    const desk = new Desk().hello()
    desk.run(['G28', 'G1 X1 Y2 F3000'])
    desk.obey()
    expect(desk.frames.every(frame => /^\n?[\x20-\x7e]+\n$/.test(frame))).toBe(true)
  })

  it('a program cannot restart the count of lines', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', 'M110 N0', 'N5 M110', 'G1 X2'])
    expect(desk.obey()).toEqual(['G1 X1', 'G1 X2', 'M400', 'M105'])
  })

  it('a program with @cancel ends, with @pause it waits', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1', '@pause', 'G1 X2', '@ignored', '@cancel', 'G1 X3'])
    desk.obey()
    expect(desk.state).toBe('paused program')
    expect(desk.deed({ kind: 'resume' })).toBeUndefined()
    expect(desk.obey()).not.toContain('G1 X3')
    expect(desk.ended).toMatchObject({ outcome: 'cancelled', lines: 2 })
  })
})
