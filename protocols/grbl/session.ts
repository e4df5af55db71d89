// The Grbl family as a session: Grbl 1.1, grblHAL and FluidNC, lasers and mills.
import type { Session, SessionInput, SessionOptions } from '../session.ts'
import { carryOut } from './deeds.ts'
import { GrblMachine } from './machine.ts'
import { Outbox } from './outbox.ts'

/**
 * A pure session for one connection or many in turn. Flow control is character counting against the buffer the controller reports;
 * a job is done on the sync's ok and Idle, and ends exactly once whatever happens; nothing ever resumes by itself.
 * The gate (protocols/gcode/gate.ts) is expected before the cursor; what it refuses is refused here too where it would be dangerous.
 */
export function createGrblSession(options: SessionOptions): Session {
  const out = new Outbox()
  const machine = new GrblMachine(options, out)
  return {
    receive(input, nowMs) {
      out.nowMs = nowMs
      const job = machine.work.job
      const onHotPath = input.kind === 'line' && input.line === 'ok' && job !== undefined
      take(machine, input)
      // Nothing but the window moved: no state to compare, no alarm to move.
      if (!onHotPath || machine.work.job !== job || !machine.work.streaming) machine.settle()
      return out.take()
    },
    get state() {
      return machine.state
    },
    get firmware() {
      return machine.firmware
    },
  }
}

function take(machine: GrblMachine, input: SessionInput): void {
  switch (input.kind) {
    case 'opened':
      machine.opened()
      return
    case 'closed':
      machine.closed(input.reason)
      return
    case 'line':
      machine.heard(input.line)
      return
    case 'wake':
      machine.out.rang()
      machine.wake()
      return
    case 'run':
      machine.work.run(input.job, input.cursor, { allowConstantPower: input.allowConstantPower === true, button: input.button === true })
      return
    case 'more':
      machine.work.more()
      return
    case 'deed':
      carryOut(machine, input.id, input.deed)
      return
  }
}
