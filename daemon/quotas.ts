// Whether a pupil's new jobs stay within the quotas of the pupil and the class, and in words which one they would break.
import type { Author } from '../protocols/contract/job.ts'
import type { Quota, QuotaUse } from '../protocols/contract/lesson.ts'
import {
  brokenQuota,
  type Cost,
  type QuotaQuestion,
  type QuotaReport,
  quotaJobsSince,
  quotaReport,
} from '../protocols/contract/quota-use.ts'
import type { Denial, Sentence } from '../protocols/contract/words.ts'
import { momentWords } from './forecast/reasons.ts'
import type { Store } from './store.ts'

export type QuotasOptions = {
  readonly store: Pick<Store, 'openJobs' | 'endedSince' | 'records'>
  readonly timeZone: string
  readonly nowMs: () => number
}

export type Quotas = ReturnType<typeof createQuotas>

export function createQuotas({ store, timeZone, nowMs }: QuotasOptions) {
  const question = (): QuotaQuestion => {
    const asked = { quotas: store.records.quotas(), timeZone, nowMs: nowMs() }
    return { ...asked, jobs: [...store.openJobs(), ...store.endedSince(quotaJobsSince(asked))], groups: store.records.groups() }
  }
  return {
    /** Denial quota-used, or undefined. Staff are not limited: whoever may change a quota need not be held by it. */
    judge: (author: Author, wants: Cost): Denial | undefined => {
      if (author.role !== 'pupil' || !store.records.quotas().some(({ droppedAt }) => droppedAt === undefined)) return undefined
      const broken = brokenQuota(question(), author, wants)
      return broken && denialOf(broken.use, broken.what, wants, nowMs(), timeZone)
    },
    report: (whom?: Author): QuotaReport => quotaReport(question(), whom),
  }
}

const periods: Record<Quota['per'], Sentence> = {
  day: { ru: 'на день', en: 'for the day' },
  week: { ru: 'на неделю', en: 'for the week' },
  month: { ru: 'на месяц', en: 'for the month' },
}

function denialOf(use: QuotaUse, what: keyof Cost, wants: Cost, now: number, timeZone: string): Denial {
  const { quota, resetsAt } = use
  const whose =
    quota.of === 'group' ? { ru: `Квота группы «${use.name}»`, en: `The quota of “${use.name}”` } : { ru: 'Ваша квота', en: 'Your quota' }
  const [limit, used, wanted] = [amount(what, quota[what] ?? 0), amount(what, use[what]), amount(what, wants[what])]
  const period = periods[quota.per]
  const anew = momentWords(resetsAt, now, timeZone)
  return {
    code: 'quota-used',
    text: {
      ru: `${whose.ru} ${period.ru} — ${limit.ru}: занято ${used.ru}, а нужно ещё ${wanted.ru}; счёт начнётся заново ${anew.ru}.`,
      en: `${whose.en} ${period.en} is ${limit.en}: ${used.en} used, ${wanted.en} more wanted; it begins anew ${anew.en}.`,
    },
    help: {
      ru: 'Попросите учителя: он может увеличить квоту или отправить задание сам.',
      en: 'Ask a teacher, who can raise the quota or send the job.',
    },
  }
}

function amount(what: keyof Cost, value: number): Sentence {
  const tenths = Math.round(value * 10) / 10
  const ru = String(tenths).replace('.', ',')
  if (what === 'hours') return { ru: `${ru} ч`, en: `${tenths} h` }
  if (what === 'grams') return { ru: `${Math.round(value)} г`, en: `${Math.round(value)} g` }
  return { ru: `${ru} ${plural(tenths)}`, en: `${tenths} ${tenths === 1 ? 'job' : 'jobs'}` }
}

function plural(count: number): string {
  const [tens, units] = [count % 100, count % 10]
  if (tens >= 11 && tens <= 14) return 'заданий'
  if (units === 1) return 'задание'
  return units >= 2 && units <= 4 ? 'задания' : 'заданий'
}
