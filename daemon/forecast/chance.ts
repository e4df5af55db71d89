// Chances for played futures: even over all futures, the same at every reckoning, so that a range moves only when something happened. Pure.

/** FNV-1a, 32 bit: a seed from a name. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/**
 * For each of `count` futures one chance in (0, 1): every stratum of 1/count is met once, in an order the seed shuffles (Latin hypercube sampling).
 * With it a few dozen futures give quantiles as steady as thousands thrown blindly.
 */
export function strata(count: number, seed: number): Float64Array {
  const chances = Float64Array.from({ length: count }, (_, index) => (index + 0.5) / count)
  let state = seed
  for (let index = count - 1; index > 0; index--) {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    const other = ((mixed ^ (mixed >>> 14)) >>> 0) % (index + 1)
    const held = chances[index] ?? 0
    chances[index] = chances[other] ?? 0
    chances[other] = held
  }
  return chances
}
