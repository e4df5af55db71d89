// How far a job is, and what is left of it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProgressMeter } from '../../drivers/progress.ts'

const map: [number, number][] = [
  [0, 0],
  [100, 10],
  [200, 110],
  [1000, 200],
]

describe('progress', () => {
  it.for([
    [0, 0, 200],
    [50, 5 / 200, 195],
    [150, 60 / 200, 140],
    [600, 155 / 200, 45],
    [1000, 1, 0],
  ] as const)('at byte %d is %d of the time', ([bytes, fraction, left]) => {
    const meter = new ProgressMeter({ size: 1000, timeMap: map }, 0)
    meter.acknowledged(1, bytes, (200 - left) * 1000)
    const read = meter.read((200 - left) * 1000)
    expect(read.fraction).toBeCloseTo(fraction, 6)
    expect(read.remainingSeconds).toBeCloseTo(left, 3)
  })

  it('is by bytes where nothing better is known, and then promises no time', () => {
    const meter = new ProgressMeter({ size: 1000 }, 0)
    meter.acknowledged(3, 250, 5000)
    expect(meter.read(5000)).toEqual({ lines: 3, bytes: 250, fraction: 0.25, elapsedSeconds: 5 })
  })

  it('learns that this machine takes half as long again', () => {
    const seconds = 3600
    const meter = new ProgressMeter({ size: seconds, estimatedSeconds: seconds }, 0)
    for (let second = 10; second <= 1800; second += 10) {
      meter.acknowledged(second, second, second * 1500)
    }
    expect(meter.read(1800 * 1500).remainingSeconds).toBeGreaterThan(1800 * 1.4)
    expect(meter.read(1800 * 1500).remainingSeconds).toBeLessThan(1800 * 1.55)
  })

  it('does not count a pause as work', () => {
    const meter = new ProgressMeter({ size: 100, estimatedSeconds: 100 }, 0)
    meter.acknowledged(1, 50, 50_000)
    meter.paused(50_000)
    expect(meter.read(500_000).elapsedSeconds).toBe(50)
    meter.resumed(600_000)
    expect(meter.read(610_000).elapsedSeconds).toBe(60)
    expect(meter.read(610_000).remainingSeconds).toBeLessThan(70)
  })

  it('does not count a wait for a person as work, though nobody paused the job', () => {
    const meter = new ProgressMeter({ size: 100, estimatedSeconds: 100 }, 0)
    meter.acknowledged(1, 50, 50_000)
    meter.follow('attention', 50_000)
    meter.follow('running', 3_000_000)
    meter.acknowledged(2, 60, 3_010_000)
    expect(meter.read(3_010_000)).toMatchObject({ elapsedSeconds: 60, remainingSeconds: 40 })
  })

  it.for([
    [0, 0],
    [99, 0],
    [100, 1],
    [250, 2],
    [999, 3],
  ] as const)('at byte %d is in layer %d', ([bytes, layer]) => {
    const meter = new ProgressMeter({ size: 1000, layers: [100, 200, 300] }, 0)
    meter.acknowledged(1, bytes, 0)
    expect(meter.read(0)).toMatchObject({ layer, layers: 3 })
  })
})

/** What a program consists of: motion by the line, and lines for which the machine stands; seconds of the forecast. */
type Stretch = { kind: 'motion' | 'wait'; seconds: number }
/** The wait that is over its time by far may still end at any moment. */
const leastSeconds = 5

/** The time map of the stretches, ten bytes a line: motion is a line a second, a wait lies in its line's last byte. */
function mapOf(stretches: readonly Stretch[]): [number, number][] {
  const points: [number, number][] = [[0, 0]]
  let [byte, at] = [0, 0]
  for (const { kind, seconds } of stretches) {
    byte += kind === 'motion' ? 10 * seconds : 9
    if (kind === 'motion') at += seconds
    points.push([byte, at])
    if (kind === 'motion') continue
    byte++
    at += seconds
    points.push([byte, at])
  }
  return points
}

