// How long a machine may say nothing: seconds where it rests and reports by itself, long where something runs.
import { describe, expect, it } from 'vitest'
import { cold, Desk, type Introduction } from './desk.ts'

const reports = ' T:21.0 /0.0 B:20.5 /0.0 @:0 B@:0'
const minute = 60_000

/** Seconds until the machine is no longer called what it is now; Infinity where it still is after `most` seconds. */
function secondsAs(desk: Desk, most: number, everySecond: (second: number) => void = () => undefined): number {
  const before = desk.state
  for (let second = 1; second <= most; second++) {
    desk.pass(1000)
    everySecond(second)
    if (desk.state !== before) return second
  }
  return Number.POSITIVE_INFINITY
}

describe('a machine without a job that falls silent', () => {
  it.for<[string, Introduction]>([
    ['reports temperatures and says when it works', {}],
    ['reports temperatures only', { keepalive: false }],
    ['says when it works only', { capabilities: [] }],
    ['has a card that is asked for', { capabilities: ['AUTOREPORT_TEMP', 'SDCARD'] }],
  ])('is given up within twenty seconds, asked again and again: one that %s', ([, introduction]) => {
    const desk = new Desk().hello(introduction)
    desk.hear(reports)
    desk.pass(1500)
    desk.hear(reports)
    desk.said()
    const seconds = secondsAs(desk, 100)
    expect(seconds).toBeGreaterThanOrEqual(14)
    expect(seconds).toBeLessThanOrEqual(20)
    expect(desk.said().filter(text => text === 'M105').length).toBeGreaterThanOrEqual(2)
    expect(desk.session.state).toMatchObject({ state: 'offline', fault: { code: 'silent' } })
    expect(desk.reopened).toEqual(['silent'])
  })

  it('has a minute and a half where it never says anything by itself: it may be homed from its panel', () => {
    const desk = new Desk().hello({ capabilities: [], keepalive: false })
    const seconds = secondsAs(desk, 200)
    expect(seconds).toBeGreaterThanOrEqual(90)
    expect(seconds).toBeLessThanOrEqual(130)
  })

  it('is asked after six seconds and stays what it was when it answers', () => {
    const desk = new Desk().hello()
    desk.hear(reports)
    desk.pass(5900)
    expect(desk.said()).toEqual([])
    for (let n = 0; n < 100; n++) {
      desk.pass(6100)
      desk.obey()
      expect(desk.state).toBe('ready')
    }
    expect(desk.reopened).toEqual([])
  })

  it('is found again by a probe whose answer came, though what it was asked first was lost', () => {
    const desk = new Desk().hello()
    desk.hear(reports)
    desk.pass(6500)
    expect(desk.said()).toEqual(['M155 S2'])
    desk.pass(5000)
    expect(desk.said()).toEqual(['M105'])
    desk.hear(cold)
    desk.obey()
    expect(secondsAs(desk, 60, () => desk.hear(reports))).toBe(Number.POSITIVE_INFINITY)
    expect(desk.faults).toEqual([])
  })
})

describe('a machine that is not silent for nothing', () => {
  it('is asked nothing while its reports come', () => {
    const desk = new Desk().hello()
    expect(secondsAs(desk, 600, second => second % 2 === 0 && desk.hear(reports))).toBe(Number.POSITIVE_INFINITY)
    expect(desk.said()).toEqual([])
  })

  it('is left alone while it says that it works, whoever set it to work', () => {
    const desk = new Desk().hello()
    expect(secondsAs(desk, 600, second => second % 2 === 0 && desk.hear('echo:busy: processing'))).toBe(Number.POSITIVE_INFINITY)
    expect(desk.faults).toEqual([])
  })

  it.for([
    ['G28', { kind: 'home' }, 'preparing homing'],
    ['G29', { kind: 'console', line: 'G29' }, 'preparing homing'],
    ['M190', { kind: 'console', line: 'M190 S60' }, 'preparing heating'],
    ['a jog', { kind: 'jog', x: 200, feed: 60 }, 'ready'],
  ] as const)('is waited for through ten minutes of %s', ([, deed, state]) => {
    const desk = new Desk().hello()
    desk.deed(deed)
    // What only sets a mode is answered at once; the rest stands until it is done.
    for (let said = desk.said(); said.length > 0; said = desk.said()) {
      for (const text of said) if (!/^(G28|G29|M190|M400)/.test(text)) desk.hear('ok')
    }
    expect(desk.state).toBe(state)
    expect(secondsAs(desk, 600)).toBe(Number.POSITIVE_INFINITY)
  })

  it('keeps its minute and a half while it prints from its card, and while a job of ours runs', () => {
    const foreign = new Desk().hello({ capabilities: ['AUTOREPORT_TEMP', 'SDCARD'] })
    foreign.hear('SD printing byte 100/1000')
    expect(foreign.state).toBe('foreign')
    expect(secondsAs(foreign, 85)).toBe(Number.POSITIVE_INFINITY)

    const ours = new Desk().hello()
    ours.run(['G1 X1 F10', 'G1 X2'])
    expect(secondsAs(ours, 85)).toBe(Number.POSITIVE_INFINITY)
    ours.pass(2 * minute)
    expect(ours.ended).toMatchObject({ outcome: 'interrupted', fault: { code: 'silent' } })
  })

  it('is not given up while the last moves of a job that is broken off run out', () => {
    const desk = new Desk().hello()
    desk.run(['G1 X1 F10', 'G1 X2', 'G1 X3'])
    desk.hear('ok', 'ok')
    desk.deed({ kind: 'cancel' })
    expect(secondsAs(desk, 85)).toBe(Number.POSITIVE_INFINITY)
    desk.hear('ok')
    desk.obey()
    expect(desk.ended).toMatchObject({ outcome: 'cancelled' })
  })
})
