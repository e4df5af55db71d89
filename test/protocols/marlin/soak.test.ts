// No line lost, none doubled, whatever noise does to the wire: the session against an independent model of Marlin's queue.
import { describe, expect, it } from 'vitest'
import type { Noise } from './soak.ts'
import { soak } from './soak.ts'

const habits = (['silent', 'error'] as const).flatMap(duplicates =>
  [false, true].flatMap(okAfterResend =>
    [false, true].map(advancedOk => ({ duplicates, okAfterResend, advancedOk, keepalive: true, autoTemperature: true, waits: false })),
  ),
)
const all: Noise['kinds'] = ['bit', 'byte', 'drop', 'double']

type Case = readonly [string, Noise, number, number]
const noises: readonly Case[] = [
  ['10⁻³ of bytes hurt in both directions', { toMachine: 1e-3, toHost: 1e-3, kinds: all }, 1, 6000],
  ['10⁻³ towards the machine, window 4', { toMachine: 1e-3, toHost: 0, kinds: all }, 4, 3000],
  ['10⁻³ towards the host, window 4', { toMachine: 0, toHost: 1e-3, kinds: all }, 4, 3000],
  ['10⁻⁴ in both directions, window 4', { toMachine: 1e-4, toHost: 1e-4, kinds: all }, 4, 3000],
  ['only newlines and oks dropped, 3·10⁻³', { toMachine: 3e-3, toHost: 3e-3, kinds: ['drop'] }, 4, 1500],
]

describe.for(habits)('a firmware whose duplicates are $duplicates, ok after resend $okAfterResend, ADVANCED_OK $advancedOk', firmware => {
  it.for(noises)('executes every line once with %s', ([, noise, windowLines, lines]) => {
    for (const seed of [1, 2]) {
      const result = soak({ seed, lines, habits: firmware, noise, windowLines })
      expect(result).toMatchObject({ lost: 0, doubled: 0, wrong: 0, executed: lines, overruns: 0, end: { outcome: 'completed', lines } })
    }
  })
})

describe('other habits', () => {
  it.for([
    ['no keepalive, no auto-report', { keepalive: false, autoTemperature: false, waits: false }],
    ['`wait` once a second', { keepalive: false, autoTemperature: true, waits: true }],
  ] as const)('executes every line once with %s', ([, more]) => {
    for (const duplicates of ['silent', 'error'] as const) {
      const firmware = { duplicates, okAfterResend: duplicates === 'error', advancedOk: false, ...more }
      const result = soak({ seed: 5, lines: 3000, habits: firmware, noise: { toMachine: 1e-3, toHost: 1e-3, kinds: all }, windowLines: 4 })
      expect(result).toMatchObject({ lost: 0, doubled: 0, wrong: 0, executed: 3000, end: { outcome: 'completed' } })
    }
  })

  it('executes every line once where the planner holds oks back for seconds', () => {
    const firmware = {
      duplicates: 'silent',
      okAfterResend: false,
      advancedOk: false,
      keepalive: false,
      autoTemperature: true,
      waits: false,
    } as const
    const result = soak({
      seed: 11,
      lines: 800,
      habits: firmware,
      noise: { toMachine: 1e-3, toHost: 1e-3, kinds: all },
      windowLines: 4,
      durationMs: random => (random() < 0.2 ? 9000 : 300),
    })
    expect(result).toMatchObject({ lost: 0, doubled: 0, wrong: 0, executed: 800, end: { outcome: 'completed' } })
  })
})

describe('speed on a clean wire', () => {
  const firmware = {
    duplicates: 'silent',
    okAfterResend: false,
    advancedOk: false,
    keepalive: true,
    autoTemperature: true,
    waits: false,
  } as const
  const clean = { toMachine: 0, toHost: 0, kinds: all }
  const share = (windowLines: number) =>
    // 2 ms of adapter latency a round trip.
    soak({ seed: 3, lines: 5000, habits: firmware, noise: clean, windowLines, latencyMs: 1, durationMs: () => 0.3 }).wireShare

  it('fills 90 % of a 250000-baud wire with 40-byte lines where the window may open', () => {
    expect(share(4)).toBeGreaterThan(0.9)
    expect(share(4) / share(1)).toBeGreaterThan(2)
  })
})
