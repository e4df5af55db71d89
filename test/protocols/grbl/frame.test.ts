// Framing on a Grbl laser: a walk round the job with the beam off or as a point of light.
import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

const idle = '<Idle|MPos:0.000,0.000,0.000|FS:0,0>'
const running = '<Run|MPos:1.000,0.000,0.000|FS:500,0>'

describe('a frame', () => {
  const deed = { kind: 'frame', min: { x: 10, y: 20 }, max: { x: 60, y: 45.5 }, feed: 3000, power: 50 } as const
  const path = ['G1 X10 Y20 F3000', 'G1 X60 Y20', 'G1 X60 Y45.5', 'G1 X10 Y45.5', 'G1 X10 Y20']

  /** Answers each line as it comes; the lines that were sent. */
  function answered(bench: Bench): string[] {
    const lines: string[] = []
    for (let turn = 0; turn < 30; turn++) {
      const sent = bench.takeSent().filter(line => line !== '?')
      if (sent.length === 0) break
      lines.push(...sent)
      bench.hear('ok')
    }
    return lines
  }

  it('goes round with a dark beam where the laser mode is off, and is answered when the machine stands', () => {
    const bench = Bench.ready('grbl', { machineKind: 'laser' })
    bench.hear(idle)
    bench.takeSent()
    const id = bench.deed(deed)
    expect(answered(bench)).toEqual(['M5 S0', 'G94 G21 G90 G17', ...path, 'M5 S0', 'G0', 'G4 P0.01'])
    expect(bench.answersOf(id)).toEqual([undefined])
  })

  it('shows a point of light where the controller darkens it at rest, of a hundredth of the power at most', () => {
    const bench = Bench.ready('grbl', { machineKind: 'laser' }, { $$: ['$30=1000', '$32=1'] })
    bench.hear(idle)
    bench.takeSent()
    bench.deed(deed)
    expect(answered(bench)).toEqual(['M5 S0', 'G94 G21 G90 G17', path[0], 'M4 S10', ...path.slice(1), 'M5 S0', 'G0', 'G4 P0.01'])
  })

  it('is no mill’s, and nobody’s while anything runs', () => {
    const mill = Bench.ready('grbl')
    mill.hear(idle)
    expect(mill.answersOf(mill.deed(deed))).toEqual(['not-supported'])
    const laser = Bench.ready('grbl', { machineKind: 'laser' })
    laser.hear(running)
    expect(laser.answersOf(laser.deed(deed))).toHaveLength(1)
  })

  it('ends at the first line that is refused, and switches the beam off', () => {
    const bench = Bench.ready('grbl', { machineKind: 'laser' })
    bench.hear(idle)
    bench.takeSent()
    const id = bench.deed(deed)
    bench.hear('ok', 'ok', 'error:2')
    expect(
      bench
        .takeSent()
        .filter(line => line !== '?')
        .at(-1),
    ).toBe('M5 S0')
    expect(bench.answersOf(id)).toHaveLength(1)
    expect(bench.answersOf(id)[0]).toBe('grbl-error-2')
  })
})
