// Why a job is not on a machine yet, as the school's rules say it, and how many stand before it. Pure.
import type { Wait, WaitCode } from '../../protocols/contract/forecast.ts'
import { waitOf } from '../../protocols/contract/forecast-words.ts'
import type { Job } from '../../protocols/contract/job.ts'
import { activeStates } from '../../protocols/contract/job-states.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { suits } from '../queue.ts'
import { firstFreeStart, lessonInWay } from './lessons.ts'
import { type ForecastInput, type ForecastMachine, inTurn, possibleFor } from './question.ts'

/** Those before it in the queue that want one of its machines, and one more where all of these are at work. */
export function aheadOf(job: Job, input: ForecastInput, turns: readonly Job[] = inTurn(input)): number {
  const possible = possibleFor(job, input)
  if (possible.length === 0 || job.state === 'returned') return 0
  const before = beforeIt(job, possible, input, turns).length
  const { jobs } = input
  return before + (possible.some(machine => isOpenTo(machine, jobs)) || !possible.some(machine => isAtWork(machine, jobs)) ? 0 : 1)
}

/** The queued jobs that are taken before it by one of these machines; those a lesson keeps off now are not, where it is the job's own. */
export function beforeIt(job: Job, possible: readonly ForecastMachine[], input: ForecastInput, turns: readonly Job[]): Job[] {
  const { nowMs, lessons = [] } = input
  const mine = turns.findIndex(({ id }) => id === job.id)
  const earlier = mine === -1 ? turns : turns.slice(0, mine)
  const running = lessons.filter(lesson => lesson.from <= nowMs && nowMs < lesson.until)
  const keptOff = (one: Job, machine: string) =>
    running.length > 0 &&
    lessonInWay(running, one, machine, nowMs, 0) !== undefined &&
    lessonInWay(running, job, machine, nowMs, 0) === undefined
  return earlier.filter(one => one.state === 'queued' && !one.held && possible.some(({ id }) => suits(one, id) && !keptOff(one, id)))
}

/** The one thing most worth knowing; undefined for a job that does not wait. */
export function whyWaits(job: Job, input: ForecastInput, turns: readonly Job[] = inTurn(input)): Wait | undefined {
  if (job.state === 'submitted') return waitOf('needs-check')
  if (job.state === 'returned') return waitOf('needs-author')
  if (job.state !== 'queued') return undefined
  if (job.held) return waitOf('held')
  const suitable = input.machines.filter(machine => suits(job, machine.id))
  const possible = possibleFor(job, input)
  const [first] = suitable
  if (first === undefined) return waitOf('no-machine')
  if (possible.length === 0) return of('no-permit', first)
  const { jobs } = input
  const free = possible.filter(machine => isOpenTo(machine, jobs))
  const ahead = aheadOf(job, input, turns)
  // Each free machine takes one of those before it: with more machines than jobs it is this one's turn.
  if (free.length > ahead) return whyNotNow(job, free, input)
  // What a person nearby can mend comes before what only time mends, and help on the way before what nobody works at.
  const usable = possible.filter(machine => !machine.inService && !machine.reported && !machine.readOnly)
  const uncleared = usable.find(machine => machine.state === 'uncleared')
  if (free.length === 0 && uncleared) return of('bed-uncleared', uncleared)
  const asking = usable.find(machine => machine.state === 'attention')
  const working = usable.some(machine => isAtWork(machine, jobs))
  if (free.length === 0 && asking && !working) return of('machine-attention', asking)
  if (ahead > 0 && (free.length > 0 || working)) return waitOf('others-ahead', { count: ahead })
  const foreign = usable.find(machine => machine.state === 'foreign')
  if (foreign) return of('machine-foreign', foreign)
  // Connecting or finding its zero: a matter of a minute.
  const coming = usable.find(machine => machine.state === 'preparing' || machine.state === 'ready')
  if (coming) return ahead > 0 ? waitOf('others-ahead', { count: ahead }) : of('starts-soon', coming)
  return whyNever(possible, ahead)
}