describe('the rest of a program that waits', () => {
  const heated = mapOf([
    { kind: 'wait', seconds: 300 },
    { kind: 'motion', seconds: 100 },
  ])
  const meterOf = (map: [number, number][]) => new ProgressMeter({ size: map.at(-1)?.[0] ?? 0, timeMap: map }, 0)

  it.for([
    ['has just begun', 0, 400, 0],
    ['is half over', 150, 250, 150 / 400],
    ['ends as forecast', 295, 105, 295 / 400],
    ['takes longer', 900, 105, 295 / 400],
  ] as const)('counts down while the bed warms: the wait %s', ([, waited, left, fraction]) => {
    const read = meterOf(heated).read(waited * 1000)
    expect(read.remainingSeconds).toBeCloseTo(left, 6)
    expect(read.fraction).toBeCloseTo(fraction, 6)
  })

  it.for([10, 300, 1500])('says nothing of the motion by a wait of %d seconds instead of 300', seconds => {
    const meter = meterOf(heated)
    meter.acknowledged(1, 10, seconds * 1000)
    for (let line = 1; line <= 50; line++) meter.acknowledged(1 + line, 10 + 10 * line, (seconds + line) * 1000)
    expect(meter.read((seconds + 50) * 1000).remainingSeconds).toBeCloseTo(50, 6)
  })

  it('begins to count when all before the wait is done, words that take no time included', () => {
    const map = mapOf([
      { kind: 'motion', seconds: 20 },
      { kind: 'wait', seconds: 100 },
    ])
    const meter = meterOf(map)
    meter.acknowledged(5, 100, 10_000)
    expect(meter.read(15_000).remainingSeconds).toBeCloseTo(110, 6)
    meter.acknowledged(20, 200, 20_000)
    meter.acknowledged(21, 203, 20_010)
    expect(meter.read(60_010).remainingSeconds).toBeCloseTo(60, 6)
  })

  it('takes a wait for done when the line is told without the LF of its CR LF', () => {
    const meter = meterOf(heated)
    meter.acknowledged(1, 9, 200_000)
    expect(meter.read(200_000)).toMatchObject({ remainingSeconds: 100, fraction: 0.75 })
  })

  it('keeps an honest end at every moment, however far waits and motion are from their forecasts', () => {
    const stretch = fc.record({ kind: fc.constantFrom('motion', 'wait'), seconds: fc.integer({ min: 1, max: 400 }) })
    const factor = fc.double({ min: 0.5, max: 3, noNaN: true })
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 2, maxLength: 6 }), fc.array(factor, { minLength: 6, maxLength: 6 }), factor, check),
      { numRuns: 60 },
    )

    /** The machine does each stretch in its own time; every second of it is looked at. */
    function check(stretches: readonly Stretch[], waitFactors: readonly number[], motionFactor: number): void {
      const meter = meterOf(mapOf(stretches))
      let now = 0
      let lines = 0
      const acknowledge = () => {
        lines++
        meter.acknowledged(lines, lines * 10, now * 1000)
      }
      const left = () => meter.read(now * 1000).remainingSeconds ?? Number.NaN
      const pace = { low: Math.min(1, motionFactor), high: Math.max(1, motionFactor) }
      stretches.forEach(({ kind, seconds }, i) => {
        const behind = stretches.slice(i + 1)
        const motion = sum(behind, 'motion')
        const waits = sum(behind, 'wait')
        const bounds = (rest: number, moves: number) => {
          expect(left()).toBeGreaterThanOrEqual(rest + waits + moves * pace.low - 0.01)
          expect(left()).toBeLessThanOrEqual(rest + waits + moves * pace.high + 0.01)
        }
        if (kind === 'motion') {
          for (let line = 1; line <= seconds; line++) {
            now += motionFactor
            acknowledge()
            // The machine may stand at the next wait already as far as the forecast can tell.
            if (line < seconds) bounds(0, motion + seconds - line)
          }
          return
        }
        const takes = seconds * (waitFactors[i] ?? 1)
        const began = now
        for (; now < began + takes; now++) {
          const rest = Math.max(seconds - (now - began), Math.min(seconds, leastSeconds))
          bounds(rest, motion)
        }
        now = began + takes
        const before = left()
        acknowledge()
        // Nothing jumps up: what a wait really took is in nobody's pace.
        expect(left()).toBeLessThanOrEqual(before + 0.01)
        bounds(0, motion)
      })
      expect(left()).toBeCloseTo(0, 3)
    }
  })
})

function sum(stretches: readonly Stretch[], kind: Stretch['kind']): number {
  return stretches.reduce((total, one) => total + (one.kind === kind ? one.seconds : 0), 0)
}
