// What a ticket says: which of the four steps, when, why it waits, what went wrong. Pure: jobs and the picture in, facts out; words are words.ts's.

import { causeSentence, helpCalled, waitsForALook } from '../../protocols/contract/floor.ts'
import type { Range, Wait } from '../../protocols/contract/forecast.ts'
import { waitOf } from '../../protocols/contract/forecast-words.ts'
import type { Job, Mark } from '../../protocols/contract/job.ts'
import { activeStates, endedStates } from '../../protocols/contract/job-states.ts'
import type { SitePicture } from '../../protocols/contract/screen.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { confidence, own } from '../fleet/picture.ts'
import { adviceFor } from './advice.ts'

/** проверка → очередь → работа → забрать. */
export type Step = 'check' | 'queue' | 'work' | 'collect'
export const steps: readonly Step[] = ['check', 'queue', 'work', 'collect']

/** What is going on, in one word for the headline. */
export type Phase =
  | 'checking'
  | 'returned'
  | 'denied'
  | 'waiting'
  | 'starting'
  | 'working'
  | 'paused'
  | 'on-bed'
  | 'ready'
  | 'failed'
  | 'cancelled'
  | 'collected'

export type TicketView = {
  ticket: number
  site: string
  siteName: string
  /** Of the copy it speaks of: a mended one has another file than those made before. */
  file: string
  sha256: string
  step: Step
  phase: Phase
  copies: number
  /** How many of the copies came out well. */
  made: number
  machine?: string
  /** When it will be done, or when it begins where its end cannot be told; absent: `unsure` says why. */
  when?: { what: 'end' | 'start'; range: Range }
  unsure?: 'silent' | 'unknown'
  /** The school's word is so old, ms; only when it is silent. */
  silentMs?: number
  why?: Wait
  /** 0…1 of the copy on the machine. */
  progress?: number
  problem?: { text: Sentence; tries: readonly Sentence[]; comment?: string; mark?: Mark }
  /** Where its copy stands in the queue, and why there, in one sentence. */
  place?: Sentence
  /** Its part is made on one bed with others. */
  together: boolean
  /** The sent-back job that waits for a mended file. */
  mend?: string
  /** The machine to which its owner may call the teacher, and whether somebody has. */
  help?: { machine: string; called: boolean }
  /** What was made of it, once something was. */
  result?: { material?: string; grams?: number; seconds?: number }
  collectedAt?: number
  /** Copies its owner may still cancel. */
  cancellable: readonly string[]
}

/** A ticket that was found by its address: what is shown, whose jobs these are, and where its page is. */
export type FoundTicket = { view: TicketView; jobs: readonly string[]; path: string }

/**
 * The ticket as of `nowMs`. `jobs`: all its copies, as the school or its store last told them, at least one; `picture`: of its site.
 * The step is that of the copy that is furthest behind among those under way, so that "забрать" is said once nothing is to be waited for.
 */
export function viewTicket(jobs: readonly Job[], picture: SitePicture, nowMs: number): TicketView | undefined {
  const [first] = jobs
  if (first === undefined) return undefined
  const { sure, ageMs } = confidence(picture.link, nowMs)
  const shown = jobs.map(job => followed(job, picture))
  const leading = leadingOf(shown)
  const phase = phaseOf(leading)
  const waiting = phase === 'waiting' || phase === 'checking'
  const forecasts = shown.flatMap(job => own(picture.forecasts ?? {}, job.id) ?? [])
  const when = whenOf(shown, picture, sure)
  const unsure = when !== undefined || !(waiting || phase === 'starting' || phase === 'working') ? undefined : sure ? 'unknown' : 'silent'
  const why = waiting ? whyOf(leading, picture, sure) : undefined
  const machineId = leading.machine ?? leading.wanted
  const machine = machineId === undefined ? undefined : own(picture.machines, machineId)?.declaration.name
  const progress = leading.machine === undefined ? undefined : own(picture.telemetry, leading.machine)?.progress
  const problem = problemOf(leading, phase)
  const place = waiting && sure ? own(picture.forecasts ?? {}, leading.id)?.place?.text : undefined
  const help = sure ? helpOf(leading, phase, picture) : undefined
  const result = resultOf(leading, phase)
  const mend = jobs.find(({ state }) => state === 'returned')?.id
  const collectedAt = Math.max(...jobs.map(job => job.collectedAt ?? 0))
  return {
    ticket: first.ticket,
    site: first.site,
    siteName: picture.name,
    file: leading.program.name,
    sha256: leading.program.sha256,
    step: stepOf(phase),
    phase,
    copies: first.copies,
    made: shown.filter(isMade).length,
    together: jobs.some(job => job.plate !== undefined),
    ...(machine === undefined ? {} : { machine }),
    ...(when === undefined ? {} : { when }),
    ...(unsure === undefined || (forecasts.length > 0 && unsure === 'unknown' && phase === 'checking') ? {} : { unsure }),
    ...(sure || ageMs === undefined ? {} : { silentMs: ageMs }),
    ...(why === undefined ? {} : { why }),
    ...(sure && phase === 'working' && progress?.job === leading.id ? { progress: progress.fraction } : {}),
    ...(problem === undefined ? {} : { problem }),
    ...(place === undefined ? {} : { place }),
    ...(mend === undefined ? {} : { mend }),
    ...(help === undefined ? {} : { help }),
    ...(result === undefined ? {} : { result }),
    ...(phase === 'collected' && collectedAt > 0 ? { collectedAt } : {}),
    cancellable: jobs.filter(mayCancel).map(({ id }) => id),
  }
}

