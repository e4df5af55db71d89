// Heating curves are learned from what a heater did, not from what it was told, and only from ways that were seen whole.
import { describe, expect, it } from 'vitest'
import { type Curve, type Heated, HeatWatch, secondsOn, typicalCurve } from '../../../daemon/forecast/heat-curves.ts'

type Step = { seconds: number; actual: number; target?: number }

function watched(steps: Step[], heater = 'nozzle'): Heated[] {
  const watch = new HeatWatch()
  return steps.flatMap(({ seconds, actual, target }) =>
    watch.hear('printer-1', {
      at: 1_000_000 + seconds * 1000,
      heaters: { [heater]: { actual, ...(target === undefined ? {} : { target }) } },
    }),
  )
}

/** First-order warming towards `end`, one telemetry each two seconds. */
function warming(target: number, end: number, timeConstant: number, everySeconds = 2): Step[] {
  const steps: Step[] = [{ seconds: 0, actual: 22, target: 0 }]
  for (let seconds = everySeconds; seconds < 2000; seconds += everySeconds) {
    const actual = Math.min(target, end - (end - 22) * Math.exp(-seconds / timeConstant))
    steps.push({ seconds, actual, target })
    if (actual >= target) break
  }
  return steps
}

describe('a warming', () => {
  it('is told once, when the target is reached, with a point each 10 °C', () => {
    const [way, ...more] = watched(warming(210, 400, 120))
    expect(more).toEqual([])
    expect(way).toMatchObject({ machine: 'printer-1', heater: 'nozzle' })
    // The first word with the target was heard 2 s after the start; from 60 to 200 °C: 120 · ln(340 / 200).
    expect(secondsOn(way?.curve ?? [], 60, 200)).toBeCloseTo(120 * Math.log(340 / 200), 0)
    expect(way?.curve.length).toBeGreaterThan(15)
    expect(way?.curve.length).toBeLessThanOrEqual(64)
  })

  it.for<[string, (steps: Step[]) => Step[]]>([
    [
      'telemetry was lost for half a minute',
      steps => steps.map((one, index) => (index > 20 ? { ...one, seconds: one.seconds + 30 } : one)),
    ],
    ['the temperature fell on the way', steps => steps.map((one, index) => (index === 20 ? { ...one, actual: one.actual - 30 } : one))],
    [
      'the target was reached already',
      () => [
        { seconds: 0, actual: 205, target: 210 },
        { seconds: 2, actual: 210, target: 210 },
      ],
    ],
  ])('teaches nothing whole when %s', ([, spoil]) => {
    // Either nothing, or only the stretch that was seen after the trouble.
    for (const { curve } of watched(spoil(warming(210, 400, 120)))) expect(curve[0]?.[0]).toBeGreaterThan(60)
  })

  it('counts what was climbed when the target is changed half-way', () => {
    const half = warming(210, 400, 120).slice(0, 25)
    const last = half.at(-1)
    const [way] = watched([...half, { seconds: (last?.seconds ?? 0) + 2, actual: last?.actual ?? 0, target: 0 }])
    expect(way?.curve.at(-1)?.[0]).toBeGreaterThan(100)
    expect(way?.curve.at(-1)?.[0]).toBeLessThan(last?.actual ?? 0)
  })
})

it('a cooling is watched until it stands', () => {
  const steps: Step[] = []
  for (let seconds = 0; seconds < 1200; seconds += 2) steps.push({ seconds, actual: 25 + 185 * Math.exp(-seconds / 150), target: 0 })
  const [way, ...more] = watched(steps)
  expect(more).toEqual([])
  expect(secondsOn(way?.curve ?? [], 200, 60)).toBeCloseTo(150 * Math.log(175 / 35), 0)
})

describe('the typical curve', () => {
  const straight = (rate: number, from = 20, to = 220): Curve =>
    Array.from({ length: (to - from) / 10 + 1 }, (_, i) => [from + i * 10, (i * 10) / rate])

  it('takes the median of each stretch: one bad day in nine changes nothing', () => {
    const curve = typicalCurve([...Array.from({ length: 8 }, () => straight(2)), straight(0.2)]) ?? []
    expect(secondsOn(curve, 20, 220)).toBeCloseTo(100, 5)
  })

  it('joins ways that began and ended elsewhere', () => {
    const curve = typicalCurve([straight(2, 20, 120), straight(1, 120, 240)]) ?? []
    expect([curve[0], curve.at(-1)]).toEqual([
      [20, 0],
      [240, 170],
    ])
  })

  it('falls where the ways fall, and is none without ways', () => {
    const falling: Curve = [
      [200, 0],
      [100, 60],
      [60, 200],
    ]
    const curve = typicalCurve([falling]) ?? []
    expect(secondsOn(curve, 200, 60)).toBeCloseTo(200, 5)
    expect(typicalCurve([])).toBeUndefined()
  })
})
