// What a person may tell a Grbl machine to do at once; each deed is answered exactly once.
import type { Deed } from '../contract/room.ts'
import type { Fault } from '../contract/words.ts'
import type { AskResult } from './ask.ts'
import { codeFault } from './codes.ts'
import { checkFrame, trace } from './frame.ts'
import type { GrblMachine } from './machine.ts'
import { realtime } from './realtime.ts'
import { faults } from './words.ts'

/** How long an answer may take. A home of 300 mm at 500 mm/min is 54 s; long slow axes and searches more. */
const limitMs = { home: 600_000, short: 5000, console: 600_000 }
/** After so long a stop no longer waits for the machine to stand: it resets. */
const stopBoundMs = 2000

export function carryOut(machine: GrblMachine, id: string, deed: Deed): void {
  const fault = machine.hello.stage === 'closed' ? faults.offline() : perform(machine, id, deed)
  if (fault === 'later') return
  machine.answer(id, fault)
}

/** A fault refuses the deed, undefined says done; `later`: somebody else answers it when it is known. */
function perform(machine: GrblMachine, id: string, deed: Deed): Fault | 'later' | undefined {
  switch (deed.kind) {
    case 'pause':
      return pause(machine, id)
    case 'resume':
    case 'answer':
      return resume(machine, id, deed.kind)
    case 'cancel':
      return cancel(machine, id)
    case 'stop':
      machine.stopAll({ outcome: 'cancelled', evidence: 'stopped by a person' }, stopBoundMs, id)
      return 'later'
    case 'reset':
      if (machine.work.ordered) return faults.jobRuns()
      // Not a hold first: after an alarm or a halt there is nothing to bring to rest.
      machine.resetNow(id)
      return 'later'
    case 'home':
      return ask(machine, id, '$H', 'home', limitMs.home)
    case 'unlock':
      return ask(machine, id, '$X', 'unlock', limitMs.short)
    case 'jog':
      return jog(machine, id, deed)
    case 'frame':
      return frame(machine, id, deed)
    case 'override':
      if (!machine.hello.speaks) return faults.offline()
      machine.overriding.start(id, deed)
      return 'later'
    case 'heat':
      return faults.notSupported('heat')
    case 'console':
      return consoleLine(machine, id, deed.line)
  }
}

function pause(machine: GrblMachine, id: string): Fault | 'later' | undefined {
  if (!machine.hello.speaks) return faults.offline()
  if (machine.stopping.active || machine.work.pausing.active) return faults.stillStopping()
  // Beam and spindle go off with 0x84, and `~` brings them back; a plain hold leaves them on.
  const switchesOff = machine.options.machineKind !== 'printer'
  if (machine.work.job !== undefined) {
    if (machine.work.job.pausedBy !== undefined) return undefined
    machine.work.job.program.stop()
    machine.work.pausing.hold('person', switchesOff, id)
    return 'later'
  }
  if (machine.status?.state === 'Jog') {
    machine.out.sendNow(realtime.jogCancel)
    return undefined
  }
  if (machine.status?.state !== 'Run') return faults.nothingRuns()
  machine.work.pausing.hold('person', switchesOff, id)
  return 'later'
}

function resume(machine: GrblMachine, id: string, kind: 'resume' | 'answer'): Fault | 'later' {
  if (!machine.hello.speaks) return faults.offline()
  if (machine.stopping.active || machine.work.pausing.active) return faults.stillStopping()
  // `~` from here would do what only a finger at the machine may.
  if (machine.work.armed !== undefined) return faults.armed()
  const state = machine.status?.state
  const waits = state === 'Hold' || state === 'Door' || state === 'Tool'
  if (!waits) return kind === 'answer' ? faults.nothingAsked() : faults.nothingRuns()
  machine.work.pausing.resume(machine.status, id)
  return 'later'
}

function cancel(machine: GrblMachine, id: string): Fault | 'later' | undefined {
  const state = machine.status?.state
  const runs =
    machine.work.ordered ||
    machine.homing ||
    machine.stopping.active ||
    state === 'Run' ||
    state === 'Hold' ||
    state === 'Door' ||
    state === 'Tool'
  if (state === 'Jog' && !machine.work.ordered) {
    machine.out.sendNow(realtime.jogCancel)
    return undefined
  }
  if (!runs) return faults.nothingRuns()
  machine.stopAll({ outcome: 'cancelled', evidence: 'cancelled by a person', unwanted: true }, Number.POSITIVE_INFINITY, id)
  return 'later'
}

