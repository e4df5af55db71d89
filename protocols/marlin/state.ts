// What the machine is doing, in the words all dialects share (DESIGN: machine state), derived from what the session knows.
import type { MachineState } from '../contract/machine.ts'
import { M, waitOf } from './codes.ts'
import type { Core } from './core.ts'
import type { JobLife } from './job.ts'

/** The state now; `since` is taken as given, the caller keeps the old one where nothing else differs. */
export function stateOf(core: Core, job: JobLife, since: number): MachineState {
  const { phase, offline } = core
  const ofJob = job.id === undefined ? {} : { job: job.id }
  if (phase.kind === 'closed' || (phase.kind === 'lost' && offline))
    return { state: 'offline', since, ...(offline ? { fault: offline } : {}) }
  if (core.down) return { state: 'down', since, fault: core.down }
  if (phase.kind !== 'ready') return { state: 'preparing', since, what: 'connecting' }
  const attention = attentionOf(core, job)
  if (attention) return { state: 'attention', since, ...ofJob, ...attention }
  const by = job.pausedBy
  if (by) return { state: 'paused', since, ...ofJob, by }
  // Our own M400 at a pause or at the end is no preparation.
  const wait = core.link.blocking && waitOf(core.link.blocking.code)
  if (wait && wait.what !== 'other') return { state: 'preparing', since, ...ofJob, what: wait.what }
  if (job.id !== undefined) return { state: 'running', since, ...ofJob }
  if (core.foreign) return { state: 'foreign', since, ...(core.foreign.fraction === undefined ? {} : { fraction: core.foreign.fraction }) }
  return { state: 'ready', since }
}

function attentionOf(core: Core, job: JobLife): Omit<Extract<MachineState, { state: 'attention' }>, 'state' | 'since' | 'job'> | undefined {
  const prompt = core.prompts.open
  if (core.runout && (prompt || core.personWanted || job.step === 'held')) return { why: 'runout', ...(prompt ? { prompt } : {}) }
  if (prompt) return { why: 'prompt', prompt }
  if (core.personWanted) return { why: [M(0), M(1)].includes(core.link.blocking?.code ?? 0) ? 'program' : 'prompt' }
  return core.locked ? { why: 'locked' } : undefined
}

/** Equal but for `since`. */
export function sameState(a: MachineState, b: MachineState): boolean {
  return JSON.stringify({ ...a, since: 0 }) === JSON.stringify({ ...b, since: 0 })
}