/** What is being made on a shared bed goes on with it: one part cannot be taken out. */
function mayCancel({ state, plate }: Job): boolean {
  return !endedStates.includes(state) && (plate === undefined || !activeStates.includes(state))
}

/** A job whose part is made on another's bed fares as that one, until its own end is told. */
function followed(job: Job, { jobs }: SitePicture): Job {
  const plate = job.plate === undefined || endedStates.includes(job.state) ? undefined : own(jobs, job.plate)
  if (plate === undefined) return job
  // Its own check comes first, as long as the bed has not begun.
  if (job.state !== 'queued' && (plate.state === 'queued' || plate.state === 'submitted')) return job
  const { id, state, held, order, wanted, suitable, machine, startedAt, endedAt, end, verdict } = plate
  const { wanted: _wanted, ...rest } = job
  return {
    ...rest,
    id,
    state,
    held,
    order,
    suitable,
    ...(wanted === undefined ? {} : { wanted }),
    ...(machine === undefined ? {} : { machine }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(end === undefined ? {} : { end }),
    ...(verdict === undefined ? {} : { verdict }),
  }
}

/** Only where there is a machine to come to: for all else the teacher's desk is nearer than any button. */
function helpOf(job: Job, phase: Phase, { machines }: SitePicture): TicketView['help'] {
  const there = phase === 'starting' || phase === 'working' || phase === 'paused' || phase === 'on-bed'
  const failedThere = phase === 'failed' && job.verdict === undefined
  if (job.machine === undefined || !(there || failedThere)) return undefined
  const known = own(machines, job.machine)
  return known && { machine: job.machine, called: known.faults.some(({ code }) => code === helpCalled) }
}

function resultOf({ program, end, verdict, state, plate }: Job, phase: Phase): TicketView['result'] {
  if (phase !== 'on-bed' && phase !== 'ready' && (phase !== 'collected' || verdict?.quality === 'failed')) return undefined
  if (state === 'cancelled' || end === undefined) return undefined
  const { material, grams } = program
  return {
    ...(material === undefined ? {} : { material }),
    ...(grams === undefined ? {} : { grams }),
    // On a shared bed the time is the bed's.
    ...(plate === undefined ? { seconds: end.seconds } : {}),
  }
}

function isMade({ state, end, verdict }: Job): boolean {
  if (verdict !== undefined) return verdict.quality !== 'failed'
  return state === 'completed' || (state === 'collected' && end?.outcome === 'completed')
}

/** The copy the ticket speaks of: one that wants its author, then one on a machine, then one that waits, then the worst of those that ended. */
function leadingOf(jobs: readonly Job[]): Job {
  const order = (job: Job): number => {
    if (job.state === 'returned') return 0
    if (activeStates.includes(job.state)) return 1
    if (!endedStates.includes(job.state)) return 2
    if (job.state === 'failed' || job.state === 'interrupted' || job.verdict?.quality === 'failed') return 3
    if (job.state === 'completed') return 4
    return 5
  }
  return jobs.reduce((best, job) => (order(job) < order(best) ? job : best))
}

function phaseOf(job: Job): Phase {
  switch (job.state) {
    case 'submitted':
      return 'checking'
    case 'returned':
      return 'returned'
    case 'denied':
      return 'denied'
    case 'queued':
      return 'waiting'
    case 'starting':
      return 'starting'
    case 'running':
      return 'working'
    case 'paused':
      return 'paused'
    case 'completed':
      if (job.verdict === undefined) return 'on-bed'
      return job.verdict.quality === 'failed' ? 'failed' : 'ready'
    case 'failed':
    case 'interrupted':
      return job.verdict !== undefined && job.verdict.quality !== 'failed' ? 'ready' : 'failed'
    case 'cancelled':
      return 'cancelled'
    case 'collected':
      return 'collected'
  }
}

function stepOf(phase: Phase): Step {
  switch (phase) {
    case 'checking':
    case 'returned':
    case 'denied':
      return 'check'
    case 'waiting':
    case 'cancelled':
      return 'queue'
    case 'starting':
    case 'working':
    case 'paused':
    case 'failed':
      return 'work'
    case 'on-bed':
    case 'ready':
    case 'collected':
      return 'collect'
  }
}

/** When the last of the copies under way is done. Without a forecast of each nothing is said: half a forecast is a wrong one. */
function whenOf(jobs: readonly Job[], picture: SitePicture, sure: boolean): TicketView['when'] {
  if (!sure) return undefined
  const open = jobs.filter(job => !endedStates.includes(job.state) && job.state !== 'returned')
  const told = open.map(job => own(picture.forecasts ?? {}, job.id))
  const ends = told.map(forecast => forecast?.end).filter(end => end !== undefined)
  const [firstEnd] = ends
  if (firstEnd !== undefined && ends.length === open.length) {
    return { what: 'end', range: [Math.max(...ends.map(([early]) => early)), Math.max(...ends.map(([, late]) => late))] }
  }
  const starts = told.map(forecast => forecast?.start).filter(start => start !== undefined)
  const [firstStart] = starts
  if (firstStart === undefined || starts.length < open.length) return undefined
  return { what: 'start', range: [Math.min(...starts.map(([early]) => early)), Math.min(...starts.map(([, late]) => late))] }
}

/** The school's own word on why it waits, or what the picture shows where there is none yet. */
function whyOf(job: Job, picture: SitePicture, sure: boolean): Wait {
  if (!sure) return waitOf('school-silent')
  const told = own(picture.forecasts ?? {}, job.id)?.why
  if (told !== undefined) return told
  if (job.state === 'submitted') return waitOf('needs-check')
  if (job.held) return waitOf('held')
  const possible = Object.values(picture.machines).filter(({ declaration }) =>
    job.wanted === undefined ? job.suitable.includes(declaration.id) : declaration.id === job.wanted,
  )
  if (possible.length === 0) return waitOf('no-machine')
  const usable = possible.filter(machine => !waitsForALook(machine))
  const free = usable.find(({ state, inService }) => state.state === 'ready' && !inService)
  if (free !== undefined && free.declaration.kind !== 'printer') return waitOf('needs-start', { machine: free.declaration.name })
  const uncleared = possible.find(({ state, inService }) => state.state === 'uncleared' && !inService)
  if (free === undefined && uncleared !== undefined) return waitOf('bed-uncleared', { machine: uncleared.declaration.name })
  const [first] = possible
  if (usable.length === 0 && first !== undefined) return lookWait(first.declaration.name)
  const ahead = Object.values(picture.jobs).filter(one => one.state === 'queued' && !one.held && one.order < job.order).length
  return ahead > 0 || free === undefined ? waitOf('others-ahead', { count: Math.max(1, ahead) }) : waitOf('starts-soon')
}

/** Whether smoke was reported or a noise only the school knows: the machine waits, and a teacher sees to it. */
function lookWait(machine: string): Wait {
  const { by, unblock } = waitOf('machine-reported', { machine })
  return { ...waitOf('machine-attention', { machine }), by, unblock }
}

function problemOf(job: Job, phase: Phase): TicketView['problem'] {
  const comment = job.returned?.comment
  if (phase === 'returned' || phase === 'denied') {
    const mark = phase === 'returned' ? job.returned?.mark : undefined
    const tries = phase === 'returned' ? [sendAgain] : []
    const text = phase === 'returned' ? returnedText : deniedText
    return { text, tries, ...(comment === undefined || comment === '' ? {} : { comment }), ...(mark === undefined ? {} : { mark }) }
  }
  if (phase !== 'failed') return undefined
  const cause = job.verdict?.cause
  const fault = job.end?.fault
  const text: Sentence = cause !== undefined ? causeSentence(cause) : (fault?.text ?? failedText)
  const help = fault?.help === undefined || cause !== undefined ? [] : [fault.help]
  return { text, tries: [...help, ...adviceFor(cause ?? fault?.code ?? '')] }
}

const sendAgain: Sentence = {
  ru: 'Исправь модель или настройки в слайсере, сохрани новый файл и отправь его здесь. Талон останется тем же.',
  en: 'Mend the model or the slicer’s settings, save a new file and send it here. The ticket stays the same.',
}
const returnedText: Sentence = { ru: 'Учитель вернул задание на доработку.', en: 'Your teacher sent the job back.' }
const deniedText: Sentence = { ru: 'Учитель отклонил задание.', en: 'Your teacher denied the job.' }
const failedText: Sentence = { ru: 'Деталь не получилась.', en: 'The part did not come out.' }
