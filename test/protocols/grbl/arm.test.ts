// A job that waits for the machine's own start button: M0 holds the controller, and only its button lets the program go.
import { describe, expect, it } from 'vitest'
import { Bench, banners, type Flavour } from './bench.ts'

const idle = '<Idle|MPos:0.000,0.000,0.000|FS:0,0>'
const held = '<Hold:0|MPos:0.000,0.000,0.000|FS:0,0>'
const program = ['G21', 'M3 S1000', 'G1 X10 F500', 'M5']

/** A machine that stands in M0's hold and waits for its button. */
function armed(flavour: Flavour = 'grbl'): Bench {
  const bench = Bench.ready(flavour)
  bench.hear(idle)
  bench.takeSent()
  bench.run(program, false, true)
  expect(bench.takeOrders()).toEqual(['M5 S0'])
  bench.hear('ok')
  expect(bench.takeOrders()).toEqual(['M0'])
  bench.hear(held)
  bench.takeSent()
  return bench
}

/** Lets the stop go its way: hold, its report, reset, banner. */
function comesToRest(bench: Bench, report = held): void {
  expect(bench.takeOrders()).toEqual(['!'])
  bench.hear(report)
  expect(bench.takeOrders()).toEqual(['0x18'])
  bench.hear('', banners.grbl)
}