/** The job's turn has come on one of these. */
function whyNotNow(job: Job, free: readonly ForecastMachine[], input: ForecastInput): Wait {
  const { nowMs, rules, hours, lessons = [] } = input
  const verdicts = free.map(machine => {
    const printer = machine.kind === 'printer'
    const calendar = printer ? hours.open : hours.supervised
    const mayRunOn = printer && rules.runPastClosing
    const seconds = input.seconds(job, machine.id) ?? job.estimatedSeconds ?? 0
    const byHand = !printer || !rules.autoStartPrinters
    const at = firstFreeStart({ calendar, lessons, job, machine: machine.id, seconds, mayRunOn, byHand }, nowMs)
    const window = calendar.next(nowMs)
    const kept = lessonInWay(lessons, job, machine.id, nowMs, byHand ? 0 : seconds)
    return { machine, at, openNow: window !== undefined && window.from <= nowMs, opensAt: window?.from, printer, kept }
  })
  const now = verdicts.find(({ at }) => at !== undefined && at <= nowMs)
  if (now) return now.printer && rules.autoStartPrinters ? of('starts-soon', now.machine) : of('needs-start', now.machine)
  const soonest = verdicts.filter(({ at }) => at !== undefined).sort((a, b) => (a.at ?? 0) - (b.at ?? 0))[0]
  const moment = (at: number) => momentWords(at, nowMs, hours.timeZone)
  if (soonest?.at === undefined) {
    const closed = verdicts.find(({ opensAt }) => opensAt === undefined)
    return closed ? of(closed.printer ? 'outside-hours' : 'unsupervised', closed.machine) : waitOf('never-long-enough')
  }
  if (soonest.openNow && soonest.kept !== undefined) {
    const { code, lesson } = soonest.kept
    const facts = { title: lesson.title, machine: soonest.machine.name }
    return waitOf(code, { ...facts, moment: moment(code === 'kept-for-lesson' ? lesson.until : lesson.from) }, soonest.machine.id)
  }
  if (soonest.openNow) return waitOf('closing-soon', { moment: moment(soonest.at) }, soonest.machine.id)
  const opens = moment(soonest.opensAt ?? soonest.at)
  return waitOf(soonest.printer ? 'outside-hours' : 'unsupervised', { moment: opens }, soonest.machine.id)
}

/** None of its machines works or can be set to work by whoever stands there. The order: whose cure is nearest. */
function whyNever(possible: readonly ForecastMachine[], ahead: number): Wait {
  const find = (holds: (machine: ForecastMachine) => boolean) => possible.find(holds)
  const reported = find(machine => machine.reported === true && !machine.inService)
  if (reported) return of('machine-reported', reported)
  const attention = find(machine => machine.state === 'attention' && !machine.inService)
  if (attention) return of('machine-attention', attention)
  const offline = find(machine => machine.state === 'offline' && !machine.inService && !machine.readOnly)
  if (offline) return of('machine-offline', offline)
  const serviced = find(machine => machine.inService)
  if (serviced) return of('machine-in-service', serviced)
  const down = find(machine => machine.state === 'down')
  if (down) return of('machine-down', down)
  const watched = find(machine => machine.readOnly)
  return watched ? of('machine-read-only', watched) : waitOf('others-ahead', { count: Math.max(1, ahead) })
}

function of(code: WaitCode, machine: ForecastMachine): Wait {
  return waitOf(code, { machine: machine.name }, machine.id)
}

function isOpenTo(machine: ForecastMachine, jobs: readonly Job[]): boolean {
  return machine.state === 'ready' && !machine.inService && !machine.reported && !machine.readOnly && !hasJob(machine, jobs)
}

function isAtWork(machine: ForecastMachine, jobs: readonly Job[]): boolean {
  return machine.state === 'running' || machine.state === 'paused' || hasJob(machine, jobs)
}

/** Between the order and the machine's first word a job is on a machine that still says ready. */
function hasJob(machine: ForecastMachine, jobs: readonly Job[]): boolean {
  return jobs.some(job => job.machine === machine.id && activeStates.includes(job.state))
}

const ruDays = ['в воскресенье', 'в понедельник', 'во вторник', 'в среду', 'в четверг', 'в пятницу', 'в субботу']
const enDays = ['on Sunday', 'on Monday', 'on Tuesday', 'on Wednesday', 'on Thursday', 'on Friday', 'on Saturday']
const dayMs = 86_400_000

/** «сегодня в 14:00», «завтра в 9:00», «в понедельник в 9:00», «12 октября в 9:00»: by the school's own clock. */
export function momentWords(at: number, nowMs: number, timeZone: string): Sentence {
  const { clock, calendar, days: dayNames } = formatsOf(timeZone)
  const time = clock.format(at)
  const date = (instant: number) => Date.parse(calendar.format(instant))
  const days = Math.round((date(at) - date(nowMs)) / dayMs)
  if (days === 0) return { ru: `сегодня в ${time}`, en: `today at ${time}` }
  if (days === 1) return { ru: `завтра в ${time}`, en: `tomorrow at ${time}` }
  const weekday = new Date(date(at)).getUTCDay()
  if (days > 1 && days < 7) return { ru: `${ruDays[weekday]} в ${time}`, en: `${enDays[weekday]} at ${time}` }
  return { ru: `${dayNames.ru.format(at)} в ${time}`, en: `on ${dayNames.en.format(at)} at ${time}` }
}

type Formats = { clock: Intl.DateTimeFormat; calendar: Intl.DateTimeFormat; days: Record<keyof Sentence, Intl.DateTimeFormat> }

/** Making one takes longer than a thousand uses of it; a process knows one time zone, a test a few. */
const formats = new Map<string, Formats>()

function formatsOf(timeZone: string): Formats {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const day = (locale: string) => new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long' })
  const made = {
    clock: new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }),
    calendar: new Intl.DateTimeFormat('en-CA', { timeZone }),
    days: { ru: day('ru-RU'), en: day('en-GB') },
  }
  formats.set(timeZone, made)
  return made
}
