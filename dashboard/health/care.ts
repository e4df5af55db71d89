// What the care of a site's machines asks for: maintenance that is due, parts that run out. With the next round, never at once. Pure.
import type { Care, CareDue, Part } from '../../protocols/contract/care.ts'
import { isLow, standingOf } from '../../protocols/contract/care-due.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import { own } from '../fleet/picture.ts'
import { type Observation, wholeSite } from './alarms.ts'

/** By machine, the most overdue first; and the parts of which too few are left. */
export type SiteCare = { readonly due: Readonly<Record<string, readonly CareDue[]>>; readonly low: readonly Part[] }

export function careSeen({ plan, parts }: Care): SiteCare {
  const due: Record<string, CareDue[]> = Object.create(null)
  for (const row of plan) {
    if (standingOf(row) !== 'due') continue
    due[row.machine] ??= []
    due[row.machine]?.push(row)
  }
  return { due: { ...due }, low: parts.filter(isLow) }
}

export function ofCare(machine: string, care: SiteCare | undefined): Observation[] {
  const [first, ...more] = (care && own(care.due, machine)) ?? []
  if (first === undefined) return []
  const rest = more.length > 0 ? ` … +${more.length}` : ''
  const figure = { ru: `${first.task.text.ru}${rest}`, en: `${first.task.text.en}${rest}` }
  return [{ cause: 'service-due', key: 'service-due', machine, figure }]
}

export function ofParts(care: SiteCare | undefined): Observation[] {
  const low = care?.low ?? []
  if (low.length === 0) return []
  const names = low
    .slice(0, 3)
    .map(({ name, count, least }) => ({ ru: `${name} (${count} из ${least})`, en: `${name} (${count} of ${least})` }))
  const said = (language: keyof Sentence) => `${names.map(one => one[language]).join(', ')}${low.length > 3 ? ` … +${low.length - 3}` : ''}`
  const fault = { code: 'parts-low', text: { ru: `Заканчивается: ${said('ru')}`, en: `Running out: ${said('en')}` } }
  return [{ cause: 'parts-low', key: 'parts-low', machine: wholeSite, fault }]
}
