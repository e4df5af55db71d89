// What a slicer may see of its target: the machine as the picture knows it, and the owner's jobs as files. Cheap: no store, no school is asked.
import { waitsForALook } from '../../protocols/contract/floor.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { activeStates, endedStates } from '../../protocols/contract/job-states.ts'
import type { Telemetry } from '../../protocols/contract/machine.ts'
import type { MachinePicture, SitePicture } from '../../protocols/contract/screen.ts'
import { confidence, own, shownState } from '../fleet/picture.ts'
import type { Caller } from './door.ts'
import { queueTarget } from './keys.ts'

export type Sight = {
  /** `queue`: the school's queue, which always takes files. Otherwise the machine's state, or `no-data`. */
  state: ReturnType<typeof shownState> | 'queue'
  /** Whether the school is heard now. What its machine did when it was last heard is not told: that may be long over. */
  sure: boolean
  name: string
  site: string
  machine?: MachinePicture
  telemetry?: Telemetry
  /** What runs on it now. */
  job?: Job
  /** Jobs that wait in the school for this target. */
  waiting: number
}

export function lookAt(picture: SitePicture, target: string, name: string, nowMs: number): Sight {
  const jobs = Object.values(picture.jobs)
  const { sure } = confidence(picture.link, nowMs)
  if (target === queueTarget) {
    return { state: 'queue', sure, name, site: picture.name, waiting: jobs.filter(({ state }) => state === 'queued').length }
  }
  const machine = own(picture.machines, target)
  const shown = machine === undefined ? 'no-data' : shownState(picture.link, machine.state, nowMs)
  const telemetry = sure ? own(picture.telemetry, target) : undefined
  const job = sure ? jobs.find(one => one.machine === target && activeStates.includes(one.state)) : undefined
  return {
    // Silence comes first: what was reported is as old as the rest.
    state: shown === 'ready' && machine !== undefined && waitsForALook(machine) ? 'attention' : shown,
    sure,
    name: machine?.declaration.name ?? name,
    site: picture.name,
    ...(machine && { machine }),
    ...(telemetry && { telemetry }),
    ...(job && { job }),
    waiting: jobs.filter(
      one => one.state === 'queued' && (one.wanted === undefined ? one.suitable.includes(target) : one.wanted === target),
    ).length,
  }
}

/** The owner's jobs of this name that have not ended, the latest first. */
export function jobsNamed(picture: SitePicture | undefined, { account }: Pick<Caller, 'account'>, name: string): Job[] {
  return filesOf(picture, { account }).filter(job => job.program.name === name)
}

/** The owner's jobs that have not ended, the latest first: what OctoPrint would list as files. */
export function filesOf(picture: SitePicture | undefined, { account }: Pick<Caller, 'account'>): Job[] {
  return Object.values(picture?.jobs ?? {})
    .filter(job => job.author.id === account.id && !endedStates.includes(job.state))
    .sort((a, b) => b.submittedAt - a.submittedAt || b.copy - a.copy)
}
