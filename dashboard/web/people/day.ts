// Days as a form writes them and as people read them.
import type { Language } from '../../../protocols/contract/words.ts'

/** 12 мая 2027 г. · 12 May 2027. */
export function dayText(at: number, language: Language): string {
  const text = new Date(at).toLocaleDateString(language === 'ru' ? 'ru-RU' : 'en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  // The short word after a Russian year must not stand on a line alone.
  return text.replace(/\s(?=\p{L}\.$)/u, '\u00a0')
}

/** The value of `<input type="date">` for an instant's day here. */
export function dayValue(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
}

/** The end of that day here; undefined for what is no day. */
export function endOfDay(value: string): number | undefined {
  const at = new Date(`${value}T23:59:59`).getTime()
  return Number.isNaN(at) ? undefined : at
}
