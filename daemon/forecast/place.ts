// Where a job stands in the queue and why there, in one sentence: what comes before it is counted by what speaks for it. Pure.
import type { Place } from '../../protocols/contract/forecast.ts'
import type { Job } from '../../protocols/contract/job.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { inQueue } from '../queue.ts'
import { type ForecastInput, possibleFor } from './question.ts'
import { beforeIt, momentWords } from './reasons.ts'

/** Why another job is taken first; told in this order. */
const reasons = ['older', 'deadline', 'share', 'staff', 'short', 'put', 'before'] as const
type Reason = (typeof reasons)[number]

/** Of a queued job that is not held back, among those that want one of its machines. */
export function placeOf(job: Job, input: ForecastInput, turns: readonly Job[]): Place | undefined {
  if (!inQueue(job) || job.held) return undefined
  const before = beforeIt(job, possibleFor(job, input), input, turns)
  const position = before.length + 1
  return { position, text: sentence(job, position, before, input) }
}

function sentence(job: Job, position: number, before: readonly Job[], input: ForecastInput): Sentence {
  const parts = job.pinned === true ? put : position === 1 ? undefined : counted(job, before, input)
  const after = job.jumped === true && job.pinned !== true ? jumped : undefined
  const text = (language: keyof Sentence) =>
    `${ordinals[language](position)}${parts === undefined ? '' : `: ${parts[language]}`}${after === undefined ? '' : `; ${after[language]}`}.`
  return { ru: text('ru'), en: text('en') }
}

const put: Sentence = { ru: 'сюда его поставил учитель', en: 'a teacher put it there' }
const jumped: Sentence = {
  ru: 'одно короткое оно уже пропустило и больше никого не пропустит',
  en: 'it has let a shorter one past and lets nobody else',
}

function counted(job: Job, before: readonly Job[], input: ForecastInput): Sentence {
  const groups = new Map<Reason, Job[]>()
  for (const one of before) {
    const reason = reasonOf(one, job, input)
    groups.set(reason, [...(groups.get(reason) ?? []), one])
  }
  const told = reasons.flatMap(reason => {
    const jobs = groups.get(reason)
    return jobs === undefined ? [] : [{ reason, jobs }]
  })
  const parts = told.map(({ reason, jobs }, index) => part(reason, jobs, index === 0, input))
  return {
    ru: `перед ним ${joined(
      parts.map(({ ru }) => ru),
      ' и ',
    )}`,
    en: `before it ${joined(
      parts.map(({ en }) => en),
      ' and ',
    )}`,
  }
}

/** What speaks most for the other one. */
function reasonOf(other: Job, job: Job, { fair }: ForecastInput): Reason {
  if (other.pinned === true) return 'put'
  if (fair?.passes.get(other.id)?.includes(job.id)) return 'short'
  const [theirs, mine] = [fair?.standings.get(other.id), fair?.standings.get(job.id)]
  if (theirs === undefined || mine === undefined) return 'before'
  const gains = { older: theirs.age - mine.age, deadline: theirs.deadline - mine.deadline, share: theirs.share - mine.share }
  const most = Math.max(gains.older, gains.deadline, gains.share)
  if (most <= 0 || most === gains.older) return gains.older > 0 ? 'older' : 'before'
  if (most === gains.deadline) return 'deadline'
  return other.author.role === 'pupil' ? 'share' : 'staff'
}

/** `clause`: what follows it in Russian is parted by a comma. */
type Part = { text: string; clause: boolean }

function part(reason: Reason, jobs: readonly Job[], first: boolean, input: ForecastInput): { ru: Part; en: Part } {
  const count = jobs.length
  const one = count === 1
  const ru = first ? (one ? 'задание' : `${count} ${plural(count)}`) : one ? 'одно' : String(count)
  const en = first ? (one ? 'a job' : `${count} jobs`) : one ? 'one' : String(count)
  const clause = (ruTail: string, enTail: string) => ({ ru: { text: ru + ruTail, clause: true }, en: { text: en + enTail, clause: false } })
  const plain = (ruTail: string, enTail: string) => ({ ru: { text: ru + ruTail, clause: false }, en: { text: en + enTail, clause: false } })
  switch (reason) {
    case 'older':
      return clause(one ? ', которое ждёт дольше' : ', которые ждут дольше', one ? ' that has waited longer' : ' that have waited longer')
    case 'deadline': {
      const deadline = one ? jobs[0]?.wishes?.deadline : undefined
      if (deadline === undefined) return plain(' с близким сроком', ' with a near deadline')
      const moment = momentWords(deadline, input.nowMs, input.hours.timeZone)
      return plain(` к сроку ${moment.ru.replace(/^сегодня в /, '')}`, ` due ${moment.en.replace(/^today /, '')}`)
    }
    case 'share':
      return one
        ? clause(' от группы, которая меньше занимала станки', ' of a group that used the machines less')
        : clause(' от групп, которые меньше занимали станки', ' of groups that used the machines less')
    case 'staff':
      return plain(' от учителя', ' of a teacher')
    case 'short':
      return plain(' покороче', one ? ' that is shorter' : ' that are shorter')
    case 'put':
      return clause(one ? ', поставленное учителем' : ', поставленные учителем', ' put there by a teacher')
    case 'before':
      return plain('', '')
  }
}

function joined(parts: readonly Part[], and: string): string {
  return parts.reduce((text, { text: next }, index) => {
    if (index === 0) return next
    const clause = parts[index - 1]?.clause === true
    return index < parts.length - 1 ? `${text}, ${next}` : `${text}${clause ? ',' : ''}${and}${next}`
  }, '')
}

const ruOrdinals = ['', 'Первое', 'Второе', 'Третье', 'Четвёртое', 'Пятое', 'Шестое', 'Седьмое', 'Восьмое', 'Девятое', 'Десятое']
const enOrdinals = ['', 'First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth', 'Tenth']
const ordinals: Record<keyof Sentence, (position: number) => string> = {
  ru: position => `${ruOrdinals[position] ?? `${position}-е`} в очереди`,
  en: position => (enOrdinals[position] === undefined ? `No. ${position} in the queue` : `${enOrdinals[position]} in the queue`),
}

function plural(count: number): string {
  const [tens, units] = [count % 100, count % 10]
  if (tens >= 11 && tens <= 14) return 'заданий'
  if (units === 1) return 'задание'
  return units >= 2 && units <= 4 ? 'задания' : 'заданий'
}
