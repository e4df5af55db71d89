// How far a job is, and what is left of it.
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
    meter.acknowledged(1, bytes)
    const read = meter.read((200 - left) * 1000)
    expect(read.fraction).toBeCloseTo(fraction, 6)
    expect(read.remainingSeconds).toBeCloseTo(left, 3)
  })

  it('is by bytes where nothing better is known, and then promises no time', () => {
    const meter = new ProgressMeter({ size: 1000 }, 0)
    meter.acknowledged(3, 250)
    expect(meter.read(5000)).toEqual({ lines: 3, bytes: 250, fraction: 0.25, elapsedSeconds: 5 })
  })

  it('learns that this machine takes half as long again', () => {
    const seconds = 3600
    const meter = new ProgressMeter({ size: seconds, estimatedSeconds: seconds }, 0)
    for (let second = 10; second <= 1800; second += 10) {
      meter.acknowledged(second, second)
      meter.read(second * 1500)
    }
    expect(meter.read(1800 * 1500).remainingSeconds).toBeGreaterThan(1800 * 1.4)
    expect(meter.read(1800 * 1500).remainingSeconds).toBeLessThan(1800 * 1.55)
  })

  it('does not count a pause as work', () => {
    const meter = new ProgressMeter({ size: 100, estimatedSeconds: 100 }, 0)
    meter.acknowledged(1, 50)
    meter.paused(50_000)
    expect(meter.read(500_000).elapsedSeconds).toBe(50)
    meter.resumed(600_000)
    expect(meter.read(610_000).elapsedSeconds).toBe(60)
    expect(meter.read(610_000).remainingSeconds).toBeLessThan(70)
  })

  it.for([
    [0, 0],
    [99, 0],
    [100, 1],
    [250, 2],
    [999, 3],
  ] as const)('at byte %d is in layer %d', ([bytes, layer]) => {
    const meter = new ProgressMeter({ size: 1000, layers: [100, 200, 300] }, 0)
    meter.acknowledged(1, bytes)
    expect(meter.read(0)).toMatchObject({ layer, layers: 3 })
  })
})