/** Grbl commands.md, "$J=": own modal state, and only when nothing else moves. */
function jog(machine: GrblMachine, id: string, deed: Extract<Deed, { kind: 'jog' }>): Fault | 'later' | undefined {
  const words: string[] = []
  for (const [letter, value] of [
    ['X', deed.x],
    ['Y', deed.y],
    ['Z', deed.z],
  ] as const) {
    if (value === undefined) continue
    if (!Number.isFinite(value)) return faults.notSupported('jog')
    if (value !== 0) words.push(`${letter}${decimal(value)}`)
  }
  if (words.length === 0) return undefined
  if (!Number.isFinite(deed.feed) || deed.feed <= 0) return faults.notSupported('jog')
  return ask(machine, id, `$J=G91 G21 ${words.join(' ')} F${decimal(deed.feed)}`, 'jog', limitMs.short)
}

function frame(machine: GrblMachine, id: string, deed: Extract<Deed, { kind: 'frame' }>): Fault | 'later' {
  const refusal = refuseAsk(machine, 'frame')
  if (refusal !== undefined) return refusal
  const checked = checkFrame(machine, deed)
  if (checked === undefined) return faults.notSupported('frame')
  machine.ownMotion = true
  trace(machine, checked, (result, line) => {
    machine.poll.askNow()
    machine.answer(id, askFault(machine, line, result))
  })
  return 'later'
}

function consoleLine(machine: GrblMachine, id: string, raw: string): Fault | 'later' | undefined {
  const line = raw.trim()
  if (
    line === '' ||
    line.length > machine.identity.lineLengthMax(machine.options.lineLengthMax) ||
    !/^[\x20-\x7d]*$/.test(line) ||
    /[!?]/.test(line)
  )
    return faults.badConsoleLine()
  const homes = /^\$H/i.test(line)
  return ask(machine, id, line, homes ? 'home' : 'console', homes ? limitMs.home : limitMs.console)
}

function ask(
  machine: GrblMachine,
  id: string,
  line: string,
  purpose: 'home' | 'unlock' | 'jog' | 'console',
  waitMs: number,
): Fault | 'later' {
  const refusal = refuseAsk(machine, purpose)
  if (refusal !== undefined) return refusal
  const sent = machine.asker.add({
    line,
    purpose,
    limitMs: waitMs,
    done: result => {
      afterAsk(machine, line, purpose, result)
      machine.answer(id, askFault(machine, line, result))
    },
  })
  if (!sent) return faults.notReady('too many orders wait')
  if (purpose === 'jog' || purpose === 'console') machine.ownMotion = true
  return 'later'
}

/** A held controller, or one at work, would leave the line in its buffer and do it at some later time. */
function refuseAsk(machine: GrblMachine, purpose: 'home' | 'unlock' | 'jog' | 'frame' | 'console'): Fault | undefined {
  if (!machine.hello.speaks || machine.hello.silent) return faults.offline()
  if (machine.work.ordered) return faults.jobRuns()
  const state = machine.status?.state
  if (machine.hello.stage !== 'known' || machine.stopping.active || machine.homing || state === undefined)
    return faults.notReady(state ?? 'connecting')
  switch (purpose) {
    case 'home':
    case 'unlock':
      return state === 'Idle' || state === 'Alarm' ? undefined : faults.notReady(state)
    case 'frame':
      return state === 'Idle' && !machine.asker.busy ? undefined : faults.notReady(state)
    case 'jog':
      return state === 'Idle' || state === 'Jog' ? undefined : faults.notReady(state)
    case 'console': {
      const ours = state === 'Run' && machine.ownMotion
      return state === 'Idle' || state === 'Alarm' || state === 'Check' || ours ? undefined : faults.notReady(state)
    }
  }
}

function afterAsk(machine: GrblMachine, line: string, purpose: string, result: AskResult): void {
  if (result.kind === 'gone') return
  machine.poll.askNow()
  if (purpose !== 'console') return
  machine.upkeep.modalMayHaveChanged()
  // A setting was written: what we believe about the machine is read anew.
  if (/^\$[A-Za-z]*\d+=/.test(line) && result.kind === 'ok') machine.upkeep.settingsChanged()
}

function askFault(machine: GrblMachine, line: string, result: AskResult): Fault | undefined {
  switch (result.kind) {
    case 'ok':
      return undefined
    case 'error':
      return codeFault('error', machine.identity.family, result.code, result.text, machine.identity.learned)
    case 'silent':
      return faults.noAnswer(line)
    case 'gone':
      return machine.alarm?.fault ?? faults.noAnswer(`${line}: the controller was reset`)
  }
}

function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
