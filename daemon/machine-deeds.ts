// What people ask of a machine, in the machine room's words.
import type { Ask } from '../protocols/contract/command.ts'
import type { Deed } from '../protocols/contract/room.ts'

/** A frame is asked for by job; its rectangle is the program's. */
type FrameAsk = Extract<Ask, { kind: 'machine.frame' }> & { deed: Extract<Deed, { kind: 'frame' }> }
type CancelAsk = Extract<Ask, { kind: 'job.cancel' }> & { machine: string }
export type MachineAsk =
  | CancelAsk
  | FrameAsk
  | Extract<
      Ask,
      {
        kind:
          | 'machine.pause'
          | 'machine.resume'
          | 'machine.stop'
          | 'machine.home'
          | 'machine.unlock'
          | 'machine.reset'
          | 'machine.jog'
          | 'machine.override'
          | 'machine.heat'
          | 'machine.answer'
          | 'machine.console'
      }
    >

/** The deed, and what of it belongs into the journal of actions. */
export function deedOf(ask: MachineAsk): { deed: Deed; detail: Record<string, unknown> } {
  switch (ask.kind) {
    case 'job.cancel':
      return { deed: { kind: 'cancel' }, detail: { job: ask.job } }
    case 'machine.frame':
      return { deed: ask.deed, detail: { job: ask.job } }
    case 'machine.pause':
      return plain('pause')
    case 'machine.resume':
      return plain('resume')
    case 'machine.stop':
      return plain('stop')
    case 'machine.home':
      return plain('home')
    case 'machine.unlock':
      return plain('unlock')
    case 'machine.reset':
      return plain('reset')
    case 'machine.jog': {
      const { kind: _kind, machine: _machine, ...motion } = ask
      return { deed: { kind: 'jog', ...motion }, detail: motion }
    }
    case 'machine.override': {
      const { kind: _kind, machine: _machine, ...percent } = ask
      return { deed: { kind: 'override', ...percent }, detail: percent }
    }
    case 'machine.heat':
      return { deed: { kind: 'heat', heater: ask.heater, target: ask.target }, detail: { heater: ask.heater, target: ask.target } }
    case 'machine.answer':
      return { deed: { kind: 'answer', choice: ask.choice }, detail: { choice: ask.choice } }
    case 'machine.console':
      return { deed: { kind: 'console', line: ask.line }, detail: { line: ask.line } }
  }
}

/** Asks that bring a machine to rest: carried out twice they harm nobody, so they need no note before the order. */
export function mayRepeat(ask: MachineAsk): boolean {
  return ask.kind === 'machine.stop' || ask.kind === 'machine.pause' || ask.kind === 'job.cancel'
}

function plain(kind: 'pause' | 'resume' | 'stop' | 'home' | 'unlock' | 'reset'): { deed: Deed; detail: Record<string, unknown> } {
  return { deed: { kind }, detail: {} }
}
