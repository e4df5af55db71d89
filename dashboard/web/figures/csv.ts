// The table as a file for a spreadsheet: semicolons and a byte-order mark, which is how Russian Excel wants its CSV.
import type { FigureName, Figures } from '../../../protocols/contract/figures.ts'
import type { Language } from '../../../protocols/contract/words.ts'
import type { FigureWords } from '../words/ru-figures.ts'
import { allFigures } from './text.ts'

export type CsvRow = { site: string; machine?: string; figures: Figures }

/** Numbers as they are (shares of 1, hours, minutes), with the language's own comma; what is not known is an empty cell beside its number of cases. */
export function csvOf(rows: readonly CsvRow[], words: FigureWords, language: Language): string {
  const machines = rows.some(({ machine }) => machine !== undefined)
  const head = [
    words.site,
    ...(machines ? [words.machine] : []),
    ...allFigures.flatMap(name => [`${words.definitions[name].name}${unitOf(name, words)}`, `${words.definitions[name].short}: n`]),
    words.hours,
    words.jobs,
    words.unseen,
  ]
  const number = (value: number | undefined) => {
    const text = value === undefined ? '' : String(Math.round(value * 10_000) / 10_000)
    return language === 'ru' ? text.replace('.', ',') : text
  }
  const lines = rows.map(({ site, machine, figures }) => [
    site,
    ...(machines ? [machine ?? ''] : []),
    ...allFigures.flatMap(name => {
      const figure = figures[name]
      const value = figure.state === 'known' ? figure.value : undefined
      const cases = figure.state === 'known' || figure.state === 'few' ? figure.cases : undefined
      return [number(value !== undefined && inMinutes.includes(name) ? value / 60 : value), number(cases)]
    }),
    number(figures.runningHours),
    number(figures.jobs),
    number(figures.unseen),
  ])
  return `\uFEFF${[head, ...lines].map(line => line.map(cell).join(';')).join('\r\n')}\r\n`
}

const inMinutes: readonly FigureName[] = ['mttr', 'wait', 'waitMost']

function unitOf(name: FigureName, { units }: FigureWords): string {
  if (name === 'mtbf') return `, ${units.hours}`
  if (inMinutes.includes(name)) return `, ${units.minutes}`
  return ''
}

/** Quoted where it must be; what a spreadsheet would take for a formula is told to be text. */
function cell(text: string): string {
  const safe = /^[=+@\t]|^-(?!\d)/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
