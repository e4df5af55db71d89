// Grace and hysteresis of conditions, whatever the sequence: short flickers neither raise nor clear, and what cannot be seen changes nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Alarm, noAlarms, type Observation, type SiteAlarms, stepAlarms } from '../../dashboard/health/alarms.ts'
import { type CauseName, causes } from '../../dashboard/health/causes.ts'

const names = Object.keys(causes) as CauseName[]
/** Those with a grace at all: what a person has seen and said is told at once. */
const patient = names.filter(name => causes[name].raiseMs > 0)
type Seen = 'holds' | 'away' | 'unknown'

function step(before: SiteAlarms, cause: CauseName, seen: Seen, now: number): SiteAlarms {
  const held: Observation[] = seen === 'holds' ? [{ cause, key: cause, machine: 'one' }] : []
  return stepAlarms(before, { held, unknown: () => seen === 'unknown', machines: new Set(['one']) }, now)
}

function stageOf(alarms: SiteAlarms): Alarm['stage'] | 'none' {
  return Object.values(alarms.alarms)[0]?.stage ?? 'none'
}

/** Looks in turn, each after so many ms. */
const looks = fc.array(fc.tuple(fc.constantFrom<Seen>('holds', 'away', 'unknown'), fc.integer({ min: 0, max: 120_000 })), { maxLength: 80 })

describe('a condition', () => {
  it.for(patient)('%s is raised once it has held for its grace, and not a moment before', cause => {
    const { raiseMs } = causes[cause]
    let alarms = step(noAlarms, cause, 'holds', 0)
    alarms = step(alarms, cause, 'holds', raiseMs - 1)
    expect(stageOf(alarms)).toBe('pending')
    expect(stageOf(step(alarms, cause, 'holds', raiseMs))).toBe('raised')
    expect(stageOf(step(alarms, cause, 'away', raiseMs))).toBe('none')
  })

  it('is raised only after an unbroken hold of its grace, and cleared only after an unbroken absence', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), looks, (cause, sequence) => {
        let alarms = noAlarms
        let now = 1_000_000
        let holdsFrom: number | undefined
        let awayFrom: number | undefined
        for (const [seen, afterMs] of sequence) {
          now += afterMs
          const before = stageOf(alarms)
          alarms = step(alarms, cause, seen, now)
          const after = stageOf(alarms)
          holdsFrom = seen === 'holds' ? (holdsFrom ?? now) : undefined
          awayFrom = seen === 'away' ? (awayFrom ?? now) : undefined
          if (seen === 'unknown') expect(after).toBe(before === 'pending' ? 'none' : before)
          if (after === 'raised' && before !== 'raised') {
            if (holdsFrom === undefined) throw new Error('raised while it did not hold')
            expect(now - holdsFrom).toBeGreaterThanOrEqual(causes[cause].raiseMs)
          }
          if (before === 'raised' && after !== 'raised') {
            if (awayFrom === undefined) throw new Error('cleared while it held')
            expect(now - awayFrom).toBeGreaterThanOrEqual(causes[cause].clearMs)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that flickers faster than its grace is never told of, however long it goes on', () => {
    fc.assert(
      fc.property(fc.constantFrom(...patient), fc.integer({ min: 1, max: 200 }), (cause, times) => {
        let alarms = noAlarms
        let now = 0
        for (let at = 0; at < times; at++) {
          alarms = step(alarms, cause, 'holds', now)
          alarms = step(alarms, cause, 'holds', now + causes[cause].raiseMs - 1)
          alarms = step(alarms, cause, 'away', now + causes[cause].raiseMs)
          now += causes[cause].raiseMs + 1
        }
        expect(alarms.alarms).toEqual({})
      }),
      { numRuns: 50 },
    )
  })

  it('outlives a clock set back', () => {
    let alarms = step(noAlarms, 'down', 'holds', 10_000_000)
    alarms = step(alarms, 'down', 'holds', 5_000)
    expect(stageOf(step(alarms, 'down', 'holds', 65_000))).toBe('raised')
  })

  it('keeps its identity while nothing changes, so that no frame is sent', () => {
    let alarms = step(noAlarms, 'down', 'holds', 0)
    alarms = step(alarms, 'down', 'holds', 60_000)
    expect(step(alarms, 'down', 'holds', 65_000)).toBe(alarms)
  })
})
