// Whether a command comes too late, judged by the clock it was written by.

/** Clocks are compared to this: an HTTP date is whole seconds, a line is slow. */
const slackMs = 5_000

/**
 * A command's instants are by the clock of whoever issued it, and a city may already have turned them into the school's. Which it was shows in `issuedAt`:
 * by its own clock a command is a little old, by another it is older or from the future. `clocks`: what each clock that may be meant says now.
 */
export function isLate(command: { readonly issuedAt: number; readonly expiresAt: number }, clocks: readonly number[]): boolean {
  const past = clocks.filter(now => now - command.issuedAt >= -slackMs)
  // From the future by every clock: whoever issued it has a clock we do not know; the latest of ours is the nearest to it.
  const now = past.length > 0 ? Math.min(...past) : Math.max(...clocks)
  return command.expiresAt <= now
}
