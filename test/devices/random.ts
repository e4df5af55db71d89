// Chance that repeats: the same seed stumbles at the same bytes, so a failing test can be run again.

/** Numbers in [0, 1) from a 32-bit seed (the public-domain "mulberry32" mixing steps). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
