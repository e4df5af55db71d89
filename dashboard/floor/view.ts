// What a machine's own page says and offers: to whoever stands there, to a pupil, to staff. Pure: a picture in, facts out.
import { clearCauses, helpCalled, problemReported } from '../../protocols/contract/floor.ts'
import type { Author, Job } from '../../protocols/contract/job.ts'
import { activeStates, endedStates } from '../../protocols/contract/job-states.ts'
import type { MachineKind } from '../../protocols/contract/machine.ts'
import { judge } from '../../protocols/contract/rights.ts'
import type { MachinePicture, Me, SitePicture } from '../../protocols/contract/screen.ts'
import type { Fault, Sentence } from '../../protocols/contract/words.ts'
import { confidence, own } from '../fleet/picture.ts'
import { type TvTile, tileOf } from '../tv/picture.ts'

/** Who reads: `staff` of this very school, a pupil of it, or anybody with a telephone. */
export type FloorReader = { who: 'anybody' } | { who: 'pupil' | 'staff'; author: Author }

export type FloorView = {
  site: string
  siteName: string
  machine: string
  kind: MachineKind
  tile: TvTile
  /** The school's word is so old, ms; only when it is silent. */
  silentMs?: number
  called: boolean
  reported: boolean
  /** The reader's own tickets that touch this machine: the number, and the id of any copy. */
  tickets: readonly { ticket: number; job: string }[]
  staff?: {
    /** What people said, in their words. */
    faults: readonly Fault[]
    /** A part lies there: whose ticket, and what may have gone wrong with it. */
    clear?: { ticket?: number; causes: readonly Sentence[] }
    pause: boolean
    resume: boolean
    /** The ticket that is next here. */
    next?: number
  }
}

/** The machine as of `nowMs`, or undefined where the school has none of this name. */
export function viewMachine(
  picture: SitePicture,
  machine: string,
  reader: FloorReader,
  scope: Me['scope'],
  nowMs: number,
): FloorView | undefined {
  const known = own(picture.machines, machine)
  if (known === undefined) return undefined
  const { sure, ageMs } = confidence(picture.link, nowMs)
  const { kind } = known.declaration
  const jobs = Object.values(picture.jobs)
  const stands = (code: string) => known.faults.some(fault => fault.code === code)
  return {
    site: picture.site,
    siteName: picture.name,
    machine,
    kind,
    tile: tileOf(machine, known, picture, sure),
    ...(sure || ageMs === undefined ? {} : { silentMs: ageMs }),
    called: stands(helpCalled),
    reported: stands(problemReported),
    tickets: reader.who === 'pupil' ? ownTickets(jobs, reader.author, machine) : [],
    ...(reader.who === 'staff' && { staff: ofStaff(picture, known, reader.author, scope, sure) }),
  }
}

function ofStaff(
  picture: SitePicture,
  known: MachinePicture,
  author: Author,
  scope: Me['scope'],
  sure: boolean,
): NonNullable<FloorView['staff']> {
  const machine = known.declaration.id
  const { state, declaration, faults, readOnly } = known
  const may = (kind: string) => judge(author, { kind }, { origin: scope.kind, machineKind: declaration.kind }) === undefined
  const lies = state.state === 'uncleared' ? own(picture.jobs, state.job) : undefined
  const moves = sure && !readOnly
  const next = Object.values(picture.jobs)
    .filter(
      job =>
        job.state === 'queued' &&
        !job.held &&
        job.plate === undefined &&
        job.suitable.includes(machine) &&
        (job.wanted ?? machine) === machine,
    )
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))[0]
  return {
    faults: faults.filter(({ code }) => code === helpCalled || code === problemReported),
    ...(sure && state.state === 'uncleared'
      ? { clear: { ...(lies && { ticket: lies.ticket }), causes: clearCauses[declaration.kind] } }
      : {}),
    pause: moves && state.state === 'running' && may('machine.pause'),
    resume: moves && state.state === 'paused' && may('machine.resume'),
    ...(next === undefined ? {} : { next: next.ticket }),
  }
}

/** Not ended, or lying there now; each ticket once. */
function ownTickets(jobs: readonly Job[], { id }: Author, machine: string): FloorView['tickets'] {
  const mine = jobs.filter(job => {
    if (job.author.id !== id) return false
    if (job.machine === machine) return activeStates.includes(job.state) || (endedStates.includes(job.state) && job.state !== 'collected')
    return job.state === 'queued' && job.suitable.includes(machine) && (job.wanted ?? machine) === machine
  })
  const byTicket = new Map(mine.map(job => [job.ticket, job.id]))
  return [...byTicket].map(([ticket, job]) => ({ ticket, job })).slice(0, ticketsMax)
}
const ticketsMax = 5
