// How many lines are on the wire at once.
import { describe, expect, it } from 'vitest'
import { Desk } from './desk.ts'

describe('the window', () => {
  const many = Array.from({ length: 2000 }, (_, n) => `G1 X${(n % 90) + 10} Y100.123 E1.2345`)
  const inFlight = (desk: Desk, oks: number) => {
    let open = desk.said().length
    for (let n = 0; n < oks; n++) {
      desk.hear('ok')
      open += desk.said().length - 1
    }
    return open
  }

  it('is one line where the model proves nothing', () => {
    const desk = new Desk().hello()
    desk.run(many)
    expect(inFlight(desk, 300)).toBe(1)
  })

  it('opens to what the model proves after a stretch of plain sailing, within its bytes', () => {
    const desk = new Desk({ windowLines: 4 }).hello()
    desk.run(many)
    expect(inFlight(desk, 10)).toBe(1)
    expect(inFlight(desk, 40) + 1).toBe(3)
    const wide = new Desk({ windowLines: 4, windowBytes: 400 }).hello()
    wide.run(many)
    expect(inFlight(wide, 50)).toBe(4)
  })

  it('opens after 500 faultless numbered oks', () => {
    const desk = new Desk({ windowBytes: 400 }).hello()
    desk.run(many)
    let open = 0
    for (let n = 0; n < 560; n++) {
      const last = Number(/N(\d+) /.exec(desk.frames.at(-1) ?? '')?.[1])
      open += desk.said().length
      desk.hear(`ok N${last - open + 1} P15 B2`)
      open--
    }
    expect(open + desk.said().length).toBe(3)
  })

  it('stays at one line for a Repetier, whatever the model says', () => {
    const desk = new Desk({ windowLines: 4 }).hello({ firmware: 'Repetier_1.0.4' })
    desk.run(many)
    expect(inFlight(desk, 100)).toBe(1)
  })

  it('falls back to one line at the first anomaly, for the rest of the job', () => {
    const desk = new Desk({ windowLines: 4 }).hello()
    desk.run(many)
    inFlight(desk, 60)
    const first = Number(/N(\d+) /.exec(desk.frames.at(-2) ?? '')?.[1])
    desk.hear(`Error:checksum mismatch, Last Line: ${first - 1}`, `Resend: ${first}`, `Resend: ${first}`)
    desk.pass(100)
    expect(inFlight(desk, 300)).toBe(1)
  })

  it('does not send behind a command that blocks', () => {
    const desk = new Desk({ windowLines: 4 }).hello()
    desk.run([...many.slice(0, 50), 'M109 S200', ...many])
    for (let n = 0; n < 60; n++) desk.hear('ok')
    const said = desk.said()
    expect(said.at(said.indexOf('M109 S200') + 1)).toBe(many[0])
    const blocked = new Desk({ windowLines: 4 }).hello()
    blocked.run([...many.slice(0, 50), 'M109 S200', ...many])
    for (let n = 0; n < 49; n++) blocked.hear('ok')
    expect(blocked.said().at(-1)).toBe('M109 S200')
    expect(blocked.state).toBe('preparing heating')
  })
})
