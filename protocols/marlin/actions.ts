// What the firmware does or asks of its own accord: host actions, a print from its card, a command it does not know.
import { codeOf, M } from './codes.ts'
import type { Core } from './core.ts'
import type { JobLife } from './job.ts'
import type { Action } from './prompts.ts'
import { fault } from './words.ts'

/** `//action:…` (Marlin host_actions.cpp). `pause` asks us to pause; `paused` says that it has been done: never both. */
export function hearAction(core: Core, job: JobLife, action: Action, line: string, nowMs: number): void {
  core.stale = true
  if (core.prompts.hear(action)) {
    if (/runout/i.test(action.text)) core.runout = true
    if (action.verb === 'prompt_end') core.personWanted = false
    return
  }
  switch (action.verb) {
    case 'pause':
      job.pause('firmware')
      return
    case 'out_of_filament':
    case 'filament_runout':
      core.runout = true
      return
    case 'paused':
      if (/runout/i.test(action.text)) core.runout = true
      job.firmwarePaused()
      return
    case 'resume':
      if (job.step === 'paused' || job.step === 'pausing') job.resume(nowMs)
      else job.firmwareResumed()
      return
    case 'resumed':
      job.firmwareResumed()
      return
    case 'cancel':
      core.foreign = undefined
      job.cancel('cancelled at the machine', nowMs)
      return
    case 'start':
      if (job.id === undefined) core.foreign ??= { fraction: undefined }
      return
    default:
      if (core.consoles === 0) core.report({ kind: 'heard', line })
  }
}

/** `SD printing byte …`: without a job of ours someone else uses the machine. */
export function hearCard(core: Core, job: JobLife, printing: boolean, fraction: number | undefined): void {
  if (job.id !== undefined || (!printing && !core.foreign)) return
  core.foreign = printing ? { fraction } : undefined
  core.stale = true
}

/** A program that asks for a pause or a filament change must not go on without it. */
export function hearUnknownCommand(core: Core, job: JobLife, command: string): void {
  if (![M(0), M(1), M(125), M(600), M(601)].includes(codeOf(command))) return
  if (job.pause('program') === undefined) core.fault(fault('command-missing', command))
}
