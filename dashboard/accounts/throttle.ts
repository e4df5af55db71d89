// Slows down whoever guesses: counts failures by key and says how long to wait. Bounded, forgetful, by the clock it is given, which may be set back.

export type Throttle = {
  /** Milliseconds to wait before the next try with this key; 0: go on. */
  waitMs(key: string, nowMs: number): number
  failed(key: string, nowMs: number): void
  succeeded(key: string): void
}

/** Keys remembered at once; the oldest go first, so a flood of invented names costs memory nothing. */
const keysMax = 10_000

/** After `tries` failures within `windowMs` the key rests until the window is over. */
export function createThrottle({ tries, windowMs }: { tries: number; windowMs: number }): Throttle {
  const failures = new Map<string, { count: number; until: number }>()
  return {
    waitMs: (key, nowMs) => {
      const known = failures.get(key)
      if (known === undefined || known.count < tries) return 0
      // A clock set back must not make anybody rest for longer than the window.
      known.until = Math.min(known.until, nowMs + windowMs)
      return Math.max(0, known.until - nowMs)
    },
    failed: (key, nowMs) => {
      const known = failures.get(key)
      const count = known === undefined || known.until <= nowMs ? 1 : known.count + 1
      failures.delete(key)
      failures.set(key, { count, until: nowMs + windowMs })
      const oldest = failures.keys().next()
      if (failures.size > keysMax && !oldest.done) failures.delete(oldest.value)
    },
    succeeded: key => void failures.delete(key),
  }
}

/** A bucket of tokens per key: `perSecond` on average, `burst` at once. Answers false when it is empty. */
export function createRate({ perSecond, burst }: { perSecond: number; burst: number }): (key: string, nowMs: number) => boolean {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (key, nowMs) => {
    const known = buckets.get(key)
    const elapsedMs = known === undefined ? 0 : Math.max(0, nowMs - known.at)
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + (elapsedMs / 1000) * perSecond)
    buckets.delete(key)
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: nowMs })
    const oldest = buckets.keys().next()
    if (buckets.size > keysMax && !oldest.done) buckets.delete(oldest.value)
    return tokens >= 1
  }
}
