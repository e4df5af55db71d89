// The homing cycle `$H`: takes the time the axes need to their switches, and answers nothing meanwhile.
import type { Steps } from '../machine.ts'
import type { GrblCore } from './core.ts'
import { alarm } from './moves.ts'
import type { Vector } from './settings.ts'

/** Z first, then X and Y together (config.h HOMING_CYCLE_0, HOMING_CYCLE_1). */
const cycles: readonly (readonly (0 | 1 | 2)[])[] = [[2], [0, 1]]

/** Ends with the machine at rest beside its switches, position known; or with alarm 7 when a door was opened. */
export function* home(core: GrblCore): Steps {
  core.state = 'Home'
  core.flags.door = false
  const { settings } = core
  const pullOff = settings.number(27)
  const seek = settings.number(25) / 60
  const locate = settings.number(24) / 60
  const debounce = settings.number(26) / 1000
  const travel = settings.travel
  const mask = settings.number(23)
  for (const axes of cycles) {
    const at = core.stepper.position(core.now)
    const distance = Math.max(...axes.map(axis => Math.abs(core.switches[axis] - at[axis])))
    // Seek, back off, approach slowly, back off: Grbl searches at most one and a half times the travel.
    const found = axes.every(axis => Math.abs(core.switches[axis] - at[axis]) <= 1.5 * travel[axis])
    const reach = found ? distance : 1.5 * Math.max(...axes.map(axis => travel[axis]))
    const seconds = reach / seek + pullOff / seek + (2 * pullOff) / locate + 4 * debounce
    if (yield* silently(core, seconds)) {
      yield* alarm(core, 7)
      return yield* locked(core)
    }
    if (!found) {
      yield* alarm(core, 9)
      return yield* locked(core)
    }
  }
  const position: Vector = [0, 0, 0]
  for (const axis of [0, 1, 2] as const) {
    const negative = ((mask >> axis) & 1) === 1
    position[axis] = negative ? -travel[axis] + pullOff : -pullOff
    core.switches[axis] = negative ? -travel[axis] : 0
  }
  core.stepper.setPosition(position)
  core.planner.reset(position)
  core.gc.position = [...core.planner.position]
  core.homed = true
  core.state = 'Idle'
}

/** Waits without answering `?`; true when the door was opened meanwhile. */
function* silently(core: GrblCore, seconds: number): Steps<boolean> {
  if (core.instant) return false
  const until = core.now + seconds
  while (core.now < until) {
    core.wakeAt = until
    yield 'event'
    if (core.flags.door) return true
  }
  core.wakeAt = Number.POSITIVE_INFINITY
  return false
}

/** A failed homing resets the board: banner, locked. The machine does that when it sees the wish. */
function* locked(core: GrblCore): Steps {
  core.wakeAt = Number.POSITIVE_INFINITY
  core.state = 'Alarm'
  core.resetWanted = true
  yield 'event'
}