describe('an armed job', () => {
  it.for(['grbl', 'grblhal', 'fluidnc'] as const)('waits on %s with the spindle off, and nothing of the program is sent', flavour => {
    const bench = armed(flavour)
    expect(bench.session.state).toMatchObject({ state: 'attention', why: 'button', job: 'job-0001' })
    for (let second = 0; second < 60; second++) {
      bench.pass(1000)
      bench.hear(held)
    }
    expect(bench.takeOrders()).toEqual([])
    expect(bench.all('job-started')).toEqual([])
  })

  it('begins with the ok of M0, once the controller says Idle', () => {
    const bench = armed()
    bench.hear('ok')
    expect(bench.takeSent()).toEqual(['?'])
    bench.hear(idle)
    expect(bench.takeOrders()).toEqual([...program, 'G4 P0.01'])
    expect(bench.all('job-started')).toHaveLength(1)
    expect(bench.session.state).toMatchObject({ state: 'running', job: 'job-0001' })
    bench.hear(...program.map(() => 'ok'), 'ok', idle)
    expect(bench.ends).toMatchObject([{ outcome: 'completed' }])
    expect(bench.ends[0]?.again).toBeUndefined()
  })

  it('goes back into the queue when nobody presses the button within two minutes', () => {
    const bench = armed()
    for (let second = 0; second < 119; second++) {
      bench.pass(1000)
      bench.hear(held)
    }
    expect(bench.takeOrders()).toEqual([])
    bench.pass(1500)
    comesToRest(bench)
    expect(bench.ends).toMatchObject([{ outcome: 'cancelled', again: true, lines: 0, fault: { code: 'not-pressed' } }])
    bench.hear(idle)
    expect(bench.all('job-started')).toEqual([])
  })

  it('gets its two minutes whatever the controller chatters meanwhile', () => {
    const bench = armed()
    for (let second = 0; second < 121; second++) {
      bench.pass(1000)
      bench.hear('[MSG:Caution: Unlocked]', held)
    }
    expect(bench.ends.length + bench.takeOrders().filter(order => order === '0x18').length).toBeGreaterThan(0)
  })

  it.for(['resume', 'answer'] as const)('is not set going by a screen: %s is refused, and no ~ leaves', kind => {
    const bench = armed()
    const id = bench.deed(kind === 'answer' ? { kind, choice: 0 } : { kind })
    expect(bench.answersOf(id)).toEqual(['armed'])
    expect(bench.takeOrders()).toEqual([])
  })

  it.for(['home', 'unlock', 'reset', 'console', 'jog'] as const)('lets nobody %s the machine', kind => {
    const bench = armed()
    const id = bench.deed(kind === 'console' ? { kind, line: 'G0 X5' } : kind === 'jog' ? { kind, x: 1, feed: 100 } : { kind })
    expect(bench.answersOf(id)).toEqual(['job-runs'])
    expect(bench.takeOrders()).toEqual([])
  })

  it('goes back into the queue on a stop, and is given up on a cancel', () => {
    const stopped = armed()
    const stop = stopped.deed({ kind: 'stop' })
    comesToRest(stopped)
    expect(stopped.answersOf(stop)).toEqual([undefined])
    expect(stopped.ends).toMatchObject([{ outcome: 'cancelled', again: true }])
    const cancelled = armed()
    cancelled.deed({ kind: 'cancel' })
    comesToRest(cancelled)
    expect(cancelled.ends).toMatchObject([{ outcome: 'cancelled' }])
    expect(cancelled.ends[0]?.again).toBeUndefined()
  })

  it.for([
    ['<Door:1|MPos:0.000,0.000,0.000|FS:0,0>', 'disarmed'],
    ['<Alarm|MPos:0.000,0.000,0.000|FS:0,0>', 'disarmed'],
    ['<Tool|MPos:0.000,0.000,0.000|FS:0,0>', 'disarmed'],
    ['<Sleep|MPos:0.000,0.000,0.000|FS:0,0>', 'disarmed'],
  ])('is disarmed by %s', ([report, code]) => {
    const bench = armed()
    bench.hear(report ?? '')
    comesToRest(bench, report)
    expect(bench.ends).toMatchObject([{ again: true, fault: { code } }])
  })

  it('is over with an alarm, a restart of the controller and a lost port; each time back into the queue', () => {
    const alarmed = armed()
    alarmed.hear('ALARM:1')
    const restarted = armed()
    restarted.hear('', banners.grbl)
    const lost = armed()
    lost.input({ kind: 'closed', reason: 'pulled' })
    for (const bench of [alarmed, restarted, lost]) {
      expect(bench.ends).toMatchObject([{ again: true, outcome: 'interrupted' }])
      expect(bench.all('job-started')).toEqual([])
    }
    // A press that comes now finds nothing to begin.
    restarted.takeSent()
    restarted.hear('ok', idle)
    expect(restarted.takeOrders().filter(order => program.includes(order))).toEqual([])
  })

  it('does not take an ok for a press where no hold was seen: noise may have made another line of M0', () => {
    const bench = Bench.ready('grbl')
    bench.hear(idle)
    bench.takeSent()
    bench.run(program, false, true)
    bench.hear('ok', 'ok', idle)
    expect(bench.takeOrders()).toEqual(['M5 S0', 'M0', '!'])
    expect(bench.all('job-started')).toEqual([])
  })

  it('does not begin where the ok of the press was lost, nor where it is held again after it', () => {
    const lost = armed()
    for (let report = 0; report < 3; report++) lost.hear(idle)
    expect(lost.takeOrders()).toEqual(['!'])
    const again = armed()
    again.hear('ok')
    for (let report = 0; report < 3; report++) again.hear(held)
    expect(again.takeOrders()).toEqual(['!'])
  })

  it('does not begin where the controller refuses to be held', () => {
    const bench = Bench.ready('grbl')
    bench.hear(idle)
    bench.takeSent()
    bench.run(program, false, true)
    bench.hear('ok')
    bench.takeSent()
    bench.hear('error:20')
    comesToRest(bench, idle.replace('Idle', 'Hold:0'))
    expect(bench.ends).toMatchObject([{ again: true, fault: { code: 'disarmed', detail: 'error:20' } }])
  })

  it("leaves a program's own M0 what it was: a pause that a person ends on the screen", () => {
    const bench = armed()
    bench.hear('ok', idle)
    bench.hear(...program.map(() => 'ok'))
    const plain = Bench.ready('grbl')
    plain.hear(idle)
    plain.takeSent()
    plain.run(['G21', 'M0', 'G1 X1 F100'], false, true)
    plain.hear('ok', held, 'ok', idle)
    plain.takeSent()
    plain.hear('ok', held)
    expect(plain.session.state).toMatchObject({ state: 'attention', why: 'program' })
    plain.deed({ kind: 'resume' })
    expect(plain.takeOrders()).toEqual(['~'])
  })
})
