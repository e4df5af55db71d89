// How a Grbl board takes one straight move, and how it alarms: soft limits first, then a place in the planner.
import type { Steps } from '../machine.ts'
import { fluidAlarmNames } from './codes.ts'
import type { GrblCore } from './core.ts'
import type { MoveOrder } from './planner.ts'
import type { Vector } from './settings.ts'

/** An ALARM holds everything for half a second. */
const alarmSeconds = 0.5

/** Waits for a place in the planner; the line's ok waits with it. */
export function* moveTo(core: GrblCore, target: Readonly<Vector>, order: MoveOrder): Steps {
  if (core.settings.number(20) === 1 && core.state !== 'Jog' && !withinTravel(core, target)) yield* softLimit(core)
  if (core.state === 'Check') return
  if (core.instant) {
    if (core.planner.jump(target)) core.stepper.blocksRun += 1
    core.stepper.setPosition(core.planner.position)
    return
  }
  yield* core.realtime()
  while (core.planner.full) {
    core.autoStart()
    yield 'event'
    yield* core.realtime()
  }
  if (core.planner.add(target, order)) core.stepper.replanned()
}

/** Machine space lies between minus the travel and zero on every axis. */
export function withinTravel(core: GrblCore, target: Readonly<Vector>): boolean {
  return core.settings.travel.every((travel, axis) => {
    const mm = target[axis] ?? 0
    return mm <= 1e-6 && mm >= -travel - 1e-6
  })
}

/** Brakes what moves, then alarm 2: position kept, reset required. */
function* softLimit(core: GrblCore): Steps {
  if (core.state === 'Run') {
    core.stepper.hold()
    while (core.stepper.running) {
      yield 'event'
      core.flags.stopped = false
      if (core.flags.status) core.obeyFlags()
    }
  }
  yield* critical(core, 2)
}

/** The alarm loop: silent and deaf to everything until 0x18 (interface.md, "critical alarm"). */
export function* critical(core: GrblCore, code: number): Steps {
  core.stepper.kill(core.now)
  core.planner.reset(core.stepper.position(core.now))
  if (core.variant.offOnAlarm) core.beam.off(core.now)
  core.suspended = false
  yield* alarm(core, code)
  core.send('[MSG:Reset to continue]\r\n')
  for (;;) {
    core.flags.status = false
    yield 'input'
  }
}

export function* alarm(core: GrblCore, code: number): Steps {
  core.state = 'Alarm'
  if (core.variant.kind === 'fluidnc') core.send(`[MSG:INFO: ALARM: ${fluidAlarmNames[code] ?? 'Unknown'}]\r\n`)
  core.send(`ALARM:${code}\r\n`)
  yield* core.block(alarmSeconds)
}
