// What the machine is doing, in the words of the house: from the link, the job and the last status report.
import type { MachineState } from '../contract/machine.ts'
import type { Fault } from '../contract/words.ts'
import type { HelloStage } from './hello.ts'
import type { PausedBy } from './pause.ts'
import type { StatusReport } from './status.ts'
import { faults } from './words.ts'

export type View = {
  readonly stage: HelloStage
  readonly silent: boolean
  /** Why the port is not open, where it was. */
  readonly closedBy: Fault | undefined
  readonly status: StatusReport | undefined
  readonly alarm: { readonly fault: Fault; readonly down: boolean } | undefined
  readonly job: { readonly id: string; readonly pausedBy: PausedBy | undefined } | undefined
  /** Waits for the machine's own start button, or is about to. */
  readonly armed: { readonly id: string; readonly waits: boolean } | undefined
  /** Being held or reset by us. */
  readonly stopping: boolean
  readonly homing: boolean
  /** A motion that a person asked for by console or jog. */
  readonly ownMotion: boolean
}

/** `MachineState` without its clock. */
export type BareState = MachineState extends infer State ? (State extends MachineState ? Omit<State, 'since'> : never) : never

export function machineState(view: View): BareState {
  const job = view.job === undefined ? {} : { job: view.job.id }
  if (view.stage === 'closed' && view.closedBy !== undefined) return { state: 'offline', fault: view.closedBy }
  if (view.silent) return { state: 'offline', fault: faults.silent(view.stage) }
  if (view.stage === 'closed') return { state: 'offline' }
  if (view.stopping) return view.job === undefined ? { state: 'preparing', what: 'other' } : { state: 'running', ...job }
  if (view.homing) return { state: 'preparing', what: 'homing', ...job }
  if (view.alarm !== undefined) {
    return view.alarm.down
      ? { state: 'down', fault: view.alarm.fault }
      : { state: 'attention', why: 'locked', fault: view.alarm.fault, ...job }
  }
  const status = view.status
  if (status === undefined) {
    return view.job === undefined ? { state: 'preparing', what: 'connecting' } : { state: 'running', ...job }
  }
  if (view.armed !== undefined) {
    const armed = { job: view.armed.id }
    return view.armed.waits ? { state: 'attention', why: 'button', ...armed } : { state: 'preparing', what: 'other', ...armed }
  }
  const by = view.job?.pausedBy
  switch (status.state) {
    case 'Alarm':
      return { state: 'attention', why: 'locked', fault: faults.locked('Alarm'), ...job }
    case 'Sleep':
      return { state: 'attention', why: 'locked', fault: faults.asleep(), ...job }
    case 'Check':
      return { state: 'attention', why: 'locked', fault: faults.checkMode(), ...job }
    case 'Tool':
      return { state: 'attention', why: 'tool', ...job }
    case 'Home':
      return { state: 'preparing', what: 'homing', ...job }
    case 'Door':
      // Our own pause is a door too; a door that is really ajar wants a person.
      if (status.sub === 1) return { state: 'attention', why: 'door', fault: faults.doorOpen(), ...job }
      if (by === 'person') return { state: 'paused', by, ...job }
      if (status.sub === undefined || status.sub === 0) return { state: 'attention', why: 'door', ...job }
      return view.job === undefined ? { state: 'attention', why: 'door' } : { state: 'running', ...job }
    case 'Hold':
      if (view.job === undefined) return view.stage === 'known' && view.ownMotion ? { state: 'paused', by: 'person' } : { state: 'foreign' }
      if (by === 'program') return { state: 'attention', why: 'program', ...job }
      return by === undefined ? { state: 'running', ...job } : { state: 'paused', by, ...job }
    case 'Jog':
      return view.job === undefined ? { state: 'preparing', what: 'other' } : { state: 'running', ...job }
    case 'Run':
      if (view.job !== undefined) return { state: 'running', ...job }
      if (view.ownMotion) return { state: 'preparing', what: 'other' }
      return { state: 'foreign', ...fraction(status) }
    case 'Idle':
      if (view.job !== undefined) return { state: 'running', ...job }
      return view.stage === 'known' ? { state: 'ready' } : { state: 'preparing', what: 'connecting' }
  }
}

function fraction(status: StatusReport): { fraction?: number } {
  const percent = status.card?.percent
  return percent !== undefined && percent >= 0 && percent <= 100 ? { fraction: percent / 100 } : {}
}
