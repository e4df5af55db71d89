// Late by whose clock: a school's clock may be an hour wrong, and a city may know it or not.
import { describe, expect, it } from 'vitest'
import { isLate } from '../../daemon/lateness.ts'

const city = 1_000_000_000
const hour = 3_600_000
/** The city issues orders for 30 s. `shifted`: it wrote them by the school's clock. */
const command = (ageMs: number, shiftedMs: number) => ({ issuedAt: city - ageMs + shiftedMs, expiresAt: city - ageMs + 30_000 + shiftedMs })

describe('a command is late', () => {
  it.for<[string, number, number, number, boolean]>([
    ['not when it is fresh', 0, 500, 0, false],
    ['when it has expired', 0, 31_000, 0, true],
    ['not when fresh, the school an hour ahead', hour, 500, 0, false],
    ['when expired, the school an hour ahead', hour, 31_000, 0, true],
    ['not when fresh, the school an hour behind', -hour, 500, 0, false],
    ['when expired, the school an hour behind', -hour, 31_000, 0, true],
    ['not when fresh and shifted for a school ahead', hour, 500, hour, false],
    ['when expired and shifted for a school ahead', hour, 31_000, hour, true],
    ['not when fresh and shifted for a school behind', -hour, 500, -hour, false],
    ['when expired and shifted for a school behind', -hour, 31_000, -hour, true],
    ['not when it comes from a little in the future', 0, -3_000, 0, false],
  ])('%s', ([, driftMs, ageMs, shiftedMs, late]) => {
    expect(isLate(command(ageMs, shiftedMs), [city, city + driftMs])).toBe(late)
  })
})
