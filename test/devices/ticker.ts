// One timer for all simulated machines of a process: thirty devices wake the event loop once, not thirty times.

export type Sleeper = {
  /** Milliseconds of performance.now() at which to be woken; Infinity sleeps until something else happens. */
  dueAtMs: number
  wake(nowMs: number): void
}

const sleepers = new Set<Sleeper>()
let timer: NodeJS.Timeout | undefined
let timerAtMs = Number.POSITIVE_INFINITY

/** Joins the common timer until `leave`. */
export function join(sleeper: Sleeper): void {
  sleepers.add(sleeper)
}

export function leave(sleeper: Sleeper): void {
  sleepers.delete(sleeper)
}

/** Tells the ticker that a sleeper's `dueAtMs` may have come nearer. */
export function rearm(sleeper: Sleeper): void {
  if (sleeper.dueAtMs < timerAtMs) arm(sleeper.dueAtMs)
}

function arm(atMs: number): void {
  if (timer !== undefined) clearTimeout(timer)
  timerAtMs = atMs
  timer = undefined
  if (atMs === Number.POSITIVE_INFINITY) return
  // setTimeout counts whole milliseconds; a longer sleep than 2^31 would fire at once.
  const waitMs = Math.min(Math.max(1, Math.ceil(atMs - performance.now())), 60_000)
  timer = setTimeout(tick, waitMs)
}

function tick(): void {
  timer = undefined
  timerAtMs = Number.POSITIVE_INFINITY
  const nowMs = performance.now()
  for (const sleeper of sleepers) if (sleeper.dueAtMs <= nowMs) sleeper.wake(nowMs)
  let next = Number.POSITIVE_INFINITY
  for (const sleeper of sleepers) if (sleeper.dueAtMs < next) next = sleeper.dueAtMs
  if (next < timerAtMs) arm(next)
}
